// SPDX-License-Identifier: BSD-3-Clause
// Cuts and accounts of workers that run: read by another thread as fast as it can, with transports
// that want some of the flows, and one that takes nothing.
#include "worker/rx_cut.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <numeric>
#include <thread>

#include "flow/format/json/formatter.hpp"
#include "support/accounts.hpp"
#include "worker/rx_worker.hpp"
#include "worker/workers.hpp"

namespace flowd {
namespace {

using Worker = FormattingRxWorker<flow::json::Formatter>;

std::uint64_t sum(const std::array<std::uint64_t, flow::error_count>& drops) {
    return std::accumulate(drops.begin(), drops.end(), std::uint64_t{0});
}

void expect_equations(const RxCut& cut) {
    const flow::PipelineStats& pipeline = cut.pipeline;
    EXPECT_EQ(cut.ingress.datagrams, sum(cut.ingress.drops) + pipeline.datagrams);
    EXPECT_EQ(pipeline.datagrams,
              pipeline.decoded + sum(pipeline.datagram_drops) + pipeline.parked_datagrams);
    for (const LaneCut& lane : cut.lanes) {
        EXPECT_EQ(lane.offered, lane.published + lane.ring_full + lane.too_large);
    }
    EXPECT_EQ(cut.waiting, 0U);
}

/// Two exporters, two ports: the first lane gets all, the second what came to port 2056.
struct Bench {
    explicit Bench(bool live, std::size_t datagrams = 20'000, std::size_t batches = 4) {
        for (auto& ring : rings) ring = std::move(*BatchRing::create(batches));
        for (std::size_t i = 0; i < datagrams; ++i) {
            flow::Datagram each = flow::test::datagram(i % 10 == 9 ? flow::Bytes{bad} : payload);
            each.source = flow::test::ipv4(10, 0, 0, 1 + i % 2);
            each.destination_port = static_cast<std::uint16_t>(2055 + i % 2);
            given.push_back(each);
        }
        open(live);
    }
    void open(bool live, flow::ParkLimits park = {}) {
        ingress = std::make_unique<test::PreparedIngress>(given, live, 32);
        const std::array<LaneSettings, 2> lanes{
            LaneSettings{.ring = rings[0].get(), .terminator = "\n"},
            LaneSettings{.ring = rings[1].get(), .filter = {{2056}, {}}}};
        RxSettings settings;
        settings.limits.templates = {.exporters_max = 8, .templates_max = 8};
        settings.limits.park = park;
        settings.batch_age_max_ns = 10'000'000'000;
        worker = std::make_unique<Worker>(
            flow::json::Formatter{flow::Schema::all(flow::Profile::goflow2_v1)}, *ingress, lanes,
            settings, flags);
    }

