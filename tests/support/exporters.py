# SPDX-License-Identifier: BSD-3-Clause
"""Real exporters that read a capture of traffic and export it to a port of this machine: softflowd
(NetFlow v5, v9, IPFIX) and pmacctd with its sfprobe plugin (sFlow v5)."""

import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

NETFLOW5, NETFLOW9, IPFIX, SFLOW = "5", "9", "10", "sflow"
EXPORTER_SECONDS = 20
SILENCE_SECONDS = 2


def command(kind: str, traffic: Path, ports: tuple[int, ...], folder: Path, *,
            agent: str = "192.0.2.14", sampling: int = 1) -> list[str]:
    """A process that reads `traffic`, exports to all `ports` (sfprobe: to one) and ends. It may
    keep small files in `folder`."""
    if kind != SFLOW:
        receivers = ",".join(f"127.0.0.1:{each}" for each in ports)
        # -a: flow times relative to the traffic's; vlan: also looks behind tags. IPFIX has absolute
        # times with -A; without it, an uptime whose zero only an options record tells.
        absolute = ["-A", "milli"] if kind == IPFIX else []
        return ["softflowd", "-r", str(traffic), "-n", receivers, "-v", kind, "-d", "-6", "-a",
                "-T", "vlan", "-p", str(folder / f"{kind}.pid"), "-c", "none", *absolute]
    (port,) = ports
    config = folder / f"pmacctd-{port}.conf"
    config.write_text(f"daemonize: false\n"
                      f"pcap_savefile: {traffic}\n"
                      f"pcap_savefile_wait: true\n"
                      f"aggregate: src_host, dst_host, src_port, dst_port, proto, tos\n"
                      f"plugins: sfprobe\n"
                      f"sampling_rate: {sampling}\n"
                      f"sfprobe_agentip: {agent}\n"
                      f"sfprobe_receiver: 127.0.0.1:{port}\n")
    return ["pmacctd", "-f", str(config)]


class Running:
    """An exporter from start to end. softflowd ends by itself; pmacctd reads everything and then
    waits, because its plugin may be gone before everything is sent, and is told to end."""

    def __init__(self, kind: str, traffic: Path, ports: tuple[int, ...], folder: Path, **options):
        self.ends = kind != SFLOW
        self.log = folder / f"exporter-{ports[0]}.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command(kind, traffic, ports, folder, **options),
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=EXPORTER_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    def finish(self):
        """Waits for an exporter that ends by itself."""
        if self.ends:
            assert self.process.wait(timeout=EXPORTER_SECONDS) == 0, self.log.read_text()


@dataclass(frozen=True)
class Sent:
    source_port: int
    payload: bytes


def collect(kind: str, traffic: Path, folder: Path, **options) -> list[Sent]:
    """The datagrams that an exporter sent over loopback, in order of arrival."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        receiver.bind(("127.0.0.1", 0))
        port = receiver.getsockname()[1]
        datagrams = []
        with Running(kind, traffic, (port,), folder, **options) as exporter:
            exporter.finish()
            receiver.settimeout(EXPORTER_SECONDS)
            while True:
                try:
                    payload, sender = receiver.recvfrom(65535)
                except TimeoutError:
                    return datagrams
                datagrams.append(Sent(sender[1], payload))
                receiver.settimeout(SILENCE_SECONDS)
