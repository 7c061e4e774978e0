# SPDX-License-Identifier: BSD-3-Clause
"""One run of flowd for scripts/perf, and what runs of other programs need as well (perf_peers.py):
CPU time by the kernel's count, flows by the program's own. A run returns a dict, or raises
RunFailed."""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NS_PER_SECOND = 1_000_000_000
READY_SECONDS_MAX = 15
FINISH_SECONDS_MAX = 120


class RunFailed(Exception):
    """A run has no result; the sentence says why."""


class Tools:
    """Where the programs are, and memory for what they write."""

    def __init__(self, build: Path, folder: Path) -> None:
        self.build = build
        self.flowd = build / "src/flowd"
        self.make_capture = build / "perf/perf-make-capture"
        self.sender = build / "perf/perf-udp-sender"
        self.pipeline = build / "perf/perf-pipeline"
        self.bare_rx = build / "perf/perf-bare-rx"
        self.folder = folder


def memory_folder() -> str:
    """A folder in memory where there is one: disks are not what is measured."""
    shm = "/dev/shm"
    return tempfile.mkdtemp(prefix="flowd-perf-", dir=shm if os.path.isdir(shm) else None)


def make_capture(tools: Tools, name: str, *options: str, title: str | None = None) -> dict:
    """A capture of the benchmarks' traffic; `options` are perf-make-capture's."""
    title = title or name
    path = tools.folder / f"{title}.pcap"
    made = subprocess.run([tools.make_capture, name, path, *options], check=True,
                          capture_output=True, text=True)
    return {"name": title, "input": name, "path": path, "options": options,
            **json.loads(made.stdout)}


def lock(quick: bool):
    """Two measurements at once spoil each other, and look quiet to each other between runs. The
    file is kept open, and so locked, until this process ends."""
    path = Path(tempfile.gettempdir()) / f"flowd-perf-{os.getuid()}.lock"
    file = open(path, "a", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("perf: another scripts/perf is measuring on this machine", file=sys.stderr)
        raise SystemExit(77 if quick else 1) from None  # 77: a test that is skipped
    return file


# --- CPU time -----------------------------------------------------------------------------------


def cpu_seconds(pid: int) -> float:
    """User and system time of a live process, to the nanosecond, all threads."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            total += int((task / "schedstat").read_text().split()[0])
    return total / NS_PER_SECOND


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RunFailed(f"{what} not within {seconds} s")
        time.sleep(0.05)


def udp_is_bound(port: int) -> bool:
    wanted = f":{port:04X} "
    tables = [Path(f"/proc/net/{name}") for name in ("udp", "udp6")]
    return any(wanted in table.read_text() for table in tables if table.exists())


@contextlib.contextmanager
def started(arguments: list, log: Path):
    """A process that is ended by its own id, whatever happens."""
    with log.open("w") as output:
        process = subprocess.Popen([str(part) for part in arguments], stdout=output, stderr=output)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def end(process: subprocess.Popen, signal_number: int = signal.SIGTERM) -> float:
    """Asks the process to end; returns all the CPU time that it took."""
    process.send_signal(signal_number)
    deadline = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < deadline:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return usage.ru_utime + usage.ru_stime
        time.sleep(0.02)
    raise RunFailed(f"{process.args[0]} does not end")


def send(tools: Tools, capture: dict, port: int, offer: dict) -> dict:
    """`offer`: a rate in datagrams a second, or None for as fast as it goes, and seconds."""
    rate = offer["rate"] or 1e9
    sent = subprocess.run([tools.sender, capture["path"], str(port), str(rate),
                           str(offer["seconds"])], capture_output=True, text=True)
    if sent.returncode != 0:
        raise RunFailed(sent.stderr.strip())
    result = json.loads(sent.stdout)
    result["flows"] = result["loops"] * capture["flows"]
    return result


# --- flowd ----------------------------------------------------------------------------------------


def flowd_output(tools: Tools, form: str, transport: str) -> list:
    output = ["-format", form, "-transport", transport]
    if form == "pb":
        output += ["-format.protobuf.fixedlen"]
    if transport == "file":
        output += ["-transport.file", str(tools.folder / "flows")]
        # Length-prefixed messages need no separator.
        output += ["-transport.file.sep", ""] if form == "pb" else []
    return output


def flowd_result(summary: dict, flows_expected: int) -> dict:
    flows = summary["flows"]
    if flows == 0:
        raise RunFailed("flowd decoded no flow")
    rx, tx = summary["rx_cpu_seconds"], summary["tx_cpu_seconds"]
    return {"flows": flows, "offered": flows_expected,
            "lost": flows_expected - summary["delivered"], "seconds": summary["seconds"],
            "rx_ns": rx * NS_PER_SECOND / flows, "total_ns": (rx + tx) * NS_PER_SECOND / flows}


def flowd_replay(tools: Tools, capture: dict, form: str, transport: str, flows: int,
                 profile: str = "goflow2-v1") -> dict:
    loops = max(2, round(flows / capture["flows"]))
    summary = tools.folder / "summary.json"
    ended = subprocess.run(
        [tools.flowd, "-replay", capture["path"], "-replay.loops", str(loops),
         "-profile", profile, "-summary", summary] + flowd_output(tools, form, transport),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    (tools.folder / "flows").unlink(missing_ok=True)
    if ended.returncode != 0:
        raise RunFailed(f"flowd: {ended.stderr.strip()}")
    return flowd_result(json.loads(summary.read_text()), loops * capture["flows"])


def flowd_udp(tools: Tools, capture: dict, form: str, transport: str, offer: dict,
              more: tuple = ()) -> dict:
    port = free_udp_port()
    summary = tools.folder / "summary.json"
    arguments = [tools.flowd, "-listen", f"flow://127.0.0.1:{port}", "-ingress", "udp",
                 "-summary", summary, *flowd_output(tools, form, transport), *more]
    with started(arguments, tools.folder / "flowd.log") as process:
        wait_until(lambda: udp_is_bound(port), READY_SECONDS_MAX, "flowd listens")
        sent = send(tools, capture, port, offer)
        time.sleep(0.5)
        end(process)
    (tools.folder / "flows").unlink(missing_ok=True)
    return flowd_result(json.loads(summary.read_text()), sent["flows"])


def bare_rx(tools: Tools, capture: dict, datagrams: int) -> dict:
    """rx_burst and a look at every cache line of the capture's datagrams: the floor."""
    ended = subprocess.run([tools.bare_rx, capture["path"], str(max(1, datagrams))],
                           capture_output=True, text=True)
    if ended.returncode != 0:
        raise RunFailed(ended.stderr.strip())
    said = json.loads(ended.stdout)
    per_datagram = capture["flows"] / (capture["datagrams"] + capture["templates"])
    ns = said["ns_per_datagram"] / per_datagram
    flows = round(said["datagrams"] * per_datagram)
    return {"flows": flows, "offered": flows, "lost": 0, "rx_ns": ns, "total_ns": ns,
            "ns_per_datagram": said["ns_per_datagram"]}
