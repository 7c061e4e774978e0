# SPDX-License-Identifier: BSD-3-Clause
"""What flows must be, from someone other than flowd: nfcapd and sfcapd, which get the same
datagrams, and the traffic itself, which is known to the last packet. A row is source, destination,
ports (0 where there are none), protocol, bytes, packets."""

import ipaddress
import struct
import subprocess
from collections import Counter
from pathlib import Path

from support import flowd, packets, pcap

CHECKSUM_SIZE = 4
WITH_PORTS = (packets.TCP, packets.UDP)
DUMP_FORMAT = "fmt:%sa,%da,%sp,%dp,%pr,%byt,%pkt"


def row(source: str, destination: str, ports, protocol: int, octets: int, count: int) -> tuple:
    """Exporters put an ICMP type into a port, readers take it out or not: it is left out here."""
    return (str(ipaddress.ip_address(source)), str(ipaddress.ip_address(destination)),
            *(ports if protocol in WITH_PORTS else (0, 0)), protocol, octets, count)


def rows_of(flows: list[dict]) -> Counter:
    return Counter(row(flow["SrcAddr"], flow["DstAddr"], (flow["SrcPort"], flow["DstPort"]),
                       flow["Proto"], flow["Bytes"], flow["Packets"]) for flow in flows)


def headers_of(packet: pcap.Packet) -> tuple:
    """Source, destination, ports, protocol and the IP packet's size."""
    frame = packet.frame[12:]
    while frame[:2] == b"\x81\x00":
        frame = frame[4:]
    ip = frame[2:]
    if ip[0] >> 4 == 4:
        source, destination, protocol, behind = ip[12:16], ip[16:20], ip[9], ip[20:]
    else:
        source, destination, protocol, behind = ip[8:24], ip[24:40], ip[6], ip[40:]
    ports = struct.unpack_from("!HH", behind) if protocol in WITH_PORTS else (0, 0)
    return (str(ipaddress.ip_address(source)), str(ipaddress.ip_address(destination)), ports,
            protocol, len(ip))


def flow_rows(traffic: list[pcap.Packet], *, only_ipv4: bool = False) -> Counter:
    """One flow for each direction: IP bytes and packets."""
    octets: Counter = Counter()
    count: Counter = Counter()
    for packet in traffic:
        *key, size = headers_of(packet)
        if only_ipv4 and ":" in key[0]:
            continue
        octets[tuple(key)] += size
        count[tuple(key)] += 1
    return Counter(row(*key, octets[key], count[key]) for key in count)


def sample_rows(traffic: list[pcap.Packet]) -> Counter:
    """One flow for each packet, with the size of its frame and of the checksum behind it."""
    rows: Counter = Counter()
    for packet in traffic:
        *key, _ = headers_of(packet)
        rows[row(*key, len(packet.frame) + CHECKSUM_SIZE, 1)] += 1
    return rows


class Capture:
    """nfcapd or sfcapd on a port of its own, ended by its handle."""

    def __init__(self, program: str, folder: Path):
        self.folder = folder / program
        self.folder.mkdir()
        self.port = flowd.free_port()
        with open(folder / f"{program}.log", "wb") as log:
            self.process = subprocess.Popen(
                [program, "-p", str(self.port), "-b", "127.0.0.1", "-w", str(self.folder), "-t",
                 "3600"], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        flowd.wait_until(lambda: flowd.udp_port_is_bound(self.port), 10,
                         f"{program} does not listen")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def rows(self) -> Counter:
        """Ends it when it has read all that came, and reads what it wrote."""
        flowd.wait_until(lambda: flowd.backlog_bytes(self.port) == 0, 10,
                         "its socket is never empty")
        self.process.terminate()
        self.process.wait(timeout=10)
        rows: Counter = Counter()
        for path in sorted(self.folder.glob("nfcapd.2*")):
            done = subprocess.run(["nfdump", "-r", str(path), "-q", "-N", "-6", "-o", DUMP_FORMAT],
                                  stdout=subprocess.PIPE, check=True, timeout=20)
            for line in done.stdout.decode().splitlines():
                words = [word.strip() for word in line.split(",")]
                if len(words) == 7:
                    ports = tuple(int(float(word)) for word in words[2:4])
                    rows[row(words[0], words[1], ports, *(int(word) for word in words[4:]))] += 1
        return rows
