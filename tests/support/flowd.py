# SPDX-License-Identifier: BSD-3-Clause
"""Runs the flowd under test: finds it, replays captures, starts and ends live runs, reads its
summary. Every process that is started here is ended here, by its own handle."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CAPTURES = ROOT / "tests/captures"
SKIPPED = 77
TIMEOUT_SECONDS = 120
BUSY_MACHINE = 3  # times as slow as an idle one


def skip(reason: str):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def binary() -> str:
    path = Path(os.environ.get("FLOWD", ROOT / "build/src/flowd"))
    if not path.exists():
        skip(f"{path} is not built")
    return str(path.resolve())


def need(*tools: str):
    """Ends the test as skipped when a tool is missing. Debian keeps exporters in /usr/sbin."""
    os.environ["PATH"] = os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin"
    for tool in tools:
        if shutil.which(tool) is None:
            skip(f"{tool} is not installed")


def run(arguments: list, **options) -> subprocess.CompletedProcess:
    """flowd to its end; output is bytes."""
    options.setdefault("timeout", TIMEOUT_SECONDS)
    options.setdefault("stdin", subprocess.DEVNULL)
    if "stdout" not in options:
        options["stdout"] = subprocess.PIPE
    return subprocess.run([binary(), *map(str, arguments)], stderr=subprocess.PIPE, **options)


def flows_of(output: bytes) -> list[dict]:
    return [json.loads(line) for line in output.splitlines()]


def replay(capture: Path, folder: Path, *arguments) -> tuple[list[dict], dict]:
    """The flows of a capture and the run's summary; a failed run is an AssertionError."""
    summary = folder / "summary.json"
    done = run(["-replay", capture, "-summary", summary, *arguments])
    assert done.returncode == 0, f"exit {done.returncode}: {done.stderr.decode()}"
    return flows_of(done.stdout), json.loads(summary.read_text())


def unbalanced(summary: dict) -> str:
    """What is wrong with a summary's equations; empty when they hold."""
    drops, transports = summary["drops"], summary["transports"]
    wrong = []
    if summary["datagrams"] != summary["decoded"] + sum(drops["datagrams"].values()):
        wrong.append(f"datagrams are not decoded + drops: {summary}")
    for each in transports:
        if each["offered"] + each["spool_restored"] != (
                each["delivered"] + sum(each["drops"].values()) + each["spool_left"]):
            wrong.append(f"{each['name']}: offered is not delivered + drops: {each}")
    if summary["delivered"] != sum(each["delivered"] for each in transports):
        wrong.append(f"delivered is not the transports' sum: {summary}")
    if len(transports) == 1 and transports[0]["offered"] != summary["flows"]:
        wrong.append(f"flows are not offered: {summary}")
    return "; ".join(wrong)


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def free_tcp_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds: float, what: str):
    """`seconds` of a machine that has nothing else to do."""
    seconds *= BUSY_MACHINE
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s: {what}")
        time.sleep(0.05)


def cpu_seconds(stat: Path) -> float:
    """Of a process or a thread (its file in /proc), in its own code and in the kernel."""
    behind_name = stat.read_text().rpartition(")")[2].split()
    return (int(behind_name[11]) + int(behind_name[12])) / os.sysconf("SC_CLK_TCK")


def backlog_bytes(port: int) -> int:
    """That wait in sockets of UDP with this port."""
    lines = Path("/proc/net/udp").read_text().splitlines()[1:]
    return sum(int(line.split()[4].split(":")[1], 16) for line in lines
               if line.split()[1].endswith(f":{port:04X}"))


def udp_port_is_bound(port: int) -> bool:
    """Whether a socket of this machine has the port (its inode's own table says so)."""
    wanted = f":{port:04X} "
    for table in ("/proc/net/udp", "/proc/net/udp6"):
        if any(wanted in line[:60] for line in Path(table).read_text().splitlines()[1:]):
            return True
    return False


class Live:
    """A flowd that runs until it is told to stop. Its output goes to a file in `folder`.
    `notifies`: who starts it also calls wait_until_ready()."""

    def __init__(self, folder: Path, *arguments, notifies: bool = False):
        self.output = folder / "flows.jsonl"
        self.errors = folder / "flowd.log"
        self.summary_path = folder / "summary.json"
        command = [binary(), "-summary", self.summary_path, *arguments]
        if not {"-http.listen", "-metrics.addr", "-addr"} & set(map(str, arguments)):
            command += ["-http.listen", ""]  # :8080 is for one flowd of a machine
        environment = dict(os.environ)
        self.notices = None
        if notifies:  # as a service manager hears it: sd_notify(3)
            self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self.notices.bind(str(folder / "notify.sock"))
            environment["NOTIFY_SOCKET"] = str(folder / "notify.sock")
        with open(self.output, "wb") as out, open(self.errors, "wb") as log:
            self.process = subprocess.Popen([str(each) for each in command], stdout=out,
                                            stderr=log, stdin=subprocess.DEVNULL,
                                            env=environment)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.notices is not None:
            self.notices.close()

    def wait_until_ready(self, seconds: float = 30):
        """Hears no more notices after that: a queue that nobody empties would stop flowd."""
        self.notices.settimeout(0.2)

        def is_ready() -> bool:
            try:
                return b"READY=1" in self.notices.recv(4096)
            except TimeoutError:
                return self.process.poll() is not None

        wait_until(is_ready, seconds, "flowd is not ready")
        assert self.process.poll() is None, self.errors.read_text()
        self.notices.close()

    def wait_for_port(self, port: int):
        wait_until(lambda: udp_port_is_bound(port) or self.process.poll() is not None, 10,
                   f"flowd does not listen on {port}")
        # Several sockets of a port take nothing before all of them are there.
        wait_until(lambda: b"collecting on" in self.errors.read_bytes() or
                   self.process.poll() is not None, 10, "flowd does not collect")
        assert self.process.poll() is None, self.errors.read_text()

    def flows(self) -> list[dict]:
        """Whole lines so far."""
        data = self.output.read_bytes()
        return flows_of(data[:data.rfind(b"\n") + 1])

    def stop(self, number: int = signal.SIGINT) -> int:
        """The exit code after a signal."""
        self.process.send_signal(number)
        return self.process.wait(timeout=15 * BUSY_MACHINE)

    def summary(self) -> dict:
        return json.loads(self.summary_path.read_text())
