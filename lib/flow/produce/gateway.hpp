// SPDX-License-Identifier: BSD-3-Clause
// sFlow's extended gateway record (sFlow v5 spec §5.3): BGP's view of a sampled packet.
#pragma once

#include "flow/base/bytes.hpp"
#include "flow/base/error.hpp"
#include "flow/model/dialect.hpp"
#include "flow/model/flow.hpp"
#include "flow/produce/lists.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::produce {

/// A typed address: 0 is "unknown" and has no bytes (sFlow v5 spec §5.1). goflow2 knows no 0 and
/// fails.
[[nodiscard]] Bytes take_address(wire::Cursor& in, Dialect dialect) noexcept;

/// Either succeeds or leaves the flow.
Error fill_gateway(Flow& flow, Bytes body, Dialect dialect, Lists& lists) noexcept;

}  // namespace flow::produce
