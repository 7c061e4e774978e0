// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/strangers.hpp"

#include <gtest/gtest.h>

#include "support/netflow_builder.hpp"

namespace flowd {
namespace {

using flow::Error;
using flow::Stranger;
using flow::test::ipv4;

constexpr std::uint32_t now = 1'700'000'000;

Stranger stranger(std::uint8_t last, Error reason, std::uint64_t datagrams, std::uint32_t ago = 0) {
    return {.source = ipv4(10, 0, 0, last),
            .port = 6343,
            .reason = reason,
            .last_seen = now - ago,
            .datagrams = datagrams};
}

TEST(Strangers, AreNamedWithWhatTheySendAndWhere) {
    const auto findings = findings_of({stranger(1, Error::protocol_not_here, 1'234)}, now);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].code, "stranger");
    EXPECT_EQ(findings[0].sentence,
              "10.0.0.1 sends a protocol that the listener there does not take, to port 6343: "
              "1,234 datagrams.");
    EXPECT_NE(findings[0].action.find("flow://"), std::string::npos);
    EXPECT_EQ(findings_of({stranger(2, Error::unknown_protocol, 1)}, now)[0].sentence,
              "10.0.0.2 sends what is neither NetFlow, IPFIX nor sFlow, to port 6343: 1 datagram.");
    EXPECT_EQ(findings_of({stranger(3, Error::empty, 2)}, now)[0].sentence,
              "10.0.0.3 sends datagrams without a payload, to port 6343: 2 datagrams.");
}

TEST(Strangers, OfSeveralWorkersAreOneAndThoseThatSendMostAreFirst) {
    std::vector<Stranger> all;
    for (std::uint8_t i = 1; i <= 6; ++i) all.push_back(stranger(i, Error::unknown_protocol, i));
    all.push_back(stranger(1, Error::unknown_protocol, 100));
    all.push_back(stranger(9, Error::unknown_protocol, 1'000, 601));  // long ago
    all.push_back({});                                                // nobody
    const auto findings = findings_of(all, now);
    ASSERT_EQ(findings.size(), 4U);
    EXPECT_TRUE(findings[0].sentence.starts_with("10.0.0.1 ")) << findings[0].sentence;
    EXPECT_TRUE(findings[0].sentence.ends_with(" 101 datagrams.")) << findings[0].sentence;
    EXPECT_TRUE(findings[1].sentence.starts_with("10.0.0.6 ")) << findings[1].sentence;
}

TEST(Strangers, AreNoneWhereNobodyIsStrange) {
    EXPECT_TRUE(findings_of({}, now).empty());
    EXPECT_TRUE(findings_of(std::vector<Stranger>(8), now).empty());
}

}  // namespace
}  // namespace flowd
