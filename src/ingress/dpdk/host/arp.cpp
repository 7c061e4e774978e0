// SPDX-License-Identifier: BSD-3-Clause
// 28 bytes, read and written.
#include "ingress/dpdk/host/arp.hpp"

#include "flow/wire/cursor.hpp"
#include "ingress/dpdk/host/claims.hpp"
#include "ingress/dpdk/host/gateways.hpp"

namespace flowd::dpdk::host {
namespace {

constexpr std::uint16_t request = 1;
constexpr std::uint16_t reply = 2;
constexpr Mac nobody{};
constexpr std::array<std::uint8_t, 4> no_address{};

struct Arp {
    std::uint16_t operation = 0;
    flow::Bytes sender_mac{};
    flow::Bytes sender{};
    flow::Bytes target_mac{};
    flow::Bytes target{};
};

bool read_arp(flow::Bytes payload, Arp& arp) noexcept {
    flow::wire::Cursor in{payload};
    const auto head = in.block<8>();
    arp.operation = head.u16<6>();
    arp.sender_mac = in.take(6);
    arp.sender = in.take(4);
    arp.target_mac = in.take(6);
    arp.target = in.take(4);
    if (in.failed()) return false;
    // Ethernet, IPv4, and the sizes of their addresses.
    return head.u16<0>() == 1 && head.u16<2>() == flow::packet::ethertype::ipv4 &&
           head.u16<4>() == 0x0604;
}

void write_arp(FrameWriter& out, const Way& way, const Arp& arp) noexcept {
    write_link(out, way, ethertype_arp);
    out.u16(1);
    out.u16(flow::packet::ethertype::ipv4);
    out.u16(0x0604);
    out.u16(arp.operation);
    out.bytes(arp.sender_mac);
    out.bytes(arp.sender);
    out.bytes(arp.target_mac);
    out.bytes(arp.target);
}

/// Someone else says that he has our address, or asks for it just as we do (RFC 5227 §2.1.1).
void watch_for_conflicts(State& state, const Arp& arp, std::uint64_t now_ns) noexcept {
    if (OwnAddress* const own = state.addresses.find(arp.sender)) {
        note_conflict(state, *own, now_ns);
    } else if (arp.operation == request && same(arp.sender, no_address)) {
        OwnAddress* const wanted = state.addresses.find(arp.target);
        if (wanted != nullptr && wanted->claim == Claim::probing) {
            note_conflict(state, *wanted, now_ns);
        }
    }
}

}  // namespace

std::size_t answer_arp(State& state, const Link& link, FrameWriter out,
                       std::uint64_t now_ns) noexcept {
    const bool to_us = same(link.destination, state.mac);
    if (!to_us && !same(link.destination, broadcast_mac)) return 0;
    Arp arp;
    if (!read_arp(link.payload, arp)) return state.malformed();
    if (!is_station(arp.sender_mac) || same(arp.sender_mac, state.mac)) return 0;
    watch_for_conflicts(state, arp, now_ns);
    if (arp.operation == reply && to_us && state.addresses.is_ready(arp.target)) {
        note_gateway(state, arp.sender, arp.sender_mac, now_ns);
    }
    if (arp.operation != request || state.addresses.find(arp.target) == nullptr) return 0;
    state.stats.arp_requests.add(1);
    // Who claims our address gets no reply but the announcement that defends it. A sender without
    // an address is a probe, and has to hear that the address is taken.
    const bool asks = is_host(arp.sender) || same(arp.sender, no_address);
    if (!asks || state.addresses.is_broadcast(arp.sender) ||
        state.addresses.find(arp.sender) != nullptr || !state.addresses.is_ready(arp.target) ||
        !state.may_reply(now_ns)) {
        return 0;
    }
    write_arp(out, {.destination = arp.sender_mac, .source = state.mac, .tags = link.tags},
              {.operation = reply,
               .sender_mac = state.mac,
               .sender = arp.target,
               .target_mac = arp.sender_mac,
               .target = arp.sender});
    return out.size();
}

void write_arp_claim(FrameWriter& out, const State& state, const OwnAddress& own, const Tag& tag,
                     bool probe) noexcept {
    write_arp(out, {.destination = broadcast_mac, .source = state.mac, .tags = tag.bytes()},
              {.operation = request,
               .sender_mac = state.mac,
               .sender = probe ? flow::Bytes{no_address} : own.address.bytes(),
               .target_mac = nobody,
               .target = own.address.bytes()});
}

void write_arp_request(FrameWriter& out, const State& state, const OwnAddress& own,
                       flow::Bytes target, const Tag& tag) noexcept {
    write_arp(out, {.destination = broadcast_mac, .source = state.mac, .tags = tag.bytes()},
              {.operation = request,
               .sender_mac = state.mac,
               .sender = own.address.bytes(),
               .target_mac = nobody,
               .target = target});
}

}  // namespace flowd::dpdk::host
