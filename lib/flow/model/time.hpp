// SPDX-License-Identifier: BSD-3-Clause
// Flow times on the wire, to UNIX seconds, milliseconds or nanoseconds. Used by the plain way and
// by compiled plans alike.
#pragma once

#include <cstdint>

#include "flow/model/origin.hpp"
#include "flow/model/plan.hpp"

namespace flow {

/// Seconds from the NTP epoch (1900) to the UNIX epoch (RFC 5905 §6).
inline constexpr std::uint64_t ntp_unix_offset = 2'208'988'800;

/// Milliseconds between an uptime stamp and the header's uptime. Signed: a flow may end after the
/// header was written, and the 32-bit counter wraps every 49.7 days.
[[nodiscard]] constexpr std::int64_t uptime_age_ms(std::uint64_t stamp,
                                                   const Origin& origin) noexcept {
    return static_cast<std::int32_t>(origin.uptime_ms - static_cast<std::uint32_t>(stamp));
}

/// The same as goflow2 takes it: 32 bits, never negative.
[[nodiscard]] constexpr std::uint64_t uptime_age_wrapped_ms(std::uint64_t stamp,
                                                            const Origin& origin) noexcept {
    return origin.uptime_ms - static_cast<std::uint32_t>(stamp);
}

/// An uptime stamp of IPFIX in milliseconds of UNIX time: so long after the exporter's start (IANA
/// 21, 22 and 160). The stamp's 32 bits wrap every 49.7 days: of the times that it may mean the one
/// nearest to the export counts.
[[nodiscard]] constexpr std::uint64_t ms_since_init(std::uint64_t init_ms, std::uint64_t stamp,
                                                    const Origin& origin) noexcept {
    constexpr unsigned stamp_bits = 32;
    constexpr std::uint64_t half = std::uint64_t{1} << (stamp_bits - 1);
    const std::uint64_t export_ms = std::uint64_t{origin.export_seconds} * 1000;
    const std::uint64_t first = init_ms + static_cast<std::uint32_t>(stamp);
    if (export_ms <= first) return first;
    return first + ((export_ms - first + half) >> stamp_bits << stamp_bits);
}

/// NTP's 64 bits (RFC 5905 §6) in nanoseconds. The fraction goes through a double, as in goflow2,
/// whose last digit this keeps.
[[nodiscard]] inline std::uint64_t ntp_ns(std::uint64_t value) noexcept {
    const auto fraction = static_cast<double>(value & UINT32_MAX) * 1e9 / 4294967296.0;
    return ((value >> 32) - ntp_unix_offset) * 1'000'000'000 + static_cast<std::uint64_t>(fraction);
}

/// `value` as it came from the wire; `transform` one for which is_time() holds. 0 stays 0 for
/// absolute times. Whole seconds of an uptime stamp are the header's time less the whole seconds of
/// the age, as goflow2 has it.
[[nodiscard]] inline std::uint64_t time_value(Transform transform, std::uint64_t value,
                                              const Origin& origin) noexcept {
    constexpr std::uint64_t million = 1'000'000;
    const std::uint64_t export_ms = std::uint64_t{origin.export_seconds} * 1000;
    const std::uint64_t export_ns = export_ms * million + origin.export_nanoseconds;
    switch (transform) {
        case Transform::s_of_uptime:
            return static_cast<std::uint32_t>(origin.export_seconds -
                                              uptime_age_ms(value, origin) / 1000);
        case Transform::ms_of_uptime:
            return export_ms - static_cast<std::uint64_t>(uptime_age_ms(value, origin));
        case Transform::ns_of_uptime:
            return export_ns - static_cast<std::uint64_t>(uptime_age_ms(value, origin)) * million;
        case Transform::ms_of_seconds: return value * 1000;
        case Transform::s_of_milliseconds: return value / 1000;
        case Transform::s_of_ntp: return value == 0 ? 0 : (value >> 32) - ntp_unix_offset;
        case Transform::ms_of_ntp:
            return value == 0 ? 0
                              : ((value >> 32) - ntp_unix_offset) * 1000 +
                                    ((value & UINT32_MAX) * 1000 >> 32);
        case Transform::s_of_delta_us: return origin.export_seconds - value / million;
        case Transform::ms_of_delta_us: return export_ms - value / 1000;
        case Transform::ns_of_seconds: return value * 1000 * million;
        case Transform::ns_of_milliseconds: return value * million;
        case Transform::ns_of_ntp: return value == 0 ? 0 : ntp_ns(value);
        case Transform::ns_of_delta_us: return export_ns - value * 1000;
        case Transform::ns_of_export: return export_ns;
        case Transform::s_of_uptime_wrapped:
            return static_cast<std::uint32_t>(origin.export_seconds -
                                              uptime_age_wrapped_ms(value, origin) / 1000);
        case Transform::ms_of_uptime_wrapped:
            return export_ms - uptime_age_wrapped_ms(value, origin);
        case Transform::ns_of_uptime_wrapped:
            return export_ns - uptime_age_wrapped_ms(value, origin) * million;
        case Transform::ns_of_uptime_wide: return export_ns - (origin.uptime_ms - value) * million;
        case Transform::s_of_microseconds: return value / million;
        case Transform::ms_of_microseconds: return value / 1000;
        case Transform::s_of_nanoseconds: return value / (1000 * million);
        case Transform::ms_of_nanoseconds: return value / million;
        case Transform::ns_of_ntp_unchecked: return ntp_ns(value);
        default: return value;  // s_of_seconds, ms_of_milliseconds
    }
}

}  // namespace flow
