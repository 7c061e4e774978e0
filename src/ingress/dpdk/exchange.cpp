// SPDX-License-Identifier: BSD-3-Clause
// Passing frames between workers. Hot: flush() and take() run once per burst.
#include "ingress/dpdk/exchange.hpp"

#include <rte_mbuf.h>

#include <algorithm>

namespace flowd::dpdk {

Exchange::Exchange(ShardTable& table, Lanes& lanes, std::uint32_t self)
    : table_{table},
      lanes_{lanes},
      self_{self},
      staged_(table.worker_count()),
      marks_(table.worker_count()),
      held_(held_max) {}

Exchange::~Exchange() { discard(); }

Exchange::Discarded Exchange::discard() noexcept {
    Discarded discarded{static_cast<std::uint32_t>(staged_count_),
                        static_cast<std::uint32_t>(held_count_)};
    for (Staged& staged : staged_) {
        rte_pktmbuf_free_bulk(staged.frames.data(), static_cast<unsigned>(staged.count));
        staged.count = 0;
    }
    staged_count_ = 0;
    for (; held_count_ != 0; --held_count_) {
        rte_pktmbuf_free(held_[held_first_]);
        held_first_ = (held_first_ + 1) % held_max;
    }
    for (std::uint32_t from = 0; from < marks_.size(); ++from) {
        void* frame = nullptr;
        while (from != self_ && rte_ring_sc_dequeue(&lanes_.ring(from, self_), &frame) == 0) {
            rte_pktmbuf_free(static_cast<rte_mbuf*>(frame));
            ++discarded.in_rings;
        }
    }
    return discarded;
}

std::uint64_t Exchange::waiting() const noexcept {
    std::uint64_t count = staged_count_ + held_count_;
    for (std::uint32_t from = 0; from < marks_.size(); ++from) {
        if (from != self_) count += rte_ring_count(&lanes_.ring(from, self_));
    }
    return count;
}

std::uint32_t Exchange::flush() noexcept {
    std::uint32_t dropped = 0;
    if (staged_count_ == 0) return dropped;
    for (std::uint32_t to = 0; to < staged_.size(); ++to) {
        Staged& staged = staged_[to];
        if (staged.count == 0) continue;
        auto** const frames = reinterpret_cast<void**>(staged.frames.data());
        const unsigned sent = rte_ring_sp_enqueue_burst(
            &lanes_.ring(self_, to), frames, static_cast<unsigned>(staged.count), nullptr);
        staged.count -= sent;
        staged_count_ -= sent;
        if (staged.count == 0) continue;
        std::copy_n(staged.frames.begin() + sent, staged.count, staged.frames.begin());
        if (table_.waits_for_rings()) continue;
        rte_pktmbuf_free_bulk(staged.frames.data(), static_cast<unsigned>(staged.count));
        dropped += static_cast<std::uint32_t>(staged.count);
        staged_count_ -= staged.count;
        staged.count = 0;
    }
    return dropped;
}

std::uint16_t Exchange::take(std::span<rte_mbuf*> room) noexcept {
    std::size_t count = 0;
    if (is_full()) return 0;
    const std::uint32_t workers = lanes_.worker_count();
    for (std::uint32_t i = 0; i < workers && count < room.size(); ++i) {
        const std::uint32_t from = turn_;
        turn_ = turn_ + 1 == workers ? 0 : turn_ + 1;
        if (from == self_) continue;
        const unsigned taken = rte_ring_sc_dequeue_burst(
            &lanes_.ring(from, self_), reinterpret_cast<void**>(room.data() + count),
            static_cast<unsigned>(room.size() - count), nullptr);
        marks_[from] -= std::min(marks_[from], taken);
        count += taken;
    }
    return static_cast<std::uint16_t>(count);
}

void Exchange::keep(rte_mbuf* frame) noexcept {
    held_[(held_first_ + held_count_) % held_max] = frame;
    ++held_count_;
}

rte_mbuf* Exchange::next_released() noexcept {
    if (waits_ || held_count_ == 0) return nullptr;
    rte_mbuf* const frame = held_[held_first_];
    held_first_ = (held_first_ + 1) % held_max;
    if (--held_count_ == 0) move_ = {};
    return frame;
}

void Exchange::let_go() noexcept {
    waits_ = false;
    if (held_count_ == 0) move_ = {};
}

void Exchange::mark() noexcept {
    for (std::uint32_t from = 0; from < marks_.size(); ++from) {
        marks_[from] = from == self_ ? 0 : rte_ring_count(&lanes_.ring(from, self_));
    }
}

bool Exchange::passed() const noexcept {
    return std::all_of(marks_.begin(), marks_.end(), [](std::uint32_t mark) { return mark == 0; });
}

bool Exchange::empty() const noexcept {
    for (std::uint32_t from = 0; from < marks_.size(); ++from) {
        if (from != self_ && rte_ring_count(&lanes_.ring(from, self_)) != 0) return false;
    }
    return held_count_ == 0 && staged_count_ == 0;
}

}  // namespace flowd::dpdk
