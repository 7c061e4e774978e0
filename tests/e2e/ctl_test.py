#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""flowctl against a server whose answers the test chooses: what every command asks and prints, its
exit statuses, the ways to flowd, tokens and TLS, hostile answers."""

import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import api_fixture, flowd  # noqa: E402

CTL = Path(os.environ.get("FLOWCTL", Path(flowd.binary()).parent / "tools/ctl/flowctl"))
FINE, WRONG, USAGE, NO_ANSWER, REFUSED, UNKNOWN = range(6)


def environment(**changes) -> dict:
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("FLOWCTL_") and name not in ("RUNTIME_DIRECTORY", "NO_COLOR")}
    return {**kept, "LC_ALL": "C.utf8", "TZ": "UTC", "TERM": "xterm-256color", **changes}


def ctl(*arguments, **changes) -> subprocess.CompletedProcess:
    return subprocess.run([CTL, *map(str, arguments)], stdin=subprocess.DEVNULL, timeout=30,
                          capture_output=True, text=True, env=environment(**changes), check=False)


def on_terminal(columns: int, *arguments, **changes) -> str:
    """What flowctl writes to a terminal of so many columns."""
    leader, follower = pty.openpty()
    import fcntl
    import struct
    import termios
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen([CTL, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=follower,
                          stderr=follower, env=environment(**changes)) as process:
        os.close(follower)
        out = b""
        while select.select([leader], [], [], 20)[0]:
            try:
                piece = os.read(leader, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            out += piece
        process.wait(20)
    os.close(leader)
    return out.decode().replace("\r\n", "\n")


class CtlTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.state = api_fixture.State()
        self.socket = self.folder / "flowd.sock"
        self.enterContext(api_fixture.Server(self.state, socket=self.socket))

    def complaint(self, *arguments, status: int) -> str:
        done = ctl("--socket", self.socket, *arguments)
        self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
        return done.stderr

    def ask(self, *arguments, status: int = FINE) -> str:
        done = ctl("--socket", self.socket, *arguments)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertEqual(bool(done.stderr), status not in (FINE, WRONG) or not done.stdout,
                         done.stderr)
        return done.stdout

    def tcp(self, **options) -> api_fixture.Server:
        return self.enterContext(api_fixture.Server(self.state, **options))


class CommandsTest(CtlTest):
    def test_status_shows_sums_that_add_up(self):
        text = self.ask("status")
        for part in ("collecting", "12,345,678", "333,333,306", "missed", "ring_full", "kafka",
                     "The NIC dropped 1,000 datagrams", "30 known, 3 silent, 4 with findings"):
            self.assertIn(part, text)
        self.assertEqual(text.count("adds up"), 2)

    def test_status_ends_with_one_when_flowd_is_wrong(self):
        self.state.health = {"state": "failing", "reason": "the spool is full"}
        self.assertIn("the spool is full", self.ask("status", status=WRONG))
        self.state.health = {"state": "collecting", "reason": ""}
        self.state.box["decoded"] -= 5
        self.assertIn("5 are missing", self.ask("status", status=WRONG))

    def test_health_is_flowds_only(self):
        self.state.replies["/__health"] = (200, b"<html>It works!</html>")
        self.ask("health", status=WRONG)

    def test_health_is_one_line_and_a_status(self):
        self.assertEqual(self.ask("health"), "collecting\n")
        for state, reason in (("starting", ""), ("draining", ""), ("failing", "no brokers: 2")):
            self.state.health = {"state": state, "reason": reason}
            wanted = state + (f": {reason}" if reason else "")
            self.assertEqual(self.ask("health", status=WRONG), wanted + "\n")
            self.assertEqual(json.loads(self.ask("health", "--json", status=WRONG)),
                             {"state": state, "reason": reason})

    def test_exporters_are_sorted_searched_and_limited_by_the_server(self):
        lines = self.ask("exporters", "--sort", "address", "--limit", 3).splitlines()
        self.assertEqual([line.split()[0] for line in lines],
                         ["exporter", "10.0.0.10", "10.0.0.12", "10.0.0.13", "3"])
        self.assertIn("sort=address&order=asc&limit=3", self.state.requests[-1][1])
        self.ask("exporters", "--search", "IPFIX & more", "--reverse", "--all")
        self.assertEqual(self.state.requests[-1][1], "/api/exporters?sort=flows&order=asc"
                         "&limit=10000&search=IPFIX%20%26%20more")
        self.assertEqual(len(self.ask("exporters").splitlines()), 31)
        lines = self.ask("exporters", "--sort", "protocols").splitlines()
        self.assertTrue(lines[1].split()[1] == "IPFIX" and "sFlow" in lines[-1])
        lines = self.ask("exporters", "--sort", "sampling", "--limit", 2).splitlines()
        self.assertIn("  1 in 1,000  ", lines[1])
        self.assertIn("sort=sampling&order=desc", self.state.requests[-1][1])

    def test_an_exporter_is_diagnosed_in_sentences(self):
        text = self.ask("exporter", "10.0.0.4")
        self.assertLess(text.index("3,401 of 283,420 are missing"), text.index("Domain"))
        for part in ("Look for drops on the exporter's interface", "1 in 1,000", "options",
                     "active timeout  1 min", "17x", "RFC 7011 asks for 4"):
            self.assertIn(part, text)
        self.assertNotIn("sourceIPv4Address", text)
        self.assertIn("sourceIPv4Address", self.ask("exporter", "10.0.0.4", "--templates"))
        self.assertIn("Healthy", self.ask("exporter", "2001:db8::1"))

    def test_an_exporter_that_is_unknown_is_status_five(self):
        for command in ("exporter", "templates"):
            sentence = self.complaint(command, "192.0.2.99", status=UNKNOWN)
            self.assertIn("no exporter 192.0.2.99 is known", sentence)
            self.assertIn("flowctl exporter other; flowd's -capture.errors", sentence)
        self.assertIn("no exporter 192.0.2.99:2055 is known",
                      self.complaint("exporter", "192.0.2.99:2055", status=UNKNOWN))

    def test_a_port_where_exporters_have_none_is_told(self):
        for command in ("exporter", "templates"):
            self.assertEqual(self.complaint(command, "10.0.0.4:2055", status=UNKNOWN),
                             "flowctl: exporters are told apart by address only (templates.key): "
                             f"flowctl {command} 10.0.0.4\n")
        self.assertIn("/api/exporters/10.0.0.4?port=2055",
                      [each[1] for each in self.state.requests])

    def test_the_ports_of_an_address_are_told(self):
        del self.state.exporters[1:]
        for address, port in (("10.0.0.1", 1001), ("10.0.0.1", 1002), ("10.0.0.10", 1003)):
            self.state.exporters.append({**api_fixture.exporter(3), "address": address,
                                         "port": port})
        said = "shown is 10.0.0.1:1001; of this address there are also 10.0.0.1:1002"
        self.assertEqual(self.ask("exporter", "10.0.0.1").splitlines()[0], f"note: {said}")
        done = ctl("--socket", self.socket, "exporter", "10.0.0.1", "--json")
        self.assertEqual(done.stderr, f"flowctl: {said}\n")
        self.assertEqual(json.loads(done.stdout)["exporter"]["port"], 1001)
        for words in ("10.0.0.1:1002", "10.0.0.10"):
            self.assertNotIn("note", self.ask("exporter", words))
        self.assertEqual(self.complaint("exporter", "10.0.0.1:7", status=UNKNOWN),
                         "flowctl: no exporter 10.0.0.1:7 is known; of this address there are "
                         "10.0.0.1:1001, 10.0.0.1:1002\n")
        self.assertEqual(len(self.ask("templates", "10.0.0.1").splitlines()), 3)
        self.assertEqual(len(self.ask("templates", "10.0.0.1:1002").splitlines()), 2)

    def test_other_is_what_has_no_row(self):
        other = {**api_fixture.exporter(0), "address": "other", "skew": None,
                 "totals": api_fixture.totals(100, 0, {"truncated": 60})}
        view = {**api_fixture.xray(other), "domains": [], "templates": []}
        self.state.replies["/api/exporters/other"] = (200, json.dumps(view).encode())
        self.assertRegex(self.ask("exporter", "other"), r"(?s)Not an exporter.* truncated +60\b")
        self.assertEqual(json.loads(self.ask("exporter", "other", "--json")), view)
        self.assertEqual(self.state.requests[-1][1], "/api/exporters/other")
        self.state.requests.clear()
        for words in (["capture", "other", "-o", "x"], ["templates", "other"]):
            done = ctl("--socket", self.socket, *words)
            self.assertEqual(done.returncode, USAGE)
            self.assertIn("other is no exporter", done.stderr)
        self.assertEqual(self.state.requests, [])

    def test_templates_of_all_or_of_one(self):
        self.assertEqual(len(self.ask("templates").splitlines()), 31)
        self.assertEqual(len(self.ask("templates", "10.0.0.4").splitlines()), 2)
        self.assertIn("applicationName", self.ask("templates", "10.0.0.4", "--fields"))
        self.state.exporters[3]["templates"] = 0
        self.assertEqual(self.ask("templates", "10.0.0.4"),
                         "10.0.0.4 has announced no templates: its protocol needs none.\n")
        self.assertEqual(json.loads(self.ask("templates", "10.0.0.4", "--json"))["templates"], [])

    def test_drops_have_names_and_meanings(self):
        text = self.ask("drops")
        self.assertIn("unknown_template", text)
        self.assertIn("a data set whose template has not been seen", text)
        self.assertNotIn("bad_length", text)
        self.assertIn("bad_length", self.ask("drops", "--all"))
        self.ask("drops", "--fail", status=WRONG)
        self.state.box["drops"] = {"datagrams": {}, "flows": {}}
        self.assertIn("none", self.ask("drops", "--fail"))

    def test_settings_are_marked_where_they_differ(self):
        self.assertEqual(len(self.ask("config").splitlines()), 3)
        lines = self.ask("config", "--changed").splitlines()
        self.assertEqual(lines[1].split(), ["batch.count", "512", "batches", "256", "by",
                                            "restart"])
        self.assertIn("No setting differs", self.ask("config", "log", "--changed"))

    def test_a_setting_that_is_unknown_is_status_five(self):
        for words in ([], ["--json"], ["--changed"]):
            self.assertEqual(self.complaint("config", "log.levle", *words, status=UNKNOWN),
                             "flowctl: no setting has \"log.levle\" in its key; did you mean "
                             "log.level?\n")

    def test_reload_says_what_changed_and_what_cannot(self):
        self.assertEqual(self.ask("reload"), "changed  log.level\n")
        self.state.reload = (200, {"changed": [], "refused": [
            {"key": "rx.cores", "sentence": "needs a restart"}]})
        self.assertIn("refused  rx.cores: needs a restart", self.ask("reload", status=WRONG))
        self.state.reload = (422, {"error": "flowd.toml:3: no such key"})
        done = ctl("--socket", self.socket, "reload")
        self.assertEqual((done.returncode, done.stdout), (WRONG, ""))
        self.assertEqual(done.stderr, "flowctl: flowd.toml:3: no such key\n")

    def test_the_log_level_is_shown(self):
        self.assertEqual(self.ask("log"), "log level info\n")
        self.assertEqual(json.loads(self.ask("log", "--json")), {"level": "info"})

    def test_the_log_level_is_set(self):
        self.assertEqual(self.ask("log", "Warning"), "log level warn, before info\n")
        self.assertEqual(self.state.level, "warn")
        self.ask("log", "loud", status=USAGE)
        self.assertEqual(self.ask("log", "trace"), "log level trace, before warn\n")

    def test_versions_of_both(self):
        self.assertRegex(self.ask("version"), r"^flowctl [\d.]+, flowd 0.1.0 at .*flowd.sock\n$")
        self.assertRegex(ctl("--version").stdout, r"^flowctl [\d.]+\n$")

    def test_json_is_the_servers(self):
        for words in (["status"], ["exporters"], ["exporter", "10.0.0.4"], ["templates"],
                      ["drops"], ["config"], ["reload"], ["log", "info"],
                      ["capture", "--show"], ["capture", "--keep", "5"]):
            with self.subTest(words):
                self.assertIsInstance(json.loads(self.ask(*words, "--json")), dict)
        self.assertEqual(json.loads(self.ask("drops", "--json")), self.state.drops())
        top = json.loads(self.ask("top", "--json"))
        self.assertEqual(len(top["exporters"]["exporters"]), 30)

    def test_json_has_what_the_arguments_leave(self):
        def asked(*words) -> dict:
            return json.loads(self.ask(*words, "--json"))
        self.assertEqual([each["key"] for each in asked("config", "log.level")["settings"]],
                         ["log.level"])
        self.assertEqual([each["key"] for each in asked("config", "--changed")["settings"]],
                         ["batch.count"])
        templates = asked("templates", "--limit", 2)
        self.assertEqual((len(templates["templates"]), templates["count"]), (2, 30))
        self.assertEqual(len(asked("exporters", "--limit", 3)["exporters"]), 3)

    def test_watch_prints_again(self):
        text = self.ask("drops", "--watch", "0.1", "--count", 3)
        self.assertEqual(text.count("Datagrams dropped"), 3)
        self.ask("drops", "--watch", "never", status=USAGE)

    def test_watch_ends_with_its_reader(self):
        for words in (["drops"], ["drops", "--json"]):
            with subprocess.Popen([CTL, "--socket", self.socket, *words, "--watch", "0.1"],
                                  stdout=subprocess.PIPE, env=environment()) as process:
                process.stdout.read(10)
                process.stdout.close()
                self.assertEqual(process.wait(10), FINE, words)

    def test_top_prints_for_scripts(self):
        text = self.ask("top", "-b", "-n", 2, "-d", "0.1", "--sort", "address")
        self.assertEqual(text.count("flowd 0.1.0"), 2)
        self.assertEqual(text.count("10.0.0.4 "), 2)
        self.state.replies["/api/status"] = (403, b'{"error":"no"}')
        self.ask("top", "-b", status=REFUSED)

    def test_help_of_everything(self):
        self.assertIn("usage: flowctl COMMAND", ctl("--help").stdout)
        self.assertIn("--keep SECONDS[:SIZE]", ctl("help", "capture").stdout)
        self.assertEqual(ctl("capture", "-h").stdout, ctl("help", "capture").stdout)
        self.assertEqual(ctl("help", "nothing").returncode, USAGE)
        self.assertEqual(ctl().returncode, USAGE)


class CaptureTest(CtlTest):
    def test_a_capture_becomes_a_file(self):
        out = self.folder / "out.pcapng"
        done = ctl("--socket", self.socket, "capture", "10.0.0.4", "--seconds", 3, "--out", out,
                   "--max", "1M")
        self.assertEqual(done.returncode, FINE, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(out.read_bytes(), api_fixture.PCAPNG)
        self.assertIn("3 datagrams", done.stderr)
        self.assertEqual(self.state.requests[-1], (
            "POST", "/api/capture", {"address": "10.0.0.4", "port": 0, "seconds": 3,
                                     "bytes_max": 1 << 20}))

    def test_standard_output_gets_nothing_else(self):
        done = subprocess.run([CTL, "--socket", self.socket, "capture", "10.0.0.4", "-o", "-"],
                              capture_output=True, timeout=30, env=environment(), check=False)
        self.assertEqual((done.returncode, done.stdout), (FINE, api_fixture.PCAPNG))

    def test_nothing_and_too_much_are_told(self):
        self.state.capture = (api_fixture.PCAPNG, {"X-Flowd-Datagrams": "0",
                                                   "X-Flowd-Truncated": "1"})
        done = ctl("--socket", self.socket, "capture", "10.0.0.4", "-o", self.folder / "x")
        self.assertIn("sent nothing", done.stderr)
        self.assertIn("more than fits", done.stderr)

    def test_less_than_was_asked_is_told(self):
        for kept, told in (("5", True), ("60", False)):
            self.state.capture = (api_fixture.PCAPNG, {"X-Flowd-Datagrams": "3",
                                                       "X-Flowd-Kept-Seconds": kept})
            done = ctl("--socket", self.socket, "capture", "10.0.0.4", "-s", 60, "-o",
                       self.folder / "x")
            self.assertEqual(done.returncode, FINE, done.stderr)
            self.assertEqual("only the last 5 s were kept, of 60 asked" in done.stderr, told)

    def test_a_failed_capture_leaves_no_file(self):
        out = self.folder / "out.pcapng"
        done = ctl("--socket", self.socket, "capture", "192.0.2.9", "-o", out)
        self.assertEqual(done.returncode, UNKNOWN)
        self.state.replies["/api/capture"] = (409, b'{"error":"another capture runs"}')
        done = ctl("--socket", self.socket, "capture", "10.0.0.4", "-o", out)
        self.assertEqual(done.returncode, WRONG)
        self.assertIn("another capture runs", done.stderr)
        self.assertEqual(sorted(each.name for each in self.folder.iterdir()), ["flowd.sock"])

    def test_a_signal_leaves_no_file(self):
        out = self.folder / "out.pcapng"
        self.state.capture_seconds = 30.0
        with subprocess.Popen([CTL, "--socket", self.socket, "capture", "10.0.0.4", "-o", out],
                              stderr=subprocess.PIPE, text=True, env=environment()) as process:
            flowd.wait_until(lambda: any(each[1] == "/api/capture" for each in
                                         self.state.requests), 20, "nothing is asked")
            self.assertEqual(len(list(self.folder.iterdir())), 2, "a file is begun")
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(10), WRONG)
            self.assertIn("interrupted", process.stderr.read())
        self.assertEqual(sorted(each.name for each in self.folder.iterdir()), ["flowd.sock"])

    def test_what_is_no_file_stays_what_it_is(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        with subprocess.Popen([CTL, "--socket", self.socket, "capture", "10.0.0.4", "-o", pipe],
                              env=environment(), stderr=subprocess.DEVNULL) as process:
            self.assertEqual(pipe.read_bytes(), api_fixture.PCAPNG)
            self.assertEqual(process.wait(10), FINE)
        self.assertTrue(pipe.is_fifo())
        done = ctl("--socket", self.socket, "capture", "10.0.0.4", "-o", "/dev/null")
        self.assertEqual(done.returncode, FINE, done.stderr)
        self.assertTrue(Path("/dev/null").is_char_device())

    def test_a_full_disk_is_told(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([CTL, "--socket", self.socket, "capture", "10.0.0.4", "-o", "-"],
                                  stdout=full, stderr=subprocess.PIPE, timeout=30,
                                  env=environment(), check=False)
        self.assertEqual(done.returncode, WRONG)
        self.assertIn(b"No space left", done.stderr)

    def test_keeping_starts_shows_and_stops(self):
        self.assertIn("last 30 s", self.ask("capture", "--keep", "30:8M"))
        self.assertEqual(self.state.requests[-1][2], {"seconds": 30, "bytes": 8 << 20})
        self.assertIn("Keeps the last 30 s", self.ask("capture", "--show"))
        self.ask("capture", "--stop")
        self.assertEqual(self.state.requests[-1][2], {"seconds": 0})
        self.assertIn("Keeps no datagrams", self.ask("capture", "--show"))

    def test_one_thing_at_a_time(self):
        for words in ([], ["10.0.0.4", "--stop"], ["--keep", "3", "--show"], ["10.0.0.4"],
                      ["nowhere", "-o", "x"], ["--keep", "0"], ["--keep", "3:x"],
                      ["10.0.0.4", "-o", "/nowhere/at/all"]):
            with self.subTest(words):
                self.ask("capture", *words, status=USAGE)
        self.assertEqual(self.state.requests, [])


class WaysTest(CtlTest):
    def test_the_environment_says_where(self):
        self.assertEqual(ctl("health", FLOWCTL_SOCKET=str(self.socket)).returncode, FINE)
        self.assertEqual(ctl("health", RUNTIME_DIRECTORY=str(self.folder)).returncode, FINE)
        self.assertEqual(ctl("health", FLOWCTL_URL=self.tcp().url).returncode, FINE)

    def test_nobody_there_is_status_three_and_says_what_was_tried(self):
        gone = self.folder / "gone.sock"
        for words in (["--socket", gone], ["--url", "http://localhost:1"]):
            done = ctl(*words, "status")
            self.assertEqual((done.returncode, done.stdout), (NO_ANSWER, ""))
            self.assertRegex(done.stderr, "nothing answers: .*(No such file|Connection refused)")

    def test_a_url_of_a_page_is_told(self):
        url = self.tcp().url
        for path in ("/metrics/api/status", "/metrics/__health"):
            self.state.replies[path] = (404, b"there is nothing at this path\n")
        for words in (["status"], ["health"], ["top", "-b"]):
            done = ctl("--url", url + "/metrics", *words)
            self.assertEqual((done.returncode, done.stdout), (UNKNOWN, ""))
            self.assertEqual(done.stderr, "flowctl: HTTP status 404: no API of flowd is at "
                             f"/metrics; --url wants where flowd is, without a page: {url}\n")

    def test_a_socket_that_nobody_serves_is_not_the_end(self):
        stale = self.folder / "left"
        stale.mkdir()
        server = api_fixture.SocketServer(str(stale / "flowd.sock"), api_fixture.Handler)
        server.server_close()
        done = ctl("version", RUNTIME_DIRECTORY=str(stale))
        if done.returncode == FINE:  # there is a flowd on this machine
            self.assertIn(" at http://localhost:8080", done.stdout)
            return
        self.assertIn("flowd.sock: Connection refused; ", done.stderr)
        self.assertIn("http://localhost:8080: ", done.stderr)

    def test_changes_over_tcp_need_the_token(self):
        url = self.tcp().url
        done = ctl("--url", url, "log", "debug")
        self.assertEqual(done.returncode, REFUSED)
        self.assertIn("--token-file", done.stderr)
        self.state.token = "secret"
        file = self.folder / "token"
        file.write_text("secret\n")
        for words, changes in ((["--token", "secret"], {}), (["--token-file", file], {}),
                               ([], {"FLOWCTL_TOKEN": "secret"})):
            done = ctl("--url", url, *words, "log", "debug", **changes)
            self.assertEqual(done.returncode, FINE, done.stderr)
        self.assertEqual(ctl("--url", url, "--token", "other", "log", "debug").returncode, REFUSED)

    def test_tls_believes_only_what_it_is_told(self):
        if shutil.which("openssl") is None:
            self.skipTest("openssl is not installed")
        pem = self.folder / "server.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", pem,
                        "-out", self.folder / "ca.pem"], check=True, capture_output=True)
        pem.write_bytes(pem.read_bytes() + (self.folder / "ca.pem").read_bytes())
        url = self.tcp(certificate=pem).url
        done = ctl("--url", url, "--ca", self.folder / "ca.pem", "health")
        self.assertEqual((done.returncode, done.stdout), (FINE, "collecting\n"), done.stderr)
        done = ctl("--url", url, "health")
        self.assertEqual(done.returncode, NO_ANSWER)
        self.assertIn("certificate", done.stderr)

    def test_proxies_of_the_environment_are_not_asked(self):
        url = self.tcp().url
        self.assertEqual(ctl("--url", url, "health", http_proxy="http://localhost:1").returncode,
                         FINE)

    def test_mistakes_are_sentences(self):
        for words in (["statsu"], ["status", "--jsno"], ["exporter", "nobody"], ["exporter"],
                      ["exporters", "--sort", "x"], ["status", "--url", "ftp://x"],
                      ["--x", "status"], ["status", "--token-file", "/nowhere"],
                      ["top", "-d", "0"]):
            with self.subTest(words):
                done = ctl(*words)
                self.assertEqual((done.returncode, done.stdout), (USAGE, ""))
                self.assertTrue(done.stderr.startswith("flowctl: "), done.stderr)
                help_of = {"statsu": "--help lists commands and options",
                           "--x": "--help lists commands and options"}.get(
                               words[0], f"see flowctl help {words[0]}")
                self.assertTrue(done.stderr.endswith(f"\nflowctl: {help_of}\n"), done.stderr)
        self.assertIn("see flowctl help log", self.complaint("log", "loud", status=USAGE))


class TerminalTest(CtlTest):
    def ask_terminal(self, columns: int, *arguments, **changes) -> str:
        return on_terminal(columns, "--socket", self.socket, *arguments, **changes)

    def test_tables_fit_the_terminal(self):
        for columns in (60, 80, 100, 200):
            for words in (["status"], ["exporters"], ["exporter", "10.0.0.4", "-t"], ["templates"],
                          ["drops"], ["config"], ["top", "-b"], ["help"], ["help", "capture"],
                          ["help", "exporter"], ["capture", "--show"]):
                text = self.ask_terminal(columns, "--no-color", *words)
                self.assertLessEqual(max(map(len, text.splitlines())), columns, words)
        self.assertIn("…", self.ask_terminal(80, "exporters"))
        self.assertGreater(max(map(len, self.ask("exporters").splitlines())), 120)

    def test_colours_only_where_they_are_wanted(self):
        self.assertIn("\x1b[32mcollecting", self.ask_terminal(80, "status"))
        for words, changes in ((["--no-color"], {}), ([], {"NO_COLOR": "1"}),
                               ([], {"TERM": "dumb"})):
            self.assertNotIn("\x1b", self.ask_terminal(80, "status", *words, **changes))
        self.assertNotIn("\x1b", self.ask("status"))

    def test_only_ascii_where_the_locale_has_no_more(self):
        text = self.ask_terminal(80, "status", LC_ALL="C")
        self.assertTrue(text.isascii())
        self.assertIn("> Give flowd more RX cores", text)

    def test_a_hostile_exporter_writes_nothing_to_the_terminal(self):
        hostile = api_fixture.hostile(self.state)
        self.state.exporters, self.state.health = hostile.exporters, hostile.health
        for words in (["status"], ["exporters"], ["exporter", "10.0.0.4"], ["health"],
                      ["top", "-b"]):
            for text in (ctl("--socket", self.socket, *words).stdout,
                         self.ask_terminal(100, "--no-color", *words)):
                harmless = set(map(chr, range(0x20, 0x7f))) | set("\n…→▁▂▃▄▅▆▇█▼")
                self.assertEqual(set(text) - harmless, set(), words)
        for words in (["exporters", "--json"], ["status", "--json"]):
            self.assertTrue(self.ask_terminal(100, *words).isascii())
            self.assertNotIn("\x1b", self.ask_terminal(100, *words))

    def test_answers_from_another_world_end_in_a_sentence(self):
        for body in (b"", b"hello", b"{", b"[" * 100_000, b"\xff\xfe", b"null", b'"x"'):
            self.state.replies["/api/status"] = (200, body)
            done = ctl("--socket", self.socket, "status")
            self.assertEqual((done.returncode, done.stdout), (WRONG, ""), body[:9])
            self.assertIn("is not JSON", done.stderr)
        self.state.replies["/api/status"] = (500, b"\x1b[2J")
        self.assertIn("HTTP status 500", ctl("--socket", self.socket, "status").stderr)
        for body in (b"{}", b"[]", b'{"exporters":[null,7,{"address":5}],"time":"x"}'):
            self.state.replies["/api/exporters"] = (200, body)
            self.assertEqual(ctl("--socket", self.socket, "exporters").returncode, FINE, body)

    def test_a_reader_that_leaves_ends_it_quietly(self):
        with subprocess.Popen([CTL, "--socket", self.socket, "drops", "--watch", "0.1"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=environment()) as process:
            process.stdout.readline()
            process.stdout.close()
            self.assertEqual(process.stderr.read(), b"")
            self.assertEqual(process.wait(20), FINE)

    def test_ten_thousand_exporters_are_no_trouble(self):
        self.state.exporters = [api_fixture.exporter(number) for number in range(10_000)]
        start = time.monotonic()
        lines = self.ask("exporters", "--all").splitlines()
        self.assertEqual(len(lines), 10_001)
        self.assertLess(time.monotonic() - start, 20)


if __name__ == "__main__":
    if not CTL.exists():
        flowd.skip(f"{CTL} is not built")
    unittest.main()
