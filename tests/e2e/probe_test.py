#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""flowd -probe on this machine, as root and as an ordinary user: what it says of CPUs, hugepages
and devices is what /sys and /proc say, and refusals come with exit status 1."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd  # noqa: E402

NOBODY = 65534
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


def text(path) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def probe(*arguments, prefix=()) -> tuple[int, str, str]:
    done = subprocess.run([*prefix, flowd.binary(), "-probe", *arguments], capture_output=True,
                          text=True, timeout=flowd.TIMEOUT_SECONDS, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


def rows(report: str) -> dict[tuple[str, str], dict[str, str]]:
    """By section and item: rows by name, wrapped lines joined."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    section = item = name = ""
    for line in report.splitlines():
        if re.match(r"\S", line):
            section, item = line, ""
        elif re.match(r"  \S", line):
            item = line.strip()
            found[section, item] = {}
        elif re.match(r"    \S", line):
            name, value = line[4:22].strip(), line[22:].strip()
            found.setdefault((section, item), {})[name] = value
        elif line.strip():
            found[section, item][name] += " " + line.strip()
    return found


def expect(actual, wanted, what: str):
    assert actual == wanted, f"{what}: {actual!r} instead of {wanted!r}"


def check_cpus(said: dict):
    cpu = Path("/sys/devices/system/cpu")
    expect(said["CPUs", ""]["online"], text(cpu / "online"), "online")
    expect(said["CPUs", ""]["isolated"], text(cpu / "isolated") or "none", "isolated")
    allowed = re.search(r"Cpus_allowed_list:\s*(\S+)", text("/proc/self/status"))
    expect(said["CPUs", ""]["for this process"], allowed.group(1), "allowed")
    for node in Path("/sys/devices/system/node").glob("node[0-9]*"):
        expect(said["CPUs", ""]["node " + node.name[4:]], text(node / "cpulist") or "none",
               node.name)


def check_memory(said: dict, prefix):
    units = {"KiB": 1, "MiB": 1024, "GiB": 1024 * 1024}
    pools = re.findall(r"(\d+) (\wiB): (\d+) free of (\d+)", said["Memory", ""]["hugepages"])
    kernel = {pool.name: text(pool / "nr_hugepages")
              for pool in Path("/sys/kernel/mm/hugepages").glob("hugepages-*")}
    expect({f"hugepages-{int(size) * units[unit]}kB": total
            for size, unit, _, total in pools}, kernel, "hugepages")
    # Others use this machine, too: how many are free may have changed.
    expect([int(free) <= int(total) for _, _, free, total in pools], [True] * len(pools), "free")
    limit = subprocess.run([*prefix, "sh", "-c", "ulimit -l"], capture_output=True,
                           text=True).stdout.strip()
    memlock = said["Memory", ""]["memlock"]
    if limit == "unlimited":
        expect(memlock, "no limit", "memlock")
    else:
        size, unit = memlock.split()
        expect(str(int(size) * units[unit]), limit, "memlock")


def check_devices(said: dict):
    nics = {}
    for device in Path("/sys/bus/pci/devices").glob("*"):
        if text(device / "class").startswith("0x02"):
            driver = device / "driver"
            nics[device.name] = driver.resolve().name if driver.exists() else "none"
    shown = {item.split()[0]: row["driver"] for (section, item), row in said.items()
             if section == "Network devices" and ":" in item}
    expect(shown, nics, "PCI devices")
    interfaces = {path.name for path in Path("/sys/class/net").iterdir() if path.is_dir()} - {"lo"}
    names = {re.sub(r".*\((.*)\)", r"\1", item) for section, item in said
             if section == "Network devices" and item != "none"}
    expect(names - nics.keys(), interfaces, "interfaces")
    defaults = {line.split()[0] for line in text("/proc/net/route").splitlines()[1:]
                if line.split()[1] == "00000000" and line.split()[7] == "00000000"}
    for (section, item), row in said.items():
        name = re.sub(r".*\((.*)\)", r"\1", item)
        if section == "Network devices" and name in defaults:
            expect(row["default route"], "yes", name)
            assert name in row["flowd can"], row


def check_machine(prefix=()) -> dict:
    code, report, errors = probe("-dpdk.hugepages", "off", "-dpdk.eal", "--no-pci",
                                 "-port.device", "net_null0", "-ingress", "dpdk",
                                 "-dpdk.queues", "2", prefix=prefix)
    assert code == 0, f"exit {code}: {report} {errors}"
    assert all(len(line) <= 100 or " " not in line[22:] for line in report.splitlines()), report
    said = rows(report)
    check_cpus(said)
    check_memory(said, prefix)
    check_devices(said)
    port = said["DPDK ports", "net_null0"]
    expect(port["driver"], "net_null", "driver")
    expect(said["With these settings", ""]["RX queues"], "2", "queues")
    return said


def check_json(said: dict):
    """The same in both forms."""
    done = flowd.run(["-probe.json", "-dpdk.hugepages", "off", "-dpdk.eal", "--no-pci",
                      "-port.device", "net_null0", "-ingress", "dpdk", "-dpdk.queues", "2"])
    expect(done.returncode, 0, "exit of -probe.json")
    page = json.loads(done.stdout)
    for (section, item), named in said.items():
        place = page[section][item] if item else page[section]
        for name, value in named.items():
            if name == "hugepages" or section == "What stands in the way":
                continue  # others use this machine, too
            given = place[name] if isinstance(place[name], list) else [place[name]]
            expect(" ".join(given), value, f"{section} {item} {name}")


def check_refusals():
    """What the probe says a start would refuse, a start refuses."""
    virtual = ["-ingress", "dpdk", "-dpdk.hugepages", "off", "-dpdk.eal", "--no-pci"]
    refused = [
        (["-ingress", "dpdk", "-port.device", "0000:ff:1f.7"], "0000:ff:1f.7 is no network device"),
        ([*virtual, "-port.device", "net_null0", "-rx.cores", "1000"], "CPUs 1000 are not online"),
        ([*virtual, "-port.device", "net_ring0", "-port.queues", "64"], "64 is above the"),
        ([*virtual, "-port.device", "net_null0", "-port.mtu", "45"], "45 is not within"),
        ([*virtual, "-port.device", "net_nobody0"], "net_nobody0"),
    ]
    for arguments, sentence in refused:
        code, report, errors = probe(*arguments)
        expect(code, 1, f"{arguments}: exit of the probe: {report} {errors}")
        assert sentence in " ".join(report.split()), report
        started = flowd.run([*arguments, "-transport", "null"])
        expect(started.returncode, 1, f"{arguments}: exit of a start: {started.stderr.decode()}")


def main():
    flowd.binary()
    check_json(check_machine())
    check_refusals()
    code, report, errors = probe()
    assert "What stands in the way" in report and "Network devices" in report, report + errors
    ran = ["this user"]
    if os.geteuid() == 0 and shutil.which("setpriv"):
        said = check_machine(AS_NOBODY)
        lacking = [row["flowd can"] for row in said.values() if "flowd can" in row]
        assert all("CAP_NET_RAW" in ways for ways in lacking if "af_packet" in ways), lacking
        ran.append("nobody")
    print(f"the report is right for {' and '.join(ran)}; without arguments exit {code}")


if __name__ == "__main__":
    main()
