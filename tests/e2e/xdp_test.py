#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""flowd on a kernel interface through AF_XDP, with its own XDP program: a veth whose other end is
in a second network namespace. The kernel keeps ARP, neighbour discovery, ping and TCP; flowd gets
the exporters' datagrams, whole ones and fragments; a killed flowd leaves nothing that lasts.
With arguments this script is the other end: `ping ADDRESS`, `tcp ADDRESS`,
`flood ADDRESS COUNT`."""

import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import exporters, flowd, judges, packets, pcap, traffic  # noqa: E402

INSIDE = "FLOWD_XDP_TEST"
PREPARE = Path(os.environ.get("FLOWD_XDP_PREPARE", flowd.ROOT / "build/tests/xdp-prepare"))
OURS, PEERS = "xdpf0", "xdpp0"
ADDRESSES = ("192.0.2.1", "2001:db8::1")
PORT = 2055
MTU = 1280  # the least of IPv6, so that exporters' datagrams become fragments


def ping(address: str):
    """One echo request and its reply, by a raw socket: no ping need be installed."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    echo, reply = (128, 129) if ":" in address else (8, 0)
    protocol = socket.IPPROTO_ICMPV6 if ":" in address else socket.IPPROTO_ICMP
    request = struct.pack("!BBHHH", echo, 0, 0, 0x1234, 1) + b"are you there"
    request = request[:2] + struct.pack("!H", packets.checksum(request)) + request[4:]
    with socket.socket(family, socket.SOCK_RAW, protocol) as raw:
        raw.settimeout(5)
        raw.sendto(request, (address, 0))
        while True:
            answer = raw.recv(2048)
            message = answer if ":" in address else answer[(answer[0] & 15) * 4:]
            if message[0] == reply and message[8:] == b"are you there":
                return


def tcp(address: str):
    with socket.create_connection((address, 2055), timeout=5) as connection:
        connection.sendall(b"hello\n" * 1000)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while data := connection.recv(65536):
            received += data
        assert received == b"hello\n" * 1000, len(received)


def flood(address: str, count: str):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(int(count)):
            sender.sendto(b"not NetFlow", (address, PORT))


class Peer:
    """A process that keeps a network namespace, with the other end of the veth."""

    def __init__(self):
        self.process = subprocess.Popen(["unshare", "--net", "sleep", "600"])
        ours = os.readlink("/proc/self/ns/net")
        flowd.wait_until(lambda: os.readlink(f"/proc/{self.process.pid}/ns/net") != ours, 5,
                         "no second namespace")

    def command(self, *words) -> list[str]:
        return ["nsenter", f"--net=/proc/{self.process.pid}/ns/net", *map(str, words)]

    def run(self, *words) -> str:
        return run(*self.command(*words))

    def close(self):
        self.process.kill()
        self.process.wait()


def run(*words) -> str:
    done = subprocess.run([str(each) for each in words], capture_output=True, text=True,
                          timeout=30, check=False)
    assert done.returncode == 0, f"{words}: {done.stderr}"
    return done.stdout


def configure(command, interface: str, last: int):
    command("ip", "link", "set", interface, "mtu", MTU, "up")
    command("ip", "addr", "add", f"192.0.2.{last}/24", "dev", interface)
    command("ip", "addr", "add", f"2001:db8::{last}/64", "dev", interface, "nodad")


class XdpTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.traffic = self.folder / "traffic.pcap"
        self.traffic.write_bytes(pcap.pcap_bytes(traffic.packets()))
        self.wanted = judges.flow_rows(traffic.packets())
        self.peer = Peer()
        self.addCleanup(self.peer.close)
        run("ip", "link", "add", OURS, "type", "veth", "peer", "name", PEERS,
            "netns", self.peer.process.pid)
        self.addCleanup(run, "ip", "link", "del", OURS)
        configure(run, OURS, 1)
        configure(self.peer.run, PEERS, 2)

    def prepare(self) -> subprocess.CompletedProcess:
        return subprocess.run([PREPARE, f"net_af_xdp0,iface={OURS}", self.folder / "program.o",
                               str(PORT)], capture_output=True, text=True, timeout=30, check=False)

    def start(self) -> flowd.Live:
        prepared = self.prepare()
        if "built without its XDP program" in prepared.stderr:
            self.skipTest(prepared.stderr)
        self.assertEqual(prepared.returncode, 0, prepared.stderr)
        live = flowd.Live(self.folder, "-ingress", "dpdk", "-listen", f"netflow://:{PORT}",
                          "-dpdk.eal", f"--no-pci --vdev {prepared.stdout.strip()}")
        flowd.wait_until(lambda: is_attached() or live.process.poll() is not None, 20,
                         "flowd does not start")
        self.assertIsNone(live.process.poll(), live.errors.read_text())
        return live

    def export(self, version: str, address: str):
        """softflowd in the other namespace."""
        host = f"[{address}]" if ":" in address else address
        words = [word.replace("127.0.0.1", host) for word in
                 exporters.command(version, self.traffic, (PORT,), self.folder)]
        self.peer.run(*words)

    def deliver(self, live: flowd.Live, rounds: int):
        """The traffic of every exporter and family, until as many flows are there."""
        sent = len(live.flows())
        for _ in range(rounds):
            for version in (exporters.NETFLOW9, exporters.IPFIX):
                for address in ADDRESSES:
                    self.export(version, address)
                    sent += self.wanted.total()
                    flowd.wait_until(lambda: len(live.flows()) >= sent, 10,
                                     f"{len(live.flows())} of {sent} flows: "
                                     f"{live.errors.read_text()}")

    def kernel_answers(self):
        """From an empty cache of neighbours: ARP and ND first, then echo and TCP."""
        self.peer.run("ip", "neigh", "flush", "all")
        for family, address in zip((socket.AF_INET, socket.AF_INET6), ADDRESSES):
            self.peer.run(sys.executable, __file__, "ping", address)
            with socket.create_server((address, 2055), family=family) as server:
                client = subprocess.Popen(
                    self.peer.command(sys.executable, __file__, "tcp", address))
                server.settimeout(10)
                connection, _ = server.accept()
                with connection:
                    while data := connection.recv(65536):
                        connection.sendall(data)
                self.assertEqual(client.wait(timeout=10), 0)
            neighbour = self.peer.run("ip", "neigh", "show", "to", address)
            self.assertIn("lladdr", neighbour)

    def fragments_made(self) -> tuple[int, int]:
        """By the other end's kernel: of IPv4, of IPv6."""
        rows = [line.split() for line in
                self.peer.run("grep", "^Ip:", "/proc/net/snmp").splitlines()]
        ipv6 = self.peer.run("grep", "^Ip6FragCreates", "/proc/net/snmp6").split()
        return int(rows[1][rows[0].index("FragCreates")]), int(ipv6[1])

    def test_flows_come_and_the_kernel_keeps_the_rest(self):
        with self.start() as live:
            self.kernel_answers()
            self.deliver(live, 1)
            self.kernel_answers()
            self.assertEqual(live.stop(), 0, live.errors.read_text())
            flows, summary = live.flows(), live.summary()
        self.assertEqual(judges.rows_of(flows), times_of(self.wanted, 4))
        self.assertEqual({flow["SamplerAddress"] for flow in flows}, {"192.0.2.2", "2001:db8::2"})
        self.assertEqual(flowd.unbalanced(summary), "")
        self.assertEqual(summary["drops"]["datagrams"], {})
        self.assertTrue(all(count > 0 for count in self.fragments_made()), self.fragments_made())
        self.assertFalse(is_attached(), "the driver removes the program when it closes the port")

    def test_what_the_socket_has_no_room_for_is_missed_and_dropped_by_the_interface(self):
        sent = 10_000
        with self.start() as live:
            before = rx_dropped()
            live.process.send_signal(signal.SIGSTOP)
            self.peer.run(sys.executable, __file__, "flood", ADDRESSES[0], sent)
            live.process.send_signal(signal.SIGCONT)
            self.assertEqual(live.stop(), 0, live.errors.read_text())
            summary = live.summary()
        self.assertEqual(summary["datagrams"], sent)
        self.assertGreater(summary["drops"]["datagrams"]["missed"], 0)
        self.assertGreaterEqual(rx_dropped() - before, summary["drops"]["datagrams"]["missed"])

    def test_a_killed_flowd_starts_again(self):
        with self.start() as live:
            in_use = self.prepare()
            self.assertEqual(in_use.returncode, 1)
            self.assertIn(f"is in use by process {live.process.pid}", in_use.stderr)
            self.deliver(live, 1)
            live.process.send_signal(signal.SIGKILL)
            live.process.wait()
        self.assertTrue(is_attached(), "nobody removes the program of a killed process")
        self.kernel_answers()
        with self.start() as live:
            self.deliver(live, 1)
            self.assertEqual(live.stop(), 0, live.errors.read_text())
            self.assertEqual(judges.rows_of(live.flows()), times_of(self.wanted, 4))
        self.assertFalse(is_attached())


def times_of(rows: judges.Counter, times: int) -> judges.Counter:
    return judges.Counter({row: count * times for row, count in rows.items()})


def rx_dropped() -> int:
    return int(Path(f"/sys/class/net/{OURS}/statistics/rx_dropped").read_text())


def is_attached() -> bool:
    return "prog/xdp" in run("ip", "-details", "link", "show", "dev", OURS)


def enter_namespace():
    """Runs this script again where network interfaces are the test's."""
    flowd.need("unshare", "nsenter", "ip", "mount", "sh", "softflowd")
    flowd.binary()
    if not PREPARE.exists():
        flowd.skip(f"{PREPARE} is not built")
    probe = ["unshare", "--net", "--mount", "ip", "link", "add", OURS, "type", "veth"]
    if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
        flowd.skip("network namespaces cannot be made here")
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "--net", "--mount", "sh", "-c", "ip link set lo up && "
                          'mount -t sysfs none /sys && exec "$@"', "sh",
                          sys.executable, *sys.argv])


if __name__ == "__main__":
    roles = {"ping": ping, "tcp": tcp, "flood": flood}
    if len(sys.argv) > 2 and sys.argv[1] in roles:
        roles[sys.argv[1]](*sys.argv[2:])
        sys.exit(0)
    if INSIDE not in os.environ:
        enter_namespace()
    unittest.main()
