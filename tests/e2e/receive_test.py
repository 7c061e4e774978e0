#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Everything that a port or a capture can bring an export in: tags, options, extension headers,
jumbo frames, fragments, wrong checksums, tunnels, and traffic that is none. Each frame is either a
datagram whose flows are known, or a drop with a known name: to the datagram, as a replay and on a
live port."""

import struct
import sys
import tempfile
import unittest
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd, fragments, netflow, packets, pcap  # noqa: E402

COLLECTOR, COLLECTOR6, PORT = "198.51.100.1", "2001:db8:ff::1", 2055
START_NS = 1_767_225_600_000_000_000
STEP_NS = 1_000_000
RECORD = [(1, 4), (2, 4), (8, 4), (12, 4)]  # octets, packets, addresses: 16 bytes


class Wire:
    """Frames in the order of a capture, with what flowd must make of them."""

    def __init__(self):
        self.frames: list[bytes] = []
        self.wanted: Counter = Counter()  # exporter and octets, of each flow
        self.drops: Counter = Counter()
        self.datagrams = 0
        self.serial = 0

    def export(self, source: str, record_count: int) -> bytes:
        """An IPFIX message whose flows nobody else's are."""
        self.serial += 1
        octets = [self.serial * 10_000 + index for index in range(record_count)]
        records = b"".join(struct.pack("!II4s4s", each, 1, packets.address("10.0.0.1"),
                                       packets.address("10.0.0.2")) for each in octets)
        self.wanted.update((source, each) for each in octets)
        return netflow.ipfix([netflow.one_set(2, netflow.template(256, RECORD)),
                              netflow.one_set(256, records)], domain=self.serial)

    def segment(self, source: str, record_count: int = 3) -> bytes:
        self.datagrams += 1
        return packets.udp(source, self.collector(source), 50000, PORT,
                           self.export(source, record_count))

    @staticmethod
    def collector(source: str) -> str:
        return COLLECTOR6 if ":" in source else COLLECTOR

    def packet(self, source: str, record_count: int = 3) -> bytes:
        return packets.ip(source, self.collector(source), packets.UDP,
                          self.segment(source, record_count))

    def add(self, packet: bytes, **options):
        self.frames.append(packets.ethernet(packet, **options))

    def add_plain(self):
        """What comes last, so that all before it has been taken when its flows are there."""
        self.add(self.packet("192.0.2.250"))

    def add_drop(self, frame: bytes, name: str):
        self.frames.append(frame)
        self.drops[name] += 1
        self.datagrams += 1

    def cut(self, source: str, identification: int, size: int = 480, record_count: int = 80,
            options: bytes = b"") -> list[bytes]:
        """The parts of a new datagram, not in the capture yet."""
        return fragments.cut(source, self.collector(source), self.segment(source, record_count),
                             size, identification, options)

    def lose(self, parts: list[bytes], name: str):
        """Parts of a datagram that was expected when it was cut, and must not be. Each of those
        that arrive is a drop."""
        for part in parts:
            self.add(part)
        self.drops[name] += len(parts)
        self.datagrams += len(parts) - 1

    def write(self, path: Path):
        path.write_bytes(pcap.pcap_bytes([pcap.Packet(START_NS + i * STEP_NS, frame)
                                          for i, frame in enumerate(self.frames)]))


class ReceiveTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.capture = self.folder / "wire.pcap"
        self.wire = Wire()

    def compare(self, flows: list[dict], summary: dict, how: str):
        seen = Counter((flow["SamplerAddress"], flow["Bytes"]) for flow in flows)
        self.assertEqual(seen - self.wire.wanted, Counter(), f"{how}: flows that nobody sent")
        self.assertEqual(self.wire.wanted - seen, Counter(), f"{how}: flows that are missing")
        self.assertEqual(summary["drops"]["datagrams"], dict(self.wire.drops), how)
        self.assertEqual(summary["datagrams"], self.wire.datagrams, how)
        self.assertEqual(flowd.unbalanced(summary), "", how)

    def replay(self, *arguments):
        flows, summary = flowd.replay(self.capture, self.folder, *arguments)
        self.compare(flows, summary, "replay")

    def live(self, *arguments):
        arguments = arguments or ("-dpdk.eal", f"--no-pci --vdev net_pcap0,rx_pcap={self.capture}")
        with flowd.Live(self.folder, "-ingress", "dpdk", *arguments) as live:
            flowd.wait_until(lambda: len(live.flows()) >= self.wire.wanted.total()
                             or live.process.poll() is not None, 20, "flows are missing")
            self.assertIsNone(live.process.poll(), live.errors.read_text())
            self.assertEqual(live.stop(), 0, live.errors.read_text())
            self.compare(live.flows(), live.summary(), "live")

    def both(self):
        self.wire.add_plain()
        self.wire.write(self.capture)
        self.replay()
        self.live()


