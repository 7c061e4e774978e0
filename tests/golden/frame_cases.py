# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases of what is around a datagram: link types, tags, IP versions, file formats, and
frames that hold no whole datagram."""

import struct

from case import COLLECTOR, EXPORTER, NETFLOW_PORT, Case, arrive, frame
from netflow5_cases import RECORD, flow
from support import fragments, netflow, packets, pcap

PAYLOAD = netflow.v5([RECORD])
PACKET = packets.udp_packet(EXPORTER, COLLECTOR, 50000, NETFLOW_PORT, PAYLOAD)
V6_EXPORTER = "2001:db8:2::64"
PACKET6 = packets.udp_packet(V6_EXPORTER, "2001:db8:ff::1", 50000, NETFLOW_PORT, PAYLOAD)
DATAGRAM = packets.udp(EXPORTER, COLLECTOR, 50000, NETFLOW_PORT, PAYLOAD)


def on_link(link: int, *frames: bytes) -> bytes:
    return pcap.pcap_bytes(arrive(list(frames)), link)


def ipv4_with(**options) -> bytes:
    return packets.ethernet(packets.ipv4(EXPORTER, COLLECTOR, packets.UDP, DATAGRAM, **options))


def sll(packet: bytes) -> bytes:
    """Linux cooked: packet type, device type, address length, address, protocol."""
    return struct.pack("!HHH8sH", 0, 1, 6, bytes(8), ethertype(packet)) + packet


def sll2(packet: bytes) -> bytes:
    return struct.pack("!HHIHBB8s", ethertype(packet), 0, 1, 1, 0, 6, bytes(8)) + packet


def ethertype(packet: bytes) -> int:
    return packets.ETHERTYPE_IPV6 if packet[0] >> 4 == 6 else packets.ETHERTYPE_IPV4


def v6(index: int) -> dict:
    return flow(index, SamplerAddress=V6_EXPORTER)


def damaged_frames() -> list[bytes]:
    whole = frame(PAYLOAD)
    arp = packets.ethernet(bytes(28), 0x0806)
    tcp = packets.ethernet(packets.ip(EXPORTER, COLLECTOR, packets.TCP,
                                      packets.tcp(EXPORTER, COLLECTOR, 1, 2, 2)))
    udp_too_long = whole[:38] + struct.pack("!H", 2000) + whole[40:]
    ip_header_short = whole[:14] + b"\x44" + whole[15:]
    return [arp, tcp, whole[:-10], ipv4_with(flags_and_offset=0x2000),
            ipv4_with(flags_and_offset=10, identification=1), udp_too_long, ip_header_short, whole]


def fragments_of(source: str, identification: int, tags: tuple = ()) -> list[bytes]:
    """The datagram in parts of 32 bytes."""
    collector = "2001:db8:ff::1" if ":" in source else COLLECTOR
    segment = packets.udp(source, collector, 50000, NETFLOW_PORT, PAYLOAD)
    return [packets.ethernet(part, tags=tags)
            for part in fragments.cut(source, collector, segment, 32, identification)]


def at_once(*frames: bytes) -> bytes:
    """A millisecond apart: fragments do not wait longer than two seconds of the capture's time."""
    return pcap.pcap_bytes([pcap.Packet(each.time_ns + i * 1_000_000, each.frame)
                            for i, one in enumerate(frames) for each in arrive([one])])


def overlapping_fragments() -> list[bytes]:
    parts = fragments_of(EXPORTER, 1)
    overlap = fragments.part(EXPORTER, COLLECTOR, DATAGRAM, 24, 48, more=True, identification=1)
    return [parts[0], packets.ethernet(overlap), *parts[1:], frame(PAYLOAD)]


