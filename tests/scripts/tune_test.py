#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""flowd-tune and the reservation of hugepages against a machine of files: what is found, and what
is written."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TUNE, RESERVE = ROOT / "scripts/tune", ROOT / "systemd/reserve-hugepages"
PAGES = "sys/kernel/mm/hugepages/hugepages-2048kB"
NODE_PAGES = "sys/devices/system/node/node1/hugepages/hugepages-2048kB"
GOVERNOR = "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"
TRANSPARENT = "sys/kernel/mm/transparent_hugepage/enabled"
RMEM, BACKLOG = ("proc/sys/net/core/" + name for name in ("rmem_max", "netdev_max_backlog"))

BAD = {
    "sys/devices/system/cpu/online": "0-7",
    "sys/devices/system/cpu/isolated": "",
    GOVERNOR: "powersave",
    "sys/devices/system/cpu/cpu1/cpufreq/scaling_governor": "performance",
    "sys/devices/system/cpu/cpu2/topology/thread_siblings_list": "2,6",
    "sys/devices/system/cpu/cpu6/topology/thread_siblings_list": "2,6",
    f"{PAGES}/nr_hugepages": "0",
    f"{PAGES}/free_hugepages": "0",
    f"{NODE_PAGES}/nr_hugepages": "0",
    f"{NODE_PAGES}/free_hugepages": "0",
    "sys/devices/system/node/node1/cpulist": "4-7",
    "sys/bus/pci/devices/0000:3b:00.0/numa_node": "1",
    TRANSPARENT: "[always] madvise never",
    RMEM: "212992",
    BACKLOG: "1000",
    "proc/irq/24/smp_affinity_list": "0-7",
    "proc/irq/25/smp_affinity_list": "2",
    "proc/irq/26/smp_affinity_list": "0-1",
    "proc/cmdline": "quiet isolcpus=managed_irq,2 nohz_full=2,6",
    "proc/812/comm": "irqbalance",
}
GOOD = BAD | {
    GOVERNOR: "performance",
    f"{PAGES}/nr_hugepages": "512",
    f"{PAGES}/free_hugepages": "500",
    TRANSPARENT: "always [madvise] never",
    RMEM: "67108864",
    BACKLOG: "10000",
    "proc/irq/24/smp_affinity_list": "0-1",
    "proc/irq/25/smp_affinity_list": "0",
    "proc/cmdline": "isolcpus=managed_irq,2-3 nohz_full=2,3 rcu_nocbs=2-3",
    "sys/kernel/iommu_groups/0/type": "DMA",
}


