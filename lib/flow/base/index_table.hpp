// SPDX-License-Identifier: BSD-3-Clause
// A hash table from keys that live elsewhere to their index: open addressing with linear probing,
// sized at start, at most half full, erased by shifting back, so that a look-up needs no
// tombstones. The caller compares keys.
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>

#include "flow/base/slots.hpp"

namespace flow {

class IndexTable {
public:
    static constexpr std::uint32_t none = UINT32_MAX;

    /// Holds up to `entries_max` indexes.
    explicit IndexTable(std::size_t entries_max) noexcept
        : cells_{std::bit_ceil(entries_max * 2 + 2)}, mask_{cells_.size() - 1} {}

    /// The index under `hash` for which `equal(index)` holds, or `none`.
    template <class Equal>
    [[nodiscard]] std::uint32_t find(std::uint64_t hash, Equal equal) const noexcept {
        const auto tag = tag_of(hash);
        for (std::size_t at = hash & mask_; cells_[at].used; at = (at + 1) & mask_) {
            if (cells_[at].tag == tag && equal(cells_[at].index)) return cells_[at].index;
        }
        return none;
    }

    /// The same by the hash alone, and only where it is likely: perhaps another's.
    [[nodiscard]] std::uint32_t guess(std::uint64_t hash) const noexcept {
        constexpr std::size_t cells_max = 4;  // a cache line
        std::size_t at = hash & mask_;
        for (std::size_t i = 0; i < cells_max && cells_[at].used; ++i, at = (at + 1) & mask_) {
            if (cells_[at].tag == tag_of(hash)) return cells_[at].index;
        }
        return none;
    }
    /// Where find() and guess() begin.
    void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&cells_[hash & mask_]); }

    /// `index` must not be in the table yet, and the table not full.
    void insert(std::uint64_t hash, std::uint32_t index) noexcept {
        std::size_t at = hash & mask_;
        while (cells_[at].used) at = (at + 1) & mask_;
        cells_[at] = {tag_of(hash), index, home(hash), true};
    }

    void erase(std::uint64_t hash, std::uint32_t index) noexcept {
        std::size_t hole = hash & mask_;
        while (cells_[hole].used && cells_[hole].index != index) hole = (hole + 1) & mask_;
        if (!cells_[hole].used) return;
        // Pull back every later cell of the run that may lie in the hole: one whose home is not
        // past it.
        for (std::size_t at = (hole + 1) & mask_; cells_[at].used; at = (at + 1) & mask_) {
            const std::size_t distance_home = (at - cells_[at].home) & mask_;
            const std::size_t distance_hole = (at - hole) & mask_;
            if (distance_home < distance_hole) continue;
            cells_[hole] = cells_[at];
            hole = at;
        }
        cells_[hole].used = false;
    }

private:
    struct Cell {
        std::uint32_t tag;  ///< high half of the hash: most other keys differ here
        std::uint32_t index;
        std::uint32_t home;  ///< where the probe for this key starts
        bool used;
    };

    [[nodiscard]] static std::uint32_t tag_of(std::uint64_t hash) noexcept {
        return static_cast<std::uint32_t>(hash >> 32);
    }
    [[nodiscard]] std::uint32_t home(std::uint64_t hash) const noexcept {
        return static_cast<std::uint32_t>(hash & mask_);
    }

    Slots<Cell> cells_;
    std::size_t mask_;
};

}  // namespace flow
