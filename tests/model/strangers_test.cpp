// SPDX-License-Identifier: BSD-3-Clause
#include "flow/model/strangers.hpp"

#include <gtest/gtest.h>

#include "support/netflow_builder.hpp"

namespace flow {
namespace {

using test::ipv4;

class StrangersTest : public testing::Test {
protected:
    void send(std::uint8_t from, std::uint32_t at, Error reason = Error::unknown_protocol) {
        Datagram datagram;
        datagram.source = ipv4(10, 0, 0, from);
        datagram.destination_port = 2055;
        datagram.received_ns = at * 1'000'000'000ull;
        strangers_.note(datagram, reason);
    }
    [[nodiscard]] const Stranger* find(std::uint8_t from, Error reason = Error::unknown_protocol) {
        for (const Stranger& each : strangers_.all()) {
            const bool is_it = each.source == ipv4(10, 0, 0, from) && each.reason == reason;
            if (is_it && each.last_seen != 0) return &each;
        }
        return nullptr;
    }

    Strangers strangers_;
};

TEST_F(StrangersTest, HaveAPlaceForEachReason) {
    for (std::uint32_t i = 1; i <= 3; ++i) send(1, i);
    send(1, 4, Error::protocol_not_here);
    send(2, 5);
    ASSERT_NE(find(1), nullptr);
    EXPECT_EQ(find(1)->datagrams, 3U);
    EXPECT_EQ(find(1)->last_seen, 3U);
    EXPECT_EQ(find(1)->port, 2055U);
    ASSERT_NE(find(1, Error::protocol_not_here), nullptr);
    EXPECT_EQ(find(1, Error::protocol_not_here)->datagrams, 1U);
    EXPECT_EQ(find(2)->datagrams, 1U);
    EXPECT_EQ(find(3), nullptr);
}

TEST_F(StrangersTest, WhoWasSilentLongestMakesRoom) {
    for (std::uint8_t i = 1; i <= Strangers::places; ++i) send(i, i);
    send(1, 50);
    send(100, 51);
    EXPECT_EQ(find(2), nullptr);
    ASSERT_NE(find(1), nullptr);
    EXPECT_EQ(find(1)->datagrams, 2U);
    EXPECT_NE(find(100), nullptr);
}

/// However many come from made-up addresses.
TEST_F(StrangersTest, AreNoMoreThanThereArePlaces) {
    for (std::uint32_t i = 0; i < 10'000; ++i) send(static_cast<std::uint8_t>(i % 251), i);
    EXPECT_EQ(strangers_.all().size(), Strangers::places);
    EXPECT_NE(find(9'999 % 251), nullptr);
}

TEST(IsStrange, WhereNoDecoderTookIt) {
    EXPECT_TRUE(is_strange(Error::empty));
    EXPECT_TRUE(is_strange(Error::unknown_protocol));
    EXPECT_TRUE(is_strange(Error::protocol_not_here));
    EXPECT_FALSE(is_strange(Error::truncated));
    EXPECT_FALSE(is_strange(Error::none));
}

}  // namespace
}  // namespace flow
