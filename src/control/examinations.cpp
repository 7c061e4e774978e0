// SPDX-License-Identifier: BSD-3-Clause
// Copies into memory that was there before.
#include "control/examinations.hpp"

#include <algorithm>
#include <tuple>

namespace flowd {

namespace {

template <class Each>
auto place(const Each& each) noexcept {
    return std::tie(each.address.size, each.address.octets, each.port);
}

}  // namespace

void Examinations::fill(const Examiner::Workers& workers, Observation& observation) {
    if (until_next_ == 0) {
        until_next_ = observation.exporters.size() / exporters_per_observation;
        examiner_.examine(workers, observation);
        entries_.resize(observation.exporters.size());
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            keep(observation.exporters[i], entries_[i]);
        }
        return;
    }
    --until_next_;
    static const Entry nothing{};
    auto entry = entries_.begin();
    for (ExporterView& view : observation.exporters) {
        while (entry != entries_.end() && place(*entry) < place(view)) ++entry;
        const bool known = entry != entries_.end() && place(*entry) == place(view);
        give(known ? *entry : nothing, view);
    }
}

void Examinations::keep(const ExporterView& view, Entry& entry) {
    entry.address = view.address;
    entry.port = view.port;
    entry.payload_size_max = view.payload_size_max;
    entry.reassembled = view.reassembled;
    entry.skew = view.skew;
    entry.domains.clear();
    for (const DomainView& each : view.domains) {
        entry.domains.push_back({each.version, each.id, each.skew});
    }
    entry.xray = view.xray;
    entry.findings = view.findings;
}

void Examinations::give(const Entry& entry, ExporterView& view) {
    view.payload_size_max = entry.payload_size_max;
    view.reassembled = entry.reassembled;
    view.skew = entry.skew;
    for (DomainView& domain : view.domains) {
        const auto known = std::find_if(
            entry.domains.begin(), entry.domains.end(), [&domain](const DomainSkew& each) {
                return each.version == domain.version && each.id == domain.id;
            });
        domain.skew = known == entry.domains.end() ? ClockSkew{} : known->skew;
    }
    view.xray = entry.xray;
    view.findings = entry.findings;
}

}  // namespace flowd
