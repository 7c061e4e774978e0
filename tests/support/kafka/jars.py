# SPDX-License-Identifier: BSD-3-Clause
"""The jars of the broker: fetched once by Maven, then kept in a cache folder that all runs of the
tests share. What cannot be had is `Unavailable`, with a reason that a test prints when it skips."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

# The newest Kafka that Debian 12's librdkafka 2.0.2 can log in to by SCRAM. Kafka 4 refuses the
# nonce of any librdkafka before 2.6.1.
VERSION = "3.9.2"
POM = Path(__file__).resolve().parent / "pom.xml"
FETCH_SECONDS_MAX = 240


class Unavailable(Exception):
    """What a broker needs is not on this machine and cannot be brought here."""


def need(*tools: str):
    for tool in tools:
        if shutil.which(tool) is None:
            raise Unavailable(f"{tool} is not installed")


def cache_folder() -> Path:
    """Where the jars are, or will be."""
    if named := os.environ.get("FLOWD_KAFKA_CACHE"):
        return Path(named) / f"kafka-{VERSION}"
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "flowd-tests" / f"kafka-{VERSION}"


def fetch() -> Path:
    """The folder of jars. Several processes may ask at once: one of them downloads, the others
    wait for it. The folder gets its name when it is complete, so one that exists is."""
    need("java")
    folder = cache_folder()
    if folder.is_dir():
        return folder
    need("mvn")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with open(folder.with_name(folder.name + ".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.is_dir():
                download(folder)
    except OSError as error:
        raise Unavailable(f"the cache of Kafka's jars cannot be written: {error}") from error
    return folder


def download(folder: Path):
    """Maven's own repository is as large as the jars and nobody asks for it again: both are made
    in a scratch folder beside the wanted one, and only the jars stay."""
    with tempfile.TemporaryDirectory(prefix=folder.name + ".", dir=folder.parent) as name:
        scratch = Path(name)
        jars = scratch / "jars"
        command = ["mvn", "--quiet", "--batch-mode", "--strict-checksums", "--file", POM,
                   f"-Dmaven.repo.local={scratch / 'repository'}", f"-Dkafka.version={VERSION}",
                   "-Dstyle.color=never", "dependency:copy-dependencies",
                   "-DincludeScope=runtime", f"-DoutputDirectory={jars}"]
        try:
            done = subprocess.run([str(each) for each in command], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                  timeout=FETCH_SECONDS_MAX, check=False)
        except subprocess.TimeoutExpired as error:
            raise Unavailable(f"Maven brought no Kafka in {FETCH_SECONDS_MAX} s") from error
        if done.returncode != 0 or not any(jars.glob("kafka_*.jar")):
            lines = done.stdout.decode(errors="replace").split("\n")
            said = next((line for line in lines if "ERROR" in line), "it says nothing")
            raise Unavailable(f"Maven brought no Kafka {VERSION}: {said.strip()}")
        jars.rename(folder)
