// SPDX-License-Identifier: BSD-3-Clause
// The one table of output columns: name, type, and for each profile the protobuf number, the JSON
// key and how a value is printed. Protobuf, JSON, text, proto/*.proto, the mapping file's names and
// the documentation all come from here; tests/proto proves it. The order is goflow2's order of
// declaration, of both versions (they agree where they overlap), which is also the order of JSON
// and text; flowd's own columns follow.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace flow {

/// A value below column_count is a row of the table. Values from there on are custom columns, by
/// their place in the Schema (see custom_column()).
enum class Column : std::uint8_t {
    type,
    time_received,
    time_received_ns,
    sequence_num,
    sampling_rate,
    flow_direction,
    sampler_address,
    time_flow_start_ns,
    time_flow_end_ns,
    time_flow_start,
    time_flow_end,
    time_flow_start_ms,
    time_flow_end_ms,
    bytes,
    packets,
    src_addr,
    dst_addr,
    etype,
    proto,
    src_port,
    dst_port,
    in_if,
    out_if,
    src_mac,
    dst_mac,
    src_vlan,
    dst_vlan,
    vlan_id,
    ingress_vrf_id,
    egress_vrf_id,
    ip_tos,
    forwarding_status,
    ip_ttl,
    ip_flags,
    tcp_flags,
    icmp_type,
    icmp_code,
    ipv6_flow_label,
    fragment_id,
    fragment_offset,
    bi_flow_direction,
    src_as,
    dst_as,
    next_hop,
    next_hop_as,
    src_net,
    dst_net,
    bgp_next_hop,
    bgp_communities,
    as_path,
    has_mpls,
    mpls_count,
    mpls_1_ttl,
    mpls_1_label,
    mpls_2_ttl,
    mpls_2_label,
    mpls_3_ttl,
    mpls_3_label,
    mpls_last_ttl,
    mpls_last_label,
    mpls_label_ip,
    mpls_ttl,
    mpls_label,
    mpls_ip,
    observation_domain_id,
    observation_point_id,
    layer_stack,
    layer_size,
    ipv6_routing_header_addresses,
    ipv6_routing_header_seg_left,
    custom_integer_1,
    custom_integer_2,
    custom_integer_3,
    custom_integer_4,
    custom_integer_5,
    custom_bytes_1,
    custom_bytes_2,
    custom_bytes_3,
    custom_bytes_4,
    custom_bytes_5,
    custom_list_1,

    // flowd's own, from here on: off unless asked for.
    post_nat_src_addr,
    post_nat_dst_addr,
    post_napt_src_port,
    post_napt_dst_port,
    nat_event,
    interface_name,
    interface_description,
    mpls_vpn_rd,
    application_id,
    application_name,
    application_description,
    flow_end_reason,
    flow_id,
    octet_total_count,
    packet_total_count,
    initiator_octets,
    responder_octets,
    initiator_packets,
    responder_packets,
    dot1q_vlan_id,
    dot1q_priority,
    dot1q_customer_vlan_id,
    post_dot1q_vlan_id,
    vxlan_vni,
    min_ttl,
    max_ttl,
    min_ip_length,
    max_ip_length,
    exporter_addr,
    firewall_event,
    ingress_physical_if,
    egress_physical_if,
    vrf_name,
    user_name,
    flow_duration_ms,

    count_
};

inline constexpr std::size_t column_count = static_cast<std::size_t>(Column::count_);

/// Columns that a mapping file declares (goflow2 v2: formatter.protobuf).
inline constexpr std::size_t custom_columns_max = 32;
static_assert(column_count + custom_columns_max < 256);

[[nodiscard]] constexpr bool is_custom(Column column) noexcept { return column >= Column::count_; }
[[nodiscard]] constexpr Column custom_column(std::size_t index) noexcept {
    return static_cast<Column>(column_count + index);
}
[[nodiscard]] constexpr std::size_t custom_index(Column column) noexcept {
    return static_cast<std::size_t>(column) - column_count;
}

/// An output shape that consumers know. Each has its own protobuf schema and its own keys.
enum class Profile : std::uint8_t {
    goflow2_v1,
    goflow2_v2,

    count_
};

inline constexpr std::size_t profile_count = static_cast<std::size_t>(Profile::count_);

/// What a column holds; decides where Flow keeps it and its protobuf type.
enum class Kind : std::uint8_t {
    u32,         ///< `uint32`; wider values keep their low 32 bits
    u64,         ///< `uint64`
    boolean,     ///< `bool`
    flow_type,   ///< `enum FlowType`
    bytes,       ///< `bytes`
    u32_list,    ///< `repeated uint32`, packed
    layer_list,  ///< `repeated LayerStack`, an enum, packed
    bytes_list,  ///< `repeated bytes`
};

