# SPDX-License-Identifier: BSD-3-Clause
"""The judge of flowd-gen's traffic: every flow says which exporter, domain and serial it is, so
that what is lost, repeated, overtaken or put together wrongly shows. Reads JSON lines of few
columns, 100,000 of them in well under a second."""

import ipaddress
import json
from array import array
from pathlib import Path

# What flowd has to print: -format.selector.
COLUMNS = "Type,SamplerAddress,Bytes,Packets,SrcAddr,DstAddr,SrcPort,DstPort"
TYPES = {"v5": "NETFLOW_V5", "v9": "NETFLOW_V9", "ipfix": "IPFIX", "sflow": "SFLOW_5"}
SOURCE_BASE = int(ipaddress.ip_address("10.0.0.0"))
DESTINATION_BASE = int(ipaddress.ip_address("172.16.0.0"))
MASK = 0xFFFFFFFF


def ports(exporter: int, domain: int, serial: int) -> tuple[int, int]:
    """Source and destination port of a flow: the halves of a hash of who it is."""
    mixed = ((exporter * 0x9E3779B1) ^ (domain * 0x85EBCA77) ^ (serial * 0xC2B2AE3D)) & MASK
    mixed ^= mixed >> 15
    mixed = mixed * 0x2C1B3C6D & MASK
    mixed ^= mixed >> 12
    return mixed >> 16, mixed & 0xFFFF


class Domain:
    """One line of the truth, and the serials that have arrived of it."""

    def __init__(self, truth: dict):
        self.exporter, self.number = truth["number"], truth["domain"]
        self.address, self.protocol = truth["exporter"], truth["protocol"]
        self.type, self.flows = TYPES[self.protocol], truth["flows"]
        self.packets = 1 if self.protocol == "sflow" else self.number
        self.serials = array("Q")

    @property
    def name(self) -> str:
        return f"{self.address} ({self.protocol}), domain {self.number}"

    @property
    def key(self) -> tuple[str, str, str]:
        """How its flows' addresses are printed."""
        return (self.address, str(ipaddress.ip_address(SOURCE_BASE + self.exporter)),
                str(ipaddress.ip_address(DESTINATION_BASE + self.number)))

    def wrong(self, ordered: bool) -> str:
        """The first thing that is wrong; empty: nothing."""
        found = sorted(self.serials)
        if found != list(range(1, self.flows + 1)):
            known = set(found)
            lost = [each for each in range(1, self.flows + 1) if each not in known]
            strange = [each for each in known if not 1 <= each <= self.flows]
            repeated = len(found) - len(known)
            return (f"{self.name}: of {self.flows} flows {len(lost)} lost {lost[:5]}, "
                    f"{repeated} repeated, {len(strange)} never sent {strange[:5]}")
        if ordered and found != self.serials.tolist():
            at = next(i for i, serial in enumerate(self.serials) if serial != i + 1)
            return (f"{self.name}: flow {self.serials[at]} comes where {at + 1} should, of "
                    f"{self.flows}")
        return ""


class Serials:
    """All domains of a truth. Lines are taken one by one; verdict() is at the end."""

    def __init__(self, truth: Path):
        self.domains = [Domain(json.loads(line)) for line in truth.read_text().splitlines()]
        self.by_key = {domain.key: domain for domain in self.domains}
        self.complaints: list[str] = []

    @property
    def flows(self) -> int:
        return sum(domain.flows for domain in self.domains)

    def take(self, line: bytes):
        flow = json.loads(line)
        domain = self.by_key.get((flow["SamplerAddress"], flow["SrcAddr"], flow["DstAddr"]))
        if domain is None:
            self.complain(f"a flow of nobody: {flow}")
            return
        serial = flow["Bytes"]
        wanted = ports(domain.exporter, domain.number, serial)
        if (wanted != (flow["SrcPort"], flow["DstPort"]) or flow["Packets"] != domain.packets
                or flow["Type"] != domain.type):
            self.complain(f"{domain.name}: a flow put together wrongly: {flow}")
            return
        domain.serials.append(serial)

    def complain(self, sentence: str):
        """Some; the first ones say enough."""
        if len(self.complaints) < 5:
            self.complaints.append(sentence)

    def read(self, path: Path) -> "Serials":
        with open(path, "rb") as lines:
            for line in lines:
                self.take(line)
        return self

    def verdict(self, ordered: bool = True) -> str:
        """What is wrong, a few sentences at most; empty: every flow once, and in order."""
        wrong = [each for each in (domain.wrong(ordered) for domain in self.domains) if each]
        more = [f"and {len(wrong) - 5} domains more"] if len(wrong) > 5 else []
        return "; ".join(self.complaints + wrong[:5] + more)
