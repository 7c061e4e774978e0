// SPDX-License-Identifier: BSD-3-Clause
// Small questions to a JSON value of unknown shape. None throws: what is not there is nothing.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "flow/model/address.hpp"
#include "log/address.hpp"

namespace flowd::state {

using Json = nlohmann::json;

/// A member, or null.
[[nodiscard]] const Json& member(const Json& object, const char* name);

/// An unsigned number that fits; false otherwise.
template <class Number>
[[nodiscard]] bool get(const Json& value, Number& number) {
    if (!value.is_number_unsigned()) return false;
    const auto wide = value.get<std::uint64_t>();
    if (wide > std::numeric_limits<Number>::max()) return false;
    number = static_cast<Number>(wide);
    return true;
}

/// An address in text form; false when it is none.
[[nodiscard]] inline bool get(const std::string& text, flow::Address& address) {
    address = parse_address(text);
    return address.size != 0;
}

}  // namespace flowd::state
