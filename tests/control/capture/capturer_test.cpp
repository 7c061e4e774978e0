// SPDX-License-Identifier: BSD-3-Clause
// With real RX workers on threads of their own, that poll a prepared ingress again and again.
#include "control/capture/capturer.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <thread>

#include "flow/format/json/formatter.hpp"
#include "ring/batch_ring.hpp"
#include "worker/workers.hpp"

namespace flowd {
namespace {

using namespace std::chrono_literals;

flow::Address address_of(std::uint8_t last) {
    return flow::Address::from(std::array<std::uint8_t, 4>{192, 0, 2, last});
}

/// Gives three datagrams a millisecond: of exporter 1 and 2 a good one, of 3 a bad one.
class SteadyIngress final : public Ingress {
public:
    std::span<const flow::Datagram> receive() noexcept override {
        std::this_thread::sleep_for(1ms);
        const auto now =
            static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch() / 1ns);
        for (std::uint8_t i = 0; i < 3; ++i) {
            burst_[i] = {.payload = i == 2 ? flow::Bytes{bad_} : flow::Bytes{good_},
                         .source = address_of(static_cast<std::uint8_t>(i + 1)),
                         .source_port = static_cast<std::uint16_t>(1000 + i),
                         .received_ns = now};
        }
        stats_.datagrams += burst_.size();
        return burst_;
    }
    void release() noexcept override {}
    void wait(std::uint64_t) noexcept override {}
    [[nodiscard]] const IngressStats& stats() noexcept override { return stats_; }

private:
    std::vector<std::uint8_t> good_ = test::netflow5_payload(2);
    std::vector<std::uint8_t> bad_ = std::vector<std::uint8_t>{0, 5, 0, 1};
    std::array<flow::Datagram, 3> burst_;
    IngressStats stats_;
};

class CapturerTest : public testing::Test {
protected:
    CapturerTest() {
        for (int i = 0; i < 2; ++i) {
            ingresses_.push_back(std::make_unique<SteadyIngress>());
            rings_.push_back(std::move(*BatchRing::create(4)));
            RxSettings settings;
            settings.produce.schema = flow::Schema::all(flow::Profile::goflow2_v1);
            settings.drain_on_stop = false;
            workers_.push_back(std::make_unique<FormattingRxWorker<flow::json::Formatter>>(
                flow::json::Formatter{settings.produce.schema}, *ingresses_.back(),
                test::one_lane(*rings_.back()), settings, flags_));
            threads_.emplace_back([worker = workers_.back().get()] { worker->run(); });
        }
        folder_ = testing::TempDir() + "capturer_" + std::to_string(getpid());
    }
    ~CapturerTest() override {
        flags_.stop.store(true, std::memory_order_relaxed);
        for (std::thread& thread : threads_) thread.join();
        std::filesystem::remove_all(folder_);
    }

