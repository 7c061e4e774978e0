// SPDX-License-Identifier: BSD-3-Clause
// What the command line says: flags in flowd's syntax. Main thread, at start.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "log/failure.hpp"

namespace flowd::gen {

enum class Protocol : std::uint8_t { netflow5, netflow9, ipfix, sflow };
enum class Spread : std::uint8_t { source, flow, round_robin };
enum class Weights : std::uint8_t { equal, zipf, elephant };

/// The flags' values as they were given.
struct Options {
    std::string eal;
    std::int64_t queues = 1;
    std::int64_t descriptors = 1024;
    std::string spread = "source";
    std::int64_t pps = 0;
    std::int64_t count = 0;
    std::int64_t seconds = 0;
    std::int64_t link_ms = 10'000;
    std::int64_t settle_ms = 0;
    bool hold = false;
    std::int64_t stall_ms = 10'000;
    std::int64_t linger_ms = 500;
    std::string on_full = "wait";
    std::string read;
    std::int64_t loops = 1;
    std::int64_t exporters = 1;
    bool ipv6 = false;
    std::int64_t domains = 1;
    std::string protocol = "ipfix";
    std::int64_t records = 20;
    std::int64_t template_every = 64;
    std::int64_t redefine_every = 0;
    std::int64_t storm = 0;
    std::string ports = "stable";
    std::string weights = "equal";
    std::int64_t seed = 1;
    std::string mac = "02:00:00:00:00:fe";
    std::string destination = "192.0.2.1";
    std::string destination6 = "2001:db8:ffff::1";
    std::int64_t netflow_port = 2055;
    std::int64_t sflow_port = 6343;
    std::int64_t vlan = 0;
    std::int64_t fragment = 0;
    bool reversed = false;
    std::string truth;
    bool help = false;
    bool version = false;
};

/// What the exporters are, checked.
struct FleetPlan {
    std::uint32_t exporters = 1;
    std::uint32_t domains = 1;
    bool mixed = false;
    Protocol protocol = Protocol::ipfix;  ///< unless mixed
    bool ipv6 = false;
    std::uint32_t records = 20;
    std::uint32_t template_every = 64;
    std::uint32_t redefine_every = 0;
    std::uint32_t storm = 0;
    bool random_ports = false;
    Weights weights = Weights::equal;
    std::uint64_t seed = 1;
};

/// What is around a payload, checked.
struct FramePlan {
    std::array<std::uint8_t, 6> mac{};
    std::array<std::uint8_t, 4> destination{};
    std::array<std::uint8_t, 16> destination6{};
    std::uint16_t netflow_port = 2055;
    std::uint16_t sflow_port = 6343;
    std::uint16_t vlan = 0;      ///< 0: no tag
    std::uint16_t fragment = 0;  ///< largest IP packet; 0: whole
    bool reversed = false;       ///< the last fragment first
};

/// Most of exporters times domains: what is remembered of each has some 40 bytes.
inline constexpr std::int64_t domain_count_max = std::int64_t{1} << 22;

/// Reads the arguments, without the program's name, into `options`.
[[nodiscard]] Failure read_arguments(std::span<const char* const> arguments, Options& options);
[[nodiscard]] Outcome<FleetPlan> fleet_plan(const Options& options);
[[nodiscard]] Outcome<FramePlan> frame_plan(const Options& options);
[[nodiscard]] Spread spread_of(const Options& options) noexcept;
[[nodiscard]] std::string help_text();

}  // namespace flowd::gen
