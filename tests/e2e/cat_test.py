#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""flowd-cat prints what flowd would have printed: its lines of a protobuf file equal flowd's JSON
and text of the same capture, byte for byte. Filters are held against Python's; files that are cut
anywhere, compressed, empty or missing are told apart."""

import gzip
import ipaddress
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd  # noqa: E402

CAT = Path(os.environ.get("FLOWD_CAT", Path(flowd.binary()).parent / "tools/cat/flowd-cat"))
CORPUS = Path(os.environ.get("FLOWD_CORPUS", flowd.ROOT.parent / "shared/corpus"))
PROFILES = ("goflow2-v1", "goflow2-v2")
PREFIXED = ("-format", "bin", "-transport.file.sep=")
V9 = flowd.CAPTURES / "softflowd_v9.pcap"
BROKEN, USAGE = 1, 2


def cat(*arguments, data: bytes = b"") -> subprocess.CompletedProcess:
    return subprocess.run([CAT, *map(str, arguments)], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60, check=False)


def written(capture: Path, *arguments) -> bytes:
    done = flowd.run(["-replay", capture, *arguments])
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def messages(data: bytes) -> list[bytes]:
    """Bodies behind their varint lengths."""
    found, at = [], 0
    while at < len(data):
        size = shift = 0
        while True:
            octet, at = data[at], at + 1
            size |= (octet & 0x7F) << shift
            shift += 7
            if octet < 0x80:
                break
        found.append(data[at:at + size])
        at += size
    return found


class CatTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def printed(self, *arguments, data: bytes = b"") -> bytes:
        done = cat(*arguments, data=data)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertEqual(done.stderr, b"")
        return done.stdout

    def assert_same(self, captures: list[Path]):
        for capture in captures:
            for profile in PROFILES:
                with self.subTest(f"{capture.name} {profile}"):
                    flags = ("-profile", profile)
                    packed = written(capture, *flags, *PREFIXED)
                    for form in ("json", "text"):
                        self.assertEqual(self.printed(*flags, "-format", form, data=packed),
                                         written(capture, *flags, "-format", form))

    def test_lines_are_flowds(self):
        self.assertGreater(len(written(V9, *PREFIXED)), 1000)
        self.assert_same(sorted(flowd.CAPTURES.glob("*.pcap")))

    def test_lines_of_real_exporters_are_flowds(self):
        captures = sorted(CORPUS.glob("*.pcap*"))
        if not captures:
            self.skipTest(f"no captures in {CORPUS}")
        self.assert_same(captures[::8])

    def test_own_columns_and_selectors_are_flowds(self):
        packed = written(V9, *PREFIXED, "-columns", "post_nat_src_addr")
        self.assertEqual(self.printed("-add", "post_nat_src_addr", data=packed),
                         written(V9, "-columns", "post_nat_src_addr"))
        selector = "SrcAddr,DstPort,Bytes"
        self.assertEqual(self.printed("-columns", selector, data=packed),
                         written(V9, "-format.selector", selector))

    def test_conditions_choose_as_python_does(self):
        packed = written(V9, *PREFIXED)
        flows = flowd.flows_of(written(V9))
        network = ipaddress.ip_network("10.1.0.0/28")
        cases = {
            ("SrcPort=443",): lambda flow: flow["SrcPort"] == 443,
            ("src_port!=443",): lambda flow: flow["SrcPort"] != 443,
            ("Bytes>1000",): lambda flow: flow["Bytes"] > 1000,
            ("Bytes>=125", "Bytes<=125"): lambda flow: flow["Bytes"] == 125,
            ("Bytes<125",): lambda flow: flow["Bytes"] < 125,
            ("Type=NETFLOW_V9",): lambda flow: True,
            ("Type=SFLOW_5",): lambda flow: False,
            ("SrcAddr=10.1.0.0/28", "Proto=6"): lambda flow: flow["Proto"] == 6 and
            ipaddress.ip_address(flow["SrcAddr"]) in network,
            ("SrcAddr!=10.1.0.10",): lambda flow: flow["SrcAddr"] != "10.1.0.10",
        }
        for conditions, wanted in cases.items():
            with self.subTest(conditions):
                flags = [part for each in conditions for part in ("-where", each)]
                found = flowd.flows_of(self.printed(*flags, data=packed))
                self.assertEqual(found, [flow for flow in flows if wanted(flow)])
                self.assertEqual(int(self.printed("-count", *flags, data=packed)), len(found))

    def test_limit_ends_and_several_files_follow_one_another(self):
        packed, lines = self.folder / "flows.pb", written(V9).splitlines(keepends=True)
        packed.write_bytes(written(V9, *PREFIXED))
        self.assertEqual(self.printed("-limit", 3, packed), b"".join(lines[:3]))
        self.assertEqual(self.printed(packed, packed), b"".join(lines * 2))
        self.assertEqual(self.printed(packed, "-", data=packed.read_bytes()), b"".join(lines * 2))

    def test_other_framings(self):
        bodies, lines = messages(written(V9, *PREFIXED)), written(V9)
        framed = b"".join(struct.pack(">I", len(each)) + each for each in bodies)
        self.assertEqual(self.printed("-framing", "be32", data=framed), lines)
        packed = written(V9, *PREFIXED)
        twice = (struct.pack(">I", len(packed)) + packed) * 2
        self.assertEqual(self.printed("-framing", "be32", "-packed", data=twice), lines * 2)
        self.assertEqual(self.printed("-framing", "none", data=bodies[0]),
                         lines.splitlines(keepends=True)[0])

    def test_a_broken_message_in_a_frame_costs_no_other(self):
        bodies, lines = messages(written(V9, *PREFIXED)), written(V9).splitlines(keepends=True)
        bodies[1] = b"\xff" * 20
        framed = b"".join(struct.pack(">I", len(each)) + each for each in bodies)
        done = cat("-framing", "be32", data=framed)
        self.assertEqual(done.returncode, BROKEN)
        self.assertEqual(done.stdout, b"".join(lines[:1] + lines[2:]))
        self.assertIn(b"broken field", done.stderr)

    def test_cut_anywhere_prints_what_is_whole_and_says_what_is_left(self):
        packed = written(V9, *PREFIXED)[:500]
        lines = written(V9).splitlines(keepends=True)
        ends, at = {0}, 0
        for body in messages(written(V9, *PREFIXED)):
            at += len(body) + (1 if len(body) < 128 else 2)
            ends.add(at)
        for size in range(len(packed)):
            done = cat(data=packed[:size])
            whole = sum(1 for end in ends if end <= size) - 1
            self.assertEqual(done.stdout, b"".join(lines[:whole]), size)
            self.assertEqual(done.returncode, 0 if size in ends else BROKEN, size)
            self.assertEqual(bool(done.stderr), size not in ends, size)

    def test_garbage_is_a_sentence(self):
        for data in (b"\xff" * 64, bytes(range(256)), b"\x05\xff\xff\xff\xff\xff", b"\x80"):
            done = cat(data=data)
            self.assertEqual(done.returncode, BROKEN, data)
            self.assertRegex(done.stderr.decode(), "byte [0-9]+")
        large = cat(data=b"\xff\xff\xff\x7f" + bytes(100))
        self.assertIn(b"1048576", large.stderr)

    def test_compressed_files_are_read_by_their_names(self):
        packed, lines = written(V9, *PREFIXED), written(V9)
        (self.folder / "flows.gz").write_bytes(gzip.compress(packed) + gzip.compress(packed))
        self.assertEqual(self.printed(self.folder / "flows.gz"), lines * 2)
        for tool, name in (("zstd", "flows.zst"), ("lz4", "flows.lz4")):
            with self.subTest(tool):
                if shutil.which(tool) is None:
                    self.skipTest(f"{tool} is not installed")
                path = self.folder / name
                path.write_bytes(subprocess.run([tool, "-c"], input=packed, check=True,
                                                stdout=subprocess.PIPE).stdout)
                self.assertEqual(self.printed(path), lines)
                path.write_bytes(path.read_bytes()[:-9])
                self.assertEqual(cat(path).returncode, BROKEN)

    def test_what_flowd_compresses_is_read(self):
        path = self.folder / "flows-%Y.pb"
        for compression, name in (("gzip", ".gz"), ("zstd", ".zst"), ("lz4", ".lz4")):
            written(V9, *PREFIXED, "-transport.file", path, "-transport.file.rotate-bytes",
                    1 << 30, "-transport.file.compression", compression)
            (file,) = self.folder.glob(f"*{name}")
            self.assertEqual(self.printed(file), written(V9))

    def test_a_reader_that_leaves_ends_it_quietly(self):
        packed = self.folder / "flows.pb"
        packed.write_bytes(written(V9, *PREFIXED) * 2000)
        with subprocess.Popen([CAT, packed], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            process.stdout.readline()
            process.stdout.close()
            self.assertEqual(process.stderr.read(), b"")
            self.assertEqual(process.wait(20), 0)

    def test_faults_have_sentences_and_numbers(self):
        for arguments, status, said in (
                (["-where", "SrcPrt=1"], USAGE, "SrcPort"),
                (["-where", "SrcPort"], USAGE, "SrcPort"),
                (["-where", "SrcPort=x"], USAGE, "x"), (["-columns", "Nope"], USAGE, "Nope"),
                (["-framing", "odd"], USAGE, "varint, be32, none"), (["-packed"], USAGE, "be32"),
                (["-nope"], USAGE, "unknown flag"),
                ([self.folder / "missing"], BROKEN, "missing"), ([self.folder], BROKEN, "")):
            with self.subTest(arguments):
                done = cat(*arguments)
                self.assertEqual(done.returncode, status, done.stderr.decode())
                self.assertIn(said, done.stderr.decode())
                self.assertEqual(done.stdout, b"")

    def test_a_full_disk_is_told(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([CAT], input=written(V9, *PREFIXED), stdout=full,
                                  stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, BROKEN)
        self.assertIn(b"No space left", done.stderr)


if __name__ == "__main__":
    if not CAT.exists():
        flowd.skip(f"{CAT} is not built")
    unittest.main()
