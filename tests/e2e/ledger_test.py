#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The ledger of a running flowd under damaged traffic, to the last datagram: what the API, the
metrics, flowctl and the summary say of each exporter is what was done to it, and while it is done
no observation ever lacks a datagram or a flow."""

import random
import sys
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import damage, flowd, ledger, packets, pcap  # noqa: E402
from support.ledger import OTHER  # noqa: E402
from support.ledger_case import LedgerCase  # noqa: E402

PARK_SECONDS = 1
PATIENCE_SECONDS = 600  # longer than any look at what waits
# What the ingress finds in frames: a socket's datagrams have none.
OF_FRAMES = {"missed", "frame_truncated", "frame_not_ip", "frame_bad_ip", "frame_fragment",
             "frame_not_udp", "frame_bad_udp", "frame_not_ours", "frame_bad_checksum",
             "fragment_refused", "fragment_expired", "fragment_limit", "shard_ring_full"}


class LedgerTest(LedgerCase):
    def setUp(self):
        super().setUp()
        self.sflow_port = flowd.free_port()

    def live(self, *arguments, park_seconds=PARK_SECONDS, sockets=1) -> ledger.Watched:
        return ledger.Watched(
            self.folder, "-listen", f"netflow://127.0.0.1:{self.port}?count={sockets},"
            f"sflow://127.0.0.1:{self.sflow_port}", "-templates.park-age", f"{park_seconds}s",
            *arguments)

    # --- the traffic

    def test_damage_is_known_by_its_name_and_to_whom_it_belongs(self):
        """Many exporters at once, each with a damage of its own."""
        with self.live() as live, ledger.Traffic(self.port) as traffic:
            numbers = iter(range(1, 100))

            def case(which, *arguments):
                return which(traffic.exporter(f"127.0.1.{next(numbers)}"), *arguments)

            def all_arrive():
                live.wait_for_datagrams(traffic.total()["datagrams"])

            sflow = self.sflow_port
            ledger.side_by_side(
                case(damage.cut_v1), case(damage.cut_v5), case(damage.cut_v7), case(damage.cut_v9),
                case(damage.cut_ipfix), case(damage.cut_variable), case(damage.cut_sflow, sflow),
                case(damage.lengths_ipfix), case(damage.lengths_of_sets), case(damage.ids_of_sets),
                case(damage.templates), case(damage.samples_bad, sflow),
                case(damage.versions, sflow, all_arrive), case(damage.strangers),
                case(damage.gaps_v5), case(damage.gaps_v9), case(damage.gaps_ipfix),
                case(damage.gaps_sflow, sflow), case(damage.restart_v5), case(damage.restart_v9),
                case(damage.restart_ipfix), case(damage.wraps), case(damage.domains))
            never = traffic.exporter("127.0.2.1")
            for number in range(4):
                never.send(damage.v9_data(number), 0, "parked")
            live.wait_for_datagrams(traffic.total()["datagrams"])
            time.sleep(PARK_SECONDS)
            never.send(damage.v9([damage.V9_TEMPLATE], 4))  # too late for those that waited
            never.unpark(4, drop="unknown_template")
            box = self.holds(live, traffic)
            self.assertEqual(set(box["drops"]["datagrams"]), {
                each["name"] for each in live.get("/api/drops")["datagrams"]} - OF_FRAMES)
            self.domains_hold(live, traffic)
            self.ends(live, box)

    def domains_hold(self, live: ledger.Watched, traffic: ledger.Traffic):
        for address in {key[0] for key in traffic.domains}:
            answer = live.get(f"/api/exporters/{address}")
            self.assertEqual(answer["exporter"]["totals"],
                             live.ctl("exporter", address)["exporter"]["totals"])
            seen = {(address, each["version"], each["id"]): ledger.book_of(each["totals"])
                    for each in answer["domains"]}
            self.assertEqual(seen, {key: ledger.without_zeros(book)
                                    for key, book in traffic.domains.items() if key[0] == address})

    def early_data(self, traffic: ledger.Traffic) -> list[ledger.Exporter]:
        """Six datagrams wait, one of them with two sets; a seventh set's has something else wrong,
        which is said at once."""
        never, both = (traffic.exporter(f"127.0.1.{i}") for i in (1, 2))
        for _ in range(5):
            never.send(damage.ipfix_data(0), 0, "parked")
        both.send(damage.v9([damage.V9_TEMPLATE], 0))
        both.send(damage.v9([damage.data(), damage.data(300)], 1), damage.COUNT, "parked")
        both.send(damage.v9([damage.data(300), damage.data()[:-2]], 2), damage.COUNT - 1,
                  "truncated")
        return [never, both]

    def test_data_before_its_template_waits_and_is_decoded_or_dropped_at_the_end(self):
        with self.live(park_seconds=PATIENCE_SECONDS) as live, ledger.Traffic(self.port) as traffic:
            self.early_data(traffic)
            late = traffic.exporter("127.0.1.3")
            for number in range(5):
                late.send(damage.v9_data(number), 0, "parked")
            live.wait_for(lambda totals: totals["parked"] == 11, "not all wait")
            late.send(damage.v9([damage.V9_TEMPLATE, damage.data()], 5), damage.COUNT)
            late.unpark(5, 5 * damage.COUNT)
            box = self.holds(live, traffic)
            self.assertEqual(box["sets"], {"parked": 12, "unparked": 5, "expired": 0})
            self.assertEqual(live.stop(), 0)
            summary = live.summary()
        self.assertEqual(flowd.unbalanced(summary), "")
        self.assertEqual(box["parked"], 6)
        self.assertEqual(summary["drops"]["datagrams"],
                         {**box["drops"]["datagrams"], "unknown_template": 6})

    def test_data_without_a_template_is_dropped_in_time_though_nothing_else_comes(self):
        with self.live() as live, ledger.Traffic(self.port) as traffic:
            never, both = self.early_data(traffic)
            live.wait_for(lambda totals: totals["datagrams"] == 8 and totals["parked"] == 0,
                          "some wait for ever")
            never.unpark(5, drop="unknown_template")
            both.unpark(1, drop="unknown_template")
            never.send(damage.ipfix([damage.IPFIX_TEMPLATE], 0))  # too late
            box = self.holds(live, traffic)
            self.assertEqual(box["sets"], {"parked": 7, "unparked": 0, "expired": 7})
            self.ends(live, box)

    def test_noise_is_counted_whatever_it_is(self):
        """Datagrams of real exporters with bytes flipped: no name is foretold, but the sum is."""
        chance = random.Random(8)
        good = [pcap.udp_of(each).payload for name in ("softflowd_v5", "softflowd_v9",
                                                       "softflowd_ipfix", "sfprobe_sflow")
                for each in pcap.read(flowd.CAPTURES / f"{name}.pcap")]
        with self.live("-templates.park-bytes", 65536, sockets=2) as live, \
                ledger.Traffic(self.port) as traffic:
            sent = 0
            for turn in range(3000):
                payload = bytearray(chance.choice(good))
                for _ in range(chance.choice((0, 1, 1, 2, 8))):
                    payload[chance.randrange(len(payload))] = chance.randrange(256)
                exporter = traffic.exporter(f"127.0.1.{1 + turn % 20}")
                exporter.send(bytes(payload), port=chance.choice((self.port, self.sflow_port)))
                sent += len(payload)
            box = live.settle(3000)
            self.assertEqual((box["datagrams"], box["payload_bytes"]), (3000, sent))
            self.adds_up(box, live.exporters())
            # Nothing waits for long any more: a datagram is the clock.
            time.sleep(PARK_SECONDS)
            for exporter in traffic.exporters.values():  # of every worker
                exporter.send(b"?")
            box = live.settle(3020)
            self.assertEqual(box["parked"], 0)
            self.adds_up(box, live.exporters())
            self.ends(live, box)

    def test_more_exporters_than_there_is_room_for(self):
        """Those without templates give way, to be added to the others; nothing is lost by it."""
        with self.live("-limits.exporters", 8, "-limits.domains", 16) as live, \
                ledger.Traffic(self.port) as traffic:
            for turn in range(4):
                for number in range(1, 61):
                    traffic.exporter(f"127.0.1.{number}").send(
                        damage.v5(turn * damage.COUNT), damage.COUNT)
                    # It is not the table of flowd's only that is full.
                    traffic.exporter(f"127.0.1.{number}").send(damage.v5(0)[:20], 0, "truncated")
            box = self.holds(live, traffic, own_rows=False)
            rows = live.exporters()
            self.assertLessEqual(rows["total"], 8)
            self.assertGreater(rows["other"]["totals"]["datagrams"], 240)
            self.assertGreater(live.status()["rx"][0]["exporters_evicted"], 52)
            self.ends(live, box)

    def test_exporters_with_templates_stay_and_newcomers_share_an_account(self):
        with self.live("-limits.exporters", 4) as live, ledger.Traffic(self.port) as traffic:
            for number in range(1, 5):
                traffic.exporter(f"127.0.1.{number}").send(damage.v9([damage.V9_TEMPLATE], 0))
            for number in range(5, 15):
                late = traffic.exporter(f"127.0.1.{number}")
                late.send(damage.v9([damage.V9_TEMPLATE], 0), 0, "template_limit", whose=OTHER)
                late.send(damage.v9_data(1), 0, "unknown_template", whose=OTHER)
                late.send(damage.v5(1), damage.COUNT, whose=OTHER)
            for number in range(1, 5):
                traffic.exporter(f"127.0.1.{number}").send(damage.v9_data(1), damage.COUNT)
            box = live.settle(traffic.total()["datagrams"])
            rows = live.exporters()
            self.adds_up(box, rows)
            for each in rows["exporters"]:
                self.assertEqual(ledger.book_of(each["totals"]), traffic.books[each["address"]])
            # Strangers share a row of numbers, too: what they lost means nothing.
            seen = ledger.book_of(rows["other"]["totals"])
            self.assertEqual({name: seen[name] for name in traffic.books[OTHER]},
                             traffic.books[OTHER])
            self.assertEqual(rows["total"], 4)
            self.ends(live, box)

    def test_more_domains_than_there_is_room_for(self):
        """What those have counted that give way at once is among the others; nothing is lost."""
        with self.live("-limits.domains", 8) as live, ledger.Traffic(self.port) as traffic:
            many, one = traffic.exporter("127.0.1.1"), traffic.exporter("127.0.1.2")
            one.send(damage.v9([damage.V9_TEMPLATE], 0))
            for turn in range(3):
                for source_id in range(40):
                    many.send(damage.v9([damage.V9_TEMPLATE, damage.data()], turn, source_id),
                              damage.COUNT)
                one.send(damage.v9_data(turn + 1), damage.COUNT)
                live.wait_for_datagrams(traffic.total()["datagrams"])
            box = self.holds(live, traffic, own_rows=False)
            self.assertGreater(live.status()["rx"][0]["domains_evicted"], 100)
            self.ends(live, box)

    def test_what_is_missing_would_be_seen(self):
        """Or nothing above could fail."""
        with self.live() as live, ledger.Traffic(self.port) as traffic:
            traffic.exporter("127.0.1.1").send(damage.v5(1), damage.COUNT)
            totals = live.settle(1)
            series = live.series()
        self.assertEqual((ledger.unbalanced(totals), live.lacking(series)), ("", ""))
        for name, of_page in (("datagrams", "flowd_datagrams_total"),
                              ("delivered", 'flowd_flows_delivered_total{transport="file"}')):
            self.assertNotEqual(ledger.unbalanced({**totals, name: totals[name] + 1}), "")
            self.assertNotEqual(live.lacking({**series, of_page: series[of_page] + 1}), "")

    # --- frames

    def test_frames_of_a_replay(self):
        """Through DPDK: what is no datagram of flowd's has a name, too."""
        good = packets.udp_packet("192.0.2.1", "192.0.2.2", 4000, 2055, damage.v5(1))
        other = packets.udp_packet("192.0.2.3", "192.0.2.2", 4000, 2055, b"\0\x63senseless")
        bad_udp = packets.ipv4("192.0.2.1", "192.0.2.2", packets.UDP, bytes((0, 1, 8, 7, 0, 3))
                               + bytes(30))
        kinds = {
            "decoded": packets.ethernet(good),
            "unknown_protocol": packets.ethernet(other),
            "frame_not_ip": packets.ethernet(bytes(46), 0x0806),
            "frame_bad_ip": packets.ethernet(b"\x41" + good[1:]),
            "frame_not_udp": packets.ethernet(packets.ipv4("192.0.2.1", "192.0.2.2", packets.TCP,
                                                           bytes(40))),
            "frame_bad_udp": packets.ethernet(bad_udp),
            "frame_truncated": packets.ethernet(good)[:60],
        }
        turns, start = 40, 1_700_000_000_000_000_000
        frames = [frame for _ in range(turns) for frame in kinds.values()]
        capture = self.folder / "frames.pcap"
        capture.write_bytes(pcap.pcap_bytes([pcap.Packet(start + i * 1_000_000, frame)
                                             for i, frame in enumerate(frames)]))
        pace = len(frames) // 12
        with ledger.Watched(self.folder, "-replay", capture, "-replay.pps", pace) as live:
            self.assertEqual(live.process.wait(timeout=90), 0, live.errors.read_text())
            live.end_watch()
            self.assertEqual(live.wrong, [])
            self.assertGreater(len(live.serials), 2)
            summary = live.summary()
        self.assertEqual(flowd.unbalanced(summary), "")
        self.assertEqual(summary["datagrams"], len(frames))
        self.assertEqual({"decoded": summary["decoded"], **summary["drops"]["datagrams"]},
                         dict.fromkeys(kinds, turns))


if __name__ == "__main__":
    flowd.binary()
    unittest.main()
