// SPDX-License-Identifier: BSD-3-Clause
// What one shard has observed of its exporters, put together as the daemon does it for the X-ray:
// for tests of diagnoses.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "flow/decode/ledger.hpp"
#include "flow/decode/state.hpp"
#include "metrics/diagnosis.hpp"

namespace flowd::test {

struct ObservedExporter {
    ExporterView view;
    std::vector<flow::Traits> traits;
    std::vector<TemplateView> templates;

    [[nodiscard]] Evidence evidence(std::uint32_t now_seconds) const {
        return {view, traits, templates, now_seconds, false};
    }
};

inline void add(Totals& to, const flow::AccountCounts& counts) {
    to.datagrams += counts.datagrams;
    to.payload_bytes += counts.payload_bytes;
    to.decoded += counts.decoded;
    to.parked += counts.parked;
    for (std::size_t i = 0; i < to.drops.size(); ++i) to.drops[i] += counts.drops[i];
    to.flows += counts.flows;
    to.sequence.lost += counts.sequence_lost;
    to.sequence.late += counts.sequence_late;
    to.sequence.duplicates += counts.sequence_duplicates;
    to.sequence.resets += counts.sequence_resets;
}

inline std::vector<ObservedExporter> observe(const flow::ShardState& state) {
    std::map<std::string, ObservedExporter> by_address;
    const auto find = [&](const flow::Address& address) -> ObservedExporter& {
        const auto bytes = address.bytes();
        ObservedExporter& found = by_address[std::string(bytes.begin(), bytes.end())];
        found.view.address = address;
        return found;
    };
    state.ledger.for_each([&](std::uint32_t row, const flow::Account& account) {
        if (row == 0) return;
        ObservedExporter& exporter = find(account.name.exporter);
        add(exporter.view.totals, account.counts);
        if (exporter.view.first_seen == 0 || account.first_seen < exporter.view.first_seen) {
            exporter.view.first_seen = account.first_seen;
        }
        exporter.view.last_seen = std::max(exporter.view.last_seen, account.last_seen);
        if (account.name.version != 0) {
            DomainView& domain = exporter.view.domains.emplace_back();
            domain.version = account.name.version;
            domain.id = account.name.domain;
            add(domain.totals, account.counts);
        }
        flow::Traits traits{};
        if (state.traits.copy(row, traits) && traits.name == account.name) {
            exporter.traits.push_back(traits);
        }
    });
    state.visit_templates(
        0, UINT32_MAX, [&](const flow::StateKey& key, const flow::Template& layout, bool) {
            const flow::TemplateHistory history = state.templates.history(layout.slot);
            find(key.exporter)
                .templates.push_back(
                    {.layout = {.key = key,
                                .id = layout.id,
                                .options = layout.options,
                                .scope_count = layout.scope_count,
                                .fields = {layout.fields.begin(), layout.fields.end()}},
                     .first_seen = history.first_seen,
                     .last_seen = history.last_announced,
                     .announcements = history.announcements,
                     .changes = history.changes,
                     .refresh_seconds = history.refresh_seconds,
                     .used = history.used});
        });
    std::vector<ObservedExporter> all;
    for (auto& [name, exporter] : by_address) all.push_back(std::move(exporter));
    return all;
}

}  // namespace flowd::test
