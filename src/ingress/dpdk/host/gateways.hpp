// SPDX-License-Identifier: BSD-3-Clause
// Asking the configured gateways for their link addresses: at the start and every minute. Nothing
// is routed through them; it tells whether they are there, and keeps switches from forgetting us.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ingress/dpdk/host/state.hpp"

namespace flowd::dpdk::host {

/// The next frame that is due; 0: none is.
[[nodiscard]] std::size_t ask_next(State& state, std::span<std::uint8_t> out,
                                   std::uint64_t now_ns) noexcept;
/// `address` has answered from `mac`; nothing unless it is a gateway.
void note_gateway(State& state, flow::Bytes address, flow::Bytes mac,
                  std::uint64_t now_ns) noexcept;
void ask_again(State& state, std::uint64_t now_ns) noexcept;
[[nodiscard]] std::uint64_t next_question_ns(const State& state) noexcept;

}  // namespace flowd::dpdk::host
