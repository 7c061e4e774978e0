# SPDX-License-Identifier: BSD-3-Clause
"""NetFlow v1, v7 and v8 datagrams by hand (Cisco's layouts). Counts have the right default and can
be given."""

import struct


def v1_record(source: bytes, destination: bytes, *, next_hop: bytes = bytes(4), interfaces=(1, 2),
              packets=1, octets=100, first=0, last=0, ports=(0, 0), protocol=17, tos=0, flags=0,
              padding: bytes = bytes(7)) -> bytes:
    return (source + destination + next_hop + struct.pack("!HHIIII", *interfaces, packets, octets,
                                                          first, last)
            + struct.pack("!HHHBBB", *ports, 0, protocol, tos, flags) + padding)


def v1(records: list[bytes], *, count: int | None = None, uptime=10_000, seconds=1_700_000_000,
       nanoseconds=0) -> bytes:
    count = len(records) if count is None else count
    return struct.pack("!HHIII", 1, count, uptime, seconds, nanoseconds) + b"".join(records)


def v7_record(source: bytes, destination: bytes, *, next_hop: bytes = bytes(4), interfaces=(1, 2),
              packets=1, octets=100, first=0, last=0, ports=(0, 0), invalid=(0, 0), flags=0,
              protocol=17, tos=0, asns=(0, 0), masks=(0, 0), router: bytes = bytes(4)) -> bytes:
    """`invalid` are the two sets of flags for fields that the switch does not know."""
    return (source + destination + next_hop + struct.pack("!HHIIII", *interfaces, packets, octets,
                                                          first, last)
            + struct.pack("!HHBBBBHHBBH", *ports, invalid[0], flags, protocol, tos, *asns, *masks,
                          invalid[1]) + router)


def v7(records: list[bytes], *, count: int | None = None, uptime=10_000, seconds=1_700_000_000,
       nanoseconds=0, sequence=1) -> bytes:
    count = len(records) if count is None else count
    return struct.pack("!HHIIIII", 7, count, uptime, seconds, nanoseconds, sequence,
                       0) + b"".join(records)


def v8(scheme: int, records: list[bytes], *, count: int | None = None, uptime=10_000,
       seconds=1_700_000_000, nanoseconds=0, sequence=1, engine=(0, 0), version=2) -> bytes:
    count = len(records) if count is None else count
    return struct.pack("!HHIIIIBBBBI", 8, count, uptime, seconds, nanoseconds, sequence, *engine,
                       scheme, version, 0) + b"".join(records)


# The fields of v8's records, in their order on the wire.
COUNTERS = (("flows", 4), ("packets", 4), ("octets", 4), ("first", 4), ("last", 4))
HOST_COUNTERS = COUNTERS[1:]
PREFIXES = (("source", 4), ("destination", 4), ("destination_mask", 1), ("source_mask", 1))
AS_AND_INTERFACES = (("source_as", 2), ("destination_as", 2), ("input", 2), ("output", 2))
PORTS = (("source_port", 2), ("destination_port", 2))
CATALYST_END = (("extra_packets", 4), ("router", 4))
V8_FIELDS = {
    1: COUNTERS + AS_AND_INTERFACES,
    2: COUNTERS + (("protocol", 1), ("pad", 1), ("reserved", 2)) + PORTS,
    3: COUNTERS + (("source", 4), ("source_mask", 1), ("pad", 1), ("source_as", 2), ("input", 2),
                   ("reserved", 2)),
    4: COUNTERS + (("destination", 4), ("destination_mask", 1), ("pad", 1), ("destination_as", 2),
                   ("output", 2), ("reserved", 2)),
    5: COUNTERS + PREFIXES + (("reserved", 2),) + AS_AND_INTERFACES,
    6: (("destination", 4),) + HOST_COUNTERS + (("output", 2), ("tos", 1), ("marked_tos", 1))
       + CATALYST_END,
    7: (("destination", 4), ("source", 4)) + HOST_COUNTERS
       + (("output", 2), ("input", 2), ("tos", 1), ("marked_tos", 1), ("reserved", 2))
       + CATALYST_END,
    8: (("destination", 4), ("source", 4), ("destination_port", 2), ("source_port", 2))
       + HOST_COUNTERS + (("output", 2), ("input", 2), ("tos", 1), ("protocol", 1),
                          ("marked_tos", 1), ("reserved", 1)) + CATALYST_END,
    9: COUNTERS + AS_AND_INTERFACES + (("tos", 1), ("pad", 1), ("reserved", 2)),
    10: COUNTERS + (("protocol", 1), ("tos", 1), ("reserved", 2)) + PORTS
        + (("input", 2), ("output", 2)),
    11: COUNTERS + (("source", 4), ("source_mask", 1), ("tos", 1), ("source_as", 2), ("input", 2),
                    ("reserved", 2)),
    12: COUNTERS + (("destination", 4), ("destination_mask", 1), ("tos", 1),
                    ("destination_as", 2), ("output", 2), ("reserved", 2)),
    13: COUNTERS + PREFIXES + (("tos", 1), ("pad", 1)) + AS_AND_INTERFACES,
    14: COUNTERS + PREFIXES + (("tos", 1), ("protocol", 1)) + PORTS + (("input", 2),
                                                                       ("output", 2)),
}
# Bytes of a record by scheme.
V8_SIZES = (28, 28, 32, 32, 40, 32, 40, 44, 32, 32, 32, 32, 40, 40)
assert tuple(sum(size for _, size in V8_FIELDS[scheme]) for scheme in range(1, 15)) == V8_SIZES


def v8_record(scheme: int, values: dict[str, int]) -> bytes:
    """Takes from `values` what the scheme has. What has no meaning is 0xee in every byte."""
    return b"".join(values[name].to_bytes(size, "big") if name in values else b"\xee" * size
                    for name, size in V8_FIELDS[scheme])
