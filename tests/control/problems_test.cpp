// SPDX-License-Identifier: BSD-3-Clause
#include "control/problems.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "metrics/words.hpp"

namespace flowd {
namespace {

constexpr std::uint64_t second = 1'000'000'000;

/// A box that is in order, an observation a second.
class ProblemsTest : public testing::Test {
protected:
    ProblemsTest() {
        now_.ingress = "udp";
        now_.taken_at_ns = 1000 * second;
        now_.rx.resize(2);
        now_.transports.resize(1);
        now_.transports[0].name = "kafka";
        now_.transports[0].state = "up";
    }

    void observe(int times = 1) {
        for (int i = 0; i < times; ++i) {
            now_.taken_at_ns += second;
            clock_.tick(now_.taken_at_ns);
            problems_.find(now_, clock_, unanswered_);
        }
    }
    [[nodiscard]] const Finding* find(std::string_view code) const {
        const auto found = std::find_if(now_.problems.begin(), now_.problems.end(),
                                        [code](const Finding& each) { return each.code == code; });
        return found == now_.problems.end() ? nullptr : &*found;
    }

    Observation now_;
    std::vector<double> unanswered_{0, 0};

private:
    RateClock clock_;
    Problems problems_{2, 1};
};

TEST_F(ProblemsTest, ABoxInOrderHasNone) {
    now_.rx[0].busy = 0.9;
    observe(30);
    EXPECT_TRUE(now_.problems.empty());
}

TEST_F(ProblemsTest, AWorkerIsBusyAfterTenSecondsInARow) {
    now_.rx[1].busy = 0.99;
    observe(9);
    EXPECT_TRUE(now_.problems.empty());
    observe();
    ASSERT_NE(find("worker_busy"), nullptr);
    EXPECT_NE(find("worker_busy")->sentence.find("RX worker 1 "), std::string::npos);
    now_.rx[1].busy = 0.5;
    observe();
    now_.rx[1].busy = 0.99;
    observe(9);
    EXPECT_TRUE(now_.problems.empty());
}

TEST_F(ProblemsTest, WhatWasLostInTheLastTenSecondsCounts) {
    observe(3);
    now_.transports[0].ring_full = 20'000;
    now_.box.missed = 5;
    observe();
    ASSERT_NE(find("ring_full"), nullptr);
    EXPECT_NE(find("ring_full")->sentence.find("6,667 flows a second"), std::string::npos)
        << find("ring_full")->sentence;
    EXPECT_NE(find("datagrams_missed")->action.find("receive_buffer"), std::string::npos);
    observe(9);
    EXPECT_NE(find("ring_full"), nullptr);
    observe();
    EXPECT_TRUE(now_.problems.empty());
}

TEST_F(ProblemsTest, ATransportThatDeliversNothingThoughItHasSomethingIsStalled) {
    now_.transports[0].in_flight = 1'000'000;
    observe(9);
    EXPECT_EQ(find("transport_stalled"), nullptr);
    now_.transports[0].delivered = 1;
    observe(10);
    EXPECT_EQ(find("transport_stalled"), nullptr);
    observe();
    ASSERT_NE(find("transport_stalled"), nullptr);
    EXPECT_EQ(find("transport_stalled")->sentence,
              "Transport kafka has delivered nothing for 10 seconds, and 1,000,000 flows wait for "
              "it.");
    now_.transports[0].in_flight = 0;
    now_.transports[0].state = "up";  // as the box says in each observation
    observe();
    EXPECT_TRUE(now_.problems.empty());
}

TEST_F(ProblemsTest, WhatWaitsForATransportIsInRingsInFlightAndOnDisk) {
    now_.transports[0].in_ring = 12'828;
    observe(10);
    ASSERT_NE(find("transport_stalled"), nullptr);
    EXPECT_NE(find("transport_stalled")->sentence.find("and 12,828 flows wait for it."),
              std::string::npos);
    now_.transports[0].in_flight = 100;
    now_.transports[0].spooled = 3000;
    observe();
    EXPECT_NE(find("transport_stalled")->sentence.find("and 15,928 flows wait for it."),
              std::string::npos);
    now_.transports[0].in_ring = -5;
    now_.transports[0].in_flight = 1;
    now_.transports[0].spooled = 0;
    observe();
    EXPECT_NE(find("transport_stalled")->sentence.find("and 1 flow waits for it."),
              std::string::npos);
}

/// Its thread is in write(2) and says nothing: what is shown must not be that all is well.
TEST_F(ProblemsTest, ATransportThatIsStuckIsNotUp) {
    TransportView& transport = now_.transports[0];
    const auto once = [&](std::uint64_t ring_full) {
        transport.state = "up";
        transport.in_ring = 10;
        transport.ring_full += ring_full;
        observe();
    };
    for (int i = 0; i < 20; ++i) once(0);
    EXPECT_EQ(transport.state, "slow");
    once(100);
    EXPECT_EQ(transport.state, "dropping");
    ++transport.delivered;
    once(100);
    EXPECT_EQ(transport.state, "up") << "it moves";
}

TEST_F(ProblemsTest, AStallComesBeforeWhatItDoes) {
    now_.transports[0].in_ring = 12'828;
    for (int i = 0; i < 10; ++i) {
        now_.transports[0].ring_full += 500;
        observe();
    }
    ASSERT_EQ(now_.problems.size(), 2U);
    EXPECT_EQ(now_.problems[0].code, "transport_stalled");
    EXPECT_EQ(now_.problems[1].code, "ring_full");
}

TEST_F(ProblemsTest, LessThanTwoASecondAreSoManyAMinute) {
    observe(10);
    now_.transports[0].ring_full = 4;
    now_.box.missed = 1;
    observe();
    ASSERT_NE(find("ring_full"), nullptr);
    EXPECT_NE(find("ring_full")->sentence.find(": 24 flows a minute are dropped"),
              std::string::npos)
        << find("ring_full")->sentence;
    EXPECT_EQ(find("datagrams_missed")->sentence.substr(0, 34),
              "6 datagrams a minute are lost befo");
}

TEST_F(ProblemsTest, StatesOfTransportsAreSaid) {
    for (const auto& [state, code] :
         {std::pair{"slow", "transport_slow"}, std::pair{"spooling", "transport_spooling"},
          std::pair{"dropping", "transport_dropping"}, std::pair{"closed", "transport_closed"}}) {
        now_.transports[0].state = state;
        observe();
        EXPECT_NE(find(code), nullptr) << state;
        EXPECT_EQ(now_.problems.size(), 1U);
    }
}

TEST_F(ProblemsTest, TheWorstComesFirst) {
    now_.transports[0].state = "slow";
    now_.datagram_imbalance = 3;
    unanswered_[0] = 6;
    observe();
    ASSERT_EQ(now_.problems.size(), 3U);
    EXPECT_EQ(now_.problems[0].code, "imbalance");
    EXPECT_EQ(now_.problems[1].code, "worker_stuck");
    EXPECT_EQ(now_.problems[2].code, "transport_slow");
}

TEST_F(ProblemsTest, FullTablesAndUnknownTemplatesAreSaidWhileTheyLast) {
    observe();
    now_.exporters_forgotten = 7;
    now_.rx[1].domains_evicted = 1;
    now_.box.drops[static_cast<std::size_t>(flow::Error::unknown_template)] = 4;
    observe();
    EXPECT_NE(find("exporters_forgotten"), nullptr);
    EXPECT_NE(find("domains_evicted"), nullptr);
    EXPECT_EQ(find("templates_evicted"), nullptr);
    now_.box.drops[static_cast<std::size_t>(flow::Error::protocol_not_here)] = 1;
    observe();
    ASSERT_NE(find("protocol_not_here"), nullptr);
    EXPECT_NE(find("protocol_not_here")->action.find("flowctl exporter other"), std::string::npos);
    ASSERT_NE(find("unknown_templates"), nullptr);
    EXPECT_NE(find("unknown_templates")->action.find(template_pace), std::string::npos);
    EXPECT_NE(find("unknown_templates")->action.find("flowctl exporters --search template_missing"),
              std::string::npos);
    observe(10);
    EXPECT_TRUE(now_.problems.empty());
}

TEST_F(ProblemsTest, ExportersAreSilentAfterAMinuteButNotInAReplay) {
    now_.exporters.resize(2);
    for (ExporterView& each : now_.exporters) {
        each.first_seen = 900;
        each.last_seen = 1000;
        each.totals.datagrams = 101;
    }
    observe(59);
    EXPECT_TRUE(now_.problems.empty());
    now_.exporters[1].last_seen = 1059;
    observe();
    ASSERT_NE(find("exporters_silent"), nullptr);
    EXPECT_EQ(find("exporters_silent")->sentence.substr(0, 15), "1 exporter has ");
    now_.ingress = "replay";
    observe();
    EXPECT_TRUE(now_.problems.empty());
    now_.ingress = "udp";
    now_.exporters[1].last_seen = 1000;
    now_.taken_at_ns += 86'400 * second;
    observe();
    EXPECT_EQ(find("exporters_silent"), nullptr) << "they are gone";
}

TEST_F(ProblemsTest, StrayDatagramsAndSlowExportersAreNotSilence) {
    now_.exporters.resize(2);
    now_.exporters[0].first_seen = now_.exporters[0].last_seen = 1000;
    now_.exporters[0].totals.datagrams = 1;
    now_.exporters[1].first_seen = 100;
    now_.exporters[1].last_seen = 1000;
    now_.exporters[1].totals.datagrams = 4;  // one in five minutes
    observe(120);
    EXPECT_TRUE(now_.problems.empty());
    observe(1400);
    ASSERT_NE(find("exporters_silent"), nullptr);
    EXPECT_EQ(find("exporters_silent")->sentence.substr(0, 15), "1 exporter has ");
}

}  // namespace
}  // namespace flowd
