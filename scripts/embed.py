#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Turns a file into a C++ source that holds its bytes. Usage: embed.py FILE OUTPUT HEADER FUNCTION,
where HEADER declares `flow::Bytes FUNCTION() noexcept` and FUNCTION is written with its namespace:
a::b::name."""

import sys
from pathlib import Path

BYTES_A_LINE = 16


def source(data: bytes, header: str, function: str) -> str:
    namespace, _, name = function.rpartition("::")
    rows = [", ".join(f"{byte:#04x}" for byte in data[start:start + BYTES_A_LINE])
            for start in range(0, len(data), BYTES_A_LINE)]
    return (f'#include "{header}"\n\nnamespace {namespace} {{\n'
            f"namespace {{\n\nconstexpr unsigned char contents[] = {{\n"
            + ",\n".join(rows)
            + f"}};\n\n}}  // namespace\n\n"
              f"flow::Bytes {name}() noexcept {{ return contents; }}\n\n"
              f"}}  // namespace {namespace}\n")


def main(arguments: list[str]) -> int:
    if len(arguments) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    file, output, header, function = arguments
    data = Path(file).read_bytes()
    if not data:
        print(f"embed: {file} is empty", file=sys.stderr)
        return 1
    Path(output).write_text(source(data, header, function))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
