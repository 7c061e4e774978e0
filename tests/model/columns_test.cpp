// SPDX-License-Identifier: BSD-3-Clause
// The table of columns against goflow2's schemas, written out a second time: number, type, name
// and JSON key are what consumers have in their own code. flowd's own columns once more too: their
// numbers are as much on the disks of others.
#include "flow/model/columns.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "flow/model/schema.hpp"

namespace flow {
namespace {

struct Expected {
    unsigned number;
    std::string_view type;  ///< in proto syntax
    std::string_view name;
    std::string_view key;
};

// clang-format off
constexpr std::array<Expected, 70> goflow2_v1{{
    {1, "FlowType", "type", "Type"},
    {2, "uint64", "time_received", "TimeReceived"},
    {4, "uint32", "sequence_num", "SequenceNum"},
    {3, "uint64", "sampling_rate", "SamplingRate"},
    {42, "uint32", "flow_direction", "FlowDirection"},
    {11, "bytes", "sampler_address", "SamplerAddress"},
    {38, "uint64", "time_flow_start", "TimeFlowStart"},
    {5, "uint64", "time_flow_end", "TimeFlowEnd"},
    {63, "uint64", "time_flow_start_ms", "TimeFlowStartMs"},
    {64, "uint64", "time_flow_end_ms", "TimeFlowEndMs"},
    {9, "uint64", "bytes", "Bytes"},
    {10, "uint64", "packets", "Packets"},
    {6, "bytes", "src_addr", "SrcAddr"},
    {7, "bytes", "dst_addr", "DstAddr"},
    {30, "uint32", "etype", "Etype"},
    {20, "uint32", "proto", "Proto"},
    {21, "uint32", "src_port", "SrcPort"},
    {22, "uint32", "dst_port", "DstPort"},
    {18, "uint32", "in_if", "InIf"},
    {19, "uint32", "out_if", "OutIf"},
    {27, "uint64", "src_mac", "SrcMac"},
    {28, "uint64", "dst_mac", "DstMac"},
    {33, "uint32", "src_vlan", "SrcVlan"},
    {34, "uint32", "dst_vlan", "DstVlan"},
    {29, "uint32", "vlan_id", "VlanId"},
    {39, "uint32", "ingress_vrf_id", "IngressVrfId"},
    {40, "uint32", "egress_vrf_id", "EgressVrfId"},
    {23, "uint32", "ip_tos", "IpTos"},
    {24, "uint32", "forwarding_status", "ForwardingStatus"},
    {25, "uint32", "ip_ttl", "IpTtl"},
    {26, "uint32", "tcp_flags", "TcpFlags"},
    {31, "uint32", "icmp_type", "IcmpType"},
    {32, "uint32", "icmp_code", "IcmpCode"},
    {37, "uint32", "ipv6_flow_label", "Ipv6FlowLabel"},
    {35, "uint32", "fragment_id", "FragmentId"},
    {36, "uint32", "fragment_offset", "FragmentOffset"},
    {41, "uint32", "bi_flow_direction", "BiFlowDirection"},
    {14, "uint32", "src_as", "SrcAs"},
    {15, "uint32", "dst_as", "DstAs"},
    {12, "bytes", "next_hop", "NextHop"},
    {13, "uint32", "next_hop_as", "NextHopAs"},
    {16, "uint32", "src_net", "SrcNet"},
    {17, "uint32", "dst_net", "DstNet"},
    {100, "bytes", "bgp_next_hop", "BgpNextHop"},
    {101, "repeated uint32", "bgp_communities", "BgpCommunities"},
    {102, "repeated uint32", "as_path", "AsPath"},
    {53, "bool", "has_mpls", "HasMpls"},
    {54, "uint32", "mpls_count", "MplsCount"},
    {55, "uint32", "mpls_1_ttl", "Mpls_1Ttl"},
    {56, "uint32", "mpls_1_label", "Mpls_1Label"},
    {57, "uint32", "mpls_2_ttl", "Mpls_2Ttl"},
    {58, "uint32", "mpls_2_label", "Mpls_2Label"},
    {59, "uint32", "mpls_3_ttl", "Mpls_3Ttl"},
    {60, "uint32", "mpls_3_label", "Mpls_3Label"},
    {61, "uint32", "mpls_last_ttl", "MplsLastTtl"},
    {62, "uint32", "mpls_last_label", "MplsLastLabel"},
    {65, "bytes", "mpls_label_ip", "MplsLabelIp"},
    {70, "uint32", "observation_domain_id", "ObservationDomainId"},
    {71, "uint32", "observation_point_id", "ObservationPointId"},
    {1001, "uint64", "custom_integer_1", "CustomInteger_1"},
    {1002, "uint64", "custom_integer_2", "CustomInteger_2"},
    {1003, "uint64", "custom_integer_3", "CustomInteger_3"},
    {1004, "uint64", "custom_integer_4", "CustomInteger_4"},
    {1005, "uint64", "custom_integer_5", "CustomInteger_5"},
    {1011, "bytes", "custom_bytes_1", "CustomBytes_1"},
    {1012, "bytes", "custom_bytes_2", "CustomBytes_2"},
    {1013, "bytes", "custom_bytes_3", "CustomBytes_3"},
    {1014, "bytes", "custom_bytes_4", "CustomBytes_4"},
    {1015, "bytes", "custom_bytes_5", "CustomBytes_5"},
    {1021, "repeated uint32", "custom_list_1", "CustomList_1"},
}};

/// Here the key is the name; what stands in its place is Go's name, which mapping files use.
constexpr std::array<Expected, 50> goflow2_v2{{
    {1, "FlowType", "type", "Type"},
    {110, "uint64", "time_received_ns", "TimeReceivedNs"},
    {4, "uint32", "sequence_num", "SequenceNum"},
    {3, "uint64", "sampling_rate", "SamplingRate"},
    {11, "bytes", "sampler_address", "SamplerAddress"},
    {111, "uint64", "time_flow_start_ns", "TimeFlowStartNs"},
    {112, "uint64", "time_flow_end_ns", "TimeFlowEndNs"},
    {9, "uint64", "bytes", "Bytes"},
    {10, "uint64", "packets", "Packets"},
    {6, "bytes", "src_addr", "SrcAddr"},
    {7, "bytes", "dst_addr", "DstAddr"},
    {30, "uint32", "etype", "Etype"},
    {20, "uint32", "proto", "Proto"},
    {21, "uint32", "src_port", "SrcPort"},
    {22, "uint32", "dst_port", "DstPort"},
    {18, "uint32", "in_if", "InIf"},
    {19, "uint32", "out_if", "OutIf"},
    {27, "uint64", "src_mac", "SrcMac"},
    {28, "uint64", "dst_mac", "DstMac"},
    {33, "uint32", "src_vlan", "SrcVlan"},
    {34, "uint32", "dst_vlan", "DstVlan"},
    {29, "uint32", "vlan_id", "VlanId"},
    {23, "uint32", "ip_tos", "IpTos"},
    {24, "uint32", "forwarding_status", "ForwardingStatus"},
    {25, "uint32", "ip_ttl", "IpTtl"},
    {38, "uint32", "ip_flags", "IpFlags"},
    {26, "uint32", "tcp_flags", "TcpFlags"},
    {31, "uint32", "icmp_type", "IcmpType"},
    {32, "uint32", "icmp_code", "IcmpCode"},
    {37, "uint32", "ipv6_flow_label", "Ipv6FlowLabel"},
    {35, "uint32", "fragment_id", "FragmentId"},
    {36, "uint32", "fragment_offset", "FragmentOffset"},
    {14, "uint32", "src_as", "SrcAs"},
    {15, "uint32", "dst_as", "DstAs"},
    {12, "bytes", "next_hop", "NextHop"},
    {13, "uint32", "next_hop_as", "NextHopAs"},
    {16, "uint32", "src_net", "SrcNet"},
    {17, "uint32", "dst_net", "DstNet"},
    {100, "bytes", "bgp_next_hop", "BgpNextHop"},
    {101, "repeated uint32", "bgp_communities", "BgpCommunities"},
    {102, "repeated uint32", "as_path", "AsPath"},
    {80, "repeated uint32", "mpls_ttl", "MplsTtl"},
    {81, "repeated uint32", "mpls_label", "MplsLabel"},
    {82, "repeated bytes", "mpls_ip", "MplsIp"},
    {70, "uint32", "observation_domain_id", "ObservationDomainId"},
    {71, "uint32", "observation_point_id", "ObservationPointId"},
    {103, "repeated LayerStack", "layer_stack", "LayerStack"},
    {104, "repeated uint32", "layer_size", "LayerSize"},
    {105, "repeated bytes", "ipv6_routing_header_addresses", "Ipv6RoutingHeaderAddresses"},
    {106, "uint32", "ipv6_routing_header_seg_left", "Ipv6RoutingHeaderSegLeft"},
}};

/// The same in both profiles.
constexpr std::array<Expected, 35> own{{
    {3000, "bytes", "post_nat_src_addr", "PostNatSrcAddr"},
    {3001, "bytes", "post_nat_dst_addr", "PostNatDstAddr"},
    {3002, "uint32", "post_napt_src_port", "PostNaptSrcPort"},
    {3003, "uint32", "post_napt_dst_port", "PostNaptDstPort"},
    {3004, "uint32", "nat_event", "NatEvent"},
    {3005, "bytes", "interface_name", "InterfaceName"},
    {3006, "bytes", "interface_description", "InterfaceDescription"},
    {3007, "bytes", "mpls_vpn_rd", "MplsVpnRd"},
    {3008, "bytes", "application_id", "ApplicationId"},
    {3009, "bytes", "application_name", "ApplicationName"},
    {3010, "bytes", "application_description", "ApplicationDescription"},
    {3011, "uint32", "flow_end_reason", "FlowEndReason"},
    {3012, "uint64", "flow_id", "FlowId"},
    {3013, "uint64", "octet_total_count", "OctetTotalCount"},
    {3014, "uint64", "packet_total_count", "PacketTotalCount"},
    {3015, "uint64", "initiator_octets", "InitiatorOctets"},
    {3016, "uint64", "responder_octets", "ResponderOctets"},
    {3017, "uint64", "initiator_packets", "InitiatorPackets"},
    {3018, "uint64", "responder_packets", "ResponderPackets"},
    {3019, "uint32", "dot1q_vlan_id", "Dot1qVlanId"},
    {3020, "uint32", "dot1q_priority", "Dot1qPriority"},
    {3021, "uint32", "dot1q_customer_vlan_id", "Dot1qCustomerVlanId"},
    {3022, "uint32", "post_dot1q_vlan_id", "PostDot1qVlanId"},
    {3023, "uint32", "vxlan_vni", "VxlanVni"},
    {3024, "uint32", "min_ttl", "MinTtl"},
    {3025, "uint32", "max_ttl", "MaxTtl"},
    {3026, "uint32", "min_ip_length", "MinIpLength"},
    {3027, "uint32", "max_ip_length", "MaxIpLength"},
    {3028, "bytes", "exporter_addr", "ExporterAddr"},
    {3029, "uint32", "firewall_event", "FirewallEvent"},
    {3030, "uint32", "ingress_physical_if", "IngressPhysicalIf"},
    {3031, "uint32", "egress_physical_if", "EgressPhysicalIf"},
    {3032, "bytes", "vrf_name", "VrfName"},
    {3034, "bytes", "user_name", "UserName"},
    {3035, "uint64", "flow_duration_ms", "FlowDurationMs"},
}};
// clang-format on

std::string_view proto_type(Kind kind) {
    switch (kind) {
        case Kind::u32: return "uint32";
        case Kind::u64: return "uint64";
        case Kind::boolean: return "bool";
        case Kind::flow_type: return "FlowType";
        case Kind::bytes: return "bytes";
        case Kind::u32_list: return "repeated uint32";
        case Kind::layer_list: return "repeated LayerStack";
        case Kind::bytes_list: return "repeated bytes";
    }
    return "?";
}

/// What a profile prints must be possible for what the column holds.
bool fits(Kind kind, Render render) {
    switch (render) {
        case Render::number: return kind == Kind::u32 || kind == Kind::u64;
        case Render::boolean: return kind == Kind::boolean;
        case Render::flow_type: return kind == Kind::flow_type;
        case Render::mac: return kind == Kind::u64;
        case Render::ip:
        case Render::ip_as_is:
        case Render::hex:
        case Render::text:
        case Render::byte_list: return kind == Kind::bytes;
        case Render::number_list: return kind == Kind::u32_list;
        case Render::ip_list: return kind == Kind::bytes_list;
        case Render::layer_list: return kind == Kind::layer_list;
        case Render::etype_name:
        case Render::proto_name:
        case Render::network: return kind == Kind::u32;
        default: return false;  // only on request
    }
}

void expect_row(Column column, const Expected& row) {
    EXPECT_EQ(info(column).name, row.name);
    EXPECT_EQ(info(column).go_name, row.key);
    EXPECT_EQ(proto_type(info(column).kind), row.type) << row.name;
}

TEST(Columns, AreGoflow2V1sInItsOrder) {
    const Schema schema = Schema::all(Profile::goflow2_v1);
    ASSERT_EQ(schema.columns().size(), goflow2_v1.size());
    for (std::size_t i = 0; i < goflow2_v1.size(); ++i) {
        const ColumnField field = info(schema.columns()[i]).in(Profile::goflow2_v1);
        expect_row(schema.columns()[i], goflow2_v1[i]);
        EXPECT_EQ(field.number, goflow2_v1[i].number) << goflow2_v1[i].name;
        EXPECT_EQ(field.key, goflow2_v1[i].key);
    }
}

TEST(Columns, AreGoflow2V2sInItsOrder) {
    const Schema schema = Schema::all(Profile::goflow2_v2);
    ASSERT_EQ(schema.columns().size(), goflow2_v2.size());
    for (std::size_t i = 0; i < goflow2_v2.size(); ++i) {
        const ColumnField field = info(schema.columns()[i]).in(Profile::goflow2_v2);
        expect_row(schema.columns()[i], goflow2_v2[i]);
        EXPECT_EQ(field.number, goflow2_v2[i].number) << goflow2_v2[i].name;
        EXPECT_EQ(field.key, goflow2_v2[i].name);
    }
}

TEST(Columns, OfFlowdItselfComeLastAndAreAlikeInBothProfiles) {
    const std::size_t first = column_count - own.size();
    for (std::size_t i = 0; i < column_count; ++i) {
        EXPECT_EQ(column_table[i].own(), i >= first) << column_table[i].name;
    }
    for (std::size_t i = 0; i < own.size(); ++i) {
        const auto column = static_cast<Column>(first + i);
        expect_row(column, own[i]);
        EXPECT_EQ(info(column).in(Profile::goflow2_v1).number, own[i].number) << own[i].name;
        EXPECT_EQ(info(column).in(Profile::goflow2_v2).number, own[i].number) << own[i].name;
    }
}

TEST(Columns, OfGoflow2StayBelowTheNumbersOfFlowd) {
    for (const ColumnInfo& column : column_table) {
        if (column.own()) continue;
        for (const std::uint16_t number : column.numbers) {
            EXPECT_LT(number, own_number_min) << column.name;
        }
    }
}

TEST(Columns, AreFoundByEitherName) {
    for (std::size_t i = 0; i < column_count; ++i) {
        const auto column = static_cast<Column>(i);
        EXPECT_EQ(find_column(column_table[i].name), column);
        EXPECT_EQ(find_column(column_table[i].go_name), column);
    }
    EXPECT_EQ(find_column("in_if"), Column::in_if);
    EXPECT_EQ(find_column("InIf"), Column::in_if);
    EXPECT_EQ(find_column("inif"), Column::count_);
    EXPECT_EQ(find_column("in_if "), Column::count_);
    EXPECT_EQ(find_column(""), Column::count_);
}

TEST(Columns, CustomOnesStandBehindTheTable) {
    EXPECT_FALSE(is_custom(Column::flow_duration_ms));
    for (std::size_t i = 0; i < custom_columns_max; ++i) {
        EXPECT_TRUE(is_custom(custom_column(i)));
        EXPECT_EQ(custom_index(custom_column(i)), i);
    }
}

TEST(Columns, NumbersAndKeysAreUniqueInEachProfile) {
    for (std::size_t profile = 0; profile < profile_count; ++profile) {
        std::set<unsigned> numbers;
        std::set<std::string_view> keys;
        for (const ColumnInfo& column : column_table) {
            const ColumnField field = column.in(static_cast<Profile>(profile));
            if (field.number == 0) continue;
            EXPECT_TRUE(numbers.insert(field.number).second) << field.number;
            EXPECT_TRUE(keys.insert(field.key).second) << field.key;
        }
    }
}

TEST(Columns, NamesAreUnique) {
    std::set<std::string_view> names;
    for (const ColumnInfo& column : column_table) {
        EXPECT_TRUE(names.insert(column.name).second) << column.name;
        EXPECT_TRUE(names.insert(column.go_name).second) << column.go_name;
    }
}

TEST(Columns, EveryRenderingFitsItsKind) {
    for (const ColumnInfo& column : column_table) {
        for (const Render render : column.renders) {
            EXPECT_TRUE(fits(column.kind, render)) << column.name;  // in profiles without it too
        }
    }
}

TEST(Columns, TheEnumNamesTheRowsOfTheTable) {
    EXPECT_EQ(info(Column::type).name, "type");
    EXPECT_EQ(info(Column::dst_addr).name, "dst_addr");
    EXPECT_EQ(info(Column::fragment_offset).name, "fragment_offset");
    EXPECT_EQ(info(Column::mpls_label_ip).name, "mpls_label_ip");
    EXPECT_EQ(info(Column::custom_list_1).name, "custom_list_1");
}

TEST(Columns, OnlyBytesAndListsAreNoNumbers) {
    EXPECT_TRUE(holds_number(Kind::u32));
    EXPECT_TRUE(holds_number(Kind::u64));
    EXPECT_TRUE(holds_number(Kind::boolean));
    EXPECT_TRUE(holds_number(Kind::flow_type));
    EXPECT_FALSE(holds_number(Kind::bytes));
    EXPECT_FALSE(holds_number(Kind::u32_list));
    EXPECT_FALSE(holds_number(Kind::layer_list));
    EXPECT_FALSE(holds_number(Kind::bytes_list));
    EXPECT_TRUE(holds_list(Kind::u32_list));
    EXPECT_TRUE(holds_list(Kind::layer_list));
    EXPECT_FALSE(holds_list(Kind::bytes_list)) << "a list of another type";
}

}  // namespace
}  // namespace flow
