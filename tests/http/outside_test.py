#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The HTTP server as a program, asked from outside: every path of openapi.yaml, each answer held
against its schema; TLS with OpenSSL's and curl's clients; both families of addresses. The numbers
that it shows are made up."""

import http.client
import json
import os
import re
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import flowd  # noqa: E402

try:
    import jsonschema
    import yaml
except ImportError as missing:
    flowd.skip(f"{missing.name} is not installed")

SERVER = os.environ.get("FLOWD_MADE_UP_SERVER", flowd.ROOT / "build/tests/made-up-server")
TOKEN = "0123456789abcdef"
BODIES = {  # what each POST needs to be a right one
    "/api/log": {"level": "debug"},
    "/api/capture": {"address": "10.0.0.3", "seconds": 1},
    "/api/capture/keep": {"seconds": 5},
}
EXPORTER = "10.0.0.3"


class Server:
    """Ends with the block."""

    def __init__(self, folder: Path, *flags: str, exporters: int = 20):
        self.folder = folder
        (folder / "token").write_text(TOKEN + "\n")
        self.process = subprocess.Popen(
            [SERVER, str(exporters), f"-http.token-file={folder / 'token'}",
             f"-http.socket={folder / 's'}", *flags],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.port = int(line) if line else 0
        if not self.port:
            raise RuntimeError(self.process.communicate()[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.communicate()

    def ask(self, method: str, path: str, body=None, **headers):
        """Status, headers, bytes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        answer = response.status, response.headers, response.read()
        connection.close()
        return answer


def plain(schema):
    """OpenAPI 3.0's schema as JSON schema: `nullable` is a type there."""
    if isinstance(schema, list):
        return [plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: plain(value) for key, value in schema.items() if key != "nullable"}
    if schema.get("nullable") is True:
        made["type"] = [made["type"], "null"]
    return made


