// SPDX-License-Identifier: BSD-3-Clause
// The table of columns against goflow2 v1's schema, written out a second time: number, type, name
// and JSON key are what consumers have in their own code.
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
        case Render::byte_list: return kind == Kind::bytes;
        case Render::number_list: return kind == Kind::u32_list;
        default: return true;
    }
    return false;
}

TEST(Columns, AreGoflow2V1sInItsOrder) {
    const Schema schema = Schema::all(Profile::goflow2_v1);
    ASSERT_EQ(schema.columns().size(), goflow2_v1.size());
    for (std::size_t i = 0; i < goflow2_v1.size(); ++i) {
        const ColumnInfo& column = info(schema.columns()[i]);
        const ColumnField field = column.in(Profile::goflow2_v1);
        EXPECT_EQ(field.number, goflow2_v1[i].number) << column.name;
        EXPECT_EQ(proto_type(column.kind), goflow2_v1[i].type) << column.name;
        EXPECT_EQ(column.name, goflow2_v1[i].name);
        EXPECT_EQ(field.key, goflow2_v1[i].key);
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
    for (const ColumnInfo& column : column_table) EXPECT_TRUE(names.insert(column.name).second);
}

TEST(Columns, EveryRenderingFitsItsKind) {
    for (const ColumnInfo& column : column_table) {
        for (const Render render : column.renders) {
            EXPECT_TRUE(fits(column.kind, render)) << column.name;
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
}

}  // namespace
}  // namespace flow
