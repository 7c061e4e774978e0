// SPDX-License-Identifier: BSD-3-Clause
// The UDP ingress over the loopback: every datagram is handed on as it was sent or counted by name,
// and an exporter stays on one worker whatever its port.
#include "ingress/udp/ingress.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ingress/udp/socket.hpp"
#include "sender.hpp"

namespace flowd::udp {
namespace {

using Ingresses = std::vector<std::unique_ptr<Ingress>>;

/// A port that was free a moment ago, of both families.
std::uint16_t free_port() {
    const auto sockets = open_sockets({}, {.accepts = {}, .host = "", .port = 0, .uri = "test"}, 1);
    EXPECT_TRUE(sockets) << sockets.error().sentence;
    return sockets->front().port;
}

config::Listener listener(const std::string& host, std::uint16_t port, std::uint32_t count = 1) {
    return {.accepts = flow::Protocols::all(),
            .host = host,
            .port = port,
            .count = count,
            .uri = "flow://" + host + ":" + std::to_string(port)};
}

Ingresses must_open(const std::vector<config::Listener>& listeners, std::size_t worker_count,
                    const Options& options = {.receive_buffer_bytes = 1 << 20}) {
    auto ingresses = open(options, listeners, worker_count);
    EXPECT_TRUE(ingresses) << ingresses.error().sentence;
    return std::move(*ingresses);
}

/// A datagram with a payload of its own.
struct Kept {
    std::string payload;
    flow::Datagram datagram;
};

/// All that is there. The loopback delivers before send() returns, so nothing is on its way.
std::vector<Kept> drain(Ingress& ingress) {
    std::vector<Kept> all;
    for (;;) {
        const auto before = ingress.stats().datagrams;
        const auto burst = ingress.receive();
        for (const flow::Datagram& datagram : burst) {
            all.push_back({{datagram.payload.begin(), datagram.payload.end()}, datagram});
        }
        ingress.release();
        if (ingress.stats().datagrams == before) return all;
    }
}

flow::Address address(const std::string& host) {
    std::array<std::uint8_t, 16> octets{};
    const bool ipv4 = ::inet_pton(AF_INET, host.c_str(), octets.data()) == 1;
    if (!ipv4) {
        EXPECT_EQ(::inet_pton(AF_INET6, host.c_str(), octets.data()), 1) << host;
    }
    return flow::Address::from({octets.data(), ipv4 ? 4U : 16U});
}

std::uint64_t now_ns() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

std::uint64_t drops(Ingress& ingress, flow::Error reason) {
    return ingress.stats().drops[static_cast<std::size_t>(reason)];
}

TEST(UdpIngress, HandsOnADatagramWithAllThatIsKnownOfIt) {
    const std::uint16_t port = free_port();
    auto where = listener("127.0.0.1", port);
    where.accepts = {.netflow5 = true, .netflow9 = false, .sflow = true};
    const auto workers = must_open({where}, 1);
    const Sender sender{"127.0.0.7", "127.0.0.1", port};
    const std::uint64_t before = now_ns();
    sender.send("hello");
    const auto all = drain(*workers[0]);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].payload, "hello");
    EXPECT_EQ(all[0].datagram.source, address("127.0.0.7"));
    EXPECT_EQ(all[0].datagram.source_port, sender.port());
    EXPECT_EQ(all[0].datagram.destination_port, port);
    EXPECT_EQ(all[0].datagram.accepts, where.accepts);
    EXPECT_GE(all[0].datagram.received_ns, before);
    EXPECT_LE(all[0].datagram.received_ns, now_ns());
    EXPECT_EQ(workers[0]->stats().datagrams, 1U);
    EXPECT_EQ(workers[0]->stats().payload_bytes, 5U);
    EXPECT_FALSE(workers[0]->exhausted());
}

TEST(UdpIngress, WildcardTakesBothFamiliesAndShowsIPv4AsIPv4) {
    const std::uint16_t port = free_port();
    const auto workers = must_open({listener("", port)}, 1);
    Sender{"127.0.0.1", "127.0.0.1", port}.send("four");
    const bool ipv6 = loopback_has_ipv6();
    if (ipv6) Sender{"::1", "::1", port}.send("six");
    const auto all = drain(*workers[0]);
    ASSERT_EQ(all.size(), ipv6 ? 2U : 1U);
    EXPECT_EQ(all[0].payload, "four");
    EXPECT_EQ(all[0].datagram.source, address("127.0.0.1"));
    EXPECT_EQ(all[0].datagram.source.size, 4);
    if (!ipv6) GTEST_SKIP() << "no ::1 here";
    EXPECT_EQ(all[1].payload, "six");
    EXPECT_EQ(all[1].datagram.source, address("::1"));
}

