# SPDX-License-Identifier: BSD-3-Clause
"""Golden cases in which every column of a profile has a value of its own: a mapping file fills each
from an element of an enterprise, so that a wrong key, place, number or spelling shows."""

from case import A, A6, ARRIVAL_SECONDS, EXPORTER, SFLOW_PORT, Case, capture
from support import lines, packets, protobuf, sflow, v2, v2_shape
from support.netflow import VARIABLE, ipfix, number, one_set, template, variable

ENTERPRISE = 32473  # for examples (RFC 5612)
V2 = "-profile goflow2-v2"
MAPPING = "-mapping mapping.yaml"
TEMPLATE = 2
# The datagram decides these, so no field does.
OF_DATAGRAM = {"Type", "TimeReceived", "SequenceNum", "SamplingRate", "SamplerAddress",
               "ObservationDomainId", "HasMpls"}
OF_DATAGRAM_V2 = {"type", "time_received_ns", "sequence_num", "sampling_rate", "sampler_address",
                  "observation_domain_id", "layer_stack", "mpls_ip",
                  "ipv6_routing_header_addresses"}


def go_name(name: str) -> str:
    """mpls_1_ttl is Mpls_1Ttl, custom_list_1 CustomList_1: a digit keeps the mark before it."""
    out = ""
    for part in name.split("_"):
        out += f"_{part}" if part[:1].isdigit() else part.capitalize()
    return out.replace("_1_T", "_1T")


def mapping_file(destinations: list[str], head: str = "") -> str:
    """Element n of the enterprise goes to the n-th destination; the first is element 1."""
    entries = "".join(
        f"    - {{field: {i}, penprovided: true, pen: {ENTERPRISE}, destination: {name}}}\n"
        for i, name in enumerate(destinations, 1))
    return f"{head}ipfix:\n  mapping:\n{entries}"


def enterprise_record(values: list[tuple[int, bytes]], *, domain=7, sequence=77,
                      behind=()) -> bytes:
    """The values, each with its size in the template, as elements 1, 2, … of the enterprise."""
    fields = [(i, size, ENTERPRISE) for i, (size, _) in enumerate(values, 1)]
    content = b"".join(value for _, value in values) + b"".join(value for *_, value in behind)
    fields += [(element, size) for element, size, _ in behind]
    return ipfix([one_set(TEMPLATE, template(256, fields)), one_set(256, content)], domain=domain,
                 sequence=sequence)


def plain(value: int) -> tuple[int, bytes]:
    return 8, number(value, 8)


def ip(text: str) -> tuple[int, bytes]:
    packed = packets.address(text)
    return len(packed), packed


def text(value: bytes) -> tuple[int, bytes]:
    return VARIABLE, variable(value)


# --- goflow2-v1

def v1_values() -> dict:
    """Column, what is printed, and the field that makes it. Numbers are as wide as the column."""
    wide = {"TimeFlowStart", "TimeFlowEnd", "TimeFlowStartMs", "TimeFlowEndMs", "Bytes",
            "Packets"} | {f"CustomInteger_{i}" for i in range(1, 6)}
    addresses = {"SrcAddr": "10.0.0.1", "DstAddr": "2001:db8::1:0:0:2", "NextHop":
                 "::ffff:192.0.2.7"}
    out = {}
    for i, name in enumerate(lines.DEFAULTS, 1):
        if name in OF_DATAGRAM:
            continue
        if name in addresses:
            shown = addresses[name].removeprefix("::ffff:")
            out[name] = (shown, ip(addresses[name]))
        elif name in ("SrcMac", "DstMac"):
            out[name] = (f"02:00:00:00:00:{i:02x}", plain(0xFFFF << 48 | 0x02 << 40 | i))
        elif name in ("BgpNextHop", "MplsLabelIp") or name.startswith("CustomBytes"):
            out[name] = ([i, 0, 255], text(bytes((i, 0, 255))))
        elif name in protobuf.PACKED:
            out[name] = ([2**32 - i], plain(2**33 - i))  # the low half
        elif name in wide:
            out[name] = (2**63 + i, plain(2**63 + i))
        else:
            out[name] = (2**31 + i, plain(2**40 + 2**31 + i))
    return out


V1 = v1_values()
V1_FLOW = {"Type": "IPFIX", "TimeReceived": ARRIVAL_SECONDS, "SequenceNum": 77,
           "SamplerAddress": EXPORTER, "ObservationDomainId": 7,
           "HasMpls": True} | {name: shown for name, (shown, _) in V1.items()}
# 70 is the one field that sets HasMpls; it comes first, so that the mapping has the last word.
V1_CAPTURE = capture(ipfix(
    [one_set(TEMPLATE, template(256, [(70, 3)] + [(i, size, ENTERPRISE) for i, (_, (size, _))
                                                  in enumerate(V1.values(), 1)])),
     one_set(256, number(16, 3) + b"".join(value for _, (_, value) in V1.values()))],
    domain=7, sequence=77))
V1_FILES = {"mapping.yaml": mapping_file(list(V1))}


# What JSON does not show: the address as it came, and the two high bytes of a MAC's number.
V1_RAW = {"NextHop": packets.address("::ffff:192.0.2.7")} | {
    name: 0xFFFF << 48 | int(V1_FLOW[name].replace(":", ""), 16) for name in ("SrcMac", "DstMac")}


# --- goflow2-v2

