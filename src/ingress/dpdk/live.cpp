// SPDX-License-Identifier: BSD-3-Clause
// From options to running queues.
#include "ingress/dpdk/live.hpp"

#include <algorithm>
#include <string_view>

#include "ingress/clock.hpp"
#include "ingress/dpdk/arguments.hpp"
#include "ingress/dpdk/ingress.hpp"
#include "log/log.hpp"

namespace flowd::dpdk {
namespace {

/// What a port leaves open, the general options say.
std::int64_t first_set(std::int64_t own, std::int64_t general) noexcept {
    return own != 0 ? own : general;
}

PortPlan port_plan(const Options& options, const PortOptions& port) {
    return {
        .queues = static_cast<std::uint16_t>(first_set(port.queues, options.queues)),
        .descriptors = static_cast<std::uint16_t>(first_set(port.descriptors, options.descriptors)),
        .pool = static_cast<std::uint32_t>(first_set(port.pool, options.pool)),
        .mtu = static_cast<std::uint16_t>(first_set(port.mtu, options.mtu)),
        .verifies_checksums = port.checksums != "off",
        .label = port.name};
}

/// In the order of the options; workers 0: one per queue.
std::vector<PortPlan> port_plans(const Options& options, std::uint32_t workers) {
    constexpr std::uint32_t tap_buffers = 1024;
    const std::uint32_t elsewhere =
        buffers_elsewhere(options, workers == 0 ? queue_count(options) : workers);
    std::vector<PortPlan> plans;
    for (const PortOptions* each : options.ports.in_use()) {
        plans.push_back(port_plan(options, *each));
        plans.back().elsewhere = elsewhere + (each->exception == "tap" ? tap_buffers : 0);
    }
    return plans;
}

/// All ports' plans together. Ports that the EAL finds by itself are as many as its arguments name.
class Plans {
public:
    Plans(const LiveSettings& settings, const std::vector<std::string>& arguments)
        : settings_{settings}, plans_{port_plans(settings.dpdk, settings.workers)} {
        if (!settings.dpdk.ports.in_use().front()->device.empty()) return;
        const std::uint32_t named = count_option(arguments, "--vdev") +
                                    count_option(arguments, "--allow") +
                                    count_option(arguments, "-a");
        found_ = std::max(1U, named);
    }

