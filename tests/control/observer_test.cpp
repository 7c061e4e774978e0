// SPDX-License-Identifier: BSD-3-Clause
// Real workers under traffic: every observation adds up, and the last one is the whole truth.
#include "control/observer.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "control/observed_box.hpp"
#include "control/summary.hpp"
#include "metrics/totals.hpp"

namespace flowd {
namespace {

using namespace std::chrono_literals;
using test::ObservedBox;
using Latest = std::shared_ptr<const Observation>;

/// The next observation for which it holds; what none makes true is a failure.
Latest wait_for(const Observer& observer, const std::function<bool(const Observation&)>& holds) {
    for (int i = 0; i < 20'000; ++i) {
        const Latest latest = observer.latest();
        if (holds(*latest)) return latest;
        std::this_thread::sleep_for(1ms);
    }
    ADD_FAILURE() << "never";
    return observer.latest();
}

Latest next(const Observer& observer, std::uint64_t after) {
    return wait_for(observer, [after](const Observation& each) { return each.serial > after; });
}

bool has_problem(const Observation& observation, std::string_view code) {
    return std::any_of(observation.problems.begin(), observation.problems.end(),
                       [code](const Finding& each) { return each.code == code; });
}

void expect_equal(const Totals& one, const Totals& another) {
    Totals copy = one;
    int field = 0;
    for_each_field(copy, another, [&field](auto& a, auto b) {
        EXPECT_EQ(a, b) << "field " << field;
        ++field;
    });
}

Totals sum(const Observation& observation) {
    Totals sum = observation.other.totals;
    for (const ExporterView& each : observation.exporters) add(sum, each.totals);
    return sum;
}

void expect_sound(const Observation& observation) {
    EXPECT_EQ(observation.datagram_imbalance, 0U);
    EXPECT_EQ(observation.flow_imbalance, 0U);
    EXPECT_GE(observation.box.in_ring, 0);
    EXPECT_FALSE(has_problem(observation, "imbalance"));
    for (const TransportView& each : observation.transports) {
        EXPECT_EQ(each.offered, each.published + each.too_large + each.ring_full);
        EXPECT_GE(each.in_ring, 0);
    }
    for (const ExporterView& each : observation.exporters) {
        EXPECT_LT(each.totals.datagrams, std::uint64_t{1} << 62);
        EXPECT_LT(each.totals.in_flight, std::uint64_t{1} << 62);
        Totals domains;
        for (const DomainView& domain : each.domains) add(domains, domain.totals);
        expect_equal(domains, each.totals);
    }
    EXPECT_LT(observation.other.totals.delivered, std::uint64_t{1} << 62);
    EXPECT_LT(observation.other.totals.datagrams, std::uint64_t{1} << 62);
}

std::uint64_t count_of(const Summary::Counts& counts, std::string_view name) {
    for (const auto& [each, count] : counts) {
        if (each == name) return count;
    }
    return 0;
}

TEST(Observer, HasAnObservationBeforeAnythingRuns) {
    ObservedBox box{{}};
    const Observer observer{box.observer_settings(), box.rx_workers, box.tx_workers, box.rings};
    const Latest latest = observer.latest();
    ASSERT_NE(latest, nullptr);
    EXPECT_EQ(latest->serial, 0U);
    EXPECT_EQ(latest->health, Health::starting);
    EXPECT_EQ(latest->rx.size(), 2U);
    ASSERT_EQ(latest->transports.size(), 2U);
    EXPECT_EQ(latest->transports[1].name, "output1");
    EXPECT_EQ(latest->transports[1].rings.size(), 2U);
    EXPECT_EQ(latest->transports[1].state, "up");
}

TEST(Observer, HealthNeedsNoObservation) {
    ObservedBox box{{}};
    Observer observer{box.observer_settings(), box.rx_workers, box.tx_workers, box.rings};
    EXPECT_EQ(observer.health().first, Health::starting);
    observer.set_health(Health::collecting);
    EXPECT_EQ(observer.health().first, Health::collecting);
    observer.set_health(Health::draining);
    EXPECT_EQ(observer.health().first, Health::draining);
    EXPECT_EQ(observer.latest()->health, Health::starting);
}

TEST(Observer, EveryObservationAddsUpAndTheLastIsTheSummary) {
    ObservedBox box{{}};
    Observer observer{box.observer_settings(), box.rx_workers, box.tx_workers, box.rings};
    observer.start();
    box.start();
    observer.set_health(Health::collecting);
    std::uint64_t datagrams = 0;
    std::uint64_t serial = 0;
    for (int i = 0; i < 100 && !testing::Test::HasFailure(); ++i) {
        const Latest latest = next(observer, serial);
        serial = latest->serial;
        expect_sound(*latest);
        EXPECT_GE(latest->box.datagrams, datagrams);
        datagrams = latest->box.datagrams;
    }
    EXPECT_GT(datagrams, 1000U);
    EXPECT_EQ(observer.latest()->health, Health::collecting);
    box.stop();
    observer.stop();
    const Latest last = observer.latest();
    expect_sound(*last);
    expect_equal(sum(*last), last->box);
    EXPECT_GT(last->exporters.size(), 4U);
    EXPECT_GT(last->other.totals.datagrams, 0U);
    EXPECT_EQ(last->box.in_ring, 0);
    EXPECT_EQ(last->box.in_flight, 0U);
    EXPECT_EQ(last->box.parked, 0U);

    const Summary summary = summarize(box.rx_workers, box.tx_workers, {"output0", "output1"});
    EXPECT_EQ(last->box.datagrams, summary.datagrams);
    EXPECT_EQ(last->box.decoded, summary.decoded);
    EXPECT_EQ(last->box.flows, summary.flows);
    EXPECT_EQ(last->box.payload_bytes, summary.bytes_in);
    EXPECT_EQ(last->box.delivered, summary.delivered);
    EXPECT_EQ(last->box.missed, count_of(summary.datagram_drops, "missed"));
    for (std::size_t i = 1; i < flow::error_count; ++i) {
        const auto name = error_name(static_cast<flow::Error>(i));
        EXPECT_EQ(last->box.drops[i], count_of(summary.datagram_drops, name)) << name;
    }
    EXPECT_EQ(last->box.ring_full, count_of(summary.flow_drops, "ring_full"));
    EXPECT_EQ(last->box.lost[static_cast<std::size_t>(Loss::timed_out)],
              count_of(summary.flow_drops, "timed_out"));
    EXPECT_EQ(last->box.sequence.lost, count_of(summary.counters, "sequence_lost"));
    EXPECT_GT(last->box.lost[static_cast<std::size_t>(Loss::timed_out)], 0U);
}

TEST(Observer, ExportersAreTheBoxWhenNothingComes) {
    ObservedBox box{{.outputs = 1}};
    Observer observer{box.observer_settings(), box.rx_workers, box.tx_workers, box.rings};
    observer.start();
    box.start();
    static_cast<void>(next(observer, 20));
    box.set_quiet();
    // Parked sets wait for a next datagram to expire.
    const Latest latest = wait_for(observer, [](const Observation& each) {
        return each.rx[0].datagrams > 0 && each.box.in_ring == 0 && each.box.in_flight == 0 &&
               each.history.points.back().rates.datagrams == 0;
    });
    expect_sound(*latest);
    expect_equal(sum(*latest), latest->box);
    EXPECT_EQ(latest->box.flows, latest->box.offered);
}

TEST(Observer, ShowsTemplatesOfRunningWorkers) {
    ObservedBox box{{.workers = 1, .outputs = 1, .exporters = 2}};
    Observer observer{box.observer_settings(), box.rx_workers, box.tx_workers, box.rings};
    box.start();
    while (box.rx_workers[0]->progress().learnt.get() < 4) std::this_thread::sleep_for(1ms);
    observer.start();
    const Latest latest = wait_for(observer, [](const Observation& each) {
        return each.templates.size() == 4;  // two exporters, two domains
    });
    EXPECT_EQ(latest->templates[0].layout.key.exporter, flow::test::ipv4(192, 0, 2, 0));
    EXPECT_EQ(latest->templates[0].layout.key.domain, 1U);
    EXPECT_EQ(latest->templates[1].layout.key.domain, 2U);
    EXPECT_EQ(latest->templates[3].layout.id, 256U);
    EXPECT_EQ(latest->templates[3].layout.fields.size(), 2U);
    ASSERT_EQ(latest->exporters.size(), 2U);
    EXPECT_EQ(latest->exporters[1].template_count, 2U);
    for (const DomainView& each : latest->exporters[1].domains) {
        EXPECT_EQ(each.template_count, each.version == 9 ? 1U : 0U);
    }
}

TEST(Observer, AStuckTransportStopsNothingButItself) {
    ObservedBox box{{.workers = 1}};
    Observer observer{box.observer_settings(), box.rx_workers, box.tx_workers, box.rings};
    observer.start();
    box.start();
    static_cast<void>(next(observer, 5));
    box.stuck_transport.store(true, std::memory_order_release);
    const Latest stuck = wait_for(observer, [](const Observation& each) {
        expect_sound(each);
        return has_problem(each, "transport_stalled") && has_problem(each, "ring_full");
    });
    EXPECT_GT(stuck->transports[0].ring_full, 0U);
    EXPECT_GT(stuck->transports[0].in_ring, 0);
    EXPECT_EQ(stuck->transports[0].rings[0].capacity, 8U);
    static_cast<void>(wait_for(observer, [&](const Observation& each) {
        return each.transports[1].delivered > stuck->transports[1].delivered;
    }));
    box.stuck_transport.store(false, std::memory_order_release);
    static_cast<void>(wait_for(observer, [&](const Observation& each) {
        expect_sound(each);
        return !has_problem(each, "transport_stalled");
    }));
    box.stop();
    observer.stop();
    expect_equal(sum(*observer.latest()), observer.latest()->box);
}

TEST(Observer, ASilentWorkerIsAFailureUntilItAnswersAgain) {
    ObservedBox box{{.outputs = 1}};
    Observer observer{box.observer_settings(), box.rx_workers, box.tx_workers, box.rings};
    observer.start();
    box.start();
    observer.set_health(Health::collecting);
    static_cast<void>(next(observer, 5));
    box.ingresses[1]->held.store(true, std::memory_order_release);
    // A busy machine's transport may seem to stand still, too, for some milliseconds.
    const Latest stuck = wait_for(observer, [](const Observation& each) {
        return each.health_reason == "RX worker 1 does not answer.";
    });
    EXPECT_EQ(stuck->health, Health::failing);
    EXPECT_EQ(observer.health(), (std::pair{stuck->health, stuck->health_reason}));
    EXPECT_TRUE(has_problem(*stuck, "worker_stuck"));
    EXPECT_EQ(stuck->rx[1].busy, 1);
    EXPECT_EQ(stuck->datagram_imbalance, 0U);
    EXPECT_EQ(stuck->flow_imbalance, 0U);
    box.ingresses[1]->held.store(false, std::memory_order_release);
    static_cast<void>(wait_for(observer, [](const Observation& each) {
        return each.health == Health::collecting && !has_problem(each, "worker_stuck");
    }));
    observer.set_health(Health::draining);
    static_cast<void>(wait_for(
        observer, [](const Observation& each) { return each.health == Health::draining; }));
}

TEST(Observer, WhatAReaderHasDoesNotChange) {
    ObservedBox box{{}};
    Observer observer{box.observer_settings(), box.rx_workers, box.tx_workers, box.rings};
    observer.start();
    box.start();
    const Latest kept = next(observer, 10);
    const std::uint64_t datagrams = kept->box.datagrams;
    const std::vector<ExporterView> exporters = kept->exporters;
    static_cast<void>(next(observer, kept->serial + 10));
    EXPECT_EQ(kept->box.datagrams, datagrams);
    ASSERT_EQ(kept->exporters.size(), exporters.size());
    for (std::size_t i = 0; i < exporters.size(); ++i) {
        expect_equal(kept->exporters[i].totals, exporters[i].totals);
    }
}

TEST(Observer, RunsOnAThreadWithAName) {
    ObservedBox box{{}};
    std::string name;
    ObserverSettings settings = box.observer_settings();
    settings.ports = [&name](std::vector<PortView>& ports, std::vector<MempoolView>&) {
        std::ifstream{"/proc/thread-self/comm"} >> name;
        ports.resize(1);
        ports[0].name = "port";
    };
    Observer observer{std::move(settings), box.rx_workers, box.tx_workers, box.rings};
    observer.start();
    EXPECT_EQ(next(observer, 3)->ports.at(0).name, "port");
    observer.stop();
    EXPECT_EQ(name, "flowd-observer");
}

}  // namespace
}  // namespace flowd
