#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The package installed into a copy of this machine (an overlay, thrown away afterwards), in which
systemd is started as PID 1 of namespaces of its own: the service comes up, collects, reloads, is
started anew after a kill, takes a drop-in, stops, and a purge leaves nothing.

Needs root, overlayfs, and a cgroup of version 2. Arguments: the build folder, the source folder.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd  # noqa: E402

# $1: the machine's root, $2: a log. The kernel's own settings are not this systemd's to change.
BOOT = r"""
set -e
cd "$1"
mount --make-rprivate /
mount -t proc proc proc
mount --bind proc/sys proc/sys && mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
for name in null zero full random urandom tty; do
    touch dev/$name
    mount --bind /dev/$name dev/$name
done
mkdir dev/pts dev/shm
mount -t devpts devpts dev/pts
mount -t tmpfs tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ip link set lo up
mkdir -p oldroot
pivot_root . oldroot
cd /
umount -l oldroot
exec env -i container=flowd-test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd \
    --system --log-target=journal --unit=flowd.service </dev/null >/dev/null 2>&1
"""
SEND = """
import socket, struct
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for index in range(10):
    header = struct.pack("!HHIIIIBBH", 5, 30, 1000, 1700000000, 0, 30 * index, 0, 0, 0)
    sender.sendto(header + bytes(48) * 30, ("127.0.0.1", 2055))
"""
SEND_FRAMES = """
import socket, struct, sys
sys.path.insert(0, sys.argv[1])
from support import packets
sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind(("peer0", 0))
header = struct.pack("!HHIIIIBBH", 5, 30, 1000, 1700000000, 0, 0, 0, 0, 0)
datagram = packets.udp_packet("192.0.2.1", "192.0.2.2", 5, 2055, header + bytes(48) * 30)
for _ in range(10):
    sender.send(packets.ethernet(datagram))
"""


def run(*command, status: int | None = 0, **options) -> subprocess.CompletedProcess:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=100, **options)
    if status is not None and done.returncode != status:
        raise AssertionError(f"{command} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done


class Box:
    """A copy of this machine, with a systemd of its own."""

    def __init__(self, folder: Path):
        self.folder, self.root = folder, folder / "root"
        self.cgroup: Path | None = None
        self.manager: subprocess.Popen | None = None
        self.pid = 0

    def mount(self) -> None:
        run("mount", "-t", "tmpfs", "tmpfs", self.folder)
        for name in ("upper", "work", "root"):
            (self.folder / name).mkdir()
        run("mount", "-t", "overlay", "overlay", "-o",
            f"lowerdir=/,upperdir={self.folder}/upper,workdir={self.folder}/work", self.root)

    def make_cgroup(self) -> None:
        """One of its own, so that the machine's stays as it is."""
        [mount] = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()
                   if line.split()[2] == "cgroup2"][:1]
        [own] = [line[3:] for line in Path("/proc/self/cgroup").read_text().splitlines()
                 if line.startswith("0::")]
        self.cgroup = Path(mount) / own.lstrip("/") / f"flowd-test-{os.getpid()}"
        self.cgroup.mkdir()

    def install(self, package: Path) -> None:
        shutil.copy(package, self.root / "root/flowd.deb")
        for name in ("run", "tmp"):  # of the machine; here they are systemd's
            run("mount", "-t", "tmpfs", "tmpfs", self.root / name)
        run("mount", "-t", "proc", "proc", self.root / "proc")
        run("chroot", self.root, "dpkg", "--install", "--force-depends", "--no-triggers",
            "/root/flowd.deb")
        for name in ("run", "tmp", "proc"):
            run("umount", self.root / name)
        masked = self.root / "etc/systemd/system"
        for unit in (self.root / "lib/systemd/system").glob("*wait-online*.service"):
            link = masked / unit.name
            if not link.is_symlink():
                link.symlink_to("/dev/null")

    def boot(self) -> None:
        def join() -> None:
            (self.cgroup / "cgroup.procs").write_text(str(os.getpid()))
        self.manager = subprocess.Popen(
            ["unshare", "--pid", "--mount", "--uts", "--ipc", "--net", "--cgroup", "--fork",
             "--kill-child", "bash", "-c", BOOT, "boot", str(self.root)],
            preexec_fn=join, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE)
        children = Path(f"/proc/{self.manager.pid}/task/{self.manager.pid}/children")

        def is_up() -> bool:
            if self.manager.poll() is not None:
                raise OSError(self.manager.stderr.read().decode())
            self.pid = int((children.read_text().split() or ["0"])[0])
            return self.pid != 0 and self.state("ActiveState") in ("active", "failed")
        try:
            flowd.wait_until(is_up, 40, "flowd does not come up in the box")
        except AssertionError as error:
            said = self.run("sh", "-c", "systemctl list-jobs --no-pager; "
                            "journalctl --no-pager -n 30", status=None)
            raise AssertionError(f"{error}\n{said}") from None

    def run(self, *command, status: int | None = 0) -> str:
        return run("nsenter", "--target", self.pid, "--all", "--root", "--wd", *command,
                   status=status).stdout

    def state(self, name: str) -> str:
        return self.run("systemctl", "show", "flowd", "--value", "--property", name,
                        status=None).strip()

    def remove(self) -> None:
        if self.manager is not None:
            self.manager.kill()
            self.manager.wait()
            self.manager.stderr.close()
        for path in (self.root, self.folder):
            run("umount", "--lazy", path, status=None)
        if self.cgroup is not None:
            flowd.wait_until(lambda: "populated 0" in (self.cgroup / "cgroup.events").read_text(),
                             10, "processes are left in the box")
            for path in sorted(self.cgroup.rglob("*/"), key=lambda each: -len(each.parts)):
                if path.is_dir():
                    path.rmdir()
            self.cgroup.rmdir()


