// SPDX-License-Identifier: BSD-3-Clause
// goflow2 receives into 9,000 bytes: what is behind them in a datagram is lost without a word.
#pragma once

#include <algorithm>
#include <cstddef>

#include "flow/base/bytes.hpp"

namespace flow::goflow2 {

inline constexpr std::size_t datagram_size_max = 9000;

/// The part of a datagram that goflow2 sees.
[[nodiscard]] inline Bytes received(Bytes payload) noexcept {
    return payload.first(std::min(payload.size(), datagram_size_max));
}

}  // namespace flow::goflow2