/// How JSON and text print a value. "Quoted" is JSON's, and text's of goflow2 v1.
enum class Render : std::uint8_t {
    none,         ///< as the kind says: enum names, numbers plain, bytes in hex, lists of these
    number,       ///< decimal, never quoted, also 64 bit
    boolean,      ///< true, false
    flow_type,    ///< the enum's name, quoted
    ip,           ///< quoted; "" unless the value has 4 or 16 bytes; v4-mapped as IPv4
    ip_as_is,     ///< the same, but v4-mapped stays ::ffff:10.0.0.1
    mac,          ///< quoted, six lower-case pairs
    byte_list,    ///< [10,0,0,1]
    number_list,  ///< [64500,64501]
    hex,          ///< quoted, lower case
    text,         ///< quoted, escaped where it must be
    ip_list,      ///< ["10.0.0.1"], each as ip_as_is
    layer_list,   ///< ["Ethernet","IPv4"]
    etype_name,   ///< ARP, IPv4, IPv6, or empty
    proto_name,   ///< IANA's keyword of an IP protocol, as goflow2 v2 spells it
    proto_name_short,      ///< the five names that goflow2 v1 knows (virtual field ProtoName)
    icmp_name,             ///< of the ICMP type, by the protocol; v1: empty for other protocols
    icmp_name_or_unknown,  ///< the same; "unknown" for other protocols (goflow2 v2)
    network,               ///< prefix of the column's address: 10.0.0.0/24
    datetime,              ///< seconds as RFC 3339 in UTC
    datetime_nano,         ///< nanoseconds as RFC 3339 in UTC
};

struct ColumnField {
    std::uint32_t number;  ///< protobuf field number; 0: the profile has no such column
    std::string_view key;  ///< JSON and text key
    Render render;
};

/// Numbers from here on are flowd's own columns, in every profile; goflow2's stay below.
inline constexpr std::uint32_t own_number_min = 3000;

struct ColumnInfo {
    std::string_view name;     ///< protobuf field name, and key in goflow2 v2
    std::string_view go_name;  ///< name of the field in Go, and key in goflow2 v1
    Kind kind;
    std::array<std::uint16_t, profile_count> numbers;
    std::array<Render, profile_count> renders;

    [[nodiscard]] constexpr ColumnField in(Profile profile) const noexcept {
        const auto index = static_cast<std::size_t>(profile);
        return {numbers[index], profile == Profile::goflow2_v1 ? go_name : name, renders[index]};
    }
    /// Not one of goflow2's: goes out only when the configuration names it.
    [[nodiscard]] constexpr bool own() const noexcept { return numbers[0] >= own_number_min; }
};

namespace detail {

/// Printed alike in all profiles.
constexpr std::array<Render, profile_count> both(Render render) noexcept {
    return {render, render};
}

}  // namespace detail

