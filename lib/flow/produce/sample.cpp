// SPDX-License-Identifier: BSD-3-Clause
// The kinds of flow records that are read; sFlow v5 spec §5.3 has them all.
#include "flow/produce/sample.hpp"

#include <algorithm>

#include "flow/packet/dissect.hpp"
#include "flow/produce/fill.hpp"
#include "flow/produce/headers.hpp"

namespace flow::produce {

namespace {

// Formats of flow records (sFlow v5 §5.3; enterprise 0).
constexpr std::uint32_t raw_header = 1;
constexpr std::uint32_t ipv4_data = 3;
constexpr std::uint32_t ipv6_data = 4;
constexpr std::uint32_t extended_switch = 1001;
constexpr std::uint32_t extended_router = 1002;
constexpr std::uint32_t extended_gateway = 1003;

void set(Flow& flow, Column column, std::uint64_t value) noexcept { flow.set(column, value); }

/// header_protocol, frame_length, stripped, then the header as opaque bytes. Protocols that are not
/// read here leave their columns empty; the frame still counts its bytes.
Error fill_raw_header(Flow& flow, Bytes body) noexcept {
    wire::Cursor in{body};
    const auto header = in.block<16>();
    if (in.failed()) return Error::bad_record;
    set(flow, Column::bytes, header.u32<4>());
    // The opaque's length is announced; some agents announce more than they put into the record.
    const std::size_t length = std::min<std::size_t>(header.u32<12>(), in.remaining());
    const Bytes sampled = in.take(length);
    using packet::FirstLayer;
    switch (header.u32<0>()) {
        case 1: fill_headers(flow, packet::dissect(sampled, FirstLayer::ethernet)); break;
        case 11: fill_headers(flow, packet::dissect(sampled, FirstLayer::ipv4)); break;
        case 12: fill_headers(flow, packet::dissect(sampled, FirstLayer::ipv6)); break;
        case 13: fill_headers(flow, packet::dissect(sampled, FirstLayer::mpls)); break;
        default: break;
    }
    return Error::none;
}

/// length, protocol, source, destination, ports, TCP flags, and TOS or priority
Error fill_ip(Flow& flow, Bytes body, std::size_t address_size) noexcept {
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
    set(flow, Column::ip_tos, tail.u32<12>());
    set(flow, Column::etype, address_size == 4 ? 0x0800 : 0x86dd);
    return Error::none;
}

/// source VLAN and priority, destination VLAN and priority
Error fill_switch(Flow& flow, Bytes body) noexcept {
    wire::Cursor in{body};
    const auto record = in.block<16>();
    if (in.failed()) return Error::bad_record;
    set(flow, Column::src_vlan, record.u32<0>());
    set(flow, Column::dst_vlan, record.u32<8>());
    return Error::none;
}

/// A typed address: 0 is "unknown" and has no bytes (sFlow v5 §5.1).
Bytes take_address(wire::Cursor& in) noexcept {
    switch (in.u32()) {
        case 0: return {};
        case 1: return in.take(4);
        case 2: return in.take(16);
        default: in.skip(in.remaining() + 1); return {};
    }
}

/// next hop, source and destination prefix length
Error fill_router(Flow& flow, Bytes body) noexcept {
    wire::Cursor in{body};
    const Bytes next_hop = take_address(in);
    const auto masks = in.block<8>();
    if (in.failed()) return Error::bad_record;
    flow.set(Column::next_hop, next_hop);
    set(flow, Column::src_net, masks.u32<0>());
    set(flow, Column::dst_net, masks.u32<4>());
    return Error::none;
}

}  // namespace

Error SampleFiller::fill(Flow& flow, const FlowSample& sample, const Origin& origin) noexcept {
    words_used_ = 0;
    produce::fill(flow, origin);
    set(flow, Column::sampling_rate, sample.sampling_rate);
    set(flow, Column::in_if, sample.input);
    set(flow, Column::out_if, sample.output);
    set(flow, Column::packets, 1);
    const std::uint64_t received = flow.number(Column::time_received);
    set(flow, Column::time_flow_start, received);
    set(flow, Column::time_flow_end, received);
    set(flow, Column::time_flow_start_ns, origin.received_ns);
    set(flow, Column::time_flow_end_ns, origin.received_ns);

    Error outcome = Error::none;
    wire::Cursor in{sample.records};
    for (std::uint32_t i = 0; i < sample.record_count; ++i) {
        const auto header = in.block<8>();
        const Bytes body = in.take(header.u32<4>());
        if (in.failed()) return first_failure(outcome, Error::bad_record);
        outcome = first_failure(outcome, fill_record(flow, header.u32<0>(), body));
    }
    return outcome;
}

Error SampleFiller::fill_record(Flow& flow, std::uint32_t format, Bytes body) noexcept {
    switch (format) {
        case raw_header: return fill_raw_header(flow, body);
        case ipv4_data: return fill_ip(flow, body, 4);
        case ipv6_data: return fill_ip(flow, body, 16);
        case extended_switch: return fill_switch(flow, body);
        case extended_router: return fill_router(flow, body);
        case extended_gateway: return fill_gateway(flow, body);
        default: return Error::none;
    }
}

bool SampleFiller::take_words(wire::Cursor& in, std::uint32_t count) noexcept {
    if (count > in.remaining() / 4 || count > words_.size() - words_used_) return false;
    for (std::uint32_t i = 0; i < count; ++i) words_[words_used_++] = in.u32();
    return true;
}

/// next hop, the router's AS, source AS, source peer AS, segments of the AS path, communities,
/// local preference. AsPath is all segments, one after another; without a path the destination is
/// in the router's own AS.
Error SampleFiller::fill_gateway(Flow& flow, Bytes body) noexcept {
    wire::Cursor in{body};
    const Bytes next_hop = take_address(in);
    const auto numbers = in.block<16>();  // AS, source AS, source peer AS, segment count
    if (in.failed()) return Error::bad_record;
    const std::size_t path_begin = words_used_;
    for (std::uint32_t i = 0; i < numbers.u32<12>(); ++i) {
        const auto segment = in.block<8>();  // type, AS count
        if (in.failed() || !take_words(in, segment.u32<4>())) return Error::bad_record;
    }
    const std::size_t path_end = words_used_;
    const std::uint32_t community_count = in.u32();
    if (in.failed() || !take_words(in, community_count)) return Error::bad_record;

    const std::uint32_t router_as = numbers.u32<0>();
    const std::uint32_t source_as = numbers.u32<4>();
    const bool has_path = path_end > path_begin;
    flow.set(Column::bgp_next_hop, next_hop);
    set(flow, Column::src_as, source_as != 0 ? source_as : router_as);
    set(flow, Column::dst_as, has_path ? words_[path_end - 1] : router_as);
    set(flow, Column::next_hop_as, has_path ? words_[path_begin] : 0);
    const std::uint32_t* const words = &words_[0];
    flow.set(Column::as_path, std::span{words + path_begin, path_end - path_begin});
    flow.set(Column::bgp_communities, std::span{words + path_end, words_used_ - path_end});
    return Error::none;
}

}  // namespace flow::produce
