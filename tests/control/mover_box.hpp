// SPDX-License-Identifier: BSD-3-Clause
// RX workers on a port with three queues (net_ring, which gives back what is sent on it), their
// reader, and exporters whose records can be told apart. Starts DPDK: once per process.
#pragma once

#include <gtest/gtest.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <thread>

#include "control/mover.hpp"
#include "flow/format/json/formatter.hpp"
#include "ingress/dpdk/frames.hpp"
#include "ingress/dpdk/live.hpp"
#include "support/netflow_builder.hpp"
#include "worker/workers.hpp"

namespace flowd::test {

using flow::test::ByteBuilder;
using Clock = std::chrono::steady_clock;

inline constexpr std::uint32_t workers_count = 3;
inline constexpr std::uint16_t listen_port = 4739;

/// One domain of one exporter. Its records count from 1, in IN_BYTES; its name is in INPUT_SNMP
/// and OUTPUT_SNMP.
class Stream {
public:
    Stream(std::uint8_t exporter, std::uint32_t domain) : exporter_{exporter}, domain_{domain} {}

    [[nodiscard]] std::uint8_t exporter() const noexcept { return exporter_; }
    [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }
    [[nodiscard]] std::uint64_t datagrams() const noexcept { return datagrams_; }
    [[nodiscard]] std::pair<unsigned, unsigned> name() const noexcept {
        return {exporter_, domain_};
    }

    /// The next datagram: sometimes with its template in front, sometimes with another template
    /// from then on.
    [[nodiscard]] std::string next(std::mt19937& random) {
        ByteBuilder sets;
        const bool redefine = datagrams_ == 0 || random() % 20 == 0;
        if (redefine) reversed_ = !reversed_;
        if (redefine || random() % 10 == 0) {
            sets.bytes(
                flow::test::set(2, flow::test::template_record(300, fields()).bytes()).bytes());
        }
        ByteBuilder records;
        const unsigned count = 1 + random() % 5;
        for (unsigned i = 0; i < count; ++i) add_record(records);
        sets.bytes(flow::test::set(300, records.bytes()).bytes());
        const auto message = flow::test::ipfix_message(
            {.sequence = static_cast<std::uint32_t>(sent_ - count), .domain = domain_},
            sets.bytes());
        ++datagrams_;
        const flow::Bytes bytes = message.bytes();
        return {bytes.begin(), bytes.end()};
    }

private:
    [[nodiscard]] flow::test::Fields fields() const {
        flow::test::Fields all{{10, 4, 0}, {1, 4, 0}, {14, 4, 0}};
        if (reversed_) std::reverse(all.begin(), all.end());
        return all;
    }
    void add_record(ByteBuilder& out) {
        ++sent_;
        const std::array<std::uint32_t, 3> values{exporter_, static_cast<std::uint32_t>(sent_),
                                                  domain_};
        for (std::size_t i = 0; i < 3; ++i) out.u32(values[reversed_ ? 2 - i : i]);
    }

    std::uint8_t exporter_;
    std::uint32_t domain_;
    std::uint64_t sent_ = 0;
    std::uint64_t datagrams_ = 0;
    bool reversed_ = true;
};

inline std::uint64_t number_after(std::string_view line, std::string_view key) {
    const std::size_t at = line.find(key);
    std::uint64_t value = 0;
    if (at == std::string_view::npos) return value;
    const char* const first = line.data() + at + key.size();
    std::from_chars(first, line.data() + line.size(), value);
    return value;
}

/// The workers of a port with three queues, and one reader of all their batches.
class Box {
public:
    Box() {
        options_.hugepages = "off";
        options_.memory_mb = 384;
        options_.fragments_bytes = 0;
        // All that the sender has: a worker that gets no CPU for a while costs no frame.
        options_.shard_ring = 8192;
        options_.ports.single.device = "net_ring0";
        options_.queues = workers_count;
        listeners_.push_back({.accepts = flow::Protocols::all(),
                              .host = "",
                              .port = listen_port,
                              .count = 1,
                              .uri = ""});
    }