class ServiceTest(unittest.TestCase):
    box: Box
    source: Path

    def file_of_flows(self) -> list[str]:
        return self.box.run("sh", "-c", "ls /var/log/flowd").split()

    def is_delivered(self) -> bool:
        said = self.box.run("flowctl", "status", "--json", status=None)
        return said.startswith("{") and json.loads(said)["totals"]["delivered"] == 300

    def test_1_it_runs_and_says_so(self):
        self.assertEqual(self.box.state("ActiveState"), "active",
                         self.box.run("journalctl", "--no-pager", status=None)[-3000:])
        self.assertEqual(self.box.state("StatusText"), "collecting")
        self.assertNotEqual(self.box.state("WatchdogTimestamp"), "")
        self.assertIn("flowd", self.box.run("stat", "-c", "%U %a", "/var/spool/flowd"))
        log = self.box.run("journalctl", "--no-pager", "-u", "flowd")
        self.assertNotIn("process.", log, "nothing is refused that flowd gives up")

    def test_2_it_collects_and_reloads(self):
        self.box.run("python3", "-c", SEND)
        flowd.wait_until(self.is_delivered, 20, "not delivered")
        self.box.run("systemctl", "reload", "flowd")
        flowd.wait_until(self.file_of_flows, 10, "no finished file")
        [name] = self.file_of_flows()
        lines = self.box.run("zstd", "-dc", f"/var/log/flowd/{name}").splitlines()
        self.assertEqual(len(lines), 300)
        self.assertEqual(self.box.run("stat", "-c", "%U", f"/var/log/flowd/{name}"), "flowd\n")

    def test_3_it_comes_back(self):
        before = self.box.state("MainPID")
        self.box.run("systemctl", "kill", "--signal=KILL", "flowd")
        flowd.wait_until(lambda: self.box.state("ActiveState") == "active"
                         and self.box.state("MainPID") not in ("0", before), 20, "not started anew")

    def test_4_a_drop_in_lets_it_own_an_interface(self):
        folder = Path("/etc/systemd/system/flowd.service.d")
        self.box.run("sh", "-c", f"mkdir -p {folder} && cp /usr/lib/flowd/drop-ins/af_packet.conf "
                     f"{folder}/ && printf '%s\\n' '[Service]' ExecStart= "
                     "'ExecStart=/usr/bin/flowd -config /etc/flowd/flowd.toml -ingress dpdk "
                     "-dpdk.hugepages off -dpdk.eal \"--no-pci --vdev net_af_packet0,iface=flow0\"'"
                     f" > {folder}/zz.conf")
        self.box.run("ip", "link", "add", "flow0", "type", "veth", "peer", "name", "peer0")
        for name in ("flow0", "peer0"):
            self.box.run("ip", "link", "set", name, "up")
        self.box.run("systemctl", "daemon-reload")
        self.box.run("systemctl", "restart", "flowd")
        self.box.run("python3", "-B", "-c", SEND_FRAMES, self.source / "tests")
        flowd.wait_until(self.is_delivered, 20, "not delivered")
        self.box.run("systemctl", "stop", "flowd")
        self.assertEqual(self.box.state("Result"), "success")
        # The journal has it a moment later.
        flowd.wait_until(lambda: "flows 300, delivered 300" in self.box.run(
            "journalctl", "--no-pager", "-u", "flowd", "-n", "12"), 10, "not 300 flows")

    def test_5_a_purge_leaves_nothing(self):
        self.box.run("dpkg", "--purge", "--force-depends", "--no-triggers", "flowd")
        left = self.box.run("sh", "-c", "ls -d /etc/flowd /etc/default/flowd /var/log/flowd "
                            "/var/lib/flowd /var/spool/flowd 2>/dev/null; true")
        self.assertEqual(left, "")


def prepare(build: Path, source: Path, folder: Path) -> Box:
    """Ends as skipped where this machine does not let us."""
    flowd.need("unshare", "nsenter", "chroot", "ip", "zstd", "dpkg-deb", "dpkg-shlibdeps", "meson")
    if os.geteuid() != 0:
        flowd.skip("needs root")
    if not Path("/lib/systemd/systemd").exists():
        flowd.skip("systemd is not installed")
    (folder / "box").mkdir()
    box = Box(folder / "box")
    try:
        box.mount()
        box.make_cgroup()
    except (AssertionError, OSError, ValueError) as error:
        box.remove()
        flowd.skip(f"no copy of this machine can be made: {error}")
    try:
        done = run(source / "scripts/package", "--no-rebuild", "--output", folder / "package",
                   build)
        box.install(Path(done.stdout.splitlines()[-1]))
        if not list(box.root.glob("*/systemd/system/flowd.service")):
            raise OSError("the package has no unit: -Dsystemd=disabled, or no systemd.pc")
        box.boot()
    except OSError as error:
        box.remove()
        flowd.skip(f"the service cannot be started here: {error}")
    except BaseException:
        box.remove()
        raise
    return box


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the box is removed
    with tempfile.TemporaryDirectory() as scratch:
        ServiceTest.source = Path(sys.argv[2]).resolve()
        ServiceTest.box = prepare(Path(sys.argv[1]).resolve(), ServiceTest.source, Path(scratch))
        try:
            program = unittest.main(argv=sys.argv[:1], exit=False)
        finally:
            ServiceTest.box.remove()
    sys.exit(0 if program.result.wasSuccessful() else 1)
