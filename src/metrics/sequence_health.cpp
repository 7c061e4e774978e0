// SPDX-License-Identifier: BSD-3-Clause
// By the steps between datagrams, which traits count; steps that fit both units say nothing.
#include "metrics/sequence_health.hpp"

#include <algorithm>
#include <iterator>

#include "metrics/names.hpp"

namespace flowd {

namespace {

/// Steps between datagrams that say something.
constexpr std::uint32_t steps_min = 16;
constexpr double most = 0.8;
constexpr double nearly_all = 0.9;
constexpr std::uint32_t alternations_min = 8;
constexpr double alternations_share_min = 0.1;

}  // namespace

SequenceHealth judge_sequence(const flow::Traits& traits) noexcept {
    using Traits = flow::Traits;
    const double one = traits.steps[Traits::by_one];
    const double units = traits.steps[Traits::by_units];
    const double both = traits.steps[Traits::by_both];
    const double telling = one + units + traits.steps_none + traits.steps_other;
    const double all = telling + both;
    if (traits.alternations >= alternations_min &&
        traits.alternations >= all * alternations_share_min) {
        return SequenceHealth::several_rows;
    }
    const double wrong = counts_records(traits.name.version) ? one : units;
    if (telling < steps_min) {
        return telling > 0 && wrong >= telling * most ? SequenceHealth::undecided
                                                      : SequenceHealth::plausible;
    }
    if (traits.steps_none >= all * nearly_all) return SequenceHealth::constant;
    return wrong >= telling * most ? SequenceHealth::wrong_unit : SequenceHealth::plausible;
}

bool counts_records(std::uint8_t version) noexcept {
    return version == 5 || version == 7 || version == 8 || version == 10;
}

std::string_view unit_text(std::uint8_t version) noexcept {
    switch (version) {
        case 10: return "data records (RFC 7011 §3.1)";
        case 9: return "datagrams (RFC 3954 §5.1)";
        case flow::sflow_domain_version: return "datagrams (sFlow v5 §5)";
        default: return "flows";
    }
}

std::string_view protocol_text(std::uint8_t version) noexcept {
    const std::string_view name = protocol_name(version);
    return name.empty() ? "its protocol" : name;
}

std::string domain_text(std::uint8_t version, std::uint32_t id) {
    std::string text = "engine ";
    if (version == 10) text = "observation domain ";
    if (version == 9) text = "source id ";
    if (version == flow::sflow_domain_version) text = "sub-agent ";
    return text + std::to_string(id);
}

}  // namespace flowd
