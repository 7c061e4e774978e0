#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What breaks collectors: a broker that dies under load, is away at start or for good, a leader
that moves, a topic that is missing, messages that are too large, passwords where they should not
show. Every flow arrives, or is counted by name; the sums agree; the log says each thing once."""

import json
import signal
import socket
import struct
import sys
import time
import unittest
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from deliver_test import V9, DeliverTest, timeless  # noqa: E402
from support import flowd  # noqa: E402
from support.kafka import consumer, jars  # noqa: E402

LOOPS = 2000  # of three datagrams, 56 flows
PPS = 300  # so they last twenty seconds


class OutageTest(DeliverTest):
    def start(self, topic: str, *arguments) -> flowd.Live:
        live = flowd.Live(self.folder, "-transport", "kafka", "-transport.kafka.brokers",
                          self.brokers, "-transport.kafka.topic", topic, *arguments)
        self.addCleanup(live.__exit__)
        return live

    def replay(self, topic: str, *arguments) -> flowd.Live:
        return self.start(topic, "-replay", V9, "-replay.loops", LOOPS, "-replay.pps", PPS,
                          *arguments)

    def wait_for_messages(self, topic: str):
        self.cluster.wait_for(lambda: consumer.consume(self.brokers, topic), "nothing came")

    def ended(self, live: flowd.Live, seconds: float = 60) -> dict:
        self.assertEqual(live.process.wait(seconds), 0, live.errors.read_text())
        summary = live.summary()
        self.assertEqual(flowd.unbalanced(summary), "")
        return summary

    def assert_told_once_per_change(self, log: str, trouble: str, relief: str):
        """Trouble, relief, and so on: on a busy machine a broker may come and go more than once,
        but neither is said again while it lasts."""
        told = [part for line in log.splitlines() for part in (trouble, relief) if part in line]
        self.assertGreater(len(told), 0, log)
        self.assertEqual(told, [trouble, relief] * (len(told) // 2), log)

    def assert_all_arrived(self, topic: str, exactly_once: bool):
        expected = timeless(self.lines(V9) * LOOPS)
        found = timeless(each.value for each in consumer.consume(self.brokers, topic))
        self.assertEqual(set(found), set(expected))
        few = {line: count for line, count in found.items() if count < expected[line]}
        self.assertEqual(few, {}, "fewer than were sent")
        if exactly_once:
            self.assertEqual(found, expected)


class OneNodeTest(OutageTest):
    choices = {"auto_create": False}

    def kill_and_start(self, topic: str, *arguments):
        self.cluster.create_topic(topic, 2)
        live = self.replay(topic, *arguments)
        self.wait_for_messages(topic)
        self.cluster.kill9(0)
        time.sleep(2)
        self.assertIsNone(live.process.poll(), "it goes on without a broker")
        self.cluster.start(0)
        summary = self.ended(live)
        self.assertEqual(summary["delivered"], summary["flows"], summary)
        return live

    def test_killed_broker_costs_nothing_at_least_once(self):
        live = self.kill_and_start("killed")
        self.assert_all_arrived("killed", exactly_once=False)
        log = live.errors.read_text()
        self.assert_told_once_per_change(log, "messages wait", ": connected")

    def test_killed_broker_costs_nothing_exactly_once_with_idempotence(self):
        self.kill_and_start("idempotent", "-transport.kafka.idempotence")
        self.assert_all_arrived("idempotent", exactly_once=True)

    def test_killed_broker_costs_no_packed_flow(self):
        self.kill_and_start("packed", "-transport.kafka.records", "packed", "-format.hash",
                            "SrcAddr")
        found = [line for message in consumer.consume(self.brokers, "packed")
                 for line in message.value.splitlines()]
        expected = timeless(self.lines(V9) * LOOPS)
        counts = timeless(found)
        self.assertTrue(all(counts[line] >= count for line, count in expected.items()))

    def test_order_within_a_key_is_kept_through_a_kill(self):
        """Repeats may follow a retry, but nothing newer stands before what was never stored."""
        self.kill_and_start("ordered", "-transport.kafka.message-timeout", 0)
        highest = {}
        for message in consumer.consume(self.brokers, "ordered"):
            received = json.loads(message.value)["TimeReceived"]
            key = message.partition
            self.assertGreaterEqual(received, highest.get(key, 0) - 1, "out of order")
            highest[key] = max(received, highest.get(key, 0))

    def test_broker_that_is_away_at_start_is_waited_for(self):
        self.cluster.create_topic("late", 1)
        self.cluster.stop(0)
        live = self.start("late", "-replay", V9)
        time.sleep(2)
        self.assertIsNone(live.process.poll())
        self.cluster.start(0)
        summary = self.ended(live)
        self.assertEqual(summary["delivered"], summary["flows"])
        self.assertEqual(Counter(each.value for each in self.read("late")),
                         Counter(self.lines(V9)))
        log = live.errors.read_text()
        self.assert_told_once_per_change(log, "messages wait", ": connected")

    def test_broker_that_stays_away_is_given_up_with_names(self):
        port = flowd.free_port()
        live = self.start("never", "-transport.kafka.brokers", "127.0.0.1:1", "-listen",
                          f"netflow://127.0.0.1:{port}", "-tx.stop-patience", "1s")
        live.wait_for_port(port)
        payload = struct.pack(">HHIIIIBBH", 5, 1, 1, 1, 0, 1, 0, 0, 0) + bytes(48)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for _ in range(20):
                sender.sendto(payload, ("127.0.0.1", port))
        time.sleep(0.5)
        begin = time.monotonic()
        status = live.stop(signal.SIGTERM)
        self.assertLess(time.monotonic() - begin, 15, "it waits for messages to time out")
        summary = live.summary()
        self.assertEqual(flowd.unbalanced(summary), "")
        self.assertEqual(summary["delivered"], 0)
        self.assertEqual(summary["drops"]["flows"], {"given_up": summary["flows"]}, summary)
        self.assertGreater(summary["flows"], 0)
        self.assertEqual(status, 1)

    def test_topic_that_is_missing_is_waited_for_when_told(self):
        live = self.start("wanted", "-replay", V9, "-transport.kafka.topic.missing", "wait")
        flowd.wait_until(lambda: "does not exist" in live.errors.read_text(), 10, "not told")
        time.sleep(1.5)
        self.assertEqual(live.errors.read_text().count("does not exist"), 1)
        self.cluster.create_topic("wanted", 1)
        summary = self.ended(live)
        self.assertEqual(summary["delivered"], summary["flows"])

    def test_messages_that_are_too_large_cost_no_others(self):
        self.cluster.create_topic("small", 1, max_message_bytes=1293)
        summary_path = self.folder / "summary.json"
        done = flowd.run(["-replay", V9, "-transport", "kafka", "-transport.kafka.brokers",
                          self.brokers, "-transport.kafka.topic", "small", "-summary",
                          summary_path, "-transport.kafka.properties", "batch.num.messages=1",
                          "-replay.on-full", "drop"])
        summary = json.loads(summary_path.read_text())
        self.assertEqual(flowd.unbalanced(summary), "")
        self.assertGreater(summary["drops"]["flows"]["message_too_large"], 0)
        self.assertGreater(summary["delivered"], 0, done.stderr.decode())
        self.assertEqual(set(summary["drops"]["flows"]), {"message_too_large"})
        self.assertEqual(len(self.read("small")), summary["delivered"])

    def test_message_above_our_own_limit_is_counted(self):
        self.cluster.create_topic("limit", 1)
        summary_path = self.folder / "summary.json"
        flowd.run(["-replay", V9, "-transport", "kafka", "-transport.kafka.brokers", self.brokers,
                   "-transport.kafka.topic", "limit", "-summary", summary_path,
                   "-transport.kafka.maxmsgbytes", 1000])
        summary = json.loads(summary_path.read_text())
        self.assertEqual(flowd.unbalanced(summary), "")
        self.assertEqual(summary["drops"]["flows"],
                         {"message_too_large": summary["flows"]}, summary)


class ThreeNodesTest(OutageTest):
    node_count = 3
    choices = {"auto_create": False}

    def test_killed_leader_is_followed(self):
        self.cluster.create_topic("leader", 2)
        live = self.replay("leader", "-transport.kafka.idempotence")
        self.wait_for_messages("leader")
        self.cluster.wait_for(lambda: self.cluster.leader("leader", 0) is not None, "no leader")
        leader = self.cluster.leader("leader", 0)
        self.cluster.kill9(leader)
        summary = self.ended(live)
        self.assertEqual(summary["delivered"], summary["flows"], summary)
        self.cluster.wait_for(lambda: self.cluster.leader("leader", 0) not in (None, leader),
                              "the killed node leads")
        self.assert_all_arrived("leader", exactly_once=True)


class WithoutBrokerTest(unittest.TestCase):
    def check(self, *arguments):
        return flowd.run(["-transport", "kafka", "-check", *arguments])

    def test_check_alone_touches_no_network(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0.5)
            address = "127.0.0.1:%d" % server.getsockname()[1]
            done = self.check("-transport.kafka.brokers", address)
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            with self.assertRaises(TimeoutError):
                server.accept()

    def test_wrong_properties_are_a_sentence(self):
        for properties, wanted in (("no.such.thing=1", "is no property of librdkafka"),
                                   ("linger.ms=soon", "linger.ms"),
                                   ("acks=7000000", "acks")):
            done = self.check("-transport.kafka.properties", properties)
            self.assertEqual(done.returncode, 1, properties)
            self.assertIn(wanted, done.stderr.decode())
            self.assertEqual(done.stderr.count(b"\n"), 1, done.stderr.decode())

    def test_secrets_never_show(self):
        secret = "hush-hush"
        properties = f"sasl.password={secret},ssl.key.pem={secret},sasl.username=me"
        printed = flowd.run(["-transport.kafka.properties", properties, "-print-config"])
        self.assertEqual(printed.returncode, 0)
        self.assertIn(b'"sasl.username" = "me"', printed.stdout)
        checked = self.check("-transport.kafka.properties", properties, "-loglevel", "debug")
        refused = self.check("-transport.kafka.properties", f"ssl.key.pem={secret},acks=x",
                             "-loglevel", "debug")
        for done in (printed, checked, refused):
            self.assertNotIn(secret.encode(), done.stdout + done.stderr)


if __name__ == "__main__":
    try:
        jars.fetch()
    except jars.Unavailable as reason:
        flowd.skip(str(reason))
    unittest.main()
