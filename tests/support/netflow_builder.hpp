// SPDX-License-Identifier: BSD-3-Clause
// Datagrams of NetFlow v5, NetFlow v9 (RFC 3954) and IPFIX (RFC 7011) for tests. What a test does
// not say has a valid default.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "byte_builder.hpp"
#include "flow/model/datagram.hpp"
#include "flow/model/template.hpp"

namespace flow::test {

using Fields = std::vector<TemplateField>;

inline Address ipv4(unsigned a, unsigned b, unsigned c, unsigned d) {
    return Address::from(ByteBuilder{}.raw({a, b, c, d}).bytes());
}

inline Datagram datagram(Bytes payload, std::uint64_t received_seconds = 1'700'000'000) {
    return {.payload = payload,
            .source = ipv4(192, 0, 2, 1),
            .source_port = 50000,
            .destination_port = 2055,
            .received_ns = received_seconds * 1'000'000'000};
}

struct Netflow5Header {
    unsigned count = 1;
    std::uint32_t uptime_ms = 100'000;
    std::uint32_t seconds = 1'700'000'000;
    std::uint32_t nanoseconds = 0;
    std::uint32_t sequence = 77;
    unsigned sampling = 0;
};

inline ByteBuilder netflow5_message(const Netflow5Header& header) {
    ByteBuilder out;
    out.u16(5).u16(header.count).u32(header.uptime_ms).u32(header.seconds);
    return out.u32(header.nanoseconds).u32(header.sequence).u16(0).u16(header.sampling);
}

/// TCP, 10.0.0.1:1024 to 10.0.0.2:443 by way of 10.0.0.3, all columns different from zero.
inline void add_netflow5_record(ByteBuilder& out, std::uint32_t packets = 5) {
    out.raw({10, 0, 0, 1}).raw({10, 0, 0, 2}).raw({10, 0, 0, 3}).u16(9).u16(2);
    out.u32(packets).u32(590).u32(90'000).u32(95'500).u16(1024).u16(443);
    out.u8(0).u8(0x1b).u8(6).u8(0xb8).u16(64500).u16(64501).u8(24).u8(16).u16(0);
}

struct Netflow9Header {
    unsigned count = 1;
    std::uint32_t uptime_ms = 100'000;
    std::uint32_t seconds = 1'700'000'000;
    std::uint32_t sequence = 78;
    std::uint32_t source_id = 1;
};

inline ByteBuilder netflow9_message(const Netflow9Header& header = {}) {
    ByteBuilder out;
    out.u16(9).u16(header.count).u32(header.uptime_ms).u32(header.seconds);
    return out.u32(header.sequence).u32(header.source_id);
}

struct IpfixHeader {
    std::uint32_t seconds = 1'700'000'000;
    std::uint32_t sequence = 79;
    std::uint32_t domain = 1;
    std::optional<unsigned> length{};  ///< instead of the right one
};

inline ByteBuilder ipfix_message(const IpfixHeader& header, Bytes sets) {
    ByteBuilder out;
    out.u16(10).u16(header.length.value_or(static_cast<unsigned>(16 + sets.size())));
    return out.u32(header.seconds).u32(header.sequence).u32(header.domain).bytes(sets);
}

/// A set around `body`; `length` instead of the right one.
inline ByteBuilder set(unsigned id, Bytes body, std::optional<unsigned> length = {}) {
    ByteBuilder out;
    out.u16(id).u16(length.value_or(static_cast<unsigned>(4 + body.size())));
    return out.bytes(body);
}

/// Field specifiers; with the enterprise bit and number where there is one (RFC 7011 §3.2).
inline void add_fields(ByteBuilder& out, std::span<const TemplateField> fields) {
    for (const TemplateField& field : fields) {
        out.u16(field.id | (field.enterprise != 0 ? 0x8000u : 0u)).u16(field.length);
        if (field.enterprise != 0) out.u32(field.enterprise);
    }
}

/// A template record, the same for v9 and IPFIX.
inline ByteBuilder template_record(unsigned id, std::span<const TemplateField> fields) {
    ByteBuilder out;
    out.u16(id).u16(fields.size());
    add_fields(out, fields);
    return out;
}

/// RFC 3954 §6.1: part lengths in bytes.
inline ByteBuilder netflow9_options_record(unsigned id, std::span<const TemplateField> scopes,
                                           std::span<const TemplateField> options) {
    ByteBuilder out;
    out.u16(id).u16(scopes.size() * 4).u16(options.size() * 4);
    add_fields(out, scopes);
    add_fields(out, options);
    return out;
}

/// RFC 7011 §3.4.2: the count of all fields, then that of the scopes.
inline ByteBuilder ipfix_options_record(unsigned id, std::span<const TemplateField> scopes,
                                        std::span<const TemplateField> options) {
    ByteBuilder out;
    out.u16(id).u16(scopes.size() + options.size()).u16(scopes.size());
    add_fields(out, scopes);
    add_fields(out, options);
    return out;
}

}  // namespace flow::test
