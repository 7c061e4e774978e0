// SPDX-License-Identifier: BSD-3-Clause
// Datagrams of NetFlow v1, v7 and v8 for tests. What a test does not say has a valid default.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "byte_builder.hpp"

namespace flow::test {

/// Sizes of NetFlow v8's records by scheme, from 1 on; [0] is no scheme.
inline constexpr std::array<std::size_t, 15> netflow8_record_sizes{0,  28, 28, 32, 32, 40, 32, 40,
                                                                   44, 32, 32, 32, 32, 40, 40};

struct LegacyHeader {
    unsigned count = 1;
    std::uint32_t uptime_ms = 100'000;
    std::uint32_t seconds = 1'700'000'000;
    std::uint32_t nanoseconds = 500'000'000;
    std::uint32_t sequence = 81;
    unsigned engine_type = 2;
    unsigned engine_id = 3;
};

/// What the headers of all versions begin with.
inline ByteBuilder legacy_message(unsigned version, const LegacyHeader& header) {
    ByteBuilder out;
    out.u16(version).u16(header.count).u32(header.uptime_ms).u32(header.seconds);
    return out.u32(header.nanoseconds);
}

inline ByteBuilder netflow1_message(const LegacyHeader& header = {}) {
    return legacy_message(1, header);
}
inline ByteBuilder netflow7_message(const LegacyHeader& header = {}) {
    return legacy_message(7, header).u32(header.sequence).u32(0);
}
inline ByteBuilder netflow8_message(unsigned scheme, const LegacyHeader& header = {}) {
    ByteBuilder out = legacy_message(8, header).u32(header.sequence);
    return out.u8(header.engine_type).u8(header.engine_id).u8(scheme).u8(2).u32(0);
}

/// What records of v1, v5 and v7 begin with: 10.0.0.1:1024 to 10.0.0.2:443 by way of 10.0.0.3.
inline ByteBuilder legacy_record(std::uint32_t packets) {
    ByteBuilder out;
    out.raw({10, 0, 0, 1}).raw({10, 0, 0, 2}).raw({10, 0, 0, 3}).u16(9).u16(2);
    return out.u32(packets).u32(590).u32(90'000).u32(95'500).u16(1024).u16(443);
}

inline void add_netflow1_record(ByteBuilder& out, std::uint32_t packets = 5) {
    out.bytes(legacy_record(packets).bytes());
    out.u16(0).u8(6).u8(0xb8).u8(0x1b).fill(7, 0xee);
}

inline void add_netflow7_record(ByteBuilder& out, std::uint32_t packets = 5) {
    out.bytes(legacy_record(packets).bytes());
    out.u8(0xee).u8(0x1b).u8(6).u8(0xb8).u16(64500).u16(64501).u8(24).u8(16).u16(0xeeee);
    out.raw({192, 0, 2, 99});
}

/// A record of a scheme: bytes that count up from `first`, so that each tells its place.
inline void add_netflow8_record(ByteBuilder& out, unsigned scheme, unsigned first = 1) {
    for (unsigned i = 0; i < netflow8_record_sizes[scheme]; ++i) out.u8(first + i);
}

}  // namespace flow::test
