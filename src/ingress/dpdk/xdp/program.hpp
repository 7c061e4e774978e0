// SPDX-License-Identifier: BSD-3-Clause
// Program: flowd's XDP program with its ports and addresses filled in, as a file in memory that
// DPDK's net_af_xdp can open. Cold, main thread, before the EAL starts.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "flow/model/address.hpp"
#include "log/failure.hpp"

namespace flowd::dpdk::xdp {

using Ports = std::span<const std::uint16_t>;
using Addresses = std::span<const flow::Address>;  ///< 32 of a family at most

class Program {
public:
    Program() = default;
    ~Program();
    Program(Program&& other) noexcept;
    Program& operator=(Program&& other) noexcept;

    /// Datagrams to one of `ports` and, if there are any, to one of `addresses` will be flowd's.
    /// Groups are addresses, too.
    [[nodiscard]] static Outcome<Program> prepare(Ports ports, Addresses addresses);

    /// What `xdp_prog=` takes; in this process only, as long as this object lives.
    [[nodiscard]] std::string path() const;

private:
    explicit Program(int file) noexcept : file_{file} {}

    int file_ = -1;
};

/// The name under which the kernel lists it (`ip link`, `bpftool prog`).
inline constexpr const char* program_name = "flowd_xdp";

}  // namespace flowd::dpdk::xdp
