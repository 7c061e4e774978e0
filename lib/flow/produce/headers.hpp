// SPDX-License-Identifier: BSD-3-Clause
// The headers of a sampled packet into a Flow; for sFlow's raw headers and IPFIX's frame sections.
#pragma once

#include "flow/model/flow.hpp"
#include "flow/packet/dissect.hpp"

namespace flow::produce {

/// Fills the columns of the layers that are there, and leaves the others.
void fill_headers(Flow& flow, const packet::Headers& headers) noexcept;

}  // namespace flow::produce
