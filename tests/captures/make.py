#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Makes the captures of this folder: real exporters read the traffic of tests/support/traffic.py,
and what they send over loopback is stored. Run by a person, rarely: the captures are committed."""

import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from support import exporters, flowd, packets, pcap, traffic  # noqa: E402

COLLECTOR = "198.51.100.1"
FIRST_ARRIVAL_NS = traffic.START_NS + 5_000_000_000
ARRIVAL_STEP_NS = 1_000_000
NETFLOW_PORT, SFLOW_PORT = 2055, 6343

# File, exporter, source address.
CAPTURES = (("softflowd_v5", exporters.NETFLOW5, "192.0.2.11"),
            ("softflowd_v9", exporters.NETFLOW9, "192.0.2.12"),
            ("softflowd_ipfix", exporters.IPFIX, "192.0.2.13"),
            ("sfprobe_sflow", exporters.SFLOW, "192.0.2.14"))


def frames(kind: str, source: str, office: Path, folder: Path, sampling: int) -> list[bytes]:
    """The exporter's datagrams, as if they had come from `source` over Ethernet."""
    port = SFLOW_PORT if kind == exporters.SFLOW else NETFLOW_PORT
    sent = exporters.collect(kind, office, folder, agent=source, sampling=sampling)
    return [packets.ethernet(packets.udp_packet(source, COLLECTOR, 50000, port, each.payload))
            for each in sent]


def store(name: str, found: list[bytes]) -> None:
    """Arrival times are made up, so that a capture changes only when an exporter does."""
    timed = [pcap.Packet(FIRST_ARRIVAL_NS + i * ARRIVAL_STEP_NS, frame)
             for i, frame in enumerate(found)]
    path = HERE / f"{name}.pcap"
    path.write_bytes(pcap.pcap_bytes(timed))
    print(f"{path.name}: {len(found)} datagrams, {path.stat().st_size} bytes")


def main() -> None:
    flowd.need("softflowd", "pmacctd")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole, small = folder / "whole.pcap", folder / "small.pcap"
        traffic.write(whole)
        traffic.write(small, clients=1)
        for capture, kind, source in CAPTURES:
            store(capture, frames(kind, source, whole, folder, sampling=1))
        first = []
        for _, kind, source in CAPTURES:
            first += frames(kind, source, small, folder, sampling=4)
        store("first", first)


if __name__ == "__main__":
    main()
