# SPDX-License-Identifier: BSD-3-Clause
"""The capacity table of scripts/perf --capacity: what an RX core and a TX worker take, by protocol,
fields and output, how that grows, and a formula for sizing. Every row has its command."""

import datetime
import json
import subprocess
import sys

import perf_report as report
import perf_runs as runs

BEGIN = "<!-- written by scripts/perf --capacity --write -->"
END = "<!-- end of what scripts/perf --capacity writes -->"

# Of a datagram on the wire besides its payload: UDP, IPv4, Ethernet with its checksum, and the
# preamble and gap.
WIRE_OVERHEAD = 8 + 20 + 18 + 20
ATTEMPTS = 2  # of which the best counts: noise only adds

INPUTS = ("netflow5", "netflow9-10", "netflow9", "netflow9-40", "netflow9-ipv6", "ipfix-10",
          "ipfix-ipv4", "ipfix-40", "ipfix-ipv6-10", "ipfix-ipv6", "ipfix-ipv6-40", "ipfix-mac",
          "ipfix-mpls", "ipfix-reduced", "ipfix-version", "ipfix-strings", "sflow", "sflow-ipv6")
OUTPUTS_OF = ("netflow5", "ipfix-ipv4", "sflow")
# Format, profile, transport, flows per second and core as a guess: a run takes half a second.
PLAIN = ("pb", "goflow2-v1", "null", 8e6)
OUTPUTS = (PLAIN, ("pb", "goflow2-v2", "null", 8e6), ("pb", "goflow2-v1", "file", 4e6),
           ("json", "goflow2-v1", "null", 1.5e6), ("json", "goflow2-v1", "file", 6e5),
           ("json", "goflow2-v2", "null", 1.5e6), ("text", "goflow2-v1", "null", 1.5e6))
FORMULA_INPUTS = ("netflow5", "netflow9", "ipfix-ipv4", "sflow")

# What grows, and the options of perf-pipeline for each size of it; the first is the base.
GROWTH_CASE = "ipfix-ipv4/protobuf"
GROWTH = (
    ("exporters", ("--datagrams=100000",),
     [("1", "--exporters=1"), ("64", "--exporters=64"), ("1,000", "--exporters=1000"),
      ("5,000", "--exporters=5000"), ("5,000, 4 templates each", "--exporters=5000 --templates=4"),
      ("20,000", "--exporters=20000"), ("100,000", "--exporters=100000")]),
    ("templates, in all", ("--datagrams=20000", "--exporters=50"),
     [("50, all alike", "--templates=1"), ("1,000, 20 that differ", "--templates=20"),
      ("1,000 that differ", "--templates=20 --layouts=1000"),
      ("10,000, 200 that differ", "--templates=200"),
      ("10,000 that differ", "--templates=200 --layouts=10000")]),
    ("records in a datagram", (),
     [("19 (full)", "--records=19"), ("10", "--records=10"), ("5", "--records=5"),
      ("2", "--records=2"), ("1", "--records=1")]),
    ("datagrams in memory", (),
     [("10,000", "--datagrams=10000"), ("200,000", "--datagrams=200000")]),
    ("datagrams with options and templates", (), [("none", ""), ("5 %", "--mixed=5")]),
)


# --- measuring ----------------------------------------------------------------------------------


def wire_bits(capture: dict) -> float:
    """Of an average datagram with data."""
    return 8 * (capture["payload_bytes"] / capture["datagrams"] + WIRE_OVERHEAD)


