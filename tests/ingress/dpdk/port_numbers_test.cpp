// SPDX-License-Identifier: BSD-3-Clause
// What a port counts, and what it says by DPDK's telemetry, against what was sent on it.
#include "ingress/dpdk/port_numbers.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "child.hpp"
#include "ingress/clock.hpp"
#include "ingress/dpdk/telemetry.hpp"
#include "wire.hpp"

namespace flowd::dpdk {
namespace {

using test::in_a_child;
using test_port::Wire;

double number(const NamedNumbers& numbers, std::string_view name) {
    for (const auto& [each, value] : numbers) {
        if (each == name) return value;
    }
    return -1;
}

TEST(PortNumbers, CountWhatWasReceived) {
    in_a_child([] {
        Wire wire;
        PortNumbers numbers{wire.opened()};
        EXPECT_TRUE(numbers.copy().ports.empty());
        for (int i = 0; i < 5; ++i) ASSERT_TRUE(wire.send());
        numbers.tick(second_ns);
        const PortNumbers::Copy copy = numbers.copy();
        ASSERT_EQ(copy.ports.size(), 1u);
        EXPECT_EQ(copy.ports[0].driver, "net_ring");
        EXPECT_TRUE(copy.ports[0].up);
        EXPECT_EQ(number(copy.ports[0].counters, "ipackets"), 5);
        EXPECT_EQ(number(copy.ports[0].xstats, "rx_good_packets"), 5);
        ASSERT_FALSE(copy.mempools.empty());
        for (const MempoolView& pool : copy.mempools) {
            EXPECT_GT(pool.size, 0u) << pool.name;
            EXPECT_LE(pool.in_use, pool.size) << pool.name;
        }
    });
}

TEST(PortNumbers, AreLookedAtOnceASecond) {
    in_a_child([] {
        Wire wire;
        PortNumbers numbers{wire.opened()};
        numbers.tick(second_ns);
        ASSERT_TRUE(wire.send());
        numbers.tick(second_ns + second_ns / 2);
        EXPECT_EQ(number(numbers.copy().ports.at(0).counters, "ipackets"), 0);
        numbers.tick(2 * second_ns);
        EXPECT_EQ(number(numbers.copy().ports.at(0).counters, "ipackets"), 1);
    });
}

/// As dpdk-telemetry.py speaks: a packet each way.
class TelemetryClient {
public:
    explicit TelemetryClient(const std::string& path)
        : socket_{::socket(AF_UNIX, SOCK_SEQPACKET, 0)} {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        connected_ =
            ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        if (connected_) static_cast<void>(receive());  // its greeting
    }
    ~TelemetryClient() { ::close(socket_); }

    [[nodiscard]] bool connected() const { return connected_; }
    nlohmann::json ask(const std::string& command) {
        if (::send(socket_, command.data(), command.size(), 0) < 0) return {};
        return nlohmann::json::parse(receive(), nullptr, false);
    }

private:
    std::string receive() {
        std::string text(16'384, '\0');
        const ssize_t size = ::recv(socket_, text.data(), text.size(), 0);
        text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        return text;
    }

    int socket_;
    bool connected_ = false;
};

std::shared_ptr<const Observation> observation() {
    auto made = std::make_shared<Observation>();
    made->serial = 7;
    made->health = Health::collecting;
    made->box.datagrams = 10;
    made->box.drops[static_cast<std::size_t>(flow::Error::bad_length)] = 3;
    for (std::uint8_t i = 0; i < 250; ++i) {
        ExporterView view;
        view.address = flow::Address::from(std::array<std::uint8_t, 4>{192, 0, 2, i});
        view.rates.flows = i;
        view.totals.datagrams = 1000u + i;
        made->exporters.push_back(view);
    }
    return made;
}

TEST(Telemetry, AnswersOnDpdksSocket) {
    in_a_child([] {
        const std::string prefix = "flowd-test-" + std::to_string(getpid());
        Wire wire{{"--file-prefix", prefix}};
        auto telemetry = std::make_unique<Telemetry>(observation);
        TelemetryClient client{"/var/run/dpdk/" + prefix + "/dpdk_telemetry.v2"};
        ASSERT_TRUE(client.connected());
        const auto stats = client.ask("/flowd/stats")["/flowd/stats"];
        EXPECT_EQ(stats["datagrams"], 10);
        EXPECT_EQ(stats["dropped_bad_length"], 3);
        EXPECT_EQ(stats["health"], "collecting");
        const auto busiest = client.ask("/flowd/exporters")["/flowd/exporters"];
        EXPECT_EQ(busiest.size(), 200u);
        EXPECT_EQ(busiest[0], "192.0.2.249");
        EXPECT_EQ(busiest[199], "192.0.2.50");
        const auto one = client.ask("/flowd/exporters,192.0.2.1")["/flowd/exporters"];
        EXPECT_EQ(one["datagrams"], 1001);
        EXPECT_TRUE(client.ask("/flowd/exporters,198.51.100.1")["/flowd/exporters"].is_null());
        EXPECT_TRUE(client.ask("/flowd/exporters,x")["/flowd/exporters"].is_null());
        telemetry.reset();
        EXPECT_TRUE(client.ask("/flowd/stats")["/flowd/stats"].is_null());
    });
}

}  // namespace
}  // namespace flowd::dpdk
