// SPDX-License-Identifier: BSD-3-Clause
// Plan: a template, read once. A list of copy steps from a record's bytes to columns, independent
// of any format. `produce` compiles it; formats turn it into their own program (DESIGN: templates
// compile to plans).
#pragma once

#include <cstdint>
#include <span>

#include "flow/model/columns.hpp"

namespace flow {

/// How the bytes of a field become the value of a column.
enum class Transform : std::uint8_t {
    number,            ///< big-endian, any size up to 8: `(value >> shift)`, low `bits` bits
    number_little,     ///< the same, little-endian (mapping files only)
    number_or,         ///< OR-ed into what is there
    number_if_set,     ///< leaves what is there when the value is 0
    number_if_unset,   ///< only when the column is 0
    constant,          ///< `operand`, whatever the record says
    bytes,             ///< copied; to a list column: each byte is an item, below 128
    bytes_if_better,   ///< copied if the column is empty or the field is not all zero; then Etype =
                       ///< `operand`
    etype_of_version,  ///< IP version 4 or 6 to an ethertype; other values leave the column
    list_item,         ///< u32_list: as number, into item `operand`; items before it become 0
    list_append,       ///< u32_list or bytes_list: behind what is there
    frame_section,     ///< IE 315: a sampled Ethernet frame; fills many columns

    // Sampling rate of the record's own (RFC 5477 §8.2). They run after all else.
    sampling_interval,    ///< 34, 50, 305: the rate, unless 0; `operand` 1: 305
    sampling_space,       ///< 306: rate = (rate + space) / rate, of the 305 before it
    sampling_population,  ///< 310: the rate, unless 0
    sampling_size,        ///< 309: rate = population / size
    sampler_id,           ///< 48, 302: the rate that Origin::samplers has for it, if any

    // Uptime stamps of IPFIX, by systemInitTimeMilliseconds of the same record. They run after it.
    init_time,  ///< 160: when the exporter's uptime was 0, in milliseconds of UNIX time
    s_of_init,  ///< 21, 22: left alone unless the record has said so
    ms_of_init,
    ns_of_init,

    // Times (RFC 7011 §6.1.7–10, RFC 3954 §8). To seconds, milliseconds or nanoseconds of UNIX
    // time.
    s_of_uptime,
    ms_of_uptime,
    s_of_seconds,
    ms_of_seconds,
    s_of_milliseconds,
    ms_of_milliseconds,
    s_of_ntp,
    ms_of_ntp,
    s_of_delta_us,
    ms_of_delta_us,
    ns_of_uptime,
    ns_of_seconds,
    ns_of_milliseconds,
    ns_of_ntp,
    ns_of_delta_us,
    ns_of_export,  ///< the header's time, whatever the record says: a step without a field

    // Times as goflow2 has them, for Dialect::goflow2_*; never in a direct plan.
    s_of_uptime_wrapped,   ///< v1: 32-bit difference, unsigned
    ms_of_uptime_wrapped,  ///< v1
    ns_of_uptime_wrapped,  ///< v2's v5
    ns_of_uptime_wide,     ///< v2's v9: 64-bit difference
    s_of_microseconds,     ///< v1: 154, 155 as plain integers
    ms_of_microseconds,
    s_of_nanoseconds,  ///< v1: 156, 157 as plain integers
    ms_of_nanoseconds,
    ns_of_ntp_unchecked,  ///< v2: 0 is not spared
};

[[nodiscard]] constexpr bool is_time(Transform transform) noexcept {
    return transform >= Transform::s_of_uptime;
}

/// Times that only goflow2's own reading has.
[[nodiscard]] constexpr bool is_goflow2_time(Transform transform) noexcept {
    return transform >= Transform::s_of_uptime_wrapped;
}

struct Step {
    Column column{};  ///< may be custom
    Transform transform{};
    std::uint8_t shift = 0;
    std::uint8_t bits = 64;
    std::uint16_t field = 0;  ///< index in the template
    std::uint16_t offset =
        0;  ///< bytes from the start of the record; meaningless when the template is variable
    std::uint16_t size = 0;  ///< bytes, or variable_length
    std::uint16_t operand = 0;
};

struct Plan {
    std::span<const Step> steps{};  ///< in the order of the record, so the last one wins
    /// Every column has one step at most, none depends on another, and every offset is fixed: a
    /// format may run the steps in its own order, from the wire into the message.
    bool direct = false;
};

/// Most steps that one template compiles to; a template with more is refused.
inline constexpr std::size_t plan_steps_max = 960;

}  // namespace flow
