// SPDX-License-Identifier: BSD-3-Clause
// The report, section by section.
#include "ingress/dpdk/probe.hpp"

#include <algorithm>
#include <utility>

#include "ingress/dpdk/arguments.hpp"
#include "ingress/dpdk/eal.hpp"
#include "ingress/dpdk/exchange.hpp"
#include "ingress/dpdk/live.hpp"
#include "ingress/dpdk/port.hpp"
#include "ingress/dpdk/probe_machine.hpp"
#include "ingress/dpdk/probe_page.hpp"
#include "ingress/dpdk/probe_ports.hpp"

namespace flowd::dpdk {
namespace {

/// Drivers allocate little before a port is configured.
constexpr std::uint64_t probe_memory_mb = 64;

/// The user's arguments and the named devices alone; without names, whatever the EAL finds. Not by
/// Devices, which would take an XDP program off an interface that a running flowd uses.
Outcome<std::vector<std::string>> arguments_of(const Options& options) {
    const auto from_flag = split_arguments(options.eal_line);
    if (!from_flag) return from_flag.error();
    std::vector<std::string> arguments = options.eal;
    arguments.insert(arguments.end(), from_flag->begin(), from_flag->end());
    bool any = false;
    bool any_pci = false;
    for (const PortOptions* port : options.ports.in_use()) {
        const DeviceKind kind = kind_of(port->device);
        if (kind == DeviceKind::none) continue;
        any = true;
        any_pci = any_pci || kind == DeviceKind::pci;
        arguments.insert(arguments.end(),
                         {kind == DeviceKind::pci ? "-a" : "--vdev", port->device});
    }
    if (any && !any_pci && !has_option(arguments, "--no-pci")) arguments.emplace_back("--no-pci");
    return arguments;
}

/// Starts the EAL, tells of its ports and adds what these would refuse.
Failure tell_eal(ProbePage& page, const Options& options, std::vector<Complaint>& said) {
    auto arguments = arguments_of(options);
    if (!arguments) return arguments.error();
    EalOptions eal{.arguments = std::move(*arguments),
                   .hugepages = parse_hugepages(options.hugepages),
                   .memory_mb = probe_memory_mb};
    const auto started = Eal::start(eal);
    if (!started) return started.error();
    page.section("DPDK ports");
    if (port_ids().empty()) {
        page.item("none: no device is bound to vfio-pci, and none is named by port.device");
    }
    tell_ports(page);
    for (Complaint& each : judge_ports(options)) said.push_back(std::move(each));
    return {};
}

void tell_plan(ProbePage& page, const ProbeSettings& settings, const StartPlan& plan) {
    page.section("With these settings");
    if (settings.ingress != "dpdk") {
        page.row("ingress", settings.ingress +
                                ": the kernel's sockets; what follows is for "
                                "-ingress dpdk");
    } else {
        page.row("ingress", settings.ingress);
    }
    for (const PortOptions* port : settings.dpdk.ports.in_use()) {
        page.row("port", port->device.empty() ? "any that the EAL finds" : port->device);
    }
    page.row("RX queues", std::to_string(queue_count(settings.dpdk)));
    page.row("RX workers", std::to_string(plan.workers));
    page.row("CPUs",
             plan.cores.empty() ? "auto: where the kernel puts them" : cpu_list_text(plan.cores));
    page.row("packet buffers", std::to_string((plan.memory_bytes >> 20) + 1) + " MiB");
}

}  // namespace

Probed probe(const ProbeSettings& settings) {
    const Machine machine = read_machine();
    const Options& options = settings.dpdk;
    const std::uint32_t workers = settings.workers == 0 ? queue_count(options) : settings.workers;
    const StartPlan plan =
        start_plan(options, settings.cores, workers, buffer_bytes(options, workers));
    std::vector<Complaint> said = complaints(machine, plan);

    ProbePage page;
    tell_machine(page, machine);
    tell_devices(page, machine);
    if (const Failure failure = tell_eal(page, options, said); failed(failure)) {
        page.section("DPDK ports");
        page.item(failure.sentence);
        said.push_back({true, failure.sentence});
    }
    tell_plan(page, settings, plan);
    page.section("What stands in the way");
    if (said.empty()) page.row("nothing", "");
    for (const Complaint& each : said) {
        page.row(each.fatal ? "it would refuse" : "beware", each.sentence);
    }
    const bool refused =
        std::any_of(said.begin(), said.end(), [](const Complaint& each) { return each.fatal; });
    return {settings.json ? page.json() : page.text(), refused};
}

}  // namespace flowd::dpdk
