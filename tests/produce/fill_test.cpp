// SPDX-License-Identifier: BSD-3-Clause
// Expected values are worked out by hand, not by the code under test.
#include "flow/produce/fill.hpp"

#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <utility>
#include <vector>

#include "flow/produce/producer.hpp"
#include "support/exact_bytes.hpp"
#include "support/netflow_builder.hpp"

namespace flow::produce {
namespace {

using namespace flow::test;

constexpr std::uint8_t netflow9 = 9;
constexpr std::uint8_t ipfix = 10;

/// 100 seconds after the exporter's start.
const Origin origin{.type = FlowType::netflow_v9,
                    .sampler = {},
                    .export_seconds = 1'700'000'000,
                    .uptime_ms = 100'000};

/// The flow of a record of fixed length, and the bytes that it borrows.
struct Filled {
    Filled(std::uint8_t version, const Fields& fields, Bytes record, const Origin& from = origin,
           const Settings& settings = {})
        : bytes{record}, producer{settings} {
        std::array<Step, plan_steps_max> memory{};
        const Template layout{.version = version, .id = 256, .fields = fields};
        producer.fill(flow, producer.compile(layout, memory), Record{bytes.bytes(), {}}, from);
    }
    [[nodiscard]] std::uint64_t number(Column column) const { return flow.number(column); }
    [[nodiscard]] std::vector<unsigned> octets(Column column) const {
        const Bytes value = flow.bytes(column);
        return {value.begin(), value.end()};
    }

    [[nodiscard]] std::vector<std::uint32_t> list(Column column) const {
        const auto value = flow.list(column);
        return {value.begin(), value.end()};
    }

    ExactBytes bytes;
    Producer producer;
    Flow flow;
};

struct Times {
    std::uint64_t seconds = 0;
    std::uint64_t milliseconds = 0;
    bool operator==(const Times&) const = default;
    friend void PrintTo(const Times& times, std::ostream* out) {
        *out << times.seconds << " s, " << times.milliseconds << " ms";
    }
};

Times start(std::uint8_t version, std::uint16_t id, std::uint64_t value, std::uint16_t size,
            const Origin& from = origin) {
    const Filled filled{version, {{id, size}}, ByteBuilder{}.number(value, size).bytes(), from};
    return {filled.number(Column::time_flow_start), filled.number(Column::time_flow_start_ms)};
}

Times end(std::uint8_t version, std::uint16_t id, std::uint64_t value, std::uint16_t size) {
    const Filled filled{version, {{id, size}}, ByteBuilder{}.number(value, size).bytes()};
    return {filled.number(Column::time_flow_end), filled.number(Column::time_flow_end_ms)};
}

TEST(Fill, TakesTheDatagramsColumnsFromTheOrigin) {
    const Origin from{.type = FlowType::ipfix,
                      .sampler = ipv4(192, 0, 2, 9),
                      .sequence = 11,
                      .observation_domain = 12,
                      .sampling_rate = 13,
                      .received_ns = 1'700'000'001'999'999'999};
    Flow flow;
    fill(flow, from);
    EXPECT_EQ(flow.number(Column::type), 4u);
    EXPECT_EQ(flow.number(Column::time_received), 1'700'000'001u) << "whole seconds, not rounded";
    EXPECT_EQ(flow.number(Column::sequence_num), 11u);
    EXPECT_EQ(flow.number(Column::observation_domain_id), 12u);
    EXPECT_EQ(flow.number(Column::sampling_rate), 13u);
    EXPECT_EQ(flow.bytes(Column::sampler_address).data(), from.sampler.octets.data());
    EXPECT_EQ(flow.bytes(Column::sampler_address).size(), 4u);
}

TEST(Fill, ReadsNumbersOfAnySizeUpToEight) {
    const ByteBuilder eight = ByteBuilder{}.u64(0x0102030405060708);
    for (std::uint16_t size = 0; size <= 8; ++size) {
        const Filled filled{ipfix, {{1, size}}, eight.bytes().first(size)};
        EXPECT_EQ(filled.number(Column::bytes),
                  size == 0 ? 0 : 0x0102030405060708u >> (8 * (8 - size)));
    }
    const Filled nine{ipfix, {{1, 9}}, ByteBuilder{}.fill(9, 1).bytes()};
    EXPECT_EQ(nine.number(Column::bytes), 0u) << "left alone";
}

TEST(Fill, KeepsTheLowBitsOfWideNumbers) {
    const Filled filled{ipfix, {{10, 8}}, ByteBuilder{}.u64(0xaabbccdd11223344).bytes()};
    EXPECT_EQ(filled.number(Column::in_if), 0x11223344u);
}

TEST(Fill, ReadsEveryPlainNumber) {
    const std::vector<std::pair<std::uint16_t, Column>> rows{{1, Column::bytes},
                                                             {2, Column::packets},
                                                             {4, Column::proto},
                                                             {5, Column::ip_tos},
                                                             {6, Column::tcp_flags},
                                                             {7, Column::src_port},
                                                             {9, Column::src_net},
                                                             {10, Column::in_if},
                                                             {11, Column::dst_port},
                                                             {13, Column::dst_net},
                                                             {14, Column::out_if},
                                                             {16, Column::src_as},
                                                             {17, Column::dst_as},
                                                             {23, Column::bytes},
                                                             {24, Column::packets},
                                                             {29, Column::src_net},
                                                             {30, Column::dst_net},
                                                             {31, Column::ipv6_flow_label},
                                                             {52, Column::ip_ttl},
                                                             {54, Column::fragment_id},
                                                             {56, Column::src_mac},
                                                             {57, Column::dst_mac},
                                                             {58, Column::vlan_id},
                                                             {58, Column::src_vlan},
                                                             {59, Column::dst_vlan},
                                                             {61, Column::flow_direction},
                                                             {80, Column::dst_mac},
                                                             {81, Column::src_mac},
                                                             {88, Column::fragment_offset},
                                                             {89, Column::forwarding_status},
                                                             {138, Column::observation_point_id},
                                                             {176, Column::icmp_type},
                                                             {177, Column::icmp_code},
                                                             {178, Column::icmp_type},
                                                             {179, Column::icmp_code},
                                                             {197, Column::fragment_offset},
                                                             {234, Column::ingress_vrf_id},
                                                             {235, Column::egress_vrf_id},
                                                             {239, Column::bi_flow_direction}};
    for (const auto& [id, column] : rows) {
        const Filled filled{ipfix, {{id, 4}}, ByteBuilder{}.u32(0x01020304).bytes()};
        EXPECT_EQ(filled.number(column), 0x01020304u) << "element " << id;
    }
}

TEST(Fill, KeepsAMacAsANumberOf48Bits) {
    const ByteBuilder record = ByteBuilder{}.raw({2, 0, 0, 0, 0, 1}).raw({0xff, 1, 2, 3, 4, 5});
    const Filled filled{netflow9, {{56, 6}, {80, 6}}, record.bytes()};
    EXPECT_EQ(filled.number(Column::src_mac), 0x020000000001u);
    EXPECT_EQ(filled.number(Column::dst_mac), 0xff0102030405u);
}

TEST(Fill, SplitsIcmp) {
    const Filled filled{ipfix, {{32, 2}}, ByteBuilder{}.raw({3, 13}).bytes()};
    EXPECT_EQ(filled.number(Column::icmp_type), 3u);
    EXPECT_EQ(filled.number(Column::icmp_code), 13u);
    const Filled one_byte{ipfix, {{139, 1}}, ByteBuilder{}.u8(13).bytes()};
    EXPECT_EQ(one_byte.number(Column::icmp_type), 0u);
    EXPECT_EQ(one_byte.number(Column::icmp_code), 13u);
}

TEST(Fill, TakesLabelsWithoutExperimentalBitsAndBottom) {
    // Label 0xabcde, experimental 5, bottom of the stack.
    const ByteBuilder record = ByteBuilder{}.u8(0xab).u8(0xcd).u8(0xeb).fill(6, 0);
    const Filled filled{ipfix, {{70, 3}, {71, 3}, {72, 3}}, record.bytes()};
    EXPECT_EQ(filled.number(Column::mpls_1_label), 0xabcdeu);
    EXPECT_EQ(filled.number(Column::mpls_2_label), 0u);
    EXPECT_EQ(filled.number(Column::has_mpls), 1u);
    EXPECT_EQ(filled.number(Column::mpls_count), 0u) << "as goflow2 has it";
}

TEST(Fill, JoinsFragmentOffsetAndFlags) {
    const Filled filled{ipfix, {{88, 2}, {197, 1}}, ByteBuilder{}.u16(0x0123).u8(0x40).bytes()};
    EXPECT_EQ(filled.number(Column::fragment_offset), 0x0163u);
}

TEST(Fill, CopiesAddresses) {
    const Fields fields{{8, 4}, {12, 4}, {15, 4}, {18, 4}, {47, 4}};
    ByteBuilder record;
    for (unsigned i = 1; i <= 5; ++i) record.raw({10, 0, 0, i});
    const Filled filled{ipfix, fields, record.bytes()};
    EXPECT_EQ(filled.octets(Column::src_addr), (std::vector<unsigned>{10, 0, 0, 1}));
    EXPECT_EQ(filled.octets(Column::dst_addr), (std::vector<unsigned>{10, 0, 0, 2}));
    EXPECT_EQ(filled.octets(Column::next_hop), (std::vector<unsigned>{10, 0, 0, 3}));
    EXPECT_EQ(filled.octets(Column::bgp_next_hop), (std::vector<unsigned>{10, 0, 0, 4}));
    EXPECT_EQ(filled.octets(Column::mpls_label_ip), (std::vector<unsigned>{10, 0, 0, 5}));
    EXPECT_EQ(filled.number(Column::etype), 0x0800u);
}

TEST(Fill, PrefersTheFamilyThatIsNotZero) {
    const Fields fields{{8, 4}, {27, 16}};
    const ByteBuilder zero4 = ByteBuilder{}.fill(4);
    const ByteBuilder zero16 = ByteBuilder{}.fill(16);
    const ByteBuilder four = ByteBuilder{}.raw({10, 0, 0, 1});
    const ByteBuilder sixteen = ByteBuilder{}.fill(15).u8(1);
    const auto filled = [&](const ByteBuilder& first, const ByteBuilder& second) {
        return Filled{ipfix, fields, ByteBuilder{first}.bytes(second.bytes()).bytes()};
    };
    const Filled only4 = filled(four, zero16);
    EXPECT_EQ(only4.octets(Column::src_addr).size(), 4u);
    EXPECT_EQ(only4.number(Column::etype), 0x0800u);
    const Filled only6 = filled(zero4, sixteen);
    EXPECT_EQ(only6.octets(Column::src_addr).size(), 16u);
    EXPECT_EQ(only6.number(Column::etype), 0x86ddu);
    EXPECT_EQ(filled(four, sixteen).number(Column::etype), 0x86ddu) << "the later one";
    EXPECT_EQ(filled(zero4, zero16).number(Column::etype), 0x0800u) << "the first one";
}

TEST(Fill, LetsALaterNextHopWinEvenWhenItIsZero) {
    const ByteBuilder record = ByteBuilder{}.raw({10, 0, 0, 1}).fill(16);
    const Filled filled{ipfix, {{15, 4}, {62, 16}}, record.bytes()};
    EXPECT_EQ(filled.octets(Column::next_hop), std::vector<unsigned>(16, 0));
}

TEST(Fill, TurnsTheIpVersionIntoAnEthertype) {
    const auto etype = [](unsigned version) {
        const Filled filled{ipfix, {{60, 1}}, ByteBuilder{}.u8(version).bytes()};
        return filled.number(Column::etype);
    };
    EXPECT_EQ(etype(4), 0x0800u);
    EXPECT_EQ(etype(6), 0x86ddu);
    EXPECT_EQ(etype(0), 0u);
    EXPECT_EQ(etype(5), 0u);
}

TEST(Fill, CountsUptimeStampsFromTheHeader) {
    // 10 s before the header.
    EXPECT_EQ(start(netflow9, 22, 90'000, 4), (Times{1'699'999'990, 1'699'999'990'000}));
    // 4.5 s before: whole seconds of the age are subtracted, as goflow2 does.
    EXPECT_EQ(end(netflow9, 21, 95'500, 4), (Times{1'699'999'996, 1'699'999'995'500}));
    EXPECT_EQ(end(netflow9, 21, 100'000, 4), (Times{1'700'000'000, 1'700'000'000'000}));
}

TEST(Fill, CountsUptimeStampsBehindTheHeaderForward) {
    EXPECT_EQ(end(netflow9, 21, 100'700, 4), (Times{1'700'000'000, 1'700'000'000'700}));
    EXPECT_EQ(end(netflow9, 21, 102'000, 4), (Times{1'700'000'002, 1'700'000'002'000}));
}

