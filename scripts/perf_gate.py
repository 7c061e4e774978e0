# SPDX-License-Identifier: BSD-3-Clause
"""What scripts/perf-gate decides: instructions and ratios against those that were recorded. The
record is perf/gate.json; README.md there says how to read it."""

import json
import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

# Rises and falls that fail, and a fall of instructions that is worth a new record.
RISE_MAX = 0.05
FALL_HINT = 0.10
RATIO_FALL_MAX = 0.25
# Noise only makes programs slower: a ratio that is too low is measured again.
RATIO_ATTEMPTS = 6

DATAGRAMS = 300
KERNELS = ("protobuf/portable", "protobuf/bmi2", "protobuf/avx2")  # that callgrind can run
FORMS = {
    "netflow5": KERNELS,
    "netflow9": KERNELS,
    "ipfix-ipv4": (*KERNELS, "json"),
    "sflow": ("protobuf/bmi2", "json"),
}
# Pairs of cases: full datagrams and such with one record.
PAIRS = tuple((f"{name}/{form}", f"{name}-one/{form}")
              for name, forms in FORMS.items() for form in forms)
ALONE = ("ipfix-ipv6/protobuf/avx2", "ipfix-40/protobuf/avx2", "ipfix-mac/protobuf/avx2",
         "ipfix-mpls/protobuf/avx2", "ipfix-reduced/protobuf/avx2", "ipfix-strings/protobuf/bmi2",
         "ipfix-ipv4-mixed/protobuf/avx2", "netflow5/json")
# flowd itself: the RX worker's turns of a replay, from rx_burst to the ring.
REPLAYS = {"replay/ipfix-ipv4": ("ipfix-ipv4",), "replay/sflow": ("sflow",),
           "replay-one/ipfix-ipv4": ("ipfix-ipv4", "--records=1")}
# Few exporters: their templates come again in each round of the capture.
REPLAY_SHAPE = ("--datagrams=1000", "--exporters=8")
# For comparison only.
NAIVE = ("netflow5/yardstick", "ipfix-ipv4/yardstick", "ipfix-ipv6/yardstick")
ONE_RECORD = {one for _, one in PAIRS} | {"replay-one/ipfix-ipv4"}
CASES = tuple(case for pair in PAIRS for case in pair) + ALONE


@dataclass
class Count:
    """What callgrind counted of one pass."""

    instructions: int
    flows: int
    datagrams: int

    def of(self, case: str) -> float:
        """The number that is recorded: per datagram of one record, otherwise per flow."""
        return self.instructions / (self.datagrams if case in ONE_RECORD else self.flows)


@dataclass
class Verdict:
    lines: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


# --- measuring ----------------------------------------------------------------------------------


def callgrind(toggle: str, words: list) -> tuple[int, subprocess.CompletedProcess]:
    """Instructions inside the functions that `toggle` names."""
    ended = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--toggle-collect={toggle}",
         "--callgrind-out-file=/dev/null", *words], capture_output=True, text=True)
    collected = re.search(r"Collected : (\d+)", ended.stderr)
    return int(collected[1]) if collected else 0, ended


def count_case(program: Path, case: str, datagrams: int = DATAGRAMS) -> Count | None:
    """None: this CPU, or this revision, has no such case."""
    instructions, ended = callgrind("*once_pass*", [program, f"--datagrams={datagrams}",
                                                    f"--once={case}"])
    flows = re.search(r"^flows (\d+)(?: datagrams (\d+))?", ended.stdout, re.MULTILINE)
    if flows and instructions:
        return Count(instructions, int(flows[1]), int(flows[2] or datagrams))
    if "there is no case" in ended.stderr:
        return None
    raise SystemExit(f"perf-gate: {case}: valgrind ended with {ended.returncode}:\n{ended.stderr}")


