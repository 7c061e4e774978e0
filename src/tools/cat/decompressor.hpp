// SPDX-License-Identifier: BSD-3-Clause
// Decompressor: bytes in, bytes out, a piece at a time. Compressed files may consist of several
// members or frames, one behind the other.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "flow/base/bytes.hpp"
#include "log/failure.hpp"

namespace flowd::cat {

class Decompressor {
public:
    Decompressor() = default;
    Decompressor(const Decompressor&) = delete;
    Decompressor& operator=(const Decompressor&) = delete;
    virtual ~Decompressor() = default;

    /// Takes from the front of both what it has read and written. Neither need be used up.
    [[nodiscard]] virtual Failure run(flow::Bytes& in, std::span<std::uint8_t>& out) = 0;
    /// Whether the input may end here: no member has begun that did not end.
    [[nodiscard]] virtual bool is_between() const noexcept = 0;
};

/// By the name's end, .gz, .zst or .lz4; null for any other.
[[nodiscard]] std::unique_ptr<Decompressor> decompressor_of(std::string_view path);

}  // namespace flowd::cat
