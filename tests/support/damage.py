# SPDX-License-Identifier: BSD-3-Clause
"""Damaged traffic whose truth is known: each case sends from one exporter of ledger.Traffic, says
with every datagram what must become of it, and yields, so that cases can run side by side."""

import struct
import time

from support import legacy, netflow, sflow
from support.ledger import Exporter

FIELDS = ((8, 4), (12, 4), (1, 4))
RECORD = bytes((10, 0, 0, 1, 10, 0, 0, 2)) + netflow.number(700, 4)
V5_RECORD = netflow.v5_record(bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2)))
V9_TEMPLATE = netflow.one_set(0, netflow.template(256, FIELDS))
IPFIX_TEMPLATE = netflow.one_set(2, netflow.template(256, FIELDS))
SAMPLE = sflow.flow_sample([sflow.ip_record(bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2)), 100, 17,
                                            (1000, 53), 0, 0)])
COUNT = 3  # records or samples of a datagram
UPTIME_MS = 3_600_000
V9_HEADER, IPFIX_HEADER, SET_HEADER, V5_HEADER, V1_HEADER = 20, 16, 4, 24, 16
FIELDS_MOST = 256


def v5(sequence: int, uptime: int = UPTIME_MS, records: int = COUNT) -> bytes:
    return netflow.v5([V5_RECORD] * records, sequence=sequence, uptime=uptime,
                      seconds=int(time.time()))


def v9(sets, sequence: int, source_id: int = 1, uptime: int = UPTIME_MS) -> bytes:
    return netflow.v9(list(sets), count=COUNT, sequence=sequence & 0xFFFFFFFF, source_id=source_id,
                      uptime=uptime, seconds=int(time.time()))


def ipfix(sets, sequence: int, domain: int = 1, length: int | None = None) -> bytes:
    return netflow.ipfix(list(sets), sequence=sequence & 0xFFFFFFFF, domain=domain, length=length,
                         seconds=int(time.time()))


def data(template: int = 256, count: int = COUNT) -> bytes:
    return netflow.one_set(template, RECORD * count)


def v9_data(sequence: int, source_id: int = 1, uptime: int = UPTIME_MS) -> bytes:
    return v9([data()], sequence, source_id, uptime)


def ipfix_data(sequence: int, domain: int = 1) -> bytes:
    return ipfix([data()], sequence, domain)


def samples(sequence: int, rows=(SAMPLE,) * COUNT) -> bytes:
    return sflow.datagram(list(rows), sequence=sequence)


# --- cut at every byte


def outcome_of_stub(size: int) -> str:
    """Of NetFlow that has not even its version."""
    return "empty" if size == 0 else "unknown_protocol" if size < 2 else "truncated"