TEST(Fill, CountsUptimeStampsAcrossTheWrap) {
    // The counter wrapped 0.5 s ago and the flow began 1 s before that.
    const Origin wrapped{.sampler = {}, .export_seconds = 1'700'000'000, .uptime_ms = 500};
    EXPECT_EQ(start(netflow9, 22, 4'294'966'296, 4, wrapped),
              (Times{1'699'999'999, 1'699'999'998'500}));
    // The header was written just before the wrap and the flow ended 1 s behind it.
    const Origin before{.sampler = {}, .export_seconds = 1'700'000'000, .uptime_ms = 4'294'967'295};
    EXPECT_EQ(start(netflow9, 22, 999, 4, before), (Times{1'700'000'001, 1'700'000'001'000}));
}

TEST(Fill, ReadsSecondsAndMilliseconds) {
    EXPECT_EQ(start(ipfix, 150, 1'600'000'000, 4), (Times{1'600'000'000, 1'600'000'000'000}));
    EXPECT_EQ(end(ipfix, 151, 1'600'000'001, 4), (Times{1'600'000'001, 1'600'000'001'000}));
    EXPECT_EQ(start(ipfix, 152, 1'600'000'000'999, 8), (Times{1'600'000'000, 1'600'000'000'999}));
    EXPECT_EQ(end(ipfix, 153, 1'600'000'001'001, 8), (Times{1'600'000'001, 1'600'000'001'001}));
    EXPECT_EQ(start(ipfix, 150, 0, 4), (Times{0, 0}));
    EXPECT_EQ(start(ipfix, 152, 0, 8), (Times{0, 0}));
}

TEST(Fill, ReadsAbsoluteTimesOfNetflow9AsThoseOfIpfix) {
    EXPECT_EQ(start(netflow9, 150, 1'600'000'000, 4), (Times{1'600'000'000, 1'600'000'000'000}));
    EXPECT_EQ(end(netflow9, 153, 1'600'000'001'001, 8), (Times{1'600'000'001, 1'600'000'001'001}));
    EXPECT_EQ(end(netflow9, 153, 0, 8), (Times{0, 0}));
}

/// Start of an IPFIX flow whose exporter has been up for `up_ms` at its export.
Times since_init(std::uint64_t up_ms, std::uint64_t age_ms) {
    const std::uint64_t now_ms = std::uint64_t{origin.export_seconds} * 1000;
    const auto stamp = static_cast<std::uint32_t>(up_ms - age_ms);
    const ByteBuilder record = ByteBuilder{}.u32(stamp).u64(now_ms - up_ms);
    const Filled filled{ipfix, {{22, 4}, {160, 8}}, record.bytes()};
    return {filled.number(Column::time_flow_start), filled.number(Column::time_flow_start_ms)};
}

TEST(Fill, CountsUptimesOfIpfixFromTheExportersStart) {
    EXPECT_EQ(since_init(10'000, 4'000), (Times{1'699'999'996, 1'699'999'996'000}));
    EXPECT_EQ(since_init(10'000, 0), (Times{1'700'000'000, 1'700'000'000'000}));
    const std::uint64_t year = 366ULL * 86'400'000;
    EXPECT_EQ(since_init(year, 4'500), (Times{1'699'999'995, 1'699'999'995'500})) << "7 wraps";
    const std::uint64_t wrapped = (std::uint64_t{1} << 32) + 1'000;
    EXPECT_EQ(since_init(wrapped, 4'000), (Times{1'699'999'996, 1'699'999'996'000}))
        << "from before the wrap";
    const Filled unknown{ipfix, {{22, 4}, {160, 8}}, ByteBuilder{}.u32(5'000).u64(0).bytes()};
    EXPECT_EQ(unknown.number(Column::time_flow_start_ms), 0u);
}

TEST(Fill, ReadsNtpTimestamps) {
    // 1748668344.769725799: seconds from 1900 and a fraction of 3305947134 / 2^32.
    const std::uint64_t stamp = std::uint64_t{1'748'668'344 + 2'208'988'800} << 32 | 3'305'947'134;
    const Times expected{1'748'668'344, 1'748'668'344'769};
    EXPECT_EQ(start(ipfix, 154, stamp, 8), expected);
    EXPECT_EQ(end(ipfix, 155, stamp, 8), expected);
    EXPECT_EQ(start(ipfix, 156, stamp, 8), expected);
    EXPECT_EQ(end(ipfix, 157, stamp, 8), expected);
    EXPECT_EQ(start(ipfix, 154, 0, 8), (Times{0, 0})) << "no time";
    EXPECT_EQ(start(ipfix, 154, (std::uint64_t{2'208'988'800} << 32) + 0x8000'0000, 8),
              (Times{0, 500}));
    EXPECT_EQ(start(ipfix, 154, (std::uint64_t{2'208'988'801} << 32) + 0xffff'ffff, 8),
              (Times{1, 1999}));
}

TEST(Fill, CountsMicrosecondsBackFromTheHeader) {
    EXPECT_EQ(start(ipfix, 158, 2'500'000, 4), (Times{1'699'999'998, 1'699'999'997'500}));
    EXPECT_EQ(end(ipfix, 159, 999, 4), (Times{1'700'000'000, 1'700'000'000'000}));
    EXPECT_EQ(end(ipfix, 159, 0, 4), (Times{1'700'000'000, 1'700'000'000'000}));
}

TEST(Fill, FindsFieldsOfVariableLengthByTheirExtents) {
    const Fields fields{{82, variable_length}, {7, 2}, {1, variable_length}};
    const ByteBuilder record = ByteBuilder{}.u8(1).u8('a').u16(443).u8(3).raw({1, 0, 0});
    const std::array<FieldExtent, 3> extents{{{1, 1}, {2, 2}, {5, 3}}};
    std::array<Step, plan_steps_max> memory{};
    const Template layout{.version = 10, .variable = true, .id = 256, .fields = fields};
    Producer producer{{}};
    const Plan plan = producer.compile(layout, memory);
    const ExactBytes exact{record.bytes()};
    Flow flow;
    producer.fill(flow, plan, Record{exact.bytes(), extents}, origin);
    EXPECT_EQ(flow.number(Column::src_port), 443u);
    EXPECT_EQ(flow.number(Column::bytes), 65536u);
}

TEST(Fill, LeavesANumberThatTurnsOutTooLong) {
    const Fields fields{{1, variable_length}};
    const ByteBuilder record = ByteBuilder{}.u8(9).fill(9, 1);
    const std::array<FieldExtent, 1> extents{{{1, 9}}};
    std::array<Step, plan_steps_max> memory{};
    Producer producer{{}};
    const Plan plan =
        producer.compile({.version = 10, .variable = true, .id = 256, .fields = fields}, memory);
    Flow flow;
    producer.fill(flow, plan, Record{record.bytes(), extents}, origin);
    EXPECT_EQ(flow.number(Column::bytes), 0u);
}

}  // namespace
}  // namespace flow::produce
