#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The file transport as an operator meets it: rotation, compression read back by the tools of each
format, a kill in the middle, SIGHUP, retention, full, read-only and forbidden folders."""

import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd, protobuf  # noqa: E402

FIRST = flowd.CAPTURES / "first.pcap"
FAILED = 1
PREFIXED = ["-format", "bin", "-transport.file.sep="]
EXTENSIONS = {"none": "", "gzip": ".gz", "zstd": ".zst", "lz4": ".lz4"}


def number_of(path: Path) -> int:
    """The number that stands behind a name which was taken."""
    found = re.search(r"\.([1-9]\d*)(\.gz|\.zst|\.lz4)?$", path.name)
    return int(found[1]) if found else 0


def unpacked(path: Path, compression: str) -> bytes:
    if compression == "none":
        return path.read_bytes()
    if compression == "gzip":
        return gzip.decompress(path.read_bytes())
    return subprocess.run([compression, "-dc", path], check=True, stdout=subprocess.PIPE).stdout


def in_namespace(script: str, *arguments) -> subprocess.CompletedProcess:
    """A shell script as root with mounts of its own."""
    return subprocess.run(["unshare", "-m", "sh", "-ec", script, "sh", *map(str, arguments)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=flowd.TIMEOUT_SECONDS)


def can_mount() -> bool:
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        return in_namespace('mount -t tmpfs -o size=64k x "$1"', folder).returncode == 0


class FileTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.out = self.folder / "out"
        self.out.mkdir()

    def replay(self, *arguments) -> tuple[bytes, dict]:
        summary = self.folder / "summary.json"
        done = flowd.run(["-replay", FIRST, "-summary", summary, *arguments])
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        result = json.loads(summary.read_text())
        self.assertEqual(flowd.unbalanced(result), "")
        return done.stdout, result

    def files(self) -> list[Path]:
        """Finished files in the order of their making; there is nothing else in the folder."""
        files = sorted(self.out.iterdir(), key=number_of)
        self.assertEqual([each.name for each in files if each.name.startswith(".")], [])
        return files

    def parts(self) -> list[Path]:
        return [each for each in self.out.iterdir() if each.name.startswith(".")]

    def test_rotation_by_size_changes_nothing_but_the_files(self):
        wanted, _ = self.replay("-replay.loops", "40")
        for compression, extension in EXTENSIONS.items():
            with self.subTest(compression):
                # One stem for the whole run, so that numbers give the order.
                _, summary = self.replay(
                    "-replay.loops", "40", "-transport.file", self.out / f"{compression}-%C",
                    "-transport.file.rotate-bytes", "150000" if not extension else "15000",
                    "-transport.file.compression", compression)
                files = [each for each in self.files() if each.name.startswith(compression)]
                self.assertGreater(len(files), 2)
                contents = [unpacked(each, compression) for each in files]
                for each, content in zip(files, contents):
                    self.assertTrue(each.name.endswith(extension))
                    self.assertTrue(content.endswith(b"\n"))
                self.assertEqual(self.timeless(b"".join(contents)), self.timeless(wanted))
                self.assertEqual(summary["bytes_out"], sum(map(len, contents)))

    @staticmethod
    def timeless(output: bytes) -> bytes:
        """Loops after the first are received now."""
        return re.sub(rb'"Time(Received|FlowStart|FlowEnd)(Ms)?":\d+', b"", output)

    def test_compressed_standard_output_is_a_stream_of_frames(self):
        wanted, _ = self.replay()
        output, _ = self.replay("-transport.file.compression", "gzip")
        self.assertEqual(gzip.decompress(output), wanted)

    def test_name_without_conversion_gets_the_time(self):
        self.replay("-transport.file", self.out / "flows.json",
                    "-transport.file.rotate-interval", "5m")
        (file,) = self.files()
        self.assertRegex(file.name, r"^flows\.json\.\d{8}T\d\d\d[05]00Z$")

    def test_two_workers_write_files_of_their_own(self):
        port = flowd.free_port()
        with flowd.Live(self.folder, "-listen", f"flow://127.0.0.1:{port}?count=2", "-tx.workers",
                        "2", "-transport.file", self.out / "f",
                        "-transport.file.rotate-bytes", "1000000") as live:
            live.wait_for_port(port)
            self.assertEqual(live.stop(), 0, live.errors.read_text())
        self.assertEqual(self.files(), [])  # nothing came: no empty files

    def bytes_out(self) -> int:
        """Of all files, while flowd gives them other names."""
        total = 0
        for each in self.out.iterdir():
            try:
                total += each.stat().st_size
            except FileNotFoundError:
                continue
        return total

    def kill_in_the_middle(self, *arguments) -> None:
        with flowd.Live(self.folder, "-replay", FIRST, "-replay.seconds", "40", *arguments) as live:
            flowd.wait_until(
                lambda: self.bytes_out() > 3_000_000, 20, live.errors.read_text())
            live.process.kill()
            live.process.wait()

    def killed_part(self, *arguments) -> Path:
        """What a kill leaves of a file in the making; not one that has just been begun."""
        for _ in range(10):
            for left in self.out.iterdir():
                left.unlink()
            self.kill_in_the_middle(*arguments)
            if any(part.stat().st_size > 1000 for part in self.parts()):
                (part,) = self.parts()
                return part
        raise AssertionError("every kill came between two files")

    def test_killed_and_started_again(self):
        for compression in EXTENSIONS:
            for form in ([], PREFIXED):
                with self.subTest(f"{compression} {form}"):
                    arguments = [*form, "-transport.file", self.out / "f-%C",
                                 "-transport.file.compression", compression,
                                 "-transport.file.rotate-bytes", "2000000"]
                    part = self.killed_part(*arguments)
                    # The kernel ends a write that it has begun; a crash of the machine does not.
                    with open(part, "r+b") as file:
                        file.truncate(part.stat().st_size - 7)
                    done = flowd.run(["-replay", FIRST, *arguments])
                    self.assertEqual(done.returncode, 0, done.stderr.decode())
                    self.assertIn("half one removed", done.stderr.decode())
                    for file in self.files():
                        content = unpacked(file, compression)
                        if form:
                            for message in protobuf.messages(content):
                                self.assertTrue(message)
                        else:
                            self.assertTrue(content.endswith(b"}\n"))
                            json.loads(content[content.rfind(b"\n", 0, -1) + 1:])
                        file.unlink()

    def test_torn_tail_of_an_appended_file_is_cut_at_the_next_start(self):
        wanted, _ = self.replay()
        path = self.out / "flows.json"
        for torn in (1, 5, len(wanted) // 2):
            path.write_bytes(wanted[:-torn])
            whole = wanted[:wanted.rfind(b"\n", 0, len(wanted) - torn) + 1]
            self.replay("-transport.file", path)
            self.assertEqual(path.read_bytes(), whole + wanted)

    def test_hangup_finishes_the_file(self):
        with flowd.Live(self.folder, "-replay", FIRST, "-replay.seconds", "40", "-replay.pps",
                        "200", "-transport.file", self.out / "f-%Y",
                        "-transport.file.rotate-bytes", "100000000") as live:
            for count in (1, 2):
                flowd.wait_until(lambda: len(self.parts()) == 1, 10, live.errors.read_text())
                live.process.send_signal(signal.SIGHUP)
                flowd.wait_until(
                    lambda: len(list(self.out.iterdir())) - len(self.parts()) == count, 10,
                    live.errors.read_text())
            self.assertEqual(live.stop(), 0, live.errors.read_text())
            summary = live.summary()
        lines = sum(len(each.read_bytes().splitlines()) for each in self.files())
        self.assertEqual(lines, summary["delivered"])

    def test_files_end_in_time_without_traffic(self):
        port = flowd.free_port()
        with flowd.Live(self.folder, "-listen", f"flow://127.0.0.1:{port}", "-transport.file",
                        self.out / "f", "-transport.file.rotate-interval", "1s") as live:
            live.wait_for_port(port)
            send_one(port)
            flowd.wait_until(lambda: any(self.out.iterdir()), 10, live.errors.read_text())
            flowd.wait_until(lambda: not self.parts(), 10, live.errors.read_text())
            (file,) = self.files()
            time.sleep(1.5)
            self.assertEqual(self.files(), [file])
            self.assertEqual(live.stop(), 0, live.errors.read_text())

    def test_old_files_are_removed_and_others_stay(self):
        others = {"f-20", "f-1234", ".f-20.part2", "notes"}
        for name in others:
            (self.out / name).write_bytes(b"x" * 100_000)
        os.utime(self.out / "f-1234", (1, 1))
        self.replay("-replay.loops", "40", "-transport.file", self.out / "f-%Y.json",
                    "-transport.file.rotate-bytes", "100000",
                    "-transport.file.keep-bytes", "300000")
        ours = [each for each in self.out.iterdir() if each.name not in others]
        self.assertLessEqual({each.name for each in self.out.iterdir()} & others, others)
        self.assertTrue(all((self.out / name).exists() for name in others))
        self.assertGreater(len(ours), 1)
        self.assertLessEqual(sum(each.stat().st_size for each in ours), 300_000)
        newest = max(ours, key=number_of)
        self.assertGreater(number_of(newest), len(ours))

    def test_wrong_settings_are_sentences(self):
        for arguments, part in (
                (["-transport.file.rotate-bytes", "1"], "rotation needs a file"),
                (["-transport.file", "f", "-transport.file.keep-age", "1h"], "rotate_bytes"),
                (["-transport.file", "f-%q", "-transport.file.rotate-bytes", "1"], "%q"),
                (["-transport.file.compression", "gzip", "-transport.file.compression-level",
                  "12"], "12 is above 9"),
                (["-transport.file", self.folder / "no/f", "-transport.file.rotate-bytes", "1"],
                 "No such file or directory (errno 2)")):
            done = flowd.run(["-replay", FIRST, *arguments])
            self.assertEqual(done.returncode, FAILED, done.stderr.decode())
            self.assertIn(part, done.stderr.decode())

    @unittest.skipUnless(can_mount(), "cannot mount a tmpfs here")
    def test_full_disk_loses_whole_messages_and_goes_on(self):
        """A live flowd on a tmpfs that another file fills, then no more."""
        port = flowd.free_port()
        for rotation in ("", "-transport.file.rotate-bytes=1000000"):
            script = f'''
                mount -t tmpfs -o size=256k x "$1/out"
                "$2" -listen flow://127.0.0.1:{port} -transport.file "$1/out/f" {rotation} \
                    -summary "$1/summary.json" 2>"$1/log" &
                flowd=$!
                cd "$3"
                python3 tests/e2e/file_test.py send {port} 1
                head -c 1000000 /dev/zero >"$1/out/filler" 2>/dev/null || true
                python3 tests/e2e/file_test.py send {port} 3000
                sleep 2
                rm "$1/out/filler"
                sleep 3
                python3 tests/e2e/file_test.py send {port} 1
                sleep 2
                kill -INT $flowd
                wait $flowd || true
                cat "$1"/out/f*
            '''
            done = in_namespace(script, self.folder, flowd.binary(), flowd.ROOT)
            log = (self.folder / "log").read_text()
            self.assertEqual(done.returncode, 0, done.stderr.decode() + log)
            summary = json.loads((self.folder / "summary.json").read_text())
            self.assertEqual(flowd.unbalanced(summary), "")
            self.assertEqual(len(flowd.flows_of(done.stdout)), summary["delivered"])
            lost = summary["drops"]["flows"]["transport_failed"]
            self.assertGreater(lost, 0)
            self.assertEqual(log.count("No space left on device"), 1, log)
            self.assertEqual(log.count(f"writing again; {lost} messages were lost"), 1, log)

    @unittest.skipUnless(can_mount(), "cannot mount a tmpfs here")
    def test_read_only_file_system_is_a_sentence(self):
        for rotation in ("", "-transport.file.rotate-bytes=1000"):
            done = in_namespace(
                f'''mount -t tmpfs -o ro x "$1"
                    exec "$2" -replay "$3" -transport.file "$1/f" {rotation}''',
                self.out, flowd.binary(), FIRST)
            self.assertEqual(done.returncode, FAILED)
            self.assertIn("Read-only file system (errno 30)", done.stderr.decode())

    def test_forbidden_folder_is_a_sentence(self):
        """Root may write everywhere: somebody else has to try."""
        prefix = []
        if os.geteuid() == 0:
            if shutil.which("setpriv") is None:
                self.skipTest("root, and no setpriv to become somebody else")
            prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
            self.folder.chmod(0o755)
        self.out.chmod(0o555)
        probe = subprocess.run([*prefix, flowd.binary(), "-v"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
        if probe.returncode != 0:
            self.skipTest("others may not run the flowd under test")
        for rotation in ([], ["-transport.file.rotate-bytes=1000"]):
            done = subprocess.run(
                [*prefix, flowd.binary(), "-listen", f"flow://127.0.0.1:{flowd.free_port()}",
                 "-transport.file", str(self.out / "f"), *rotation],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=flowd.TIMEOUT_SECONDS)
            self.assertEqual(done.returncode, FAILED)
            self.assertIn(str(self.out), done.stderr.decode())
            self.assertIn("Permission denied (errno 13)", done.stderr.decode())

    def test_reader_that_leaves_ends_it_quietly(self):
        for compression in ("none", "zstd"):
            flow = subprocess.Popen(
                [flowd.binary(), "-replay", str(FIRST), "-replay.seconds", "30",
                 "-transport.file.compression", compression],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
            self.assertTrue(flow.stdout.read(1000))
            flow.stdout.close()
            errors = flow.stderr.read().decode()
            self.assertIn(flow.wait(timeout=20), (0, -signal.SIGPIPE, 128 + signal.SIGPIPE))
            flow.stderr.close()
            self.assertNotIn("rror", errors)


def send_one(port: int, count: int = 1):
    """Datagrams of NetFlow v5, with one record each."""
    import socket
    import struct
    header = struct.pack(">HHIIIIBBH", 5, 1, 1000, 1_700_000_000, 0, 0, 0, 0, 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number in range(count):
            sender.sendto(header + bytes(48), ("127.0.0.1", port))
            if number % 50 == 49:
                time.sleep(0.002)


if __name__ == "__main__":
    if sys.argv[1:2] == ["send"]:
        flowd.wait_until(lambda: flowd.udp_port_is_bound(int(sys.argv[2])), 10, "no flowd")
        send_one(int(sys.argv[2]), int(sys.argv[3]))
        time.sleep(0.2)
        sys.exit()
    flowd.binary()
    flowd.need("zstd", "lz4")
    unittest.main()
