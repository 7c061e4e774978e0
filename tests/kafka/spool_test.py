#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The spool before a real Kafka: through an outage nothing is lost and all comes in order; what is
on disk outlives a stop and kill -9 of flowd; a spool that is full drops the oldest, counted.
FLOWD_NIGHTLY=1 makes the outage ten minutes long."""

import json
import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from deliver_test import V9, timeless  # noqa: E402
from outage_test import OutageTest  # noqa: E402
from support import flowd  # noqa: E402
from support.kafka import consumer, jars  # noqa: E402

OUTAGE_SECONDS = 600 if os.environ.get("FLOWD_NIGHTLY") else 30
PPS = 300
SELECTOR = "Type,TimeReceived,SequenceNum,SamplerAddress,SrcAddr,DstAddr,SrcPort,DstPort,Bytes"
# A queue that is soon full, so that little traffic is enough to see the disk used.
SMALL = ("-transport.kafka.queue-messages", 2000, "-transport.spool.slow-ms", 200,
         "-format.selector", SELECTOR)


class SpoolTest(OutageTest):
    choices = {"auto_create": False}

    def setUp(self):
        super().setUp()
        self.spool = self.folder / "spool"

    def spooling(self, topic: str, loops: int, *arguments) -> flowd.Live:
        return self.start(topic, "-replay", V9, "-replay.loops", loops, "-replay.pps", PPS,
                          "-transport.spool.path", self.spool, *SMALL, *arguments)

    def segments(self) -> list[Path]:
        return sorted(self.spool.rglob("*.seg"))

    def wait_for_segments(self, live: flowd.Live):
        flowd.wait_until(self.segments, 30, f"no spool: {live.errors.read_text()}")

    def expected(self, loops: int):
        return timeless(self.lines(V9, "-format.selector", SELECTOR) * loops)

    def found(self, topic: str):
        return timeless(each.value for each in consumer.consume(self.brokers, topic))

    def assert_in_order(self, topic: str):
        """The time at which a flow was received never goes back within a partition."""
        last = {}
        for message in consumer.consume(self.brokers, topic):
            received = json.loads(message.value)["TimeReceived"]
            self.assertGreaterEqual(received, last.get(message.partition, 0))
            last[message.partition] = received

    def test_outage_is_filled_in_afterwards_in_order_and_once(self):
        self.cluster.create_topic("outage", 2)
        loops = PPS * (OUTAGE_SECONDS + 20) // 3
        live = self.spooling("outage", loops, "-transport.kafka.idempotence")
        self.wait_for_messages("outage")
        self.cluster.stop(0)
        self.wait_for_segments(live)
        time.sleep(OUTAGE_SECONDS)
        self.cluster.start(0)
        summary = self.ended(live, 120)
        self.assertEqual(summary["delivered"], summary["flows"], summary)
        self.assertEqual(self.found("outage"), self.expected(loops))
        self.assert_in_order("outage")
        self.assertEqual(self.segments(), [], "an empty spool has no segments")
        log = live.errors.read_text()
        self.assert_told_once_per_change(log, "spooling:", "spool empty again")

    def test_stop_without_a_broker_leaves_all_on_disk_for_the_next_start(self):
        self.cluster.create_topic("stopped", 1)
        self.cluster.stop(0)
        live = self.spooling("stopped", 600, "-tx.stop-patience", "1s")
        self.wait_for_segments(live)
        time.sleep(1)
        live.process.send_signal(signal.SIGTERM)
        first = self.ended(live)
        left = first["transports"][0]["spool_left"]
        self.assertEqual(left, first["flows"], "nothing was delivered, nothing is lost")
        self.cluster.start(0)
        live = self.spooling("stopped", 10)
        second = self.ended(live)
        self.assertEqual(second["transports"][0]["spool_restored"], left)
        self.assertEqual(second["delivered"], left + second["flows"])
        self.assertEqual(len(consumer.consume(self.brokers, "stopped")), second["delivered"])
        self.assert_in_order("stopped")

    def test_killed_flowd_finds_its_spool_again(self):
        self.cluster.create_topic("killed", 1)
        self.cluster.stop(0)
        live = self.spooling("killed", 5000)
        self.wait_for_segments(live)
        time.sleep(3)
        live.process.kill()
        live.process.wait()
        self.assertGreater(sum(each.stat().st_size for each in self.segments()), 10_000)
        self.cluster.start(0)
        live = self.spooling("killed", 10)
        summary = self.ended(live)
        restored = summary["transports"][0]["spool_restored"]
        self.assertGreater(restored, 1000)
        self.assertEqual(summary["delivered"], restored + summary["flows"])
        self.assertEqual(len(consumer.consume(self.brokers, "killed")), summary["delivered"])
        self.assert_in_order("killed")

    def test_full_spool_drops_the_oldest_and_counts_them(self):
        self.cluster.create_topic("full", 1)
        self.cluster.stop(0)
        live = self.spooling("full", 4000, "-transport.spool.bytes", 1 << 20,
                             "-transport.spool.compression", "none")
        self.wait_for_segments(live)
        oldest = self.segments()[0]
        flowd.wait_until(lambda: not oldest.exists(), 30, "the spool is never full")
        self.cluster.start(0)
        summary = self.ended(live)
        dropped = summary["drops"]["flows"]["spool_full"]
        self.assertGreater(dropped, 0)
        self.assertEqual(set(summary["drops"]["flows"]), {"spool_full"})
        self.assertEqual(summary["delivered"], summary["flows"] - dropped)
        self.assert_in_order("full")

    def test_packed_flows_with_keys_go_through_the_spool_too(self):
        self.cluster.create_topic("packed", 2)
        self.cluster.stop(0)
        live = self.spooling("packed", 1500, "-transport.kafka.records", "packed",
                             "-format.hash", "SrcAddr", "-transport.kafka.queue-messages", 20)
        self.wait_for_segments(live)
        time.sleep(2)
        self.cluster.start(0)
        summary = self.ended(live)
        self.assertEqual(summary["delivered"], summary["flows"], summary)
        lines = [line for each in consumer.consume(self.brokers, "packed")
                 for line in each.value.splitlines()]
        self.assertEqual(timeless(lines), self.expected(1500))

    def test_two_processes_do_not_share_a_spool(self):
        live = self.spooling("shared", 3000)
        flowd.wait_until(lambda: self.spool.exists(), 10, "no folder")
        other = flowd.run(["-transport", "kafka", "-transport.spool.path", self.spool, "-replay",
                           V9])
        self.assertEqual(other.returncode, 1)
        self.assertIn(b"transport.spool.path", other.stderr)
        live.process.send_signal(signal.SIGINT)
        live.process.send_signal(signal.SIGINT)
        live.process.wait(20)


class LanesTest(OutageTest):
    choices = {"auto_create": False}

    def configuration(self, text: str) -> Path:
        path = self.folder / "flowd.toml"
        path.write_text(text)
        return path

    def test_a_dead_broker_holds_up_no_file(self):
        copy, v6 = self.folder / "copy.jsonl", self.folder / "none.jsonl"
        config = self.configuration(f"""
            tx.stop_patience_ms = 500
            replay.on_full = "drop"
            [[transport]]
            kind = "kafka"
            kafka.brokers = ["127.0.0.1:1"]
            [[transport]]
            name = "copy"
            file.path = "{copy}"
            [[transport]]
            name = "elsewhere"
            file.path = "{v6}"
            exporters = ["198.51.100.0/24"]
            """)
        live = flowd.Live(self.folder, "-config", config, "-replay", V9)
        self.addCleanup(live.__exit__)
        wanted = self.lines(V9)
        flowd.wait_until(lambda: copy.exists() and copy.read_bytes().splitlines() == wanted, 10,
                         "the file waits for the broker")
        self.assertIsNone(live.process.poll(), "Kafka's flows are waited for")
        live.process.send_signal(signal.SIGTERM)
        live.process.wait(20)
        summary = live.summary()
        self.assertEqual(flowd.unbalanced(summary), "")
        by_name = {each["name"]: each for each in summary["transports"]}
        self.assertEqual(by_name["copy"]["delivered"], len(wanted))
        self.assertEqual(by_name["kafka"]["drops"], {"given_up": len(wanted)})
        self.assertEqual(by_name["elsewhere"]["offered"], 0)
        self.assertEqual(v6.read_bytes(), b"")

    def test_each_gets_what_its_filter_takes(self):
        self.cluster.create_topic("filtered", 1)
        copy = self.folder / "copy.jsonl"
        config = self.configuration(f"""
            [[transport]]
            kind = "kafka"
            exporters = ["192.0.2.12"]
            [transport.kafka]
            brokers = ["{self.brokers}"]
            topic = "filtered"
            [[transport]]
            name = "rest"
            exporters = ["192.0.2.0/29"]
            file.path = "{copy}"
            """)
        done = flowd.run(["-config", config, "-replay", V9])
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertEqual([each.value for each in self.read("filtered")], self.lines(V9))
        self.assertEqual(copy.read_bytes(), b"", "192.0.2.12 is not in it")
        self.assertIn(b"transport kafka: 56 flows, delivered 56", done.stderr)


if __name__ == "__main__":
    try:
        jars.fetch()
    except jars.Unavailable as reason:
        flowd.skip(str(reason))
    unittest.main()
