// SPDX-License-Identifier: BSD-3-Clause
// Text of unknown origin, made fit for a JSON string (RFC 8259 §7) and for one line of text:
// quotes, backslashes and control bytes are escaped, so are < > & and the line separators U+2028
// and U+2029 (as Go's encoder does), and what is not UTF-8 (RFC 3629) becomes U+FFFD.
#pragma once

#include <cstddef>
#include <cstdint>

#include "flow/base/bytes.hpp"

namespace flow::render {

/// Most that one byte of text becomes: \u00XX.
inline constexpr std::size_t escaped_size_max = 6;

/// Writes at most escaped_size_max bytes for each of `text`.
[[nodiscard]] std::uint8_t* put_escaped(std::uint8_t* to, Bytes text) noexcept;

}  // namespace flow::render