    std::vector<std::unique_ptr<Ingress>> ingresses_;
    std::vector<std::unique_ptr<BatchRing>> rings_;
    Capturer::Workers workers_;
    StopFlags flags_;
    std::vector<std::thread> threads_;
    std::string folder_;
};

template <class Condition>
void wait_for(Capturer& capturer, Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 60s;
    bool holds = false;
    while (!(holds = condition(capturer.state())) && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(1ms);
    }
    EXPECT_TRUE(holds);
}

TEST_F(CapturerTest, TakesWhatAnExporterSendsFromNowOn) {
    Capturer capturer{{}, workers_};
    ASSERT_FALSE(failed(capturer.start()));
    std::uint64_t datagrams = 0;
    for (int i = 0; i < 20 && datagrams <= 100; ++i) {  // a busy machine sends few
        const auto begin = std::chrono::steady_clock::now();
        const auto captured = capturer.capture({.exporter = address_of(2), .seconds = 1});
        const auto took = (std::chrono::steady_clock::now() - begin) / 1ms;
        ASSERT_TRUE(captured) << captured.error().sentence;
        datagrams = captured->datagrams;
        // Two workers, one a millisecond each at most.
        EXPECT_LE(datagrams, 2 * static_cast<std::uint64_t>(took + 2));
        EXPECT_FALSE(captured->truncated);
    }
    EXPECT_GT(datagrams, 100u);
    const auto nobody = capturer.capture({.exporter = address_of(9), .seconds = 1});
    ASSERT_TRUE(nobody);
    EXPECT_FALSE(nobody->kept_seconds);
    EXPECT_EQ(nobody->datagrams, 0u);
    const auto other_port = capturer.capture({.exporter = address_of(2), .port = 7, .seconds = 1});
    ASSERT_TRUE(other_port);
    EXPECT_EQ(other_port->datagrams, 0u);
}

TEST_F(CapturerTest, GivesTheLastSecondsAtOnceWhereTheyAreKept) {
    Capturer capturer{{.keep = {.seconds = 60, .bytes = 64 << 20}}, workers_};
    ASSERT_FALSE(failed(capturer.start()));
    wait_for(capturer, [](const CaptureState& state) { return state.kept_datagrams > 200; });
    const auto begin = std::chrono::steady_clock::now();
    const auto captured = capturer.capture({.exporter = address_of(1), .seconds = 30});
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 25s);
    ASSERT_TRUE(captured);
    EXPECT_GT(captured->datagrams, 20u);
    ASSERT_TRUE(captured->kept_seconds);
    EXPECT_LE(*captured->kept_seconds, 30u);
    EXPECT_GT(capturer.state().kept_datagrams, captured->datagrams);
    ASSERT_FALSE(failed(capturer.keep({.seconds = 2, .bytes = 64 << 20})));
    const auto kept = [&] {
        const auto again = capturer.capture({.exporter = address_of(1), .seconds = 30});
        return again ? again->kept_seconds.value_or(30) : 30;
    };
    EXPECT_LE(kept(), 2u);
    std::this_thread::sleep_for(3s);
    EXPECT_EQ(kept(), 2u);
    ASSERT_FALSE(failed(capturer.keep({})));
    EXPECT_EQ(capturer.state().kept_datagrams, 0u);
    EXPECT_TRUE(failed(capturer.keep({.seconds = 5'000, .bytes = 1 << 20})));
    EXPECT_TRUE(failed(capturer.keep({.seconds = 5, .bytes = (1 << 20) - 1})));
}

TEST_F(CapturerTest, SaysWhenThereWasMoreThanRoom) {
    Capturer capturer{{}, workers_};
    ASSERT_FALSE(failed(capturer.start()));
    const auto captured =
        capturer.capture({.exporter = address_of(1), .seconds = 30, .bytes_max = 4'000});
    ASSERT_TRUE(captured);
    EXPECT_TRUE(captured->truncated);
    EXPECT_LE(captured->file.size(), 8'000u);
}

TEST_F(CapturerTest, KeepsErrorsInFiles) {
    {
        Capturer capturer{{.errors_path = folder_, .errors_bytes = 1 << 20}, workers_};
        ASSERT_FALSE(failed(capturer.start()));
        EXPECT_TRUE(capturer.state().errors);
        wait_for(capturer, [](const CaptureState& state) {
            return state.error_datagrams > 0 && state.errors_skipped > 0;
        });  // far more come than may be kept in a second
        capturer.stop();
    }
    EXPECT_GT(std::filesystem::file_size(folder_ + "/errors.pcapng"), 100u);
}

TEST_F(CapturerTest, OfErrorsKeepsAFewASecondWhileAllIsKept) {
    Capturer capturer{{.errors_path = folder_,
                       .errors_bytes = 1 << 20,
                       .keep = {.seconds = 60, .bytes = 64 << 20}},
                      workers_};
    const auto begin = std::chrono::system_clock::now();
    ASSERT_FALSE(failed(capturer.start()));
    wait_for(capturer, [](const CaptureState& state) { return state.errors_skipped > 100; });
    const std::uint64_t errors = capturer.state().error_datagrams;
    // Of one exporter and one reason, by either of two workers, in each second that was touched.
    const auto seconds = (std::chrono::system_clock::now() - begin) / 1s + 2;
    EXPECT_GT(errors, 0u);
    EXPECT_LE(errors, 2u * Tap::errors_per_second * static_cast<std::uint64_t>(seconds));
}

std::atomic<bool> writer_waits{false};
std::atomic<bool> writer_may_go{false};

/// On the thread that wrote beyond the limit, before its call returns: a disk that hangs.
void hang(int) {
    writer_waits = true;
    const timespec pause{.tv_sec = 0, .tv_nsec = 1'000'000};
    while (!writer_may_go) nanosleep(&pause, nullptr);
}

TEST_F(CapturerTest, ADiskThatHangsHoldsUpNobodyElse) {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "ThreadSanitizer runs a handler later than the call that the signal is of";
#endif
    Capturer capturer{{.errors_path = folder_, .errors_bytes = 1 << 20}, workers_};
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = signal(SIGXFSZ, hang);
    ASSERT_FALSE(failed(capturer.start()));
    const rlimit small{1, before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    while (!writer_waits) std::this_thread::sleep_for(1ms);
    EXPECT_TRUE(capturer.state().errors);
    EXPECT_TRUE(capturer.capture({.exporter = address_of(1), .seconds = 1}));
    EXPECT_FALSE(failed(capturer.keep({.seconds = 5, .bytes = 1 << 20})));
    EXPECT_TRUE(capturer.capture({.exporter = address_of(1), .seconds = 1}));
    EXPECT_FALSE(writer_may_go);
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
    writer_may_go = true;
    capturer.stop();
    signal(SIGXFSZ, handler);
}

TEST_F(CapturerTest, OnlyOneCaptureAtATimeAndAStopEndsIt) {
    Capturer capturer{{}, workers_};
    ASSERT_FALSE(failed(capturer.start()));
    std::atomic<bool> running{false};
    std::thread stopper{[&] {
        while (!running) std::this_thread::sleep_for(1ms);
        EXPECT_FALSE(capturer.capture({.exporter = address_of(2), .seconds = 1}));
        capturer.stop();
    }};
    const auto begin = std::chrono::steady_clock::now();
    const auto runs = [&] {
        running = true;
        return false;
    };
    EXPECT_FALSE(capturer.capture({.exporter = address_of(1), .seconds = 600, .given_up = runs}));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 300s);
    stopper.join();
}

TEST_F(CapturerTest, WhenFlowdBeginsToStopNobodyWaitsAnyMore) {
    Capturer capturer{{}, workers_};
    ASSERT_FALSE(failed(capturer.start()));
    std::atomic<bool> running{false};
    std::thread stopper{[&] {
        while (!running) std::this_thread::sleep_for(1ms);
        capturer.end_waiting();
    }};
    const auto begin = std::chrono::steady_clock::now();
    const auto runs = [&] {
        running = true;
        return false;
    };
    const auto captured =
        capturer.capture({.exporter = address_of(1), .seconds = 600, .given_up = runs});
    stopper.join();
    ASSERT_FALSE(captured);
    EXPECT_EQ(captured.error().sentence, "flowd is stopping");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 300s);
    EXPECT_FALSE(capturer.capture({.exporter = address_of(1), .seconds = 600}));
    ASSERT_FALSE(failed(capturer.keep({.seconds = 60, .bytes = 64 << 20})));
    EXPECT_TRUE(capturer.capture({.exporter = address_of(1), .seconds = 600}));
}

}  // namespace
}  // namespace flowd
