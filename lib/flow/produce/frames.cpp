// SPDX-License-Identifier: BSD-3-Clause
// Column by column; a column that the profile does not have is never written out.
#include "flow/produce/frames.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "flow/packet/bits.hpp"
#include "flow/packet/query.hpp"
#include "flow/produce/mapping.hpp"

namespace flow::produce {

namespace {

using packet::Headers;

void set(Flow& flow, Column column, std::uint64_t value) noexcept { flow.set(column, value); }

void fill_ethernet(Flow& flow, const Headers& headers) noexcept {
    if (headers.has_ethernet) {
        set(flow, Column::src_mac, headers.source_mac);
        set(flow, Column::dst_mac, headers.destination_mac);
    }
    if (headers.has_vlan) {
        set(flow, Column::vlan_id, headers.vlan_id);
        set(flow, Column::dot1q_vlan_id, headers.vlan_id & 0xfff);
        set(flow, Column::dot1q_priority, headers.vlan_priority);
    }
    if (headers.has_inner_vlan) set(flow, Column::dot1q_customer_vlan_id, headers.inner_vlan_id);
}

void fill_mpls(Flow& flow, const Headers& headers) noexcept {
    set(flow, Column::has_mpls, headers.has_mpls);
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

void fill_ip(Flow& flow, const Headers& headers) noexcept {
    flow.set(Column::src_addr, headers.source);
    flow.set(Column::dst_addr, headers.destination);
    set(flow, Column::proto, headers.protocol);
    set(flow, Column::ip_tos, headers.tos);
    set(flow, Column::ip_ttl, headers.ttl);
    set(flow, Column::ip_flags, headers.ip_flags);
    set(flow, Column::ipv6_flow_label, headers.flow_label);
    set(flow, Column::fragment_id, headers.fragment_id);
    set(flow, Column::fragment_offset, headers.fragment_offset);
}

void fill_transport(Flow& flow, const Headers& headers) noexcept {
    set(flow, Column::src_port, headers.source_port);
    set(flow, Column::dst_port, headers.destination_port);
    set(flow, Column::tcp_flags, headers.tcp_flags);
}

void fill_icmp(Flow& flow, const Headers& headers) noexcept {
    set(flow, Column::icmp_type, headers.icmp_type);
    set(flow, Column::icmp_code, headers.icmp_code);
}

void fill_headers(Flow& flow, const Headers& headers) noexcept {
    fill_ethernet(flow, headers);
    const bool has_type = headers.has_ethernet || headers.ethertype != 0;
    if (has_type) set(flow, Column::etype, headers.ethertype);
    if (headers.has_mpls) fill_mpls(flow, headers);
    if (headers.has_ip) fill_ip(flow, headers);
    if (headers.has_ports) fill_transport(flow, headers);
    if (headers.has_icmp) fill_icmp(flow, headers);
}

packet::PortRule port_rule(const PortParser& parser) noexcept {
    using Direction = packet::PortRule::Direction;
    const Direction direction =
        parser.direction == PortParser::Direction::source        ? Direction::source
        : parser.direction == PortParser::Direction::destination ? Direction::destination
                                                                 : Direction::both;
    return {.tcp = parser.tcp, .direction = direction, .port = parser.port, .kind = parser.parser};
}

/// Columns that only a walk through all layers fills.
bool has_layer_column(const Schema& schema) noexcept {
    static constexpr std::array columns{Column::layer_stack,
                                        Column::layer_size,
                                        Column::mpls_label,
                                        Column::mpls_ttl,
                                        Column::vxlan_vni,
                                        Column::ipv6_routing_header_addresses,
                                        Column::ipv6_routing_header_seg_left};
    return std::any_of(columns.begin(), columns.end(),
                       [&](Column column) { return schema.has(column); });
}

}  // namespace

Frames::Frames(const Settings& settings) noexcept : dialect_{settings.dialect} {
    wants_layers_ = dialect_ != Dialect::standard || has_layer_column(settings.schema);
    if (settings.mapping == nullptr) return;
    const Mapping& mapping = *settings.mapping;
    rows_ = Slots<Row>{mapping.layers.size()};
    for (const LayerMapping& row : mapping.layers) {
        const auto transform = mapped_transform(settings, row.destination, row.endian);
        if (transform && row_count_ < rows_.size()) rows_[row_count_++] = {row, *transform};
    }
    ports_ = Slots<packet::PortRule>{mapping.ports.size()};
    for (std::size_t i = 0; i < ports_.size(); ++i) ports_[i] = port_rule(mapping.ports[i]);
    wants_layers_ |= row_count_ > 0;
}

void Frames::fill(Flow& flow, Bytes sampled, packet::FirstLayer first, Lists& lists) noexcept {
    if (!wants_layers_) return fill_headers(flow, packet::dissect(sampled, first));
    const packet::Reading reading{
        .dialect = dialect_,
        .ports = ports_.size() == 0 ? std::span<const packet::PortRule>{}
                                    : std::span<const packet::PortRule>{&ports_[0], ports_.size()}};
    packet::dissect(sampled, first, reading, headers_, layers_);
    if (dialect_ == Dialect::goflow2_v1) return fill_by_v1(flow, sampled, lists);
    fill_headers(flow, headers_);
    fill_lists(flow, lists);
    map_layers(flow, sampled, lists);
}

/// In goflow2 v1's order: what is assigned last stays.
void Frames::fill_by_v1(Flow& flow, Bytes sampled, Lists& lists) noexcept {
    map_v1_rows(flow, sampled, true, lists);
    if (!headers_.has_ethernet) return;
    fill_ethernet(flow, headers_);
    map_v1_rows(flow, sampled, false, lists);
    set(flow, Column::etype, headers_.ethertype);
    fill_mpls(flow, headers_);
    fill_ip(flow, headers_);
    fill_transport(flow, headers_);
    if (headers_.has_icmp) fill_icmp(flow, headers_);
}

void Frames::fill_lists(Flow& flow, Lists& lists) const noexcept {
    const bool appends = dialect_ == Dialect::goflow2_v2;  // behind an earlier frame's
    lists.put_all(flow, Column::layer_stack, layers_.stack(), appends);
    lists.put_all(flow, Column::layer_size, layers_.sizes(), appends);
    if (headers_.has_mpls) {
        lists.put_all(flow, Column::mpls_label, layers_.mpls_labels(), false);
        lists.put_all(flow, Column::mpls_ttl, layers_.mpls_ttls(), false);
    }
    if (layers_.has_vxlan) set(flow, Column::vxlan_vni, layers_.vxlan_vni);
    if (!layers_.has_routing) return;
    set(flow, Column::ipv6_routing_header_seg_left, layers_.segments_left);
    flow.set(Column::ipv6_routing_header_addresses, std::span<const Bytes>{});
    constexpr std::size_t address_size = 16;
    for (Bytes rest = layers_.segments; rest.size() >= address_size;) {
        lists.append(flow, Column::ipv6_routing_header_addresses, rest.first(address_size));
        rest = rest.subspan(address_size);
    }
}

/// Layer by layer, as they come; of a layer the rows in the file's order.
void Frames::map_layers(Flow& flow, Bytes sampled, Lists& lists) const noexcept {
    using By = LayerSelector::By;
    for (std::size_t i = 0; i < row_count_; ++i) {
        const Row& row = rows_[i];
        if (row.mapping.layer.by != By::frame || row.mapping.encapsulated) continue;
        map_row(flow, row, sampled, 0, lists);
    }
    const auto all = layers_.all();
    for (std::size_t layer = 0; layer < all.size(); ++layer) {
        for (std::size_t i = 0; i < row_count_; ++i) {
            const LayerMapping& mapping = rows_[i].mapping;
            if (mapping.layer.by == By::frame) continue;
            if (!packet::matches(all[layer], {mapping.layer, mapping.encapsulated})) continue;
            const std::size_t behind =
                mapping.layer.by == By::payload ? layers_.sizes()[layer] : std::uint32_t{0};
            map_row(flow, rows_[i], sampled, all[layer].offset + behind, lists);
        }
    }
}

/// Its places of the frame, or all others.
void Frames::map_v1_rows(Flow& flow, Bytes sampled, bool of_frame, Lists& lists) const noexcept {
    for (std::size_t i = 0; i < row_count_; ++i) {
        const LayerMapping& mapping = rows_[i].mapping;
        if ((mapping.layer.by == LayerSelector::By::frame) != of_frame) continue;
        packet::for_each_layer(
            layers_, {mapping.layer, mapping.encapsulated},
            [&](std::size_t offset) { map_row(flow, rows_[i], sampled, offset, lists); });
    }
}

void Frames::map_row(Flow& flow, const Row& row, Bytes sampled, std::size_t offset,
                     Lists& lists) const noexcept {
    packet::Extracted memory;
    const packet::BitRange range{std::uint64_t{offset} * 8 + row.mapping.offset,
                                 row.mapping.length};
    const Bytes value = packet::extract_bits(sampled, range, dialect_, memory);
    put_mapped(flow, lists, {row.mapping.destination, row.transform, row.mapping.endian}, value);
}

}  // namespace flow::produce
