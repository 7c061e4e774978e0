#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The ledger of a running flowd whose outlet is in trouble, to the last flow: a ring that is full
on purpose, a pipe that stalls and goes on, a full disk, a spool before a Kafka that is not there,
two transports of which one takes some exporters only."""

import contextlib
import os
import resource
import socket
import sys
import threading
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import damage, flowd, ledger  # noqa: E402
from support.ledger_case import LedgerCase  # noqa: E402

RECORDS = 60
QUEUE_MESSAGES = 1000
FILE_SIZE_MOST = 300_000
FIRST, SECOND = "127.0.1.1", "127.0.1.2"


class Reader:
    """Of a FIFO: opens it at once, reads when it is told to."""

    def __init__(self, path: Path):
        os.mkfifo(path)
        self.descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self.data = bytearray()
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.read, daemon=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.finish()
        os.close(self.descriptor)

    def go_on(self):
        self.thread.start()

    def finish(self):
        """Until the pipe is empty."""
        self.ended.set()
        if self.thread.is_alive():
            self.thread.join()

    def read(self):
        while True:
            is_last = self.ended.is_set()
            try:
                while piece := os.read(self.descriptor, 1 << 20):
                    self.data += piece
            except BlockingIOError:
                pass
            if is_last:
                return
            self.ended.wait(0.01)

    def lines(self) -> list[dict]:
        """Whole ones."""
        return flowd.flows_of(bytes(self.data[:self.data.rfind(b"\n") + 1]))


@contextlib.contextmanager
def nobody():
    """Flags of a Kafka whose brokers do not answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        yield ("-transport", "kafka", "-transport.kafka.brokers",
               f"127.0.0.1:{taken.getsockname()[1]}", "-transport.kafka.queue-messages",
               QUEUE_MESSAGES, "-tx.stop-patience", "500ms")


