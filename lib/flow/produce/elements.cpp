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
constexpr auto netflow9 = Versions::netflow9;
constexpr auto ipfix = Versions::ipfix;
constexpr auto learnt = Versions::learnt;

/// Only by these readings.
constexpr Element only(Readings readings, Element row) noexcept {
    row.readings = readings;
    return row;
}
/// Runs behind the record's other fields; goflow2 reads none of these.
constexpr Element later(std::uint16_t id, Column column, Transform transform,
                        std::uint8_t turn) noexcept {
    return {.id = id,
            .column = column,
            .transform = transform,
            .readings = readings::standard,
            .turn = turn};
}
/// A counter: a zero does not replace what another element has said. For goflow2 it does.
constexpr Element as_counter(std::uint16_t id, Column column) noexcept {
    return {.id = id,
            .column = column,
            .transform = Transform::number_if_set,
            .readings = readings::standard};
}
constexpr Element as_last_counter(std::uint16_t id, Column column) noexcept {
    return only(readings::goflow2, as_number(id, column));
}
constexpr Element as_goflow2_time(std::uint16_t id, Column column, Transform transform,
                                  Versions versions) noexcept {
    const bool v1 = info(column).in(Profile::goflow2_v1).number != 0;
    return only(v1 ? readings::goflow2_v1 : readings::goflow2_v2,
                as_time(id, column, transform, versions));
}
/// An absolute time of the registry, for goflow2 in IPFIX only.
constexpr Element as_absolute(std::uint16_t id, Column column, Transform transform) noexcept {
    return only(readings::standard, as_time(id, column, transform, learnt));
}
/// An uptime stamp of IPFIX, and the start that it counts from.
constexpr Element as_since_init(std::uint16_t id, Column column, Transform transform) noexcept {
    Element row = later(id, column, transform, turn_since_init);
    row.versions = ipfix;
    return row;
}
constexpr Element as_init_time(std::uint16_t id, Column column) noexcept {
    Element row = later(id, column, Transform::init_time, turn_init_time);
    row.versions = ipfix;
    return row;
}
/// Of Cisco ASA, in NetFlow v9, where the same number is nobody else's.
constexpr Element of_netflow9(Element row) noexcept {
    row.versions = netflow9;
    return row;
}
constexpr Element as_label(std::uint16_t id, std::uint16_t index) noexcept {
    return {.id = id,
            .column = mpls_label,
            .transform = Transform::list_item,
            .shift = 4,
            .bits = 60,
            .operand = index};
}

