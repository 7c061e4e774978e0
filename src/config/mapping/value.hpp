// SPDX-License-Identifier: BSD-3-Clause
// Value: what a mapping file says before anybody knows what it means. YAML and TOML become the same
// tree, so that one reader serves both. Bounded in depth, size and text, whatever the file holds.
// Main thread, at start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "log/failure.hpp"

namespace flowd::mapping {

struct Value {
    enum class Kind : std::uint8_t { nothing, scalar, list, table };

    Kind kind = Kind::nothing;
    std::string key;           ///< in a table
    std::string text;          ///< of a scalar
    std::size_t line = 0;      ///< of the key in a table, else of the value
    std::vector<Value> items;  ///< of a list or table

    /// The member of a table, or null.
    [[nodiscard]] const Value* find(std::string_view name) const noexcept {
        for (const Value& item : items) {
            if (kind == Kind::table && item.key == name) return &item;
        }
        return nullptr;
    }
};

// A mapping file has a few hundred values. YAML's aliases count as what they stand for: the memory
// of a tree is below values_max * text_size_max.
inline constexpr std::size_t depth_max = 12;
inline constexpr std::size_t values_max = 8'000;
inline constexpr std::size_t text_size_max = 256;

/// The first document. `path` is only for the sentence, which starts with path and line.
[[nodiscard]] Outcome<Value> parse_yaml(std::string_view text, const std::string& path);
[[nodiscard]] Outcome<Value> parse_toml(std::string_view text, const std::string& path);

}  // namespace flowd::mapping
