// SPDX-License-Identifier: BSD-3-Clause
// The exporters of one shard: a bounded table from source address to a small index. Anyone can
// spoof a source, so the table must survive a flood of them: an exporter without templates gives
// way to a newcomer (nothing is lost by that), one with templates only after it has been silent for
// long. When neither is to be had, newcomers share index 0.
#pragma once

#include <cstdint>

#include "flow/base/index_table.hpp"
#include "flow/base/slots.hpp"
#include "flow/model/address.hpp"
#include "flow/model/origin.hpp"

namespace flow {

class Exporters {
public:
    /// Sources for which there was no room. They have no templates.
    static constexpr ExporterIndex other = 0;
    /// An exporter that has sent nothing for so long has stopped: routers repeat templates every
    /// few minutes.
    static constexpr std::uint32_t stale_after_seconds = 1800;

    struct Entry {
        ExporterIndex index = other;
        bool evicted =
            false;  ///< `index` was another exporter's: forget that one's templates before use
    };

    Exporters(std::uint32_t exporters_max, std::uint64_t seed) noexcept;

    /// Finds the exporter or makes it. `now_seconds` is any clock that does not jump far.
    [[nodiscard]] Entry enter(const Address& address, std::uint32_t now_seconds) noexcept;

    /// An exporter with templates is kept when room is short.
    void set_template_count(ExporterIndex index, std::uint32_t count) noexcept {
        slots_[index].template_count = count;
    }
    [[nodiscard]] std::uint32_t template_count(ExporterIndex index) const noexcept {
        return slots_[index].template_count;
    }
    [[nodiscard]] const Address& address(ExporterIndex index) const noexcept {
        return slots_[index].address;
    }
    [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
    [[nodiscard]] std::uint64_t evictions() const noexcept { return evictions_; }

private:
    struct Slot {
        Address address;
        std::uint32_t last_seen;
        std::uint32_t template_count;
        bool spoke_again;  ///< since the eviction hand last passed
    };

    /// A slot that may be given away, or `other`.
    [[nodiscard]] ExporterIndex find_victim(std::uint32_t now_seconds) noexcept;

    Slots<Slot> slots_;  ///< [0] stands for `other`
    IndexTable table_;
    std::uint64_t seed_;
    std::uint64_t evictions_ = 0;
    std::uint32_t size_ = 0;
    std::uint32_t hand_ = 0;
    ExporterIndex last_ = other;  ///< of the datagram before: exporters send in trains
};

}  // namespace flow
