// SPDX-License-Identifier: BSD-3-Clause
// The records of sFlow samples (sFlow v5 §5.3) that 2.2.6 cannot read, each of which costs the
// whole datagram.
#pragma once

#include <cstdint>

#include "flow/base/bytes.hpp"

namespace flow::goflow2 {

/// Whether 2.2.6 can read the body of a flow record. It can any of a format that it does not know.
[[nodiscard]] bool flow_record_is_whole(std::uint32_t format, Bytes body) noexcept;
[[nodiscard]] bool counter_record_is_whole(std::uint32_t format, Bytes body) noexcept;

}  // namespace flow::goflow2
