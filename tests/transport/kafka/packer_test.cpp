// SPDX-License-Identifier: BSD-3-Clause
// Packed messages in the making: flows of one key together, the oldest first when all are taken.
#include "transport/kafka/packer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace flowd::kafka {
namespace {

flow::Bytes bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void add(Packer& packer, std::string_view key, std::string_view flow) {
    packer.append(packer.find(bytes(key)), bytes(key), bytes(flow), {}, Packer::Clock::now());
}

std::string text(const std::vector<std::uint8_t>& from) { return {from.begin(), from.end()}; }

TEST(Packer, KeepsFlowsOfOneKeyTogether) {
    Packer packer{4, 100};
    add(packer, "a", "1");
    add(packer, "b", "22");
    add(packer, "a", "333");
    const Packer::Open& a = packer.find(bytes("a"));
    EXPECT_EQ(text(a.bytes), "1333");
    EXPECT_EQ(a.ends, (std::vector<std::uint32_t>{1, 4}));
    EXPECT_EQ(text(packer.find(bytes("b")).bytes), "22");
    EXPECT_TRUE(packer.find(bytes("c")).empty());
}

TEST(Packer, KnowsWhoseFlowsAre) {
    Packer packer{4, 100};
    Packer::Open& open = packer.find(bytes("a"));
    const Owner one{.source = 1, .account = 5};
    const Owner two{.source = 0, .account = 5};
    for (const Owner owner : {one, one, two, one}) {
        packer.append(open, bytes("a"), bytes("flow"), owner, Packer::Clock::now());
    }
    ASSERT_EQ(open.runs.size(), 3U);
    EXPECT_EQ(open.runs[0].owner, one);
    EXPECT_EQ(open.runs[0].count, 2U);
    EXPECT_EQ(open.runs[1].owner, two);
    EXPECT_EQ(open.runs[2].count, 1U);
    open.clear();
    EXPECT_TRUE(open.runs.empty());
}

TEST(Packer, OffersTheOneUsedLongestAgoWhenAllAreTaken) {
    Packer packer{2, 100};
    add(packer, "a", "1");
    add(packer, "b", "2");
    add(packer, "a", "3");
    Packer::Open& oldest = packer.find(bytes("c"));
    EXPECT_EQ(text(oldest.key), "b");
    EXPECT_FALSE(Packer::is_of(oldest, bytes("c")));
    oldest.clear();
    add(packer, "c", "4");
    EXPECT_EQ(text(packer.find(bytes("c")).bytes), "4");
    EXPECT_EQ(text(packer.find(bytes("a")).bytes), "13");
}

TEST(Packer, AMessageIsFullAtItsSizeButOneFlowAlwaysFits) {
    Packer packer{1, 10};
    Packer::Open& open = packer.find(bytes(""));
    EXPECT_TRUE(packer.fits(open, 11));
    packer.append(open, bytes(""), bytes("12345678"), {}, Packer::Clock::now());
    EXPECT_TRUE(packer.fits(open, 2));
    EXPECT_FALSE(packer.fits(open, 3));
}

TEST(Packer, AnEmptyKeyIsAKey) {
    Packer packer{2, 10};
    add(packer, "", "1");
    add(packer, "a", "2");
    EXPECT_EQ(text(packer.find(bytes("")).bytes), "1");
}

}  // namespace
}  // namespace flowd::kafka
