// SPDX-License-Identifier: BSD-3-Clause
// Live ports, played by net_pcap and net_null without hugepages: queues, filtering, and what is
// said about arguments that do not work. Each test that starts DPDK is a child process.
#include "ingress/dpdk/live.hpp"

#include <gtest/gtest.h>

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

Options with_arguments(const std::string& line) {
    Options options;
    options.eal = {"--no-pci"};
    options.eal_line = line;
    options.hugepages = "off";
    return options;
}

std::string sentence_of(const Options& options) {
    const auto opened = open(options, {}, worker);
    return opened ? "" : opened.error().sentence;
}

/// Polls until `count` datagrams have come, two seconds at most; their ports.
std::vector<std::uint16_t> poll(flowd::Ingress& ingress, std::size_t count) {
    std::vector<std::uint16_t> ports;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{2};
    ingress.attach();
    while (ports.size() < count && std::chrono::steady_clock::now() < end) {
        const auto burst = ingress.receive();
        for (const auto& datagram : burst) ports.push_back(datagram.destination_port);
        const bool empty = burst.empty();
        ingress.release();
        if (empty) ingress.wait(10'000'000);
    }
    ingress.detach();
    return ports;
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
        auto opened = open(options, {netflow, sflow}, worker);
        ASSERT_TRUE(opened) << opened.error().sentence;
        ASSERT_EQ(opened->queues.size(), 4U);
        std::vector<std::vector<std::uint16_t>> ports(4);
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < 4; ++i) {
            threads.emplace_back([&, i] { ports[i] = poll(*opened->queues[i], 1); });
        }
        for (std::thread& thread : threads) thread.join();
        EXPECT_EQ(ports[0], std::vector<std::uint16_t>{2055});
        EXPECT_EQ(ports[1], std::vector<std::uint16_t>{6343});
        EXPECT_EQ(ports[2], std::vector<std::uint16_t>{6343});
        EXPECT_EQ(ports[3], std::vector<std::uint16_t>{2055});
        const IngressStats& stats = opened->queues[0]->stats();
        EXPECT_EQ(stats.datagrams, 2U);
        EXPECT_EQ(stats.drops[static_cast<std::size_t>(flow::Error::frame_not_ours)], 1U);
        EXPECT_FALSE(opened->queues[0]->exhausted());
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
        EXPECT_EQ(sentence_of(with_arguments("")).find("dpdk.eal: no port was found: "), 0U);
    });
}

TEST(Live, AQuoteThatIsNotClosedIsASentence) {
    EXPECT_EQ(sentence_of(with_arguments("--vdev 'net_null0")),
              "dpdk.eal: a quote ' is not closed");
}

}  // namespace
}  // namespace flowd::dpdk
