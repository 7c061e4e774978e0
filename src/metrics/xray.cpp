// SPDX-License-Identifier: BSD-3-Clause
// What diagnosis.hpp declares, the part without judgement.
#include "metrics/xray.hpp"

#include <algorithm>

#include "metrics/deviations.hpp"
#include "metrics/diagnosis.hpp"
#include "metrics/sequence_health.hpp"
#include "metrics/timeouts.hpp"

namespace flowd {

namespace {

void add(std::vector<Xray::Deviating>& to, std::string code, std::uint64_t count,
         std::string sentence) {
    if (count > 0) to.push_back({std::move(code), count, std::move(sentence)});
}

std::vector<Xray::Deviating> list_deviations(std::span<const flow::Traits> traits) {
    std::vector<Xray::Deviating> all;
    for (std::size_t i = 0; i < flow::deviation_count; ++i) {
        const auto what = static_cast<flow::Deviation>(i);
        // That nothing is sampled is a way to be; where it is not, there is a finding.
        if (what == flow::Deviation::rate_missing) continue;
        std::uint64_t count = 0;
        for (const flow::Traits& each : traits) count += each.deviations[i].count;
        add(all, std::string{flow::deviation_name(what)}, count,
            std::string{deviation_sentence(what)});
    }
    for (std::size_t i = 0; i < flow::time_fault_count; ++i) {
        const auto what = static_cast<flow::TimeFault>(i);
        std::uint64_t count = 0;
        for (const flow::Traits& each : traits) count += each.time_faults[i].count;
        add(all, "time_" + std::string{flow::time_fault_name(what)}, count,
            "Flows " + std::string{time_fault_text(what)} + ".");
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.count > b.count; });
    return all;
}

}  // namespace

Xray make_xray(const Evidence& evidence) {
    Xray xray;
    FlowTimes times;
    for (const flow::Traits& each : evidence.traits) {
        times.add(each);
        xray.payload_size_max = std::max(xray.payload_size_max, each.payload_size_max);
        xray.reassembled += each.reassembled;
        xray.restarts += each.restarts;
        xray.sequence_trusted &= judge_sequence(each) == SequenceHealth::plausible;
        xray.flow_seconds.samples += each.durations_known;
        for (const flow::Traits::Tally& fault : each.time_faults) {
            xray.impossible_times += fault.count;
        }
    }
    xray.active_timeout_seconds = active_timeout(times);
    xray.inactive_timeout_seconds = inactive_timeout(times);
    xray.flow_seconds.median = median_seconds(times.durations);
    xray.flow_seconds.most = times.duration_most_ms / 1000.0;
    for (const TemplateView& each : evidence.templates) {
        if (each.refresh_seconds <= 0) continue;
        xray.template_refresh_seconds =
            std::max(xray.template_refresh_seconds.value_or(0), each.refresh_seconds);
    }
    xray.deviations = list_deviations(evidence.traits);
    return xray;
}

}  // namespace flowd
