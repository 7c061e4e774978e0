#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Brokers out of the DNS: flowd asks the system's resolver for SRV records, here a name server of
the test's own in a network namespace, and connects to the target of the lowest priority first. No
Kafka is needed: who is connected to is the answer."""

import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd  # noqa: E402

INSIDE = "FLOWD_TEST_IN_NAMESPACE"
SRV = 33
NAME = "_kafka._tcp.flowd.test"


def labels(name: str) -> bytes:
    return b"".join(bytes([len(each)]) + each.encode() for each in name.split(".")) + b"\0"


def answer(query: bytes) -> bytes:
    """Two targets for the one name that is known (RFC 2782); NXDOMAIN for others."""
    question = query[12:query.index(b"\0", 12) + 5]
    known = question.startswith(labels(NAME)) and question[-4:-2] == struct.pack(">H", SRV)
    records = [(20, 19093, "localhost"), (10, 19092, "localhost")] if known else []
    flags = 0x8180 if known else 0x8183
    out = query[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0) + question
    for priority, port, host in records:
        data = struct.pack(">HHH", priority, 0, port) + labels(host)
        out += b"\xc0\x0c" + struct.pack(">HHIH", SRV, 1, 60, len(data)) + data
    return out


def serve(server: socket.socket):
    while True:
        query, client = server.recvfrom(512)
        server.sendto(answer(query), client)


class SrvTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind(("127.0.0.1", 53))
        threading.Thread(target=serve, args=(server,), daemon=True).start()

    def probe(self, name: str) -> subprocess.CompletedProcess:
        return flowd.run(["-transport", "kafka", "-transport.kafka.srv", name, "-check",
                          "-connect", "-transport.kafka.brokers", "127.0.0.1:1",
                          "-transport.kafka.properties", "broker.address.family=v4"])

    def test_both_targets_are_tried_and_the_list_is_not(self):
        ports = set()
        with socket.create_server(("127.0.0.1", 19092)) as first, \
                socket.create_server(("127.0.0.1", 19093)) as second:
            def accept(server):
                connection, _ = server.accept()
                ports.add(server.getsockname()[1])
                connection.close()
            for server in (first, second):
                threading.Thread(target=accept, args=(server,), daemon=True).start()
            done = self.probe(NAME)
        self.assertEqual(done.returncode, 1, "nobody there speaks Kafka")
        self.assertEqual(ports, {19092, 19093}, done.stderr.decode())
        self.assertNotIn(b"127.0.0.1:1 ", done.stderr)

    def test_a_name_without_records_is_a_sentence(self):
        done = self.probe("_kafka._tcp.nowhere.test")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"transport.kafka.srv: _kafka._tcp.nowhere.test: no SRV records: ",
                      done.stderr)
        self.assertEqual(done.stderr.count(b"\n"), 1, done.stderr.decode())


def enter_namespace():
    """Runs this script again where port 53 and /etc/resolv.conf are the test's."""
    flowd.need("unshare", "ip", "mount")
    tried = subprocess.run(["unshare", "--net", "--mount", "true"], check=False,
                           stderr=subprocess.DEVNULL)
    if tried.returncode != 0 or shutil.which("sh") is None:
        flowd.skip("namespaces cannot be made here")
    with tempfile.TemporaryDirectory() as folder:
        resolv = Path(folder) / "resolv.conf"
        resolv.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        # Without an address besides loopback's the C library finds none for librdkafka.
        script = ("ip link set lo up && ip addr add 192.0.2.1/32 dev lo && "
                  f"mount --bind {resolv} /etc/resolv.conf && "
                  f"exec {sys.executable} {Path(__file__).resolve()}")
        sys.exit(subprocess.run(["unshare", "--net", "--mount", "sh", "-c", script], check=False,
                                env=dict(os.environ, **{INSIDE: "1"})).returncode)


if __name__ == "__main__":
    if INSIDE not in os.environ:
        enter_namespace()
    unittest.main()
