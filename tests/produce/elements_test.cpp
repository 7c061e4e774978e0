// SPDX-License-Identifier: BSD-3-Clause
// The mapping, written down a second time: which columns each information element fills, as
// goflow2 1.3.7 has it.
#include "flow/produce/elements.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

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
    {312, {Column::bytes, packets}},
};

TEST(Elements, FillTheColumnsThatGoflow2Fills) {
    for (unsigned id = 0; id <= 0xffff; ++id) {
        Columns filled;
        for (const Element& element : elements(static_cast<std::uint16_t>(id))) {
            ASSERT_EQ(element.id, id);
            const bool goflow2s = info(element.column).numbers[0] != 0 &&
                                  !info(element.column).own() && element.turn == 0;
            if (goflow2s) filled.insert(element.column);
        }
        const auto row = expected.find(id);
        ASSERT_EQ(filled, row == expected.end() ? Columns{} : row->second) << "element " << id;
    }
}

TEST(Elements, FillEachColumnOnceInEachReadingAndVersion) {
    std::set<std::tuple<unsigned, Column, unsigned, Versions>> rows;
    const auto versions_of = [](Versions versions) -> std::vector<Versions> {
        using enum Versions;
        if (versions == any) return {netflow5, netflow9, ipfix};
        if (versions == netflow) return {netflow5, netflow9};
        if (versions == learnt) return {netflow9, ipfix};
        return {versions};
    };
    for (const Element& element : elements()) {
        for (unsigned reading = 1; reading <= readings::all; reading *= 2) {
            if ((element.readings & reading) == 0) continue;
            for (const Versions version : versions_of(element.versions)) {
                EXPECT_TRUE(rows.emplace(element.id, element.column, reading, version).second)
                    << "element " << element.id;
            }
        }
    }
}

// The columns that the datagram decides belong to no element: formats encode them beforehand.
TEST(Elements, LeaveTheDatagramsColumnsAlone) {
    for (const Element& element : elements()) {
        // But for the sampling rate, which a record may know better.
        for (const Column column : {type, time_received, time_received_ns, sequence_num,
                                    sampler_address, observation_domain_id}) {
            EXPECT_NE(element.column, column) << "element " << element.id;
        }
    }
}

/// The elements that the reference lists as expected and not mapped, and goflow2 v2's columns.
const std::map<unsigned, Columns> more{
    {21, {time_flow_end_ns}},
    {22, {time_flow_start_ns}},
    {25, {min_ip_length}},
    {26, {max_ip_length}},
    {47, {mpls_ip}},
    {52, {min_ttl}},
    {53, {max_ttl}},
    {70, {mpls_label}},
    {71, {mpls_label}},
    {72, {mpls_label}},
    {82, {interface_name}},
    {83, {interface_description}},
    {85, {octet_total_count}},
    {86, {packet_total_count}},
    {90, {mpls_vpn_rd}},
    {94, {application_description}},
    {95, {application_id}},
    {96, {application_name}},
    {130, {exporter_addr}},
    {131, {exporter_addr}},
    {136, {flow_end_reason}},
    {140, {mpls_ip}},
    {148, {flow_id}},
    {150, {time_flow_start_ns}},
    {151, {time_flow_end_ns}},
    {152, {time_flow_start_ns}},
    {153, {time_flow_end_ns}},
    {154, {time_flow_start_ns}},
    {155, {time_flow_end_ns}},
    {156, {time_flow_start_ns}},
    {157, {time_flow_end_ns}},
    {158, {time_flow_start_ns}},
    {159, {time_flow_end_ns}},
    {160, {time_flow_start_ns}},
    {161, {flow_duration_ms}},
    {197, {ip_flags}},
    {225, {post_nat_src_addr}},
    {226, {post_nat_dst_addr}},
    {227, {post_napt_src_port}},
    {228, {post_napt_dst_port}},
    {230, {nat_event}},
    {231, {initiator_octets}},
    {232, {responder_octets}},
    {233, {firewall_event}},
    {236, {vrf_name}},
    {243, {dot1q_vlan_id}},
    {244, {dot1q_priority}},
    {245, {dot1q_customer_vlan_id}},
    {252, {ingress_physical_if}},
    {253, {egress_physical_if}},
    {254, {post_dot1q_vlan_id}},
    {281, {post_nat_src_addr}},
    {282, {post_nat_dst_addr}},
    {298, {initiator_packets}},
    {299, {responder_packets}},
    {315, {layer_stack}},
    {351, {vxlan_vni}},
    {371, {user_name}},
    {40001, {post_nat_src_addr}},
    {40002, {post_nat_dst_addr}},
    {40003, {post_napt_src_port}},
    {40004, {post_napt_dst_port}},
    {40005, {firewall_event}},
};

TEST(Elements, FillFlowdsOwnColumnsAndThoseOfV2) {
    std::map<unsigned, Columns> found;
    for (const Element& element : elements()) {
        const ColumnInfo& column = info(element.column);
        if (column.numbers[0] == 0 || column.own()) found[element.id].insert(element.column);
    }
    EXPECT_EQ(found, more);
}

TEST(Elements, TreatColumnsAsTheirKind) {
    for (const Element& element : elements()) {
        const bool copies = element.transform == Transform::bytes ||
                            element.transform == Transform::bytes_if_better;
        EXPECT_EQ(copies, info(element.column).kind == Kind::bytes) << "element " << element.id;
        if (element.transform == Transform::list_append) {
            EXPECT_EQ(info(element.column).kind, Kind::bytes_list) << "element " << element.id;
        }
        if (is_time(element.transform)) {
            EXPECT_EQ(info(element.column).kind, Kind::u64) << "element " << element.id;
        }
        EXPECT_LT(element.shift, 64);
        EXPECT_LE(element.shift + element.bits, 64) << "element " << element.id;
    }
}

}  // namespace
}  // namespace flow::produce
