# SPDX-License-Identifier: BSD-3-Clause
"""Certificates for the broker's TLS listeners and for its clients, made on the spot by openssl: an
authority with a client and three servers, one as it should be, one whose time is over, and one of
another name; and a second authority that the broker does not know, with a client. Everything is
PEM, which openssl, librdkafka and Kafka read."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from .jars import need

VALID_DAYS = 2
EXPIRED_DAYS = -1  # the end lies a day back
SERVER_NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1"


@dataclass(frozen=True)
class Pair:
    certificate: Path
    key: Path


class Authority:
    """A certificate authority of its own, in `folder`."""

    def __init__(self, folder: Path, name: str):
        self.folder = folder
        self.name = name
        self.certificate = folder / f"{name}.crt"
        self.key = new_key(folder / f"{name}.key")
        openssl("req", "-x509", "-new", "-sha256", "-key", self.key, "-days", VALID_DAYS,
                "-subj", f"/CN={name}", "-out", self.certificate)

    def sign(self, name: str, extensions: str = "", days: int = VALID_DAYS) -> Pair:
        request, certificate = (self.folder / f"{name}.{end}" for end in ("csr", "crt"))
        key = new_key(self.folder / f"{name}.key")
        openssl("req", "-new", "-sha256", "-key", key, "-subj", f"/CN={name}", "-out", request)
        # A request's own extensions are not taken over; they are said again at signing.
        with_extensions = []
        if extensions:
            file = self.folder / f"{name}.ext"
            file.write_text(extensions + "\n")
            with_extensions = ["-extfile", file]
        openssl("x509", "-req", "-sha256", "-in", request, "-CA", self.certificate,
                "-CAkey", self.key, "-CAcreateserial", "-days", days, "-out", certificate,
                *with_extensions)
        return Pair(certificate, key)


class Certificates:
    """All that the listeners and the clients of one cluster need."""

    def __init__(self, folder: Path):
        need("openssl")
        folder.mkdir(parents=True)
        known, stranger = Authority(folder, "authority"), Authority(folder, "stranger")
        self.authority = known.certificate
        self.unknown_authority = stranger.certificate
        self.client = known.sign("client")
        self.unknown_client = stranger.sign("unknown-client")
        # Kafka wants the key and the certificate of a server in one file.
        self.server = joined(known.sign("server", SERVER_NAMES), folder / "server.pem")
        self.expired_server = joined(known.sign("expired", SERVER_NAMES, EXPIRED_DAYS),
                                     folder / "expired.pem")
        self.nameless_server = joined(known.sign("nameless", "subjectAltName=DNS:elsewhere.test"),
                                      folder / "nameless.pem")


def new_key(path: Path) -> Path:
    """Of an elliptic curve: made in no time, where RSA takes a noticeable part of a second."""
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)
    return path


def joined(pair: Pair, path: Path) -> Path:
    path.write_bytes(pair.key.read_bytes() + pair.certificate.read_bytes())
    return path


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, f"openssl {arguments[0]}: {done.stdout.decode()}"
