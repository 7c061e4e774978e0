# SPDX-License-Identifier: BSD-3-Clause
"""The checks of tidy: each takes a Source (one file) or a Tree (all of them) and yields findings.
What they compare with is in tidy_rules.py."""

import ast
import functools
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Iterator

import tidy_cpp as cpp
import tidy_rules as rules


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    rule: str
    message: str
    subject: str = ""  # the banned name, so that `tidy: allow` can name it instead of the rule

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True)
class Source:
    path: str  # from the root of the repository, with slashes
    text: str

    @property
    def suffix(self) -> str:
        suffix = PurePosixPath(self.path).suffix
        if suffix or not self.text.startswith("#!"):
            return suffix
        return ".py" if "python" in self.lines[0] else ".sh"

    @property
    def folder(self) -> str:
        return str(PurePosixPath(self.path).parent)

    @functools.cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @functools.cached_property
    def code(self) -> str:
        return cpp.without_comments_and_literals(self.text)

    @property
    def is_cpp(self) -> bool:
        return self.suffix in rules.CPP_SUFFIXES

    @property
    def is_code(self) -> bool:
        return self.suffix in rules.COMMENT_OF_SUFFIX

    def finding(self, line: int, rule: str, message: str, subject: str = "") -> Finding:
        return Finding(self.path, line, rule, message, subject)


class Tree:
    def __init__(self, root: Path):
        self.root = root
        self.sources = [Source(str(path.relative_to(root).as_posix()), text)
                        for path in self.walk(root) if (text := self.read(path)) is not None]
        self.paths = {source.path for source in self.sources}

    def walk(self, folder: Path) -> Iterator[Path]:
        for path in sorted(folder.iterdir()):
            if path.is_symlink():
                continue
            if path.is_dir():
                if not rules.SKIPPED_FOLDERS.match(path.name):
                    yield from self.walk(path)
            elif not rules.GENERATED_FILES.search(path.name):
                yield path

    @staticmethod
    def read(path: Path) -> str | None:
        """The text of a file that tidy looks at, None for captures and other data."""
        if path.suffix in rules.TEXT_SUFFIXES:
            return path.read_text(encoding="utf-8", errors="replace")
        if path.suffix == "" and not path.name.startswith("."):
            with path.open("rb") as file:
                if file.read(2) == b"#!":
                    return path.read_text(encoding="utf-8", errors="replace")
        return None


def under(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(folder + "/") for folder in folders)


# --- One file at a time ------------------------------------------------------------------------


def check_size(source: Source) -> Iterator[Finding]:
    if not source.is_code:
        return
    if len(source.lines) > rules.FILE_LINES_MAX:
        yield source.finding(1, "file-lines", f"{len(source.lines)} lines, the limit is "
                             f"{rules.FILE_LINES_MAX}: split it by idea")
    for number, line in enumerate(source.lines, 1):
        if len(line) > rules.LINE_COLUMNS_MAX:
            yield source.finding(number, "line-columns", f"{len(line)} columns, the limit is "
                                 f"{rules.LINE_COLUMNS_MAX}")


def python_functions(text: str) -> Iterator[cpp.Function]:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return  # the interpreter says it better
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield cpp.Function(node.name, node.lineno, node.end_lineno or node.lineno)


def check_functions(source: Source) -> Iterator[Finding]:
    found: Iterator[cpp.Function] | list[cpp.Function] = ()
    if source.is_cpp:
        found = cpp.functions(source.text)
    elif source.suffix == ".py":
        found = python_functions(source.text)
    for function in found:
        if function.lines > rules.FUNCTION_LINES_MAX:
            yield source.finding(
                function.first_line, "function-lines", f"{function.name} has {function.lines} "
                f"lines, the limit is {rules.FUNCTION_LINES_MAX}: branches in the caller, loops "
                "in the callee")


def check_header(source: Source) -> Iterator[Finding]:
    if not source.is_code:
        return
    mark = rules.COMMENT_OF_SUFFIX[source.suffix]
    lines = source.lines
    first = 1 if lines and lines[0].startswith("#!") else 0
    if len(lines) <= first or lines[first] != f"{mark} {rules.SPDX}":
        yield source.finding(first + 1, "spdx", f"line {first + 1} must be `{mark} {rules.SPDX}`")
        return
    # The names of tests say what they are about.
    if source.suffix == ".build" or Path(source.path).name.endswith("_test.cpp"):
        return
    prose = lines[first + 1] if len(lines) > first + 1 else ""
    if not prose.startswith((f"{mark} ", '"""', 'r"""')):
        yield source.finding(first + 2, "prose", "say what this file is and who owns it, in one to "
                             "five lines after the license")


