// SPDX-License-Identifier: BSD-3-Clause
// What each driver of DPDK 22.11 needs so that its NIC hashes on addresses alone, fragments
// included. Pure: from a driver's name and what it says of itself to what is to be asked of it.
#pragma once

#include <rte_ethdev.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace flowd::dpdk {

enum class RssMethod : std::uint8_t {
    none,        ///< ports are in the hash, or there is none: the workers shard
    hash_types,  ///< rss_hf alone
    flow_rules,  ///< rss_hf, and rte_flow rules that change what is hashed
};

/// The headers an rte_flow RSS rule is about, after Ethernet.
enum class RssPattern : std::uint8_t { ipv4, ipv4_udp, ipv6, ipv6_udp };

struct RssRule {
    RssPattern pattern;
    std::uint64_t types;
};

struct RssRow {
    std::string_view driver;  ///< ends in '*': any that begin so
    RssMethod method = RssMethod::none;
    std::uint64_t hash_types = 0;  ///< asked for as far as they are offered
    std::uint64_t required = 0;    ///< one of them at least must be offered
    std::span<const RssRule> rules{};
    std::uint8_t key_size = 0;  ///< bytes, where the driver insists on one
    bool key_changes = false;   ///< while the port runs
    bool reta_changes = false;  ///< while the port runs
    std::string_view expectation{};
};

/// The table; its last row is for drivers that no other row names.
[[nodiscard]] std::span<const RssRow> rss_rows() noexcept;
[[nodiscard]] const RssRow& rss_row(std::string_view driver) noexcept;

/// Toeplitz key: 52 bytes, what the largest driver takes; shorter ones take its beginning.
[[nodiscard]] const std::array<std::uint8_t, 52>& rss_key() noexcept;

/// What will be asked of one port.
struct RssChoice {
    RssMethod method = RssMethod::none;
    std::string driver{};
    std::uint64_t hash_types = 0;
    std::span<const RssRule> rules{};
    std::uint8_t key_size = 0;  ///< bytes of rss_key() to give; 0: the driver keeps its own
    std::uint16_t reta_size = 0;
    bool key_changes = false;
    bool reta_changes = false;
    bool delivers_hash = false;  ///< the hash comes with each packet if it is asked for
    std::string_view expectation{};
};

[[nodiscard]] RssChoice choose_rss(std::string_view driver, const rte_eth_dev_info& info);

}  // namespace flowd::dpdk
