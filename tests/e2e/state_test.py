#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What flowd has learnt survives: a stop, a kill, a file of goflow2's; and a damaged file costs
nothing but what was in it. Templates are sent to one run, data to the next."""

import json
import re
import signal
import socket
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd, netflow, packets, pcap  # noqa: E402

ARRIVAL_SECONDS = 15
FIELDS = ((8, 4), (12, 4), (1, 4))
RECORD = bytes((10, 0, 0, 1, 10, 0, 0, 2)) + netflow.number(700, 4)
TEMPLATE = netflow.one_set(0, netflow.template(256, FIELDS))
# scope system; sampling interval
OPTIONS = (netflow.one_set(1, netflow.v9_options_template(257, ((1, 4),), ((34, 4),)))
           + netflow.one_set(257, netflow.number(1, 4) + netflow.number(512, 4)))
TEACHING = netflow.v9([TEMPLATE, OPTIONS], count=3, sequence=1, source_id=9)
DATA = netflow.v9([netflow.one_set(256, RECORD)], count=1, sequence=2, source_id=9)
GOFLOW2_V1 = {"templates": [{
    "Key": {"TemplateKey": "127.0.0.1", "Version": 9, "ObsDomainId": 9, "TemplateId": 256},
    "Data": {"Type": "TemplateRecord", "Data": {
        "TemplateId": 256, "FieldCount": 3,
        "Fields": [{"PenProvided": False, "Type": element, "Length": length, "Pen": 0}
                   for element, length in FIELDS]}}}]}
GOFLOW2_LATER = {"127.0.0.1:40000": {"9/9/256": {
    "template-id": 256, "field-count": 3,
    "fields": [{"pen-provided": False, "type": element, "length": length, "pen": 0}
               for element, length in FIELDS]}}}


class StateTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.state = self.folder / "state"
        self.port = flowd.free_port()

    def live(self, *arguments, query: str = "") -> flowd.Live:
        return flowd.Live(self.folder, "-listen", f"netflow://127.0.0.1:{self.port}{query}",
                          *(arguments or ("-state.path", self.state)))

    def send(self, payload: bytes, source: str = "127.0.0.1"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind((source, 0))
            sender.sendto(payload, ("127.0.0.1", self.port))

    def saved(self) -> int:
        """Templates in the file."""
        if not self.state.exists():
            return 0
        head, _, body = self.state.read_text().partition("\n")
        self.assertRegex(head, r"^flowd-state 1 [0-9a-f]{8} \d+$")
        self.assertEqual(int(head.split()[3]), len(body))
        return len(json.loads(body)["templates"])

    def stop(self, live: flowd.Live) -> dict:
        self.assertEqual(live.stop(), 0, live.errors.read_text())
        summary = live.summary()
        self.assertEqual(flowd.unbalanced(summary), "")
        return summary

    def flows_of_data(self, *arguments, wanted: int = 1) -> tuple[list[dict], dict, str]:
        """A run that gets no template. Flows, summary, log."""
        with self.live(*arguments) as live:
            live.wait_for_port(self.port)
            self.send(DATA)
            if wanted:
                flowd.wait_until(live.flows, ARRIVAL_SECONDS, live.errors.read_text())
            summary = self.stop(live)
            self.assertEqual(len(live.flows()), wanted)
            return live.flows(), summary, live.errors.read_text()

    def expect_the_flow(self, *arguments, rate: int = 0):
        flows, summary, _ = self.flows_of_data(*arguments)
        self.assertEqual((flows[0]["SrcAddr"], flows[0]["Bytes"], flows[0]["SamplingRate"]),
                         ("10.0.0.1", 700, rate))
        self.assertEqual(summary["drops"]["datagrams"], {})
        self.assertNotIn("templates_learnt", summary["counters"])
        return summary

    def test_a_stop_loses_nothing(self):
        with self.live() as live:
            live.wait_for_port(self.port)
            self.send(TEACHING)
            self.send(DATA)
            flowd.wait_until(live.flows, ARRIVAL_SECONDS, "no flow")
            self.stop(live)
        self.assertEqual(self.saved(), 2)
        summary = self.expect_the_flow(rate=512)
        self.assertEqual(summary["counters"]["templates_restored"], 2)
        self.assertEqual(self.saved(), 2, "a run that learns nothing forgets nothing")

    def test_a_kill_loses_an_interval_at_most(self):
        with self.live("-state.path", self.state, "-state.interval", "100") as live:
            live.wait_for_port(self.port)
            self.send(TEACHING)
            flowd.wait_until(lambda: self.saved() == 2, ARRIVAL_SECONDS, "not saved")
            self.send(netflow.v9([netflow.one_set(0, netflow.template(300, FIELDS))], count=1,
                                 sequence=2, source_id=9))
            flowd.wait_until(lambda: self.saved() == 3, ARRIVAL_SECONDS, "not saved again")
            live.process.kill()
            self.assertEqual(live.process.wait(), -signal.SIGKILL)
        self.expect_the_flow(rate=512)

    def test_two_workers_save_one_file(self):
        sources = [f"127.0.0.{number}" for number in range(11, 19)]
        for round_number in range(3):
            with self.live("-state.path", self.state, "-state.interval", "50",
                           query="?count=2") as live:
                live.wait_for_port(self.port)
                if round_number == 0:
                    for source in sources:
                        self.send(TEACHING, source)
                    flowd.wait_until(lambda: self.saved() == 2 * len(sources), ARRIVAL_SECONDS,
                                     "not saved")
                for source in sources:
                    self.send(DATA, source)
                flowd.wait_until(lambda: len(live.flows()) == len(sources), ARRIVAL_SECONDS,
                                 live.errors.read_text())
                self.stop(live)
                self.assertEqual({flow["SamplerAddress"] for flow in live.flows()}, set(sources))
                self.assertEqual({flow["SamplingRate"] for flow in live.flows()}, {512})
            self.assertEqual(self.saved(), 2 * len(sources))

    def test_what_cannot_be_read_is_moved_aside(self):
        with self.live() as live:
            live.wait_for_port(self.port)
            self.send(TEACHING)
            self.stop(live)
        good = self.state.read_bytes()
        damaged = good[:-10] + bytes((good[-10] ^ 1,)) + good[-9:]
        newer = re.sub(rb"^flowd-state 1", b"flowd-state 7", good)
        for content, reason in ((damaged, "checksum"), (newer, "newer"), (good[:-1], "bytes"),
                                (b"\0" * 100, "not a state file"), (b"{]", "neither")):
            self.state.write_bytes(content)
            _, summary, log = self.flows_of_data(wanted=0)
            self.assertRegex(log, rf"warning state.path: [^\n]*{reason}[^\n]*moved to ")
            self.assertEqual(summary["drops"]["datagrams"], {"unknown_template": 1})
            self.assertEqual((self.folder / "state.unread").read_bytes(), content)
            self.assertEqual(self.saved(), 0)
        self.state.write_bytes(good)
        self.expect_the_flow(rate=512)

    def test_goflow2_files_are_read_and_kept(self):
        later = ("-templates.json.path", self.state)
        first = ("-netflow.templates", "file", "-netflow.templates.file.path", self.state)
        for content, arguments in ((GOFLOW2_V1, first), (GOFLOW2_LATER, later)):
            text = json.dumps(content)
            self.state.write_text(text)
            self.expect_the_flow(*arguments)
            self.assertEqual((self.folder / "state.goflow2").read_text(), text)
            self.assertEqual(self.saved(), 1)
            self.expect_the_flow(*arguments)

    def test_a_path_that_cannot_be_written_is_refused_at_once(self):
        for path in (self.folder, self.folder / "no/such/folder"):
            done = flowd.run(["-listen", f"netflow://127.0.0.1:{self.port}", "-state.path", path,
                              "-http.listen", ""])
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr.decode(), r"^flowd: state.path: [^\n]+\n$")

    def test_without_a_path_nothing_is_kept(self):
        with self.live("-netflow.templates", "memory") as live:
            live.wait_for_port(self.port)
            self.send(TEACHING)
            self.stop(live)
        self.assertFalse(self.state.exists())
        self.flows_of_data("-netflow.templates", "memory", wanted=0)

    def test_replays_have_a_state_too(self):
        captures = []
        for name, payload in (("teaching", TEACHING), ("data", DATA)):
            captures.append(self.folder / f"{name}.pcap")
            frame = packets.ethernet(packets.udp_packet("192.0.2.1", "198.51.100.1", 5000, 2055,
                                                        payload))
            captures[-1].write_bytes(pcap.pcap_bytes([pcap.Packet(10**18, frame)]))
        state = ("-state.path", self.state)
        self.assertEqual(flowd.replay(captures[0], self.folder, *state)[0], [])
        for strict in ((), ("-strict",)):
            flows, _ = flowd.replay(captures[1], self.folder, *state, *strict)
            self.assertEqual([flow["Bytes"] for flow in flows], [700])
        by_port = ("-templates.key", "address_port")
        self.assertEqual(flowd.replay(captures[1], self.folder, *state, *by_port)[0], [],
                         "whose template it is, nobody knows")


if __name__ == "__main__":
    flowd.binary()
    unittest.main()
