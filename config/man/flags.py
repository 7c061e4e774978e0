#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The flags that a program's -h lists, as a list of man(7). Argument: the program. A flag stands
behind two blanks, its text behind eight."""

import subprocess
import sys


def roff(text: str) -> str:
    """What roff would take for itself; and no line starts with a macro's dot."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + escaped if escaped.startswith((".", "'")) else escaped


def wrapped(text: str, width: int = 76) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines


def main() -> int:
    said = subprocess.run([sys.argv[1], "-h"], capture_output=True, text=True, check=True).stdout
    entries: list[tuple[str, str]] = []
    for line in said.splitlines():
        if line.startswith("  -"):
            entries.append((line.strip(), ""))
        elif line.startswith("        ") and entries:
            flag, text = entries[-1]
            entries[-1] = (flag, text + " " + line.strip())
    for flag, text in entries:
        name, _, argument = flag.partition(" ")
        head = f"\\fB{roff(name)}\\fR" + (f" \\fI{roff(argument)}\\fR" if argument else "")
        print(".TP", head, *map(roff, wrapped(text)), sep="\n")
    return 0 if entries else 1


if __name__ == "__main__":
    sys.exit(main())
