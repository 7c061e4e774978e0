// SPDX-License-Identifier: BSD-3-Clause
// Elements of lists: each ends in a comma, and the bound per element holds.
#include "flow/format/render/list.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace flow::render {
namespace {

std::string octets_printed(const std::vector<std::uint8_t>& octets) {
    std::vector<std::uint8_t> room(octets.size() * octet_item_size_max + overshoot_max);
    const std::uint8_t* end = octet_items(room.data(), octets);
    return {static_cast<const std::uint8_t*>(room.data()), end};
}

std::string numbers_printed(const std::vector<std::uint32_t>& numbers) {
    std::vector<std::uint8_t> room(numbers.size() * number_item_size_max + overshoot_max);
    const std::uint8_t* end = number_items(room.data(), numbers);
    return {static_cast<const std::uint8_t*>(room.data()), end};
}

TEST(OctetItems, EachEndsInAComma) {
    EXPECT_EQ(octets_printed({}), "");
    EXPECT_EQ(octets_printed({0}), "0,");
    EXPECT_EQ(octets_printed({10, 0, 99, 255}), "10,0,99,255,");
}

TEST(NumberItems, EachEndsInAComma) {
    EXPECT_EQ(numbers_printed({}), "");
    EXPECT_EQ(numbers_printed({0}), "0,");
    EXPECT_EQ(numbers_printed({64500, 9, 4'294'967'295}), "64500,9,4294967295,");
}

TEST(Items, WidestElementsFillTheBoundExactly) {
    EXPECT_EQ(octets_printed(std::vector<std::uint8_t>(300, 255)).size(),
              300 * octet_item_size_max);
    EXPECT_EQ(numbers_printed(std::vector<std::uint32_t>(300, ~0U)).size(),
              300 * number_item_size_max);
}

}  // namespace
}  // namespace flow::render
