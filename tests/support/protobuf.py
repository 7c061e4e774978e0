# SPDX-License-Identifier: BSD-3-Clause
"""Protobuf messages of the profile goflow2-v1, from and to the columns of its JSON lines: a slow,
obvious encoder and decoder with a table of field numbers of its own."""

import ipaddress

from support import lines

# Field numbers of goflow2 v1.3.7, in the order of lines.DEFAULTS.
NUMBERS = dict(zip(lines.DEFAULTS, (
    1, 2, 4, 3, 42, 11, 38, 5, 63, 64, 9, 10, 6, 7, 30, 20, 21, 22, 18, 19, 27, 28, 33, 34, 29, 39,
    40, 23, 24, 25, 26, 31, 32, 37, 35, 36, 41, 14, 15, 12, 13, 16, 17, 100, 101, 102, 53, 54, 55,
    56, 57, 58, 59, 60, 61, 62, 65, 70, 71, 1001, 1002, 1003, 1004, 1005, 1011, 1012, 1013, 1014,
    1015, 1021), strict=True))
NAMES = {number: name for name, number in NUMBERS.items()}
TYPES = {"FLOWUNKNOWN": 0, "SFLOW_5": 1, "NETFLOW_V5": 2, "NETFLOW_V9": 3, "IPFIX": 4,
         "NETFLOW_V1": 3001, "NETFLOW_V7": 3007, "NETFLOW_V8": 3008}
TYPE_NAMES = {number: name for name, number in TYPES.items()}
ADDRESSES = {"SamplerAddress", "SrcAddr", "DstAddr", "NextHop"}
MACS = {"SrcMac", "DstMac"}
PACKED = {"BgpCommunities", "AsPath", "CustomList_1"}
VARINT, BYTES = 0, 2


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def take_varint(data: bytes, at: int) -> tuple[int, int]:
    """The number and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def encode(columns: dict, raw: dict | None = None) -> bytes:
    """Fields in ascending number, zeros left out, as Go's encoder writes them. `raw`: numbers and
    bytes of columns whose line does not say them, such as an address that is none."""
    raw = raw or {}
    out = b""
    for number in sorted(NAMES):
        name = NAMES[number]
        value = raw.get(name, columns.get(name, lines.DEFAULTS[name]))
        if value in (lines.DEFAULTS[name], b""):
            continue
        body = None
        if name in raw:
            body = value if isinstance(value, bytes) else None
        elif name == "Type":
            value = TYPES[value]
        elif name in MACS:
            value = int(value.replace(":", ""), 16)
        elif name in ADDRESSES:
            body = ipaddress.ip_address(value).packed
        elif name in PACKED:
            body = b"".join(map(varint, value))
        elif isinstance(value, list):
            body = bytes(value)
        if body is None:
            out += varint(number << 3 | VARINT) + varint(int(value))
        else:
            out += varint(number << 3 | BYTES) + varint(len(body)) + body
    return out


def column_of(name: str, value) -> object:
    """A decoded value as the JSON line shows it."""
    if name == "Type":
        return TYPE_NAMES[value]
    if name in MACS:
        return value.to_bytes(6, "big").hex(":")
    if name in ADDRESSES:
        return str(ipaddress.ip_address(value))
    if name in PACKED:
        words, at = [], 0
        while at < len(value):
            word, at = take_varint(value, at)
            words.append(word)
        return words
    if isinstance(lines.DEFAULTS[name], bool):
        return bool(value)
    return list(value) if isinstance(value, bytes) else value


def decode(message: bytes) -> dict:
    """All columns of one message."""
    columns, at = dict(lines.DEFAULTS), 0
    while at < len(message):
        tag, at = take_varint(message, at)
        name = NAMES[tag >> 3]
        value, at = take_varint(message, at)
        if tag & 7 == BYTES:
            assert at + value <= len(message), f"{name} is longer than its message"
            value, at = message[at:at + value], at + value
        else:
            assert tag & 7 == VARINT, f"{name} has wire type {tag & 7}"
        columns[name] = column_of(name, value)
    return columns


def messages(stream: bytes, separator: bytes = b"") -> list[bytes]:
    """The length-prefixed messages of a stream, each followed by `separator`."""
    found, at = [], 0
    while at < len(stream):
        size, at = take_varint(stream, at)
        assert at + size + len(separator) <= len(stream), "the stream ends inside a message"
        found.append(stream[at:at + size])
        at += size
        assert stream[at:at + len(separator)] == separator, "no separator behind a message"
        at += len(separator)
    return found