constexpr std::array element_table{
    as_counter(1, octets),
    as_last_counter(1, octets),
    as_counter(2, packets),
    as_last_counter(2, packets),
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
    only(readings::standard, as_time(21, time_flow_end, Transform::s_of_uptime, netflow)),
    only(readings::standard, as_time(21, time_flow_end_ms, Transform::ms_of_uptime, netflow)),
    only(readings::standard, as_time(21, time_flow_end_ns, Transform::ns_of_uptime, netflow)),
    as_goflow2_time(21, time_flow_end, Transform::s_of_uptime_wrapped, netflow),
    as_goflow2_time(21, time_flow_end_ms, Transform::ms_of_uptime_wrapped, netflow),
    as_goflow2_time(21, time_flow_end_ns, Transform::ns_of_uptime_wrapped, Versions::netflow5),
    as_goflow2_time(21, time_flow_end_ns, Transform::ns_of_uptime_wide, Versions::netflow9),
    as_since_init(21, time_flow_end, Transform::s_of_init),
    as_since_init(21, time_flow_end_ms, Transform::ms_of_init),
    as_since_init(21, time_flow_end_ns, Transform::ns_of_init),
    only(readings::standard, as_time(22, time_flow_start, Transform::s_of_uptime, netflow)),
    only(readings::standard, as_time(22, time_flow_start_ms, Transform::ms_of_uptime, netflow)),
    only(readings::standard, as_time(22, time_flow_start_ns, Transform::ns_of_uptime, netflow)),
    as_goflow2_time(22, time_flow_start, Transform::s_of_uptime_wrapped, netflow),
    as_goflow2_time(22, time_flow_start_ms, Transform::ms_of_uptime_wrapped, netflow),
    as_goflow2_time(22, time_flow_start_ns, Transform::ns_of_uptime_wrapped, Versions::netflow5),
    as_goflow2_time(22, time_flow_start_ns, Transform::ns_of_uptime_wide, Versions::netflow9),
    as_since_init(22, time_flow_start, Transform::s_of_init),
    as_since_init(22, time_flow_start_ms, Transform::ms_of_init),
    as_since_init(22, time_flow_start_ns, Transform::ns_of_init),
    as_counter(23, octets),
    as_last_counter(23, octets),
    as_counter(24, packets),
    as_last_counter(24, packets),
    as_number(25, min_ip_length),
    as_number(26, max_ip_length),
    as_address(27, src_addr, etype_ipv6),
    as_address(28, dst_addr, etype_ipv6),
    as_number(29, src_net),
    as_number(30, dst_net),
    as_number(31, ipv6_flow_label),
    as_part(32, icmp_type, 8, 8),
    as_part(32, icmp_code, 0, 8),
    later(34, sampling_rate, Transform::sampling_interval, turn_sampling_34),
    as_bytes(47, mpls_label_ip),
    Element{.id = 47, .column = mpls_ip, .transform = Transform::list_append},
    later(48, sampling_rate, Transform::sampler_id, turn_sampler),
    later(50, sampling_rate, Transform::sampling_interval, turn_sampling_50),
    as_number(52, ip_ttl),
    as_number(52, min_ttl),
    as_number(53, max_ttl),
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
    as_label(70, 0),
    as_part(71, mpls_2_label, 4, 60),
    as_label(71, 1),
    as_part(72, mpls_3_label, 4, 60),
    as_label(72, 2),
    as_number(80, dst_mac),
    as_number(81, src_mac),
    as_bytes(82, interface_name),
    as_bytes(83, interface_description),
    later(85, octets, Transform::number_if_unset, turn_totals),
    as_number(85, octet_total_count),
    later(86, packets, Transform::number_if_unset, turn_totals),
    as_number(86, packet_total_count),
    only(readings::v1, {.id = 88, .column = fragment_offset, .transform = Transform::number_or}),
    only(readings::v2, as_number(88, fragment_offset)),
    as_number(89, forwarding_status),
    as_bytes(90, mpls_vpn_rd),
    as_bytes(94, application_description),
    as_bytes(95, application_id),
    as_bytes(96, application_name),
    as_bytes(130, exporter_addr),
    as_bytes(131, exporter_addr),
    as_number(136, flow_end_reason),
    as_number(138, observation_point_id),
    as_part(139, icmp_type, 8, 8),
    as_part(139, icmp_code, 0, 8),
    as_bytes(140, mpls_label_ip),
    Element{.id = 140, .column = mpls_ip, .transform = Transform::list_append},
    as_number(148, flow_id),
    as_absolute(150, time_flow_start, Transform::s_of_seconds),
    only(readings::goflow2, as_time(150, time_flow_start, Transform::s_of_seconds, ipfix)),
    as_absolute(150, time_flow_start_ms, Transform::ms_of_seconds),
    only(readings::goflow2, as_time(150, time_flow_start_ms, Transform::ms_of_seconds, ipfix)),
    as_absolute(150, time_flow_start_ns, Transform::ns_of_seconds),
    only(readings::goflow2, as_time(150, time_flow_start_ns, Transform::ns_of_seconds, ipfix)),
    as_absolute(151, time_flow_end, Transform::s_of_seconds),
    only(readings::goflow2, as_time(151, time_flow_end, Transform::s_of_seconds, ipfix)),
    as_absolute(151, time_flow_end_ms, Transform::ms_of_seconds),
    only(readings::goflow2, as_time(151, time_flow_end_ms, Transform::ms_of_seconds, ipfix)),
    as_absolute(151, time_flow_end_ns, Transform::ns_of_seconds),
    only(readings::goflow2, as_time(151, time_flow_end_ns, Transform::ns_of_seconds, ipfix)),
    as_absolute(152, time_flow_start, Transform::s_of_milliseconds),
    only(readings::goflow2, as_time(152, time_flow_start, Transform::s_of_milliseconds, ipfix)),
    as_absolute(152, time_flow_start_ms, Transform::ms_of_milliseconds),
    only(readings::goflow2, as_time(152, time_flow_start_ms, Transform::ms_of_milliseconds, ipfix)),
    as_absolute(152, time_flow_start_ns, Transform::ns_of_milliseconds),
    only(readings::goflow2, as_time(152, time_flow_start_ns, Transform::ns_of_milliseconds, ipfix)),
    as_absolute(153, time_flow_end, Transform::s_of_milliseconds),
    only(readings::goflow2, as_time(153, time_flow_end, Transform::s_of_milliseconds, ipfix)),
    as_absolute(153, time_flow_end_ms, Transform::ms_of_milliseconds),
    only(readings::goflow2, as_time(153, time_flow_end_ms, Transform::ms_of_milliseconds, ipfix)),
    as_absolute(153, time_flow_end_ns, Transform::ns_of_milliseconds),
    only(readings::goflow2, as_time(153, time_flow_end_ns, Transform::ns_of_milliseconds, ipfix)),
    as_absolute(154, time_flow_start, Transform::s_of_ntp),
    as_absolute(154, time_flow_start_ms, Transform::ms_of_ntp),
    as_absolute(154, time_flow_start_ns, Transform::ns_of_ntp),
    as_goflow2_time(154, time_flow_start, Transform::s_of_microseconds, ipfix),
    as_goflow2_time(154, time_flow_start_ms, Transform::ms_of_microseconds, ipfix),
    as_goflow2_time(154, time_flow_start_ns, Transform::ns_of_ntp_unchecked, ipfix),
    as_absolute(155, time_flow_end, Transform::s_of_ntp),
    as_absolute(155, time_flow_end_ms, Transform::ms_of_ntp),
    as_absolute(155, time_flow_end_ns, Transform::ns_of_ntp),
    as_goflow2_time(155, time_flow_end, Transform::s_of_microseconds, ipfix),
    as_goflow2_time(155, time_flow_end_ms, Transform::ms_of_microseconds, ipfix),
    as_goflow2_time(155, time_flow_end_ns, Transform::ns_of_ntp_unchecked, ipfix),
    as_absolute(156, time_flow_start, Transform::s_of_ntp),
    as_absolute(156, time_flow_start_ms, Transform::ms_of_ntp),
    as_absolute(156, time_flow_start_ns, Transform::ns_of_ntp),
    as_goflow2_time(156, time_flow_start, Transform::s_of_nanoseconds, ipfix),
    as_goflow2_time(156, time_flow_start_ms, Transform::ms_of_nanoseconds, ipfix),
    as_goflow2_time(156, time_flow_start_ns, Transform::ns_of_ntp_unchecked, ipfix),
    as_absolute(157, time_flow_end, Transform::s_of_ntp),
    as_absolute(157, time_flow_end_ms, Transform::ms_of_ntp),
    as_absolute(157, time_flow_end_ns, Transform::ns_of_ntp),
    as_goflow2_time(157, time_flow_end, Transform::s_of_nanoseconds, ipfix),
    as_goflow2_time(157, time_flow_end_ms, Transform::ms_of_nanoseconds, ipfix),
    as_goflow2_time(157, time_flow_end_ns, Transform::ns_of_ntp_unchecked, ipfix),
    as_time(158, time_flow_start, Transform::s_of_delta_us, ipfix),
    as_time(158, time_flow_start_ms, Transform::ms_of_delta_us, ipfix),
    as_time(158, time_flow_start_ns, Transform::ns_of_delta_us, ipfix),
    as_time(159, time_flow_end, Transform::s_of_delta_us, ipfix),
    as_time(159, time_flow_end_ms, Transform::ms_of_delta_us, ipfix),
    as_time(159, time_flow_end_ns, Transform::ns_of_delta_us, ipfix),
    as_init_time(160, time_flow_start_ms),
    as_init_time(160, time_flow_start_ns),
    as_number(161, flow_duration_ms),
    as_number(176, icmp_type),
    as_number(177, icmp_code),
    as_number(178, icmp_type),
    as_number(179, icmp_code),
    only(readings::v1, {.id = 197, .column = fragment_offset, .transform = Transform::number_or}),
    as_part(197, ip_flags, 5, 59),
    as_bytes(225, post_nat_src_addr),
    as_bytes(226, post_nat_dst_addr),
    as_number(227, post_napt_src_port),
    as_number(228, post_napt_dst_port),
    as_number(230, nat_event),
    later(231, octets, Transform::number_if_unset, turn_initiator),
    as_number(231, initiator_octets),
    as_number(232, responder_octets),
    as_number(233, firewall_event),
    as_number(234, ingress_vrf_id),
    as_number(235, egress_vrf_id),
    as_bytes(236, vrf_name),
    as_number(239, bi_flow_direction),
    as_number(243, dot1q_vlan_id),
    as_number(244, dot1q_priority),
    as_number(245, dot1q_customer_vlan_id),
    as_number(252, ingress_physical_if),
    as_number(253, egress_physical_if),
    as_number(254, post_dot1q_vlan_id),
    as_bytes(281, post_nat_src_addr),
    as_bytes(282, post_nat_dst_addr),
    later(298, packets, Transform::number_if_unset, turn_initiator),
    as_number(298, initiator_packets),
    as_number(299, responder_packets),
    later(302, sampling_rate, Transform::sampler_id, turn_sampler),
    Element{.id = 305,
            .column = sampling_rate,
            .transform = Transform::sampling_interval,
            .operand = 1,
            .readings = readings::standard,
            .turn = turn_sampling_interval},
    later(306, sampling_rate, Transform::sampling_space, turn_sampling_space),
    later(309, sampling_rate, Transform::sampling_size, turn_sampling_size),
    later(310, sampling_rate, Transform::sampling_population, turn_sampling_population),
    Element{.id = 312, .column = octets, .transform = Transform::number, .versions = ipfix},
    Element{.id = 312,
            .column = packets,
            .transform = Transform::constant,
            .versions = ipfix,
            .operand = 1},
    Element{
        .id = 315, .column = layer_stack, .transform = Transform::frame_section, .versions = ipfix},
    as_part(351, vxlan_vni, 0, 24),
    as_bytes(371, user_name),
    of_netflow9(as_bytes(40001, post_nat_src_addr)),
    of_netflow9(as_bytes(40002, post_nat_dst_addr)),
    of_netflow9(as_number(40003, post_napt_src_port)),
    of_netflow9(as_number(40004, post_napt_dst_port)),
    of_netflow9(as_number(40005, firewall_event)),
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
