// SPDX-License-Identifier: BSD-3-Clause
// Holdings: whose the messages of a segment are that have not been handed on. A segment that is
// dropped is not read again, so somebody must know. The TX worker's.
#pragma once

#include <algorithm>
#include <cstdint>
#include <unordered_map>

#include "metrics/tx_ledger.hpp"

namespace flowd::spool {

class Holdings {
public:
    void add(Owner owner, std::uint64_t messages) {
        if (messages > 0) counts_[key_of(owner)] += messages;
    }
    /// More than there are: a file that somebody has changed.
    void take(Owner owner, std::uint64_t messages) noexcept {
        const auto at = counts_.find(key_of(owner));
        if (at == counts_.end()) return;
        at->second -= std::min(at->second, messages);
        if (at->second == 0) counts_.erase(at);
    }
    /// Messages of one owner, `most` at most; none when it is empty.
    [[nodiscard]] OwnerRun take_any(std::uint64_t most) noexcept {
        if (counts_.empty()) return {};
        const Owner owner = owner_of(counts_.begin()->first);
        const std::uint64_t count = std::min({counts_.begin()->second, most, run_max});
        take(owner, count);
        return {owner, static_cast<std::uint32_t>(count)};
    }
    /// Empties it: calls `visit(owner, count)` for each.
    template <class Visit>
    void drain(Visit&& visit) {
        for (const auto& [key, count] : counts_) visit(owner_of(key), count);
        counts_.clear();
    }
    [[nodiscard]] bool empty() const noexcept { return counts_.empty(); }

private:
    static constexpr std::uint64_t run_max = UINT32_MAX;

    [[nodiscard]] static std::uint64_t key_of(Owner owner) noexcept {
        return std::uint64_t{owner.source} << 32 | owner.account;
    }
    [[nodiscard]] static Owner owner_of(std::uint64_t key) noexcept {
        return {static_cast<std::uint32_t>(key >> 32), static_cast<std::uint32_t>(key)};
    }

    std::unordered_map<std::uint64_t, std::uint64_t> counts_;
};

}  // namespace flowd::spool
