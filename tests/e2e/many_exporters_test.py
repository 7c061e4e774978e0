#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""10,000 exporters with a template each, from as many addresses of loopback: nothing is lost or
mistaken, a scrape takes less than a tenth of a second, a page of the list is quick, and to keep
watch over all of them costs a bounded part of a CPU and of memory.

Times are by the clock, the median of several. Where the machine is so busy that the clock says
more, flowd's own CPU time decides: what it needs is all that it can be blamed for."""

import concurrent.futures
import json
import os
import statistics
import sys
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import damage, flowd, ledger, prometheus  # noqa: E402
from support.flowd import cpu_seconds  # noqa: E402
from support.ledger_case import LedgerCase  # noqa: E402

MANY = 10_000
ROUNDS = 3
TRIES = 9
ATTEMPTS = 4
SCRAPE_SECONDS_MAX = 0.1
LIST_SECONDS_MAX = 0.05
ALL_SECONDS_MAX = 0.1
# Of a CPU, with an observation a second.
OBSERVER_SHARE_MAX = 0.15
OBSERVED_SECONDS = 5
# Its template, its accounts and its traits; its row, its X-ray and its rates in three observations
# that are used in turn; its part of a scrape.
BYTES_PER_EXPORTER_MAX = 32_768
WARM_SCRAPES = 40  # each thread that answers keeps memory for a page or two
BYTES_LATER_MAX = 64 << 20  # what traffic and scrapes add: less than 8 of 40 pages that are read


def address(number: int) -> str:
    return f"127.{64 + number // 65536}.{number // 256 % 256}.{number % 256}"


def thread_of(pid: int, name: str) -> Path:
    for task in Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text().strip() == name:
            return task / "stat"
    raise AssertionError(f"no thread {name}")


