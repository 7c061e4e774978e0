// SPDX-License-Identifier: BSD-3-Clause
#include "ingress/dpdk/host/addresses.hpp"

#include <gtest/gtest.h>

#include "ingress/dpdk/host/requests.hpp"

namespace flowd::dpdk::host {
namespace {

using namespace flowd::test;

TEST(HostAddresses, Ipv6BringsTheLinkLocalAddressOfTheMac) {
    Addresses addresses{identity()};
    ASSERT_EQ(addresses.all().size(), 3);
    EXPECT_NE(addresses.find(our_link_local), nullptr);
}

TEST(HostAddresses, Ipv4AloneBringsNoLinkLocalAddress) {
    Identity who = identity();
    who.addresses.pop_back();
    EXPECT_EQ(Addresses{who}.all().size(), 1);
}

TEST(HostAddresses, AConfiguredLinkLocalAddressReplacesTheOther) {
    Identity who = identity();
    who.addresses.push_back({address(peer_link_local), 64});
    Addresses addresses{who};
    EXPECT_EQ(addresses.find(our_link_local), nullptr);
    EXPECT_NE(addresses.find(peer_link_local), nullptr);
}

TEST(HostAddresses, AnIpv4MappedAddressIsNotOurs) {
    Addresses addresses{identity()};
    EXPECT_EQ(addresses.find(hex("00000000 00000000 0000ffff") + our_ipv4), nullptr);
}

TEST(HostAddresses, BroadcastsAreTheEndsOfTheSubnet) {
    const Addresses addresses{identity()};
    EXPECT_TRUE(addresses.is_broadcast(hex("c00002ff")));
    EXPECT_TRUE(addresses.is_broadcast(hex("c0000200")));
    EXPECT_FALSE(addresses.is_broadcast(hex("c000020b")));
    EXPECT_FALSE(addresses.is_broadcast(hex("c00003ff")));
}

TEST(HostAddresses, APointToPointPrefixHasNoBroadcast) {
    Identity who = identity();
    who.addresses = {{address(our_ipv4), 31}};
    EXPECT_FALSE(Addresses{who}.is_broadcast(our_ipv4));
    EXPECT_FALSE(Addresses{who}.is_broadcast(hex("c000020b")));
}

TEST(HostAddresses, ASourceIsInTheSubnetAndReady) {
    Addresses addresses{identity()};
    EXPECT_EQ(addresses.source_for(address(peer_ipv4)), nullptr);
    for (OwnAddress& each : addresses.all()) each.claim = Claim::ready;
    ASSERT_NE(addresses.source_for(address(peer_ipv4)), nullptr);
    EXPECT_EQ(addresses.source_for(address(peer_ipv4))->address, address(our_ipv4));
    EXPECT_EQ(addresses.source_for(address(hex("c6336401"))), nullptr);
    ASSERT_NE(addresses.source_for(address(peer_link_local)), nullptr);
    EXPECT_EQ(addresses.source_for(address(peer_link_local))->address, address(our_link_local));
}

TEST(HostAddresses, HostsAreNeitherGroupsNorLoopbackNorNothing) {
    for (const char* const bad : {"00000000", "7f000001", "e0000001", "ffffffff", "f0000001"}) {
        EXPECT_FALSE(is_host(hex(bad))) << bad;
    }
    EXPECT_TRUE(is_host(peer_ipv4));
    EXPECT_TRUE(is_host(peer_ipv6));
    EXPECT_TRUE(is_host(peer_link_local));
    EXPECT_FALSE(is_host(unspecified));
    EXPECT_FALSE(is_host(Frame(15, 0) + Frame{1}));
    EXPECT_FALSE(is_host(all_nodes));
    EXPECT_FALSE(is_host(hex("00000000 00000000 0000ffff c000020b")));
}

}  // namespace
}  // namespace flowd::dpdk::host
