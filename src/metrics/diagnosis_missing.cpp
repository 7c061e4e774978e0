// SPDX-License-Identifier: BSD-3-Clause
// The rule about data whose template has not come: since when, why, and what became of the data.
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flow/model/template.hpp"
#include "metrics/diagnosis_evidence.hpp"
#include "metrics/diagnosis_rules.hpp"
#include "metrics/sequence_health.hpp"
#include "metrics/words.hpp"

namespace flowd::rules {

namespace {

using flow::Absence;
using flow::Traits;

/// Datagrams without a template, after which it is missed: an exporter that has just begun may send
/// data first.
constexpr std::uint32_t missing_datagrams_min = 5;
constexpr double missing_error_seconds = 600;
/// A refresh that is as often as it is advised.
constexpr double refresh_often_seconds = 300;

struct MissingTemplate {
    const Traits* domain;
    Traits::Missing of;
};

bool is_of(const TemplateView& view, const flow::AccountName& domain) {
    return view.layout.key.version == domain.version && view.layout.key.domain == domain.domain;
}

/// A row does not hear of a template that came after its domain had moved to another worker.
bool has_template(const Case& evidence, const Traits& domain, std::uint16_t id) {
    return std::any_of(
        evidence.templates.begin(), evidence.templates.end(),
        [&](const TemplateView& each) { return each.layout.id == id && is_of(each, domain.name); });
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

/// What the domain does announce, while one of its templates is missing.
struct OtherTemplates {
    bool any = false;
    double often_seconds = 0;  ///< one of them comes again so often; 0: none, or not often
};

/// Often: as it is advised, and twice since the data came.
OtherTemplates find_others(const Case& evidence, const MissingTemplate& missing) {
    OtherTemplates found;
    const double lasted = seconds_between(missing.of.first_seconds, missing.of.last_seconds);
    for (const TemplateView& each : evidence.templates) {
        if (!is_of(each, missing.domain->name)) continue;
        found.any = true;
        if (missing.domain->absent_lost || each.announcements < 3 ||
            each.last_seen <= missing.of.first_seconds)
            continue;
        const double seconds =
            seconds_between(each.first_seen, each.last_seen) / (each.announcements - 1);
        const double often = std::max(1.0, seconds);
        if (often > refresh_often_seconds || lasted < 2 * often) continue;
        if (found.often_seconds == 0 || often < found.often_seconds) found.often_seconds = often;
    }
    return found;
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

std::string absence_text(const MissingTemplate& missing, Absence why,
                         const OtherTemplates& others) {
    switch (why) {
        case Absence::none: break;
        case Absence::too_long: return "without its template (flowd refused it)";
        case Absence::no_room: return "without its template (flowd had no room for it)";
        case Absence::broken: return "without its template (it came broken)";
        case Absence::withdrawn: return "without its template (the exporter withdrew it)";
        case Absence::evicted: return "without its template (flowd gave it up for others)";
    }
    if (missing.domain->absent_lost) return "without its template";
    if (others.often_seconds > 0) {
        return "without its template: it has announced others every " +
               span_text(others.often_seconds) + ", but never this one";
    }
    const std::string since = "without its template: it has not sent it since flowd heard of it";
    return since + (others.any ? ", though it sends others" : "");
}

std::string absence_action(Absence why, const OtherTemplates& others) {
    if (why == Absence::none && others.often_seconds > 0) {
        return "More frequent templates do not help. Restart its export, and report it to the "
               "vendor if it does not announce this one then; see whether large datagrams get "
               "lost on the way.";
    }
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
            return "Make the exporter send its templates " + std::string{template_pace} +
                   ", or restart its export. If it does send them, see whether large datagrams "
                   "get lost on the way.";
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

/// What became of `count` datagrams without their template. The exporter's other ones, `others`,
/// have their share of those that are parked. Traits are read later than totals, so a few of the
/// newest are in neither; they wait unless something was dropped.
std::string fate_text(std::uint64_t count, std::uint64_t others, const Totals& totals,
                      std::string_view what) {
    const double part = share_of(count, count + others);
    const double parked = std::round(static_cast<double>(totals.parked) * part);
    const std::uint64_t rest = count - std::min(count, static_cast<std::uint64_t>(parked));
    const std::uint64_t gone = std::min(rest, totals.datagrams_dropped());
    const std::uint64_t wait = count - gone;
    std::string text;
    if (wait > 0) {
        text = thousands_text(wait) + (wait == 1 ? " datagram waits for " : " datagrams wait for ");
        text += what;
        if (gone > 0) text += ", and ";
    }
    if (gone > 0) {
        text += thousands_text(gone) + (wait == 0 ? gone == 1 ? " datagram" : " datagrams" : "") +
                (gone == 1 ? " was dropped" : " were dropped");
    }
    return text + ".";
}

/// Templates that are missing for one reason.
struct MissingGroup {
    std::vector<MissingTemplate> all{};  ///< the first is the worst
    std::uint64_t unlisted = 0;          ///< datagrams of templates besides

    [[nodiscard]] std::uint64_t datagrams() const noexcept {
        std::uint64_t count = unlisted;
        for (const MissingTemplate& each : all) count += each.of.datagrams;
        return count;
    }
};

/// "It sends data for template 260 of observation domain 1, for 12 min now,", or until when.
std::string data_text(const Case& evidence, const Traits& domain, const Traits::Missing& missing) {
    const bool is_over = seconds_between(missing.last_seconds, evidence.now_seconds) >=
                         silence_limit_seconds(evidence.view);
    const double lasted = seconds_between(missing.first_seconds, missing.last_seconds);
    std::string text = is_over ? "It sent" : "It sends";
    text += " data for template " + std::to_string(missing.id) + " of " +
            domain_text(domain.name.version, domain.name.domain);
    if (lasted >= 1) text += ", for " + span_text(lasted) + (is_over ? "" : " now,");
    if (is_over)
        text += (lasted < 1 ? ", until " : " until ") + moment_text(missing.last_seconds) + ",";
    return text;
}

/// No flow of it has been read lately.
bool reads_nothing(const Case& evidence) {
    const auto& domains = evidence.lately.domains;
    return std::all_of(domains.begin(), domains.end(),
                       [](const ExporterCounts::Domain& each) { return each.flows == 0; });
}

/// What they wait for.
std::string_view template_text(const MissingGroup& group, bool refused) {
    if (refused) return "one that flowd can keep";
    return group.all.size() > 1 || group.unlisted != 0 ? "them" : "it";
}

/// `group` is not empty. `others`: datagrams that are told of elsewhere.
Finding tell_missing(const Case& evidence, const MissingGroup& group, std::uint64_t others,
                     std::string_view code, const std::string& how, std::string action) {
    const Traits& domain = *group.all.front().domain;
    const Traits::Missing& worst = group.all.front().of;
    const double lasted = seconds_between(worst.first_seconds, worst.last_seconds);
    std::string sentence = data_text(evidence, domain, worst) + " " + how;
    sentence += others_text(group.all.size() - 1, group.unlisted != 0);
    sentence += ": " + fate_text(group.datagrams(), others, evidence.view.totals,
                                 template_text(group, code == "template_limit"));
    const bool is_error = lasted >= missing_error_seconds || reads_nothing(evidence);
    return {is_error ? Severity::error : Severity::warning, code, std::move(sentence),
            std::move(action)};
}

}  // namespace

void missing_template(const Case& evidence, std::vector<Finding>& findings) {
    MissingGroup refused;
    MissingGroup missing;
    for (const MissingTemplate& each : list_missing(evidence)) {
        const bool too_long = why_absent(evidence, each) == Absence::too_long;
        (too_long ? refused : missing).all.push_back(each);
    }
    if (!missing.all.empty()) missing.unlisted = unlisted_missing(evidence);
    if (!refused.all.empty()) {
        findings.push_back(tell_missing(
            evidence, refused, missing.datagrams(), "template_limit",
            "with a template of more than " + thousands_text(flow::template_fields_max) +
                " fields, which is flowd's limit",
            "Let the exporter send fewer fields, or in several templates."));
    }
    if (missing.all.empty()) return;
    const MissingTemplate& worst = missing.all.front();
    const Absence why = why_absent(evidence, worst);
    const OtherTemplates others = find_others(evidence, worst);
    findings.push_back(tell_missing(evidence, missing, refused.datagrams(), "template_missing",
                                    absence_text(worst, why, others), absence_action(why, others)));
}

}  // namespace flowd::rules
