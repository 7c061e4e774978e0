// SPDX-License-Identifier: BSD-3-Clause
// What sampled flows say of their exporter: how long they lasted, how long ago they ended, and
// whether their sampling rate is known. Cold: a few records of one datagram in 512.
#pragma once

#include "flow/base/bytes.hpp"
#include "flow/decode/templates/sets.hpp"
#include "flow/decode/traits.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/template.hpp"

namespace flow {

/// Looks at the first records of a data set. `origin` with its sampling rates; `scratch` is
/// overwritten.
[[gnu::cold]] void observe_flows(Traits& traits, const Template& layout, const Origin& origin,
                                 Bytes body, VariableLayout& scratch) noexcept;

}  // namespace flow
