// SPDX-License-Identifier: BSD-3-Clause
// FNV-1: vectors of its authors (the list fnv32 of draft-eastlake-fnv), and of goflow2's keys.
#include "flow/base/fnv.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace flow {
namespace {

std::uint32_t fnv1(std::string_view text) {
    Fnv1 hash;
    for (const char letter : text) hash.add(static_cast<std::uint8_t>(letter));
    return hash.value();
}

TEST(Fnv1, HashesAsItsAuthorsSay) {
    EXPECT_EQ(fnv1(""), 0x811c9dc5U);
    EXPECT_EQ(fnv1("a"), 0x050c5d7eU);
    EXPECT_EQ(fnv1("b"), 0x050c5d7dU);
    EXPECT_EQ(fnv1("foobar"), 0x31f0b262U);
}

TEST(Fnv1, IsNotFnv1a) { EXPECT_NE(fnv1("a"), 0xe40c292cU); }

TEST(Fnv1, TakesBytesInPieces) {
    constexpr std::string_view text = "[10 0 0 1]443";
    Fnv1 pieces;
    pieces.add(Bytes{reinterpret_cast<const std::uint8_t*>(text.data()), 10});
    pieces.add(Bytes{});
    pieces.add(Bytes{reinterpret_cast<const std::uint8_t*>(text.data()) + 10, 3});
    EXPECT_EQ(pieces.value(), fnv1(text));
    EXPECT_EQ(pieces.value(), 0x36eaffb6U);
}

TEST(Fnv1, IsAConstantOfConstants) {
    constexpr auto one = [] {
        Fnv1 hash;
        hash.add(std::uint8_t{'a'});
        return hash.value();
    }();
    static_assert(one == 0x050c5d7e);
}

}  // namespace
}  // namespace flow
