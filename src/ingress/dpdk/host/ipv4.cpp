// SPDX-License-Identifier: BSD-3-Clause
// Only what is whole, right in its checksums and from one host to us alone gets an echo.
#include "ingress/dpdk/host/ipv4.hpp"

#include "flow/packet/ip.hpp"
#include "ingress/dpdk/host/checksum.hpp"
#include "ingress/dpdk/host/groups.hpp"
#include "ingress/dpdk/host/headers.hpp"

namespace flowd::dpdk::host {
namespace {

constexpr std::uint8_t igmp = 2;
constexpr std::uint8_t echo_request = 8;
constexpr std::size_t icmp_header_size = 8;
constexpr std::uint8_t traffic_class_mask = 0xfc;  // without ECN, RFC 3168 §5

struct Packet {
    flow::Bytes header{};  ///< with its options
    flow::Bytes source{};
    flow::Bytes destination{};
    flow::Bytes payload{};
    std::uint8_t protocol = 0;
    bool fragment = false;
};

bool read_packet(flow::Bytes bytes, Packet& packet) noexcept {
    const flow::packet::Ipv4 ip{bytes};
    if (failed(ip.error()) || ip.is_cut(bytes)) return false;
    packet = {.header = bytes.first(ip.header_size()),
              .source = ip.addresses().first(4),
              .destination = ip.addresses().last(4),
              .payload = ip.payload(bytes),
              .protocol = ip.protocol(),
              .fragment = ip.is_fragment()};
    return checksum_of(packet.header) == 0;
}

std::size_t answer_echo(State& state, const Link& link, const Packet& packet, FrameWriter out,
                        std::uint64_t now_ns) noexcept {
    const flow::Bytes message = packet.payload;
    if (message.size() < icmp_header_size || checksum_of(message) != 0) return state.malformed();
    if (message[0] != echo_request || message[1] != 0) return 0;
    state.stats.echo_requests.add(1);
    // Options would have to be updated or turned round (RFC 1122 §3.2.2.6). Nobody needs a source
    // route to a collector, so what has any stays unanswered.
    const bool has_options = packet.header.size() > flow::packet::ipv4_header_size;
    if (has_options || !state.may_reply(now_ns)) return 0;
    write_link(out, {.destination = link.source, .source = state.mac, .tags = link.tags},
               flow::packet::ethertype::ipv4);
    const std::size_t place = write_ipv4(
        out, {.source = packet.destination,
              .destination = packet.source,
              .traffic_class = static_cast<std::uint8_t>(packet.header[1] & traffic_class_mask),
              .protocol = flow::packet::protocol::icmp});
    const std::size_t start = out.at();
    out.u32(0);
    out.bytes(message.subspan(4));
    if (out.size() == 0) return 0;
    out.patch(start + 2, checksum_of(out.since(start)));
    finish_ipv4(out, place, 0);
    return out.size();
}

}  // namespace

std::size_t answer_ipv4(State& state, const Link& link, FrameWriter out,
                        std::uint64_t now_ns) noexcept {
    const bool to_us = same(link.destination, state.mac);
    if (!to_us && (link.destination[0] & 1) == 0) return 0;
    Packet packet;
    if (!read_packet(link.payload, packet)) return to_us ? state.malformed() : 0;
    if (packet.protocol == igmp) {
        if (!packet.fragment && same(link.destination, group_mac(packet.destination))) {
            take_igmp(state, link, {packet.header, packet.destination, packet.payload}, now_ns);
        }
        return 0;
    }
    // A datagram for us in a frame for all would be answered by all (RFC 1122 §3.3.6).
    if (packet.protocol != flow::packet::protocol::icmp || packet.fragment || !to_us) return 0;
    if (!state.addresses.is_ready(packet.destination) || !is_host(packet.source) ||
        state.addresses.find(packet.source) != nullptr ||
        state.addresses.is_broadcast(packet.source)) {
        return 0;
    }
    return answer_echo(state, link, packet, out, now_ns);
}

}  // namespace flowd::dpdk::host
