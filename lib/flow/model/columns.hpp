// SPDX-License-Identifier: BSD-3-Clause
// The one table of output columns: name, type, and for each profile the protobuf number, the JSON
// key and how a value is printed. Protobuf, JSON, text, proto/*.proto, the mapping file's names and
// the documentation all come from here; tests/proto proves it. The order is goflow2's order of
// declaration, which is also the order of JSON and text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace flow {

enum class Column : std::uint8_t {
    type,
    time_received,
    sequence_num,
    sampling_rate,
    flow_direction,
    sampler_address,
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
    observation_domain_id,
    observation_point_id,
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

    count_
};

inline constexpr std::size_t column_count = static_cast<std::size_t>(Column::count_);

/// An output shape that consumers know. Each has its own protobuf schema and its own keys.
enum class Profile : std::uint8_t {
    goflow2_v1,

    count_
};

inline constexpr std::size_t profile_count = static_cast<std::size_t>(Profile::count_);

/// What a column holds; decides where Flow keeps it and its protobuf type.
enum class Kind : std::uint8_t {
    u32,        ///< `uint32`; wider values keep their low 32 bits
    u64,        ///< `uint64`
    boolean,    ///< `bool`
    flow_type,  ///< `enum FlowType`
    bytes,      ///< `bytes`
    u32_list,   ///< `repeated uint32`, packed
};

/// How JSON and text print a value.
enum class Render : std::uint8_t {
    number,       ///< decimal, never quoted, also 64 bit
    boolean,      ///< true, false
    flow_type,    ///< the enum's name, quoted
    ip,           ///< quoted; "" unless the value has 4 or 16 bytes
    mac,          ///< quoted, six lower-case pairs
    byte_list,    ///< [10,0,0,1]
    number_list,  ///< [64500,64501]
};

struct ColumnField {
    std::uint16_t number;  ///< protobuf field number; 0: the profile has no such column
    std::string_view key;  ///< JSON and text key
    Render render;
};

struct ColumnInfo {
    std::string_view name;  ///< protobuf field name
    Kind kind;
    std::array<ColumnField, profile_count> fields;  ///< indexed by Profile

    [[nodiscard]] constexpr const ColumnField& in(Profile profile) const noexcept {
        return fields[static_cast<std::size_t>(profile)];
    }
};

