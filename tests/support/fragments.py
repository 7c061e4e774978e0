# SPDX-License-Identifier: BSD-3-Clause
"""Datagrams in several IP packets (RFC 791 §3.2, RFC 8200 §4.5), and in tunnels: GRE (RFC 2784, RFC
2890) and ERSPAN (draft-foschiano-erspan). Segments are UDP headers with their payload."""

import struct

from support import packets

GRE, DESTINATION_OPTIONS = 47, 60
BRIDGED, ERSPAN, ERSPAN_3 = 0x6558, 0x88BE, 0x22EB


def part(source: str, destination: str, segment: bytes, begin: int, end: int, *, more: bool,
         identification: int, options: bytes = b"") -> bytes:
    """The IP packet with these bytes of the segment. `options` are IPv4's, or IPv6 headers with a
    next header of FRAGMENT that each part repeats."""
    assert begin % 8 == 0
    piece = segment[begin:end]
    if ":" not in source:
        flags_and_offset = begin // 8 | (0x2000 if more else 0)
        return packets.ipv4(source, destination, packets.UDP, piece, options=options,
                            identification=identification, flags_and_offset=flags_and_offset)
    header = struct.pack("!BBHI", packets.UDP, 0, begin | (1 if more else 0), identification)
    first = DESTINATION_OPTIONS if options else packets.FRAGMENT
    return packets.ipv6(source, destination, first, options + header + piece)


def cut(source: str, destination: str, segment: bytes, size: int, identification: int,
        options: bytes = b"") -> list[bytes]:
    """All parts in order, each with `size` bytes of the segment but the last."""
    return [part(source, destination, segment, begin, begin + size,
                 more=begin + size < len(segment), identification=identification, options=options)
            for begin in range(0, len(segment), size)]


def padding_options(next_header: int) -> bytes:
    """IPv6 destination options that say nothing: 8 bytes."""
    return struct.pack("!BBBB4s", next_header, 0, 1, 4, bytes(4))


def gre(payload: bytes, protocol: int, *, key: int | None = None, sequence: int | None = None,
        with_checksum: bool = False) -> bytes:
    flags = ((0x8000 if with_checksum else 0) | (0x2000 if key is not None else 0)
             | (0x1000 if sequence is not None else 0))
    header = struct.pack("!HH", flags, protocol) + (bytes(4) if with_checksum else b"")
    for value in (key, sequence):
        header += b"" if value is None else struct.pack("!I", value)
    whole = header + payload
    return packets.with_checksum(whole, 4, b"") if with_checksum else whole


def erspan_1(frame: bytes) -> bytes:
    return gre(frame, ERSPAN)


def erspan_2(frame: bytes, *, vlan: int = 7, session: int = 5) -> bytes:
    return gre(struct.pack("!HHI", 1 << 12 | vlan, session, 1) + frame, ERSPAN, sequence=1)


def erspan_3(frame: bytes, *, vlan: int = 7, session: int = 5, subheader: bool = False) -> bytes:
    header = struct.pack("!HHIHH", 2 << 12 | vlan, session, 123456, 0, 1 if subheader else 0)
    return gre(header + (bytes(8) if subheader else b"") + frame, ERSPAN_3, sequence=1)
