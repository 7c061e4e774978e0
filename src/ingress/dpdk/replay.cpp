// SPDX-License-Identifier: BSD-3-Clause
// From a capture's pre-scan to a running net_pcap: memory, descriptor, pace.
#include "ingress/dpdk/replay.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>

#include "ingress/clock.hpp"
#include "ingress/dpdk/replay_ingress.hpp"
#include "ingress/pcap/capture.hpp"
#include "log/log.hpp"

namespace flowd::dpdk {
namespace {

using pcap::Capture;

/// The capture, held open under a name that the EAL can parse.
class Descriptor {
public:
    explicit Descriptor(const std::string& path)
        : number_{::open(path.c_str(), O_RDONLY | O_CLOEXEC)} {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }

    /// A comma or a bracket in the path would end the device argument; a number has neither. In a
    /// process that may not look at its own /proc (file capabilities), a plain path does.
    [[nodiscard]] Outcome<std::string> name(const std::string& path) const {
        if (number_ < 0) return Failure{path + ": " + std::strerror(errno)};
        const std::string proc = "/proc/self/fd/" + std::to_string(number_);
        if (access(proc.c_str(), R_OK) == 0) return proc;
        if (path.find_first_of(",[]()=\"' ") == std::string::npos) return path;
        return Failure{path + ": a name without commas, brackets and spaces is needed, as " + proc +
                       " cannot be opened"};
    }

private:
    int number_;
};

/// Preloaded frames are copied out of memory; otherwise each is read from the file as it is polled.
bool preloads(const ReplayOptions& replay, const Capture& capture) {
    return capture.packet_count != 0 && (replay.loops > 1 || replay.seconds > 0);
}

std::uint64_t frame_count(const ReplayOptions& replay, const Capture& capture) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    const std::uint64_t packets = capture.packet_count;
    if (!preloads(replay, capture)) return packets;
    if (replay.loops <= 1 || replay.loops > most / packets) return most;
    return replay.loops * packets;
}

/// What the kernel could still give, in MiB.
std::uint64_t available_mb() {
    std::ifstream info{"/proc/meminfo"};
    std::string name;
    std::uint64_t value_kb = 0;
    std::string rest;
    while (info >> name >> value_kb && std::getline(info, rest)) {
        if (name == "MemAvailable:") return value_kb / 1024;
    }
    return std::numeric_limits<std::uint64_t>::max();
}

/// In flight and in buffer caches; a frame above the room takes several buffers in file mode.
constexpr std::uint32_t working_buffers = 2047;

Outcome<PortPlan> port_plan(const std::string& path, const Capture& capture, bool preload) {
    constexpr std::uint64_t preload_max = 1U << 30;  // packets: DPDK's rings end at 2^31
    PortPlan plan{.descriptors = 512,
                  .pool = working_buffers,
                  .frame_size = std::clamp(capture.largest_size, 64U, single_frame_max),
                  .packs_pool = true};
    if (!preload) return plan;
    if (capture.packet_count > preload_max) {
        return Failure{path + ": " + std::to_string(capture.packet_count) +
                       " packets are above the " + std::to_string(preload_max) +
                       " that can be replayed from memory"};
    }
    if (capture.largest_size > single_frame_max) {
        return Failure{path + ": a packet of " + std::to_string(capture.largest_size) +
                       " bytes is above the " + std::to_string(single_frame_max) +
                       " that can be replayed from memory"};
    }
    plan.pool += static_cast<std::uint32_t>(capture.packet_count);
    return plan;
}

/// What the EAL is to be given, or why that is not possible.
Outcome<std::uint64_t> memory_mb(const std::string& path, const Options& dpdk, const PortPlan& plan,
                                 const Capture& capture, bool preload) {
    constexpr std::uint64_t base_mb = 16;
    const std::uint64_t ring =
        preload ? std::bit_ceil(capture.packet_count + 1) * sizeof(void*) : 0;
    const std::uint64_t needed = base_mb + ((pool_bytes(plan) + ring) >> 20) + 1;
    const bool limited = dpdk.memory_mb != 0;
    // A quarter stays for everything else that flowd does.
    const std::uint64_t limit =
        limited ? static_cast<std::uint64_t>(dpdk.memory_mb) : available_mb() / 4 * 3;
    if (needed > limit) {
        return Failure{path + ": replaying " + std::to_string(capture.packet_count) +
                       " packets from memory takes " + std::to_string(needed) +
                       " MiB, above the limit of " + std::to_string(limit) + " MiB (" +
                       (limited ? "dpdk.memory_mb" : "three quarters of the free memory") + ")"};
    }
    return limited ? limit : needed;
}

Pace make_pace(const ReplayOptions& replay, Capture& capture) {
    switch (replay.pace) {
        case ReplayOptions::Pace::pps: return Pace::rate(std::clamp(replay.pps, 1UL, second_ns));
        case ReplayOptions::Pace::timed: return Pace::timed(std::move(capture.times_ns));
        case ReplayOptions::Pace::as_fast: break;
    }
    return {};
}

Outcome<Opened> start(const std::string& capture_name, const Options& dpdk, const PortPlan& plan,
                      std::uint64_t memory, bool preload) {
    EalOptions eal;
    eal.arguments = {"--vdev",
                     "net_pcap0,rx_pcap=" + capture_name + (preload ? ",infinite_rx=1" : "")};
    eal.hugepages = parse_hugepages(dpdk.hugepages);
    eal.memory_mb = memory;
    eal.replay = true;
    Opened opened;
    auto started = Eal::start(eal);
    if (!started) return started.error();
    opened.eal = std::move(*started);
    const auto ids = port_ids();
    if (ids.empty()) return Eal::failure("dpdk: net_pcap is not installed or gave no port", 0);
    auto port = Port::open(ids.front(), plan);
    if (!port) return port.error();
    opened.ports.push_back(std::move(*port));
    Eal::settle();
    return opened;
}

}  // namespace