class FramesTest(ReceiveTest):
    def test_tags_of_every_kind(self):
        for source in ("192.0.2.1", "2001:db8:2::1"):
            for tags in ([], [0x8100], [0x88A8, 0x8100], [0x9100, 0x8100], [0x8100] * 4):
                self.wire.add(self.wire.packet(source),
                              tags=tuple((kind, 100 + i) for i, kind in enumerate(tags)))
        self.both()

    def test_options_and_extension_headers(self):
        for size in (4, 8, 40):
            self.wire.add(packets.ipv4("192.0.2.1", COLLECTOR, packets.UDP,
                                       self.wire.segment("192.0.2.1"), options=b"\x01" * size))
        routing = struct.pack("!BBBB4x", fragments.DESTINATION_OPTIONS, 0, 4, 0)
        atomic = struct.pack("!BBHI", packets.UDP, 0, 0, 5)  # RFC 6946
        source = "2001:db8:2::1"
        for chain, first in ((fragments.padding_options(packets.UDP), 60),
                             (fragments.padding_options(packets.UDP), 0),
                             (routing + fragments.padding_options(packets.UDP), 43),
                             (fragments.padding_options(packets.FRAGMENT) + atomic, 60)):
            self.wire.add(packets.ipv6(source, COLLECTOR6, first,
                                       chain + self.wire.segment(source)))
        self.both()

    def test_jumbo_frames_and_padding(self):
        for source in ("192.0.2.1", "2001:db8:2::1"):
            for record_count in (1, 90, 180, 550):  # up to 8.9 KB
                self.wire.add(self.wire.packet(source, record_count))
        self.wire.frames.append(packets.ethernet(self.wire.packet("192.0.2.2")) + bytes(30))
        self.both()

    def test_what_is_no_export_is_counted_by_its_reason(self):
        wire = self.wire
        plain = wire.packet("192.0.2.1")
        wire.add(plain)
        wire.add_drop(packets.ethernet(bytes(28), 0x0806), "frame_not_ip")
        wire.add_drop(packets.ethernet(bytes(50), 0x88CC), "frame_not_ip")
        tcp = packets.tcp("192.0.2.9", COLLECTOR, 1, 2, 2)
        wire.add_drop(packets.ethernet(packets.ip("192.0.2.9", COLLECTOR, packets.TCP, tcp)),
                      "frame_not_udp")
        echo = packets.icmpv6("2001:db8::9", COLLECTOR6, 128, 0, b"ping")
        wire.add_drop(packets.ethernet(packets.ip("2001:db8::9", COLLECTOR6, packets.ICMPV6,
                                                  echo)), "frame_not_udp")
        name = packets.udp("192.0.2.9", COLLECTOR, 5, 53, b"name")
        wire.add_drop(packets.ethernet(packets.ip("192.0.2.9", COLLECTOR, packets.UDP, name)),
                      "frame_not_ours")
        wire.add_drop(packets.ethernet(plain)[:-8], "frame_truncated")
        too_long = plain[:24] + struct.pack("!H", 2000) + plain[26:]
        wire.add_drop(packets.ethernet(too_long), "frame_bad_udp")
        wire.add_drop(packets.ethernet(b"\x44" + plain[1:]), "frame_bad_ip")
        wire.add_plain()
        wire.write(self.capture)
        self.replay("-listen", f"netflow://:{PORT}")
        self.live()


