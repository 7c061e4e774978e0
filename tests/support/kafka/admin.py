# SPDX-License-Identifier: BSD-3-Clause
"""What a test asks of a cluster besides messages: which topics, partitions and leaders there are,
and a new topic. Speaks to any broker of a list that answers."""

from dataclasses import dataclass

from . import wire

METADATA, CREATE_TOPICS = 3, 19  # API keys
TOPIC_ALREADY_EXISTS = 36
NO_LEADER = -1
CREATE_TIMEOUT_MS = 10_000


@dataclass(frozen=True)
class Partition:
    error: int
    leader: int  # the id of a broker, or NO_LEADER
    replicas: tuple[int, ...]
    in_sync: tuple[int, ...]


@dataclass(frozen=True)
class Metadata:
    brokers: dict[int, tuple[str, int]]  # address by id; brokers that are alive
    controller: int
    errors: dict[str, int]  # by topic
    topics: dict[str, dict[int, Partition]]


def metadata(brokers: str, topics: list[str] | None = None,
             timeout_seconds: float = 5) -> Metadata:
    """What the first broker that answers knows; about all topics unless some are named. Makes no
    topic, whatever the broker's auto creation says."""
    failures = []
    for address in wire.addresses(brokers):
        try:
            with wire.Connection(address, timeout_seconds) as connection:
                return ask_metadata(connection, topics)
        except OSError as error:
            failures.append(f"{address[0]}:{address[1]}: {error}")
    raise ConnectionError("no broker answers: " + "; ".join(failures))


def ask_metadata(connection: wire.Connection, topics: list[str] | None) -> Metadata:
    wanted = wire.int32(-1) if topics is None else wire.array(map(wire.string, topics))
    answer = connection.request(METADATA, 4, wanted + wire.int8(0))
    answer.int32()  # throttle time

    def broker():
        number, host, port = answer.int32(), answer.string(), answer.int32()
        answer.string()  # rack
        return number, (host, port)

    def partition():
        error, number, leader = answer.int16(), answer.int32(), answer.int32()
        replicas, in_sync = answer.array(answer.int32), answer.array(answer.int32)
        return number, Partition(error, leader, tuple(replicas), tuple(in_sync))

    def topic():
        error, name = answer.int16(), answer.string()
        answer.int8()  # whether it is internal
        return name, error, dict(answer.array(partition))

    known = dict(answer.array(broker))
    answer.string()  # cluster id
    controller = answer.int32()
    found = answer.array(topic)
    return Metadata(known, controller, {name: error for name, error, _ in found},
                    {name: partitions for name, _, partitions in found})


def create_topic(brokers: str, name: str, partitions: int, replication: int,
                 configs: dict[str, object]):
    """Any broker hands this on to the controller. An existing topic is a ProtocolError."""
    settings = wire.array(wire.string(key) + wire.string(str(value))
                          for key, value in configs.items())
    no_assignments = wire.array([])
    body = (wire.array([wire.string(name) + wire.int32(partitions) + wire.int16(replication)
                        + no_assignments + settings])
            + wire.int32(CREATE_TIMEOUT_MS) + wire.int8(0))
    address = next(iter(metadata(brokers, []).brokers.values()))
    with wire.Connection(address, CREATE_TIMEOUT_MS / 1000 + 5) as connection:
        answer = connection.request(CREATE_TOPICS, 4, body)
    answer.int32()  # throttle time
    for said, error, message in answer.array(
            lambda: (answer.string(), answer.int16(), answer.string())):
        wire.check(error, f"topic {said} cannot be made ({message})")
