// SPDX-License-Identifier: BSD-3-Clause
// Exchange: one RX worker's side of the rings between workers: frames of others' exporters go out,
// frames of its own come in, and those of an exporter whose state is on its way here wait. Hot;
// one per worker.
#pragma once

#include <rte_ring.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "ingress/dpdk/lanes.hpp"
#include "ingress/shard_table.hpp"

namespace flowd::dpdk {

class Exchange {
public:
    static constexpr std::size_t staged_max = 96;  ///< two bursts, and what reassembly completes
    static constexpr std::size_t held_max = 4096;

    /// Of worker `self`; `table` and `lanes` outlive it.
    Exchange(ShardTable& table, Lanes& lanes, std::uint32_t self);
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;
    /// Gives back what was not sent and what was held.
    ~Exchange();

    [[nodiscard]] std::uint32_t self() const noexcept { return self_; }
    [[nodiscard]] ShardTable& table() noexcept { return table_; }

    /// Before a burst: all frames of bursts before it are in the rings, or it is not said so.
    void begin() noexcept {
        const std::uint32_t epoch = table_.epoch();
        if (epoch != seen_ && staged_count_ == 0) [[unlikely]] {
            table_.saw(self_, epoch);
            seen_ = epoch;
        }
    }
    /// False when there is no room; the frame stays the caller's.
    [[nodiscard]] bool stage(rte_mbuf* frame, std::uint32_t to) noexcept {
        Staged& staged = staged_[to];
        if (staged.count == staged_max) return false;
        staged.frames[staged.count++] = frame;
        ++staged_count_;
        return true;
    }
    /// After a burst: into the rings. Returns how many there was no room for: they are gone, unless
    /// an exporter is moving, which takes a moment that is waited for.
    [[nodiscard]] std::uint32_t flush() noexcept;
    /// Frames wait for room in a ring, or for state: nothing more should be received from ports.
    [[nodiscard]] bool blocked() const noexcept { return staged_count_ != 0 || is_full(); }

    /// From the rings in turn, at most as many as there is room for. None while too many are held.
    [[nodiscard]] std::uint16_t take(std::span<rte_mbuf*> room) noexcept;

    // Frames that wait for state.

    [[nodiscard]] bool holds(const ShardPlace& place) const noexcept {
        return move_.concerns(place) && !place.dealt;
    }
    void keep(rte_mbuf* frame) noexcept;
    /// The frames that need not wait any longer, oldest first; null: none. When the last one is
    /// gone, nothing is held any more.
    [[nodiscard]] rte_mbuf* next_released() noexcept;

    void hold(const ShardMove& move) noexcept {
        move_ = move;
        waits_ = true;
    }
    void let_go() noexcept;
    [[nodiscard]] bool holding() const noexcept { return held_count_ != 0; }
    /// Frames that were neither sent nor let go, or that are in the rings to this worker.
    [[nodiscard]] std::uint64_t waiting() const noexcept;
    struct Discarded {
        std::uint32_t staged = 0;  ///< for other workers
        std::uint32_t held = 0;
        std::uint32_t in_rings = 0;  ///< from other workers
    };
    /// The end: what was not sent, what is held and what is in the rings to this worker is given
    /// back.
    Discarded discard() noexcept;
    void mark() noexcept;
    [[nodiscard]] bool passed() const noexcept;
    [[nodiscard]] bool empty() const noexcept;

private:
    struct Staged {
        std::array<rte_mbuf*, staged_max> frames{};
        std::size_t count = 0;
    };

    [[nodiscard]] bool is_full() const noexcept { return held_count_ + 2 * staged_max > held_max; }

    ShardTable& table_;
    Lanes& lanes_;
    std::uint32_t self_;
    std::uint32_t seen_ = 0;
    std::vector<Staged> staged_;  ///< by worker
    std::size_t staged_count_ = 0;
    std::uint32_t turn_ = 0;  ///< whose ring is next

    std::vector<std::uint32_t> marks_;  ///< by worker: frames in the ring to be received yet
    ShardMove move_;
    bool waits_ = false;           ///< let_go() has not been called
    std::vector<rte_mbuf*> held_;  ///< a ring
    std::size_t held_first_ = 0;
    std::size_t held_count_ = 0;
};

}  // namespace flowd::dpdk
