// SPDX-License-Identifier: BSD-3-Clause
// goflow2 2.2.6 gives up a whole datagram when a number in it has more than eight bytes. These are
// the elements that it reads as numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/model/record.hpp"
#include "flow/model/template.hpp"

namespace flow::goflow2 {

inline constexpr std::size_t number_size_max = 8;

/// Whether 2.2.6 reads the element as a number in records of this version.
[[nodiscard]] bool is_number(std::uint16_t id, std::uint8_t version) noexcept;

/// Whether the records of a template of fixed length have such a number.
[[nodiscard]] bool has_wide_number(const Template& layout) noexcept;

/// Whether this record of variable length has one.
[[nodiscard]] bool has_wide_number(const Template& layout,
                                   std::span<const FieldExtent> extents) noexcept;

}  // namespace flow::goflow2
