// SPDX-License-Identifier: BSD-3-Clause
// Its faults: the VLAN id has the priority in it, of tags only one 0x8100 is read, a label up to 15
// ends the MPLS stack and a label needs a byte behind it, IPv4 options and IPv6 extension headers
// are taken for the transport header, later fragments have TCP flags and ICMP.
#include "flow/packet/goflow2/v1.hpp"

#include "flow/packet/numbers.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::packet::goflow2 {
namespace {

/// Reads a tag if there is one. False: the frame ends in it.
[[nodiscard]] bool read_tag(Headers& headers, wire::Cursor& in) noexcept {
    if (headers.ethertype != ethertype::vlan) return true;
    const auto tag = in.block<4>();
    if (in.failed()) return false;
    headers.has_vlan = true;
    headers.vlan_id = tag.u16<0>();
    headers.ethertype = tag.u16<2>();
    return true;
}

void read_mpls(Headers& headers, wire::Cursor& in) noexcept {
    if (headers.ethertype != ethertype::mpls) return;
    headers.has_mpls = true;
    constexpr std::size_t label_and_version = 5;
    constexpr std::uint32_t reserved_label_max = 15;
    while (in.remaining() >= label_and_version) {
        const std::uint32_t entry = in.u32();
        const MplsLabel label{.label = entry >> 12, .ttl = static_cast<std::uint8_t>(entry)};
        const std::size_t index = headers.mpls_count++;
        (index < headers.mpls.size() ? headers.mpls[index] : headers.mpls_last) = label;
        const bool bottom = (entry & 0x100) != 0;
        if (!bottom && label.label > reserved_label_max) continue;
        const unsigned version = in.rest().front() >> 4;
        if (version == 4) headers.ethertype = ethertype::ipv4;
        if (version == 6) headers.ethertype = ethertype::ipv6;
        return;
    }
}

void read_ipv4(Headers& headers, wire::Cursor& in) noexcept {
    if (in.remaining() < 20) return;
    const auto header = in.block<20>();
    headers.has_ip = true;
    headers.tos = header.u8<1>();
    headers.fragment_id = header.u16<4>();
    headers.fragment_offset = header.u16<6>() & 0x1fff;
    headers.ttl = header.u8<8>();
    headers.protocol = header.u8<9>();
    headers.source = header.bytes<12, 4>();
    headers.destination = header.bytes<16, 4>();
}

void read_ipv6(Headers& headers, wire::Cursor& in) noexcept {
    if (in.remaining() < 40) return;
    const auto header = in.block<40>();
    headers.has_ip = true;
    headers.tos = static_cast<std::uint8_t>(header.u32<0>() >> 20);
    headers.flow_label = header.u32<0>() & 0xfffff;
    headers.protocol = header.u8<6>();
    headers.ttl = header.u8<7>();
    headers.source = header.bytes<8, 16>();
    headers.destination = header.bytes<24, 16>();
}

/// `segment` starts where the transport header is expected.
void read_transport(Headers& headers, Bytes segment) noexcept {
    const bool tcp = headers.protocol == protocol::tcp;
    const bool udp = headers.protocol == protocol::udp;
    if ((tcp || udp) && headers.fragment_offset == 0 && segment.size() >= 4) {
        headers.has_ports = true;
        headers.source_port = load_be16(segment.data());
        headers.destination_port = load_be16(segment.data() + 2);
    }
    if (tcp && segment.size() >= 14) headers.tcp_flags = segment[13];
    const bool icmp = headers.protocol == protocol::icmp || headers.protocol == protocol::icmpv6;
    if (icmp && segment.size() >= 2) {
        headers.has_icmp = true;
        headers.icmp_type = segment[0];
        headers.icmp_code = segment[1];
    }
}

/// Bytes from the transport header to the payload; 0: there is none for mappings. The size of the
/// TCP header is taken from byte 13 of the frame, which is the low byte of the ethertype.
[[nodiscard]] std::size_t payload_distance(const Headers& headers, Bytes frame,
                                           std::size_t segment_size) noexcept {
    if (headers.protocol == protocol::udp) return 8;
    if (headers.protocol == protocol::tcp && segment_size >= 14) return (frame[13] >> 4) * 4U;
    return 0;
}

}  // namespace

void read_v1(Bytes frame, Headers& headers, Layers& layers) noexcept {
    layers.places.used = true;
    wire::Cursor in{frame};
    const auto ethernet = in.block<14>();
    if (in.failed()) return;
    headers.has_ethernet = true;
    headers.destination_mac = ethernet.u64<0>() >> 16;
    headers.source_mac = ethernet.u64<4>() & 0xffff'ffff'ffff;
    headers.ethertype = ethernet.u16<12>();
    if (!read_tag(headers, in)) return;
    read_mpls(headers, in);

    const auto place = [&] { return static_cast<std::uint32_t>(frame.size() - in.remaining()); };
    layers.places.network = place();
    if (headers.ethertype == ethertype::ipv4) read_ipv4(headers, in);
    if (headers.ethertype == ethertype::ipv6) read_ipv6(headers, in);
    layers.places.transport = place();
    read_transport(headers, in.rest());
    const std::size_t distance = payload_distance(headers, frame, in.remaining());
    if (distance > 0) {
        layers.places.payload = layers.places.transport + static_cast<std::uint32_t>(distance);
    }
}

}  // namespace flow::packet::goflow2
