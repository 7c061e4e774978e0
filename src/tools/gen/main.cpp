// SPDX-License-Identifier: BSD-3-Clause
// flowd-gen: sends NetFlow, IPFIX and sFlow through a DPDK port.
// Exit status: 0 done, 1 the port, the link or a file fails, 2 a flag is wrong.
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <thread>

#include "tools/gen/options.hpp"
#include "tools/gen/port.hpp"
#include "tools/gen/report.hpp"
#include "tools/gen/run.hpp"
#include "tools/gen/source.hpp"

namespace {

using namespace flowd;

constexpr int status_failed = 1;
constexpr int status_usage = 2;

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // written by a signal handler

void on_signal(int) { stop.store(true, std::memory_order_relaxed); }

void complain(const std::string& sentence) {
    std::fprintf(stderr, "flowd-gen: %s\n", sentence.c_str());
}

int refuse(const std::string& sentence) {
    complain(sentence);
    std::fputs("flowd-gen: -h lists the flags\n", stderr);
    return status_usage;
}

int print(const std::string& text) {
    const bool good = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
    if (!good) complain("stdout cannot be written");
    return good ? 0 : status_failed;
}

/// Until then, or a signal.
void wait(std::int64_t ms) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{ms};
    while (!stop.load(std::memory_order_relaxed) && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
}

/// Until a line on stdin, its end, or a signal.
void wait_for_line() {
    constexpr int patience_ms = 20;  // a signal may come just before poll()
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    while (!stop.load(std::memory_order_relaxed)) {
        if (poll(&input, 1, patience_ms) <= 0) continue;
        char byte = 0;
        if (read(STDIN_FILENO, &byte, 1) <= 0 || byte == '\n') return;
    }
}

/// `fleet`: of synthetic exporters; null: a capture.
int send(const gen::Options& options, gen::Source& source, const gen::Fleet* fleet) {
    const gen::PortPlan plan{.eal = options.eal,
                             .queues = static_cast<std::uint16_t>(options.queues),
                             .descriptors = static_cast<std::uint16_t>(options.descriptors),
                             .frame_size_max = source.frame_size_max(),
                             .link_ms = static_cast<std::uint32_t>(options.link_ms),
                             .stall_ms = static_cast<std::uint32_t>(options.stall_ms),
                             .drops = options.on_full == "drop"};
    const auto port = gen::Port::open(plan, stop);
    if (!port) {
        complain(port.error().sentence);
        return status_failed;
    }
    gen::Totals totals;
    gen::Spreader spreader{gen::spread_of(options), plan.queues};
    Failure failure = (*port)->wait_for_link();
    if (!failed(failure)) {
        wait(options.settle_ms);
        if (options.hold) wait_for_line();
        const gen::Pace pace{.pps = static_cast<std::uint64_t>(options.pps),
                             .count = static_cast<std::uint64_t>(options.count),
                             .seconds = static_cast<std::uint64_t>(options.seconds)};
        failure = gen::run(source, spreader, **port, pace, stop, totals);
    }
    int status = failed(failure) ? status_failed : 0;
    if (failed(failure)) complain(failure.sentence);
    if (fleet != nullptr && !options.truth.empty()) {
        const Failure unwritten = gen::write_file(options.truth, gen::truth_lines(*fleet));
        if (failed(unwritten)) {
            complain(unwritten.sentence);
            status = status_failed;
        }
    }
    status = std::max(status, print(gen::summary_line(totals, options.spread, (*port)->counts())));
    // So that the peer empties its rings before they go away.
    if (!failed(failure)) wait(options.linger_ms);
    return status;
}

int send_capture(const gen::Options& options) {
    auto capture = gen::Capture::read(options.read);
    if (!capture) {
        complain(capture.error().sentence);
        return status_failed;
    }
    gen::CaptureSource source{std::move(*capture), static_cast<std::uint64_t>(options.loops)};
    return send(options, source, nullptr);
}

}  // namespace

int main(int argument_count, char** arguments) {
    gen::Options options;
    const auto given = static_cast<std::size_t>(argument_count > 0 ? argument_count - 1 : 0);
    const Failure failure = gen::read_arguments(std::span{arguments + 1, given}, options);
    if (failed(failure)) return refuse(failure.sentence);
    if (options.help) return print(gen::help_text());
    if (options.version) return print("flowd-gen " FLOWD_VERSION "\n");
    const auto fleet = gen::fleet_plan(options);
    if (!fleet) return refuse(fleet.error().sentence);
    const auto frames = gen::frame_plan(options);
    if (!frames) return refuse(frames.error().sentence);
    // A vhost or memif peer that goes away must not take the sender with it.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    if (!options.read.empty()) return send_capture(options);
    gen::SyntheticSource source{*fleet, *frames};
    return send(options, source, &source.fleet());
}
