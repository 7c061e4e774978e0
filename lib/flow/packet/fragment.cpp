// SPDX-License-Identifier: BSD-3-Clause
// Per fragment, which is rare. The headers are read by what find_udp() reads them with.
#include "flow/packet/fragment.hpp"

#include "flow/packet/ip.hpp"
#include "flow/packet/link.hpp"

namespace flow::packet {
namespace {

constexpr std::size_t packet_size_max = 65'535;

/// What no packet can have: RFC 791 §3.2, RFC 8200 §4.5.
[[nodiscard]] bool is_possible(const Fragment& part, std::size_t size) noexcept {
    if (size == 0 || (part.more && size % 8 != 0)) return false;
    return part.offset + size <= packet_size_max;
}

template <std::size_t Size>
void set_addresses(Fragment& part, Bytes addresses) noexcept {
    set_address<Size>(part.source, addresses.first(Size));
    set_address<Size>(part.destination, addresses.last(Size));
}

[[nodiscard]] Result<Fragment> find_in_ipv4(Bytes packet) noexcept {
    const Ipv4 ip{packet};
    if (failed(ip.error())) return ip.error();
    if (ip.protocol() != protocol::udp) return Error::frame_not_udp;
    if (!ip.is_fragment()) return Error::frame_bad_ip;
    if (ip.is_cut(packet)) return Error::frame_truncated;
    Fragment part{.id = ip.identification(),
                  .header_size = static_cast<std::uint16_t>(ip.header_size()),
                  .offset = static_cast<std::uint16_t>(ip.fragment_offset() * 8),
                  .version = 4,
                  .protocol = ip.protocol(),
                  .more = ip.more_fragments()};
    const std::size_t size = ip.payload(packet).size();
    if (!is_possible(part, size)) return Error::frame_bad_ip;
    part.size = static_cast<std::uint16_t>(size);
    set_addresses<4>(part, ip.addresses());
    return part;
}

[[nodiscard]] Result<Fragment> find_in_ipv6(Bytes packet) noexcept {
    const Ipv6 ip{packet};
    if (failed(ip.error())) return ip.error();
    const UpperLayer upper = ip.upper_layer(StopAt::fragment);
    if (upper.protocol != protocol::udp && !is_extension(upper.protocol)) {
        return Error::frame_not_udp;
    }
    if (!upper.reached) return ip.is_cut() ? Error::frame_truncated : Error::frame_bad_ip;
    if (!upper.fragment || !ip.has_length()) return Error::frame_bad_ip;
    if (ip.is_cut()) return Error::frame_truncated;
    const std::size_t size = upper.payload.size();
    const std::size_t headers = ipv6_header_size + ip.payload().size() - size;
    Fragment part{.id = upper.fragment_id,
                  .header_size = static_cast<std::uint16_t>(headers),
                  .offset = static_cast<std::uint16_t>(upper.fragment_offset * 8),
                  .version = 6,
                  .protocol = upper.protocol,
                  .more = (upper.fragment_flags & 1) != 0};
    if (!is_possible(part, size)) return Error::frame_bad_ip;
    part.size = static_cast<std::uint16_t>(size);
    set_addresses<16>(part, ip.addresses());
    return part;
}

}  // namespace

Result<Fragment> find_fragment(Bytes frame, LinkType link) noexcept {
    wire::Cursor in{frame};
    const std::uint16_t type = read_link(in, link);
    if (in.failed()) return Error::frame_truncated;
    if (type != ethertype::ipv4 && type != ethertype::ipv6) return Error::frame_not_ip;
    const Bytes packet = in.rest();
    auto part = type == ethertype::ipv4 ? find_in_ipv4(packet) : find_in_ipv6(packet);
    if (part) part->link_size = static_cast<std::uint16_t>(frame.size() - packet.size());
    return part;
}

}  // namespace flow::packet
