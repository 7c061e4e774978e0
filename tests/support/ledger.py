# SPDX-License-Identifier: BSD-3-Clause
"""flowd's ledger, judged by one who knows the truth because it made the traffic. `Traffic` sends
from many addresses of loopback and keeps the books; `Watched` is a flowd that is looked at five
times a second while it runs, by all that show its ledger, and none of these may ever be wrong."""

import json
import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

from support import flowd

CTL = Path(os.environ.get("FLOWCTL", Path(flowd.binary()).parent / "tools/ctl/flowctl"))
LOOKS_PER_SECOND = 5
PATIENCE_SECONDS = 25
BACKLOG_BYTES_MAX = 1 << 20  # of the 8 MiB at least that flowd's sockets hold
OTHER = "other"


class Exporter:
    """A sender with an address of its own, and what must be known of it."""

    def __init__(self, address: str, traffic: "Traffic"):
        self.address = address
        self.traffic = traffic
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))

    def send(self, payload: bytes, flows: int = 0, drop: str = "", *, port: int = 0,
             whose: str = "", domain: tuple = ()):
        """`drop` is what its datagram must be counted as; without, it is decoded. `whose`: another
        account than that of its address. `domain`: (version, id) of the account in that."""
        traffic = self.traffic
        self.socket.sendto(payload, ("127.0.0.1", port or traffic.port))
        self.count(datagrams=1, payload_bytes=len(payload), flows=flows, whose=whose, domain=domain)
        if drop == "parked":
            self.count(parked=1, whose=whose, domain=domain)
        elif drop:
            self.count(**{f"drop {drop}": 1}, whose=whose, domain=domain)
        else:
            self.count(decoded=1, whose=whose, domain=domain)
        traffic.breathe()

    def count(self, *, whose: str = "", domain: tuple = (), **what: int):
        """That something must be counted, such as sequence_lost=3."""
        books = self.traffic.books
        books.setdefault(whose or self.address, Counter()).update(what)
        if domain:
            self.traffic.domains.setdefault((self.address, *domain), Counter()).update(what)

    def unpark(self, datagrams: int, flows: int = 0, drop: str = "", domain: tuple = ()):
        """Of those that waited, so many have found their end."""
        self.count(parked=-datagrams, flows=flows, domain=domain,
                   **{f"drop {drop}" if drop else "decoded": datagrams})


class Traffic:
    """Sends no faster than a busy machine empties a socket's buffer."""

    BURST, PAUSE_SECONDS = 50, 0.004

    def __init__(self, port: int):
        self.port = port
        self.books: dict[str, Counter] = {}
        self.domains: dict[tuple, Counter] = {}
        self.exporters: dict[str, Exporter] = {}
        self.sent = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for each in self.exporters.values():
            each.socket.close()

    def exporter(self, address: str) -> Exporter:
        if address not in self.exporters:
            self.exporters[address] = Exporter(address, self)
        return self.exporters[address]

    def breathe(self):
        self.sent += 1
        if self.sent % self.BURST != 0:
            return
        time.sleep(self.PAUSE_SECONDS)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while flowd.backlog_bytes(self.port) > BACKLOG_BYTES_MAX and time.monotonic() < deadline:
            time.sleep(0.01)

    def total(self) -> Counter:
        total = Counter()
        for book in self.books.values():
            total.update(book)
        return total


def side_by_side(*cases):
    """Runs generators in turn, a step each, until all have ended."""
    running = list(cases)
    while running:
        running = [each for each in running if next(each, "end") != "end"]


def book_of(totals: dict) -> Counter:
    """What the API says, as Traffic has it; nothing that is 0."""
    book = Counter({name: totals[name] for name in ("datagrams", "payload_bytes", "decoded",
                                                    "parked", "flows")})
    book.update({f"drop {name}": count for name, count in totals["drops"]["datagrams"].items()})
    book.update({f"sequence_{name}": count for name, count in totals["sequence"].items()
                 if not isinstance(count, bool)})
    return without_zeros(book)


def without_zeros(counts: dict) -> dict:
    return {name: count for name, count in counts.items() if count != 0}


def numbers_of(totals: dict, prefix: str = "") -> Counter:
    """All numbers of a TOTALS object, by their paths."""
    numbers = Counter()
    for name, value in totals.items():
        if isinstance(value, dict):
            numbers.update(numbers_of(value, f"{prefix}{name}."))
        elif not isinstance(value, bool):
            numbers[prefix + name] = value
    return numbers


def unbalanced(totals: dict) -> str:
    """What lacks in a TOTALS object, by its own numbers and by what flowd says; empty: nothing."""
    drops = totals["drops"]
    datagrams = (totals["datagrams"] - totals["decoded"] - totals["parked"]
                 - sum(drops["datagrams"].values()))
    flows = (totals["offered"] + totals["restored"] - totals["delivered"]
             - sum(drops["flows"].values()) - sum(totals["in_flight"].values()))
    if datagrams == 0 and flows == 0 and totals["imbalance"] == {"datagrams": 0, "flows": 0}:
        return ""
    return f"{datagrams} datagrams and {flows} flows are nowhere: {totals}"


def series_of(page: str) -> dict[str, float]:
    lines = (line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in lines}


def summed(series: dict[str, float], name: str, *labels: str) -> float:
    """Of all series of a metric whose labels contain these."""
    return sum(value for key, value in series.items()
               if (key == name or key.startswith(name + "{")) and all(each in key
                                                                     for each in labels))


