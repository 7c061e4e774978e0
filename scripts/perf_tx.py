# SPDX-License-Identifier: BSD-3-Clause
"""The TX table of scripts/perf --tx: what leaves flowd, by transport, beside bare loops that do the
least. All that is compared runs in turns within one call. Of several rounds the best counts, for
noise only adds; of ratios of rates the median, each of two runs that follow each other. A broker
that cannot be had is a row that says so."""

import contextlib
import datetime
import json
import subprocess
import sys
from pathlib import Path

import perf_peers as peers
import perf_report as report
import perf_runs as runs

BEGIN = "<!-- written by scripts/perf --tx --write -->"
END = "<!-- end of what scripts/perf --tx writes -->"
TESTS = Path(__file__).resolve().parent.parent / "tests"
TARGETS = ("perf/perf-kafka-tx", "perf/perf-mock-brokers", "perf/perf-file-tx", "perf/perf-stages")

PARTITIONS = 4
TOPIC = "perf"
# Title, options of perf-kafka-tx, goal in M flows/s. A bare loop does not pack by key.
ONE = ("one a message", (), 4)
ONE_KEY = ("one a message, key", ("--keyed",), 2)
PACKED = ("packed", ("--records=packed",), 10)
LZ4 = ("packed, lz4", ("--records=packed", "--compression=lz4"), 2)
ZSTD = ("packed, zstd", ("--records=packed", "--compression=zstd"), None)
PACKED_KEY = ("packed, key", ("--records=packed", "--keyed"), None)
BARE_GOAL = 0.9
CASES = {"mock, 1 broker": (ONE, ONE_KEY, PACKED, LZ4, ZSTD, PACKED_KEY),
         "mock, 3 brokers": (ONE, PACKED), "Kafka 3.9": (ONE, ONE_KEY, PACKED, LZ4)}
FILE_GOAL = 0.8
JSON_GOAL = 3  # M flows/s of a core
NULL_GOAL = 5  # per cent
# The log of a real broker must not fill the disk: whole segments go at once.
SMALL_LOG = {"log.retention.bytes": 64 << 20, "log.segment.bytes": 32 << 20,
             "log.retention.check.interval.ms": 1000, "log.segment.delete.delay.ms": 500}


def said_by(words: list) -> dict:
    ended = subprocess.run([str(word) for word in words], capture_output=True, text=True,
                           timeout=runs.FINISH_SECONDS_MAX)
    if ended.returncode != 0:
        raise runs.RunFailed(ended.stderr.strip())
    return json.loads(ended.stdout)


# --- Kafka --------------------------------------------------------------------------------------


@contextlib.contextmanager
def mock(tools: runs.Tools, count: int):
    words = [tools.build / "perf/perf-mock-brokers", str(count), str(PARTITIONS), TOPIC]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait()


@contextlib.contextmanager
def kafka(tools: runs.Tools):
    sys.path.insert(0, str(TESTS))
    from support.kafka import broker
    try:
        cluster = broker.Cluster(tools.folder / "kafka", 1, auto_create=False, more=SMALL_LOG)
    except broker.Unavailable as reason:
        raise runs.RunFailed(str(reason)) from None
    with cluster:
        cluster.create_topic(TOPIC, PARTITIONS)
        yield cluster.brokers()


def places(tools: runs.Tools, quick: bool) -> list[tuple]:
    """Name of the brokers, and what brings them up."""
    mocks = [("mock, 1 broker", lambda: mock(tools, 1)),
             ("mock, 3 brokers", lambda: mock(tools, 3))]
    return mocks if quick else mocks + [("Kafka 3.9", lambda: kafka(tools))]


def kafka_runs(tools: runs.Tools, place: str, brokers: str, options) -> list[dict]:
    program = tools.build / "perf/perf-kafka-tx"
    length = (["--seconds=0.1", "--warm-up=0", "--datagrams=200"] if options.quick else
              [f"--seconds={options.seconds}"])
    rows = [{"brokers": place, "case": title, "goal": goal, "flowd": [], "bare": [],
             "words": words} for title, words, goal in CASES[place]]
    for _ in range(options.rounds):
        for row in rows:
            for who in ("flowd", "bare"):
                if who == "bare" and row["case"] == PACKED_KEY[0]:
                    continue
                row[who].append(said_by([program, who, f"--brokers={brokers}",
                                         f"--topic={TOPIC}", *length, *row["words"]]))
            print(f"perf: {place}: {row['case']}: {row['flowd'][-1]}", file=sys.stderr)
    return rows


