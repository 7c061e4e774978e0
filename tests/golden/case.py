# SPDX-License-Identifier: BSD-3-Clause
"""What a golden case is made of, and what all of them share: one exporter, one collector, fixed
times."""

from dataclasses import dataclass, field

from support import packets, pcap

EXPORTER, COLLECTOR = "192.0.2.100", "198.51.100.1"
NETFLOW_PORT, SFLOW_PORT = 2055, 6343
EXPORT_SECONDS = 1_700_000_000   # in the headers
ARRIVAL_SECONDS = 1_700_000_010  # in the capture
A, B = packets.address("10.0.0.1"), packets.address("10.0.0.2")
A6, B6 = packets.address("2001:db8::1"), packets.address("2001:db8::2")


@dataclass
class Case:
    name: str
    why: str                # what the standard says, and so why the flows are these
    capture: bytes          # the file input.pcap
    flows: list[dict]       # columns that are not zero
    drops: dict = field(default_factory=dict)  # datagrams dropped, by reason
    arguments: str = ""     # more flags
    mapping: str = ""       # the file mapping.yaml, if there is one
    counters: dict = field(default_factory=dict)  # some of the summary's; one that is missing is 0
    files: dict = field(default_factory=dict)  # further files of the folder, which arguments name
    output: bytes | None = None  # what is printed, where the flows' columns do not say it
    says: list = field(default_factory=list)   # texts that the log has
    exit: int = 0


def arrive(frames: list[bytes]) -> list[pcap.Packet]:
    """One frame a second."""
    return [pcap.Packet((ARRIVAL_SECONDS + i) * 1_000_000_000, frame)
            for i, frame in enumerate(frames)]


def frame(payload: bytes, port: int = NETFLOW_PORT, source_port: int = 50000,
          source: str = EXPORTER) -> bytes:
    collector = "2001:db8:ff::1" if ":" in source else COLLECTOR
    return packets.ethernet(packets.udp_packet(source, collector, source_port, port, payload))


def capture(*payloads: bytes, port: int = NETFLOW_PORT) -> bytes:
    """Each payload in a frame of its own."""
    return pcap.pcap_bytes(arrive([frame(payload, port) for payload in payloads]))


def received(index: int = 0) -> dict:
    """The columns that the datagram with this index gives every flow."""
    return {"TimeReceived": ARRIVAL_SECONDS + index, "SamplerAddress": EXPORTER}
