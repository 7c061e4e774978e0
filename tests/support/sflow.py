# SPDX-License-Identifier: BSD-3-Clause
"""sFlow version 5 datagrams by hand (sflow.org, sFlow Version 5, §5). Counts and lengths have the
right default and can be given."""

import struct

FLOW, COUNTERS, EXPANDED_FLOW, EXPANDED_COUNTERS, DISCARDED = 1, 2, 3, 4, 5
ETHERNET, IPV4, IPV6, MPLS = 1, 11, 12, 13  # header protocols


def words(*values: int) -> bytes:
    return struct.pack(f"!{len(values)}I", *values)


def typed_address(packed: bytes) -> bytes:
    """Type 1 is IPv4, 2 IPv6, 0 unknown, which has no bytes."""
    return words({0: 0, 4: 1, 16: 2}[len(packed)]) + packed


def block(form: int, body: bytes, *, length: int | None = None) -> bytes:
    """A sample or a record: its format, its length and itself."""
    return words(form, len(body) if length is None else length) + body


def opaque(data: bytes, *, length: int | None = None) -> bytes:
    length = len(data) if length is None else length
    return words(length) + data + b"\0" * (-len(data) % 4)


def raw_header(protocol: int, frame_length: int, sampled: bytes, *, stripped=4,
               length: int | None = None) -> bytes:
    return block(1, words(protocol, frame_length, stripped) + opaque(sampled, length=length))


def ip_record(source: bytes, destination: bytes, length: int, protocol: int, ports, flags: int,
              tos: int) -> bytes:
    return block(3 if len(source) == 4 else 4, words(length, protocol) + source + destination
                 + words(*ports, flags, tos))


def switch(source_vlan: int, source_priority: int, vlan: int, priority: int) -> bytes:
    return block(1001, words(source_vlan, source_priority, vlan, priority))


def router(next_hop: bytes, source_mask: int, mask: int) -> bytes:
    return block(1002, typed_address(next_hop) + words(source_mask, mask))


def gateway(next_hop: bytes, own_as: int, source_as: int, peer_as: int, segments, communities,
            preference: int) -> bytes:
    """`segments` are pairs (type, AS numbers): type 1 is a set, 2 a sequence."""
    path = b"".join(words(kind, len(numbers), *numbers) for kind, numbers in segments)
    return block(1003, typed_address(next_hop) + words(own_as, source_as, peer_as, len(segments))
                 + path + words(len(communities), *communities) + words(preference))


def flow_sample(records: list[bytes], *, rate=1000, interfaces=(1, 2), count: int | None = None,
                length: int | None = None) -> bytes:
    count = len(records) if count is None else count
    return block(FLOW, words(1, 7, rate, rate, 0, *interfaces, count) + b"".join(records),
                 length=length)


def expanded_flow_sample(records: list[bytes], *, rate=1000, input_=(0, 1), output=(0, 2),
                         count: int | None = None) -> bytes:
    """Interfaces are pairs (format, value)."""
    count = len(records) if count is None else count
    return block(EXPANDED_FLOW, words(1, 0, 7, rate, rate, 0, *input_, *output, count)
                 + b"".join(records))


def counter_sample() -> bytes:
    return block(COUNTERS, words(1, 7, 0))


def discarded_sample(records: list[bytes], *, reason=256, interfaces=(1, 2)) -> bytes:
    """sFlow Discarded Packet Notification: sequence, source (type, index), drops, input, output,
    reason, records."""
    return block(DISCARDED, words(1, 0, 7, 0, *interfaces, reason, len(records))
                 + b"".join(records))


def datagram(samples: list[bytes], *, agent: bytes = bytes((192, 0, 2, 200)), sequence=1,
             count: int | None = None, version=5) -> bytes:
    count = len(samples) if count is None else count
    return words(version) + typed_address(agent) + words(0, sequence, 10_000, count) + b"".join(
        samples)
