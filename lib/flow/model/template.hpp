// SPDX-License-Identifier: BSD-3-Clause
// Template: how the bytes of a record are laid out (RFC 3954 §5.2, RFC 7011 §3.4). NetFlow v5 has a
// built-in one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace flow {

/// Most fields that a template may have; a 1,500-byte datagram holds 370 of four bytes, real ones
/// have up to 100.
inline constexpr std::size_t template_fields_max = 256;

/// Length of a field that carries its own length (RFC 7011 §7).
inline constexpr std::uint16_t variable_length = 0xffff;

struct TemplateField {
    std::uint16_t id = 0;          ///< information element, without the enterprise bit
    std::uint16_t length = 0;      ///< bytes, or variable_length
    std::uint32_t enterprise = 0;  ///< private enterprise number; 0: IANA's
};

/// Index of a template in its shard's store, and of the plan compiled from it.
using TemplateSlot = std::uint32_t;

struct Template {
    std::uint8_t version = 0;  ///< 5, 9 or 10: whose information elements these are
    bool options = false;      ///< describes the exporter, not flows (RFC 7011 §3.4.2)
    bool variable = false;     ///< has a field of variable length
    std::uint16_t id = 0;
    std::uint16_t scope_count = 0;  ///< options: how many of the fields, from the first, are scopes
    std::uint16_t record_size = 0;  ///< bytes; the least possible when variable
    TemplateSlot slot = 0;
    std::span<const TemplateField> fields{};
};

}  // namespace flow
