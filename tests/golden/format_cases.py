# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases of the other formats: the flows of JSON cases again, as text and as protobuf."""

import ipfix_cases
import legacy_cases
import netflow5_cases
import netflow9_cases
import sflow_cases
from case import Case

PREFIXED = "-format pb -format.protobuf.fixedlen -transport.file.sep="

SOURCES = {
    case.name: case for case in (netflow5_cases.CASES + legacy_cases.CASES + netflow9_cases.CASES
                                 + ipfix_cases.CASES + sflow_cases.CASES)}


def again(name: str, prefix: str, arguments: str, why: str) -> Case:
    source = SOURCES[name]
    return Case(f"{prefix}_{name}", why, source.capture, source.flows, source.drops, arguments)


def as_text(name: str) -> Case:
    return again(name, "text", "-format text",
                 f"The flows of {name} as text: Key=value with a space between, strings in quotes, "
                 "every column.")


def as_protobuf(name: str) -> Case:
    return again(name, "pb", PREFIXED,
                 f"The flows of {name} as protobuf, by an encoder written for the tests: fields in "
                 "ascending number, zeros left out, lists packed, a varint of the length in "
                 "front, and no separator behind.")


CASES = [as_text("v5_every_field"), as_text("sflow_switch_router_gateway")] + [
    as_protobuf(name) for name in (
        "v1_every_field", "v7_every_field", "v8_01_as", "v8_08_full_flow", "v8_14_prefix_port",
        "v5_every_field", "v5_uptime_wrap", "v9_count_too_small", "v9_reduced_and_wide_numbers",
        "ipfix_variable_length", "ipfix_times", "ipfix_both_families",
        "sflow_switch_router_gateway", "sflow_mpls", "sflow_vlan_tags")]