class OutletTest(LedgerCase):
    def live(self, *arguments) -> ledger.Watched:
        return ledger.Watched(self.folder, "-listen", f"flow://127.0.0.1:{self.port}", *arguments)

    def teach(self, traffic: ledger.Traffic):
        for address in (FIRST, SECOND):
            traffic.exporter(address).send(damage.v9([damage.V9_TEMPLATE], 0))
        self.sequence = 0

    def send(self, traffic: ledger.Traffic, datagrams: int):
        """From two exporters, of which one sends twice as much."""
        for _ in range(datagrams):
            self.sequence += 1
            for address, records in ((FIRST, RECORDS), (SECOND, RECORDS // 2)):
                payload = damage.v9([damage.data(count=records)], self.sequence)
                traffic.exporter(address).send(payload, records)

    def flows_are_found(self, live: ledger.Watched, traffic: ledger.Traffic, box: dict):
        """Each exporter's flows are all it has sent; wherever they are, the sum is the box's."""
        rows = live.exporters()
        self.adds_up(box, rows)
        for each in rows["exporters"]:
            self.assertEqual(each["totals"]["flows"], traffic.books[each["address"]]["flows"])
            self.assertEqual(each["totals"]["offered"], each["totals"]["flows"])
        self.assertEqual(live.wrong, [])

    def at_rest(self, live: ledger.Watched, traffic: ledger.Traffic, condition, what: str) -> dict:
        count = traffic.total()["datagrams"]
        live.wait_for(lambda totals: totals["datagrams"] == count and condition(totals), what)
        return live.same_twice()

    def end(self, live: ledger.Watched) -> dict:
        live.end_watch()
        self.assertEqual(live.wrong, [])
        live.stop()
        summary = live.summary()
        self.assertEqual(flowd.unbalanced(summary), "")
        return summary

    # --- pipes

    def test_a_ring_that_is_full_on_purpose_drops_by_name(self):
        """Nobody reads until the end."""
        pipe = self.folder / "pipe"
        with Reader(pipe) as reader, self.live(
                "-transport.file", pipe, "-batch.count", 4) as live, \
                ledger.Traffic(self.port) as traffic:
            self.teach(traffic)
            self.send(traffic, 100)
            box = self.at_rest(live, traffic, lambda totals: totals["drops"]["flows"],
                               "nothing is dropped")
            self.assertEqual(set(box["drops"]["flows"]), {"ring_full"})
            waiting = sum(box["in_flight"].values())
            self.assertGreater(waiting, 0)
            self.assertEqual(box["flows"], traffic.total()["flows"])
            self.flows_are_found(live, traffic, box)
            self.doors_agree(live, box)
            reader.go_on()
            summary = self.end(live)
            reader.finish()
        self.assertEqual(summary["drops"]["flows"], box["drops"]["flows"])
        self.assertEqual(summary["delivered"], box["delivered"] + waiting)
        self.assertEqual(len(reader.lines()), summary["delivered"])

    def test_a_stop_gives_up_what_nobody_reads(self):
        """By one signal, although the thread that writes cannot be had back from the kernel."""
        pipe = self.folder / "pipe"
        with Reader(pipe) as reader, self.live("-transport.file", pipe, "-tx.stop-patience",
                                               "100ms") as live, \
                ledger.Traffic(self.port) as traffic:
            self.teach(traffic)
            self.send(traffic, 20)
            box = self.at_rest(live, traffic, lambda totals: totals["in_flight"]["ring"] > 0,
                               "nothing waits")
            summary = self.end(live)
            self.assertEqual(live.process.returncode, 1)
            reader.go_on()
            reader.finish()
        self.assertEqual(summary["flows"], traffic.total()["flows"])
        self.assertEqual(summary["delivered"], box["delivered"])
        self.assertEqual(summary["drops"]["flows"], {"given_up": sum(box["in_flight"].values())})
        # Of the batch that was being written the pipe holds as much as it has room for.
        self.assertGreaterEqual(len(reader.lines()), summary["delivered"])

    def test_a_stalled_pipe_holds_flows_in_flight_until_it_is_read_on(self):
        pipe = self.folder / "pipe"
        with Reader(pipe) as reader, self.live("-transport.file", pipe) as live, \
                ledger.Traffic(self.port) as traffic:
            self.teach(traffic)
            self.send(traffic, 100)
            box = self.at_rest(live, traffic, lambda totals: totals["in_flight"]["ring"] > 0,
                               "nothing waits")
            self.assertEqual(box["drops"]["flows"], {})  # the ring has room for all
            self.assertEqual(sum(box["in_flight"].values()) + box["delivered"], box["flows"])
            self.flows_are_found(live, traffic, box)
            reader.go_on()
            live.settle(traffic.total()["datagrams"])
            self.send(traffic, 20)
            box = live.settle(traffic.total()["datagrams"])
            self.assertEqual(box["delivered"], traffic.total()["flows"])
            self.flows_are_found(live, traffic, box)
            self.doors_agree(live, box)
            summary = self.end(live)
            reader.finish()
            self.agrees_with_the_summary(summary, box)
            self.assertEqual(len(reader.lines()), box["delivered"])
            for address in (FIRST, SECOND):
                count = sum(each["SamplerAddress"] == address for each in reader.lines())
                self.assertEqual(count, traffic.books[address]["flows"])

    # --- a file

    def test_a_full_disk_fails_by_name_until_there_is_room_again(self):
        out = self.folder / "flows"
        with self.live("-transport.file", out) as live, ledger.Traffic(self.port) as traffic:
            self.teach(traffic)
            pid, limit = live.process.pid, resource.RLIMIT_FSIZE
            before = resource.prlimit(pid, limit)
            resource.prlimit(pid, limit, (FILE_SIZE_MOST, before[1]))
            self.send(traffic, 100)
            box = self.at_rest(live, traffic, lambda totals: totals["drops"]["flows"] and not any(
                totals["in_flight"].values()), "nothing fails")
            self.assertEqual(set(box["drops"]["flows"]), {"transport_failed"})
            self.assertEqual(live.status()["transports"][0]["state"], "dropping")
            self.assertEqual(live.status()["health"]["state"], "failing")
            self.assertEqual(len(flowd.flows_of(out.read_bytes())), box["delivered"])
            self.flows_are_found(live, traffic, box)
            resource.prlimit(pid, limit, before)
            # It is tried again by what comes, and at last goes on.
            flowd.wait_until(lambda: self.goes_on(live, traffic), 20, "it never goes on")
            box = live.settle(traffic.total()["datagrams"])
            self.flows_are_found(live, traffic, box)
            self.doors_agree(live, box)
            summary = self.end(live)
        self.agrees_with_the_summary(summary, box)
        self.assertEqual(len(flowd.flows_of(out.read_bytes())), box["delivered"])

    def goes_on(self, live: ledger.Watched, traffic: ledger.Traffic) -> bool:
        self.send(traffic, 1)
        return live.status()["transports"][0]["state"] == "up"

    # --- Kafka

    def test_a_kafka_that_is_not_there(self):
        """The ring is full; a stop gives up what is left."""
        with nobody() as kafka, self.live(*kafka, "-batch.count", 4) as live, \
                ledger.Traffic(self.port) as traffic:
            self.teach(traffic)
            self.send(traffic, 100)
            box = self.at_rest(live, traffic, lambda totals: totals["drops"]["flows"],
                               "nothing is dropped")
            self.assertEqual((set(box["drops"]["flows"]), box["delivered"]), ({"ring_full"}, 0))
            self.assertGreater(sum(box["in_flight"].values()), 0)
            self.flows_are_found(live, traffic, box)
            self.doors_agree(live, box)
            summary = self.end(live)
        self.assertEqual(summary["drops"]["flows"], {
            **box["drops"]["flows"], "given_up": sum(box["in_flight"].values())})

    def test_a_spool_before_a_kafka_that_is_not_there(self):
        """What is spooled stays accounted for, and is restored by the next run."""
        with nobody() as kafka:
            kafka += ("-transport.spool.path", self.folder / "spool", "-transport.spool.slow-ms",
                      200)
            with self.live(*kafka) as live, ledger.Traffic(self.port) as traffic:
                self.teach(traffic)
                self.send(traffic, 60)
                box = self.at_rest(live, traffic, lambda totals: totals["in_flight"]["spool"] > 0
                                   and totals["in_flight"]["ring"] == 0, "nothing is spooled")
                first = box["in_flight"]["spool"]
                self.send(traffic, 60)
                box = self.at_rest(
                    live, traffic, lambda totals: totals["in_flight"]["spool"] > first
                    and totals["in_flight"]["ring"] == 0, "the spool does not grow")
                self.assertEqual((box["delivered"], box["drops"]["flows"]), (0, {}))
                self.assertEqual(sum(box["in_flight"].values()), traffic.total()["flows"])
                self.flows_are_found(live, traffic, box)
                self.doors_agree(live, box)
                summary = self.end(live)
                transport, = summary["transports"]
                self.assertEqual(transport["spool_left"] + sum(transport["drops"].values()),
                                 traffic.total()["flows"])
                self.assertGreaterEqual(transport["spool_left"], box["in_flight"]["spool"])
            left = transport["spool_left"]
            with self.live(*kafka) as live, ledger.Traffic(self.port) as traffic:
                self.teach(traffic)
                self.send(traffic, 5)
                box = self.at_rest(live, traffic, lambda totals: totals["restored"] == left,
                                   "not restored")
                self.assertEqual(sum(box["in_flight"].values()), left + traffic.total()["flows"])
                rows = live.exporters()
                self.adds_up(box, rows)
                self.assertEqual(rows["other"]["totals"]["restored"], left)
                summary = self.end(live)
        transport, = summary["transports"]
        self.assertEqual(transport["spool_restored"], left)
        self.assertEqual(transport["spool_left"] + sum(transport["drops"].values()),
                         left + traffic.total()["flows"])

    # --- two transports

    def test_two_transports_each_have_an_equation(self):
        settings = self.folder / "flowd.toml"
        out = self.folder / "flows"
        settings.write_text(f'[[transport]]\nname = "all"\nfile.path = "{out}"\n'
                            f'[[transport]]\nname = "some"\nkind = "null"\n'
                            f'exporters = ["{SECOND}/32"]\n')
        with self.live("-config", settings) as live, ledger.Traffic(self.port) as traffic:
            self.teach(traffic)
            self.send(traffic, 50)
            box = live.settle(traffic.total()["datagrams"])
            first, second = (traffic.books[address]["flows"] for address in (FIRST, SECOND))
            self.assertEqual((box["flows"], box["offered"], box["delivered"]),
                             (first + second, first + 2 * second, first + 2 * second))
            rows = live.exporters()
            self.adds_up(box, rows)
            self.assertEqual({each["address"]: each["totals"]["delivered"]
                              for each in rows["exporters"]}, {FIRST: first, SECOND: 2 * second})
            self.assertEqual([each["delivered"] for each in live.status()["transports"]],
                             [first + second, second])
            self.doors_agree(live, box)
            summary = self.end(live)
        self.agrees_with_the_summary(summary, box)
        self.assertEqual([each["delivered"] for each in summary["transports"]],
                         [first + second, second])


if __name__ == "__main__":
    flowd.binary()
    unittest.main()