    [[nodiscard]] std::uint64_t memory_mb() const {
        if (settings_.dpdk.memory_mb != 0)
            return static_cast<std::uint64_t>(settings_.dpdk.memory_mb);
        constexpr std::uint64_t drivers_mb = 64;  // rings and queues of the drivers themselves
        return drivers_mb + (buffer_bytes(settings_.dpdk, settings_.workers) * found_ >> 20);
    }
    /// Of port `index` in the order of the options; of all that are found, the only one.
    [[nodiscard]] const PortPlan& of(std::size_t index) const noexcept {
        return plans_[std::min(index, plans_.size() - 1)];
    }

private:
    const LiveSettings& settings_;
    std::vector<PortPlan> plans_;
    std::uint32_t found_ = 1;
};

struct Named {
    std::uint16_t id;
    const PortOptions* options;
};

Outcome<std::vector<Named>> find_ports(const PortTables& tables) {
    std::vector<Named> ports;
    const auto options = tables.in_use();
    if (options.front()->device.empty()) {
        for (const std::uint16_t id : port_ids()) ports.push_back({id, options.front()});
        if (!ports.empty()) return ports;
        return Eal::failure(
            "port.device: no port was found: name one (-port.device net_af_xdp0,iface=eth1) or "
            "bind a NIC to vfio-pci; flowd -probe lists what there is",
            0);
    }
    for (const PortOptions* each : options) {
        const int id = port_id_of(device_name(each->device));
        if (id < 0) {
            return Eal::failure("port.device: " + each->device + " gave no port", 0);
        }
        ports.push_back({static_cast<std::uint16_t>(id), each});
    }
    return ports;
}

host::Identity host_identity(const PortIdentity& identity, const host::Mac& mac) {
    host::Identity own{.mac = mac};
    for (const PortIdentity::Prefix& each : identity.addresses) {
        own.addresses.push_back({each.address, each.bits});
    }
    own.gateways = identity.gateways;
    own.groups = identity.groups;
    own.vlans = identity.vlans;
    return own;
}

Checksums checksums_of(std::string_view name) noexcept {
    if (name == "off") return Checksums::off;
    if (name == "count") return Checksums::count;
    return name == "drop" ? Checksums::drop : Checksums::nic;
}

/// Of the port that was opened last, where it has to say anything.
Failure open_answerer(Opened& opened, const PortOptions& options, const PortIdentity& identity,
                      const PortPlan& plan) {
    const bool to_kernel = options.exception == "tap";
    const bool answers = !identity.addresses.empty() && !is_kept_by_kernel(options);
    if (!answers && !to_kernel) return {};
    constexpr std::uint16_t mtu_default = 1500;
    constexpr std::uint16_t link_size = 18;  // with one tag
    const Port& port = *opened.ports.back();
    AnswererPlan answerer{.port = port.id(),
                          .label = port.name(),
                          .identity = host_identity(identity, port.mac()),
                          .to_kernel = to_kernel,
                          .interface = "flowd" + std::to_string(port.id()),
                          .pool = port.pool()};
    if (!answers) answerer.identity.addresses.clear();
    answerer.frame_size_max =
        static_cast<std::uint16_t>(std::max(plan.mtu, mtu_default) + link_size);
    auto made = Answerer::open(answerer);
    if (!made) return made.error();
    opened.faces[port.id()].answerer = made->get();
    opened.answerers.push_back(std::move(*made));
    return {};
}

Failure open_ports(Opened& opened, const Plans& plans, const PortTables& tables) {
    const Outcome<std::vector<Named>> ports = find_ports(tables);
    if (!ports) return ports.error();
    for (std::size_t i = 0; i < ports->size(); ++i) {
        const Named& named = (*ports)[i];
        const Outcome<PortIdentity> identity = identity_of(*named.options);
        if (!identity) return identity.error();
        PortPlan plan = plans.of(i);
        plan.mac = identity->mac;
        const FrameTime time =
            named.options->device.starts_with("net_pcap") ? capture_time() : FrameTime{};
        auto port = Port::open(named.id, plan);
        if (!port) return port.error();
        (*port)->log_link();
        opened.faces.resize(std::max<std::size_t>(opened.faces.size(), named.id + 1U));
        Face& face = opened.faces[named.id];
        face.checksums = checksums_of(named.options->checksums);
        face.decapsulates = named.options->decapsulate;
        face.shut = &(*port)->shut_flag();
        face.vlans = identity->vlans;
        face.looks_closer = face.checksums != Checksums::off || !face.vlans.empty();
        face.time = time;
        opened.ports.push_back(std::move(*port));
        if (Failure failure = open_answerer(opened, *named.options, *identity, plan);
            failed(failure)) {
            return failure;
        }
    }
    return {};
}

/// Where every worker has a queue, an exporter belongs to the one whose queue it comes by; where
/// not, the workers share all exporters evenly.
Failure share(Opened& opened, const LiveSettings& settings, std::uint32_t workers,
              std::size_t queues) {
    if (workers < 2) return {};
    if (workers > ShardTable::workers_max) {
        return {"rx.workers: " + std::to_string(workers) + " is above the " +
                std::to_string(ShardTable::workers_max) + " that there may be"};
    }
    opened.table = std::make_unique<ShardTable>(workers, settings.seed);
    if (queues < workers) opened.table->deal_out();
    auto lanes = Lanes::create(workers, static_cast<std::uint32_t>(settings.dpdk.shard_ring));
    if (!lanes) return lanes.error();
    opened.lanes = std::move(*lanes);
    return {};
}

/// Where a port tells the hash of each datagram and lets its table be changed.
void tally(Opened& opened, std::uint32_t workers) {
    std::uint16_t queue = 0;  // of all ports
    for (const auto& port : opened.ports) {
        std::vector<std::uint16_t> worker_of_queue;
        for (std::uint16_t i = 0; i < port->queues(); ++i) {
            worker_of_queue.push_back(static_cast<std::uint16_t>(queue++ % workers));
        }
        const RssChoice& rss = port->rss();
        const bool able = rss.reta_changes && rss.delivers_hash && rss.reta_size != 0;
        if (workers < 2 || port->queues() < 2 || !able) continue;
        opened.tallies.push_back(std::make_unique<RetaTally>(rss.reta_size, workers));
        opened.faces[port->id()].tally = opened.tallies.back().get();
        opened.reta_keepers.push_back(std::make_unique<RetaKeeper>(
            port->id(), port->name(), *opened.tallies.back(), std::move(worker_of_queue)));
    }
}

Failure make_workers(Opened& opened, const LiveSettings& settings) {
    std::vector<Ingress::Door> queues;
    for (const auto& port : opened.ports) {
        for (std::uint16_t queue = 0; queue < port->queues(); ++queue) {
            queues.push_back({{port->id(), queue}, port->shut_flag()});
        }
    }
    const std::uint32_t workers =
        settings.workers == 0 ? static_cast<std::uint32_t>(queues.size()) : settings.workers;
    if (Failure failure = share(opened, settings, workers, queues.size()); failed(failure)) {
        return failure;
    }
    tally(opened, workers);
    const Shared shared{opened.faces, opened.table.get(), opened.lanes.get(),
                        fragment_limits(settings.dpdk, workers)};
    for (std::uint32_t worker = 0; worker < workers; ++worker) {
        std::vector<Ingress::Door> mine;
        for (std::size_t i = worker; i < queues.size(); i += workers) {
            const Queue& queue = queues[i].queue;
            if (queue.queue_id() == 0) opened.faces[queue.port_id()].answering_worker = worker;
            mine.push_back(queues[i]);
        }
        auto ingress =
            std::make_unique<Ingress>(mine, settings.listeners, shared, worker, settings.worker);
        opened.rounds.push_back(&ingress->rounds());
        opened.queues.push_back(std::move(ingress));
    }
    return {};
}

}  // namespace

Opened::~Opened() {
    queues.clear();  // give back what they hold
    lanes.reset();
    for (const auto& port : ports) port->close();
}

bool Opened::let_workers_pass() const {
    const std::uint64_t end = clock_ns(CLOCK_MONOTONIC) + second_ns;
    for (const std::atomic<std::uint64_t>* each : rounds) {
        // The burst under way may have begun before; the one after it has not.
        const std::uint64_t past = each->load(std::memory_order_acquire) + 2;
        while (each->load(std::memory_order_acquire) < past && clock_ns(CLOCK_MONOTONIC) < end) {
            sleep_ns(100'000);
        }
        if (each->load(std::memory_order_acquire) < past) return false;
    }
    return true;
}

std::uint64_t buffer_bytes(const Options& options, std::uint32_t workers) {
    std::uint64_t bytes = 0;
    for (const PortPlan& plan : port_plans(options, workers)) {
        bytes += plan.queues * pool_bytes(plan);
    }
    return bytes;
}

std::uint32_t buffers_elsewhere(const Options& options, std::uint32_t workers) noexcept {
    const std::uint32_t fragments = fragment_buffers(options);
    if (workers < 2) return fragments;
    const auto ring = static_cast<std::uint32_t>(options.shard_ring);
    return fragments + (workers - 1) * ring + 2 * static_cast<std::uint32_t>(Exchange::held_max);
}

std::uint32_t queue_count(const Options& options) noexcept {
    std::int64_t count = 0;
    for (const PortOptions* each : options.ports.in_use()) {
        count += first_set(each->queues, options.queues);
    }
    return static_cast<std::uint32_t>(count);
}

Outcome<Opened> open(const LiveSettings& settings) {
    const Options& options = settings.dpdk;
    if (Failure failure = check(options.ports); failed(failure)) return failure;
    const auto from_flag = split_arguments(options.eal_line);
    if (!from_flag) return from_flag.error();
    EalOptions eal{.arguments = options.eal};
    eal.telemetry = options.telemetry;
    eal.arguments.insert(eal.arguments.end(), from_flag->begin(), from_flag->end());
    auto devices = Devices::prepare(options.ports, settings.listeners);
    if (!devices) return devices.error();
    devices->add_to(eal.arguments);
    const Plans plans{settings, eal.arguments};
    eal.hugepages = parse_hugepages(options.hugepages);
    eal.memory_mb = plans.memory_mb();

    Opened opened;
    opened.devices = std::move(*devices);
    auto started = Eal::start(eal);
    if (!started) return started.error();
    opened.eal = std::move(*started);
    Failure failure = open_ports(opened, plans, options.ports);
    if (!failed(failure)) failure = make_workers(opened, settings);
    if (failed(failure)) return failure;
    Eal::settle();
    return opened;
}

}  // namespace flowd::dpdk
