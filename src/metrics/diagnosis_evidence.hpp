// SPDX-License-Identifier: BSD-3-Clause
// What several rules ask the evidence.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "flow/decode/deviation.hpp"
#include "metrics/diagnosis_rules.hpp"
#include "metrics/words.hpp"

namespace flowd::rules {

[[nodiscard]] inline bool is_recent(const Case& evidence, std::uint32_t seconds) noexcept {
    return flowd::is_recent(seconds, evidence.now_seconds);
}
[[nodiscard]] inline bool has_lately(const Case& evidence, const flow::Traits& domain,
                                     flow::Deviation what) noexcept {
    const auto& tally = domain.deviations[static_cast<std::size_t>(what)];
    return tally.count != 0 && is_recent(evidence, tally.last_seconds);
}
/// Of the domains in which it has happened lately.
[[nodiscard]] inline std::uint64_t recent_count(const Case& evidence,
                                                flow::Deviation what) noexcept {
    std::uint64_t count = 0;
    for (const flow::Traits& each : evidence.traits) {
        const auto& tally = each.deviations[static_cast<std::size_t>(what)];
        if (is_recent(evidence, tally.last_seconds)) count += tally.count;
    }
    return count;
}
/// The same, without what came before `lately`.
[[nodiscard]] inline std::uint64_t late_count(const Case& evidence, flow::Deviation what) noexcept {
    return std::min<std::uint64_t>(recent_count(evidence, what),
                                   evidence.lately.deviations[static_cast<std::size_t>(what)]);
}
/// "in the last 8 min"
[[nodiscard]] inline std::string lately_text(const Case& evidence) {
    return "in the last " + span_text(std::max(1u, evidence.lately.seconds));
}
[[nodiscard]] inline double share_of(std::uint64_t part, std::uint64_t whole) noexcept {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace flowd::rules
