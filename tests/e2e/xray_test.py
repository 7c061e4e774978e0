#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Exporters with one fault each send to a running flowd: what the API says of each first is its
true cause, and nothing is said of healthy ones."""

import json
import sys
import tempfile
import unittest
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import faulty, flowd  # noqa: E402

SECONDS = 15
SETTLED_SECONDS = 30


class XrayTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        folder = Path(scratch.name)
        port, cls.http = flowd.free_port(), flowd.free_tcp_port()
        live = flowd.Live(folder, "-listen", f"flow://127.0.0.1:{port}", "-metrics.addr",
                          f"127.0.0.1:{cls.http}", "-templates.park-age", "600s")
        cls.addClassCleanup(live.__exit__)
        live.wait_for_port(port)
        cls.faults = faulty.run(port, SECONDS)
        # The one after the next begins when all of it has come.
        wanted = cls.serial() + 2
        flowd.wait_until(lambda: cls.serial() >= wanted, SETTLED_SECONDS, "no observation")
        flowd.wait_until(cls.is_settled, SETTLED_SECONDS, "an observation with all of it")
        cls.exporters = {address: cls.get(f"/api/exporters/{address}") for address in cls.faults}

    @classmethod
    def get(cls, path: str):
        with urllib.request.urlopen(f"http://127.0.0.1:{cls.http}{path}", timeout=30) as answer:
            return json.load(answer)

    @classmethod
    def serial(cls) -> int:
        return cls.get("/api/status?history=0")["serial"]

    @classmethod
    def is_settled(cls) -> bool:
        """True when all that was sent is in what the API shows."""
        exporters = cls.get("/api/exporters?limit=100")["exporters"]
        healthy = [each for each in exporters
                   if cls.faults.get(each["address"], "").startswith("healthy")]
        sent = SECONDS * faulty.DATAGRAMS_PER_SECOND
        return len(exporters) == len(cls.faults) and all(
            each["totals"]["datagrams"] == sent for each in healthy)

    def test_each_fault_is_the_first_finding(self):
        for address, fault in self.faults.items():
            expected = faulty.FAULTS[fault][1]
            if expected is None:
                continue
            with self.subTest(fault=fault):
                findings = self.exporters[address]["findings"]
                self.assertTrue(findings, "no finding")
                print(f"{fault}: {findings[0]['sentence']}")
                self.assertEqual(findings[0]["code"], expected, findings)
                self.assertTrue(findings[0]["action"])
                self.assertEqual(self.exporters[address]["exporter"]["diagnosis"],
                                 findings[0]["sentence"])

    def test_nothing_can_be_read_without_the_one_template(self):
        """Which never comes, though another does four times a second; all that came waits."""
        address = next(each for each, fault in self.faults.items() if fault == "lost_template")
        finding = self.exporters[address]["findings"][0]
        self.assertEqual(finding["severity"], "error")
        self.assertEqual(self.exporters[address]["exporter"]["state"], "error")
        self.assertRegex(finding["sentence"],
                         r"without its template: it has announced others every 1 s, but never this "
                         rf"one: {SECONDS * faulty.DATAGRAMS_PER_SECOND} datagrams wait for it\.$")
        self.assertIn("More frequent templates do not help", finding["action"])
        found = self.get("/api/exporters?search=template_missing")["exporters"]
        self.assertEqual({self.faults[each["address"]] for each in found},
                         {"lost_template", "lost_templates"})

    def test_loss_by_numbers_that_cannot_be_trusted_is_not_known(self):
        untrusted = {"sequence_unit", "sequence_constant", "shared_address"}
        for address, fault in self.faults.items():
            with self.subTest(fault=fault):
                row = self.exporters[address]["exporter"]
                trusted = faulty.FAULTS[fault][1] not in untrusted
                self.assertIs(row["totals"]["sequence"]["trusted"], trusted)
                self.assertEqual(row["loss_share"] is not None, trusted)
        by_loss = self.get("/api/exporters?sort=lost&limit=2")["exporters"]
        self.assertEqual({self.faults[each["address"]] for each in by_loss},
                         {"loss", "loss_sflow"})

    def test_each_fault_is_the_only_finding(self):
        for address, fault in self.faults.items():
            expected = faulty.FAULTS[fault][1]
            with self.subTest(fault=fault):
                codes = [each["code"] for each in self.exporters[address]["findings"]]
                self.assertEqual(codes, [expected] if expected else [])


if __name__ == "__main__":
    unittest.main()
