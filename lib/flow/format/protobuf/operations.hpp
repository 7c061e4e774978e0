// SPDX-License-Identifier: BSD-3-Clause
// What each operation of a program does: a template by the way in which varints are spread, for
// kernels to be compiled from.
#pragma once

#include <cstring>

#include "flow/base/bytes.hpp"
#include "flow/format/protobuf/program.hpp"
#include "flow/model/time.hpp"

namespace flow::protobuf {

/// Tag and length, then `size` bytes.
[[gnu::always_inline]] inline std::uint8_t* run_bytes(const Operation& operation,
                                                      const std::uint8_t* from, std::size_t size,
                                                      std::uint8_t* to) noexcept {
    std::memcpy(to, &operation.head, sizeof operation.head);
    std::memcpy(to + operation.head_size, from, size);
    return to + operation.head_size + size;
}

[[gnu::always_inline]] inline std::uint8_t* run_constants(const Constants::Run& run,
                                                          std::uint8_t* to) noexcept {
    constexpr std::size_t usual = 32;
    std::memcpy(to, run.bytes.data(), usual);
    if (run.size > usual) [[unlikely]] {
        std::memcpy(to + usual, run.bytes.data() + usual, run.bytes.size() - usual);
    }
    return to + run.size;
}

[[gnu::always_inline]] inline std::uint64_t load(const Operation& operation,
                                                 const std::uint8_t* from) noexcept {
    return load_be64(from) >> operation.down;
}

template <class Spread>
[[gnu::always_inline]] inline std::uint8_t* run_narrow(const Operation& operation,
                                                       const std::uint8_t* from,
                                                       std::uint8_t* to) noexcept {
    const std::uint64_t groups =
        Spread::spread(load(operation, from), operation.groups, operation.head_size);
    return put_lane(to, groups, operation.head);
}

template <class Spread>
[[gnu::always_inline]] inline std::uint8_t* run_wide(const Operation& operation,
                                                     std::uint64_t value,
                                                     std::uint8_t* to) noexcept {
    const Tag tag{static_cast<std::uint32_t>(operation.head), operation.head_size};
    return put_field<Spread>(to, tag, value);
}

/// A little-endian number of `operation.size` bytes.
[[gnu::always_inline]] inline std::uint64_t load_little(const Operation& operation,
                                                        const std::uint8_t* from) noexcept {
    std::uint64_t value;
    std::memcpy(&value, from, sizeof value);
    return value << operation.down >> operation.down;
}

/// Tag and varint, 0 too: a custom column says that its field was there.
inline std::uint8_t* run_custom(const Operation& operation, std::uint64_t value,
                                std::uint8_t* to) noexcept {
    const Tag tag{static_cast<std::uint32_t>(operation.head), operation.head_size};
    return put_varint(put_tag(to, tag), value);
}

template <class Spread, Transform Unit>
[[gnu::always_inline]] inline std::uint8_t* run_time(const Operation& operation,
                                                     const Origin& origin, const std::uint8_t* from,
                                                     std::uint8_t* to) noexcept {
    return run_wide<Spread>(operation, time_value(Unit, load(operation, from), origin), to);
}

template <class Spread>
[[gnu::always_inline]] inline std::uint8_t* run_operation(const Operation& operation,
                                                          const Constants& constants,
                                                          const Origin& origin,
                                                          const std::uint8_t* from,
                                                          std::uint8_t* to) noexcept {
    using enum Transform;
    switch (operation.code) {
        case Code::wide:
            return run_wide<Spread>(operation, load(operation, from) & operation.groups, to);
        case Code::bytes_4: return run_bytes(operation, from, 4, to);
        case Code::bytes_16: return run_bytes(operation, from, 16, to);
        case Code::bytes_n: return run_bytes(operation, from, operation.size, to);
        case Code::constants: return run_constants(constants.runs[operation.offset], to);
        case Code::literal:
            std::memcpy(to, &operation.head, sizeof operation.head);
            return to + operation.size;
        case Code::s_of_uptime: return run_time<Spread, s_of_uptime>(operation, origin, from, to);
        case Code::ms_of_uptime: return run_time<Spread, ms_of_uptime>(operation, origin, from, to);
        case Code::s_of_seconds: return run_time<Spread, s_of_seconds>(operation, origin, from, to);
        case Code::ms_of_seconds:
            return run_time<Spread, ms_of_seconds>(operation, origin, from, to);
        case Code::s_of_milliseconds:
            return run_time<Spread, s_of_milliseconds>(operation, origin, from, to);
        case Code::ms_of_milliseconds:
            return run_time<Spread, ms_of_milliseconds>(operation, origin, from, to);
        case Code::s_of_ntp: return run_time<Spread, s_of_ntp>(operation, origin, from, to);
        case Code::ms_of_ntp: return run_time<Spread, ms_of_ntp>(operation, origin, from, to);
        case Code::s_of_delta_us:
            return run_time<Spread, s_of_delta_us>(operation, origin, from, to);
        case Code::ms_of_delta_us:
            return run_time<Spread, ms_of_delta_us>(operation, origin, from, to);
        case Code::ns_of_uptime: return run_time<Spread, ns_of_uptime>(operation, origin, from, to);
        case Code::ns_of_seconds:
            return run_time<Spread, ns_of_seconds>(operation, origin, from, to);
        case Code::ns_of_milliseconds:
            return run_time<Spread, ns_of_milliseconds>(operation, origin, from, to);
        case Code::ns_of_ntp: return run_time<Spread, ns_of_ntp>(operation, origin, from, to);
        case Code::ns_of_delta_us:
            return run_time<Spread, ns_of_delta_us>(operation, origin, from, to);
        case Code::ns_of_export: return run_time<Spread, ns_of_export>(operation, origin, from, to);
        case Code::little:
            return run_wide<Spread>(operation, load_little(operation, from) & operation.groups, to);
        case Code::custom:
            return run_custom(operation, load(operation, from) & operation.groups, to);
        case Code::custom_little:
            return run_custom(operation, load_little(operation, from) & operation.groups, to);
        case Code::narrow:
        case Code::end: break;  // kernels take them themselves
    }
    __builtin_unreachable();
}

}  // namespace flow::protobuf
