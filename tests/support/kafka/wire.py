# SPDX-License-Identifier: BSD-3-Clause
"""Kafka's protocol as far as the tests need it, over a plain TCP socket: primitive types, requests
with header version 1, and answers with header version 0 (the versions before "flexible" ones).
Independent of librdkafka, so that it can judge what librdkafka wrote."""

import socket
import struct

CLIENT_ID = "flowd-tests"
RESPONSE_SIZE_MAX = 256 << 20
# Errors by number that a reader of a failed test should not have to look up.
ERROR_NAMES = {
    -1: "UNKNOWN_SERVER_ERROR", 1: "OFFSET_OUT_OF_RANGE", 2: "CORRUPT_MESSAGE",
    3: "UNKNOWN_TOPIC_OR_PARTITION", 5: "LEADER_NOT_AVAILABLE", 6: "NOT_LEADER_OR_FOLLOWER",
    7: "REQUEST_TIMED_OUT", 17: "INVALID_TOPIC", 35: "UNSUPPORTED_VERSION",
    36: "TOPIC_ALREADY_EXISTS", 37: "INVALID_PARTITIONS", 38: "INVALID_REPLICATION_FACTOR",
    40: "INVALID_CONFIG", 41: "NOT_CONTROLLER", 76: "UNSUPPORTED_COMPRESSION_TYPE",
}


class ProtocolError(Exception):
    """The broker answered with an error, or with bytes that are not what the protocol says."""

    def __init__(self, what: str, code: int | None = None):
        name = "" if code is None else f": error {code} {ERROR_NAMES.get(code, '')}".rstrip()
        super().__init__(what + name)
        self.code = code


def check(code: int, what: str):
    if code != 0:
        raise ProtocolError(what, code)


def int8(value: int) -> bytes:
    return struct.pack(">b", value)


def int16(value: int) -> bytes:
    return struct.pack(">h", value)


def int32(value: int) -> bytes:
    return struct.pack(">i", value)


def int64(value: int) -> bytes:
    return struct.pack(">q", value)


def string(value: str | None) -> bytes:
    if value is None:
        return int16(-1)
    data = value.encode()
    return int16(len(data)) + data


def array(items) -> bytes:
    """Of items that are encoded already."""
    items = list(items)
    return int32(len(items)) + b"".join(items)


class Reader:
    """Reads one answer from its begin to its end; reading past the end is a ProtocolError."""

    def __init__(self, data):
        self.data = memoryview(data)
        self.at = 0

    def left(self) -> int:
        return len(self.data) - self.at

    def take(self, size: int) -> memoryview:
        if size < 0 or size > self.left():
            raise ProtocolError(f"{size} bytes wanted at {self.at}, {self.left()} are left")
        self.at += size
        return self.data[self.at - size:self.at]

    def number(self, form: str) -> int:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def int8(self) -> int:
        return self.number(">b")

    def int16(self) -> int:
        return self.number(">h")

    def int32(self) -> int:
        return self.number(">i")

    def uint32(self) -> int:
        return self.number(">I")

    def int64(self) -> int:
        return self.number(">q")

    def varint(self) -> int:
        """Zigzag, of up to 64 bits: small numbers of either sign are short."""
        value = 0
        for shift in range(0, 70, 7):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return (value >> 1) ^ -(value & 1)
        raise ProtocolError(f"a varint of more than ten bytes ends at {self.at}")

    def string(self) -> str | None:
        size = self.int16()
        return None if size == -1 else bytes(self.take(size)).decode()

    def bytes32(self) -> memoryview | None:
        size = self.int32()
        return None if size == -1 else self.take(size)

    def array(self, item) -> list:
        """As many of `item()` as the count in front says; a null array is an empty one."""
        return [item() for _ in range(self.int32())]


class Connection:
    """One broker, one request at a time."""

    def __init__(self, address: tuple[str, int], timeout_seconds: float = 10):
        self.correlation_id = 0
        self.socket = socket.create_connection(address, timeout=timeout_seconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def request(self, api_key: int, version: int, body: bytes) -> Reader:
        self.correlation_id += 1
        message = (int16(api_key) + int16(version) + int32(self.correlation_id)
                   + string(CLIENT_ID) + body)
        self.socket.sendall(int32(len(message)) + message)
        size = struct.unpack(">i", self.receive(4))[0]
        if not 4 <= size <= RESPONSE_SIZE_MAX:
            raise ProtocolError(f"an answer of {size} bytes, the limit is {RESPONSE_SIZE_MAX}")
        answer = Reader(self.receive(size))
        if (answered := answer.int32()) != self.correlation_id:
            raise ProtocolError(f"answer {answered} to request {self.correlation_id}")
        return answer

    def receive(self, size: int) -> bytearray:
        data = bytearray()
        while len(data) < size:
            part = self.socket.recv(min(size - len(data), 1 << 20))
            if not part:
                raise ProtocolError(f"the broker closed after {len(data)} of {size} bytes")
            data += part
        return data


def addresses(brokers: str) -> list[tuple[str, int]]:
    """Of a list as librdkafka takes it, host:port,host:port."""
    parts = [each.rpartition(":") for each in brokers.split(",")]
    return [(host, int(port)) for host, _, port in parts]
