// SPDX-License-Identifier: BSD-3-Clause
// A replay through net_pcap, without hugepages. DPDK starts once per process, so each test runs in
// a child of its own: a failed expectation there is the child's exit status here.
#include "ingress/dpdk/replay.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <thread>

#include "../pcap/capture_file.hpp"
#include "child.hpp"
#include "frames.hpp"

namespace flowd::dpdk {
namespace {

using flow::Error;
using test::CaptureFile;
using test::in_a_child;
using test::udp_frame;

constexpr std::uint64_t second_ns = 1'000'000'000;

struct Seen {
    std::vector<std::string> payloads;
    std::vector<std::uint64_t> times_ns;
    IngressStats stats;
    double seconds = 0;
};

/// What a worker does.
void poll(flowd::Ingress& ingress, Seen& seen) {
    const auto start = std::chrono::steady_clock::now();
    ingress.attach();
    while (!ingress.exhausted()) {
        const auto burst = ingress.receive();
        for (const flow::Datagram& datagram : burst) {
            seen.payloads.emplace_back(datagram.payload.begin(), datagram.payload.end());
            seen.times_ns.push_back(datagram.received_ns);
        }
        const bool empty = burst.empty();
        ingress.release();
        if (empty) ingress.wait(10'000'000);
    }
    EXPECT_TRUE(ingress.receive().empty());
    ingress.release();
    ingress.detach();
    seen.stats = ingress.stats();
    seen.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Seen replay(
    const ReplayOptions& options, const std::vector<config::Listener>& listeners = {},
    const std::function<void()>& once_open = [] {}) {
    Options dpdk;
    dpdk.hugepages = "off";
    Seen seen;
    auto opened = open_replay(options, dpdk, listeners, {.shares_cpu = true});
    EXPECT_TRUE(opened) << opened.error().sentence;
    if (!opened) return seen;
    EXPECT_EQ(opened->queues.size(), 1U);
    once_open();
    std::thread worker{[&] { poll(*opened->queues.front(), seen); }};
    worker.join();
    return seen;
}

/// `count` datagrams, one a millisecond, their numbers as payload.
std::string numbered(std::uint32_t count) {
    std::string file = CaptureFile::header(1);
    for (std::uint32_t i = 0; i < count; ++i) {
        file += CaptureFile::packet(100, i * 1000, udp_frame(1, 2055, std::to_string(i)));
    }
    return file;
}

TEST(Replay, GivesTheFileOnceInOrderWithItsCaptureTimes) {
    in_a_child([] {
        const CaptureFile file{"a, [b] (c)=d \"e\".pcap"};
        file.write(numbered(100));
        const Seen seen = replay({.path = file.path()});
        ASSERT_EQ(seen.payloads.size(), 100U);
        for (std::uint32_t i = 0; i < 100; ++i) {
            EXPECT_EQ(seen.payloads[i], std::to_string(i));
            EXPECT_EQ(seen.times_ns[i], 100 * second_ns + i * 1'000'000ULL);
        }
        EXPECT_EQ(seen.stats.datagrams, 100U);
        EXPECT_EQ(seen.stats.missed, 0U);
    });
}

TEST(Replay, LoopsExactlyInOrderWithTheClocksTime) {
    in_a_child([] {
        const CaptureFile file{"a, [b] (c)=d.pcap"};
        file.write(numbered(33));  // no multiple of a burst
        const Seen seen = replay({.path = file.path(), .loops = 7});
        ASSERT_EQ(seen.payloads.size(), 231U);
        for (std::uint32_t i = 0; i < 231; ++i) {
            ASSERT_EQ(seen.payloads[i], std::to_string(i % 33)) << i;
        }
        EXPECT_EQ(seen.stats.datagrams, 231U);
        EXPECT_GT(seen.times_ns.front(), 1'700'000'000 * second_ns);
    });
}

TEST(Replay, CountsWhatIsNotOursByReason) {
    in_a_child([] {
        const CaptureFile file;
        const std::string ours = udp_frame(1, 2055, "ours");
        file.write(
            CaptureFile::header(1) + CaptureFile::packet(1, 0, ours) +
            CaptureFile::packet(2, 0, udp_frame(1, 53, "not ours")) +
            CaptureFile::packet(3, 0, std::string(60, '\x02')) +
            CaptureFile::packet(4, 0, ours.substr(0, ours.size() - 1)) +
            CaptureFile::packet(5, 0, test::ethernet_frame(test::ip_packet(1, 2055, "tcp", 6))));
        const Seen seen = replay({.path = file.path()}, {{.accepts = flow::Protocols::all(),
                                                          .host = "198.51.100.1",
                                                          .port = 2055,
                                                          .count = 1,
                                                          .uri = ""}});
        EXPECT_EQ(seen.payloads, std::vector<std::string>{"ours"});
        EXPECT_EQ(seen.stats.datagrams, 5U);
        EXPECT_EQ(seen.stats.payload_bytes, 4U);
        for (const Error error : {Error::frame_not_ours, Error::frame_not_ip,
                                  Error::frame_truncated, Error::frame_not_udp}) {
            EXPECT_EQ(seen.stats.drops[static_cast<std::size_t>(error)], 1U)
                << flow::error_name(error);
        }
    });
}

TEST(Replay, TakesJumboFramesOfRawIp) {
    const std::string payload(60'000, 'j');
    const std::string file_bytes = CaptureFile::header(101) +
                                   CaptureFile::packet(1, 0, test::ip_packet(1, 2055, "small")) +
                                   CaptureFile::packet(2, 0, test::ip_packet(1, 2055, payload));
    for (const std::uint64_t loops : {1U, 2U}) {
        in_a_child([&] {
            const CaptureFile file;
            file.write(file_bytes);
            const Seen seen = replay({.path = file.path(), .loops = loops});
            ASSERT_EQ(seen.payloads.size(), 2 * loops);
            EXPECT_EQ(seen.payloads[0], "small");
            EXPECT_EQ(seen.payloads[1], payload);
        });
    }
}

TEST(Replay, AFrameOfSeveralBuffersArrivesInOnePiece) {
    in_a_child([] {
        const CaptureFile file;
        std::string payload(65'400, 'a');  // with its headers above what one buffer can hold
        for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(i % 251);
        file.write(CaptureFile::header(1) + CaptureFile::packet(1, 0, udp_frame(1, 2055, payload)));
        const Seen seen = replay({.path = file.path()});
        ASSERT_EQ(seen.payloads.size(), 1U);
        EXPECT_EQ(seen.payloads.front(), payload);
    });
}

TEST(Replay, KeepsTheRateAndTheCapturesTimes) {
    const CaptureFile file;
    file.write(numbered(200));
    in_a_child([&] {
        const Seen seen =
            replay({.path = file.path(), .pace = ReplayOptions::Pace::pps, .pps = 1000});
        EXPECT_EQ(seen.payloads.size(), 200U);
        EXPECT_GE(seen.seconds, 0.199);
    });
    in_a_child([&] {
        const Seen seen = replay({.path = file.path(), .pace = ReplayOptions::Pace::timed});
        EXPECT_EQ(seen.payloads.size(), 200U);
        EXPECT_GE(seen.seconds, 0.199);
    });
}

TEST(Replay, EndsAfterItsSeconds) {
    in_a_child([] {
        const CaptureFile file;
        file.write(numbered(10));
        const Seen seen = replay(
            {.path = file.path(), .seconds = 1, .pace = ReplayOptions::Pace::pps, .pps = 200});
        EXPECT_GE(seen.seconds, 0.9);
        EXPECT_GE(seen.payloads.size(), 1U);  // a pace does not catch up all that it has missed
        EXPECT_LE(seen.payloads.size(), 202U);
    });
}

TEST(Replay, OfADamagedFileGivesWhatIsWhole) {
    for (const std::uint64_t loops : {1U, 3U}) {
        in_a_child([&] {
            const CaptureFile file;
            const std::string whole = numbered(5);
            file.write(whole.substr(0, whole.size() - 1));
            EXPECT_EQ(replay({.path = file.path(), .loops = loops}).payloads.size(), 4 * loops);
        });
    }
}

TEST(Replay, OfAFileCutBehindItsBackEndsAfterASecondOfSilence) {
    in_a_child([] {
        const CaptureFile file;
        file.write(numbered(10'000));
        const auto cut = [&] { ASSERT_EQ(truncate(file.path().c_str(), 50'000), 0); };
        const Seen seen = replay({.path = file.path()}, {}, cut);
        EXPECT_GT(seen.payloads.size(), 100U);
        EXPECT_LT(seen.payloads.size(), 10'000U);
        EXPECT_EQ(seen.stats.datagrams, seen.payloads.size());
        EXPECT_GE(seen.seconds, 1.0);
    });
}

TEST(Replay, WithoutPacketsEndsAtOnce) {
    in_a_child([] {
        const CaptureFile file;
        file.write(CaptureFile::header(1));
        EXPECT_TRUE(replay({.path = file.path(), .loops = 3}).payloads.empty());
    });
}

TEST(Replay, LeavesTheMainThreadOnItsCpus) {
    in_a_child([] {
        const CaptureFile file;
        file.write(numbered(1));
        cpu_set_t before;
        cpu_set_t after;
        ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
        EXPECT_EQ(replay({.path = file.path()}).payloads.size(), 1U);
        ASSERT_EQ(sched_getaffinity(0, sizeof after, &after), 0);
        EXPECT_TRUE(CPU_EQUAL(&before, &after));
    });
}

TEST(Replay, TooLargeForItsMemoryIsASentence) {
    const CaptureFile file;
    file.write(numbered(3));
    Options dpdk;
    dpdk.memory_mb = 8;
    const auto opened = open_replay({.path = file.path(), .loops = 2}, dpdk, {}, {});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().sentence.find(file.path() + ": replaying 3 packets from memory takes"),
              0U);
    EXPECT_NE(opened.error().sentence.find("above the limit of 8 MiB (dpdk.memory_mb)"),
              std::string::npos);
}

TEST(Replay, OfNothingIsASentence) {
    const auto opened = open_replay({.path = "/nonexistent/x.pcap"}, {}, {}, {});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().sentence, "/nonexistent/x.pcap: No such file or directory");
}

}  // namespace
}  // namespace flowd::dpdk
