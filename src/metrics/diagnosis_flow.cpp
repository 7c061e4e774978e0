// SPDX-License-Identifier: BSD-3-Clause
// Rules about sequence numbers, clocks and times.
#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "metrics/deviations.hpp"
#include "metrics/diagnosis_evidence.hpp"
#include "metrics/diagnosis_rules.hpp"
#include "metrics/sequence_health.hpp"
#include "metrics/words.hpp"

namespace flowd::rules {

namespace {

using flow::Deviation;
using flow::Traits;

constexpr double skew_note_seconds = 10;
constexpr double skew_warning_seconds = 60;
constexpr double skew_slack_seconds = 2;  ///< better by so much than a limit: below it again
/// Export times of NetFlow v9 and IPFIX are whole seconds, of a datagram that is filled meanwhile.
constexpr double a_year_seconds = 365 * 86400.0;
constexpr std::uint64_t still_min = 3;
constexpr std::uint64_t lost_min = 10;
constexpr std::uint64_t datagrams_min = 30;  ///< before numbers say much about a way
constexpr double lost_share_min = 0.001;
constexpr double lost_error_share = 0.01;
constexpr double odd_share_min = 0.01;
constexpr std::uint64_t odd_min = 10;
constexpr std::uint32_t an_hour_seconds = 3600;
constexpr std::uint32_t restarts_min = 2;
constexpr std::uint64_t faults_min = 3;

/// A domain that has moved to another worker has rows with both: the newer one counts.
const Traits* find_traits(const Case& evidence, const DomainView& domain) {
    const Traits* found = nullptr;
    for (const Traits& each : evidence.traits) {
        if (each.name.version != domain.version || each.name.domain != domain.id) continue;
        if (found == nullptr || each.seen_seconds > found->seen_seconds) found = &each;
    }
    return found;
}

/// " of observation domain 7", or nothing where there is only one.
std::string of_domain(const Case& evidence, const Traits& domain) {
    if (evidence.view.domains.size() < 2) return "";
    return " of " + domain_text(domain.name.version, domain.name.domain);
}

/// What sequence numbers have said lately that can be believed, in units of records and of
/// datagrams together.
struct Believed {
    std::uint64_t lost = 0;
    std::uint64_t late = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t received = 0;
    double lost_per_second = 0;  ///< now
    double received_per_second = 0;
    bool recent = false;
    bool of_records = false;
    bool of_datagrams = false;

