// SPDX-License-Identifier: BSD-3-Clause
// Numbers as people read them, for the sentences of findings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace flowd {

/// How often templates are to come; the same advice everywhere.
inline constexpr std::string_view template_pace =
    "every 1 to 5 min, by time, not by number of datagrams";

/// "31,402"
[[nodiscard]] std::string thousands_text(std::uint64_t number);
/// Of a whole: "7.3 %", "0.04 %", "100 %".
[[nodiscard]] std::string share_text(double share);
/// A time span: "0.4 s", "42 s", "12 min", "1.5 h", "3 days".
[[nodiscard]] std::string span_text(double seconds);
/// UNIX time, as UTC: "2026-03-01 14:05:09 UTC".
[[nodiscard]] std::string moment_text(std::uint32_t seconds);
/// "once", "twice", "17 times"
[[nodiscard]] std::string times_text(std::uint64_t count);

}  // namespace flowd