def count_cases(program: Path, cases=CASES, datagrams: int = DATAGRAMS) -> dict[str, Count]:
    """Two at a time: counts do not depend on what else runs."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        counts = pool.map(lambda case: count_case(program, case, datagrams), cases)
        return {case: count for case, count in zip(cases, counts) if count is not None}


def count_replay(build: Path, case: str, folder: Path) -> Count:
    """What three more rounds of a capture cost the RX worker: the start is in both runs."""
    capture = folder / f"{case.replace('/', '-')}.pcap"
    name, *shape = REPLAYS[case]
    made = json.loads(subprocess.run(
        [build / "perf/perf-make-capture", name, capture, *REPLAY_SHAPE, *shape], check=True,
        capture_output=True, text=True).stdout)
    counts = []
    for loops in (2, 5):
        instructions, ended = callgrind("*RxWorker*::turn*", [
            build / "src/flowd", "-replay", capture, "-replay.loops", str(loops), "-format", "pb",
            "-format.protobuf.fixedlen", "-transport", "null"])
        if ended.returncode != 0 or instructions == 0:
            raise SystemExit(f"perf-gate: {case}: no instructions of the RX worker's turn() were "
                             f"counted (status {ended.returncode}):\n{ended.stderr[-2000:]}")
        counts.append(instructions)
    return Count(counts[1] - counts[0], 3 * made["flows"], 3 * made["datagrams"])


def count_replays(build: Path) -> dict[str, Count]:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(max_workers=2) as pool:
        counts = pool.map(lambda case: count_replay(build, case, Path(folder)), REPLAYS)
        return dict(zip(REPLAYS, counts))


KERNEL_LINE = re.compile(
    r"^kernel: (?P<input>[\w-]+)/kernel/(?P<kernel>\w+): [\d.]+ ns, naive [\d.]+ ns per flow: "
    r"(?P<ratio>[\d.]+) times", re.MULTILINE)


def parse_ratios(text: str) -> dict[str, dict[str, float]]:
    """Of the output of perf-pipeline --gate: kernel, input, how many times as fast as naive."""
    ratios: dict[str, dict[str, float]] = {}
    for found in KERNEL_LINE.finditer(text):
        ratios.setdefault(found["kernel"], {})[found["input"]] = float(found["ratio"])
    return ratios


def measure_ratios(program: Path, rounds: int) -> tuple[dict[str, dict[str, float]], str]:
    ended = subprocess.run([program, "--gate", f"--rounds={rounds}"], capture_output=True,
                           text=True)
    ratios = parse_ratios(ended.stdout)
    if not ratios:  # its own verdict is not ours, so its status says nothing
        raise SystemExit(f"perf-gate: perf-pipeline --gate: {ended.stdout}{ended.stderr}")
    return ratios, ended.stdout


def merged(one: dict, other: dict) -> dict:
    """The better ratio of each."""
    return {kernel: {name: max(ratio, other.get(kernel, {}).get(name, 0))
                     for name, ratio in ratios.items()} for kernel, ratios in one.items()}


def cpu_family(cpuinfo: str) -> str:
    """AuthenticAMD-25, GenuineIntel-6."""
    vendor = re.search(r"^vendor_id\s*: (\S+)", cpuinfo, re.MULTILINE)
    family = re.search(r"^cpu family\s*: (\d+)", cpuinfo, re.MULTILINE)
    return f"{vendor[1] if vendor else 'unknown'}-{family[1] if family else '0'}"


# --- judging ------------------------------------------------------------------------------------


def judge_instructions(counts: dict[str, Count], record: dict[str, float]) -> Verdict:
    verdict = Verdict()
    for case, count in counts.items():
        now, unit = count.of(case), "datagram" if case in ONE_RECORD else "flow"
        was = record.get(case)
        if was is None:
            verdict.lines.append(f"{case}: {now:.1f} instructions per {unit}, not recorded yet")
            verdict.hints.append(case)
            continue
        change = now / was - 1
        line = f"{case}: {now:.1f} instructions per {unit}, recorded {was:.1f} ({change:+.1%})"
        verdict.lines.append(line)
        if change > RISE_MAX:
            verdict.failures.append(line)
        elif change < -FALL_HINT:
            verdict.hints.append(case)
    return verdict


def judge_ratios(ratios: dict, record: dict, family: str) -> Verdict:
    """`record`: what perf/gate.json has under "ratios" and "floors"."""
    verdict = Verdict()
    for kernel, of_inputs in ratios.items():
        known = record["ratios"].get(f"{kernel}/{family}", {})
        for name, ratio in of_inputs.items():
            if name in known:
                least, why = known[name] * (1 - RATIO_FALL_MAX), f"recorded {known[name]:.2f}"
            else:
                least = record["floors"].get(kernel, 0)
                why = f"{family} is not recorded, the floor of the kernel"
            line = (f"{name}/kernel/{kernel}: {ratio:.2f} times as fast as naive, at least "
                    f"{least:.2f} ({why})")
            verdict.lines.append(line)
            if ratio < least:
                verdict.failures.append(line)
    return verdict


def derived(counts: dict[str, Count]) -> list[str]:
    """Of each pair: what a datagram costs without its flows, and what one more flow costs."""
    lines = []
    for full, one in PAIRS:
        if full not in counts or one not in counts:
            continue
        many, single = counts[full], counts[one]
        per_full = many.instructions / many.datagrams
        per_one = single.instructions / single.datagrams
        flows = many.flows / many.datagrams
        flow = (per_full - per_one) / (flows - 1)
        lines.append(f"| {full} | {many.instructions / many.flows:.0f} | {flow:.0f} | "
                     f"{per_one - flow:.0f} | {per_one:.0f} |")
    return lines


def table_lines(counts: dict[str, Count]) -> list[str]:
    """The pairs, and behind them what was counted alone."""
    lines = derived(counts)
    for case in (*ALONE, *NAIVE, *REPLAYS):
        if case not in counts:
            continue
        number = f"{counts[case].of(case):.0f}"
        cells = ("", "", "", number) if case in ONE_RECORD else (number, "", "", "")
        lines.append(f"| {case} | {' | '.join(cells)} |")
    return lines


DERIVED_HEAD = [
    "| case | per flow, full datagrams | one more flow | a datagram without flows | a datagram of "
    "one record |", "| --- | ---: | ---: | ---: | ---: |"]


# --- the record ---------------------------------------------------------------------------------


def build_of(folder: Path) -> dict:
    """What instructions depend on besides the sources."""
    def read(name: str):
        return json.loads((folder / "meson-info" / name).read_text())
    options = {option["name"]: option["value"] for option in read("intro-buildoptions.json")}
    compilers = [source["compiler"] for target in read("intro-targets.json")
                 for source in target["target_sources"]
                 if source.get("language") == "cpp" and source.get("compiler")]
    said = subprocess.run([*compilers[0], "-dumpfullversion"], capture_output=True, text=True)
    family = "clang" if "clang" in compilers[0][-1] else "gcc"  # c++ and g++ are the same
    return {"compiler": f"{family} {said.stdout.strip()}",
            "buildtype": options["buildtype"], "sanitize": options["b_sanitize"]}


def read_record(path: Path) -> dict:
    return json.loads(path.read_text())


def updated(record: dict, counts: dict[str, Count], ratios: dict, family: str,
            build: dict) -> dict:
    """Instructions are replaced, ratios of other CPUs and the floors stay."""
    new = {"build": build, "floors": record["floors"],
           "instructions": {case: round(count.of(case), 1) for case, count in counts.items()},
           "ratios": dict(record["ratios"])}
    for kernel, of_inputs in ratios.items():
        new["ratios"][f"{kernel}/{family}"] = {name: round(ratio, 2)
                                               for name, ratio in of_inputs.items()}
    new["ratios"] = dict(sorted(new["ratios"].items()))
    return new


def write_record(path: Path, record: dict) -> None:
    path.write_text(json.dumps(record, indent=2) + "\n")
