// SPDX-License-Identifier: BSD-3-Clause
// ExporterTable: the exporters and their domains that flowd tells apart when it shows what it does,
// with their totals and rates. Bounded: when it is full, who was silent longest makes room, if that
// was for ten observations at least; else who comes stays outside. No threads, no clock.
#pragma once

#include <cstdint>
#include <vector>

#include "control/rate_window.hpp"
#include "flow/base/index_table.hpp"
#include "flow/decode/account.hpp"
#include "metrics/observation.hpp"

namespace flowd {

struct ExporterTableLimits {
    std::uint32_t exporters_max = 16'384;
    std::uint32_t domains_max = 65'536;
    std::uint32_t domains_per_exporter_max = 256;
    std::uint64_t hash_seed = 0;
};

/// Whose numbers they are: an exporter's and perhaps its domain's. Means nobody once the exporter
/// has been forgotten.
struct OwnerRef {
    std::uint32_t exporter_plus_one = 0;
    std::uint32_t exporter_generation = 0;
    std::uint32_t domain_plus_one = 0;
    std::uint32_t domain_generation = 0;

    [[nodiscard]] bool operator==(const OwnerRef&) const noexcept = default;
};

class ExporterTable {
public:
    explicit ExporterTable(const ExporterTableLimits& limits);

    /// An exporter that is heard of now. Nobody: there is no room. Who had to make room is
    /// forgotten: its numbers come with the next forgotten().
    [[nodiscard]] OwnerRef admit(const flow::AccountName& name, const RateClock& clock);
    struct Forgotten {
        Totals totals{};
        std::vector<PastDomains> past;  ///< of these
    };
    /// What those had that were forgotten since the last call.
    [[nodiscard]] Forgotten forgotten() noexcept;

    [[nodiscard]] bool has(const OwnerRef& owner) const noexcept;
    void add(const OwnerRef& owner, const Totals& what) noexcept;
    void subtract(const OwnerRef& owner, const Totals& what) noexcept;
    /// Of its domain, or of all where the domain was forgotten. Below 0 where more was taken back.
    [[nodiscard]] std::uint64_t sequence_lost(const OwnerRef& owner) noexcept;
    /// It was heard of: when, as the receive times say, and what its last datagram was like.
    void see(const OwnerRef& owner, const flow::Account& account) noexcept;
    /// It has sent something since the last observation.
    void touch(const OwnerRef& owner, const RateClock& clock) noexcept;
    /// A row of some worker is its domain's, or no longer.
    void hold(const OwnerRef& owner) noexcept;
    void release(const OwnerRef& owner) noexcept;

    /// Once an observation, after all else: the rates.
    void take_rates(const RateClock& clock) noexcept;
    /// By address. What it does not know of (templates, findings) stays as it was in `views`, of
    /// another perhaps.
    void write(std::vector<ExporterView>& views);

    [[nodiscard]] std::size_t exporter_count() const noexcept { return used_exporters_; }
    [[nodiscard]] std::size_t domain_count() const noexcept { return used_domains_; }
    [[nodiscard]] std::uint64_t forgotten_count() const noexcept { return forgotten_count_; }

private:
    static constexpr std::uint32_t none = flow::IndexTable::none;
    /// In observations.
    static constexpr std::uint64_t silent_enough = 10;

    struct Seen {
        std::uint32_t first = 0;
        std::uint32_t last = 0;

        void add(const flow::Account& account) noexcept;
        [[nodiscard]] bool is_newest(const flow::Account& account) const noexcept;
    };
    struct Exporter {
        flow::Address address{};
        std::uint16_t port = 0;
        bool used = false;
        std::uint32_t generation = 0;
        std::uint32_t first_domain = none;
        std::uint32_t domain_count = 0;
        std::uint32_t older = none;  ///< was silent for longer
        std::uint32_t newer = none;
        std::uint64_t spoke = 0;  ///< serial of the observation
        Seen seen{};
        Totals totals{};
        Rates rates{};
        TotalsRates window;
        std::vector<PastDomains> past{};
    };
    struct Domain {
        std::uint32_t exporter = none;  ///< none: it is free
        std::uint32_t generation = 0;
        std::uint32_t next = none;  ///< of the same exporter
        std::uint32_t id = 0;
        std::uint8_t version = 0;
        std::uint32_t rows = 0;  ///< of workers, that are its
        Seen seen{};
        std::uint32_t sampling_rate = 0;
        flow::sampling::Source sampling_source{};
        std::uint16_t local_port = 0;
        Totals totals{};
        Rates rates{};
        TotalsRates window;
    };

    [[nodiscard]] std::uint64_t hash_of(const flow::AccountName& name) const noexcept;
    [[nodiscard]] std::uint32_t find(const flow::AccountName& name) const noexcept;
    [[nodiscard]] std::uint32_t make(const flow::AccountName& name, const RateClock& clock);
    [[nodiscard]] std::uint32_t enter(std::uint32_t exporter, const flow::AccountName& name,
                                      const RateClock& clock);
    [[nodiscard]] bool make_room(Exporter& exporter);
    void forget(std::uint32_t index);
    void free(std::uint32_t domain, std::vector<PastDomains>& past);
    void unlink(std::uint32_t index) noexcept;
    void append(std::uint32_t index) noexcept;
    void sort();

    [[nodiscard]] Exporter* exporter_of(const OwnerRef& owner) noexcept;
    [[nodiscard]] Domain* domain_of(const OwnerRef& owner) noexcept;

    ExporterTableLimits limits_;
    flow::IndexTable table_;  ///< of exporters
    std::vector<Exporter> exporters_;
    std::vector<Domain> domains_;
    std::vector<std::uint32_t> free_exporters_;
    std::vector<std::uint32_t> free_domains_;
    std::size_t used_exporters_ = 0;
    std::size_t used_domains_ = 0;
    std::uint32_t oldest_ = none;
    std::uint32_t newest_ = none;
    std::vector<std::uint32_t> sorted_;  ///< exporters by address
    bool is_sorted_ = true;
    Forgotten forgotten_;
    std::uint64_t forgotten_count_ = 0;
};

}  // namespace flowd
