#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""flowctl and a real flowd: what flowctl says is what was sent, what the API says and, at the end,
what the summary says. Four exporters of loopback: a good one, one that loses, one without its
templates, one that sends damaged datagrams."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd, netflow  # noqa: E402

CTL = Path(os.environ.get("FLOWCTL", Path(flowd.binary()).parent / "tools/ctl/flowctl"))
FINE, WRONG, USAGE, NO_ANSWER, REFUSED, UNKNOWN = range(6)
GOOD, LOSING, UNTAUGHT, DAMAGED = (f"127.0.0.{last}" for last in (11, 12, 13, 14))
SECONDS = 20
FIELDS = ((8, 4), (12, 4), (1, 4), (2, 4))
RECORD = bytes((10, 0, 0, 1, 10, 0, 0, 2)) + netflow.number(700, 4) + netflow.number(7, 4)
TEMPLATE = netflow.one_set(2, netflow.template(256, FIELDS))


def ipfix(records: int, sequence: int, teaches: bool = False) -> bytes:
    sets = [TEMPLATE] if teaches else []
    return netflow.ipfix([*sets, netflow.one_set(256, RECORD * records)], sequence=sequence,
                         seconds=int(time.time()))


class LiveTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.socket = self.folder / "flowd.sock"
        self.port = flowd.free_port()
        self.settings = self.folder / "flowd.toml"
        self.settings.write_text("[log]\nlevel = \"info\"\n")
        self.begin()

    def begin(self, *arguments):
        self.sent: list[tuple[str, bytes]] = []
        self.live = self.enterContext(flowd.Live(
            self.folder, "-config", self.settings, "-listen", f"flow://127.0.0.1:{self.port}",
            "-http.listen", "127.0.0.1:0", "-http.socket", self.socket, *arguments))
        self.live.wait_for_port(self.port)
        flowd.wait_until(lambda: self.ctl("health").returncode == FINE, SECONDS, "not collecting")

    def restart(self, settings: str, *arguments):
        """With other settings."""
        self.live.stop()
        self.settings.write_text(settings)
        self.begin(*arguments)

    def ctl(self, *arguments) -> subprocess.CompletedProcess:
        return subprocess.run([CTL, "--socket", self.socket, *map(str, arguments)], timeout=60,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                              env={**os.environ, "LC_ALL": "C.utf8"})

    def ask(self, *arguments, status: int = FINE) -> str:
        done = self.ctl(*arguments)
        self.assertEqual(done.returncode, status,
                         done.stdout + done.stderr + self.live.errors.read_text())
        return done.stdout

    def json(self, *arguments) -> dict:
        return json.loads(self.ask(*arguments, "--json"))

    def send(self, source: str, *payloads: bytes):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind((source, 0))
            for payload in payloads:
                sender.sendto(payload, ("127.0.0.1", self.port))
                self.sent.append((source, payload))
                time.sleep(0.002)

    def send_all(self):
        """What each exporter does, and wait until flowctl knows of all of it."""
        self.send(GOOD, ipfix(3, 0, teaches=True), *(ipfix(3, 3 * i) for i in range(1, 20)))
        self.send(LOSING, ipfix(2, 0, teaches=True),
                  *(ipfix(2, 2 * i) for i in range(1, 40) if i % 10))
        self.send(UNTAUGHT, *(ipfix(1, i) for i in range(5)))
        self.send(DAMAGED, ipfix(1, 0, teaches=True)[:-3], netflow.v5([bytes(48)])[:40], b"\0\x63")
        flowd.wait_until(lambda: self.json("status")["totals"]["datagrams"] == len(self.sent),
                         SECONDS, "not all datagrams are seen")
        serial = self.json("status")["serial"]  # rows are read a moment before the box's numbers
        flowd.wait_until(lambda: self.json("status")["serial"] > serial, SECONDS, "no observation")

    def test_says_what_was_sent_and_what_the_summary_says(self):
        self.send_all()
        flowd.wait_until(lambda: self.json("status")["totals"]["in_flight"]["transport"] == 0,
                         SECONDS, "not delivered")
        status = self.json("status")
        totals = status["totals"]
        self.assertEqual(totals["imbalance"], {"datagrams": 0, "flows": 0})
        flows = 3 * 20 + 2 * 37
        self.assertGreaterEqual(totals["flows"], flows)
        self.assertEqual(totals["datagrams"], totals["decoded"] + totals["parked"] +
                         sum(totals["drops"]["datagrams"].values()))
        text = self.ask("status", "--exact")
        self.assertEqual(text.count("adds up"), 2)
        self.assertRegex(text, rf"arrived +{len(self.sent)}\b")
        drops = self.json("drops")
        counted = {each["name"]: each["count"] for each in drops["datagrams"] if each["count"]}
        self.assertEqual(counted, totals["drops"]["datagrams"])
        self.assertGreater(sum(counted.values()), 0)
        listed = self.ask("drops")
        for name, many in counted.items():
            self.assertRegex(listed, rf"(?m)^  {name} +{many}  \w")
        self.ask("drops", "--fail", status=WRONG)

        self.assertEqual(self.live.stop(), 0)
        summary = self.live.summary()
        self.assertEqual(flowd.unbalanced(summary), "")
        self.assertEqual(summary["datagrams"], totals["datagrams"])
        self.assertEqual(summary["flows"], totals["flows"])
        self.assertEqual({name: many for name, many in summary["drops"]["datagrams"].items()
                          if name in counted and name != "unknown_template"},
                         {name: many for name, many in counted.items()
                          if name != "unknown_template"})

    def test_exporters_and_their_xrays(self):
        self.send_all()
        rows = {each["address"]: each for each in self.json("exporters")["exporters"]}
        self.assertEqual(set(rows), {GOOD, LOSING, UNTAUGHT, DAMAGED})
        self.assertEqual(rows[GOOD]["totals"]["flows"], 60)
        self.assertEqual(rows[GOOD]["totals"]["sequence"]["lost"], 0)
        self.assertEqual(rows[LOSING]["totals"]["sequence"]["lost"], 2 * 3)
        for address, row in rows.items():
            self.assertEqual(row["totals"]["datagrams"],
                             sum(1 for source, _ in self.sent if source == address))
            self.assertEqual(row["totals"]["imbalance"], {"datagrams": 0, "flows": 0})
        table = self.ask("exporters", "--sort", "address").splitlines()
        self.assertEqual([line.split()[0] for line in table[1:]],
                         [GOOD, LOSING, UNTAUGHT, DAMAGED])
        self.assertIn(LOSING, self.ask("top", "-b"))

        # What was learnt is copied from workers less often than their counters.
        flowd.wait_until(lambda: self.json("templates")["count"] >= 2, SECONDS, "no templates")
        text = self.ask("exporter", GOOD, "--templates", "--exact")
        for part in ("Diagnosis", "sourceIPv4Address", "packetDeltaCount", "IPFIX"):
            self.assertIn(part, text)
        self.assertEqual(text.count("adds up"), 2)
        self.assertIn("6 lost", self.ask("exporter", LOSING, "--exact"))
        untaught = self.json("exporter", UNTAUGHT)
        self.assertEqual(untaught["exporter"]["address"], UNTAUGHT)
        self.assertIn("emplate", self.ask("exporter", UNTAUGHT))
        for command in ("exporter", "templates"):
            done = self.ctl(command, "127.0.0.99")
            self.assertEqual((done.returncode, done.stdout), (UNKNOWN, ""))
            self.assertIn("no exporter 127.0.0.99 is known: flowd has decoded nothing from it",
                          done.stderr)
            done = self.ctl(command, GOOD + ":7")
            self.assertEqual((done.returncode, done.stdout), (UNKNOWN, ""))
            self.assertIn(f"told apart by address only (templates.key): flowctl {command} {GOOD}",
                          done.stderr)
        self.assertIn("Not an exporter", self.ask("exporter", "other"))
        self.assertIn("has announced no templates", self.ask("templates", UNTAUGHT))
        self.assertEqual(self.ctl("config", "nothing.like.it").returncode, UNKNOWN)
        self.assertEqual([each["key"] for each in self.json("config", "log.level")["settings"]],
                         ["log.level"])

        templates = self.json("templates")
        teachers = {each["exporter"] for each in templates["templates"]}
        self.assertLessEqual({GOOD, LOSING}, teachers)
        self.assertNotIn(UNTAUGHT, teachers)
        self.assertEqual(len(self.ask("templates", GOOD).splitlines()), 2)
        self.assertEqual(len(self.json("templates", LOSING)["templates"]), 1)

    def test_changes_log_level_and_reads_the_settings_again(self):
        self.assertEqual(self.ask("log", "debug"), "log level debug, before info\n")
        self.assertEqual(self.ask("log", "info"), "log level info, before debug\n")
        self.settings.write_text("[log]\nlevel = \"warn\"\n")
        self.assertIn("log.level", self.ask("reload"))
        self.assertEqual(self.ask("log", "info"), "log level info, before warn\n")
        self.settings.write_text("[nonsense]\nlevel = 1\n")
        done = self.ctl("reload")
        self.assertEqual(done.returncode, WRONG)
        self.assertIn("nonsense", done.stderr)
        self.assertIn("log.level", self.ask("config", "log"))

    def test_the_level_is_shown_and_its_change_logged(self):
        self.assertEqual(self.ask("log"), "log level info\n")
        self.ask("log", "error")
        self.assertEqual(self.ask("log"), "log level error\n")
        self.assertIn("info log: level error, before info: set over HTTP",
                      self.live.errors.read_text())

    def test_a_reload_names_what_a_restart_takes(self):
        token_file = self.folder / "token"
        token_file.write_text("0123456789abcdef")
        self.restart(f'[http]\ntoken_file = "{token_file}"\n')
        self.assertEqual(self.ask("reload"), "Read again; nothing has changed.\n")
        token_file.write_text("fedcba9876543210")
        self.assertEqual(self.ask("reload", status=WRONG).splitlines(), [
            f"refused  http.token_file: {token_file} has changed; a restart reads it again",
            "Read again; flowd runs on as it did."])

    def test_a_reload_compares_secrets_and_shows_none(self):
        self.restart('[http]\ntoken = "0123456789abcdef"\n')
        self.settings.write_text('[http]\ntoken = "fedcba9876543210"\nnames = ["a.example"]\n'
                                 '[transport.kafka.properties]\n"sasl.password" = "secret"\n')
        said = self.ask("reload", status=WRONG)
        self.assertEqual([line.split(":")[0] for line in said.splitlines()], [
            "refused  transport.kafka.properties", "refused  http.names", "refused  http.token",
            "Read again; flowd runs on as it did."])
        self.assertNotIn("secret", said + self.live.errors.read_text())

    def test_a_reload_refuses_what_a_start_refuses(self):
        for text, key in (
                ('[http]\nmetrics_path = "bad"\n', "http.metrics_path"),
                ('[http]\nallow = ["10.0.0.0/33"]\n', "http.allow"),
                ('[http]\ntls_key = "/nonexistent"\n', "http.tls_certificate and http.tls_key"),
                ('[transport.file]\nrotate_bytes = 1000000\n', "transport.file.path"),
                ('[port]\ndevice = "eth0"\n', "port.device")):
            with self.subTest(key):
                self.settings.write_text(text + "[log]\nlevel = \"debug\"\n")
                done = self.ctl("reload")
                self.assertEqual((done.returncode, done.stdout), (WRONG, ""))
                self.assertRegex(done.stderr, f"^flowctl: {key}.*; the old configuration stays\n$")
                self.assertRegex(self.live.errors.read_text(),
                                 f"error reload: {key}.*; nothing has changed\n")
        self.assertEqual(self.ask("log"), "log level info\n")

    def test_a_reload_that_takes_long_holds_up_no_answer(self):
        self.settings.unlink()
        os.mkfifo(self.settings)  # reading it waits for who writes
        run = [CTL, "--socket", self.socket]
        with subprocess.Popen([*run, "reload"], stdout=subprocess.PIPE, text=True) as reload, \
                subprocess.Popen([*run, "log", "info"], stdout=subprocess.PIPE) as log:
            for _ in range(5):
                self.assertIn("collecting", self.ask("status"))
            self.assertIsNone(reload.poll())
            self.settings.write_text("[log]\nlevel = \"info\"\n")
            self.assertIn("nothing has changed", reload.communicate(timeout=SECONDS)[0])
            log.communicate(timeout=SECONDS)

    def test_the_settings_are_keys_not_other_names_or_commands(self):
        rows = self.json("config")["settings"]
        flags = {row["flag"] for row in rows if not row["key"]}
        self.assertFalse(flags & {"addr", "metrics.addr", "templates.json.path", "h", "help", "v",
                                  "check", "print-config", "probe"}, flags)
        self.assertIn("http.listen", {row["key"] for row in rows})
        self.assertIn("config", flags)

    def test_over_tcp_changes_are_refused(self):
        def url() -> str:
            return next((word for word in self.live.errors.read_text().split()
                         if word.startswith("http://127.0.0.1:")), "")

        flowd.wait_until(url, SECONDS, "no address is told")
        run = [CTL, "--url", url()]
        done = subprocess.run([*run, "status"], capture_output=True, text=True, timeout=30,
                              check=False)
        self.assertEqual(done.returncode, FINE, done.stderr)
        done = subprocess.run([*run, "log", "debug"], capture_output=True, text=True, timeout=30,
                              check=False)
        self.assertEqual(done.returncode, REFUSED, done.stderr)

    def test_captures_look_back_once_they_are_kept(self):
        self.assertIn("Keeps no datagrams", self.ask("capture", "--show"))
        self.ask("capture", "--keep", "30:4M")
        self.assertIn("Keeps the last 30 s", self.ask("capture", "--show"))
        self.send_all()
        out = self.folder / "losing.pcapng"
        done = self.ctl("capture", LOSING, "--seconds", 30, "--out", out)
        self.assertEqual(done.returncode, FINE, done.stderr)
        data = out.read_bytes()
        self.assertEqual(data[:4], b"\x0a\x0d\x0d\x0a")
        wanted = [payload for source, payload in self.sent if source == LOSING]
        for payload in wanted:
            self.assertIn(payload, data)
        self.assertNotIn(ipfix(3, 3), data)
        self.assertIn(f"{len(wanted)} datagrams", done.stderr)
        done = self.ctl("capture", LOSING, "--seconds", 3600, "--out", out)
        self.assertRegex(done.stderr, r"only the last \d+ s were kept, of 3600 asked")
        log = self.live.errors.read_text()
        self.assertIn("the last 30 s are kept from now on", log)
        self.assertIn(f"capture: {LOSING}, the last 30 s: {len(wanted)} datagrams", log)
        if shutil.which("tshark"):
            read = subprocess.run(["tshark", "-r", out, "-T", "fields", "-e", "ip.src"],
                                  capture_output=True, text=True, timeout=60, check=True)
            self.assertEqual(read.stdout.split(), [LOSING] * len(wanted))
        self.ask("capture", "--stop")
        self.assertIn("Keeps no datagrams", self.ask("capture", "--show"))

    def test_a_capture_waits_where_nothing_is_kept(self):
        self.send(GOOD, ipfix(3, 0, teaches=True))
        flowd.wait_until(lambda: self.json("exporters")["count"] == 1, SECONDS, "no exporter")
        out = self.folder / "good.pcapng"
        with subprocess.Popen([CTL, "--socket", self.socket, "capture", GOOD, "--seconds", "2",
                               "--out", out], stderr=subprocess.PIPE, text=True) as process:
            while process.poll() is None:  # whenever it begins
                self.send(GOOD, ipfix(3, 6))
                time.sleep(0.1)
            self.assertEqual(process.returncode, FINE, process.stderr.read())
        self.assertIn(ipfix(3, 6)[16:], out.read_bytes())

    def test_a_stop_by_force_ends_a_capture_that_waits(self):
        self.assertEqual(self.live.stop(), 0)
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # and reads nothing
        self.addCleanup(os.close, reader)
        self.begin("-transport.file", pipe, "-tx.stop-patience", "3s")
        self.send(GOOD, ipfix(60, 0, teaches=True), *(ipfix(60, 60 * i) for i in range(1, 30)))
        flowd.wait_until(lambda: self.json("exporters")["count"] == 1, SECONDS, "no exporter")
        out = self.folder / "good.pcapng"
        with subprocess.Popen([CTL, "--socket", self.socket, "capture", GOOD, "--seconds", "600",
                               "--out", out], stderr=subprocess.PIPE, text=True) as process:
            flowd.wait_until(lambda: "s, begins" in self.live.errors.read_text(), SECONDS,
                             "no capture begins")
            self.assertEqual(self.live.stop(), 1)
            self.assertEqual(process.wait(SECONDS), WRONG)
            self.assertIn("flowd is stopping", process.stderr.read())
        self.assertFalse(out.exists())
        self.assertIn("ending without it", self.live.errors.read_text())

    def test_nothing_answers_when_it_has_ended(self):
        self.assertEqual(self.live.stop(), 0)
        done = self.ctl("status")
        self.assertEqual(done.returncode, NO_ANSWER)
        self.assertIn("nothing answers", done.stderr)


if __name__ == "__main__":
    if not CTL.exists():
        flowd.skip(f"{CTL} is not built")
    unittest.main()
