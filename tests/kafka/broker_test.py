#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The Kafka that other tests rely on does what they rely on: what kcat produced is read back alike
by two readers that share no code, acknowledged messages outlive kill -9 of a node and of a leader,
and the secure listeners let in whom they should and nobody else. flowd has no part in it."""

import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd  # noqa: E402
from support.kafka import admin, broker, codecs, consumer, jars, kcat, settings, wire  # noqa: E402

ALL_BYTES = bytes(range(256))
PARTITIONS = 4
CODECS = [name for name in codecs.NAMES if codecs.is_available(name)]


def messages(name: str, count: int) -> list[tuple[bytes | None, bytes]]:
    """Keys and values with every byte in them, newlines included; each third one has no key."""
    return [(None if number % 3 == 0 else b"%s\n\0%d" % (name.encode(), number % 7),
             b"%s %d\n" % (name.encode(), number) + ALL_BYTES * (number % 4))
            for number in range(count)]


class ClusterTest(unittest.TestCase):
    """One cluster for all tests of a class; each test has a topic of its own."""

    node_count, secure, choices = 1, False, {}
    cluster: broker.Cluster

    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.cluster = cls.enterClassContext(broker.Cluster(
            Path(scratch.name) / "kafka", cls.node_count, cls.secure, **cls.choices))
        cls.brokers = cls.cluster.brokers()

    def read(self, topic: str) -> list[consumer.Message]:
        """By both readers, which agree."""
        own, librdkafka = consumer.consume(self.brokers, topic), kcat.consume(self.brokers, topic)
        self.assertEqual(own, librdkafka)
        return own

    def assert_holds(self, topic: str, wanted: list[tuple[bytes | None, bytes]]):
        self.assertEqual(Counter((each.key, each.value) for each in self.read(topic)),
                         Counter(wanted))


class OneNodeTest(ClusterTest):
    choices = {"auto_create": False}

    def test_every_codec_is_read_back_by_both_readers(self):
        for codec in CODECS:
            with self.subTest(codec):
                self.cluster.create_topic(codec, PARTITIONS)
                wanted = messages(codec, 500)
                kcat.produce(self.brokers, codec, wanted, codec, settings={"linger.ms": 50})
                self.assert_holds(codec, wanted)
                packed = list(consumer.batches(self.brokers, codec))
                self.assertEqual({batch.codec for _, batch in packed}, {codec})
                self.assertEqual({partition for partition, _ in packed}, set(range(PARTITIONS)))

    def test_keys_decide_partitions_and_order_within_them_is_kept(self):
        self.cluster.create_topic("order", PARTITIONS)
        wanted = [(b"key %d" % (number % 20), b"%d" % number) for number in range(2000)]
        kcat.produce(self.brokers, "order", wanted)
        partitions, values = {}, {}
        for message in self.read("order"):
            partitions.setdefault(message.key, set()).add(message.partition)
            values.setdefault(message.key, []).append(message.value)
        self.assertEqual({len(each) for each in partitions.values()}, {1})
        self.assertEqual(values, {b"key %d" % key: [b"%d" % number
                                                    for number in range(key, 2000, 20)]
                                  for key in range(20)})

    def test_offsets_count_up_from_zero(self):
        self.cluster.create_topic("offsets", 2)
        for partition, count in ((0, 30), (1, 50)):
            kcat.produce(self.brokers, "offsets", messages("offsets", count), "gzip", partition)
        self.assertEqual([(each.partition, each.offset) for each in self.read("offsets")],
                         [(0, each) for each in range(30)] + [(1, each) for each in range(50)])

    def test_null_and_empty_differ(self):
        self.cluster.create_topic("null")
        # For kcat an empty piece is null with -Z, and else an empty key or no message at all.
        kcat.run(["-P", "-b", self.brokers, "-t", "null", "-K", ":", "-Z"], b"key:\n")
        kcat.run(["-P", "-b", self.brokers, "-t", "null", "-K", ":"], b":value\nneither\n")
        self.assertEqual([(each.key, each.value) for each in self.read("null")],
                         [(b"key", None), (b"", b"value"), (None, b"neither")])

    def test_more_than_one_fetch_is_read(self):
        self.cluster.create_topic("long")
        value = ALL_BYTES * 1024
        wanted = [(b"%d" % number, value) for number in range(40)]  # 10 MB, a fetch has 8 MB
        kcat.produce(self.brokers, "long", wanted)
        self.assert_holds("long", wanted)

    def test_damaged_batch_is_refused(self):
        self.cluster.create_topic("damaged")
        kcat.produce(self.brokers, "damaged", messages("damaged", 3))
        with wire.Connection(wire.addresses(self.brokers)[0]) as connection:
            data = bytearray(consumer.fetch_data(connection, "damaged", 0, 0))
        self.assertEqual(sum(len(batch.messages) for batch in consumer.parse_batches(data, 0)), 3)
        data[-1] ^= 1
        with self.assertRaisesRegex(wire.ProtocolError, "CRC"):
            list(consumer.parse_batches(data, 0))

    def test_topics_are_made_as_asked_and_not_by_asking(self):
        self.cluster.create_topic("small", 3, max_message_bytes=2000)
        known = admin.metadata(self.brokers, ["small", "absent"])
        self.assertEqual(set(known.topics["small"]), {0, 1, 2})
        self.assertEqual(known.errors["absent"], 3)
        kcat.produce(self.brokers, "small", [(None, b"v" * 1000)])
        with self.assertRaisesRegex(kcat.Failed, "too large"):
            kcat.produce(self.brokers, "small", [(None, ALL_BYTES * 20)])
        self.assert_holds("small", [(None, b"v" * 1000)])
        with self.assertRaisesRegex(wire.ProtocolError, "TOPIC_ALREADY_EXISTS"):
            self.cluster.create_topic("small")
        with self.assertRaises(kcat.Failed):
            kcat.produce(self.brokers, "absent", [(None, b"v")], settings=kcat.IMPATIENT)

    def test_acknowledged_messages_outlive_kill_9_and_stop(self):
        self.cluster.create_topic("outlive", PARTITIONS)
        wanted = messages("before", 3000)
        kcat.produce(self.brokers, "outlive", wanted, "lz4")
        self.cluster.kill9(0)
        self.assertFalse(self.cluster.is_running(0))
        with self.assertRaises(ConnectionError):
            admin.metadata(self.brokers)
        self.cluster.start(0)
        self.assert_holds("outlive", wanted)
        wanted += messages("between", 100)
        kcat.produce(self.brokers, "outlive", wanted[3000:])
        self.cluster.stop(0)
        self.cluster.start(0)
        self.assert_holds("outlive", wanted)


class ThreeNodesTest(ClusterTest):
    node_count = 3

    def producer(self, topic: str) -> subprocess.Popen:
        """Sends lines as they come. Idempotent: what is sent again is stored once."""
        process = subprocess.Popen(
            ["kcat", "-P", "-b", self.brokers, "-t", topic, "-p", "0",
             *kcat.options({"enable.idempotence": "true", "linger.ms": 5})],
            stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def send(self, process: subprocess.Popen, values: list[bytes]):
        process.stdin.write(b"".join(value + b"\n" for value in values))
        process.stdin.flush()

    def first_leader(self, topic: str) -> int:
        """Of a partition that all nodes keep up with."""
        self.cluster.wait_for(lambda: self.cluster.in_sync(topic, 0) == {0, 1, 2}
                              and self.cluster.leader(topic, 0) is not None, "not all keep up")
        return self.cluster.leader(topic, 0)

    def lead_without(self, topic: str, node: int) -> int:
        self.cluster.wait_for(lambda: self.cluster.leader(topic, 0) not in (None, node),
                              f"node {node} still leads {topic}", seconds=30)
        return self.cluster.leader(topic, 0)

    def test_killed_leader_is_followed_and_nothing_is_lost(self):
        self.cluster.create_topic("killed", PARTITIONS)
        leader = self.first_leader("killed")
        values = [b"%d" % number for number in range(6000)]
        process = self.producer("killed")
        self.send(process, values[:2000])
        self.cluster.wait_for(lambda: consumer.consume(self.brokers, "killed"), "nothing came")
        self.send(process, values[2000:4000])
        self.cluster.kill9(leader)
        self.send(process, values[4000:])
        process.stdin.close()
        self.assertEqual(process.wait(60), 0, process.stderr.read())
        self.assertNotEqual(self.lead_without("killed", leader), leader)
        self.assertEqual([each.value for each in self.read("killed")], values)
        self.cluster.start(leader)
        self.cluster.wait_for(lambda: self.cluster.in_sync("killed", 0) == {0, 1, 2},
                              "the killed node does not catch up")
        self.assertEqual([each.value for each in self.read("killed")], values)

    def test_frozen_leader_is_followed_until_it_wakes(self):
        self.cluster.create_topic("frozen")
        leader = self.first_leader("frozen")
        values = [b"%d" % number for number in range(2000)]
        process = self.producer("frozen")
        self.send(process, values[:1000])
        self.cluster.wait_for(lambda: consumer.consume(self.brokers, "frozen"), "nothing came")
        self.cluster.pause(leader)
        self.send(process, values[1000:])
        process.stdin.close()
        self.assertNotEqual(self.lead_without("frozen", leader), leader)
        self.cluster.resume(leader)
        self.assertEqual(process.wait(60), 0, process.stderr.read())
        self.assertEqual([each.value for each in self.read("frozen")], values)
        self.cluster.wait_for(lambda: self.cluster.in_sync("frozen", 0) == {0, 1, 2},
                              "the frozen node does not catch up")


class SecureTest(ClusterTest):
    secure = True

    def setUp(self):
        self.cluster.create_topic(self._testMethodName)

    def enter(self, listener: str, wanted: dict[str, object],
              impatience: dict[str, object] | None = None):
        """A message through the listener; kcat.Failed when it does not let the client in."""
        topic = self._testMethodName
        before = len(consumer.consume(self.brokers, topic))
        kcat.produce(self.cluster.brokers(listener), topic, [(b"key", ALL_BYTES)],
                     settings=(impatience or {}) | wanted)
        found = kcat.consume(self.cluster.brokers(listener), topic, wanted)
        self.assertEqual(len(found), before + 1)
        self.assertEqual((found[-1].key, found[-1].value), (b"key", ALL_BYTES))

    def refused(self, listener: str, wanted: dict[str, object], reason: str):
        with self.assertRaisesRegex(kcat.Failed, reason):
            self.enter(listener, wanted, kcat.IMPATIENT)

    def test_plaintext_beside_the_others(self):
        self.enter("PLAINTEXT", self.cluster.client())
        for listener in settings.SECURE_LISTENERS:
            self.refused(listener, self.cluster.client("PLAINTEXT"), "brokers are down")

    def test_every_mechanism_with_the_right_password_only(self):
        for listener in ("SASL", "SASLTLS"):
            for mechanism in settings.MECHANISMS:
                with self.subTest(f"{listener} {mechanism}"):
                    right = self.cluster.client(listener, mechanism)
                    self.enter(listener, right)
                    for wrong in ({"sasl.password": "x"}, {"sasl.username": "stranger"}):
                        self.refused(listener, right | wrong, "[Aa]uthentication fail")

    def test_tls_is_for_who_knows_the_authority(self):
        for listener in ("TLS", "SASLTLS", "MTLS"):
            with self.subTest(listener):
                right = self.cluster.client(listener)
                self.enter(listener, right)
                unknown = self.cluster.certificates.unknown_authority
                self.refused(listener, right | {"ssl.ca.location": unknown},
                             "certificate verify failed")

    def test_tls_checks_the_name_in_the_certificate(self):
        # A certificate of the right authority, made out to nobody's address.
        self.refused("NAMELESS", self.cluster.client("NAMELESS"), "certificate verify failed")
        self.enter("NAMELESS", self.cluster.client("NAMELESS")
                   | {"ssl.endpoint.identification.algorithm": "none"})

    def test_mutual_tls_wants_a_certificate_that_it_knows(self):
        right = self.cluster.client("MTLS")
        self.enter("MTLS", right)
        without = {key: value for key, value in right.items()
                   if key not in ("ssl.certificate.location", "ssl.key.location")}
        self.refused("MTLS", without, "SSL|alert|certificate")
        stranger = self.cluster.certificates.unknown_client
        self.refused("MTLS", right | {"ssl.certificate.location": stranger.certificate,
                                      "ssl.key.location": stranger.key}, "SSL|alert|certificate")

    def test_certificate_whose_time_is_over_is_refused(self):
        expired = self.cluster.client("EXPIRED")
        self.refused("EXPIRED", expired, "certificate verify failed")
        # Its date is the only thing wrong with it.
        self.enter("EXPIRED", expired | {"enable.ssl.certificate.verification": "false"})
        self.assertIn("certificate has expired", self.verdict("expired"))
        self.assertIn("server.crt: OK", self.verdict("server"))

    def verdict(self, name: str) -> str:
        folder = self.cluster.folder / "certificates"
        done = subprocess.run(["openssl", "verify", "-CAfile", folder / "authority.crt",
                               folder / f"{name}.crt"], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr


class PartsTest(unittest.TestCase):
    def test_crc32c_is_castagnolis(self):
        # The check value of the catalogue, and RFC 3720 B.4.
        self.assertEqual(codecs.crc32c(b"123456789"), 0xE3069283)
        self.assertEqual(codecs.crc32c(bytes(32)), 0x8A9136AA)
        self.assertEqual(codecs.crc32c(bytes(range(32))), 0x46DD794E)
        self.assertEqual(codecs.crc32c(b""), 0)

    def test_damaged_frames_are_refused(self):
        for number, name in enumerate(codecs.NAMES[1:], 1):
            if name in CODECS:
                for packed in (b"", b"\xff" * 40, codecs.SNAPPY_BLOCKS + bytes(8) + b"\0\0\0\x09"):
                    with self.subTest(f"{name} {packed!r}"), self.assertRaises(codecs.Damaged):
                        codecs.unpack(number, packed)


def main():
    flowd.need("kcat", "openssl")
    try:
        broker.fetch()
    except jars.Unavailable as reason:
        flowd.skip(str(reason))
    if missing := set(codecs.NAMES) - set(CODECS):
        print(f"not read by the tests' own consumer: {', '.join(sorted(missing))}")
    unittest.main()


if __name__ == "__main__":
    main()
