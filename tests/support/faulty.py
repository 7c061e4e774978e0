# SPDX-License-Identifier: BSD-3-Clause
"""Exporters with one fault each, to a running flowd by UDP. Each has an address of its own on the
loopback interface. A fault is a name in FAULTS; `Exporter` sends its datagrams a second at a time,
`run()` all of them side by side. Nothing but the fault is wrong with any of them.

As a program: faulty.py PORT SECONDS [FAULT…] sends to 127.0.0.1:PORT, from 127.0.1.1 on."""

import argparse
import random
import socket
import struct
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import netflow  # noqa: E402

DATAGRAMS_PER_SECOND = 40
RECORDS = 5
UPTIME_MS = 3_600_000  # when the run starts

# Fault, protocol, and the code of the finding that names it.
FAULTS = {
    "healthy_v5": ("v5", None),
    "healthy_v9": ("v9", None),
    "healthy_ipfix": ("ipfix", None),
    "healthy_sflow": ("sflow", None),
    "ipfix_counts_datagrams": ("ipfix", "sequence_unit"),
    "v9_counts_records": ("v9", "sequence_unit"),
    "v5_counts_datagrams": ("v5", "sequence_unit"),
    "constant_sequence": ("v9", "sequence_constant"),
    "lost_template": ("ipfix", "template_missing"),
    "lost_templates": ("ipfix", "template_missing"),
    "bad_lengths": ("ipfix", "bad_lengths"),
    "count_beyond": ("v5", "bad_lengths"),
    "clock_ahead": ("v9", "clock_ahead"),
    "clock_behind": ("ipfix", "clock_behind"),
    "clock_still": ("v9", "clock_still"),
    "restarts": ("v9", "restarts"),
    "duplicates": ("ipfix", "duplicates"),
    "reordering": ("v9", "reordering"),
    "loss": ("ipfix", "loss_upstream"),
    "loss_sflow": ("sflow", "loss_upstream"),
    "shared_address": ("v9", "shared_address"),
    "changed_templates": ("ipfix", "template_changed"),
    "impossible_times": ("v9", "impossible_times"),
    "unknown_sampler": ("v9", "sampling_unknown"),
}