class Watched(flowd.Live):
    """A flowd with all its doors open, and a thread that looks in."""

    def __init__(self, folder: Path, *arguments):
        self.http = flowd.free_tcp_port()
        self.socket = folder / "flowd.sock"
        self.wrong: list[str] = []
        self.serials: set[int] = set()
        self.most = Counter()  # of numbers that come and go
        self.before: Counter | None = None
        self.ended = threading.Event()
        super().__init__(folder, "-http.listen", f"127.0.0.1:{self.http}", "-http.socket",
                         self.socket, *arguments)
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def __enter__(self):
        flowd.wait_until(self.is_collecting, PATIENCE_SECONDS, "flowd does not collect")
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.end_watch()
        super().__exit__(*_)

    def end_watch(self):
        self.ended.set()
        if self.thread.is_alive():
            self.thread.join()

    # --- what it says

    def fetch(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=10) as answer:
            return answer.read()

    def get(self, path: str) -> dict:
        return json.loads(self.fetch(path))

    def status(self) -> dict:
        return self.get("/api/status?history=0")

    def totals(self) -> dict:
        return self.status()["totals"]

    def exporters(self) -> dict:
        return self.get("/api/exporters?limit=10000")

    def series(self) -> dict[str, float]:
        return series_of(self.fetch("/metrics").decode())

    def ctl(self, *arguments) -> dict:
        done = subprocess.run([CTL, "--socket", self.socket, *arguments, "--json"], check=False,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=30)
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    def is_collecting(self) -> bool:
        assert self.process.poll() is None, self.errors.read_text()
        try:
            return self.fetch("/__health") == b"OK\n"
        except (urllib.error.URLError, ConnectionError):
            return False

    # --- what must be right all the time

    def watch(self):
        while not self.ended.wait(1 / LOOKS_PER_SECOND):
            try:
                self.look()
            except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
                # Who ends by itself closes its doors first.
                if not self.ended.wait(10) and self.process.poll() is None:
                    self.wrong.append(f"does not answer: {error}")

    def look(self):
        status, rows, series = self.status(), self.exporters(), self.series()
        self.serials.add(status["serial"])
        self.judge("status", unbalanced(status["totals"]))
        if status["imbalance"] != {"datagrams": 0, "flows": 0}:
            self.judge("status", f"imbalance {status['imbalance']}")
        for each in [*rows["exporters"], rows["other"]]:
            self.judge(each["address"], unbalanced(each["totals"]))
        self.judge("metrics", self.lacking(series))
        numbers = numbers_of(status["totals"])
        for name in ("in_flight.ring", "in_flight.transport", "in_flight.spool", "parked"):
            self.most[name] = max(self.most[name], numbers[name])
        if self.before is not None:
            for name in ("datagrams", "payload_bytes", "decoded", "flows", "offered", "delivered"):
                if numbers[name] < self.before[name]:
                    self.judge("status", f"{name} fell from {self.before[name]} to {numbers[name]}")
        self.before = numbers

    def judge(self, who: str, what: str):
        if what:
            self.wrong.append(f"{who}: {what}")

    @staticmethod
    def lacking(series: dict[str, float]) -> str:
        datagrams = (series["flowd_datagrams_total"] - series["flowd_datagrams_decoded_total"]
                     - series["flowd_datagrams_parked"]
                     - summed(series, "flowd_datagrams_dropped_total"))
        flows = (summed(series, "flowd_flows_offered_total")
                 + summed(series, "flowd_spool_restored_flows_total")
                 - sum(summed(series, f"flowd_flows_{name}")
                       for name in ("delivered_total", "dropped_total", "in_ring", "in_flight",
                                    "spooled")))
        said = summed(series, "flowd_ledger_imbalance")
        return "" if datagrams == flows == said == 0 else f"lacks {datagrams}, {flows}; says {said}"

    # --- at rest

    def wait_for(self, condition, what: str, seconds: float = PATIENCE_SECONDS) -> dict:
        """Until a status's totals are so; returns the totals."""
        seen = {}

        def holds() -> bool:
            assert self.process.poll() is None, self.errors.read_text()
            seen["totals"] = self.totals()
            return condition(seen["totals"])

        try:
            flowd.wait_until(holds, seconds, what)
        except AssertionError as error:
            raise AssertionError(f"{error}: {seen.get('totals')}") from None
        return seen["totals"]

    def wait_for_datagrams(self, count: int) -> dict:
        return self.wait_for(lambda totals: totals["datagrams"] >= count,
                             f"{count} datagrams have not all come")

    def settle(self, datagrams: int) -> dict:
        """Until all that was sent has come and has gone, or waits for a template."""
        self.wait_for(lambda totals: totals["datagrams"] >= datagrams and not any(
            totals["in_flight"].values()), f"{datagrams} are not at rest")
        return self.same_twice()

    def same_twice(self) -> dict:
        """Totals that two observations agree upon: rows of exporters are read a moment after the
        box's, and so are the rows of these."""
        seen = {"totals": None, "serial": 0}

        def agree() -> bool:
            status, before = self.status(), dict(seen)
            seen.update(totals=status["totals"], serial=status["serial"])
            if status["serial"] == before["serial"]:
                seen["totals"] = before["totals"]
                return False
            return before["totals"] == status["totals"]

        flowd.wait_until(agree, PATIENCE_SECONDS, "it does not come to rest")
        return seen["totals"]