// clang-format off
inline constexpr std::array<ColumnInfo, column_count> column_table{{
    {"type", "Type", Kind::flow_type, {1, 1}, detail::both(Render::flow_type)},
    {"time_received", "TimeReceived", Kind::u64, {2, 0}, detail::both(Render::number)},
    {"time_received_ns", "TimeReceivedNs", Kind::u64, {0, 110}, detail::both(Render::number)},
    {"sequence_num", "SequenceNum", Kind::u32, {4, 4}, detail::both(Render::number)},
    {"sampling_rate", "SamplingRate", Kind::u64, {3, 3}, detail::both(Render::number)},
    {"flow_direction", "FlowDirection", Kind::u32, {42, 0}, detail::both(Render::number)},
    {"sampler_address", "SamplerAddress", Kind::bytes, {11, 11}, {Render::ip, Render::ip_as_is}},
    {"time_flow_start_ns", "TimeFlowStartNs", Kind::u64, {0, 111}, detail::both(Render::number)},
    {"time_flow_end_ns", "TimeFlowEndNs", Kind::u64, {0, 112}, detail::both(Render::number)},
    {"time_flow_start", "TimeFlowStart", Kind::u64, {38, 0}, detail::both(Render::number)},
    {"time_flow_end", "TimeFlowEnd", Kind::u64, {5, 0}, detail::both(Render::number)},
    {"time_flow_start_ms", "TimeFlowStartMs", Kind::u64, {63, 0}, detail::both(Render::number)},
    {"time_flow_end_ms", "TimeFlowEndMs", Kind::u64, {64, 0}, detail::both(Render::number)},
    {"bytes", "Bytes", Kind::u64, {9, 9}, detail::both(Render::number)},
    {"packets", "Packets", Kind::u64, {10, 10}, detail::both(Render::number)},
    {"src_addr", "SrcAddr", Kind::bytes, {6, 6}, {Render::ip, Render::ip_as_is}},
    {"dst_addr", "DstAddr", Kind::bytes, {7, 7}, {Render::ip, Render::ip_as_is}},
    {"etype", "Etype", Kind::u32, {30, 30}, {Render::number, Render::etype_name}},
    {"proto", "Proto", Kind::u32, {20, 20}, {Render::number, Render::proto_name}},
    {"src_port", "SrcPort", Kind::u32, {21, 21}, detail::both(Render::number)},
    {"dst_port", "DstPort", Kind::u32, {22, 22}, detail::both(Render::number)},
    {"in_if", "InIf", Kind::u32, {18, 18}, detail::both(Render::number)},
    {"out_if", "OutIf", Kind::u32, {19, 19}, detail::both(Render::number)},
    {"src_mac", "SrcMac", Kind::u64, {27, 27}, detail::both(Render::mac)},
    {"dst_mac", "DstMac", Kind::u64, {28, 28}, detail::both(Render::mac)},
    {"src_vlan", "SrcVlan", Kind::u32, {33, 33}, detail::both(Render::number)},
    {"dst_vlan", "DstVlan", Kind::u32, {34, 34}, detail::both(Render::number)},
    {"vlan_id", "VlanId", Kind::u32, {29, 29}, detail::both(Render::number)},
    {"ingress_vrf_id", "IngressVrfId", Kind::u32, {39, 0}, detail::both(Render::number)},
    {"egress_vrf_id", "EgressVrfId", Kind::u32, {40, 0}, detail::both(Render::number)},
    {"ip_tos", "IpTos", Kind::u32, {23, 23}, detail::both(Render::number)},
    {"forwarding_status", "ForwardingStatus", Kind::u32, {24, 24}, detail::both(Render::number)},
    {"ip_ttl", "IpTtl", Kind::u32, {25, 25}, detail::both(Render::number)},
    {"ip_flags", "IpFlags", Kind::u32, {0, 38}, detail::both(Render::number)},
    {"tcp_flags", "TcpFlags", Kind::u32, {26, 26}, detail::both(Render::number)},
    {"icmp_type", "IcmpType", Kind::u32, {31, 31}, detail::both(Render::number)},
    {"icmp_code", "IcmpCode", Kind::u32, {32, 32}, detail::both(Render::number)},
    {"ipv6_flow_label", "Ipv6FlowLabel", Kind::u32, {37, 37}, detail::both(Render::number)},
    {"fragment_id", "FragmentId", Kind::u32, {35, 35}, detail::both(Render::number)},
    {"fragment_offset", "FragmentOffset", Kind::u32, {36, 36}, detail::both(Render::number)},
    {"bi_flow_direction", "BiFlowDirection", Kind::u32, {41, 0}, detail::both(Render::number)},
    {"src_as", "SrcAs", Kind::u32, {14, 14}, detail::both(Render::number)},
    {"dst_as", "DstAs", Kind::u32, {15, 15}, detail::both(Render::number)},
    {"next_hop", "NextHop", Kind::bytes, {12, 12}, {Render::ip, Render::ip_as_is}},
    {"next_hop_as", "NextHopAs", Kind::u32, {13, 13}, detail::both(Render::number)},
    {"src_net", "SrcNet", Kind::u32, {16, 16}, {Render::number, Render::network}},
    {"dst_net", "DstNet", Kind::u32, {17, 17}, {Render::number, Render::network}},
    {"bgp_next_hop", "BgpNextHop", Kind::bytes, {100, 100}, {Render::byte_list, Render::ip_as_is}},
    {"bgp_communities", "BgpCommunities",
     Kind::u32_list, {101, 101}, detail::both(Render::number_list)},
    {"as_path", "AsPath", Kind::u32_list, {102, 102}, detail::both(Render::number_list)},
    {"has_mpls", "HasMpls", Kind::boolean, {53, 0}, detail::both(Render::boolean)},
    {"mpls_count", "MplsCount", Kind::u32, {54, 0}, detail::both(Render::number)},
    {"mpls_1_ttl", "Mpls_1Ttl", Kind::u32, {55, 0}, detail::both(Render::number)},
    {"mpls_1_label", "Mpls_1Label", Kind::u32, {56, 0}, detail::both(Render::number)},
    {"mpls_2_ttl", "Mpls_2Ttl", Kind::u32, {57, 0}, detail::both(Render::number)},
    {"mpls_2_label", "Mpls_2Label", Kind::u32, {58, 0}, detail::both(Render::number)},
    {"mpls_3_ttl", "Mpls_3Ttl", Kind::u32, {59, 0}, detail::both(Render::number)},
    {"mpls_3_label", "Mpls_3Label", Kind::u32, {60, 0}, detail::both(Render::number)},
    {"mpls_last_ttl", "MplsLastTtl", Kind::u32, {61, 0}, detail::both(Render::number)},
    {"mpls_last_label", "MplsLastLabel", Kind::u32, {62, 0}, detail::both(Render::number)},
    {"mpls_label_ip", "MplsLabelIp", Kind::bytes, {65, 0}, detail::both(Render::byte_list)},
    {"mpls_ttl", "MplsTtl", Kind::u32_list, {0, 80}, detail::both(Render::number_list)},
    {"mpls_label", "MplsLabel", Kind::u32_list, {0, 81}, detail::both(Render::number_list)},
    {"mpls_ip", "MplsIp", Kind::bytes_list, {0, 82}, detail::both(Render::ip_list)},
    {"observation_domain_id", "ObservationDomainId",
     Kind::u32, {70, 70}, detail::both(Render::number)},
    {"observation_point_id", "ObservationPointId",
     Kind::u32, {71, 71}, detail::both(Render::number)},
    {"layer_stack", "LayerStack", Kind::layer_list, {0, 103}, detail::both(Render::layer_list)},
    {"layer_size", "LayerSize", Kind::u32_list, {0, 104}, detail::both(Render::number_list)},
    {"ipv6_routing_header_addresses", "Ipv6RoutingHeaderAddresses",
     Kind::bytes_list, {0, 105}, detail::both(Render::ip_list)},
    {"ipv6_routing_header_seg_left", "Ipv6RoutingHeaderSegLeft",
     Kind::u32, {0, 106}, detail::both(Render::number)},
    {"custom_integer_1", "CustomInteger_1", Kind::u64, {1001, 0}, detail::both(Render::number)},
    {"custom_integer_2", "CustomInteger_2", Kind::u64, {1002, 0}, detail::both(Render::number)},
    {"custom_integer_3", "CustomInteger_3", Kind::u64, {1003, 0}, detail::both(Render::number)},
    {"custom_integer_4", "CustomInteger_4", Kind::u64, {1004, 0}, detail::both(Render::number)},
    {"custom_integer_5", "CustomInteger_5", Kind::u64, {1005, 0}, detail::both(Render::number)},
    {"custom_bytes_1", "CustomBytes_1", Kind::bytes, {1011, 0}, detail::both(Render::byte_list)},
    {"custom_bytes_2", "CustomBytes_2", Kind::bytes, {1012, 0}, detail::both(Render::byte_list)},
    {"custom_bytes_3", "CustomBytes_3", Kind::bytes, {1013, 0}, detail::both(Render::byte_list)},
    {"custom_bytes_4", "CustomBytes_4", Kind::bytes, {1014, 0}, detail::both(Render::byte_list)},
    {"custom_bytes_5", "CustomBytes_5", Kind::bytes, {1015, 0}, detail::both(Render::byte_list)},
    {"custom_list_1", "CustomList_1", Kind::u32_list, {1021, 0}, detail::both(Render::number_list)},
    {"post_nat_src_addr", "PostNatSrcAddr",
     Kind::bytes, {3000, 3000}, {Render::ip, Render::ip_as_is}},
    {"post_nat_dst_addr", "PostNatDstAddr",
     Kind::bytes, {3001, 3001}, {Render::ip, Render::ip_as_is}},
    {"post_napt_src_port", "PostNaptSrcPort",
     Kind::u32, {3002, 3002}, detail::both(Render::number)},
    {"post_napt_dst_port", "PostNaptDstPort",
     Kind::u32, {3003, 3003}, detail::both(Render::number)},
    {"nat_event", "NatEvent", Kind::u32, {3004, 3004}, detail::both(Render::number)},
    {"interface_name", "InterfaceName", Kind::bytes, {3005, 3005}, detail::both(Render::text)},
    {"interface_description", "InterfaceDescription",
     Kind::bytes, {3006, 3006}, detail::both(Render::text)},
    {"mpls_vpn_rd", "MplsVpnRd", Kind::bytes, {3007, 3007}, detail::both(Render::hex)},
    {"application_id", "ApplicationId", Kind::bytes, {3008, 3008}, detail::both(Render::hex)},
    {"application_name", "ApplicationName", Kind::bytes, {3009, 3009}, detail::both(Render::text)},
    {"application_description", "ApplicationDescription",
     Kind::bytes, {3010, 3010}, detail::both(Render::text)},
    {"flow_end_reason", "FlowEndReason", Kind::u32, {3011, 3011}, detail::both(Render::number)},
    {"flow_id", "FlowId", Kind::u64, {3012, 3012}, detail::both(Render::number)},
    {"octet_total_count", "OctetTotalCount", Kind::u64, {3013, 3013}, detail::both(Render::number)},
    {"packet_total_count", "PacketTotalCount",
     Kind::u64, {3014, 3014}, detail::both(Render::number)},
    {"initiator_octets", "InitiatorOctets", Kind::u64, {3015, 3015}, detail::both(Render::number)},
    {"responder_octets", "ResponderOctets", Kind::u64, {3016, 3016}, detail::both(Render::number)},
    {"initiator_packets", "InitiatorPackets",
     Kind::u64, {3017, 3017}, detail::both(Render::number)},
    {"responder_packets", "ResponderPackets",
     Kind::u64, {3018, 3018}, detail::both(Render::number)},
    {"dot1q_vlan_id", "Dot1qVlanId", Kind::u32, {3019, 3019}, detail::both(Render::number)},
    {"dot1q_priority", "Dot1qPriority", Kind::u32, {3020, 3020}, detail::both(Render::number)},
    {"dot1q_customer_vlan_id", "Dot1qCustomerVlanId",
     Kind::u32, {3021, 3021}, detail::both(Render::number)},
    {"post_dot1q_vlan_id", "PostDot1qVlanId",
     Kind::u32, {3022, 3022}, detail::both(Render::number)},
    {"vxlan_vni", "VxlanVni", Kind::u32, {3023, 3023}, detail::both(Render::number)},
    {"min_ttl", "MinTtl", Kind::u32, {3024, 3024}, detail::both(Render::number)},
    {"max_ttl", "MaxTtl", Kind::u32, {3025, 3025}, detail::both(Render::number)},
    {"min_ip_length", "MinIpLength", Kind::u32, {3026, 3026}, detail::both(Render::number)},
    {"max_ip_length", "MaxIpLength", Kind::u32, {3027, 3027}, detail::both(Render::number)},
    {"exporter_addr", "ExporterAddr", Kind::bytes, {3028, 3028}, {Render::ip, Render::ip_as_is}},
    {"firewall_event", "FirewallEvent", Kind::u32, {3029, 3029}, detail::both(Render::number)},
    {"ingress_physical_if", "IngressPhysicalIf",
     Kind::u32, {3030, 3030}, detail::both(Render::number)},
    {"egress_physical_if", "EgressPhysicalIf",
     Kind::u32, {3031, 3031}, detail::both(Render::number)},
    {"vrf_name", "VrfName", Kind::bytes, {3032, 3032}, detail::both(Render::text)},
    {"user_name", "UserName", Kind::bytes, {3034, 3034}, detail::both(Render::text)},
    {"flow_duration_ms", "FlowDurationMs", Kind::u64, {3035, 3035}, detail::both(Render::number)},
}};
// clang-format on

