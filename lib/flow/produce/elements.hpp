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
    /// Only when the template has no field with this id; 0: always. The counters after the
    /// middlebox (23, 24) do not replace those before it: some exporters send them as zeros.
    std::uint16_t unless = 0;
};

/// Ordered by id; an element that fills several columns has several rows.
[[nodiscard]] std::span<const Element> elements() noexcept;

/// The rows of one element.
[[nodiscard]] std::span<const Element> elements(std::uint16_t id) noexcept;

}  // namespace flow::produce
