// SPDX-License-Identifier: BSD-3-Clause
// Rules about what is in datagrams. Those about numbers and times are in diagnosis_flow.cpp.
#include "metrics/diagnosis_rules.hpp"

#include <algorithm>
#include <string_view>

#include "flow/model/template.hpp"
#include "metrics/deviations.hpp"
#include "metrics/diagnosis_evidence.hpp"
#include "metrics/sequence_health.hpp"
#include "metrics/words.hpp"

namespace flowd::rules {

namespace {

using flow::Absence;
using flow::Deviation;
using flow::Traits;

/// Datagrams without a template, after which it is missed: an exporter that has just begun may send
/// data first.
constexpr std::uint32_t missing_datagrams_min = 5;
constexpr double missing_error_seconds = 600;
constexpr std::uint64_t lengths_min = 3;
constexpr double lengths_share_min = 0.001;
constexpr double lengths_error_share = 0.01;
constexpr std::uint32_t changes_min = 3;
constexpr double rate_share_min = 0.1;
constexpr double refresh_long_seconds = 1200;
constexpr double announced_gaps_max = 3;
constexpr std::uint64_t fragments_min = 10;
constexpr std::uint64_t refused_min = 3;

struct MissingTemplate {
    const Traits* domain;
    Traits::Missing of;
};

/// A row does not hear of a template that came after its domain had moved to another worker.
bool has_template(const Case& evidence, const Traits& domain, std::uint16_t id) {
    return std::any_of(
        evidence.templates.begin(), evidence.templates.end(), [&](const TemplateView& each) {
            return each.layout.id == id && each.layout.key.version == domain.name.version &&
                   each.layout.key.domain == domain.name.domain;
        });
}

std::vector<MissingTemplate> list_missing(const Case& evidence) {
    std::vector<MissingTemplate> all;
    for (const Traits& domain : evidence.traits) {
        for (const Traits::Missing& each : domain.missing) {
            const bool counts = each.id != 0 && each.datagrams >= missing_datagrams_min;
            if (!counts || !is_recent(evidence, each.last_seconds)) continue;
            if (!has_template(evidence, domain, each.id)) all.push_back({&domain, each});
        }
    }
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a.of.datagrams > b.of.datagrams; });
    return all;
}

/// Datagrams of templates that had no place in the list.
std::uint64_t unlisted_missing(const Case& evidence) {
    std::uint64_t count = 0;
    for (const Traits& domain : evidence.traits) {
        const Traits::Missing& others = domain.missing_others;
        if (is_recent(evidence, others.last_seconds)) count += others.datagrams;
    }
    return count;
}

bool has_any_template(const Case& evidence, const Traits& domain) {
    return std::any_of(evidence.templates.begin(), evidence.templates.end(),
                       [&](const TemplateView& each) {
                           return each.layout.key.version == domain.name.version &&
                                  each.layout.key.domain == domain.name.domain;
                       });
}

/// A domain that has moved to another worker has rows with both; its own is asked first.
Absence why_absent(const Case& evidence, const MissingTemplate& missing) {
    const auto find = [&](const Traits& domain) {
        for (const Traits::Absent& each : domain.absent) {
            if (each.id == missing.of.id) return each.why;
        }
        return Absence::none;
    };
    Absence why = find(*missing.domain);
    for (const Traits& each : evidence.traits) {
        if (why != Absence::none) break;
        if (each.name == missing.domain->name) why = find(each);
    }
    return why;
}

std::string absence_text(const Case& evidence, const Traits& domain, Absence why) {
    switch (why) {
        case Absence::none: break;
        case Absence::too_long: return "without its template (flowd refused it)";
        case Absence::no_room: return "without its template (flowd had no room for it)";
        case Absence::broken: return "without its template (it came broken)";
        case Absence::withdrawn: return "without its template (the exporter withdrew it)";
        case Absence::evicted: return "without its template (flowd gave it up for others)";
    }
    if (domain.absent_lost) return "without its template";
    const std::string since = "without its template: it has not sent it since flowd heard of it";
    return since + (has_any_template(evidence, domain) ? ", though it sends others" : "");
}

std::string_view absence_action(Absence why) {
    switch (why) {
        case Absence::withdrawn:
            return "Report it to the vendor: data behind a withdrawal needs the template again "
                   "(RFC 7011 §8.1).";
        case Absence::broken:
            return "Report it to the vendor, or see whether large datagrams are cut on the way.";
        case Absence::no_room:
        case Absence::evicted:
            return "Let flowd keep more templates (limits.templates, "
                   "limits.templates_per_exporter), or let the exporter use fewer.";
        default:
            return "Make the exporter send its templates more often (every 1 to 5 min, by time, "
                   "not by number of datagrams), or restart its export. If it does send them, see "
                   "whether large datagrams get lost on the way.";
    }
}

/// Templates besides the worst: those of the list, and maybe more.
std::string others_text(std::size_t listed, bool more) {
    if (listed == 0) return more ? ", and for others that are missing" : "";
    if (listed == 1)
        return more ? ", and for several others that are missing"
                    : ", and for another that is missing";
    if (more) return ", and for more than " + std::to_string(listed) + " others that are missing";
    return ", and for " + std::to_string(listed) + " others that are missing";
}

/// `all` is not empty; the first is the worst. `unlisted` datagrams are of templates besides.
Finding tell_missing(const std::vector<MissingTemplate>& all, std::uint64_t unlisted,
                     std::string_view code, const std::string& how, std::string action) {
    const Traits& domain = *all.front().domain;
    const Traits::Missing& worst = all.front().of;
    const double lasted = seconds_between(worst.first_seconds, worst.last_seconds);
    std::uint64_t count = unlisted;
    for (const MissingTemplate& each : all) count += each.of.datagrams;
    std::string sentence = "It sends data for template " + std::to_string(worst.id) + " of " +
                           domain_text(domain.name.version, domain.name.domain);
    if (lasted >= 1) sentence += ", for " + span_text(lasted) + " now,";
    sentence += " " + how;
    sentence += others_text(all.size() - 1, unlisted != 0);
    return {lasted >= missing_error_seconds ? Severity::error : Severity::warning, code,
            sentence + ": " + thousands_text(count) + " datagrams could not be decoded.",
            std::move(action)};
}

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

void missing_template(const Case& evidence, std::vector<Finding>& findings) {
    std::vector<MissingTemplate> refused;
    std::vector<MissingTemplate> missing;
    for (const MissingTemplate& each : list_missing(evidence)) {
        const bool too_long = why_absent(evidence, each) == Absence::too_long;
        (too_long ? refused : missing).push_back(each);
    }
    if (!refused.empty()) {
        findings.push_back(tell_missing(
            refused, 0, "template_limit",
            "with a template of more than " + thousands_text(flow::template_fields_max) +
                " fields, which is flowd's limit",
            "Let the exporter send fewer fields, or in several templates."));
    }
    if (missing.empty()) return;
    const Absence why = why_absent(evidence, missing.front());
    findings.push_back(tell_missing(missing, unlisted_missing(evidence), "template_missing",
                                    absence_text(evidence, *missing.front().domain, why),
                                    std::string{absence_action(why)}));
}

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
         "Refresh templates every 1 to 5 min" +
             std::string{evidence.keeps_templates ? "."
                                                  : ", or let flowd keep them (state.path)."}});
}

}  // namespace flowd::rules
