#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Replays every capture of the shared corpus and compares flowd's flows, record by record, with
what tshark or the corpus's reference decoder read; goflow2's lines are the second opinion.
Usage: truth_test.py [--all-columns] [NAME...]; see README.md beside this file."""

import argparse
import csv
import gzip
import ipaddress
import json
import os
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from support import flowd  # noqa: E402

CORPUS = Path(os.environ.get("FLOWD_CORPUS", flowd.ROOT.parent / "shared/corpus"))
EXCEPTIONS = HERE / "exceptions.toml"
PROTOCOLS = {"NetFlow v1", "NetFlow v5", "NetFlow v7", "NetFlow v8", "NetFlow v9",
             "NetFlow v5+v9", "IPFIX", "sFlow v5", "sFlow v5 + NetFlow v5"}
UNKNOWN_TO_GOFLOW2 = {"NetFlow v1", "NetFlow v7", "NetFlow v8"}
# Which folder of the corpus to believe; a capture on which decoders differ has none.
TRUTH_FOLDERS = {"tshark = reference": "truth", "tshark wrong or short: use truth_ref": "truth_ref"}
COMPARED = ("SrcAddr", "DstAddr", "SrcPort", "DstPort", "Proto", "Bytes", "Packets")
TRUTH_COLUMNS = ("src", "dst", "sport", "dport", "proto", "bytes", "packets")
WORKERS = 2
# goflow2's capture of the corpus has no receive times.
TIMES = {"TimeReceived", "TimeFlowStart", "TimeFlowEnd", "TimeFlowStartMs", "TimeFlowEndMs"}


def row(addresses, numbers) -> tuple:
    """One record in the compared columns: a missing number is 0, an unspecified address none."""
    texts = []
    for text in addresses:
        parsed = ipaddress.ip_address(text) if text else None
        texts.append("" if parsed is None or parsed.is_unspecified else str(parsed))
    return *texts, *(int(each or 0) for each in numbers)


def rows_of_flows(flows: list[dict]) -> list[tuple]:
    return [row((flow["SrcAddr"], flow["DstAddr"]), (flow[name] for name in COMPARED[2:]))
            for flow in flows]


def rows_of_truth(path: Path) -> list[tuple]:
    with open(path, newline="") as file:
        return [row((each["src"], each["dst"]), (each[name] for name in TRUTH_COLUMNS[2:]))
                for each in csv.DictReader(file) if each["kind"] == "flow"]


def difference(flowd_rows: list[tuple], other: list[tuple]) -> str:
    """The first record that differs, as one sentence; empty when the lists are equal."""
    for i, (mine, theirs) in enumerate(zip(flowd_rows, other), 1):
        if mine != theirs:
            return f"record {i} of {len(flowd_rows)}: flowd {mine}, there {theirs}"
    if len(flowd_rows) != len(other):
        return f"flowd has {len(flowd_rows)} flows, there {len(other)}"
    return ""


def goflow2_flows(name: str) -> list[dict] | None:
    path = CORPUS / f"goflow2/v1.3.7/{name}.jsonl.gz"
    if not path.exists():
        return None
    return [json.loads(line) for line in gzip.open(path, "rb").read().splitlines()]


def replayed(name: str) -> list[dict]:
    done = flowd.run(["-replay", CORPUS / f"{name}.pcap"])
    if done.returncode != 0:
        raise AssertionError(f"flowd: exit {done.returncode}: {done.stderr.decode().strip()}")
    return flowd.flows_of(done.stdout)


class Outcome:
    """How one capture fared."""

    def __init__(self, entry: dict):
        self.name = entry["file"].removesuffix(".pcap")
        self.matched = ""    # truth, truth_ref or goflow2
        self.reason = ""     # how it compares with each of them
        self.columns = ""    # what else differs from goflow2's lines
        try:
            self.compare(entry, replayed(self.name))
        except (AssertionError, subprocess.TimeoutExpired, ValueError) as error:
            self.matched, self.reason = "", str(error)

    def compare(self, entry: dict, flows: list[dict]):
        mine = rows_of_flows(flows)
        reasons = []
        folder = TRUTH_FOLDERS.get(entry["truth_state"])
        if folder:
            wrong = difference(mine, rows_of_truth(CORPUS / folder / f"{self.name}.csv"))
            reasons.append(f"{folder}: {wrong or 'equal'}")
            if not wrong:
                self.matched = folder
        theirs = goflow2_flows(self.name)
        if theirs is not None and entry["protocol"] not in UNKNOWN_TO_GOFLOW2:
            wrong = difference(mine, rows_of_flows(theirs))
            reasons.append(f"goflow2: {wrong or 'equal'}")
            if not wrong:
                self.matched = self.matched or "goflow2"
                self.columns = differing_columns(flows, theirs)
        self.reason = "; ".join(reasons)


def differing_columns(flows: list[dict], theirs: list[dict]) -> str:
    """Column, in how many flows it differs, and the first pair of values; times that goflow2's
    lines cannot have are left out."""
    found: dict[str, list] = {}
    for mine, other in zip(flows, theirs):
        if list(mine) != list(other):
            found.setdefault("keys or their order", []).append((list(mine), list(other)))
        for key in mine.keys() & other.keys():
            if mine[key] != other[key] and not (key in TIMES and other[key] == 0):
                found.setdefault(key, []).append((mine[key], other[key]))
    return ", ".join(f"{key} in {len(pairs)} (flowd {pairs[0][0]}, goflow2 {pairs[0][1]})"
                     for key, pairs in sorted(found.items()))


def judge(outcomes: list[Outcome], exceptions: dict[str, dict], complete: bool) -> list[str]:
    """What fails the test."""
    failures = []
    for outcome in outcomes:
        expected = next((table for table, entries in exceptions.items()
                         if outcome.name in entries), "")
        actual = {"": "reasons", "goflow2": "as_goflow2"}.get(outcome.matched, "")
        if actual and actual != expected:
            failures.append(f"{outcome.name}: {outcome.reason}")
        elif actual != expected:
            failures.append(f"{outcome.name}: stands in {EXCEPTIONS.name} but matches "
                            f"{outcome.matched}; take it out")
    if complete:
        known = {outcome.name for outcome in outcomes}
        failures += [f"{name}: stands in {EXCEPTIONS.name} but is no capture of the corpus"
                     for entries in exceptions.values() for name in entries if name not in known]
    return failures


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--all-columns", action="store_true",
                        help="also print which other columns differ from goflow2's lines")
    parser.add_argument("names", nargs="*", help="captures, without .pcap; default: all")
    arguments = parser.parse_args()
    flowd.binary()
    if not (CORPUS / "manifest.csv").exists():
        flowd.skip(f"no corpus at {CORPUS}")
    with open(CORPUS / "manifest.csv", newline="") as file:
        entries = [entry for entry in csv.DictReader(file) if entry["protocol"] in PROTOCOLS]
    if arguments.names:
        entries = [each for each in entries
                   if each["file"].removesuffix(".pcap") in arguments.names]
    exceptions = tomllib.loads(EXCEPTIONS.read_text())
    with ThreadPoolExecutor(WORKERS) as pool:
        outcomes = list(pool.map(Outcome, entries))

    for outcome in outcomes:
        if outcome.matched == "goflow2":
            print(f"{outcome.name}: as goflow2: {outcome.reason}")
        if arguments.all_columns and outcome.columns:
            print(f"{outcome.name}: {outcome.columns}")
    failures = judge(outcomes, exceptions, complete=not arguments.names)
    for failure in failures:
        print(f"FAILED {failure}")
    matched = [outcome.matched for outcome in outcomes]
    print(f"{len(outcomes)} captures: truth {matched.count('truth')}, "
          f"truth_ref {matched.count('truth_ref')}, goflow2 {matched.count('goflow2')}, "
          f"neither {matched.count('')}, failures {len(failures)}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
