// SPDX-License-Identifier: BSD-3-Clause
// Live ports, played by net_pcap and net_null without hugepages: queues, filtering, and what is
// said about arguments that do not work. Each test that starts DPDK is a child process.
#include "ingress/dpdk/live.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "../pcap/capture_file.hpp"
#include "child.hpp"
#include "frames.hpp"

namespace flowd::dpdk {
namespace {

using test::CaptureFile;
using test::in_a_child;
using test::udp_frame;

constexpr WorkerOptions worker{.shares_cpu = true};
const std::vector<config::Listener> everything;

Options with_arguments(const std::string& line) {
    Options options;
    options.eal = {"--no-pci"};
    options.eal_line = line;
    options.hugepages = "off";
    return options;
}

std::string sentence_of(const Options& options) {
    const auto opened = open({.dpdk = options, .listeners = everything, .worker = worker});
    return opened ? "" : opened.error().sentence;
}

struct Arrival {
    std::uint8_t exporter;
    std::uint16_t port;

    [[nodiscard]] auto operator<=>(const Arrival&) const = default;
};

/// Polls until all workers together have `wanted` datagrams, a minute at most.
std::vector<Arrival> poll(flowd::Ingress& ingress, std::atomic<std::size_t>& total,
                          std::size_t wanted) {
    std::vector<Arrival> arrivals;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    ingress.attach();
    while (total < wanted && std::chrono::steady_clock::now() < end) {
        const auto burst = ingress.receive();
        for (const auto& datagram : burst) {
            arrivals.push_back({datagram.source.octets[3], datagram.destination_port});
        }
        total += burst.size();
        const bool empty = burst.empty();
        ingress.release();
        if (empty) ingress.wait(10'000'000);
    }
    ingress.detach();
    return arrivals;
}

std::vector<std::vector<Arrival>> poll_all(Opened& opened, std::size_t wanted) {
    std::vector<std::vector<Arrival>> arrivals(opened.queues.size());
    std::atomic<std::size_t> total{0};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < arrivals.size(); ++i) {
        threads.emplace_back([&, i] { arrivals[i] = poll(*opened.queues[i], total, wanted); });
    }
    for (std::thread& thread : threads) thread.join();
    return arrivals;
}

TEST(Live, EveryPortGivesItsQueues) {
    in_a_child([] {
        const CaptureFile first;
        const CaptureFile second;
        first.write(CaptureFile::header(1) + CaptureFile::packet(1, 0, udp_frame(1, 2055, "a")) +
                    CaptureFile::packet(1, 0, udp_frame(1, 53, "b")));
        second.write(CaptureFile::header(1) + CaptureFile::packet(1, 0, udp_frame(2, 6343, "c")));
        Options options = with_arguments(
            "--vdev net_pcap0,rx_pcap=" + first.path() + ",rx_pcap=" + second.path() +
            " --vdev=net_pcap1,rx_pcap=" + second.path() + ",rx_pcap=" + first.path());
        options.queues = 2;
        const config::Listener netflow{
            .accepts = flow::Protocols::all(), .host = "", .port = 2055, .count = 1, .uri = ""};
        const config::Listener sflow{
            .accepts = flow::Protocols::all(), .host = "", .port = 6343, .count = 1, .uri = ""};
        const std::vector<config::Listener> listeners{netflow, sflow};
        auto opened = open({.dpdk = options, .listeners = listeners, .worker = worker});
        ASSERT_TRUE(opened) << opened.error().sentence;
        ASSERT_EQ(opened->queues.size(), 4U);
        const auto arrivals = poll_all(*opened, 4);
        std::vector<Arrival> all;
        for (const auto& mine : arrivals) {
            for (const Arrival& each : mine) {
                EXPECT_EQ(each.exporter, mine.front().exporter)
                    << "two exporters on four workers, each where it came first";
                all.push_back(each);
            }
        }
        std::sort(all.begin(), all.end());
        EXPECT_EQ(all, (std::vector<Arrival>{{1, 2055}, {1, 2055}, {2, 6343}, {2, 6343}}));
        std::uint64_t not_ours = 0;
        std::uint64_t datagrams = 0;
        for (const auto& queue : opened->queues) {
            EXPECT_FALSE(queue->exhausted());
            datagrams += queue->stats().datagrams;
            not_ours += queue->stats().drops[static_cast<std::size_t>(flow::Error::frame_not_ours)];
        }
        EXPECT_EQ(not_ours, 2U);
        EXPECT_EQ(datagrams, 6U);
    });
}

TEST(Live, MoreQueuesThanThePortHasIsASentence) {
    in_a_child([] {
        const CaptureFile file;
        file.write(CaptureFile::header(1));
        Options options = with_arguments("--vdev net_pcap0,rx_pcap=" + file.path());
        options.queues = 3;
        EXPECT_EQ(sentence_of(options),
                  "dpdk.queues: 3 is above the 1 that port net_pcap0 (net_pcap) has");
    });
}

TEST(Live, TooLittleMemoryIsASentence) {
    in_a_child([] {
        Options options = with_arguments("--vdev net_null0");
        options.memory_mb = 16;
        EXPECT_EQ(sentence_of(options).find("dpdk: no memory for the "), 0U);
    });
}

TEST(Live, AnUnknownDeviceIsASentence) {
    in_a_child([] {
        const std::string sentence = sentence_of(with_arguments("--vdev net_nonesuch0"));
        EXPECT_EQ(sentence.find("dpdk: the EAL did not start: "), 0U) << sentence;
        EXPECT_NE(sentence.find("net_nonesuch0"), std::string::npos) << sentence;
    });
}

TEST(Live, WithoutPortsIsASentence) {
    in_a_child([] {
        EXPECT_EQ(sentence_of(with_arguments("")).find("port.device: no port was found: "), 0U);
    });
}

TEST(Live, AQuoteThatIsNotClosedIsASentence) {
    EXPECT_EQ(sentence_of(with_arguments("--vdev 'net_null0")),
              "dpdk.eal: a quote ' is not closed");
}

}  // namespace
}  // namespace flowd::dpdk
