#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A server that answers as flowd's API does, from numbers that a test chooses: for what a real
flowd does only in bad moments, or never. Over a UNIX socket, over TCP, over TLS. Run by itself it
serves until it is ended: `api_fixture.py SOCKET [EXPORTERS]`."""

import copy
import http.server
import json
import os
import socketserver
import ssl
import sys
import threading
import time
import urllib.parse
from pathlib import Path

NOW = 1_790_000_000.25
PCAPNG = b"\x0a\x0d\x0d\x0a" + bytes(24)


def totals(datagrams: int, flows: int, drops: dict | None = None, flow_drops: dict | None = None,
           lost: int = 0) -> dict:
    """An account that adds up."""
    drops, flow_drops = drops or {}, flow_drops or {}
    dropped, flows_dropped = sum(drops.values()), sum(flow_drops.values())
    return {
        "datagrams": datagrams, "payload_bytes": datagrams * 1400,
        "decoded": datagrams - dropped - 12, "parked": 12, "flows": flows, "offered": flows,
        "delivered": flows - flows_dropped - 600,
        "in_flight": {"ring": 100, "transport": 500, "spool": 0}, "restored": 0,
        "drops": {"datagrams": drops, "flows": flow_drops}, "datagrams_dropped": dropped,
        "flows_dropped": flows_dropped, "sets": {"parked": 20, "unparked": 8, "expired": 0},
        "sequence": {"lost": lost, "late": 3 if lost else 0, "duplicates": 0,
                     "resets": 1 if lost else 0, "unchecked": 0},
        "imbalance": {"datagrams": 0, "flows": 0}}


def rates(flows: float, lost: float = 0.0, dropped: float = 0.0) -> dict:
    return {"datagrams": flows / 27, "payload_bytes": flows * 52, "flows": flows,
            "delivered": flows - dropped, "datagrams_dropped": 0.0, "flows_dropped": dropped,
            "sequence_lost": lost}


def exporter(number: int) -> dict:
    """They differ: by number in address, rate and health."""
    bad, silent = number % 7 == 3, number % 11 == 5
    flows = 0.0 if silent else 250_000.0 / (number + 1)
    state = "silent" if silent else "warning" if bad else "ok"
    diagnosis = {"silent": "has sent nothing for 3 minutes", "ok": "healthy",
                 "warning": "1.2% of its flows are lost on the way: 3,401 of 283,420 are missing "
                            "by sequence numbers"}[state]
    lost = 3401 if bad else 0
    return {
        "address": f"10.0.{number // 200}.{number % 200 + 1}" if number % 5 else
        f"2001:db8::{number + 1:x}", "port": 0,
        "protocols": [("NetFlow v9", "IPFIX", "sFlow v5", "NetFlow v5")[number % 4]],
        "first_seen": NOW - 86_400 * (number % 9 + 1), "last_seen": NOW - (190 if silent else 1),
        "state": state, "totals": totals(1_000_000 // (number + 1) + 100,
                                         27_000_000 // (number + 1) + 2700, lost=lost),
        "rates": rates(flows, 12.5 if bad else 0.0), "loss_share": 0.012 if bad else 0.0,
        "skew": None if number % 4 == 2 else
        {"last_seconds": 2.0 if bad else 0.0, "least_seconds": -1.0, "most_seconds": 3.0},
        "sampling": {"rate": 1000 if number % 2 else 0, "source": "options"},
        "domains": 1, "templates": 3, "payload_size_max": 1420, "reassembled": 0,
        "diagnosis": diagnosis}


FINDING = {"severity": "warning", "code": "sequence_lost",
           "sentence": "1.2% of its flows are lost on the way: 3,401 of 283,420 are missing by "
                       "sequence numbers.",
           "action": "Look for drops on the exporter's interface, on the switches between, and for "
                     "a socket buffer that is too small in another collector on the way."}


def template(address: str, number: int) -> dict:
    return {"exporter": address, "port": 0, "protocol": "IPFIX", "version": 10, "domain": 7,
            "id": 256 + number, "kind": "options" if number else "data",
            "scope_count": 1 if number else 0,
            "fields": [{"id": 8, "enterprise": 0, "length": 4, "name": "sourceIPv4Address"},
                       {"id": 96, "enterprise": 0, "length": 65535, "name": "applicationName"},
                       {"id": 4711, "enterprise": 29305, "length": 8, "name": ""}],
            "first_seen": NOW - 3600, "last_seen": NOW - 40, "announcements": 61,
            "changes": number, "refresh_seconds": 60.0 if not number else None, "used": not number}


def xray(view: dict) -> dict:
    bad = view["state"] == "warning"
    return {
        "time": NOW, "serial": 4711, "exporter": view, "findings": [FINDING] if bad else [],
        "domains": [{"protocol": view["protocols"][0], "version": 10, "id": 7,
                     "first_seen": view["first_seen"], "last_seen": view["last_seen"],
                     "totals": view["totals"], "rates": view["rates"], "skew": view["skew"],
                     "sampling": {"rate": 1000, "source": "options",
                                  "samplers": [{"id": 1, "rate": 1000}, {"id": 2, "rate": 64}]},
                     "templates": 2}],
        "templates": [template(view["address"], 0), template(view["address"], 1)],
        "xray": {"active_timeout_seconds": 60.0, "inactive_timeout_seconds": None,
                 "flow_seconds": {"samples": 12_345, "median": 0.25, "most": 59.8},
                 "template_refresh_seconds": 60.0, "payload_size_max": 1420, "reassembled": 0,
                 "impossible_times": 4 if bad else 0,
                 "deviations": [{"code": "padding", "count": 17, "sentence":
                                 "Sets are padded to 8 bytes, while RFC 7011 asks for 4."}]
                 if bad else []}}


DROP_HELP = {"missed": "the NIC had no free descriptor", "truncated":
             "ends before what its own header or counts announce", "unknown_template":
             "a data set whose template has not been seen", "bad_length":
             "the length in the header is below the header's own size"}
FLOW_DROP_HELP = {"too_large": "a message is larger than a batch", "ring_full":
                  "the transport did not keep up", "transport_failed":
                  "the destination refused them"}


class State:
    """What is served. A test changes it as it likes."""

    def __init__(self, exporters: int = 30):
        self.exporters = [exporter(number) for number in range(exporters)]
        self.box = totals(12_345_678, 333_333_306, {"truncated": 41, "unknown_template": 17,
                                                    "missed": 1000}, {"ring_full": 99_000}, 3401)
        self.health = {"state": "collecting", "reason": ""}
        self.problems = [{"severity": "warning", "code": "missed", "sentence":
                          "The NIC dropped 1,000 datagrams before flowd saw them.",
                          "action": "Give flowd more RX cores, or larger rings."}]
        self.token = ""  # empty: over the socket only
        self.level = "info"
        self.keeping = {"keeping": False, "seconds": 0, "bytes": 0, "datagrams": 0, "lost": 0,
                        "errors": {"enabled": False, "files": 0, "datagrams": 0, "skipped": 0}}
        self.capture = (PCAPNG, {"X-Flowd-Datagrams": "3", "X-Flowd-Truncated": "0"})
        self.capture_seconds = 0.0
        self.reload = (200, {"changed": ["log.level"], "refused": []})
        self.requests: list[tuple[str, str, dict | None]] = []
        self.replies: dict[str, tuple[int, bytes]] = {}  # instead of what is said here
        self.serial = 0

    def status(self) -> dict:
        rows = [each["state"] for each in self.exporters]
        return {
            "version": "0.1.0", "serial": self.serial, "time": NOW, "started": NOW - 273_600,
            "uptime_seconds": 273_600, "ingress": "udp", "health": self.health,
            "totals": self.box, "rates": rates(931_000.0, 12.5, 40.0),
            "imbalance": self.box["imbalance"],
            "rx": [{"worker": worker, "cpu": worker or -1, "busy": 0.42 + worker / 2,
                    "datagrams": 6_000_000, "flows": 160_000_000, "datagrams_per_second": 17_000.0,
                    "flows_per_second": 465_000.0, "missed": 500 * worker, "forwarded": 12,
                    "held": 0, "fragments": 0, "reassembled": 0, "checksums_bad": 0,
                    "exporters": 15, "domains": 15, "templates": 45, "exporters_evicted": 0,
                    "domains_evicted": 0, "templates_evicted": 0} for worker in (0, 1)],
            "transports": [{"name": "kafka", "kind": "kafka", "state": "up",
                            "offered": self.box["offered"], "delivered": self.box["delivered"],
                            "bytes": 41_000_000_000, "delivered_per_second": 930_960.0,
                            "drops": {"ring_full": 99_000}, "in_ring": 100, "in_flight": 500,
                            "spooled": 0, "restored": 0,
                            "rings": [{"rx": 0, "batches": 31, "capacity": 256},
                                      {"rx": 1, "batches": 4, "capacity": 256}],
                            "statistics": {"brokers_up": 3.0}}],
            "ports": [], "mempools": [], "shard": {"moves": 0, "splits": 0},
            "exporters": {"count": len(rows), "forgotten": 0, "silent": rows.count("silent"),
                          "with_findings": rows.count("warning")},
            "templates": 3 * len(rows), "problems": self.problems,
            "history": {"step_seconds": 1, "time": [NOW - 60 + i for i in range(60)],
                        **{key: [abs(i - 30) * 1000.0 for i in range(60)] for key in
                           ("datagrams", "payload_bytes", "flows", "delivered")},
                        **{key: [0.0] * 60 for key in
                           ("datagrams_dropped", "flows_dropped", "sequence_lost", "busy")},
                        "in_flight": [600] * 60}}

    def list(self, query: dict) -> dict:
        key, text = query.get("sort", "flows"), query.get("search", "")
        keys = {"address": lambda each: each["address"],
                "protocols": lambda each: each["protocols"][0],
                "sampling": lambda each: each["sampling"]["rate"],
                "last_seen": lambda each: each["last_seen"],
                "findings": lambda each: (each["state"] != "ok", each["rates"]["flows"]),
                "lost": lambda each: each["rates"]["sequence_lost"],
                "dropped": lambda each: each["rates"]["flows_dropped"],
                "bytes": lambda each: each["rates"]["payload_bytes"]}
        rows = sorted(self.exporters, reverse=query.get("order", "desc") == "desc",
                      key=keys.get(key, lambda each: each["rates"][key]))
        rows = [each for each in rows
                if text in each["address"] or text in each["protocols"][0]]
        offset, limit = int(query.get("offset", 0)), int(query.get("limit", 100))
        other = exporter(0)
        other.update(address="other", protocols=[], totals=totals(0, 0), rates=rates(0.0))
        other["totals"].update(datagrams=0)
        return {"time": NOW, "serial": self.serial, "count": len(rows),
                "total": len(self.exporters), "exporters": rows[offset:offset + limit],
                "other": other}

    def drops(self) -> dict:
        counted = self.box["drops"]
        return {"time": NOW, "datagrams": [
            {"name": name, "count": counted["datagrams"].get(name, 0), "help": words}
            for name, words in DROP_HELP.items()], "flows": [
            {"name": name, "count": counted["flows"].get(name, 0), "help": words}
            for name, words in FLOW_DROP_HELP.items()],
            "upstream": self.box["sequence"], "imbalance": self.box["imbalance"]}

    def answer_get(self, path: str, query: dict) -> tuple[int, object]:
        self.serial += 1
        if path == "/api/status":
            status = self.status()
            if query.get("history") == "0":
                del status["history"]
            return 200, status
        if path == "/api/exporters":
            return 200, self.list(query)
        if path.startswith("/api/exporters/"):
            address = path.rsplit("/", 1)[1]
            for each in self.exporters:
                if (each["address"] == address and
                        query.get("port", "0") in ("0", str(each["port"]))):
                    return 200, xray(each)
            return 404, {"error": f"no exporter has the address {address}"}
        if path == "/api/templates":
            rows = [{**template(each["address"], 0), "port": each["port"]}
                    for each in self.exporters
                    if query.get("exporter", each["address"]) == each["address"]
                    and each["templates"]]
            return 200, {"time": NOW, "count": len(rows), "templates": rows}
        if path == "/api/drops":
            return 200, self.drops()
        if path == "/api/config":
            return 200, {"settings": [
                {"key": "log.level", "flag": "loglevel", "value": self.level, "default": "info",
                 "unit": "", "help": "What is logged.", "lifetime": "live"},
                {"key": "batch.count", "flag": "batch.count", "value": 512, "default": 256,
                 "unit": "batches", "help": "How many.", "lifetime": "sealed"}]}
        if path == "/api/capture":
            return 200, self.keeping
        return 404, {"error": "there is no such page"}

    def answer_post(self, path: str, body: dict) -> tuple[int, object]:
        if path == "/api/reload":
            return self.reload
        if path == "/api/log":
            before, self.level = self.level, body["level"]
            return 200, {"level": self.level, "before": before}
        if path == "/api/capture/keep":
            self.keeping.update(keeping=body["seconds"] > 0, seconds=body["seconds"],
                                bytes=body.get("bytes", 0))
            return 200, self.keeping
        return 404, {"error": "there is no such page"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: State
    trusted = False
    stopped = False

    def parse_request(self):
        """A connection that was kept ends with its server."""
        self.close_connection = self.stopped
        return not self.stopped and super().parse_request()

    def log_message(self, *_):
        pass

    def send(self, status: int, body: bytes, kind: str = "application/json", headers=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def send_json(self, status: int, value: object):
        self.send(status, json.dumps(value).encode() + b"\n")

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        path = urllib.parse.unquote(url.path)
        self.state.requests.append(("GET", self.path, None))
        if path in self.state.replies:
            self.send(*self.state.replies[path])
            return
        if path == "/__health":
            health = self.state.health
            words = health["state"] + (": " + health["reason"] if health["reason"] else "")
            good = health["state"] == "collecting"
            self.send(200 if good else 503, (b"OK\n" if good else f"Not OK\n{words}\n".encode()),
                      "text/plain")
            return
        self.send_json(*self.state.answer_get(path, dict(urllib.parse.parse_qsl(url.query))))

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        self.state.requests.append(("POST", self.path, body))
        given = self.headers.get("Authorization", "")
        token = self.state.token
        if not self.trusted and not (token and given == f"Bearer {token}"):
            self.send_json(403, {"error": "changes need the UNIX socket or the token"})
        elif self.path in self.state.replies:
            self.send(*self.state.replies[self.path])
        elif self.path == "/api/capture":
            time.sleep(self.state.capture_seconds)
            if body["address"] not in [each["address"] for each in self.state.exporters]:
                self.send_json(404, {"error": f"no exporter has the address {body['address']}"})
                return
            self.send(200, self.state.capture[0], "application/vnd.tcpdump.pcap",
                      self.state.capture[1])
        else:
            self.send_json(*self.state.answer_post(self.path, body))


class SocketServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class Server:
    """Serves `state` in a thread: `Server(state, socket=path)`, or at `url` without a socket."""

    def __init__(self, state: State, socket: Path | None = None, certificate: Path | None = None):
        handler = type("Bound", (Handler,), {"state": state, "trusted": socket is not None})
        self.handler = handler
        if socket is not None:
            self.server = SocketServer(str(socket), handler)
            return
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        scheme = "http" if certificate is None else "https"
        self.url = f"{scheme}://localhost:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.handler.stopped = True
        self.server.shutdown()
        self.server.server_close()


def hostile(state: State) -> State:
    """Texts that would write to a terminal which prints them as they are."""
    bad = copy.deepcopy(state)
    for each in bad.exporters:
        each["diagnosis"] = "\x1b]0;owned\x07\x1b[2J\r\nhealthy\u202e\x9b31m"
        each["protocols"] = ["IPFIX\x1b[31m"]
    bad.health = {"state": "failing", "reason": "\x1b[2Jgone\x00"}
    return bad


if __name__ == "__main__":
    where, many = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 30
    with Server(State(many), where):
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            os.unlink(where)
