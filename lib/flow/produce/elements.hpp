// SPDX-License-Identifier: BSD-3-Clause
// Which information element fills which column (IANA IPFIX registry; RFC 3954 §8 for NetFlow v9).
// The built-in mapping, as goflow2 has it; enterprise elements are not in it.
#pragma once

#include <cstdint>
#include <span>

#include "flow/model/columns.hpp"
#include "flow/model/plan.hpp"

namespace flow::produce {

/// In whose records an element has this meaning.
enum class Versions : std::uint8_t {
    any,
    netflow,  ///< v5 and v9: 21 and 22 count from the header's uptime
    ipfix,
};

struct Element {
    std::uint16_t id;
    Column column;
    Transform transform;
    Versions versions = Versions::any;
    std::uint8_t shift = 0;
    std::uint8_t bits = 64;
    std::uint16_t operand = 0;
    bool only_v1 = false;  ///< profile goflow2_v1 has it so, v2 otherwise
    /// When the steps of an element run: 0 in the order of the record, others behind, in turn.
    std::uint8_t turn = 0;
};

/// Turns of the steps that only fill what the record has left open, or need all of it.
inline constexpr std::uint8_t turn_totals = 1;
inline constexpr std::uint8_t turn_initiator = 2;
inline constexpr std::uint8_t turn_sampler = 3;
inline constexpr std::uint8_t turn_sampling = 4;
inline constexpr std::uint8_t turn_sampling_part = 5;
inline constexpr std::uint8_t turns = 6;

/// Ordered by id; an element that fills several columns has several rows.
[[nodiscard]] std::span<const Element> elements() noexcept;

/// The rows of one element.
[[nodiscard]] std::span<const Element> elements(std::uint16_t id) noexcept;

}  // namespace flow::produce
