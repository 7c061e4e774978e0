#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""flowd delivers into a real Kafka: what a topic holds afterwards is what the file transport writes
of the same capture, with goflow2's keys, in the partitions of sarama's hash, in order, by every
codec, packed or not. Partitions are held against an implementation of the hash of its own."""

import ipaddress
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from collections import Counter
from pathlib import Path
from typing import Iterable

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from broker_test import ClusterTest  # noqa: E402
from support import flowd  # noqa: E402
from support.kafka import codecs, consumer, jars, kcat, settings  # noqa: E402

PARTITIONS = 4
CAPTURES = sorted(flowd.CAPTURES.glob("*.pcap"))
CODECS = [name for name in codecs.NAMES if codecs.is_available(name)]
V9 = flowd.CAPTURES / "softflowd_v9.pcap"


def sarama_partition(key: bytes, count: int) -> int:
    """FNV-1a over 32 bits, taken as a signed number; the remainder's sign is dropped."""
    number = 0x811C9DC5
    for octet in key:
        number = ((number ^ octet) * 0x01000193) & 0xFFFFFFFF
    signed = number - (1 << 32) if number >= 1 << 31 else number
    return abs(signed) % count


def key_of_v1(address: str) -> bytes:
    octets = ipaddress.ip_address(address).packed
    return f"[{' '.join(map(str, octets))}]-".encode()


def timeless(lines: Iterable[bytes]) -> Counter:
    """Lines that were replayed more than once, which makes the time of day their time."""
    return Counter(re.sub(rb'"(TimeReceived|time_received_ns)":\d+', b"", line)
                   for line in lines)


def unpacked(value: bytes) -> list[bytes]:
    """Messages behind their varint lengths, those included."""
    flows, at = [], 0
    while at < len(value):
        size, shift, begin = 0, 0, at
        while True:
            octet = value[at]
            at += 1
            size |= (octet & 0x7F) << shift
            shift += 7
            if octet < 0x80:
                break
        at += size
        assert at <= len(value), "a packed message is cut"
        flows.append(value[begin:at])
    return flows


