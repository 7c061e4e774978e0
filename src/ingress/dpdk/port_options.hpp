// SPDX-License-Identifier: BSD-3-Clause
// The settings of one port, [port], or several, [[port]], in the TOML. Sealed. What a port leaves
// open, [dpdk] says.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "config/network.hpp"
#include "config/row.hpp"
#include "config/schema.hpp"
#include "log/failure.hpp"

namespace flowd::dpdk {

struct PortOptions {
    std::string device{};  ///< a PCI address or a virtual device; empty: whatever the EAL finds
    std::string name{};    ///< in messages; empty: the device's
    std::string mac{};     ///< empty: the device's own
    std::int64_t mtu = 0;
    std::vector<std::string> vlans{};      ///< tags that are taken, "0" for none; empty: all
    std::vector<std::string> addresses{};  ///< with prefix length
    std::vector<std::string> gateways{};
    std::vector<std::string> groups{};  ///< multicast
    std::int64_t queues = 0;
    std::int64_t descriptors = 0;
    std::int64_t pool = 0;
    std::string exception = "drop";
    std::string checksums = "nic";
    bool decapsulate = false;
    std::string xdp_program = "flowd";
};

[[nodiscard]] std::vector<config::Row> rows(PortOptions& options);

/// All ports. Elements stay where they are, as rows point to them.
struct PortTables {
    PortOptions single{};               ///< [port] and the flags
    std::deque<PortOptions> several{};  ///< [[port]]; when there are any, they count

    [[nodiscard]] std::vector<const PortOptions*> in_use() const;
    /// For the schema: makes one of `several`.
    [[nodiscard]] config::TableArray array();
};

enum class DeviceKind : std::uint8_t { none, pci, virtual_device };

/// "0000:3b:00.0" or "3b:00.0", with or without devargs; or "net_…".
[[nodiscard]] DeviceKind kind_of(const std::string& device) noexcept;
/// What DPDK calls the port: the device without its arguments, PCI with its domain.
[[nodiscard]] std::string device_name(const std::string& device);

/// A port's texts as values.
struct PortIdentity {
    std::vector<std::uint8_t> mac{};  ///< six bytes or none
    std::vector<std::uint16_t> vlans{};
    struct Prefix {
        flow::Address address;
        std::uint8_t bits;
    };
    std::vector<Prefix> addresses{};
    std::vector<flow::Address> gateways{};
    std::vector<flow::Address> groups{};
};

/// The sentence names the key and the value.
[[nodiscard]] Outcome<PortIdentity> identity_of(const PortOptions& options);
/// Without touching any device: every port's own settings, and names that belong to two.
[[nodiscard]] Failure check(const PortTables& ports);

}  // namespace flowd::dpdk
