// SPDX-License-Identifier: BSD-3-Clause
#include "worker/rx_worker.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "flow/format/json/formatter.hpp"
#include "worker/counted_new.hpp"
#include "worker/workers.hpp"

namespace flowd {
namespace {

using Worker = FormattingRxWorker<flow::json::Formatter>;

struct Bench {
    explicit Bench(std::vector<flow::Datagram> datagrams, bool live = false,
                   std::size_t batches = 4)
        : ring{std::move(*BatchRing::create(batches))},
          ingress{std::move(datagrams), live},
          worker{std::make_unique<Worker>(
              flow::json::Formatter{flow::Schema::all(flow::Profile::goflow2_v1)}, ingress,
              test::one_lane(*ring, "\n"), settings(), flags)} {}

    static RxSettings settings() {
        RxSettings settings;
        settings.limits.templates = {.exporters_max = 8, .templates_max = 8};
        settings.batch_age_max_ns = 10'000'000'000;
        return settings;
    }

    StopFlags flags;
    std::unique_ptr<BatchRing> ring;
    test::PreparedIngress ingress;
    std::unique_ptr<Worker> worker;
};

std::vector<flow::Datagram> repeated(const std::vector<std::uint8_t>& payload, std::size_t count) {
    return std::vector<flow::Datagram>(count, flow::test::datagram(payload));
}

TEST(RxWorker, AReplayEndsByItselfWithAllFlowsInTheRing) {
    const auto payload = test::netflow5_payload(3);
    Bench bench{repeated(payload, 5)};
    bench.worker->run();
    EXPECT_TRUE(bench.worker->done());
    EXPECT_EQ(bench.worker->pipeline_stats().datagrams, 5u);
    EXPECT_EQ(bench.worker->pipeline_stats().flows, 15u);
    flow::Batch* const batch = bench.ring->take();
    ASSERT_NE(batch, nullptr);
    EXPECT_EQ(batch->message_count(), 15u);
    EXPECT_EQ(bench.worker->progress().datagrams.get(), 5u);
    EXPECT_EQ(bench.worker->progress().flows.get(), 15u);
    EXPECT_EQ(bench.worker->ingress_stats().datagrams, 5u);
}

TEST(RxWorker, AttachesOnceAndReleasesEveryBurst) {
    const auto payload = test::netflow5_payload(1);
    Bench bench{repeated(payload, 9)};  // bursts of 4, 4 and 1; two empty ones before it ends
    bench.worker->run();
    EXPECT_EQ(bench.ingress.attached, 1);
    EXPECT_EQ(bench.ingress.detached, 1);
    EXPECT_EQ(bench.ingress.released, 5);
}

TEST(RxWorker, AnIdleLiveWorkerHandsOnWhatItHasAndStopsWhenTold) {
    const auto payload = test::netflow5_payload(2);
    Bench bench{repeated(payload, 1), true};
    std::thread thread{[&] { bench.worker->run(); }};
    // Handed on after a few milliseconds without a datagram, long before the batch is old.
    flow::Batch* batch = nullptr;
    while (batch == nullptr) batch = bench.ring->take();
    EXPECT_EQ(batch->message_count(), 2u);
    EXPECT_FALSE(bench.worker->done());
    bench.flags.stop.store(true, std::memory_order_relaxed);
    thread.join();
    EXPECT_TRUE(bench.worker->done());
}

TEST(RxWorker, AStopTakesWhatHasArrivedAndAHurriedOneDoesNot) {
    const auto payload = test::netflow5_payload(1);
    Bench patient{repeated(payload, 6), true};
    patient.flags.stop.store(true, std::memory_order_relaxed);
    patient.worker->run();
    EXPECT_EQ(patient.worker->pipeline_stats().datagrams, 6u);

    Bench hurried{repeated(payload, 6), true};
    hurried.flags.stop.store(true, std::memory_order_relaxed);
    hurried.flags.hurry.store(true, std::memory_order_relaxed);
    hurried.worker->run();
    EXPECT_EQ(hurried.worker->pipeline_stats().datagrams, 0u);
}

TEST(RxWorker, MeasuresFromTheFirstDatagramOn) {
    Bench idle{{}};
    idle.worker->run();
    EXPECT_FALSE(idle.worker->span().used());

    const auto payload = test::netflow5_payload(1);
    Bench busy{repeated(payload, 3)};
    busy.worker->run();
    EXPECT_TRUE(busy.worker->span().used());
    EXPECT_GE(busy.worker->span().last_ns(), busy.worker->span().first_ns());
}

TEST(RxWorker, AnswersAnIdleMailbox) {
    Bench bench{{}, true};
    flow::LearntState learnt;
    learnt.templates.push_back({.key = {flow::test::ipv4(192, 0, 2, 1), 0, 9, 1},
                                .id = 256,
                                .options = false,
                                .scope_count = 0,
                                .fields = {{8, 4, 0}}});
    learnt.templates.push_back(learnt.templates[0]);
    learnt.templates[1].id = 255;
    EXPECT_EQ(bench.worker->restore(learnt, 1'700'000'000), 1u) << "no template has such an id";
    EXPECT_EQ(bench.worker->progress().learnt.get(), 1u);
    std::thread thread{[&] { bench.worker->run(); }};
    bench.worker->mailbox().ask();
    const LearntPage* page = nullptr;
    while (page == nullptr) page = bench.worker->mailbox().page();
    EXPECT_EQ(page->template_count, 1u);
    EXPECT_TRUE(page->last);
    bench.flags.stop.store(true, std::memory_order_relaxed);
    thread.join();
    EXPECT_EQ(bench.worker->state().templates.size(), 1u);
}

TEST(RxWorker, DoesNotAllocateOnceItRuns) {
    const auto payload = test::netflow5_payload(30);
    // More than fits the batches: the way of dropped messages is walked as well.
    Bench bench{repeated(payload, 200)};
    bench.worker->mailbox().ask();
    bench.worker->cuts().ask();
    test::seal_thread();
    bench.worker->run();
    const std::size_t allocations = test::unseal_thread();
    EXPECT_EQ(bench.worker->pipeline_stats().flows, 6000u);
    EXPECT_GT(bench.worker->outlet().writer(0).ring_full_drops(), 0u);
    EXPECT_EQ(allocations, 0u);
    EXPECT_NE(bench.worker->mailbox().page(), nullptr) << "served meanwhile";
    EXPECT_NE(bench.worker->cuts().cut(), nullptr) << "this too";
}

}  // namespace
}  // namespace flowd
