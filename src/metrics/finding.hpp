// SPDX-License-Identifier: BSD-3-Clause
// Finding: one thing that is wrong with an exporter, or with the box, as a sentence for a person.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace flowd {

enum class Severity : std::uint8_t { note, warning, error };

[[nodiscard]] constexpr std::string_view severity_name(Severity severity) noexcept {
    constexpr std::string_view names[]{"note", "warning", "error"};
    return names[static_cast<std::size_t>(severity)];
}

struct Finding {
    Severity severity = Severity::note;
    std::string_view code;  ///< stable, for programs: "sequence_unit", "clock_ahead"
    std::string sentence;   ///< the cause
    std::string action;     ///< what to do about it
};

/// What an exporter that sends no more has; the first of its findings then.
inline constexpr std::string_view silent_code = "silent";

/// Of findings that are not empty.
[[nodiscard]] inline Severity worst_severity(std::span<const Finding> findings) noexcept {
    Severity worst = Severity::note;
    for (const Finding& each : findings) worst = std::max(worst, each.severity);
    return worst;
}

}  // namespace flowd
