# SPDX-License-Identifier: BSD-3-Clause
"""The settings of a broker as its properties file, and those of a client that wants in. What
differs from Kafka's defaults makes it small, quick to start and quick to come back."""

from dataclasses import dataclass
from pathlib import Path

from .certificates import Certificates

USER, PASSWORD = "flow", "flow-secret"
SCRAM_MECHANISMS = ("SCRAM-SHA-256", "SCRAM-SHA-512")
MECHANISMS = ("PLAIN",) + SCRAM_MECHANISMS

# Listener and its security protocol.
OPEN_LISTENERS = {"PLAINTEXT": "PLAINTEXT", "CONTROLLER": "PLAINTEXT"}
SECURE_LISTENERS = {
    "SASL": "SASL_PLAINTEXT",
    "TLS": "SSL",
    "SASLTLS": "SASL_SSL",
    "MTLS": "SSL",  # wants a certificate of the client, too
    "EXPIRED": "SSL",  # like TLS, with a certificate whose time is over
    "NAMELESS": "SSL",  # like TLS, with a certificate that is not made out to this address
}
LOGIN_MODULES = "org.apache.kafka.common.security"


@dataclass(frozen=True)
class Node:
    id: int
    ports: dict[str, int]  # by listener
    folder: Path


@dataclass(frozen=True)
class Choices:
    """What a test may want otherwise, for all nodes of its cluster."""

    auto_create: bool  # of topics that somebody asks for
    partitions: int  # of topics that make themselves
    session_timeout_ms: int  # until a node that is silent counts as gone
    more: dict[str, object]  # further settings, which win


def broker_properties(node: Node, nodes: list[Node], choices: Choices,
                      certificates: Certificates | None) -> str:
    properties = (role(node, nodes) | internal_topics(len(nodes)) | threads_and_memory()
                  | patience(choices))
    if certificates is not None:
        properties |= tls(certificates) | logins()
    properties |= choices.more
    return "".join(f"{key}={value}\n" for key, value in properties.items())


def role(node: Node, nodes: list[Node]) -> dict[str, object]:
    listeners = {name: f"{name}://127.0.0.1:{port}" for name, port in node.ports.items()}
    protocols = OPEN_LISTENERS | SECURE_LISTENERS
    return {
        "process.roles": "broker,controller",
        "node.id": node.id,
        "controller.quorum.voters": ",".join(
            f"{each.id}@127.0.0.1:{each.ports['CONTROLLER']}" for each in nodes),
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "listeners": ",".join(listeners.values()),
        "advertised.listeners": ",".join(
            address for name, address in listeners.items() if name != "CONTROLLER"),
        "listener.security.protocol.map": ",".join(
            f"{name}:{protocols[name]}" for name in listeners),
        "log.dirs": node.folder / "data",
    }


def internal_topics(node_count: int) -> dict[str, object]:
    """One partition each: Kafka's 50 make the first consumer group wait."""
    in_sync_min = min(2, node_count)
    return {
        "offsets.topic.num.partitions": 1,
        "offsets.topic.replication.factor": node_count,
        "transaction.state.log.num.partitions": 1,
        "transaction.state.log.replication.factor": node_count,
        "transaction.state.log.min.isr": in_sync_min,
        "default.replication.factor": node_count,
        "min.insync.replicas": in_sync_min,
    }


def threads_and_memory() -> dict[str, object]:
    return {
        "num.network.threads": 2,
        "num.io.threads": 2,
        "num.recovery.threads.per.data.dir": 1,
        "background.threads": 2,
        "log.cleaner.dedupe.buffer.size": 4 << 20,
    }


def patience(choices: Choices) -> dict[str, object]:
    """After kill -9 the controller keeps a node out until its old session has run out."""
    return {
        "auto.create.topics.enable": str(choices.auto_create).lower(),
        "num.partitions": choices.partitions,
        "group.initial.rebalance.delay.ms": 0,
        "broker.session.timeout.ms": choices.session_timeout_ms,
        "broker.heartbeat.interval.ms": choices.session_timeout_ms // 4,
    }


def tls(certificates: Certificates) -> dict[str, object]:
    """PEM files as they are: no keytool, no passwords of stores."""
    return {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": certificates.server,
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": certificates.authority,
        "listener.name.mtls.ssl.client.auth": "required",
        # A listener takes no part of its key from the defaults: both lines of each are needed.
        "listener.name.expired.ssl.keystore.type": "PEM",
        "listener.name.expired.ssl.keystore.location": certificates.expired_server,
        "listener.name.nameless.ssl.keystore.type": "PEM",
        "listener.name.nameless.ssl.keystore.location": certificates.nameless_server,
    }


def logins() -> dict[str, object]:
    """A listener's name and a mechanism are written small in these keys. Users of PLAIN are part
    of the settings; those of SCRAM are in the cluster's metadata, from `scram_users`."""
    properties: dict[str, object] = {}
    plain = f'{LOGIN_MODULES}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";'
    scram = f"{LOGIN_MODULES}.scram.ScramLoginModule required;"
    for listener in ("sasl", "sasltls"):
        prefix = f"listener.name.{listener}."
        properties[prefix + "sasl.enabled.mechanisms"] = ",".join(MECHANISMS)
        for mechanism in MECHANISMS:
            key = f"{prefix}{mechanism.lower()}.sasl.jaas.config"
            properties[key] = plain if mechanism == "PLAIN" else scram
    return properties


def scram_users() -> list[str]:
    """Arguments for the tool that formats a node's folder."""
    return [part for mechanism in SCRAM_MECHANISMS
            for part in ("--add-scram", f"{mechanism}=[name={USER},password={PASSWORD}]")]


def client_settings(listener: str, certificates: Certificates | None,
                    mechanism: str = "PLAIN") -> dict[str, object]:
    """librdkafka's settings of a client that the listener accepts. The name in the certificate is
    checked, as librdkafka does by default from 2.0 on."""
    protocol = (OPEN_LISTENERS | SECURE_LISTENERS)[listener]
    wanted: dict[str, object] = {"security.protocol": protocol}
    if "SASL" in protocol:
        wanted |= {"sasl.mechanisms": mechanism, "sasl.username": USER, "sasl.password": PASSWORD}
    if "SSL" in protocol:
        assert certificates is not None, f"{listener}: the cluster is not secure"
        wanted |= {"ssl.ca.location": certificates.authority,
                   "ssl.endpoint.identification.algorithm": "https"}
    if listener == "MTLS":
        wanted |= {"ssl.certificate.location": certificates.client.certificate,
                   "ssl.key.location": certificates.client.key}
    return wanted
