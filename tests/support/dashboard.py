# SPDX-License-Identifier: BSD-3-Clause
"""The queries of config/grafana/flowd.json, with what Grafana would put for its variables."""

import json
import re
from pathlib import Path

DASHBOARD = Path(__file__).resolve().parent.parent.parent / "config/grafana/flowd.json"
VARIABLES = {"$instance": ".*", "$exporter": ".*", "$__rate_interval": "20s", "$__range": "1m"}


def load() -> dict:
    return json.loads(DASHBOARD.read_text())


def panels(dashboard: dict) -> list[dict]:
    """Without the rows that only have a title."""
    return [each for each in dashboard["panels"] if each["type"] != "row"]


def filled(expression: str) -> str:
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    left = re.search(r"\$\w+|\$\{", expression)
    assert left is None, f"a variable that nobody fills: {expression}"
    return expression


def queries(dashboard: dict) -> list[tuple[str, str]]:
    """Titles and expressions."""
    return [(panel["title"], filled(target["expr"]))
            for panel in panels(dashboard) for target in panel["targets"]]
