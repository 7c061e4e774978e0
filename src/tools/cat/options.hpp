// SPDX-License-Identifier: BSD-3-Clause
// What the command line says: flags in flowd's syntax, then files. Main thread, at start.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/row.hpp"
#include "config/shape.hpp"
#include "log/failure.hpp"
#include "tools/cat/filter.hpp"
#include "tools/cat/frames.hpp"

namespace flowd::cat {

struct Options {
    config::Config output;  ///< profile, format, columns, selector, tag and mapping of it
    std::string framing = "varint";
    bool packed = false;
    std::string where;  ///< the last one; all of them are in `filters`
    std::int64_t limit = 0;
    bool count = false;
    bool help = false;
    bool version = false;
    std::vector<std::string> conditions;
    std::vector<std::string> files;  ///< at least one; "-" is stdin
};

/// What the options mean, checked.
struct Plan {
    config::OutputShape shape;
    std::vector<Filter> filters;
    Framing framing = Framing::varint;
};

/// Reads the arguments, without the program's name, into `options`.
[[nodiscard]] Failure read_arguments(std::span<const char* const> arguments, Options& options);
[[nodiscard]] Outcome<Plan> make_plan(const Options& options);
[[nodiscard]] std::string help_text();

}  // namespace flowd::cat