def replay_row(tools: runs.Tools, capture: dict, output: tuple, share: float) -> dict:
    form, profile, transport, flows = output
    if capture["flows"] < capture["datagrams"] * 10:  # sFlow, and small datagrams: dearer flows
        flows /= 4
    results = [runs.flowd_replay(tools, capture, form, transport, flows * share, profile)
               for _ in range(ATTEMPTS)]
    best = min(results, key=lambda result: result["total_ns"])
    flows_per_datagram = capture["flows"] / capture["datagrams"]
    rx, tx = best["rx_ns"], best["total_ns"] - best["rx_ns"]
    return {"input": capture["name"], "options": capture["options"], "form": form,
            "profile": profile, "transport": transport, "rx_ns": rx, "tx_ns": tx,
            "flows_per_datagram": flows_per_datagram, "rx_flows": 1e9 / rx,
            "rx_gbit": wire_bits(capture) / flows_per_datagram / rx,
            "tx_flows": 1e9 / tx if tx > 0 else None}


def measure_replays(tools: runs.Tools, quick: bool) -> list[dict]:
    share, datagrams = (0.02, 500) if quick else (1, 10_000)
    rows = []
    for name in INPUTS[6:7] if quick else INPUTS:
        capture = runs.make_capture(tools, name, f"--datagrams={datagrams}")
        outputs = OUTPUTS if name in OUTPUTS_OF else (PLAIN,)
        rows += [replay_row(tools, capture, output, share) for output in outputs]
        if name in FORMULA_INPUTS:
            one = runs.make_capture(tools, name, f"--datagrams={datagrams}", "--records=1")
            rows += [replay_row(tools, one, output, share) for output in OUTPUTS[0:4:3]]
        capture["path"].unlink()
        print(f"perf: {name}: {rows[-1]['rx_ns']:.0f} ns", file=sys.stderr)
    return rows


def best_kernel(tools: runs.Tools) -> str:
    said = subprocess.run([tools.pipeline, "--benchmark_list_tests", "--datagrams=1"], check=True,
                          capture_output=True, text=True)
    prefix = f"{GROWTH_CASE}/"
    return [line for line in said.stdout.split("\n") if line.startswith(prefix)][-1]


def pipeline_ns(tools: runs.Tools, words: list[str], quick: bool) -> float:
    said = subprocess.run(
        [tools.pipeline, *words, "--benchmark_format=json", "--benchmark_repetitions=2",
         f"--benchmark_min_time={0.01 if quick else 0.2}"],
        check=True, capture_output=True, text=True)
    return min(1e9 * run["per_flow"] for run in json.loads(said.stdout)["benchmarks"]
               if run["run_type"] == "iteration")


def measure_growth(tools: runs.Tools, quick: bool) -> list[dict]:
    """Sizes in turns, so that a busy minute does not fall on one of them."""
    case = best_kernel(tools)
    rows = []
    for what, common, sizes in GROWTH[2:3] if quick else GROWTH:
        options = {size: [*common, *each.split()] for size, each in sizes}
        best = {size: float("inf") for size in options}
        for _ in range(1 if quick else ATTEMPTS):
            for size, words in options.items():
                ns = pipeline_ns(tools, [*words, f"--benchmark_filter=^{case}$"], quick)
                best[size] = min(best[size], ns)
        base = best[sizes[0][0]]
        rows += [{"what": what, "size": size, "ns": ns, "times": ns / base, "case": case,
                  "options": " ".join(options[size])} for size, ns in best.items()]
        print(f"perf: {what}: {best}", file=sys.stderr)
    return rows


def measure(tools: runs.Tools, quick: bool) -> dict:
    return {"date": datetime.date.today().isoformat(), "replays": measure_replays(tools, quick),
            "growth": measure_growth(tools, quick)}


# --- printing -----------------------------------------------------------------------------------


COMMAND = """Each row is

    build/perf/perf-make-capture INPUT c.pcap
    build/src/flowd -replay c.pcap -replay.loops 40 -format.protobuf.fixedlen FLAGS

as long as it takes half a second; captures and files are in memory."""


