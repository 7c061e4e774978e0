# SPDX-License-Identifier: BSD-3-Clause
"""Real exporters that read a capture of traffic and export it to a port of this machine: softflowd
(NetFlow v5, v9, IPFIX) and pmacctd with its sfprobe plugin (sFlow v5)."""

import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

NETFLOW5, NETFLOW9, IPFIX, SFLOW = "5", "9", "10", "sflow"
EXPORTER_SECONDS = 20
SILENCE_SECONDS = 0.5


def command(kind: str, traffic: Path, port: int, folder: Path, *, agent: str = "192.0.2.14",
            sampling: int = 1) -> list[str]:
    """A process that reads `traffic`, exports and ends. It may keep small files in `folder`."""
    if kind != SFLOW:
        # -a: flow times relative to the traffic's; vlan: also looks behind tags.
        return ["softflowd", "-r", str(traffic), "-n", f"127.0.0.1:{port}", "-v", kind, "-d", "-6",
                "-a", "-T", "vlan", "-p", str(folder / f"{kind}.pid"), "-c", "none"]
    config = folder / f"pmacctd-{port}.conf"
    config.write_text(f"daemonize: false\n"
                      f"pcap_savefile: {traffic}\n"
                      f"aggregate: src_host, dst_host, src_port, dst_port, proto, tos\n"
                      f"plugins: sfprobe\n"
                      f"sampling_rate: {sampling}\n"
                      f"sfprobe_agentip: {agent}\n"
                      f"sfprobe_receiver: 127.0.0.1:{port}\n")
    return ["pmacctd", "-f", str(config)]


def export(kind: str, traffic: Path, port: int, folder: Path, **options) -> None:
    """Runs the exporter to its end."""
    done = subprocess.run(command(kind, traffic, port, folder, **options), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=EXPORTER_SECONDS)
    assert done.returncode == 0, done.stdout.decode()


@dataclass(frozen=True)
class Sent:
    source_port: int
    payload: bytes


def collect(kind: str, traffic: Path, folder: Path, **options) -> list[Sent]:
    """The datagrams that an exporter sent over loopback, in order of arrival."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        receiver.bind(("127.0.0.1", 0))
        export(kind, traffic, receiver.getsockname()[1], folder, **options)
        receiver.settimeout(SILENCE_SECONDS)
        datagrams = []
        while True:
            try:
                payload, sender = receiver.recvfrom(65535)
            except TimeoutError:
                return datagrams
            datagrams.append(Sent(sender[1], payload))
