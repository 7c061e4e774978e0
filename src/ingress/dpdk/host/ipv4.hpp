// SPDX-License-Identifier: BSD-3-Clause
// IPv4 as far as a host needs it that serves nothing but UDP: ping (RFC 792, RFC 1122 §3.2.2.6),
// and queries of groups, which groups.hpp takes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ingress/dpdk/host/frame_writer.hpp"
#include "ingress/dpdk/host/state.hpp"

namespace flowd::dpdk::host {

/// The reply's size, or 0.
[[nodiscard]] std::size_t answer_ipv4(State& state, const Link& link, FrameWriter out,
                                      std::uint64_t now_ns) noexcept;

}  // namespace flowd::dpdk::host
