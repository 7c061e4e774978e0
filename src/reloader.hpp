// SPDX-License-Identifier: BSD-3-Clause
// Reloader: reads the configuration again as it was read at the start, and takes over what may
// change while flowd runs. The log's settings are its own; others look at live(). Main thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/reload.hpp"
#include "log/failure.hpp"
#include "settings.hpp"

namespace flowd {

/// As the settings say.
void start_log(const config::Live& live);

class Reloader {
public:
    /// `arguments` without the program's name. `schema` is of `settings`. All outlive it. Made
    /// before the files that the settings name are read.
    Reloader(std::span<const char* const> arguments, Settings& settings,
             const config::Schema& schema)
        : arguments_{arguments},
          settings_{settings},
          schema_{schema},
          files_{config::stamp_files(schema)} {}

    /// The live settings are the new ones then, and the log follows them; what was refused is
    /// logged. A failure: a start would refuse the configuration as it is now, and nothing has
    /// changed; logged, too.
    [[nodiscard]] Outcome<config::Reload> reload();
    /// Until the next reload. The level before; a failure: there is no such level.
    [[nodiscard]] Outcome<std::string> set_log_level(std::string_view level);

    [[nodiscard]] const config::Live& live() const noexcept { return settings_.general.live; }
    [[nodiscard]] const config::Schema& schema() const noexcept { return schema_; }

private:
    std::span<const char* const> arguments_;
    Settings& settings_;
    const config::Schema& schema_;
    const std::vector<config::FileStamp> files_;  ///< that the settings name, at the start
};

}  // namespace flowd
