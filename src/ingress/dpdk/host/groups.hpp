// SPDX-License-Identifier: BSD-3-Clause
// Membership in multicast groups: IGMPv3 (RFC 3376) and MLDv2 (RFC 3810) reports at the start and
// on queries, leaves at the end, and the older versions where an older querier is (RFC 3376 §7.2.1,
// RFC 3810 §8.2.1). Any source; no source lists.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ingress/dpdk/host/icmpv6.hpp"
#include "ingress/dpdk/host/state.hpp"

namespace flowd::dpdk::host {

/// A whole IPv4 packet with IGMP, its header's checksum proven, in a frame for its destination.
struct Igmp {
    flow::Bytes header{};  ///< with options
    flow::Bytes destination{};
    flow::Bytes message{};
};

/// Queries make a report due.
void take_igmp(State& state, const Link& link, const Igmp& igmp, std::uint64_t now_ns) noexcept;
void take_mld(State& state, const Link& link, const Icmpv6& query, std::uint64_t now_ns) noexcept;

/// The next report that is due; 0: none is.
[[nodiscard]] std::size_t report_next(State& state, std::span<std::uint8_t> out,
                                      std::uint64_t now_ns) noexcept;
/// Says again that we are in our groups, as at the start.
void join_again(State& state, std::uint64_t now_ns) noexcept;
[[nodiscard]] std::uint64_t next_report_ns(const State& state) noexcept;

/// Where the farewell is.
struct Farewell {
    std::size_t segment = 0;
    bool ipv6 = false;
    std::size_t place = 0;
};
/// The next leave; 0: all have been said.
[[nodiscard]] std::size_t leave_next(const State& state, Farewell& at,
                                     std::span<std::uint8_t> out) noexcept;

}  // namespace flowd::dpdk::host
