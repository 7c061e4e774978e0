# SPDX-License-Identifier: BSD-3-Clause
"""A program in a terminal of tmux's: keys go in, the screen comes out. The tmux server is this
test's own, and ends with it."""

import os
import subprocess
import time
from pathlib import Path


class Screen:
    def __init__(self, folder: Path, environment: dict, columns: int = 110, lines: int = 30):
        self.folder = folder
        self.socket = folder / "tmux"
        self.environment = environment
        self.size = ("-x", str(columns), "-y", str(lines))

    def tmux(self, *words) -> str:
        done = subprocess.run(["tmux", "-S", self.socket, "-f", "/dev/null", *words],
                              capture_output=True, text=True, env=self.environment, timeout=30,
                              check=False)
        if done.returncode != 0:
            raise AssertionError(f"tmux {words}: {done.stderr}")
        return done.stdout

    def __enter__(self):
        self.tmux("-u", "new-session", "-d", "-s", "t", "-c", str(self.folder), *self.size,
                  "env PS1='ready$ ' bash --norc")
        self.wait_for("ready$")
        return self

    def __exit__(self, *_):
        self.tmux("kill-server")

    def press(self, *keys: str):
        """Keys by tmux's names: Down, F6, Enter, a."""
        self.tmux("send-keys", "-t", "t", *keys)

    def type(self, text: str):
        self.tmux("send-keys", "-t", "t", "-l", text)

    def run(self, command: str):
        self.type(command)
        self.press("Enter")

    def resize(self, columns: int, lines: int):
        self.tmux("resize-window", "-t", "t", "-x", str(columns), "-y", str(lines))

    def text(self, colours: bool = False) -> str:
        return self.tmux("capture-pane", "-p", "-t", "t", *(["-e"] if colours else []))

    def lines(self) -> list[str]:
        return self.text().split("\n")

    def facts(self) -> dict:
        """Is the alternate screen on, is the cursor shown?"""
        names = ("alternate_on", "cursor_flag", "cursor_x", "cursor_y")
        text = self.tmux("display-message", "-p", "-t", "t",
                         " ".join(f"#{{{name}}}" for name in names))
        return dict(zip(names, map(int, text.split())))

    def wait_until(self, condition, what: str, seconds: float = 20):
        """Until the screen is so; else what it showed last."""
        deadline = time.monotonic() + seconds
        while not condition(self.text()):
            if time.monotonic() > deadline:
                raise AssertionError(f"after {seconds} s: {what}; the screen:\n{self.text()}")
            time.sleep(0.05)

    def wait_for(self, part: str):
        self.wait_until(lambda text: part in text, f"no {part!r}")

    def wait_without(self, part: str):
        self.wait_until(lambda text: part not in text, f"{part!r} is still there")


def clean(environment: dict) -> dict:
    """Without a tmux around the test."""
    return {name: value for name, value in {**os.environ, **environment}.items()
            if name not in ("TMUX", "TMUX_PANE")}
