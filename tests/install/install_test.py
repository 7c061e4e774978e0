#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Installs flowd into an empty folder, builds the example against the installed library by
pkg-config, and runs it.

Arguments: the build folder, the source folder.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def run(*command, **options):
    words = [str(word) for word in command]
    result = subprocess.run(words, capture_output=True, text=True, **options)
    if result.returncode != 0:
        sys.exit(f"{command[0]} ended with {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout


def main():
    build, source = Path(sys.argv[1]), Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        run("meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", root)
        [pc] = root.rglob("flow.pc")
        environment = os.environ | {"PKG_CONFIG_PATH": str(pc.parent),
                                    "PKG_CONFIG_SYSROOT_DIR": str(root)}
        flags = run("pkg-config", "--cflags", "--libs", "flow", env=environment).split()
        example = source / "lib/examples/decode_capture.cpp"
        program = root / "example"
        run("c++", "-Wall", "-Wextra", "-Werror", example, *flags, "-o", program)
        lines = run(program).splitlines()
        assert lines, "the example printed nothing"
        flows = [json.loads(line) for line in lines]
        assert all(flow["Type"] == "NETFLOW_V5" for flow in flows), flows
        [flowd] = root.rglob("bin/flowd")
        assert run(flowd, "-v").startswith("flowd "), "the installed flowd does not run"
        print(f"{len(flows)} flows by the example")


if __name__ == "__main__":
    main()