Outcome<Opened> open_replay(const ReplayOptions& replay, const Options& dpdk,
                            const std::vector<config::Listener>& listeners,
                            const WorkerOptions& worker) {
    const auto detail =
        replay.pace == ReplayOptions::Pace::timed ? pcap::Detail::times : pcap::Detail::totals;
    auto capture = pcap::inspect(replay.path, detail);
    if (!capture) return capture.error();
    if (!capture->warning.empty()) log::warn(capture->warning);
    const bool preload = preloads(replay, *capture);
    const auto plan = port_plan(replay.path, *capture, preload);
    if (!plan) return plan.error();
    const auto memory = memory_mb(replay.path, dpdk, *plan, *capture, preload);
    if (!memory) return memory.error();
    // net_pcap opens it at start, and once more when it preloads; closed when this function ends.
    const Descriptor descriptor{replay.path};
    const auto name = descriptor.name(replay.path);
    if (!name) return name.error();
    auto opened = start(*name, dpdk, *plan, *memory, preload);
    if (!opened) return opened.error();

    ReplayPlan ingress;
    ingress.frame_count = frame_count(replay, *capture);
    ingress.seconds = replay.seconds;
    ingress.pace = make_pace(replay, *capture);
    ingress.path = replay.path;
    const std::uint16_t port = opened->ports.front()->id();
    opened->faces.resize(port + 1U);
    opened->faces[port].link = capture->link;
    // Preloading copies the bytes of each frame but not its capture time.
    if (!preload) opened->faces[port].time = capture_time();
    FragmentLimits fragments = fragment_limits(dpdk, 1);
    fragments.buffers_max = working_buffers / 2;  // the pool has to go round
    opened->queues.push_back(std::make_unique<ReplayIngress>(port, std::move(ingress), listeners,
                                                             opened->faces, fragments, worker));
    return opened;
}

}  // namespace flowd::dpdk
