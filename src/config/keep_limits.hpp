// SPDX-License-Identifier: BSD-3-Clause
// How much of what has come may be kept for captures that look back. The same at each door: the
// file of settings, the API, flowctl.
#pragma once

#include <cstdint>

namespace flowd::config {

inline constexpr std::int64_t keep_seconds_max = 3'600;  ///< from 1 on; 0: nothing is kept
/// Less than several of the largest datagrams would be kept for no time.
inline constexpr std::int64_t keep_bytes_min = std::int64_t{1} << 20;
inline constexpr std::int64_t keep_bytes_max = std::int64_t{1} << 30;

}  // namespace flowd::config