class DeliverTest(ClusterTest):
    """The tests' helpers."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def written(self, capture: Path, *arguments) -> bytes:
        """What the file transport makes of it."""
        done = flowd.run(["-replay", capture, *arguments])
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout

    def lines(self, capture: Path, *arguments) -> list[bytes]:
        return self.written(capture, *arguments).splitlines()

    def deliver(self, topic: str, capture: Path, *arguments, brokers: str = "",
                environment: dict[str, str] | None = None) -> dict:
        """Replays a capture into a topic; the summary, in which nothing may be missing."""
        path = self.folder / "summary.json"
        done = flowd.run(["-transport", "kafka", "-transport.kafka.brokers",
                          brokers or self.brokers, "-transport.kafka.topic", topic,
                          "-replay", capture, "-summary", path, *arguments],
                         env=dict(os.environ, **environment or {}))
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.said = done.stderr.decode()
        summary = json.loads(path.read_text())
        self.assertEqual(flowd.unbalanced(summary), "")
        self.assertEqual(summary["delivered"], summary["flows"], summary)
        return summary

    def assert_lines(self, topic: str, lines: list[bytes]):
        self.assertEqual(Counter(each.value for each in self.read(topic)), Counter(lines))


class OneNodeTest(DeliverTest):
    choices = {"auto_create": False}

    def test_every_capture_arrives_as_the_file_transport_writes_it(self):
        for capture in CAPTURES:
            with self.subTest(capture.name):
                topic = capture.stem
                self.cluster.create_topic(topic, PARTITIONS)
                summary = self.deliver(topic, capture)
                lines = self.lines(capture)
                self.assertGreater(len(lines), 0)
                self.assertEqual(summary["bytes_out"], sum(map(len, lines)))
                self.assert_lines(topic, lines)

    def test_v1_keys_are_texts_and_choose_saramas_partition_in_order(self):
        self.cluster.create_topic("v1", PARTITIONS)
        self.deliver("v1", V9, "-format.hash", "SrcAddr,DstPort")
        expected = {}
        for line in self.lines(V9):
            flow = json.loads(line)
            key = key_of_v1(flow["SrcAddr"]) + b"%d-" % flow["DstPort"]
            expected.setdefault(key, []).append(line)
        found = {}
        for message in self.read("v1"):
            self.assertEqual(message.partition, sarama_partition(message.key, PARTITIONS))
            found.setdefault(message.key, []).append(message.value)
        self.assertGreater(len(expected), 4)
        self.assertEqual(found, expected)

    def test_the_default_key_is_the_samplers_address(self):
        self.cluster.create_topic("sampler", PARTITIONS)
        self.deliver("sampler", V9)
        for message in self.read("sampler"):
            key = key_of_v1(json.loads(message.value)["SamplerAddress"])
            self.assertEqual(message.key, key)
            self.assertEqual(message.partition, sarama_partition(key, PARTITIONS))

    def test_v2_keys_come_from_the_mapping_file_and_hash_when_told(self):
        mapping = self.folder / "mapping.yaml"
        mapping.write_text("formatter:\n  key:\n    - sampler_address\n    - src_port\n")
        for topic, more in (("v2-hash", ["-transport.kafka.hashing"]), ("v2-plain", [])):
            self.cluster.create_topic(topic, PARTITIONS)
            self.deliver(topic, V9, "-profile", "goflow2-v2", "-mapping", mapping, *more)
            found = self.read(topic)
            self.assertTrue(all(len(each.key) == 4 for each in found))
            by_hash = [each.partition == sarama_partition(each.key, PARTITIONS) for each in found]
            self.assertEqual(all(by_hash), bool(more), "only -hashing makes keys choose")

    def test_without_a_key_messages_have_none_and_are_all_there(self):
        self.cluster.create_topic("null", PARTITIONS)
        self.deliver("null", V9, "-profile", "goflow2-v2", "-replay.loops", 200)
        found = self.read("null")
        self.assertEqual({each.key for each in found}, {None})
        self.assertEqual(len({each.partition for each in found}), PARTITIONS, "one after another")
        self.assertEqual(timeless(each.value for each in found),
                         timeless(self.lines(V9, "-profile", "goflow2-v2") * 200))

    def test_an_empty_v1_key_is_sticky_and_strictly_one_partition(self):
        for topic, more in (("empty", []), ("strict", ["-strict"])):
            self.cluster.create_topic(topic, PARTITIONS)
            self.deliver(topic, V9, "-format.hash=", "-replay.loops", 200, *more)
            found = self.read(topic)
            self.assertEqual({each.key for each in found}, {b""})
            self.assertEqual(len({each.partition for each in found}), 1 if more else PARTITIONS)

    def test_every_codec_is_the_one_that_was_asked_for(self):
        for codec in CODECS:
            with self.subTest(codec):
                self.cluster.create_topic(f"codec-{codec}", 1)
                flag = ("-transport.kafka.compression.type" if codec == "zstd"
                        else "-transport.kafka.compression")
                self.deliver(f"codec-{codec}", V9, flag, codec)
                found = {batch.codec for _, batch in
                         consumer.batches(self.brokers, f"codec-{codec}")}
                self.assertEqual(found, {codec})
                self.assert_lines(f"codec-{codec}", self.lines(V9))

    def test_a_topic_that_is_missing_is_created_as_asked(self):
        self.deliver("made", V9, "-transport.kafka.topic.partitions", 3,
                     "-transport.kafka.topic.replication", 1)
        self.assertEqual(consumer.partitions_of(self.brokers, "made"), [0, 1, 2])
        self.assert_lines("made", self.lines(V9))

    def test_several_workers_deliver_everything_once(self):
        self.cluster.create_topic("workers", PARTITIONS)
        self.deliver("workers", V9, "-tx.workers", 3, "-replay.loops", 50)
        self.assertEqual(timeless(each.value for each in self.read("workers")),
                         timeless(self.lines(V9) * 50))


class PackedTest(DeliverTest):
    choices = {"auto_create": False}
    PACKED = ("-transport.kafka.records", "packed")

    def test_flows_of_one_key_are_packed_together_in_order(self):
        self.cluster.create_topic("keyed", PARTITIONS)
        self.deliver("keyed", V9, "-format", "bin", "-format.hash", "SrcAddr", *self.PACKED)
        expected = {}
        flows = unpacked(self.written(V9, "-format", "bin", "-transport.file.sep="))
        for line, flow in zip(self.lines(V9), flows, strict=True):
            expected.setdefault(key_of_v1(json.loads(line)["SrcAddr"]), []).append(flow)
        found = {}
        messages = self.read("keyed")
        for message in messages:
            self.assertEqual(message.partition, sarama_partition(message.key, PARTITIONS))
            found.setdefault(message.key, []).extend(unpacked(message.value))
        self.assertEqual(found, expected)
        self.assertEqual(len(messages), len(expected), "a message for each key")

    def test_more_keys_than_open_messages_lose_nothing(self):
        self.cluster.create_topic("crowded", PARTITIONS)
        self.deliver("crowded", V9, "-format", "bin", "-format.hash", "SrcAddr,SrcPort",
                     *self.PACKED, "-transport.kafka.open-messages", 2)
        self.assert_flows("crowded")

    def assert_flows(self, topic: str):
        flows = unpacked(self.written(V9, "-format", "bin", "-transport.file.sep="))
        found = [flow for message in self.read(topic) for flow in unpacked(message.value)]
        self.assertEqual(Counter(found), Counter(flows))

    def test_without_a_key_batches_are_messages_below_their_size(self):
        self.cluster.create_topic("sticky", PARTITIONS)
        self.deliver("sticky", V9, "-format", "bin", "-format.hash=", *self.PACKED,
                     "-transport.kafka.packed-bytes", 2048)
        sizes = [len(each.value) for each in self.read("sticky")]
        self.assertLessEqual(max(sizes), 2048)
        self.assertGreater(max(sizes), 1500)
        self.assert_flows("sticky")

    def test_lines_are_packed_as_lines(self):
        self.cluster.create_topic("lines", 1)
        self.deliver("lines", V9, *self.PACKED)
        found = b"".join(each.value for each in self.read("lines"))
        self.assertEqual(found, self.written(V9))

    def test_flowd_cat_reads_a_topic_through_kcat(self):
        cat = Path(flowd.binary()).parent / "tools/cat/flowd-cat"
        if not cat.exists():
            self.skipTest(f"{cat} is not built")
        self.cluster.create_topic("cat", PARTITIONS)
        self.deliver("cat", V9, "-format", "bin", *self.PACKED)
        values = kcat.run(["-C", "-b", self.brokers, "-t", "cat", "-o", "beginning", "-e", "-q",
                           "-f", "%s"])
        done = subprocess.run([cat], input=values, stdout=subprocess.PIPE, check=True)
        self.assertEqual(Counter(done.stdout.splitlines()), Counter(self.lines(V9)))

    def test_bare_protobuf_cannot_be_packed(self):
        done = flowd.run(["-transport", "kafka", "-format", "pb", *self.PACKED, "-check"])
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"needs lengths", done.stderr)


class SecureTest(DeliverTest):
    secure = True
    choices = {"auto_create": False}
    LOGIN = {"KAFKA_SASL_USER": settings.USER, "KAFKA_SASL_PASS": settings.PASSWORD}

    def flags(self, listener: str) -> list:
        certificates = self.cluster.certificates
        flags = []
        if listener in ("TLS", "SASLTLS", "MTLS", "EXPIRED"):
            flags += ["-transport.kafka.tls", "-transport.kafka.tls.ca", certificates.authority]
        if listener == "MTLS":
            client = self.cluster.client("MTLS")
            flags += ["-transport.kafka.tls.client", client["ssl.certificate.location"],
                      "-transport.kafka.tls.key", client["ssl.key.location"]]
        return flags

    def test_every_way_in_is_a_way_in(self):
        for listener, sasl in (("TLS", ""), ("MTLS", ""), ("SASL", "plain"),
                               ("SASL", "scram-sha256"), ("SASL", "SCRAM-SHA512"),
                               ("SASLTLS", "scram-sha512")):
            with self.subTest(listener=listener, sasl=sasl):
                topic = f"{listener}-{sasl}"
                self.cluster.create_topic(topic, 1)
                more = ["-transport.kafka.sasl", sasl] if sasl else []
                self.deliver(topic, V9, *self.flags(listener), *more,
                             brokers=self.cluster.brokers(listener), environment=self.LOGIN)
                self.assert_lines(topic, self.lines(V9))
                self.assertEqual("SCRAM" in self.said, sasl.lower().startswith("scram"), self.said)
                self.assertNotIn(settings.PASSWORD, self.said)

    def probe(self, listener: str, *flags, password: str = settings.PASSWORD):
        return flowd.run(["-transport", "kafka", "-transport.kafka.brokers",
                          self.cluster.brokers(listener), *flags, "-check", "-connect"],
                         env=dict(os.environ, **self.LOGIN | {"KAFKA_SASL_PASS": password}))

    def test_check_and_connect_say_what_there_is(self):
        self.cluster.create_topic("flow-messages", 3)
        done = self.probe("SASLTLS", *self.flags("SASLTLS"), "-transport.kafka.sasl", "plain")
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertIn(b"kafka: 1 brokers: 1 at 127.0.0.1:", done.stdout)
        self.assertIn(b"topic flow-messages has 3 partitions", done.stdout)

    def test_who_is_not_let_in_is_told_why(self):
        wrong = self.probe("SASL", "-transport.kafka.sasl", "plain", password="nothing-right")
        self.assertEqual(wrong.returncode, 1)
        self.assertRegex(wrong.stderr.decode().lower(), "authentication fail")
        self.assertNotIn(b"nothing-right", wrong.stderr)
        expired = self.probe("EXPIRED", *self.flags("EXPIRED"))
        self.assertEqual(expired.returncode, 1)
        self.assertIn("expired", expired.stderr.decode())
        stranger = self.probe("TLS", "-transport.kafka.tls")
        self.assertEqual(stranger.returncode, 1)
        self.assertRegex(stranger.stderr.decode(), "is not signed by a certificate that")
        insecure = self.probe("TLS", "-transport.kafka.tls", "-transport.kafka.tls.insecure")
        self.assertEqual(insecure.returncode, 0, insecure.stderr.decode())
        self.assertIn(b"not verified", insecure.stderr)


if __name__ == "__main__":
    try:
        jars.fetch()
    except jars.Unavailable as reason:
        flowd.skip(str(reason))
    unittest.main()
