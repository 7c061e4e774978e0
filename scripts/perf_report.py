# SPDX-License-Identifier: BSD-3-Clause
"""What scripts/perf prints: the machine, the table in Markdown, and the table in perf/README.md."""

import platform
import re
import statistics
from pathlib import Path

BEGIN = "<!-- written by scripts/perf --write -->"
END = "<!-- end of what scripts/perf writes -->"
# Those that decide which kernels run.
FEATURES = ("bmi2", "avx2", "avx512f", "avx512vbmi", "avx512_vbmi2")


def machine() -> dict:
    text = Path("/proc/cpuinfo").read_text()

    def field(name: str) -> str:
        found = re.search(rf"^{name}\s*: (.*)$", text, re.MULTILINE)
        return found.group(1) if found else "unknown"

    flags = field("flags").split()
    return {"cpu": field("model name"), "family": field("cpu family"), "model": field("model"),
            "cpus": text.count("processor\t"),
            "features": [feature for feature in FEATURES if feature in flags],
            "kernel": platform.release()}


def median(values: list) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def ratio_to(row: dict, peer: dict | None) -> float | None:
    """Of the same round each: what disturbs a round disturbs both."""
    if peer is None or not peer.get("runs") or not row.get("runs"):
        return None
    pairs = zip(row["runs"], peer["runs"])
    return median([mine["total_ns"] / theirs["total_ns"] for mine, theirs in pairs])


def summarize(rows: list[dict]) -> None:
    """Adds medians, and the ratios to the peers of the same input."""
    for row in rows:
        runs = row["runs"]
        row["rx_ns"] = median([run["rx_ns"] for run in runs])
        row["total_ns"] = median([run["total_ns"] for run in runs])
        row["lost"] = sum(run["lost"] for run in runs)
        peers = {other["program"]: other for other in rows if other["input"] == row["input"]}
        row["to_nfcapd"] = ratio_to(row, peers.get("nfcapd"))
        row["to_nfacctd"] = ratio_to(row, peers.get("nfacctd"))


def number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def table(rows: list[dict]) -> str:
    lines = ["| input | program | from → to | flows a run | RX ns | total ns | to nfcapd | "
             "to nfacctd | lost |",
             "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for row in rows:
        start = f"| {row['input']} | {row['program']} | {row['path']} |"
        if not row["runs"]:
            lines.append(f"{start} {row['failure']} | | | | | |")
            continue
        lines.append(f"{start} {row['runs'][0]['flows']:,} | {number(row['rx_ns'], '.0f')} | "
                     f"{number(row['total_ns'], '.0f')} | {number(row['to_nfcapd'], '.2f')} | "
                     f"{number(row['to_nfacctd'], '.2f')} | {row['lost']} |")
    return "\n".join(lines)


def markdown(result: dict) -> str:
    host, versions = result["machine"], result["versions"]
    rounds = f"{result['rounds']} round" + ("s" if result["rounds"] > 1 else "")
    loads = ", ".join(f"{load:.2f}" for load in result["loads"])
    text = [f"{result['date']}, flowd {versions['flowd']}, nfcapd {versions['nfcapd']}, nfacctd "
            f"{versions['nfacctd']}; {host['cpu']} (family {host['family']}, model "
            f"{host['model']}; {', '.join(host['features']) or 'no vector extensions'}), "
            f"{host['cpus']} CPUs, Linux {host['kernel']}. Medians of {rounds}; load average "
            f"after each: {loads}; runs on a busy machine: {result['busy_runs']}.",
            "", table(result["rows"]), ""]
    if result["gate"]:
        text += ["```", *result["gate"], "```", ""]
    if result["instructions"]:
        text += ["Instructions per flow (callgrind; the same in every run):", "",
                 "| case | instructions |", "| --- | ---: |"]
        text += [f"| {name} | {count:.0f} |" for name, count in result["instructions"].items()]
        text += [""]
    return "\n".join(text)


def write_readme(path: Path, text: str) -> None:
    """Replaces what is between the two markers."""
    readme = path.read_text()
    begin, end = readme.find(BEGIN), readme.find(END)
    if begin < 0 or end < begin:
        raise SystemExit(f"perf: {path} lacks the lines {BEGIN} and {END}")
    path.write_text(f"{readme[:begin]}{BEGIN}\n\n{text}\n{readme[end:]}")
