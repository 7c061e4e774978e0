# SPDX-License-Identifier: BSD-3-Clause
"""A few hundred packets of a small office, the same ones every time: web sessions, name lookups,
pings, over IPv4 and IPv6, plain and with a VLAN tag. Real exporters read them and make flows."""

from pathlib import Path

from support import packets as p
from support import pcap

START_NS = 1_767_225_600_000_000_000  # 2026-01-01 00:00:00 UTC
FIN, SYN, PSH, ACK = 0x01, 0x02, 0x08, 0x10
STEP_NS = 7_000_000
TAG = ((p.ETHERTYPE_VLAN, 100),)


class Office:
    def __init__(self):
        self.frames: list[pcap.Packet] = []
        self.time_ns = START_NS

    def send(self, packet: bytes, tags=()):
        self.frames.append(pcap.Packet(self.time_ns, p.ethernet(packet, tags=tags)))
        self.time_ns += STEP_NS

    def web_session(self, client: str, server: str, port: int, segments: int, tags=()):
        """Handshake, one request, an answer of some segments, and both ends close."""

        def from_client(flags: int, payload: bytes = b""):
            segment = p.tcp(client, server, port, 443, flags, payload=payload)
            self.send(p.ip(client, server, p.TCP, segment), tags)

        def from_server(flags: int, payload: bytes = b""):
            segment = p.tcp(server, client, 443, port, flags, payload=payload)
            self.send(p.ip(server, client, p.TCP, segment), tags)

        from_client(SYN)
        from_server(SYN | ACK)
        from_client(ACK)
        from_client(PSH | ACK, bytes(200))
        for _ in range(segments):
            from_server(ACK, bytes(1200))
            from_client(ACK)
        from_server(FIN | ACK)
        from_client(FIN | ACK)
        from_server(ACK)

    def lookup(self, client: str, server: str, port: int, tags=()):
        question = p.udp(client, server, port, 53, bytes(33))
        answer = p.udp(server, client, 53, port, bytes(97))
        self.send(p.ip(client, server, p.UDP, question), tags)
        self.send(p.ip(server, client, p.UDP, answer), tags)

    def ping(self, client: str, server: str, count: int):
        for _ in range(count):
            if ":" in client:
                self.send(p.ip(client, server, p.ICMPV6,
                               p.icmpv6(client, server, 128, 0, bytes(56))))
                self.send(p.ip(server, client, p.ICMPV6,
                               p.icmpv6(server, client, 129, 0, bytes(56))))
            else:
                self.send(p.ip(client, server, p.ICMP, p.icmp(8, 0, bytes(56))))
                self.send(p.ip(server, client, p.ICMP, p.icmp(0, 0, bytes(56))))


def packets(clients: int = 6) -> list[pcap.Packet]:
    office = Office()
    for i in range(clients):
        client, client6 = f"10.1.0.{10 + i}", f"2001:db8:1::{10 + i:x}"
        office.lookup(client, "10.1.0.1", 40000 + i)
        office.web_session(client, f"203.0.113.{20 + i}", 50000 + i, 5 + i)
        office.lookup(client6, "2001:db8:1::1", 41000 + i)
        office.web_session(client6, f"2001:db8:f::{20 + i:x}", 51000 + i, 4 + i)
    office.ping("10.1.0.10", "203.0.113.20", 4)
    office.ping("2001:db8:1::a", "2001:db8:f::14", 3)
    office.web_session("10.1.100.5", "203.0.113.30", 52000, 6, TAG)
    office.lookup("10.1.100.5", "10.1.100.1", 42000, TAG)
    return office.frames


def write(path: Path, clients: int = 6) -> None:
    path.write_bytes(pcap.pcap_bytes(packets(clients)))
