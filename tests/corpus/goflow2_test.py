#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Replays every capture of the shared corpus and compares flowd's lines, key by key and value by
value, with the lines that goflow2 1.3.7 and 2.2.6 printed for it. With --strict they are equal, as
`flowd -strict` promises; without, every difference is a row of the table of upstream's faults.
Usage: goflow2_test.py [--strict] [--release v1.3.7|v2.2.6] [--verbose] [NAME...]; see README.md
beside this file."""

import argparse
import difflib
import fnmatch
import gzip
import json
import os
import re
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from support import flowd  # noqa: E402

CORPUS = Path(os.environ.get("FLOWD_CORPUS", flowd.ROOT.parent / "shared/corpus"))
EXCEPTIONS = HERE / "goflow2_exceptions.toml"
FAULTS = flowd.ROOT / "lib/flow/decode/goflow2/README.md"
PROFILES = {"v1.3.7": "goflow2-v1", "v2.2.6": "goflow2-v2"}
WORKERS = 2
TIMEOUT_SECONDS = 120
# Receive times are 0 in goflow2's lines, and so are the flow times that equal them.
RECEIVED = {"TimeReceived", "time_received_ns"}
FLOW_TIMES = {"TimeFlowStart", "TimeFlowEnd", "time_flow_start_ns", "time_flow_end_ns"}
# What tells one flow from another where one side has more of them.
IDENTITY = {"v1.3.7": ("SequenceNum", "SrcAddr", "DstAddr", "SrcPort", "DstPort"),
            "v2.2.6": ("sequence_num", "src_addr", "dst_addr", "src_port", "dst_port")}
ALIGNED_FLOWS_MAX = 5000


@dataclass
class Difference:
    """One column of one capture. `column` is "flows" when a side has flows that the other lacks,
    and "keys" when lines have other keys or another order."""
    column: str
    count: int
    example: str

    def __str__(self) -> str:
        return f"{self.column} in {self.count}: {self.example}"


def column_differences(mine: dict, theirs: dict):
    """(column, flowd's value, goflow2's value) for each column in which two lines differ."""
    if list(mine) != list(theirs):
        only = set(mine) ^ set(theirs)
        yield "keys", sorted(only & set(mine)), sorted(only & set(theirs))
    received = {mine.get(key) for key in RECEIVED}
    for key in mine.keys() & theirs.keys():
        if mine[key] == theirs[key] or key in RECEIVED:
            continue
        if key in FLOW_TIMES and theirs[key] == 0 and mine[key] in received:
            continue
        yield key, mine[key], theirs[key]


def aligned(mine: list[dict], theirs: list[dict], release: str):
    """Pairs of lines; one side of a pair is None when the other side has no such flow."""
    if len(mine) == len(theirs):
        yield from zip(mine, theirs)
        return
    if max(len(mine), len(theirs)) > ALIGNED_FLOWS_MAX:
        longer = max(len(mine), len(theirs)) - min(len(mine), len(theirs))
        yield from ((None, {}) for _ in range(longer))
        return
    keys = IDENTITY[release]
    identities = [[tuple(flow.get(key) for key in keys) for flow in side]
                  for side in (mine, theirs)]
    matcher = difflib.SequenceMatcher(None, *identities, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        common = min(i2 - i1, j2 - j1) if tag == "equal" else 0
        yield from zip(mine[i1:i1 + common], theirs[j1:j1 + common])
        yield from ((flow, None) for flow in mine[i1 + common:i2])
        yield from ((None, flow) for flow in theirs[j1 + common:j2])


def in_order(flows: list[dict]) -> list[dict]:
    """By protocol: goflow2 took NetFlow v5 and v9 on different sockets, so which of two datagrams
    came first is lost in its lines."""
    return sorted(flows, key=lambda flow: flow.get("Type") or flow["type"])


def differences(mine: list[dict], theirs: list[dict], release: str) -> list[Difference]:
    found: dict[str, Difference] = {}
    mine, theirs = in_order(mine), in_order(theirs)

    def note(column: str, example: str):
        found.setdefault(column, Difference(column, 0, example)).count += 1

    for left, right in aligned(mine, theirs, release):
        if left is None or right is None:
            note("flows", f"flowd has {len(mine)}, goflow2 {len(theirs)}")
            continue
        for column, value, other in column_differences(left, right):
            note(column, f"flowd {value!r}, goflow2 {other!r}")
    return [found[column] for column in sorted(found)]


def goflow2_lines(name: str, release: str) -> list[dict]:
    with gzip.open(CORPUS / "goflow2" / release / f"{name}.jsonl.gz", "rb") as file:
        return [json.loads(line) for line in file.read().splitlines()]


def flowd_lines(name: str, release: str, strict: bool) -> list[dict]:
    arguments = ["-replay", CORPUS / f"{name}.pcap", "-format", "json",
                 "-profile", PROFILES[release]]
    if strict:
        arguments.append("-strict")
    done = flowd.run(arguments, timeout=TIMEOUT_SECONDS)
    if done.returncode != 0:
        raise AssertionError(f"flowd: exit {done.returncode}: {done.stderr.decode().strip()}")
    return flowd.flows_of(done.stdout)


class Rules:
    """What may differ, and why."""

    def __init__(self, strict: bool):
        tables = tomllib.loads(EXCEPTIONS.read_text())
        self.rows = tables["strict" if strict else "default"]
        self.strict = strict
        self.used = [False] * len(self.rows)

    def explains(self, name: str, release: str, difference: Difference) -> bool:
        explained = False
        for i, row in enumerate(self.rows):
            if (release in row.get("releases", PROFILES)
                    and any(fnmatch.fnmatchcase(name, each) for each in row["captures"])
                    and any(fnmatch.fnmatchcase(difference.column, each)
                            for each in row["columns"])):
                self.used[i] = explained = True
        return explained

    def failures(self, complete: bool) -> list[str]:
        """Rows that nothing needed any more, and faults that the table does not have."""
        wrong = []
        known = set(re.findall(r"^\| `([a-z0-9-]+)` \|", FAULTS.read_text(), re.MULTILINE))
        for i, row in enumerate(self.rows):
            why = row.get("fault") or row["reason"]
            place = f"{EXCEPTIONS.name}: {why}"
            if "fault" in row and row["fault"] not in known:
                wrong.append(f"{place}: no such row in {FAULTS.relative_to(flowd.ROOT)}")
            if complete and not self.used[i]:
                wrong.append(f"{place}: explains no difference; take it out")
        return wrong


class Outcome:
    """How one capture fared against one release."""

    def __init__(self, name: str, release: str, strict: bool):
        self.name = name
        self.release = release
        self.error = ""
        self.found: list[Difference] = []
        try:
            self.found = differences(flowd_lines(name, release, strict),
                                     goflow2_lines(name, release), release)
        except (AssertionError, subprocess.TimeoutExpired, ValueError) as error:
            self.error = str(error)


def run(names: list[str], releases: list[str], strict: bool) -> list[Outcome]:
    jobs = [(name, release) for release in releases for name in names]
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(lambda job: Outcome(*job, strict), jobs))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--strict", action="store_true", help="run flowd with -strict")
    parser.add_argument("--release", choices=list(PROFILES), help="compare with this one only")
    parser.add_argument("--verbose", action="store_true", help="print explained differences too")
    parser.add_argument("names", nargs="*", help="captures, without .pcap; default: all")
    arguments = parser.parse_args()
    flowd.binary()
    if not (CORPUS / "goflow2").exists():
        flowd.skip(f"no lines of goflow2 at {CORPUS}")
    releases = [arguments.release] if arguments.release else list(PROFILES)
    names = arguments.names or sorted(
        each.name.removesuffix(".jsonl.gz")
        for each in (CORPUS / "goflow2" / "v1.3.7").glob("*.jsonl.gz"))
    rules = Rules(arguments.strict)
    failures = []
    equal = explained = 0
    for outcome in run(names, releases, arguments.strict):
        place = f"{outcome.name} ({outcome.release})"
        if outcome.error:
            failures.append(f"{place}: {outcome.error}")
        equal += not outcome.found and not outcome.error
        for difference in outcome.found:
            if rules.explains(outcome.name, outcome.release, difference):
                explained += 1
                if arguments.verbose:
                    print(f"explained {place}: {difference}")
            else:
                failures.append(f"{place}: {difference}")
    complete = not arguments.names and len(releases) == len(PROFILES)
    failures += rules.failures(complete)
    for failure in failures:
        print(f"FAILED {failure}")
    print(f"{len(names)} captures, {len(releases)} releases: equal {equal}, "
          f"explained differences {explained}, failures {len(failures)}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
