// SPDX-License-Identifier: BSD-3-Clause
// Which queue: by source, by flow, by turns; tags and fragments; what is no IP.
#include "tools/gen/spreader.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "tools/gen/framer.hpp"

namespace flowd::gen {
namespace {

constexpr std::uint32_t queues = 4;

class GenSpreader : public testing::TestWithParam<bool> {
protected:
    std::vector<std::uint32_t> queues_of(Spreader& spreader, std::uint8_t host, std::uint16_t port,
                                         std::uint16_t vlan = 0, std::uint16_t fragment = 0) {
        const std::vector<std::uint8_t> payload(fragment == 0 ? 100 : 3000);
        Sent sent;
        sent.payload = payload;
        sent.address_size = GetParam() ? 16 : 4;
        sent.address[sent.address_size - 1U] = host;
        sent.port = port;
        Framer framer{{.vlan = vlan, .fragment = fragment}};
        std::vector<std::uint32_t> chosen;
        for (const Payload& frame : framer.frame(sent)) {
            chosen.push_back(spreader.queue_of(frame.bytes()));
        }
        return chosen;
    }
};

TEST_P(GenSpreader, SourceLooksAtNoPort) {
    Spreader spreader{Spread::source, queues};
    std::set<std::uint32_t> all;
    for (int host = 1; host < 64; ++host) {
        const auto first = queues_of(spreader, static_cast<std::uint8_t>(host), 1);
        all.insert(first[0]);
        for (std::uint16_t port = 2; port < 20; ++port) {
            EXPECT_EQ(queues_of(spreader, static_cast<std::uint8_t>(host), port, 7), first);
        }
    }
    EXPECT_EQ(all.size(), queues);
}

TEST_P(GenSpreader, FlowLooksAtPortsToo) {
    Spreader spreader{Spread::flow, queues};
    std::set<std::uint32_t> all;
    for (std::uint16_t port = 1; port < 100; ++port) {
        const auto first = queues_of(spreader, 1, port);
        EXPECT_EQ(queues_of(spreader, 1, port, 7), first);
        all.insert(first[0]);
    }
    EXPECT_EQ(all.size(), queues);
}

TEST_P(GenSpreader, FragmentsOfAFlowStayTogether) {
    for (const Spread spread : {Spread::source, Spread::flow}) {
        Spreader spreader{spread, queues};
        for (int host = 1; host < 20; ++host) {
            const auto chosen = queues_of(spreader, static_cast<std::uint8_t>(host), 5, 0, 1400);
            ASSERT_EQ(chosen.size(), 3U);
            EXPECT_EQ(std::set(chosen.begin(), chosen.end()).size(), 1U);
        }
    }
}

TEST_P(GenSpreader, RoundRobinTakesTurns) {
    Spreader spreader{Spread::round_robin, queues};
    for (std::uint32_t i = 0; i < 10; ++i) {
        EXPECT_EQ(queues_of(spreader, 1, 1), std::vector{i % queues});
    }
}

INSTANTIATE_TEST_SUITE_P(BothVersions, GenSpreader, testing::Bool());

TEST(GenSpreaderFrames, WhatIsNoIpTakesTheFirstQueue) {
    Spreader spreader{Spread::flow, queues};
    std::vector<std::uint8_t> frame(60);
    frame[12] = 0x08;
    frame[13] = 0x06;
    EXPECT_EQ(spreader.queue_of(frame), 0U);
    for (std::size_t size = 0; size < 14 + 20; ++size) {
        frame[13] = 0;
        EXPECT_EQ(spreader.queue_of(std::span{frame}.first(size)), 0U) << size;
    }
    // Tags without an end.
    for (std::size_t i = 12; i + 1 < frame.size(); i += 4) {
        frame[i] = 0x81;
        frame[i + 1] = 0;
    }
    EXPECT_EQ(spreader.queue_of(frame), 0U);
}

}  // namespace
}  // namespace flowd::gen
