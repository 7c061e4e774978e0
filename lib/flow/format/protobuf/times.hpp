// SPDX-License-Identifier: BSD-3-Clause
// The times of a row of records, for kernels whose lanes only move bits. Field by field, so that a
// field is dispatched once for the row.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "flow/format/protobuf/program.hpp"

namespace flow::protobuf {

/// The times of one record, as the CPU has numbers.
using TimeTable = std::array<std::uint64_t, Windows::times_max>;

/// Fills the tables of `records.count` records.
void compute_times(std::span<const TimeField> fields, const Origin& origin,
                   const RecordRow& records, TimeTable* tables) noexcept;

}  // namespace flow::protobuf
