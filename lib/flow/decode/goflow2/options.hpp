// SPDX-License-Identifier: BSD-3-Clause
// The only thing that goflow2 looks for in options data (RFC 7011 §3.4.2): a sampling rate.
#pragma once

#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/model/template.hpp"

namespace flow::goflow2 {

struct FoundRate {
    bool found = false;
    bool too_short = false;  ///< the field has fewer than four bytes: there is no rate in it
    std::uint32_t rate = 0;
};

/// The rate of the first record that has samplingPacketInterval (305), else samplerRandomInterval
/// (50), else samplingInterval (34), scopes aside. Of a longer field the first four bytes count,
/// which are the high ones.
[[nodiscard]] FoundRate find_rate(const Template& layout, Bytes body) noexcept;

/// Whether 2.2.6 finds a length missing in a record of options data, or never comes to an end.
[[nodiscard]] bool options_are_broken(const Template& layout, Bytes body) noexcept;

}  // namespace flow::goflow2