def measure_kafka(tools: runs.Tools, options) -> list[dict]:
    rows = []
    for place, start in places(tools, options.quick):
        try:
            with start() as brokers:
                rows += kafka_runs(tools, place, brokers, options)
        except runs.RunFailed as failure:
            if place.startswith("mock"):
                raise
            rows.append({"brokers": place, "case": f"not measured: {failure}"})
    return rows


# --- files and null -----------------------------------------------------------------------------


def measure_file(tools: runs.Tools, quick: bool) -> dict:
    size = ["1", "8"] if quick else []
    return said_by([tools.build / "perf/perf-file-tx", tools.folder, *size])


def measure_whole(tools: runs.Tools, options) -> list[dict]:
    """flowd from end to end, and nfcapd, on the same capture."""
    capture = runs.make_capture(tools, "ipfix-ipv4",
                                f"--datagrams={200 if options.quick else 10_000}")
    share = 0.02 if options.quick else 1
    offer = {"rate": options.rate, "seconds": options.seconds}  # so that all is delivered
    lz4 = ("-transport.file.compression", "lz4")
    ways = [("flowd", "replay → json, file",
             lambda: runs.flowd_replay(tools, capture, "json", "file", 2e6 * share)),
            ("flowd", "replay → pb, file",
             lambda: runs.flowd_replay(tools, capture, "pb", "file", 6e6 * share))]
    for form in ("json", "pb"):
        for title, more in (("file", ()), ("file, lz4", lz4)):
            ways.append(("flowd", f"UDP, paced → {form}, {title}",
                         lambda form=form, more=more: runs.flowd_udp(
                             tools, capture, form, "file", offer, more)))
    if None not in (peers.version("nfcapd"), peers.version("nfdump")):
        for title, more in (("its file", ()), ("its file, lz4", ("-y",))):
            ways.append(("nfcapd", f"UDP, paced → {title}", lambda more=more: peers.nfdump_udp(
                tools, "nfcapd", capture, offer, more)))
    rows = [{"program": program, "path": path, "run": run, "best": None}
            for program, path, run in ways]
    for _ in range(options.rounds):
        for row in rows:
            result = row["run"]()
            # Of what was delivered, should some be lost all the same.
            result["total_ns"] *= result["flows"] / (result["offered"] - result["lost"])
            if row["best"] is None or result["total_ns"] < row["best"]["total_ns"]:
                row["best"] = result
            print(f"perf: {row['program']} {row['path']}: {result}", file=sys.stderr)
    for row in rows:
        del row["run"]
    return rows


def measure_null(tools: runs.Tools, options) -> dict:
    """Of one flow: the pipeline alone, and from the batch over the ring to the null transport."""
    def ns(program: str, case: str) -> float:
        said = said_by([tools.build / f"perf/{program}", f"--benchmark_filter=^{case}$",
                        "--benchmark_format=json",
                        f"--benchmark_min_time={0.01 if options.quick else 0.5}"])
        return 1e9 * said["benchmarks"][0]["per_flow"]

    listed = subprocess.run([tools.pipeline, "--benchmark_list_tests", "--datagrams=1"],
                            check=True, capture_output=True, text=True).stdout.split("\n")
    case = [line for line in listed if line.startswith("ipfix-ipv4/protobuf/")][-1]
    pairs = [(ns("perf-pipeline", case), ns("perf-stages", "ring/null"))
             for _ in range(options.rounds)]
    return {"case": case, "pipeline_ns": min(pair[0] for pair in pairs),
            "null_ns": min(pair[1] for pair in pairs)}


