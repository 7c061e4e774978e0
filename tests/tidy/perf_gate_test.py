#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Proves that the gate of scripts/perf-gate closes when it should and only then, with numbers that
are made up: no program runs."""

import copy
import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import perf_gate as gate  # noqa: E402

FLOW_CASE, DATAGRAM_CASE = gate.PAIRS[0]

GATE_OUTPUT = """gate: ipfix-ipv4/protobuf/avx512, 20 fields: flowd 25.0 ns, naive 73.5 ns per flow
kernel: ipfix-ipv4/kernel/portable: 81.7 ns, naive 70.6 ns per flow: 0.86 times as fast (best of 9)
kernel: ipfix-ipv4/kernel/avx512: 19.6 ns, naive 70.5 ns per flow: 3.60 times as fast (best of 9)
kernel: ipfix-ipv6/kernel/avx512: 28.7 ns, naive 89.2 ns per flow: 3.11 times as fast (best of 9)
"""


def count(per_flow: float, flows: int = 20) -> gate.Count:
    return gate.Count(round(per_flow * flows * 10), flows * 10, 10)


class InstructionsTest(unittest.TestCase):
    def judge(self, per_flow: float, recorded: float):
        return gate.judge_instructions({FLOW_CASE: count(per_flow)}, {FLOW_CASE: recorded})

    def test_five_percent_more_passes_and_six_fail(self):
        self.assertEqual(self.judge(104.9, 100).failures, [])
        self.assertEqual(len(self.judge(106, 100).failures), 1)

    def test_more_than_ten_percent_less_is_a_hint_and_no_failure(self):
        self.assertEqual(self.judge(91, 100).hints, [])
        better = self.judge(89, 100)
        self.assertEqual((better.hints, better.failures), ([FLOW_CASE], []))

    def test_datagrams_of_one_record_count_per_datagram(self):
        self.assertEqual(gate.Count(3000, 100, 10).of(DATAGRAM_CASE), 300)
        self.assertEqual(gate.Count(3000, 100, 10).of(FLOW_CASE), 30)

    def test_a_case_without_a_record_fails_nothing_and_asks_for_one(self):
        verdict = gate.judge_instructions({"new/case": count(100)}, {})
        self.assertEqual((verdict.failures, verdict.hints), ([], ["new/case"]))

    def test_two_sizes_of_datagrams_give_the_cost_of_each_part(self):
        counts = {FLOW_CASE: gate.Count(10 * (200 + 20 * 50), 200, 10),
                  DATAGRAM_CASE: gate.Count(10 * 250, 10, 10)}
        self.assertEqual(gate.derived(counts), [f"| {FLOW_CASE} | 60 | 50 | 200 | 250 |"])


class RatiosTest(unittest.TestCase):
    RECORD = {"ratios": {"bmi2/AuthenticAMD-25": {"ipfix-ipv4": 2.0}}, "floors": {"bmi2": 0.8}}

    def failures(self, ratio: float, family: str = "AuthenticAMD-25"):
        ratios = {"bmi2": {"ipfix-ipv4": ratio}}
        return gate.judge_ratios(ratios, self.RECORD, family).failures

    def test_a_quarter_less_passes_and_more_fails(self):
        self.assertEqual(self.failures(1.51), [])
        self.assertEqual(len(self.failures(1.49)), 1)

    def test_a_cpu_without_a_record_has_the_kernels_floor(self):
        self.assertEqual(self.failures(0.9, "GenuineIntel-6"), [])
        failure, = self.failures(0.7, "GenuineIntel-6")
        self.assertIn("GenuineIntel-6 is not recorded", failure)

    def test_ratios_are_read_from_the_output_of_perf_pipeline(self):
        self.assertEqual(gate.parse_ratios(GATE_OUTPUT),
                         {"portable": {"ipfix-ipv4": 0.86},
                          "avx512": {"ipfix-ipv4": 3.6, "ipfix-ipv6": 3.11}})

    def test_the_better_of_two_measurements_counts(self):
        self.assertEqual(gate.merged({"bmi2": {"a": 1.0, "b": 3.0}}, {"bmi2": {"a": 2.0}}),
                         {"bmi2": {"a": 2.0, "b": 3.0}})

    def test_the_family_of_a_cpu_is_vendor_and_number(self):
        text = "vendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t: 1\n"
        self.assertEqual(gate.cpu_family(text), "AuthenticAMD-25")


class RecordTest(unittest.TestCase):
    OLD = {"build": {}, "floors": {"bmi2": 0.8}, "instructions": {"gone": 1},
           "ratios": {"bmi2/GenuineIntel-6": {"ipfix-ipv4": 1.5}}}

    def test_instructions_are_replaced_and_other_cpus_stay(self):
        before = copy.deepcopy(self.OLD)
        new = gate.updated(self.OLD, {FLOW_CASE: count(100)}, {"bmi2": {"ipfix-ipv4": 2.004}},
                           "AuthenticAMD-25", {"compiler": "c++ 12.2.0"})
        self.assertEqual(new["instructions"], {FLOW_CASE: 100.0})
        self.assertEqual(new["ratios"], {"bmi2/AuthenticAMD-25": {"ipfix-ipv4": 2.0},
                                         "bmi2/GenuineIntel-6": {"ipfix-ipv4": 1.5}})
        self.assertEqual(new["floors"], self.OLD["floors"])
        self.assertEqual(self.OLD, before)

    def test_what_is_written_is_read_again(self):
        with tempfile.TemporaryDirectory() as folder:
            gate.write_record(Path(folder) / "gate.json", self.OLD)
            self.assertEqual(gate.read_record(Path(folder) / "gate.json"), self.OLD)

    def test_the_committed_record_has_known_cases_and_a_floor_for_each_kernel(self):
        record = json.loads((ROOT / "perf/gate.json").read_text())
        self.assertLessEqual(set(record["instructions"]), set(gate.CASES) | set(gate.REPLAYS))
        self.assertLessEqual(set(gate.REPLAYS), set(record["instructions"]))
        self.assertEqual(set(record["floors"]), {"portable", "bmi2", "avx2", "avx512"})


if __name__ == "__main__":
    unittest.main()
