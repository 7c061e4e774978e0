// SPDX-License-Identifier: BSD-3-Clause
// The exporters of one shard: a bounded table from source address to a small index. Anyone can
// spoof a source, so the table must survive a flood of them: an exporter without templates gives
// way to a newcomer (nothing is lost by that), one with templates only after it has been silent,
// long if data has used them. When none is to be had, newcomers share index 0 and wear down the
// table's patience. templates/README.md has the whole policy.
#pragma once

#include <cstdint>

#include "flow/base/index_table.hpp"
#include "flow/base/slots.hpp"
#include "flow/decode/patience.hpp"
#include "flow/model/address.hpp"
#include "flow/model/origin.hpp"

namespace flow {

/// What tells one exporter from another.
enum class TemplateKey : std::uint8_t {
    address,       ///< an exporter may change its port, for instance by a restart
    address_port,  ///< several exporters behind one translated address
};

/// What is known of an exporter beside its templates.
struct ExporterFacts {
    std::uint32_t first_seen = 0;
    std::uint32_t last_seen = 0;
    bool spoke_again = false;  ///< since the eviction hand last passed
    bool proven = false;
};

class Exporters {
public:
    /// Sources for which there was no room. They have no templates.
    static constexpr ExporterIndex other = 0;
    /// An exporter that has sent nothing for so long has stopped: routers repeat templates every
    /// few minutes.
    static constexpr std::uint32_t stale_after_seconds = 1800;
    /// Templates of an exporter count for something when data used them so long after it came.
    static constexpr std::uint32_t proven_after_seconds = 60;

    struct Entry {
        ExporterIndex index = other;
        bool fresh = false;  ///< not known before
        /// `index` was another exporter's: forget that one's state before use.
        bool evicted = false;
    };

    Exporters(std::uint32_t exporters_max, std::uint64_t seed,
              TemplateKey key = TemplateKey::address) noexcept;

    /// Finds the exporter or makes it. `port` counts only when the key has it. `now_seconds` is any
    /// clock that does not jump far.
    [[nodiscard]] Entry enter(const Address& address, std::uint16_t port,
                              std::uint32_t now_seconds) noexcept;
    [[nodiscard]] Entry enter(const Address& address, std::uint32_t now_seconds) noexcept {
        return enter(address, 0, now_seconds);
    }

    /// `other`: not known.
    [[nodiscard]] ExporterIndex find(const Address& address, std::uint16_t port) const noexcept {
        if (key_ == TemplateKey::address) port = 0;
        const auto same = [&](std::uint32_t index) { return is(index, address, port); };
        const std::uint32_t found = table_.find(hash_of(address, port), same);
        return found == IndexTable::none ? other : found;
    }

    [[nodiscard]] ExporterFacts facts(ExporterIndex index) const noexcept {
        const Slot& slot = slots_[index];
        return {slot.first_seen, slot.last_seen, slot.spoke_again, slot.proven};
    }
    /// In place of what was known.
    void settle(ExporterIndex index, const ExporterFacts& facts) noexcept {
        Slot& slot = slots_[index];
        slot.first_seen = facts.first_seen;
        slot.last_seen = facts.last_seen;
        slot.spoke_again = facts.spoke_again;
        slot.proven = facts.proven;
    }

    /// An exporter with templates is kept when room is short.
    void set_template_count(ExporterIndex index, std::uint32_t count) noexcept {
        slots_[index].template_count = count;
    }
    /// Data has used the exporter's templates.
    void prove(ExporterIndex index, std::uint32_t now_seconds) noexcept {
        Slot& slot = slots_[index];
        const std::int32_t age = Patience::silence(slot.first_seen, now_seconds);
        if (age >= std::int32_t{proven_after_seconds}) slot.proven = true;
    }
    [[nodiscard]] std::uint32_t template_count(ExporterIndex index) const noexcept {
        return slots_[index].template_count;
    }
    [[nodiscard]] const Address& address(ExporterIndex index) const noexcept {
        return slots_[index].address;
    }
    /// As ShardState::visit_tables().
    template <class Visit>
    void visit_tables(Visit& visit) noexcept {
        visit(slots_.memory());
    }
    // For Foresight: nothing changes.
    [[nodiscard]] std::uint64_t hash_of_source(const Address& address,
                                               std::uint16_t port) const noexcept {
        return hash_of(address, key_ == TemplateKey::address ? std::uint16_t{0} : port);
    }
    void prefetch_place(std::uint64_t hashed) const noexcept { table_.prefetch(hashed); }
    /// `other`: not known.
    [[nodiscard]] ExporterIndex guess(std::uint64_t hashed) const noexcept {
        const std::uint32_t index = table_.guess(hashed);
        return index == IndexTable::none ? other : index;
    }
    void prefetch(ExporterIndex index) const noexcept { __builtin_prefetch(&slots_[index]); }

    [[nodiscard]] TemplateKey key() const noexcept { return key_; }
    /// 0 unless the key has it.
    [[nodiscard]] std::uint16_t port(ExporterIndex index) const noexcept {
        return slots_[index].port;
    }
    [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
    [[nodiscard]] std::uint64_t evictions() const noexcept { return evictions_; }

private:
    struct Slot {
        Address address;
        std::uint16_t port;
        bool spoke_again;  ///< since the eviction hand last passed
        bool proven;
        std::uint32_t first_seen;
        std::uint32_t last_seen;
        std::uint32_t template_count;
    };

    /// A slot that may be given away, or `other`.
    [[nodiscard]] ExporterIndex find_victim(std::uint32_t now_seconds) noexcept;
    [[nodiscard]] std::uint64_t hash_of(const Address& address, std::uint16_t port) const noexcept {
        return hash(address, seed_ + (std::uint64_t{port} << 8));
    }
    [[nodiscard]] bool is(ExporterIndex index, const Address& address,
                          std::uint16_t port) const noexcept {
        return slots_[index].address == address && slots_[index].port == port;
    }

    Slots<Slot> slots_;  ///< [0] stands for `other`
    IndexTable table_;
    std::uint64_t seed_;
    TemplateKey key_;
    Patience patience_{stale_after_seconds};
    std::uint64_t evictions_ = 0;
    std::uint32_t size_ = 0;
    std::uint32_t hand_ = 0;
    ExporterIndex last_ = other;  ///< of the datagram before: exporters send in trains
};

}  // namespace flow
