// SPDX-License-Identifier: BSD-3-Clause
// ARP for Ethernet and IPv4 (RFC 826), with the conflict detection of RFC 5227.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ingress/dpdk/host/frame_writer.hpp"
#include "ingress/dpdk/host/headers.hpp"
#include "ingress/dpdk/host/state.hpp"

namespace flowd::dpdk::host {

/// A frame with ARP: what it says about us, and the reply if it asks for one. The reply's size, or
/// 0.
[[nodiscard]] std::size_t answer_arp(State& state, const Link& link, FrameWriter out,
                                     std::uint64_t now_ns) noexcept;
/// A probe (RFC 5227 §2.1.1), which names no sender, or an announcement (§2.3), which does.
void write_arp_claim(FrameWriter& out, const State& state, const OwnAddress& own, const Tag& tag,
                     bool probe) noexcept;
/// Who has `target`? Asked by `own`.
void write_arp_request(FrameWriter& out, const State& state, const OwnAddress& own,
                       flow::Bytes target, const Tag& tag) noexcept;

}  // namespace flowd::dpdk::host
