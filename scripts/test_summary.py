#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Sums up runs of `meson test` from their testlog.json. Usage: test_summary.py BUILD_DIR...
[--broken=STEP]... [--failed-run=BUILD_DIR]..., in this order. Lists what was skipped with its
reason and what failed; its last line is `N passed, N failed, N skipped` alone. Exits 1 if anything
failed or nothing passed. A step that broke counts as a failure, and so does a run that meson calls
failed without a failed test in its log: it was interrupted."""

import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

PASSED = ("OK", "EXPECTEDFAIL")
SKIPPED = ("SKIP",)  # whatever else meson says (FAIL, TIMEOUT, ERROR, ...) is a failure
REASON_COLUMNS_MAX = 160

# GoogleTest ends with 0 although it skipped; skipped is visible, never green.
GTEST_SKIPPED = re.compile(r"^\[  SKIPPED \] ([\w/]+\.[\w/]+) \(\d+ ms\)$", re.MULTILINE)
GTEST_REASON = re.compile(r"^.*: Skipped\n((?:(?!\[).*\n)*)", re.MULTILINE)
GTEST_PASSED = re.compile(r"^\[  PASSED  \] (\d+) tests?\.", re.MULTILINE)


@dataclass
class Summary:
    passed: int = 0
    failed: list[str] = field(default_factory=list)
    failed_builds: set[str] = field(default_factory=set)
    skipped: list[str] = field(default_factory=list)
    partly_skipped: list[str] = field(default_factory=list)

    def add(self, build: str, test: dict) -> None:
        name = f"{test['name']} ({build})"  # the folder tells a release from a sanitizer run
        result = test["result"]
        stdout = test.get("stdout") or ""
        inner = GTEST_SKIPPED.findall(stdout)
        passed = GTEST_PASSED.search(stdout)
        if result in SKIPPED:
            self.skipped.append(f"{name}: {reason(test)}")
        elif result not in PASSED:
            self.failed.append(f"{name}: {result}")
            self.failed_builds.add(build)
        elif inner and passed and passed[1] == "0":
            self.skipped.append(f"{name}: {gtest_reason(stdout)}")
        else:
            self.passed += 1
            if inner:
                self.partly_skipped.append(f"{name}: {', '.join(inner)}: {gtest_reason(stdout)}")

    def line(self) -> str:
        return f"{self.passed} passed, {len(self.failed)} failed, {len(self.skipped)} skipped"


def shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= REASON_COLUMNS_MAX else text[:REASON_COLUMNS_MAX - 3] + "..."


def reason(test: dict) -> str:
    """The last thing that a test said before it gave up with status 77."""
    for stream in ("stdout", "stderr"):
        lines = [line for line in (test.get(stream) or "").splitlines() if line.strip()]
        if lines:
            return shortened(lines[-1])
    return "no reason given"


def gtest_reason(stdout: str) -> str:
    match = GTEST_REASON.search(stdout)
    return shortened(match[1]) if match and match[1].strip() else "no reason given"


def read(folder: Path, summary: Summary) -> None:
    log = folder / "meson-logs" / "testlog.json"
    if not log.exists():
        return  # the caller has named the step that broke, or nothing ran at all
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.strip():
            summary.add(folder.name, json.loads(line))


def print_list(title: str, entries: list[str]) -> None:
    if entries:
        print(f"{title}:")
        for entry in entries:
            print(f"  {entry}")


def summed_up(arguments: list[str]) -> Summary:
    summary = Summary()
    for argument in arguments:
        option, _, value = argument.partition("=")
        if not option.startswith("--"):
            read(Path(argument), summary)
        elif option == "--broken":
            summary.failed.append(f"{value}: did not succeed")
        elif option == "--failed-run" and Path(value).name not in summary.failed_builds:
            summary.failed.append(f"meson test in {Path(value).name}: ended early")
    return summary


def main(arguments: list[str]) -> int:
    summary = summed_up(arguments)
    print()
    print_list("skipped", summary.skipped)
    print_list("skipped in part", summary.partly_skipped)
    print_list("failed", summary.failed)
    if summary.passed == 0 and not summary.failed:
        print("no test passed: nothing was proven")
    print(summary.line())
    return 1 if summary.failed or summary.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
