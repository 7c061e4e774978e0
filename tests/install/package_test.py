#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The Debian package, out of the tree that is built: what is in it, whether systemd takes the units
and how exposed they are, manual pages, completion, and the daemon's main job from there.

Arguments: the build folder, the source folder.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SKIPPED = 77
EXPOSURE_MAX = 3.0
EXPOSURE_WITH_DRIVER_MAX = 3.5
DROP_INS = ("af_packet", "af_xdp", "mlx5", "tap", "vfio")
PAGES = ("man1/flowctl.1", "man1/flowd-cat.1", "man1/flowd-gen.1", "man5/flowd.toml.5",
         "man8/flowd.8", "man8/flowd-nic.8", "man8/flowd-tune.8")


def tool(name: str) -> str | None:
    return shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin:/usr/bin:/bin")


def need(name: str) -> str:
    """For one test only."""
    found = tool(name)
    if found is None:
        raise unittest.SkipTest(f"{name} is not installed")
    return found


def run(*command, status: int | None = 0, **options) -> subprocess.CompletedProcess:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=100, **options)
    if status is not None and done.returncode != status:
        raise AssertionError(f"{command[0]} ended with {done.returncode}\n"
                             f"{done.stdout}{done.stderr}")
    return done


class PackageTest(unittest.TestCase):
    build: Path
    source: Path

    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.root = Path(scratch.name) / "root"
        done = run(cls.source / "scripts/package", "--no-rebuild", "--output",
                   Path(scratch.name) / "package", cls.build)
        cls.package = Path(done.stdout.splitlines()[-1])
        run("dpkg-deb", "-x", cls.package, cls.root)
        # What units are ordered by, and the one command that they take from the system.
        service = next(cls.root.rglob("flowd.service"), None)
        if service is None:
            raise unittest.SkipTest("configured with -Dsystemd=disabled, or without systemd.pc")
        units = service.parent
        for target in Path("/lib/systemd/system").glob("*.target"):
            if target.is_file() and not (units / target.name).exists():
                shutil.copy(target, units)
        (cls.root / "bin").mkdir(exist_ok=True)
        shutil.copy("/bin/kill", cls.root / "bin/kill")

    def control(self) -> dict[str, str]:
        text = run("dpkg-deb", "-f", self.package).stdout
        return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)

    def test_needs_what_is_linked_and_what_is_loaded(self):
        control = self.control()
        depends = re.split(r"[ ,|]+", re.sub(r"\([^)]*\)", "", control["Depends"]))
        for wanted in ("libc6", "libcurl4", "libncursesw6", "librdkafka1", "libseccomp2",
                       "libsystemd0", "python3:any"):
            self.assertIn(wanted, depends)
        for driver in ("af-packet", "af-xdp", "memif", "pcap", "tap", "virtio"):
            self.assertTrue([each for each in depends if each.startswith(f"librte-net-{driver}")],
                            driver)
        self.assertTrue([each for each in depends if each.startswith("librte-mempool-ring")])
        self.assertIn("librte-net-i40e", control["Recommends"])

    def test_nothing_of_the_build_folder_is_left(self):
        kept = [path for path in self.root.rglob("*") if path.is_file()
                and b"/usr/local" in path.read_bytes() and path.suffix != ".gz"
                and "bin" not in path.parent.name]
        self.assertEqual(kept, [])
        self.assertFalse((self.root / "usr/local").exists())

    def test_settings_of_the_administrator_are_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            run("dpkg-deb", "-e", self.package, folder)
            kept = (Path(folder) / "conffiles").read_text().split()
            self.assertEqual(kept, ["/etc/default/flowd", "/etc/flowd/flowd.toml"])
            for script in ("postinst", "prerm", "postrm"):
                run("sh", "-n", Path(folder) / script)

    def test_systemd_takes_the_units(self):
        done = run(need("systemd-analyze"), "verify", "--man=no", f"--root={self.root}",
                   "flowd.service", "flowd-hugepages.service")
        self.assertEqual(done.stdout + done.stderr, "")

    def exposure(self, unit: str) -> float:
        done = run(need("systemd-analyze"), "security", "--offline=true", f"--root={self.root}",
                   unit)
        found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
        self.assertIsNotNone(found, done.stdout)
        return float(found[1])

    def test_units_are_hardly_exposed(self):
        self.assertLessEqual(self.exposure("flowd.service"), EXPOSURE_MAX)
        self.assertLessEqual(self.exposure("flowd-hugepages.service"), EXPOSURE_MAX)

    def test_with_drop_ins_hardly_more(self):
        analyze = need("systemd-analyze")
        alone = self.exposure("flowd.service")
        folder = self.root / "etc/systemd/system/flowd.service.d"
        for name in DROP_INS:
            folder.mkdir(parents=True)
            shutil.copy(self.root / f"usr/lib/flowd/drop-ins/{name}.conf", folder)
            exposed = self.exposure("flowd.service")
            self.assertGreater(exposed, alone, f"{name} has an effect")
            self.assertLessEqual(exposed, EXPOSURE_WITH_DRIVER_MAX, name)
            done = run(analyze, "verify", "--man=no", f"--root={self.root}", "flowd.service")
            self.assertEqual(done.stderr, "", name)
            shutil.rmtree(folder)

    def test_makes_user_and_folders(self):
        sysusers, tmpfiles = need("systemd-sysusers"), need("systemd-tmpfiles")
        if os.geteuid() != 0:
            self.skipTest("needs root")
        (self.root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n")
        (self.root / "etc/group").write_text("root:x:0:\n")
        run(sysusers, f"--root={self.root}", "flowd.conf")
        passwd = (self.root / "etc/passwd").read_text()
        self.assertRegex(passwd, r"(?m)^flowd:x:\d+:\d+:Flow collector:/var/lib/flowd:.*nologin$")
        self.assertRegex((self.root / "etc/group").read_text(), r"(?m)^vfio:x:\d+:")
        run(tmpfiles, f"--root={self.root}", "--create", "flowd.conf")
        spool = (self.root / "var/spool/flowd").stat()
        self.assertEqual(oct(spool.st_mode & 0o7777), "0o750")
        self.assertNotEqual(spool.st_uid, 0)

    def test_the_main_job(self):
        flowd = self.root / "usr/bin/flowd"
        capture = self.source / "tests/captures/first.pcap"
        lines = run(flowd, "-replay", capture).stdout.splitlines()
        self.assertEqual(len(lines), 60)
        out = self.root / "flows.pb"
        run(flowd, "-replay", capture, "-format", "bin", "-transport.file", out,
            "-transport.file.sep=")
        self.assertEqual(run(self.root / "usr/bin/flowd-cat", out).stdout.splitlines(), lines)

    def test_the_installed_settings_are_whole_and_good(self):
        flowd, settings = self.root / "usr/bin/flowd", self.root / "etc/flowd/flowd.toml"
        self.assertIn("is good", run(flowd, "-config", settings, "-check").stdout)
        text = settings.read_text()
        self.assertEqual(text, run(flowd, "-config", settings, "-print-config").stdout)
        self.assertIn('path = "/var/log/flowd/flows-', text)
        self.assertEqual(text, (self.root / "usr/share/flowd/flowd.toml").read_text())

    def page(self, name: str) -> str:
        return run("gzip", "-dc", self.root / f"usr/share/man/{name}.gz").stdout

    def test_manual_pages_know_every_setting(self):
        flowd = self.root / "usr/bin/flowd"
        keys, table = [], ""
        for line in run(flowd, "-print-config").stdout.splitlines():
            if line.startswith("["):
                table = line.strip("[]") + "."
            elif re.match(r"\w+ = ", line):
                keys.append(table + line.split(" = ")[0])
        self.assertGreater(len(keys), 50)
        page = self.page("man5/flowd.toml.5").replace("\\-", "-").splitlines()
        self.assertEqual([key for key in keys if f".B {key}" not in page], [])
        flags = re.findall(r"^  -(\S+)", run(flowd, "-h").stdout, re.MULTILINE)
        self.assertGreater(len(flags), 80)
        page = self.page("man8/flowd.8").replace("\\-", "-")
        self.assertEqual([flag for flag in flags if f"\n\\fB-{flag}\\fR" not in page], [])

    def test_manual_pages_of_tools_know_every_flag(self):
        for name in ("flowd-cat", "flowd-gen"):
            flags = re.findall(r"^  -(\S+)", run(self.root / "usr/bin" / name, "-h").stdout,
                               re.MULTILINE)
            self.assertGreater(len(flags), 10)
            page = self.page(f"man1/{name}.1").replace("\\-", "-")
            self.assertEqual([flag for flag in flags if f"\n\\fB-{flag}\\fR" not in page], [])

    def test_the_manual_page_of_flowctl_knows_every_command_and_option(self):
        ctl = self.root / "usr/bin/flowctl"
        commands = re.findall(r"^  ([a-z]+) ", run(ctl, "--help").stdout, re.MULTILINE)
        self.assertGreater(len(commands), 10)
        page = self.page("man1/flowctl.1").replace("\\-", "-")
        for command in commands:
            self.assertRegex(page, rf"(?m)^\.SS {command}\b")
        helps = "".join(run(ctl, "help", command).stdout for command in ["help", *commands])
        options = re.findall(r"^  (?:-\w, )?(--[\w-]+)", helps + run(ctl, "-h").stdout,
                             re.MULTILINE)
        self.assertGreater(len(set(options)), 25)
        self.assertEqual([each for each in options if f"\\fB{each}\\fR" not in page], [])

    def test_manual_pages_are_clean(self):
        mandoc = need("mandoc")
        for name in PAGES:
            page = self.root / Path(name).name
            page.write_text(self.page(name))
            done = run(mandoc, "-T", "lint", page, status=None)
            self.assertEqual(done.stdout, "", name)
            if tool("man"):
                done = run("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page)
                self.assertEqual(done.stderr, "", name)

    def completed(self, *words: str) -> list[str]:
        """What bash offers behind these words; it splits at equals signs itself."""
        quoted = " ".join(f"'{word}'" for word in words)
        name = words[0]
        script = (f"source {self.root}/usr/share/bash-completion/completions/{name}\n"
                  "compopt() { :; }\n"
                  f"COMP_WORDS=({quoted}) COMP_CWORD={len(words) - 1}\n_{name}\n"
                  'printf "%s\\n" "${COMPREPLY[@]}"\n')
        return run("bash", "-c", script, cwd=self.root).stdout.split()

    def test_bash_completes_flags_choices_and_files(self):
        self.assertIn("-replay.loops", self.completed("flowd", "-replay."))
        self.assertIn("--replay.loops", self.completed("flowd", "--replay."))
        self.assertEqual(self.completed("flowd", "-transport", "k"), ["kafka"])
        self.assertEqual(self.completed("flowd", "-transport", "=", "n"), ["null"])
        self.assertEqual(self.completed("flowd", "--transport", "="), ["file", "kafka", "null"])
        self.assertEqual(self.completed("flowd", "-config", "us"), ["usr"])
        self.assertEqual(self.completed("flowd", "-batch.count", "1"), [])

    def test_bash_completes_commands_options_and_choices_of_flowctl(self):
        self.assertEqual(self.completed("flowctl", "exporter"), ["exporters", "exporter"])
        self.assertEqual(self.completed("flowctl", "help", "dr"), ["drops"])
        self.assertEqual(self.completed("flowctl", "log", "d"), ["debug"])
        self.assertEqual(self.completed("flowctl", "--json", "drops", "--f"), ["--fail"])
        self.assertEqual(self.completed("flowctl", "exporters", "--f"), [])
        self.assertEqual(self.completed("flowctl", "top", "--sort", "=", "la"), ["last_seen"])
        self.assertEqual(self.completed("flowctl", "capture", "-o", "us"), ["usr"])
        self.assertIn("--socket", self.completed("flowctl", "--"))

    def test_the_other_commands_run(self):
        self.assertIn("usage: flowctl", run(self.root / "usr/bin/flowctl", "--help").stdout)
        for name in ("flowd-nic", "flowd-tune"):
            self.assertIn("usage: " + name, run(self.root / "usr/sbin" / name, "--help").stdout)

    def test_lintian_finds_no_error(self):
        done = run(need("lintian"), "--allow-root", "--fail-on", "error", self.package)
        self.assertNotIn("E: ", done.stdout)


if __name__ == "__main__":
    PackageTest.build, PackageTest.source = Path(sys.argv[1]), Path(sys.argv[2])
    missing = [name for name in ("dpkg-deb", "dpkg-shlibdeps", "dpkg-query", "pkg-config", "meson")
               if tool(name) is None]
    if missing:
        print(f"skipped: {', '.join(missing)} not installed")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])
