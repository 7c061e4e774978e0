// SPDX-License-Identifier: BSD-3-Clause
// Always with a decimal point: only LC_CTYPE is set.
#include "tools/ctl/numbers.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace flowd::ctl {

namespace {

template <class... Values>
std::string printed(const char* format, Values... values) {
    std::array<char, 400> out{};  // the digits of any double
    const int size = std::snprintf(out.data(), out.size(), format, values...);
    return {out.data(), size < 0 ? 0 : static_cast<std::size_t>(size)};
}

std::string with_commas(std::string digits) {
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, ",");
    }
    return digits;
}

std::string local(double unix_seconds, const char* format) {
    if (!(unix_seconds > 0) || unix_seconds > 1e11) return "never";
    const auto seconds = static_cast<std::time_t>(unix_seconds);
    std::tm parts{};
    if (localtime_r(&seconds, &parts) == nullptr) return "never";
    std::array<char, 32> out{};
    return {out.data(), std::strftime(out.data(), out.size(), format, &parts)};
}

struct Unit {
    const char* name;
    double seconds;
};
constexpr std::array<Unit, 4> units{Unit{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}};

}  // namespace

std::string grouped(unsigned long long value) { return with_commas(std::to_string(value)); }

std::string grouped_signed(long long value) {
    const auto size = static_cast<unsigned long long>(value);
    return value < 0 ? "-" + grouped(0 - size) : grouped(size);
}

std::string si(double value) {
    if (!std::isfinite(value)) return "?";
    if (value < 0) return "-" + si(-value);
    constexpr const char* powers = "kMGTPE";
    if (value < 9.95) {
        const double tenths = std::round(value * 10);
        if (tenths == 0 && value > 0) return "<0.1";
        return std::fmod(tenths, 10) == 0 ? printed("%.0f", value) : printed("%.1f", value);
    }
    if (value < 999.5) return printed("%.0f", value);
    std::size_t power = 0;
    value /= 1000;
    while (value >= 999.5 && power < 5) {
        value /= 1000;
        ++power;
    }
    const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    return printed("%.*f", decimals, value) + powers[power];
}

std::string exact(double value) {
    if (!std::isfinite(value)) return "?";
    if (value < 0) return "-" + exact(-value);
    const double tenths = std::round(value * 10);
    const std::string whole = with_commas(printed("%.0f", std::floor(tenths / 10)));
    const auto rest = static_cast<int>(std::fmod(tenths, 10));
    if (rest == 0) return tenths == 0 && value > 0 ? "<0.1" : whole;
    return whole + '.' + std::to_string(rest);
}

std::string percent(double share) {
    if (!std::isfinite(share)) return "?";
    const double value = share * 100;
    if (value <= 0) return "0%";
    if (value < 0.01) return "<0.01%";
    if (value < 0.1) return printed("%.2f%%", value);
    if (value < 9.95) return printed("%.1f%%", value);
    if (value < 100 && value > 99.4) return value >= 99.95 ? ">99.9%" : printed("%.1f%%", value);
    return printed("%.0f%%", value);
}

std::string span(double seconds) {
    if (!std::isfinite(seconds)) return "?";
    if (seconds < 0) return "-" + span(-seconds);
    if (seconds == 0) return "0 s";
    if (seconds < 0.9995) return printed("%.0f ms", std::ceil(seconds * 1000));
    if (seconds < 9.95) {
        const bool whole = std::fmod(std::round(seconds * 10), 10) == 0;
        return printed(whole ? "%.0f s" : "%.1f s", seconds);
    }
    double rest = std::round(seconds);
    for (std::size_t i = 0; i + 1 < units.size(); ++i) {
        if (rest < units[i].seconds) continue;
        const double count = std::floor(rest / units[i].seconds);
        rest = std::floor((rest - count * units[i].seconds) / units[i + 1].seconds);
        const std::string head = printed("%.0f %s", count, units[i].name);
        return rest == 0 ? head : head + printed(" %.0f %s", rest, units[i + 1].name);
    }
    return printed("%.0f s", rest);
}

std::string short_span(double seconds) {
    if (!std::isfinite(seconds)) return "?";
    if (seconds < 0) return "-" + short_span(-seconds);
    for (const Unit& unit : units) {
        if (seconds >= unit.seconds) {
            return printed("%.0f%c", std::floor(seconds / unit.seconds), unit.name[0]);
        }
    }
    return "0s";
}

std::string moment(double unix_seconds) { return local(unix_seconds, "%Y-%m-%d %H:%M:%S"); }

std::string time_of_day(double unix_seconds) { return local(unix_seconds, "%H:%M:%S"); }

}  // namespace flowd::ctl
