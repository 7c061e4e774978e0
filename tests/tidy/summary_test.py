#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Proves that the summary of the test runs counts what meson logged, and is never green by
accident: nothing ran, a build broke, a run was interrupted."""

import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "scripts"))

import test_summary  # noqa: E402

GTEST_SKIP = """[ RUN      ] A.Skips
x.cpp:3: Skipped
no hugepages here

[  SKIPPED ] A.Skips (0 ms)
[  PASSED  ] {passed} tests.
"""


class SummaryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def log(self, build, *results):
        """A log of meson with one test per (result, stdout); its folder."""
        logs = self.root / build / "meson-logs"
        logs.mkdir(parents=True)
        entries = ({"name": f"t{number}", "result": result, "stdout": stdout}
                   for number, (result, stdout) in enumerate(results))
        (logs / "testlog.json").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
        return str(self.root / build)

    def run_summary(self, *arguments):
        with contextlib.redirect_stdout(io.StringIO()) as stdout:
            status = test_summary.main(list(arguments))
        return status, stdout.getvalue().splitlines()

    def test_two_runs_are_added_and_the_sum_is_the_last_line(self):
        status, lines = self.run_summary(self.log("build", ("OK", ""), ("SKIP", "a\nno broker\n")),
                                         self.log("build-sanitize", ("OK", "")))
        self.assertEqual((status, lines[-1]), (0, "2 passed, 0 failed, 1 skipped"))
        self.assertIn("  t1 (build): no broker", lines)

    def test_whatever_is_neither_passed_nor_skipped_has_failed(self):
        for result in ("FAIL", "TIMEOUT", "ERROR", "UNEXPECTEDPASS", "INTERRUPT", "new in meson"):
            with self.subTest(result):
                status, lines = self.run_summary(self.log(result, ("OK", ""), (result, "")))
                self.assertEqual((status, lines[-1]), (1, "1 passed, 1 failed, 0 skipped"))

    def test_nothing_that_ran_is_no_success(self):
        self.assertEqual(self.run_summary(str(self.root)),
                         (1, ["", "no test passed: nothing was proven",
                              "0 passed, 0 failed, 0 skipped"]))
        self.assertEqual(self.run_summary(self.log("build", ("SKIP", "")))[0], 1)

    def test_a_broken_step_and_an_interrupted_run_are_failures(self):
        build = self.log("build", ("OK", ""))
        status, lines = self.run_summary(build, "--broken=sanitizer build")
        self.assertEqual((status, lines[-1]), (1, "1 passed, 1 failed, 0 skipped"))
        status, lines = self.run_summary(build, f"--failed-run={build}")
        self.assertEqual((status, lines[-1]), (1, "1 passed, 1 failed, 0 skipped"))

    def test_a_failed_run_with_a_failed_test_counts_once(self):
        build = self.log("build", ("OK", ""), ("FAIL", ""))
        self.assertEqual(self.run_summary(build, f"--failed-run={build}")[1][-1],
                         "1 passed, 1 failed, 0 skipped")

    def test_what_googletest_skips_is_seen(self):
        build = self.log("build", ("OK", GTEST_SKIP.format(passed=0)),
                         ("OK", GTEST_SKIP.format(passed=2)))
        status, lines = self.run_summary(build)
        self.assertEqual((status, lines[-1]), (0, "1 passed, 0 failed, 1 skipped"))
        self.assertIn("  t0 (build): no hugepages here", lines)
        self.assertIn("  t1 (build): A.Skips: no hugepages here", lines)


if __name__ == "__main__":
    unittest.main()
