#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The ledger before a real Kafka, with several RX and TX workers: what was sent, what flowd says of
each exporter, and what the topic holds of it are the same, before and after an outage; while it
lasts, what waits is in flight."""

import json
import sys
import unittest
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from broker_test import ClusterTest  # noqa: E402
from support import damage, flowd, ledger  # noqa: E402
from support.kafka import consumer, jars  # noqa: E402
from support.ledger_case import LedgerCase  # noqa: E402

TOPIC = "flows"
EXPORTERS = [f"127.0.1.{number}" for number in range(1, 25)]
RX_WORKERS = TX_WORKERS = 2
ROUNDS = 20


class KafkaLedgerTest(ClusterTest, LedgerCase):
    choices = {"auto_create": False}

    def live(self) -> ledger.Watched:
        return ledger.Watched(
            self.folder, "-listen", f"flow://127.0.0.1:{self.port}?count={RX_WORKERS}",
            "-tx.workers", TX_WORKERS, "-transport", "kafka", "-transport.kafka.brokers",
            self.brokers, "-transport.kafka.topic", TOPIC, "-transport.kafka.idempotence")

    def send(self, traffic: ledger.Traffic, first: int):
        """Each exporter a datagram a round, some also one that is damaged."""
        for sequence in range(first, first + ROUNDS):
            for number, address in enumerate(EXPORTERS):
                exporter = traffic.exporter(address)
                if sequence == 0:
                    exporter.send(damage.v9([damage.V9_TEMPLATE], 0))
                else:
                    exporter.send(damage.v9_data(sequence), damage.COUNT)
                if number % 5 == 0:
                    exporter.send(damage.v5(0)[:20], 0, "truncated")

    def is_in_the_topic(self, traffic: ledger.Traffic):
        """Each flow once."""
        found = Counter(json.loads(each.value)["SamplerAddress"]
                        for each in consumer.consume(self.brokers, TOPIC))
        self.assertEqual(found, {address: traffic.books[address]["flows"]
                                 for address in EXPORTERS})

    def test_an_outage_is_accounted_to_the_flow(self):
        self.cluster.create_topic(TOPIC, 4)
        with self.live() as live, ledger.Traffic(self.port) as traffic:
            self.assertEqual(len(live.status()["rx"]), RX_WORKERS)
            self.send(traffic, 0)
            self.holds(live, traffic)
            self.assertGreater(min(each["datagrams"] for each in live.status()["rx"]), 0)
            self.is_in_the_topic(traffic)

            self.cluster.stop(0)
            delivered = live.totals()["delivered"]
            self.send(traffic, ROUNDS)
            count = traffic.total()["datagrams"]
            live.wait_for(lambda totals: totals["datagrams"] == count
                          and totals["in_flight"]["transport"] > 0, "nothing waits")
            box = live.same_twice()
            self.assertEqual(box["delivered"], delivered)
            self.assertEqual(sum(box["in_flight"].values()) + delivered, traffic.total()["flows"])
            rows = live.exporters()
            self.adds_up(box, rows)
            self.assertEqual({each["address"]: sum(each["totals"]["in_flight"].values())
                              for each in rows["exporters"]},
                             dict.fromkeys(EXPORTERS, ROUNDS * damage.COUNT))

            self.cluster.start(0)
            box = self.holds(live, traffic)
            self.assertEqual(box["delivered"], traffic.total()["flows"])
            self.is_in_the_topic(traffic)
            self.doors_agree(live, box)
            live.end_watch()
            self.assertEqual(live.stop(), 0, live.errors.read_text())
            self.assertEqual(live.wrong, [])
            self.agrees_with_the_summary(live.summary(), box)


if __name__ == "__main__":
    flowd.binary()
    try:
        jars.fetch()
    except jars.Unavailable as reason:
        flowd.skip(str(reason))
    unittest.main()
