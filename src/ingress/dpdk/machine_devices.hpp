// SPDX-License-Identifier: BSD-3-Clause
// The network devices of a Machine, and how to read small files of the kernel.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ingress/dpdk/machine.hpp"

namespace flowd::dpdk {

/// Without its newline; empty when it cannot be read, as the speed of a link that is down.
[[nodiscard]] std::string first_line(const std::filesystem::path& path);
/// Of a folder, sorted; none when it cannot be read.
[[nodiscard]] std::vector<std::filesystem::path> children(const std::filesystem::path& folder);

[[nodiscard]] std::vector<NetDevice> read_devices(const std::filesystem::path& sys,
                                                  const std::filesystem::path& proc);

/// DPDK's driver for a device, by its kernel driver or, when that is vfio-pci, by its number;
/// empty: not known here.
[[nodiscard]] std::string_view dpdk_driver_of(const NetDevice& device) noexcept;

}  // namespace flowd::dpdk