class Described(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.server = Server(Path(cls.folder.name))
        cls.document = yaml.safe_load(
            (flowd.ROOT / "src/http/openapi.yaml").read_text())

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.folder.cleanup()

    def resolved(self, node: dict) -> dict:
        while "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def hold(self, operation: dict, answer, where: str):
        """The answer against what the document says of it."""
        status, headers, body = answer
        self.assertIn(str(status), operation["responses"], where)
        response = self.resolved(operation["responses"][str(status)])
        kind = headers["Content-Type"].split(";")[0]
        self.assertIn(kind, response["content"], where)
        self.assertEqual(len(body), int(headers["Content-Length"]))
        schema = response["content"][kind]["schema"]
        value = json.loads(body) if kind == "application/json" else body.decode(errors="replace")
        resolver = {"components": plain(self.document["components"])}
        jsonschema.Draft4Validator({**plain(schema), **resolver}).validate(value)
        return value

    def operations(self):
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield path, method.upper(), operation

    def test_every_path_answers_as_described(self):
        for path, method, operation in self.operations():
            with self.subTest(path=path, method=method):
                target = path.replace("{address}", EXPORTER)
                answer = self.server.ask(method, target, BODIES.get(path),
                                         Authorization=f"Bearer {TOKEN}")
                self.assertEqual(answer[0], 200, answer[2])
                self.hold(operation, answer, f"{method} {path}")

    def test_refusals_are_as_described(self):
        for path, method, operation in self.operations():
            if "403" not in operation["responses"] or path == "/":
                continue  # the page is everybody's where there is a token
            with self.subTest(path=path, method=method):
                target = path.replace("{address}", EXPORTER)
                foreign = {"Host": "evil.example", "Sec-Fetch-Site": "same-origin"}
                headers = {"Authorization": "Bearer wrong"} if path.startswith("/api") else foreign
                answer = self.server.ask(method, target, **headers)
                self.assertEqual(answer[0], 403)
                self.hold(operation, answer, f"{method} {path}")

    def test_wrong_questions_are_answered_as_described(self):
        for path, target, wanted in (
                ("/api/exporters", "/api/exporters?sort=x", 400),
                ("/api/exporters/{address}", "/api/exporters/192.0.2.77", 404),
                ("/api/exporters/{address}", "/api/exporters/x", 400),
                ("/api/status", "/api/status?history=x", 400),
                ("/api/templates", "/api/templates?exporter=x", 400)):
            answer = self.server.ask("GET", target)
            self.assertEqual(answer[0], wanted, target)
            self.hold(self.document["paths"][path]["get"], answer, target)

    def test_every_parameter_of_the_document_is_taken(self):
        for path, method, operation in self.operations():
            for parameter in operation.get("parameters", []):
                if parameter["in"] != "query":
                    continue
                values = parameter["schema"].get("enum") or ["0"]
                if parameter["schema"]["type"] == "string" and values == ["0"]:
                    values = [EXPORTER]
                for value in values:
                    target = path.replace("{address}", EXPORTER) + f"?{parameter['name']}={value}"
                    answer = self.server.ask(method, target)
                    self.assertEqual(answer[0], 200, target)
                    self.hold(operation, answer, target)

    def test_an_exporter_of_each_kind_fits_the_schema(self):
        operation = self.document["paths"]["/api/exporters/{address}"]["get"]
        listed = json.loads(self.server.ask("GET", "/api/exporters?limit=20")[2])["exporters"]
        self.assertEqual(len({each["protocols"][0] for each in listed}), 4)
        for each in listed + [{"address": "other"}]:
            target = f"/api/exporters/{each['address']}"
            answer = self.server.ask("GET", target)
            self.assertEqual(answer[0], 200)
            self.hold(operation, answer, target)

    def test_every_answer_has_the_headers_against_foreign_pages(self):
        for target in ("/", "/metrics", "/api/status", "/nothing"):
            headers = self.server.ask("GET", target)[1]
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff", target)
            self.assertEqual(headers["Cache-Control"], "no-store", target)
            self.assertIn("default-src 'none'", headers["Content-Security-Policy"], target)
            self.assertIsNone(headers["Access-Control-Allow-Origin"], target)

    def test_the_socket_needs_no_token(self):
        done = subprocess.run(
            ["curl", "-sS", "--unix-socket", self.server.folder / "s", "-X", "POST",
             "http://flowd/api/reload"], capture_output=True, text=True, timeout=20, check=True)
        self.assertEqual(json.loads(done.stdout)["changed"], ["log.level"])

    def test_a_browser_that_was_led_here_by_a_name_sees_nothing(self):
        self.assertEqual(self.server.ask("GET", "/api/status", Host="evil.example")[0], 403)
        self.assertEqual(self.server.ask("GET", "/metrics", Host="evil.example")[0], 200)


class Encrypted(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.folder = Path(made.name)
        self.make("key", "certificate")

    def make(self, key: str, certificate: str):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self.folder / key,
             "-out", self.folder / certificate], check=True, capture_output=True, timeout=60)

    def server(self, key: str = "key", certificate: str = "certificate", **options) -> Server:
        return Server(self.folder, f"-http.tls-certificate={self.folder / certificate}",
                      f"-http.tls-key={self.folder / key}", **options)

    def test_curl_trusts_the_certificate_and_reads_everything(self):
        with self.server(exporters=5000) as server:
            done = subprocess.run(
                ["curl", "-sS", "--cacert", self.folder / "certificate",
                 f"https://localhost:{server.port}/api/exporters?limit=5000"],
                capture_output=True, timeout=60, check=True)
            self.assertEqual(len(json.loads(done.stdout)["exporters"]), 5000)

    def test_one_connection_serves_several_requests(self):
        context = ssl.create_default_context(cafile=self.folder / "certificate")
        with self.server() as server:
            connection = http.client.HTTPSConnection("localhost", server.port, context=context,
                                                     timeout=10)
            for _ in range(3):
                connection.request("GET", "/api/status")
                response = connection.getresponse()
                self.assertEqual(response.status, 200)
                json.loads(response.read())
            self.assertIn(connection.sock.version(), ("TLSv1.2", "TLSv1.3"))
            connection.close()

    def test_plain_http_and_noise_end_nothing(self):
        with self.server() as server:
            for noise in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"x" * 500,
                          b"\0" * 10):
                with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
                    try:
                        client.sendall(noise)
                        client.shutdown(socket.SHUT_WR)
                        self.assertNotIn(b"HTTP/", client.makefile("rb").read())
                    except OSError:
                        pass  # closed without having read all
            self.assertEqual(self.health(server), "OK\n")

    def test_clients_that_leave_early_end_nothing(self):
        context = ssl.create_default_context(cafile=self.folder / "certificate")
        with self.server(exporters=2000) as server:
            for _ in range(10):
                with socket.create_connection(("localhost", server.port), timeout=10) as plain_one:
                    client = context.wrap_socket(plain_one, server_hostname="localhost")
                    client.sendall(b"GET /api/exporters?limit=2000 HTTP/1.1\r\n\r\n")
                    client.recv(1)
                    # With a reset: what the server writes then is a broken pipe.
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                      struct.pack("ii", 1, 0))
                    client.close()
            self.assertEqual(self.health(server), "OK\n")
            self.assertIsNone(server.process.poll())

    def health(self, server: Server) -> str:
        return subprocess.run(
            ["curl", "-sS", "--cacert", self.folder / "certificate",
             f"https://localhost:{server.port}/__health"],
            capture_output=True, text=True, timeout=20, check=True).stdout

    def test_a_key_of_another_certificate_is_refused(self):
        self.make("key2", "certificate2")
        with self.assertRaisesRegex(RuntimeError, "certificate and the given key do not match"):
            self.server(key="key2")
        with self.assertRaisesRegex(RuntimeError, r"http\.tls_certificate: .*/absent: .+"):
            self.server(certificate="absent")


class Addresses(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.folder = Path(made.name)

    def status(self, host: str, port: int) -> int:
        connection = http.client.HTTPConnection(host, port, timeout=10)
        connection.request("GET", "/api/status")
        status = connection.getresponse().status
        connection.close()
        return status

    def test_an_empty_host_is_both_families(self):
        if not Path("/proc/net/if_inet6").exists():
            self.skipTest("no IPv6 here")
        with Server(self.folder, "-http.listen=:0") as server:
            self.assertEqual(self.status("127.0.0.1", server.port), 200)
            self.assertEqual(self.status("::1", server.port), 200)

    def test_ipv6_has_brackets(self):
        if not Path("/proc/net/if_inet6").exists():
            self.skipTest("no IPv6 here")
        with Server(self.folder, "-http.listen=[::1]:0") as server:
            self.assertEqual(self.status("::1", server.port), 200)

    def test_a_taken_port_is_said(self):
        with Server(self.folder) as server:
            with self.assertRaisesRegex(
                    RuntimeError,
                    re.escape(f"http.listen: 127.0.0.1:{server.port}: Address already in use "
                              "(errno 98); -http.listen sets another")):
                Server(self.folder, f"-http.listen=127.0.0.1:{server.port}")


if __name__ == "__main__":
    flowd.need("curl", "openssl")
    if not Path(SERVER).exists():
        flowd.skip(f"{SERVER} is not built")
    unittest.main(verbosity=2)
