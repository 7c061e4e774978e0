# SPDX-License-Identifier: BSD-3-Clause
"""NetFlow v5, v9 (RFC 3954) and IPFIX (RFC 7011) datagrams by hand. Nothing is computed that a test
may want to be wrong: counts and lengths have the right default and can be given."""

import struct

VARIABLE = 0xFFFF


def number(value: int, size: int) -> bytes:
    return value.to_bytes(size, "big")


def v5_record(source: bytes, destination: bytes, *, next_hop: bytes = bytes(4), interfaces=(1, 2),
              packets=1, octets=100, first=0, last=0, ports=(0, 0), flags=0, protocol=17, tos=0,
              asns=(0, 0), masks=(0, 0)) -> bytes:
    return (source + destination + next_hop + struct.pack("!HHIIII", *interfaces, packets, octets,
                                                          first, last)
            + struct.pack("!HHBBBBHHBBH", *ports, 0, flags, protocol, tos, *asns, *masks, 0))


def v5(records: list[bytes], *, count: int | None = None, uptime=10_000, seconds=1_700_000_000,
       nanoseconds=0, sequence=1, engine=0, sampling=0) -> bytes:
    count = len(records) if count is None else count
    return struct.pack("!HHIIIIHH", 5, count, uptime, seconds, nanoseconds, sequence, engine,
                       sampling) + b"".join(records)


def one_set(set_id: int, body: bytes, *, length: int | None = None, align: bool = True) -> bytes:
    """A FlowSet or Set; padded to four bytes, which its length includes, unless told otherwise."""
    if align:
        body += b"\0" * (-len(body) % 4)
    return struct.pack("!HH", set_id, len(body) + 4 if length is None else length) + body


def fields(pairs) -> bytes:
    """(element, length), or (element, length, enterprise) with the enterprise bit."""
    out = b""
    for element, length, *enterprise in pairs:
        out += struct.pack("!HH", element | (0x8000 if enterprise else 0), length)
        out += struct.pack("!I", enterprise[0]) if enterprise else b""
    return out


def template(template_id: int, pairs, *, count: int | None = None) -> bytes:
    """A template record; the same in both versions."""
    count = len(pairs) if count is None else count
    return struct.pack("!HH", template_id, count) + fields(pairs)


def v9_options_template(template_id: int, scopes, options) -> bytes:
    return struct.pack("!HHH", template_id, 4 * len(scopes), 4 * len(options)) + fields(
        list(scopes) + list(options))


def ipfix_options_template(template_id: int, scopes, options) -> bytes:
    pairs = list(scopes) + list(options)
    return struct.pack("!HHH", template_id, len(pairs), len(scopes)) + fields(pairs)


def v9(sets: list[bytes], *, count: int, uptime=10_000, seconds=1_700_000_000, sequence=1,
       source_id=0) -> bytes:
    return struct.pack("!HHIIII", 9, count, uptime, seconds, sequence, source_id) + b"".join(sets)


def ipfix(sets: list[bytes], *, length: int | None = None, seconds=1_700_000_000, sequence=1,
          domain=0) -> bytes:
    body = b"".join(sets)
    length = 16 + len(body) if length is None else length
    return struct.pack("!HHIII", 10, length, seconds, sequence, domain) + body


def variable(value: bytes, *, long: bool = False) -> bytes:
    """A value of variable length (RFC 7011 §7), in the short form or with 255 and two bytes."""
    if long or len(value) > 254:
        return b"\xff" + struct.pack("!H", len(value)) + value
    return struct.pack("!B", len(value)) + value
