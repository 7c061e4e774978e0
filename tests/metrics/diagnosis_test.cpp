// SPDX-License-Identifier: BSD-3-Clause
// Each rule by itself: what it says, and what keeps it from speaking. Real traffic with faults is
// in tests/e2e/xray_test.py, captures of real exporters in tests/corpus/diagnosis_test.cpp.
#include "metrics/diagnosis.hpp"

#include <gtest/gtest.h>

#include "flow/decode/domain.hpp"
#include "support/netflow_builder.hpp"

namespace flowd {
namespace {

using flow::Deviation;
using flow::Traits;
constexpr std::uint32_t now = 1'700'000'000;

/// A healthy IPFIX exporter that has sent for an hour.
class Diagnosis : public testing::Test {
protected:
    Diagnosis() {
        view_.first_seen = now - 3600;
        view_.last_seen = now;
        view_.totals.datagrams = view_.totals.decoded = 1000;
        view_.totals.flows = 10'000;
        add_domain(10, 1);
    }

    void add_domain(std::uint8_t version, std::uint32_t id) {
        DomainView& domain = view_.domains.emplace_back();
        domain.version = version;
        domain.id = id;
        domain.totals = view_.totals;
        Traits traits{};
        traits.own({.version = version, .domain = id});
        traits.datagrams = 1000;
        traits.steps[version == 9 || version == flow::sflow_domain_version ? Traits::by_one
                                                                           : Traits::by_units] =
            990;
        traits.flows_sampled = 100;
        traits.export_seconds = traits.seen_seconds = now;
        if (version != flow::sflow_domain_version) {
            traits.skew_last_ns = traits.skew_least_ns = traits.skew_most_ns = -400'000'000;
        }
        traits_.push_back(traits);
    }
    void be(std::uint8_t version) {
        view_.domains.clear();
        traits_.clear();
        add_domain(version, 1);
    }
    Traits& traits() { return traits_.front(); }
    Totals& totals() { return view_.domains.front().totals; }
    void deviate(Deviation what, std::uint32_t count, std::uint32_t last = now) {
        traits().deviations[static_cast<std::size_t>(what)] = {count, last};
    }

    std::vector<Finding> findings() {
        return diagnose({view_, traits_, templates_, now, false, evidence_before_, said_});
    }
    void drop(std::uint64_t datagrams) {
        view_.totals.drops[static_cast<std::size_t>(flow::Error::unknown_template)] = datagrams;
    }
    bool is_trusted() {
        return make_xray({view_, traits_, templates_, now, false}).sequence_trusted;
    }
    /// "healthy", or the first code.
    std::string first() {
        const auto all = findings();
        return all.empty() ? "healthy" : std::string{all.front().code};
    }
    std::string sentence() {
        const auto all = findings();
        return all.empty() ? "" : all.front().sentence;
    }
    bool says(const std::string& part) {
        const std::string all = sentence();
        if (all.find(part) != std::string::npos) return true;
        ADD_FAILURE() << "\"" << all << "\" does not say \"" << part << "\"";
        return false;
    }

