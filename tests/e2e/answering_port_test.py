#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A port that DPDK has, and a kernel at the other end of the cable that resolves and pings it: once
answered by flowd itself, once by the kernel behind a TAP device. Cables are veth pairs between
network namespaces. Needs root, ip and /dev/net/tun."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

OURS, PEER, BEHIND = (f"host{os.getpid()}{part}" for part in "abc")
PORT_MAC = "02:00:00:00:00:0a"

PING = """
import socket, struct, sys, time
address, count = sys.argv[1], int(sys.argv[2])
six = ":" in address
proto = socket.IPPROTO_ICMPV6 if six else socket.IPPROTO_ICMP
sock = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_RAW, proto)
sock.settimeout(5)
def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff
answered = 0
for number in range(count):
    data = bytes(range(256)) * (5 if number % 2 else 1)
    head = [128 if six else 8, 0, 0, 77, number]
    if not six:
        head[2] = checksum(struct.pack(">BBHHH", *head) + data)
    request = struct.pack(">BBHHH", *head) + data
    sock.sendto(request, (address, 0))
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            reply = sock.recvfrom(2000)[0]
        except TimeoutError:
            break
        reply = reply if six else reply[20:]
        if reply[0] == (129 if six else 0) and reply[4:] == request[4:]:
            answered += 1
            break
print(answered)
"""


def skip(why: str):
    print(why, file=sys.stderr)
    sys.exit(77)


def ip(*arguments: str):
    subprocess.run(["ip", *arguments], check=True, timeout=20)


def inside(namespace: str, *command: str) -> str:
    return subprocess.run(["ip", "netns", "exec", namespace, *command], check=True, timeout=60,
                          capture_output=True, text=True).stdout


def ping(address: str, count: int) -> int:
    return int(inside(PEER, sys.executable, "-c", PING, address, str(count)))


@contextlib.contextmanager
def cable():
    """`port` on our side, without any address of the kernel's; `peer` on the other side."""
    made = []
    try:
        for namespace in (OURS, PEER, BEHIND):
            ip("netns", "add", namespace)
            made.append(namespace)
        ip("-n", OURS, "link", "add", "port", "address", PORT_MAC, "type", "veth", "peer", "name",
           "peer", "netns", PEER)
        inside(OURS, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/port/disable_ipv6")
        ip("-n", OURS, "link", "set", "port", "up")
        ip("-n", PEER, "addr", "add", "192.0.2.11/24", "dev", "peer")
        ip("-n", PEER, "addr", "add", "2001:db8::b/64", "dev", "peer", "nodad")
        ip("-n", PEER, "link", "set", "peer", "up")
        yield
    finally:
        for namespace in made:
            subprocess.run(["ip", "netns", "del", namespace], check=False, timeout=20)


@contextlib.contextmanager
def answering(*arguments: str):
    """The program; its counters are in the list once it has ended."""
    process = subprocess.Popen(["ip", "netns", "exec", OURS, sys.argv[1], *arguments],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    counters: dict = {}
    try:
        line = process.stdout.readline()
        assert line == "ready\n", f"the port did not start: {line!r}"
        yield counters
        output, _ = process.communicate("", timeout=20)
        assert process.returncode == 0, process.returncode
        counters.update(json.loads(output))
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def neighbours() -> str:
    return inside(PEER, "ip", "neigh", "show")


def is_refused(address: str) -> bool:
    """The other end's kernel asks whether somebody has it, and gives up what it hears of in time:
    a second."""
    ip("-n", PEER, "addr", "add", address, "dev", "peer")
    time.sleep(2)
    if "dadfailed" in inside(PEER, "ip", "-6", "addr", "show", "dev", "peer"):
        return True
    ip("-n", PEER, "addr", "del", address, "dev", "peer")
    return False


def by_flowd():
    with cable():
        with answering("host", "port", "-", "192.0.2.10/24", "2001:db8::a/64") as counters:
            time.sleep(4)  # duplicate detection
            assert ping("192.0.2.10", 10) == 10
            assert ping("2001:db8::a", 10) == 10
            assert ping("fe80::ff:fe00:a%peer", 4) == 4  # from the MAC address
            seen = neighbours()
            for address in ("192.0.2.10", "2001:db8::a", "fe80::ff:fe00:a"):
                assert f"{address} dev peer lladdr {PORT_MAC}" in seen, seen
            # The other end tries to take one of our addresses: its kernel has to hear of us.
            assert any(is_refused("2001:db8::a/64") for _ in range(3))
        assert counters["echo"] == 24 and counters["arp"] >= 1, counters
        assert counters["solicitations"] >= 2 and counters["malformed"] == 0, counters
        assert counters["sent"] > counters["replies"] >= 27, counters
        print("answered by flowd:", counters)


def conflict():
    with cable():
        ip("-n", PEER, "addr", "add", "192.0.2.10/24", "dev", "peer")
        ip("-n", PEER, "addr", "add", "2001:db8::a/64", "dev", "peer", "nodad")
        with answering("host", "port", "-", "192.0.2.10/24", "2001:db8::a/64") as counters:
            time.sleep(4)
        assert counters["conflicts"] >= 2, counters
        print("the other end has our addresses:", counters)


def by_kernel():
    with cable():
        with answering("tap", "port", "flowdtap") as counters:
            # In a namespace of its own: otherwise the kernel answers at `port` as well.
            ip("-n", OURS, "link", "set", "flowdtap", "netns", BEHIND)
            ip("-n", BEHIND, "addr", "add", "192.0.2.10/24", "dev", "flowdtap")
            ip("-n", BEHIND, "addr", "add", "2001:db8::a/64", "dev", "flowdtap", "nodad")
            ip("-n", BEHIND, "link", "set", "flowdtap", "up")
            assert ping("192.0.2.10", 10) == 10
            assert ping("2001:db8::a", 10) == 10
            assert f"192.0.2.10 dev peer lladdr {PORT_MAC}" in neighbours()
        assert counters["to_kernel"] >= 21 and counters["from_kernel"] >= 21, counters
        assert counters["rate_limited"] == 0, counters
        print("answered by the kernel:", counters)


def limited():
    with cable():
        with answering("tap", "port", "flowdtap", "10") as counters:
            ip("-n", OURS, "link", "set", "flowdtap", "up")
            flood = ("import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
                     "s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1); "
                     "[s.sendto(b'x', ('192.0.2.255', 9)) for _ in range(500)]")
            inside(PEER, sys.executable, "-c", flood)
            time.sleep(2)
        assert counters["rate_limited"] >= 400, counters
        assert 1 <= counters["to_kernel"] <= 100, counters
        print("500 frames at once, ten a second wanted:", counters)


def main():
    if os.geteuid() != 0 or not Path("/dev/net/tun").exists() or not shutil.which("ip"):
        skip("needs root, ip and /dev/net/tun")
    if subprocess.run(["unshare", "--net", "true"], check=False, timeout=20).returncode != 0:
        skip("network namespaces cannot be made here")
    by_flowd()
    conflict()
    by_kernel()
    limited()


if __name__ == "__main__":
    main()
