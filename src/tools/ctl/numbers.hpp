// SPDX-License-Identifier: BSD-3-Clause
// Numbers, sizes, spans and moments as a person reads them. Any thread.
#pragma once

#include <cstdint>
#include <string>

namespace flowd::ctl {

/// 1,234,567.
[[nodiscard]] std::string grouped(unsigned long long value);
[[nodiscard]] std::string grouped_signed(long long value);
/// Three digits and a power of 1000: 0, 7, 12.5k, 1.23M. Below 10 with a decimal if there is one.
[[nodiscard]] std::string si(double value);
/// Digits to the last one; a tenth where there is one.
[[nodiscard]] std::string exact(double value);
/// 42%, 0.3%; of a share of 1. Never 0% of something, never 100% of less than all.
[[nodiscard]] std::string percent(double share);

/// 3 d 4 h, 12 min 5 s, 42 s, 250 ms: the two largest units.
[[nodiscard]] std::string span(double seconds);
/// 4d, 12m, 3s: the largest unit, for a column.
[[nodiscard]] std::string short_span(double seconds);
/// 2026-11-27 06:10:11, local time; "never" of 0.
[[nodiscard]] std::string moment(double unix_seconds);
/// 06:10:11.
[[nodiscard]] std::string time_of_day(double unix_seconds);

}  // namespace flowd::ctl