// clang-format off
inline constexpr std::array<ColumnInfo, column_count> column_table{{
    {"type", Kind::flow_type, {{{1, "Type", Render::flow_type}}}},
    {"time_received", Kind::u64, {{{2, "TimeReceived", Render::number}}}},
    {"sequence_num", Kind::u32, {{{4, "SequenceNum", Render::number}}}},
    {"sampling_rate", Kind::u64, {{{3, "SamplingRate", Render::number}}}},
    {"flow_direction", Kind::u32, {{{42, "FlowDirection", Render::number}}}},
    {"sampler_address", Kind::bytes, {{{11, "SamplerAddress", Render::ip}}}},
    {"time_flow_start", Kind::u64, {{{38, "TimeFlowStart", Render::number}}}},
    {"time_flow_end", Kind::u64, {{{5, "TimeFlowEnd", Render::number}}}},
    {"time_flow_start_ms", Kind::u64, {{{63, "TimeFlowStartMs", Render::number}}}},
    {"time_flow_end_ms", Kind::u64, {{{64, "TimeFlowEndMs", Render::number}}}},
    {"bytes", Kind::u64, {{{9, "Bytes", Render::number}}}},
    {"packets", Kind::u64, {{{10, "Packets", Render::number}}}},
    {"src_addr", Kind::bytes, {{{6, "SrcAddr", Render::ip}}}},
    {"dst_addr", Kind::bytes, {{{7, "DstAddr", Render::ip}}}},
    {"etype", Kind::u32, {{{30, "Etype", Render::number}}}},
    {"proto", Kind::u32, {{{20, "Proto", Render::number}}}},
    {"src_port", Kind::u32, {{{21, "SrcPort", Render::number}}}},
    {"dst_port", Kind::u32, {{{22, "DstPort", Render::number}}}},
    {"in_if", Kind::u32, {{{18, "InIf", Render::number}}}},
    {"out_if", Kind::u32, {{{19, "OutIf", Render::number}}}},
    {"src_mac", Kind::u64, {{{27, "SrcMac", Render::mac}}}},
    {"dst_mac", Kind::u64, {{{28, "DstMac", Render::mac}}}},
    {"src_vlan", Kind::u32, {{{33, "SrcVlan", Render::number}}}},
    {"dst_vlan", Kind::u32, {{{34, "DstVlan", Render::number}}}},
    {"vlan_id", Kind::u32, {{{29, "VlanId", Render::number}}}},
    {"ingress_vrf_id", Kind::u32, {{{39, "IngressVrfId", Render::number}}}},
    {"egress_vrf_id", Kind::u32, {{{40, "EgressVrfId", Render::number}}}},
    {"ip_tos", Kind::u32, {{{23, "IpTos", Render::number}}}},
    {"forwarding_status", Kind::u32, {{{24, "ForwardingStatus", Render::number}}}},
    {"ip_ttl", Kind::u32, {{{25, "IpTtl", Render::number}}}},
    {"tcp_flags", Kind::u32, {{{26, "TcpFlags", Render::number}}}},
    {"icmp_type", Kind::u32, {{{31, "IcmpType", Render::number}}}},
    {"icmp_code", Kind::u32, {{{32, "IcmpCode", Render::number}}}},
    {"ipv6_flow_label", Kind::u32, {{{37, "Ipv6FlowLabel", Render::number}}}},
    {"fragment_id", Kind::u32, {{{35, "FragmentId", Render::number}}}},
    {"fragment_offset", Kind::u32, {{{36, "FragmentOffset", Render::number}}}},
    {"bi_flow_direction", Kind::u32, {{{41, "BiFlowDirection", Render::number}}}},
    {"src_as", Kind::u32, {{{14, "SrcAs", Render::number}}}},
    {"dst_as", Kind::u32, {{{15, "DstAs", Render::number}}}},
    {"next_hop", Kind::bytes, {{{12, "NextHop", Render::ip}}}},
    {"next_hop_as", Kind::u32, {{{13, "NextHopAs", Render::number}}}},
    {"src_net", Kind::u32, {{{16, "SrcNet", Render::number}}}},
    {"dst_net", Kind::u32, {{{17, "DstNet", Render::number}}}},
    {"bgp_next_hop", Kind::bytes, {{{100, "BgpNextHop", Render::byte_list}}}},
    {"bgp_communities", Kind::u32_list, {{{101, "BgpCommunities", Render::number_list}}}},
    {"as_path", Kind::u32_list, {{{102, "AsPath", Render::number_list}}}},
    {"has_mpls", Kind::boolean, {{{53, "HasMpls", Render::boolean}}}},
    {"mpls_count", Kind::u32, {{{54, "MplsCount", Render::number}}}},
    {"mpls_1_ttl", Kind::u32, {{{55, "Mpls_1Ttl", Render::number}}}},
    {"mpls_1_label", Kind::u32, {{{56, "Mpls_1Label", Render::number}}}},
    {"mpls_2_ttl", Kind::u32, {{{57, "Mpls_2Ttl", Render::number}}}},
    {"mpls_2_label", Kind::u32, {{{58, "Mpls_2Label", Render::number}}}},
    {"mpls_3_ttl", Kind::u32, {{{59, "Mpls_3Ttl", Render::number}}}},
    {"mpls_3_label", Kind::u32, {{{60, "Mpls_3Label", Render::number}}}},
    {"mpls_last_ttl", Kind::u32, {{{61, "MplsLastTtl", Render::number}}}},
    {"mpls_last_label", Kind::u32, {{{62, "MplsLastLabel", Render::number}}}},
    {"mpls_label_ip", Kind::bytes, {{{65, "MplsLabelIp", Render::byte_list}}}},
    {"observation_domain_id", Kind::u32, {{{70, "ObservationDomainId", Render::number}}}},
    {"observation_point_id", Kind::u32, {{{71, "ObservationPointId", Render::number}}}},
    {"custom_integer_1", Kind::u64, {{{1001, "CustomInteger_1", Render::number}}}},
    {"custom_integer_2", Kind::u64, {{{1002, "CustomInteger_2", Render::number}}}},
    {"custom_integer_3", Kind::u64, {{{1003, "CustomInteger_3", Render::number}}}},
    {"custom_integer_4", Kind::u64, {{{1004, "CustomInteger_4", Render::number}}}},
    {"custom_integer_5", Kind::u64, {{{1005, "CustomInteger_5", Render::number}}}},
    {"custom_bytes_1", Kind::bytes, {{{1011, "CustomBytes_1", Render::byte_list}}}},
    {"custom_bytes_2", Kind::bytes, {{{1012, "CustomBytes_2", Render::byte_list}}}},
    {"custom_bytes_3", Kind::bytes, {{{1013, "CustomBytes_3", Render::byte_list}}}},
    {"custom_bytes_4", Kind::bytes, {{{1014, "CustomBytes_4", Render::byte_list}}}},
    {"custom_bytes_5", Kind::bytes, {{{1015, "CustomBytes_5", Render::byte_list}}}},
    {"custom_list_1", Kind::u32_list, {{{1021, "CustomList_1", Render::number_list}}}},
}};
// clang-format on

[[nodiscard]] constexpr const ColumnInfo& info(Column column) noexcept {
    return column_table[static_cast<std::size_t>(column)];
}

[[nodiscard]] constexpr bool holds_number(Kind kind) noexcept {
    return kind != Kind::bytes && kind != Kind::u32_list;
}

}  // namespace flow
