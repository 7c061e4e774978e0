// SPDX-License-Identifier: BSD-3-Clause
// Per tunnelled frame. The IP header is read as strictly as find_udp() reads it.
#include "flow/packet/tunnel.hpp"

#include "flow/packet/ip.hpp"
#include "flow/packet/link.hpp"

namespace flow::packet {
namespace {

[[nodiscard]] Result<Bytes> gre_in_ipv4(Bytes packet) noexcept {
    const Ipv4 ip{packet};
    if (failed(ip.error())) return ip.error();
    if (ip.protocol() != protocol::gre || ip.is_fragment()) return Error::frame_not_udp;
    if (ip.is_cut(packet)) return Error::frame_truncated;
    return ip.payload(packet);
}

[[nodiscard]] Result<Bytes> gre_in_ipv6(Bytes packet) noexcept {
    const Ipv6 ip{packet};
    if (failed(ip.error())) return ip.error();
    const UpperLayer upper = ip.upper_layer(StopAt::upper_layer);
    if (upper.fragment) return Error::frame_not_udp;
    if (!upper.reached) return ip.is_cut() ? Error::frame_truncated : Error::frame_bad_ip;
    if (upper.protocol != protocol::gre) return Error::frame_not_udp;
    if (!ip.has_length()) return Error::frame_bad_ip;
    if (ip.is_cut()) return Error::frame_truncated;
    return upper.payload;
}

[[nodiscard]] Result<Inner> rest_of(const wire::Cursor& in, LinkType link) noexcept {
    if (in.failed() || in.remaining() == 0) return Error::frame_bad_ip;
    return Inner{.frame = in.rest(), .link = link};
}

/// Type I has no header and no sequence number, by which it is told from type II (draft §4.1,
/// §4.2).
[[nodiscard]] Result<Inner> read_erspan(wire::Cursor in, bool sequenced) noexcept {
    if (!sequenced) return rest_of(in, LinkType::ethernet);
    const auto header = in.block<8>();
    constexpr unsigned type_2 = 1;  // the version field of it
    if (!in.failed() && header.u8<0>() >> 4 != type_2) return Error::frame_not_udp;
    return rest_of(in, LinkType::ethernet);
}

/// Draft §4.3: twelve bytes, the last two of which say what follows, and eight more if they say so.
[[nodiscard]] Result<Inner> read_erspan_3(wire::Cursor in) noexcept {
    const auto header = in.block<12>();
    const unsigned about = header.u16<10>();
    const unsigned frame_type = about >> 10 & 0x1f;
    const bool has_subheader = (about & 1) != 0;
    constexpr unsigned type_3 = 2;
    constexpr unsigned ethernet = 0;
    constexpr unsigned ip = 2;
    if (in.failed()) return Error::frame_bad_ip;
    if (header.u8<0>() >> 4 != type_3) return Error::frame_not_udp;
    if (frame_type != ethernet && frame_type != ip) return Error::frame_not_udp;
    if (has_subheader) in.skip(8);
    return rest_of(in, frame_type == ip ? LinkType::raw_ip : LinkType::ethernet);
}

/// RFC 2784 §2: what has the bits that RFC 1701 used for routes is not for us.
[[nodiscard]] Result<Inner> read_gre(Bytes packet) noexcept {
    wire::Cursor in{packet};
    const auto header = in.block<4>();
    if (in.failed()) return Error::frame_bad_ip;
    const unsigned flags = header.u16<0>();
    constexpr unsigned checksum = 0x8000;
    constexpr unsigned key = 0x2000;
    constexpr unsigned sequence = 0x1000;
    constexpr unsigned forbidden = 0x4c07;  // routing, strict route, recursion; another version
    if ((flags & forbidden) != 0) return Error::frame_not_udp;
    for (const unsigned field : {checksum, key, sequence}) {
        if ((flags & field) != 0) in.skip(4);
    }
    switch (header.u16<2>()) {
        case ethertype::ipv4:
        case ethertype::ipv6: return rest_of(in, LinkType::raw_ip);
        case ethertype::bridged_ethernet: return rest_of(in, LinkType::ethernet);
        case ethertype::erspan: return read_erspan(in, (flags & sequence) != 0);
        case ethertype::erspan_3: return read_erspan_3(in);
        default: return Error::frame_not_udp;
    }
}

}  // namespace

Result<Inner> decapsulate(Bytes frame, LinkType link) noexcept {
    wire::Cursor in{frame};
    const std::uint16_t type = read_link(in, link);
    if (in.failed()) return Error::frame_truncated;
    if (type != ethertype::ipv4 && type != ethertype::ipv6) return Error::frame_not_ip;
    const auto gre = type == ethertype::ipv4 ? gre_in_ipv4(in.rest()) : gre_in_ipv6(in.rest());
    if (!gre) return gre.error();
    return read_gre(*gre);
}

}  // namespace flow::packet
