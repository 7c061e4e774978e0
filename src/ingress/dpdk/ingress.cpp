// SPDX-License-Identifier: BSD-3-Clause
// The poll of a worker's queues, and its part in the exchange with other workers.
#include "ingress/dpdk/ingress.hpp"

#include "ingress/clock.hpp"
#include "ingress/dpdk/answerer.hpp"
#include "ingress/dpdk/thread.hpp"

namespace flowd::dpdk {
namespace {

/// While frames keep coming.
constexpr std::uint32_t bursts_between_words = 64;
constexpr std::uint64_t rounds_between_counts = 1024;

}  // namespace

Ingress::Ingress(const std::vector<Door>& doors, const std::vector<config::Listener>& listeners,
                 const Shared& shared, std::uint32_t self, const WorkerOptions& worker)
    : exchange_{shared.table == nullptr
                    ? nullptr
                    : std::make_unique<Exchange>(*shared.table, *shared.lanes, self)},
      intake_{listeners, shared.faces, exchange_.get(), shared.fragments},
      idler_{worker},
      burst_{worker.burst} {
    for (const Door& door : doors) {
        sources_.push_back({door.queue, &door.shut});
        const Face& face = shared.faces[door.queue.port_id()];
        if (door.queue.queue_id() == 0 && face.answerer != nullptr)
            voices_.push_back({face.answerer, &door.shut});
    }
}

void Ingress::attach() noexcept { attach_thread(); }

void Ingress::detach() noexcept {
    for (Source& source : sources_) source.missed.refresh(source.queue, intake_.stats());
    intake_.finish();
    // A hurried stop leaves some; those that others still send afterwards are not seen by anyone.
    if (exchange_) {
        const Exchange::Discarded gone = exchange_->discard();
        intake_.stats().forwarded -= gone.staged;
        intake_.stats().taken_over += gone.in_rings;
        intake_.drop(flow::Error::shard_ring_full, gone.staged + gone.held + gone.in_rings);
    }
    for (const Voice& voice : voices_) {
        if (!voice.shut->load(std::memory_order_acquire)) voice.answerer->say_farewell();
    }
    detach_thread();
}

std::span<const flow::Datagram> Ingress::receive() noexcept {
    intake_.clear();
    now_ns_ = 0;
    rounds_.store(rounds_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    if (rounds_.load(std::memory_order_relaxed) % rounds_between_counts == 0) count_missed();
    if (exchange_) exchange_->begin();
    polled_ = poll();
    if (polled_ != 0) intake_.add({frames_.data(), polled_}, now_ns());
    if (exchange_) share();
    if (intake_.waits_for_fragments()) [[unlikely]]
        intake_.expire(clock_ns(CLOCK_MONOTONIC_COARSE));
    if (!voices_.empty() && (polled_ == 0 || ++bursts_ % bursts_between_words == 0)) speak();
    if (polled_ != 0 || !intake_.datagrams().empty()) idler_.wake();
    return intake_.datagrams();
}

/// The next queue that has something.
std::uint16_t Ingress::poll() noexcept {
    if (closing_ || (exchange_ && exchange_->blocked())) [[unlikely]]
        return 0;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
        Source& source = sources_[turn_];
        turn_ = turn_ + 1 == sources_.size() ? 0 : turn_ + 1;
        if (source.shut->load(std::memory_order_acquire)) [[unlikely]]  // see Port::reopen()
            continue;
        const std::uint16_t count = source.queue.poll({frames_.data(), burst_});
        if (count != 0) return count;
    }
    return 0;
}

void Ingress::flush() noexcept {
    const std::uint32_t dropped = exchange_->flush();
    if (dropped == 0) [[likely]]
        return;
    intake_.stats().forwarded -= dropped;
    intake_.drop(flow::Error::shard_ring_full, dropped);
}

/// What is others' goes out, what is ours comes in.
void Ingress::share() noexcept {
    flush();
    while (intake_.room() != 0) {
        rte_mbuf* const frame = exchange_->next_released();
        if (frame == nullptr) break;
        intake_.add_released(frame, now_ns());
    }
    const std::uint16_t count = exchange_->take({frames_.data(), intake_.room()});
    if (count != 0) {
        intake_.stats().taken_over += count;
        intake_.add_from_peers({frames_.data(), count}, now_ns());
        flush();
    }
    if (closing_ && !left_ && !exchange_->blocked()) [[unlikely]] {
        left_ = true;
        exchange_->table().leave();
    }
}

/// Announcements, and frames from the kernel.
void Ingress::speak() noexcept {
    constexpr std::uint64_t silence_ns = 1'000'000;
    const std::uint64_t now = clock_ns(CLOCK_MONOTONIC);
    if (now - spoke_ns_ < silence_ns) return;
    spoke_ns_ = now;
    for (const Voice& voice : voices_) {
        if (!voice.shut->load(std::memory_order_acquire)) voice.answerer->tick(now);
    }
}

std::uint64_t Ingress::now_ns() noexcept {
    if (now_ns_ == 0) now_ns_ = clock_ns(CLOCK_REALTIME);
    return now_ns_;
}

void Ingress::close() noexcept { closing_ = true; }

std::uint64_t Ingress::waiting() const noexcept {
    return intake_.fragments_waiting() + (exchange_ ? exchange_->waiting() : 0);
}

const IngressStats& Ingress::stats() noexcept { return intake_.stats(); }

/// Now and then: a peer that comes back, or a reset, starts the driver's count anew.
void Ingress::count_missed() noexcept {
    for (Source& source : sources_) source.missed.refresh_if_old(source.queue, intake_.stats());
}

}  // namespace flowd::dpdk
