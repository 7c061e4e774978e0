#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Proves what scripts/perf, its capacity table and scripts/perf-compare make of numbers: ratios the
right way round, of the same round, and tables that stand in the README where they belong."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import perf_capacity as capacity  # noqa: E402
import perf_compare as compare  # noqa: E402
import perf_gate as gate  # noqa: E402
import perf_peers as peers  # noqa: E402
import perf_report as report  # noqa: E402


def row(program: str, path: str, *times: tuple[float | None, float], name: str = "ipfix-ipv4"):
    runs = [{"flows": 100, "offered": 100, "lost": 0, "rx_ns": rx, "total_ns": total}
            for rx, total in times]
    return {"input": name, "program": program, "path": path, "runs": runs, "failure": None}


class ReportTest(unittest.TestCase):
    def setUp(self):
        self.rows = [row("flowd", report.TO_NULL, (40, 50), (60, 100)),
                     row("nfcapd", "UDP, paced → its file", (None, 800), (None, 900)),
                     row("nfcapd", "UDP, saturated → its file", (None, 400), (None, 600)),
                     row("nfacctd", "pcap → one aggregate", (300, 700), (300, 700)),
                     row("bare loop", "rx_burst and touch", (10, 10), (10, 10))]
        report.summarize(self.rows)

    def test_peers_are_compared_by_their_best_figure_round_by_round(self):
        flowd = self.rows[0]
        self.assertEqual(flowd["nfcapd_to_it"], (400 / 50 + 600 / 100) / 2)
        self.assertEqual(flowd["nfacctd_to_it"], (300 / 50 + 300 / 100) / 2)
        self.assertIsNone(self.rows[4]["nfcapd_to_it"])

    def test_a_row_without_runs_has_no_ratio(self):
        missing = row("flowd", report.TO_NULL)
        report.summarize([missing])
        self.assertIsNone(missing["nfcapd_to_it"])
        self.assertIn("not installed", report.table([{**missing, "failure": "not installed"}]))

    def test_goals_take_the_receive_path_without_the_kernel_by_the_bare_loop(self):
        lines = ["kernel: ipfix-ipv4/kernel/avx2: 30.0 ns, naive 90.0 ns per flow: 3.00 times as "
                 "fast (best of 9)"]
        made = {goal["what"]: goal["is"] for goal in report.goals(self.rows, lines)}
        self.assertEqual(made["(flowd's RX − kernel) : bare loop, ipfix-ipv4"], (50 - 30) / 10)
        self.assertEqual(made["naive interpreter : kernel avx2, ipfix-ipv4"], 3.0)
        self.assertEqual(made["nfcapd : flowd, ipfix-ipv4, flowd replay to null"], 7)
        self.assertIsNone(made["sfcapd : flowd, sflow, flowd replay to null"])

    def test_only_what_is_between_the_lines_is_replaced(self):
        with tempfile.TemporaryDirectory() as folder:
            readme = Path(folder) / "README.md"
            readme.write_text("before\n<!-- a -->\nold\n<!-- b -->\nafter\n")
            report.write_readme(readme, "new\n", "<!-- a -->", "<!-- b -->")
            self.assertEqual(readme.read_text(),
                             "before\n<!-- a -->\n\nnew\n\n<!-- b -->\nafter\n")
            with self.assertRaises(SystemExit):
                report.write_readme(readme, "new\n", "<!-- c -->", "<!-- b -->")

    def test_the_readme_has_the_lines(self):
        readme = (ROOT / "perf/README.md").read_text()
        for line in (report.BEGIN, report.END, capacity.BEGIN, capacity.END):
            self.assertEqual(readme.count(line), 1, line)


class PeerTest(unittest.TestCase):
    def test_a_peer_has_a_name_a_program_and_one_way_in(self):
        peer = peers.parse_peer("mine=cat -p {port} 'a b' {out}")
        self.assertEqual(peer, {"name": "mine", "words": ["cat", "-p", "{port}", "a b", "{out}"],
                                "reads": False})
        self.assertTrue(peers.parse_peer("x=cat {pcap}")["reads"])
        for wrong in ("cat {port}", "x=cat", "x=cat {port} {pcap}", "x=no-such-program {port}"):
            with self.subTest(wrong), self.assertRaises(ValueError):
                peers.parse_peer(wrong)

    def test_places_are_filled_wherever_they_stand(self):
        self.assertEqual(peers.fill_in(["-p{port}", "{out}/x"], port=5, out="/o"), ["-p5", "/o/x"])


class CapacityTest(unittest.TestCase):
    @staticmethod
    def replay(options: tuple, flows: float, rx_ns: float) -> dict:
        return {"input": "ipfix-ipv4", "options": options, "form": "pb", "profile": "goflow2-v1",
                "transport": "null", "flows_per_datagram": flows, "rx_ns": rx_ns, "tx_ns": 10.0}

    def test_full_datagrams_and_single_records_give_the_cost_of_each_part(self):
        rows = [self.replay(("--datagrams=9",), 20, 60.0),
                self.replay(("--datagrams=9", "--records=1"), 1, 250.0)]
        cost, = capacity.costs(rows)
        self.assertAlmostEqual(cost["flow_ns"], 50)
        self.assertAlmostEqual(cost["datagram_ns"], 200)
        self.assertIn("RX cores", capacity.example([cost]))

    def test_the_wire_counts_headers_preamble_and_gap(self):
        self.assertEqual(capacity.wire_bits({"payload_bytes": 14340, "datagrams": 10}), 8 * 1500)


class CompareTest(unittest.TestCase):
    BEFORE = ["ipfix-ipv4/protobuf/portable", "ipfix-ipv4/protobuf/bmi2", "ipfix-ipv4/json"]
    AFTER = ["ipfix-ipv4/json", "ipfix-ipv4/protobuf/portable", "ipfix-ipv4/protobuf/bmi2",
             "ipfix-ipv4/protobuf/avx512", "new/json"]

    def test_only_cases_of_both_with_the_best_kernel_of_both(self):
        chosen = compare.choose(self.BEFORE, self.AFTER, ["ipfix-ipv4/protobuf/{kernel}",
                                                          "*/json", "sflow/*"])
        self.assertEqual(chosen, (["ipfix-ipv4/protobuf/bmi2", "ipfix-ipv4/json"], ["sflow/*"]))

    def test_ratios_are_second_by_first(self):
        summary = compare.summarize("x", [100, 200], [50, 120])
        self.assertEqual((summary["best_ratio"], summary["pair_ratio"]), (0.5, 0.55))

    def test_other_traffic_is_said(self):
        same = compare.instructions_line("x", gate.Count(200, 2, 1), gate.Count(100, 2, 1))
        self.assertEqual(same, "| x | 100.0 | 50.0 | 0.500 |")
        self.assertIn("not comparable", compare.instructions_line(
            "x", gate.Count(200, 2, 1), gate.Count(300, 3, 1)))
        self.assertEqual(compare.instructions_line("x", None, gate.Count(200, 2, 1)),
                         "| x | – | 100.0 | |")

    def test_an_unknown_revision_is_told_before_anything_is_built(self):
        ended = subprocess.run([ROOT / "scripts/perf-compare", "no-such-revision"],
                               capture_output=True, text=True)
        self.assertEqual((ended.returncode, ended.stderr),
                         (2, "perf-compare: there is no revision no-such-revision\n"))


if __name__ == "__main__":
    unittest.main()