    ExporterView view_;
    std::vector<Traits> traits_;
    std::vector<TemplateView> templates_;
    ExporterCounts before_;
    const ExporterCounts* evidence_before_ = nullptr;
    std::vector<Finding> said_;
};

TEST_F(Diagnosis, AHealthyExporterHasNone) {
    for (const std::uint8_t version : {5, 7, 8, 9, 10, 105}) {
        be(version);
        EXPECT_EQ(first(), "healthy") << int{version};
        EXPECT_TRUE(is_trusted());
    }
}

TEST_F(Diagnosis, NothingIsSaidOfNothing) {
    EXPECT_TRUE(diagnose({ExporterView{}, {}, {}, now, false}).empty());
}

TEST_F(Diagnosis, IpfixThatCountsDatagrams) {
    traits().steps = {900, 5, 20};
    totals().sequence.lost = 9000;
    traits().gap_seconds = now;
    EXPECT_EQ(first(), "sequence_unit");
    EXPECT_EQ(findings().size(), 1u) << "a loss by such numbers is none";
    EXPECT_FALSE(is_trusted());
    says("count datagrams where IPFIX counts data records (RFC 7011 §3.1)");
}

TEST_F(Diagnosis, NumbersThatMayBeOfAnotherUnitAreNotBelieved) {
    traits().steps = {13, 0, 0};
    totals().sequence = {.lost = 20, .late = 20, .duplicates = 20};
    traits().gap_seconds = now;
    EXPECT_EQ(first(), "healthy") << "too few say something, and those count datagrams";
    traits().steps = {0, 5, 8};
    EXPECT_EQ(first(), "loss_upstream");
    EXPECT_EQ(findings().size(), 3u);
    traits().steps = {};
    EXPECT_EQ(findings().size(), 3u) << "nothing is known against them";
}

TEST_F(Diagnosis, Netflow9ThatCountsRecords) {
    be(9);
    traits().steps = {3, 900, 0};
    EXPECT_EQ(first(), "sequence_unit");
    says("count records where NetFlow v9 counts datagrams (RFC 3954 §5.1)");
}

TEST_F(Diagnosis, OneRecordPerDatagramSaysNothingOfTheUnit) {
    traits().steps = {10, 0, 900};
    EXPECT_EQ(first(), "healthy");
}

TEST_F(Diagnosis, ANumberThatNeverMoves) {
    traits().steps = {};
    traits().steps_none = 900;
    traits().number = 7;
    EXPECT_EQ(first(), "sequence_constant");
    EXPECT_FALSE(is_trusted());
    says("never moves (it stays 7)");
}

TEST_F(Diagnosis, TwoSendersOfOneAddress) {
    traits().alternations = 400;
    traits().senders[0] = {5'000'000, 10, 40000, true};
    traits().port = 50000;
    traits().restart_seconds = {now - 5, now - 4, now - 3};
    totals().sequence.lost = 9000;
    traits().gap_seconds = now;
    EXPECT_EQ(first(), "shared_address");
    EXPECT_FALSE(is_trusted());
    EXPECT_EQ(findings().size(), 1u);
    says("Two senders seem to share this address");
    says("with the UDP source port");
}

TEST_F(Diagnosis, AClockThatIsAheadOrBehind) {
    traits().skew_last_ns = 3'599'500'000'000;
    EXPECT_EQ(first(), "clock_ahead");
    says("Its clock is 3,600 s ahead of this machine's (60 min)");
    traits().skew_last_ns = -75'000'000'000;
    EXPECT_EQ(first(), "clock_behind");
    EXPECT_EQ(findings().front().severity, Severity::warning);
    traits().skew_last_ns = -15'000'000'000;
    EXPECT_EQ(findings().front().severity, Severity::note);
    traits().skew_last_ns = -3'000'000'000;
    EXPECT_EQ(first(), "healthy");
}

TEST_F(Diagnosis, AClockThatWasNeverSetOrStands) {
    traits().export_seconds = 1000;
    traits().skew_last_ns = -1'699'999'000'000'000'000;
    EXPECT_EQ(first(), "clock_unset");
    deviate(Deviation::export_time_still, 3);
    EXPECT_EQ(first(), "clock_still");
}

TEST_F(Diagnosis, OfSeveralClocksTheOneThatStands) {
    add_domain(10, 2);
    add_domain(10, 3);
    traits_[0].skew_last_ns = 3'600'000'000'000;
    traits_[1].skew_last_ns = -8'000'000'000;
    traits_[1].export_seconds = now - 8;
    traits_[1].deviations[static_cast<std::size_t>(Deviation::export_time_still)] = {4, now};
    EXPECT_EQ(first(), "clock_still");
    says("stands still at 2023-11-14 22:13:12 UTC of observation domain 2");
    before_ = count(view_, traits_, now - 400);
    evidence_before_ = &before_;
    EXPECT_EQ(first(), "clock_ahead") << "it goes on";
}

TEST_F(Diagnosis, ASeverityDoesNotComeAndGoWithRoundedSeconds) {
    const auto severity_at = [&](std::int64_t milliseconds) {
        traits().skew_last_ns = (milliseconds - 500) * 1'000'000;
        said_ = findings();
        return said_.empty() ? "none" : severity_name(said_.front().severity);
    };
    EXPECT_EQ(severity_at(-9'600), "none");
    EXPECT_EQ(severity_at(-10'100), "note");
    EXPECT_EQ(severity_at(-9'100), "note");
    EXPECT_EQ(severity_at(-59'600), "note");
    EXPECT_EQ(severity_at(-60'100), "warning");
    EXPECT_EQ(severity_at(-59'100), "warning");
    EXPECT_EQ(severity_at(-57'900), "note");
    EXPECT_EQ(severity_at(-59'100), "note");
    EXPECT_EQ(severity_at(-7'900), "none");
}

TEST_F(Diagnosis, ATemplateThatNeverComes) {
    traits().missing[0] = {260, 31'402, 0, now - 720, now};
    drop(31'402);
    EXPECT_EQ(first(), "template_missing");
    EXPECT_EQ(findings().front().severity, Severity::error);
    says("data for template 260 of observation domain 1");
    says("for 12 min");
    says(": 31,402 datagrams were dropped.");
    traits().missing[0].last_seconds = now - 3600;
    EXPECT_EQ(first(), "healthy") << "that was an hour ago";
}

TEST_F(Diagnosis, WhatWaitsForATemplateIsNotDropped) {
    traits().missing[0] = {260, 100, 0, now - 20, now};
    view_.totals.parked = 93;
    says(": 100 datagrams wait for it.");
    drop(1000);
    view_.totals.parked = 99;
    says(": 99 datagrams wait for it, and 1 was dropped.");
    view_.totals.parked = 1;
    says(": 1 datagram waits for it, and 99 were dropped.");
    view_.totals.parked = 0;
    says(": 100 datagrams were dropped.");
    traits().missing[1] = {261, 50, 0, now - 20, now};
    view_.totals.parked = 30;
    says(": 30 datagrams wait for them, and 120 were dropped.");
    traits().absent[0] = {261, flow::Absence::too_long};
    EXPECT_NE(findings()[1].sentence.find(": 20 datagrams wait for it, and 80 were dropped."),
              std::string::npos);
    says(": 10 datagrams wait for one that flowd can keep, and 40 were dropped.");
}

TEST_F(Diagnosis, AnExporterOfWhichNothingCanBeReadIsAnError) {
    traits().missing[0] = {260, 5, 0, now - 2, now};
    EXPECT_EQ(findings().front().severity, Severity::warning);
    totals().flows = 0;
    EXPECT_EQ(first(), "template_missing");
    EXPECT_EQ(findings().front().severity, Severity::error);
    add_domain(10, 2);
    EXPECT_EQ(findings().front().severity, Severity::warning) << "another domain is read";
}

TEST_F(Diagnosis, ATemplateThatNeverComesThoughOthersComeOften) {
    traits().missing[0] = {260, 100, 0, now - 90, now};
    TemplateView other;
    other.layout.key.version = 10;
    other.layout.key.domain = 1;
    other.layout.id = 256;
    other.first_seen = now - 3600;
    other.last_seen = now - 5;
    other.announcements = 121;
    templates_.push_back(other);
    says("without its template: it has announced others every 30 s, but never this one: 100 ");
    EXPECT_EQ(findings().front().action.find("More frequent templates do not help."), 0u);
    traits().missing[0].first_seconds = now - 40;
    says("it has not sent it since flowd heard of it, though it sends others: 100 ");
    traits().missing[0].first_seconds = now - 3000;
    templates_.front().announcements = 3;
    says("it has not sent it since flowd heard of it, though it sends others: 100 ");
    EXPECT_EQ(findings().front().action.find("Make the exporter send its templates every 1 to 5 "
                                             "min, by time, not by number of datagrams, or "),
              0u);
    templates_.front().announcements = 121;
    traits().absent[3] = {260, flow::Absence::withdrawn};
    says("without its template (the exporter withdrew it)");
}

TEST_F(Diagnosis, ATemplateThatCameAndIsNotThere) {
    traits().missing[0] = {260, 100, 0, now - 20, now};
    says("without its template: it has not sent it since flowd heard of it: 100 datagrams");
    traits().absent[3] = {260, flow::Absence::withdrawn};
    EXPECT_EQ(first(), "template_missing");
    says("without its template (the exporter withdrew it)");
    traits().absent[3].why = flow::Absence::evicted;
    says("without its template (flowd gave it up for others)");
    traits().absent[3] = {261, flow::Absence::withdrawn};
    traits().absent_lost = true;
    says("without its template: 100 datagrams");
}

TEST_F(Diagnosis, ATemplateThatIsThereIsNotMissing) {
    traits().missing[0] = {260, 100, 0, now - 20, now};
    TemplateView view;
    view.layout.key.version = 10;
    view.layout.key.domain = 1;
    view.layout.id = 260;
    templates_.push_back(view);
    EXPECT_EQ(first(), "healthy") << "another worker has it";
    traits().missing[1] = {261, 50, 0, now - 20, now};
    EXPECT_EQ(first(), "template_missing");
    says("for template 261 of observation domain 1");
    says(": 50 datagrams wait for it");
    traits().missing[1] = {};
    templates_.front().layout.key.domain = 2;
    EXPECT_EQ(first(), "template_missing");
    templates_.front().layout.key.domain = 1;
    templates_.front().layout.key.version = 9;
    EXPECT_EQ(first(), "template_missing");
}

TEST_F(Diagnosis, ATemplateThatIsTooLongWins) {
    traits().missing[0] = {260, 100, 0, now - 20, now};
    traits().missing[1] = {261, 200, 0, now - 20, now};
    traits().absent[0] = {260, flow::Absence::too_long};
    EXPECT_EQ(first(), "template_limit");
    says(
        "data for template 260 of observation domain 1, for 20 s now, with a template of more "
        "than 256 fields, which is flowd's limit: 100 datagrams");
    ASSERT_EQ(findings().size(), 2u);
    EXPECT_EQ(findings()[1].code, "template_missing");
}

TEST_F(Diagnosis, MoreTemplatesAreMissingThanAreListed) {
    for (std::uint16_t i = 0; i < 4; ++i) {
        traits().missing[i] = {static_cast<std::uint16_t>(260 + i), 100u - i, 0, now - 20, now};
    }
    EXPECT_EQ(first(), "template_missing");
    says("for template 260 of observation domain 1");
    says("and for 3 others that are missing: 394 datagrams");
    traits().missing_others = {264, 1000, 0, now - 20, now};
    says("and for more than 3 others that are missing: 1,394 datagrams");
    traits().missing = {traits().missing[0], traits().missing[1]};
    says("and for several others that are missing: 1,199 datagrams");
    traits().missing[1] = {};
    says("heard of it, and for others that are missing: 1,100 datagrams");
    traits().missing_others.last_seconds = now - 7200;
    says("heard of it: 100 datagrams");
    traits().missing[2] = {262, 7, 0, now - 5, now};
    says("and for another that is missing: 107 datagrams");
}

TEST_F(Diagnosis, AFewDatagramsBeforeTheFirstTemplateAreNormal) {
    traits().missing[0] = {260, 3, 0, now - 1, now};
    EXPECT_EQ(first(), "healthy");
}

TEST_F(Diagnosis, LengthsThatAreWrong) {
    deviate(Deviation::length_beyond, 120);
    traits().missing[0] = {};
    EXPECT_EQ(first(), "bad_lengths");
    EXPECT_EQ(findings().front().severity, Severity::error);
    says("in 12 % of its datagrams in the last 60 min (120)");
    says("more than the datagram has");
    deviate(Deviation::length_beyond, 1);
    EXPECT_EQ(first(), "healthy");
}

TEST_F(Diagnosis, LossOnTheWay) {
    totals().sequence.lost = 787;
    traits().gap_seconds = now - 20;
    EXPECT_EQ(first(), "loss_upstream");
    EXPECT_EQ(findings().front().severity, Severity::error);
    says("7.3 % of its flows were lost on the way to flowd in the last 60 min (by its");
    says("flowd has dropped none");
    traits().gap_seconds = now - 3600;
    EXPECT_EQ(first(), "healthy") << "that was an hour ago";
}

TEST_F(Diagnosis, LossThatBeginsNowAfterALongTimeWithout) {
    totals().flows = 4'800'000;
    traits().datagrams = 480'000;
    before_ = count(view_, traits_, now - 400);
    evidence_before_ = &before_;
    EXPECT_EQ(first(), "healthy");
    totals().flows += 30'000;
    totals().sequence.lost += 600;
    traits().datagrams += 3000;
    traits().gap_seconds = now;
    view_.domains.front().rates.flows = view_.domains.front().rates.sequence_lost = 60;
    EXPECT_EQ(first(), "loss_upstream");
    EXPECT_EQ(findings().front().severity, Severity::error);
    says(
        "2.0 % of its flows were lost on the way to flowd in the last 6.7 min, 50 % in the last "
        "seconds (by its sequence numbers, 600 are missing)");
}

TEST_F(Diagnosis, LossOfRecordsThatAreOptions) {
    totals().flows = 0;
    totals().set_records = {0, 1, 0, 100'000};
    totals().sequence.lost = 20;
    traits().gap_seconds = now;
    EXPECT_EQ(first(), "healthy") << "0.02 %";
    totals().sequence.lost = 2000;
    Rates& rates = view_.domains.front().rates;
    rates.options = 50;
    rates.sequence_lost = 5;
    EXPECT_EQ(first(), "loss_upstream");
    says("2.0 % of its flows were lost on the way to flowd in the last 60 min, 9.1 % in the last");
}

TEST_F(Diagnosis, WhatWasBeforeIsOver) {
    const auto kind = static_cast<std::size_t>(flow::TimeFault::end_before_start);
    traits().time_faults[kind] = {50, now - 500};
    traits().reassembled = 500;
    traits().gap_seconds = now - 500;
    deviate(Deviation::length_beyond, 120, now - 500);
    deviate(Deviation::sampler_unknown, 100, now - 500);
    totals().sequence = {.lost = 5000, .late = 100, .duplicates = 100};
    view_.totals.drops[static_cast<std::size_t>(flow::Error::protocol_not_here)] = 3;
    EXPECT_EQ(findings().size(), 8u);
    before_ = count(view_, traits_, now - 400);
    evidence_before_ = &before_;
    totals().flows += 10'000;
    traits().datagrams += 1000;
    traits().flows_sampled += 100;
    EXPECT_EQ(first(), "healthy");
    view_.totals.drops[static_cast<std::size_t>(flow::Error::protocol_not_here)] = 7;
    EXPECT_EQ(first(), "protocol_not_here");
    says("4 of its datagrams came in the last 6.7 min to a listener");
}

TEST_F(Diagnosis, CountsThatWentBackAreNothingNew) {
    totals().sequence.lost = 5000;
    traits().gap_seconds = now;
    before_ = count(view_, traits_, now - 400);
    evidence_before_ = &before_;
    traits().datagrams = 100;
    totals().sequence.lost = 100;
    EXPECT_EQ(first(), "healthy");
}

TEST_F(Diagnosis, LossInFlowd) {
    view_.totals.offered = 10'000;
    view_.totals.ring_full = 500;
    view_.rates.flows_dropped = 12;
    EXPECT_EQ(first(), "loss_here");
}

TEST_F(Diagnosis, RestartsOfTheLastHour) {
    traits().restart_seconds = {now - 4000, now - 3000, now - 2000, now - 1000};
    traits().restarts = 4;
    EXPECT_EQ(first(), "restarts");
    says("It restarted 3 times in the last hour");
    traits().restart_seconds = {now - 4000, now - 3000};
    EXPECT_EQ(first(), "healthy") << "one restart is maintenance";
}

TEST_F(Diagnosis, DuplicatesAndOvertaking) {
    totals().sequence.duplicates = 31;
    EXPECT_EQ(first(), "duplicates");
    totals().sequence = {};
    totals().sequence.late = 31;
    EXPECT_EQ(first(), "reordering");
    EXPECT_EQ(findings().front().severity, Severity::note);
}

TEST_F(Diagnosis, TimesThatCannotBe) {
    const auto kind = static_cast<std::size_t>(flow::TimeFault::end_before_start);
    traits().time_faults[kind] = {50, now};
    EXPECT_EQ(first(), "impossible_times");
    says("50 % of those sampled in the last 60 min ended before they began");
}

TEST_F(Diagnosis, SamplingThatIsUnknown) {
    deviate(Deviation::rate_missing, 100);
    EXPECT_EQ(first(), "healthy") << "who says nothing of sampling does not sample";
    deviate(Deviation::sampler_unknown, 100);
    EXPECT_EQ(first(), "sampling_unknown");
    deviate(Deviation::sampler_unknown, 0);
    TemplateView options;
    options.layout.options = true;
    options.layout.fields = {{305, 4}, {306, 4}};
    templates_.push_back(options);
    EXPECT_EQ(first(), "sampling_unknown");
    says("has not sent any");
}

TEST_F(Diagnosis, SamplingRatesThatComeInAnotherDomain) {
    be(9);
    add_domain(9, 256);
    for (const Deviation what : {Deviation::rate_missing, Deviation::sampler_unknown}) {
        traits_[1].deviations = {};
        traits_[1].deviations[static_cast<std::size_t>(what)] = {100, now};
        view_.domains[0].sampling_source = "options";
        view_.domains[1].sampling_source = "none";
        ASSERT_EQ(first(), "sampling_unknown");
        says("it announces rates in another domain than that of these flows");
        EXPECT_EQ(findings().front().action,
                  "Set sampling.across_domains, or configure its rate (sampling.fallback).");
        view_.domains[0].sampling_source = "none";
        view_.domains[0].samplers = {{.sampler = 1, .rate = 1000}};
        says("in another domain");
        view_.domains[1].sampling_source = "options";
        const bool named = what == Deviation::sampler_unknown;
        EXPECT_EQ(first(), named ? "sampling_unknown" : "healthy");
        if (named) says("name a sampler whose rate it has not announced");
        view_.domains[0].samplers.clear();
    }
}

TEST_F(Diagnosis, TemplatesThatChangeOrComeSeldom) {
    TemplateView view;
    view.layout.key.version = 10;
    view.layout.key.domain = 1;
    view.layout.id = 260;
    view.refresh_seconds = 1800;
    view.last_seen = now - 5401;
    templates_.push_back(view);
    EXPECT_EQ(first(), "healthy") << "nobody announces it any more";
    templates_.front().last_seen = now - 5400;
    EXPECT_EQ(first(), "templates_rare");
    says("every 30 min");
    templates_.front().changes = 17;
    deviate(Deviation::template_changed, 17);
    EXPECT_EQ(first(), "template_changed");
    says("template 260 of observation domain 1 anew again and again");
    EXPECT_EQ(findings().size(), 2u);
}

TEST_F(Diagnosis, TemplatesThatChangedOnceEachAreARestart) {
    for (std::uint16_t i = 0; i < 3; ++i) {
        TemplateView view;
        view.layout.id = static_cast<std::uint16_t>(256 + i);
        view.announcements = 2;
        view.changes = 1;
        templates_.push_back(view);
    }
    deviate(Deviation::template_changed, 3);
    EXPECT_EQ(first(), "healthy");
    templates_[1].changes = 3;
    templates_[1].announcements = 1000;
    EXPECT_EQ(first(), "template_changed");
    before_ = count(view_, traits_, now - 400);
    evidence_before_ = &before_;
    EXPECT_EQ(first(), "healthy") << "that was before";
    deviate(Deviation::template_changed, 4);
    EXPECT_EQ(first(), "healthy") << "once now, and seldom before";
    templates_[1].announcements = 4;
    EXPECT_EQ(first(), "template_changed") << "they come seldom, and change nearly each time";
}

TEST_F(Diagnosis, BadTemplatesAreThoseOfLately) {
    deviate(Deviation::template_empty, 17);
    EXPECT_EQ(first(), "template_empty");
    says("(17 times in the last 60 min)");
    before_ = count(view_, traits_, now - 400);
    evidence_before_ = &before_;
    EXPECT_EQ(first(), "healthy");
    deviate(Deviation::template_empty, 18);
    EXPECT_EQ(first(), "template_empty") << "templates come every few minutes";
    says("(once in the last 6.7 min)");
}

TEST_F(Diagnosis, Fragments) {
    traits().reassembled = 500;
    traits().payload_size_max = 8972;
    EXPECT_EQ(first(), "fragments");
    says("of up to 8,972 bytes arrive in fragments (50 % of them in the last 60 min)");
}

TEST_F(Diagnosis, Silence) {
    view_.last_seen = now - 300;
    EXPECT_EQ(first(), "silent");
    says("nothing for 5 min");
    traits().missing[0] = {260, 100, 0, now - 1000, now - 300};
    EXPECT_EQ(first(), "silent");
    ASSERT_EQ(findings().size(), 2u);
    EXPECT_EQ(findings()[1].severity, Severity::error);
    EXPECT_EQ(findings()[1].sentence.find("It sent data for template 260 of observation domain 1, "
                                          "for 12 min until 2023-11-14 22:08:20 UTC, without"),
              0u)
        << findings()[1].sentence;
    traits().missing[0] = {};
    view_.totals.datagrams = 10;  // one in six minutes is its way
    EXPECT_EQ(first(), "healthy");
}

TEST_F(Diagnosis, TheXrayShowsWhatWasCounted) {
    deviate(Deviation::count_wrong, 3);
    deviate(Deviation::set_rest, 9);
    traits().time_faults[0] = {2, now};
    traits().payload_size_max = 1400;
    traits().durations_known = 1;
    traits().durations.add(500);
    const Xray xray = make_xray({view_, traits_, templates_, now, false});
    ASSERT_EQ(xray.deviations.size(), 3u);
    EXPECT_EQ(xray.deviations[0].code, "set_rest");
    EXPECT_EQ(xray.deviations[0].count, 9u);
    EXPECT_EQ(xray.deviations[2].code, "time_end_before_start");
    EXPECT_EQ(xray.impossible_times, 2u);
    EXPECT_EQ(xray.payload_size_max, 1400u);
    EXPECT_NEAR(xray.flow_seconds.median, 0.5, 0.02);
    EXPECT_FALSE(xray.active_timeout_seconds);
}

}  // namespace
}  // namespace flowd
