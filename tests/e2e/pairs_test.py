#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""flowd-gen and flowd over a virtual wire with one, two and four queues: whatever chooses the
queue (the source, the flow, turns), every flow arrives once, read by its own template, in order
where the wire keeps order, and nothing goes without a name."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd, pairs, serials  # noqa: E402

# Exporters by turns and queues by turns must not keep step: no number of queues divides 13.
EXPORTERS, DOMAINS, DATAGRAMS, RATE = 13, 3, 3000, 4000
TRAFFIC = ("-exporters", EXPORTERS, "-domains", DOMAINS, "-protocol", "mixed", "-count", DATAGRAMS,
           "-pps", RATE, "-records", 10, "-template-every", 16)


class JudgeTest(unittest.TestCase):
    """What is wrong is found, or the tests below could not fail."""

    TRUTH = {"exporter": "2001:db8::2", "number": 2, "domain": 3, "protocol": "v9", "flows": 4,
             "datagrams": 2, "templates": 1}

    def verdict(self, *numbers: int, ordered: bool = True, **changes) -> str:
        with tempfile.TemporaryDirectory() as name:
            truth, lines = Path(name, "truth.jsonl"), Path(name, "flows.jsonl")
            truth.write_text(json.dumps(self.TRUTH) + "\n")
            flows = []
            for number in numbers:
                source, destination = serials.ports(2, 3, number)
                flows.append({"Type": "NETFLOW_V9", "SamplerAddress": "2001:db8::2",
                              "Bytes": number, "Packets": 3, "SrcAddr": "10.0.0.2",
                              "DstAddr": "172.16.0.3", "SrcPort": source,
                              "DstPort": destination} | (changes if number == 2 else {}))
            lines.write_text("".join(json.dumps(flow) + "\n" for flow in flows))
            return serials.Serials(truth).read(lines).verdict(ordered)

    def test_everything_once_and_in_order_is_right(self):
        self.assertEqual(self.verdict(1, 2, 3, 4), "")
        self.assertEqual(self.verdict(4, 3, 1, 2, ordered=False), "")

    def test_what_is_lost_repeated_or_overtaken_is_named(self):
        self.assertIn("1 lost [3]", self.verdict(1, 2, 4))
        self.assertIn("4 lost [1, 2, 3, 4]", self.verdict())
        self.assertIn("1 repeated", self.verdict(1, 2, 2, 3, 4, ordered=False))
        self.assertIn("1 never sent [5]", self.verdict(1, 2, 3, 4, 5))
        self.assertIn("flow 3 comes where 2 should", self.verdict(1, 3, 2, 4))

    def test_what_is_put_together_wrongly_is_named(self):
        for changes in ({"SrcPort": 1}, {"Packets": 4}, {"Type": "IPFIX"}, {"Bytes": 3}):
            self.assertIn("put together wrongly", self.verdict(1, 2, 3, 4, **changes))
        self.assertIn("a flow of nobody", self.verdict(1, 2, 3, 4, SrcAddr="10.0.0.3"))


class PairsTest(unittest.TestCase):
    def pair(self, kind: str, queues: int, *arguments) -> pairs.Outcome:
        with tempfile.TemporaryDirectory() as name:
            outcome = pairs.run(kind, Path(name), queues, ("-rx.workers", queues),
                                TRAFFIC + arguments)
        self.assertEqual(outcome.sent["datagrams"], DATAGRAMS)
        self.assertEqual(outcome.sent["dropped"], 0)
        self.assertEqual(flowd.unbalanced(outcome.summary), "")
        return outcome

    def check(self, outcome: pairs.Outcome, ordered: bool):
        about = f"{outcome.sent}\n{outcome.summary}"
        self.assertEqual(outcome.judge.verdict(ordered), "", about)
        self.assertEqual(outcome.summary["datagrams"], DATAGRAMS, about)
        self.assertEqual(outcome.summary["drops"], {"datagrams": {}, "flows": {}}, about)

    def by_source(self, kind: str, queues: int):
        """Nothing is forwarded, so templates may change at any time."""
        # Two exporters of different queues may fall into one bucket: not twice in a row.
        for _ in range(2):
            outcome = self.pair(kind, queues, "-spread", "source", "-redefine-every", 20)
            self.check(outcome, ordered=True)
            self.assertEqual(outcome.counter("sequence_lost"), 0)
            self.assertEqual(outcome.counter("sets_parked"), 0)
            if outcome.counter("shard_forwarded") == 0:
                return
        self.assertEqual(outcome.counter("shard_forwarded"), 0)

    def by_flow(self, kind: str, queues: int):
        """Exporters whose ports change come through all queues, and still have one owner."""
        outcome = self.pair(kind, queues, "-spread", "flow", "-ports", "random")
        self.check(outcome, ordered=queues == 1)
        self.check_forwarded(outcome, queues)

    def in_turns(self, kind: str, queues: int):
        outcome = self.pair(kind, queues, "-spread", "round-robin")
        self.check(outcome, ordered=queues == 1)
        self.check_forwarded(outcome, queues)

    def check_forwarded(self, outcome: pairs.Outcome, queues: int):
        """Of an exporter on all queues about 1 of `queues` datagrams arrives at its owner."""
        used = [queue for queue in outcome.sent["queues"] if queue["frames"] > 0]
        self.assertEqual(len(used), queues)
        forwarded = outcome.counter("shard_forwarded")
        if queues == 1:
            self.assertEqual(forwarded, 0)
            return
        wanted = DATAGRAMS * (queues - 1) / queues
        self.assertGreater(forwarded, 0.8 * wanted, outcome.summary)
        self.assertLess(forwarded, 1.2 * wanted, outcome.summary)


def add_cases():
    """One test for each kind of wire, number of queues, and what chooses the queue."""
    for kind in pairs.KINDS:
        for queues in (1, 2, 4):
            for judge in (PairsTest.by_source, PairsTest.by_flow, PairsTest.in_turns):
                def case(self, judge=judge, kind=kind, queues=queues):
                    judge(self, kind, queues)
                setattr(PairsTest, f"test_{kind}_{queues}_queues_{judge.__name__}", case)


add_cases()

if __name__ == "__main__":
    flowd.binary()
    pairs.generator()
    unittest.main()
