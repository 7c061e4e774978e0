// SPDX-License-Identifier: BSD-3-Clause
#include "ingress/dpdk/host/ipv4.hpp"

#include <gtest/gtest.h>

#include "ingress/dpdk/host/requests.hpp"

namespace flowd::dpdk::host {
namespace {

using namespace flowd::test;

Frame framed(const Frame& packet) { return ethernet(our_mac, peer_mac, "0800", packet); }
Frame request(const Frame& data = hex("0102")) { return checksummed(echo("08", data)); }

TEST(HostIpv4, APingComesBackWithItsData) {
    ReadyHost us;
    const Frame reply = us.answer(ping());
    ASSERT_EQ(reply.size(), ping().size());
    EXPECT_EQ(part(reply, 0, 14), peer_mac + our_mac + hex("0800"));
    EXPECT_EQ(part(reply, 14, 10), hex("45 00 0021 0000 4000 40 01"));
    EXPECT_EQ(internet_checksum(part(reply, 14, 20)), 0);
    EXPECT_EQ(part(reply, 26, 8), our_ipv4 + peer_ipv4);
    EXPECT_EQ(internet_checksum(part(reply, 34, 13)), 0);
    EXPECT_EQ(part(reply, 34, 2), hex("0000"));
    EXPECT_EQ(part(reply, 38, 9), hex("0001 0002 666c6f7764"));
    EXPECT_EQ(us.host.stats().echo_requests.get(), 1);
}

TEST(HostIpv4, EverySizeComesBackRight) {
    ReadyHost us;
    for (std::size_t size = 0; size <= 1472; size += 61) {
        us.now_ns += second / 10;
        const Frame reply = us.answer(ping(Frame(size, 0xa5)) + Frame(7, 0));
        ASSERT_EQ(reply.size(), 42 + size);
        EXPECT_EQ(internet_checksum(part(reply, 34, 8 + size)), 0);
    }
}

TEST(HostIpv4, DscpComesBackWithoutEcn) {
    ReadyHost us;
    Frame packet = ipv4(peer_ipv4, our_ipv4, 1, request());
    packet[1] = 0xbb;
    packet[10] = packet[11] = 0;
    const Frame checksum = be16(internet_checksum(part(packet, 0, 20)));
    packet[10] = checksum[0];
    packet[11] = checksum[1];
    const Frame reply = us.answer(framed(packet));
    ASSERT_FALSE(reply.empty());
    EXPECT_EQ(reply[15], 0xb8);
}

TEST(HostIpv4, AWrongChecksumIsMalformed) {
    for (const std::size_t at : {std::size_t{22}, std::size_t{36}, std::size_t{45}}) {
        ReadyHost us;
        Frame bad = ping();
        bad[at] ^= 1;
        EXPECT_TRUE(us.answer(bad).empty()) << at;
        EXPECT_EQ(us.host.stats().malformed.get(), 1) << at;
    }
}

TEST(HostIpv4, FragmentsAreNotAnswered) {
    for (const char* const flags : {"2000", "0001", "3fff"}) {
        ReadyHost us;
        EXPECT_TRUE(us.answer(framed(ipv4(peer_ipv4, our_ipv4, 1, request(), {}, flags))).empty());
    }
}

TEST(HostIpv4, OptionsAreNotAnswered) {
    ReadyHost us;
    const Frame record_route = hex("07 07 04 00000000 00");
    EXPECT_TRUE(us.answer(framed(ipv4(peer_ipv4, our_ipv4, 1, request(), record_route))).empty());
    EXPECT_EQ(us.host.stats().echo_requests.get(), 1);
    EXPECT_EQ(us.host.stats().malformed.get(), 0);
}

TEST(HostIpv4, SourcesThatAreNoHostsGetNothing) {
    for (const char* const source :
         {"e0000001", "ffffffff", "00000000", "7f000001", "c00002ff", "c0000200", "c000020a"}) {
        ReadyHost us;
        EXPECT_TRUE(us.answer(framed(ipv4(hex(source), our_ipv4, 1, request()))).empty()) << source;
    }
}

TEST(HostIpv4, OtherDestinationsGetNothing) {
    for (const char* const to : {"c000020c", "ffffffff", "c00002ff", "e0000001"}) {
        ReadyHost us;
        EXPECT_TRUE(us.answer(framed(ipv4(peer_ipv4, hex(to), 1, request()))).empty()) << to;
    }
}

TEST(HostIpv4, FramesForAllOrForOthersGetNothing) {
    const Frame packet = ipv4(peer_ipv4, our_ipv4, 1, request());
    for (const char* const to : {"ffffffffffff", "01005e00020a", "02000000000c"}) {
        ReadyHost us;
        EXPECT_TRUE(us.answer(ethernet(hex(to), peer_mac, "0800", packet)).empty()) << to;
    }
}

TEST(HostIpv4, RepliesAreNotAnswered) {
    ReadyHost us;
    EXPECT_TRUE(
        us.answer(framed(ipv4(peer_ipv4, our_ipv4, 1, checksummed(echo("00", hex("0102"))))))
            .empty());
}

TEST(HostIpv4, TagsComeBack) {
    ReadyHost us;
    const Frame packet = ipv4(peer_ipv4, our_ipv4, 1, request());
    const Frame reply = us.answer(ethernet(our_mac, peer_mac, "88a8 0064 8100 000a 0800", packet));
    ASSERT_EQ(reply.size(), 22 + packet.size());
    EXPECT_EQ(part(reply, 12, 10), hex("88a8 0064 8100 000a 0800"));
}

}  // namespace
}  // namespace flowd::dpdk::host
