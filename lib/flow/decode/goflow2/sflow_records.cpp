// SPDX-License-Identifier: BSD-3-Clause
// Formats are whole words: enterprise 0 and a number.
#include "flow/decode/goflow2/sflow_records.hpp"

#include <cstddef>

#include "flow/wire/cursor.hpp"

namespace flow::goflow2 {

namespace {

constexpr std::uint32_t words_max = 1000;  ///< of an AS path, and of communities

/// Type 0, "unknown", is none that goflow2 knows.
bool skip_address(wire::Cursor& in) noexcept {
    const std::uint32_t type = in.u32();
    if (type != 1 && type != 2) return false;
    in.skip(type == 1 ? 4 : 16);
    return !in.failed();
}

/// Reads a count and so many words. The count is held against the bytes that are left, not the
/// words, less four for what follows.
bool skip_words(wire::Cursor& in) noexcept {
    const std::uint32_t count = in.u32();
    if (in.failed() || count > words_max) return false;
    if (std::size_t{count} + 4 > in.remaining()) return false;
    in.skip(std::size_t{count} * 4);
    return !in.failed();
}

bool router_is_whole(Bytes body) noexcept {
    wire::Cursor in{body};
    return skip_address(in) && in.remaining() >= 8;
}

/// One segment of the AS path is read, however many there are; what follows it is taken for the
/// communities.
bool gateway_is_whole(Bytes body) noexcept {
    wire::Cursor in{body};
    if (!skip_address(in)) return false;
    const auto numbers = in.block<16>();  // AS, source AS, source peer AS, segments
    if (in.failed()) return false;
    if (numbers.u32<12>() != 0) {
        in.skip(4);  // the segment's type
        if (!skip_words(in)) return false;
    }
    return skip_words(in) && in.remaining() >= 4;
}

/// A number, a name with its length but without XDR's padding, a direction.
bool access_list_is_whole(Bytes body) noexcept {
    wire::Cursor in{body};
    in.skip(4);
    in.skip(in.u32());
    in.skip(4);
    return !in.failed();
}

bool function_is_whole(Bytes body) noexcept {
    wire::Cursor in{body};
    in.skip(in.u32());
    return !in.failed();
}

}  // namespace

bool flow_record_is_whole(std::uint32_t format, Bytes body) noexcept {
    switch (format) {
        case 1: return body.size() >= 16;     // raw header: any number of its bytes
        case 2: return body.size() >= 20;     // Ethernet, addresses of six bytes
        case 3: return body.size() >= 32;     // IPv4
        case 4: return body.size() >= 56;     // IPv6
        case 1001: return body.size() >= 16;  // switch
        case 1002: return router_is_whole(body);
        case 1003: return gateway_is_whole(body);
        case 1036: return body.size() >= 4;  // egress queue of a dropped packet
        case 1037: return access_list_is_whole(body);
        case 1038: return function_is_whole(body);
        default: return true;
    }
}

bool counter_record_is_whole(std::uint32_t format, Bytes body) noexcept {
    switch (format) {
        case 1: return body.size() >= 88;  // interface
        case 2: return body.size() >= 52;  // Ethernet
        default: return true;
    }
}

}  // namespace flow::goflow2
