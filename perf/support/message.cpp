// SPDX-License-Identifier: BSD-3-Clause
// Puts headers, templates and records together, in network order.
#include "perf/support/message.hpp"

#include "flow/wire/cursor.hpp"
#include "perf/support/require.hpp"

namespace flow::perf {

namespace {

std::uint64_t read_varint(wire::Cursor& in) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const std::uint8_t byte = in.u8();
        value |= std::uint64_t{byte & 0x7fU} << shift;
        if (byte < 0x80) break;
    }
    require(!in.failed(), "a varint ends too early");
    return value;
}

Bytes read_bytes(wire::Cursor& in) {
    const std::uint64_t size = read_varint(in);
    const Bytes bytes = in.take(size);
    require(!in.failed(), "a length is beyond the end");
    return bytes;
}

}  // namespace

Message parse_message(Bytes bytes) {
    Message message;
    wire::Cursor in{bytes};
    while (in.remaining() > 0) {
        const std::uint64_t tag = read_varint(in);
        const auto field = static_cast<std::uint32_t>(tag >> 3);
        if ((tag & 7) == 0) {
            message.numbers[field] = read_varint(in);
        } else {
            require((tag & 7) == 2, "wire type " + std::to_string(tag & 7));
            const Bytes value = read_bytes(in);
            message.bytes[field] = {value.begin(), value.end()};
        }
    }
    return message;
}

std::vector<Message> parse_prefixed(Bytes bytes) {
    std::vector<Message> messages;
    wire::Cursor in{bytes};
    while (in.remaining() > 0) messages.push_back(parse_message(read_bytes(in)));
    return messages;
}

}  // namespace flow::perf