def resident_bytes(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def least(measure, most: float) -> float:
    """Of a few measurements, or the first that is good: others only make a machine slower."""
    best = measure()
    for _ in range(ATTEMPTS - 1):
        if best < most:
            break
        best = min(best, measure())
    return best


class Sockets(ledger.Traffic):
    """As many sources have to share the descriptors: a socket for as long as it sends."""

    PAUSE_SECONDS = 0.006

    def exporter(self, address: str) -> ledger.Exporter:
        return ledger.Exporter(address, self)

    def send_round(self, sequence: int):
        sets = [damage.V9_TEMPLATE] if sequence == 0 else [damage.data()]
        for number in range(MANY):
            exporter = self.exporter(address(number))
            exporter.send(damage.v9(sets, sequence), damage.COUNT if sequence else 0)
            exporter.socket.close()


class ManyExportersTest(LedgerCase):
    def live(self, budget: int) -> ledger.Watched:
        return ledger.Watched(self.folder, "-listen", f"flow://127.0.0.1:{self.port}",
                              "-metrics.exporters-max", budget, "-transport", "null")

    def take_time(self, live: ledger.Watched, path: str, most: float) -> bytes:
        """The answer, which must come in time."""
        answers = []

        def seconds() -> float:
            took, answer = self.time_of(live, path, most)
            answers.append(answer)
            return took

        self.assertLess(least(seconds, most), most, path)
        return answers[-1]

    def time_of(self, live: ledger.Watched, path: str, most: float) -> tuple[float, bytes]:
        stat = Path(f"/proc/{live.process.pid}/stat")
        seconds = []
        before, observing = cpu_seconds(stat), cpu_seconds(self.observer)
        for _ in range(TRIES):
            begin = time.perf_counter()
            answer = live.fetch(path)
            seconds.append(time.perf_counter() - begin)
            time.sleep(0.02)
        observing = cpu_seconds(self.observer) - observing
        cpu = (cpu_seconds(stat) - before - observing) / TRIES
        median = statistics.median(seconds)
        judge = "clock" if median < most else "CPU time, for the machine is busy"
        print(f"{path}: {len(answer) / 1e6:.2f} MB, median {median * 1000:.1f} ms, CPU "
              f"{cpu * 1000:.1f} ms; judged by the {judge}")
        return min(median, cpu), answer

    def fill(self, live: ledger.Watched, traffic: Sockets) -> dict:
        for sequence in range(ROUNDS):
            traffic.send_round(sequence)
        box = live.settle(ROUNDS * MANY)
        self.assertEqual(box["drops"], {"datagrams": {}, "flows": {}})
        self.assertEqual(ledger.book_of(box), ledger.without_zeros(traffic.total()))
        return box

    def observer_is_cheap(self):
        def share() -> float:
            before, began = cpu_seconds(self.observer), time.monotonic()
            time.sleep(OBSERVED_SECONDS)
            taken = (cpu_seconds(self.observer) - before) / (time.monotonic() - began)
            print(f"the observer takes {taken * 100:.1f} % of a CPU")
            return taken

        self.assertLess(least(share, OBSERVER_SHARE_MAX), OBSERVER_SHARE_MAX)

    def scrapes(self, budget: int):
        with self.live(budget) as live, Sockets(self.port) as traffic:
            self.observer = thread_of(live.process.pid, "flowd-observer")
            empty = resident_bytes(live.process.pid)
            live.end_watch()  # which is not cheap itself
            box = self.fill(live, traffic)
            page = self.take_time(live, "/metrics", SCRAPE_SECONDS_MAX).decode()
            self.assertEqual(prometheus.check_metrics(page), "")
            series = ledger.series_of(page)
            shown = [name for name in series if name.startswith("flowd_exporter_flows_total{")]
            self.assertEqual(len(shown), min(budget, MANY) + 1)
            for name, count in (("flowd_exporter_datagrams_total", box["datagrams"]),
                                ("flowd_exporter_flows_total", box["flows"]),
                                ("flowd_exporter_delivered_flows_total", box["delivered"])):
                self.assertEqual(ledger.summed(series, name), count)
            self.list_is_right(live, box)
            self.observer_is_cheap()
            box = self.memory_is_bounded(live, traffic, empty)
            self.assertEqual(live.stop(), 0, live.errors.read_text())
            self.agrees_with_the_summary(live.summary(), box)

    def memory_is_bounded(self, live: ledger.Watched, traffic: Sockets, empty: int) -> dict:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:  # by all threads of the server
            list(pool.map(lambda _: live.fetch("/metrics"), range(WARM_SCRAPES)))
        for _ in range(WARM_SCRAPES):  # and in a row, which keeps more than was given back
            live.fetch("/metrics")
        full = resident_bytes(live.process.pid)
        print(f"{MANY} exporters: {(full - empty) / MANY:.0f} bytes each")
        self.assertLess((full - empty) / MANY, BYTES_PER_EXPORTER_MAX)
        traffic.send_round(ROUNDS)
        box = live.settle((ROUNDS + 1) * MANY)
        for _ in range(WARM_SCRAPES):
            live.fetch("/metrics")
        self.assertLess(resident_bytes(live.process.pid) - full, BYTES_LATER_MAX)
        return box

    def list_is_right(self, live: ledger.Watched, box: dict):
        first = json.loads(self.take_time(live, "/api/exporters?limit=100", LIST_SECONDS_MAX))
        self.assertEqual((len(first["exporters"]), first["total"]), (100, MANY))
        self.take_time(live, "/api/exporters?limit=100&sort=findings&search=127.64.3",
                       LIST_SECONDS_MAX)
        self.take_time(live, f"/api/exporters?limit={MANY}", ALL_SECONDS_MAX)
        # Templates are walked every few seconds, a page at a time.
        def all_known() -> bool:
            return all(each["templates"] == 1 for each in live.exporters()["exporters"])
        flowd.wait_until(all_known, 30, "every exporter's template is known")
        rows = live.exporters()
        self.adds_up(box, rows)
        self.assertEqual({each["address"] for each in rows["exporters"]},
                         {address(number) for number in range(MANY)})
        for each in rows["exporters"]:
            self.assertEqual((each["totals"]["datagrams"], each["templates"],
                              each["totals"]["imbalance"]),
                             (ROUNDS, 1, {"datagrams": 0, "flows": 0}))

    def test_all_have_series_of_their_own(self):
        self.scrapes(MANY)

    def test_most_are_added_up_as_other(self):
        self.scrapes(1000)


if __name__ == "__main__":
    flowd.need("promtool")
    unittest.main()
