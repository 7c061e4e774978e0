#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A replay of the first capture in every way that the command line offers: formats, destinations,
loops, pace, listeners; and the summary's equations each time."""

import json
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd, lines, pcap, protobuf  # noqa: E402

FIRST = flowd.CAPTURES / "first.pcap"
DATAGRAMS = len(pcap.read(FIRST))


def without_arrival(output: bytes) -> list[dict]:
    """Flows without what depends on when they came: a loop's receive time is the clock."""
    flows = flowd.flows_of(output)
    for flow in flows:
        flow["TimeReceived"] = 0
        if flow["Type"] == "SFLOW_5":
            for time in ("TimeFlowStart", "TimeFlowEnd"):
                flow[time] = flow[time + "Ms"] = 0
    return flows


class ReplayTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def replay(self, *arguments) -> tuple[bytes, dict, str]:
        """stdout, summary, stderr of a run that must succeed and balance."""
        path = self.folder / "summary.json"
        done = flowd.run(["-replay", FIRST, "-summary", path, *arguments])
        errors = done.stderr.decode()
        self.assertEqual(done.returncode, 0, errors)
        summary = json.loads(path.read_text())
        self.assertEqual(flowd.unbalanced(summary), "")
        return done.stdout, summary, errors

    def test_json_lines_have_every_key_in_order(self):
        output, summary, errors = self.replay()
        flows = flowd.flows_of(output)
        self.assertEqual(len(flows), summary["flows"])
        for flow in flows:
            self.assertEqual(list(flow), list(lines.DEFAULTS))
            self.assertTrue(flow["SrcAddr"])
        # The first thing a new user sees: lines on stdout, a few lines of figures on stderr.
        self.assertIn(f"{DATAGRAMS} datagrams", errors)
        self.assertIn("no drops", errors)

    def test_summary_counts_bytes_and_datagrams(self):
        output, summary, _ = self.replay()
        payloads = [pcap.udp_of(packet).payload for packet in pcap.read(FIRST)]
        self.assertEqual(summary["datagrams"], len(payloads))
        self.assertEqual(summary["decoded"], len(payloads))
        self.assertEqual(summary["bytes_in"], sum(map(len, payloads)))
        self.assertEqual(summary["bytes_out"], len(output))
        self.assertEqual(summary["delivered"], len(output.splitlines()))
        self.assertEqual(summary["drops"], {"datagrams": {}, "flows": {}})
        for name in ("seconds", "rx_cpu_seconds", "tx_cpu_seconds"):
            self.assertGreaterEqual(summary[name], 0, name)

    def test_file_gets_what_stdout_would_and_keeps_what_was_there(self):
        wanted, _, _ = self.replay()
        path = self.folder / "flows.jsonl"
        path.write_bytes(b"before\n")
        output, _, _ = self.replay("-transport.file", path)
        self.assertEqual(output, b"")
        self.assertEqual(path.read_bytes(), b"before\n" + wanted)

    def test_separator_stands_behind_every_line(self):
        wanted, _, _ = self.replay()
        output, _, _ = self.replay("-transport.file.sep=||")
        self.assertEqual(output, wanted.replace(b"\n", b"||"))

    def test_null_transport_delivers_and_prints_nothing(self):
        output, summary, _ = self.replay("-transport", "null")
        self.assertEqual(output, b"")
        self.assertEqual(summary["delivered"], summary["flows"])

    def test_text_has_the_values_of_json(self):
        flows = flowd.flows_of(self.replay()[0])
        output, _, _ = self.replay("-format", "text")
        self.assertEqual(output.decode().splitlines(), [lines.text(flow) for flow in flows])

    def test_prefixed_protobuf_has_the_values_of_json(self):
        flows = flowd.flows_of(self.replay()[0])
        output, _, errors = self.replay("-format", "pb", "-format.protobuf.fixedlen",
                                        "-transport.file.sep=")
        messages = protobuf.messages(output)
        self.assertEqual([protobuf.decode(each) for each in messages], flows)
        self.assertEqual(messages, [protobuf.encode(flow) for flow in flows])
        self.assertNotIn("separator", errors)

    def test_protobuf_between_newlines_is_warned_about(self):
        """goflow2 does it too: the default separator makes a stream that cannot be cut again."""
        flows = flowd.flows_of(self.replay()[0])
        output, _, errors = self.replay("-format", "pb", "-format.protobuf.fixedlen")
        self.assertEqual([protobuf.decode(each) for each in protobuf.messages(output, b"\n")],
                         flows)
        self.assertIn("transport.file.sep", errors)

    def test_protobuf_without_prefix_is_the_bare_message(self):
        flows = flowd.flows_of(self.replay()[0])
        output, _, _ = self.replay("-format", "pb", "-transport.file.sep=")
        self.assertEqual(output, b"".join(protobuf.encode(flow) for flow in flows))

    def test_loops_repeat_the_capture(self):
        once, _, _ = self.replay()
        output, summary, _ = self.replay("-replay.loops", "3")
        self.assertEqual(without_arrival(output), without_arrival(once) * 3)
        self.assertEqual(summary["datagrams"], 3 * DATAGRAMS)

    def test_seconds_end_a_replay_that_repeats(self):
        begin = time.monotonic()
        _, summary, _ = self.replay("-replay.seconds", "1", "-transport", "null")
        self.assertGreater(time.monotonic() - begin, 0.9)
        self.assertLess(time.monotonic() - begin, 8)
        self.assertGreater(summary["datagrams"], 10 * DATAGRAMS)

    def test_pps_paces(self):
        begin = time.monotonic()
        _, summary, _ = self.replay("-replay.pps", "20", "-replay.loops", "5")
        seconds = time.monotonic() - begin
        wanted = (5 * DATAGRAMS - 1) / 20
        self.assertEqual(summary["datagrams"], 5 * DATAGRAMS)
        self.assertGreater(seconds, wanted * 0.9)
        self.assertLess(seconds, wanted + 6)

    def test_timed_replay_takes_as_long_as_the_capture(self):
        packets = pcap.read(FIRST)
        slow = self.folder / "slow.pcap"
        slow.write_bytes(pcap.pcap_bytes([
            pcap.Packet(packets[0].time_ns + i * 300_000_000, packet.frame)
            for i, packet in enumerate(packets)]))
        begin = time.monotonic()
        done = flowd.run(["-replay", slow, "-replay.timed", "-transport", "null"])
        seconds = time.monotonic() - begin
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertGreater(seconds, 0.3 * (len(packets) - 1) * 0.95)
        self.assertLess(seconds, 0.3 * len(packets) + 6)

    def test_listeners_choose_by_port(self):
        both, _, _ = self.replay()
        output, summary, _ = self.replay("-listen", "sflow://:6343")
        self.assertEqual({flow["Type"] for flow in flowd.flows_of(output)}, {"SFLOW_5"})
        self.assertGreater(summary["drops"]["datagrams"]["frame_not_ours"], 0)
        rest, _, _ = self.replay("-listen", "netflow://:2055")
        self.assertEqual(len(both.splitlines()),
                         len(output.splitlines()) + len(rest.splitlines()))

    def test_listeners_choose_by_protocol(self):
        output, summary, _ = self.replay("-listen", "nfl://:2055")
        self.assertEqual({flow["Type"] for flow in flowd.flows_of(output)}, {"NETFLOW_V5"})
        self.assertEqual(set(summary["drops"]["datagrams"]),
                         {"protocol_not_here", "frame_not_ours"})

    def test_two_replays_print_the_same(self):
        self.assertEqual(self.replay()[0], self.replay()[0])

    def test_configuration_file_says_the_same_as_flags(self):
        config = self.folder / "flowd.toml"
        config.write_text('[output]\nformat = "text"\n')
        self.assertEqual(self.replay("-config", config)[0], self.replay("-format", "text")[0])
        wins, _, _ = self.replay("-config", config, "-format", "json")
        self.assertEqual(wins, self.replay()[0])


if __name__ == "__main__":
    flowd.binary()
    unittest.main()