TEST(UdpIngress, KeepsOrderOverManyBursts) {
    const std::uint16_t port = free_port();
    const auto workers = must_open({listener("127.0.0.1", port)}, 1);
    const Sender sender{"127.0.0.1", "127.0.0.1", port};
    for (int i = 0; i < 200; ++i) sender.send("number " + std::to_string(i));
    const auto all = drain(*workers[0]);
    ASSERT_EQ(all.size(), 200U);
    for (int i = 0; i < 200; ++i) {
        EXPECT_EQ(all[static_cast<std::size_t>(i)].payload, "number " + std::to_string(i));
    }
    EXPECT_EQ(workers[0]->stats().missed, 0U);
}

TEST(UdpIngress, BurstIsAFewDozenAndEmptyWhenThereIsNothing) {
    const std::uint16_t port = free_port();
    const auto workers = must_open({listener("127.0.0.1", port)}, 1);
    EXPECT_TRUE(workers[0]->receive().empty());
    workers[0]->release();
    const Sender sender{"127.0.0.1", "127.0.0.1", port};
    for (int i = 0; i < 33; ++i) sender.send("x");
    EXPECT_EQ(workers[0]->receive().size(), 32U);
    workers[0]->release();
    EXPECT_EQ(workers[0]->receive().size(), 1U);
    workers[0]->release();
    EXPECT_TRUE(workers[0]->receive().empty());
}

TEST(UdpIngress, TakesTheLargestDatagramThatUdpCarries) {
    const std::uint16_t port = free_port();
    const auto workers = must_open({listener("127.0.0.1", port)}, 1);
    const Sender sender{"127.0.0.1", "127.0.0.1", port};
    std::string largest(65'507, 'x');
    largest.back() = 'y';
    sender.send("small");
    sender.send(largest);
    const auto all = drain(*workers[0]);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].payload, "small");
    EXPECT_TRUE(all[1].payload == largest);
    EXPECT_EQ(workers[0]->stats().payload_bytes, 65'512U);
}

TEST(UdpIngress, EmptyDatagramIsHandedOnWithItsSource) {
    const std::uint16_t port = free_port();
    const auto workers = must_open({listener("127.0.0.1", port)}, 1);
    const Sender sender{"127.0.0.1", "127.0.0.1", port};
    for (const std::string_view payload : {"", "a", "", "b", ""}) sender.send(payload);
    const auto all = drain(*workers[0]);
    ASSERT_EQ(all.size(), 5U);
    EXPECT_EQ(all[1].payload, "a");
    EXPECT_EQ(all[2].payload, "");
    EXPECT_EQ(all[2].datagram.source,
              all[1].datagram.source);  // whose it is; the pipeline counts it
    EXPECT_EQ(workers[0]->stats().datagrams, 5U);
    EXPECT_EQ(drops(*workers[0], flow::Error::empty), 0U);
    EXPECT_EQ(workers[0]->stats().payload_bytes, 2U);
}

TEST(UdpIngress, TakesItsListenersInTurn) {
    const std::uint16_t port = free_port();
    auto first = listener("127.0.0.1", port);
    auto second = listener("127.0.0.2", port);
    first.accepts = {.netflow5 = false, .netflow9 = true, .sflow = false};
    second.accepts = {.netflow5 = false, .netflow9 = false, .sflow = true};
    const auto workers = must_open({first, second}, 1);
    const Sender to_first{"127.0.0.1", "127.0.0.1", port};
    const Sender to_second{"127.0.0.1", "127.0.0.2", port};
    for (int i = 0; i < 64; ++i) to_first.send("first");
    to_second.send("second");
    std::vector<std::string> order;  // of bursts
    for (int i = 0; i < 3; ++i) {
        for (const flow::Datagram& datagram : workers[0]->receive()) {
            const std::string payload{datagram.payload.begin(), datagram.payload.end()};
            EXPECT_EQ(datagram.accepts, payload == "first" ? first.accepts : second.accepts);
            if (order.empty() || order.back() != payload) order.push_back(payload);
        }
        workers[0]->release();
    }
    EXPECT_EQ(order, (std::vector<std::string>{"first", "second", "first"}));
}

