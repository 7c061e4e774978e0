#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""flowd on a kernel interface through AF_XDP, with its own XDP program: a veth whose other end is
in a second network namespace. The kernel keeps ARP, neighbour discovery, ping and TCP; flowd gets
the exporters' datagrams, whole ones and fragments; a killed flowd leaves nothing that lasts."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd, judges, veth  # noqa: E402

PREPARE = Path(os.environ.get("FLOWD_XDP_PREPARE", flowd.ROOT / "build/tests/xdp-prepare"))
OURS, ADDRESSES, PORT = veth.OURS, veth.ADDRESSES, veth.PORT


class XdpTest(veth.VethTest):
    def prepare(self) -> subprocess.CompletedProcess:
        return subprocess.run([PREPARE, f"net_af_xdp0,iface={OURS}", self.folder / "program.o",
                               str(PORT)], capture_output=True, text=True, timeout=30, check=False)

    def start(self) -> flowd.Live:
        prepared = self.prepare()
        if "built without its XDP program" in prepared.stderr:
            self.skipTest(prepared.stderr)
        self.assertEqual(prepared.returncode, 0, prepared.stderr)
        live = flowd.Live(self.folder, "-ingress", "dpdk", "-listen", f"netflow://:{PORT}",
                          "-dpdk.eal", f"--no-pci --vdev {prepared.stdout.strip()}")
        # Between the program's attachment and its socket's, frames are the kernel's.
        flowd.wait_until(lambda: "collecting on" in live.errors.read_text() or
                         live.process.poll() is not None, 20, "flowd does not start")
        self.assertIsNone(live.process.poll(), live.errors.read_text())
        self.assertTrue(is_attached())
        return live

    def kernel_answers(self):
        """From an empty cache of neighbours: ARP and ND first, then echo and TCP."""
        self.peer.run("ip", "neigh", "flush", "all")
        for family, address in zip((socket.AF_INET, socket.AF_INET6), ADDRESSES):
            self.peer.run(sys.executable, sys.argv[0], "ping", address)
            with socket.create_server((address, 2055), family=family) as server:
                client = subprocess.Popen(
                    self.peer.command(sys.executable, sys.argv[0], "tcp", address))
                server.settimeout(10)
                connection, _ = server.accept()
                with connection:
                    while data := connection.recv(65536):
                        connection.sendall(data)
                self.assertEqual(client.wait(timeout=10), 0)
            neighbour = self.peer.run("ip", "neigh", "show", "to", address)
            self.assertIn("lladdr", neighbour)

    def test_flows_come_and_the_kernel_keeps_the_rest(self):
        with self.start() as live:
            self.kernel_answers()
            self.deliver(live, 1)
            self.kernel_answers()
            self.assertEqual(live.stop(), 0, live.errors.read_text())
            flows, summary = live.flows(), live.summary()
        self.assertEqual(judges.rows_of(flows), veth.times_of(self.wanted, 4))
        self.assertEqual({flow["SamplerAddress"] for flow in flows}, {"192.0.2.2", "2001:db8::2"})
        self.assertEqual(flowd.unbalanced(summary), "")
        self.assertEqual(summary["drops"]["datagrams"], {})
        self.assertTrue(all(count > 0 for count in self.fragments_made()), self.fragments_made())
        self.assertFalse(is_attached(), "the driver removes the program when it closes the port")

    def test_what_the_socket_has_no_room_for_is_missed_and_dropped_by_the_interface(self):
        sent = 10_000
        with self.start() as live:
            before = rx_dropped()
            live.process.send_signal(signal.SIGSTOP)
            self.peer.run(sys.executable, sys.argv[0], "flood", ADDRESSES[0], sent)
            live.process.send_signal(signal.SIGCONT)
            self.assertEqual(live.stop(), 0, live.errors.read_text())
            summary = live.summary()
        self.assertEqual(summary["datagrams"], sent)
        self.assertGreater(summary["drops"]["datagrams"]["missed"], 0)
        self.assertGreaterEqual(rx_dropped() - before, summary["drops"]["datagrams"]["missed"])

    def test_a_killed_flowd_starts_again(self):
        with self.start() as live:
            in_use = self.prepare()
            self.assertEqual(in_use.returncode, 1)
            self.assertIn(f"is in use by process {live.process.pid}", in_use.stderr)
            self.deliver(live, 1)
            live.process.send_signal(signal.SIGKILL)
            live.process.wait()
        self.assertTrue(is_attached(), "nobody removes the program of a killed process")
        self.kernel_answers()
        with self.start() as live:
            self.deliver(live, 1)
            self.assertEqual(live.stop(), 0, live.errors.read_text())
            self.assertEqual(judges.rows_of(live.flows()), veth.times_of(self.wanted, 4))
        self.assertFalse(is_attached())


def rx_dropped() -> int:
    return int(Path(f"/sys/class/net/{OURS}/statistics/rx_dropped").read_text())


def is_attached() -> bool:
    return "prog/xdp" in veth.run("ip", "-details", "link", "show", "dev", OURS)


if __name__ == "__main__":
    if not PREPARE.exists():
        flowd.skip(f"{PREPARE} is not built")
    veth.main()
