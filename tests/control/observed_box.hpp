// SPDX-License-Identifier: BSD-3-Clause
// Real RX and TX workers with endless mixed traffic, for whoever watches them: some exporters more
// than there is room for, data without templates, damaged datagrams; transports that report later,
// lose some, or take nothing for a while.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "control/observer.hpp"
#include "flow/format/json/formatter.hpp"
#include "support/netflow_builder.hpp"
#include "worker/workers.hpp"

namespace flowd::test {

/// Bursts of whatever `traffic` has, in random order, until the worker stops asking.
class EndlessIngress final : public Ingress {
public:
    EndlessIngress(const std::vector<std::vector<std::uint8_t>>& traffic, unsigned seed,
                   std::uint8_t exporters)
        : traffic_{traffic}, random_{seed}, exporters_{exporters} {}

    std::span<const flow::Datagram> receive() noexcept override {
        while (held.load(std::memory_order_acquire)) std::this_thread::yield();
        if (quiet.load(std::memory_order_relaxed)) return {};
        // Other workers and the observer need the CPUs as well.
        if (random_() % 16 == 0) std::this_thread::sleep_for(std::chrono::microseconds{200});
        const std::size_t count = random_() % burst_.size();
        for (std::size_t i = 0; i < count; ++i) {
            burst_[i] = flow::test::datagram(traffic_[random_() % traffic_.size()], ++now_ / 1000);
            burst_[i].source = flow::test::ipv4(192, 0, 2, random_() % exporters_);
        }
        stats_.datagrams += count;
        if (random_() % 8 == 0) {
            ++stats_.datagrams;
            ++stats_.drops[static_cast<std::size_t>(flow::Error::frame_not_ours)];
        }
        if (random_() % 32 == 0) ++stats_.missed;
        return {burst_.data(), count};
    }
    void release() noexcept override {}
    void wait(std::uint64_t most_ns) noexcept override {
        std::this_thread::sleep_for(
            std::chrono::nanoseconds{std::min<std::uint64_t>(most_ns, 1000000)});
    }
    [[nodiscard]] const IngressStats& stats() noexcept override { return stats_; }

    std::atomic<bool> held{false};   ///< the worker is stuck in it
    std::atomic<bool> quiet{false};  ///< nothing comes

private:
    const std::vector<std::vector<std::uint8_t>>& traffic_;
    std::mt19937 random_;
    std::uint8_t exporters_;
    std::uint64_t now_ = 1'700'000'000'000;  ///< ms
    std::array<flow::Datagram, 16> burst_{};
    IngressStats stats_;
};

/// Reports on messages some time after it took them, and loses a few.
class LaterTransport final : public Transport {
public:
    explicit LaterTransport(const std::atomic<bool>& held) : held_{held} {}

    std::size_t deliver(const flow::Batch& batch, std::size_t first,
                        const Delivery& delivery) noexcept override {
        while (held_.load(std::memory_order_acquire)) std::this_thread::yield();
        report(flying_.size() / 2);
        const std::size_t count = batch.message_count() - first;
        counts().take(count, delivery);
        counts().in_flight.add(count);
        ledger().move(batch, first, count, delivery.source, delivery.place(), Place::in_flight);
        for (std::size_t i = first; i < first + count; ++i) {
            flying_.push_back({delivery.source, batch.slot(i).account});
        }
        return count;
    }
    std::chrono::milliseconds idle() noexcept override {
        report(flying_.size() / 2 + 1);
        return std::chrono::milliseconds{1};
    }
    Failure close(const Ending&) noexcept override {
        report(flying_.size());
        return {};
    }
    [[nodiscard]] TransportState state() const noexcept override { return TransportState::up; }

private:
    void report(std::size_t most) noexcept {
        for (; most > 0 && !flying_.empty(); --most) {
            const bool lost = ++reports_ % 97 == 0;
            counts().in_flight.subtract(1);
            if (lost) {
                counts().lose(Loss::timed_out, 1);
            } else {
                counts().delivered.add(1);
                counts().bytes.add(1);
            }
            ledger().move(flying_.front(), Place::in_flight,
                          lost ? place_of(Loss::timed_out) : Place::delivered, 1);
            flying_.pop_front();
        }
    }

    const std::atomic<bool>& held_;
    std::deque<Owner> flying_;
    std::uint64_t reports_ = 0;
};

class ObservedBox {
public:
    struct Settings {
        std::size_t workers = 2;
        std::size_t outputs = 2;
        std::uint8_t exporters = 12;
        std::uint32_t exporters_max = 8;  ///< of an RX worker
        std::size_t batches = 8;
        FullPolicy on_full = FullPolicy::drop;
    };

