// SPDX-License-Identifier: BSD-3-Clause
// The rare changes of the table.
#include "ingress/shard_table.hpp"

#include <cassert>

namespace flowd {

ShardTable::ShardTable(std::uint32_t worker_count, std::uint64_t seed)
    : worker_count_{worker_count}, seed_{seed}, shares_{std::make_unique<Share[]>(worker_count)} {
    assert(worker_count >= 1 && worker_count <= workers_max);
    for (auto& owner : owners_) owner.store(nobody, std::memory_order_relaxed);
}

void ShardTable::deal_out() noexcept {
    for (std::uint32_t bucket = 0; bucket < bucket_count; ++bucket) {
        std::uint8_t expected = nobody;
        owners_[bucket].compare_exchange_strong(
            expected, static_cast<std::uint8_t>(bucket % worker_count_), std::memory_order_relaxed);
    }
}

/// Two may ask at once, or the main thread deals out: the first one counts for all.
std::uint32_t ShardTable::claim(std::uint16_t bucket, std::uint32_t asking) noexcept {
    std::uint8_t expected = nobody;
    const bool mine = owners_[bucket].compare_exchange_strong(
        expected, static_cast<std::uint8_t>(asking), std::memory_order_relaxed);
    return mine ? asking : expected;
}

bool ShardTable::all_saw(std::uint32_t epoch) const noexcept {
    for (std::uint32_t worker = 0; worker < worker_count_; ++worker) {
        // Pairs with saw(). The difference is right when the number wraps, too.
        const std::uint32_t seen = shares_[worker].seen.load(std::memory_order_acquire);
        if (static_cast<std::int32_t>(seen - epoch) < 0) return false;
    }
    return true;
}

}  // namespace flowd
