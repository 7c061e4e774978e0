// SPDX-License-Identifier: BSD-3-Clause
// Three questions a second apart; then, answered or not, a minute of peace.
#include "ingress/dpdk/host/gateways.hpp"

#include "ingress/dpdk/host/arp.hpp"
#include "ingress/dpdk/host/neighbour.hpp"

namespace flowd::dpdk::host {
namespace {

constexpr std::uint8_t questions = 3;  // RFC 4861 §10, MAX_MULTICAST_SOLICIT
constexpr std::uint64_t question_interval = one_second;
constexpr std::uint64_t round_interval = 60 * one_second;
constexpr std::uint64_t source_wait = 250 * millisecond;  // until an address of ours is ready

void end_round(Gateway& gateway, bool answers, std::uint64_t now_ns) noexcept {
    gateway.answers = answers;
    gateway.asked = 0;
    gateway.segment = 0;
    gateway.due_ns = now_ns + round_interval;
}

std::size_t ask(State& state, Gateway& gateway, std::span<std::uint8_t> out,
                std::uint64_t now_ns) noexcept {
    const OwnAddress* const own = state.addresses.source_for(gateway.address);
    if (own == nullptr) {
        gateway.due_ns = now_ns + source_wait;
        return 0;
    }
    if (gateway.asked == questions) {
        end_round(gateway, false, now_ns);
        return 0;
    }
    FrameWriter writer{out};
    const Tag tag{state.segments[gateway.segment].vlan};
    if (gateway.address.size == 4) {
        write_arp_request(writer, state, *own, gateway.address.bytes(), tag);
    } else {
        write_solicitation(writer, state, *own, gateway.address.bytes(), tag);
    }
    if (++gateway.segment == state.segments.size()) {
        gateway.segment = 0;
        ++gateway.asked;
        gateway.due_ns = now_ns + question_interval;
    }
    return writer.size();
}

}  // namespace

std::size_t ask_next(State& state, std::span<std::uint8_t> out, std::uint64_t now_ns) noexcept {
    for (Gateway& gateway : state.gateways) {
        if (gateway.due_ns > now_ns) continue;
        if (const std::size_t size = ask(state, gateway, out, now_ns); size != 0) return size;
    }
    return 0;
}

void note_gateway(State& state, flow::Bytes address, flow::Bytes mac,
                  std::uint64_t now_ns) noexcept {
    for (Gateway& gateway : state.gateways) {
        if (!same(gateway.address.bytes(), address)) continue;
        // Unasked answers are anybody's claim.
        if (gateway.asked == 0 && gateway.segment == 0) return;
        gateway.mac = mac_of(mac);
        end_round(gateway, true, now_ns);
        state.wake(now_ns);  // to tell others
    }
}

void ask_again(State& state, std::uint64_t now_ns) noexcept {
    for (Gateway& gateway : state.gateways) {
        gateway.asked = 0;
        gateway.segment = 0;
        gateway.due_ns = now_ns;
    }
    state.wake(now_ns);
}

std::uint64_t next_question_ns(const State& state) noexcept {
    std::uint64_t due_ns = never;
    for (const Gateway& each : state.gateways) due_ns = std::min(due_ns, each.due_ns);
    return due_ns;
}

}  // namespace flowd::dpdk::host
