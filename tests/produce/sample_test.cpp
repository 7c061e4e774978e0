// SPDX-License-Identifier: BSD-3-Clause
// Through the Producer, as the pipeline calls it.
#include "flow/produce/sample.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

#include "flow/produce/producer.hpp"
#include "support/exact_bytes.hpp"
#include "support/netflow_builder.hpp"
#include "support/sflow_builder.hpp"

namespace flow::produce {
namespace {

using namespace flow::test;

// Formats of flow records (sFlow v5 §5.3).
constexpr std::uint32_t ipv4_data = 3;
constexpr std::uint32_t ipv6_data = 4;
constexpr std::uint32_t extended_switch = 1001;
constexpr std::uint32_t extended_router = 1002;
constexpr std::uint32_t extended_gateway = 1003;

const Origin origin{.type = FlowType::sflow_5,
                    .sampler = ipv4(10, 0, 0, 254),
                    .sequence = 80,
                    .received_ns = 1'700'000'000'999'999'999};

class Sample : public testing::Test {
protected:
    /// Fills a new flow from these records.
    Error fill(std::initializer_list<ByteBuilder> records,
               std::optional<std::uint32_t> count = {}) {
        ByteBuilder wire;
        for (const ByteBuilder& record : records) wire.bytes(record.bytes());
        wire_.emplace_back(wire.bytes());
        flow_ = {};
        return producer_.fill(
            flow_,
            {.sampling_rate = 512,
             .input = 0x80000003,
             .output = 4,
             .record_count = count.value_or(static_cast<std::uint32_t>(records.size())),
             .records = wire_.back().bytes()},
            origin);
    }
    [[nodiscard]] std::uint64_t number(Column column) const { return flow_.number(column); }
    [[nodiscard]] std::vector<unsigned> octets(Column column) const {
        const Bytes value = flow_.bytes(column);
        return {value.begin(), value.end()};
    }
    [[nodiscard]] std::vector<std::uint32_t> list(Column column) const {
        const auto value = flow_.list(column);
        return {value.begin(), value.end()};
    }

