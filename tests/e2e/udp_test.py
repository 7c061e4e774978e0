#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Live UDP: softflowd and pmacctd export known traffic to flowd over loopback. nfcapd and sfcapd,
which get the same datagrams, and the traffic itself say what the flows must be."""

import socket
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import exporters, flowd, judges, netflow, pcap, traffic  # noqa: E402

ARRIVAL_SECONDS = 15
SFLOW_LAST_DATAGRAM = 10  # pmacctd keeps up to this many samples for a datagram it never sends


class UdpTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.traffic = self.folder / "traffic.pcap"
        traffic.write(self.traffic)
        self.port = flowd.free_port()

    def finish(self, live: flowd.Live) -> tuple[list[dict], dict]:
        self.assertEqual(live.stop(), 0, live.errors.read_text())
        summary = live.summary()
        self.assertEqual(flowd.unbalanced(summary), "")
        self.assertEqual(summary["drops"]["flows"], {})
        return live.flows(), summary

    def wait_for_flows(self, live: flowd.Live, count: int):
        flowd.wait_until(lambda: len(live.flows()) >= count, ARRIVAL_SECONDS,
                         f"{len(live.flows())} of {count} flows")

    def exported(self, kind: str, wanted, scheme: str = "netflow"):
        """softflowd sends to flowd and nfcapd; both must see `wanted`."""
        with judges.Capture("nfcapd", self.folder) as nfcapd, \
                flowd.Live(self.folder, "-listen", f"{scheme}://127.0.0.1:{self.port}") as live:
            live.wait_for_port(self.port)
            with exporters.Running(kind, self.traffic, (self.port, nfcapd.port),
                                   self.folder) as exporter:
                exporter.finish()
            self.wait_for_flows(live, wanted.total())
            flows, summary = self.finish(live)
            self.assertEqual(summary["drops"]["datagrams"], {})
            self.assertEqual(judges.rows_of(flows), wanted)
            self.assertEqual(nfcapd.rows(), wanted)
        self.assertEqual({flow["SamplerAddress"] for flow in flows}, {"127.0.0.1"})

    def test_softflowd_netflow_v5(self):
        self.exported(exporters.NETFLOW5, judges.flow_rows(traffic.packets(), only_ipv4=True),
                      "nfl")

    def test_softflowd_netflow_v9(self):
        self.exported(exporters.NETFLOW9, judges.flow_rows(traffic.packets()))

    def test_softflowd_ipfix(self):
        self.exported(exporters.IPFIX, judges.flow_rows(traffic.packets()), "flow")

    def test_pmacctd_sflow(self):
        wanted = judges.sample_rows(traffic.packets())
        with flowd.Live(self.folder, "-listen", f"sflow://127.0.0.1:{self.port}") as live:
            live.wait_for_port(self.port)
            with exporters.Running(exporters.SFLOW, self.traffic, (self.port,), self.folder):
                self.wait_for_flows(live, wanted.total() - SFLOW_LAST_DATAGRAM)
                flows, _ = self.finish(live)  # first: pmacctd sends samples twice when it ends
        self.assertFalse(judges.rows_of(flows) - wanted, "samples that are no packets of it")
        self.assertGreaterEqual(len(flows), wanted.total() - SFLOW_LAST_DATAGRAM)

    def test_pmacctd_sflow_as_sfcapd_reads_it(self):
        """sfprobe has one receiver: its datagrams are taken live and passed on to both."""
        sent = exporters.collect(exporters.SFLOW, self.traffic, self.folder)
        with judges.Capture("sfcapd", self.folder) as sfcapd, \
                flowd.Live(self.folder, "-listen", f"sflow://127.0.0.1:{self.port}") as live:
            live.wait_for_port(self.port)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                for datagram in sent:
                    for port in (self.port, sfcapd.port):
                        sender.sendto(datagram.payload, ("127.0.0.1", port))
            wanted = judges.sample_rows(traffic.packets()).total() - SFLOW_LAST_DATAGRAM
            self.wait_for_flows(live, wanted)
            flows, summary = self.finish(live)
            self.assertEqual(summary["drops"]["datagrams"], {})
            self.assertEqual(judges.rows_of(flows), sfcapd.rows())

    def test_two_sockets_keep_an_exporter_together(self):
        """Data is read only where its template is known, so an exporter must stay on one worker
        whatever its source port: each datagram comes from a socket of its own."""
        template = netflow.one_set(0, netflow.template(256, ((8, 4), (12, 4), (1, 4))))
        record = bytes((10, 0, 0, 1, 10, 0, 0, 2)) + netflow.number(7, 4)
        data = netflow.one_set(256, record)
        sources = [f"127.0.0.{number}" for number in range(11, 19)]
        rounds = 10
        with flowd.Live(self.folder, "-listen",
                        f"netflow://127.0.0.1:{self.port}?count=2") as live:
            live.wait_for_port(self.port)
            for i in range(rounds + 1):
                for source in sources:
                    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                        sender.bind((source, 0))
                        sender.sendto(netflow.v9([data if i else template], count=1, sequence=i),
                                      ("127.0.0.1", self.port))
            self.wait_for_flows(live, rounds * len(sources))
            flows, summary = self.finish(live)
        self.assertEqual(summary["drops"]["datagrams"], {})
        for source in sources:
            mine = [flow["SequenceNum"] for flow in flows if flow["SamplerAddress"] == source]
            self.assertEqual(mine, list(range(1, rounds + 1)), source)

    def test_ipv6_exporter_and_wildcard_address(self):
        payload = pcap.udp_of(pcap.read(flowd.CAPTURES / "softflowd_v5.pcap")[1]).payload
        with flowd.Live(self.folder, "-listen", f"netflow://:{self.port}") as live:
            live.wait_for_port(self.port)
            for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
                with socket.socket(family, socket.SOCK_DGRAM) as sender:
                    sender.sendto(payload, (address, self.port))
            self.wait_for_flows(live, 2)
            flows, _ = self.finish(live)
        self.assertEqual({flow["SamplerAddress"] for flow in flows}, {"127.0.0.1", "::1"})

    def test_every_datagram_is_accounted_for(self):
        """Good, damaged, foreign and misplaced datagrams: each is in the summary once."""
        good = pcap.udp_of(pcap.read(flowd.CAPTURES / "softflowd_v5.pcap")[1]).payload
        sflow_port = flowd.free_port()
        sent = [good, good[:40], b"hello", b"", good[:10]]
        with flowd.Live(self.folder, "-listen", f"netflow://127.0.0.1:{self.port},"
                                                f"sflow://127.0.0.1:{sflow_port}") as live:
            live.wait_for_port(self.port)
            live.wait_for_port(sflow_port)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                for payload in sent:
                    sender.sendto(payload, ("127.0.0.1", self.port))
                sender.sendto(good, ("127.0.0.1", sflow_port))
                sender.sendto(good, ("127.0.0.1", self.port))
            self.wait_for_flows(live, 2)
            _, summary = self.finish(live)
        self.assertEqual(summary["datagrams"], len(sent) + 2)
        self.assertEqual(summary["drops"]["datagrams"], {
            "truncated": 2, "unknown_protocol": 1, "empty": 1, "protocol_not_here": 1})

    def test_port_that_is_taken_is_one_sentence(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
            holder.bind(("127.0.0.1", 0))
            port = holder.getsockname()[1]
            done = flowd.run(["-listen", f"netflow://127.0.0.1:{port}"])
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(port), done.stderr.decode())
        self.assertIn("in use", done.stderr.decode())


if __name__ == "__main__":
    flowd.binary()
    flowd.need("softflowd", "pmacctd", "nfcapd", "nfdump", "sfcapd")
    unittest.main()
