// SPDX-License-Identifier: BSD-3-Clause
// Ranks and sums.
#include "http/metrics/budget.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "metrics/totals.hpp"

namespace flowd::metrics {

namespace {

constexpr std::size_t domains_of_exporter_max = 16;

void add_exporter(ExporterView& to, const ExporterView& from) {
    add(to.totals, from.totals);
    to.template_count += from.template_count;
    to.reassembled += from.reassembled;
    for (const DomainView& each : from.domains) {
        add(to.past, each.version, each.local_port, each.totals);
    }
    add(to.past, from.past);
}

/// Rates in steps of two, so that neighbours in rank do not change places with every scrape: who
/// leaves the budget, or comes into it, makes a step in the sums of "other".
template <class View>
auto rank(const View& view) {
    return std::tuple{std::ilogb(view.rates.flows + 1), view.totals.flows, view.totals.datagrams};
}

template <class View>
void sort_by_rank(std::vector<const View*>& views) {
    std::stable_sort(views.begin(), views.end(),
                     [](const View* a, const View* b) { return rank(*a) > rank(*b); });
}

bool has_several(const ExporterView& exporter) {
    const auto count = std::count_if(exporter.domains.begin(), exporter.domains.end(),
                                     [](const DomainView& each) { return each.version != 0; });
    return count > 1;
}

}  // namespace

Shown choose(const Observation& observation, std::size_t exporters_max) {
    Shown shown;
    shown.other = observation.other;
    shown.exporters.reserve(observation.exporters.size());
    for (const ExporterView& each : observation.exporters) shown.exporters.push_back(&each);
    sort_by_rank(shown.exporters);
    if (shown.exporters.size() <= exporters_max) return shown;
    for (std::size_t i = exporters_max; i < shown.exporters.size(); ++i) {
        add_exporter(shown.other, *shown.exporters[i]);
    }
    shown.others = shown.exporters.size() - exporters_max;
    shown.exporters.resize(exporters_max);
    return shown;
}

std::vector<ShownDomain> choose_domains(const std::vector<const ExporterView*>& exporters,
                                        std::size_t domains_max) {
    std::vector<ShownDomain> shown;
    std::vector<const DomainView*> domains;
    for (const ExporterView* exporter : exporters) {
        if (!has_several(*exporter)) continue;
        domains.clear();
        for (const DomainView& each : exporter->domains) {
            if (each.version != 0) domains.push_back(&each);
        }
        sort_by_rank(domains);
        if (domains.size() > domains_of_exporter_max) domains.resize(domains_of_exporter_max);
        if (shown.size() + domains.size() + 1 > domains_max) break;
        ShownDomain others{exporter, {}, true};
        others.domain.totals = exporter->totals;
        for (const DomainView* domain : domains) {
            shown.push_back({exporter, *domain, false});
            subtract(others.domain.totals, domain->totals);
        }
        shown.push_back(std::move(others));
    }
    return shown;
}

}  // namespace flowd::metrics
