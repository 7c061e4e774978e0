#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The project's own captures, made by real exporters out of known traffic: flowd's flows are that
traffic, flow by flow, and the first capture that a new user replays shows everything."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd, judges, traffic  # noqa: E402


class CapturesTest(unittest.TestCase):
    def flows(self, name: str) -> list[dict]:
        with tempfile.TemporaryDirectory() as folder:
            flows, summary = flowd.replay(flowd.CAPTURES / f"{name}.pcap", Path(folder))
        self.assertEqual(summary["drops"], {"datagrams": {}, "flows": {}})
        self.assertEqual("", flowd.unbalanced(summary))
        return flows

    def test_netflow_v5_is_the_ipv4_traffic(self):
        wanted = judges.flow_rows(traffic.packets(), only_ipv4=True)
        self.assertEqual(judges.rows_of(self.flows("softflowd_v5")), wanted)

    def test_netflow_v9_is_the_traffic(self):
        self.assertEqual(judges.rows_of(self.flows("softflowd_v9")),
                         judges.flow_rows(traffic.packets()))

    def test_ipfix_is_the_traffic(self):
        self.assertEqual(judges.rows_of(self.flows("softflowd_ipfix")),
                         judges.flow_rows(traffic.packets()))

    def test_sflow_samples_are_packets_of_the_traffic(self):
        flows = self.flows("sfprobe_sflow")
        extra = judges.rows_of(flows) - judges.sample_rows(traffic.packets())
        self.assertFalse(extra, "samples that are no packets of the traffic")
        # pmacctd ends without sending its last, unfilled datagram.
        self.assertEqual(len(flows), 303)

    def test_vlan_of_the_tagged_office_is_seen(self):
        for name in ("softflowd_ipfix", "sfprobe_sflow"):
            tagged = {flow["SrcAddr"] for flow in self.flows(name) if flow["VlanId"] == 100}
            self.assertLessEqual({"10.1.100.5", "203.0.113.30"}, tagged, name)

    def test_flow_times_are_those_of_the_traffic(self):
        # Within a second: the headers of v5 and v9 give whole seconds (nanoseconds are not used).
        begin_ms = traffic.START_NS // 1_000_000 - 1000
        end_ms = traffic.packets()[-1].time_ns // 1_000_000 + 1000
        for name in ("softflowd_v5", "softflowd_v9", "softflowd_ipfix"):
            for flow in self.flows(name):
                self.assertLessEqual(begin_ms, flow["TimeFlowStartMs"], name)
                self.assertLessEqual(flow["TimeFlowStartMs"], flow["TimeFlowEndMs"], name)
                self.assertLessEqual(flow["TimeFlowEndMs"], end_ms, name)

    def test_first_capture_shows_everything(self):
        flows = self.flows("first")
        self.assertEqual({flow["Type"] for flow in flows},
                         {"NETFLOW_V5", "NETFLOW_V9", "IPFIX", "SFLOW_5"})
        self.assertEqual({flow["SamplerAddress"] for flow in flows},
                         {f"192.0.2.{number}" for number in (11, 12, 13, 14)})
        self.assertEqual({flow["Etype"] for flow in flows}, {0x0800, 0x86DD})
        self.assertLessEqual({1, 6, 17, 58}, {flow["Proto"] for flow in flows})


if __name__ == "__main__":
    flowd.binary()
    unittest.main()
