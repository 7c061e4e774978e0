// SPDX-License-Identifier: BSD-3-Clause
// The way of batches from an RX to a TX worker: the ring alone and the RX side of messages of 123
// bytes, both on one thread (their own cost); both sides to the null transport; and the same
// messages to a second thread that reads them.
#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>

#include "perf/support/counters.hpp"
#include "perf/support/require.hpp"
#include "ring/batch_ring.hpp"
#include "transport/null/transport.hpp"
#include "worker/batch_writer.hpp"

namespace {

using flowd::BatchRing;
using flowd::BatchWriter;

/// A flow of 20 fields in protobuf.
constexpr std::size_t message_size = 123;

std::unique_ptr<BatchRing> make_ring(std::size_t batch_count) {
    auto ring = BatchRing::create(batch_count);
    flow::perf::require(static_cast<bool>(ring), "no ring");
    return std::move(*ring);
}

void batch(benchmark::State& state) {
    const auto ring = make_ring(64);
    for (auto _ : state) {
        flow::Batch* const sent = ring->acquire();
        ring->publish(sent);
        flow::Batch* const taken = ring->take();
        if (taken != sent) state.SkipWithError("another batch came out");
        ring->give_back(taken);
    }
    state.SetItemsProcessed(state.iterations());
}

/// What RX spends on batch and ring for a message; batches go back unread.
void write(benchmark::State& state) {
    constexpr std::size_t per_iteration = 10'000;
    const auto ring = make_ring(64);
    const std::atomic<bool> never = false;
    BatchWriter writer{*ring, "", flowd::FullPolicy::wait, never};
    std::uint64_t taken = 0;
    const auto give_back_all = [&] {
        while (flow::Batch* const batch = ring->take()) {
            taken += batch->message_count();
            ring->give_back(batch);
        }
    };
    for (auto _ : state) {
        for (std::size_t i = 0; i < per_iteration; ++i) {
            std::uint8_t* const to = writer.reserve(message_size);
            benchmark::DoNotOptimize(to);
            writer.commit(to + message_size, 0);
        }
        give_back_all();
    }
    writer.flush();
    give_back_all();
    flow::perf::require(taken == static_cast<std::uint64_t>(state.iterations()) * per_iteration,
                        "messages were lost");
    flow::perf::count_flows(state, per_iteration);
}

/// RX's and TX's side of rows of messages, as kernels write them, to the null transport: all that
/// is between formatting and delivering, on one thread.
void to_null(benchmark::State& state) {
    constexpr std::size_t row_size = 19;  // flows of a full datagram of IPFIX
    constexpr std::size_t rows = 512;
    const auto ring = make_ring(64);
    const auto transport = flowd::null::open();
    const std::atomic<bool> never = false;
    BatchWriter writer{*ring, "", flowd::FullPolicy::wait, never};
    const auto deliver_all = [&] {
        while (flow::Batch* const batch = ring->take()) {
            if (transport->deliver(*batch, 0, {}) != batch->message_count()) std::abort();
            ring->give_back(batch);
        }
    };
    std::array<std::uint8_t*, row_size> ends{};
    for (auto _ : state) {
        for (std::size_t i = 0; i < rows; ++i) {
            std::uint8_t* const to = writer.reserve(row_size * message_size);
            for (std::size_t j = 0; j < row_size; ++j) ends[j] = to + (j + 1) * message_size;
            benchmark::DoNotOptimize(ends);
            writer.commit(ends, 0);
        }
        deliver_all();
    }
    writer.flush();
    deliver_all();
    flow::perf::require(transport->counts().delivered.get() ==
                            static_cast<std::uint64_t>(state.iterations()) * rows * row_size,
                        "messages were lost");
    flow::perf::count_flows(state, rows * row_size);
}

/// The TX side: messages hold their own number, and must come in order.
class Reader {
public:
    explicit Reader(BatchRing& ring) : ring_{ring}, thread_{[this] { run(); }} {}
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() { stop(); }

    /// Waits until everything published has been read.
    std::uint64_t stop() {
        // Pairs with the acquire load in run(): what was published before is seen there.
        stop_.store(true, std::memory_order_release);
        if (thread_.joinable()) thread_.join();
        return next_;
    }

private:
    void run() {
        for (;;) {
            const bool last = stop_.load(std::memory_order_acquire);
            bool idle = true;
            while (flow::Batch* const batch = ring_.take()) {
                read(*batch);
                ring_.give_back(batch);
                idle = false;
            }
            if (last) return;
            if (idle) std::this_thread::yield();
        }
    }
    void read(const flow::Batch& batch) {
        for (std::size_t i = 0; i < batch.message_count(); ++i) {
            std::uint64_t number = 0;
            std::memcpy(&number, batch.message(i).data(), sizeof number);
            flow::perf::require(number == next_, "a message is lost or out of order");
            ++next_;
        }
    }

    BatchRing& ring_;
    std::uint64_t next_ = 0;  // the reader's until joined
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

void messages(benchmark::State& state) {
    constexpr std::size_t per_iteration = 10'000;
    const auto ring = make_ring(256);
    const std::atomic<bool> never = false;
    BatchWriter writer{*ring, "", flowd::FullPolicy::wait, never};
    Reader reader{*ring};
    std::uint64_t number = 0;
    for (auto _ : state) {
        for (std::size_t i = 0; i < per_iteration; ++i, ++number) {
            std::uint8_t* const to = writer.reserve(message_size);
            std::memcpy(to, &number, sizeof number);
            writer.commit(to + message_size, 0);
        }
    }
    writer.flush();
    flow::perf::require(reader.stop() == number, "messages were lost");
    flow::perf::count_flows(state, per_iteration);
}

BENCHMARK(batch)->Name("ring/batch");
BENCHMARK(write)->Name("ring/write");
BENCHMARK(to_null)->Name("ring/null");
BENCHMARK(messages)->Name("ring/messages")->UseRealTime();

}  // namespace
