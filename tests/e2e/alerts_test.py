#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The alert rules of config/prometheus: promtool reads them and runs their unit tests, every alert
has one, which fails without the alert and when it is always on; and says what to do."""

import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd  # noqa: E402

FOLDER = flowd.ROOT / "config/prometheus"
RULES = FOLDER / "flowd.rules.yml"
TESTS = FOLDER / "flowd.rules.test.yml"
METRIC_NAME = re.compile(r"\b(flowd_\w+)")
DECLARED = flowd.ROOT / "src/http/metrics/README.md"


def promtool(*arguments, folder: Path = FOLDER) -> subprocess.CompletedProcess:
    return subprocess.run(["promtool", *map(str, arguments)], cwd=folder, capture_output=True,
                          text=True, check=False)


def alerts() -> dict[str, str]:
    """The text of each alert's rule by its name."""
    parts = re.split(r"^      - alert: (\w+)\n", RULES.read_text(), flags=re.M)[1:]
    return dict(zip(parts[::2], parts[1::2]))


def unit_tests() -> dict[str, str]:
    """For each alert, a file with its test only."""
    parts = re.split(r"^(?=  - name: )", TESTS.read_text(), flags=re.M)
    return {re.match(r"  - name: (\w+)", each).group(1): parts[0] + each for each in parts[1:]}


class AlertsTest(unittest.TestCase):
    def setUp(self):
        flowd.need("promtool")

    def test_promtool_reads_the_rules(self):
        done = promtool("check", "rules", RULES.name)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(f"{len(alerts())} rules found", done.stdout)

    def test_promtool_reads_the_example_configuration(self):
        done = promtool("check", "config", "prometheus.yml")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_unit_tests_pass(self):
        done = promtool("test", "rules", TESTS.name)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def failed(self, rules: str, tests: str) -> str:
        """What `promtool test rules` says to other files; empty when it is content."""
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            (folder / RULES.name).write_text(rules)
            (folder / TESTS.name).write_text(tests)
            done = promtool("test", "rules", TESTS.name, folder=folder)
            return done.stdout + done.stderr if done.returncode else ""

    def test_every_alert_has_a_test_that_can_fail(self):
        """Both ways: an alert that never fires, and one that fires on whatever it looks at."""
        rules = RULES.read_text()
        self.assertEqual(set(unit_tests()), set(alerts()))
        for name, body in alerts().items():
            with self.subTest(alert=name):
                tests = unit_tests()[name]
                self.assertEqual(self.failed(rules, tests), "")
                never = rules.replace(f"- alert: {name}\n", f"- alert: Not{name}\n")
                self.assertIn(name, self.failed(never, tests))
                metric = METRIC_NAME.search(body) or re.search(r"\b(up)\b", body)
                whatever = re.sub(r"        expr:.*?(?=\n        (for|labels):)",
                                  f"        expr: {metric.group(1)} >= -1e18", body, count=1,
                                  flags=re.S)
                whatever = re.sub(r"        for: .*\n", "", whatever)
                self.assertIn(name, self.failed(rules.replace(body, whatever), tests))

    def test_every_alert_says_what_to_do(self):
        for name, body in alerts().items():
            with self.subTest(alert=name):
                self.assertRegex(body, r"severity: (critical|warning)\n")
                for annotation in ("summary", "description", "action"):
                    self.assertRegex(body, rf"\n          {annotation}: \S")

    def test_advice_is_the_same_as_flowds(self):
        words = (flowd.ROOT / "src/metrics/words.hpp").read_text()
        pace = re.search(r'template_pace =\s+"([^"]+)"', words).group(1)
        self.assertIn(pace, " ".join(alerts()["FlowdUnknownTemplates"].split()))
        self.assertIn("flowctl exporter {{ $labels.exporter }}", alerts()["FlowdClockSkew"])
        self.assertIn("-capture.errors", alerts()["FlowdDamagedDatagrams"])

    def test_every_metric_and_setting_in_the_rules_exists(self):
        declared = set(re.findall(r"^\| `(\w+)` \|", DECLARED.read_text(), flags=re.M))
        settings = (flowd.ROOT / "config/README.md").read_text()
        for name, body in alerts().items():
            with self.subTest(alert=name):
                self.assertLessEqual(set(METRIC_NAME.findall(body)), declared)
                for key in re.findall(r"(?<!-)\b(?:rx|limits|transport|batch|templates|capture)"
                                      r"\.[a-z]\w*(?:\.\w+)*", body):
                    self.assertIn(f"`{key}`", settings)


if __name__ == "__main__":
    unittest.main()
