// SPDX-License-Identifier: BSD-3-Clause
// Which frames become datagrams, and that the rest has a name.
#include "ingress/dpdk/sieve.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "frames.hpp"

namespace flowd::dpdk {
namespace {

using flow::Error;
using flow::packet::LinkType;
using test::udp_frame;

flow::Bytes bytes(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

config::Listener listener(std::string host, std::uint16_t port, flow::Protocols accepts) {
    return {.accepts = accepts, .host = std::move(host), .port = port, .count = 1, .uri = ""};
}

constexpr flow::Protocols sflow{.netflow5 = false, .netflow9 = false, .sflow = true};
constexpr flow::Protocols netflow{.netflow5 = true, .netflow9 = true, .sflow = false};

std::uint64_t drops(Sieve& sieve, Error error) {
    return sieve.stats().drops[static_cast<std::size_t>(error)];
}

/// As an intake does, with one frame.
void add(Sieve& sieve, flow::Bytes frame, std::uint32_t readable_behind,
         std::uint64_t received_ns) {
    const auto udp = flow::packet::find_udp(frame, LinkType::ethernet);
    if (!udp) return sieve.drop(udp.error());
    const Sieve::Door* const door = sieve.find_door(*udp);
    if (door == nullptr) return sieve.drop(Error::frame_not_ours);
    sieve.deliver(*udp, *door,
                  {.readable_end = frame.data() + frame.size() + readable_behind,
                   .received_ns = received_ns});
}

TEST(Sieve, WithoutListenersTakesEveryDatagram) {
    Sieve sieve{{}};
    const std::string frame = udp_frame(7, 9999, "payload");
    add(sieve, bytes(frame), 7, 42);
    ASSERT_EQ(sieve.datagrams().size(), 1U);
    const flow::Datagram& datagram = sieve.datagrams().front();
    EXPECT_EQ(std::string(datagram.payload.begin(), datagram.payload.end()), "payload");
    EXPECT_EQ(datagram.source, flow::Address::from(bytes(std::string{"\xc0\x00\x02\x07", 4})));
    EXPECT_EQ(datagram.source_port, 50'000);
    EXPECT_EQ(datagram.destination_port, 9999);
    EXPECT_EQ(datagram.accepts, flow::Protocols::all());
    EXPECT_EQ(datagram.received_ns, 42U);
    const auto* const payload_end = reinterpret_cast<const char*>(datagram.payload.data()) + 7;
    EXPECT_EQ(datagram.readable_behind, frame.data() + frame.size() - payload_end + 7)
        << "padding of the frame counts";
    EXPECT_EQ(sieve.stats().payload_bytes, 7U);
    sieve.clear();
    EXPECT_TRUE(sieve.datagrams().empty());
}

TEST(Sieve, TakesTheListenersPortsWithTheirProtocols) {
    Sieve sieve{{listener("", 6343, sflow), listener("0.0.0.0", 2055, netflow)}};
    const std::string first = udp_frame(1, 2055, "a");
    const std::string second = udp_frame(1, 6343, "b");
    const std::string third = udp_frame(1, 4739, "c");
    for (const auto* frame : {&first, &second, &third}) add(sieve, bytes(*frame), 0, 1);
    ASSERT_EQ(sieve.datagrams().size(), 2U);
    EXPECT_EQ(sieve.datagrams()[0].accepts, netflow);
    EXPECT_EQ(sieve.datagrams()[1].accepts, sflow);
    EXPECT_EQ(drops(sieve, Error::frame_not_ours), 1U);
    EXPECT_EQ(sieve.stats().payload_bytes, 2U);
}

TEST(Sieve, AnAddressMustBeTheDestination) {
    const std::string frame = udp_frame(1, 2055, "a");
    struct Case {
        const char* host;
        bool ours;
    };
    for (const auto [host, ours] :
         {Case{"198.51.100.1", true}, Case{"198.51.100.2", false}, Case{"::", true},
          Case{"::ffff:198.51.100.1", true}, Case{"[2001:db8::1]", false}, Case{"localhost", true},
          Case{"fe80::1%eth0", false}}) {
        Sieve sieve{{listener(host, 2055, netflow)}};
        add(sieve, bytes(frame), 0, 1);
        EXPECT_EQ(sieve.datagrams().size(), ours ? 1U : 0U) << host;
        EXPECT_EQ(drops(sieve, Error::frame_not_ours), ours ? 0U : 1U) << host;
    }
}

TEST(Sieve, AnAddressWinsOverAWildcard) {
    Sieve sieve{{listener("", 2055, netflow), listener("198.51.100.1", 2055, sflow)}};
    const std::string frame = udp_frame(1, 2055, "a");
    add(sieve, bytes(frame), 0, 1);
    ASSERT_EQ(sieve.datagrams().size(), 1U);
    EXPECT_EQ(sieve.datagrams()[0].accepts, sflow);
}

TEST(Sieve, AFrameCutAnywhereIsADatagramOrANamedDrop) {
    const std::string frame = udp_frame(1, 2055, "payload");
    Sieve sieve{{}};
    for (std::size_t size = 0; size < frame.size(); ++size) {
        sieve.clear();
        add(sieve, bytes(frame).first(size), 0, 1);
        EXPECT_TRUE(sieve.datagrams().empty()) << size;
    }
    const auto& counted = sieve.stats().drops;
    EXPECT_EQ(std::accumulate(counted.begin(), counted.end(), std::uint64_t{0}), frame.size());
    EXPECT_EQ(sieve.stats().datagrams, frame.size());
    EXPECT_GT(drops(sieve, Error::frame_truncated), 0U);
    EXPECT_EQ(drops(sieve, Error::none), 0U);
}

TEST(Sieve, SeveralDropsOfOneReasonCountAsSoMany) {
    Sieve sieve{{}};
    sieve.drop(Error::shard_ring_full, 3);
    EXPECT_EQ(drops(sieve, Error::shard_ring_full), 3U);
    EXPECT_EQ(sieve.stats().datagrams, 3U);
}

}  // namespace
}  // namespace flowd::dpdk
