// SPDX-License-Identifier: BSD-3-Clause
// Schema: the rows of every part of flowd, with the defaults they had when it was made. The file,
// the flags, -h and -print-config are read from and written by it. Main thread, at start.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/row.hpp"
#include "log/failure.hpp"

namespace flowd::config {

struct Setting {
    Row row;
    std::string default_value;  ///< as TOML
};

class Schema;

/// A table that a file may have several times, [[name]], instead of once, [name].
struct TableArray {
    std::string name;
    /// Makes one more; its rows have the same keys, their targets are new.
    std::function<Schema()> make;
    std::deque<Schema> elements;  ///< as the file had them; rows are pointed to
};

class Schema {
public:
    /// Takes the values found now as the defaults. The rows' targets outlive the schema.
    explicit Schema(std::vector<Row> rows);

    [[nodiscard]] std::span<const Setting> settings() const noexcept { return settings_; }
    /// Null when there is none.
    [[nodiscard]] const Row* by_key(std::string_view key) const noexcept;
    [[nodiscard]] const Row* by_flag(std::string_view flag) const noexcept;

    void allow_array(TableArray array) { arrays_.push_back(std::move(array)); }
    [[nodiscard]] std::span<const TableArray> arrays() const noexcept { return arrays_; }
    /// The one whose table, when there is one only, has this key. Null when there is none.
    [[nodiscard]] const TableArray* array_of(std::string_view key) const noexcept;
    /// Is it something that a running flowd has? Commands such as -check are not, nor is another
    /// name of a key, such as goflow2's: the key has its value.
    [[nodiscard]] bool is_setting(const Row& row) const noexcept;
    /// Null when there is none of this name. For the file's reader, which adds elements.
    [[nodiscard]] TableArray* array(std::string_view name) const noexcept;

    [[nodiscard]] std::string_view nearest_key(std::string_view key) const;
    [[nodiscard]] std::string_view nearest_table(std::string_view table) const;
    [[nodiscard]] std::string_view nearest_flag(std::string_view flag) const;

    /// A programmer's error: a name given twice, a row without any, a key that is also a table, a
    /// default that its own limits refuse.
    [[nodiscard]] Failure conflict() const;

private:
    std::vector<Setting> settings_;
    mutable std::vector<TableArray> arrays_;  ///< filled while a file is read
};

/// How messages call it: the flag where it has one, else the key.
[[nodiscard]] std::string_view name_of(const Row& row) noexcept;
[[nodiscard]] bool is_switch(const Row& row) noexcept;
/// Integers in a unit of time, which take Go durations as well.
[[nodiscard]] bool is_duration(const Row& row) noexcept;

// Each of these checks the limits and then writes the target; on failure nothing has changed. The
// sentence has the value and the limit; the caller puts the place in front.

[[nodiscard]] Failure set_switch(const Row& row, bool value);
[[nodiscard]] Failure set_integer(const Row& row, std::int64_t value);
[[nodiscard]] Failure set_string(const Row& row, std::string_view value);
[[nodiscard]] Failure set_list(const Row& row, const std::vector<std::string>& values);
[[nodiscard]] Failure set_table(const Row& row, Table values);
/// A flag's text, whatever the row's kind: a list is split at its commas, a
/// table's entries are name=value.
[[nodiscard]] Failure set_text(const Row& row, std::string_view text);
/// `500ms` for a row in a unit of time.
[[nodiscard]] Failure set_duration(const Row& row, std::string_view text);

/// The current value as TOML; secrets are left out.
[[nodiscard]] std::string value_of(const Row& row);
/// Compares the values themselves, secrets, too. Of the same row in two schemas.
[[nodiscard]] bool same_value(const Row& one, const Row& other);

}  // namespace flowd::config