def cut_fixed(exporter: Exporter, make, header: int, record: int, numbered: bool):
    """NetFlow v1, v5 and v7: what the header announces must be there. `make(sequence)`."""
    sequence, whole = 1000, len(make(0))
    for size in range(whole, -1, -1):
        payload = make(sequence)[:size]
        if size == whole:
            exporter.send(payload, COUNT)
        elif size >= header:
            exporter.send(payload, (size - header) // record, "truncated")
        else:
            exporter.send(payload, 0, outcome_of_stub(size))
        if numbered and size >= header:
            sequence += COUNT  # those that were announced; a header that is cut has no number
        yield


def cut_v5(exporter: Exporter):
    return cut_fixed(exporter, v5, V5_HEADER, len(V5_RECORD), True)


def cut_v1(exporter: Exporter):
    record = legacy.v1_record(bytes(4), bytes(4))
    return cut_fixed(exporter, lambda _: legacy.v1([record] * COUNT), V1_HEADER, len(record), False)


def cut_v7(exporter: Exporter):
    record = legacy.v7_record(bytes(4), bytes(4))
    return cut_fixed(exporter, lambda number: legacy.v7([record] * COUNT, sequence=number),
                     V5_HEADER, len(record), True)


def cut_v9(exporter: Exporter):
    """v9 has no length of its own: cut where a set ends, or inside the next one's header, which
    could be padding, it is whole."""
    sequence = 1000
    template_end = V9_HEADER + len(V9_TEMPLATE)
    whole = template_end + len(data())
    for size in range(whole, -1, -1):
        payload = v9([V9_TEMPLATE, data()], sequence)[:size]
        if size < V9_HEADER:
            exporter.send(payload, 0, outcome_of_stub(size))
        elif size == whole:
            exporter.send(payload, COUNT)
        elif size >= template_end + SET_HEADER:
            exporter.send(payload, (size - template_end - SET_HEADER) // len(RECORD), "truncated")
        elif template_end > size >= V9_HEADER + SET_HEADER:
            exporter.send(payload, 0, "truncated")
        else:
            exporter.send(payload)
        sequence += size >= V9_HEADER
        yield


def cut_ipfix(exporter: Exporter):
    sequence, data_at = 1000, IPFIX_HEADER + len(IPFIX_TEMPLATE) + SET_HEADER
    whole = len(ipfix([IPFIX_TEMPLATE, data()], 0))
    for size in range(whole, -1, -1):
        payload = ipfix([IPFIX_TEMPLATE, data()], sequence)[:size]
        if size == whole:
            exporter.send(payload, COUNT)
        elif size >= IPFIX_HEADER:
            exporter.send(payload, max(0, size - data_at) // len(RECORD), "truncated")
        else:
            exporter.send(payload, 0, outcome_of_stub(size))
        sequence += COUNT
        yield


def cut_variable(exporter: Exporter):
    """IPFIX with fields of variable length: records end where their fields say."""
    template = netflow.one_set(2, netflow.template(300, ((8, 4), (82, netflow.VARIABLE), (12, 4))))
    records = [RECORD[:4] + netflow.variable(name, long=long) + RECORD[4:8]
               for name, long in ((b"eth0", False), (b"", False), (b"port-channel7", True))]
    exporter.send(ipfix([template], 0))
    body = b"".join(records)
    ends = [len(b"".join(records[:count])) for count in range(1, len(records) + 1)]
    number = 0
    for size in range(len(body) + 1):
        sets = [netflow.one_set(300, body[:size], align=False)]
        flows = sum(end <= size for end in ends)
        # What is left is shorter than any record, and so padding; or begins one that does not end.
        rest = size - max([0, *(end for end in ends if end <= size)])
        exporter.send(ipfix(sets, number), flows, "truncated" if rest >= 9 else "")
        number += flows
        yield


def cut_sflow(exporter: Exporter, port: int):
    sequence, whole, header, numbered = 1000, len(samples(0)), 28, 24
    for size in range(whole, -1, -1):
        payload = samples(sequence)[:size]
        if size == whole:
            exporter.send(payload, COUNT, port=port)
        elif size >= 4:
            flows = max(0, size - header) // len(SAMPLE)
            exporter.send(payload, flows, "truncated", port=port)
        else:
            exporter.send(payload, 0, "unknown_protocol" if size else "empty", port=port)
        sequence += size >= numbered
        yield


# --- lengths, counts, ids and versions that are wrong


def lengths_ipfix(exporter: Exporter):
    """The length in the header: below itself, short, right, beyond."""
    exporter.send(ipfix([IPFIX_TEMPLATE], 0))
    whole, number = len(ipfix_data(0)), 0
    for length in range(whole + 9):
        present = length - IPFIX_HEADER - SET_HEADER
        payload = ipfix([data()], number, length=length)
        if length < IPFIX_HEADER:
            exporter.send(payload, 0, "bad_length")
        elif present < 0:
            exporter.send(payload)  # a message without sets, and something behind it
        else:
            flows = min(present, COUNT * len(RECORD)) // len(RECORD)
            exporter.send(payload, flows, "" if length == whole else "truncated")
            number += flows
        yield


def lengths_of_sets(exporter: Exporter):
    """What came before a bad set has been read."""
    exporter.send(v9([V9_TEMPLATE], 0))
    for sequence in range(1, 8):
        length = sequence - 1 if sequence < 5 else 44 + sequence
        bad = netflow.one_set(256, RECORD * COUNT, length=length)
        if length >= SET_HEADER:
            exporter.send(v9([data(), bad], sequence), 2 * COUNT, "truncated")
        else:
            exporter.send(v9([data(), bad], sequence), COUNT, "bad_set_length")
        yield
    number = 0
    exporter.send(ipfix([IPFIX_TEMPLATE], number))
    for length in range(4):
        bad = netflow.one_set(256, RECORD, length=length)
        exporter.send(ipfix([data(), bad], number), COUNT, "bad_set_length")
        yield


def ids_of_sets(exporter: Exporter):
    """A set of a reserved id costs itself only."""
    exporter.send(v9([V9_TEMPLATE], 0))
    exporter.send(ipfix([IPFIX_TEMPLATE], 0))
    for sequence, reserved in enumerate((2, 3, 100, 255), 1):
        sets = [netflow.one_set(reserved, RECORD), data()]
        exporter.send(v9(sets, sequence), COUNT, "bad_set_id")
        yield
    for reserved in (0, 1, 4, 100, 255):
        sets = [netflow.one_set(reserved, RECORD), data()]
        exporter.send(ipfix(sets, 0), COUNT, "bad_set_id")
        yield


def templates(exporter: Exporter):
    """Refused; data before and behind them is read."""
    exporter.send(v9([V9_TEMPLATE], 0))
    wide = netflow.template(400, ((1, 4),) * (FIELDS_MOST + 1))
    for sequence, (record, drop) in enumerate((
            (netflow.template(255, FIELDS), "bad_template"),
            (netflow.template(0, FIELDS), "bad_template"),
            (netflow.template(300, ()), "bad_template"),
            (netflow.template(301, ((8, 0), (12, 0))), "bad_template"),
            (wide, "template_limit"),
            (netflow.template(302, FIELDS, count=9), "truncated")), 1):
        sets = [data(), netflow.one_set(0, record), data()]
        exporter.send(v9(sets, sequence), 2 * COUNT, drop)
        yield


def samples_bad(exporter: Exporter, port: int):
    """A sample that is broken inside its own length costs itself only."""
    short_record = sflow.flow_sample([sflow.block(3, bytes(8))])
    for sequence, (rows, flows, drop) in enumerate((
            ((SAMPLE, sflow.block(sflow.FLOW, bytes(8)), SAMPLE), 2, "bad_sample"),
            ((SAMPLE, sflow.block(sflow.EXPANDED_FLOW, bytes(40)), SAMPLE), 2, "bad_sample"),
            ((SAMPLE, sflow.flow_sample([], count=2), SAMPLE), None, "bad_record"),
            ((SAMPLE, short_record, SAMPLE), None, "bad_record")), 1):
        made = 3 if flows is None else flows  # the sample's own header is a flow already
        exporter.send(samples(sequence, rows), made, drop, port=port)
        yield
    for kind in (0, 3, 4, 0xFFFFFFFF):
        exporter.send(sflow.words(5, kind) + bytes(24), 0, "bad_address_type", port=port)
        yield
    exporter.send(sflow.datagram([SAMPLE], sequence=5, count=9), 1, "truncated", port=port)
    yield


def versions(exporter: Exporter, sflow_port: int, settle):
    """Of no protocol, or of one that the port does not take. The exporter is known already when
    they come: `settle` waits for flowd, since between two sockets datagrams have no order."""
    exporter.send(v5(1), COUNT)
    settle()
    for version in (0, 2, 3, 4, 6, 11, 256, 0xFFFF):
        exporter.send(struct.pack("!H", version) + bytes(46), 0, "unknown_protocol")
        yield
    for version in (1, 4, 6):
        exporter.send(sflow.datagram([SAMPLE], version=version), 0, "unknown_protocol",
                      port=sflow_port)
        yield
    exporter.send(samples(1), 0, "protocol_not_here")
    for payload in (v5(1), v9_data(1), ipfix_data(1)):
        exporter.send(payload, 0, "protocol_not_here", port=sflow_port)
        yield
    for scheme in (0, 15, 255):
        exporter.send(legacy.v8(scheme, [bytes(32)], count=1, engine=(0, scheme)), 0,
                      "bad_aggregation")
        yield


def strangers(exporter: Exporter):
    """Who never says anything that is understood is no exporter."""
    for payload, drop in ((b"", "empty"), (b"\x05", "unknown_protocol"),
                          (b"GET / HTTP/1.0\r\n", "unknown_protocol"),
                          (samples(1), "protocol_not_here")):
        exporter.send(payload, 0, drop, whose="other")
        yield


# --- sequence numbers


def row(exporter: Exporter, make, flows: int, numbers, port: int = 0):
    for number in numbers:
        exporter.send(make(number), flows, port=port)
        yield


def lost_and_late(exporter: Exporter, make, units: int, window: int, port: int = 0):
    """A row with gaps, overtaking and repetition, in a protocol that counts `units` for each
    datagram and whose datagrams may overtake each other by so many of them."""
    at = 100 * units

    def place(*steps: int):
        yield from row(exporter, make, COUNT, [at + step * units for step in steps], port)

    yield from place(0, 1, 3)  # the third is lost
    exporter.count(sequence_lost=units)
    yield from place(5, 4, 6)  # one overtakes another: nothing is lost
    exporter.count(sequence_late=1)
    yield from place(8, 9, 10, 7, 11)
    exporter.count(sequence_late=1)
    yield from place(12, 12, 13, 13, 14)
    exporter.count(sequence_duplicates=2)
    far = 16 + window  # one comes too late: it stays lost
    yield from place(*range(16, far + 4), 15, far + 4)
    exporter.count(sequence_lost=units)
    # More than the window is missing: the second behind the gap proves it.
    yield from place(*range(2 * far, 2 * far + 5))
    exporter.count(sequence_lost=(2 * far - far - 5) * units)


def gaps_v9(exporter: Exporter):
    exporter.send(v9([V9_TEMPLATE], 99))
    return lost_and_late(exporter, v9_data, 1, 64)


def gaps_sflow(exporter: Exporter, port: int):
    return lost_and_late(exporter, samples, 1, 64, port)


def gaps_v5(exporter: Exporter):
    return lost_and_late(exporter, v5, COUNT, 4096 // COUNT)


def gaps_ipfix(exporter: Exporter):
    exporter.send(ipfix([IPFIX_TEMPLATE], 100 * COUNT))
    return lost_and_late(exporter, ipfix_data, COUNT, 4096 // COUNT)


def restart_v9(exporter: Exporter):
    """Numbers and uptime begin anew: a reset, and no loss."""
    exporter.send(v9([V9_TEMPLATE], 0))
    yield from row(exporter, v9_data, COUNT, range(1, 20))
    for _ in range(2):
        yield from row(exporter, lambda number: v9_data(number, uptime=5000), COUNT, range(20))
        exporter.count(sequence_resets=1)
        yield from row(exporter, v9_data, COUNT, range(20, 25))


def restart_v5(exporter: Exporter):
    yield from row(exporter, v5, COUNT, range(100_000, 100_000 + 20 * COUNT, COUNT))
    yield from row(exporter, lambda number: v5(number, 5000), COUNT, range(0, 20 * COUNT, COUNT))
    exporter.count(sequence_resets=1)


def restart_ipfix(exporter: Exporter):
    exporter.send(ipfix([IPFIX_TEMPLATE], 100_000))
    yield from row(exporter, ipfix_data, COUNT, range(100_000, 100_000 + 20 * COUNT, COUNT))
    yield from row(exporter, ipfix_data, COUNT, range(0, 20 * COUNT, COUNT))
    exporter.count(sequence_resets=1)


def wraps(exporter: Exporter):
    """A number has 32 bits."""
    exporter.send(v9([V9_TEMPLATE], -20))
    yield from row(exporter, v9_data, COUNT, [*range(-19, 0), *range(1, 20)])
    exporter.count(sequence_lost=1)


def domains(exporter: Exporter):
    """Each has numbers of its own; one of them loses."""
    for source_id in (0, 7, 0xFFFFFFFF):
        exporter.send(v9([V9_TEMPLATE], 0, source_id), domain=(9, source_id))
    for sequence in range(1, 30):
        for source_id in (0, 7, 0xFFFFFFFF):
            if source_id == 7 and sequence % 10 == 5:
                exporter.count(sequence_lost=1, domain=(9, 7))
                continue
            exporter.send(v9_data(sequence, source_id), COUNT, domain=(9, source_id))
            yield
    exporter.send(ipfix([IPFIX_TEMPLATE, data()], 0, 7), COUNT, domain=(10, 7))
    exporter.send(ipfix_data(2 * COUNT, 7), COUNT, domain=(10, 7))
    exporter.count(sequence_lost=COUNT, domain=(10, 7))
    yield
