// SPDX-License-Identifier: BSD-3-Clause
// Who a frame is from and for; its protocol does the rest.
#include "ingress/dpdk/host/host.hpp"

#include "flow/packet/numbers.hpp"
#include "ingress/dpdk/host/arp.hpp"
#include "ingress/dpdk/host/claims.hpp"
#include "ingress/dpdk/host/gateways.hpp"
#include "ingress/dpdk/host/icmpv6.hpp"
#include "ingress/dpdk/host/ipv4.hpp"

namespace flowd::dpdk::host {
namespace {

constexpr std::uint64_t answers_bit = 1ULL << 48;

}  // namespace

/// In one of our VLANs, from another station, to us or to a group. Ports are promiscuous: frames of
/// others come by, and our own, where a switch mirrors.
bool Host::takes(const Link& link) const noexcept {
    const auto& vlans = state_.vlans;
    if (!vlans.empty() && std::find(vlans.begin(), vlans.end(), link.vlan) == vlans.end()) {
        return false;
    }
    const bool to_group = (link.destination[0] & 1) != 0;
    return is_station(link.source) && !same(link.source, state_.mac) &&
           (to_group || same(link.destination, state_.mac));
}

std::size_t Host::answer(flow::Bytes frame, std::span<std::uint8_t> reply,
                         std::uint64_t now_ns) noexcept {
    Link link;
    if (!read_link(frame, link) || !takes(link)) return 0;
    const FrameWriter out{reply};
    std::size_t size = 0;
    switch (link.ethertype) {
        case ethertype_arp: size = answer_arp(state_, link, out, now_ns); break;
        case flow::packet::ethertype::ipv4: size = answer_ipv4(state_, link, out, now_ns); break;
        case flow::packet::ethertype::ipv6: size = answer_ipv6(state_, link, out, now_ns); break;
        default: break;
    }
    if (size != 0) state_.stats.replies.add(1);
    return size;
}

std::size_t Host::announce(std::span<std::uint8_t> out, std::uint64_t now_ns) noexcept {
    if (now_ns < state_.next_due_ns) return 0;
    // Groups first: switches that snoop must know who listens before questions go there.
    std::size_t size = report_next(state_, out, now_ns);
    if (size == 0) size = claim_next(state_, out, now_ns);
    if (size == 0) size = ask_next(state_, out, now_ns);
    if (size == 0) {
        publish();
        state_.next_due_ns =
            std::min({next_report_ns(state_), next_claim_ns(state_), next_question_ns(state_)});
    } else {
        state_.stats.announcements.add(1);
    }
    return size;
}

/// A gateway is one number: its link address, and above it whether it answers.
void Host::publish() noexcept {
    const auto all = state_.addresses.all();
    for (std::size_t i = 0; i < all.size(); ++i) {
        state_.claims_seen[i].set(static_cast<std::uint64_t>(all[i].claim));
    }
    for (std::size_t i = 0; i < state_.gateways.size(); ++i) {
        const Gateway& gateway = state_.gateways[i];
        const std::uint64_t answers = gateway.answers ? answers_bit : 0;
        state_.gateways_seen[i].set(answers | flow::load_be(gateway.mac));
    }
}

std::vector<Host::AddressSeen> Host::addresses_seen() const {
    std::vector<AddressSeen> seen;
    for (const OwnAddress& each : state_.addresses.all()) {
        const Counter& claim = state_.claims_seen[seen.size()];
        seen.push_back({each.address, static_cast<Claim>(claim.get())});
    }
    return seen;
}

std::vector<Host::GatewaySeen> Host::gateways_seen() const {
    std::vector<GatewaySeen> seen;
    for (const Gateway& each : state_.gateways) {
        const std::uint64_t number = state_.gateways_seen[seen.size()].get();
        GatewaySeen gateway{each.address, (number & answers_bit) != 0, {}};
        for (std::size_t i = 0; i < gateway.mac.size(); ++i) {
            gateway.mac[i] = static_cast<std::uint8_t>(number >> (40 - 8 * i));
        }
        seen.push_back(gateway);
    }
    return seen;
}

void Host::link_came_up(std::uint64_t now_ns) noexcept {
    join_again(state_, now_ns);
    claim_again(state_, now_ns);
    ask_again(state_, now_ns);
}

std::size_t Host::farewell(std::span<std::uint8_t> out) noexcept {
    return leave_next(state_, farewell_, out);
}

}  // namespace flowd::dpdk::host
