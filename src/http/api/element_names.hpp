// SPDX-License-Identifier: BSD-3-Clause
// The names of information elements (IANA's registry, RFC 7012; RFC 3954 §8 has the same numbers),
// for people who look at a template. Only those that exporters send; the others have none.
#pragma once

#include <cstdint>
#include <string_view>

#include "flow/model/template.hpp"

namespace flowd::http::api {

/// Empty: no name is known. NetFlow v9's scopes have numbers of their own (RFC 3954 §6.1).
[[nodiscard]] std::string_view element_name(const flow::TemplateField& field, std::uint8_t version,
                                            bool is_scope) noexcept;

}  // namespace flowd::http::api
