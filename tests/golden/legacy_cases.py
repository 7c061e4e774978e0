# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases of NetFlow v1, v7 and v8 (Cisco): fixed records, none of which goflow2 reads."""

import netflow5_cases
from case import A, B, EXPORT_SECONDS, Case, capture, received
from support import legacy, packets

NEXT_HOP, ROUTER = packets.address("10.0.0.254"), packets.address("192.0.2.99")
# The flow of the v5 cases: 3.2 s to 1.2 s before the export.
COMMON = {"next_hop": NEXT_HOP, "interfaces": (3, 4), "packets": 5, "octets": 590, "first": 6_800,
          "last": 8_800, "ports": (8080, 47384), "flags": 0x1B, "protocol": 6, "tos": 8}
V1_RECORD = legacy.v1_record(A, B, padding=b"\xee" * 7, **COMMON)
V7_RECORD = legacy.v7_record(A, B, asns=(64496, 64497), masks=(24, 25), invalid=(0xEE, 0xEEEE),
                             router=ROUTER, **COMMON)


def flow(kind: str, index: int = 0, **others) -> dict:
    return netflow5_cases.flow(index, Type=kind, **others)


def v1_flow(index: int = 0) -> dict:
    return flow("NETFLOW_V1", index, SequenceNum=0, SrcAs=0, DstAs=0, SrcNet=0, DstNet=0)


# Every field of v8 with a value of its own, and the column that it fills.
VALUES = {"flows": 77, "packets": 5, "octets": 590, "first": 6_800, "last": 8_800,
          "source": int.from_bytes(packets.address("10.1.2.0"), "big"),
          "destination": int.from_bytes(packets.address("10.3.0.0"), "big"),
          "source_mask": 24, "destination_mask": 16, "source_as": 64496, "destination_as": 64497,
          "source_port": 8080, "destination_port": 47384, "input": 3, "output": 4, "protocol": 6,
          "tos": 8, "router": int.from_bytes(ROUTER, "big")}
COLUMNS = {"source": ("SrcAddr", "10.1.2.0"), "destination": ("DstAddr", "10.3.0.0"),
           "source_mask": ("SrcNet", 24), "destination_mask": ("DstNet", 16),
           "source_as": ("SrcAs", 64496), "destination_as": ("DstAs", 64497),
           "source_port": ("SrcPort", 8080), "destination_port": ("DstPort", 47384),
           "input": ("InIf", 3), "output": ("OutIf", 4), "protocol": ("Proto", 6),
           "tos": ("IpTos", 8)}
SCHEMES = {
    1: ("as", "AS numbers and interfaces."),
    2: ("protocol_port", "Protocol and ports."),
    3: ("source_prefix", "The source's prefix, its length and AS, and the input interface."),
    4: ("destination_prefix", "The destination's prefix, its length and AS, and the output "
                              "interface."),
    5: ("prefix", "Both prefixes, their lengths (the destination's first) and AS numbers, and the "
                  "interfaces."),
    6: ("destination_only", "Of a Catalyst: the destination comes first, there is no count of "
                            "flows, and marked_tos, extra_pkts and the router stand at the end."),
    7: ("source_destination", "Of a Catalyst: destination before source, output before input."),
    8: ("full_flow", "Of a Catalyst: addresses, then ports, the destination's first in both."),
    9: ("tos_as", "As scheme 1; the type of service stands behind the interfaces."),
    10: ("tos_protocol_port", "As scheme 2 with type of service and interfaces."),
    11: ("tos_source_prefix", "As scheme 3; the type of service is where that has padding."),
    12: ("tos_destination_prefix", "As scheme 4; the type of service is where that has padding."),
    13: ("tos_prefix", "As scheme 5; the type of service is where that has padding."),
    14: ("prefix_port", "Both prefixes, lengths as in scheme 5, type of service, protocol, ports, "
                        "interfaces.")}


def v8_flow(scheme: int, index: int = 0) -> dict:
    names = {name for name, _ in legacy.V8_FIELDS[scheme]}
    columns = {"Type": "NETFLOW_V8", "SequenceNum": 1, "Etype": 2048, "Bytes": 590, "Packets": 5,
               "TimeFlowStart": EXPORT_SECONDS - 3, "TimeFlowEnd": EXPORT_SECONDS - 1,
               "TimeFlowStartMs": EXPORT_SECONDS * 1000 - 3200,
               "TimeFlowEndMs": EXPORT_SECONDS * 1000 - 1200}
    return received(index) | columns | dict(COLUMNS[name] for name in names & COLUMNS.keys())


