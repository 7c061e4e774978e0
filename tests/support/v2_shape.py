# SPDX-License-Identifier: BSD-3-Clause
"""What a mapping file's formatter section makes of a flow in the profile goflow2-v2: columns of
one's own, renderers, other names, a choice of columns. From goflow2's rules, beside v2.py."""

import datetime
import json
from dataclasses import dataclass, field

from support import v2
from support.protobuf import BYTES, VARINT, varint

# Go's names of columns that have a renderer of their own; `fields` may use them.
GO_NAMES = {"SrcMac": "src_mac", "DstMac": "dst_mac", "SrcAddr": "src_addr",
            "DstAddr": "dst_addr", "SamplerAddress": "sampler_address", "NextHop": "next_hop",
            "BgpNextHop": "bgp_next_hop", "MplsIp": "mpls_ip", "Etype": "etype", "Proto": "proto",
            "SrcNet": "src_net", "DstNet": "dst_net",
            "Ipv6RoutingHeaderAddresses": "ipv6_routing_header_addresses"}
# Columns whose numbers have 64 bits in goflow2's schema, as all declared ones have.
WIDE = {"time_received_ns", "time_flow_start_ns", "time_flow_end_ns", "sampling_rate", "bytes",
        "packets", "src_mac", "dst_mac"}
ICMP_NAMES = {
    1: {0: "EchoReply", 3: "DestinationUnreachable", 8: "Echo", 9: "RouterAdvertisement",
        10: "RouterSolicitation", 11: "TimeExceeded"},
    58: {1: "DestinationUnreachable", 2: "PacketTooBig", 3: "TimeExceeded", 128: "EchoRequest",
         129: "EchoReply", 133: "RouterSolicitation", 134: "RouterAdvertisement"}}


@dataclass
class Custom:
    name: str
    number: int
    type: str = "varint"
    array: bool = False


@dataclass
class Shape:
    fields: list[str] = field(default_factory=list)  # empty: every column of the profile
    customs: tuple[Custom, ...] = ()
    render: dict = field(default_factory=dict)
    rename: dict = field(default_factory=dict)


def moment(seconds: int, nanoseconds: int = 0) -> str:
    """RFC 3339, UTC; no zeros at the end of the fraction."""
    text = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    fraction = f"{nanoseconds:09}".rstrip("0")
    return f"{text:%Y-%m-%dT%H:%M:%S}" + (f".{fraction}" if fraction else "") + "Z"


def raw(name: str, value):
    """The value as the message holds it."""
    if name in v2.ADDRESSES:
        return v2.packed(value)
    if name in v2.ADDRESS_LISTS:
        return [v2.packed(each) for each in value]
    return int(value.replace(":", ""), 16) if name in v2.MACS else value


def plain(value):
    return value.hex() if isinstance(value, bytes) else value


def rendered(renderer: str, value, bits: int = 64):
    """None: nothing is printed. `bits` are those of the column's numbers."""
    number, data = isinstance(value, int), isinstance(value, bytes)
    wide = number and bits == 64
    if renderer == "ip" and data:
        return v2.address(value)
    if renderer == "string" and data:
        return value.decode()
    if renderer == "mac" and wide:
        return (value & (2**48 - 1)).to_bytes(6, "big").hex(":")
    if renderer == "etype":
        return v2.ETYPE_NAMES.get(value, "") if number else "unknown"
    if renderer == "proto":
        return v2.protocol_name(value) if number else "unknown"
    if renderer == "datetime" and number:
        return moment(value)
    if renderer == "datetimenano" and wide:
        return moment(*divmod(value, 10**9))
    return plain(value)


def of_custom(custom: Custom, shape: Shape, values: list):
    """What is printed of a column of one's own; None: it is left out."""
    renderer = shape.render.get(custom.name)
    if custom.array:
        return ([rendered(renderer, each) for each in values]
                if values or renderer else None)
    return rendered(renderer, values[-1]) if values else rendered(renderer, None)


def of_column(name: str, shape: Shape, values: dict):
    column = GO_NAMES.get(name, name)
    if column == "icmp_name":
        return ICMP_NAMES.get(values["proto"], {}).get(
            values["icmp_type"], "") if values["proto"] in ICMP_NAMES else "unknown"
    if column not in shape.render:
        return v2.shown(column, values)
    value = raw(column, values[column])
    renderer = shape.render[column]
    return ([rendered(renderer, each) for each in value] if isinstance(value, list)
            else rendered(renderer, value, 64 if column in WIDE else 32))


def items(columns: dict, shape: Shape) -> list[tuple[str, object]]:
    """Keys and values of a line. `custom` among the columns are (name, value) as they came."""
    columns = dict(columns)
    found = columns.pop("custom", [])
    values = v2.complete(columns)
    customs = {each.name: each for each in shape.customs}
    out = []
    for name in shape.fields or v2.DEFAULTS:
        if name in customs:
            mine = [value for key, value in found if key == name]
            value = of_custom(customs[name], shape, mine)
        else:
            value = of_column(name, shape, values)
        if value is not None:
            out.append((shape.rename.get(name, name), value))
    return out


def line(columns: dict, shape: Shape) -> str:
    text = "{" + ",".join(json.dumps(key) + ":" + json.dumps(value, ensure_ascii=False,
                                                              separators=(",", ":"))
                          for key, value in items(columns, shape)) + "}"
    for each in "<>&\u2028\u2029":  # as Go's encoder does in what it is given
        text = text.replace(each, f"\\u{ord(each):04x}")
    return text


def text(columns: dict, shape: Shape) -> str:
    def plain_text(value) -> str:
        return f"[{','.join(map(str, value))}]" if isinstance(value, list) else str(value)

    return " ".join(f"{key}={plain_text(value)}" for key, value in items(columns, shape))


def message(columns: dict, shape: Shape) -> bytes:
    """Columns of one's own come last, each value by itself, in the order in which they came."""
    columns = dict(columns)
    found = columns.pop("custom", [])
    numbers = {each.name: each.number for each in shape.customs}
    body = v2.body(columns)
    for name, value in found:
        if isinstance(value, bytes):
            body += varint(numbers[name] << 3 | BYTES) + varint(len(value)) + value
        else:
            body += varint(numbers[name] << 3 | VARINT) + varint(value)
    return varint(len(body)) + body


def output(flows: list[dict], shape: Shape, form: str) -> bytes:
    """All flows as `form` (json, text, bin) prints them."""
    if form == "bin":
        return b"".join(message(each, shape) for each in flows)
    one = text if form == "text" else line
    return "".join(one(each, shape) + "\n" for each in flows).encode()
