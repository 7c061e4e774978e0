# SPDX-License-Identifier: BSD-3-Clause
"""What scripts/perf prints: the machine, ratios and tables in Markdown, and the tables in
perf/README.md."""

import json
import platform
import re
import statistics
import subprocess
import sys
from pathlib import Path

import perf_gate as gate

BEGIN = "<!-- written by scripts/perf --write -->"
END = "<!-- end of what scripts/perf writes -->"
# Those that decide which kernels run.
FEATURES = ("bmi2", "avx2", "avx512f", "avx512vbmi", "avx512_vbmi2")
TO_NULL, SATURATED = "replay → pb, null", "UDP, saturated"
# Figures that others are compared with: which program, which row, which of its times. nfcapd is
# cheapest when it has too much to do; of nfacctd what decodes counts, without its output.
BASES = {"nfcapd": (("nfcapd", "sfcapd"), SATURATED, "total_ns"),
         "nfacctd": (("nfacctd",), "pcap", "rx_ns")}


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


def machine_line(host: dict) -> str:
    return (f"{host['cpu']} (family {host['family']}, model {host['model']}; "
            f"{', '.join(host['features']) or 'no vector extensions'}), {host['cpus']} CPUs, "
            f"Linux {host['kernel']}")


def median(values: list) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def find(rows: list[dict], name: str, programs: tuple, path: str) -> dict | None:
    return next((row for row in rows if row["input"] == name and row["program"] in programs and
                 row["path"].startswith(path)), None)


def times_as_cheap(row: dict | None, base: dict | None, key: str = "total_ns") -> float | None:
    """The base's time : the row's, of the same round each: what disturbs a round disturbs both."""
    if row is None or base is None or not base["runs"] or not row["runs"]:
        return None
    if row["program"] == "bare loop":  # it does nothing with them
        return None
    return median([theirs[key] / mine["total_ns"]
                   for mine, theirs in zip(row["runs"], base["runs"])])


def summarize(rows: list[dict]) -> None:
    """Adds medians, and what the peers of the same input cost : what this costs."""
    for row in rows:
        results = row["runs"]
        row["rx_ns"] = median([result["rx_ns"] for result in results])
        row["total_ns"] = median([result["total_ns"] for result in results])
        offered = sum(result["offered"] for result in results)
        row["lost"] = sum(result["lost"] for result in results) / offered if offered else None
        for name, (programs, path, key) in BASES.items():
            base = find(rows, row["input"], programs, path)
            row[f"{name}_to_it"] = times_as_cheap(row, base, key)


# --- what was aimed at --------------------------------------------------------------------------

# Input, and how many times as cheap as the peer flowd is at least, and aims to be.
SOCKET_GOALS = (("netflow5", 1.2, 1.5), ("netflow9", 1.8, 2.5), ("ipfix-ipv4", 1.8, 2.5))
REPLAY_GOALS = (("netflow5", 4, 8), ("netflow9", 7, 14), ("ipfix-ipv4", 7, 14),
                ("netflow9-one", 12, 30), ("sflow", 15, 30))
DECODE_GOALS = (("netflow5", 3.5, 7), ("netflow9", 5, 10), ("ipfix-ipv4", 6, 12))
KERNEL_GOALS = {"avx2": (2.8, 4.5), "avx512": (4.5, 7)}


def rx_goal(rows: list[dict], gate_lines: list[str]) -> float | None:
    """What an RX core adds to the kernel : the bare loop."""
    flowd = find(rows, "ipfix-ipv4", ("flowd",), TO_NULL)
    bare = find(rows, "ipfix-ipv4", ("bare loop",), "")
    kernels = re.findall(r"^kernel: ipfix-ipv4/kernel/\w+: ([\d.]+) ns", "\n".join(gate_lines),
                         re.MULTILINE)
    if flowd is None or bare is None or not kernels or not flowd["rx_ns"] or not bare["rx_ns"]:
        return None
    return (flowd["rx_ns"] - float(kernels[-1])) / bare["rx_ns"]


