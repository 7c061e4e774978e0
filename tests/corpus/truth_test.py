#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Replays every capture of the shared corpus and compares flowd's flows with what others read:
record by record with tshark and the corpus's reference decoder, in every column that they tell;
with what the captures' own projects expect; goflow2's lines are the second opinion.
Usage: truth_test.py [--all-columns] [--not-compared] [NAME...]; see README.md beside this file."""

import argparse
import csv
import fnmatch
import gzip
import ipaddress
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import golden  # noqa: E402
import truth  # noqa: E402
from support import flowd  # noqa: E402

CORPUS = Path(os.environ.get("FLOWD_CORPUS", flowd.ROOT.parent / "shared/corpus"))
EXCEPTIONS = HERE / "exceptions.toml"
# Which folders of the corpus to believe; a capture on which decoders differ has none.
TRUTH_FOLDERS = {"tshark = reference": ("truth", "truth_ref"),
                 "tshark wrong or short: use truth_ref": ("truth_ref",)}
COMPARED = ("SrcAddr", "DstAddr", "SrcPort", "DstPort", "Proto", "Bytes", "Packets")
TRUTH_COLUMNS = ("src", "dst", "sport", "dport", "proto", "bytes", "packets")
# Tables of exceptions about a whole capture, and about a column of one.
OF_CAPTURES, OF_COLUMNS = ("as_goflow2", "reasons", "refused", "sampling"), ("columns", "golden")
OWN_COLUMNS = ("post_nat_src_addr,post_nat_dst_addr,post_napt_src_port,post_napt_dst_port,"
               "flow_end_reason,flow_id,octet_total_count,packet_total_count,dot1q_vlan_id,"
               "dot1q_priority,dot1q_customer_vlan_id,post_dot1q_vlan_id,min_ttl,max_ttl,"
               "min_ip_length,max_ip_length,exporter_addr,firewall_event,ingress_physical_if,"
               "egress_physical_if,flow_duration_ms")
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


def row_of_truth(line: dict) -> tuple:
    return row((line["src"], line["dst"]), (line[name] for name in TRUTH_COLUMNS[2:]))


def difference(flowd_rows: list[tuple], other: list[tuple]) -> str:
    """The first record that differs, as one sentence; empty when the lists are equal."""
    for i, (mine, theirs) in enumerate(zip(flowd_rows, other), 1):
        if mine != theirs:
            return f"record {i} of {len(flowd_rows)}: flowd {mine}, there {theirs}"
    if len(flowd_rows) != len(other):
        return f"flowd has {len(flowd_rows)} flows, there {len(other)}"
    return ""


def value_of(flow: dict, column: str):
    """A column as others would show it: an unspecified address is none."""
    if column == "Duration":
        return flow["TimeFlowEndMs"] - flow["TimeFlowStartMs"]
    value = flow[column]
    if isinstance(value, str) and value in ("0.0.0.0", "::"):
        return ""
    if column in ("BgpNextHop", "MplsLabelIp"):
        return value if any(value) else []
    return value


def wrong_columns(flow: dict, expected: dict) -> list[str]:
    return [name for name, value in expected.items() if value_of(flow, name) != value]


def goflow2_flows(name: str) -> list[dict] | None:
    path = CORPUS / f"goflow2/v1.3.7/{name}.jsonl.gz"
    if not path.exists():
        return None
    return [json.loads(line) for line in gzip.open(path, "rb").read().splitlines()]


def replayed(name: str) -> tuple[list[dict], dict]:
    """Nothing waits for its template: the others do not keep such data."""
    with tempfile.TemporaryDirectory() as folder:
        flows, summary = flowd.replay(CORPUS / f"{name}.pcap", Path(folder), "-columns",
                                      OWN_COLUMNS, "-templates.park-bytes", "0")
    assert not flowd.unbalanced(summary), flowd.unbalanced(summary)
    return flows, summary


class Outcome:
    """How one capture fared."""

    def __init__(self, entry: dict):
        self.name = entry["file"].removesuffix(".pcap")
        self.entry = entry
        self.matched = ""    # truth, truth_ref, goflow2 or refused
        self.reason = ""     # how it compares with each of them
        self.goflow2 = ""    # what else differs from goflow2's lines
        self.sampling = ""   # the first rate that differs
        self.columns: dict[str, str] = {}  # those that differ from the truth, and how at first
        self.golden: dict[str, str] = {}   # those that differ from what the project expects
        self.values = 0      # how many were compared beside the common columns
        try:
            self.compare(*replayed(self.name))
        except (AssertionError, subprocess.TimeoutExpired, ValueError) as error:
            self.matched, self.reason = "", str(error)

    def compare(self, flows: list[dict], summary: dict):
        if not flows and summary["drops"]["datagrams"] == {
                "unknown_protocol": summary["datagrams"]}:
            self.matched, self.reason = "refused", "every datagram is unknown_protocol"
            return
        mine = rows_of_flows(flows)
        reasons = []
        for folder in TRUTH_FOLDERS.get(self.entry["truth_state"], ()):
            records = truth.records(CORPUS / folder / f"{self.name}.csv", row_of_truth)
            wrong = difference(mine, [record.core for record in records])
            reasons.append(f"{folder}: {wrong or 'equal'}")
            if not wrong:
                self.matched = self.matched or folder
            if len(records) == len(flows):
                self.compare_columns(flows, records)
                self.compare_rates(flows, records)
        theirs = goflow2_flows(self.name)
        if theirs is not None:
            wrong = difference(mine, rows_of_flows(theirs))
            reasons.append(f"goflow2: {wrong or 'equal'}")
            if not wrong:
                self.matched = self.matched or "goflow2"
                self.goflow2 = differing_columns(flows, theirs)
        self.reason = "; ".join(reasons)
        for path in filter(None, self.entry["golden"].split(" ; ")):
            self.compare_golden(flows, golden.rows(CORPUS / path) or [])

    def compare_columns(self, flows: list[dict], records: list[truth.Record]):
        for i, (flow, record) in enumerate(zip(flows, records), 1):
            for column, value in record.columns.items():
                self.values += 1
                if value_of(flow, column) != value:
                    self.columns.setdefault(
                        column, f"record {i}: flowd {value_of(flow, column)}, there {value}")

    def compare_rates(self, flows: list[dict], records: list[truth.Record]):
        """The last folder counts: tshark does not tell NetFlow v5's."""
        self.sampling = ""
        for i, (flow, record) in enumerate(zip(flows, records), 1):
            if flow["SamplingRate"] != record.rate:
                self.sampling = f"record {i}: flowd {flow['SamplingRate']}, there {record.rate}"
                return

    def compare_golden(self, flows: list[dict], rows: list[dict]):
        """Every row must be a flow of its own. Of those that are none, the columns in which they
        differ from the most similar flow that is left."""
        self.values += sum(map(len, rows))
        left, without = list(flows), []
        for expected in rows:
            same = next((flow for flow in left if not wrong_columns(flow, expected)), None)
            without.append(expected) if same is None else left.remove(same)
        for expected in without:
            if not left:
                self.golden["flows"] = f"{len(rows)} are expected, there are {len(flows)}"
                return
            nearest = min(left, key=lambda flow: len(wrong_columns(flow, expected)))
            for column in wrong_columns(nearest, expected):
                self.golden.setdefault(column, f"flowd {value_of(nearest, column)}, there "
                                               f"{expected[column]}")
            left.remove(nearest)


