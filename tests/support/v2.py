# SPDX-License-Identifier: BSD-3-Clause
"""The profile goflow2-v2, written from the values that a test names: lines of JSON and text, and
protobuf messages. A slow, obvious encoder with tables of its own, so that a mistake in flowd's
cannot hide in what is expected of it. Values are plain: addresses as text, numbers as numbers, a
prefix as its length; how they are shown is decided here."""

import ipaddress
import json

from support.protobuf import BYTES, TYPES, VARINT, varint
from support.v2_names import ETYPE_NAMES, LAYERS, protocol_name

NO_MAC = "00:00:00:00:00:00"
# Name, field number and value when there is none, in the order of declaration of goflow2 v2.2.6.
COLUMNS = (
    ("type", 1, "FLOWUNKNOWN"), ("time_received_ns", 110, 0), ("sequence_num", 4, 0),
    ("sampling_rate", 3, 0), ("sampler_address", 11, ""), ("time_flow_start_ns", 111, 0),
    ("time_flow_end_ns", 112, 0), ("bytes", 9, 0), ("packets", 10, 0), ("src_addr", 6, ""),
    ("dst_addr", 7, ""), ("etype", 30, 0), ("proto", 20, 0), ("src_port", 21, 0),
    ("dst_port", 22, 0), ("in_if", 18, 0), ("out_if", 19, 0), ("src_mac", 27, NO_MAC),
    ("dst_mac", 28, NO_MAC), ("src_vlan", 33, 0), ("dst_vlan", 34, 0), ("vlan_id", 29, 0),
    ("ip_tos", 23, 0), ("forwarding_status", 24, 0), ("ip_ttl", 25, 0), ("ip_flags", 38, 0),
    ("tcp_flags", 26, 0), ("icmp_type", 31, 0), ("icmp_code", 32, 0), ("ipv6_flow_label", 37, 0),
    ("fragment_id", 35, 0), ("fragment_offset", 36, 0), ("src_as", 14, 0), ("dst_as", 15, 0),
    ("next_hop", 12, ""), ("next_hop_as", 13, 0), ("src_net", 16, 0), ("dst_net", 17, 0),
    ("bgp_next_hop", 100, ""), ("bgp_communities", 101, []), ("as_path", 102, []),
    ("mpls_ttl", 80, []), ("mpls_label", 81, []), ("mpls_ip", 82, []),
    ("observation_domain_id", 70, 0), ("observation_point_id", 71, 0), ("layer_stack", 103, []),
    ("layer_size", 104, []), ("ipv6_routing_header_addresses", 105, []),
    ("ipv6_routing_header_seg_left", 106, 0))
DEFAULTS = {name: default for name, _, default in COLUMNS}
ADDRESSES = {"sampler_address", "src_addr", "dst_addr", "next_hop", "bgp_next_hop"}
ADDRESS_LISTS = {"mpls_ip", "ipv6_routing_header_addresses"}
MACS = {"src_mac", "dst_mac"}
NETWORKS = {"src_net": "src_addr", "dst_net": "dst_addr"}


def packed(value: str | bytes) -> bytes:
    """The bytes of an address. Bytes stand for themselves: a value need not be an address."""
    if isinstance(value, bytes):
        return value
    return ipaddress.ip_address(value).packed if value else b""


def address(value: str | bytes) -> str:
    """As RFC 5952 writes it; a v4-mapped address keeps its prefix. Empty when it is none."""
    text = packed(value)
    if len(text) not in (4, 16):
        return ""
    parsed = ipaddress.ip_address(text)
    mapped = getattr(parsed, "ipv4_mapped", None)
    return f"::ffff:{mapped}" if mapped else str(parsed)


def network(value: str | bytes, length: int) -> str:
    """The prefix of an address, without its host bits."""
    try:
        return str(ipaddress.ip_network((address(value), length), strict=False))
    except ValueError:  # no address, or longer than it
        return "invalid Prefix"


def shown(name: str, values: dict):
    """What JSON shows of a column."""
    value = values[name]
    if name in ADDRESSES:
        return address(value)
    if name in ADDRESS_LISTS:
        return [address(each) for each in value]
    if name in NETWORKS:
        return network(values[NETWORKS[name]], value)
    if name == "etype":
        return ETYPE_NAMES.get(value, "")
    return protocol_name(value) if name == "proto" else value


def complete(columns: dict) -> dict:
    unknown = columns.keys() - DEFAULTS.keys()
    assert not unknown, f"no such column: {sorted(unknown)}"
    return DEFAULTS | columns


def line(columns: dict, names: list[str] | None = None) -> str:
    """`columns` are those that are not zero; `names` those to be printed, by default all."""
    values = complete(columns)
    return json.dumps({name: shown(name, values) for name in names or DEFAULTS},
                      separators=(",", ":"))


def text(columns: dict) -> str:
    """The same as a line of text: no quotes at all, a space between columns."""
    values = complete(columns)

    def plain(value) -> str:
        return f"[{','.join(map(str, value))}]" if isinstance(value, list) else str(value)

    return " ".join(f"{name}={plain(shown(name, values))}" for name in DEFAULTS)


def delimited(number: int, body: bytes) -> bytes:
    return varint(number << 3 | BYTES) + varint(len(body)) + body


def field(name: str, number: int, value) -> bytes:
    if name in ADDRESSES:
        return delimited(number, packed(value))
    if name in ADDRESS_LISTS:
        return b"".join(delimited(number, packed(each)) for each in value)
    if name == "layer_stack":
        return delimited(number, b"".join(varint(LAYERS[each]) for each in value))
    if isinstance(value, list):
        return delimited(number, b"".join(map(varint, value)))
    if name == "type":
        value = TYPES[value]
    elif name in MACS:
        value = int(value.replace(":", ""), 16)
    return varint(number << 3 | VARINT) + varint(value)


def body(columns: dict) -> bytes:
    """Fields in ascending number, zeros left out, numbers packed."""
    values = complete(columns)
    return b"".join(field(name, number, values[name])
                    for name, number, default in sorted(COLUMNS, key=lambda each: each[1])
                    if values[name] not in (default, b""))


def message(columns: dict) -> bytes:
    """Behind a varint of its length."""
    content = body(columns)
    return varint(len(content)) + content
