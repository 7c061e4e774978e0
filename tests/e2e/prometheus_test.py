#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A real Prometheus scrapes a running flowd. The ledger is checked by PromQL: in every scrape, for
the box, its transports and its exporters, under damaged traffic and a stalled transport; and at the
end to the last datagram, against the summary."""

import os
import random
import socket
import sys
import tempfile
import time
import unittest
import urllib.error
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import dashboard, flowd, netflow, pcap, prometheus, sflow  # noqa: E402

RULES = flowd.ROOT / "config/prometheus/flowd.rules.yml"
MANY = 10_000
ROUNDS, TURNS = 4, 12
SCRAPE_SECONDS_MAX = 0.1
HEALTHY, GAPS, NO_TEMPLATE, CUT, NOISE, COUNTERS = (f"127.0.1.{i}" for i in range(1, 7))
FIELDS = ((8, 4), (12, 4), (1, 4))
RECORD = bytes((10, 0, 0, 1, 10, 0, 0, 2)) + netflow.number(700, 4)
# What a dashboard shows only where there is such a thing.
CONDITIONAL = ("Kafka", "Frames", "Not received", "Link", "Packet buffers", "Answers",
               "What is wrong")
CONDITIONAL_METRICS = ("flowd_kafka_", "flowd_port_", "flowd_mempool_", "_findings",
                       "flowd_exporter_sampling_rate", "flowd_exporter_clock_skew_seconds")

# All that arrived, less where it is. 0 in every scrape.
DATAGRAMS = ("flowd_datagrams_total - flowd_datagrams_decoded_total"
             " - on () sum(flowd_datagrams_dropped_total) - on () flowd_datagrams_parked")
FLOWS = ("sum by (transport) (flowd_flows_offered_total)"
         " + sum by (transport) (flowd_spool_restored_flows_total)"
         " - sum by (transport) (flowd_flows_delivered_total)"
         " - sum by (transport) (flowd_flows_dropped_total)"
         " - sum by (transport) (flowd_flows_in_ring)"
         " - sum by (transport) (flowd_flows_in_flight)"
         " - sum by (transport) (flowd_flows_spooled)")
EXPORTERS = {
    "flowd_exporter_datagrams_total":
        'sum(flowd_datagrams_total) - sum(flowd_datagrams_dropped_total{reason="missed"})',
    "flowd_exporter_bytes_total": "sum(flowd_datagram_bytes_total)",
    "flowd_exporter_decoded_datagrams_total": "sum(flowd_datagrams_decoded_total)",
    "flowd_exporter_flows_total": "sum(flowd_flows_total)",
    "flowd_exporter_offered_flows_total": "sum(flowd_flows_offered_total)",
    "flowd_exporter_delivered_flows_total": "sum(flowd_flows_delivered_total)",
    "flowd_exporter_in_flight_flows":
        "sum(flowd_flows_in_ring) + sum(flowd_flows_in_flight) + sum(flowd_flows_spooled)",
    "flowd_exporter_sequence_lost": "sum(flowd_sequence_lost)",
}


def each_scrape(expression: str) -> str:
    """The largest deviation from 0 in any scrape of the last two minutes."""
    return f"max(max_over_time(abs({expression})[2m:1s]))"


class Sender:
    """Sends datagrams from many addresses of loopback, not faster than a socket takes them."""

    def __init__(self, port: int):
        self.port = port
        self.sent: dict[str, int] = {}
        self.sockets: dict[str, socket.socket] = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for each in self.sockets.values():
            each.close()

    def send(self, source: str, payload: bytes, port: int = 0):
        if source not in self.sockets:
            self.sockets[source] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.sockets[source].bind((source, 0))
        self.sockets[source].sendto(payload, ("127.0.0.1", port or self.port))
        self.sent[source] = self.sent.get(source, 0) + 1
        if self.total() % 100 == 0:
            time.sleep(0.002)

    def total(self) -> int:
        return sum(self.sent.values())


def v9_data(sequence: int, records: int = 10) -> bytes:
    return netflow.v9([netflow.one_set(256, RECORD * records)], count=records, sequence=sequence,
                      seconds=int(time.time()), source_id=9)


def v9_template(sequence: int) -> bytes:
    return netflow.v9([netflow.one_set(0, netflow.template(256, FIELDS))], count=1,
                      sequence=sequence, seconds=int(time.time()), source_id=9)


def captured() -> list[bytes]:
    """Datagrams of real exporters, NetFlow and IPFIX."""
    payloads = []
    for name in ("softflowd_v5", "softflowd_v9", "softflowd_ipfix"):
        packets = pcap.read(flowd.CAPTURES / f"{name}.pcap")
        payloads += [pcap.udp_of(each).payload for each in packets]
    return payloads


def send_everything(sender: Sender, sflow_port: int, turns: int, chance: random.Random):
    """Good and bad: gaps, repetitions and overtaking, unknown templates, cut and senseless."""
    sender.send(HEALTHY, v9_template(0))
    sender.send(GAPS, v9_template(0))
    sequence = 1
    payloads = captured()
    samples = [pcap.udp_of(each).payload
               for each in pcap.read(flowd.CAPTURES / "sfprobe_sflow.pcap")]
    for turn in range(turns):
        for i in range(20):
            sender.send(HEALTHY, v9_data(1 + 20 * turn + i))
        # Of six numbers: the third is lost, the fifth comes before the fourth, the last one twice.
        for step in (0, 1, 4, 3, 5, 5):
            sender.send(GAPS, v9_data(sequence + step))
        sequence += 6
        sender.send(NO_TEMPLATE, netflow.ipfix([netflow.one_set(300, RECORD)], sequence=turn,
                                               seconds=int(time.time())))
        for payload in payloads:
            sender.send(f"127.0.2.{1 + payloads.index(payload)}", payload)
            sender.send(CUT, payload[:chance.randrange(1, len(payload))])
        sender.send(NOISE, chance.randbytes(chance.randrange(1, 200)))
        sender.send(COUNTERS, sflow.datagram([sflow.counter_sample()], sequence=turn + 1),
                    sflow_port)
        for payload in samples[:5]:
            sender.send("127.0.3.1", payload, sflow_port)


def send_to_all_workers(sender: Sender):
    """A flow of each exporter."""
    flow = netflow.v5([netflow.v5_record(bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2)))])
    for source in list(sender.sent):
        if source != NOISE:
            sender.send(source, flow)


def named(sent: dict[str, int]) -> dict[str, float]:
    """As the exporter label has them."""
    return {"other" if source == NOISE else source: float(count)
            for source, count in sent.items()}


class PrometheusTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        flowd.need("prometheus", "promtool")
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.port = flowd.free_port()
        self.sflow_port = flowd.free_port()
        self.http = flowd.free_tcp_port()
        self.target = f"127.0.0.1:{self.http}"

    def live(self, *arguments) -> flowd.Live:
        return flowd.Live(self.folder, "-listen",
                          f"netflow://127.0.0.1:{self.port}?count=2,"
                          f"sflow://127.0.0.1:{self.sflow_port}",
                          "-http.listen", self.target, "-templates.park-age", "1s", *arguments)

    def page(self) -> str:
        return prometheus.fetch(f"http://{self.target}/metrics")

    def is_served(self) -> bool:
        try:
            return "flowd_build_info" in self.page()
        except (urllib.error.URLError, ConnectionError):
            return False

    def value(self, name: str) -> float:
        """Of a series of the page, without Prometheus."""
        for line in self.page().splitlines():
            if line.startswith(name + " "):
                return float(line.rsplit(" ", 1)[1])
        raise AssertionError(f"no {name}")

    def wait_for_datagrams(self, count: int):
        flowd.wait_until(lambda: self.value("flowd_datagrams_total") >= count, 20,
                         f"{count} datagrams have not all come")

    def equations_hold(self, server: prometheus.Prometheus):
        for expression in (DATAGRAMS, FLOWS, "flowd_ledger_imbalance"):
            self.assertEqual(server.number(each_scrape(expression)), 0, expression)
        each = ("flowd_exporter_offered_flows_total - flowd_exporter_delivered_flows_total"
                " - flowd_exporter_in_flight_flows - on (exporter)"
                " (sum by (exporter) (flowd_exporter_dropped_flows_total)"
                " or 0 * sum by (exporter) (flowd_exporter_flows_total))")
        self.assertEqual(server.number(each_scrape(each)), 0, each)

    def exporters_add_up(self, server: prometheus.Prometheus):
        """At rest. Before, the box's numbers and the exporters' are some milliseconds apart."""
        for of_exporters, of_box in EXPORTERS.items():
            expression = f"sum({of_exporters}) - ({of_box})"
            self.assertEqual(server.number(expression), 0, expression)

    def settle(self, server: prometheus.Prometheus):
        """Until nothing is on its way any more, and Prometheus has seen it."""
        server.hold(
            "flowd_datagrams_parked == 0 and on () sum(flowd_flows_in_ring + flowd_flows_in_flight)"
            f" == 0 and on () flowd_datagrams_total == {self.value('flowd_datagrams_total')}", 30)

    def equals_the_summary(self, seen: dict, summary: dict):
        for name, value in seen.items():
            if isinstance(value, dict):
                value = {key: number for key, number in value.items() if number != 0}
            self.assertEqual(value, summary[name], name)

    @staticmethod
    def seen_by(server: prometheus.Prometheus) -> dict:
        """What the summary calls datagrams, decoded … as Prometheus has it."""
        counters = {f"sequence_{name}": server.number(f"flowd_sequence_{name}_total")
                    for name in ("late", "duplicates", "resets", "unchecked")}
        counters["sequence_lost"] = server.number("flowd_sequence_lost")
        return {"datagrams": server.number("flowd_datagrams_total"),
                "decoded": server.number("flowd_datagrams_decoded_total"),
                "bytes_in": server.number("flowd_datagram_bytes_total"),
                "flows": server.number("flowd_flows_total"),
                "delivered": server.number("sum(flowd_flows_delivered_total)"),
                "bytes_out": server.number("sum(flowd_transport_bytes_total)"),
                "datagram drops": server.by_label("flowd_datagrams_dropped_total", "reason"),
                "flow drops": server.by_label("sum by (reason) (flowd_flows_dropped_total)",
                                              "reason"),
                "counters": counters}

    @staticmethod
    def said_by(summary: dict) -> dict:
        names = ("datagrams", "decoded", "bytes_in", "flows", "delivered", "bytes_out")
        said = {name: summary[name] for name in names}
        said["datagram drops"] = summary["drops"]["datagrams"]
        said["flow drops"] = summary["drops"]["flows"]
        said["counters"] = {name: count for name, count in summary["counters"].items()
                            if name.startswith("sequence_")}
        return said

    def test_damaged_traffic_is_accounted_to_the_last_datagram(self):
        with self.live() as live, Sender(self.port) as sender:
            live.wait_for_port(self.port)
            flowd.wait_until(self.is_served, 10, "no metrics")
            with prometheus.Prometheus(self.folder, self.target, [RULES]) as server:
                server.wait_for_scrape()
                for _ in range(ROUNDS):
                    send_everything(sender, self.sflow_port, TURNS, random.Random(sender.total()))
                    time.sleep(0.7)
                self.wait_for_datagrams(sender.total())
                time.sleep(1.5)
                send_to_all_workers(sender)  # who then look at the clock: what is parked expires
                self.wait_for_datagrams(sender.total())
                self.settle(server)
                self.equations_hold(server)
                self.exporters_add_up(server)
                self.knows_the_exporters(server, sender)
                self.assertEqual(prometheus.check_metrics(self.page()), "")
                self.dashboard_has_answers(server)
                self.assertEqual({rule["health"] for rule in server.rules()}, {"ok"})
                seen = self.seen_by(server)
            self.assertEqual(live.stop(), 0, live.errors.read_text())
        self.assertEqual(flowd.unbalanced(live.summary()), "")
        self.assertEqual(seen["datagrams"], sender.total())
        self.equals_the_summary(seen, self.said_by(live.summary()))

    def knows_the_exporters(self, server: prometheus.Prometheus, sender: Sender):
        """What each was made to do."""
        turns = ROUNDS * TURNS
        missed = server.number('flowd_datagrams_dropped_total{reason="missed"}')
        self.assertEqual(missed, 0, "the socket's buffer overflowed: the test sends too fast")
        # Who never says anything that flowd understands is no exporter.
        arrived = server.by_label("flowd_exporter_datagrams_total", "exporter")
        self.assertEqual(arrived, named(sender.sent))
        lost = 'flowd_exporter_sequence_lost{unit="datagrams"}'
        by_exporter = server.by_label(lost, "exporter")
        # That a round begins anew is a reset and no loss. Of six numbers one is missing in each
        # turn, and one comes late.
        self.assertEqual(by_exporter[HEALTHY], 0)
        self.assertEqual(by_exporter[GAPS], turns)
        late = server.by_label("flowd_exporter_sequence_late_total", "exporter")
        self.assertEqual(late, {GAPS: turns})
        reasons = server.by_label(
            f'flowd_exporter_dropped_datagrams_total{{exporter="{NO_TEMPLATE}"}}', "reason")
        self.assertEqual(reasons, {"unknown_template": turns})
        noise = server.by_label(
            'flowd_exporter_dropped_datagrams_total{exporter="other"}', "reason")
        self.assertEqual(sum(noise.values()), turns)
        self.assertEqual(server.by_label("flowd_sflow_samples_total", "kind")["counter"], turns)

    def dashboard_has_answers(self, server: prometheus.Prometheus):
        for title, expression in dashboard.queries(dashboard.load()):
            conditional = title.startswith(CONDITIONAL) or any(
                each in expression for each in CONDITIONAL_METRICS)
            with self.subTest(panel=title):
                answer = server.query(expression)  # it parses, at least
                self.assertTrue(answer or conditional, expression)

    def test_a_stalled_transport_is_accounted_in_every_scrape(self):
        """A pipe that nobody empties: rings fill, flows are dropped by name, then all goes on."""
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        with self.live("-transport.file", pipe) as live, Sender(self.port) as sender:
            live.wait_for_port(self.port)
            flowd.wait_until(self.is_served, 10, "no metrics")
            with prometheus.Prometheus(self.folder, self.target) as server:
                server.wait_for_scrape()
                sender.send(HEALTHY, v9_template(0))
                for sequence in range(1, 6000):
                    sender.send(HEALTHY, v9_data(sequence, 60))
                self.wait_for_datagrams(sender.total())
                server.hold('sum(flowd_flows_dropped_total{reason="ring_full"}) == sum('
                            f'flowd_exporter_dropped_flows_total{{exporter="{HEALTHY}",'
                            'reason="ring_full"}) > 0'
                            f" and on () flowd_datagrams_total == {sender.total()}"
                            " and on () sum(flowd_flows_in_ring) > 0")
                self.equations_hold(server)
                self.empty_until(reader, lambda: self.is_at_rest())
                self.settle(server)
                self.equations_hold(server)
                self.exporters_add_up(server)
                seen = self.seen_by(server)
            live.process.send_signal(2)
            self.empty_until(reader, lambda: live.process.poll() is not None)
            self.assertEqual(live.process.returncode, 0, live.errors.read_text())
        self.equals_the_summary(seen, self.said_by(live.summary()))

    def is_at_rest(self) -> bool:
        page = self.page().splitlines()
        waiting = [line for line in page
                   if line.startswith(("flowd_flows_in_ring{", "flowd_flows_in_flight{"))]
        return bool(waiting) and all(line.endswith(" 0") for line in waiting)

    def empty_until(self, reader: int, condition):
        deadline = time.monotonic() + 30
        looked = 0.0
        while time.monotonic() < deadline:
            try:
                if os.read(reader, 1 << 20):
                    continue
            except BlockingIOError:
                pass
            if time.monotonic() - looked > 0.2:
                looked = time.monotonic()
                if condition():
                    return
            time.sleep(0.005)
        raise AssertionError("the pipe is never empty")

    def test_goflow2s_names_count_the_same(self):
        with self.live("-metrics.goflow2", "on") as live, Sender(self.port) as sender:
            live.wait_for_port(self.port)
            flowd.wait_until(self.is_served, 10, "no metrics")
            with prometheus.Prometheus(self.folder, self.target) as server:
                send_everything(sender, self.sflow_port, 5, random.Random(1))
                self.wait_for_datagrams(sender.total())
                server.hold(f"flowd_datagrams_total == {sender.total()} and on ()"
                            f" (sum(flow_traffic_packets) == {sender.total()})")
                for name in ("flow_traffic_packets", "goflow2_flow_traffic_packets_total",
                             "flow_traffic_summary_size_bytes_count"):
                    by_exporter = server.by_label(f"sum by (remote_ip) ({name})", "remote_ip")
                    self.assertEqual(by_exporter, named(sender.sent), name)
                sets = (f'flow_process_nf_flowset_sum{{router="{HEALTHY}",version="9",type='
                        '"%sFlowSet"}')
                self.assertEqual(server.number(sets % "Template"), 1)
                self.assertEqual(server.number(sets % "Data"), 100)
                self.assertEqual(
                    server.number("flow_process_nf_flowset_records_sum"
                                  f'{{router="{HEALTHY}",version="9",type="DataFlowSet"}}'), 1000)
                self.assertEqual(
                    server.number('sum(flow_process_sf_samples_sum{type="CounterSample"})'), 5)
                ports = server.by_label("sum by (local_port) (flow_traffic_packets)", "local_port")
                self.assertLessEqual({str(self.port), str(self.sflow_port)}, set(ports))
            self.assertEqual(live.stop(), 0, live.errors.read_text())

    def test_ten_thousand_exporters_are_scraped_in_a_tenth_of_a_second(self):
        with self.live("-metrics.exporters-max", str(MANY)) as live:
            live.wait_for_port(self.port)
            flowd.wait_until(self.is_served, 10, "no metrics")
            record = netflow.v5_record(bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2)))
            for i in range(MANY):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                    sender.bind((f"127.{16 + i // 65536}.{i // 256 % 256}.{i % 256}", 0))
                    sender.sendto(netflow.v5([record]), ("127.0.0.1", self.port))
                if i % 100 == 0:
                    time.sleep(0.005)
                    flowd.wait_until(lambda: flowd.backlog_bytes(self.port) < 1 << 16, 20,
                                     "flowd does not read")
            flowd.wait_until(
                lambda: self.page().count("\nflowd_exporter_flows_total{") == MANY + 1, 20,
                "not all exporters have series")
            seconds = []
            stat = Path(f"/proc/{live.process.pid}/stat")
            before = flowd.cpu_seconds(stat)
            for _ in range(10):
                begin = time.perf_counter()
                page = self.page()
                seconds.append(time.perf_counter() - begin)
            used = (flowd.cpu_seconds(stat) - before) / len(seconds)
            print(f"{MANY} exporters: {len(page) / 1e6:.1f} MB in {min(seconds) * 1000:.0f} ms, "
                  f"at most {max(seconds) * 1000:.0f}; {used * 1000:.0f} ms of CPU each")
            # The machine does other things, too: what flowd needs is the least of ten, or its CPU.
            self.assertLess(min(min(seconds), used), SCRAPE_SECONDS_MAX)
            self.assertEqual(prometheus.check_metrics(page), "")
            self.assertEqual(live.stop(), 0, live.errors.read_text())


if __name__ == "__main__":
    unittest.main()
