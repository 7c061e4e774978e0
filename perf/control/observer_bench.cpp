// SPDX-License-Identifier: BSD-3-Clause
// What an observation costs the observer's thread: CPU time with many exporters that all send, two
// rows of the ledger and a template each.
#include <benchmark/benchmark.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "control/observer.hpp"
#include "flow/format/json/formatter.hpp"
#include "tests/support/netflow_builder.hpp"
#include "transport/null/transport.hpp"
#include "worker/clock.hpp"

namespace flowd {
namespace {

/// Of each exporter in turn: a template and data of it, and a datagram that is none.
class ManyExporters final : public Ingress {
public:
    explicit ManyExporters(std::uint32_t count) : count_{count} {
        using namespace flow::test;
        const Fields fields{{8, 4}, {12, 4}, {7, 2}, {11, 2}, {1, 4}, {2, 4}};
        ByteBuilder message = netflow9_message({.count = 2});
        message.bytes(set(0, template_record(256, fields).bytes()).bytes());
        message.bytes(set(256, std::vector<std::uint8_t>(20, 7)).bytes());
        good_.assign(message.bytes().begin(), message.bytes().end());
    }

    std::span<const flow::Datagram> receive() noexcept override {
        const auto now = read_clock_ns(CLOCK_REALTIME);
        for (flow::Datagram& each : burst_) {
            const std::uint32_t exporter = next_ / 2 % count_;
            each = flow::test::datagram(next_ % 2 == 0 ? flow::Bytes{good_} : flow::Bytes{bad_});
            each.source = flow::test::ipv4(10, exporter >> 16, exporter >> 8 & 255, exporter & 255);
            each.received_ns = now;
            ++next_;
        }
        stats_.datagrams += burst_.size();
        if (next_ % 4096 < burst_.size()) std::this_thread::sleep_for(std::chrono::milliseconds{1});
        return burst_;
    }
    void release() noexcept override {}
    void wait(std::uint64_t) noexcept override {}
    [[nodiscard]] const IngressStats& stats() noexcept override { return stats_; }

private:
    std::uint32_t count_;
    std::uint32_t next_ = 0;
    std::vector<std::uint8_t> good_;
    std::vector<std::uint8_t> bad_{1, 2, 3};
    std::array<flow::Datagram, 32> burst_{};
    IngressStats stats_;
};

/// CPU time of the thread from one observation to the next.
class Meter {
public:
    void tick() {
        const std::uint64_t now = thread_cpu_ns();
        const std::lock_guard lock{mutex_};
        last_ns_ = now - before_ns_;
        before_ns_ = now;
    }
    [[nodiscard]] double seconds() const {
        const std::lock_guard lock{mutex_};
        return static_cast<double>(last_ns_) / 1e9;
    }

private:
    mutable std::mutex mutex_;
    std::uint64_t before_ns_ = 0;
    std::uint64_t last_ns_ = 0;
};

void observe(benchmark::State& state) {
    const auto exporters = static_cast<std::uint32_t>(state.range(0));
    StopFlags flags;
    ManyExporters ingress{exporters};
    std::vector<std::unique_ptr<BatchRing>> rings;
    rings.push_back(std::move(*BatchRing::create(64)));
    RxSettings settings;
    settings.batch_age_max_ns = 1'000'000;
    std::vector<std::unique_ptr<RxWorker>> rx;
    const LaneSettings lane{.ring = rings[0].get(), .terminator = "\n"};
    rx.push_back(std::make_unique<FormattingRxWorker<flow::json::Formatter>>(
        flow::json::Formatter{flow::Schema::all(flow::Profile::goflow2_v1)}, ingress,
        std::span{&lane, 1}, settings, flags));
    std::vector<std::unique_ptr<TxWorker>> tx;
    tx.push_back(std::make_unique<TxWorker>(
        std::vector{rings[0].get()}, std::vector<const RxWorker*>{rx[0].get()}, null::open(), flags,
        stop_patience_default, 0,
        AccountPlan{.rx_workers = {0}, .row_count = rx[0]->ledger().row_count()}));
    Meter meter;
    ObserverSettings observed{.ingress = "udp"};
    observed.outputs = {{"null", "null"}};
    observed.interval = std::chrono::milliseconds{250};
    observed.ports = [&meter](auto&, auto&) { meter.tick(); };
    Observer observer{std::move(observed), rx, tx, rings};
    std::thread tx_thread{[&] { tx[0]->run(); }};
    std::thread rx_thread{[&] { rx[0]->run(); }};
    observer.start();
    const auto next = [&observer](std::uint64_t serial) {
        while (observer.latest()->serial <= serial)
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        return observer.latest();
    };
    auto latest = next(0);
    while (latest->exporters.size() < exporters || latest->templates.size() < exporters) {
        latest = next(latest->serial);
    }
    for (auto _ : state) {
        latest = next(latest->serial);
        state.SetIterationTime(meter.seconds());
        if (latest->datagram_imbalance != 0 || latest->flow_imbalance != 0 ||
            latest->exporters.back().domains.size() != 2) {
            state.SkipWithError("the observation is wrong");
        }
    }
    flags.stop.store(true, std::memory_order_relaxed);
    flags.hurry.store(true, std::memory_order_relaxed);
    rx_thread.join();
    tx_thread.join();
}

BENCHMARK(observe)
    ->Arg(1000)
    ->Arg(10'000)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(40);

}  // namespace
}  // namespace flowd
