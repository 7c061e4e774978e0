// SPDX-License-Identifier: BSD-3-Clause
// What is read goes into settings of its own, so that a bad file leaves the running ones alone.
#include "reloader.hpp"

#include <utility>

#include "config/load.hpp"
#include "config/text.hpp"
#include "http/options.hpp"
#include "log/log.hpp"

namespace flowd {

namespace {

/// As the start does, up to what it would open: a reload must not call good what a restart refuses.
Failure read_again(std::span<const char* const> arguments, const config::Schema& schema,
                   const Settings& settings) {
    const auto loaded = config::load(arguments, schema, settings.general);
    if (!loaded) return {loaded.error().sentence};
    if (Failure failure = http::validate(settings.http); failed(failure)) return failure;
    // Its warnings have been said at the start, or will be at the next one.
    const Outcome<Checked> checked = check(settings, *loaded);
    return checked ? Failure{} : checked.error();
}

}  // namespace

/// The rows have checked both names.
void start_log(const config::Live& live) {
    const auto level = log::parse_level(live.log_level);
    const auto format = log::parse_format(live.log_format);
    log::start(level ? *level : log::Level::info, format ? *format : log::Format::normal);
}

Outcome<config::Reload> Reloader::reload() {
    Settings fresh;
    const config::Schema fresh_schema = make_schema(fresh);
    if (const Failure failure = read_again(arguments_, fresh_schema, fresh); failed(failure)) {
        log::error("reload: " + failure.sentence + "; nothing has changed");
        return Failure{failure.sentence + "; the old configuration stays"};
    }
    config::Reload reload = config::compare(schema_, fresh_schema);
    config::add_changed_files(reload, files_);
    settings_.general.live = fresh.general.live;
    start_log(live());
    for (const std::string& key : reload.changed) log::info("reload: " + key + " has changed");
    for (const auto& refused : reload.refused) log::warn("reload: " + refused.sentence);
    return reload;
}

Outcome<std::string> Reloader::set_log_level(std::string_view level) {
    const auto parsed = log::parse_level(level);
    if (!parsed) return parsed.error();
    const std::string name = config::lower(level);
    std::string before = std::exchange(settings_.general.live.log_level, name);
    // By the more talkative of the two, or nobody would see who made the log silent.
    const bool speaks = log::enabled(log::Level::info);
    const std::string said = "log: level " + name + ", before " + before + ": set over HTTP";
    if (speaks) log::info(said);
    log::set_level(*parsed);
    if (!speaks) log::info(said);
    return before;
}

}  // namespace flowd
