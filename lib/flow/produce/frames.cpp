// SPDX-License-Identifier: BSD-3-Clause
// Column by column; a column that the profile does not have is never written out.
#include "flow/produce/frames.hpp"

namespace flow::produce {

namespace {

void set(Flow& flow, Column column, std::uint64_t value) noexcept { flow.set(column, value); }

void fill_headers(Flow& flow, const packet::Headers& headers) noexcept {
    if (headers.has_ethernet) {
        set(flow, Column::src_mac, headers.source_mac);
        set(flow, Column::dst_mac, headers.destination_mac);
    }
    set(flow, Column::etype, headers.ethertype);
    if (headers.has_vlan) set(flow, Column::vlan_id, headers.vlan_id);
    if (headers.has_mpls) {
        set(flow, Column::has_mpls, 1);
        set(flow, Column::mpls_count, headers.mpls_count);
        set(flow, Column::mpls_1_label, headers.mpls[0].label);
        set(flow, Column::mpls_1_ttl, headers.mpls[0].ttl);
        set(flow, Column::mpls_2_label, headers.mpls[1].label);
        set(flow, Column::mpls_2_ttl, headers.mpls[1].ttl);
        set(flow, Column::mpls_3_label, headers.mpls[2].label);
        set(flow, Column::mpls_3_ttl, headers.mpls[2].ttl);
        set(flow, Column::mpls_last_label, headers.mpls_last.label);
        set(flow, Column::mpls_last_ttl, headers.mpls_last.ttl);
    }
    if (!headers.has_ip) return;
    flow.set(Column::src_addr, headers.source);
    flow.set(Column::dst_addr, headers.destination);
    set(flow, Column::proto, headers.protocol);
    set(flow, Column::ip_tos, headers.tos);
    set(flow, Column::ip_ttl, headers.ttl);
    set(flow, Column::ipv6_flow_label, headers.flow_label);
    set(flow, Column::fragment_id, headers.fragment_id);
    set(flow, Column::fragment_offset, headers.fragment_offset);
    if (headers.has_ports) {
        set(flow, Column::src_port, headers.source_port);
        set(flow, Column::dst_port, headers.destination_port);
        set(flow, Column::tcp_flags, headers.tcp_flags);
    }
    if (headers.has_icmp) {
        set(flow, Column::icmp_type, headers.icmp_type);
        set(flow, Column::icmp_code, headers.icmp_code);
    }
}

}  // namespace

void Frames::fill(Flow& flow, Bytes sampled, packet::FirstLayer first,
                  Lists& lists) const noexcept {
    static_cast<void>(lists);
    fill_headers(flow, packet::dissect(sampled, first));
}

}  // namespace flow::produce
