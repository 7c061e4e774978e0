// SPDX-License-Identifier: BSD-3-Clause
// Neighbour discovery for IPv6 (RFC 4861): solicitations and advertisements, both ways, and
// duplicate address detection (RFC 4862 §5.4). No redirects, and no advertisements of routers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ingress/dpdk/host/frame_writer.hpp"
#include "ingress/dpdk/host/headers.hpp"
#include "ingress/dpdk/host/icmpv6.hpp"
#include "ingress/dpdk/host/state.hpp"

namespace flowd::dpdk::host {

/// The advertisement's size, or 0.
[[nodiscard]] std::size_t answer_solicitation(State& state, const Link& link,
                                              const Icmpv6& question, FrameWriter out,
                                              std::uint64_t now_ns) noexcept;
/// A gateway that has answered, or a station that has our address.
void take_advertisement(State& state, const Link& link, const Icmpv6& said,
                        std::uint64_t now_ns) noexcept;

/// Does anyone have this address? RFC 4862 §5.4.2.
void write_duplicate_question(FrameWriter& out, const State& state, const OwnAddress& own,
                              const Tag& tag) noexcept;
/// To all nodes, RFC 4861 §7.2.6.
void write_unsolicited_advertisement(FrameWriter& out, const State& state, const OwnAddress& own,
                                     const Tag& tag) noexcept;
/// Who has `target`? Asked by `own`.
void write_solicitation(FrameWriter& out, const State& state, const OwnAddress& own,
                        flow::Bytes target, const Tag& tag) noexcept;

}  // namespace flowd::dpdk::host
