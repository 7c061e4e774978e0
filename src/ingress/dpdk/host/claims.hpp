// SPDX-License-Identifier: BSD-3-Clause
// Claiming addresses: duplicate detection before an address is used (RFC 5227 §2.1 for IPv4,
// RFC 4862 §5.4 for IPv6), announcements after it, and what happens when someone else has it.
//
// IPv4 probes follow each other after 250 ms instead of one to two seconds: a collector that does
// not answer for five seconds at each start would lose more than a slow answer could save.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ingress/dpdk/host/state.hpp"

namespace flowd::dpdk::host {

/// The next frame that is due; 0: none is.
[[nodiscard]] std::size_t claim_next(State& state, std::span<std::uint8_t> out,
                                     std::uint64_t now_ns) noexcept;
/// Another station uses the address, or has probed for it while we did.
void note_conflict(State& state, OwnAddress& own, std::uint64_t now_ns) noexcept;
/// Probes and announces again. What is in use stays so meanwhile.
void claim_again(State& state, std::uint64_t now_ns) noexcept;
[[nodiscard]] std::uint64_t next_claim_ns(const State& state) noexcept;

}  // namespace flowd::dpdk::host
