// SPDX-License-Identifier: BSD-3-Clause
// Result: a value or a reason, with the library's Error and with an error of one's own.
#include "flow/base/result.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>

namespace flow {
namespace {

struct Sentence {
    std::string text;
    friend bool failed(const Sentence& sentence) { return !sentence.text.empty(); }
};

TEST(Result, AValueIsTrueAndHasNoError) {
    const Result<std::uint32_t> result{7U};
    EXPECT_TRUE(result);
    EXPECT_EQ(*result, 7U);
    EXPECT_EQ(result.error(), Error::none);
}

TEST(Result, AnErrorIsFalseAndHasAnEmptyValue) {
    const Result<std::uint32_t> result{Error::truncated};
    EXPECT_FALSE(result);
    EXPECT_EQ(result.error(), Error::truncated);
    EXPECT_EQ(*result, 0U);
}

TEST(Result, AZeroIsAValue) { EXPECT_TRUE(Result<std::uint32_t>{0U}); }

TEST(Result, TheErrorMayBeASentence) {
    const Result<std::string, Sentence> good{std::string{}};
    EXPECT_TRUE(good);
    const Result<std::string, Sentence> bad{Sentence{"rx.cores: 0 is below 1"}};
    EXPECT_FALSE(bad);
    EXPECT_EQ(bad.error().text, "rx.cores: 0 is below 1");
}

TEST(Result, TheValueCanBeChangedAndMovedOut) {
    Result<std::unique_ptr<int>> result{std::make_unique<int>(1)};
    **result = 2;
    const std::unique_ptr<int> taken = std::move(*result);
    EXPECT_EQ(*taken, 2);
    Result<std::string> text{std::string{"ab"}};
    text->push_back('c');
    EXPECT_EQ(*text, "abc");
}

TEST(Result, OfANumberTravelsInARegister) {
    EXPECT_TRUE(std::is_trivially_copyable_v<Result<std::uint32_t>>);
    EXPECT_EQ(sizeof(Result<std::uint32_t>), 8U);
}

}  // namespace
}  // namespace flow
