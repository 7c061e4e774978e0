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

DATAGRAMS, RATE, RECORDS = 16000, 4000, 8
# v9 and IPFIX need their templates wherever they are; some 300 datagrams of each domain have a
# dozen redefinitions in them.
TRAFFIC = ("-count", DATAGRAMS, "-pps", RATE, "-records", RECORDS, "-exporters", 9, "-domains", 6,
           "-ipv6", "-template-every", 50, "-redefine-every", 25, "-spread", "source")


# Workers of a test are hardly busy: move what a busy box would.
SOON = ("-shard.busy", 1, "-shard.spread", 2)
# On fast CPUs they are less busy than that, too. Templates are work that leaves little to write:
# the first number of them in each datagram that is work enough is taken.
WORK = ((), ("-storm", 20), ("-storm", 60))
# Too much for the settings of a real box: 90 templates that change in each datagram are some 80 us
# of a worker's time. The first rate that is too much for a worker is enough.
STORM = ("-storm", 90, "-records", 2, "-count", 24000)
STORM_RATES = (("-pps", 9000), ("-pps", 18000), ("-pps", 36000))
# More frames than are ever forwarded at once: overload of the rings is another test's.
ROOMY = ("-shard.ring", 8192)


class RebalanceTest(unittest.TestCase):
    def run_case(self, workers: int, queues: int, *traffic, flags=SOON) -> pairs.Outcome:
        with tempfile.TemporaryDirectory() as name:
            outcome = pairs.run("memif", Path(name), queues,
                                ("-rx.workers", workers, "-shard.interval", "100ms", *flags),
                                TRAFFIC + traffic)
        about = f"{outcome.sent}\n{outcome.summary}\n{outcome.log}"
        datagrams = outcome.sent["datagrams"]
        self.assertGreaterEqual(datagrams, DATAGRAMS)
        self.assertEqual(outcome.sent["dropped"], 0, about)
        self.assertEqual(flowd.unbalanced(outcome.summary), "")
        self.assertEqual(outcome.summary["drops"], {"datagrams": {}, "flows": {}}, about)
        self.assertEqual(outcome.summary["datagrams"], datagrams, about)
        self.assertEqual(outcome.judge.verdict(ordered=True), "", about)
        # Sequence numbers are right, so a gap would be state that was left behind.
        for name in ("sequence_lost", "sequence_late", "sequence_duplicates", "sequence_resets"):
            self.assertEqual(outcome.counter(name), 0, f"{name}: {about}")
        return outcome

    def run_until(self, counter: str, workers: int, queues: int, *traffic,
                  steps=WORK, flags=SOON) -> pairs.Outcome:
        """All of it right at every step, each harder than the one before, until there is something
        to do about it."""
        for step in steps:
            outcome = self.run_case(workers, queues, *traffic, *step, flags=flags)
            if outcome.counter(counter) > 0:
                break
        return outcome

    def moved(self, outcome: pairs.Outcome):
        self.assertGreater(outcome.counter("shard_moves"), 0, outcome.summary)
        # What moves comes through its old queue all the same.
        self.assertGreater(outcome.counter("shard_forwarded"), 0, outcome.summary)

    def lopsided(self, outcome: pairs.Outcome):
        """A case in which nothing needs to move would prove nothing."""
        sizes = [queue["bytes"] for queue in outcome.sent["queues"]]
        self.assertGreater(max(sizes), 1.1 * sum(sizes) / len(sizes), sizes)

    def test_zipf_over_two_workers(self):
        outcome = self.run_until("shard_moves", 2, 2, "-weights", "zipf", "-protocol", "mixed")
        self.lopsided(outcome)
        self.moved(outcome)

    def test_zipf_over_four_workers(self):
        outcome = self.run_until("shard_moves", 4, 4, "-weights", "zipf", "-protocol", "ipfix")
        self.lopsided(outcome)
        self.moved(outcome)

    def test_an_elephant_over_two_workers(self):
        outcome = self.run_until("shard_moves", 2, 2, "-weights", "elephant", "-protocol", "v9")
        self.lopsided(outcome)
        self.moved(outcome)

    def test_an_elephant_over_four_workers(self):
        outcome = self.run_until("shard_moves", 4, 4, "-weights", "elephant", "-protocol", "ipfix")
        self.lopsided(outcome)
        self.moved(outcome)

    def test_an_elephant_of_one_queue_over_four_workers(self):
        """Half of everything is one exporter's, and a quarter is a worker's fair share."""
        self.moved(self.run_until("shard_moves", 4, 1, "-weights", "elephant", "-protocol",
                                  "ipfix"))

    def storm(self, workers: int, *traffic):
        """Until the default settings find a worker too busy."""
        outcome = self.run_until("shard_moves", workers, workers, *STORM, *traffic,
                                 steps=STORM_RATES, flags=ROOMY)
        self.lopsided(outcome)
        self.moved(outcome)

    def test_busy_workers_give_exporters_away(self):
        self.storm(2, "-weights", "zipf", "-exporters", 7, "-protocol", "v9")

    def test_busy_workers_give_an_elephant_away(self):
        self.storm(4, "-weights", "elephant", "-exporters", 7, "-protocol", "ipfix")

    def test_an_elephant_is_split_by_its_domains(self):
        """One exporter is most of a worker's load, so that moving it would not help."""
        outcome = self.run_until("shard_splits", 2, 2, "-weights", "elephant", "-protocol", "v9",
                                 flags=SOON + ("-shard.overloaded", 3))
        self.assertGreater(outcome.counter("shard_splits"), 0, outcome.summary)
        self.assertEqual(outcome.counter("sequence_unchecked"), 0, outcome.summary)


if __name__ == "__main__":
    flowd.binary()
    pairs.generator()
    unittest.main()
