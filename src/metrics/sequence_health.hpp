// SPDX-License-Identifier: BSD-3-Clause
// What the sequence numbers of a domain count, if not what they should. A loss that is computed
// from numbers of another unit is none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "flow/decode/traits.hpp"

namespace flowd {

enum class SequenceHealth : std::uint8_t {
    plausible,     ///< or too few datagrams to say
    undecided,     ///< too few datagrams, and most that say something have another unit
    constant,      ///< the number never moves
    wrong_unit,    ///< counts records for datagrams, or datagrams for records
    several_rows,  ///< numbers of several senders, in turns
};

[[nodiscard]] SequenceHealth judge_sequence(const flow::Traits& traits) noexcept;

/// What numbers of a protocol count: "data records (RFC 7011 §3.1)".
[[nodiscard]] std::string_view unit_text(std::uint8_t version) noexcept;
[[nodiscard]] bool counts_records(std::uint8_t version) noexcept;
[[nodiscard]] std::string_view protocol_text(std::uint8_t version) noexcept;
/// "observation domain 7", "source id 7", …
[[nodiscard]] std::string domain_text(std::uint8_t version, std::uint32_t id);

}  // namespace flowd
