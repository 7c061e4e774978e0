// SPDX-License-Identifier: BSD-3-Clause
// Fills in the settings and keeps the file.
#include "ingress/dpdk/xdp/program.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "ingress/dpdk/xdp/object.hpp"
#include "ingress/dpdk/xdp/patch.hpp"
#include "ingress/dpdk/xdp/settings.hpp"

namespace flowd::dpdk::xdp {
namespace {

Failure too_many(const char* family, std::uint32_t count) {
    return {std::string{"net_af_xdp: more than "} + std::to_string(count) + " " + family +
            " addresses: the XDP program holds no more"};
}

Outcome<flowd_xdp_settings> settings_of(Ports ports, Addresses addresses) {
    flowd_xdp_settings settings{};
    if (ports.empty()) {
        return Failure{"net_af_xdp: no UDP port to take: flowd listens to none"};
    }
    for (const std::uint16_t port : ports) {
        settings.ports[port / 8] = static_cast<__u8>(settings.ports[port / 8] | 1U << port % 8);
    }
    settings.any_address = addresses.empty() ? 1 : 0;
    for (const flow::Address& address : addresses) {
        const bool is_ipv4 = address.size == 4;
        __u32& count = is_ipv4 ? settings.ipv4_count : settings.ipv6_count;
        if (address.size == 0) return Failure{"net_af_xdp: an address to take is empty"};
        if (count == FLOWD_XDP_ADDRESSES_MAX) return too_many(is_ipv4 ? "IPv4" : "IPv6", count);
        void* place = is_ipv4 ? static_cast<void*>(&settings.ipv4[count])
                              : static_cast<void*>(settings.ipv6[count]);
        std::memcpy(place, address.octets.data(), address.size);
        ++count;
    }
    return settings;
}

/// The number of a file in memory with these contents, which nobody can change; -1 with errno.
int file_in_memory(flow::Bytes contents) {
    const int file = memfd_create("flowd_xdp.o", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0) return -1;
    std::size_t written = 0;
    while (written < contents.size()) {
        const ssize_t count = write(file, contents.data() + written, contents.size() - written);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        written += static_cast<std::size_t>(count);
    }
    constexpr int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    if (written == contents.size() && fcntl(file, F_ADD_SEALS, seals) == 0) return file;
    const int reason = errno;
    close(file);
    errno = reason;
    return -1;
}

}  // namespace

Program::~Program() {
    if (file_ >= 0) close(file_);
}

Program::Program(Program&& other) noexcept : file_{std::exchange(other.file_, -1)} {}

Program& Program::operator=(Program&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
}

Outcome<Program> Program::prepare(Ports ports, Addresses addresses) {
    const flow::Bytes object = embedded_object();
    if (object.empty()) {
        return Failure{
            "net_af_xdp: this flowd was built without its XDP program (clang was missing): build "
            "it with clang, or give the device an xdp_prog= of your own"};
    }
    const auto settings = settings_of(ports, addresses);
    if (!settings) return settings.error();
    std::vector<std::uint8_t> copy{object.begin(), object.end()};
    const auto* raw = reinterpret_cast<const std::uint8_t*>(&*settings);
    Failure failure = patch_symbol(copy, "flowd_settings", {raw, sizeof *settings});
    if (failed(failure)) return failure;
    const int file = file_in_memory(copy);
    if (file < 0) {
        return Failure{std::string{"net_af_xdp: a file in memory for the XDP program: "} +
                       std::strerror(errno)};
    }
    return Program{file};
}

std::string Program::path() const { return "/proc/self/fd/" + std::to_string(file_); }

}  // namespace flowd::dpdk::xdp