    std::vector<std::uint8_t> payload = test::netflow5_payload(3);
    std::vector<std::uint8_t> bad = {0, 99, 0, 0};
    StopFlags flags;
    std::array<std::unique_ptr<BatchRing>, 2> rings;
    std::vector<flow::Datagram> given;
    std::unique_ptr<test::PreparedIngress> ingress;
    std::unique_ptr<Worker> worker;
};

TEST(RxCut, HoldsItsEquationsWhileTheWorkerRuns) {
    Bench bench{true};
    std::thread thread{[&] { bench.worker->run(); }};
    std::map<flow::AccountTag, std::uint64_t> taken;  // by the first lane
    std::uint64_t copies = 0;
    std::uint64_t decoded = 0;
    for (int cuts = 0; cuts < 20 || decoded < 18'000; ++cuts) {
        bench.worker->cuts().ask();
        const RxCut* cut = nullptr;
        while (cut == nullptr) {
            cut = bench.worker->cuts().cut();
            while (flow::Batch* const batch = bench.rings[0]->take()) {
                for (std::size_t i = 0; i < batch->message_count(); ++i) {
                    ++taken[batch->slot(i).account];
                }
                bench.rings[0]->give_back(batch);
            }
            bench.worker->ledger().for_each([&](std::uint32_t, const flow::Account& account) {
                ++copies;
                EXPECT_TRUE(flow::test::balanced(account.counts));
            });
        }
        ASSERT_EQ(cut->lanes.size(), 2U);
        expect_equations(*cut);
        decoded = cut->pipeline.decoded;
        bench.worker->cuts().done();
        EXPECT_TRUE(bench.worker->cuts().idle());
        if (::testing::Test::HasFailure()) break;
    }
    bench.flags.stop.store(true, std::memory_order_relaxed);
    thread.join();
    EXPECT_GT(copies, 0U);

    const RxCut last = bench.worker->final_cut();
    expect_equations(last);
    EXPECT_EQ(last.ingress.datagrams, 20'000U);
    EXPECT_EQ(last.pipeline.flows, 54'000U);
    EXPECT_EQ(last.lanes[0].offered, 54'000U);
    EXPECT_EQ(last.lanes[1].offered, 24'000U) << "every fifth datagram to that port is bad";
    EXPECT_GT(last.lanes[1].ring_full, 0U) << "nobody takes them";
    EXPECT_EQ(last.exporter_count, 2U);
    EXPECT_EQ(last.domain_count, 2U);
    EXPECT_GE(last.cycles, last.busy_cycles);
    EXPECT_GT(last.busy_cycles, 0U);

    while (flow::Batch* const batch = bench.rings[0]->take()) {
        for (std::size_t i = 0; i < batch->message_count(); ++i) ++taken[batch->slot(i).account];
    }
    std::uint64_t all = 0;
    for (const auto& [tag, count] : taken) {
        flow::Account account;
        ASSERT_TRUE(bench.worker->ledger().read(flow::row_of(tag), account));
        EXPECT_EQ(account.epoch, flow::epoch_of(tag));
        EXPECT_EQ(account.name.version, 5);
        EXPECT_GE(account.counts.published, count) << "of both lanes";
        EXPECT_EQ(account.counts.flows, account.name.exporter.octets[3] == 1 ? 30'000U : 24'000U);
        all += count;
    }
    EXPECT_EQ(taken.size(), 2U);
    EXPECT_EQ(all, last.lanes[0].published);
}

TEST(RxCut, AccountsAreOfferedWhatLanesAre) {
    Bench bench{false};
    bench.worker->run();
    const RxCut cut = bench.worker->final_cut();
    const flow::AccountCounts all =
        flow::test::sum_of(flow::test::accounts_of(bench.worker->ledger()));
    EXPECT_EQ(all.datagrams, cut.pipeline.datagrams);
    EXPECT_EQ(all.flows, cut.pipeline.flows);
    EXPECT_EQ(all.offered, cut.lanes[0].offered + cut.lanes[1].offered);
    EXPECT_EQ(all.published, cut.lanes[0].published + cut.lanes[1].published);
    EXPECT_EQ(all.ring_full, cut.lanes[0].ring_full + cut.lanes[1].ring_full);
    EXPECT_GT(all.ring_full, 0U) << "both rings are full";
    EXPECT_EQ(all.drops[static_cast<std::size_t>(flow::Error::unknown_protocol)], 2'000U);
}

TEST(RxCut, NobodyWaitsForATemplateForEverBecauseNothingElseComes) {
    const std::vector<std::uint8_t> record{1, 2, 3, 4};
    flow::test::ByteBuilder waits = flow::test::netflow9_message();
    waits.bytes(flow::test::set(256, record).bytes());
    Bench bench{true, 0};
    bench.given = {flow::test::datagram(waits.bytes())};
    bench.open(true, {.bytes_max = 4096, .age_max_ms = 1});
    std::thread thread{[&] { bench.worker->run(); }};
    bool expired = false;
    while (!expired) {
        const RxCut* cut = nullptr;
        bench.worker->cuts().ask();
        while (cut == nullptr) cut = bench.worker->cuts().cut();
        expect_equations(*cut);
        const std::size_t reason = static_cast<std::size_t>(flow::Error::unknown_template);
        expired = cut->pipeline.datagram_drops[reason] == 1;
        EXPECT_EQ(cut->pipeline.parked_datagrams, cut->pipeline.datagrams - (expired ? 1 : 0));
        bench.worker->cuts().done();
    }
    bench.flags.stop.store(true, std::memory_order_relaxed);
    thread.join();
}

TEST(RxCut, AnIdleWorkerAnswers) {
    Bench bench{true, 0};
    std::thread thread{[&] { bench.worker->run(); }};
    bench.worker->cuts().ask();
    EXPECT_FALSE(bench.worker->cuts().idle());
    const RxCut* cut = nullptr;
    while (cut == nullptr) cut = bench.worker->cuts().cut();
    expect_equations(*cut);
    EXPECT_EQ(cut->pipeline.datagrams, 0U);
    bench.worker->cuts().done();
    bench.flags.stop.store(true, std::memory_order_relaxed);
    thread.join();
}

}  // namespace
}  // namespace flowd
