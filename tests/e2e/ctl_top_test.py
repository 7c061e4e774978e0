#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""flowctl top in a terminal of tmux's: what it shows, what keys do, and how it leaves."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import api_fixture, flowd, tmux  # noqa: E402

CTL = Path(os.environ.get("FLOWCTL", Path(flowd.binary()).parent / "tools/ctl/flowctl"))


class TopTest(unittest.TestCase):
    columns, height = 110, 30

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.state = api_fixture.State(40)
        # The order by datagrams differs from the one by flows.
        for number, each in enumerate(self.state.exporters):
            each["rates"]["datagrams"] = float(number)
        self.server = api_fixture.Server(self.state, socket=self.folder / "flowd.sock")
        self.enterContext(self.server)
        environment = tmux.clean({"FLOWCTL_SOCKET": str(self.folder / "flowd.sock"),
                                  "LC_ALL": "C.utf8", "TZ": "UTC"})
        environment.pop("NO_COLOR", None)
        self.screen = self.enterContext(tmux.Screen(self.folder, environment, self.columns,
                                                    self.height))

    def start(self, *arguments: str):
        """A fast refresh, so that waits are short."""
        self.screen.run(f"clear; {CTL} top -d 0.2 {' '.join(arguments)}; echo status=$?")
        self.screen.wait_for("F10Quit")

    def rows(self) -> list[str]:
        """The first word of each row of the list; none while something covers it."""
        lines = self.screen.lines()
        head = next((i for i, line in enumerate(lines) if "diagnosis" in line), len(lines))
        return [line.split()[0] for line in lines[head + 1:]
                if line[:2] in ("10", "20")]

    def wait_for_rows(self, condition, what: str):
        self.screen.wait_until(lambda _: condition(self.rows()), what)

    def test_shows_the_box_and_its_exporters(self):
        self.start()
        text = self.screen.text()
        for part in ("collecting", "rx0", "42%", "rx1", "92%", "kafka", "931k/s", "lost upstream",
                     "40 exporters", "The NIC dropped 1,000", "flows/s▼", "1/40"):
            self.assertIn(part, text)
        self.assertEqual(self.rows()[:3], ["2001:db8::1", "10.0.0.2", "10.0.0.3"])
        self.assertGreater(len(self.rows()), 18)
        self.assertIn("1.2% of its", text)

    def test_sorts_by_menu_and_by_letter(self):
        self.start()
        self.screen.press("F6")
        self.screen.wait_for("Sort by")
        self.screen.press("Down", "Enter")
        self.wait_for_rows(lambda rows: rows[:1] == ["10.0.0.40"], "not sorted by datagrams")
        self.assertIn("datagrams/s▼", self.screen.text())
        self.screen.press("I")
        self.wait_for_rows(lambda rows: rows[:1] == ["2001:db8::1"], "not turned round")
        self.assertIn("datagrams/s▲", self.screen.text())
        self.screen.press("L")
        self.wait_for_rows(lambda rows: rows[:1] == ["10.0.0.4"], "not sorted by loss")
        self.screen.press(">")
        self.screen.wait_for("Sort by")
        self.screen.press("Escape")
        self.screen.wait_without("Sort by")

    def test_moves_and_scrolls(self):
        self.start()
        self.screen.press("End")
        self.screen.wait_for("40/40")
        self.assertEqual(len(self.rows()), len(set(self.rows())))
        self.screen.press("Home")
        self.screen.wait_for(" 1/40")
        self.screen.press("PageDown", "Down", "Up", "k", "j")
        rows = len(self.rows())
        self.screen.wait_for(f" {rows + 1}/40")

    def test_search_jumps(self):
        self.start()
        self.screen.press("/")
        self.screen.type("10.0.0.39")
        self.screen.wait_for("Search: 10.0.0.39")
        self.wait_for_rows(lambda rows: "10.0.0.39" in rows, "not scrolled to what was found")
        self.screen.type("x")
        self.screen.wait_for("nothing like it")
        self.screen.press("Enter")
        self.screen.wait_for("F10Quit")
        self.screen.wait_for('nothing like "10.0.0.39x"')
        self.screen.wait_for("40/40")  # it is silent, so it is the last
        self.screen.press("Up")
        self.screen.wait_without("nothing like")

    def test_filter_leaves_out(self):
        self.start()
        self.screen.press("F4")
        self.screen.type("sFlow")
        self.wait_for_rows(lambda rows: len(rows) == 10, "not filtered")
        self.screen.press("Enter")
        self.screen.wait_for("/10")
        self.screen.wait_for(" filter: sFlow ")
        self.screen.press("\\")
        self.screen.wait_for("Filter: sFlow")
        self.screen.press("Escape")
        self.screen.wait_for("/40")

    def test_enter_opens_the_xray(self):
        self.start("--sort", "lost")
        self.screen.press("Enter")
        self.screen.wait_for("3,401 of 283,420 are missing")
        text = self.screen.text()
        self.assertIn("Diagnosis", text)
        self.assertIn("10.0.0.4", text.split("\n")[0])
        self.screen.press("End")
        self.screen.wait_for("applicationName")
        self.screen.press("Escape")
        self.screen.wait_for("F6SortBy")
        self.assertEqual(self.rows()[0], "10.0.0.4")

    def test_pause_stops_asking(self):
        self.start()
        self.screen.press("Space")
        self.screen.wait_for("  paused")

        def is_quiet() -> bool:
            asked = len(self.state.requests)
            time.sleep(0.5)
            return len(self.state.requests) == asked

        flowd.wait_until(is_quiet, 20, "it goes on asking")
        asked = len(self.state.requests)
        self.state.health = {"state": "draining", "reason": ""}
        with self.assertRaises(AssertionError):
            self.screen.wait_until(lambda text: "draining" in text, "", 1)
        self.assertLessEqual(len(self.state.requests), asked + 2)
        self.screen.press("Space")
        self.screen.wait_for("draining")

    def test_help_lists_keys(self):
        self.start()
        self.screen.press("F1")
        self.screen.wait_for("flowctl top: keys")
        self.screen.press("q")
        self.screen.wait_for("F6SortBy")
        self.screen.press("?")
        self.screen.wait_for("flowctl top: keys")

    def test_any_size_will_do(self):
        self.start()
        for columns, lines in ((60, 14), (200, 50), (20, 5), (80, 24), (40, 10)):
            self.screen.resize(columns, lines)
            self.screen.wait_until(lambda text, most=columns: "F1Help" in text.split("\n")[-2],
                                   f"no keys in the last line at {columns}x{lines}")
            self.assertLessEqual(max(map(len, self.screen.lines())), columns)
        self.screen.wait_for("exporter")
        self.screen.wait_for("10.0.0.2 ")

    def test_quits_and_leaves_the_terminal_as_it_was(self):
        for keys in (("q",), ("F10",), ("Enter", "F10"), ("C-c",)):
            with self.subTest(keys):
                self.screen.run("clear; stty -g > before; echo here")
                self.start()
                self.assertEqual(self.screen.facts()["alternate_on"], 1)
                self.screen.press(*keys)
                self.screen.wait_for("status=0")
                facts = self.screen.facts()
                self.assertEqual((facts["alternate_on"], facts["cursor_flag"]), (0, 1))
                self.assertNotIn("F10Quit", self.screen.text())
                self.screen.run("stty -g | cmp - before && echo same; rm before")
                self.screen.wait_for("same")

    def test_a_signal_leaves_the_terminal_as_it_was(self):
        self.start()
        shell = int(self.screen.tmux("display-message", "-p", "-t", "t", "#{pane_pid}"))
        children = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGTERM)
        self.screen.wait_for("status=0")
        self.assertEqual(self.screen.facts()["alternate_on"], 0)

    def test_a_flowd_that_goes_and_comes_back_is_waited_for(self):
        self.start()
        self.server.__exit__()
        (self.folder / "flowd.sock").unlink()
        self.screen.wait_for("nothing answers: ")
        self.assertIn("10.0.0.2", self.screen.text())
        with api_fixture.Server(self.state, socket=self.folder / "flowd.sock"):
            self.screen.wait_without("nothing answers: ")
        self.server = self.enterContext(
            api_fixture.Server(self.state, socket=self.folder / "again.sock"))

    def test_hostile_texts_stay_texts(self):
        self.state.exporters = api_fixture.hostile(self.state).exporters
        self.start()
        self.assertIn("\\u001b]0;owned", self.screen.text())
        self.assertEqual(self.screen.tmux("display-message", "-p", "#{pane_title}").count("owned"),
                         0)

    def test_colours_and_without_them_attributes(self):
        self.start()
        self.assertRegex(self.screen.text(colours=True), "\x1b\\[[0-9;]*46m")
        self.screen.press("q")
        self.screen.wait_for("status=0")
        for how in ("NO_COLOR=1", "TERM=vt100"):
            self.screen.run(f"clear; {how} {CTL} top -d 0.2; echo status=$?")
            self.screen.wait_for("F10Quit")
            text = self.screen.text(colours=True)
            self.assertNotRegex(text, "\x1b\\[[0-9;]*4[0-7]m", how)
            self.assertRegex(text, "\x1b\\[[0-9;]*7m", how)
            self.screen.press("q")
            self.screen.wait_for("status=0")

    def test_without_utf8_it_is_ascii(self):
        self.screen.run(f"clear; LC_ALL=C {CTL} top -d 0.2; echo status=$?")
        self.screen.wait_for("F10Quit")
        self.assertIn("flows/sv", self.screen.text())
        self.assertTrue(self.screen.text().isascii())

    def test_where_there_is_no_terminal_it_says_so(self):
        done = subprocess.run([CTL, "--socket", self.folder / "flowd.sock", "top"],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=20,
                              check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("needs a terminal; -b prints for scripts", done.stderr)

    def test_ends_after_so_many_refreshes(self):
        self.screen.run(f"clear; {CTL} top -d 0.1 -n 3; echo status=$?")
        self.screen.wait_for("status=0")


if __name__ == "__main__":
    flowd.need("tmux")
    if not CTL.exists():
        flowd.skip(f"{CTL} is not built")
    unittest.main()
