// SPDX-License-Identifier: BSD-3-Clause
// The mapping, written down a second time: which columns each information element fills, as
// goflow2 1.3.7 has it.
#include "flow/produce/elements.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace flow::produce {
namespace {

using Columns = std::set<Column>;
using enum Column;

const std::map<unsigned, Columns> expected{
    {1, {Column::bytes}},
    {2, {packets}},
    {4, {proto}},
    {5, {ip_tos}},
    {6, {tcp_flags}},
    {7, {src_port}},
    {8, {src_addr}},
    {9, {src_net}},
    {10, {in_if}},
    {11, {dst_port}},
    {12, {dst_addr}},
    {13, {dst_net}},
    {14, {out_if}},
    {15, {next_hop}},
    {16, {src_as}},
    {17, {dst_as}},
    {18, {bgp_next_hop}},
    {21, {time_flow_end, time_flow_end_ms}},
    {22, {time_flow_start, time_flow_start_ms}},
    {23, {Column::bytes}},
    {24, {packets}},
    {27, {src_addr}},
    {28, {dst_addr}},
    {29, {src_net}},
    {30, {dst_net}},
    {31, {ipv6_flow_label}},
    {32, {icmp_type, icmp_code}},
    {47, {mpls_label_ip}},
    {52, {ip_ttl}},
    {54, {fragment_id}},
    {56, {src_mac}},
    {57, {dst_mac}},
    {58, {vlan_id, src_vlan}},
    {59, {dst_vlan}},
    {60, {etype}},
    {61, {flow_direction}},
    {62, {next_hop}},
    {63, {bgp_next_hop}},
    {70, {mpls_1_label, has_mpls}},
    {71, {mpls_2_label}},
    {72, {mpls_3_label}},
    {80, {dst_mac}},
    {81, {src_mac}},
    {88, {fragment_offset}},
    {89, {forwarding_status}},
    {138, {observation_point_id}},
    {139, {icmp_type, icmp_code}},
    {140, {mpls_label_ip}},
    {150, {time_flow_start, time_flow_start_ms}},
    {151, {time_flow_end, time_flow_end_ms}},
    {152, {time_flow_start, time_flow_start_ms}},
    {153, {time_flow_end, time_flow_end_ms}},
    {154, {time_flow_start, time_flow_start_ms}},
    {155, {time_flow_end, time_flow_end_ms}},
    {156, {time_flow_start, time_flow_start_ms}},
    {157, {time_flow_end, time_flow_end_ms}},
    {158, {time_flow_start, time_flow_start_ms}},
    {159, {time_flow_end, time_flow_end_ms}},
    {176, {icmp_type}},
    {177, {icmp_code}},
    {178, {icmp_type}},
    {179, {icmp_code}},
    {197, {fragment_offset}},
    {234, {ingress_vrf_id}},
    {235, {egress_vrf_id}},
    {239, {bi_flow_direction}},
};

TEST(Elements, FillTheColumnsThatGoflow2Fills) {
    for (unsigned id = 0; id <= 0xffff; ++id) {
        Columns filled;
        for (const Element& element : elements(static_cast<std::uint16_t>(id))) {
            ASSERT_EQ(element.id, id);
            filled.insert(element.column);
        }
        const auto row = expected.find(id);
        ASSERT_EQ(filled, row == expected.end() ? Columns{} : row->second) << "element " << id;
    }
}

TEST(Elements, FillEachColumnOnce) {
    std::set<std::pair<unsigned, Column>> rows;
    for (const Element& element : elements()) {
        EXPECT_TRUE(rows.emplace(element.id, element.column).second) << "element " << element.id;
    }
}

// The columns that the datagram decides belong to no element: formats encode them beforehand.
TEST(Elements, LeaveTheDatagramsColumnsAlone) {
    for (const Element& element : elements()) {
        for (const Column column : {type, time_received, sequence_num, sampling_rate,
                                    sampler_address, observation_domain_id}) {
            EXPECT_NE(element.column, column) << "element " << element.id;
        }
    }
}

TEST(Elements, TreatColumnsAsTheirKind) {
    for (const Element& element : elements()) {
        const bool copies = element.transform == Transform::bytes ||
                            element.transform == Transform::bytes_if_better;
        EXPECT_EQ(copies, info(element.column).kind == Kind::bytes) << "element " << element.id;
        if (is_time(element.transform)) {
            EXPECT_EQ(info(element.column).kind, Kind::u64) << "element " << element.id;
        }
        EXPECT_LT(element.shift, 64);
        EXPECT_LE(element.shift + element.bits, 64) << "element " << element.id;
    }
}

}  // namespace
}  // namespace flow::produce
