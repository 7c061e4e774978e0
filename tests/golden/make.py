#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the folders of the golden cases that are built by hand. What is expected comes from the
cases' own columns and never from flowd. Usage: make.py [--check]: with --check nothing is written,
and a folder that differs from its case fails."""

import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import columns_cases  # noqa: E402
import elements_cases  # noqa: E402
import formatter_cases  # noqa: E402
import frame_cases  # noqa: E402
import format_cases  # noqa: E402
import ipfix_cases  # noqa: E402
import layers_cases  # noqa: E402
import legacy_cases  # noqa: E402
import mapping_cases  # noqa: E402
import netflow5_cases  # noqa: E402
import netflow9_cases  # noqa: E402
import raw_cases  # noqa: E402
import selector_cases  # noqa: E402
import sflow_cases  # noqa: E402
import state_cases  # noqa: E402
import strict_netflow_cases  # noqa: E402
import strict_sflow_cases  # noqa: E402
import v2_cases  # noqa: E402
from case import Case  # noqa: E402
from support import lines, protobuf, v2  # noqa: E402

CASES = (netflow5_cases.CASES + legacy_cases.CASES + netflow9_cases.CASES + ipfix_cases.CASES
         + sflow_cases.CASES + frame_cases.CASES + format_cases.CASES + v2_cases.CASES
         + v2_cases.SAMPLED_CASES + strict_netflow_cases.CASES + strict_sflow_cases.CASES
         + state_cases.CASES + columns_cases.CASES + formatter_cases.CASES + mapping_cases.CASES
         + elements_cases.CASES + selector_cases.CASES + raw_cases.CASES + layers_cases.CASES)
COLUMNS = 100


def wrapped(text: str) -> str:
    out = [""]
    for word in text.split():
        if len(out[-1]) + 1 + len(word) > COLUMNS:
            out.append("")
        out[-1] += (" " if out[-1] else "") + word
    return "\n".join(out) + "\n"


def suffix(case: Case) -> str:
    binary = "-format bin" in case.arguments or "-format pb" in case.arguments
    return "pb" if binary else "text" if "-format text" in case.arguments else "jsonl"


def expected(case: Case) -> tuple[str, bytes]:
    """The name and the content of the file of expected output."""
    if case.output is not None:
        return f"expected.{suffix(case)}", case.output
    if v2_cases.PROFILE in case.arguments:
        return expected_v2(case)
    if "-format text" in case.arguments:
        return "expected.text", "".join(lines.text(each) + "\n" for each in case.flows).encode()
    if "-format pb" in case.arguments:
        found = [protobuf.encode(each) for each in case.flows]
        return "expected.pb", b"".join(protobuf.varint(len(each)) + each for each in found)
    return "expected.jsonl", "".join(lines.line(each) + "\n" for each in case.flows).encode()


def selected(case: Case) -> list[str] | None:
    """The names that the case has printed; none: all of them."""
    words = case.arguments.split()
    return (words[words.index("-format.selector") + 1].split(",")
            if "-format.selector" in words else None)


def expected_v2(case: Case) -> tuple[str, bytes]:
    if "-format bin" in case.arguments:
        return "expected.pb", b"".join(map(v2.message, case.flows))
    if "-format text" in case.arguments:
        return "expected.text", "".join(v2.text(each) + "\n" for each in case.flows).encode()
    return "expected.jsonl", "".join(v2.line(each, selected(case)) + "\n"
                                       for each in case.flows).encode()


def files(case: Case) -> dict[str, bytes]:
    command = f"flowd -replay input.pcap {case.arguments}".strip()
    texts = {"command": command + "\n", "drops.json": json.dumps(case.drops) + "\n",
             "why.md": wrapped(case.why)} | case.files
    if case.mapping:
        command += " -mapping mapping.yaml"
        texts |= {"command": command + "\n", "mapping.yaml": case.mapping}
    if case.counters:
        texts["counters.json"] = json.dumps(case.counters) + "\n"
    if case.says or case.exit:
        texts["log.json"] = json.dumps({"exit": case.exit, "says": case.says}, indent=1) + "\n"
    name, content = expected(case)
    return {"input.pcap": case.capture, name: content} | {
        name: text.encode() for name, text in texts.items()}


def main() -> int:
    check = "--check" in sys.argv[1:]
    stale = []
    for case in CASES:
        folder = HERE / case.name
        for name, content in files(case).items():
            path = folder / name
            if path.exists() and path.read_bytes() == content:
                continue
            stale.append(str(path.relative_to(HERE)))
            if not check:
                folder.mkdir(exist_ok=True)
                path.write_bytes(content)
    for path in stale:
        print(f"{path}: {'differs from its case' if check else 'written'}")
    print(f"{len(CASES)} cases, {len(stale)} files {'differ' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
