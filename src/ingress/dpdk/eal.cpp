// SPDX-License-Identifier: BSD-3-Clause
// Starting the EAL: memory, CPUs, messages, signals.
#include "ingress/dpdk/eal.hpp"

#include <pthread.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string_view>

#include "ingress/dpdk/arguments.hpp"
#include "ingress/dpdk/eal_end.hpp"
#include "log/log.hpp"

namespace flowd::dpdk {
namespace {

/// DPDK's log is one per process, so is this. Any thread of DPDK may write; rare.
class Chatter {
public:
    /// One line, without its newline. Errors of the start are kept; afterwards a line that
    /// repeats the one before it is dropped, as drivers like to complain at every poll.
    void add(std::string_view line) {
        if (line.empty()) return;
        const std::string_view prefix = "dpdk: ";
        if (rte_log_cur_msg_loglevel() > static_cast<int>(RTE_LOG_ERR)) {
            log::debug(std::string{prefix}.append(line));
            return;
        }
        const std::lock_guard lock{mutex_};
        if (line == last_) return;
        last_ = line;
        if (settled_) {
            log::warn("dpdk: " + last_);
        } else if (kept_.size() < kept_max) {
            kept_.push_back(last_);
        }
    }

    void settle() {
        const std::lock_guard lock{mutex_};
        for (const std::string& line : kept_) {
            if (!harmless(line)) log::warn("dpdk: " + line);
        }
        kept_.clear();
        settled_ = true;
    }

    [[nodiscard]] std::string first() {
        const std::lock_guard lock{mutex_};
        const auto line = std::find_if_not(kept_.begin(), kept_.end(), harmless);
        if (line != kept_.end()) return *line;
        return kept_.empty() ? std::string{} : kept_.front();
    }

private:
    static constexpr std::size_t kept_max = 64;

    /// The runtime directory: missing, it matters only to a start that shares files, which then
    /// says so itself.
    static bool harmless(const std::string& line) {
        return line.starts_with("EAL: Error creating");
    }

    std::mutex mutex_;
    std::vector<std::string> kept_;
    std::string last_;
    bool settled_ = false;
};

Chatter chatter;

ssize_t write_chatter(void*, const char* text, std::size_t size) {
    std::string_view rest{text, size};
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        chatter.add(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return static_cast<ssize_t>(size);
}

void capture_chatter() {
    // Never closed: DPDK's own threads and destructors may write until the process ends.
    std::FILE* stream = fopencookie(nullptr, "w", {nullptr, write_chatter, nullptr, nullptr});
    if (stream == nullptr) return;
    std::setvbuf(stream, nullptr, _IOLBF, BUFSIZ);
    rte_openlog_stream(stream);
}

/// Bytes in hugepages that nobody uses yet, of all sizes.
std::uint64_t free_hugepage_bytes() {
    constexpr std::string_view prefix = "hugepages-";
    std::uint64_t total = 0;
    std::error_code error;
    for (const auto& entry :
         std::filesystem::directory_iterator{"/sys/kernel/mm/hugepages", error}) {
        const std::string name = entry.path().filename();
        if (!name.starts_with(prefix)) continue;
        std::uint64_t pages = 0;
        std::ifstream{entry.path() / "free_hugepages"} >> pages;
        total += pages * 1024 * std::strtoull(name.c_str() + prefix.size(), nullptr, 10);
    }
    return total;
}

bool use_hugepages(const EalOptions& options) {
    switch (options.hugepages) {
        case Hugepages::on: return true;
        case Hugepages::off: return false;
        case Hugepages::automatic: break;
    }
    return free_hugepage_bytes() >= options.memory_mb << 20;
}

/// "0,1,4"
std::string cpu_list(const cpu_set_t& set) {
    std::string list;
    for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &set)) continue;
        if (!list.empty()) list += ',';
        list += std::to_string(cpu);
    }
    return list;
}

}  // namespace

Hugepages parse_hugepages(std::string_view name) noexcept {
    if (name == "on") return Hugepages::on;
    return name == "off" ? Hugepages::off : Hugepages::automatic;
}

Outcome<std::unique_ptr<Eal>> Eal::start(const EalOptions& options) {
    // A vhost or memif peer that goes away must not take flowd with it.
    std::signal(SIGPIPE, SIG_IGN);
    capture_chatter();
    cpu_set_t affinity;
    CPU_ZERO(&affinity);
    if (const int error = pthread_getaffinity_np(pthread_self(), sizeof affinity, &affinity)) {
        return failure("dpdk: the CPUs of this process cannot be read", error);
    }
    const EalPlan plan{.hugepages = use_hugepages(options),
                       .memory_mb = options.memory_mb,
                       .cpus = cpu_list(affinity),
                       .probes_pci = !options.replay,
                       .verbose = log::enabled(log::Level::debug),
                       .telemetry = options.telemetry};
    std::vector<std::string> arguments = eal_arguments(options.arguments, plan);
    arguments.insert(arguments.begin(), "flowd");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);

    const int used = rte_eal_init(static_cast<int>(arguments.size()), argv.data());
    pthread_setaffinity_np(pthread_self(), sizeof affinity, &affinity);
    if (used < 0) return failure("dpdk: the EAL did not start", rte_errno);
    if (!rte_eal_has_hugepages() && !options.replay) {
        log::warn("dpdk: running without hugepages: slower, and for virtual devices only");
    }
    return std::unique_ptr<Eal>{new Eal};
}

Eal::~Eal() { end_eal(); }

Failure Eal::failure(const std::string& what, int error) {
    std::string sentence = what;
    if (error != 0) sentence += std::string{": "} + rte_strerror(std::abs(error));
    if (const std::string said = chatter.first(); !said.empty()) sentence += " (" + said + ")";
    return {std::move(sentence)};
}

void Eal::settle() { chatter.settle(); }

}  // namespace flowd::dpdk