    [[nodiscard]] std::string_view unit() const noexcept {
        if (of_records && of_datagrams) return "units";
        return of_records ? "flows" : "datagrams";
    }
    [[nodiscard]] double share_now() const noexcept {
        const double all = lost_per_second + received_per_second;
        return all > 0 && lost_per_second > 0 ? lost_per_second / all : 0;
    }
};

Believed believe(const Case& evidence) {
    Believed sum;
    for (std::size_t i = 0; i < evidence.view.domains.size(); ++i) {
        const DomainView& domain = evidence.view.domains[i];
        const ExporterCounts::Domain& lately = evidence.lately.domains[i];
        const Traits* const traits = find_traits(evidence, domain);
        if (traits == nullptr || judge_sequence(*traits) != SequenceHealth::plausible) continue;
        const bool records = counts_records(domain.version);
        sum.lost += lately.lost;
        sum.late += lately.late;
        sum.duplicates += lately.duplicates;
        sum.received += records ? lately.flows : lately.datagrams;
        sum.lost_per_second += domain.rates.sequence_lost;
        const double options = domain.version == 10 ? domain.rates.options : 0;
        sum.received_per_second += records ? domain.rates.flows + options : domain.rates.datagrams;
        (records ? sum.of_records : sum.of_datagrams) = true;
        sum.recent |= traits->gap_seconds != 0 && is_recent(evidence, traits->gap_seconds);
    }
    return sum;
}

/// Senders behind a domain: the one that spoke last, and those remembered.
std::size_t count_senders(const Traits& domain) {
    return 1 + static_cast<std::size_t>(
                   std::count_if(domain.senders.begin(), domain.senders.end(),
                                 [](const Traits::Sender& each) { return each.known; }));
}

bool has_other_ports(const Traits& domain) {
    return std::any_of(
        domain.senders.begin(), domain.senders.end(),
        [&](const Traits::Sender& each) { return each.known && each.port != domain.port; });
}

/// The domain whose export time has stood still most often, if one does lately.
const Traits* find_still(const Case& evidence) {
    constexpr auto still = static_cast<std::size_t>(Deviation::export_time_still);
    if (late_count(evidence, Deviation::export_time_still) < still_min) return nullptr;
    const Traits* found = nullptr;
    for (const Traits& each : evidence.traits) {
        if (!is_recent(evidence, each.deviations[still].last_seconds)) continue;
        const bool more =
            found == nullptr || each.deviations[still].count > found->deviations[still].count;
        if (more) found = &each;
    }
    return found;
}

/// From how many seconds on a clock is a finding of a severity. One that was goes on being one for
/// a while, as rounded seconds come and go.
double skew_limit_seconds(const Case& evidence, Severity severity) {
    const bool said =
        std::any_of(evidence.said.begin(), evidence.said.end(), [&](const Finding& each) {
            return (each.code == "clock_ahead" || each.code == "clock_behind") &&
                   each.severity >= severity;
        });
    const double limit = severity == Severity::note ? skew_note_seconds : skew_warning_seconds;
    return limit - (said ? skew_slack_seconds : 0);
}

}  // namespace

void shared_address(const Case& evidence, std::vector<Finding>& findings) {
    for (const Traits& domain : evidence.traits) {
        if (!is_recent(evidence, domain.seen_seconds)) continue;
        if (judge_sequence(domain) != SequenceHealth::several_rows) continue;
        std::string sentence = count_senders(domain) > 2 ? "Several senders" : "Two senders";
        sentence += " seem to share this address and " +
                    domain_text(domain.name.version, domain.name.domain) +
                    ": the sequence numbers alternate between two rows";
        if (has_other_ports(domain)) sentence += ", with the UDP source port";
        sentence += ". Templates of one may be taken for the other's, and loss cannot be told.";
        findings.push_back({Severity::warning, "shared_address", std::move(sentence),
                            "Give each its own domain (source id), or its own address. Behind a "
                            "NAT, set templates.key to \"address_port\"."});
        return;
    }
}

void sequence_unit(const Case& evidence, std::vector<Finding>& findings) {
    for (const Traits& domain : evidence.traits) {
        if (!is_recent(evidence, domain.seen_seconds)) continue;
        const SequenceHealth health = judge_sequence(domain);
        const std::uint8_t version = domain.name.version;
        const std::string whose = of_domain(evidence, domain);
        if (health == SequenceHealth::constant) {
            findings.push_back(
                {Severity::warning, "sequence_constant",
                 "Its sequence number" + whose + " never moves (it stays " +
                     std::to_string(domain.number) +
                     "): loss on the way cannot be seen, and what collectors report as loss or "
                     "duplicates is not real.",
                 "Report it to the vendor: " + std::string{protocol_text(version)} + " counts " +
                     std::string{unit_text(version)} + "."});
            return;
        }
        if (health != SequenceHealth::wrong_unit) continue;
        findings.push_back(
            {Severity::warning, "sequence_unit",
             "Its sequence numbers" + whose + " count " +
                 (counts_records(version) ? "datagrams" : "records") + " where " +
                 std::string{protocol_text(version)} + " counts " +
                 std::string{unit_text(version)} +
                 ": the loss that collectors report for it is not real.",
             "None is needed here; report it to the vendor, or choose the exporter's mode that "
             "follows the standard."});
        return;
    }
}

void clock(const Case& evidence, std::vector<Finding>& findings) {
    const Traits* worst = nullptr;
    for (const Traits& each : evidence.traits) {
        if (each.skew_least_ns > each.skew_most_ns) continue;  // says no time
        if (!is_recent(evidence, each.seen_seconds)) continue;
        if (worst == nullptr || std::abs(each.skew_last_ns) > std::abs(worst->skew_last_ns)) {
            worst = &each;
        }
    }
    if (const Traits* const still = find_still(evidence); still != nullptr) {
        findings.push_back({Severity::warning, "clock_still",
                            "Its export time stands still at " +
                                moment_text(still->export_seconds) + of_domain(evidence, *still) +
                                ": flow times that are counted from it will be wrong.",
                            "Restart its export process, and report it to the vendor."});
        return;
    }
    if (worst == nullptr) return;
    // Whole seconds are rounded down.
    const bool whole = worst->name.version == 9 || worst->name.version == 10;
    const double skew = static_cast<double>(worst->skew_last_ns) / 1e9 + (whole ? 0.5 : 0);
    const double size = std::abs(skew);
    if (size < skew_limit_seconds(evidence, Severity::note)) return;
    const bool unset = worst->export_seconds < a_year_seconds;
    const std::string by = thousands_text(static_cast<std::uint64_t>(std::llround(size))) + " s";
    std::string sentence =
        "Its clock is " + by + (skew > 0 ? " ahead of" : " behind") + " this machine's";
    if (size >= 120) sentence += " (" + span_text(size) + ")";
    if (unset) sentence = "Its clock is not set: it exports times of 1970";
    const bool is_large = size >= skew_limit_seconds(evidence, Severity::warning);
    findings.push_back({is_large ? Severity::warning : Severity::note,
                        unset      ? "clock_unset"
                        : skew > 0 ? "clock_ahead"
                                   : "clock_behind",
                        sentence + ": the times of its flows will be wrong.",
                        "Set NTP on the exporter. If others are off by as much, on this machine."});
}

void restarts(const Case& evidence, std::vector<Finding>& findings) {
    std::uint32_t most = 0;
    std::uint32_t last = 0;
    bool more = false;
    for (const Traits& domain : evidence.traits) {
        if (judge_sequence(domain) == SequenceHealth::several_rows) continue;
        std::uint32_t count = 0;
        for (const std::uint32_t each : domain.restart_seconds) {
            if (each == 0 || seconds_between(each, evidence.now_seconds) > an_hour_seconds)
                continue;
            ++count;
            last = std::max(last, each);
        }
        if (count > most) {
            most = count;
            more = count == Traits::restarts_kept && domain.restarts > count;
        }
    }
    if (most < restarts_min) return;
    findings.push_back({Severity::warning, "restarts",
                        "It restarted " + std::string{more ? "more than " : ""} + times_text(most) +
                            " in the last hour, last at " + moment_text(last) +
                            ": flows in its cache were lost each time.",
                        "See why the exporter, or its export process, restarts (its log, memory, "
                        "power)."});
}

void upstream_loss(const Case& evidence, std::vector<Finding>& findings) {
    const Believed all = believe(evidence);
    const double share = share_of(all.lost, all.lost + all.received);
    if (all.lost < lost_min || share < lost_share_min || !all.recent) return;
    if (evidence.lately.datagrams < datagrams_min) return;
    const std::uint64_t here = evidence.lately.dropped;
    const double now = all.share_now();
    findings.push_back(
        {share >= lost_error_share ? Severity::error : Severity::warning, "loss_upstream",
         share_text(share) + " of its " + std::string{all.unit()} +
             " were lost on the way to flowd " + lately_text(evidence) +
             (now > 2 * share ? ", " + share_text(now) + " in the last seconds" : "") +
             " (by its sequence numbers, " + thousands_text(all.lost) + " are missing); " +
             (here == 0
                  ? "flowd has dropped none of its datagrams meanwhile."
                  : "flowd itself has dropped " + thousands_text(here) + " datagrams meanwhile."),
         "Look at drops of the exporter's export queue, on the path, and of this machine's port "
         "and sockets (missed)."});
}

void local_loss(const Case& evidence, std::vector<Finding>& findings) {
    const Totals& totals = evidence.view.totals;
    if (totals.flows_dropped() == 0 || evidence.view.rates.flows_dropped <= 0) return;
    findings.push_back(
        {Severity::error, "loss_here",
         "flowd drops flows of it behind the decoder: " + thousands_text(totals.flows_dropped()) +
             " of " + thousands_text(totals.offered) + ".",
         "See the transports: which one does not keep up."});
}

void duplicates(const Case& evidence, std::vector<Finding>& findings) {
    const Believed all = believe(evidence);
    const std::uint64_t count = all.duplicates;
    const double share = share_of(count, evidence.lately.datagrams);
    if (count < odd_min || share < odd_share_min) return;
    findings.push_back({Severity::warning, "duplicates",
                        share_text(share) + " of its datagrams came twice " +
                            lately_text(evidence) + " (" + thousands_text(count) +
                            "): their flows count twice.",
                        "See whether it exports to two addresses of this machine, or whether a "
                        "mirror or a relay sends the traffic again."});
}

void reordering(const Case& evidence, std::vector<Finding>& findings) {
    const Believed all = believe(evidence);
    const std::uint64_t count = all.late;
    const double share = share_of(count, evidence.lately.datagrams);
    if (count < odd_min || share < odd_share_min) return;
    findings.push_back(
        {Severity::note, "reordering",
         share_text(share) + " of its datagrams were overtaken by others on the way " +
             lately_text(evidence) + " (" + thousands_text(count) + "). Nothing is lost by that.",
         "None is needed. Load balancing per packet, or several export threads, "
         "are usual causes."});
}

void impossible_times(const Case& evidence, std::vector<Finding>& findings) {
    std::array<std::uint64_t, flow::time_fault_count> counts{};
    for (std::size_t i = 0; i < counts.size(); ++i) {
        for (const Traits& each : evidence.traits) {
            if (!is_recent(evidence, each.time_faults[i].last_seconds)) continue;
            counts[i] = evidence.lately.time_faults[i];
        }
    }
    const auto worst = std::max_element(counts.begin(), counts.end());
    const double share = share_of(*worst, evidence.lately.flows_sampled);
    if (*worst < faults_min || share < odd_share_min) return;
    const auto kind = static_cast<flow::TimeFault>(worst - counts.begin());
    findings.push_back({Severity::warning, "impossible_times",
                        "The times of its flows cannot be: " + share_text(share) +
                            " of those sampled " + lately_text(evidence) + " " +
                            std::string{time_fault_text(kind)} + ".",
                        "Set the exporter's clock, and report it to the vendor. Flows keep the "
                        "times that it says."});
}

void silence(const Case& evidence, std::vector<Finding>& findings) {
    const ExporterView& view = evidence.view;
    const double silent = seconds_between(view.last_seen, evidence.now_seconds);
    if (view.last_seen == 0 || silent < silence_limit_seconds(view)) return;
    findings.push_back({Severity::warning, silent_code,
                        "It has sent nothing for " + span_text(silent) + ", since " +
                            moment_text(view.last_seen) + ".",
                        "See whether it runs and exports, and whether its datagrams reach this "
                        "machine (tcpdump)."});
}

}  // namespace flowd::rules
