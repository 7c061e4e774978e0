#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""flowd-nic against a machine of files: what it shows, what it refuses, what it writes where."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

NIC = Path(__file__).resolve().parents[2] / "scripts/nic"
ROUTES = ("Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
          "bond0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
          "eth1\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n")
# 3b:00.0 eth0 in bond0, which has the default route; 3b:00.1 eth1, free; 5e:00.0 virtio; a disk.
MANAGEMENT, FREE, VIRTIO, DISK = ("0000:3b:00.0", "0000:3b:00.1", "0000:5e:00.0", "0000:01:00.0")


class FakeMachine:
    def __init__(self, root: Path):
        self.root = root
        self.devices = root / "sys/devices/pci0000:00"
        for driver in ("ixgbe", "virtio-pci", "nvme", "vfio-pci"):
            (root / "sys/bus/pci/drivers" / driver).mkdir(parents=True)
        (root / "sys/bus/pci/devices").mkdir(parents=True)
        (root / "sys/class/net").mkdir(parents=True)
        self.write("sys/bus/pci/drivers_probe", "")
        for pci, driver, kind in ((MANAGEMENT, "ixgbe", "0x020000"), (FREE, "ixgbe", "0x020000"),
                                  (VIRTIO, "virtio-pci", "0x020000"), (DISK, "nvme", "0x010802")):
            self.add_pci(pci, driver, kind)
        self.add_interface("eth0", self.devices / MANAGEMENT, "up")
        self.add_interface("eth1", self.devices / FREE, "down")
        (self.devices / VIRTIO / "virtio0").mkdir()
        self.add_interface("ens5", self.devices / VIRTIO / "virtio0", "up")
        for name in ("bond0", "lo"):
            self.write(f"sys/class/net/{name}/operstate", "up")
        (root / "sys/class/net/bond0/lower_eth0").symlink_to("../eth0")
        self.write("proc/net/route", ROUTES)
        self.write("ip-address.json", json.dumps(
            [{"ifname": "eth1", "addr_info": [{"local": "192.0.2.7", "prefixlen": 24}]}]))

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def text(self, name: str) -> str:
        return (self.root / name).read_text()

    def add_pci(self, pci: str, driver: str, kind: str) -> None:
        folder = self.devices / pci
        (folder / "iommu_group/devices").mkdir(parents=True)
        (folder / "iommu_group/devices" / pci).touch()
        (folder / "class").write_text(kind + "\n")
        (folder / "numa_node").write_text("1\n")
        (folder / "driver_override").write_text("(null)\n")
        (self.root / "sys/bus/pci/devices" / pci).symlink_to(folder)
        (self.root / "sys/bus/pci/drivers" / driver / "unbind").touch()
        self.set_driver(pci, driver)

    def set_driver(self, pci: str, driver: str | None) -> None:
        """What a kernel would have done."""
        link = self.devices / pci / "driver"
        link.unlink(missing_ok=True)
        if driver:
            link.symlink_to(self.root / "sys/bus/pci/drivers" / driver)

    def add_interface(self, name: str, device: Path, link: str) -> None:
        self.write(f"sys/class/net/{name}/operstate", link + "\n")
        (self.root / "sys/class/net" / name / "device").symlink_to(device)


class NicTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.machine = FakeMachine(Path(scratch.name))

    def run_nic(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, NIC, "--root", self.machine.root, *arguments],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)

    def good(self, *arguments: str) -> str:
        done = self.run_nic(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def refused(self, *arguments: str) -> str:
        done = self.run_nic(*arguments)
        self.assertEqual(done.returncode, 1, done.stdout)
        return done.stderr

    def override(self, pci: str) -> str:
        return (self.machine.devices / pci / "driver_override").read_text()

    def test_shows_what_there_is(self):
        devices = {each["pci"] or each["interfaces"][0]: each
                   for each in json.loads(self.good("--json"))}
        self.assertEqual(set(devices), {MANAGEMENT, FREE, VIRTIO, "bond0"})
        self.assertTrue(devices[MANAGEMENT]["is_default_route"], "through the bond")
        self.assertFalse(devices[FREE]["is_default_route"])
        self.assertEqual(devices[FREE], {
            "pci": FREE, "driver": "ixgbe", "node": 1, "interfaces": ["eth1"], "link": "down",
            "addresses": ["192.0.2.7/24"], "is_default_route": False})
        self.assertEqual(devices[VIRTIO]["interfaces"], ["ens5"])
        self.assertIn("192.0.2.7/24", self.good("show"))

    def test_an_ipv6_default_route_counts(self):
        self.machine.write("proc/net/ipv6_route", " ".join(
            ["0" * 32, "00", "0" * 32, "00", "fe80" + "0" * 28, "00000400", "1", "0", "3", "eth1"]))
        self.assertIn("default route", self.refused("bind", "eth1", "--yes"))

    def test_prints_first_and_does_nothing_without_yes(self):
        for extra in ((), ("--dry-run",), ("--dry-run", "--yes")):
            said = self.good("bind", "eth1", *extra)
            self.assertIn("ixgbe -> vfio-pci", said)
            self.assertIn("192.0.2.7/24", said)
            self.assertIn("nothing was done", said)
        self.assertEqual(self.override(FREE), "(null)\n")
        self.assertEqual(self.machine.text("sys/bus/pci/drivers_probe"), "")
        self.assertFalse((self.machine.root / "var").exists())

    def test_binds_and_restores(self):
        self.good("bind", "3b:00.1", "--yes")
        self.assertEqual(self.override(FREE), "vfio-pci")
        self.assertEqual(self.machine.text("sys/bus/pci/drivers/ixgbe/unbind"), FREE)
        self.assertEqual(self.machine.text("sys/bus/pci/drivers_probe"), FREE)
        record = json.loads(self.machine.text(f"var/lib/flowd-nic/{FREE}.json"))
        self.assertEqual(record, {"driver": "ixgbe", "interfaces": ["eth1"], "tool": "sysfs"})

        self.machine.set_driver(FREE, "vfio-pci")
        (self.machine.root / "sys/bus/pci/drivers/vfio-pci/unbind").touch()
        self.assertIn("has the driver vfio-pci already", self.refused("bind", FREE, "--yes"))
        self.machine.write("sys/bus/pci/drivers_probe", "")
        self.assertIn("vfio-pci -> ixgbe", self.good("restore", FREE, "--yes"))
        self.assertEqual(self.override(FREE), "\n")
        self.assertEqual(self.machine.text("sys/bus/pci/drivers/vfio-pci/unbind"), FREE)
        self.assertEqual(self.machine.text("sys/bus/pci/drivers_probe"), FREE)
        self.assertFalse((self.machine.root / f"var/lib/flowd-nic/{FREE}.json").exists())

    def test_a_bind_that_broke_off_can_be_undone(self):
        self.good("bind", FREE, "--yes")
        self.machine.set_driver(FREE, None)
        self.good("bind", FREE, "--yes")
        self.assertIn("no driver -> ixgbe", self.good("unbind", FREE, "--yes"))

    def test_the_default_route_needs_force(self):
        for name in ("eth0", MANAGEMENT):
            self.assertIn("--force", self.refused("bind", name, "--yes"))
        self.assertEqual(self.override(MANAGEMENT), "(null)\n")
        self.good("bind", "eth0", "--yes", "--force")
        self.assertEqual(self.override(MANAGEMENT), "vfio-pci")

    def test_says_what_vfio_will_stumble_over(self):
        (self.machine.devices / FREE / "iommu_group/devices" / MANAGEMENT).touch()
        self.assertIn(f"{MANAGEMENT} is in the same IOMMU group", self.good("bind", "eth1"))
        group = self.machine.devices / VIRTIO / "iommu_group"
        (group / "devices" / VIRTIO).unlink()
        (group / "devices").rmdir()
        group.rmdir()
        (self.machine.root / "sys/bus/pci/drivers/vfio-pci").rmdir()
        said = self.good("bind", "ens5")
        self.assertIn("no IOMMU", said)
        self.assertIn("  modprobe vfio-pci\n", said)

    def test_refuses_what_is_no_network_device(self):
        self.assertIn("no network device", self.refused("bind", DISK, "--yes"))
        self.assertIn("no network device", self.refused("bind", "eth9", "--yes"))
        self.assertIn("no PCI device", self.refused("bind", "bond0", "--yes"))
        self.assertIn("which is the kernel's", self.refused("restore", "eth1", "--yes"))

    def test_what_the_kernel_refuses_is_said(self):
        (self.machine.root / "sys/bus/pci/drivers_probe").unlink()
        (self.machine.root / "sys/bus/pci/drivers_probe").mkdir()
        self.assertIn("drivers_probe", self.refused("bind", "eth1", "--yes"))


if __name__ == "__main__":
    unittest.main()
