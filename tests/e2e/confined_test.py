#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""RX workers make no system call that the filter does not know: with -process.seccomp kill one
would end the process. Captures, sockets, and drivers that receive through the kernel; the latter in
a network namespace of its own. And flowd that is started as root becomes process.user, which owns
its files and opens them anew."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd, packets, pcap  # noqa: E402

V5 = flowd.CAPTURES / "softflowd_v5.pcap"
FIRST = flowd.CAPTURES / "first.pcap"
KILL = ("-process.seccomp", "kill")
NOBODY = pwd.getpwnam("nobody")
# Hands every frame of a queue to the socket there; net_af_xdp wants the map to have this name.
XDP_PROGRAM = """
#define SEC(name) __attribute__((section(name), used))
struct context { unsigned data, data_end, data_meta, ingress_ifindex, rx_queue_index; };
struct {
    int (*type)[17], (*max_entries)[64];
    unsigned *key, *value;
} xsks_map SEC(".maps");
static long (*redirect_map)(void *, unsigned long long, unsigned long long) = (void *)51;
SEC("xdp") int hand_over(struct context *frame)
{
    return redirect_map(&xsks_map, frame->rx_queue_index, 2);
}
char terms[] SEC("license") = "BSD";
"""
INSIDE = "FLOWD_TEST_IN_NAMESPACE"


