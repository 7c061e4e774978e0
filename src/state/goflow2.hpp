// SPDX-License-Identifier: BSD-3-Clause
// goflow2's own template files, so that whoever replaces the binary keeps what it had learnt.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "flow/model/learnt_state.hpp"

namespace flowd::state {

/// Both shapes: v1's list of {Key, Data}, and the later object of exporters. What does not look
/// like a template is left out.
[[nodiscard]] flow::LearntState from_goflow2(const nlohmann::json& file);

}  // namespace flowd::state
