// SPDX-License-Identifier: BSD-3-Clause
// The table itself, one row per element and column, ordered by id.
#include "flow/produce/elements.hpp"

#include <algorithm>
#include <array>

namespace flow::produce {

namespace {

using enum Column;
constexpr Column octets = Column::bytes;

constexpr std::uint16_t etype_ipv4 = 0x0800;
constexpr std::uint16_t etype_ipv6 = 0x86dd;

constexpr Element as_number(std::uint16_t id, Column column) noexcept {
    return {.id = id, .column = column, .transform = Transform::number};
}
/// The bits of a number from `shift` on, `bits` of them.
constexpr Element as_part(std::uint16_t id, Column column, std::uint8_t shift,
                          std::uint8_t bits) noexcept {
    return {
        .id = id, .column = column, .transform = Transform::number, .shift = shift, .bits = bits};
}
constexpr Element as_bytes(std::uint16_t id, Column column) noexcept {
    return {.id = id, .column = column, .transform = Transform::bytes};
}
constexpr Element as_address(std::uint16_t id, Column column, std::uint16_t etype) noexcept {
    return {.id = id, .column = column, .transform = Transform::bytes_if_better, .operand = etype};
}
constexpr Element as_time(std::uint16_t id, Column column, Transform transform,
                          Versions versions) noexcept {
    return {.id = id, .column = column, .transform = transform, .versions = versions};
}

constexpr auto netflow = Versions::netflow;
constexpr auto ipfix = Versions::ipfix;

constexpr std::array element_table{
    as_number(1, octets),
    as_number(2, packets),
    as_number(4, proto),
    as_number(5, ip_tos),
    as_number(6, tcp_flags),
    as_number(7, src_port),
    as_address(8, src_addr, etype_ipv4),
    as_number(9, src_net),
    as_number(10, in_if),
    as_number(11, dst_port),
    as_address(12, dst_addr, etype_ipv4),
    as_number(13, dst_net),
    as_number(14, out_if),
    as_bytes(15, next_hop),
    as_number(16, src_as),
    as_number(17, dst_as),
    as_bytes(18, bgp_next_hop),
    as_time(21, time_flow_end, Transform::s_of_uptime, netflow),
    as_time(21, time_flow_end_ms, Transform::ms_of_uptime, netflow),
    as_time(22, time_flow_start, Transform::s_of_uptime, netflow),
    as_time(22, time_flow_start_ms, Transform::ms_of_uptime, netflow),
    Element{.id = 23, .column = octets, .transform = Transform::number, .unless = 1},
    Element{.id = 24, .column = packets, .transform = Transform::number, .unless = 2},
    as_address(27, src_addr, etype_ipv6),
    as_address(28, dst_addr, etype_ipv6),
    as_number(29, src_net),
    as_number(30, dst_net),
    as_number(31, ipv6_flow_label),
    as_part(32, icmp_type, 8, 56),
    as_part(32, icmp_code, 0, 8),
    as_bytes(47, mpls_label_ip),
    as_number(52, ip_ttl),
    as_number(54, fragment_id),
    as_number(56, src_mac),
    as_number(57, dst_mac),
    as_number(58, vlan_id),
    as_number(58, src_vlan),
    as_number(59, dst_vlan),
    Element{.id = 60, .column = etype, .transform = Transform::etype_of_version},
    as_number(61, flow_direction),
    as_bytes(62, next_hop),
    as_bytes(63, bgp_next_hop),
    as_part(70, mpls_1_label, 4, 60),
    Element{.id = 70, .column = has_mpls, .transform = Transform::constant, .operand = 1},
    as_part(71, mpls_2_label, 4, 60),
    as_part(72, mpls_3_label, 4, 60),
    as_number(80, dst_mac),
    as_number(81, src_mac),
    Element{.id = 88, .column = fragment_offset, .transform = Transform::number_or},
    as_number(89, forwarding_status),
    as_number(138, observation_point_id),
    as_part(139, icmp_type, 8, 56),
    as_part(139, icmp_code, 0, 8),
    as_bytes(140, mpls_label_ip),
    as_time(150, time_flow_start, Transform::s_of_seconds, ipfix),
    as_time(150, time_flow_start_ms, Transform::ms_of_seconds, ipfix),
    as_time(151, time_flow_end, Transform::s_of_seconds, ipfix),
    as_time(151, time_flow_end_ms, Transform::ms_of_seconds, ipfix),
    as_time(152, time_flow_start, Transform::s_of_milliseconds, ipfix),
    as_time(152, time_flow_start_ms, Transform::ms_of_milliseconds, ipfix),
    as_time(153, time_flow_end, Transform::s_of_milliseconds, ipfix),
    as_time(153, time_flow_end_ms, Transform::ms_of_milliseconds, ipfix),
    as_time(154, time_flow_start, Transform::s_of_ntp, ipfix),
    as_time(154, time_flow_start_ms, Transform::ms_of_ntp, ipfix),
    as_time(155, time_flow_end, Transform::s_of_ntp, ipfix),
    as_time(155, time_flow_end_ms, Transform::ms_of_ntp, ipfix),
    as_time(156, time_flow_start, Transform::s_of_ntp, ipfix),
    as_time(156, time_flow_start_ms, Transform::ms_of_ntp, ipfix),
    as_time(157, time_flow_end, Transform::s_of_ntp, ipfix),
    as_time(157, time_flow_end_ms, Transform::ms_of_ntp, ipfix),
    as_time(158, time_flow_start, Transform::s_of_delta_us, ipfix),
    as_time(158, time_flow_start_ms, Transform::ms_of_delta_us, ipfix),
    as_time(159, time_flow_end, Transform::s_of_delta_us, ipfix),
    as_time(159, time_flow_end_ms, Transform::ms_of_delta_us, ipfix),
    as_number(176, icmp_type),
    as_number(177, icmp_code),
    as_number(178, icmp_type),
    as_number(179, icmp_code),
    Element{.id = 197, .column = fragment_offset, .transform = Transform::number_or},
    as_number(234, ingress_vrf_id),
    as_number(235, egress_vrf_id),
    as_number(239, bi_flow_direction),
};

static_assert(std::is_sorted(element_table.begin(), element_table.end(),
                             [](const Element& a, const Element& b) { return a.id < b.id; }));

}  // namespace

std::span<const Element> elements() noexcept { return element_table; }

std::span<const Element> elements(std::uint16_t id) noexcept {
    const auto first =
        std::lower_bound(element_table.begin(), element_table.end(), id,
                         [](const Element& row, std::uint16_t key) { return row.id < key; });
    auto last = first;
    while (last != element_table.end() && last->id == id) ++last;
    return std::span{first, last};
}

}  // namespace flow::produce
