// SPDX-License-Identifier: BSD-3-Clause
// The strict reading of an IP header, for everybody who looks for a datagram in a frame. In a
// header, because find_udp() needs it inline. IPv4: RFC 791 §3.1. IPv6: RFC 8200 §3.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "flow/base/bytes.hpp"
#include "flow/base/error.hpp"
#include "flow/model/address.hpp"
#include "flow/packet/extensions.hpp"
#include "flow/packet/numbers.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::packet {

inline constexpr std::size_t ipv4_header_size = 20;
inline constexpr std::size_t ipv6_header_size = 40;

/// What Address::from() does, with the size known and in place.
template <std::size_t Size>
void set_address(Address& address, Bytes wire) noexcept {
    if constexpr (Size == 16) {
        constexpr std::uint64_t mapped = 0xffff;
        if (load_be64(wire.data()) == 0 && load_be32(wire.data() + 8) == mapped) {
            return set_address<4>(address, wire.last(4));
        }
    }
    std::memcpy(address.octets.data(), wire.data(), Size);
    address.size = Size;
}

/// The header of the IPv4 packet that some bytes start with. Borrows them.
class Ipv4 {
public:
    explicit Ipv4(Bytes packet) noexcept : Ipv4{packet, wire::Cursor{packet}} {}

    /// Why there is no such header: `frame_truncated`, or `frame_bad_ip`. Then nothing else counts.
    [[nodiscard]] Error error() const noexcept { return error_; }
    [[nodiscard]] std::size_t header_size() const noexcept { return header_size_; }
    [[nodiscard]] std::size_t total_size() const noexcept { return header_.u16<2>(); }
    [[nodiscard]] std::uint16_t identification() const noexcept { return header_.u16<4>(); }
    [[nodiscard]] std::uint8_t protocol() const noexcept { return header_.u8<9>(); }
    [[nodiscard]] bool more_fragments() const noexcept { return (header_.u8<6>() & 0x20) != 0; }
    /// In units of 8 bytes.
    [[nodiscard]] std::uint16_t fragment_offset() const noexcept {
        return header_.u16<6>() & 0x1fff;
    }
    [[nodiscard]] bool is_fragment() const noexcept { return (header_.u16<6>() & 0x3fff) != 0; }
    /// Whether `packet`, which is what the constructor was given, ends before its length says.
    [[nodiscard]] bool is_cut(Bytes packet) const noexcept { return packet.size() < total_size(); }
    /// Of a packet that is not cut.
    [[nodiscard]] Bytes payload(Bytes packet) const noexcept {
        return packet.subspan(header_size_, total_size() - header_size_);
    }
    /// Source and destination, one behind the other.
    [[nodiscard]] Bytes addresses() const noexcept { return header_.bytes<12, 8>(); }

private:
    Ipv4(Bytes, wire::Cursor in) noexcept : header_{in.block<ipv4_header_size>()} {
        header_size_ = (header_.u8<0>() & 0x0fU) * 4U;
        if (in.failed()) {
            error_ = Error::frame_truncated;
        } else if (header_.u8<0>() >> 4 != 4 || header_size_ < ipv4_header_size ||
                   total_size() < header_size_) {
            error_ = Error::frame_bad_ip;
        }
    }

    wire::Block<ipv4_header_size> header_;
    std::size_t header_size_;
    Error error_ = Error::none;
};

/// The fixed header of the IPv6 packet that some bytes start with. Borrows them.
class Ipv6 {
public:
    explicit Ipv6(Bytes packet) noexcept : Ipv6{wire::Cursor{packet}} {}

    /// Why there is no such header: `frame_truncated`, or `frame_bad_ip`. Then nothing else counts.
    [[nodiscard]] Error error() const noexcept { return error_; }
    /// Not of a jumbogram (RFC 2675 §2), whose length is in an option.
    [[nodiscard]] bool has_length() const noexcept { return header_.u16<4>() != 0; }
    /// Whether the bytes end before the length says.
    [[nodiscard]] bool is_cut() const noexcept { return cut_; }
    /// What is there behind the fixed header.
    [[nodiscard]] Bytes payload() const noexcept { return payload_; }
    [[nodiscard]] UpperLayer upper_layer(StopAt stop) const noexcept {
        const std::uint8_t next_header = header_.u8<6>();
        if (is_extension(next_header)) return walk_extensions(next_header, payload_, stop);
        return {.protocol = next_header, .reached = true, .payload = payload_};
    }
    /// Source and destination, one behind the other.
    [[nodiscard]] Bytes addresses() const noexcept { return header_.bytes<8, 32>(); }

private:
    explicit Ipv6(wire::Cursor in) noexcept : header_{in.block<ipv6_header_size>()} {
        if (in.failed()) {
            error_ = Error::frame_truncated;
        } else if (header_.u8<0>() >> 4 != 6) {
            error_ = Error::frame_bad_ip;
        }
        const Bytes captured = in.rest();
        std::size_t size = header_.u16<4>();
        // A jumbogram is walked to learn what it is; as UDP it has length 0 and is refused there.
        if (size == 0 && header_.u8<6>() == protocol::hop_by_hop) size = captured.size();
        cut_ = captured.size() < size;
        payload_ = captured.first(std::min(captured.size(), size));
    }

    wire::Block<ipv6_header_size> header_;
    Bytes payload_;
    Error error_ = Error::none;
    bool cut_ = false;
};

}  // namespace flow::packet
