// SPDX-License-Identifier: BSD-3-Clause
// Writes a constant into an object file before it is loaded: by the name of its symbol, so that
// the place is the compiler's business. Cold.
#pragma once

#include <span>
#include <string_view>

#include "flow/base/bytes.hpp"
#include "log/failure.hpp"

namespace flowd::dpdk::xdp {

/// Either replaces all bytes of the symbol or changes nothing. `elf` is a 64-bit ELF object file in
/// this machine's byte order; the value must have the symbol's size.
[[nodiscard]] Failure patch_symbol(std::span<std::uint8_t> elf, std::string_view symbol,
                                   flow::Bytes value);

}  // namespace flowd::dpdk::xdp
