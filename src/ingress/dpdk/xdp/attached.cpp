// SPDX-License-Identifier: BSD-3-Clause
// Asks the kernel by libbpf, and by /proc which process has a program open.
#include "ingress/dpdk/xdp/attached.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "ingress/dpdk/xdp/program.hpp"
#include "log/log.hpp"

namespace flowd::dpdk::xdp {
namespace {

struct Attached {
    std::uint32_t id = 0;  ///< 0: nothing is attached
    std::uint32_t mode_flags = 0;
    int file = -1;  ///< -1: we may not look at it
    std::string name;

    Attached() = default;
    Attached(const Attached&) = delete;
    Attached& operator=(const Attached&) = delete;
    ~Attached() {
        if (file >= 0) close(file);
    }
    [[nodiscard]] bool is_ours() const { return name == program_name; }
};

/// 0, or the negative errno of the query.
int query(int index, Attached& attached) {
    LIBBPF_OPTS(bpf_xdp_query_opts, found);
    const int code = bpf_xdp_query(index, 0, &found);
    if (code != 0) return code;
    attached.id = found.prog_id;
    if (found.attach_mode == XDP_ATTACHED_DRV) attached.mode_flags = XDP_FLAGS_DRV_MODE;
    if (found.attach_mode == XDP_ATTACHED_SKB) attached.mode_flags = XDP_FLAGS_SKB_MODE;
    if (found.attach_mode == XDP_ATTACHED_HW) attached.mode_flags = XDP_FLAGS_HW_MODE;
    if (attached.id == 0) return 0;
    attached.file = bpf_prog_get_fd_by_id(attached.id);
    bpf_prog_info info{};
    __u32 size = sizeof info;
    if (attached.file >= 0 && bpf_obj_get_info_by_fd(attached.file, &info, &size) == 0) {
        attached.name.assign(info.name, strnlen(info.name, sizeof info.name));
    }
    return 0;
}

bool says_program(const std::filesystem::path& file, const std::string& wanted) {
    std::ifstream lines{file};
    for (std::string line; std::getline(lines, line);) {
        if (line == wanted) return true;
    }
    return false;
}

/// Whether a process has the program open. Processes that end meanwhile, or that we may not look
/// at, have not.
bool has_open(const std::filesystem::path& process, std::uint32_t id) {
    const std::string wanted = "prog_id:\t" + std::to_string(id);
    std::error_code error;
    std::filesystem::directory_iterator file{process / "fdinfo", error};
    for (; !error && file != std::filesystem::directory_iterator{}; file.increment(error)) {
        if (says_program(file->path(), wanted)) return true;
    }
    return false;
}

/// A flowd that does not let us look, as another user's does not: it may.
bool may_have_open(const std::filesystem::path& process) {
    std::error_code error;
    const std::filesystem::directory_iterator files{process / "fdinfo", error};
    if (error != std::errc::permission_denied) return false;
    std::string name;
    std::ifstream{process / "comm"} >> name;
    return name == "flowd";
}

/// The number of another process that has the program open; 0: none. A living flowd has.
pid_t holder_of(std::uint32_t id) {
    std::error_code error;
    std::filesystem::directory_iterator entry{"/proc", error};
    for (; !error && entry != std::filesystem::directory_iterator{}; entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        pid_t process = 0;
        const char* end = name.data() + name.size();
        const auto [rest, code] = std::from_chars(name.data(), end, process);
        if (code != std::errc{} || rest != end || process == getpid()) continue;
        if (has_open(entry->path(), id) || may_have_open(entry->path())) return process;
    }
    return 0;
}

/// Removes this program, and only this one, should another have taken its place meanwhile.
int remove(int index, const Attached& attached) {
    LIBBPF_OPTS(bpf_xdp_attach_opts, options, .old_prog_fd = attached.file);
    return bpf_xdp_detach(index, attached.mode_flags, &options);
}

std::string remedy(const std::string& interface) {
    return "; to remove it: ip link set dev " + interface + " xdp off";
}

std::string title(const std::string& interface, const Attached& attached) {
    return "net_af_xdp: " + interface + ": XDP program " + std::to_string(attached.id) +
           (attached.name.empty() ? "" : " (" + attached.name + ")");
}

}  // namespace

Failure detach_stale(const std::string& interface) {
    const int index = static_cast<int>(if_nametoindex(interface.c_str()));
    if (index == 0) return {"net_af_xdp: " + interface + ": there is no such interface"};
    Attached attached;
    if (const int code = query(index, attached); code != 0) {
        return {"net_af_xdp: " + interface +
                ": asking for its XDP program: " + std::strerror(-code)};
    }
    if (attached.id == 0) return {};
    if (attached.name.empty()) {
        return {title(interface, attached) + " is attached, and only CAP_SYS_ADMIN may see whose " +
                "it is" + remedy(interface)};
    }
    if (!attached.is_ours()) {
        return {title(interface, attached) + " is attached and not flowd's" + remedy(interface)};
    }
    if (const pid_t process = holder_of(attached.id); process != 0) {
        return {title(interface, attached) + " is in use by process " + std::to_string(process)};
    }
    if (const int code = remove(index, attached); code != 0) {
        return {title(interface, attached) + " of an earlier flowd stays: " + std::strerror(-code) +
                remedy(interface)};
    }
    log::warn(title(interface, attached) + " of an earlier flowd was still attached: removed");
    return {};
}

void detach(const std::string& interface) {
    const int index = static_cast<int>(if_nametoindex(interface.c_str()));
    Attached attached;
    if (index == 0 || query(index, attached) != 0 || !attached.is_ours()) return;
    if (holder_of(attached.id) != 0) return;
    if (const int code = remove(index, attached); code != 0) {
        log::warn(title(interface, attached) + " stays attached: " + std::strerror(-code) +
                  remedy(interface));
    }
}

std::uint64_t kernel_rx_dropped(const std::string& interface) {
    // A name with a slash would be another file.
    if (interface.empty() || interface.find('/') != std::string::npos) return 0;
    std::ifstream file{"/sys/class/net/" + interface + "/statistics/rx_dropped"};
    std::uint64_t count = 0;
    file >> count;
    return file ? count : 0;
}

}  // namespace flowd::dpdk::xdp
