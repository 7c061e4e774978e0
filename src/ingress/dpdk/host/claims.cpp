// SPDX-License-Identifier: BSD-3-Clause
// The steps of an address: probes, then announcements, each of them on every segment.
#include "ingress/dpdk/host/claims.hpp"

#include "ingress/dpdk/host/arp.hpp"
#include "ingress/dpdk/host/neighbour.hpp"

namespace flowd::dpdk::host {
namespace {

constexpr std::uint64_t probe_interval = 250 * millisecond;
constexpr std::uint64_t last_probe_wait_ipv4 = 500 * millisecond;
constexpr std::uint64_t last_probe_wait_ipv6 = one_second;  // RFC 4861 §10, RETRANS_TIMER
constexpr std::uint64_t announce_interval = 2 * one_second;
constexpr std::uint64_t retry_interval = 60 * one_second;   // RFC 5227 §2.1.1, RATE_LIMIT_INTERVAL
constexpr std::uint64_t defend_interval = 10 * one_second;  // RFC 5227 §2.4
constexpr std::uint8_t announcements = 2;

std::uint8_t probes_of(const OwnAddress& own) noexcept { return own.address.size == 4 ? 3 : 1; }

std::uint8_t last_step_of(const OwnAddress& own) noexcept {
    return static_cast<std::uint8_t>(probes_of(own) + announcements - 1);
}

std::uint64_t wait_after(const OwnAddress& own) noexcept {
    const std::uint8_t probes = probes_of(own);
    if (own.step + 1 < probes) return probe_interval;
    if (own.step + 1 == probes) {
        return own.address.size == 4 ? last_probe_wait_ipv4 : last_probe_wait_ipv6;
    }
    return announce_interval;
}

std::size_t write_step(const State& state, const OwnAddress& own,
                       std::span<std::uint8_t> out) noexcept {
    const Tag tag{state.segments[own.segment].vlan};
    FrameWriter writer{out};
    const bool probes = own.step < probes_of(own);
    if (own.address.size == 4) {
        write_arp_claim(writer, state, own, tag, probes);
    } else if (probes) {
        write_duplicate_question(writer, state, own, tag);
    } else {
        write_unsolicited_advertisement(writer, state, own, tag);
    }
    return writer.size();
}

void go_on(const State& state, OwnAddress& own, std::uint64_t now_ns) noexcept {
    if (++own.segment < state.segments.size()) return;
    own.segment = 0;
    own.due_ns = own.step >= last_step_of(own) ? never : now_ns + wait_after(own);
    ++own.step;
}

}  // namespace

std::size_t claim_next(State& state, std::span<std::uint8_t> out, std::uint64_t now_ns) noexcept {
    for (OwnAddress& own : state.addresses.all()) {
        if (own.due_ns > now_ns) continue;
        own.verifying = own.step < probes_of(own);
        if (!own.verifying) own.claim = Claim::ready;
        if (own.claim == Claim::refused) own.claim = Claim::probing;
        const std::size_t size = write_step(state, own, out);
        go_on(state, own, now_ns);
        if (size != 0) return size;
    }
    return 0;
}

void note_conflict(State& state, OwnAddress& own, std::uint64_t now_ns) noexcept {
    state.stats.conflicts.add(1);
    if (own.claim == Claim::refused) return;
    if (own.verifying) {
        own.claim = Claim::refused;
        own.step = 0;
        own.segment = 0;
        own.due_ns = now_ns + retry_interval;
    } else if (own.address.size == 4 && own.due_ns == never &&
               (own.defended_ns == 0 || now_ns - own.defended_ns >= defend_interval)) {
        // RFC 5227 §2.4 (c): a station whose address is well known defends it.
        own.defended_ns = now_ns;
        own.step = last_step_of(own);
        own.due_ns = now_ns;
    }
    state.wake(now_ns);  // to tell others, and to defend
}

void claim_again(State& state, std::uint64_t now_ns) noexcept {
    for (OwnAddress& own : state.addresses.all()) {
        own.verifying = true;
        own.step = 0;
        own.segment = 0;
        own.due_ns = now_ns;
    }
    state.wake(now_ns);
}

std::uint64_t next_claim_ns(const State& state) noexcept {
    std::uint64_t due_ns = never;
    for (const OwnAddress& own : state.addresses.all()) due_ns = std::min(due_ns, own.due_ns);
    return due_ns;
}

}  // namespace flowd::dpdk::host
