#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Replays every golden capture and compares what flowd prints, byte for byte, and what it dropped.
Usage: run.py [NAME...]"""

import difflib
import json
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from support import flowd  # noqa: E402

WORKERS = 4  # a run waits more than it works
DIFFERENCES_SHOWN = 3


def input_of(folder: Path) -> Path:
    """The folder's own capture, or the one of tests/captures that it names."""
    named = folder / "capture"
    return flowd.CAPTURES / named.read_text().strip() if named.exists() else folder / "input.pcap"


def pieces(line: str) -> list[str]:
    return line.replace(",\"", "\n\"").split("\n")


def differences(printed: bytes, expected: bytes) -> str:
    """The columns that differ in the first lines that do; empty when the bytes are equal."""
    if printed == expected:
        return ""
    mine, wanted = (each.decode(errors="replace").splitlines() for each in (printed, expected))
    out = [f"{len(mine)} lines, expected {len(wanted)}"]
    for i, (line, other) in enumerate(zip(mine, wanted), 1):
        if line == other:
            continue
        changed = [each for each in difflib.ndiff(pieces(other), pieces(line))
                   if each[0] in "+-"]
        out.append(f"line {i} (- expected, + printed): {' '.join(changed)}")
    return "\n  ".join(out[:DIFFERENCES_SHOWN + 1])


def log_of(folder: Path) -> dict:
    """How flowd ends, and what its log says; the latter only where it matters."""
    path = folder / "log.json"
    return json.loads(path.read_text()) if path.exists() else {"exit": 0, "says": []}


def fault_of(folder: Path) -> str:
    """What is wrong with one case; empty when it holds."""
    words = shlex.split((folder / "command").read_text())
    arguments = [input_of(folder) if each == "input.pcap" else each for each in words[1:]]
    with tempfile.TemporaryDirectory() as scratch:
        summary_path = Path(scratch) / "summary.json"
        try:
            done = flowd.run([*arguments, "-summary", summary_path], cwd=folder)
        except subprocess.TimeoutExpired:
            return "flowd does not end"
        log = done.stderr.decode(errors="replace")
        wanted = log_of(folder)
        if done.returncode != wanted["exit"]:
            return f"exit {done.returncode}, expected {wanted['exit']}: {log}"
        unsaid = [f"the log does not say {each!r}: {log}" for each in wanted["says"]
                  if each not in log]
        if wanted["exit"] != 0:
            return "\n  ".join(unsaid + ["it prints" for _ in done.stdout[:1]])
        summary = json.loads(summary_path.read_text())
    (expected,) = folder.glob("expected.*")
    faults = [*unsaid, differences(done.stdout, expected.read_bytes()),
              flowd.unbalanced(summary)]
    dropped = json.loads((folder / "drops.json").read_text())
    if summary["drops"] != {"datagrams": dropped, "flows": {}}:
        faults.append(f"drops {summary['drops']}, expected {dropped} of datagrams")
    counters = folder / "counters.json"
    for name, count in json.loads(counters.read_text()).items() if counters.exists() else ():
        if summary["counters"].get(name, 0) != count:
            faults.append(f"{name} is not {count}: {summary['counters']}")
    return "\n  ".join(fault for fault in faults if fault)


def main() -> int:
    flowd.binary()
    folders = sorted(path.parent for path in HERE.glob("*/command"))
    if sys.argv[1:]:
        folders = [folder for folder in folders if folder.name in sys.argv[1:]]
    assert folders, "no such case"
    with ThreadPoolExecutor(WORKERS) as pool:
        faults = list(pool.map(fault_of, folders))
    for folder, fault in zip(folders, faults):
        if fault:
            print(f"FAILED {folder.name}: {fault}")
    failed = sum(1 for fault in faults if fault)
    print(f"{len(folders)} golden cases, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