def check_pragma(source: Source) -> Iterator[Finding]:
    if source.suffix == ".hpp" and not re.search(r"^#pragma once$", source.code, re.MULTILINE):
        yield source.finding(1, "pragma-once", "a header needs `#pragma once`")


def check_words(source: Source) -> Iterator[Finding]:
    for number, line in enumerate(source.lines, 1):
        for name, pattern, remedy in rules.WORDS:
            if match := pattern.search(line):
                yield source.finding(number, name, f"`{match[0]}`: {remedy}")


def banned_names(source: Source, rule: str, table) -> Iterator[Finding]:
    for number, line in enumerate(source.code.splitlines(), 1):
        for name, pattern, remedy in table:
            if match := pattern.search(line):
                yield source.finding(number, rule, f"`{match[0].strip()}`: {remedy}", name)


def check_lib(source: Source) -> Iterator[Finding]:
    if not source.is_cpp or not under(source.path, (rules.LIB,)):
        return
    yield from banned_names(source, "lib-pure", rules.LIB_NAMES_BANNED)
    for include in cpp.includes(source.text):
        if include.quoted:
            continue
        remedy = rules.LIB_HEADERS_BANNED.get(include.path)
        if re.search(r"[./]", include.path) and include.path not in rules.LIB_SYSTEM_HEADERS:
            remedy = "lib includes the C++ standard library only"
        if remedy:
            yield source.finding(include.line, "lib-pure", f"<{include.path}>: {remedy}",
                                 f"<{include.path}>")


def check_hot(source: Source) -> Iterator[Finding]:
    is_hot = any(pattern.search(source.path) for pattern in rules.HOT_FOLDERS)
    if source.is_cpp and is_hot and not rules.COLD_FILES.search(source.path):
        yield from banned_names(source, "hot", rules.HOT_NAMES_BANNED)


ATOMIC_CALL = re.compile(r"(?:\.|->)(load|store|exchange|fetch_\w+|compare_exchange_\w+)\s*\(")


def arguments(code: str, start: int) -> str:
    """What stands between the parenthesis that ends at `start` and its partner."""
    depth = 1
    for offset in range(start, len(code)):
        depth += (code[offset] == "(") - (code[offset] == ")")
        if depth == 0:
            return code[start:offset]
    return code[start:]


def check_atomics(source: Source) -> Iterator[Finding]:
    if not source.is_cpp or "std::atomic" not in source.code:
        return
    for match in ATOMIC_CALL.finditer(source.code):
        if "memory_order" not in arguments(source.code, match.end()):
            yield source.finding(cpp.line_of(source.code, match.start()), "memory-order",
                                 f"`{match[1]}` names no memory order; say also what it pairs with")


def check_doors(source: Source) -> Iterator[Finding]:
    if not source.is_cpp or not under(source.path, ("lib", "src")):
        return
    for include in cpp.includes(source.text):
        for library, pattern, doors in rules.DOORS:
            if pattern.search(include.path) and not under(source.path, doors):
                where = ", ".join(doors) or "tests and perf"
                yield source.finding(include.line, "one-door", f"{library} ({include.path}) is "
                                     f"included in {where} only", library)


# --- The tree ----------------------------------------------------------------------------------


def target_of(include: str, tree: Tree) -> str | None:
    for root in ("lib", "src"):
        if f"{root}/{include}" in tree.paths:
            return f"{root}/{include}"
    return None


def row_of(source: Source) -> str | None:
    """The longest row of the include table that covers this file. The row "src" is for its root."""
    rows = [row for row in rules.INCLUDE_TABLE if under(source.folder, (row,))]
    row = max(rows, key=len, default=None)
    return None if row == "src" and source.folder != "src" else row