def goals(rows: list[dict], gate_lines: list[str], counts: dict | None = None) -> list[dict]:
    made = []

    def add(what: str, least: float, aim: float, is_: float | None, at_most: bool = False) -> None:
        made.append({"what": what, "least": least, "aim": aim, "is": is_, "at_most": at_most})

    ratios = gate.parse_ratios("\n".join(gate_lines))
    for kernel, (least, aim) in KERNEL_GOALS.items():
        add(f"naive interpreter : kernel {kernel}, ipfix-ipv4", least, aim,
            ratios.get(kernel, {}).get("ipfix-ipv4"))
    add("(flowd's RX − kernel) : bare loop, ipfix-ipv4", 1.3, 1.1, rx_goal(rows, gate_lines), True)
    for base, path, table in (("nfcapd", SATURATED, SOCKET_GOALS), ("nfcapd", TO_NULL,
                              REPLAY_GOALS), ("nfacctd", TO_NULL, DECODE_GOALS)):
        for name, least, aim in table:
            row = find(rows, name, ("flowd",), path)
            program = "sfcapd" if name == "sflow" else base
            how = "both from sockets, saturated" if path == SATURATED else "flowd replay to null"
            add(f"{program} : flowd, {name}, {how}", least, aim,
                row[f"{base}_to_it"] if row else None)
    whole = (counts or {}).get("replay/ipfix-ipv4")
    add("instructions per IPFIX flow of 20 fields, rx_burst to ring", 360, 220,
        whole.of("replay/ipfix-ipv4") if whole else None, True)
    return made


def goals_table(made: list[dict]) -> str:
    lines = ["| what | at least | aim | is |", "| --- | ---: | ---: | ---: |"]
    for goal in made:
        sign = "≤ " if goal["at_most"] else ""
        unit, form = ("", ".0f") if goal["aim"] > 100 else ("×", ".2f")
        lines.append(f"| {goal['what']} | {sign}{goal['least']:g}{unit} | {goal['aim']:g}{unit} | "
                     f"{number(goal['is'], form)}{'' if goal['is'] is None else unit} |")
    return "\n".join(lines)


# --- Markdown -----------------------------------------------------------------------------------


def number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def table(rows: list[dict]) -> str:
    lines = ["| input | program | from → to | flows a run | RX ns | total ns | nfcapd : it | "
             "nfacctd : it | lost |",
             "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for row in rows:
        start = f"| {row['input']} | {row['program']} | {row['path']} |"
        if not row["runs"]:
            lines.append(f"{start} {row['failure']} | | | | | |")
            continue
        lines.append(f"{start} {row['runs'][0]['flows']:,} | {number(row['rx_ns'], '.0f')} | "
                     f"{number(row['total_ns'], '.0f')} | {number(row['nfcapd_to_it'], '.2f')} | "
                     f"{number(row['nfacctd_to_it'], '.2f')} | {number(row['lost'], '.0%')} |")
    return "\n".join(lines)


def markdown(result: dict) -> str:
    rounds = f"{result['rounds']} round" + ("s" if result["rounds"] > 1 else "")
    loads = ", ".join(f"{load:.2f}" for load in result["loads"])
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    text = [f"{result['date']}, {versions}; {machine_line(result['machine'])}. Medians of "
            f"{rounds}; load average after each: {loads}; runs on a busy machine: "
            f"{result['busy_runs']}.", "", table(result["rows"]), "", goals_table(result["goals"]),
            ""]
    if result["gate"]:
        text += ["```", *result["gate"], "```", ""]
    if result["instructions"]:
        text += ["Instructions (callgrind; the same in every run):", "", *gate.DERIVED_HEAD,
                 *result["instructions"], ""]
    return "\n".join(text)


def write_readme(path: Path, text: str, begin_line: str = BEGIN, end_line: str = END) -> None:
    """Replaces what is between the two lines."""
    readme = path.read_text()
    begin, end = readme.find(begin_line), readme.find(end_line)
    if begin < 0 or end < begin:
        raise SystemExit(f"perf: {path} lacks the lines {begin_line} and {end_line}")
    path.write_text(f"{readme[:begin]}{begin_line}\n\n{text}\n{readme[end:]}")


def plot(result: dict, path: Path) -> None:
    """By Debian's Python, which has Debian's matplotlib; another one may come first on the PATH."""
    script = Path(__file__).resolve().parent / "perf_plot.py"
    for python in (sys.executable, "/usr/bin/python3"):
        has = subprocess.run([python, "-c", "import matplotlib"], capture_output=True)
        if has.returncode == 0:
            subprocess.run([python, script, path], input=json.dumps(result), text=True, check=True)
            return
    print("perf: no plot: python3-matplotlib is not installed (scripts/setup --perf)",
          file=sys.stderr)