TEST(UdpIngress, WhatTheKernelDropsIsMissedToTheLastDatagram) {
    const std::uint16_t port = free_port();
    const auto workers =
        must_open({listener("127.0.0.1", port)}, 1, {.receive_buffer_bytes = 32'768});
    const Sender sender{"127.0.0.1", "127.0.0.1", port};
    const std::string payload(1'000, 'x');
    for (int i = 0; i < 500; ++i) sender.send(payload);
    const std::size_t first = drain(*workers[0]).size();
    EXPECT_LT(first, 500U);
    EXPECT_EQ(workers[0]->stats().missed, 0U);  // all of them came after the last that was read
    workers[0]->wait(10'000'000);
    EXPECT_EQ(workers[0]->stats().missed, 500U - first);
    for (int i = 0; i < 500; ++i) sender.send(payload);
    std::size_t all = first + drain(*workers[0]).size();
    sender.send(payload);
    all += drain(*workers[0]).size();
    workers[0]->wait(10'000'000);
    workers[0]->detach();
    EXPECT_EQ(all + workers[0]->stats().missed, 1'001U);
}

TEST(UdpIngress, LooksForDropsNowAndThenThoughItIsNeverIdle) {
    const std::uint16_t port = free_port();
    const auto workers =
        must_open({listener("127.0.0.1", port)}, 1, {.receive_buffer_bytes = 32'768});
    const Sender sender{"127.0.0.1", "127.0.0.1", port};
    for (int i = 0; i < 500; ++i) sender.send(std::string(1'000, 'x'));
    std::size_t all = drain(*workers[0]).size();
    ASSERT_EQ(workers[0]->stats().missed, 0U);
    for (int burst = 0; burst < 2'000 && workers[0]->stats().missed == 0; ++burst) {
        sender.send("x");
        all += drain(*workers[0]).size() - 1;
    }
    EXPECT_EQ(all + workers[0]->stats().missed, 500U);
}

TEST(UdpIngress, LetsDatagramsOfABusyExporterGatherButNotASingleOne) {
    using std::chrono::microseconds;
    const std::uint16_t port = free_port();
    // Naps of 500 µs.
    const auto workers =
        must_open({listener("127.0.0.1", port)}, 1, {.receive_buffer_bytes = 8'000'000});
    const Sender sender{"127.0.0.1", "127.0.0.1", port};
    const auto wait = [&] {
        const auto start = std::chrono::steady_clock::now();
        workers[0]->wait(10'000'000);
        return std::chrono::steady_clock::now() - start;
    };
    const auto shortest_after = [&](int datagrams) {
        auto shortest = std::chrono::nanoseconds::max();
        for (int i = 0; i < 20; ++i) {
            for (int sent = 0; sent < datagrams; ++sent) sender.send("x");
            shortest = std::min<std::chrono::nanoseconds>(shortest, wait());
            EXPECT_EQ(drain(*workers[0]).size(), static_cast<std::size_t>(datagrams));
            if (datagrams == 1) std::this_thread::sleep_for(microseconds{1'000});
        }
        return shortest;
    };
    EXPECT_LT(shortest_after(1), microseconds{500});
    for (int i = 0; i < 3; ++i) shortest_after(16);
    EXPECT_GE(shortest_after(16), microseconds{500});
}

TEST(UdpIngress, DetachCountsWhatNoDatagramTold) {
    const std::uint16_t port = free_port();
    const auto workers = must_open({listener("", port, 2)}, 2, {.receive_buffer_bytes = 32'768});
    const Sender sender{"127.0.0.1", "127.0.0.1", port};
    for (int i = 0; i < 500; ++i) sender.send(std::string(1'000, 'x'));
    std::uint64_t all = 0;
    for (const auto& worker : workers) {
        all += drain(*worker).size();
        worker->detach();
        all += worker->stats().missed;
    }
    EXPECT_EQ(all, 500U);
}

/// What the filter program computes, said plainly: exclusive or of the address's 32-bit words,
/// times 0x9e3779b1, upper half, modulo the sockets.
std::size_t expected_worker(const std::string& exporter, std::size_t worker_count) {
    std::uint32_t folded = 0;
    const flow::Address source = address(exporter);
    for (std::size_t at = 0; at < source.size; at += 4) {
        folded ^= flow::load_be32(source.octets.data() + at);
    }
    return ((folded * 0x9e3779b1U) >> 16) % worker_count;
}

TEST(UdpIngress, ExporterStaysOnOneWorkerWhateverItsPort) {
    const bool ipv6 = loopback_has_ipv6();
    for (const std::string host : {"", "0.0.0.0"}) {
        const std::uint16_t port = free_port();
        const auto workers = must_open({listener(host, port, 4)}, 4);
        std::vector<std::string> exporters;
        for (int i = 1; i <= 40; ++i) exporters.push_back("127.0.0." + std::to_string(i));
        if (ipv6 && host.empty()) exporters.push_back("::1");
        for (int port_of_exporter = 0; port_of_exporter < 8; ++port_of_exporter) {
            for (const std::string& exporter : exporters) {
                const std::string to = exporter == "::1" ? "::1" : "127.0.0.1";
                Sender{exporter, to, port}.send(exporter);
            }
        }
        std::map<std::string, std::set<std::size_t>> workers_of;
        std::map<std::string, std::size_t> datagrams_of;
        std::set<std::size_t> workers_used;
        for (std::size_t worker = 0; worker < workers.size(); ++worker) {
            for (const Kept& kept : drain(*workers[worker])) {
                EXPECT_EQ(kept.datagram.source, address(kept.payload));
                workers_of[kept.payload].insert(worker);
                ++datagrams_of[kept.payload];
                workers_used.insert(worker);
            }
        }
        EXPECT_EQ(workers_of.size(), exporters.size());
        EXPECT_EQ(workers_used.size(), 4U);
        for (const auto& [exporter, used] : workers_of) {
            EXPECT_EQ(used, (std::set<std::size_t>{expected_worker(exporter, 4)})) << exporter;
        }
        for (const auto& [exporter, count] : datagrams_of) EXPECT_EQ(count, 8U) << exporter;
    }
}

TEST(UdpIngress, NeighbouringExportersSpreadEvenly) {
    const std::uint16_t port = free_port();
    const auto workers = must_open({listener("", port, 4)}, 4);
    for (int i = 1; i <= 200; ++i) {
        Sender{"127.0.1." + std::to_string(i), "127.0.0.1", port}.send("x");
    }
    for (const auto& worker : workers) {
        const std::size_t share = drain(*worker).size();
        EXPECT_GE(share, 30U);
        EXPECT_LE(share, 70U);
    }
}

TEST(UdpIngress, SocketsAreNoMoreThanWorkersAndGoToTheFirstOnes) {
    const std::uint16_t port = free_port();
    const auto one = must_open({listener("127.0.0.1", port, 8)}, 1);
    ASSERT_EQ(one.size(), 1U);
    const auto three = must_open({listener("127.0.0.2", port, 1)}, 3);
    ASSERT_EQ(three.size(), 3U);
    for (int i = 1; i <= 20; ++i) {
        const std::string exporter = "127.0.0." + std::to_string(i);
        Sender{exporter, "127.0.0.1", port}.send("one");
        Sender{exporter, "127.0.0.2", port}.send("three");
    }
    EXPECT_EQ(drain(*one[0]).size(), 20U);
    EXPECT_EQ(drain(*three[0]).size(), 20U);
    EXPECT_EQ(drain(*three[1]).size(), 0U);
    EXPECT_EQ(drain(*three[2]).size(), 0U);
}

TEST(UdpIngress, WaitEndsWithADatagramOrAfterTenMilliseconds) {
    const std::uint16_t port = free_port();
    const auto workers = must_open({listener("127.0.0.1", port)}, 2);
    const auto wait = [&](std::size_t worker) {
        const auto start = std::chrono::steady_clock::now();
        workers[worker]->wait(10'000'000);
        return std::chrono::steady_clock::now() - start;
    };
    EXPECT_GE(wait(0), std::chrono::milliseconds{9});
    EXPECT_GE(wait(1), std::chrono::milliseconds{9});  // it has no socket
    Sender{"127.0.0.1", "127.0.0.1", port}.send("x");
    auto shortest = wait(0);
    for (int i = 0; i < 5; ++i) shortest = std::min(shortest, wait(0));
    EXPECT_LT(shortest, std::chrono::milliseconds{9});
    EXPECT_EQ(drain(*workers[0]).size(), 1U);
}

TEST(UdpIngress, OpenFailsWithTheUriOfTheTakenPort) {
    const std::uint16_t port = free_port();
    const auto first = must_open({listener("", port, 2)}, 2);
    const auto again = listener("", port);
    const auto second = open({}, {listener("127.0.0.1", free_port()), again}, 1);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().sentence.find(again.uri), std::string::npos);
    EXPECT_NE(second.error().sentence.find("address in use"), std::string::npos);
}

TEST(UdpIngress, WarnsOnceOfABufferThatTheSystemDoesNotGive) {
    const std::uint16_t port = free_port();
    const std::vector<config::Listener> both{listener("127.0.0.1", port),
                                             listener("127.0.0.2", port)};
    testing::internal::CaptureStderr();
    // One byte more than the kernel's int can double, so not even root gets it.
    const auto workers = must_open(both, 1, {.receive_buffer_bytes = 1 << 30});
    const std::string log = testing::internal::GetCapturedStderr();
    const auto warning = log.find("ingress.udp.receive_buffer_bytes: 1073741824 is wanted");
    ASSERT_NE(warning, std::string::npos) << log;
    EXPECT_NE(log.find("sysctl -w net.core.rmem_max=1073741824"), std::string::npos) << log;
    EXPECT_EQ(log.find("is wanted", log.find("is wanted") + 1), std::string::npos) << log;
}

}  // namespace
}  // namespace flowd::udp
