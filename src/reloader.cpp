// SPDX-License-Identifier: BSD-3-Clause
// What is read goes into settings of its own, so that a bad file leaves the running ones alone.
#include "reloader.hpp"

#include <utility>

#include "config/load.hpp"
#include "log/log.hpp"

namespace flowd {

/// The rows have checked both names.
void start_log(const config::Live& live) {
    const auto level = log::parse_level(live.log_level);
    const auto format = log::parse_format(live.log_format);
    log::start(level ? *level : log::Level::info, format ? *format : log::Format::normal);
}

Outcome<config::Reload> Reloader::reload() {
    Settings fresh;
    const config::Schema fresh_schema = make_schema(fresh);
    const auto loaded = config::load(arguments_, fresh_schema, fresh.general);
    if (!loaded) {
        log::error("reload: " + loaded.error().sentence + "; nothing has changed");
        return Failure{loaded.error().sentence};
    }
    config::Reload reload = config::compare(schema_, fresh_schema);
    settings_.general.live = fresh.general.live;
    start_log(live());
    for (const std::string& key : reload.changed) log::info("reload: " + key + " has changed");
    for (const auto& refused : reload.refused) log::warn("reload: " + refused.sentence);
    return reload;
}

Outcome<std::string> Reloader::set_log_level(std::string_view level) {
    const auto parsed = log::parse_level(level);
    if (!parsed) return parsed.error();
    log::set_level(*parsed);
    return std::exchange(settings_.general.live.log_level, std::string{level});
}

}  // namespace flowd
