// SPDX-License-Identifier: BSD-3-Clause
// The way of a frame. Hot: per frame.
#include "ingress/dpdk/intake.hpp"

#include <rte_mbuf_dyn.h>
#include <rte_mbuf_ptype.h>

#include "flow/packet/checksum.hpp"
#include "flow/packet/tunnel.hpp"
#include "ingress/clock.hpp"
#include "ingress/dpdk/answerer.hpp"
#include "ingress/dpdk/queue.hpp"
#include "ingress/dpdk/reta_tally.hpp"

namespace flowd::dpdk {

using flow::Error;

namespace {

/// By the port's word, or by looking. A sender on the same machine may have left the checksum to a
/// device that there is not (veth): then it is wrong.
bool has_bad_checksum(const rte_mbuf& frame, Checksums policy, flow::Bytes bytes,
                      flow::packet::LinkType link, const flow::packet::UdpFrame& udp) noexcept {
    if (policy == Checksums::off) return false;
    const std::uint64_t ip = frame.ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK;
    const std::uint64_t l4 = frame.ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;
    if (ip == RTE_MBUF_F_RX_IP_CKSUM_BAD || l4 == RTE_MBUF_F_RX_L4_CKSUM_BAD) return true;
    if (policy == Checksums::nic) return false;
    const bool seen = l4 == RTE_MBUF_F_RX_L4_CKSUM_GOOD &&
                      (ip == RTE_MBUF_F_RX_IP_CKSUM_GOOD || udp.source.size == 16);
    return !seen && flow::packet::verify(bytes, link, udp) == flow::packet::Checksum::bad;
}

/// Marks a frame that was put together, on its way to whichever worker: no port says of a whole
/// datagram that it is a fragment.
constexpr std::uint32_t joined_type = RTE_PTYPE_L4_FRAG;

bool is_joined(const rte_mbuf& frame) noexcept {
    return (frame.packet_type & RTE_PTYPE_L4_MASK) == joined_type;
}

}  // namespace

void Intake::add(std::span<rte_mbuf* const> frames, std::uint64_t now_ns) noexcept {
    for (std::size_t i = 0; i < frames.size(); ++i) {
        Queue::prefetch_ahead(frames, i);
        sort({frames[i], From::port, now_ns});
    }
}

void Intake::add_from_peers(std::span<rte_mbuf* const> frames, std::uint64_t now_ns) noexcept {
    for (std::size_t i = 0; i < frames.size(); ++i) {
        Queue::prefetch_ahead(frames, i);
        sort({frames[i], From::peer, now_ns});
    }
}

void Intake::add_released(rte_mbuf* frame, std::uint64_t now_ns) noexcept {
    sort({frame, From::hold, now_ns});
}

/// Its VLAN and its checksums. What is not is gone.
bool Intake::is_welcome(const Arrived& arrived, const Face& face, const Found& found,
                        flow::packet::LinkType link) noexcept {
    if (!face.takes_vlan(burst_.last_view())) {
        drop(arrived.frame, Error::frame_not_ours);
        return false;
    }
    if (!has_bad_checksum(*arrived.frame, face.checksums, found.frame, link, found.udp))
        return true;
    ++stats().checksums_bad;
    if (face.checksums != Checksums::drop) return true;
    drop(arrived.frame, Error::frame_bad_checksum);
    return false;
}

/// What another worker or the hold has passed on is here to stay.
inline void Intake::place(const Arrived& arrived, const Found& found) noexcept {
    ShardTable& table = exchange_->table();
    const std::uint32_t self = exchange_->self();
    const ShardPlace place = table.place_of(found.udp.source, found.udp.payload);
    if (arrived.from == From::port || arrived.from == From::joined) {
        const std::uint32_t owner =
            place.dealt ? deal_turn_++ % table.worker_count() : table.owner_of(place.bucket, self);
        tally(*arrived.frame, self, owner);
        if (owner != self) return forward(arrived.frame, owner);
    }
    if (arrived.from != From::hold && exchange_->holds(place)) [[unlikely]] {
        ++stats().held;
        return exchange_->keep(arrived.frame);
    }
    if (!place.dealt) {
        table.add_load(self, place.bucket, static_cast<std::uint32_t>(found.udp.payload.size()));
    }
    deliver(arrived.frame, found, arrived.now_ns, place.dealt);
}

/// Where the NIC's table should lead.
void Intake::tally(const rte_mbuf& frame, std::uint32_t self, std::uint32_t owner) noexcept {
    RetaTally* const tally = faces_[frame.port].tally;
    if (tally == nullptr || (frame.ol_flags & RTE_MBUF_F_RX_RSS_HASH) == 0) [[likely]]
        return;
    tally->add(self, frame.hash.rss, owner);
}

inline void Intake::deliver(rte_mbuf* frame, const Found& found, std::uint64_t now_ns,
                            bool dealt) noexcept {
    const Face& face = faces_[frame->port];
    sieve_.deliver(
        found.udp, found.door,
        {.readable_end = found.frame.data() + found.frame.size() + Burst::readable_behind(frame),
         .received_ns = received_ns(frame, face, now_ns),
         .dealt = dealt,
         .reassembled = is_joined(*frame)});
    burst_.keep(frame);
}

void Intake::sort(const Arrived& arrived) noexcept {
    sort(arrived, burst_.view(arrived.frame), faces_[arrived.frame->port].link);
}

void Intake::sort(const Arrived& arrived, flow::Bytes bytes, flow::packet::LinkType link) noexcept {
    const auto udp = flow::packet::find_udp(bytes, link);
    if (!udp) [[unlikely]]
        return set_aside(arrived, bytes, udp.error());
    const Sieve::Door* const door = sieve_.find_door(*udp);
    if (door == nullptr) [[unlikely]]
        return set_aside(arrived, bytes, Error::frame_not_ours);
    const Found found{*udp, *door, bytes};
    const Face& face = faces_[arrived.frame->port];
    const bool is_new = arrived.from == From::port || arrived.from == From::joined;
    if (face.looks_closer && is_new) {
        if (!is_welcome(arrived, face, found, link)) return;
    }
    if (exchange_ == nullptr) return deliver(arrived.frame, found, arrived.now_ns, false);
    place(arrived, found);
}

void Intake::forward(rte_mbuf* frame, std::uint32_t to) noexcept {
    if (!exchange_->stage(frame, to)) return drop(frame, Error::shard_ring_full);
    ++stats().forwarded;
}

void Intake::set_aside(const Arrived& arrived, flow::Bytes bytes, Error reason) noexcept {
    const Face& face = faces_[arrived.frame->port];
    const bool outermost =
        bytes.data() == burst_.last_view().data() && arrived.from != From::joined;
    if (reason == Error::frame_fragment && outermost && reassembles_) return join(arrived, bytes);
    if (reason == Error::frame_not_udp && outermost && face.decapsulates) {
        const auto inner = flow::packet::decapsulate(bytes, face.link);
        if (inner) return sort(arrived, inner->frame, inner->link);
    }
    if (face.answerer != nullptr && outermost && answer(arrived, bytes)) return;
    drop(arrived.frame, reason);
}

/// The parts of a datagram have no ports, so they meet at a worker that the source alone decides,
/// and that no move changes. The whole datagram then goes the way of any other.
void Intake::join(const Arrived& arrived, flow::Bytes bytes) noexcept {
    rte_mbuf* const frame = arrived.frame;
    const auto part = flow::packet::find_fragment(bytes, faces_[frame->port].link);
    if (!part) return drop(frame, part.error());
    if (exchange_ != nullptr && arrived.from == From::port) {
        const std::uint32_t owner = exchange_->table().fragment_owner(part->source);
        if (owner != exchange_->self()) return forward(frame, owner);
    }
    ++stats().fragments;
    const std::uint64_t came_ns =
        received_ns(frame, faces_[frame->port], clock_ns(CLOCK_MONOTONIC_COARSE));
    reassembler_.expire(came_ns);
    rte_mbuf* const whole = reassembler_.take(frame, *part, came_ns);
    if (whole == nullptr) return;
    ++stats().reassembled;
    whole->packet_type = joined_type;
    sort({whole, From::joined, arrived.now_ns});
}

/// By the worker that answers for the port. True when the frame is gone.
bool Intake::answer(const Arrived& arrived, flow::Bytes bytes) noexcept {
    const Face& face = faces_[arrived.frame->port];
    if (exchange_ != nullptr && face.answering_worker != exchange_->self()) {
        if (arrived.from != From::port) return false;
        if (!exchange_->stage(arrived.frame, face.answering_worker)) return false;
        ++stats().forwarded;
        return true;
    }
    if (face.shut != nullptr && face.shut->load(std::memory_order_acquire)) return false;
    switch (face.answerer->take(arrived.frame, bytes, clock_ns(CLOCK_MONOTONIC))) {
        case Answerer::Fate::none: return false;
        case Answerer::Fate::answered:
            ++stats().answered;
            rte_pktmbuf_free(arrived.frame);
            return true;
        case Answerer::Fate::kernel: ++stats().handed_to_kernel; return true;
    }
    return false;
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
