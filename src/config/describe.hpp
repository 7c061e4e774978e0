// SPDX-License-Identifier: BSD-3-Clause
// What every text for people says of a setting: its group, its limits and default, what to write
// after its flag. Main thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/schema.hpp"

namespace flowd::config {

/// Settings under a common name, groups in the order of their first member.
struct Group {
    std::string_view name;
    std::vector<const Setting*> settings;
};

/// New groups go behind those whose names start alike: [transport.file] follows [transport].
void add(std::vector<Group>& groups, std::string_view name, const Setting& setting);
/// By table, in the file's order: keys without a table come first.
[[nodiscard]] std::vector<Group> tables_of_keys(const Schema& schema);
/// By -h's groups, in its order.
[[nodiscard]] std::vector<Group> groups_of_flags(const Schema& schema);
/// The group of goflow2's flags that do nothing here.
inline constexpr std::string_view goflow2_group = "goflow2";

/// "transport.file" of "transport.file.path".
[[nodiscard]] std::string_view table_of(std::string_view key) noexcept;
/// `1 to 64; default 1`: what a line of its own says under a setting's help.
[[nodiscard]] std::string facts_of(const Setting& setting);
/// The help, and behind it in brackets what the flag's line does not show: for -h.
[[nodiscard]] std::string help_of(const Setting& setting);
/// What to write after the flag, with a blank in front; a switch takes nothing.
[[nodiscard]] std::string argument_of(const Row& row);
[[nodiscard]] std::string capitalised(std::string text);

}  // namespace flowd::config
