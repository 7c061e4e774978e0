# SPDX-License-Identifier: BSD-3-Clause
"""A Kafka consumer of our own: asks who leads a partition, where it begins and ends, fetches and
unpacks record batches of version 2, checks their CRC, and returns everything. Shares no code with
librdkafka. Reads without consumer groups, over PLAINTEXT."""

import time
from typing import Iterator, NamedTuple

from . import admin, codecs, wire

FETCH, LIST_OFFSETS = 1, 2  # API keys
EARLIEST, LATEST = -2, -1  # in place of a timestamp
FETCH_BYTES_MAX = 8 << 20
FETCH_WAIT_MS = 500
READ_SECONDS_MAX = 60
# What a partition says while its leader changes. Everything else is final.
PASSING_ERRORS = (3, 5, 6)
MAGIC = 2
CODEC_MASK, CONTROL = 0x07, 0x20  # of a batch's attributes


class Message(NamedTuple):
    """A null key or value is None; an empty one is b""."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


class Batch(NamedTuple):
    first_offset: int
    next_offset: int  # where the one after it begins
    codec: str
    messages: list[Message]


def consume(brokers: str, topic: str, seconds: float = READ_SECONDS_MAX) -> list[Message]:
    """All messages from each partition's begin to the end that it had when asked, by partition
    and offset. Waits for leaders, `seconds` at most."""
    return [message for _, batch in batches(brokers, topic, seconds)
            for message in batch.messages]


def batches(brokers: str, topic: str,
            seconds: float = READ_SECONDS_MAX) -> Iterator[tuple[int, Batch]]:
    """The same as partition and batch: for who asks how messages were packed."""
    deadline = time.monotonic() + seconds
    for partition in retried(lambda: partitions_of(brokers, topic), deadline):
        offset = None
        while True:
            begin, end, found = retried(
                lambda: fetch(brokers, topic, partition, offset), deadline)
            offset = begin if offset is None else offset
            for batch in found:
                yield partition, trimmed(batch, offset, end)
                offset = max(offset, batch.next_offset)
            if offset >= end:
                break
            if not found and time.monotonic() > deadline:
                raise TimeoutError(f"{topic}/{partition}: {offset} of {end} after {seconds} s")


def retried(attempt, deadline: float):
    """Again while the cluster has no leader to ask; other errors are final."""
    while True:
        try:
            return attempt()
        except (OSError, wire.ProtocolError) as error:
            is_passing = isinstance(error, OSError) or error.code in PASSING_ERRORS
            if not is_passing or time.monotonic() > deadline:
                raise
        time.sleep(0.1)


def partitions_of(brokers: str, topic: str) -> list[int]:
    known = admin.metadata(brokers, [topic])
    wire.check(known.errors[topic], topic)
    return sorted(known.topics[topic])


def fetch(brokers: str, topic: str, partition: int,
          offset: int | None) -> tuple[int, int, list[Batch]]:
    """Begin and end of a partition, and batches from `offset` on (its begin, if None)."""
    known = admin.metadata(brokers, [topic])
    wire.check(known.errors[topic], topic)
    leader = known.topics[topic][partition].leader
    if leader not in known.brokers:
        raise ConnectionError(f"{topic}/{partition} has no leader")
    with wire.Connection(known.brokers[leader]) as connection:
        begin, end = (list_offset(connection, topic, partition, which)
                      for which in (EARLIEST, LATEST))
        offset = begin if offset is None else offset
        if offset >= end:
            return begin, end, []
        data = fetch_data(connection, topic, partition, offset)
    return begin, end, list(parse_batches(data, partition))


def list_offset(connection: wire.Connection, topic: str, partition: int, which: int) -> int:
    body = (wire.int32(-1) + wire.array([wire.string(topic) + wire.array([
        wire.int32(partition) + wire.int64(which)])]))
    answer = connection.request(LIST_OFFSETS, 1, body)
    answer.int32(), answer.string(), answer.int32(), answer.int32()  # topics, partitions
    wire.check(answer.int16(), f"offsets of {topic}/{partition}")
    answer.int64()  # timestamp
    return answer.int64()


def fetch_data(connection: wire.Connection, topic: str, partition: int, offset: int):
    """Version 10 is the first in which a broker hands out Zstandard."""
    no_epoch, no_session, no_log_start = wire.int32(-1), wire.int32(0) + wire.int32(-1), -1
    read_uncommitted, one_byte = wire.int8(0), wire.int32(1)
    body = (wire.int32(-1) + wire.int32(FETCH_WAIT_MS) + one_byte + wire.int32(FETCH_BYTES_MAX)
            + read_uncommitted + no_session
            + wire.array([wire.string(topic) + wire.array([
                wire.int32(partition) + no_epoch + wire.int64(offset) + wire.int64(no_log_start)
                + wire.int32(FETCH_BYTES_MAX)])])
            + wire.array([]))
    answer = connection.request(FETCH, 10, body)
    answer.int32()  # throttle time
    wire.check(answer.int16(), f"fetch of {topic}/{partition}")
    answer.int32(), answer.int32(), answer.string(), answer.int32(), answer.int32()
    wire.check(answer.int16(), f"fetch of {topic}/{partition} at {offset}")
    answer.int64(), answer.int64(), answer.int64()  # high watermark, last stable, log start
    answer.array(lambda: (answer.int64(), answer.int64()))  # aborted transactions
    return answer.bytes32() or b""


# --- Record batches ----------------------------------------------------------------------------


def trimmed(batch: Batch, begin: int, end: int) -> Batch:
    """A broker sends whole batches: without what is before `begin` and what came after `end`."""
    return batch._replace(messages=[each for each in batch.messages
                                    if begin <= each.offset < end])


def parse_batches(data, partition: int) -> Iterator[Batch]:
    """Of a fetched piece of log. Its last batch may be cut, which is no error."""
    reader = wire.Reader(data)
    while reader.left() >= 12:
        first_offset, size = reader.int64(), reader.int32()
        if size > reader.left():
            return
        yield parse_batch(wire.Reader(reader.take(size)), first_offset, partition)


def parse_batch(reader: wire.Reader, first_offset: int, partition: int) -> Batch:
    where = f"the batch at {partition}/{first_offset}"
    reader.int32()  # leader epoch: not under the CRC, a broker sets it
    if (magic := reader.int8()) != MAGIC:
        raise wire.ProtocolError(f"{where} has version {magic}, not {MAGIC}")
    wanted = reader.uint32()
    if (crc := codecs.crc32c(reader.data[reader.at:])) != wanted:
        raise wire.ProtocolError(f"{where} has CRC {wanted:08x}, its bytes {crc:08x}")
    attributes, last_delta = reader.int16(), reader.int32()
    reader.take(8 + 8 + 8 + 2 + 4)  # two timestamps; producer's id, epoch and sequence
    record_count = reader.int32()
    codec = attributes & CODEC_MASK
    records = wire.Reader(codecs.unpack(codec, bytes(reader.take(reader.left()))))
    messages = [parse_record(records, first_offset, partition) for _ in range(record_count)]
    if records.left() != 0:
        raise wire.ProtocolError(f"{where} has {records.left()} bytes after its last record")
    if attributes & CONTROL:  # marks of transactions, not messages
        messages = []
    return Batch(first_offset, first_offset + last_delta + 1, codecs.NAMES[codec], messages)


def parse_record(batch: wire.Reader, first_offset: int, partition: int) -> Message:
    reader = wire.Reader(batch.take(batch.varint()))
    reader.int8()  # attributes, none are defined
    reader.varint()  # timestamp
    offset = first_offset + reader.varint()
    key, value = varint_bytes(reader), varint_bytes(reader)
    for _ in range(reader.varint()):  # headers: key and value
        varint_bytes(reader), varint_bytes(reader)
    if reader.left() != 0:
        raise wire.ProtocolError(f"record {partition}/{offset} is longer than its fields")
    return Message(partition, offset, key, value)


def varint_bytes(reader: wire.Reader) -> bytes | None:
    size = reader.varint()
    return None if size == -1 else bytes(reader.take(size))