def differing_columns(flows: list[dict], theirs: list[dict]) -> str:
    """Column, in how many flows it differs, and the first pair of values; times that goflow2's
    lines cannot have are left out."""
    found: dict[str, list] = {}
    for mine, other in zip(flows, theirs):
        if list(mine)[:len(other)] != list(other):
            found.setdefault("keys or their order", []).append((list(mine), list(other)))
        for key in mine.keys() & other.keys():
            if mine[key] != other[key] and not (key in TIMES and other[key] == 0):
                found.setdefault(key, []).append((mine[key], other[key]))
    return ", ".join(f"{key} in {len(pairs)} (flowd {pairs[0][0]}, goflow2 {pairs[0][1]})"
                     for key, pairs in sorted(found.items()))


def actual(outcome: Outcome) -> dict[str, dict[str, str]]:
    """What stands against a capture: for each table of exceptions the keys, and why."""
    whole = {"": "reasons", "goflow2": "as_goflow2", "refused": "refused"}.get(outcome.matched)
    found = {table: {} for table in OF_CAPTURES + OF_COLUMNS}
    if whole:
        found[whole][outcome.name] = outcome.reason
    if outcome.sampling:
        found["sampling"][outcome.name] = outcome.sampling
    for table in OF_COLUMNS:
        for column, why in getattr(outcome, table).items():
            found[table][f"{outcome.name}/{column}"] = why
    return found


