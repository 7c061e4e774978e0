// SPDX-License-Identifier: BSD-3-Clause
// Rows are large, so their order is made of numbers, and each is copied once.
#include "control/examiner.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace flowd {

namespace {

ClockSkew skew_of(const flow::Traits& traits) {
    if (traits.skew_least_ns > traits.skew_most_ns) return {};
    constexpr double billion = 1e9;
    return {true, static_cast<double>(traits.skew_last_ns) / billion,
            static_cast<double>(traits.skew_least_ns) / billion,
            static_cast<double>(traits.skew_most_ns) / billion};
}

/// Of the newest row of each domain; the worst is the exporter's. Domains that send no more say
/// nothing of its clock.
void fill_skews(std::span<const flow::Traits> traits, std::uint32_t now, ExporterView& view) {
    view.skew = {};
    for (DomainView& domain : view.domains) {
        domain.skew = {};
        std::uint32_t newest = 0;
        for (const flow::Traits& each : traits) {
            const bool mine = each.name.version == domain.version && each.name.domain == domain.id;
            if (!mine || each.seen_seconds < newest) continue;
            newest = each.seen_seconds;
            domain.skew = is_recent(newest, now) ? skew_of(each) : ClockSkew{};
        }
        const bool worse = std::abs(domain.skew.last_seconds) > std::abs(view.skew.last_seconds);
        if (domain.skew.known && (!view.skew.known || worse)) view.skew = domain.skew;
    }
}

}  // namespace

Examiner::Who Examiner::who(const flow::Address& address, std::uint16_t port) {
    return {address.size, address.octets, port};
}
Examiner::Who Examiner::who(const flow::Traits& traits) {
    return who(traits.name.exporter, traits.name.port);
}
Examiner::Who Examiner::who(const ExporterView& view) { return who(view.address, view.port); }
Examiner::Who Examiner::who(const TemplateView& view) {
    return who(view.layout.key.exporter, view.layout.key.port);
}

template <class Each>
std::span<const Each> Examiner::rows_of(const std::vector<Each>& all, const Who& whose) {
    const auto before = [](const Each& a, const Who& b) { return who(a) < b; };
    const auto first = std::lower_bound(all.begin(), all.end(), whose, before);
    auto last = first;
    while (last != all.end() && who(*last) == whose) ++last;
    return {first, last};
}

void Examiner::sort(const std::vector<flow::Traits>& traits) {
    order_.resize(traits.size());
    std::iota(order_.begin(), order_.end(), 0u);
    std::sort(order_.begin(), order_.end(),
              [&](std::uint32_t a, std::uint32_t b) { return who(traits[a]) < who(traits[b]); });
    sorted_.clear();
    for (const std::uint32_t at : order_) sorted_.push_back(traits[at]);
}

/// Verdicts of exporters that have gone are dropped; new exporters get an empty one.
void Examiner::keep_verdicts(const std::vector<ExporterView>& exporters) {
    const auto same = [](const Verdict& a, const ExporterView& b) { return a.whose == who(b); };
    if (std::equal(verdicts_.begin(), verdicts_.end(), exporters.begin(), exporters.end(), same)) {
        return;
    }
    std::sort(verdicts_.begin(), verdicts_.end(),
              [](const Verdict& a, const Verdict& b) { return a.whose < b.whose; });
    std::vector<Verdict> kept(exporters.size());
    for (std::size_t i = 0; i < exporters.size(); ++i) {
        const Who whose = who(exporters[i]);
        const auto at = std::lower_bound(
            verdicts_.begin(), verdicts_.end(), whose,
            [](const Verdict& verdict, const Who& wanted) { return verdict.whose < wanted; });
        if (at != verdicts_.end() && at->whose == whose) {
            kept[i] = std::move(*at);
        }
        kept[i].whose = whose;
    }
    verdicts_ = std::move(kept);
}

void Examiner::judge(const Evidence& evidence, Verdict& verdict) const {
    ExporterCounts& middle = verdict.middle;
    const std::uint32_t began = middle.seconds != 0 ? middle.seconds : evidence.view.first_seen;
    const std::uint32_t now_seconds = evidence.now_seconds;
    // A clock that was set back ends the period, too.
    const std::uint32_t passed = now_seconds < began ? period_seconds_max : now_seconds - began;
    if (passed >= period_seconds) {
        ExporterCounts now = count(evidence.view, evidence.traits, now_seconds);
        const std::uint64_t decoded = difference(now, middle).decoded;
        // Who has sent nothing that could be read is not slow.
        if (decoded == 0 || decoded >= period_datagrams || passed >= period_seconds_max) {
            verdict.has_before = middle.seconds != 0;
            verdict.before = std::exchange(middle, std::move(now));
        }
    }
    Evidence judged = evidence;
    judged.before = verdict.has_before ? &verdict.before : nullptr;
    judged.said = verdict.findings;
    verdict.xray = make_xray(judged);
    verdict.findings = diagnose(judged);
    verdict.known = true;
}

void Examiner::examine(const Workers& workers, Observation& observation) {
    traits_.clear();
    flow::Traits copied{};
    for (const auto& worker : workers) {
        worker->traits().for_each(
            copied, [&](std::uint32_t, const flow::Traits& each) { traits_.push_back(each); });
    }
    examine(traits_, observation);
}

void Examiner::examine(const std::vector<flow::Traits>& traits, Observation& observation) {
    sort(traits);
    keep_verdicts(observation.exporters);
    const std::size_t count = observation.exporters.size();
    const std::size_t turns = std::max<std::size_t>(1, (count + at_a_time - 1) / at_a_time);
    turn_ = (turn_ + 1) % turns;
    const std::uint32_t now = present_seconds(observation);
    for (std::size_t i = 0; i < count; ++i) {
        ExporterView& view = observation.exporters[i];
        Verdict& verdict = verdicts_[i];
        const Evidence evidence{view, rows_of(sorted_, verdict.whose),
                                rows_of(observation.templates, verdict.whose), now,
                                keeps_templates_};
        fill_skews(evidence.traits, now, view);
        if (i % turns == turn_ || !verdict.known) {
            judge(evidence, verdict);
        }
        view.xray = verdict.xray;
        view.payload_size_max = verdict.xray.payload_size_max;
        view.reassembled = verdict.xray.reassembled;
        view.findings = verdict.findings;
    }
}

}  // namespace flowd
