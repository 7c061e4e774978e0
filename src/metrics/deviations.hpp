// SPDX-License-Identifier: BSD-3-Clause
// Deviations and time faults as sentences.
#pragma once

#include <string_view>

#include "flow/decode/deviation.hpp"

namespace flowd {

/// A whole sentence.
[[nodiscard]] std::string_view deviation_sentence(flow::Deviation what) noexcept;
/// Ends "Of sampled flows …": "some ended before they began".
[[nodiscard]] std::string_view time_fault_text(flow::TimeFault what) noexcept;

}  // namespace flowd
