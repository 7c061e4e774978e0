# SPDX-License-Identifier: BSD-3-Clause
"""A real Prometheus: scrapes a target every second on loopback, answers PromQL through its HTTP
API. Every process that is started here is ended here, by its own handle."""

import json
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from support.flowd import free_tcp_port, wait_until

JOB = "flowd"


def fetch(url: str, timeout: float = 10) -> str:
    with urllib.request.urlopen(url, timeout=timeout) as answer:
        return answer.read().decode()


def check_metrics(page: str) -> str:
    """What `promtool check metrics` finds; empty: nothing."""
    done = subprocess.run(["promtool", "check", "metrics"], input=page.encode(),
                          capture_output=True, check=False)
    found = (done.stdout + done.stderr).decode()
    return found if done.returncode != 0 or found else ""


class Prometheus:
    """`target` is host:port; `rules` are files; `path` is where the target's metrics are."""

    def __init__(self, folder: Path, target: str, rules=(), path: str = "/metrics",
                 interval_seconds: int = 1):
        self.port = free_tcp_port()
        self.moment: float | None = None  # that everything is asked of; None: now
        config = folder / "prometheus.yml"
        lines = ["global:", f"  scrape_interval: {interval_seconds}s",
                 "  evaluation_interval: 1s", "scrape_configs:",
                 f"  - job_name: {JOB}", f"    metrics_path: {path}", "    static_configs:",
                 f"      - targets: ['{target}']", "rule_files:"]
        lines += [f"  - {each}" for each in rules] or ["  []"]
        config.write_text("\n".join(lines) + "\n")
        self.log = folder / "prometheus.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["prometheus", f"--config.file={config}",
                 f"--storage.tsdb.path={folder / 'prometheus'}",
                 f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def __enter__(self):
        wait_until(self._is_ready, 30, "Prometheus is not ready")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            fetch(f"http://127.0.0.1:{self.port}/-/ready")
            return True
        except (urllib.error.URLError, ConnectionError):
            return False

    def _get(self, path: str, **parameters):
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}"
        if parameters:
            url += "?" + urllib.parse.urlencode(parameters)
        try:
            answer = json.loads(fetch(url))
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{parameters}: {error.read().decode()}") from None
        assert answer["status"] == "success", answer
        return answer["data"]

    def query(self, expression: str, at: float = None) -> list[tuple[dict, float]]:
        """Labels and values of an instant vector, or of one number."""
        moment = self.moment if at is None else at
        parameters = {"query": expression} | ({"time": moment} if moment is not None else {})
        data = self._get("query", **parameters)
        if data["resultType"] == "scalar":
            return [({}, float(data["result"][1]))]
        return [(each["metric"], float(each["value"][1])) for each in data["result"]]

    def number(self, expression: str, at: float = None) -> float:
        """Of an expression that has one value."""
        found = self.query(expression, at)
        assert len(found) == 1, f"{expression}: {found}"
        return found[0][1]

    def by_label(self, expression: str, label: str, at: float = None) -> dict[str, float]:
        return {labels.get(label, ""): value for labels, value in self.query(expression, at)}

    def targets(self) -> list[dict]:
        return self._get("targets")["activeTargets"]

    def rules(self) -> list[dict]:
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]

    def wait_for_scrape(self, expression: str = f'up{{job="{JOB}"}} == 1', seconds: float = 20):
        """Until an expression has a value."""
        self.moment = None
        wait_until(lambda: bool(self.query(expression)), seconds,
                   f"{expression} has no value; targets: {self.targets()}")

    def hold(self, expression: str, seconds: float = 30):
        """Until an expression has a value in a scrape; what is asked from then on is of that one. A
        later one may fail on a busy machine, and ends all series."""
        self.moment = None

        def holds() -> bool:
            for _, moment in self.query(f'timestamp(up{{job="{JOB}"}})'):
                if self.query(expression, moment):
                    self.moment = moment
            return self.moment is not None

        wait_until(holds, seconds, f"{expression} has no value; targets: {self.targets()}")
