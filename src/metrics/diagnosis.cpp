// SPDX-License-Identifier: BSD-3-Clause
// The order of the rules is that of causes: what explains others comes before them. Silence comes
// first: the others are of the time before it.
#include "metrics/diagnosis.hpp"

#include <algorithm>
#include <utility>

#include "metrics/diagnosis_rules.hpp"
#include "metrics/exporter_counts.hpp"

namespace flowd {

std::vector<Finding> diagnose(const Evidence& evidence) {
    using namespace rules;
    const Rule all[]{
        missing_template, bad_lengths,      shared_address,   sequence_unit, clock,
        bad_templates,    changed_template, restarts,         upstream_loss, local_loss,
        duplicates,       reordering,       impossible_times, unknown_rate,  wrong_listener,
        fragments,        rare_templates,   silence};
    ExporterCounts base;
    base.seconds = evidence.view.first_seen;
    if (evidence.before != nullptr) base = *evidence.before;
    const Case judged{
        evidence, difference(count(evidence.view, evidence.traits, evidence.now_seconds), base)};
    std::vector<Finding> findings;
    for (const Rule rule : all) rule(judged, findings);
    const auto rank = [](const Finding& each) {
        return std::pair{each.code == silent_code, each.severity};
    };
    std::stable_sort(findings.begin(), findings.end(),
                     [&](const Finding& a, const Finding& b) { return rank(a) > rank(b); });
    return findings;
}

}  // namespace flowd
