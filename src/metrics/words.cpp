// SPDX-License-Identifier: BSD-3-Clause
// English, and the C locale: sentences are the same everywhere.
#include "metrics/words.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace flowd {

namespace {

std::string decimal(double value, int digits) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    return text.data();
}

/// One digit behind the point where it says something.
std::string short_decimal(double value) {
    const double rounded = std::round(value * 10) / 10;
    return decimal(rounded, rounded >= 10 || rounded == std::floor(rounded) ? 0 : 1);
}

}  // namespace

std::string thousands_text(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
    return text;
}

std::string share_text(double share) {
    const double percent = share * 100;
    if (percent >= 10 || percent == 0) return decimal(percent, 0) + " %";
    return decimal(percent, percent >= 0.095 ? 1 : 2) + " %";
}

std::string span_text(double seconds) {
    constexpr double minute = 60, hour = 3600, day = 86400;
    if (seconds < 2 * minute) return short_decimal(seconds) + " s";
    if (seconds < 2 * hour) return short_decimal(seconds / minute) + " min";
    if (seconds < 2 * day) return short_decimal(seconds / hour) + " h";
    return thousands_text(static_cast<std::uint64_t>(std::llround(seconds / day))) + " days";
}

std::string moment_text(std::uint32_t seconds) {
    const std::time_t time = seconds;
    std::tm parts{};
    gmtime_r(&time, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
    return text.data();
}

std::string times_text(std::uint64_t count) {
    if (count == 1) return "once";
    if (count == 2) return "twice";
    return thousands_text(count) + " times";
}

}  // namespace flowd