    [[nodiscard]] std::string open() {
        auto opened = dpdk::open({.dpdk = options_,
                                  .listeners = listeners_,
                                  .worker = {.shares_cpu = true},
                                  .workers = workers_count,
                                  .seed = 7});
        if (!opened) return opened.error().sentence;
        opened_ = std::move(*opened);
        pool_ = rte_pktmbuf_pool_create("sender", 8191, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
        if (pool_ == nullptr) return "no pool";
        RxSettings settings;
        settings.produce.schema = schema_;
        settings.on_full = FullPolicy::wait;
        settings.batch_age_max_ns = 10'000'000;
        for (const auto& ingress : opened_.queues) {
            rings_.push_back(std::move(*BatchRing::create(64)));
            workers_.push_back(std::make_unique<FormattingRxWorker<flow::json::Formatter>>(
                flow::json::Formatter{schema_}, *ingress, one_lane(*rings_.back(), "\n"), settings,
                flags_));
        }
        mover_ = std::make_unique<Mover>(*opened_.table, workers_, rings_, 10'000'000'000);
        for (const auto& worker : workers_) {
            threads_.emplace_back([&worker] { worker->run(); });
        }
        reader_ = std::thread{[this] { read(); }};
        return {};
    }

    ~Box() {
        stop();
        rte_mempool_free(pool_);
    }

    void stop() {
        flags_.stop = true;
        for (std::thread& thread : threads_) thread.join();
        threads_.clear();
        if (reader_.joinable()) reader_.join();
    }

    /// Waits for room, so that nothing is lost on the way to the port.
    void send(std::uint16_t queue, const std::string& frame) {
        rte_mbuf* mbuf = nullptr;
        while ((mbuf = rte_pktmbuf_alloc(pool_)) == nullptr) std::this_thread::yield();
        std::memcpy(rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(frame.size())),
                    frame.data(), frame.size());
        mbuf->port = opened_.ports.front()->id();
        while (rte_eth_tx_burst(mbuf->port, queue, &mbuf, 1) == 0) std::this_thread::yield();
    }

    std::atomic<bool> paused{false};
    std::atomic<bool> resting{false};  ///< the reader, since it saw that it is paused
    StopFlags& flags() { return flags_; }
    dpdk::Opened& opened() { return opened_; }
    [[nodiscard]] Mover& mover() { return *mover_; }
    [[nodiscard]] ShardTable& table() { return *opened_.table; }
    [[nodiscard]] const std::vector<std::unique_ptr<RxWorker>>& workers() { return workers_; }
    [[nodiscard]] std::uint64_t received() const { return received_; }
    /// By domain, in the order of arrival. After stop().
    [[nodiscard]] const std::map<std::pair<unsigned, unsigned>, std::vector<std::uint64_t>>&
    rows() {
        return rows_;
    }

private:
    /// As a TX worker takes from several rings: one batch of each in turn.
    void read() {
        bool last = false;
        while (!last) {
            last = std::all_of(workers_.begin(), workers_.end(),
                               [](const auto& worker) { return worker->done(); });
            for (const auto& ring : rings_) {
                while (paused) {
                    resting = true;
                    std::this_thread::yield();
                }
                while (flow::Batch* const batch = ring->take()) {
                    parse(*batch);
                    ring->give_back(batch);
                    last = false;
                }
            }
            std::this_thread::yield();
        }
    }
    void parse(const flow::Batch& batch) {
        const flow::Bytes bytes = batch.bytes();
        std::string_view rest{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
        while (!rest.empty()) {
            const std::string_view line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(line.size() + 1);
            const auto exporter = static_cast<unsigned>(number_after(line, "\"InIf\":"));
            const auto domain = static_cast<unsigned>(number_after(line, "\"OutIf\":"));
            rows_[{exporter, domain}].push_back(number_after(line, "\"Bytes\":"));
            ++received_;
        }
    }

    flow::Schema schema_ = flow::Schema::all(flow::Profile::goflow2_v1);
    dpdk::Options options_;
    std::vector<config::Listener> listeners_;
    dpdk::Opened opened_;
    rte_mempool* pool_ = nullptr;
    StopFlags flags_;
    std::vector<std::unique_ptr<BatchRing>> rings_;
    std::vector<std::unique_ptr<RxWorker>> workers_;
    std::unique_ptr<Mover> mover_;
    std::vector<std::thread> threads_;
    std::thread reader_;
    std::map<std::pair<unsigned, unsigned>, std::vector<std::uint64_t>> rows_;
    std::atomic<std::uint64_t> received_{0};
};

inline std::uint64_t sum(Box& box, std::uint64_t flow::DecodeStats::*counter) {
    std::uint64_t total = 0;
    for (const auto& worker : box.workers()) total += worker->pipeline_stats().*counter;
    return total;
}

/// Waits for the last records; false when they do not come.
inline bool settle(Box& box, const std::vector<Stream>& streams) {
    std::uint64_t sent = 0;
    for (const Stream& stream : streams) sent += stream.sent();
    const auto end = Clock::now() + std::chrono::seconds{120};
    while (box.received() < sent && Clock::now() < end) std::this_thread::yield();
    return box.received() == sent;
}

}  // namespace flowd::test