class TuneTest(unittest.TestCase):
    def machine(self, files: dict[str, str]) -> Path:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        root = Path(scratch.name)
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text + "\n")
        return root

    def run_tune(self, root: Path, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, TUNE, "--root", root, *arguments],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)

    def findings(self, root: Path, *arguments: str) -> dict[str, dict]:
        done = self.run_tune(root, "--json", *arguments)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        found = {each["name"]: each for each in json.loads(done.stdout)}
        self.assertEqual(done.returncode, 0 if all(e["good"] for e in found.values()) else 1)
        return found

    def test_a_tuned_machine_is_good(self):
        root = self.machine(GOOD)
        found = self.findings(root, "--cores", "2,3")
        self.assertEqual([each for each in found.values() if not each["good"]], [])
        self.assertIn("512 of 2048kB (500 free)", found["hugepages"]["text"])

    def test_each_fault_is_found(self):
        found = self.findings(self.machine(BAD), "--cores", "2,6", "--device", "3b:00.0")
        self.assertEqual({name for name, each in found.items() if each["good"]}, set())
        self.assertIn("on node 1", found["hugepages"]["text"])
        self.assertIn("2 may come to CPUs 2,6", found["interrupts"]["text"])
        self.assertIn("IRQBALANCE_BANNED_CPULIST=2,6", found["interrupts"]["text"])
        self.assertIn("isolcpus=2,6 rcu_nocbs=2,6", found["isolation"]["text"])
        self.assertIn("2+6", found["siblings"]["text"])
        self.assertIn("CPUs 2 are not of the device's node 1", found["node"]["text"])

    def test_applies_what_can_be_undone(self):
        root = self.machine(BAD)
        done = self.run_tune(root, "--cores", "2", "--apply")
        self.assertEqual(done.returncode, 1)
        self.assertIn("nothing was done", done.stdout)
        self.assertEqual((root / RMEM).read_text(), "212992\n")

        done = self.run_tune(root, "--cores", "2", "--apply", "--yes")
        self.assertEqual(done.returncode, 0, done.stderr)
        for name, value in {RMEM: "67108864", BACKLOG: "10000", GOVERNOR: "performance",
                            TRANSPARENT: "madvise", f"{PAGES}/nr_hugepages": "256",
                            "proc/irq/24/smp_affinity_list": "0-1,3-7",
                            "proc/irq/25/smp_affinity_list": "0-1,3-7",
                            "proc/irq/26/smp_affinity_list": "0-1",
                            "proc/cmdline": BAD["proc/cmdline"]}.items():
            self.assertEqual((root / name).read_text().strip(), value, name)
        undo = done.stdout.split("to undo it:")[1]
        for line in (f"echo 212992 > {root / RMEM}", f"echo powersave > {root / GOVERNOR}",
                     f"echo 2 > {root / 'proc/irq/25/smp_affinity_list'}"):
            self.assertIn(line, undo)

    def test_what_cannot_be_set_is_said(self):
        root = self.machine(GOOD)
        (root / RMEM).unlink()
        (root / RMEM).symlink_to("/proc/version")  # nobody may write there
        done = self.run_tune(root, "--apply", "--yes")
        self.assertEqual(done.returncode, 1)
        self.assertIn("not set: ", done.stderr)

    def test_isolated_cpus_are_those_that_receive(self):
        root = self.machine(BAD | {"sys/devices/system/cpu/isolated": "2"})
        self.assertIn("CPUs 2", self.findings(root)["interrupts"]["text"])

    def test_wrong_arguments_are_said(self):
        root = self.machine(GOOD)
        for arguments, sentence in ((("--cores", "2-x"), "no CPU and no range"),
                                    (("--cores", "8"), "no CPU 8"),
                                    (("--device", "eth9"), "no device eth9")):
            done = self.run_tune(root, *arguments)
            self.assertEqual(done.returncode, 2, done.stdout)
            self.assertIn(sentence, done.stderr)


class HugepagesTest(unittest.TestCase):
    machine = TuneTest.machine

    def reserve(self, root: Path, wanted: str) -> subprocess.CompletedProcess:
        return subprocess.run(["sh", RESERVE], capture_output=True, text=True,
                              env=os.environ | {"FLOWD_ROOT": str(root), "HUGEPAGES": wanted})

    def test_reserves_by_node_and_never_takes_away(self):
        root = self.machine(BAD)
        done = self.reserve(root, ":2M:64 1:2M:32")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("64 pages of 2M (before: 0)", done.stdout)
        self.assertIn("32 pages of 2M on node 1 (before: 0)", done.stdout)
        self.assertEqual((root / f"{PAGES}/nr_hugepages").read_text(), "64\n")
        self.assertEqual((root / f"{NODE_PAGES}/nr_hugepages").read_text(), "32\n")
        self.assertEqual(self.reserve(root, "1:2M:8").returncode, 0)
        self.assertEqual((root / f"{NODE_PAGES}/nr_hugepages").read_text(), "32\n")

    def test_what_is_wrong_is_said_and_the_rest_done(self):
        root = self.machine(BAD)
        for wrong, sentence in (("5:2M:8", "has no"), (":4K:8", "a size is"), ("2M:8", "entry is"),
                                ("0:2M:many", "no number"), ("../x:2M:1", "no NUMA node")):
            done = self.reserve(root, f"{wrong} 1:2M:9")
            self.assertEqual(done.returncode, 1, wrong)
            self.assertIn(sentence, done.stderr)
            self.assertEqual((root / f"{NODE_PAGES}/nr_hugepages").read_text(), "9\n")


if __name__ == "__main__":
    unittest.main()
