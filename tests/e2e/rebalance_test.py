#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Exporters of very different weight under load: flowd moves them, with their templates and in the
middle of redefinitions, from one RX worker to another. Nothing is lost, nothing comes twice, every
record is read by its own template, and a domain's flows keep their order."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd, pairs  # noqa: E402

DATAGRAMS, RECORDS = 24000, 2
# Datagrams a second. flowd moves nothing from a worker that is idle half of its time, and CPUs
# differ: the first rate that keeps one busier is enough. Each is judged.
RATES = (9000, 18000, 36000)
# 90 templates that change in each datagram are some 80 us of a worker's time, and little to write.
# v9 and IPFIX need their templates wherever they are: of some 500 datagrams of each domain every
# 25th redefines the one that data uses.
TRAFFIC = ("-count", DATAGRAMS, "-records", RECORDS, "-exporters", 7, "-domains", 6, "-ipv6",
           "-storm", 90, "-template-every", 50, "-redefine-every", 25, "-spread", "source")
FRAMES_OF_RINGS = 8192  # more than are ever forwarded at once: overload is another test's


class RebalanceTest(unittest.TestCase):
    def run_once(self, workers: int, queues: int, rate: int, *traffic) -> pairs.Outcome:
        with tempfile.TemporaryDirectory() as name:
            outcome = pairs.run("memif", Path(name), queues,
                                ("-rx.workers", workers, "-shard.interval", "100ms",
                                 "-shard.ring", FRAMES_OF_RINGS),
                                TRAFFIC + traffic + ("-pps", rate))
        about = f"{outcome.sent}\n{outcome.summary}\n{outcome.log}"
        self.assertEqual(outcome.sent["datagrams"], DATAGRAMS)
        self.assertEqual(outcome.sent["dropped"], 0, about)
        self.assertEqual(flowd.unbalanced(outcome.summary), "")
        self.assertEqual(outcome.summary["drops"], {"datagrams": {}, "flows": {}}, about)
        self.assertEqual(outcome.summary["datagrams"], DATAGRAMS, about)
        self.assertEqual(outcome.judge.verdict(ordered=True), "", about)
        # Sequence numbers are right, so a gap would be state that was left behind.
        for name in ("sequence_lost", "sequence_late", "sequence_duplicates", "sequence_resets"):
            self.assertEqual(outcome.counter(name), 0, f"{name}: {about}")
        return outcome

    def run_case(self, workers: int, queues: int, *traffic) -> pairs.Outcome:
        """All of it right at every rate, until something has moved."""
        for rate in RATES:
            outcome = self.run_once(workers, queues, rate, *traffic)
            if outcome.counter("shard_moves") > 0:
                break
        return outcome

    def moved(self, outcome: pairs.Outcome):
        self.assertGreater(outcome.counter("shard_moves"), 0, outcome.summary)
        # What moves comes through its old queue all the same.
        self.assertGreater(outcome.counter("shard_forwarded"), 0, outcome.summary)

    def lopsided(self, outcome: pairs.Outcome):
        """A case in which nothing needs to move would prove nothing."""
        sizes = [queue["frames"] for queue in outcome.sent["queues"]]
        self.assertGreater(max(sizes), 1.25 * sum(sizes) / len(sizes), sizes)

    def test_zipf_over_two_workers(self):
        outcome = self.run_case(2, 2, "-weights", "zipf", "-protocol", "v9")
        self.lopsided(outcome)
        self.moved(outcome)

    def test_zipf_over_four_workers(self):
        outcome = self.run_case(4, 4, "-weights", "zipf", "-protocol", "ipfix")
        self.lopsided(outcome)
        self.moved(outcome)

    def test_an_elephant_over_two_workers(self):
        outcome = self.run_case(2, 2, "-weights", "elephant", "-protocol", "v9")
        self.lopsided(outcome)
        self.moved(outcome)

    def test_an_elephant_over_four_workers(self):
        outcome = self.run_case(4, 4, "-weights", "elephant", "-protocol", "ipfix")
        self.lopsided(outcome)
        self.moved(outcome)

    def test_an_elephant_of_one_queue_over_four_workers(self):
        """Half of everything is one exporter's, and a quarter is a worker's fair share."""
        self.moved(self.run_case(4, 1, "-weights", "elephant", "-protocol", "ipfix"))


if __name__ == "__main__":
    flowd.binary()
    pairs.generator()
    unittest.main()
