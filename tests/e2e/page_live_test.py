#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The status page of a running flowd in Chromium, while five exporters send: one is well, one loses
datagrams, one never announces its template, one lies about lengths, one's clock is wrong. What the
page shows is what flowd's API says, and the page says what is wrong with whom.
Usage: page_live_test.py FOLDER; pictures of the page are left in it."""

import socket
import struct
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from e2e import page_test  # noqa: E402
from support import flowd, netflow  # noqa: E402

ROUNDS = 80
ROUND_SECONDS = 0.1
ROUNDS_MAX = 1800  # for a browser that is slow to start
RECORDS = 20
TEMPLATE_ID = 256
FIELDS = [(8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (1, 8), (2, 8)]
RECORD = struct.pack("!4s4sHHBQQ", bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2)), 1234, 53, 17, 900, 9)
TEMPLATE = netflow.template(TEMPLATE_ID, FIELDS)
DATA = netflow.one_set(TEMPLATE_ID, RECORD * RECORDS)
V5_RECORDS = [netflow.v5_record(bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2)))] * RECORDS
HOUR = 3600


def healthy(turn: int, now: int) -> bytes | None:
    sets = [netflow.one_set(2, TEMPLATE), DATA] if turn % 10 == 0 else [DATA]
    return netflow.ipfix(sets, seconds=now, sequence=1 + turn * RECORDS)


def loses(turn: int, now: int) -> bytes | None:
    if turn % 5 == 3:
        return None
    sets = [netflow.one_set(0, TEMPLATE), DATA] if turn % 10 == 0 else [DATA]
    return netflow.v9(sets, count=RECORDS + (turn % 10 == 0), uptime=10_000 + turn * 100,
                      seconds=now, sequence=1 + turn)


def has_no_template(turn: int, now: int) -> bytes | None:
    return netflow.ipfix([DATA], seconds=now, sequence=1 + turn * RECORDS)


def lies(turn: int, now: int) -> bytes | None:
    sets = [netflow.one_set(2, TEMPLATE), DATA,
            netflow.one_set(TEMPLATE_ID, RECORD, length=2 if turn % 2 else 900)]
    return netflow.ipfix(sets, seconds=now, sequence=1 + turn * RECORDS)


def is_ahead(turn: int, now: int) -> bytes | None:
    return netflow.v5(V5_RECORDS, seconds=now + HOUR, uptime=10_000 + turn * 100,
                      sequence=1 + turn * RECORDS)


EXPORTERS = {"127.0.1.1": healthy, "127.0.1.2": loses, "127.0.1.3": has_no_template,
             "127.0.1.4": lies, "127.0.1.5": is_ahead}


class Traffic(threading.Thread):
    """All exporters, a datagram a round each, until enough was sent and the page has taken its
    picture of it. Then there is a file for the page."""

    def __init__(self, port: int, pictures: Path):
        super().__init__(daemon=True)
        self.port = port
        self.seen, self.all_sent = pictures / "live-overview.png", pictures / "all-sent"
        for each in (self.seen, self.all_sent):
            each.unlink(missing_ok=True)
        self.sent = dict.fromkeys(EXPORTERS, 0)

    def run(self):
        sockets = {}
        for address in EXPORTERS:
            sockets[address] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sockets[address].bind((address, 0))
        turn = 0
        while turn < ROUNDS or not self.seen.exists() and turn < ROUNDS_MAX:
            for address, make in EXPORTERS.items():
                datagram = make(turn, int(time.time()))
                if datagram is not None:
                    sockets[address].sendto(datagram, ("127.0.0.1", self.port))
                    self.sent[address] += 1
            turn += 1
            time.sleep(ROUND_SECONDS)
        for each in sockets.values():
            each.close()
        self.all_sent.touch()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as error:
        return error.code == 503
    except OSError:
        return False


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(arguments[0]).resolve()
    page_test.need_browser()
    page_test.install_modules(folder)
    port, http = flowd.free_port(), flowd.free_tcp_port()
    with tempfile.TemporaryDirectory() as scratch, \
            flowd.Live(Path(scratch), "-listen", f"netflow://127.0.0.1:{port}",
                       "-metrics.addr", f"127.0.0.1:{http}") as live:
        live.wait_for_port(port)
        flowd.wait_until(lambda: answers(f"http://127.0.0.1:{http}/__health"), 10,
                         f"no health on {http}: {live.errors.read_text()}")
        pictures = folder / "pictures"
        sender = Traffic(port, pictures)
        sender.start()
        code = page_test.run_node(folder, "live.js", f"http://127.0.0.1:{http}/", pictures)
        sender.join()
        assert live.stop() == 0, live.errors.read_text()
        summary = live.summary()
        assert flowd.unbalanced(summary) == "", flowd.unbalanced(summary)
        assert summary["datagrams"] == sum(sender.sent.values()), (summary, sender.sent)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