def v2_values() -> dict:
    wide = {"time_flow_start_ns", "time_flow_end_ns", "bytes", "packets"}
    addresses = {"src_addr": "10.0.0.1", "dst_addr": "2001:db8::1:0:0:2",
                 "next_hop": "::ffff:192.0.2.7", "bgp_next_hop": "192.0.2.8"}
    out = {}
    for i, name in enumerate(v2.DEFAULTS, 1):
        if name in OF_DATAGRAM_V2:
            continue
        if name in addresses:
            out[name] = (addresses[name], ip(addresses[name]))
        elif name in v2.MACS:
            out[name] = (f"02:00:00:00:00:{i:02x}", plain(0x02 << 40 | i))
        elif isinstance(v2.DEFAULTS[name], list):
            out[name] = ([2**32 - i], plain(2**33 - i))
        elif name in v2.NETWORKS:
            out[name] = (i - 16, plain(2**32 + i - 16))
        elif name in wide:
            out[name] = (2**63 + i, plain(2**63 + i))
        else:
            out[name] = (2**31 + i, plain(2**40 + 2**31 + i))
    return out


V2_VALUES = v2_values()
V2_FLOW = {"type": "IPFIX", "time_received_ns": ARRIVAL_SECONDS * 10**9, "sequence_num": 77,
           "sampler_address": EXPORTER, "observation_domain_id": 7,
           "mpls_ip": ["10.0.0.1", "2001:db8::1"]} | {
               name: shown for name, (shown, _) in V2_VALUES.items()}
V2_CAPTURE = capture(enterprise_record([value for _, value in V2_VALUES.values()],
                                       behind=((47, 4, A), (140, 16, A6))))
V2_FILES = {"mapping.yaml": mapping_file([go_name(name) for name in V2_VALUES])}

# The columns that only a sampled packet fills: its layers, and the addresses of a segment routing
# header (RFC 8754), of which one segment is left.
SEGMENTS = ("2001:db8::a", "2001:db8::b")
ROUTING = (bytes((17, 4, 4, 1, 1, 0, 0, 0)) + b"".join(map(packets.address, SEGMENTS)))
SEGMENT_ROUTED = packets.ethernet(packets.ipv6(
    "2001:db8::1", "2001:db8::2", 43,
    ROUTING + packets.udp("2001:db8::1", "2001:db8::2", 1000, 2000, bytes(4))))
ROUTED_CAPTURE = capture(sflow.datagram([sflow.flow_sample(
    [sflow.raw_header(sflow.ETHERNET, 100, SEGMENT_ROUTED)])]), port=SFLOW_PORT)
ROUTED = {"type": "SFLOW_5", "time_received_ns": ARRIVAL_SECONDS * 10**9, "sequence_num": 1,
          "sampling_rate": 1000, "sampler_address": "192.0.2.200",
          "time_flow_start_ns": ARRIVAL_SECONDS * 10**9,
          "time_flow_end_ns": ARRIVAL_SECONDS * 10**9, "bytes": 100, "packets": 1,
          "src_addr": "2001:db8::1", "dst_addr": "2001:db8::2", "etype": 0x86DD, "proto": 17,
          "src_port": 1000, "dst_port": 2000, "in_if": 1, "out_if": 2,
          "src_mac": "02:00:00:00:00:01", "dst_mac": "02:00:00:00:00:02", "ip_ttl": 64,
          "ipv6_routing_header_seg_left": 1, "ipv6_routing_header_addresses": list(SEGMENTS),
          "layer_stack": ["Ethernet", "IPv6", "IPv6HeaderRouting", "UDP"],
          "layer_size": [14, 40, 40, 8]}


def v1_case(name: str, why: str, arguments: str, output: bytes) -> Case:
    return Case(name, why, V1_CAPTURE, [], {}, f"{MAPPING} {arguments}".strip(),
                files=V1_FILES, output=output)


def in_v2(name: str, why: str, content: bytes, flow: dict, files: dict) -> list[Case]:
    mapping = f" {MAPPING}" if files else ""
    return [Case(f"v2_{form}{name}".replace("json_", ""), why, content, [flow], {},
                 f"{V2}{mapping} {arguments}".strip(), files=files,
                 output=v2_shape.output([flow], v2_shape.Shape(), form.rstrip("_")))
            for form, arguments in (("json_", ""), ("text_", "-format text"),
                                    ("bin_", "-format bin -transport.file.sep="))]


WHY = ("Every column of the profile has a value that no other has, as wide as the column; an "
       "element of an enterprise brings each, 64 bits for those of 32, which keep the low half. "
       "Sequence number, domain, sampler and time of receipt are the datagram's. ")
CASES = [
    v1_case("every_column", WHY + "Order and keys are those of goflow2 v1. A v4-mapped address is "
            "printed as IPv4, of a MAC 48 bits, the addresses that v1 has no spelling for as lists "
            "of bytes.", "", lines.line(V1_FLOW).encode() + b"\n"),
    v1_case("text_every_column", WHY + "As text: quotes stay.", "-format text",
            lines.text(V1_FLOW).encode() + b"\n"),
    v1_case("pb_every_column", WHY + "As protobuf: goflow2 v1's numbers, ascending; no length "
            "without -format.protobuf.fixedlen, but the separator.", "-format pb",
            protobuf.encode(V1_FLOW, V1_RAW) + b"\n"),
    v1_case("tag_json_every_column", WHY + "With the tag json keys are the names of the .proto.",
            "-format.tag json", lines.selected_line(V1_FLOW, list(lines.SNAKE)).encode() + b"\n"),
    *in_v2("every_column", WHY + "Order and keys are those of goflow2 v2.", V2_CAPTURE, V2_FLOW,
           V2_FILES),
    *in_v2("segment_routing", "The columns that only a sampled packet fills: layers, their sizes, "
           "and the segments of a routing header of type 4 (RFC 8754), as many as it says there "
           "are. Proto is that of the upper layer.", ROUTED_CAPTURE, ROUTED, {}),
]