# Addresses, ports, protocol, bytes, packets, start and end (v9: uptime, IPFIX: milliseconds).
COMMON = [(8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (1, 4), (2, 4)]
V9_FIELDS = COMMON + [(22, 4), (21, 4), (48, 1)]
IPFIX_FIELDS = COMMON + [(152, 8), (153, 8)]


@dataclass
class Exporter:
    """One sender. `number` is its sequence number, in the unit that its fault makes of it."""

    fault: str
    address: str
    target: tuple
    seed: int = 1
    number: int = 1000
    sent: int = 0
    started: float = field(default_factory=time.time)
    booted: float = field(default_factory=lambda: time.time() - UPTIME_MS / 1000)

    def __post_init__(self):
        self.protocol = FAULTS[self.fault][0]
        self.random = random.Random(self.seed)
        self.sockets = [self._open()]
        if self.fault == "shared_address":
            self.sockets.append(self._open())
        self.numbers = [self.number, self.number + 5_000_000]

    def _open(self) -> socket.socket:
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.bind((self.address, 0))
        opened.connect(self.target)
        return opened

    def close(self):
        for each in self.sockets:
            each.close()

    # --- what a datagram says -------------------------------------------------------------------

    def _header_time(self) -> int:
        now = int(time.time())
        return {"clock_ahead": now + 3600, "clock_behind": now - 7200,
                "clock_still": int(self.started)}.get(self.fault, now)

    def _uptime(self) -> int:
        return int((time.time() - self.booted) * 1000)

    def _flow(self) -> bytes:
        return struct.pack("!4s4sHHBII", bytes([10, 0, self.random.randrange(256), 1]),
                           bytes([10, 1, 0, self.random.randrange(256)]),
                           self.random.randrange(1024, 65536), 443, 6,
                           self.random.randrange(64, 9000), self.random.randrange(1, 9))

    def _times(self, end: int) -> tuple[int, int]:
        start = end - self.random.randrange(100, 5000)
        return (end, start) if self.fault == "impossible_times" else (start, end)

    def _v9_record(self) -> bytes:
        start, end = self._times(self._uptime() - self.random.randrange(15_000, 16_000))
        sampler = 7 if self.fault == "unknown_sampler" else 1
        return self._flow() + struct.pack("!IIB", start & 0xffffffff, end & 0xffffffff, sampler)

    def _ipfix_record(self) -> bytes:
        start, end = self._times(int(self._header_time() * 1000)
                                 - self.random.randrange(15_000, 16_000))
        return self._flow() + struct.pack("!QQ", start, end)

    def _v9(self, number: int) -> bytes:
        sets, count = [], RECORDS
        if self.sent % DATAGRAMS_PER_SECOND == 0:  # templates, and what sampler 1 does
            options = [(48, 1), (50, 4)]
            sets += [netflow.one_set(0, netflow.template(256, V9_FIELDS)),
                     netflow.one_set(1, netflow.v9_options_template(257, [(1, 4)], options))]
            count += 2
            if self.fault != "unknown_sampler":
                sets.append(netflow.one_set(257, struct.pack("!IBI", 0, 1, 100)))
                count += 1
        sets.append(netflow.one_set(256, b"".join(self._v9_record() for _ in range(RECORDS))))
        return netflow.v9(sets, count=count, uptime=self._uptime(), seconds=self._header_time(),
                          sequence=number, source_id=1)

    def _ipfix(self, number: int) -> bytes:
        sets = []
        if self.sent % (DATAGRAMS_PER_SECOND // 4) == 0:
            fields = IPFIX_FIELDS
            if self.fault == "changed_templates" and self.sent // 10 % 2:
                fields = IPFIX_FIELDS[1::-1] + IPFIX_FIELDS[2:]  # both addresses the other way
            which = 300 if self.fault.startswith("lost_template") else 256
            sets.append(netflow.one_set(2, netflow.template(which, fields)))
        # Eight templates in turn are more than flowd has places for in its list.
        of = 256 + self.sent % 8 if self.fault == "lost_templates" else 256
        sets.append(netflow.one_set(of, b"".join(self._ipfix_record() for _ in range(RECORDS)),
                                    align=False))
        body = netflow.ipfix(sets, seconds=self._header_time(), sequence=number, domain=1)
        if self.fault == "bad_lengths" and self.sent % 8 == 3:
            body = body[:2] + struct.pack("!H", len(body) + 40) + body[4:]
        return body

    def _v5(self, number: int) -> bytes:
        records = []
        for _ in range(RECORDS):
            start, end = self._times(self._uptime() - self.random.randrange(15_000, 16_000))
            records.append(netflow.v5_record(bytes([10, 0, 0, 1]), bytes([10, 1, 0, 2]),
                                             first=start, last=end, ports=(1024, 443),
                                             protocol=6, flags=0x1b))
        beyond = 3 if self.fault == "count_beyond" and self.sent % 8 == 3 else 0
        now = time.time()
        return netflow.v5(records, count=RECORDS + beyond, uptime=self._uptime(),
                          seconds=int(now), nanoseconds=int(now % 1 * 1e9), sequence=number,
                          sampling=0x4000 | 100)

    def _sflow(self, number: int) -> bytes:
        frame = (bytes(12) + b"\x08\x00" + bytes([0x45, 0, 0, 46]) + bytes(5) + bytes([17])
                 + bytes(2) + bytes([10, 0, 0, 1, 10, 1, 0, 2])
                 + struct.pack("!HHHH", 1024, 53, 26, 0) + bytes(18))
        raw = struct.pack("!IIII", 1, len(frame), 0, len(frame)) + frame
        sample = struct.pack("!IIIIIIII", self.sent, 1, 100, self.sent * 100, 0, 1, 2, 1)
        sample += struct.pack("!II", 1, len(raw)) + raw
        return struct.pack("!II4sIIII", 5, 1, socket.inet_aton(self.address), 0, number,
                           self._uptime(), 1) + struct.pack("!II", 1, len(sample)) + sample

    # --- the row of datagrams ---------------------------------------------------------------------

    def _units(self) -> int:
        by_record = self.protocol in ("v5", "ipfix")
        if self.fault in ("ipfix_counts_datagrams", "v5_counts_datagrams"):
            by_record = False
        elif self.fault == "v9_counts_records":
            by_record = True
        elif self.fault == "constant_sequence":
            return 0
        return RECORDS if by_record else 1

    def _make(self) -> tuple[socket.socket, bytes]:
        which = self.sent % len(self.sockets)
        made = getattr(self, f"_{self.protocol}")(self.numbers[which])
        self.numbers[which] += self._units()
        if self.fault == "count_beyond" and self.protocol == "v5" and self.sent % 8 == 3:
            self.numbers[which] += 3  # what it believes to have sent
        self.sent += 1
        return self.sockets[which], made

    def second(self):
        """A second's datagrams, without waiting."""
        if self.fault == "restarts" and self.sent // DATAGRAMS_PER_SECOND % 3 == 2:
            self.booted = time.time()
            self.numbers = [0]
        pending = [self._make() for _ in range(DATAGRAMS_PER_SECOND)]
        if self.fault == "reordering":
            for at in range(3, len(pending) - 1, 8):
                pending[at], pending[at + 1] = pending[at + 1], pending[at]
        for at, (by, datagram) in enumerate(pending):
            if self.fault.startswith("loss") and at % 8 == 5:
                continue
            by.send(datagram)
            if self.fault == "duplicates" and at % 8 == 5:
                by.send(datagram)


def run(port: int, seconds: int, faults=None, host: str = "127.0.0.1") -> dict[str, str]:
    """Sends for so long; returns which address had which fault."""
    faults = list(faults or FAULTS)
    senders = [Exporter(fault, f"127.0.1.{at + 1}", (host, port), seed=at + 1)
               for at, fault in enumerate(faults)]
    try:
        for at in range(seconds):
            began = time.monotonic()
            for sender in senders:
                sender.second()
                time.sleep(0.005)
            if at + 1 < seconds:
                time.sleep(max(0.0, began + 1 - time.monotonic()))
    finally:
        for sender in senders:
            sender.close()
    return {sender.address: sender.fault for sender in senders}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("seconds", type=int)
    parser.add_argument("fault", nargs="*", choices=[[], *FAULTS])
    arguments = parser.parse_args()
    for address, fault in run(arguments.port, arguments.seconds, arguments.fault).items():
        print(address, fault, FAULTS[fault][1] or "")


if __name__ == "__main__":
    main()