def driver_of(path: str) -> tuple[str, str] | None:
    """The driver stage that holds this file and its folder in it ("" at the root of the stage)."""
    for stage in rules.DRIVER_STAGES:
        if under(path, (stage,)):
            parts = PurePosixPath(path).relative_to(stage).parts
            return stage, parts[0] if len(parts) > 1 else ""
    return None


def may_include(source: Source, row: str, target: str) -> bool:
    own, other = driver_of(source.path), driver_of(target)
    if own and other and own[0] == other[0]:
        stage, folder = own
        return (folder in ("", other[1]) or other[1] in ("", *rules.DRIVER_STAGES[stage])
                or under(target, rules.NEIGHBOURS.get(f"{stage}/{folder}", ())))
    if row == "src/tools" and under(target, (row,)):
        return PurePosixPath(target).parts[2] == PurePosixPath(source.path).parts[2]
    return under(target, (row,) + rules.INCLUDE_TABLE[row])


def check_includes(tree: Tree) -> Iterator[Finding]:
    for source in tree.sources:
        if not source.is_cpp or not under(source.path, ("lib/flow", "src")):
            continue
        row = row_of(source)
        if row is None:
            yield source.finding(1, "include-table", f"{source.folder} has no row in the include "
                                 "table (tidy_rules.py)")
            continue
        for include in cpp.includes(source.text):
            if not include.quoted or include.path.endswith(".pb.h"):
                continue
            target = target_of(include.path, tree)
            if target is None:
                yield source.finding(include.line, "include-path", f'"{include.path}" is found '
                                     "neither from lib/ nor from src/; write the path from there")
            elif not may_include(source, row, target):
                allowed = ", ".join((row,) + rules.INCLUDE_TABLE[row])
                yield source.finding(include.line, "include-table", f"{source.folder} may not "
                                     f"include {target}; it may include {allowed}", target)


def check_mirror(tree: Tree) -> Iterator[Finding]:
    """tests/a/x_test.cpp tests a/x.hpp or a/x.cpp; x_facet_test.cpp is a further test of x."""
    for source in tree.sources:
        root, _, rest = source.path.partition("/")
        if (root != "tests" or not rest.endswith(rules.TEST_SUFFIX)
                or under(source.path, rules.MIRROR_EXEMPT)):
            continue
        folder, _, name = rest.removesuffix(rules.TEST_SUFFIX).rpartition("/")
        words = name.split("_")
        stems = ["_".join(words[:count]) for count in range(1, len(words) + 1)]
        places = [str(PurePosixPath(mirrored, folder, stem)) for stem in stems
                  for mirrored in rules.MIRRORED_ROOTS]
        if not any(place + end in tree.paths for place in places for end in rules.CPP_SUFFIXES):
            yield source.finding(1, "mirror", f"tests nothing at its mirrored path: no {name}.hpp "
                                 f"or .cpp in lib/flow/{folder} or src/{folder}")


def check_readmes(tree: Tree) -> Iterator[Finding]:
    drivers = set()
    for source in tree.sources:
        if source.is_cpp and (driver := driver_of(source.path)) and driver[1]:
            drivers.add("/".join(driver))
    for folder in sorted(drivers - set(rules.README_EXEMPT)):
        if f"{folder}/README.md" not in tree.paths:
            yield Finding(f"{folder}/README.md", 1, "readme", "missing: purpose, example, "
                          "supported, unsupported, every option with its default, quirks")


def check_format(tree: Tree) -> Iterator[Finding]:
    tool = shutil.which("clang-format-14")
    paths = [source.path for source in tree.sources if source.is_cpp]
    if not tool or not paths or not (tree.root / ".clang-format").exists():
        return
    seen = set()
    for start in range(0, len(paths), 100):
        run = subprocess.run([tool, "--dry-run", "-Werror", *paths[start:start + 100]],
                             cwd=tree.root, capture_output=True, text=True, check=False)
        for match in re.finditer(r"^(.+?):(\d+):\d+: error: ", run.stderr, re.MULTILINE):
            if match[1] not in seen:
                seen.add(match[1])
                yield Finding(match[1], int(match[2]), "clang-format",
                              f"run `clang-format-14 -i {match[1]}`")


SOURCE_CHECKS = (check_size, check_functions, check_header, check_pragma, check_words, check_lib,
                 check_hot, check_atomics, check_doors)
TREE_CHECKS = (check_includes, check_mirror, check_readmes, check_format)
