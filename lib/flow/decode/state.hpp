// SPDX-License-Identifier: BSD-3-Clause
// The state of a shard: what is remembered of exporters from one datagram to the next. All memory
// is reserved by the constructor. One per shard; never shared, never locked.
#pragma once

#include <array>
#include <cstdint>

#include "flow/base/slots.hpp"
#include "flow/decode/domains.hpp"
#include "flow/decode/exporters.hpp"
#include "flow/decode/sampling/fallback.hpp"
#include "flow/decode/sampling/options.hpp"
#include "flow/decode/sequence_header.hpp"
#include "flow/decode/stats.hpp"
#include "flow/decode/templates/park.hpp"
#include "flow/decode/templates/sets.hpp"
#include "flow/decode/templates/store.hpp"
#include "flow/model/datagram.hpp"
#include "flow/model/learnt_state.hpp"

namespace flow {

struct ShardLimits {
    TemplateLimits templates{};
    DomainLimits domains{};
    ParkLimits park{};
    TemplateKey template_key = TemplateKey::address;
    SamplingSettings sampling{};
    /// Makes the tables' hashes unpredictable to senders; any number that they do not know.
    std::uint64_t hash_seed = 0;
};

/// The rate of flows that do not say theirs, and who said it.
struct SamplingRate {
    std::uint64_t rate = 0;
    sampling::Source source = sampling::Source::none;
};

class ShardState {
public:
    /// Counts in `counters`, which outlive the state.
    ShardState(const ShardLimits& limits, DecodeStats& counters) noexcept;

    ShardState(const ShardState&) = delete;
    ShardState& operator=(const ShardState&) = delete;

    /// Starts a datagram: its time is the clock.
    void open(const Datagram& datagram) noexcept { open(datagram.received_ns); }
    void open(std::uint64_t now_ns) noexcept {
        now_ns_ = now_ns;
        now_seconds_ = static_cast<std::uint32_t>(now_ns / 1'000'000'000);
        templates.set_now(now_seconds_);
        park.open(now_ns);
    }
    /// The exporter of the datagram.
    [[nodiscard]] ExporterIndex enter(const Datagram& datagram) noexcept {
        return enter(datagram.source, datagram.source_port, now_seconds_);
    }
    [[nodiscard]] ExporterIndex enter(const Address& address, std::uint16_t port,
                                      std::uint32_t now_seconds) noexcept;
    /// Counts loss of a protocol whose decoder does not: all but NetFlow v9 and IPFIX.
    void track(const Datagram& datagram, ExporterIndex exporter) noexcept {
        if (datagram.dealt) [[unlikely]] {
            ++stats.sequence_unchecked;
            return;
        }
        const SequenceHeader header = sequence_of(datagram, exporter);
        if (header.domain.version == 0) return;
        DomainState* const domain = domains.enter(header.domain, now_seconds_);
        if (domain != nullptr) domain->sequence.take(header.step, stats);
    }
    /// Ends the datagram and counts it. The outcome may be another one than its decoder's.
    Error close(ExporterIndex exporter, Error outcome) noexcept;
    /// Ends a run: nothing waits any longer.
    void finish() noexcept { park.expire_all(); }

    [[nodiscard]] std::uint32_t now_seconds() const noexcept { return now_seconds_; }
    [[nodiscard]] std::uint64_t now_ns() const noexcept { return now_ns_; }

    /// `domain` is null when there was no room for it.
    [[nodiscard]] SamplingRate rate_of(ExporterIndex exporter,
                                       const DomainState* domain) const noexcept {
        using sampling::Source;
        if (domain != nullptr && !domain->rates.empty()) {
            const std::uint64_t rate = domain->rates.rate();
            if (rate != 0) return {rate, Source::options};
        }
        if (!has_other_rates_) return {};
        return other_rate_of(exporter);
    }
    [[nodiscard]] SamplingRate rate_of(const Domain& domain) const noexcept {
        return rate_of(domain.exporter, domains.find(domain));
    }
    /// True when flows of the domain may get another rate by it. Null as above.
    bool announce(ExporterIndex exporter, DomainState* domain,
                  const sampling::Announcement& said) noexcept;

    /// What was learnt in an earlier run: trusted until the exporter says otherwise. `when` is any
    /// time near the datagrams to come. Failures are those of TemplateStore::put.
    [[nodiscard]] Result<TemplateStore::Learnt> restore(const LearntTemplate& learnt,
                                                        std::uint32_t when_seconds) noexcept;
    /// False when there is no room.
    bool restore(const LearntSampling& learnt, std::uint32_t when_seconds) noexcept;
    [[nodiscard]] StateKey key_of(const Domain& domain) const noexcept {
        return {exporters.address(domain.exporter), exporters.port(domain.exporter), domain.version,
                domain.id};
    }

    /// A walk in steps over what would be restored: the `at_most` slots from `from` on. Returns
    /// where to go on; the end is templates.end_slot(). `visit(StateKey, const Template&, bool
    /// confirmed)` copies what it wants to keep. What was restored and has not been heard of since
    /// is not confirmed: the exporter may be another shard's by now.
    template <class Visit>
    std::uint32_t visit_templates(std::uint32_t from, std::uint32_t at_most,
                                  Visit visit) const noexcept {
        return templates.visit(from, at_most,
                               [&](const Domain& domain, const Template& layout, bool confirmed) {
                                   visit(key_of(domain), layout, confirmed);
                               });
    }
    /// The same for domains with sampling rates, up to domains.end_slot():
    /// `visit(StateKey, const sampling::Rates&, bool confirmed)`.
    template <class Visit>
    std::uint32_t visit_sampling(std::uint32_t from, std::uint32_t at_most,
                                 Visit visit) const noexcept {
        return domains.visit(from, at_most, [&](const DomainState& each) {
            if (!each.rates.empty()) visit(key_of(each.domain), each.rates, !each.restored);
        });
    }
    // For a handover to or from another shard, see handover.hpp.
    [[nodiscard]] std::uint64_t announced_rate(ExporterIndex exporter) const noexcept {
        return announced_rates_[exporter];
    }
    void set_announced_rate(ExporterIndex exporter, std::uint64_t rate) noexcept {
        announced_rates_[exporter] = rate;
    }
    /// The rates of a domain have come or gone.
    void count_rate_change() noexcept { ++rate_changes_; }

    /// Counts whatever makes these walks find something else.
    [[nodiscard]] std::uint64_t changes() const noexcept {
        return templates.changes() + rate_changes_;
    }

    DecodeStats& stats;
    Exporters exporters;
    TemplateStore templates;
    Domains domains;
    Park park;
    Slots<sampling::OptionsLayout> options;  ///< by the template's slot

    // Scratch memory of decoders.
    std::array<TemplateField, template_fields_max> fields{};
    VariableLayout variable;

private:
    /// Behind one address nobody knows whose an entry without a port is.
    [[nodiscard]] bool has_place(const StateKey& key) const noexcept {
        return exporters.key() == TemplateKey::address || key.port != 0;
    }

    /// Where options data of the domain says nothing.
    [[nodiscard]] SamplingRate other_rate_of(ExporterIndex exporter) const noexcept;

    SamplingSettings sampling_;
    bool has_other_rates_;
    Slots<std::uint64_t> configured_rates_;  ///< by exporter
    Slots<std::uint64_t> announced_rates_;   ///< by exporter: the last one of any domain
    std::uint64_t rate_changes_ = 0;
    std::uint64_t now_ns_ = 0;
    std::uint32_t now_seconds_ = 0;
};

}  // namespace flow
