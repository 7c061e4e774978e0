#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What a port sends, judged by tshark: nothing is malformed, every checksum is right, and the
fields say what RFC 826, 792, 4443, 4861, 3376 and 3810 ask for. Needs tshark."""

import collections
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKED = ["ip.checksum.status", "icmp.checksum.status", "icmpv6.checksum.status",
           "igmp.checksum.status"]
GOOD = "1"


def dissect(capture: Path) -> list[dict]:
    run = subprocess.run(
        ["tshark", "-r", str(capture), "-n", "-T", "json", "--no-duplicate-keys", "-o",
         "ip.check_checksum:TRUE"], capture_output=True, text=True, check=True, timeout=60)
    return [packet["_source"]["layers"] for packet in json.loads(run.stdout)]


def fields(node, found: dict) -> dict:
    """Every field of a packet, however deep, with its values."""
    if isinstance(node, dict):
        for name, value in node.items():
            if isinstance(value, (dict, list)):
                fields(value, found)
                found.setdefault(name, [])
            else:
                found.setdefault(name, []).append(value)
    elif isinstance(node, list):
        for each in node:
            if isinstance(each, (dict, list)):
                fields(each, found)
    return found


def kind_of(seen: dict) -> str:
    if "arp.opcode" in seen:
        if seen["arp.opcode"] == ["2"]:
            return "ARP reply"
        if seen["arp.src.proto_ipv4"] == ["0.0.0.0"]:
            return "ARP probe"
        same = seen["arp.src.proto_ipv4"] == seen["arp.dst.proto_ipv4"]
        return "ARP announcement" if same else "ARP request"
    for name in ("icmp.type", "icmpv6.type", "igmp.type"):
        if name in seen:
            return f"{name} {seen[name][0]}"
    return "unknown"


def check(seen: dict):
    bad = [name for name in seen if name.startswith("_ws.malformed")]
    assert not bad, seen
    severe = [value for value in seen.get("_ws.expert.severity", []) if int(value) >= 0x600000]
    assert not severe, seen
    for name in CHECKED:
        assert all(value == GOOD for value in seen.get(name, [])), (name, seen)
    layers = {"icmp.type": "icmp.checksum.status", "icmpv6.type": "icmpv6.checksum.status",
              "igmp.type": "igmp.checksum.status", "ip.proto": "ip.checksum.status"}
    for present, status in layers.items():
        assert present not in seen or status in seen, f"tshark did not check: {seen}"
    assert seen["eth.src"] == ["02:00:00:00:00:0a"], seen


def main():
    if not shutil.which("tshark"):
        print("tshark is not installed", file=sys.stderr)
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        capture = Path(folder) / "host.pcap"
        subprocess.run([sys.argv[1], str(capture)], check=True, timeout=60)
        packets = [fields(packet, {}) for packet in dissect(capture)]
    counts = collections.Counter()
    for seen in packets:
        check(seen)
        counts[kind_of(seen)] += 1
    wanted = {
        "ARP probe": 3, "ARP announcement": 2, "ARP request": 3, "ARP reply": 2,
        "icmp.type 0": 4, "icmpv6.type 129": 4,
        "icmpv6.type 135": 2 + 3,  # duplicate detection of two addresses, a gateway asked thrice
        "icmpv6.type 136": 2 * 2 + 4,  # unsolicited ones, and four replies
        "igmp.type 0x22": 3, "icmpv6.type 143": 3,  # joined twice, left once
    }
    assert counts == wanted, f"{dict(counts)}, wanted {wanted}"
    tagged = sum("vlan.id" in seen for seen in packets)
    assert tagged == 7, tagged
    print(f"{len(packets)} frames, as tshark reads them: {dict(counts)}")


if __name__ == "__main__":
    main()
