// SPDX-License-Identifier: BSD-3-Clause
// The RSS redirection table: which queue each remainder of the hash goes to. Rewritten now and then
// so that datagrams arrive at the worker that owns them. Cold; main thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "log/failure.hpp"

namespace flowd::dpdk {

struct RetaChange {
    std::uint16_t entry;
    std::uint16_t queue;

    [[nodiscard]] bool operator==(const RetaChange&) const noexcept = default;
};

/// The queue of each entry; a failure where the driver has no table or does not tell.
[[nodiscard]] Outcome<std::vector<std::uint16_t>> read_reta(std::uint16_t port_id);
/// The other entries stay. A running port is enough for drivers whose row says `reta_changes`.
[[nodiscard]] Failure write_reta(std::uint16_t port_id, std::span<const RetaChange> changes,
                                 std::size_t entry_count);

/// The entry that a packet with this hash came through; tables have a power of two of entries.
[[nodiscard]] constexpr std::uint32_t reta_entry(std::uint32_t hash,
                                                 std::uint32_t entry_count) noexcept {
    return hash & (entry_count - 1);
}

/// When an entry is worth being rewritten.
struct RetaRules {
    std::uint64_t datagrams_min = 1000;   ///< fewer say nothing
    std::uint32_t majority_percent = 66;  ///< of an entry's datagrams, owned by one worker
    std::size_t changes_max = 16;         ///< at once
};

/// `owned[entry * worker_count + worker]`: datagrams that came through the entry and belong to the
/// worker; `worker_of_queue`: who polls each queue. The entries with most misdirected datagrams
/// first; none whose queue the owner already polls. Of an owner's queues the one with the fewest
/// entries gets it.
[[nodiscard]] std::vector<RetaChange> plan_reta(std::span<const std::uint16_t> reta,
                                                std::span<const std::uint64_t> owned,
                                                std::size_t worker_count,
                                                std::span<const std::uint16_t> worker_of_queue,
                                                const RetaRules& rules = {});

}  // namespace flowd::dpdk
