// SPDX-License-Identifier: BSD-3-Clause
// What flowd answered, read without trust: whatever is missing or of another kind is nothing, and
// every text is safe to print. The keys are those of the API's OpenAPI document.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace flowd::ctl {

using Json = nlohmann::ordered_json;
using Path = std::initializer_list<const char*>;

/// Null where there is none.
[[nodiscard]] const Json& at(const Json& json, Path path);
[[nodiscard]] bool has(const Json& json, Path path);
/// An array to walk through; empty where there is none.
[[nodiscard]] const Json& list(const Json& json, Path path);

[[nodiscard]] double number(const Json& json, Path path);
[[nodiscard]] std::uint64_t count(const Json& json, Path path);
[[nodiscard]] std::uint64_t count_of(const Json& value);
[[nodiscard]] std::int64_t integer(const Json& json, Path path);
[[nodiscard]] bool truth(const Json& json, Path path);
/// Safe; a value that is no text is written as JSON.
[[nodiscard]] std::string text(const Json& json, Path path);
[[nodiscard]] std::string text_of(const Json& value);

}  // namespace flowd::ctl
