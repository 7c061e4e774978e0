# SPDX-License-Identifier: BSD-3-Clause
"""A real Kafka of one or three nodes on loopback, for as long as a `with` lasts. Nodes can be
stopped, killed, frozen and started again on their data. Every process is one that this started and
is ended by its own handle, at the latest when the interpreter ends."""

import atexit
import random
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from . import admin, settings, wire
from .certificates import Certificates
from .jars import Unavailable, fetch, need
from .settings import Choices, Node

__all__ = ["Cluster", "Unavailable", "fetch"]

CLUSTER_ID = "Zmxvd2QtdGVzdHMta2Fma2E"  # any 16 bytes in base64 of URLs
HEAP_MAX = "384m"
READY_SECONDS_MAX = 90
STOP_SECONDS_MAX = 45
LOG_TAIL_SIZE = 3000
JVM = ["java", "-Xms64m", f"-Xmx{HEAP_MAX}", "-Xss512k", "-XX:+UseSerialGC",
       "-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=64m", "-XX:-UsePerfData",
       "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true",
       "-Dorg.slf4j.simpleLogger.showDateTime=true",
       "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
       "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]


class Cluster:
    """Kafka in `folder`, which the caller owns and removes. Nodes are counted from 0."""

    def __init__(self, folder: Path, node_count: int = 1, secure: bool = False, *,
                 auto_create: bool = True, partitions: int = 1, session_timeout_ms: int = 2000,
                 more: dict[str, object] | None = None, ports: list[int] | None = None):
        assert node_count in (1, 3), f"{node_count} nodes; 1 or 3 make a quorum worth a test"
        need("kcat")
        self.libraries = fetch()
        self.folder = Path(folder).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.certificates = Certificates(self.folder / "certificates") if secure else None
        self.choices = Choices(auto_create, partitions, session_timeout_ms, more or {})
        names = list(settings.OPEN_LISTENERS) + (list(settings.SECURE_LISTENERS) if secure else [])
        ports = list(ports or free_ports(node_count * len(names)))
        self.nodes = [Node(index + 1, {name: ports.pop(0) for name in names},
                           self.folder / f"node{index}") for index in range(node_count)]
        self.processes: list[subprocess.Popen | None] = [None] * node_count
        self.paused: set[int] = set()

    def __enter__(self) -> "Cluster":
        end_with_interpreter(self)
        try:
            self.format()
            for index in range(len(self.nodes)):
                self.launch(index)
            for index in range(len(self.nodes)):
                self.wait_ready(index)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        """The folder is going away with the data: nobody needs an orderly end."""
        for process in self.processes:
            if process is not None:
                process.kill()
        for process in self.processes:
            if process is not None:
                process.wait()
        self.processes = [None] * len(self.nodes)
        atexit.unregister(self.__exit__)

    # --- What clients need ---------------------------------------------------------------------

    def brokers(self, listener: str = "PLAINTEXT") -> str:
        """The addresses of all nodes, host:port,host:port, whether they run or not."""
        return ",".join(f"127.0.0.1:{node.ports[listener]}" for node in self.nodes)

    def client(self, listener: str = "PLAINTEXT", mechanism: str = "PLAIN") -> dict[str, object]:
        """librdkafka's settings of a client that this listener lets in, without the brokers."""
        return settings.client_settings(listener, self.certificates, mechanism)

    def create_topic(self, name: str, partitions: int = 1, replication: int | None = None,
                     **configs):
        """Configs are Kafka's with _ for a dot: min_insync_replicas=1. Replicated to all nodes
        unless said otherwise. Returns when each partition has a leader."""
        admin.create_topic(self.brokers(), name, partitions, replication or len(self.nodes),
                           {key.replace("_", "."): value for key, value in configs.items()})
        self.wait_for(lambda: all(self.leader(name, each) is not None
                                  for each in range(partitions)), f"{name} has no leaders")

    def leader(self, topic: str, partition: int) -> int | None:
        """The node that leads a partition, None while there is none."""
        found = self.partition(topic, partition)
        return found.leader - 1 if found and found.leader != admin.NO_LEADER else None

    def in_sync(self, topic: str, partition: int) -> set[int]:
        """The nodes that have all of a partition."""
        found = self.partition(topic, partition)
        return {number - 1 for number in found.in_sync} if found else set()

    def partition(self, topic: str, number: int) -> admin.Partition | None:
        try:
            known = admin.metadata(self.running_brokers(), [topic])
        except (OSError, wire.ProtocolError):
            return None
        return known.topics.get(topic, {}).get(number)

    def running_brokers(self) -> str:
        """Of nodes that can answer; all of them if none can, so that asking fails properly."""
        ports = [node.ports["PLAINTEXT"] for index, node in enumerate(self.nodes)
                 if self.is_running(index) and index not in self.paused]
        return ",".join(f"127.0.0.1:{port}" for port in ports) or self.brokers()

    # --- What happens to nodes -----------------------------------------------------------------

    def start(self, index: int):
        """Again, on the data that it has; returns when it serves."""
        self.launch(index)
        self.wait_ready(index)

    def stop(self, index: int):
        """By SIGTERM: hands its partitions over and closes its files. Kafka then ends with 143."""
        process = self.process(index)
        self.resume(index)
        process.terminate()
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"node {index} did not stop in {STOP_SECONDS_MAX} s: "
                                 f"{self.log_tail(index)}") from None

    def kill9(self, index: int):
        process = self.process(index)
        process.kill()
        process.wait()
        self.paused.discard(index)

    def pause(self, index: int):
        """Frozen: its connections stay open and say nothing."""
        self.process(index).send_signal(signal.SIGSTOP)
        self.paused.add(index)

    def resume(self, index: int):
        self.process(index).send_signal(signal.SIGCONT)
        self.paused.discard(index)

    def is_running(self, index: int) -> bool:
        process = self.processes[index]
        return process is not None and process.poll() is None

    def process(self, index: int) -> subprocess.Popen:
        process = self.processes[index]
        assert process is not None and process.poll() is None, f"node {index} does not run"
        return process

    # --- How nodes come up ---------------------------------------------------------------------

    def java(self, *arguments) -> list[str]:
        return JVM + ["-cp", f"{self.libraries}/*", *map(str, arguments)]

    def format(self):
        """All folders at once: most of it is the start of Java."""
        users = settings.scram_users() if self.certificates else []
        running = []
        for node in self.nodes:
            node.folder.mkdir()
            properties = node.folder / "server.properties"
            properties.write_text(settings.broker_properties(node, self.nodes, self.choices,
                                                             self.certificates))
            command = self.java("kafka.tools.StorageTool", "format", "--cluster-id", CLUSTER_ID,
                                "--config", properties, *users)
            with open(node.folder / "broker.log", "ab") as log:
                running.append(subprocess.Popen(command, stdout=log, stderr=log,
                                                stdin=subprocess.DEVNULL))
        codes = [process.wait() for process in running]
        for index, code in enumerate(codes):
            assert code == 0, f"the folder of node {index}: {self.log_tail(index)}"

    def launch(self, index: int):
        assert not self.is_running(index), f"node {index} runs already"
        folder = self.nodes[index].folder
        with open(folder / "broker.log", "ab") as log:
            self.processes[index] = subprocess.Popen(
                self.java("kafka.Kafka", folder / "server.properties"), stdout=log, stderr=log,
                stdin=subprocess.DEVNULL)

    def wait_ready(self, index: int):
        """An open port comes first and is not enough: the node must list itself to a client. kcat
        is asked after the port only, since it waits in vain for all its time if it is early."""
        port = self.nodes[index].ports["PLAINTEXT"]
        wanted = f"broker {index + 1} at 127.0.0.1:{port}".encode()

        def is_ready():
            assert self.is_running(index), f"node {index} ended: {self.log_tail(index)}"
            if not answers(port):
                return False
            listed = subprocess.run(["kcat", "-L", "-m", "2", "-b", f"127.0.0.1:{port}"],
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                    stdin=subprocess.DEVNULL, check=False).stdout
            return wanted in listed

        self.wait_for(is_ready, f"node {index} is not ready: {self.log_tail(index)}")

    def wait_for(self, condition, what: str, seconds: float = READY_SECONDS_MAX):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"after {seconds} s: {what}"
            time.sleep(0.05)

    def log_tail(self, index: int) -> str:
        log = self.nodes[index].folder / "broker.log"
        return log.read_text(errors="replace")[-LOG_TAIL_SIZE:] if log.exists() else "no log"


def end_with_interpreter(cluster: Cluster):
    """unittest leaves its clean-ups out when a run is interrupted, and Python all of them when it
    is terminated: a signal of either kind gets as far as the functions for the interpreter's
    end."""
    atexit.register(cluster.__exit__)
    is_default = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if is_default and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def free_ports(count: int) -> list[int]:
    """Below those that the kernel gives to clients: while a node is down, a client's connection
    could get its port, or, connecting to it, even talk to itself."""
    first_of_clients = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    candidates = list(range(10_000, first_of_clients))
    random.shuffle(candidates)
    ports: list[int] = []
    while len(ports) < count:
        if not candidates:
            raise Unavailable(f"no {count} free ports from 10000 to {first_of_clients - 1}")
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", candidates[-1]))
            except OSError:
                candidates.pop()
                continue
        ports.append(candidates.pop())
    return ports