class FragmentsTest(ReceiveTest):
    """Reassembly in the ingress of replays and of ports."""

    def test_in_order_reversed_and_interleaved(self):
        for number, source in enumerate(("192.0.2.1", "2001:db8:2::1")):
            for tags in ((), ((0x88A8, 7), (0x8100, 8))):
                number += 2
                for part in self.wire.cut(source, number):
                    self.wire.add(part, tags=tags)
                for part in reversed(self.wire.cut(source, number + 100)):
                    self.wire.add(part, tags=tags)
        # One id, four sources; the parts alternate.
        trains = [self.wire.cut(source, 7) for source in
                  ("192.0.2.1", "192.0.2.2", "2001:db8:2::1", "2001:db8:2::2")]
        for parts in zip(*trains):
            for part in parts:
                self.wire.add(part)
        self.both()

    def test_options_and_extension_headers_in_each_part(self):
        for part in self.wire.cut("192.0.2.1", 1, options=b"\x01" * 8):
            self.wire.add(part)
        for part in self.wire.cut("2001:db8:2::1", 1,
                                  options=fragments.padding_options(packets.FRAGMENT)):
            self.wire.add(part)
        self.both()

    def test_the_largest_datagram_at_the_usual_mtu(self):
        for part in self.wire.cut("192.0.2.1", 1, 1480, 4000):  # 64 KB in 44 parts
            self.wire.add(part)
        self.both()

    def test_a_missing_part_costs_its_datagram_only(self):
        for source in ("192.0.2.1", "2001:db8:2::1"):
            wanted = self.wire.wanted.copy()
            parts = self.wire.cut(source, 1)
            self.wire.wanted = wanted
            self.wire.lose(parts[:1] + parts[2:], "fragment_expired")
            for part in self.wire.cut(source, 2):
                self.wire.add(part)
        self.both()

    def test_an_overlap_costs_all_parts(self):
        for source in ("192.0.2.1", "2001:db8:2::1"):
            wanted = self.wire.wanted.copy()
            segment = self.wire.segment(source, 80)
            self.wire.wanted = wanted
            parts = fragments.cut(source, self.wire.collector(source), segment, 480, 1)
            overlap = fragments.part(source, self.wire.collector(source), segment, 472, 488,
                                     more=True, identification=1)
            self.wire.lose([parts[0], overlap, *parts[1:]], "fragment_refused")
        self.both()

    def test_a_duplicate_costs_itself(self):
        parts = self.wire.cut("192.0.2.1", 1)
        for part in (parts[0], parts[0], *parts[1:]):
            self.wire.add(part)
        self.wire.drops["fragment_refused"] += 1
        self.wire.datagrams += 1
        self.both()

    def test_the_age_in_a_replay_is_that_of_the_capture(self):
        wanted = self.wire.wanted.copy()
        parts = self.wire.cut("192.0.2.1", 1)
        self.wire.wanted = wanted
        self.wire.lose(parts[:1], "fragment_expired")
        for _ in range(20):  # a millisecond each
            self.wire.add_plain()
        self.wire.lose(parts[1:], "fragment_expired")
        self.wire.datagrams += 1  # both halves were of one datagram
        self.wire.add_plain()
        self.wire.write(self.capture)
        self.replay("-fragments.age", "10ms")


class PortTest(ReceiveTest):
    """[[port]] tables with `checksums` and `decapsulate`: live only."""

    def live_with(self, *lines: str):
        self.wire.add_plain()
        self.wire.write(self.capture)
        config = self.folder / "flowd.toml"
        config.write_text("\n".join(["[[port]]", f'device = "net_pcap0,rx_pcap={self.capture}"',
                                     *lines, ""]))
        self.live("-config", config)

    def add_wrong_checksums(self, drops: bool) -> int:
        """Four wrong ones: of the header and the datagram, and one over IPv6 that is missing."""
        whole = self.wire.packet("192.0.2.1")
        self.wire.add(whole)
        none = self.wire.packet("192.0.2.1")
        self.wire.add(none[:26] + bytes(2) + none[28:])
        count = 0
        for source, at in (("192.0.2.2", 8), ("192.0.2.2", 27), ("2001:db8:2::2", 46),
                           ("2001:db8:2::2", 0)):
            wanted = self.wire.wanted.copy()
            packet = bytearray(self.wire.packet(source))
            if at:
                packet[at] ^= 0xFF
            else:
                packet[46:48] = bytes(2)
            self.wire.add(bytes(packet))
            if drops:
                self.wire.wanted = wanted
                self.wire.drops["frame_bad_checksum"] += 1
            count += 1
        return count

    def test_wrong_checksums_are_dropped(self):
        self.add_wrong_checksums(True)
        self.live_with('checksums = "drop"')

    def test_wrong_checksums_do_not_count_when_off(self):
        self.add_wrong_checksums(False)
        self.live_with('checksums = "off"')

    def test_wrong_checksums_are_only_counted(self):
        self.add_wrong_checksums(False)
        self.live_with('checksums = "count"')

    def add_tunnels(self):
        wire = self.wire
        outer = ("203.0.113.1", "203.0.113.2")
        six = ("2001:db8:9::1", "2001:db8:9::2")
        inner = wire.packet("192.0.2.1")
        wire.add(packets.ip(*outer, fragments.GRE, fragments.gre(inner, 0x0800)))
        for key, sequence, checksum in ((1, None, False), (None, 2, False), (1, 2, True)):
            inner = wire.packet("2001:db8:2::1")
            wire.add(packets.ip(*outer, fragments.GRE,
                                fragments.gre(inner, 0x86DD, key=key, sequence=sequence,
                                              with_checksum=checksum)))
        for wrap in (lambda frame: fragments.gre(frame, fragments.BRIDGED), fragments.erspan_1,
                     fragments.erspan_2, fragments.erspan_3,
                     lambda frame: fragments.erspan_3(frame, subheader=True)):
            for ends in (outer, six):
                frame = packets.ethernet(wire.packet("192.0.2.3"), tags=((0x8100, 9),))
                wire.add(packets.ip(*ends, fragments.GRE, wrap(frame)))

    def test_tunnels_are_opened(self):
        self.add_tunnels()
        self.live_with("decapsulate = true")

    def test_tunnels_stay_closed_unless_asked_for(self):
        self.add_tunnels()
        self.wire.wanted.clear()
        self.wire.drops["frame_not_udp"] = len(self.wire.frames)
        self.live_with()


if __name__ == "__main__":
    flowd.binary()
    unittest.main()
