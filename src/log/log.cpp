// SPDX-License-Identifier: BSD-3-Clause
// spdlog behind the log's few functions. Nothing else in flowd includes spdlog.
#include "log/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>

#include "log/escape.hpp"

namespace flowd::log {

namespace {

constexpr const char* normal_pattern = "%Y-%m-%dT%H:%M:%S.%e%z %l %v";
constexpr const char* json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","msg":"%v"})";

struct Log {
    spdlog::logger logger{"flowd", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
    std::atomic<Format> format{Format::normal};

    Log() { logger.set_pattern(normal_pattern); }
};

Log& instance() {
    static Log log;
    return log;
}

spdlog::level::level_enum spdlog_level(Level level) {
    switch (level) {
        case Level::trace: return spdlog::level::trace;
        case Level::debug: return spdlog::level::debug;
        case Level::info: return spdlog::level::info;
        case Level::warn: return spdlog::level::warn;
        case Level::error: return spdlog::level::err;
        case Level::fatal: break;
    }
    return spdlog::level::critical;
}

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    });
    return out;
}

template <std::size_t N>
Failure not_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
    std::string sentence = "\"" + json_escaped(name) + "\" is not one of ";
    for (std::size_t i = 0; i < N; ++i) {
        if (i > 0) sentence += ", ";
        sentence += names[i];
    }
    return {sentence};
}

}  // namespace

Outcome<Level> parse_level(std::string_view name) {
    // In the order of level_names.
    constexpr std::array<Level, level_names.size()> levels{Level::trace, Level::debug, Level::info,
                                                           Level::warn,  Level::warn,  Level::error,
                                                           Level::fatal, Level::fatal};
    const auto found = std::find(level_names.begin(), level_names.end(), lower(name));
    if (found == level_names.end()) return not_one_of(name, level_names);
    return levels[static_cast<std::size_t>(found - level_names.begin())];
}

Outcome<Format> parse_format(std::string_view name) {
    const std::string wanted = lower(name);
    if (wanted == "normal") return Format::normal;
    if (wanted == "json") return Format::json;
    return not_one_of(name, format_names);
}

void start(Level level, Format format) {
    Log& log = instance();
    log.logger.set_pattern(format == Format::json ? json_pattern : normal_pattern);
    log.logger.set_level(spdlog_level(level));
    // Relaxed: it only decides how the next message is escaped; the pattern is behind the sink's
    // lock.
    log.format.store(format, std::memory_order_relaxed);
}

void set_level(Level level) { instance().logger.set_level(spdlog_level(level)); }

bool enabled(Level level) noexcept { return instance().logger.should_log(spdlog_level(level)); }

void write(Level level, std::string_view message) {
    Log& log = instance();
    if (!log.logger.should_log(spdlog_level(level))) return;
    const bool json = log.format.load(std::memory_order_relaxed) == Format::json;
    const std::string text = json ? json_escaped(message) : one_line(message);
    log.logger.log(spdlog_level(level), spdlog::string_view_t{text.data(), text.size()});
}

}  // namespace flowd::log
