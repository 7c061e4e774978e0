// SPDX-License-Identifier: BSD-3-Clause
#include "flow/decode/traits.hpp"

#include <gtest/gtest.h>

#include "flow/decode/ipfix/decoder.hpp"
#include "flow/decode/netflow9/decoder.hpp"
#include "flow/model/time.hpp"
#include "support/netflow_builder.hpp"
#include "support/recording_sink.hpp"

namespace flow {
namespace {

using namespace flow::test;

constexpr std::uint32_t now = 1'700'000'000;

/// A sender of ten records per datagram.
struct Sender {
    Appearance seen{.units = 10,
                    .has_uptime = true,
                    .uptime_ms = 5000,
                    .export_seconds = now,
                    .received_ns = now * 1'000'000'000ull,
                    .port = 50000,
                    .payload_size = 1400};

    Appearance next(std::uint32_t step) {
        seen.number += step;
        seen.uptime_ms += 100;
        return seen;
    }
    /// Starts anew, a minute later.
    void restart() {
        seen.number = 0;
        seen.uptime_ms = 0;
        seen.export_seconds += 60;
        seen.received_ns += 60'000'000'000;
    }
};

class TraitsOf : public testing::Test {
protected:
    TraitsOf() { traits_.own({.version = 10, .domain = 1}); }

