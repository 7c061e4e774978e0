// SPDX-License-Identifier: BSD-3-Clause
// Builds packets layer by layer, outermost first, for the tests of lib/flow/packet. Lengths are
// what the test says, not computed: wrong ones are the point.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <vector>

#include "flow/base/bytes.hpp"
#include "flow/packet/numbers.hpp"

namespace flow::packet::test {

class Packet {
public:
    Packet& u8(unsigned value) {
        bytes_.push_back(static_cast<std::uint8_t>(value));
        return *this;
    }
    Packet& u16(unsigned value) { return u8(value >> 8).u8(value); }
    Packet& u32(std::uint32_t value) { return u16(value >> 16).u16(value & 0xffff); }
    Packet& raw(std::initializer_list<unsigned> values) {
        for (const unsigned value : values) u8(value);
        return *this;
    }
    Packet& fill(std::size_t count, unsigned value) {
        bytes_.insert(bytes_.end(), count, static_cast<std::uint8_t>(value));
        return *this;
    }

    /// Destination 02:00:00:00:00:01, source 02:00:00:00:00:02.
    Packet& ethernet(unsigned type) {
        return raw({2, 0, 0, 0, 0, 1}).raw({2, 0, 0, 0, 0, 2}).u16(type);
    }
    /// Behind an ethertype that announces a tag.
    Packet& tag(unsigned control, unsigned type) { return u16(control).u16(type); }
    Packet& label(std::uint32_t label, bool bottom, unsigned ttl) {
        return u32(label << 12 | (bottom ? 0x100U : 0U) | ttl);
    }

    struct Ipv4 {
        unsigned total_size = 0;
        unsigned protocol = protocol::udp;
        unsigned fragment = 0x4000;  ///< flags and offset; don't fragment
        unsigned header_words = 5;
    };
    /// 192.0.2.1 to 198.51.100.2, TOS 0xb8, TTL 63, identification 0x1234; options are no-ops.
    Packet& ipv4(const Ipv4& header) {
        u8(0x40 | header.header_words).u8(0xb8).u16(header.total_size).u16(0x1234);
        u16(header.fragment).u8(63).u8(header.protocol).u16(0);
        raw({192, 0, 2, 1, 198, 51, 100, 2});
        return fill(header.header_words > 5 ? (header.header_words - 5) * 4 : 0, 1);
    }
    /// 2001:db8::1 to 2001:db8::2, traffic class 0xb8, flow label 0xabcde, hop limit 62.
    Packet& ipv6(unsigned payload_size, unsigned next_header) {
        u32(0x6b8abcde).u16(payload_size).u8(next_header).u8(62);
        raw({0x20, 0x01, 0x0d, 0xb8}).fill(11, 0).u8(1);
        return raw({0x20, 0x01, 0x0d, 0xb8}).fill(11, 0).u8(2);
    }
    /// Hop-by-hop, routing or destination options: 8 bytes and `more` times 8.
    Packet& extension(unsigned next_header, unsigned more = 0) {
        return u8(next_header).u8(more).fill(6 + more * 8U, 0);
    }
    /// AH with an integrity value of 12 bytes: 24 bytes, so a length of 4 words.
    Packet& authentication(unsigned next_header) { return u8(next_header).u8(4).fill(22, 0xaa); }
    Packet& fragment(unsigned next_header, unsigned offset_and_more) {
        return u8(next_header).u8(0xff).u16(offset_and_more).u32(0xdeadbeef);
    }
    /// SRv6 (RFC 8754): addresses 2001:db8::a0, a1, … and `more` times 8 bytes of options.
    Packet& segments(unsigned next_header, unsigned count, unsigned left, unsigned more = 0) {
        u8(next_header).u8(count * 2 + more).u8(4).u8(left).u8(count - 1).u8(0).u16(0);
        for (unsigned i = 0; i < count; ++i) {
            raw({0x20, 0x01, 0x0d, 0xb8}).fill(11, 0).u8(0xa0 + i);
        }
        return fill(more * 8U, 0);
    }
    /// Ports 49152 to 2055.
    Packet& udp(unsigned length) { return u16(49152).u16(2055).u16(length).u16(0); }
    Packet& udp_to(unsigned destination) { return u16(49152).u16(destination).u32(0); }
    /// Ports 49152 to 443, flags SYN and ECE; 20 bytes.
    Packet& tcp() { return tcp_of(5, 0x42); }
    /// Options are no-ops.
    Packet& tcp_of(unsigned header_words, unsigned flags) {
        u16(49152).u16(443).u32(1).u32(2).u8(header_words << 4).u8(flags).u16(1024).u32(0);
        return fill(header_words > 5 ? (header_words - 5) * 4 : 0, 1);
    }
    /// Identifier 0x123456.
    Packet& vxlan(unsigned flags = 0x08) { return u8(flags).fill(3, 0).u32(0x12345600); }
    Packet& geneve(unsigned type, unsigned option_words = 0) {
        return u8(option_words).u8(0).u16(type).u32(0x12345600).fill(option_words * 4U, 0xee);
    }

    [[nodiscard]] Bytes bytes() const { return bytes_; }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }

private:
    std::vector<std::uint8_t> bytes_;
};

/// The first bytes of a packet in memory of exactly that size, so that a sanitizer sees a read
/// behind them.
class Cut {
public:
    Cut(Bytes whole, std::size_t size) : memory_{new std::uint8_t[size]}, size_{size} {
        for (std::size_t i = 0; i < size; ++i) memory_[i] = whole[i];
    }
    [[nodiscard]] Bytes bytes() const { return {memory_.get(), size_}; }

private:
    std::unique_ptr<std::uint8_t[]> memory_;
    std::size_t size_;
};

}  // namespace flow::packet::test