    explicit ObservedBox(const Settings& settings) : settings_{settings} {
        make_traffic();
        RxSettings rx;
        rx.limits.templates = {.exporters_max = settings.exporters_max, .templates_max = 64};
        rx.limits.domains.domains_max = settings.exporters_max;
        rx.limits.park = {.bytes_max = 64 * 1024, .age_max_ms = 50};
        rx.batch_age_max_ns = 1'000'000;
        rx.on_full = settings.on_full;
        for (std::size_t i = 0; i < settings.workers; ++i) {
            std::vector<LaneSettings> lanes;
            for (std::size_t output = 0; output < settings.outputs; ++output) {
                rings.push_back(std::move(*BatchRing::create(settings.batches)));
                lanes.push_back({.ring = rings.back().get(), .terminator = "\n"});
            }
            ingresses.push_back(std::make_unique<EndlessIngress>(traffic_, static_cast<unsigned>(i),
                                                                 settings.exporters));
            rx_workers.push_back(std::make_unique<FormattingRxWorker<flow::json::Formatter>>(
                flow::json::Formatter{flow::Schema::all(flow::Profile::goflow2_v1)},
                *ingresses.back(), lanes, rx, flags));
        }
        for (std::size_t output = 0; output < settings.outputs; ++output) add_tx(output);
    }
    ~ObservedBox() {
        stuck_transport.store(false, std::memory_order_release);
        for (const auto& each : ingresses) each->held.store(false, std::memory_order_release);
        stop();
    }

    [[nodiscard]] ObserverSettings observer_settings() const {
        ObserverSettings settings{.version = "1", .ingress = "udp"};
        for (std::size_t i = 0; i < settings_.outputs; ++i) {
            settings.outputs.push_back({"output" + std::to_string(i), "file"});
        }
        settings.interval = std::chrono::milliseconds{5};
        return settings;
    }
    void start() {
        for (const auto& worker : tx_workers) threads_.emplace_back([&worker] { worker->run(); });
        for (const auto& worker : rx_workers) threads_.emplace_back([&worker] { worker->run(); });
    }
    void stop() {
        flags.stop.store(true, std::memory_order_relaxed);
        for (std::thread& each : threads_) each.join();
        threads_.clear();
    }
    void set_quiet() {
        for (const auto& each : ingresses) each->quiet.store(true, std::memory_order_relaxed);
    }

    StopFlags flags;
    std::vector<std::unique_ptr<EndlessIngress>> ingresses;
    std::vector<std::unique_ptr<BatchRing>> rings;
    std::vector<std::unique_ptr<RxWorker>> rx_workers;
    std::vector<std::unique_ptr<TxWorker>> tx_workers;
    std::atomic<bool> stuck_transport{false};  ///< the first output's

private:
    void add_tx(std::size_t output) {
        std::vector<BatchRing*> its_rings;
        std::vector<const RxWorker*> sources;
        AccountPlan accounts{.row_count = rx_workers.front()->ledger().row_count()};
        for (std::size_t i = 0; i < rx_workers.size(); ++i) {
            its_rings.push_back(rings[i * settings_.outputs + output].get());
            sources.push_back(rx_workers[i].get());
            accounts.rx_workers.push_back(static_cast<std::uint32_t>(i));
        }
        const std::atomic<bool>& held = output == 0 ? stuck_transport : never_;
        tx_workers.push_back(std::make_unique<TxWorker>(
            std::move(its_rings), std::move(sources), std::make_unique<LaterTransport>(held), flags,
            stop_patience_default, output, std::move(accounts)));
    }
    void add(flow::Bytes payload) { traffic_.emplace_back(payload.begin(), payload.end()); }
    void make_traffic() {
        using namespace flow::test;
        for (unsigned i = 0; i < 6; ++i) traffic_.push_back(netflow5_payload(1 + i * 4));
        const Fields fields{{8, 4}, {12, 4}};
        for (const std::uint32_t domain : {1U, 2U}) {
            // Once in a while the template, more often its data, and data of one that never comes.
            ByteBuilder layout = netflow9_message({.source_id = domain});
            layout.bytes(set(0, template_record(256, fields).bytes()).bytes());
            add(layout.bytes());
            ByteBuilder data = netflow9_message({.source_id = domain});
            data.bytes(set(256, std::vector<std::uint8_t>(24, 7)).bytes());
            for (int i = 0; i < 4; ++i) add(data.bytes());
            ByteBuilder unknown = netflow9_message({.source_id = domain});
            unknown.bytes(set(300, std::vector<std::uint8_t>(24, 7)).bytes());
            add(unknown.bytes());
        }
        traffic_.push_back({1, 2, 3});
        traffic_.push_back({0, 9, 0, 1, 0, 0});
    }

    Settings settings_;
    std::atomic<bool> never_{false};
    std::vector<std::vector<std::uint8_t>> traffic_;
    std::vector<std::thread> threads_;
};

}  // namespace flowd::test
