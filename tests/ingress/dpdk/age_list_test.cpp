// SPDX-License-Identifier: BSD-3-Clause
// AgeList keeps the order in which indexes came, whichever leave.
#include "ingress/dpdk/age_list.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace flowd::dpdk {
namespace {

struct Element {
    Neighbours place;
};

std::vector<std::uint32_t> drained(AgeList& list, flow::Slots<Element>& slots) {
    std::vector<std::uint32_t> indexes;
    while (!list.empty()) {
        indexes.push_back(list.front());
        list.erase(slots, &Element::place, list.front());
    }
    return indexes;
}

TEST(AgeList, GivesTheOldestFirst) {
    flow::Slots<Element> slots{4};
    AgeList list;
    EXPECT_TRUE(list.empty());
    for (const std::uint32_t index : {2U, 0U, 3U}) list.push_back(slots, &Element::place, index);
    EXPECT_EQ(drained(list, slots), (std::vector<std::uint32_t>{2, 0, 3}));
    list.push_back(slots, &Element::place, 1);
    EXPECT_EQ(drained(list, slots), std::vector<std::uint32_t>{1});
}

TEST(AgeList, AnyElementMayLeave) {
    for (std::uint32_t gone = 0; gone < 4; ++gone) {
        flow::Slots<Element> slots{4};
        AgeList list;
        std::vector<std::uint32_t> wanted;
        for (std::uint32_t index = 0; index < 4; ++index) {
            list.push_back(slots, &Element::place, index);
            if (index != gone) wanted.push_back(index);
        }
        list.erase(slots, &Element::place, gone);
        list.push_back(slots, &Element::place, gone);
        wanted.push_back(gone);
        EXPECT_EQ(drained(list, slots), wanted);
    }
}

}  // namespace
}  // namespace flowd::dpdk
