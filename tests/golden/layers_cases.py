# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases of the layers of sampled frames in the profile goflow2-v2, beyond those of v2_cases:
fragments, tags in tags, tunnels without a port, and what ends a stack."""

import struct

from case import Case
from support import packets
from support.netflow import number
from v2_cases import GRE, IN, INNER, OUT, PROFILE, V4_FLOW, frame, sampled, sampled_capture

IN6, OUT6 = "2001:db8::1", "2001:db8::2"
V6_FLOW = {"bytes": 100, "src_addr": IN6, "dst_addr": OUT6, "etype": 0x86DD, "ip_ttl": 64}
UDP = packets.udp(IN6, OUT6, 1000, 2000, bytes(8))


def fragment(next_header: int, offset: int, more: int, identification: int) -> bytes:
    """RFC 8200 §4.5."""
    return struct.pack("!BBHI", next_header, 0, offset << 3 | more, identification)


def v6(next_header: int, payload: bytes) -> bytes:
    return packets.ipv6(IN6, OUT6, next_header, payload, traffic_class=8, flow_label=0xABCDE)


V6_MARKED = V6_FLOW | {"ip_tos": 8, "ipv6_flow_label": 0xABCDE}
LATER = packets.ipv4(IN, OUT, packets.UDP, bytes(24), identification=7, flags_and_offset=185)
TAGS = ((packets.ETHERTYPE_VLAN, 0x6064), (packets.ETHERTYPE_VLAN, 200))
V4_UDP = packets.ipv4(IN, OUT, packets.UDP, packets.udp(IN, OUT, 1000, 2000, bytes(4)))
BRIDGED = packets.ethernet(INNER, source="02:00:00:00:00:0a", destination="02:00:00:00:00:0b")
PORTS = {"proto": 17, "src_port": 1000, "dst_port": 2000}

NOTHING_INSIDE = ["Ethernet", "IPv4", "UDP"], [14, 20, 8]


def behind_udp(port: int, payload: bytes) -> bytes:
    return frame(packets.ipv4(IN, OUT, packets.UDP,
                              packets.udp(IN, OUT, 1000, port, payload)))


def damaged() -> list[tuple[bytes, dict]]:
    """A frame, and what there is of it besides the outer addresses."""
    def tunnel(protocol: int, inside: bytes, stack=(), sizes=()) -> tuple[bytes, dict]:
        return (frame(packets.ipv4(IN, OUT, protocol, inside)),
                {"proto": protocol, "layer_stack": ["Ethernet", "IPv4", *stack],
                 "layer_size": [14, 20, *sizes]})

    def datagram(port: int, inside: bytes, stack=(), sizes=()) -> tuple[bytes, dict]:
        return (behind_udp(port, inside),
                {"proto": 17, "src_port": 1000, "dst_port": port,
                 "layer_stack": NOTHING_INSIDE[0] + list(stack),
                 "layer_size": NOTHING_INSIDE[1] + list(sizes)})

    def gre(flags: int, rest: bytes) -> bytes:
        return number(flags, 2) + number(0x0800, 2) + rest

    vxlan = bytes((8, 0, 0, 0)) + number(77 << 8, 4)
    return [
        tunnel(GRE, b"\0\0"),                           # four bytes are its least
        tunnel(GRE, gre(0x2000, b"\0\0")),              # a key of four bytes is announced
        tunnel(GRE, gre(0x0002, INNER)),                # version 2
        tunnel(GRE, gre(0x4000, INNER), ["GRE"], [8]),  # source routes, which no RFC has any more
        tunnel(GRE, gre(0, b"\x44" + INNER[1:]), ["GRE"], [4]),  # IPv4 of 16 bytes
        tunnel(4, INNER[:12]),
        tunnel(41, b"\x45" + bytes(60)),                # IPv6 of version 4
        datagram(6081, b"\x3f" + bytes(7) + INNER),     # 63 words of options
        datagram(6081, b"\x40" + bytes(7) + INNER),     # version 1
        datagram(4789, vxlan[:4]),
        datagram(4789, b"\0" + vxlan[1:] + BRIDGED),    # without an identifier
        datagram(4789, vxlan + BRIDGED[:10], ["VXLAN"], [8]),
        datagram(3544, b"\0\1\xff\xff" + bytes(20)),     # an authentication of 510 bytes
        datagram(3544, b""),
    ]


DAMAGED = damaged()

CASES = [
    Case("v2_layers_damaged",
         "Tunnels that are cut short, announce more than there is, or are of a version that is "
         "none: the layers before them are there, and the outer packet's columns.",
         sampled_capture(*(each for each, _ in DAMAGED)),
         [sampled(index, **V4_FLOW, **columns)
          for index, (_, columns) in enumerate(DAMAGED)], arguments=PROFILE),
    Case("v2_layers_fragments",
         "The first fragment of a packet has ports, a later one not, in IPv4 and in IPv6; offset "
         "in units of eight bytes, identification, flags (IPv4: MF is 1; IPv6: the low three bits "
         "of the fragment header). Proto is the upper layer's.",
         sampled_capture(frame(LATER), frame(v6(44, fragment(17, 0, 1, 99) + UDP)),
                         frame(v6(44, fragment(17, 185, 0, 99) + bytes(24)))),
         [sampled(0, **V4_FLOW, proto=17, fragment_id=7, fragment_offset=185,
                  layer_stack=["Ethernet", "IPv4"], layer_size=[14, 20]),
          sampled(1, **V6_MARKED, **PORTS, fragment_id=99, ip_flags=1,
                  layer_stack=["Ethernet", "IPv6", "IPv6HeaderFragment", "UDP"],
                  layer_size=[14, 40, 8, 8]),
          sampled(2, **V6_MARKED, proto=17, fragment_id=99, fragment_offset=185,
                  layer_stack=["Ethernet", "IPv6", "IPv6HeaderFragment"],
                  layer_size=[14, 40, 8])], arguments=PROFILE),
    Case("v2_layers_tags",
         "Two tags are two layers; the outer one, without its priority, is the VLAN.",
         sampled_capture(frame(V4_UDP, tags=TAGS)),
         [sampled(0, **V4_FLOW, **PORTS, vlan_id=100,
                  layer_stack=["Ethernet", "Dot1Q", "Dot1Q", "IPv4", "UDP"],
                  layer_size=[14, 4, 4, 20, 8])], arguments=PROFILE),
    Case("v2_layers_icmpv6", "ICMPv6 has type and code.",
         sampled_capture(frame(v6(58, packets.icmpv6(IN6, OUT6, 128, 0, bytes(8))))),
         [sampled(0, **V6_MARKED, proto=58, icmp_type=128,
                  layer_stack=["Ethernet", "IPv6", "ICMPv6"], layer_size=[14, 40, 8])],
         arguments=PROFILE),
    Case("v2_layers_bridged",
         "GRE with Ethernet in it (0x6558), and IPv6 in IPv4: the columns stay those of the outer "
         "packet.",
         sampled_capture(
             frame(packets.ipv4(IN, OUT, GRE, number(0, 2) + number(0x6558, 2) + BRIDGED)),
             frame(packets.ipv4(IN, OUT, 41, v6(17, UDP)))),
         [sampled(0, **V4_FLOW, proto=GRE,
                  layer_stack=["Ethernet", "IPv4", "GRE", "Ethernet", "IPv4", "UDP"],
                  layer_size=[14, 20, 4, 14, 20, 8]),
          sampled(1, **V4_FLOW, proto=41, layer_stack=["Ethernet", "IPv4", "IPv6", "UDP"],
                  layer_size=[14, 20, 40, 8])], arguments=PROFILE),
    Case("v2_layers_end",
         "What ends a stack: ARP, whose ethertype is kept, a protocol without a layer of its own "
         "(ESP), and a UDP header that the sample cuts off.",
         sampled_capture(frame(bytes(28), 0x0806),
                         frame(packets.ipv4(IN, OUT, 50, bytes(16))),
                         frame(packets.ipv4(IN, OUT, packets.UDP, bytes(2)))),
         [sampled(0, bytes=100, etype=0x0806, layer_stack=["Ethernet"], layer_size=[14]),
          sampled(1, **V4_FLOW, proto=50, layer_stack=["Ethernet", "IPv4"], layer_size=[14, 20]),
          sampled(2, **V4_FLOW, proto=17, layer_stack=["Ethernet", "IPv4"],
                  layer_size=[14, 20])], arguments=PROFILE),
]
