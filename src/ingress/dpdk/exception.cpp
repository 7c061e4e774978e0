// SPDX-License-Identifier: BSD-3-Clause
// DPDK's net_tap as a device made at run time, with one queue each way.
#include "ingress/dpdk/exception.hpp"

#include <rte_dev.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <algorithm>
#include <cstdio>

#include "ingress/dpdk/eal.hpp"

namespace flowd::dpdk {
namespace {

constexpr std::uint16_t descriptors = 512;
constexpr std::size_t interface_size_max = 15;  // IFNAMSIZ without its end

std::string arguments_of(const ExceptionPlan& plan) {
    std::array<char, 18> mac{};
    const auto& m = plan.mac;
    std::snprintf(mac.data(), mac.size(), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3],
                  m[4], m[5]);
    return "iface=" + plan.interface + ",mac=" + mac.data();
}

bool is_name(const std::string& name) noexcept {
    return !name.empty() && name.size() <= interface_size_max &&
           name.find_first_of(",/ \t:") == std::string::npos;
}

}  // namespace

Outcome<std::unique_ptr<ExceptionTap>> ExceptionTap::open(const ExceptionPlan& plan) {
    if (!is_name(plan.interface)) {
        return Failure{"dpdk: port " + plan.label + ": \"" + plan.interface +
                       "\" is no name of an interface: 1 to 15 characters without / : , or space"};
    }
    // The prefix is the driver's name; the number is that of the port, which is never used twice.
    std::unique_ptr<ExceptionTap> tap{
        new ExceptionTap{plan, "net_tap" + std::to_string(plan.port)}};
    for (const auto step : {&ExceptionTap::probe, &ExceptionTap::set_up}) {
        if (Failure failure = (tap.get()->*step)(); failed(failure)) return failure;
    }
    return tap;
}

Failure ExceptionTap::probe() {
    if (const int error =
            rte_eal_hotplug_add("vdev", device_.c_str(), arguments_of(plan_).c_str())) {
        return Eal::failure("dpdk: port " + plan_.label + ": the TAP device " + plan_.interface +
                                " cannot be made (it needs CAP_NET_ADMIN and /dev/net/tun)",
                            error);
    }
    probed_ = true;
    if (const int error = rte_eth_dev_get_port_by_name(device_.c_str(), &tap_)) {
        return Eal::failure("dpdk: the TAP device " + plan_.interface + " is no port", error);
    }
    return {};
}

Failure ExceptionTap::set_up() {
    const std::string what = "dpdk: the TAP device " + plan_.interface + " of port " + plan_.label;
    rte_eth_conf config{};
    // The kernel has its frames with all checksums in them: the port need not offer to compute.
    if (const int error = rte_eth_dev_configure(tap_, 1, 1, &config)) {
        return Eal::failure(what + " does not take its configuration", error);
    }
    configured_ = true;
    std::uint16_t mtu = 0;
    if (rte_eth_dev_get_mtu(plan_.port, &mtu) == 0) {
        static_cast<void>(rte_eth_dev_set_mtu(tap_, mtu));  // the default otherwise
    }
    const auto socket = static_cast<unsigned>(SOCKET_ID_ANY);
    int error = rte_eth_rx_queue_setup(tap_, 0, descriptors, socket, nullptr, plan_.pool);
    if (error == 0) error = rte_eth_tx_queue_setup(tap_, 0, descriptors, socket, nullptr);
    if (error != 0) return Eal::failure(what + " cannot set up its queues", error);
    if (const int failed = rte_eth_dev_start(tap_)) {
        return Eal::failure(what + " does not start", failed);
    }
    return {};
}

ExceptionTap::~ExceptionTap() {
    if (configured_) {
        rte_eth_dev_stop(tap_);
        rte_eth_dev_close(tap_);
    }
    if (probed_) rte_eal_hotplug_remove("vdev", device_.c_str());
}

void ExceptionTap::to_kernel(rte_mbuf* frame, std::uint64_t now_ns) noexcept {
    if (!bucket_.take(now_ns)) {
        stats_.rate_limited.add(1);
        rte_pktmbuf_free(frame);
        return;
    }
    // What the NIC found out about the frame is no order to the TAP.
    frame->ol_flags &= ~RTE_MBUF_F_TX_OFFLOAD_MASK;
    if (rte_eth_tx_burst(tap_, 0, &frame, 1) == 1) {
        stats_.to_kernel.add(1);
    } else {
        stats_.refused_by_kernel.add(1);
        rte_pktmbuf_free(frame);
    }
}

std::size_t ExceptionTap::from_kernel() noexcept {
    std::array<rte_mbuf*, burst_max> frames{};
    const std::uint16_t count = rte_eth_rx_burst(tap_, 0, frames.data(), burst_max);
    if (count == 0) return 0;
    for (std::uint16_t i = 0; i < count; ++i) frames[i]->ol_flags = 0;
    const std::uint16_t sent = rte_eth_tx_burst(plan_.port, plan_.queue, frames.data(), count);
    for (std::uint16_t i = sent; i < count; ++i) rte_pktmbuf_free(frames[i]);
    stats_.from_kernel.add(sent);
    stats_.refused_by_port.add(count - sent);
    return count;
}

}  // namespace flowd::dpdk
