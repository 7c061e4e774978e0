// SPDX-License-Identifier: BSD-3-Clause
// Row: one setting, declared once. TOML, flags, limits, --help, -print-config and config/flowd.toml
// all come from rows. A driver declares its own: `std::vector<config::Row> rows(Options&)` in its
// options.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace flowd::config {

/// Names and values that another program defines, such as a library's own settings.
using Table = std::map<std::string, std::string, std::less<>>;

/// Where the value goes. The value found there when the row is made is the default.
using Target = std::variant<bool*, std::int64_t*, std::string*, std::vector<std::string>*, Table*>;

/// Can it change while flowd runs?
enum class Lifetime : std::uint8_t { sealed, live };

/// Does it change anything? `accepted`: a goflow2 flag that flowd takes and, once, says has no
/// effect. `missing`: one that changes goflow2's output, which this build cannot do: a warning when
/// the value asks for it. `command`: something that is done instead of collecting, such as -check;
/// a flowd that runs has no such setting.
enum class Effect : std::uint8_t { used, accepted, missing, command };

struct Row {
    std::string_view key;  ///< TOML: "transport.file.path"; empty: flag only
    std::string_view
        flag;  ///< "transport.file": `-transport.file X` or `--transport.file=X`; empty: TOML only
    Target target;
    std::string_view help;                    ///< one sentence
    std::string_view unit{};                  ///< "ms", "bytes", "datagrams/s"; empty: none
    std::vector<std::string_view> choices{};  ///< strings: what is allowed; empty: anything
    std::int64_t min = 0;                     ///< integers
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
    Lifetime lifetime = Lifetime::sealed;
    Effect effect = Effect::used;
    /// Tables: entries whose values are never printed; null: none. Strings: asked with the key, is
    /// it never printed?
    bool (*is_secret)(std::string_view name) = nullptr;
    /// Strings: the path of a file that is read at the start, and not again.
    bool names_file = false;
};

}  // namespace flowd::config
