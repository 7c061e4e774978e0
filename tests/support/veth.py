# SPDX-License-Identifier: BSD-3-Clause
"""A veth whose other end is in a second network namespace, with a kernel that sends flows, pings
and connects. A script that uses it runs again inside of namespaces of its own (`main()`), and as
the other end when it is called with a role: `ping ADDRESS`, `tcp ADDRESS`, `flood ADDRESS COUNT`.
"""

import os
import socket
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from support import exporters, flowd, judges, packets, pcap, traffic

INSIDE = "FLOWD_VETH_TEST"
OURS, PEERS = "vethf0", "vethp0"
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


class VethTest(unittest.TestCase):
    """`kernel_has_addresses`: our end is an ordinary interface; else it is up, and no more."""

    kernel_has_addresses = True

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
        if self.kernel_has_addresses:
            configure(run, OURS, 1)
        else:
            run("sysctl", "-qw", f"net.ipv6.conf.{OURS}.disable_ipv6=1")
            run("ip", "link", "set", OURS, "mtu", MTU, "up")
        configure(self.peer.run, PEERS, 2)

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

    def ping_from_peer(self):
        """From an empty cache of neighbours: ARP and ND first, then echo."""
        self.peer.run("ip", "neigh", "flush", "all")
        for address in ADDRESSES:
            self.peer.run(sys.executable, sys.argv[0], "ping", address)
            self.assertIn("lladdr", self.peer.run("ip", "neigh", "show", "to", address))

    def fragments_made(self) -> tuple[int, int]:
        """By the other end's kernel: of IPv4, of IPv6."""
        rows = [line.split() for line in
                self.peer.run("grep", "^Ip:", "/proc/net/snmp").splitlines()]
        ipv6 = self.peer.run("grep", "^Ip6FragCreates", "/proc/net/snmp6").split()
        return int(rows[1][rows[0].index("FragCreates")]), int(ipv6[1])


def times_of(rows: judges.Counter, times: int) -> judges.Counter:
    return judges.Counter({row: count * times for row, count in rows.items()})


ROLES = {"ping": ping, "tcp": tcp, "flood": flood}


def enter_namespace():
    """Runs the script again where network interfaces are the test's."""
    flowd.need("unshare", "nsenter", "ip", "mount", "sh", "sysctl", "softflowd")
    flowd.binary()
    probe = ["unshare", "--net", "--mount", "ip", "link", "add", OURS, "type", "veth"]
    if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
        flowd.skip("network namespaces cannot be made here")
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "--net", "--mount", "sh", "-c", "ip link set lo up && "
                          'mount -t sysfs none /sys && exec "$@"', "sh",
                          sys.executable, *sys.argv])


def main():
    if len(sys.argv) > 2 and sys.argv[1] in ROLES:
        ROLES[sys.argv[1]](*sys.argv[2:])
        sys.exit(0)
    if INSIDE not in os.environ:
        enter_namespace()
    unittest.main(module="__main__")
