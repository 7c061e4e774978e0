// SPDX-License-Identifier: BSD-3-Clause
// What has been sent, for programs: one JSON line of the whole, and a file of JSON lines with what
// each domain has sent.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "log/failure.hpp"
#include "tools/gen/fleet.hpp"
#include "tools/gen/port.hpp"

namespace flowd::gen {

struct Totals {
    std::uint64_t datagrams = 0;
    std::uint64_t flows = 0;
    double seconds = 0;
};

/// With its newline.
[[nodiscard]] std::string summary_line(const Totals& totals, std::string_view spread,
                                       std::span<const QueueCounts> queues);
/// One line for each domain that has sent anything.
[[nodiscard]] std::string truth_lines(const Fleet& fleet);
[[nodiscard]] Failure write_file(const std::string& path, std::string_view text);

}  // namespace flowd::gen
