# SPDX-License-Identifier: BSD-3-Clause
"""kcat, which is librdkafka on the command line: produces and consumes whole messages, whatever
bytes are in them, and says whether a broker lets it in."""

import re
import secrets
import subprocess
from typing import Iterable

from .consumer import Message

SECONDS_MAX = 60
FRAME = re.compile(rb"(\d+) (\d+) (-?\d+) (-?\d+)\n")
# A broker that refuses is asked again for ever by default; these end a run with the reason.
IMPATIENT = {"message.timeout.ms": 4000, "socket.timeout.ms": 4000}


class Failed(Exception):
    """kcat ended with an error; the text is what it said."""


def options(settings: dict[str, object]) -> list[str]:
    return [part for key, value in settings.items() for part in ("-X", f"{key}={value}")]


def run(arguments: list[str], data: bytes = b"", seconds: float = SECONDS_MAX) -> bytes:
    """kcat to its end, and what it printed."""
    try:
        done = subprocess.run(["kcat", *arguments], input=data, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        said = (error.stderr or b"").decode(errors="replace")
        raise Failed(f"kcat {arguments[0]} has no end after {seconds} s: {said}") from error
    said = done.stderr.decode(errors="replace")
    if done.returncode != 0 or "Delivery failed" in said:
        raise Failed(f"kcat {arguments[0]} ended with {done.returncode}: {said}")
    return done.stdout


def produce(brokers: str, topic: str, messages: Iterable[tuple[bytes | None, bytes]],
            codec: str = "none", partition: int | None = None,
            settings: dict[str, object] | None = None):
    """Returns when every message (key, value) is acknowledged by all in-sync replicas. No key is
    None; kcat cannot send an empty value. Settings are librdkafka's."""
    between, after_key = (f"<{secrets.token_hex(12)}>" for _ in range(2))
    pieces = [(b"" if key is None else key + after_key.encode()) + value
              for key, value in messages]
    where = [] if partition is None else ["-p", str(partition)]
    run(["-P", "-b", brokers, "-t", topic, "-z", codec, "-D", between, "-K", after_key, *where,
         *options(settings or {})], between.encode().join(pieces))


def consume(brokers: str, topic: str, settings: dict[str, object] | None = None,
            seconds: float = SECONDS_MAX) -> list[Message]:
    """All messages of a topic to its end, by partition and offset."""
    output = run(["-C", "-b", brokers, "-t", topic, "-o", "beginning", "-e", "-q",
                  "-f", "%p %o %K %S\\n%k%s\\n", *options(settings or {})], seconds=seconds)
    return sorted(parse(output), key=lambda message: (message.partition, message.offset))


def parse(output: bytes) -> list[Message]:
    """Frames of partition, offset, size of key and of value (-1: null), and those bytes."""
    messages, at = [], 0
    while at < len(output):
        head = FRAME.match(output, at)
        if head is None:
            raise Failed(f"kcat printed no frame at {at}: {output[at:at + 40]!r}")
        partition, offset, key_size, value_size = map(int, head.groups())
        key_at = head.end()
        value_at = key_at + max(key_size, 0)
        at = value_at + max(value_size, 0) + 1
        if output[at - 1:at] != b"\n":
            raise Failed(f"kcat's frame of {partition}/{offset} does not end where it says")
        messages.append(Message(partition, offset,
                                None if key_size < 0 else output[key_at:value_at],
                                None if value_size < 0 else output[value_at:at - 1]))
    return messages
