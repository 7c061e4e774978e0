// SPDX-License-Identifier: BSD-3-Clause
// Shape: from the names in the configuration to the schema that formats are made for. Cold.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "flow/model/schema.hpp"
#include "log/failure.hpp"

namespace flowd::config {

/// The columns that go out, in the profile's names or in those of the selector. Borrows texts of
/// `config`. Names of a selector that mean nothing are left out, as goflow2 does, and named in
/// `warnings`; an unknown name in output.columns is a failure.
[[nodiscard]] Outcome<flow::Schema> make_schema(const Config& config,
                                                std::vector<std::string>& warnings);

/// Each message behind its length? `bin` always, `pb` by the profile and the flag.
[[nodiscard]] bool is_length_prefixed(const Config& config) noexcept;

}  // namespace flowd::config
