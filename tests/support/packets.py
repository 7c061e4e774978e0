# SPDX-License-Identifier: BSD-3-Clause
"""Frames by hand, with right lengths and checksums: Ethernet, VLAN, IPv4, IPv6, UDP, TCP, ICMP.
Payloads are bytes; each function puts one header in front of what is inside."""

import ipaddress
import struct

ETHERTYPE_IPV4, ETHERTYPE_IPV6 = 0x0800, 0x86DD
ETHERTYPE_VLAN, ETHERTYPE_QINQ = 0x8100, 0x88A8
ICMP, TCP, UDP, FRAGMENT, ICMPV6 = 1, 6, 17, 44, 58


def address(text: str) -> bytes:
    return ipaddress.ip_address(text).packed


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo_header(source: str, destination: str, protocol: int, size: int) -> bytes:
    return address(source) + address(destination) + struct.pack("!II", size, protocol)


def with_checksum(segment: bytes, at: int, pseudo: bytes) -> bytes:
    """`segment` with its checksum, which lies at offset `at` and was zero."""
    value = checksum(pseudo + segment)
    return segment[:at] + struct.pack("!H", value) + segment[at + 2:]


def udp(source: str, destination: str, source_port: int, port: int, payload: bytes) -> bytes:
    size = 8 + len(payload)
    segment = struct.pack("!HHHH", source_port, port, size, 0) + payload
    segment = with_checksum(segment, 6, pseudo_header(source, destination, UDP, size))
    # RFC 768: a computed zero is sent as all ones.
    return segment if segment[6:8] != b"\0\0" else segment[:6] + b"\xff\xff" + segment[8:]


def tcp(source: str, destination: str, source_port: int, port: int, flags: int, sequence: int = 1,
        payload: bytes = b"") -> bytes:
    header = struct.pack("!HHIIBBHHH", source_port, port, sequence, 0, 5 << 4, flags, 65535, 0, 0)
    segment = header + payload
    return with_checksum(segment, 16, pseudo_header(source, destination, TCP, len(segment)))


def icmp(kind: int, code: int, payload: bytes) -> bytes:
    return with_checksum(struct.pack("!BBHI", kind, code, 0, 0x00010001) + payload, 2, b"")


def icmpv6(source: str, destination: str, kind: int, code: int, payload: bytes) -> bytes:
    segment = struct.pack("!BBHI", kind, code, 0, 0x00010001) + payload
    return with_checksum(segment, 2, pseudo_header(source, destination, ICMPV6, len(segment)))


def ipv4(source: str, destination: str, protocol: int, payload: bytes, *, tos: int = 0,
         ttl: int = 64, identification: int = 0, flags_and_offset: int = 0,
         options: bytes = b"") -> bytes:
    header = struct.pack("!BBHHHBBH", 0x40 | (5 + len(options) // 4), tos,
                         20 + len(options) + len(payload), identification, flags_and_offset, ttl,
                         protocol, 0) + address(source) + address(destination) + options
    return with_checksum(header, 10, b"") + payload


def ipv6(source: str, destination: str, next_header: int, payload: bytes, *,
         traffic_class: int = 0, flow_label: int = 0, hop_limit: int = 64) -> bytes:
    return struct.pack("!IHBB", 6 << 28 | traffic_class << 20 | flow_label, len(payload),
                       next_header, hop_limit) + address(source) + address(destination) + payload


def ip(source: str, destination: str, protocol: int, payload: bytes) -> bytes:
    return (ipv6 if ":" in source else ipv4)(source, destination, protocol, payload)


def ethernet(payload: bytes, ethertype: int | None = None, *, tags: tuple = (),
             source: str = "02:00:00:00:00:01", destination: str = "02:00:00:00:00:02") -> bytes:
    """`tags` are pairs (ethertype of the tag, its 16 bits), the outermost first."""
    if ethertype is None:
        ethertype = ETHERTYPE_IPV6 if payload[0] >> 4 == 6 else ETHERTYPE_IPV4
    macs = bytes.fromhex((destination + source).replace(":", ""))
    vlan = b"".join(struct.pack("!HH", kind, tci) for kind, tci in tags)
    return macs + vlan + struct.pack("!H", ethertype) + payload


def udp_packet(source: str, destination: str, source_port: int, port: int,
               payload: bytes) -> bytes:
    """The IP packet that carries one datagram."""
    return ip(source, destination, UDP, udp(source, destination, source_port, port, payload))