def threads_of(pid: int) -> dict[str, dict[str, str]]:
    """/proc's status of each thread, by its name."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        lines = (task / "status").read_text().splitlines()
        fields = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        found[fields["Name"]] = fields
    return found


def run(*command):
    subprocess.run(command, check=True, capture_output=True)


class ConfinedTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def finish(self, live: flowd.Live) -> dict:
        self.assertEqual(live.stop(), 0, live.errors.read_text())
        self.assertEqual(flowd.unbalanced(live.summary()), "")
        return live.summary()

    def test_a_replay(self):
        for arguments in ((), ("-format", "pb"), ("-produce", "raw"), ("-replay.timed",),
                          ("-replay.pps", "100", "-idle", "pause")):
            done = flowd.run(["-replay", FIRST, "-transport.file", "/dev/null", *KILL, *arguments])
            self.assertEqual(done.returncode, 0, done.stderr.decode())

    def send(self, port: int, count: int) -> None:
        payloads = [pcap.udp_of(packet).payload for packet in pcap.read(V5)]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for index in range(count):
                sender.sendto(payloads[index % len(payloads)], ("127.0.0.1", port))
                time.sleep(0.001)

    def test_sockets(self):
        port = flowd.free_port()
        with flowd.Live(self.folder, "-listen", f"netflow://127.0.0.1:{port}?count=2",
                        *KILL) as live:
            live.wait_for_port(port)
            self.send(port, 50)
            flowd.wait_until(lambda: live.flows(), 10, "no flow")
            time.sleep(0.3)  # silence, too, is a path of its own
            for name, status in threads_of(live.process.pid).items():
                if name.startswith("flowd-rx"):
                    self.assertEqual(status["Seccomp"], "2", name)
                    self.assertEqual(int(status["CapPrm"], 16), 0, name)
                elif name.startswith("flowd-tx"):
                    self.assertEqual(status["NoNewPrivs"], "1", name)
                    self.assertEqual(int(status["CapPrm"], 16) & ~0b1011, 0, name)
            self.assertEqual(self.finish(live)["datagrams"], 50)

    def test_without_the_filter_threads_have_none(self):
        port = flowd.free_port()
        with flowd.Live(self.folder, "-listen", f"netflow://127.0.0.1:{port}",
                        "-process.seccomp", "off") as live:
            live.wait_for_port(port)
            flowd.wait_until(lambda: "flowd-rx0" in threads_of(live.process.pid), 5, "no worker")
            self.assertEqual(threads_of(live.process.pid)["flowd-rx0"]["Seccomp"], "0")
            self.finish(live)

    def test_a_port_of_a_capture(self):
        with flowd.Live(self.folder, "-ingress", "dpdk", "-dpdk.eal",
                        f"--no-pci --vdev net_pcap0,rx_pcap={V5}", *KILL) as live:
            flowd.wait_until(lambda: live.flows() or live.process.poll() is not None, 20, "no flow")
            self.finish(live)

    def drive(self, vdev: str, interface: str, sender: str, own_program: bool = False) -> None:
        """Frames to `sender` arrive at the driver, which may have made the interface itself."""
        device = (["-port.device", vdev] if own_program
                  else ["-dpdk.eal", f"--no-pci --vdev {vdev}"])
        with flowd.Live(self.folder, "-ingress", "dpdk", "-dpdk.hugepages", "off", *device,
                        "-listen", "netflow://:2055", *KILL) as live:
            flowd.wait_until(lambda: interface in dict(map(reversed, socket.if_nameindex()))
                             or live.process.poll() is not None, 10, f"no {interface}")
            time.sleep(0.5)
            self.assertIsNone(live.process.poll(), live.errors.read_text())
            run("ip", "link", "set", interface, "up")
            with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
                raw.bind((sender, 0))
                frames = [packets.ethernet(packets.udp_packet(
                    "192.0.2.11", "198.51.100.1", 5, 2055, pcap.udp_of(packet).payload))
                    for packet in pcap.read(V5)]

                def comes() -> bool:
                    for frame in frames:
                        raw.send(frame)
                    return bool(live.flows()) or live.process.poll() is not None

                flowd.wait_until(comes, 20, f"no flow through {vdev}")
            self.finish(live)

    def confine_as_unit(self, drop_in: str) -> None:
        """flowd is run by nobody, with the capabilities and limits of the drop-in alone."""
        text = (flowd.ROOT / "systemd/drop-ins" / f"{drop_in}.conf.in").read_text()
        settings = dict(line.split("=", 1) for line in text.splitlines()
                        if "=" in line and not line.startswith("#"))
        names = settings["AmbientCapabilities"].lower().replace("cap_", "").split()
        locked = "unlimited" if settings.get("LimitMEMLOCK") == "infinity" else "65536"
        raises = subprocess.run(["sh", "-c", f"ulimit -l {locked}"], capture_output=True)
        if raises.returncode != 0:
            names.append("ipc_lock")  # a container that may not raise the limit
        capabilities = ",".join(["-all", *("+" + name for name in names)])
        self.folder.chmod(0o755)
        work = self.folder / "work"
        work.mkdir()
        os.chown(work, NOBODY.pw_uid, NOBODY.pw_gid)
        program = self.folder / "flowd"
        shutil.copy(flowd.binary(), program)
        wrapper = self.folder / "confined-flowd"
        wrapper.write_text(
            f"#!/bin/sh\nulimit -l {locked} 2>/dev/null\n"
            f"exec setpriv --reuid {NOBODY.pw_uid} --regid {NOBODY.pw_gid} --clear-groups"
            f" --no-new-privs --bounding-set {capabilities} --inh-caps {capabilities}"
            f" --ambient-caps {capabilities} {program} \"$@\"\n")
        wrapper.chmod(0o755)
        before = os.environ.get("FLOWD")
        os.environ["FLOWD"] = str(wrapper)
        self.addCleanup(lambda: os.environ.update(FLOWD=before) if before
                        else os.environ.pop("FLOWD"))
        self.folder = work

    def in_namespace(self) -> None:
        if INSIDE not in os.environ:
            self.skipTest("runs in the namespace")
        run("ip", "link", "add", "conf0", "type", "veth", "peer", "name", "conf1")
        self.addCleanup(run, "ip", "link", "delete", "conf0")
        for name in ("conf0", "conf1"):
            run("ip", "link", "set", name, "up")

    def test_af_packet(self):
        self.in_namespace()
        self.confine_as_unit("af_packet")
        self.drive("net_af_packet0,iface=conf0", "conf0", "conf1")

    def test_af_xdp(self):
        self.in_namespace()
        if shutil.which("clang-14") is None:
            self.skipTest("no clang-14 to build an XDP program with")
        self.folder.chmod(0o755)
        source, program = self.folder / "xdp.c", self.folder / "xdp.o"
        source.write_text(XDP_PROGRAM)
        run("clang-14", "-O2", "-g", "-target", "bpf", "-c", source, "-o", program)
        self.confine_as_unit("af_xdp")
        self.drive(f"net_af_xdp0,iface=conf0,xdp_prog={program}", "conf0", "conf1")

    def test_af_xdp_with_flowds_own_program(self):
        self.in_namespace()
        if shutil.which("clang-14") is None:
            self.skipTest("flowd was built without clang, so without its program")
        self.confine_as_unit("af_xdp")
        self.drive("net_af_xdp0,iface=conf0", "conf0", "conf1", own_program=True)

    def test_tap(self):
        self.in_namespace()
        if not Path("/dev/net/tun").exists():
            self.skipTest("no /dev/net/tun")
        self.confine_as_unit("tap")
        self.drive("net_tap0,iface=conftap", "conftap", "conftap")


class UserTest(unittest.TestCase):
    """As root only."""

    def test_flowd_becomes_the_user_and_opens_its_files_anew(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")
        user = NOBODY
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            os.chmod(folder, 0o755)
            out = folder / "out"
            out.mkdir(mode=0o700)
            os.chown(out, user.pw_uid, user.pw_gid)
            flows = out / "flows.json"
            with flowd.Live(out, "-listen", "netflow://127.0.0.1:999", "-process.user", "nobody",
                            "-transport.file", flows, "-state.path", out / "state",
                            *KILL) as live:
                live.wait_for_port(999)
                flowd.wait_until(lambda: "flowd-rx0" in threads_of(live.process.pid), 5, "no RX")
                for name, status in threads_of(live.process.pid).items():
                    self.assertEqual(status["Uid"].split(), [str(user.pw_uid)] * 4, name)
                    self.assertEqual(status["Gid"].split(), [str(user.pw_gid)] * 4, name)
                    self.assertEqual(int(status["CapPrm"], 16), 0, name)
                self.assertEqual(flows.stat().st_uid, user.pw_uid)
                flows.rename(out / "old.json")
                live.process.send_signal(1)
                flowd.wait_until(flows.exists, 5, "not opened again")
                self.assertEqual(flows.stat().st_uid, user.pw_uid)
                self.assertEqual(live.stop(), 0, live.errors.read_text())

    def test_an_unknown_user_keeps_flowd_from_starting(self):
        done = flowd.run(["-replay", FIRST, "-process.user", "flowd-nobody-has-this"])
        self.assertEqual(done.returncode, 1)
        self.assertIn("process.user: no user is called", done.stderr.decode())


def namespace_works() -> bool:
    if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("ip"):
        return False
    probe = ["unshare", "--net", "ip", "link", "add", "conf0", "type", "veth"]
    return subprocess.run(probe, capture_output=True).returncode == 0


if __name__ == "__main__":
    flowd.binary()
    os.environ["PATH"] = os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin"
    if INSIDE not in os.environ and namespace_works():
        os.environ[INSIDE] = "1"
        os.execvp("unshare", ["unshare", "--net", "--mount", "sh", "-c", "ip link set lo up && "
                              'mount -t sysfs none /sys && exec "$@"', "sh",
                              sys.executable, *sys.argv])
    unittest.main()
