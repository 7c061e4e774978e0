# SPDX-License-Identifier: BSD-3-Clause
"""One run each of flowd's peers for scripts/perf: nfcapd, sfcapd, nfacctd, and any program that a
user names. A run returns a dict, or raises RunFailed."""

import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

from perf_runs import (FINISH_SECONDS_MAX, NS_PER_SECOND, READY_SECONDS_MAX, RunFailed, Tools,
                       cpu_seconds, end, free_udp_port, make_capture, send, started, udp_is_bound,
                       wait_until)


def version(program: str) -> str | None:
    """None: not installed."""
    if shutil.which(program) is None:
        return None
    said = subprocess.run([program, "-V"], capture_output=True, text=True)
    found = re.search(r"[0-9]+(\.[0-9]+)+", said.stdout + said.stderr)
    return found.group() if found else "unknown version"


# --- nfcapd and sfcapd --------------------------------------------------------------------------


def stored_flows(folder: Path) -> int:
    flows = 0
    for path in folder.glob("*capd.*"):
        said = subprocess.run(["nfdump", "-r", path, "-I"], capture_output=True, text=True)
        found = re.search(r"^Flows: (\d+)", said.stdout, re.MULTILINE)
        flows += int(found.group(1)) if found else 0
    return flows


def nfdump_udp(tools: Tools, program: str, capture: dict, offer: dict, more: tuple = ()) -> dict:
    """nfcapd or sfcapd: receives from a socket and writes its files to memory, as it is used. Its
    flows are those that it stored."""
    port = free_udp_port()
    folder = tools.folder / program
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    arguments = [program, "-w", folder, "-b", "127.0.0.1", "-p", port, "-B", 4_000_000,
                 "-t", 3600, *more]
    with started(arguments, tools.folder / f"{program}.log") as process:
        wait_until(lambda: udp_is_bound(port), READY_SECONDS_MAX, f"{program} listens")
        time.sleep(0.2)
        before = cpu_seconds(process.pid)
        sent = send(tools, capture, port, offer)
        time.sleep(0.5)
        cpu = end(process) - before
    flows = stored_flows(folder)
    shutil.rmtree(folder, ignore_errors=True)
    if flows == 0:
        raise RunFailed(f"{program} stored no flow")
    return {"flows": flows, "offered": sent["flows"], "lost": sent["flows"] - flows,
            "rx_ns": None, "total_ns": cpu * NS_PER_SECOND / flows}


# --- any program --------------------------------------------------------------------------------


def parse_peer(text: str) -> dict:
    """Of --peer 'name=command with {port} or {pcap}, and {out}'."""
    name, equals, command = text.partition("=")
    places = [place for place in ("{port}", "{pcap}") if place in command]
    if not equals or not name.strip() or len(places) != 1:
        raise ValueError(f"--peer {text!r}: needs NAME=COMMAND with either {{port}} or {{pcap}}")
    words = shlex.split(command)
    if shutil.which(words[0]) is None:
        raise ValueError(f"--peer {text!r}: there is no program {words[0]}")
    return {"name": name.strip(), "words": words, "reads": places[0] == "{pcap}"}


def fill_in(words: list[str], **values) -> list[str]:
    for key, value in values.items():
        words = [word.replace("{" + key + "}", str(value)) for word in words]
    return words


def socket_drops(port: int) -> int:
    """Datagrams that the kernel had no room for, by /proc/net/udp's last column."""
    drops = 0
    for name in ("udp", "udp6"):
        table = Path(f"/proc/net/{name}")
        lines = table.read_text().split("\n")[1:] if table.exists() else []
        drops += sum(int(line.split()[-1]) for line in lines if f":{port:04X} " in line)
    return drops


def peer_run(tools: Tools, peer: dict, capture: dict, offer: dict) -> dict:
    """What a program of the user's takes. One that reads the capture has all of its flows; one that
    listens has what the kernel did not drop."""
    folder = tools.folder / "peer"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    run = peer_reads if peer["reads"] else peer_listens
    try:
        return run(tools, peer, capture, offer, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def reading_seconds(tools: Tools, peer: dict, path: Path, folder: Path) -> float:
    words = fill_in(peer["words"], pcap=path, out=folder)
    with started(words, tools.folder / "peer.log") as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RunFailed(f"{peer['name']} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def peer_reads(tools: Tools, peer: dict, capture: dict, _offer: dict, folder: Path) -> dict:
    """The time of the whole capture without that of one with a single datagram: the start."""
    shape = [option for option in capture["options"] if not option.startswith("--datagrams")]
    start = make_capture(tools, capture["input"], *shape, "--datagrams=1",
                         title=f"{capture['name']}-start")
    cpu = (reading_seconds(tools, peer, capture["path"], folder) -
           reading_seconds(tools, peer, start["path"], folder))
    flows = capture["flows"] - start["flows"]
    if cpu <= 0 or flows <= 0:
        raise RunFailed(f"{peer['name']} takes too little time for a capture of this size")
    return {"flows": flows, "offered": flows, "lost": 0, "rx_ns": None,
            "total_ns": cpu * NS_PER_SECOND / flows}


def peer_listens(tools: Tools, peer: dict, capture: dict, offer: dict, folder: Path) -> dict:
    port = free_udp_port()
    words = fill_in(peer["words"], port=port, out=folder)
    with started(words, tools.folder / "peer.log") as process:
        wait_until(lambda: udp_is_bound(port), READY_SECONDS_MAX, f"{peer['name']} listens")
        time.sleep(0.2)
        before = cpu_seconds(process.pid)
        sent = send(tools, capture, port, offer)
        time.sleep(0.5)
        drops = socket_drops(port)
        cpu = end(process) - before
    lost = sent["flows"] * drops // sent["datagrams"]
    flows = sent["flows"] - lost
    if flows <= 0:
        raise RunFailed(f"{peer['name']} took no datagram")
    return {"flows": flows, "offered": sent["flows"], "lost": lost, "rx_ns": None,
            "total_ns": cpu * NS_PER_SECOND / flows}


# --- nfacctd ------------------------------------------------------------------------------------


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
    return {"flows": expected, "offered": expected, "lost": 0,
            "rx_ns": core * NS_PER_SECOND / expected,
            "total_ns": total * NS_PER_SECOND / expected}
