// SPDX-License-Identifier: BSD-3-Clause
// Hot: per received frame. The path without tags, options and extension headers is straight.
// IPv4: RFC 791 §3.1. IPv6: RFC 8200 §3. UDP: RFC 768.
#include "flow/packet/frame.hpp"

#include <cstddef>

#include "flow/packet/ip.hpp"
#include "flow/packet/link.hpp"
#include "flow/packet/numbers.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::packet {
namespace {

constexpr std::size_t udp_header_size = 8;

/// Fills the result where the caller wants it: with one return and no Address in between nothing is
/// copied. A copy costs 10 ns, because its wide loads wait for the narrow stores before it.
template <std::size_t Size>
[[nodiscard]] Result<UdpFrame> make_frame(Bytes addresses, wire::Block<udp_header_size> header,
                                          Bytes payload) noexcept {
    Result<UdpFrame> found{UdpFrame{}};
    set_address<Size>(found->source, addresses.first(Size));
    set_address<Size>(found->destination, addresses.last(Size));
    found->source_port = header.u16<0>();
    found->destination_port = header.u16<2>();
    found->payload = payload;
    return found;
}

/// `segment` is what the IP length leaves for UDP; the addresses stand one behind the other.
template <std::size_t Size>
[[nodiscard]] Result<UdpFrame> read_udp(Bytes addresses, Bytes segment) noexcept {
    wire::Cursor in{segment};
    const auto header = in.block<udp_header_size>();
    const std::size_t length = header.u16<4>();
    if (length < udp_header_size || length > segment.size()) return Error::frame_bad_udp;
    return make_frame<Size>(addresses, header,
                            segment.subspan(udp_header_size, length - udp_header_size));
}

[[nodiscard]] Result<UdpFrame> find_in_ipv4(Bytes packet) noexcept {
    const Ipv4 ip{packet};
    if (failed(ip.error())) return ip.error();
    if (ip.protocol() != protocol::udp) return Error::frame_not_udp;
    if (ip.is_fragment()) return Error::frame_fragment;
    if (ip.is_cut(packet)) return Error::frame_truncated;
    return read_udp<4>(ip.addresses(), ip.payload(packet));
}

[[nodiscard]] Result<UdpFrame> find_in_ipv6(Bytes packet) noexcept {
    const Ipv6 ip{packet};
    if (failed(ip.error())) return ip.error();
    const UpperLayer upper = ip.upper_layer(StopAt::upper_layer);
    const bool maybe_udp = upper.protocol == protocol::udp || is_extension(upper.protocol);
    if (upper.fragment) return maybe_udp ? Error::frame_fragment : Error::frame_not_udp;
    if (!upper.reached) return ip.is_cut() ? Error::frame_truncated : Error::frame_bad_ip;
    if (!maybe_udp) return Error::frame_not_udp;
    if (ip.is_cut()) return Error::frame_truncated;
    return read_udp<16>(ip.addresses(), upper.payload);
}

}  // namespace

// Without the attribute GCC 12 takes the way past all the checks for cold and clears the result
// with `rep stos`: 9 ns instead of 5.
[[gnu::hot]] Result<UdpFrame> find_udp(Bytes frame, LinkType link) noexcept {
    wire::Cursor in{frame};
    const std::uint16_t type = read_link(in, link);
    if (in.failed()) return Error::frame_truncated;
    if (type == ethertype::ipv4) return find_in_ipv4(in.rest());
    if (type == ethertype::ipv6) return find_in_ipv6(in.rest());
    return Error::frame_not_ip;
}

}  // namespace flow::packet
