// SPDX-License-Identifier: BSD-3-Clause
// What exporter_counts.hpp declares: sums over the domains, and their differences.
#include "metrics/exporter_counts.hpp"

#include <algorithm>

namespace flowd {

namespace {

void take_off(std::uint64_t& from, std::uint64_t before) noexcept {
    from -= std::min(from, before);
}

/// Counts that wrap.
void take_off(std::uint32_t& from, std::uint32_t before) noexcept {
    from -= before;
    if (static_cast<std::int32_t>(from) < 0) from = 0;
}

}  // namespace

ExporterCounts count(const ExporterView& view, std::span<const flow::Traits> traits,
                     std::uint32_t now_seconds) {
    ExporterCounts sum;
    sum.seconds = now_seconds;
    sum.decoded = view.totals.decoded;
    sum.dropped = view.totals.datagrams_dropped();
    sum.not_here = view.totals.drops[static_cast<std::size_t>(flow::Error::protocol_not_here)];
    for (const flow::Traits& each : traits) {
        sum.datagrams += each.datagrams;
        sum.reassembled += each.reassembled;
        sum.flows_sampled += each.flows_sampled;
        for (std::size_t i = 0; i < sum.deviations.size(); ++i) {
            sum.deviations[i] += each.deviations[i].count;
        }
        for (std::size_t i = 0; i < sum.time_faults.size(); ++i) {
            sum.time_faults[i] += each.time_faults[i].count;
        }
    }
    sum.domains.reserve(view.domains.size());
    for (const DomainView& each : view.domains) {
        const Totals& totals = each.totals;
        // IPFIX numbers records of options, too (RFC 7011 §3.1).
        constexpr auto kind = static_cast<std::size_t>(flow::SetKind::options_data);
        const std::uint64_t options = each.version == 10 ? totals.set_records[kind] : 0;
        sum.domains.push_back({each.id, each.version, totals.flows + options, totals.datagrams,
                               totals.sequence.lost, totals.sequence.late,
                               totals.sequence.duplicates});
    }
    return sum;
}

ExporterCounts difference(const ExporterCounts& now, const ExporterCounts& before) {
    ExporterCounts left = now;
    left.seconds = now.seconds > before.seconds ? now.seconds - before.seconds : 0;
    take_off(left.datagrams, before.datagrams);
    take_off(left.decoded, before.decoded);
    take_off(left.dropped, before.dropped);
    take_off(left.not_here, before.not_here);
    take_off(left.reassembled, before.reassembled);
    take_off(left.flows_sampled, before.flows_sampled);
    for (std::size_t i = 0; i < left.deviations.size(); ++i) {
        take_off(left.deviations[i], before.deviations[i]);
    }
    for (std::size_t i = 0; i < left.time_faults.size(); ++i) {
        take_off(left.time_faults[i], before.time_faults[i]);
    }
    // Both are in the same order, but for domains that have come or gone: look on from the last.
    std::size_t next = 0;
    for (ExporterCounts::Domain& each : left.domains) {
        const std::size_t count = before.domains.size();
        for (std::size_t step = 0; step < count; ++step) {
            const ExporterCounts::Domain& old = before.domains[(next + step) % count];
            if (old.id != each.id || old.version != each.version) continue;
            next = (next + step + 1) % count;
            take_off(each.flows, old.flows);
            take_off(each.datagrams, old.datagrams);
            take_off(each.lost, old.lost);
            take_off(each.late, old.late);
            take_off(each.duplicates, old.duplicates);
            break;
        }
    }
    return left;
}

}  // namespace flowd
