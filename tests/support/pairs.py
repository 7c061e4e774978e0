# SPDX-License-Identifier: BSD-3-Clause
"""A flowd and a flowd-gen that share a virtual wire: net_memif, or net_virtio_user and net_vhost,
whose memory needs no hugepages. Both processes are ended here, by their own handles."""

import json
import os
import subprocess
from pathlib import Path

from support import flowd, serials

KINDS = ("memif", "vhost")
# Room for the longest frame: net_memif of DPDK 22.11 cannot split frames of mixed lengths.
BUFFER_BYTES = 4096


def generator() -> str:
    path = Path(os.environ.get("FLOWD_GEN", flowd.ROOT / "build/src/tools/gen/flowd-gen"))
    if not path.exists():
        flowd.skip(f"{path} is not built")
    return str(path.resolve())


def memif(role: str, path: Path) -> str:
    return (f"--no-pci --vdev net_memif0,role={role},id=0,socket={path},socket-abstract=no,"
            f"rsize=11,bsize={BUFFER_BYTES}")


class Generator:
    """A flowd-gen that runs, and sends after go()."""

    def __init__(self, folder: Path, *arguments):
        self.log, self.truth = folder / "gen.log", folder / "truth.jsonl"
        command = [generator(), "-truth", self.truth, "-linger-ms", "60000", "-hold", *arguments]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE,
                                            stderr=log, stdin=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def go(self):
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    def line(self) -> dict:
        """What it has sent, once all of it is sent."""
        line = self.process.stdout.readline()
        assert line, f"flowd-gen: {self.log.read_text()}"
        return json.loads(line)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=15)


class Outcome:
    """What one run gave."""

    def __init__(self, sent: dict, summary: dict, judge: serials.Serials, log: str):
        self.sent, self.summary, self.judge, self.log = sent, summary, judge, log

    def counter(self, name: str) -> int:
        return self.summary["counters"].get(name, 0)


def live(kind: str, folder: Path, queues: int, arguments: tuple) -> flowd.Live:
    eal = memif("server", folder / "wire.sock")
    if kind == "vhost":
        eal = (f"--no-pci --vdev net_virtio_user0,path={folder / 'wire.sock'},queues={queues},"
               f"queue_size=1024")
    return flowd.Live(folder, "-ingress", "dpdk", "-dpdk.eal", eal, "-dpdk.queues", queues,
                      "-format", "json", "-format.selector", serials.COLUMNS, *arguments,
                      notifies=True)


def sender(kind: str, folder: Path, queues: int, arguments: tuple) -> Generator:
    eal = memif("client", folder / "wire.sock")
    if kind == "vhost":
        eal = f"--no-pci --vdev net_vhost0,iface={folder / 'wire.sock'},queues={queues}"
    return Generator(folder, "-eal", eal, "-queues", queues, *arguments)


def wait_for_socket(folder: Path, process: subprocess.Popen, log: Path):
    path = folder / "wire.sock"
    flowd.wait_until(lambda: path.exists() or process.poll() is not None, 20, "no socket")
    assert process.poll() is None, log.read_text()


def wait_for_flows(receiver: flowd.Live, wanted: int, seconds: float):
    """Until so many lines are there, or no more come."""
    def count() -> int:
        return receiver.output.read_bytes().count(b"\n")

    quiet, last = 0, -1
    for _ in range(int(seconds / 0.2)):
        now = count()
        quiet = quiet + 1 if now == last else 0
        if now >= wanted or quiet >= 15 or receiver.process.poll() is not None:
            return
        last = now
        try:
            receiver.process.wait(0.2)
        except subprocess.TimeoutExpired:
            pass


def run(kind: str, folder: Path, queues: int, flowd_arguments: tuple, gen_arguments: tuple,
        seconds: float = 40) -> Outcome:
    """Sends everything, waits for it, and ends both in order."""
    def meet(receiver: flowd.Live, generator: Generator) -> Outcome:
        # A vhost link is up before flowd's end has set up its queues.
        receiver.wait_until_ready()
        generator.go()
        sent = generator.line()
        wait_for_flows(receiver, sent["flows"], seconds)
        assert receiver.process.poll() is None, receiver.errors.read_text()
        code = receiver.stop()
        log = receiver.errors.read_text()
        assert code == 0, f"flowd: exit {code}: {log}"
        assert generator.stop() == 0, generator.log.read_text()
        judge = serials.Serials(generator.truth).read(receiver.output)
        assert judge.flows == sent["flows"], "the truth is not what flowd-gen says"
        return Outcome(sent, receiver.summary(), judge, log)

    if kind == "vhost":  # the generator has the socket
        with sender(kind, folder, queues, gen_arguments) as generator:
            wait_for_socket(folder, generator.process, generator.log)
            with live(kind, folder, queues, flowd_arguments) as receiver:
                return meet(receiver, generator)
    with live(kind, folder, queues, flowd_arguments) as receiver:
        wait_for_socket(folder, receiver.process, receiver.errors)
        with sender(kind, folder, queues, gen_arguments) as generator:
            return meet(receiver, generator)
