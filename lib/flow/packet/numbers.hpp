// SPDX-License-Identifier: BSD-3-Clause
// The numbers by which one header names the next: ethertypes (IEEE 802), PPP protocols, IP
// protocols and UDP ports (all IANA). Only those that this folder acts on.
#pragma once

#include <cstdint>

namespace flow::packet {

namespace ethertype {
inline constexpr std::uint16_t ipv4 = 0x0800;
inline constexpr std::uint16_t vlan = 0x8100;          // IEEE 802.1Q, customer tag
inline constexpr std::uint16_t vlan_service = 0x88a8;  // IEEE 802.1ad, service tag
inline constexpr std::uint16_t vlan_stacked = 0x9100;  // the service tag before 802.1ad existed
inline constexpr std::uint16_t ipv6 = 0x86dd;
inline constexpr std::uint16_t mpls = 0x8847;
inline constexpr std::uint16_t mpls_upstream = 0x8848;     // RFC 5332: upstream-assigned label
inline constexpr std::uint16_t pppoe_session = 0x8864;     // RFC 2516
inline constexpr std::uint16_t bridged_ethernet = 0x6558;  // RFC 1701, RFC 8926 §3.4
inline constexpr std::uint16_t erspan = 0x88be;            // types I and II
inline constexpr std::uint16_t erspan_3 = 0x22eb;          // type III
}  // namespace ethertype

namespace ppp {
inline constexpr std::uint16_t ipv4 = 0x0021;
inline constexpr std::uint16_t ipv6 = 0x0057;
}  // namespace ppp

namespace protocol {
inline constexpr std::uint8_t hop_by_hop = 0;
inline constexpr std::uint8_t icmp = 1;
inline constexpr std::uint8_t ipv4 = 4;  // IP in IP, RFC 2003
inline constexpr std::uint8_t tcp = 6;
inline constexpr std::uint8_t udp = 17;
inline constexpr std::uint8_t dccp = 33;
inline constexpr std::uint8_t ipv6 = 41;  // RFC 2473
inline constexpr std::uint8_t routing = 43;
inline constexpr std::uint8_t fragment = 44;
inline constexpr std::uint8_t gre = 47;
inline constexpr std::uint8_t authentication = 51;
inline constexpr std::uint8_t icmpv6 = 58;
inline constexpr std::uint8_t destination_options = 60;
inline constexpr std::uint8_t sctp = 132;
inline constexpr std::uint8_t udp_lite = 136;
}  // namespace protocol

namespace port {
inline constexpr std::uint16_t teredo = 3544;  // RFC 4380
inline constexpr std::uint16_t vxlan = 4789;   // RFC 7348
inline constexpr std::uint16_t geneve = 6081;  // RFC 8926
}  // namespace port

}  // namespace flow::packet
