#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Two processes and shared memory between them: DPDK's own testpmd reads a capture and forwards it
over net_memif to flowd, which takes it as from a NIC. Needs dpdk-testpmd (Debian: dpdk-dev)."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd, judges  # noqa: E402

CPUS = ",".join(map(str, sorted(os.sched_getaffinity(0))))
CAPTURES = ("softflowd_v9", "sfprobe_sflow")


def memif(role: str, path: Path) -> str:
    return (f"net_memif0,role={role},id=0,socket={path},socket-abstract=no,rsize=11,"
            f"bsize=2048")


class Testpmd:
    """testpmd at its prompt: nothing is forwarded before `start`, when the link is up."""

    def __init__(self, capture: Path, path: Path, folder: Path):
        self.log = folder / "testpmd.log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                ["stdbuf", "-oL", "dpdk-testpmd", "--lcores", f"0@({CPUS}),1@({CPUS})", "--no-pci",
                 "--no-huge", "-m", "256", "--no-shconf", "--no-telemetry", "--vdev",
                 f"net_pcap0,rx_pcap={capture}", "--vdev", memif("client", path), "--", "-i",
                 "--total-num-mbufs=16384", "--no-flush-rx"],
                stdin=subprocess.PIPE, stdout=log, stderr=log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()

    def say(self, command: str):
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()

    def link_is_up(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        self.say("show port summary 1")
        summary = [line for line in self.log.read_text().splitlines() if "net_memif" in line]
        return any(" up " in line for line in summary)

    def quit(self):
        self.say("quit")
        self.process.wait(timeout=15)


def forward(capture: Path, path: Path, folder: Path):
    with Testpmd(capture, path, folder) as testpmd:
        flowd.wait_until(testpmd.link_is_up, 20, "testpmd has no link")
        testpmd.say("start")
        flowd.wait_until(lambda: "io packet forwarding" in testpmd.log.read_text(), 10,
                         "testpmd does not start")
        yield
        testpmd.quit()


def main():
    flowd.binary()
    flowd.need("dpdk-testpmd", "stdbuf")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wanted = judges.Counter()
        for capture in CAPTURES:
            wanted += judges.rows_of(flowd.replay(flowd.CAPTURES / f"{capture}.pcap", folder)[0])
        path = folder / "memif.sock"
        with flowd.Live(folder, "-ingress", "dpdk", "-dpdk.eal",
                        f"--no-pci --vdev {memif('server', path)}") as live:
            flowd.wait_until(lambda: path.exists() or live.process.poll() is not None, 10,
                             "flowd has no socket")
            total = 0
            # One sender after the other: the second one finds the link that the first one left.
            for capture in CAPTURES:
                source = flowd.CAPTURES / f"{capture}.pcap"
                total += len(flowd.replay(source, folder)[0])
                for _ in forward(source, path, folder):
                    flowd.wait_until(lambda: len(live.flows()) >= total, 15,
                                     f"fewer than {total} flows: {live.errors.read_text()}")
            code = live.stop()
            assert code == 0, f"exit {code}: {live.errors.read_text()}"
            flows, summary = live.flows(), live.summary()
    assert judges.rows_of(flows) == wanted, "the flows are not those of a replay"
    assert flowd.unbalanced(summary) == "", flowd.unbalanced(summary)
    assert summary["drops"] == {"datagrams": {}, "flows": {}}, summary
    print(f"{len(flows)} flows through net_memif from {len(CAPTURES)} senders")


if __name__ == "__main__":
    main()