def measure(tools: runs.Tools, options) -> dict:
    return {"date": datetime.date.today().isoformat(), "rounds": options.rounds,
            "kafka": measure_kafka(tools, options), "file": measure_file(tools, options.quick),
            "whole": measure_whole(tools, options), "null": measure_null(tools, options)}


# --- printing -----------------------------------------------------------------------------------


def best(results: list[dict], key: str, choose=min) -> float | None:
    return choose((result[key] for result in results), default=None)


def kafka_line(row: dict) -> str:
    start = f"| {row['brokers']} | {row['case']} |"
    if "flowd" not in row:
        return f"{start} | | | | | | | |"
    rate = best(row["flowd"], "flows_per_second", max)
    ratio = report.median([flowd["flows_per_second"] / bare["flows_per_second"]
                           for flowd, bare in zip(row["flowd"], row["bare"])])
    tx, bare_tx = (best(row[who], "tx_ns") for who in ("flowd", "bare"))
    whole, bare_whole = (best(row[who], "all_ns") for who in ("flowd", "bare"))
    number = report.number
    return (f"{start} {rate / 1e6:.2f} | {number(row['goal'], 'd')} | "
            f"{number(ratio, '.2f')} | {tx:.0f} | "
            f"{number(bare_tx, '.0f')} | {whole:.0f} | {number(bare_whole, '.0f')} | "
            f"{1e3 / tx:.1f} |")


def kafka_table(rows: list[dict]) -> list[str]:
    return ["| brokers | messages | M flows/s | goal | flowd : bare | TX ns | bare's | process ns "
            "| bare's | M flows/s of a TX core |",
            "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            *[kafka_line(row) for row in rows]]


def whole_table(rows: list[dict]) -> list[str]:
    base = next((row["best"]["total_ns"] for row in rows if row["path"].endswith("its file")), None)
    lines = ["| program | from → to | delivered | ns a flow | M flows/s of a core | nfcapd : it "
             "| lost |", "| --- | --- | ---: | ---: | ---: | ---: | ---: |"]
    for row in rows:
        got = row["best"]
        ratio = base / got["total_ns"] if base and row["path"].startswith("UDP") else None
        lines.append(
            f"| {row['program']} | {row['path']} | {got['offered'] - got['lost']:,} | "
            f"{got['total_ns']:.0f} | "
            f"{1e3 / got['total_ns']:.2f} | {report.number(ratio, '.2f')} | "
            f"{got['lost'] / got['offered']:.0%} |")
    return lines


def goals_table(result: dict) -> list[str]:
    file, null = result["file"], result["null"]
    json_row = next(row for row in result["whole"] if row["path"] == "replay → json, file")
    per_cent = 100 * null["null_ns"] / null["pipeline_ns"]
    return ["| what | goal | is |", "| --- | ---: | ---: |",
            "| file transport : bare write(2) of 64 KiB, bytes a CPU second "
            f"({file['flowd_bytes_per_second'] / 1e9:.2f} and "
            f"{file['bare_bytes_per_second'] / 1e9:.2f} GB) | {FILE_GOAL} | "
            f"{file['best_ratio']:.2f} |",
            f"| replay to a JSON file, M flows/s of a core | {JSON_GOAL} | "
            f"{1e3 / json_row['best']['total_ns']:.2f} |",
            f"| batch, ring and null transport ({null['null_ns']:.2f} ns) : "
            f"{null['case']} ({null['pipeline_ns']:.1f} ns) | ≤ {NULL_GOAL} % | "
            f"{per_cent:.1f} % |"]


def markdown(result: dict) -> str:
    rounds = f"{result['rounds']} round" + ("s" if result["rounds"] > 1 else "")
    sizes = [run["bytes_per_flow"] for row in result["kafka"] for run in row.get("flowd", [])]
    return "\n".join([
        f"{result['date']}; {report.machine_line(result['machine'])}. The best of {rounds}; "
        f"protobuf of {sizes[0]:.0f} bytes a flow; {PARTITIONS} partitions; goal of flowd : bare: "
        f"{BARE_GOAL}.", "", *kafka_table(result["kafka"]), "", *goals_table(result), "",
        *whole_table(result["whole"]), ""])
