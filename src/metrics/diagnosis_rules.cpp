// SPDX-License-Identifier: BSD-3-Clause
// Rules about what is in datagrams. That about templates which do not come is in
// diagnosis_missing.cpp, those about numbers and times are in diagnosis_flow.cpp.
#include "metrics/diagnosis_rules.hpp"

#include <algorithm>
#include <string_view>

#include "metrics/deviations.hpp"
#include "metrics/diagnosis_evidence.hpp"
#include "metrics/sequence_health.hpp"
#include "metrics/words.hpp"

namespace flowd::rules {

namespace {

using flow::Deviation;
using flow::Traits;

constexpr std::uint64_t lengths_min = 3;
constexpr double lengths_share_min = 0.001;
constexpr double lengths_error_share = 0.01;
constexpr std::uint32_t changes_min = 3;
constexpr double rate_share_min = 0.1;
constexpr double refresh_long_seconds = 1200;
constexpr double announced_gaps_max = 3;
constexpr std::uint64_t fragments_min = 10;
constexpr std::uint64_t refused_min = 3;

bool announces_rates(const TemplateView& view) {
    const auto& fields = view.layout.fields;
    return view.layout.options && std::any_of(fields.begin(), fields.end(), [](const auto& field) {
               return field.enterprise == 0 &&
                      (field.id == 34 || field.id == 50 || field.id == 305 || field.id == 310);
           });
}

/// A domain lacks rates now that another one has.
bool has_rates_elsewhere(const Case& evidence) {
    const auto has_rates = [](const DomainView& each) {
        return each.sampling_source == "options" || !each.samplers.empty();
    };
    const auto lacks_rates = [&](const DomainView& domain) {
        return !has_rates(domain) &&
               std::any_of(evidence.traits.begin(), evidence.traits.end(), [&](const Traits& each) {
                   return each.name.version == domain.version && each.name.domain == domain.id &&
                          (has_lately(evidence, each, Deviation::rate_missing) ||
                           has_lately(evidence, each, Deviation::sampler_unknown));
               });
    };
    const auto& domains = evidence.view.domains;
    return std::any_of(domains.begin(), domains.end(), has_rates) &&
           std::any_of(domains.begin(), domains.end(), lacks_rates);
}

}  // namespace

void bad_lengths(const Case& evidence, std::vector<Finding>& findings) {
    constexpr Deviation kinds[]{
        Deviation::length_beyond,  Deviation::length_bad, Deviation::set_cut,
        Deviation::set_length_bad, Deviation::set_rest,   Deviation::template_cut,
        Deviation::count_beyond,   Deviation::sample_bad, Deviation::header_cut};
    std::uint64_t most = 0;
    Deviation worst = kinds[0];
    for (const Deviation kind : kinds) {
        const std::uint64_t count = late_count(evidence, kind);
        if (count > most) {
            most = count;
            worst = kind;
        }
    }
    const double share = share_of(most, evidence.lately.datagrams);
    if (most < lengths_min || share < lengths_share_min) return;
    findings.push_back(
        {share >= lengths_error_share ? Severity::error : Severity::warning, "bad_lengths",
         "Its length fields are wrong, in " + share_text(share) + " of its datagrams " +
             lately_text(evidence) + " (" + thousands_text(most) + "). " +
             std::string{deviation_sentence(worst)},
         "Keep some of these datagrams (flowctl capture) and report them to the vendor; see "
         "whether a newer firmware is without this."});
}

void bad_templates(const Case& evidence, std::vector<Finding>& findings) {
    for (const Deviation kind : {Deviation::template_empty, Deviation::template_id_bad,
                                 Deviation::set_reserved, Deviation::scope_missing}) {
        // Templates come every few minutes: three times may have taken longer than lately.
        const std::uint64_t count = late_count(evidence, kind);
        if (count == 0 || recent_count(evidence, kind) < lengths_min) continue;
        const bool harmless = kind == Deviation::scope_missing;
        findings.push_back({harmless ? Severity::note : Severity::warning,
                            flow::deviation_name(kind),
                            std::string{deviation_sentence(kind)} + " (" + times_text(count) + " " +
                                lately_text(evidence) + ")",
                            harmless ? "None is needed: flowd reads it all the same."
                                     : "Look at the export configuration, and report it to the "
                                       "vendor: flowd cannot use this."});
    }
}

void changed_template(const Case& evidence, std::vector<Finding>& findings) {
    const std::uint64_t lately = late_count(evidence, Deviation::template_changed);
    const TemplateView* worst = nullptr;
    for (const TemplateView& each : evidence.templates) {
        if (worst == nullptr || each.changes > worst->changes) worst = &each;
    }
    if (lately == 0 || worst == nullptr || worst->changes < changes_min) return;
    // Of templates that come seldom, those that are others nearly each time.
    if (lately < changes_min && worst->changes < worst->announcements / 2) return;
    const std::uint64_t count = worst->changes;
    const std::string which = "template " + std::to_string(worst->layout.id) + " of " +
                              domain_text(worst->layout.key.version, worst->layout.key.domain);
    findings.push_back(
        {Severity::warning, "template_changed",
         "It defines " + which + " anew again and again, each time with other fields (" +
             times_text(count) + "): data between two definitions may be read by the wrong one.",
         "Two processes or line cards probably share a domain: give each its own. Else, report it "
         "to the vendor."});
}

void unknown_rate(const Case& evidence, std::vector<Finding>& findings) {
    const auto often = [&](Deviation what) {
        const std::uint64_t count = late_count(evidence, what);
        return count >= 3 && share_of(count, evidence.lately.flows_sampled) >= rate_share_min;
    };
    std::string cause;
    std::string action =
        "Make the exporter send its sampler options, or configure its rate (sampling.fallback).";
    if ((often(Deviation::sampler_unknown) || often(Deviation::rate_missing)) &&
        has_rates_elsewhere(evidence)) {
        cause = "it announces rates in another domain than that of these flows";
        action = "Set sampling.across_domains, or configure its rate (sampling.fallback).";
    } else if (often(Deviation::sampler_unknown)) {
        cause = "its flows name a sampler whose rate it has not announced";
    } else if (often(Deviation::sampler_unnamed)) {
        cause = "it announces samplers of different rates, and its flows do not name theirs";
    } else if (often(Deviation::rate_missing) &&
               std::any_of(evidence.templates.begin(), evidence.templates.end(), announces_rates)) {
        cause = "it has a template for sampling rates, and has not sent any";
    } else {
        return;
    }
    findings.push_back(
        {Severity::warning, "sampling_unknown",
         "Its sampling rate is unknown: " + cause + ". Bytes and packets cannot be scaled up.",
         std::move(action)});
}

void wrong_listener(const Case& evidence, std::vector<Finding>& findings) {
    const std::uint64_t count = evidence.lately.not_here;
    if (count < refused_min) return;
    findings.push_back({Severity::warning, "protocol_not_here",
                        thousands_text(count) + " of its datagrams came " + lately_text(evidence) +
                            " to a listener that does not take their protocol, and were "
                            "dropped.",
                        "Send them to the port of a listener that does, or change `listen`."});
}

void fragments(const Case& evidence, std::vector<Finding>& findings) {
    const std::uint64_t count = evidence.lately.reassembled;
    std::uint16_t largest = 0;
    for (const Traits& each : evidence.traits) {
        largest = std::max(largest, each.payload_size_max);
    }
    const double share = share_of(count, evidence.lately.datagrams);
    if (count < fragments_min || share < 0.01) return;
    findings.push_back({Severity::note, "fragments",
                        "Its datagrams of up to " + thousands_text(largest) +
                            " bytes arrive in fragments (" + share_text(share) + " of them " +
                            lately_text(evidence) +
                            "): when one fragment is lost, so is the whole.",
                        "Let the exporter send at most 1,400 bytes, or raise the MTU on the "
                        "whole way."});
}

void rare_templates(const Case& evidence, std::vector<Finding>& findings) {
    double longest = 0;
    for (const TemplateView& each : evidence.templates) {
        // Nobody announces it any more.
        const double since = seconds_between(each.last_seen, evidence.now_seconds);
        if (since > announced_gaps_max * each.refresh_seconds) continue;
        if (!each.layout.options) longest = std::max(longest, each.refresh_seconds);
    }
    if (longest < refresh_long_seconds) return;
    findings.push_back(
        {Severity::note, "templates_rare",
         "Its templates come only every " + span_text(longest) + ": " +
             (evidence.keeps_templates
                  ? "after a change of them, up to that much data is read by old ones or waits."
                  : "after a restart of flowd up to that much data cannot be decoded, for flowd "
                    "does not keep templates here."),
         "Make the exporter send its templates " + std::string{template_pace} +
             (evidence.keeps_templates ? "." : ", or let flowd keep them (state.path).")});
}

}  // namespace flowd::rules
