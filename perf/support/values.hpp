// SPDX-License-Identifier: BSD-3-Clause
// What routers put into the fields of a flow: the spread of values decides which branches a
// decoder can predict, so it is part of every number in README.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "flow/model/template.hpp"
#include "perf/support/random.hpp"

namespace flow::perf {

/// The exporters' clocks, in milliseconds of UNIX time and of uptime (20 days).
inline constexpr std::uint64_t now_ms = 1'750'000'000'000;
inline constexpr std::uint32_t uptime_ms = 20U * 86'400'000U;

/// One field's value; its low `field.length` bytes count. Addresses have no values: they are
/// random bytes (is_address).
[[nodiscard]] std::uint64_t field_value(const TemplateField& field, Random& random) noexcept;

[[nodiscard]] bool is_address(std::uint16_t element) noexcept;

/// Of a field of variable length: names of interfaces, applications and users.
inline constexpr std::size_t string_size_max = 20;
[[nodiscard]] std::string_view field_string(const TemplateField& field, Random& random) noexcept;

}  // namespace flow::perf
