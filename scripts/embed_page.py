#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Puts the status page together: index.html with its style and its scripts (in the order given)
inside, as a C++ source, as HTML, and the policy that allows exactly this style and these scripts.
Usage: embed_page.py OUTPUT.cpp OUTPUT.html OUTPUT.csp index.html page.css script.js…"""

import base64
import hashlib
import sys
from pathlib import Path

BYTES_A_LINE = 16


def script(files: list[Path]) -> str:
    """All scripts in one scope of their own, so that they share names with nobody else."""
    return '\n"use strict";\n(() => {\n' + "\n".join(file.read_text() for file in files) + "})();\n"


def digest(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def policy(style: str, code: str) -> str:
    return "; ".join([
        "default-src 'none'", f"style-src {digest(style)}", f"script-src {digest(code)}",
        "connect-src 'self'", "img-src data:", "base-uri 'none'", "form-action 'none'",
        "frame-ancestors 'none'"])


def source(page: str, csp: str) -> str:
    data = page.encode()
    rows = [",".join(f"'\\x{byte:02x}'" for byte in data[start:start + BYTES_A_LINE])
            for start in range(0, len(data), BYTES_A_LINE)]
    return ('#include "http/page/page.hpp"\n\nnamespace flowd::http {\nnamespace {\n\n'
            "constexpr char contents[]{\n" + ",\n".join(rows) + "};\n\n"
            "}  // namespace\n\n"
            "constinit const std::string_view page{contents, sizeof contents};\n"
            f'constinit const std::string_view page_policy{{"{csp}"}};\n\n'
            "}  // namespace flowd::http\n")


def main(arguments: list[str]) -> int:
    if len(arguments) < 6:
        print(__doc__, file=sys.stderr)
        return 2
    cpp, html, csp, frame, style_file, *scripts = (Path(each) for each in arguments)
    style, code = "\n" + style_file.read_text(), script(scripts)
    if "</script" in code or "</style" in style:
        print("embed_page: a script or the style would end its element", file=sys.stderr)
        return 1
    page = frame.read_text()
    for mark, text in (("@style@", style), ("@script@", code)):
        if page.count(mark) != 1:
            print(f"embed_page: {frame} needs {mark} once", file=sys.stderr)
            return 1
        page = page.replace(mark, text)
    html.write_text(page)
    csp.write_text(policy(style, code))
    cpp.write_text(source(page, policy(style, code)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