def judge(outcomes: list[Outcome], exceptions: dict[str, dict], complete: bool) -> list[str]:
    """What fails the test: what is wrong and has no exception, and exceptions for nothing."""
    failures = []
    used = set()
    for outcome in outcomes:
        for table, entries in actual(outcome).items():
            for key, why in entries.items():
                patterns = [pattern for pattern in exceptions.get(table, {})
                            if fnmatch.fnmatchcase(key, pattern)]
                used.update((table, pattern) for pattern in patterns)
                if not patterns:
                    failures.append(f"[{table}] {key}: {why}")
    names = {outcome.name for outcome in outcomes}
    for table, entries in exceptions.items():
        for pattern in entries:
            if (table, pattern) in used or not (complete or pattern.split("/")[0] in names):
                continue
            failures.append(f"[{table}] {pattern}: stands in {EXCEPTIONS.name} but nothing is "
                            "wrong there; take it out")
    return failures


def print_not_compared(outcomes: list[Outcome]):
    """What the corpus says and this test does not look at, with the reason."""
    found: dict[str, str] = {}
    for outcome in outcomes:
        for folder in ("truth", "truth_ref"):
            path = CORPUS / folder / f"{outcome.name}.csv"
            for name, why in truth.unnamed(path).items() if path.exists() else ():
                found[f"{folder} {name}"] = why
        for path in filter(None, outcome.entry["golden"].split(" ; ")):
            if golden.rows(CORPUS / path) is None:
                found[path] = golden.WITHOUT_FLOWS[Path(path).name]
    for name, why in sorted(found.items()):
        print(f"not compared: {name}: {why}")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--all-columns", action="store_true",
                        help="also print which other columns differ from goflow2's lines")
    parser.add_argument("--not-compared", action="store_true",
                        help="also print what the corpus says and this test does not look at")
    parser.add_argument("names", nargs="*", help="captures, without .pcap; default: all")
    arguments = parser.parse_args()
    flowd.binary()
    if not (CORPUS / "manifest.csv").exists():
        flowd.skip(f"no corpus at {CORPUS}")
    with open(CORPUS / "manifest.csv", newline="") as file:
        entries = [entry for entry in csv.DictReader(file)
                   if not arguments.names or entry["file"].removesuffix(".pcap")
                   in arguments.names]
    with ThreadPoolExecutor(WORKERS) as pool:
        outcomes = list(pool.map(Outcome, entries))

    for outcome in outcomes:
        if outcome.matched == "goflow2":
            print(f"{outcome.name}: as goflow2: {outcome.reason}")
        if arguments.all_columns and outcome.goflow2:
            print(f"{outcome.name}: {outcome.goflow2}")
    if arguments.not_compared:
        print_not_compared(outcomes)
    failures = judge(outcomes, tomllib.loads(EXCEPTIONS.read_text()),
                     complete=not arguments.names)
    for failure in failures:
        print(f"FAILED {failure}")
    matched = [outcome.matched for outcome in outcomes]
    print(f"{len(outcomes)} captures: truth {matched.count('truth')}, "
          f"truth_ref {matched.count('truth_ref')}, goflow2 {matched.count('goflow2')}, refused "
          f"{matched.count('refused')}, neither {matched.count('')}; "
          f"{sum(outcome.values for outcome in outcomes)} other values; "
          f"failures {len(failures)}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
