// SPDX-License-Identifier: BSD-3-Clause
// The plain way: a record, by its plan, into a Flow. Slower than a format's own program and
// simpler; it runs where the steps depend on one another, and tests hold the programs against it.
#pragma once

#include "flow/model/flow.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/plan.hpp"
#include "flow/model/record.hpp"
#include "flow/produce/frames.hpp"
#include "flow/produce/lists.hpp"

namespace flow::produce {

/// The columns that the datagram decides. `origin` must outlive `flow`, which borrows the address.
void fill(Flow& flow, const Origin& origin) noexcept;

/// The columns that the record decides. `extents` is empty for a record of fixed length. Flow
/// borrows from `lists` and from the record.
void fill(Flow& flow, const Plan& plan, const Record& record, const Origin& origin, Frames& frames,
          Lists& lists) noexcept;

}  // namespace flow::produce