def capacity_table(rows: list[dict]) -> list[str]:
    lines = ["| INPUT | FLAGS | flows a datagram | RX ns a flow | M flows/s of an RX core | "
             "Gbit/s of an RX core | TX ns a flow | M flows/s of a TX worker |",
             "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for row in rows:
        tx = row["tx_flows"]
        options = "".join(f" {option}" for option in row["options"] if "datagrams" not in option)
        lines.append(
            f"| `{row['input']}`{f' `{options.strip()}`' if options else ''} | `-format "
            f"{row['form']} -profile {row['profile']} -transport {row['transport']}` | "
            f"{row['flows_per_datagram']:.0f} | {row['rx_ns']:.0f} | {row['rx_flows'] / 1e6:.2f} | "
            f"{row['rx_gbit']:.1f} | {row['tx_ns']:.0f} | "
            f"{report.number(None if tx is None else tx / 1e6, '.1f')} |")
    return lines


def growth_table(rows: list[dict]) -> list[str]:
    if not rows:
        return []
    lines = ["How the cost of a flow grows; without the receive path and the ring, each row "
             f"`build/perf/perf-pipeline '--benchmark_filter=^{rows[0]['case']}$' OPTIONS`:", "",
             "| what grows | to | OPTIONS | ns a flow | times the first |",
             "| --- | --- | --- | ---: | ---: |"]
    for row in rows:
        options = f"`{row['options']}`" if row["options"] else ""
        lines.append(f"| {row['what']} | {row['size']} | {options} | {row['ns']:.1f} | "
                     f"{row['times']:.2f} |")
    return lines


def costs(rows: list[dict]) -> list[dict]:
    """Of pairs of rows, one full and one with one record: cost = datagram + flows × flow."""
    made = []
    for one in rows:
        if "--records=1" not in one["options"]:
            continue
        key = [one[part] for part in ("input", "form", "profile", "transport")]
        full = next((row for row in rows if row["flows_per_datagram"] > 1 and
                     [row[part] for part in ("input", "form", "profile", "transport")] == key),
                    None)
        if full is None:
            continue
        flows = full["flows_per_datagram"]
        flow = (full["rx_ns"] * flows - one["rx_ns"]) / (flows - 1)
        made.append({"input": one["input"], "form": one["form"], "flow_ns": flow,
                     "datagram_ns": one["rx_ns"] - flow, "tx_ns": full["tx_ns"]})
    return made


FORMULA = """A box needs

    RX cores   = (datagrams/s × D + flows/s × F) ÷ 0.7 × 10⁻⁹
    TX workers = flows/s × T ÷ 0.7 × 10⁻⁹

with the nanoseconds below, made of full datagrams and of such with one record, and 30 % left for
bursts. T is of the null transport, the least there is; a file in memory costs what is above."""


def example(made: list[dict]) -> str:
    cost = next((cost for cost in made if (cost["input"], cost["form"]) == ("ipfix-ipv4", "pb")),
                None)
    if cost is None:
        return ""
    flows, datagrams = 10e6, 10e6 / 19
    cores = (datagrams * cost["datagram_ns"] + flows * cost["flow_ns"]) / 0.7e9
    return ("10 M flows/s of IPFIX in full datagrams (526,316 a second) to protobuf: (0.53 × "
            f"{cost['datagram_ns']:.0f} + 10 × {cost['flow_ns']:.0f}) ÷ 700 = {cores:.1f} "
            "RX cores.")


def markdown(result: dict) -> str:
    made = costs(result["replays"])
    lines = [f"{result['date']}; {report.machine_line(result['machine'])}. CPU time, the best of "
             f"{ATTEMPTS} runs.", "", COMMAND, "", *capacity_table(result["replays"]), "",
             FORMULA, "", "| input | output | D: ns a datagram | F: ns a flow | T: ns a flow |",
             "| --- | --- | ---: | ---: | ---: |"]
    lines += [f"| {cost['input']} | {cost['form']} | {cost['datagram_ns']:.0f} | "
              f"{cost['flow_ns']:.0f} | {cost['tx_ns']:.0f} |" for cost in made]
    lines += ["", example(made), "", *growth_table(result["growth"]), ""]
    return "\n".join(lines)