CASES = [
    Case("frame_vlan_and_qinq",
         "The datagram is the same behind one tag 802.1Q and behind two, 802.1ad outside.",
         on_link(pcap.LINK_ETHERNET,
                 packets.ethernet(PACKET, tags=((packets.ETHERTYPE_VLAN, 100),)),
                 packets.ethernet(PACKET, tags=((packets.ETHERTYPE_QINQ, 7),
                                                (packets.ETHERTYPE_VLAN, 8)))),
         [flow(0), flow(1)]),
    Case("frame_ip_options_and_padding",
         "IPv4 with 8 bytes of options: the header length counts. Behind the IP length lie 12 "
         "bytes of Ethernet padding, which are not part of the datagram.",
         on_link(pcap.LINK_ETHERNET, ipv4_with(options=b"\x01" * 8), frame(PAYLOAD) + bytes(12)),
         [flow(0), flow(1)]),
    Case("frame_damaged",
         "What holds no whole datagram is counted by its reason: ARP; TCP; a capture cut 10 bytes "
         "before the end; a first and a later fragment, of two datagrams whose rest never comes; a "
         "UDP length behind the packet; an IPv4 header length of 16. The last frame is whole.",
         on_link(pcap.LINK_ETHERNET, *damaged_frames()),
         [flow(7)],
         {"frame_not_ip": 1, "frame_not_udp": 1, "frame_truncated": 1, "fragment_expired": 2,
          "frame_bad_udp": 1, "frame_bad_ip": 1}),
    Case("frame_fragments",
         "A datagram in three fragments is one: in any order, in IPv6 behind tags, and when one of "
         "them comes twice (RFC 8200 4.5: a copy may be dropped alone).",
         at_once(*reversed(fragments_of(EXPORTER, 1)),
                 *fragments_of(V6_EXPORTER, 1, ((packets.ETHERTYPE_QINQ, 7),
                                                (packets.ETHERTYPE_VLAN, 8))),
                 *fragments_of(EXPORTER, 2)[:2], *fragments_of(EXPORTER, 2)[1:]),
         [flow(0), v6(0), flow(0)], {"fragment_refused": 1}),
    Case("frame_fragments_overlap",
         "A fragment that overlaps another takes the whole datagram with it, the parts that come "
         "later as well (RFC 5722): they may be meant to hide something. The last frame is whole.",
         at_once(*overlapping_fragments()), [flow(0)],
         {"fragment_refused": 4}),
    Case("frame_ipv6_exporter",
         "An exporter that sends over IPv6 is a sampler with an IPv6 address; one whose address "
         "is IPv4-mapped is the IPv4 exporter.",
         on_link(
             pcap.LINK_ETHERNET, packets.ethernet(PACKET6),
             packets.ethernet(packets.udp_packet("::ffff:192.0.2.100", "::ffff:198.51.100.1",
                                                 50000, NETFLOW_PORT, PAYLOAD))),
         [v6(0), flow(1)]),
    Case("link_raw_ip", "Link type RAW: the frame starts with the IP header, of either version.",
         on_link(pcap.LINK_RAW, PACKET, PACKET6), [flow(0), v6(1)]),
    Case("link_linux_cooked",
         "Link type LINUX_SLL, as captured on 'any': 16 bytes, the ethertype in the last two.",
         on_link(pcap.LINK_SLL, sll(PACKET), sll(PACKET6)), [flow(0), v6(1)]),
    Case("link_linux_cooked_v2",
         "Link type LINUX_SLL2: 20 bytes, the ethertype in the first two.",
         on_link(pcap.LINK_SLL2, sll2(PACKET), sll2(PACKET6)), [flow(0), v6(1)]),
    Case("link_loopback",
         "Link type NULL: an address family of 4 bytes in the order of the machine that captured; "
         "2 is IPv4, 30 IPv6 on one system and 10 on another.",
         on_link(pcap.LINK_NULL, struct.pack("<I", 2) + PACKET, struct.pack(">I", 2) + PACKET,
                 struct.pack("<I", 30) + PACKET6, struct.pack("<I", 10) + PACKET6),
         [flow(0), flow(1), v6(2), v6(3)]),
    Case("file_pcapng", "The same frames in the newer file format, times in microseconds.",
         pcap.pcapng_bytes(arrive([frame(PAYLOAD), packets.ethernet(PACKET6)])),
         [flow(0), v6(1)]),
    Case("file_nanoseconds", "Classic pcap with times in nanoseconds: the same seconds.",
         pcap.pcap_bytes(arrive([frame(PAYLOAD), frame(PAYLOAD)]), magic=pcap.NANOSECONDS),
         [flow(0), flow(1)]),
    Case("listen_chooses",
         "With -listen a replay takes what those listeners would: v5 on the port of a v5 "
         "listener; on an sFlow listener's port v5 does not belong; another port is not ours.",
         on_link(pcap.LINK_ETHERNET, frame(PAYLOAD), frame(PAYLOAD, port=6343),
                 frame(PAYLOAD, port=9999)),
         [flow(0)], {"protocol_not_here": 1, "frame_not_ours": 1},
         "-listen nfl://:2055,sflow://:6343"),
]
