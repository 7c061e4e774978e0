// SPDX-License-Identifier: BSD-3-Clause
// The way of a frame. Hot: per frame.
#include "ingress/dpdk/intake.hpp"

#include <rte_mbuf_dyn.h>

#include "ingress/dpdk/queue.hpp"

namespace flowd::dpdk {

using flow::Error;

void Intake::add(std::span<rte_mbuf* const> frames, std::uint64_t now_ns) noexcept {
    for (std::size_t i = 0; i < frames.size(); ++i) {
        Queue::prefetch_ahead(frames, i);
        sort(frames[i], From::port, now_ns);
    }
}

void Intake::add_from_peers(std::span<rte_mbuf* const> frames, std::uint64_t now_ns) noexcept {
    for (std::size_t i = 0; i < frames.size(); ++i) {
        Queue::prefetch_ahead(frames, i);
        sort(frames[i], From::peer, now_ns);
    }
}

void Intake::add_released(rte_mbuf* frame, std::uint64_t now_ns) noexcept {
    sort(frame, From::hold, now_ns);
}

void Intake::sort(rte_mbuf* frame, From from, std::uint64_t now_ns) noexcept {
    const flow::Bytes bytes = burst_.view(frame);
    const auto udp = flow::packet::find_udp(bytes, faces_[frame->port].link);
    if (!udp) [[unlikely]]
        return set_aside(frame, bytes, udp.error(), from, now_ns);
    const Sieve::Door* const door = sieve_.find_door(*udp);
    if (door == nullptr) [[unlikely]]
        return set_aside(frame, bytes, Error::frame_not_ours, from, now_ns);
    const Found found{*udp, *door, bytes};
    if (exchange_ == nullptr) return deliver(frame, found, now_ns, false);
    place(frame, found, from, now_ns);
}

/// What another worker or the hold has passed on is here to stay.
void Intake::place(rte_mbuf* frame, const Found& found, From from, std::uint64_t now_ns) noexcept {
    ShardTable& table = exchange_->table();
    const std::uint32_t self = exchange_->self();
    const ShardPlace place = table.place_of(found.udp.source, found.udp.payload);
    if (from == From::port) {
        const std::uint32_t owner =
            place.dealt ? deal_turn_++ % table.worker_count() : table.owner_of(place.bucket, self);
        if (owner != self) return forward(frame, owner);
    }
    if (from != From::hold && exchange_->holds(place)) [[unlikely]] {
        ++stats().held;
        return exchange_->keep(frame);
    }
    if (!place.dealt) {
        table.add_load(self, place.bucket, static_cast<std::uint32_t>(found.udp.payload.size()));
    }
    deliver(frame, found, now_ns, place.dealt);
}

void Intake::deliver(rte_mbuf* frame, const Found& found, std::uint64_t now_ns,
                     bool dealt) noexcept {
    const Face& face = faces_[frame->port];
    sieve_.deliver(
        found.udp, found.door,
        {.readable_end = found.frame.data() + found.frame.size() + Burst::readable_behind(frame),
         .received_ns = received_ns(frame, face, now_ns),
         .dealt = dealt});
    burst_.keep(frame);
}

void Intake::forward(rte_mbuf* frame, std::uint32_t to) noexcept {
    if (!exchange_->stage(frame, to)) return drop(frame, Error::shard_ring_full);
    ++stats().forwarded;
}

void Intake::set_aside(rte_mbuf* frame, flow::Bytes bytes, Error reason, From from,
                       std::uint64_t now_ns) noexcept {
    if (reason == Error::frame_fragment && reassembles_) return join(frame, bytes, from, now_ns);
    drop(frame, reason);
}

/// The parts of a datagram have no ports, so they meet at a worker that the source alone decides,
/// and that no move changes. The whole datagram then goes the way of any other.
void Intake::join(rte_mbuf* frame, flow::Bytes bytes, From from, std::uint64_t now_ns) noexcept {
    const auto part = flow::packet::find_fragment(bytes, faces_[frame->port].link);
    if (!part) return drop(frame, part.error());
    if (exchange_ != nullptr && from == From::port) {
        const std::uint32_t owner = exchange_->table().fragment_owner(part->source);
        if (owner != exchange_->self()) return forward(frame, owner);
    }
    ++stats().fragments;
    const std::uint64_t came_ns = received_ns(frame, faces_[frame->port], now_ns);
    reassembler_.expire(came_ns);
    rte_mbuf* const whole = reassembler_.take(frame, *part, came_ns);
    if (whole == nullptr) return;
    ++stats().reassembled;
    sort(whole, From::port, now_ns);
}

void Intake::finish() noexcept { reassembler_.finish(); }

void Intake::drop(rte_mbuf* frame, Error reason) noexcept {
    sieve_.drop(reason);
    rte_pktmbuf_free(frame);
}

std::uint64_t Intake::received_ns(const rte_mbuf* frame, const Face& face,
                                  std::uint64_t now_ns) noexcept {
    if (face.time.offset < 0 || (frame->ol_flags & face.time.flag) == 0) [[likely]]
        return now_ns;
    return face.time.unit_ns *
           *RTE_MBUF_DYNFIELD(frame, face.time.offset, const rte_mbuf_timestamp_t*);
}

}  // namespace flowd::dpdk
