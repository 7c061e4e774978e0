# SPDX-License-Identifier: BSD-3-Clause
"""Captures: writes classic pcap and pcapng, reads classic pcap. Times are whole nanoseconds of UNIX
time; a classic capture in microseconds keeps what fits."""

import struct
from dataclasses import dataclass
from pathlib import Path

LINK_NULL, LINK_ETHERNET, LINK_RAW, LINK_SLL, LINK_SLL2 = 0, 1, 101, 113, 276
MICROSECONDS, NANOSECONDS = 0xA1B2C3D4, 0xA1B23C4D


@dataclass(frozen=True)
class Packet:
    time_ns: int
    frame: bytes


@dataclass(frozen=True)
class UdpDatagram:
    time_ns: int
    source: bytes
    destination: bytes
    source_port: int
    port: int
    payload: bytes


def pcap_bytes(packets: list[Packet], link: int = LINK_ETHERNET,
               magic: int = MICROSECONDS) -> bytes:
    unit = 1 if magic == NANOSECONDS else 1000
    out = [struct.pack("<IHHiIII", magic, 2, 4, 0, 0, 262144, link)]
    for packet in packets:
        seconds, rest = divmod(packet.time_ns, 1_000_000_000)
        size = len(packet.frame)
        out.append(struct.pack("<IIII", seconds, rest // unit, size, size) + packet.frame)
    return b"".join(out)


def pcapng_block(kind: int, body: bytes) -> bytes:
    body += b"\0" * (-len(body) % 4)
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def pcapng_bytes(packets: list[Packet], link: int = LINK_ETHERNET) -> bytes:
    """One section, one interface in microseconds, enhanced packet blocks."""
    out = [pcapng_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
           pcapng_block(1, struct.pack("<HHI", link, 0, 262144))]
    for packet in packets:
        high, low = divmod(packet.time_ns // 1000, 1 << 32)
        size = len(packet.frame)
        out.append(pcapng_block(6, struct.pack("<IIIII", 0, high, low, size, size) + packet.frame))
    return b"".join(out)


def read(path: Path) -> list[Packet]:
    data = Path(path).read_bytes()
    magic = struct.unpack_from("<I", data)[0]
    order = "<" if magic in (MICROSECONDS, NANOSECONDS) else ">"
    magic = struct.unpack_from(order + "I", data)[0]
    unit = {MICROSECONDS: 1000, NANOSECONDS: 1}[magic]
    packets, at = [], 24
    while at + 16 <= len(data):
        seconds, rest, size, _ = struct.unpack_from(order + "IIII", data, at)
        packets.append(Packet(seconds * 1_000_000_000 + rest * unit, data[at + 16:at + 16 + size]))
        at += 16 + size
    return packets


def udp_of(packet: Packet) -> UdpDatagram:
    """The datagram in an untagged Ethernet frame with plain IPv4 (what this project stores)."""
    frame = packet.frame
    header_size = (frame[14] & 15) * 4
    udp = frame[14 + header_size:]
    source_port, port, size = struct.unpack_from("!HHH", udp)
    return UdpDatagram(packet.time_ns, frame[26:30], frame[30:34], source_port, port, udp[8:size])
