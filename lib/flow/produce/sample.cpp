// SPDX-License-Identifier: BSD-3-Clause
// The kinds of flow records that are read; sFlow v5 spec §5.3 has them all.
#include "flow/produce/sample.hpp"

#include <algorithm>

#include "flow/produce/fill.hpp"
#include "flow/produce/gateway.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::produce {

namespace {

void set(Flow& flow, Column column, std::uint64_t value) noexcept { flow.set(column, value); }

/// source VLAN and priority, destination VLAN and priority
Error fill_switch(Flow& flow, Bytes body) noexcept {
    wire::Cursor in{body};
    const auto record = in.block<16>();
    if (in.failed()) return Error::bad_record;
    set(flow, Column::src_vlan, record.u32<0>());
    set(flow, Column::dst_vlan, record.u32<8>());
    return Error::none;
}

/// next hop, source and destination prefix length
Error fill_router(Flow& flow, Bytes body, Dialect dialect) noexcept {
    wire::Cursor in{body};
    const Bytes next_hop = take_address(in, dialect);
    const auto masks = in.block<8>();
    if (in.failed()) return Error::bad_record;
    flow.set(Column::next_hop, next_hop);
    set(flow, Column::src_net, masks.u32<0>());
    set(flow, Column::dst_net, masks.u32<4>());
    return Error::none;
}

}  // namespace

Error SampleFiller::fill(Flow& flow, const FlowSample& sample, const Origin& origin,
                         Lists& lists) const noexcept {
    lists.clear();
    produce::fill(flow, origin);
    set(flow, Column::sampling_rate, sample.sampling_rate);
    set(flow, Column::in_if, sample.input);
    set(flow, Column::out_if, sample.output);
    set(flow, Column::packets, 1);
    // A sample has no times: its packet was seen when it came.
    for (const Column column : {Column::time_flow_start_ns, Column::time_flow_end_ns}) {
        set(flow, column, origin.received_ns);
    }
    for (const Column column : {Column::time_flow_start, Column::time_flow_end}) {
        set(flow, column, origin.received_ns / 1'000'000'000);
    }
    if (!is_goflow2()) {  // which leaves them 0
        for (const Column column : {Column::time_flow_start_ms, Column::time_flow_end_ms}) {
            set(flow, column, origin.received_ns / 1'000'000);
        }
    }

    Error outcome = Error::none;
    wire::Cursor in{sample.records};
    for (std::uint32_t i = 0; i < sample.record_count; ++i) {
        const auto header = in.block<8>();
        const Bytes body = in.take(header.u32<4>());
        if (in.failed()) return first_failure(outcome, Error::bad_record);
        outcome = first_failure(outcome, fill_record(flow, header.u32<0>(), body, lists));
    }
    return outcome;
}

Error SampleFiller::fill_record(Flow& flow, std::uint32_t format, Bytes body,
                                Lists& lists) const noexcept {
    switch (format) {
        case raw_header: return fill_raw_header(flow, body, lists);
        case ipv4_data: return fill_ip(flow, body, 4);
        case ipv6_data: return fill_ip(flow, body, 16);
        case extended_switch: return fill_switch(flow, body);
        case extended_router: return fill_router(flow, body, dialect_);
        case extended_gateway: return fill_gateway(flow, body, dialect_, lists);
        default: return Error::none;
    }
}

/// header_protocol, frame_length, stripped, then the header as opaque bytes. Protocols that are not
/// read here leave their columns empty; the frame still counts its bytes.
Error SampleFiller::fill_raw_header(Flow& flow, Bytes body, Lists& lists) const noexcept {
    wire::Cursor in{body};
    const auto header = in.block<16>();
    if (in.failed()) return Error::bad_record;
    set(flow, Column::bytes, header.u32<4>());
    const std::uint32_t protocol = header.u32<0>();
    using packet::FirstLayer;
    if (is_goflow2()) {  // Ethernet only, and XDR's padding for a part of the packet
        if (protocol == 1) frames_.fill(flow, in.rest(), FirstLayer::ethernet, lists);
        return Error::none;
    }
    // The opaque's length is announced; some agents announce more than they put into the record.
    const Bytes sampled = in.take(std::min<std::size_t>(header.u32<12>(), in.remaining()));
    switch (protocol) {
        case 1: frames_.fill(flow, sampled, FirstLayer::ethernet, lists); break;
        case 11: frames_.fill(flow, sampled, FirstLayer::ipv4, lists); break;
        case 12: frames_.fill(flow, sampled, FirstLayer::ipv6, lists); break;
        case 13: frames_.fill(flow, sampled, FirstLayer::mpls, lists); break;
        default: break;
    }
    return Error::none;
}

/// length, protocol, source, destination, ports, TCP flags, and TOS or priority
Error SampleFiller::fill_ip(Flow& flow, Bytes body, std::size_t address_size) const noexcept {
    wire::Cursor in{body};
    const auto head = in.block<8>();
    const Bytes source = in.take(address_size);
    const Bytes destination = in.take(address_size);
    const auto tail = in.block<16>();
    if (in.failed()) return Error::bad_record;
    set(flow, Column::bytes, head.u32<0>());
    set(flow, Column::proto, head.u32<4>());
    flow.set(Column::src_addr, source);
    flow.set(Column::dst_addr, destination);
    set(flow, Column::src_port, tail.u32<0>());
    set(flow, Column::dst_port, tail.u32<4>());
    if (!is_goflow2()) set(flow, Column::tcp_flags, tail.u32<8>());  // which leaves them out
    set(flow, Column::ip_tos, tail.u32<12>());
    set(flow, Column::etype, address_size == 4 ? 0x0800 : 0x86dd);
    return Error::none;
}

}  // namespace flow::produce
