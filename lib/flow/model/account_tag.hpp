// SPDX-License-Identifier: BSD-3-Clause
// AccountTag: to whose account a message goes, as it travels with the message.
#pragma once

#include <cstdint>

namespace flow {

/// Names a row of a shard's ledger for as long as its domain has it: the row in the low 24 bits,
/// and above them how often it was given to another. What is in flight carries it, so that what
/// becomes of it is not booked to whoever has the row next.
using AccountTag = std::uint32_t;

inline constexpr std::uint32_t account_row_bits = 24;
/// Rows of a ledger are fewer.
inline constexpr std::uint32_t account_rows_max = 1u << account_row_bits;

[[nodiscard]] constexpr std::uint32_t row_of(AccountTag tag) noexcept {
    return tag & (account_rows_max - 1);
}
[[nodiscard]] constexpr std::uint8_t epoch_of(AccountTag tag) noexcept {
    return static_cast<std::uint8_t>(tag >> account_row_bits);
}
[[nodiscard]] constexpr AccountTag make_tag(std::uint32_t row, std::uint8_t epoch) noexcept {
    return row | AccountTag{epoch} << account_row_bits;
}

}  // namespace flow
