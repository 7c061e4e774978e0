# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases of -produce raw: a datagram as it was decoded, with the names and the nesting of
goflow2 v2. What is expected is written out here, beside the bytes."""

import base64
import json

from case import A, ARRIVAL_SECONDS, B, EXPORT_SECONDS, EXPORTER, SFLOW_PORT, Case, capture
from support import packets, sflow
from support.netflow import (VARIABLE, ipfix, ipfix_options_template, number, one_set, template, v5,
                             v5_record, v9, v9_options_template, variable)

RAW = "-profile goflow2-v2 -produce raw"
ENTERPRISE = 32473
RECEIVED = "2023-11-14T22:13:30Z"  # ARRIVAL_SECONDS
SOURCE = f"{EXPORTER}:50000"


def encoded(value: bytes) -> str:
    return base64.b64encode(value).decode()


def envelope(kind: str, message: dict) -> bytes:
    return json.dumps({"type": kind, "message": message, "src": SOURCE,
                       "time_received": RECEIVED}, separators=(",", ":")).encode() + b"\n"


def field(kind: int, length: int, enterprise: int = 0) -> dict:
    return {"pen-provided": enterprise != 0, "type": kind, "length": length, "pen": enterprise}


def value(kind: int, content: bytes, enterprise: int = 0) -> dict:
    return {"pen-provided": enterprise != 0, "type": kind, "pen": enterprise,
            "value": encoded(content)}


def raw(name: str, why: str, content: bytes, kind: str, message: dict, line: str,
        **others) -> list[Case]:
    """As JSON and as text."""
    return [Case(f"v2_raw_{name}", why, content, [], arguments=RAW,
                 output=envelope(kind, message), **others),
            Case(f"v2_text_raw_{name}", f"The datagram of v2_raw_{name} as text.", content, [],
                 arguments=f"{RAW} -format text",
                 output=f"{RECEIVED} {SOURCE}: {line}\n".encode(), **others)]


# --- NetFlow v5
V5 = v5([v5_record(A, B, next_hop=packets.address("10.9.9.9"), interfaces=(3, 4), packets=5,
                   octets=590, first=6800, last=8800, ports=(8080, 443), flags=27, protocol=6,
                   tos=8, asns=(64496, 64497), masks=(24, 25))],
        nanoseconds=250, sequence=9, engine=0x0102, sampling=0x4064)
V5_MESSAGE = {
    "version": 5, "count": 1, "sys-uptime": 10_000, "unix-secs": EXPORT_SECONDS, "unix-nsecs": 250,
    "flow-sequence": 9, "engine-type": 1, "engine-id": 2, "sampling-interval": 0x4064,
    "records": [{
        "src-addr": "10.0.0.1", "dst-addr": "10.0.0.2", "next-hop": "10.9.9.9", "input": 3,
        "output": 4, "dpkts": 5, "doctets": 590, "first": 6800, "last": 8800, "src-port": 8080,
        "dst-port": 443, "pad1": 0, "tcp-flags": 27, "proto": 6, "tos": 8, "src-as": 64496,
        "dst-as": 64497, "src-mask": 24, "dst-mask": 25, "pad2": 0}]}

# --- NetFlow v9: templates of both kinds, data of both, and data without a template.
V9 = v9([one_set(0, template(256, ((8, 4), (1, 4)))),
         one_set(1, v9_options_template(257, ((1, 4),), ((34, 4),))),
         one_set(256, A + number(64, 4)), one_set(257, number(7, 4) + number(100, 4)),
         one_set(300, b"\x01\x02\x03\x04")], count=5, sequence=12, source_id=4711)
V9_MESSAGE = {
    "version": 9, "count": 5, "system-uptime": 10_000, "unix-seconds": EXPORT_SECONDS,
    "sequence-number": 12, "source-id": 4711, "flow-sets": [
        {"id": 0, "length": 16, "records": [
            {"template-id": 256, "field-count": 2, "fields": [field(8, 4), field(1, 4)]}]},
        {"id": 1, "length": 20, "records": [
            {"template-id": 257, "scope-length": 4, "option-length": 4, "scopes": [field(1, 4)],
             "options": [field(34, 4)]}]},
        {"id": 256, "length": 12, "records": [
            {"values": [value(8, A), value(1, number(64, 4))]}]},
        {"id": 257, "length": 12, "records": [
            {"scope-values": [value(1, number(7, 4))],
             "option-values": [value(34, number(100, 4))]}]},
        {"id": 300, "length": 8, "records": encoded(b"\x01\x02\x03\x04")}]}

# --- IPFIX: an enterprise's element, variable lengths, options.
IPFIX_SETS = [one_set(2, template(256, ((8, 4), (5, VARIABLE, ENTERPRISE)))),
              one_set(3, ipfix_options_template(257, ((149, 4),), ((305, 4),))),
              one_set(256, A + variable(b"name"), align=False),
              one_set(257, number(7, 4) + number(100, 4))]
IPFIX = ipfix(IPFIX_SETS, sequence=12, domain=7)
IPFIX_MESSAGE = {
    "version": 10, "length": len(IPFIX), "export-time": EXPORT_SECONDS, "sequence-number": 12,
    "observation-domain-id": 7, "flow-sets": [
        {"id": 2, "length": 20, "records": [
            {"template-id": 256, "field-count": 2,
             "fields": [field(8, 4), field(5, VARIABLE, ENTERPRISE)]}]},
        {"id": 3, "length": len(IPFIX_SETS[1]), "records": [
            {"template-id": 257, "field-count": 2, "scope-field-count": 1,
             "options": [field(305, 4)], "scopes": [field(149, 4)]}]},
        {"id": 256, "length": 13, "records": [
            {"values": [value(8, A), value(5, b"name", ENTERPRISE)]}]},
        {"id": 257, "length": 12, "records": [
            {"scope-values": [value(149, number(7, 4))],
             "option-values": [value(305, number(100, 4))]}]}]}

# --- sFlow
SAMPLED = packets.ethernet(packets.udp_packet("10.0.0.1", "10.0.0.2", 1, 2, b"\0\0"))
GATEWAY = sflow.gateway(packets.address("192.0.2.1"), 64500, 64501, 64502, ((2, (64510, 64511)),),
                        (6553700,), 100)
ACL = sflow.block(1037, sflow.words(5) + sflow.opaque(b"deny1") + sflow.words(2))
FUNCTION = sflow.block(1038, sflow.opaque(b"ip_rcv"))
MACS = bytes((2, 0, 0, 0, 0, 1)), bytes((2, 0, 0, 0, 0, 2))
ETHERNET = sflow.block(2, sflow.words(64) + MACS[0] + b"\0\0" + MACS[1] + b"\0\0"
                       + sflow.words(0x0800))
RECORDS = [sflow.raw_header(sflow.ETHERNET, 100, SAMPLED), ETHERNET,
           sflow.ip_record(A, B, 60, 6, (443, 50000), 18, 8),
           sflow.ip_record(packets.address("2001:db8::1"), packets.address("2001:db8::2"), 60, 17,
                           (1, 2), 0, 3),
           sflow.switch(100, 1, 200, 2), sflow.router(packets.address("10.9.9.9"), 24, 16), GATEWAY]


def sized(form: int, record: bytes) -> dict:
    return {"data-format": form, "length": len(record) - 8}


FLOW_RECORDS = [
    {"header": sized(1, RECORDS[0]), "data": {
        "protocol": 1, "frame-length": 100, "stripped": 4, "original-length": len(SAMPLED),
        "header-data": encoded(SAMPLED)}},
    {"header": sized(2, RECORDS[1]), "data": {
        "length": 64, "src-mac": encoded(MACS[0]), "dst-mac": encoded(MACS[1]),
        "eth-type": 0x0800}},
    {"header": sized(3, RECORDS[2]), "data": {
        "length": 60, "protocol": 6, "src-ip": "10.0.0.1", "dst-ip": "10.0.0.2", "src-port": 443,
        "dst-port": 50000, "tcp-flags": 18, "tos": 8}},
    {"header": sized(4, RECORDS[3]), "data": {
        "length": 60, "protocol": 17, "src-ip": "2001:db8::1", "dst-ip": "2001:db8::2",
        "src-port": 1, "dst-port": 2, "tcp-flags": 0, "priority": 3}},
    {"header": sized(1001, RECORDS[4]), "data": {
        "src-vlan": 100, "src-priority": 1, "dst-vlan": 200, "dst-priority": 2}},
    {"header": sized(1002, RECORDS[5]), "data": {
        "next-hop-ip-version": 1, "next-hop": "10.9.9.9", "src-mask-len": 24,
        "dst-mask-len": 16}},
    {"header": sized(1003, RECORDS[6]), "data": {
        "next-hop-ip-version": 1, "next-hop": "192.0.2.1", "as": 64500, "src-as": 64501,
        "src-peer-as": 64502, "as-destinations": 1, "as-path-type": 2, "as-path-length": 2,
        "as-path": [64510, 64511], "communities-length": 1, "communities": [6553700],
        "local-pref": 100}}]
INTERFACE = ("if-index if-type if-speed if-direction if-status if-in-octets if-in-ucast-pkts "
             "if-in-multicast-pkts if-in-broadcast-pkts if-in-discards if-in-errors "
             "if-in-unknown-protos if-out-octets if-out-ucast-pkts if-out-multicast-pkts "
             "if-out-broadcast-pkts if-out-discards if-out-errors if-promiscuous-mode").split()
WIDE = {"if-speed", "if-in-octets", "if-out-octets"}
DOT3 = [f"dot3-stats-{each}" for each in (
    "aligment-errors fcse-errors single-collision-frames multiple-collision-frames seq-test-errors "
    "deferred-transmissions late-collisions excessive-collisions internal-mac-transmit-errors "
    "carrier-sense-errors frame-too-longs internal-mac-receive-errors symbol-errors").split()]
COUNTERS = [
    sflow.block(1, b"".join(number(i, 8 if each in WIDE else 4)
                            for i, each in enumerate(INTERFACE, 1))),
    sflow.block(2, b"".join(number(i, 4) for i in range(51, 51 + len(DOT3)))),
    sflow.block(77, b"\x01\x02\x03\x04")]
COUNTER_RECORDS = [
    {"header": sized(1, COUNTERS[0]),
     "data": {each: i for i, each in enumerate(INTERFACE, 1)}},
    {"header": sized(2, COUNTERS[1]), "data": {each: i for i, each in enumerate(DOT3, 51)}},
    {"header": sized(77, COUNTERS[2]), "data": {"data": encoded(b"\x01\x02\x03\x04")}}]
SAMPLES = [sflow.flow_sample(RECORDS),
           sflow.expanded_flow_sample([RECORDS[4]], input_=(0, 5), output=(1, 6)),
           sflow.block(sflow.COUNTERS, sflow.words(8, 9, len(COUNTERS)) + b"".join(COUNTERS)),
           sflow.discarded_sample([sflow.block(1036, sflow.words(3)), ACL, FUNCTION], reason=258)]


def sample_header(form: int, sample: bytes, sequence=1, source=7) -> dict:
    return {"format": form, "length": len(sample) - 8, "sample-sequence-number": sequence,
            "source-id-type": 0, "source-id-value": source}


SFLOW_MESSAGE = {
    "version": 5, "ip-version": 1, "agent-ip": "192.0.2.200", "sub-agent-id": 0,
    "sequence-number": 1, "uptime": 10_000, "samples-count": 4, "samples": [
        {"header": sample_header(1, SAMPLES[0]), "sampling-rate": 1000, "sample-pool": 1000,
         "drops": 0, "input": 1, "output": 2, "flow-records-count": 7, "records": FLOW_RECORDS},
        {"header": sample_header(3, SAMPLES[1]), "sampling-rate": 1000, "sample-pool": 1000,
         "drops": 0, "input-if-format": 0, "input-if-value": 5, "output-if-format": 1,
         "output-if-value": 6, "flow-records-count": 1, "records": [FLOW_RECORDS[4]]},
        {"header": sample_header(2, SAMPLES[2], 8, 9), "counter-records-count": 3,
         "records": COUNTER_RECORDS},
        {"header": sample_header(5, SAMPLES[3]), "drops": 0, "input": 1, "output": 2,
         "reason": 258, "flow-records-count": 3, "records": [
             {"header": {"data-format": 1036, "length": 4}, "data": {"queue": 3}},
             {"header": sized(1037, ACL), "data": {"number": 5, "name": "deny1", "direction": 2}},
             {"header": sized(1038, FUNCTION), "data": {"symbol": "ip_rcv"}}]}]}

CASES = [
    *raw("v5", "NetFlow v5 with every field of the header and of a record, padding too.",
         capture(V5), "netflowv5", V5_MESSAGE, "NetFlowV5 seq:9 count:1"),
    *raw("v9", "Sets in their order: templates, options templates, data, options data. A set "
         "without template is base64, and the datagram is counted for it.", capture(V9),
         "netflowv9", V9_MESSAGE, "NetFlowV9 count:5 seq:12", drops={"unknown_template": 1}),
    *raw("ipfix", "An enterprise's element of variable length, and options with a scope. The count "
         "of the text is the length of the message.", capture(IPFIX), "ipfix", IPFIX_MESSAGE,
         f"IPFIX count:{len(IPFIX)} seq:12"),
    *raw("sflow", "Samples of flows, in both forms, of counters and of discarded packets, with "
         "each kind of record that goflow2 v2 decodes, its spelling of counters' names kept. "
         "Addresses of Ethernet are base64. One of another kind is base64. Padding of names and "
         "of addresses is skipped, where goflow2 trips.",
         capture(sflow.datagram(SAMPLES), port=SFLOW_PORT), "sflow", SFLOW_MESSAGE,
         "sFlow5 agent:192.0.2.200 seq:1 count:4"),
]
assert ARRIVAL_SECONDS == 1_700_000_010
