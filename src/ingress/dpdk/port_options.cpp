// SPDX-License-Identifier: BSD-3-Clause
// The rows of [port], and what their texts mean.
#include "ingress/dpdk/port_options.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <set>

#include "config/mac.hpp"
#include "config/text.hpp"

namespace flowd::dpdk {
namespace {

std::vector<config::Row> identity_rows(PortOptions& options) {
    return {
        {.key = "port.device",
         .flag = "port.device",
         .target = &options.device,
         .help = "The port: a PCI address (0000:3b:00.0), or a virtual device with its arguments "
                 "(net_af_xdp0,iface=eth1). Empty: all that dpdk.eal or a bound driver brings."},
        {.key = "port.name",
         .flag = "",
         .target = &options.name,
         .help = "Name of the port in messages; empty: the device's."},
        {.key = "port.mac",
         .flag = "port.mac",
         .target = &options.mac,
         .help = "MAC address; empty: the device's own."},
        {.key = "port.mtu",
         .flag = "port.mtu",
         .target = &options.mtu,
         .help = "Largest IP packet, for jumbo frames; 0: dpdk.mtu.",
         .unit = "bytes",
         .min = 0,
         .max = 65'000},
        {.key = "port.vlans",
         .flag = "port.vlans",
         .target = &options.vlans,
         .help = "VLANs whose frames are taken, 0 for untagged ones. Empty: all."},
        {.key = "port.addresses",
         .flag = "port.addresses",
         .target = &options.addresses,
         .help = "Addresses of the port with their prefix lengths, such as 192.0.2.10/24: flowd "
                 "answers ARP, neighbour discovery and ping for them. Empty: it answers nothing."},
        {.key = "port.gateways",
         .flag = "port.gateways",
         .target = &options.gateways,
         .help = "Routers that are asked for their MAC address now and then, which keeps switches "
                 "and routers aware of the port."},
        {.key = "port.groups",
         .flag = "port.groups",
         .target = &options.groups,
         .help = "Multicast groups to join (IGMP, MLD)."},
    };
}

}  // namespace

std::vector<config::Row> rows(PortOptions& options) {
    std::vector<config::Row> rows = identity_rows(options);
    rows.push_back({.key = "port.queues",
                    .flag = "port.queues",
                    .target = &options.queues,
                    .help = "RX queues; 0: dpdk.queues.",
                    .unit = "queues",
                    .min = 0,
                    .max = 64});
    rows.push_back({.key = "port.descriptors",
                    .flag = "",
                    .target = &options.descriptors,
                    .help = "RX descriptors of each queue; 0: dpdk.descriptors.",
                    .unit = "descriptors",
                    .min = 0,
                    .max = 65'535});
    rows.push_back({.key = "port.pool",
                    .flag = "",
                    .target = &options.pool,
                    .help = "Packet buffers of each queue; 0: dpdk.pool.",
                    .unit = "buffers",
                    .min = 0,
                    .max = 16'777'215});
    rows.push_back({.key = "port.exception",
                    .flag = "port.exception",
                    .target = &options.exception,
                    .help = "What becomes of frames that are no flow traffic and that flowd does "
                            "not answer: dropped and counted, or handed to the kernel by a TAP "
                            "device that has the port's MAC address.",
                    .choices = {"drop", "tap"}});
    rows.push_back({.key = "port.checksums",
                    .flag = "port.checksums",
                    .target = &options.checksums,
                    .help = "IPv4 header and UDP checksums: off; nic counts what the port finds "
                            "wrong; count computes them where the port does not; drop drops such "
                            "datagrams, too.",
                    .choices = {"off", "nic", "count", "drop"}});
    rows.push_back({.key = "port.decapsulate",
                    .flag = "port.decapsulate",
                    .target = &options.decapsulate,
                    .help = "Take flow traffic out of GRE and ERSPAN tunnels, too."});
    rows.push_back({.key = "port.xdp_program",
                    .flag = "port.xdp-program",
                    .target = &options.xdp_program,
                    .help = "Of a net_af_xdp device: flowd's program takes flow traffic only and "
                            "leaves the rest to the kernel; the driver's own takes everything.",
                    .choices = {"flowd", "driver"}});
    return rows;
}

std::vector<const PortOptions*> PortTables::in_use() const {
    if (several.empty()) return {&single};
    std::vector<const PortOptions*> all;
    for (const PortOptions& each : several) all.push_back(&each);
    return all;
}

config::TableArray PortTables::array() {
    return {.name = "port",
            .make = [this] { return config::Schema{rows(several.emplace_back())}; },
            .elements = {}};
}

namespace {

bool is_hex(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char each) {
        return std::isxdigit(static_cast<unsigned char>(each)) != 0;
    });
}

/// "3b:00.0"
bool is_bus_address(std::string_view text) noexcept {
    return text.size() == 7 && is_hex(text.substr(0, 2)) && text[2] == ':' &&
           is_hex(text.substr(3, 2)) && text[5] == '.' && text[6] >= '0' && text[6] <= '7';
}

std::string_view without_arguments(std::string_view device) noexcept {
    return device.substr(0, device.find(','));
}

Failure bad(std::string_view key, std::string_view value, const std::string& why) {
    return {std::string{key} + ": " + config::in_quotes(value) + ' ' + why};
}

Outcome<std::vector<std::uint8_t>> read_mac(const std::string& text) {
    if (text.empty()) return std::vector<std::uint8_t>{};
    const auto mac = config::parse_mac(text);
    if (!mac) return bad("port.mac", text, "is not a MAC address such as 02:00:00:00:00:01");
    if ((mac->front() & 1) != 0) return bad("port.mac", text, "is a group's, not a port's");
    return std::vector<std::uint8_t>{mac->begin(), mac->end()};
}

Outcome<std::vector<std::uint16_t>> parse_vlans(const std::vector<std::string>& texts) {
    constexpr std::uint16_t vlan_max = 4094;
    std::vector<std::uint16_t> vlans;
    for (const std::string& text : texts) {
        std::uint16_t vlan = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), vlan);
        if (error != std::errc{} || end != text.data() + text.size() || vlan > vlan_max) {
            return bad("port.vlans", text, "is not within 0 and 4094");
        }
        vlans.push_back(vlan);
    }
    return vlans;
}

Outcome<flow::Address> parse_address(std::string_view key, const std::string& text) {
    const Outcome<config::Network> network = config::parse_network(text);
    if (!network || text.find('/') != std::string::npos) {
        return bad(key, text, "is not an address");
    }
    return network->address;
}

bool is_multicast(const flow::Address& address) noexcept {
    if (address.size == 4) return address.octets[0] >> 4 == 14;
    return address.octets[0] == 0xff;
}

/// `192.0.2.10/24`: the address itself, which config::Network does not keep.
Outcome<PortIdentity::Prefix> parse_prefix(const std::string& text) {
    const Failure failure =
        bad("port.addresses", text, "is not an address with its prefix length, as 192.0.2.10/24");
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos) return failure;
    const Outcome<config::Network> network = config::parse_network(text);
    const Outcome<flow::Address> address = parse_address("port.addresses", text.substr(0, slash));
    if (!network || !address) return failure;
    if (is_multicast(*address)) {
        return bad("port.addresses", text, "is a group; write it to port.groups");
    }
    return PortIdentity::Prefix{*address, network->bits};
}

