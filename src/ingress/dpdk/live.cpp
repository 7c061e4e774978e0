// SPDX-License-Identifier: BSD-3-Clause
// From options to running queues.
#include "ingress/dpdk/live.hpp"

#include <algorithm>

#include "ingress/dpdk/arguments.hpp"
#include "ingress/dpdk/ingress.hpp"
#include "log/log.hpp"

namespace flowd::dpdk {
namespace {

PortPlan port_plan(const Options& options) {
    return {.queues = static_cast<std::uint16_t>(options.queues),
            .descriptors = static_cast<std::uint16_t>(options.descriptors),
            .pool = static_cast<std::uint32_t>(options.pool),
            .mtu = static_cast<std::uint16_t>(options.mtu)};
}

/// The EAL must be given its memory before it has looked for ports.
std::uint64_t memory_mb(const Options& options, const std::vector<std::string>& arguments) {
    if (options.memory_mb != 0) return static_cast<std::uint64_t>(options.memory_mb);
    constexpr std::uint64_t drivers_mb = 64;  // rings and queues of the drivers themselves
    const std::uint32_t ports =
        std::max(1U, count_option(arguments, "--vdev") + count_option(arguments, "--allow") +
                         count_option(arguments, "-a"));
    const auto queues = static_cast<std::uint64_t>(options.queues) * ports;
    return drivers_mb + (queues * pool_bytes(port_plan(options)) >> 20);
}

}  // namespace

Outcome<Opened> open(const Options& options, const std::vector<config::Listener>& listeners,
                     const WorkerOptions& worker) {
    const auto from_flag = split_arguments(options.eal_line);
    if (!from_flag) return from_flag.error();
    EalOptions eal{.arguments = options.eal};
    eal.arguments.insert(eal.arguments.end(), from_flag->begin(), from_flag->end());
    eal.hugepages = parse_hugepages(options.hugepages);
    eal.memory_mb = memory_mb(options, eal.arguments);

    Opened opened;
    auto started = Eal::start(eal);
    if (!started) return started.error();
    opened.eal = std::move(*started);
    const auto ids = port_ids();
    if (ids.empty()) {
        return Eal::failure(
            "dpdk.eal: no port was found: name one (--vdev …) or bind a NIC to vfio-pci", 0);
    }
    for (const std::uint16_t id : ids) {
        auto port = Port::open(id, port_plan(options));
        if (!port) return port.error();
        (*port)->log_link();
        for (std::uint16_t queue = 0; queue < (*port)->queues(); ++queue) {
            opened.queues.push_back(std::make_unique<Ingress>(id, queue, listeners, worker));
        }
        opened.ports.push_back(std::move(*port));
    }
    Eal::settle();
    return opened;
}

}  // namespace flowd::dpdk
