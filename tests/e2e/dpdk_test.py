#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Ports of DPDK without hardware: two queues of a net_pcap port, one capture each, run like a live
port until a signal; and what is wrong with a port is said in one sentence."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd, judges, packets, pcap, traffic  # noqa: E402

V5, V9 = (flowd.CAPTURES / f"softflowd_v{version}.pcap" for version in (5, 9))


class DpdkTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def run_port(self, captures: list[Path], wanted: int, *arguments) -> tuple[list[dict], dict]:
        files = ",".join(f"rx_pcap={capture}" for capture in captures)
        with flowd.Live(self.folder, "-ingress", "dpdk", "-dpdk.queues", str(len(captures)),
                        "-dpdk.eal", f"--no-pci --vdev net_pcap0,{files}", *arguments) as live:
            flowd.wait_until(
                lambda: len(live.flows()) >= wanted or live.process.poll() is not None, 20,
                f"fewer than {wanted} flows")
            self.assertIsNone(live.process.poll(), live.errors.read_text())
            self.assertEqual(live.stop(), 0, live.errors.read_text())
            summary = live.summary()
            self.assertEqual(flowd.unbalanced(summary), "")
            return live.flows(), summary

    def test_two_queues_deliver_both_captures(self):
        wanted = (judges.flow_rows(traffic.packets(), only_ipv4=True)
                  + judges.flow_rows(traffic.packets()))
        flows, summary = self.run_port([V5, V9], wanted.total())
        self.assertEqual(judges.rows_of(flows), wanted)
        self.assertEqual({flow["SamplerAddress"] for flow in flows},
                         {"192.0.2.11", "192.0.2.12"})
        self.assertEqual(summary["drops"], {"datagrams": {}, "flows": {}})

    def test_several_tx_workers_deliver_everything(self):
        wanted = judges.flow_rows(traffic.packets())
        flows, _ = self.run_port([V9, V9], 2 * wanted.total(), "-tx.workers", "2")
        self.assertEqual(judges.rows_of(flows), wanted + wanted)

    def test_frames_that_are_not_ours_are_counted(self):
        first = pcap.read(V5)
        datagram = pcap.udp_of(first[0])
        stray = packets.ethernet(packets.udp_packet("192.0.2.11", "198.51.100.1", 5, 53, b"name"))
        arp = packets.ethernet(bytes(28), 0x0806)
        elsewhere = packets.ethernet(packets.udp_packet("192.0.2.11", "198.51.100.2", 5, 2055,
                                                        datagram.payload))
        path = self.folder / "mixed.pcap"
        path.write_bytes(pcap.pcap_bytes([pcap.Packet(each.time_ns, each.frame) for each in first]
                                         + [pcap.Packet(first[0].time_ns, frame)
                                            for frame in (stray, arp, elsewhere)]))
        flows, summary = self.run_port([path], 30, "-listen", "netflow://198.51.100.1:2055")
        self.assertEqual(len(flows), 30)
        self.assertEqual(summary["datagrams"], len(first) + 3)
        self.assertEqual(summary["drops"]["datagrams"],
                         {"frame_not_ours": 2, "frame_not_ip": 1})

    def test_no_port_and_bad_arguments_are_said(self):
        for eal in ("--no-pci", f"--no-pci --vdev net_pcap0,rx_pcap={self.folder}/missing.pcap",
                    "--no-such-argument"):
            done = flowd.run(["-ingress", "dpdk", "-dpdk.eal", eal])
            self.assertEqual(done.returncode, 1, done.stderr.decode())
            self.assertIn("flowd: ", done.stderr.decode())
            self.assertIn("dpdk", done.stderr.decode())


if __name__ == "__main__":
    flowd.binary()
    unittest.main()