    Producer producer_{{}};
    Flow flow_;
    std::vector<ExactBytes> wire_;  ///< what flow_ borrows from
};

/// Ethernet, VLAN 100, IPv4, UDP 53 to 5353.
ByteBuilder udp_frame() {
    ByteBuilder frame;
    frame.raw({2, 0, 0, 0, 0, 2}).raw({2, 0, 0, 0, 0, 1}).u16(0x8100).u16(100).u16(0x0800);
    frame.u8(0x45).u8(0xb8).u16(28).u16(0x1234).u16(0).u8(63).u8(17).u16(0);
    frame.raw({192, 0, 2, 1}).raw({198, 51, 100, 2});
    return frame.u16(53).u16(5353).u16(8).u16(0);
}

ByteBuilder gateway(std::initializer_list<std::vector<std::uint32_t>> segments,
                    const std::vector<std::uint32_t>& communities,
                    std::uint32_t source_as = 64501) {
    ByteBuilder body;
    body.u32(1).raw({10, 9, 9, 9}).u32(64500).u32(source_as).u32(64502).u32(segments.size());
    for (const auto& segment : segments) {
        body.u32(2).u32(segment.size());
        for (const std::uint32_t as : segment) body.u32(as);
    }
    body.u32(communities.size());
    for (const std::uint32_t community : communities) body.u32(community);
    return body.u32(100);
}

TEST_F(Sample, WithoutRecordsHasTheColumnsOfItsHeader) {
    EXPECT_EQ(fill({}), Error::none);
    EXPECT_EQ(number(Column::type), 1u);
    EXPECT_EQ(number(Column::sequence_num), 80u);
    EXPECT_EQ(number(Column::sampling_rate), 512u);
    EXPECT_EQ(octets(Column::sampler_address), (std::vector<unsigned>{10, 0, 0, 254}));
    EXPECT_EQ(number(Column::in_if), 0x80000003u);
    EXPECT_EQ(number(Column::out_if), 4u);
    EXPECT_EQ(number(Column::packets), 1u);
    EXPECT_EQ(number(Column::bytes), 0u);
    for (const Column time :
         {Column::time_received, Column::time_flow_start, Column::time_flow_end}) {
        EXPECT_EQ(number(time), 1'700'000'000u);
    }
    EXPECT_EQ(number(Column::time_flow_start_ms), 1'700'000'000'999u);
    EXPECT_EQ(number(Column::time_flow_end_ms), 1'700'000'000'999u);
    EXPECT_EQ(number(Column::time_flow_start_ns), 1'700'000'000'999'999'999u);
    EXPECT_EQ(number(Column::time_flow_end_ns), 1'700'000'000'999'999'999u);
}

TEST_F(Sample, ReadsASampledEthernetFrame) {
    EXPECT_EQ(fill({raw_header(1, 1500, udp_frame().bytes())}), Error::none);
    EXPECT_EQ(number(Column::bytes), 1500u) << "of the frame, not of what was sampled";
    EXPECT_EQ(number(Column::src_mac), 0x020000000001u);
    EXPECT_EQ(number(Column::dst_mac), 0x020000000002u);
    EXPECT_EQ(number(Column::vlan_id), 100u);
    EXPECT_EQ(number(Column::etype), 0x0800u);
    EXPECT_EQ(octets(Column::src_addr), (std::vector<unsigned>{192, 0, 2, 1}));
    EXPECT_EQ(octets(Column::dst_addr), (std::vector<unsigned>{198, 51, 100, 2}));
    EXPECT_EQ(number(Column::proto), 17u);
    EXPECT_EQ(number(Column::ip_tos), 0xb8u);
    EXPECT_EQ(number(Column::ip_ttl), 63u);
    EXPECT_EQ(number(Column::fragment_id), 0x1234u);
    EXPECT_EQ(number(Column::src_port), 53u);
    EXPECT_EQ(number(Column::dst_port), 5353u);
}

TEST_F(Sample, ReadsSampledPacketsWithoutEthernet) {
    const ByteBuilder frame = udp_frame();
    EXPECT_EQ(fill({raw_header(11, 46, frame.bytes().subspan(18))}), Error::none);
    EXPECT_EQ(number(Column::src_port), 53u);
    EXPECT_EQ(number(Column::etype), 0x0800u);
    EXPECT_EQ(number(Column::src_mac), 0u);

    ByteBuilder ipv6;
    ipv6.u32(0x6b8abcde).u16(8).u8(58).u8(62).fill(15).u8(1).fill(15).u8(2).u8(128).u8(7);
    EXPECT_EQ(fill({raw_header(12, 48, ipv6.bytes())}), Error::none);
    EXPECT_EQ(number(Column::etype), 0x86ddu);
    EXPECT_EQ(number(Column::ipv6_flow_label), 0xabcdeu);
    EXPECT_EQ(number(Column::icmp_type), 128u);
    EXPECT_EQ(number(Column::icmp_code), 7u);
    EXPECT_EQ(octets(Column::dst_addr).size(), 16u);

    ByteBuilder mpls;
    mpls.u32(1000u << 12 | 64).u32(1001u << 12 | 65).u32(1002u << 12 | 66).u32(1003u << 12 | 67);
    mpls.u32(1004u << 12 | 0x100 | 68).bytes(frame.bytes().subspan(18));
    EXPECT_EQ(fill({raw_header(13, 66, mpls.bytes())}), Error::none);
    EXPECT_EQ(number(Column::has_mpls), 1u);
    EXPECT_EQ(number(Column::mpls_count), 5u);
    EXPECT_EQ(number(Column::mpls_1_label), 1000u);
    EXPECT_EQ(number(Column::mpls_1_ttl), 64u);
    EXPECT_EQ(number(Column::mpls_2_label), 1001u);
    EXPECT_EQ(number(Column::mpls_2_ttl), 65u);
    EXPECT_EQ(number(Column::mpls_3_label), 1002u);
    EXPECT_EQ(number(Column::mpls_3_ttl), 66u);
    EXPECT_EQ(number(Column::mpls_last_label), 1004u);
    EXPECT_EQ(number(Column::mpls_last_ttl), 68u);
    EXPECT_EQ(number(Column::src_port), 53u);
}

TEST_F(Sample, CountsTheBytesOfAFrameThatItDoesNotRead) {
    EXPECT_EQ(fill({raw_header(7, 99, udp_frame().bytes())}), Error::none);
    EXPECT_EQ(number(Column::bytes), 99u);
    EXPECT_EQ(number(Column::etype), 0u);
}

TEST_F(Sample, DoesNotReadThePaddingBehindAFrame) {
    // The frame ends inside the ports; its padding would complete them.
    const ByteBuilder frame = udp_frame();
    EXPECT_EQ(fill({raw_header(1, 1500, frame.bytes().first(41))}), Error::none);
    EXPECT_EQ(number(Column::proto), 17u);
    EXPECT_EQ(number(Column::src_port), 0u);
}

TEST_F(Sample, ReadsAFrameThatAnnouncesMoreThanItsRecordHolds) {
    ByteBuilder body;
    body.u32(1).u32(1500).u32(4).u32(0xffffffff).bytes(udp_frame().bytes());
    EXPECT_EQ(fill({tagged(1, body.bytes())}), Error::none);
    EXPECT_EQ(number(Column::src_port), 53u);
}

TEST_F(Sample, ReadsIpv4AndIpv6Data) {
    ByteBuilder body;
    body.u32(1400).u32(6).raw({10, 0, 0, 1}).raw({10, 0, 0, 2}).u32(1024).u32(443).u32(0x12).u32(8);
    EXPECT_EQ(fill({tagged(ipv4_data, body.bytes())}), Error::none);
    EXPECT_EQ(number(Column::bytes), 1400u);
    EXPECT_EQ(number(Column::proto), 6u);
    EXPECT_EQ(octets(Column::src_addr), (std::vector<unsigned>{10, 0, 0, 1}));
    EXPECT_EQ(octets(Column::dst_addr), (std::vector<unsigned>{10, 0, 0, 2}));
    EXPECT_EQ(number(Column::src_port), 1024u);
    EXPECT_EQ(number(Column::dst_port), 443u);
    EXPECT_EQ(number(Column::ip_tos), 8u);
    EXPECT_EQ(number(Column::tcp_flags), 0x12u);
    EXPECT_EQ(number(Column::etype), 0x0800u);

    ByteBuilder six;
    six.u32(1400).u32(17).fill(15).u8(1).fill(15).u8(2).u32(53).u32(54).u32(0).u32(9);
    EXPECT_EQ(fill({tagged(ipv6_data, six.bytes())}), Error::none);
    EXPECT_EQ(octets(Column::src_addr).back(), 1u);
    EXPECT_EQ(octets(Column::dst_addr).back(), 2u);
    EXPECT_EQ(number(Column::dst_port), 54u);
    EXPECT_EQ(number(Column::ip_tos), 9u);
    EXPECT_EQ(number(Column::etype), 0x86ddu);
}

TEST_F(Sample, ReadsSwitchAndRouter) {
    const ByteBuilder vlans = ByteBuilder{}.u32(10).u32(1).u32(20).u32(2);
    const ByteBuilder router = ByteBuilder{}.u32(1).raw({10, 0, 0, 3}).u32(24).u32(16);
    EXPECT_EQ(
        fill({tagged(extended_switch, vlans.bytes()), tagged(extended_router, router.bytes())}),
        Error::none);
    EXPECT_EQ(number(Column::src_vlan), 10u);
    EXPECT_EQ(number(Column::dst_vlan), 20u);
    EXPECT_EQ(number(Column::vlan_id), 0u);
    EXPECT_EQ(octets(Column::next_hop), (std::vector<unsigned>{10, 0, 0, 3}));
    EXPECT_EQ(number(Column::src_net), 24u);
    EXPECT_EQ(number(Column::dst_net), 16u);
}

TEST_F(Sample, TakesAnUnknownNextHop) {
    const ByteBuilder router = ByteBuilder{}.u32(0).u32(24).u32(16);
    EXPECT_EQ(fill({tagged(extended_router, router.bytes())}), Error::none);
    EXPECT_TRUE(octets(Column::next_hop).empty());
    EXPECT_EQ(number(Column::dst_net), 16u);
    const ByteBuilder bad = ByteBuilder{}.u32(3).fill(64);
    EXPECT_EQ(fill({tagged(extended_router, bad.bytes())}), Error::bad_record);
    EXPECT_EQ(number(Column::dst_net), 0u);
}

TEST_F(Sample, ReadsAGatewayOfTwoSegments) {
    const ByteBuilder body = gateway({{64510, 64511}, {64512}}, {0x00010002, 0x00030004});
    EXPECT_EQ(fill({tagged(extended_gateway, body.bytes())}), Error::none);
    EXPECT_EQ(octets(Column::bgp_next_hop), (std::vector<unsigned>{10, 9, 9, 9}));
    EXPECT_EQ(number(Column::src_as), 64501u);
    EXPECT_EQ(number(Column::dst_as), 64512u) << "the last one of the path";
    EXPECT_EQ(number(Column::next_hop_as), 64510u) << "the first one";
    EXPECT_EQ(list(Column::as_path), (std::vector<std::uint32_t>{64510, 64511, 64512}));
    EXPECT_EQ(list(Column::bgp_communities), (std::vector<std::uint32_t>{0x00010002, 0x00030004}));
}

TEST_F(Sample, WithoutAPathStaysInTheRoutersOwnSystem) {
    for (const ByteBuilder& body : {gateway({}, {}, 0), gateway({{}}, {}, 0)}) {
        EXPECT_EQ(fill({tagged(extended_gateway, body.bytes())}), Error::none);
        EXPECT_EQ(number(Column::src_as), 64500u);
        EXPECT_EQ(number(Column::dst_as), 64500u);
        EXPECT_EQ(number(Column::next_hop_as), 0u);
        EXPECT_TRUE(list(Column::as_path).empty());
    }
}

TEST_F(Sample, LeavesAGatewayWhoseCountsLie) {
    const auto gateway_of = [](std::uint32_t segments, std::uint32_t numbers,
                               std::uint32_t communities) {
        ByteBuilder body;
        body.u32(1).raw({10, 9, 9, 9}).u32(64500).u32(64501).u32(64502).u32(segments);
        return body.u32(2).u32(numbers).u32(64510).u32(communities).u32(7).u32(100);
    };
    EXPECT_EQ(fill({tagged(extended_gateway, gateway_of(1, 1, 1).bytes())}), Error::none);
    for (const std::uint32_t lie : {5u, 0x40000000u, 0xffffffffu}) {
        for (const ByteBuilder& body :
             {gateway_of(lie, 1, 1), gateway_of(1, lie, 1), gateway_of(1, 1, lie)}) {
            EXPECT_EQ(fill({tagged(extended_gateway, body.bytes()),
                            tagged(extended_switch, ByteBuilder{}.u32(10).fill(12).bytes())}),
                      Error::bad_record);
            EXPECT_TRUE(octets(Column::bgp_next_hop).empty());
            EXPECT_TRUE(list(Column::as_path).empty());
            EXPECT_EQ(number(Column::src_as), 0u);
            EXPECT_EQ(number(Column::src_vlan), 10u) << "the next record counts";
        }
    }
}

TEST_F(Sample, HasRoomForTheLongestLists) {
    const std::vector<std::uint32_t> many(16000, 64999);
    EXPECT_EQ(fill({tagged(extended_gateway, gateway({many}, {}).bytes())}), Error::none);
    EXPECT_EQ(list(Column::as_path).size(), 16000u);
    EXPECT_EQ(fill({tagged(extended_gateway, gateway({}, many).bytes())}), Error::none);
    EXPECT_EQ(list(Column::bgp_communities).size(), 16000u) << "the room is there again";
    const std::vector<std::uint32_t> too_many(20000, 1);
    EXPECT_EQ(fill({tagged(extended_gateway, gateway({too_many}, {}).bytes())}), Error::bad_record);
}

TEST_F(Sample, LeavesRecordsThatAreTooShortForTheirFormat) {
    const std::vector<std::pair<std::uint32_t, std::size_t>> sizes{{1, 16},
                                                                   {ipv4_data, 32},
                                                                   {ipv6_data, 56},
                                                                   {extended_switch, 16},
                                                                   {extended_router, 12},
                                                                   {extended_gateway, 24}};
    for (const auto& [format, size] : sizes) {
        EXPECT_EQ(fill({tagged(format, ByteBuilder{}.fill(size - 1).bytes())}), Error::bad_record)
            << format;
        EXPECT_EQ(fill({tagged(format, ByteBuilder{}.fill(size).bytes())}), Error::none) << format;
    }
}

TEST_F(Sample, PassesOverOtherRecords) {
    EXPECT_EQ(fill({tagged(2, ByteBuilder{}.fill(3).bytes()), tagged(0x1001, {}),
                    tagged(1004, ByteBuilder{}.fill(80, 0xff).bytes()),
                    raw_header(1, 1500, udp_frame().bytes())}),
              Error::none);
    EXPECT_EQ(number(Column::src_port), 53u);
}

TEST_F(Sample, LetsALaterRecordOverrideAnEarlierOne) {
    ByteBuilder data;
    data.u32(46).u32(6).raw({10, 0, 0, 1}).raw({10, 0, 0, 2}).u32(1).u32(2).u32(0).u32(0);
    const ByteBuilder ip = tagged(ipv4_data, data.bytes());
    const ByteBuilder raw = raw_header(1, 64, udp_frame().bytes());
    EXPECT_EQ(fill({raw, ip}), Error::none);
    EXPECT_EQ(number(Column::bytes), 46u);
    EXPECT_EQ(number(Column::src_port), 1u);
    EXPECT_EQ(fill({ip, raw}), Error::none);
    EXPECT_EQ(number(Column::bytes), 64u);
    EXPECT_EQ(number(Column::src_port), 53u);
}

TEST_F(Sample, WithTooHighACountKeepsWhatItHas) {
    const ByteBuilder vlans = ByteBuilder{}.u32(10).u32(1).u32(20).u32(2);
    for (const std::uint32_t count : {2u, 0xffffffffu}) {
        EXPECT_EQ(fill({tagged(extended_switch, vlans.bytes())}, count), Error::bad_record);
        EXPECT_EQ(number(Column::src_vlan), 10u);
    }
    EXPECT_EQ(fill({tagged(extended_switch, vlans.bytes())}, 0), Error::none);
    EXPECT_EQ(number(Column::src_vlan), 0u) << "too low a count is believed";
}

TEST_F(Sample, StopsAtARecordThatAnnouncesTooMuch) {
    const ByteBuilder vlans = ByteBuilder{}.u32(10).u32(1).u32(20).u32(2);
    EXPECT_EQ(fill({tagged(extended_switch, vlans.bytes()),
                    tagged(extended_router, vlans.bytes(), 0xffffffff)}),
              Error::bad_record);
    EXPECT_EQ(number(Column::src_vlan), 10u);
}

TEST_F(Sample, CutAnywhereKeepsTheRecordsBefore) {
    const ByteBuilder vlans = ByteBuilder{}.u32(10).u32(1).u32(20).u32(2);
    ByteBuilder all = tagged(extended_switch, vlans.bytes());
    all.bytes(tagged(extended_gateway, gateway({{1, 2}}, {3}).bytes()).bytes());
    all.bytes(raw_header(1, 64, udp_frame().bytes()).bytes());
    for (std::size_t size = 0; size < all.size(); ++size) {
        const ExactBytes cut{all.bytes().first(size)};
        Flow flow;
        EXPECT_EQ(producer_.fill(flow, {.record_count = 3, .records = cut.bytes()}, origin),
                  Error::bad_record);
        EXPECT_EQ(flow.number(Column::src_vlan), size < 24 ? 0u : 10u) << size;
        EXPECT_EQ(flow.number(Column::src_port), 0u);
    }
}

}  // namespace
}  // namespace flow::produce