[[nodiscard]] constexpr const ColumnInfo& info(Column column) noexcept {
    return column_table[static_cast<std::size_t>(column)];
}

[[nodiscard]] constexpr bool holds_list(Kind kind) noexcept {
    return kind == Kind::u32_list || kind == Kind::layer_list;
}
[[nodiscard]] constexpr bool holds_number(Kind kind) noexcept {
    return kind != Kind::bytes && kind != Kind::bytes_list && !holds_list(kind);
}

/// A column that is the same in all flows of a NetFlow or IPFIX datagram. Formats may encode it
/// once.
[[nodiscard]] constexpr bool is_of_datagram(Column column) noexcept {
    switch (column) {
        case Column::type:
        case Column::time_received:
        case Column::time_received_ns:
        case Column::sequence_num:
        case Column::sampling_rate:
        case Column::sampler_address:
        case Column::observation_domain_id: return true;
        default: return false;
    }
}

/// The column with this name: snake_case or Go's; `Column::count_` when there is none.
[[nodiscard]] constexpr Column find_column(std::string_view name) noexcept {
    for (std::size_t i = 0; i < column_count; ++i) {
        if (column_table[i].name == name || column_table[i].go_name == name) {
            return static_cast<Column>(i);
        }
    }
    return Column::count_;
}

}  // namespace flow
