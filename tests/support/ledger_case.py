# SPDX-License-Identifier: BSD-3-Clause
"""A test that compares all that shows flowd's ledger: with what was sent, and with each other."""

import tempfile
import unittest
from pathlib import Path

from support import flowd, ledger
from support.ledger import OTHER


class LedgerCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.port = flowd.free_port()

    def holds(self, live: ledger.Watched, traffic: ledger.Traffic, own_rows: bool = True):
        """At rest: each exporter is as it was made, and all of them are the box."""
        box = live.settle(traffic.total()["datagrams"])
        self.assertEqual(ledger.without_zeros(box["drops"]["flows"]), {})
        self.assertEqual(ledger.book_of(box), ledger.without_zeros(traffic.total()))
        rows = live.exporters()
        self.adds_up(box, rows)
        for row in rows["exporters"]:
            self.domains_add_up(live, row)
        if own_rows:
            seen = {each["address"]: ledger.book_of(each["totals"]) for each in rows["exporters"]}
            seen[OTHER] = ledger.book_of(rows["other"]["totals"])
            made = {address: ledger.without_zeros(book)
                    for address, book in {OTHER: {}, **traffic.books}.items()}
            self.assertEqual(sorted(seen), sorted(made))
            for address, book in made.items():
                with self.subTest(exporter=address):
                    self.assertEqual(seen[address], book)
        self.assertEqual(live.wrong, [])
        return box

    def adds_up(self, box: dict, rows: dict):
        total = ledger.Counter()
        for each in [*rows["exporters"], rows["other"]]:
            total.update(ledger.numbers_of(each["totals"]))
        self.assertEqual(ledger.without_zeros(total),
                         ledger.without_zeros(ledger.numbers_of(box)))

    def domains_add_up(self, live: ledger.Watched, row: dict):
        """What belongs to no domain of an exporter has an account, too."""
        answer = live.get(f"/api/exporters/{row['address']}")
        self.assertEqual(answer["exporter"]["totals"], row["totals"])
        total = ledger.Counter()
        for each in answer["domains"]:
            self.assertEqual(ledger.unbalanced(each["totals"]), "")
            total.update(ledger.numbers_of(each["totals"]))
        self.assertEqual(ledger.without_zeros(total),
                         ledger.without_zeros(ledger.numbers_of(row["totals"])))

    def ends(self, live: ledger.Watched, box: dict):
        """At rest, nothing waiting: all doors say the same, and so does the summary."""
        self.doors_agree(live, box)
        live.end_watch()
        self.assertEqual(live.stop(), 0, live.errors.read_text())
        self.assertEqual(live.wrong, [])
        self.assertGreater(len(live.serials), 1)
        self.agrees_with_the_summary(live.summary(), box)
        self.assertEqual(len(live.flows()), box["delivered"])

    def doors_agree(self, live: ledger.Watched, box: dict):
        """The API, the metrics and flowctl, while flowd has nothing to do."""
        said = live.ctl("status")["totals"]
        self.assertEqual(said, box)
        drops, theirs = live.get("/api/drops"), live.ctl("drops")
        self.assertEqual(drops["datagrams"], theirs["datagrams"])
        for kind in ("datagrams", "flows"):
            listed = {each["name"]: each["count"] for each in drops[kind]}
            self.assertEqual(ledger.without_zeros(listed), box["drops"][kind])
        self.assertEqual(drops["upstream"], box["sequence"])
        series = live.series()
        page = {name: ledger.summed(series, name) for name in (
            "flowd_datagrams_total", "flowd_datagrams_decoded_total", "flowd_flows_total",
            "flowd_flows_delivered_total", "flowd_datagram_bytes_total", "flowd_sequence_lost",
            "flowd_sequence_late_total", "flowd_sequence_resets_total")}
        self.assertEqual(list(page.values()), [
            box["datagrams"], box["decoded"], box["flows"], box["delivered"], box["payload_bytes"],
            box["sequence"]["lost"], box["sequence"]["late"], box["sequence"]["resets"]])
        for kind in ("datagrams", "flows"):
            for name, count in box["drops"][kind].items():
                of_page = ledger.summed(series, f"flowd_{kind}_dropped_total", f'reason="{name}"')
                self.assertEqual(of_page, count, name)

    def agrees_with_the_summary(self, summary: dict, box: dict):
        self.assertEqual(flowd.unbalanced(summary), "")
        for name, other in (("datagrams", "datagrams"), ("decoded", "decoded"), ("flows", "flows"),
                            ("delivered", "delivered"), ("payload_bytes", "bytes_in")):
            self.assertEqual(summary[other], box[name], name)
        self.assertEqual(summary["drops"], box["drops"])
        for name, count in box["sequence"].items():
            self.assertEqual(summary["counters"].get(f"sequence_{name}", 0), count, name)
        for name, count in box["sets"].items():
            self.assertEqual(summary["counters"].get(f"sets_{name}", 0), count, name)
