// SPDX-License-Identifier: BSD-3-Clause
// What NetFlow v1, v7 and v8 share: a header with a count, then that many records of a layout that
// never changes, which is a built-in template in the terms of NetFlow v9 (RFC 3954 §8).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "flow/base/error.hpp"
#include "flow/model/record.hpp"
#include "flow/wire/cursor.hpp"

namespace flow {

/// Id of a field of bytes without meaning or without a column.
inline constexpr std::uint16_t padding_field = 210;

/// A built-in template; the size of a record is the sum of its fields.
[[nodiscard]] constexpr Template fixed_template(std::uint8_t version, TemplateSlot slot,
                                                std::span<const TemplateField> fields) noexcept {
    std::uint16_t size = 0;
    for (const TemplateField& field : fields)
        size = static_cast<std::uint16_t>(size + field.length);
    return {.version = version, .record_size = size, .slot = slot, .fields = fields};
}

/// Hands on what came of `announced` records; truncated when some are missing.
template <RecordSink Sink>
Error decode_fixed_records(const Template& layout, std::size_t announced, wire::Cursor& in,
                           Sink& sink) noexcept {
    const std::size_t present = in.remaining() / layout.record_size;
    const std::size_t count = std::min(announced, present);
    if (count > 0) {
        sink.records(layout, RecordRun{in.take(count * layout.record_size),
                                       static_cast<std::uint32_t>(count)});
    }
    return announced > present ? Error::truncated : Error::none;
}

}  // namespace flow
