// SPDX-License-Identifier: BSD-3-Clause
// A port that answers, without a collector around it: by a Host and a Sender, or by a TAP. For a
// test with a kernel at the other end. Runs until its input ends, then prints its counters.
// Usage: answering-port host|tap INTERFACE TAP [ADDRESS/BITS ...]
#include <arpa/inet.h>
#include <poll.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "ingress/dpdk/eal.hpp"
#include "ingress/dpdk/exception.hpp"
#include "ingress/dpdk/host/host.hpp"
#include "ingress/dpdk/sender.hpp"

namespace {

using namespace flowd::dpdk;

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(1);
}

std::uint64_t now_ns() {
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

host::Prefix prefix_of(const std::string& text) {
    const std::size_t slash = text.find('/');
    const std::string address = text.substr(0, slash);
    std::array<std::uint8_t, 16> bytes{};
    const bool is_ipv6 = address.find(':') != std::string::npos;
    if (inet_pton(is_ipv6 ? AF_INET6 : AF_INET, address.c_str(), bytes.data()) != 1) fail(text);
    return {flow::Address::from({bytes.data(), is_ipv6 ? 16U : 4U}),
            static_cast<std::uint8_t>(std::atoi(text.c_str() + slash + 1))};
}

struct TestPort {
    rte_mempool* pool = nullptr;
    std::array<std::uint8_t, 6> mac{};

    void start() {
        pool =
            rte_pktmbuf_pool_create("rx", 4095, 0, 0, 2048 + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY);
        rte_eth_conf config{};
        if (pool == nullptr || rte_eth_dev_configure(0, 1, 1, &config) != 0 ||
            rte_eth_rx_queue_setup(0, 0, 512, 0, nullptr, pool) != 0 ||
            rte_eth_tx_queue_setup(0, 0, 512, 0, nullptr) != 0 || rte_eth_dev_start(0) != 0) {
            fail("the port does not start");
        }
        rte_eth_promiscuous_enable(0);
        rte_ether_addr address{};
        rte_eth_macaddr_get(0, &address);
        std::copy_n(address.addr_bytes, mac.size(), mac.begin());
    }
};

bool input_ended() {
    pollfd input{.fd = 0, .events = POLLIN, .revents = 0};
    return poll(&input, 1, 0) > 0;
}

template <class Take, class Else>
void poll_port(Take take, Else otherwise) {
    while (!input_ended()) {
        std::array<rte_mbuf*, 32> frames{};
        const std::uint16_t count = rte_eth_rx_burst(0, 0, frames.data(), 32);
        for (std::uint16_t i = 0; i < count; ++i) take(frames[i]);
        otherwise();
        if (count == 0) rte_delay_us_sleep(100);
    }
}

void run_host(const TestPort& port, const std::vector<host::Prefix>& addresses) {
    auto sender = Sender::open(0, 0, 1514, "test");
    if (!sender) fail(sender.error().sentence);
    Sender& out = **sender;
    host::Host us{{.mac = port.mac, .addresses = addresses}};
    poll_port(
        [&](rte_mbuf* frame) {
            const flow::Bytes bytes{rte_pktmbuf_mtod(frame, std::uint8_t*), frame->data_len};
            out.commit(us.answer(bytes, out.prepare(), now_ns()));
            rte_pktmbuf_free(frame);
        },
        [&] {
            while (const std::size_t size = us.announce(out.prepare(), now_ns())) out.commit(size);
        });
    std::printf(
        "{\"arp\": %lu, \"echo\": %lu, \"solicitations\": %lu, \"replies\": %lu, "
        "\"sent\": %lu, \"conflicts\": %lu, \"malformed\": %lu}\n",
        us.stats().arp_requests.get(), us.stats().echo_requests.get(),
        us.stats().neighbour_solicitations.get(), us.stats().replies.get(), out.stats().sent.get(),
        us.stats().conflicts.get(), us.stats().malformed.get());
}

void run_tap(const TestPort& port, const char* interface, std::uint32_t rate) {
    auto opened = ExceptionTap::open({.label = "test",
                                      .interface = interface,
                                      .mac = port.mac,
                                      .to_kernel_per_second = rate,
                                      .pool = port.pool});
    if (!opened) fail(opened.error().sentence);
    ExceptionTap& tap = **opened;
    std::printf("ready\n");
    std::fflush(stdout);
    poll_port([&](rte_mbuf* frame) { tap.to_kernel(frame, now_ns()); },
              [&] { static_cast<void>(tap.from_kernel()); });
    std::printf(
        "{\"to_kernel\": %lu, \"from_kernel\": %lu, \"rate_limited\": %lu, "
        "\"refused_by_kernel\": %lu, \"refused_by_port\": %lu}\n",
        tap.stats().to_kernel.get(), tap.stats().from_kernel.get(), tap.stats().rate_limited.get(),
        tap.stats().refused_by_kernel.get(), tap.stats().refused_by_port.get());
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 4) fail("usage: answering-port host|tap INTERFACE TAP [ADDRESS/BITS ... | RATE]");
    const std::string device = std::string{"net_af_packet0,iface="} + arguments[2];
    auto eal = Eal::start({.arguments = {"--no-pci", "--vdev", device},
                           .hugepages = Hugepages::off,
                           .memory_mb = 128});
    if (!eal) fail(eal.error().sentence);
    TestPort port;
    port.start();
    if (std::string{arguments[1]} == "tap") {
        run_tap(port, arguments[3], count > 4 ? std::atoi(arguments[4]) : 10'000);
    } else {
        std::printf("ready\n");
        std::fflush(stdout);
        std::vector<host::Prefix> addresses;
        for (int i = 4; i < count; ++i) addresses.push_back(prefix_of(arguments[i]));
        run_host(port, addresses);
    }
    rte_eth_dev_stop(0);
    rte_eth_dev_close(0);
}
