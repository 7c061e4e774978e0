# SPDX-License-Identifier: BSD-3-Clause
"""What scripts/perf-compare makes of its runs: which cases two revisions share, and the table."""

import fnmatch
import re
import statistics

# Where {kernel} stands, the best kernel of this CPU is meant; a pattern as in file names.
DEFAULT_CASES = ("netflow5/protobuf/{kernel}", "netflow9/protobuf/{kernel}",
                 "ipfix-ipv4/protobuf/{kernel}", "ipfix-ipv4-one/protobuf/{kernel}",
                 "ipfix-ipv6/protobuf/{kernel}", "ipfix-ipv4/json", "sflow/protobuf/{kernel}")


def best_kernel(cases: list[str]) -> str:
    """Kernels are listed from the plainest to the best."""
    kernels = [case.split("/")[2] for case in cases if case.startswith("ipfix-ipv4/protobuf/")]
    return kernels[-1] if kernels else ""


def choose(before: list[str], after: list[str], patterns) -> tuple[list[str], list[str]]:
    """The cases that both revisions have and a pattern names, and the patterns that name none."""
    kernel = best_kernel([case for case in before if case in after])
    chosen, missed = [], []
    for pattern in patterns:
        wanted = pattern.replace("{kernel}", kernel)
        found = [case for case in before if case in after and fnmatch.fnmatchcase(case, wanted)]
        chosen += [case for case in found if case not in chosen]
        if not found:
            missed.append(wanted)
    return chosen, missed


def filter_of(cases: list[str]) -> str:
    return "^(" + "|".join(re.escape(case).replace("\\-", "-") for case in cases) + ")$"


def times_of(result: dict) -> dict[str, float]:
    """Nanoseconds per flow by case, of Google Benchmark's JSON."""
    return {run["name"]: 1e9 * run["per_flow"] for run in result["benchmarks"]
            if "per_flow" in run}


def summarize(case: str, before: list[float], after: list[float]) -> dict:
    """Of rounds in which both ran, one after the other. A ratio above 1: the second is slower."""
    ratios = [mine / theirs for mine, theirs in zip(after, before)]
    return {"case": case, "best": (min(before), min(after)),
            "median": (statistics.median(before), statistics.median(after)),
            "best_ratio": min(after) / min(before), "pair_ratio": statistics.median(ratios)}


def instructions_line(case: str, before, after) -> str:
    """Both are perf_gate's counts, or None where there is no such case."""
    if before is None or after is None:
        shown = ["–" if count is None else f"{count.instructions / count.flows:.1f}"
                 for count in (before, after)]
        return f"| {case} | {shown[0]} | {shown[1]} | |"
    per_flow = [count.instructions / count.flows for count in (before, after)]
    note = "" if before.flows == after.flows else " (other traffic: not comparable)"
    return (f"| {case} | {per_flow[0]:.1f} | {per_flow[1]:.1f} | "
            f"{per_flow[1] / per_flow[0]:.3f}{note} |")


def table(names: tuple[str, str], rows: list[dict], rounds: int) -> str:
    lines = [f"Nanoseconds per flow, {rounds} interleaved rounds; a ratio below 1: {names[1]} is "
             "faster.", "",
             f"| case | best {names[0]} | best {names[1]} | ratio of the best | median {names[0]} "
             f"| median {names[1]} | median ratio of pairs |",
             "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for row in rows:
        lines.append(
            f"| {row['case']} | {row['best'][0]:.1f} | {row['best'][1]:.1f} | "
            f"{row['best_ratio']:.3f} | {row['median'][0]:.1f} | {row['median'][1]:.1f} | "
            f"{row['pair_ratio']:.3f} |")
    return "\n".join(lines)


def instructions_table(names: tuple[str, str], cases: list[str], before: dict,
                       after: dict) -> str:
    lines = ["Instructions per flow (callgrind):", "",
             f"| case | {names[0]} | {names[1]} | ratio |", "| --- | ---: | ---: | ---: |"]
    lines += [instructions_line(case, before.get(case), after.get(case)) for case in cases]
    return "\n".join(lines)
