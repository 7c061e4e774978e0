# SPDX-License-Identifier: BSD-3-Clause
"""Cases of -strict: one input shows one fault of goflow2, by the release that has it, or by both.
Columns are named as 1.3.7 names them; for 2.2.6 they are renamed, and what differs stands apart."""

import re
from dataclasses import dataclass

from case import ARRIVAL_SECONDS, EXPORT_SECONDS, EXPORTER, Case

V1, V2 = "-strict", "-profile goflow2-v2 -strict"
AGENT = "192.0.2.200"
NANO = 1_000_000_000


@dataclass
class Both:
    """One flow as each release prints it."""
    v1: dict
    v2: dict


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def renamed(columns: dict) -> dict:
    return {snake(name): value for name, value in columns.items()}


def of_record(kind: str, index: int, columns: dict, only_v2: dict) -> Both:
    """A flow without times: they are 0 in 1.3.7 and the header's in 2.2.6."""
    common = {"Type": kind, "SequenceNum": 1, "SamplerAddress": EXPORTER} | columns
    exported = EXPORT_SECONDS * NANO
    return Both({"TimeReceived": ARRIVAL_SECONDS + index} | common,
                {"time_received_ns": (ARRIVAL_SECONDS + index) * NANO,
                 "time_flow_start_ns": exported, "time_flow_end_ns": exported}
                | renamed(common) | only_v2)


def v9_flow(index: int = 0, v2: dict | None = None, **columns) -> Both:
    return of_record("NETFLOW_V9", index, columns, v2 or {})


def ipfix_flow(index: int = 0, v2: dict | None = None, **columns) -> Both:
    return of_record("IPFIX", index, columns, v2 or {})


def sampled(index: int = 0, v2: dict | None = None, **columns) -> Both:
    """The flow of a sample: its times are those of receipt, in 1.3.7 the seconds alone."""
    seconds = ARRIVAL_SECONDS + index
    common = {"Type": "SFLOW_5", "SequenceNum": 1, "SamplingRate": 1000, "SamplerAddress": AGENT,
              "Packets": 1, "InIf": 1, "OutIf": 2} | columns
    return Both({"TimeReceived": seconds, "TimeFlowStart": seconds, "TimeFlowEnd": seconds}
                | common,
                {"time_received_ns": seconds * NANO, "time_flow_start_ns": seconds * NANO,
                 "time_flow_end_ns": seconds * NANO} | renamed(common) | (v2 or {}))


def in_v1(name: str, why: str, content: bytes, flows: list[Both], drops: dict | None = None,
          mapping: str = "") -> list[Case]:
    return [Case(f"strict_v1_{name}", why, content, [each.v1 for each in flows], drops or {}, V1,
                 mapping)]


def in_v2(name: str, why: str, content: bytes, flows: list[Both], drops: dict | None = None,
          mapping: str = "") -> list[Case]:
    return [Case(f"strict_v2_{name}", why, content, [each.v2 for each in flows], drops or {}, V2,
                 mapping)]


def in_both(name: str, why: str, content: bytes, flows: list[Both], drops: dict | None = None,
            mapping: str = "") -> list[Case]:
    return (in_v1(name, why, content, flows, drops, mapping)
            + in_v2(name, why, content, flows, drops, mapping))
