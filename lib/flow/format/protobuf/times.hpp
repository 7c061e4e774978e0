// SPDX-License-Identifier: BSD-3-Clause
// The times of a row of records, for kernels whose lanes only move bits. Field by field, so that a
// field is dispatched once for the row.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "flow/format/protobuf/program.hpp"
#include "flow/model/plan.hpp"

namespace flow::protobuf {

/// Kinds of times, in the order in which Transform and Code have them.
inline constexpr std::size_t time_kind_count = static_cast<std::size_t>(Transform::ns_of_export) -
                                               static_cast<std::size_t>(Transform::s_of_uptime) + 1;
[[nodiscard]] constexpr Transform transform_of_time(std::size_t kind) noexcept {
    return static_cast<Transform>(static_cast<std::size_t>(Transform::s_of_uptime) + kind);
}
[[nodiscard]] constexpr std::size_t kind_of_time(const TimeField& field) noexcept {
    return field.code - static_cast<std::size_t>(Code::s_of_uptime);
}

/// The times of one record, as the CPU has numbers.
using TimeTable = std::array<std::uint64_t, Windows::times_max>;

/// Fills the tables of `records.count` records.
void compute_times(std::span<const TimeField> fields, const Origin& origin,
                   const RecordRow& records, TimeTable* tables) noexcept;

}  // namespace flow::protobuf