def v8_record(scheme: int) -> bytes:
    return legacy.v8_record(scheme, VALUES)


def v8_case(scheme: int) -> Case:
    name, what = SCHEMES[scheme]
    size = legacy.V8_SIZES[scheme - 1]
    two = [v8_record(scheme)] * 2
    return Case(f"v8_{scheme:02}_{name}",
                f"NetFlow v8, aggregation scheme {scheme}, records of {size} bytes. {what} Bytes "
                "without a column are 0xee: none may show. The ethertype is IPv4, of which all of "
                "v8 is. Of the second datagram, which announces two records, the last byte is "
                "missing: the whole one counts.",
                capture(legacy.v8(scheme, two), legacy.v8(scheme, two)[:-1]),
                [v8_flow(scheme), v8_flow(scheme), v8_flow(scheme, 1)], {"truncated": 1})


CASES = [
    Case("v1_every_field",
         "NetFlow v1: the fields of v5 without AS numbers and masks, protocol, TOS and flags in "
         "another order, and seven bytes of padding, 0xee here, that must not show. The header "
         "has no sequence number.",
         capture(legacy.v1([V1_RECORD, V1_RECORD], nanoseconds=999_999_999)),
         [v1_flow(), v1_flow()]),
    Case("v1_counts_and_cuts",
         "A count of 30 with one and a half records there, a count of 0, a header cut after 15 of "
         "its 16 bytes: what is whole is used, nothing is invented.",
         capture(legacy.v1([V1_RECORD, V1_RECORD[:24]], count=30), legacy.v1([V1_RECORD], count=0),
                 legacy.v1([])[:15]),
         [v1_flow()], {"truncated": 2}),
    Case("v7_every_field",
         "NetFlow v7: the fields of v5; flags for unknown fields, 0xee here, stand where v5 has "
         "padding, and the router behind. Neither has a column of goflow2.",
         capture(legacy.v7([V7_RECORD], nanoseconds=999_999_999)),
         [flow("NETFLOW_V7")]),
    Case("v7_router",
         "The router whose work the switch does is exporterIPv4Address (130): flowd's own column "
         "shows it when it is asked for.",
         capture(legacy.v7([V7_RECORD])),
         [flow("NETFLOW_V7", ExporterAddr="192.0.2.99")], arguments="-columns exporter_addr"),
    Case("v7_counts_and_cuts",
         "A count of 30 with one and a half records there, a count of 0, a header cut after 23 of "
         "its 24 bytes: what is whole is used, nothing is invented.",
         capture(legacy.v7([V7_RECORD, V7_RECORD[:26]], count=30), legacy.v7([V7_RECORD], count=0),
                 legacy.v7([])[:23]),
         [flow("NETFLOW_V7")], {"truncated": 2}),
    *(v8_case(scheme) for scheme in SCHEMES),
    Case("v8_unknown_scheme",
         "Schemes 0 and 15 do not exist: their records cannot be read, whatever the count says. A "
         "header cut before its end is truncated, a version of the aggregation is not looked at.",
         capture(legacy.v8(0, [bytes(44)]), legacy.v8(15, [bytes(44)]), legacy.v8(1, [])[:27],
                 legacy.v8(1, [v8_record(1)], version=9)),
         [v8_flow(1, 3)], {"bad_aggregation": 2, "truncated": 1}),
    Case("legacy_listen_chooses",
         "A listener of the scheme nfl takes NetFlow v5 and its kin, v1, v7 and v8; one of sFlow "
         "takes none of them.",
         capture(legacy.v1([V1_RECORD]), legacy.v7([V7_RECORD]), legacy.v8(1, [v8_record(1)])),
         [v1_flow(), flow("NETFLOW_V7", 1), v8_flow(1, 2)], arguments="-listen nfl://:2055"),
    Case("legacy_listen_refuses",
         "To a listener of the scheme sflow NetFlow v1, v7 and v8 are known protocols that it does "
         "not take.",
         capture(legacy.v1([V1_RECORD]), legacy.v7([V7_RECORD]), legacy.v8(1, [v8_record(1)])),
         [], {"protocol_not_here": 3}, arguments="-listen sflow://:2055"),
]
