// SPDX-License-Identifier: BSD-3-Clause
// A datagram inside UDP, IPv4 and Ethernet, as a NIC or a capture has it.
#pragma once

#include "flow/model/datagram.hpp"
#include "flow/packet/numbers.hpp"
#include "tests/support/byte_builder.hpp"

namespace flow::perf {

/// To 192.0.2.1. The UDP checksum is 0, "none"; that of IP is right, for peers that look at it.
[[nodiscard]] inline test::ByteBuilder udp_frame(const Datagram& datagram) {
    constexpr std::size_t ip_offset = 14;
    test::ByteBuilder out;
    out.raw({2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2}).u16(packet::ethertype::ipv4);
    out.u8(0x45).u8(0).u16(28 + datagram.payload.size()).u16(0).u16(0x4000).u8(64);
    out.u8(packet::protocol::udp).u16(0).bytes(datagram.source.bytes()).raw({192, 0, 2, 1});
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < 20; i += 2) sum += load_be16(out.bytes().data() + ip_offset + i);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    out.put_u16(ip_offset + 10, ~sum & 0xffff);
    out.u16(datagram.source_port).u16(datagram.destination_port);
    return out.u16(8 + datagram.payload.size()).u16(0).bytes(datagram.payload);
}

}  // namespace flow::perf
