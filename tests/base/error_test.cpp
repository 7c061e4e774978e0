// SPDX-License-Identifier: BSD-3-Clause
// Error names: dashboards depend on them, so each exists, once, in the counters' alphabet.
#include "flow/base/error.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace flow {
namespace {

TEST(Error, EveryOneHasANameOfItsOwn) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < error_count; ++i) {
        const std::string_view name = error_name(static_cast<Error>(i));
        EXPECT_TRUE(names.insert(name).second) << name;
        EXPECT_FALSE(name.empty()) << i;
        EXPECT_TRUE(std::all_of(name.begin(), name.end(), [](char letter) {
            return (letter >= 'a' && letter <= 'z') || letter == '_';
        })) << name;
    }
}

TEST(Error, NamesStandAtTheirNumbers) {
    EXPECT_EQ(error_name(Error::none), "none");
    EXPECT_EQ(error_name(Error::frame_truncated), "frame_truncated");
    EXPECT_EQ(error_name(Error::frame_not_ours), "frame_not_ours");
    EXPECT_EQ(error_name(Error::empty), "empty");
    EXPECT_EQ(error_name(Error::bad_set_length), "bad_set_length");
    EXPECT_EQ(error_name(Error::unknown_template), "unknown_template");
    EXPECT_EQ(error_name(Error::bad_record), "bad_record");
}

TEST(Error, ANumberWithoutMeaningHasNoName) {
    EXPECT_EQ(error_name(Error::count_), "?");
    EXPECT_EQ(error_name(static_cast<Error>(255)), "?");
}

TEST(Error, OnlyNoneIsSuccess) {
    EXPECT_FALSE(failed(Error::none));
    for (std::size_t i = 1; i < error_count; ++i) EXPECT_TRUE(failed(static_cast<Error>(i)));
}

TEST(Error, TheFirstFailureWins) {
    EXPECT_EQ(first_failure(Error::none, Error::none), Error::none);
    EXPECT_EQ(first_failure(Error::none, Error::empty), Error::empty);
    EXPECT_EQ(first_failure(Error::truncated, Error::none), Error::truncated);
    EXPECT_EQ(first_failure(Error::truncated, Error::empty), Error::truncated);
}

}  // namespace
}  // namespace flow
