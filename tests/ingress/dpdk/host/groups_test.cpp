// SPDX-License-Identifier: BSD-3-Clause
#include "ingress/dpdk/host/groups.hpp"

#include <gtest/gtest.h>

#include "ingress/dpdk/host/requests.hpp"

namespace flowd::dpdk::host {
namespace {

using namespace flowd::test;

const Frame group = hex("e9fc0001");  // 233.252.0.1
const Frame all_hosts_mac = hex("01005e000001");

Identity member() {
    Identity who = identity();
    who.addresses = {{address(our_ipv4), 24}};
    who.groups = {address(group)};
    return who;
}

/// Ethernet, IPv4 with a router alert, IGMP.
bool is_igmp(const Frame& frame) { return part(frame, 12, 3) == hex("0800 46") && frame[23] == 2; }

std::vector<Frame> igmp_of(const std::vector<Frame>& frames) {
    std::vector<Frame> found;
    std::copy_if(frames.begin(), frames.end(), std::back_inserter(found), is_igmp);
    return found;
}

Frame igmp_query(const Frame& message, const Frame& to = hex("e0000001"),
                 const Frame& mac = all_hosts_mac, std::uint8_t hops = 1) {
    return ethernet(mac, peer_mac, "0800",
                    ipv4(peer_ipv4, to, 2, checksummed(message), hex("94040000"), "0000", hops));
}

const Frame query_3 = igmp_query(hex("11 0a 0000 00000000 02 7d 0000"));
const Frame query_2 = igmp_query(hex("11 0a 0000 00000000"));
const Frame query_1 = igmp_query(hex("11 00 0000 00000000"));

Frame sent(const Frame& source, const Frame& to, const Frame& mac, const Frame& message) {
    Frame packet = ipv4(source, to, 2, checksummed(message), hex("94040000"), "4000", 1);
    packet[1] = 0xc0;
    packet[4] = packet[5] = packet[10] = packet[11] = 0;
    const Frame checksum = be16(internet_checksum(part(packet, 0, 24)));
    packet[10] = checksum[0];
    packet[11] = checksum[1];
    return ethernet(mac, our_mac, "0800", packet);
}

Frame record(const char* type, const Frame& source = our_ipv4) {
    return sent(source, hex("e0000016"), hex("01005e000016"),
                hex("22 00 0000 0000 0001") + hex(type) + hex("00 0000") + group);
}

TEST(HostGroups, AreJoinedTwiceAtTheStart) {
    TestHost us{member()};
    const std::vector<Frame> wanted{record("04", Frame(4, 0)), record("04")};
    EXPECT_EQ(igmp_of(us.pass(10 * second)), wanted);
}

TEST(HostGroups, AQueryIsAnsweredWithinItsTime) {
    ReadyHost us{member()};
    EXPECT_TRUE(us.answer(query_3).empty());
    EXPECT_EQ(us.host.stats().group_queries.get(), 1);
    EXPECT_EQ(us.pass(second), std::vector<Frame>{record("02")});
    EXPECT_TRUE(us.pass(60 * second).empty());
}

TEST(HostGroups, AQueryForOneOfOurGroupsIsAnsweredAndAnotherIsNot) {
    ReadyHost us{member()};
    us.answer(
        igmp_query(hex("11 0a 0000") + group + hex("02 7d 0000"), group, hex("01005e7c0001")));
    EXPECT_EQ(us.pass(second), std::vector<Frame>{record("02")});
    const Frame other = hex("e9fc0002");
    us.answer(
        igmp_query(hex("11 0a 0000") + other + hex("02 7d 0000"), other, hex("01005e7c0002")));
    EXPECT_TRUE(us.pass(60 * second).empty());
}

TEST(HostGroups, AfterAQueryOfVersion2ReportsAndLeavesAreOfVersion2) {
    ReadyHost us{member()};
    us.answer(query_2);
    EXPECT_EQ(us.pass(second), std::vector<Frame>{sent(our_ipv4, group, hex("01005e7c0001"),
                                                       hex("16 00 0000") + group)});
    Frame out(announcement_size_max);
    out.resize(us.host.farewell(out));
    EXPECT_EQ(out, sent(our_ipv4, hex("e0000002"), hex("01005e000002"), hex("17 00 0000") + group));
}

TEST(HostGroups, AfterAQueryOfVersion1ReportsAreOfVersion1AndThereIsNoLeave) {
    ReadyHost us{member()};
    us.answer(query_1);
    EXPECT_EQ(us.pass(10 * second), std::vector<Frame>{sent(our_ipv4, group, hex("01005e7c0001"),
                                                            hex("12 00 0000") + group)});
    Frame out(announcement_size_max);
    EXPECT_EQ(us.host.farewell(out), 0);
}

TEST(HostGroups, AnOldQuerierIsForgottenAfter260Seconds) {
    ReadyHost us{member()};
    us.answer(query_2);
    us.pass(261 * second);
    us.answer(query_3);
    EXPECT_EQ(us.pass(second), std::vector<Frame>{record("02")});
}

TEST(HostGroups, QueriesFromAfarOrDamagedAreMalformed) {
    ReadyHost us{member()};
    us.answer(igmp_query(hex("11 0a 0000 00000000"), hex("e0000001"), all_hosts_mac, 2));
    us.answer(igmp_query(hex("11 0a 0000 00000000 02")));
    Frame damaged = query_3;
    damaged.back() ^= 1;
    us.answer(damaged);
    EXPECT_EQ(us.host.stats().malformed.get(), 3);
    EXPECT_TRUE(us.pass(60 * second).empty());
}

TEST(HostGroups, TheFarewellLeaves) {
    ReadyHost us{member()};
    Frame out(announcement_size_max);
    out.resize(us.host.farewell(out));
    EXPECT_EQ(out, record("03"));
    Frame rest(announcement_size_max);
    EXPECT_EQ(us.host.farewell(rest), 0);
}

TEST(HostGroups, ManyGroupsTakeSeveralFrames) {
    Identity who = member();
    who.groups.clear();
    for (std::uint8_t i = 1; i <= 130; ++i) who.groups.push_back(address({233, 252, 0, i}));
    TestHost us{who};
    std::vector<std::size_t> counts;
    for (const Frame& each : igmp_of(us.announce())) {
        counts.push_back(each[14 + 24 + 7]);
        EXPECT_EQ(each.size(), 14 + 24 + 8 + 8 * counts.back());
    }
    EXPECT_EQ(counts, (std::vector<std::size_t>{60, 60, 10}));
}

TEST(HostGroups, AQueryIsAnsweredInItsVlan) {
    Identity who = member();
    who.vlans = {5, 6};
    ReadyHost us{who};
    Frame tagged = part(query_3, 0, 12) + hex("8100 0006") + part(query_3, 12, query_3.size() - 12);
    us.answer(tagged);
    const std::vector<Frame> frames = us.pass(second);
    ASSERT_EQ(frames.size(), 1);
    EXPECT_EQ(part(frames[0], 12, 4), hex("8100 0006"));
}

// --- MLD ---

const Frame mld_routers = hex("ff020000 00000000 00000000 00000016");
const Frame alert = hex("3a00 0502 0000 0100");

Frame mld_query(const Frame& message, const Frame& hop_by_hop = alert,
                const Frame& source = peer_link_local) {
    return ethernet(
        all_nodes_mac, peer_mac, "86dd",
        icmpv6_packet(
            {.source = source, .destination = all_nodes, .hops = 1, .hop_by_hop = hop_by_hop},
            message));
}

const Frame mld_query_2 = mld_query(hex("82 00 0000 03e8 0000") + unspecified + hex("02 7d 0000"));
const Frame mld_query_1 = mld_query(hex("82 00 0000 03e8 0000") + unspecified);

Frame mld_sent(const Frame& source, const Frame& to, const Frame& message) {
    Frame packet = icmpv6_packet(
        {.source = source, .destination = to, .hops = 1, .hop_by_hop = alert}, message);
    packet[1] = 0;
    return ethernet(hex("3333") + part(to, 12, 4), our_mac, "86dd", packet);
}

Frame mld_records(const char* type) {
    const Frame head = hex(type) + hex("00 0000");
    return hex("8f 00 0000 0000 0002") + head + our_solicited_node + head +
           hex("ff020000 00000000 00000001 ff00000a");
}

std::vector<Frame> mld_of(const std::vector<Frame>& frames) {
    std::vector<Frame> found;
    std::copy_if(frames.begin(), frames.end(), std::back_inserter(found), [](const Frame& each) {
        return part(each, 12, 2) == hex("86dd") && each[20] == 0;
    });
    return found;
}

TEST(HostGroups, SolicitedNodeGroupsAreJoinedFirstWithoutAnAddressThenWithIt) {
    TestHost us;
    const std::vector<Frame> wanted{mld_sent(unspecified, mld_routers, mld_records("04")),
                                    mld_sent(our_link_local, mld_routers, mld_records("04"))};
    EXPECT_EQ(mld_of(us.pass(10 * second)), wanted);
}

TEST(HostGroups, AnMldQueryIsAnswered) {
    ReadyHost us;
    us.answer(mld_query_2);
    EXPECT_EQ(us.pass(second),
              std::vector<Frame>{mld_sent(our_link_local, mld_routers, mld_records("02"))});
}

TEST(HostGroups, AfterAQueryOfMldVersion1ReportsAreOfVersion1) {
    ReadyHost us;
    us.answer(mld_query_1);
    const std::vector<Frame> frames = us.pass(second);
    ASSERT_EQ(frames.size(), 2);
    EXPECT_EQ(frames[0], mld_sent(our_link_local, our_solicited_node,
                                  hex("83 00 0000 0000 0000") + our_solicited_node));
    Frame out(announcement_size_max);
    out.resize(us.host.farewell(out));
    EXPECT_EQ(out, mld_sent(our_link_local, hex("ff020000 00000000 00000000 00000002"),
                            hex("84 00 0000 0000 0000") + our_solicited_node));
}

TEST(HostGroups, MldQueriesWithoutAlertOrFromAfarAreMalformed) {
    ReadyHost us;
    const Frame message = hex("82 00 0000 03e8 0000") + unspecified + hex("02 7d 0000");
    us.answer(mld_query(message, {}));
    us.answer(mld_query(message, hex("3a00 0104 00000000")));
    us.answer(mld_query(message, hex("3a00 05ff 00000000")));
    us.answer(mld_query(message, alert, peer_ipv6));
    EXPECT_EQ(us.host.stats().malformed.get(), 4);
    EXPECT_TRUE(us.pass(60 * second).empty());
}

TEST(HostGroups, AllHostsAndAllNodesAreNeverReported) {
    Identity who = member();
    who.groups = {address(hex("e0000001")), address(all_nodes),
                  address(hex("ff010000 00000000 00000000 00000005"))};
    who.addresses = {{address(our_ipv4), 24}};
    TestHost us{who};
    EXPECT_TRUE(igmp_of(us.pass(5 * second)).empty());
}

}  // namespace
}  // namespace flowd::dpdk::host
