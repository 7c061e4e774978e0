# SPDX-License-Identifier: BSD-3-Clause
"""One run each of flowd, nfcapd and nfacctd for scripts/perf: the same capture, CPU time by the
kernel's count, flows by the program's own count. A run returns a dict, or raises RunFailed."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
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
        self.flowd = build / "src/flowd"
        self.make_capture = build / "perf/perf-make-capture"
        self.sender = build / "perf/perf-udp-sender"
        self.pipeline = build / "perf/perf-pipeline"
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
    return {"name": title, "path": path, **json.loads(made.stdout)}


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


def send(tools: Tools, capture: dict, port: int, rate: float, seconds: float) -> dict:
    sent = subprocess.run([tools.sender, capture["path"], str(port), str(rate), str(seconds)],
                          capture_output=True, text=True)
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
    return {"flows": flows, "lost": flows_expected - summary["delivered"],
            "rx_ns": rx * NS_PER_SECOND / flows, "total_ns": (rx + tx) * NS_PER_SECOND / flows}


def flowd_replay(tools: Tools, capture: dict, form: str, transport: str, flows: int) -> dict:
    loops = max(2, round(flows / capture["flows"]))
    summary = tools.folder / "summary.json"
    ended = subprocess.run(
        [tools.flowd, "-replay", capture["path"], "-replay.loops", str(loops),
         "-summary", summary] + flowd_output(tools, form, transport),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    (tools.folder / "flows").unlink(missing_ok=True)
    if ended.returncode != 0:
        raise RunFailed(f"flowd: {ended.stderr.strip()}")
    return flowd_result(json.loads(summary.read_text()), loops * capture["flows"])


def flowd_udp(tools: Tools, capture: dict, form: str, transport: str, rate: float,
              seconds: float) -> dict:
    port = free_udp_port()
    summary = tools.folder / "summary.json"
    arguments = [tools.flowd, "-listen", f"flow://127.0.0.1:{port}", "-ingress", "udp",
                 "-summary", summary] + flowd_output(tools, form, transport)
    with started(arguments, tools.folder / "flowd.log") as process:
        wait_until(lambda: udp_is_bound(port), READY_SECONDS_MAX, "flowd listens")
        sent = send(tools, capture, port, rate, seconds)
        time.sleep(0.5)
        end(process)
    (tools.folder / "flows").unlink(missing_ok=True)
    return flowd_result(json.loads(summary.read_text()), sent["flows"])


# --- peers ----------------------------------------------------------------------------------------


def nfcapd_version() -> str | None:
    if shutil.which("nfcapd") is None or shutil.which("nfdump") is None:
        return None
    said = subprocess.run(["nfcapd", "-V"], capture_output=True, text=True)
    found = re.search(r"[0-9]+(\.[0-9]+)+", said.stdout + said.stderr)
    return found.group() if found else "unknown version"


def nfcapd_udp(tools: Tools, capture: dict, rate: float, seconds: float) -> dict:
    """Receives from a socket and writes its files to memory, as it is used."""
    port = free_udp_port()
    folder = tools.folder / "nfcapd"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    arguments = ["nfcapd", "-w", folder, "-b", "127.0.0.1", "-p", port, "-B", 4_000_000,
                 "-t", 3600]
    with started(arguments, tools.folder / "nfcapd.log") as process:
        wait_until(lambda: udp_is_bound(port), READY_SECONDS_MAX, "nfcapd listens")
        time.sleep(0.2)
        before = cpu_seconds(process.pid)
        sent = send(tools, capture, port, rate, seconds)
        time.sleep(0.5)
        cpu = end(process) - before
    flows = 0
    for path in folder.glob("nfcapd.*"):
        said = subprocess.run(["nfdump", "-r", path, "-I"], capture_output=True, text=True)
        found = re.search(r"^Flows: (\d+)", said.stdout, re.MULTILINE)
        flows += int(found.group(1)) if found else 0
    shutil.rmtree(folder, ignore_errors=True)
    if flows == 0:
        raise RunFailed("nfcapd stored no flow")
    return {"flows": flows, "lost": sent["flows"] - flows, "rx_ns": None,
            "total_ns": cpu * NS_PER_SECOND / flows}


def nfacctd_version() -> str | None:
    if shutil.which("nfacctd") is None:
        return None
    said = subprocess.run(["nfacctd", "-V"], capture_output=True, text=True)
    found = re.search(r"[0-9]+(\.[0-9]+)+", said.stdout + said.stderr)
    return found.group() if found else "unknown version"


# One aggregate of everything is the least that its plugin can do; large buffers, as its
# documentation advises for high rates.
NFACCTD_CONFIGURATION = """daemonize: false
pcap_savefile: {capture}
pcap_savefile_replay: {loops}
pcap_savefile_wait: true
plugins: print[all]
aggregate[all]: flows
print_output[all]: csv
print_output_file[all]: {output}
print_refresh_time[all]: 86400
plugin_pipe_size: 268435456
plugin_buffer_size: 131072
"""


def children(pid: int) -> list[int]:
    said = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in said.split()]


def nfacctd_pcap(tools: Tools, capture: dict, flows: int) -> dict:
    """Reads the capture itself. Its core process decodes, its plugin aggregates: rx is the core."""
    loops = max(2, round(flows / capture["flows"]))
    configuration = tools.folder / "nfacctd.conf"
    output = tools.folder / "nfacctd.csv"
    output.unlink(missing_ok=True)
    log = tools.folder / "nfacctd.log"
    configuration.write_text(NFACCTD_CONFIGURATION.format(
        capture=capture["path"], loops=loops, output=output))
    with started(["nfacctd", "-f", configuration], log) as process:
        plugins = []
        try:
            # It sleeps before it reads; what it has used by then is its start.
            wait_until(lambda: "reading NetFlow" in log.read_text(), READY_SECONDS_MAX,
                       "nfacctd reads")
            time.sleep(0.5)
            plugins = children(process.pid)
            core_before = cpu_seconds(process.pid)
            plugins_before = sum(cpu_seconds(pid) for pid in plugins)
            wait_until(lambda: "finished reading" in log.read_text(), FINISH_SECONDS_MAX,
                       "nfacctd finishes")
            time.sleep(1)
            core = cpu_seconds(process.pid) - core_before
            total = core + sum(cpu_seconds(pid) for pid in plugins) - plugins_before
            process.send_signal(signal.SIGINT)
            wait_until(lambda: output.exists() and output.stat().st_size > 0, READY_SECONDS_MAX,
                       "nfacctd writes its counts")
            time.sleep(0.2)
        finally:
            for pid in plugins:  # they outlive a core that is killed
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
    expected = loops * capture["flows"]
    counted = [int(row.split(",")[1]) for row in output.read_text().split("\n")[1:] if row]
    decoded = sum(counted)
    if "missing data" in log.read_text() or decoded < expected * 0.99:
        raise RunFailed(f"nfacctd lost flows: {decoded} of {expected}")
    return {"flows": expected, "lost": 0, "rx_ns": core * NS_PER_SECOND / expected,
            "total_ns": total * NS_PER_SECOND / expected}
