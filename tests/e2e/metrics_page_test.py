#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The metrics page of a made-up observation, in which every field has something: promtool has
nothing to say, a real Prometheus takes it, and every query of the dashboard has an answer."""

import http.server
import os
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import dashboard, flowd  # noqa: E402
from support.prometheus import Prometheus, check_metrics  # noqa: E402

RULES = flowd.ROOT / "config/prometheus/flowd.rules.yml"
MANY = 10_000
PAGE_PROGRAM = os.environ.get("FLOWD_METRICS_PAGE", flowd.ROOT / "build/tests/metrics-page")


def page(exporters: int, budget: int, *more: str) -> str:
    done = subprocess.run([PAGE_PROGRAM, str(exporters), str(budget), *more], check=True,
                          capture_output=True)
    return done.stdout.decode()


class Server:
    """Answers every GET with the same page."""

    def __init__(self, text: str):
        body = text.encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.target = f"127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class MetricsPageTest(unittest.TestCase):
    def setUp(self):
        flowd.need("prometheus", "promtool")
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def test_promtool_finds_nothing(self):
        for exporters, budget in ((0, 0), (20, 5), (20, 1000), (MANY, MANY)):
            with self.subTest(exporters=exporters, budget=budget):
                self.assertEqual(check_metrics(page(exporters, budget)), "")

    def test_promtool_finds_what_is_wrong(self):
        """Or the test above could not fail."""
        wrong = "# HELP flowd_things Things.\n# TYPE flowd_things counter\nflowd_things 1\n"
        self.assertIn("_total", check_metrics(wrong))

    def test_goflow2s_names_have_no_fault_that_prometheus_minds(self):
        """promtool dislikes v1's names, but can read them."""
        found = check_metrics(page(20, 1000, "goflow2"))
        self.assertTrue(all(line.startswith("flow_") for line in found.splitlines()), found)
        self.assertNotIn("error", found.replace("error_", "").replace("errors_", ""))

    def test_prometheus_takes_it_and_its_sums_agree(self):
        with Server(page(50, 20, "goflow2")) as server, \
                Prometheus(self.folder, server.target) as prometheus:
            prometheus.hold("flowd_build_info")
            self.equations_hold(prometheus)
            self.assertEqual(prometheus.number("count(flowd_exporter_flows_total)"), 21)
            self.assertEqual(
                prometheus.number("sum(flow_traffic_packets)"),
                prometheus.number("sum(goflow2_flow_traffic_packets_total)"))

    def equations_hold(self, prometheus):
        for zero in ("flowd_datagrams_total - on () flowd_datagrams_decoded_total"
                     " - on () sum(flowd_datagrams_dropped_total) - on () flowd_datagrams_parked",
                     "sum(flowd_exporter_datagrams_total) - sum(flowd_datagrams_total)"
                     ' + sum(flowd_datagrams_dropped_total{reason="missed"})',
                     "sum(flowd_exporter_dropped_flows_total) - sum(flowd_flows_dropped_total)",
                     "max(flowd_ledger_imbalance)"):
            self.assertEqual(prometheus.number(zero), 0, zero)

    def test_ten_thousand_exporters_are_a_scrape(self):
        with Server(page(MANY, MANY)) as server, \
                Prometheus(self.folder, server.target, interval_seconds=5) as prometheus:
            prometheus.hold("flowd_build_info", 60)
            self.assertEqual(prometheus.number("count(flowd_exporter_flows_total)"), MANY + 1)
            self.equations_hold(prometheus)
            flowd.wait_until(lambda: prometheus.targets()[0]["lastError"] == "", 30,
                             "scrapes fail")

    def test_every_query_of_the_dashboard_has_an_answer(self):
        queries = dashboard.queries(dashboard.load())
        self.assertGreater(len(queries), 60)
        with Server(page(50, 20)) as server, \
                Prometheus(self.folder, server.target, [RULES]) as prometheus:
            prometheus.hold("count_over_time(flowd_build_info[20s]) >= 4")
            for title, expression in queries:
                with self.subTest(title=title):
                    self.assertTrue(prometheus.query(expression), expression)
            self.assertEqual([rule["lastError"] for rule in prometheus.rules()
                              if rule.get("lastError")], [])


class DashboardTest(unittest.TestCase):
    def test_is_for_grafana_9_and_later(self):
        board = dashboard.load()
        self.assertGreaterEqual(board["schemaVersion"], 36)
        self.assertLessEqual(board["schemaVersion"], 39)
        self.assertEqual([each["name"] for each in board["templating"]["list"]],
                         ["datasource", "instance", "exporter"])

    def test_panels_do_not_overlap_and_have_ids_of_their_own(self):
        board = dashboard.load()
        taken = set()
        for panel in board["panels"]:
            place = panel["gridPos"]
            self.assertLessEqual(place["x"] + place["w"], 24, panel["title"])
            for x in range(place["x"], place["x"] + place["w"]):
                for y in range(place["y"], place["y"] + place["h"]):
                    self.assertNotIn((x, y), taken, panel["title"])
                    taken.add((x, y))
        ids = [panel["id"] for panel in board["panels"]]
        self.assertEqual(len(ids), len(set(ids)))

    def test_every_panel_asks_the_chosen_data_source(self):
        for panel in dashboard.panels(dashboard.load()):
            for target in panel["targets"]:
                self.assertEqual(target["datasource"]["uid"], "${datasource}", panel["title"])
            expressions = " ".join(target["expr"] for target in panel["targets"])
            self.assertIn("$instance", expressions, panel["title"])


if __name__ == "__main__":
    unittest.main()
