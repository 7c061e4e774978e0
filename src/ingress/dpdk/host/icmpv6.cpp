// SPDX-License-Identifier: BSD-3-Clause
// Finds an ICMPv6 message, proves it, and hands it to who knows its type.
#include "ingress/dpdk/host/icmpv6.hpp"

#include "flow/packet/extensions.hpp"
#include "flow/packet/numbers.hpp"
#include "flow/wire/cursor.hpp"
#include "ingress/dpdk/host/checksum.hpp"
#include "ingress/dpdk/host/groups.hpp"
#include "ingress/dpdk/host/headers.hpp"
#include "ingress/dpdk/host/neighbour.hpp"

namespace flowd::dpdk::host {
namespace {

namespace protocol = flow::packet::protocol;

constexpr std::size_t echo_header_size = 8;
constexpr std::uint8_t traffic_class_mask = 0xfc;  // without ECN, RFC 3168 §5

enum class Found : std::uint8_t { message, other, malformed };

/// Other extension headers than a hop-by-hop header before the message are nobody's who asks on
/// this link.
Found find_message(flow::Bytes bytes, Icmpv6& found) noexcept {
    flow::wire::Cursor in{bytes};
    const auto header = in.block<40>();
    if (in.failed() || header.u8<0>() >> 4 != 6) return Found::malformed;
    flow::wire::Cursor rest{in.take(header.u16<4>())};
    if (in.failed()) return Found::malformed;
    found.source = header.bytes<8, 16>();
    found.destination = header.bytes<24, 16>();
    found.traffic_class = static_cast<std::uint8_t>(header.u16<0>() >> 4);
    found.hops = header.u8<7>();
    std::uint8_t next = header.u8<6>();
    if (next == protocol::hop_by_hop) {
        const flow::Bytes from = rest.rest();
        if (from.size() < 8) return Found::malformed;
        next = from[0];
        found.hop_by_hop = rest.take(flow::packet::extension_size(protocol::hop_by_hop, from[1]));
        if (rest.failed()) return Found::malformed;
    }
    if (next != protocol::icmpv6) return Found::other;
    found.message = rest.rest();
    if (found.message.size() < 4) return Found::malformed;
    const flow::Bytes addresses = header.bytes<8, 32>();
    return icmpv6_checksum_of(addresses, found.message) == 0 ? Found::message : Found::malformed;
}

std::size_t answer_echo(State& state, const Link& link, const Icmpv6& request, FrameWriter out,
                        std::uint64_t now_ns) noexcept {
    if (request.message.size() < echo_header_size) return state.malformed();
    // A group's echo (RFC 4443 §4.2 allows it) multiplies by the group: unanswered.
    if (request.message[1] != 0 || !request.hop_by_hop.empty() || !is_host(request.source) ||
        !state.addresses.is_ready(request.destination) ||
        state.addresses.find(request.source) != nullptr) {
        return 0;
    }
    state.stats.echo_requests.add(1);
    if (!state.may_reply(now_ns)) return 0;
    write_link(out, {.destination = link.source, .source = state.mac, .tags = link.tags},
               flow::packet::ethertype::ipv6);
    const std::size_t place = write_ipv6(
        out,
        {.source = request.destination,
         .destination = request.source,
         .traffic_class = static_cast<std::uint8_t>(request.traffic_class & traffic_class_mask),
         .protocol = protocol::icmpv6});
    const std::size_t start = out.at();
    out.u8(icmpv6::echo_reply);
    out.u8(0);
    out.u16(0);
    out.bytes(request.message.subspan(4));
    finish_icmpv6(out, place, start);
    return out.size();
}

}  // namespace

std::size_t answer_ipv6(State& state, const Link& link, FrameWriter out,
                        std::uint64_t now_ns) noexcept {
    const bool to_us = same(link.destination, state.mac);
    if (!to_us && link.destination[0] != 0x33) return 0;
    Icmpv6 found;
    switch (find_message(link.payload, found)) {
        case Found::message: break;
        case Found::other: return 0;
        case Found::malformed: return to_us ? state.malformed() : 0;
    }
    if (!to_us && !same(link.destination, group_mac(found.destination))) return 0;
    switch (found.message[0]) {
        case icmpv6::echo_request: return to_us ? answer_echo(state, link, found, out, now_ns) : 0;
        case icmpv6::solicitation: return answer_solicitation(state, link, found, out, now_ns);
        case icmpv6::advertisement: take_advertisement(state, link, found, now_ns); return 0;
        case icmpv6::listener_query: take_mld(state, link, found, now_ns); return 0;
        default: return 0;
    }
}

}  // namespace flowd::dpdk::host