    Traits traits_{};
    Sender sender_;
};

TEST_F(TraitsOf, StepsTellWhatNumbersCount) {
    for (int i = 0; i < 5; ++i) traits_.take(sender_.next(10));
    EXPECT_EQ(traits_.steps[Traits::by_units], 4u);
    for (int i = 0; i < 3; ++i) traits_.take(sender_.next(1));
    EXPECT_EQ(traits_.steps[Traits::by_one], 3u);
    for (int i = 0; i < 2; ++i) traits_.take(sender_.next(0));
    EXPECT_EQ(traits_.steps_none, 2u);
    sender_.seen.units = 1;
    traits_.take(sender_.next(10));
    traits_.take(sender_.next(1));
    EXPECT_EQ(traits_.steps[Traits::by_both], 1u);
    EXPECT_EQ(traits_.datagrams, 12u);
    EXPECT_EQ(traits_.payload_size_max, 1400u);
}

TEST_F(TraitsOf, BehindUncountedUnitsAStepOfOneSaysNothing) {
    sender_.seen.units_known = false;
    for (int i = 0; i < 20; ++i) traits_.take(sender_.next(1));
    EXPECT_EQ(traits_.steps[Traits::by_one], 0u);
    EXPECT_EQ(traits_.steps[Traits::by_both], 19u);
}

TEST_F(TraitsOf, BehindUncountedUnitsAStepBackIsNoStepByUnits) {
    sender_.seen.units_known = false;
    for (int i = 0; i < 20; ++i) traits_.take(sender_.next(i % 2 == 0 ? 1 : UINT32_MAX));
    EXPECT_EQ(traits_.steps[Traits::by_units], 0u);
    EXPECT_EQ(traits_.steps[Traits::by_one], 0u);
    sender_.seen.port = 50001;
    traits_.take(sender_.next(UINT32_MAX));
    EXPECT_EQ(traits_.port_changes, 0u);
}

TEST_F(TraitsOf, StepsAreForgottenAfterAWhile) {
    const auto send = [&](int datagrams, std::uint32_t step, std::uint32_t seconds) {
        for (int i = 0; i < datagrams; ++i) {
            sender_.seen.received_ns += seconds * 1'000'000'000ull;
            const Appearance seen = sender_.next(step);
            if (traits_.samples(static_cast<std::uint32_t>(seen.received_ns / 1'000'000'000))) {
                traits_.sample_clock(seen);
            }
            traits_.take(seen);
        }
    };
    for (const std::uint32_t seconds : {1u, 60u}) {
        send(4000, 1, seconds);
        EXPECT_GE(traits_.steps[Traits::by_one], 79u) << "enough to judge by";
        EXPECT_EQ(traits_.steps[Traits::by_units], 0u);
        send(seconds == 1 ? 1200 : 480, 10, seconds);
        EXPECT_LT(traits_.steps[Traits::by_one] * 10, traits_.steps[Traits::by_units]) << seconds;
        traits_.own({.version = 10, .domain = 1});
    }
}

TEST_F(TraitsOf, AGapIsNoSenderOfItsOwn) {
    for (int i = 0; i < 20; ++i) traits_.take(sender_.next(i % 5 == 4 ? 20 : 10));
    EXPECT_EQ(traits_.steps_other, 4u);
    EXPECT_EQ(traits_.alternations, 0u);
    EXPECT_EQ(traits_.restarts, 0u);
    EXPECT_EQ(traits_.gap_seconds, now);
}

TEST_F(TraitsOf, TwoRowsOfNumbersAlternate) {
    Sender other;
    other.seen.number = 1'000'000;
    for (int i = 0; i < 10; ++i) {
        traits_.take(sender_.next(10));
        traits_.take(other.next(10));
    }
    EXPECT_EQ(traits_.alternations, 18u);
    EXPECT_EQ(traits_.restarts, 0u);
}

TEST_F(TraitsOf, TwoPortsWithTheSameNumbersAlternate) {
    Sender other;
    other.seen.port = 50001;
    for (int i = 0; i < 10; ++i) {
        traits_.take(sender_.next(10));
        traits_.take(other.next(10));
    }
    EXPECT_GE(traits_.alternations, 16u);
}

TEST_F(TraitsOf, OvertakingIsNoAlternation) {
    for (int i = 0; i < 20; ++i) {
        const Appearance late = sender_.next(10);
        traits_.take(sender_.next(10));
        traits_.take(late);
    }
    EXPECT_EQ(traits_.alternations, 0u);
    EXPECT_EQ(traits_.restarts, 0u);
}

TEST_F(TraitsOf, ARestartNeedsThreeDatagrams) {
    for (int i = 0; i < 20; ++i) traits_.take(sender_.next(10));
    sender_.restart();
    traits_.take(sender_.next(10));
    traits_.take(sender_.next(10));
    EXPECT_EQ(traits_.restarts, 0u);
    traits_.take(sender_.next(10));
    EXPECT_EQ(traits_.restarts, 1u);
    EXPECT_EQ(traits_.restart_seconds[0], now + 60);
    EXPECT_EQ(traits_.deviations[static_cast<std::size_t>(Deviation::uptime_back)].count, 0u);
}

/// In the upper half of 32 bits, too, and without one by the number alone.
TEST_F(TraitsOf, ARestartIsSeenFromAnyUptimeAndNumber) {
    constexpr std::uint32_t day_ms = 86'400'000;
    for (const std::uint32_t days : {1U, 20U, 30U, 45U, 49U}) {
        sender_.seen.uptime_ms = days * day_ms;
        sender_.seen.number = 1000 * days;
        traits_ = {};
        traits_.own({.version = 9, .domain = 1});
        for (int i = 0; i < 20; ++i) traits_.take(sender_.next(10));
        sender_.restart();
        for (int i = 0; i < 3; ++i) traits_.take(sender_.next(10));
        EXPECT_EQ(traits_.restarts, 1U) << days;
    }
    sender_.seen.has_uptime = false;
    for (const std::uint32_t number : {10'000U, 1U << 31, 3'000'000'000U}) {
        sender_.seen.uptime_ms = 0;
        sender_.seen.number = number;
        traits_ = {};
        traits_.own({.version = 10, .domain = 1});
        for (int i = 0; i < 20; ++i) traits_.take(sender_.next(10));
        sender_.restart();
        for (int i = 0; i < 3; ++i) traits_.take(sender_.next(10));
        EXPECT_EQ(traits_.restarts, 1U) << number;
    }
}

/// What comes again, or late, in a row: of sFlow, that has no time of export, and of IPFIX, that
/// has no uptime.
TEST_F(TraitsOf, DatagramsThatComeAgainAreNoRestart) {
    for (const bool is_sflow : {true, false}) {
        sender_ = {};
        sender_.seen.has_uptime = is_sflow;
        sender_.seen.has_export_time = !is_sflow;
        traits_ = {};
        traits_.own({.version = 10, .domain = 1});
        for (int i = 0; i < 200; ++i) {
            const Sender before = sender_;
            for (int j = 0; j < 5; ++j) traits_.take(sender_.next(10));
            if (i % 20 != 19) continue;
            Sender again = before;
            for (int j = 0; j < 3; ++j) traits_.take(again.next(10));
        }
        EXPECT_EQ(traits_.restarts, 0U) << is_sflow;
    }
}

TEST_F(TraitsOf, ALongSilenceIsNoRestart) {
    for (int i = 0; i < 20; ++i) traits_.take(sender_.next(10));
    sender_.seen.uptime_ms += 3 * 3'600'000;
    sender_.seen.export_seconds += 3 * 3'600;
    sender_.seen.number += 100'000;
    for (int i = 0; i < 3; ++i) traits_.take(sender_.next(10));
    EXPECT_EQ(traits_.restarts, 0u);
}

TEST_F(TraitsOf, AnUptimeThatWrapsIsNoRestart) {
    sender_.seen.uptime_ms = UINT32_MAX - 550;
    for (int i = 0; i < 20; ++i) traits_.take(sender_.next(10));
    EXPECT_EQ(traits_.restarts, 0u);
    EXPECT_EQ(traits_.steps[Traits::by_units], 19u);
}

TEST_F(TraitsOf, TimesThatGoBackWhileNumbersGoOnAreDeviations) {
    for (int i = 0; i < 5; ++i) traits_.take(sender_.next(10));
    sender_.seen.uptime_ms -= 300;
    traits_.take(sender_.next(10));
    sender_.seen.export_seconds -= 2;
    traits_.take(sender_.next(10));
    const auto count = [&](Deviation what) {
        return traits_.deviations[static_cast<std::size_t>(what)].count;
    };
    EXPECT_EQ(count(Deviation::uptime_back), 1u);
    EXPECT_EQ(count(Deviation::export_time_back), 1u);
}

TEST_F(TraitsOf, AClockThatStandsIsNoticedAfterFiveSeconds) {
    for (int second = 0; second < 10; ++second) {
        traits_.sample_clock(sender_.next(10));
        sender_.seen.received_ns += 1'000'000'000;
    }
    const auto& tally = traits_.deviations[static_cast<std::size_t>(Deviation::export_time_still)];
    EXPECT_EQ(tally.count, 5u);
    EXPECT_EQ(traits_.skew_most_ns, 0);
    EXPECT_EQ(traits_.skew_least_ns, -9'000'000'000);
    EXPECT_EQ(traits_.skew_last_ns, -9'000'000'000);
}

TEST_F(TraitsOf, MissingTemplatesAreCountedPerDatagramAndForgotten) {
    traits_.note_missing(260, now);
    traits_.note_missing(260, now);  // another set of the same datagram
    traits_.take_plain(100);
    traits_.note_missing(260, now + 5);
    traits_.note_missing(261, now + 5);
    EXPECT_EQ(traits_.missing[0].id, 260u);
    EXPECT_EQ(traits_.missing[0].datagrams, 2u);
    EXPECT_EQ(traits_.missing[0].first_seconds, now);
    EXPECT_EQ(traits_.missing[0].last_seconds, now + 5);
    EXPECT_EQ(traits_.missing[1].id, 261u);
    traits_.forget_missing(260);
    EXPECT_EQ(traits_.missing[0].id, 0u);
}

TEST_F(TraitsOf, MissingTemplatesKeepTheirPlacesWhileOthersAreCountedTogether) {
    for (std::uint32_t round = 0; round < 10; ++round) {
        for (std::uint16_t id = 256; id < 264; ++id) {
            traits_.note_missing(id, now + round);
            traits_.take_plain(100);
        }
    }
    for (std::size_t i = 0; i < traits_.missing.size(); ++i) {
        EXPECT_EQ(traits_.missing[i].id, 256 + i);
        EXPECT_EQ(traits_.missing[i].datagrams, 10u);
        EXPECT_EQ(traits_.missing[i].first_seconds, now);
    }
    EXPECT_EQ(traits_.missing_others.datagrams, 40u);
    EXPECT_EQ(traits_.missing_others.first_seconds, now);
    EXPECT_EQ(traits_.missing_others.last_seconds, now + 9);
    const auto& tally = traits_.deviations[static_cast<std::size_t>(Deviation::template_missing)];
    EXPECT_EQ(tally.count, 80u);

    const std::uint32_t later = now + 9 + Traits::missing_stale_seconds;
    traits_.note_missing(256, later - 1);
    traits_.note_missing(300, later);  // the second place is free by now
    EXPECT_EQ(traits_.missing[0].datagrams, 11u);
    EXPECT_EQ(traits_.missing[1].id, 300u);
    EXPECT_EQ(traits_.missing[1].datagrams, 1u);
    EXPECT_EQ(traits_.missing[1].first_seconds, later);
}

TEST_F(TraitsOf, MissingTemplatesOfOneDatagramWithoutAPlaceAreOneDatagram) {
    for (std::uint16_t id = 256; id < 266; ++id) traits_.note_missing(id, now);
    EXPECT_EQ(traits_.missing_others.datagrams, 1u);
    traits_.take_plain(100);
    traits_.note_missing(270, now + Traits::missing_stale_seconds - 1);
    EXPECT_EQ(traits_.missing_others.datagrams, 2u);
    EXPECT_EQ(traits_.missing_others.first_seconds, now);
}

TEST_F(TraitsOf, ANewOwnerStartsFromNothing) {
    traits_.take(sender_.next(10));
    Traits copy{};
    ASSERT_TRUE(traits_.copy_to(copy));
    EXPECT_EQ(copy.datagrams, 1u);
    traits_.own({.version = 9, .domain = 2});
    ASSERT_TRUE(traits_.copy_to(copy));
    EXPECT_EQ(copy.datagrams, 0u);
    EXPECT_EQ(copy.name.version, 9);
    EXPECT_GT(copy.skew_least_ns, copy.skew_most_ns);
    EXPECT_FALSE(Traits{}.copy_to(copy));
}

TEST(Durations, KeepTheMeanOfABucket) {
    DurationHistogram histogram{};
    for (int i = 0; i < 10; ++i) histogram.add(60'000);
    std::size_t used = 0;
    for (std::size_t i = 0; i < DurationHistogram::bucket_count; ++i) {
        if (histogram.buckets[i].count == 0) continue;
        used = i;
        EXPECT_LE(DurationHistogram::lower_ms(i), 60'000u);
        EXPECT_GT(DurationHistogram::lower_ms(i + 1), 60'000u);
    }
    EXPECT_NEAR(histogram.mean_seconds(used), 60, 0.2);
    histogram.add(UINT32_MAX);
    histogram.add(0);
    EXPECT_EQ(histogram.samples(), 12u);
    EXPECT_EQ(histogram.buckets.back().count, 1u);
}

/// What decoders note, through a shard's state.
class Noted : public testing::Test {
protected:
    Error ipfix(const ByteBuilder& message) { return decode(ipfix_, message.bytes()); }
    Error netflow9(const ByteBuilder& message) { return decode(netflow9_, message.bytes()); }

    std::uint32_t count(Deviation what) {
        std::uint32_t sum = 0;
        for (std::uint32_t row = 0; row < 64; ++row) {
            Traits traits{};
            if (!state_.traits.copy(row, traits)) continue;
            sum += traits.deviations[static_cast<std::size_t>(what)].count;
        }
        return sum;
    }
    Traits first_domain() {
        Traits traits{};
        EXPECT_TRUE(state_.traits.copy(state_.traits.row_of_domain(0), traits));
        return traits;
    }

    template <class Decoder>
    Error decode(Decoder& decoder, Bytes payload) {
        const Datagram each = datagram(payload, now);
        state_.open(each);
        const ExporterIndex exporter = state_.enter(each);
        const Error outcome = decoder.decode(each, exporter, sink_);
        return state_.close(exporter, outcome);
    }

    RecordingSink sink_;
    DecodeStats stats_;
    ShardState state_{
        {.templates = {.exporters_max = 4, .templates_max = 16, .templates_per_exporter_max = 8},
         .domains = {.domains_max = 16, .domains_per_exporter_max = 8},
         .park = {.bytes_max = 0}},
        stats_};
    ipfix::Decoder ipfix_{state_};
    netflow9::Decoder netflow9_{state_};
};

const Fields five_bytes{{4, 1}, {8, 4}};

TEST_F(Noted, LengthsOfIpfix) {
    const ByteBuilder templates = set(2, template_record(256, five_bytes).bytes());
    EXPECT_EQ(ipfix(ipfix_message({.length = 100}, templates.bytes())), Error::truncated);
    EXPECT_EQ(count(Deviation::length_beyond), 1u);
    ByteBuilder two;
    two.bytes(templates.bytes()).u32(0);
    EXPECT_EQ(ipfix(ipfix_message({.length = 16 + 16}, two.bytes())), Error::none);
    EXPECT_EQ(count(Deviation::length_short), 1u);
    EXPECT_EQ(ipfix(ipfix_message({.length = 8}, templates.bytes())), Error::bad_length);
    EXPECT_EQ(count(Deviation::length_bad), 1u);
    EXPECT_EQ(ipfix(ByteBuilder{}.u16(10).u16(16)), Error::truncated);
    EXPECT_EQ(count(Deviation::header_cut), 1u);
    Traits of_no_domain{};
    ASSERT_TRUE(state_.traits.copy(1, of_no_domain));
    EXPECT_EQ(of_no_domain.datagrams, 2u);
    EXPECT_EQ(of_no_domain.name.version, 0);
}

TEST_F(Noted, SetsThatAreWrong) {
    EXPECT_EQ(ipfix(ipfix_message({}, set(2, template_record(256, five_bytes).bytes()).bytes())),
              Error::none);
    const ByteBuilder data = ByteBuilder{}.u8(1).u32(2);
    EXPECT_EQ(ipfix(ipfix_message({}, set(256, data.bytes(), 40).bytes())), Error::truncated);
    EXPECT_EQ(count(Deviation::set_cut), 1u);
    EXPECT_EQ(ipfix(ipfix_message({}, set(256, data.bytes(), 3).bytes())), Error::bad_set_length);
    EXPECT_EQ(count(Deviation::set_length_bad), 1u);
    EXPECT_EQ(ipfix(ipfix_message({}, set(7, data.bytes()).bytes())), Error::bad_set_id);
    EXPECT_EQ(count(Deviation::set_reserved), 1u);
    ByteBuilder padded;
    padded.bytes(data.bytes()).u32(0);
    EXPECT_EQ(ipfix(ipfix_message({}, set(256, padded.bytes()).bytes())), Error::none);
    EXPECT_EQ(count(Deviation::set_rest), 0u);
    ByteBuilder rest;
    rest.bytes(data.bytes()).u32(9);
    EXPECT_EQ(ipfix(ipfix_message({}, set(256, rest.bytes()).bytes())), Error::none);
    EXPECT_EQ(count(Deviation::set_rest), 1u);
}

TEST_F(Noted, ADatagramCountsOnceHoweverManyOfItsSetsAreWrong) {
    ByteBuilder rest;
    rest.u8(1).u32(2).u32(9);
    ByteBuilder many;
    many.bytes(set(2, template_record(256, five_bytes).bytes()).bytes());
    for (int i = 0; i < 10; ++i) many.bytes(set(256, rest.bytes()).bytes());
    for (int i = 0; i < 3; ++i) many.bytes(set(7, rest.bytes()).bytes());
    for (std::uint32_t i = 1; i <= 3; ++i) {
        EXPECT_EQ(ipfix(ipfix_message({}, many.bytes())), Error::bad_set_id);
        EXPECT_EQ(count(Deviation::set_rest), i);
        EXPECT_EQ(count(Deviation::set_reserved), i);
    }
    // Not even a header: of no domain.
    for (std::uint32_t i = 1; i <= 3; ++i) {
        EXPECT_EQ(ipfix(ByteBuilder{}.u16(10).u16(16)), Error::truncated);
        EXPECT_EQ(count(Deviation::header_cut), i);
    }
}

TEST_F(Noted, TemplatesThatAreWrong) {
    const auto learn = [&](unsigned id, const Fields& fields) {
        return ipfix(ipfix_message({}, set(2, template_record(id, fields).bytes()).bytes()));
    };
    EXPECT_EQ(learn(255, five_bytes), Error::bad_template);
    EXPECT_EQ(count(Deviation::template_id_bad), 1u);
    EXPECT_EQ(learn(256, {{4, 0}}), Error::bad_template);
    EXPECT_EQ(count(Deviation::template_empty), 1u);
    EXPECT_EQ(learn(256, five_bytes), Error::none);
    EXPECT_EQ(learn(256, five_bytes), Error::none);
    EXPECT_EQ(count(Deviation::template_changed), 0u);
    EXPECT_EQ(learn(256, {{8, 4}}), Error::none);
    EXPECT_EQ(count(Deviation::template_changed), 1u);
    const ByteBuilder unscoped = ipfix_options_record(257, {}, five_bytes);
    EXPECT_EQ(ipfix(ipfix_message({}, set(3, unscoped.bytes()).bytes())), Error::none);
    EXPECT_EQ(count(Deviation::scope_missing), 1u);
}

TEST_F(Noted, DataOfATemplateThatComesLater) {
    const ByteBuilder data = ByteBuilder{}.u8(1).u32(2);
    EXPECT_EQ(ipfix(ipfix_message({}, set(300, data.bytes()).bytes())), Error::unknown_template);
    EXPECT_EQ(first_domain().missing[0].id, 300u);
    EXPECT_EQ(ipfix(ipfix_message({}, set(2, template_record(300, five_bytes).bytes()).bytes())),
              Error::none);
    EXPECT_EQ(first_domain().missing[0].id, 0u);
    EXPECT_EQ(count(Deviation::template_missing), 1u);
}

TEST_F(Noted, WhyATemplateThatCameIsNotThere) {
    const auto learn = [&](unsigned id, const Fields& fields) {
        return ipfix(ipfix_message({}, set(2, template_record(id, fields).bytes()).bytes()));
    };
    const auto why = [&](std::uint16_t id) {
        for (const auto& each : first_domain().absent) {
            if (each.id == id) return each.why;
        }
        return Absence::none;
    };
    EXPECT_EQ(learn(300, Fields(300, {8, 4})), Error::template_limit);
    EXPECT_EQ(why(300), Absence::too_long);
    EXPECT_EQ(count(Deviation::template_limit), 1u);
    EXPECT_EQ(learn(301, {{4, 0}}), Error::bad_template);
    EXPECT_EQ(why(301), Absence::broken);
    const ByteBuilder cut = ByteBuilder{}.u16(302).u16(2).u16(8).u16(4);
    EXPECT_EQ(ipfix(ipfix_message({}, set(2, cut.bytes()).bytes())), Error::truncated);
    EXPECT_EQ(why(302), Absence::broken);
    EXPECT_EQ(learn(303, five_bytes), Error::none);
    EXPECT_EQ(why(303), Absence::none);
    const ByteBuilder withdrawal = ByteBuilder{}.u16(303).u16(0);
    EXPECT_EQ(ipfix(ipfix_message({}, set(2, withdrawal.bytes()).bytes())), Error::none);
    EXPECT_EQ(why(303), Absence::withdrawn);
    EXPECT_EQ(learn(303, five_bytes), Error::none);
    EXPECT_EQ(why(303), Absence::none);
    const ByteBuilder all = ByteBuilder{}.u16(2).u16(0);
    EXPECT_EQ(ipfix(ipfix_message({}, set(2, all.bytes()).bytes())), Error::none);
    EXPECT_EQ(why(303), Absence::withdrawn);
    EXPECT_FALSE(first_domain().absent_lost);
    for (unsigned id = 400; id < 408; ++id) EXPECT_EQ(learn(id, {{4, 0}}), Error::bad_template);
    EXPECT_EQ(why(407), Absence::broken);
    EXPECT_TRUE(first_domain().absent_lost);
}

TEST_F(Noted, ATemplateThatMadeRoomForAnother) {
    const auto learn = [&](unsigned id, std::uint64_t seconds) {
        const ByteBuilder message =
            ipfix_message({}, set(2, template_record(id, five_bytes).bytes()).bytes());
        const Datagram each = datagram(message.bytes(), seconds);
        state_.open(each);
        const ExporterIndex exporter = state_.enter(each);
        return state_.close(exporter, ipfix_.decode(each, exporter, sink_));
    };
    for (unsigned id = 256; id < 264; ++id) EXPECT_EQ(learn(id, now), Error::none);
    EXPECT_EQ(learn(300, now + 86'400), Error::none);
    EXPECT_EQ(state_.templates.evictions(), 1u);
    ASSERT_NE(first_domain().absent[0].id, 0u);
    EXPECT_EQ(first_domain().absent[0].why, Absence::evicted);
    EXPECT_EQ(learn(301, now + 86'400), Error::none);
}

TEST_F(Noted, TheCountOfNetflow9) {
    ByteBuilder message = netflow9_message({.count = 1});
    message.bytes(set(0, template_record(256, five_bytes).bytes()).bytes());
    EXPECT_EQ(netflow9(message), Error::none);
    EXPECT_EQ(count(Deviation::count_wrong), 0u);
    ByteBuilder wrong = netflow9_message({.count = 7});
    wrong.bytes(set(0, template_record(256, five_bytes).bytes()).bytes());
    EXPECT_EQ(netflow9(wrong), Error::none);
    EXPECT_EQ(count(Deviation::count_wrong), 1u);
}

/// 22 and 21: start and end by uptime; the header's is 100,000 ms.
const Fields with_times{{22, 4}, {21, 4}, {8, 4}};

TEST_F(Noted, DurationsAndImpossibleTimes) {
    const auto send = [&](std::uint32_t start, std::uint32_t end) {
        ByteBuilder message = netflow9_message({.count = 2});
        message.bytes(set(0, template_record(256, with_times).bytes()).bytes());
        message.bytes(set(256, ByteBuilder{}.u32(start).u32(end).u32(1).bytes()).bytes());
        // The first datagram of a second is looked at.
        state_.traits.at(state_.traits.row_of_domain(0)).sampled_second = 0xff;
        return netflow9(message);
    };
    EXPECT_EQ(send(30'000, 90'000), Error::none);
    EXPECT_EQ(first_domain().durations_known, 1u);
    EXPECT_EQ(first_domain().duration_most_ms, 60'000u);
    EXPECT_EQ(send(90'000, 30'000), Error::none);
    EXPECT_EQ(send(90'000, 200'000), Error::none);
    EXPECT_EQ(send(4'000'000'000, 90'000), Error::none);
    const Traits seen = first_domain();
    const auto faults = [&](TimeFault what) {
        return seen.time_faults[static_cast<std::size_t>(what)].count;
    };
    EXPECT_EQ(faults(TimeFault::end_before_start), 1u);
    EXPECT_EQ(faults(TimeFault::end_in_future), 1u);
    EXPECT_EQ(faults(TimeFault::before_boot), 1u);
    EXPECT_EQ(seen.durations_known, 1u);
    EXPECT_EQ(seen.deviations[static_cast<std::size_t>(Deviation::rate_missing)].count, 4u);
}

/// 150 and 151, seconds in 8 bytes: times 1000 they need not fit 64 bits. 152 and 153: nor a sign.
TEST_F(Noted, TimesThatNoClockReaches) {
    const auto faults_of = [&](const Fields& fields, std::uint64_t start, std::uint64_t end) {
        ByteBuilder message = netflow9_message({.count = 2});
        message.bytes(set(0, template_record(256, fields).bytes()).bytes());
        message.bytes(set(256, ByteBuilder{}.u64(start).u64(end).bytes()).bytes());
        state_.traits.at(state_.traits.row_of_domain(0)).sampled_second = 0xff;
        EXPECT_EQ(netflow9(message), Error::none);
        return first_domain().time_faults[static_cast<std::size_t>(TimeFault::end_in_future)].count;
    };
    const Fields seconds{{150, 8}, {151, 8}};
    const Fields milliseconds{{152, 8}, {153, 8}};
    constexpr std::uint64_t past = 1'000'000'000;
    EXPECT_EQ(faults_of(seconds, past, UINT64_MAX), 1u);
    EXPECT_EQ(faults_of(seconds, past, std::uint64_t{INT64_MAX} / 1000 + 1), 2u);
    EXPECT_EQ(faults_of(seconds, UINT64_MAX, UINT64_MAX), 3u);
    EXPECT_EQ(faults_of(milliseconds, past * 1000, UINT64_MAX), 4u);
    EXPECT_EQ(first_domain().durations_known, 0u);
}

/// 156 and 157: NTP's seconds begin anew in 2036, and 0 says nothing.
TEST_F(Noted, TimesOfNtpInBothEras) {
    const auto faults_of = [&](std::uint64_t start, std::uint64_t end, std::uint32_t sent) {
        ByteBuilder message = netflow9_message({.count = 2, .seconds = sent});
        message.bytes(set(0, template_record(256, Fields{{156, 8}, {157, 8}}).bytes()).bytes());
        message.bytes(set(256, ByteBuilder{}.u64(start).u64(end).bytes()).bytes());
        state_.traits.at(state_.traits.row_of_domain(0)).sampled_second = 0xff;
        EXPECT_EQ(netflow9(message), Error::none);
        std::uint32_t faults = 0;
        for (const auto& each : first_domain().time_faults) faults += each.count;
        return faults;
    };
    constexpr std::uint64_t era_1 = 2'085'978'496;  // 2036-02-07, in UNIX seconds
    EXPECT_EQ(faults_of(0, 0, 1'700'000'000), 0U);
    EXPECT_EQ(faults_of((1'700'000'000 - 5 + ntp_unix_offset) << 32,
                        (1'700'000'000 - 1 + ntp_unix_offset) << 32, 1'700'000'000),
              0U);
    EXPECT_EQ(faults_of(5ull << 32, 9ull << 32, era_1 + 10), 0U);
    EXPECT_EQ(first_domain().durations_known, 2U);
}

TEST_F(Noted, NothingWhereNobodyAsks) {
    DecodeStats stats;
    ShardState quiet{{.templates = {.exporters_max = 4, .templates_max = 16},
                      .park = {.bytes_max = 0},
                      .traits = false},
                     stats};
    ipfix::Decoder decoder{quiet};
    const ByteBuilder message = ipfix_message({.length = 8}, {});
    const Datagram each = datagram(message.bytes(), now);
    quiet.open(each);
    const ExporterIndex exporter = quiet.enter(each);
    EXPECT_EQ(decoder.decode(each, exporter, sink_), Error::bad_length);
    EXPECT_FALSE(quiet.traits.enabled());
}

}  // namespace
}  // namespace flow
