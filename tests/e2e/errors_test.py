#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What a person does wrong ends with one sentence and an exit code: 2 for flags and settings, 1 for
what could not be opened or delivered.
A reader that goes away ends flowd quietly, a full disk loudly, and a signal ends it in order."""

import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd  # noqa: E402

FIRST = flowd.CAPTURES / "first.pcap"
USAGE, FAILED = 2, 1
HINT = "flowd: -h lists the flags\n"


class ErrorsTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def sentence(self, code: int, *arguments, hint: bool = True) -> str:
        """The one line on stderr of a run that must fail with this code.

        A wrong command line also gets the hint at -h; a wrong file does not.
        """
        done = flowd.run(arguments)
        errors = done.stderr.decode()
        if code == USAGE and hint:
            self.assertTrue(errors.endswith(HINT), errors)
            errors = errors.removesuffix(HINT)
        self.assertEqual(done.returncode, code, f"{arguments}: {errors}")
        self.assertEqual(done.stdout, b"", arguments)
        self.assertEqual(len(errors.splitlines()), 1, f"{arguments}: {errors}")
        return errors

    def test_wrong_flags(self):
        self.assertIn("no-such-flag", self.sentence(USAGE, "-no-such-flag"))
        self.assertIn("many", self.sentence(USAGE, "-replay.loops", "many"))
        self.assertIn("replay.loops", self.sentence(USAGE, "-replay.loops"))
        errors = self.sentence(USAGE, "-replay", FIRST, "-replay.loops", "0")
        self.assertIn("below 1", errors)

    def test_near_flag_is_suggested(self):
        self.assertIn("replay.loops", self.sentence(USAGE, "-replay.loop", "3"))

    def test_a_key_that_no_transport_has_is_noted(self):
        note = b"the key of messages has no effect"
        for hash_flags, noted in ((["-format.hash", "SrcAddr,DstAddr"], 1),
                                  (["-format.hash=SamplerAddress"], 0), (["-format.hash="], 0)):
            done = flowd.run(["-replay", FIRST, "-transport", "null",
                              *hash_flags])
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            self.assertEqual(done.stderr.count(note), noted, hash_flags)

    def test_wrong_choices(self):
        self.assertIn("json, text, pb, bin", self.sentence(USAGE, "-format", "xml"))
        self.assertIn("goflow2-v1, goflow2-v2", self.sentence(USAGE, "-profile", "goflow2"))
        self.assertIn("json or text", self.sentence(USAGE, "-produce=raw", "-format=bin"))
        self.assertIn("auto, portable, bmi2", self.sentence(USAGE, "-cpu.kernel", "mmx"))
        self.assertIn("file, kafka, null", self.sentence(USAGE, "-transport", "pigeon"))

    def test_flags_that_exclude_each_other(self):
        errors = self.sentence(USAGE, "-replay", FIRST, "-replay.timed", "-replay.pps", "10")
        self.assertIn("one pace", errors)
        self.assertIn("needs -replay", self.sentence(USAGE, "-replay.loops", "3"))

    def test_wrong_uris(self):
        for uri, part in (("tcp://:2055", "tcp"), ("netflow://:0", "below 1"),
                          ("netflow://:99999", "above 65535"), ("netflow://:2055?count=0", "count"),
                          ("netflow", "scheme"), ("netflow://300.1.1.1:2055", "300.1.1.1")):
            self.assertIn(part, self.sentence(USAGE, "-listen", uri), uri)

    def test_wrong_captures(self):
        for name, content in (("missing.pcap", None), ("empty.pcap", b""),
                              ("text.pcap", b"this is not a capture" * 10)):
            path = self.folder / name
            if content is not None:
                path.write_bytes(content)
            self.assertIn(name, self.sentence(FAILED, "-replay", path))
        self.assertIn(str(self.folder), self.sentence(FAILED, "-replay", self.folder))

    def test_wrong_configuration_files(self):
        path = self.folder / "flowd.toml"
        self.assertIn("flowd.toml", self.sentence(FAILED, "-config", path))
        for text, part in (('[output]\nformat = "xml"\n', ":2"), ("[output\n", ":1"),
                           ("[output]\nformaat = 1\n", "formaat"),
                           ("[batch]\nmax_age_ms = 0\n", "below 1")):
            path.write_text(text)
            errors = self.sentence(USAGE, "-config", path, hint=False)
            self.assertNotIn(HINT, errors)
            self.assertIn("flowd.toml", errors)
            self.assertIn(part, errors)

    def test_wrong_columns_and_rates(self):
        self.assertIn("did you mean nat_event?", self.sentence(USAGE, "-columns", "nat_evnt"))
        self.assertIn("0 to 32 bits", self.sentence(USAGE, "-sampling.fallback", "10.0.0.0/33=1"))
        self.assertIn("below 1", self.sentence(USAGE, "-sampling.fallback", "0"))

    def test_wrong_mapping_files(self):
        for name, text, part in (
                ("m.yaml", None, "No such file"),
                ("m.yaml", "ipfix: [", "m.yaml:1: "),
                ("m.yaml", "ipfix:\n  mapping:\n  - {field: x}\n", "m.yaml:3: field: \"x\""),
                ("m.yaml", "formatter: {fields: [tpye]}", "did you mean type?"),
                ("m.toml", "[[mapping.ipfix]]\nfeld = 1\n", "m.toml:2: unknown key \"feld\""),
                ("m.toml", "[mapping\n", "m.toml:1: ")):
            path = self.folder / name
            path.unlink(missing_ok=True)
            if text is not None:
                path.write_text(text)
            self.assertIn(part, self.sentence(FAILED, "-mapping", path, "-profile", "goflow2-v2"))

    def test_entries_without_effect_are_warnings(self):
        path = self.folder / "m.yaml"
        path.write_text("ipfix: {mapping: [{field: 7, destination: CustomInteger1}]}\n")
        done = flowd.run(["-mapping", path, "-check"])
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertIn("m.yaml:1: ", done.stderr.decode())
        self.assertIn("did you mean CustomInteger_1?", done.stderr.decode())

    def test_shipped_mapping_files_start(self):
        for name in ("mapping.yaml", "mapping.toml"):
            path = flowd.ROOT / "config" / name
            done = flowd.run(["-profile", "goflow2-v2", "-mapping", path, "-check"])
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            self.assertEqual(done.stderr, b"")

    def test_wrong_destination(self):
        path = self.folder / "no/such/folder/flows.jsonl"
        done = flowd.run(["-replay", FIRST, "-transport.file", path])
        self.assertEqual(done.returncode, FAILED)
        self.assertIn(str(path), done.stderr.decode())

    def test_capture_cut_in_the_middle_gives_what_is_there(self):
        path = self.folder / "cut.pcap"
        path.write_bytes(FIRST.read_bytes()[:-100])
        done = flowd.run(["-replay", path])
        self.assertGreater(len(flowd.flows_of(done.stdout)), 0)
        self.assertIn("damaged", done.stderr.decode())

    def test_check_reads_ports_without_touching_them(self):
        config = self.folder / "ports.toml"
        for lines, named in ((['device = "eth0"'], "port.device"),
                             (['device = "3b:00.0"', 'addresses = ["192.0.2.300/24"]'],
                              "port.addresses"),
                             (['device = "3b:00.0"', "[[port]]", 'device = "0000:3b:00.0"'],
                              "twice"),
                             (['device = "3b:00.0"', 'addresses = ["192.0.2.3/24"]'], "")):
            config.write_text("\n".join(["[[port]]", *lines, ""]))
            done = flowd.run(["-check", "-config", config])
            self.assertEqual(done.returncode, 1 if named else 0, done.stderr.decode())
            self.assertIn(named, done.stderr.decode())

    def test_check_and_help_and_version(self):
        for flag in ("-h", "-help", "-v", "-check", "-print-config"):
            done = flowd.run([flag])
            self.assertEqual(done.returncode, 0, flag)
        self.assertTrue(flowd.run(["-v"]).stdout.startswith(b"flowd "))
        self.assertIn(b"-replay", flowd.run(["-h"]).stdout + flowd.run(["-h"]).stderr)

    def test_closed_pipe_ends_quietly(self):
        """flowd | head -1, with more output than a pipe holds."""
        process = subprocess.Popen(
            [flowd.binary(), "-replay", str(FIRST), "-replay.seconds", "120"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        try:
            process.stdout.readline()
            process.stdout.close()
            begin = time.monotonic()
            errors = process.stderr.read().decode()
            code = process.wait(timeout=90)
            self.assertLess(time.monotonic() - begin, 60, "the pipe did not end it")
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            process.stderr.close()
        self.assertIn(code, (0, -signal.SIGPIPE, 128 + signal.SIGPIPE))
        self.assertNotIn("rror", errors)

    def test_full_disk_is_an_error(self):
        for arguments in (["-transport.file", "/dev/full"], []):
            with open("/dev/full", "wb") as full:
                done = flowd.run(["-replay", FIRST, *arguments],
                                 **({} if arguments else {"stdout": full}))
            self.assertEqual(done.returncode, FAILED, done.stderr.decode())
            self.assertIn("No space left", done.stderr.decode())

    def test_summary_that_cannot_be_written_is_an_error(self):
        done = flowd.run(["-replay", FIRST, "-summary", "/dev/full", "-transport", "null"])
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("-summary", done.stderr.decode())

    def test_signals_end_a_live_run_in_order(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with tempfile.TemporaryDirectory() as folder:
                port = flowd.free_port()
                with flowd.Live(Path(folder), "-listen", f"flow://127.0.0.1:{port}") as live:
                    live.wait_for_port(port)
                    self.assertEqual(live.stop(number), 0, live.errors.read_text())
                    self.assertEqual(flowd.unbalanced(live.summary()), "")

    def test_signal_ends_a_replay_in_order(self):
        with flowd.Live(self.folder, "-replay", FIRST, "-replay.seconds", "40",
                        "-replay.pps", "50") as live:
            flowd.wait_until(lambda: len(live.flows()) > 0 or live.process.poll() is not None, 10,
                             "no flow")
            self.assertEqual(live.stop(), 0, live.errors.read_text())
            summary = live.summary()
            self.assertEqual(flowd.unbalanced(summary), "")
            self.assertEqual(len(live.flows()), summary["delivered"])


if __name__ == "__main__":
    flowd.binary()
    unittest.main()
