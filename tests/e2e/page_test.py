#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The status page in Chromium, driven by playwright-core from npm (page/package-lock.json says
which): against a server that speaks the API for nets that do not exist, one of ten thousand
exporters. Usage: page_test.py page.html page.csp FOLDER; pictures of the page are left in it."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from support import flowd  # noqa: E402

HERE = Path(__file__).resolve().parent / "page"
SECONDS = 240  # on a machine that is busy with other things; alone it takes 30
NODE_VERSION_LEAST = 18


def need_browser():
    flowd.need("node", "npm", "chromium")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    if int(version.lstrip("v").split(".")[0]) < NODE_VERSION_LEAST:
        flowd.skip(f"node {version.strip()} is too old, {NODE_VERSION_LEAST} is needed")


def install_modules(folder: Path):
    """What package-lock.json names goes into the build's folder, once, by one test at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "installing", "w") as installing:
        fcntl.flock(installing, fcntl.LOCK_EX)
        install_alone(folder)


def install_alone(folder: Path):
    lock = (HERE / "package-lock.json").read_text()
    stamp = folder / "installed-lock.json"
    if stamp.exists() and stamp.read_text() == lock:
        return
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder / name)
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
         "--fetch-retries=1", "--fetch-timeout=15000"],
        cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        flowd.skip("playwright-core cannot be had from npm: " +
                   " ".join(done.stderr.split())[:300])
    stamp.write_text(lock)


def run_node(folder: Path, script: str, *arguments) -> int:
    environment = os.environ | {"FLOWD_PAGE_MODULES": str(folder)}
    try:
        return subprocess.run(["node", HERE / script, *map(str, arguments)], env=environment,
                              timeout=SECONDS, stdin=subprocess.DEVNULL).returncode
    except subprocess.TimeoutExpired:
        print(f"{script} has not ended after {SECONDS} s")
        return 1


def main(arguments: list[str]) -> int:
    if len(arguments) not in (3, 4):
        print(__doc__, file=sys.stderr)
        return 2
    page, policy, folder, *only = arguments
    place = Path(folder).resolve()
    need_browser()
    install_modules(place)
    return run_node(place, "run.js", page, policy, place / "pictures", *only)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