Failure parse_addresses(const PortOptions& options, PortIdentity& identity) {
    for (const std::string& text : options.addresses) {
        const auto prefix = parse_prefix(text);
        if (!prefix) return prefix.error();
        identity.addresses.push_back(*prefix);
    }
    for (const std::string& text : options.gateways) {
        const auto address = parse_address("port.gateways", text);
        if (!address) return address.error();
        identity.gateways.push_back(*address);
    }
    for (const std::string& text : options.groups) {
        const auto address = parse_address("port.groups", text);
        if (!address) return address.error();
        if (!is_multicast(*address)) return bad("port.groups", text, "is not a multicast group");
        identity.groups.push_back(*address);
    }
    if (identity.addresses.empty() && !(identity.gateways.empty() && identity.groups.empty())) {
        return {"port.addresses: needed where there are gateways or groups"};
    }
    return {};
}

}  // namespace

DeviceKind kind_of(const std::string& device) noexcept {
    const std::string_view name = without_arguments(device);
    if (name.starts_with("net_") || name.starts_with("eth_")) return DeviceKind::virtual_device;
    if (is_bus_address(name)) return DeviceKind::pci;
    const bool with_domain = name.size() > 8 && is_bus_address(name.substr(name.size() - 7)) &&
                             name[name.size() - 8] == ':' &&
                             is_hex(name.substr(0, name.size() - 8));
    return with_domain ? DeviceKind::pci : DeviceKind::none;
}

std::string device_name(const std::string& device) {
    const std::string_view name = without_arguments(device);
    return is_bus_address(name) ? "0000:" + std::string{name} : std::string{name};
}

Outcome<PortIdentity> identity_of(const PortOptions& options) {
    PortIdentity identity;
    auto mac = read_mac(options.mac);
    if (!mac) return mac.error();
    auto vlans = parse_vlans(options.vlans);
    if (!vlans) return vlans.error();
    if (Failure failure = parse_addresses(options, identity); failed(failure)) return failure;
    identity.mac = std::move(*mac);
    identity.vlans = std::move(*vlans);
    return identity;
}

Failure check(const PortTables& ports) {
    std::set<std::string> names;
    for (const PortOptions* each : ports.in_use()) {
        const bool named = !each->device.empty();
        if (!named && !ports.several.empty()) return {"port.device: needed in every [[port]]"};
        if (named && kind_of(each->device) == DeviceKind::none) {
            return bad("port.device", each->device,
                       "is neither a PCI address (0000:3b:00.0) nor a virtual device "
                       "(net_af_xdp0,iface=eth1); flowd -probe lists what there is");
        }
        if (named && !names.insert(device_name(each->device)).second) {
            return bad("port.device", each->device, "is there twice");
        }
        if (const auto identity = identity_of(*each); !identity) return identity.error();
    }
    return {};
}

}  // namespace flowd::dpdk
