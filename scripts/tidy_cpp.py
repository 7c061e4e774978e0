# SPDX-License-Identifier: BSD-3-Clause
"""How tidy reads C++: masks comments and strings, finds includes, and finds where functions begin
and end by their braces. A heuristic, no parser: it relies on code that clang-format has seen."""

import re
from typing import Iterator, NamedTuple

COMMENT = r"//(?:\\\n|[^\n])*|/\*.*?\*/"
# A quote after a digit separates digits (1'000) and opens no character.
LITERAL = (r'R"(?P<mark>[^(\s"]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"'
           r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'")
TOKEN = re.compile(f"(?P<comment>{COMMENT})|(?P<literal>{LITERAL})", re.DOTALL)
PREPROCESSOR = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:<(?P<angle>[^>\n]+)>|"(?P<quote>[^"\n]+)")',
                     re.MULTILINE)


def blank(text: str) -> str:
    """The same shape without content: lines and columns stay."""
    return re.sub(r"[^\n]", " ", text)


def without_comments(text: str) -> str:
    return TOKEN.sub(lambda m: blank(m[0]) if m["comment"] else m[0], text)


def without_comments_and_literals(text: str) -> str:
    return TOKEN.sub(lambda m: blank(m[0]), text)


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


class Include(NamedTuple):
    line: int
    path: str
    quoted: bool


def includes(text: str) -> Iterator[Include]:
    code = without_comments(text)
    for match in INCLUDE.finditer(code):
        path = match["quote"] or match["angle"]
        yield Include(line_of(code, match.start()), path, match["quote"] is not None)


class Function(NamedTuple):
    name: str
    first_line: int
    last_line: int

    @property
    def lines(self) -> int:
        return self.last_line - self.first_line + 1


TYPE_OR_NAMESPACE = re.compile(
    r"^\s*(?:\[\[.*?\]\]\s*)*(?:inline\s+)?(?:typedef\s+)?"
    r"(?:namespace|class|struct|union|enum|extern\s*\"?\s*\"?\s*$)\b|^\s*extern\s*$")
TEMPLATE_HEAD = re.compile(r"^\s*template\s*<")
ASSIGNMENT = re.compile(r"(?<![=<>!+\-*/|&^%])=(?!=)")
OPERATOR = re.compile(r"\boperator\s*(?:\(\)|[^\s\w(]+)")
MEMBER_INITIALISERS = re.compile(r"\)[\s\w]*(?:noexcept\s*\([^{}]*\))?[\s\w]*(?<!:):(?!:)")
FUNCTION_NAME = re.compile(r"(operator[^\s\w(]*|[~\w:]+)\s*\(")


def without_template_head(header: str) -> str:
    match = TEMPLATE_HEAD.match(header)
    while match:
        depth = 0
        for offset in range(match.end() - 1, len(header)):
            depth += (header[offset] == "<") - (header[offset] == ">")
            if depth == 0:
                header = header[offset + 1:]
                break
        else:
            return ""
        match = TEMPLATE_HEAD.match(header)
    return header


def outside_parentheses(text: str) -> str:
    kept, depth = [], 0
    for character in text:
        depth += character == "("
        if depth == 0:
            kept.append(character)
        depth -= character == ")" and depth > 0
    return "".join(kept)


def opens(header: str) -> str:
    """What a brace after `header` opens outside of functions: "scope", "function" or "value"."""
    header = without_template_head(header)
    if TYPE_OR_NAMESPACE.match(header):
        return "scope"
    plain = outside_parentheses(OPERATOR.sub("operator", header))
    if "(" not in header or ASSIGNMENT.search(plain):
        return "value"
    if MEMBER_INITIALISERS.search(header) and re.search(r"[\w>]\s*$", header):
        return "value"  # `: member_{...}`: the body is still to come
    return "function"


class BraceReader:
    """Walks the code once. Within a function only depth matters; outside, every brace is judged by
    the text since the last statement."""

    def __init__(self, code: str):
        self.code = code
        self.stack: list[str] = []
        self.parentheses = 0
        self.header_start = 0
        self.function_start = 0
        self.found: list[Function] = []

    def functions(self) -> list[Function]:
        for match in re.finditer(r"[(){};]", self.code):
            if "function" in self.stack:
                self.inside(match[0], match.start())
            else:
                self.outside(match[0], match.start())
        return self.found

    def inside(self, character: str, offset: int) -> None:
        if character == "{":
            self.stack.append("block")
        elif character == "}" and self.stack.pop() == "function":
            self.close(offset)

    def outside(self, character: str, offset: int) -> None:
        if character == "(":
            self.parentheses += 1
        elif character == ")":
            self.parentheses -= 1
        elif character == ";":
            if "value" not in self.stack:  # a statement in a value's lambda ends no declaration
                self.header_start = offset + 1
                self.parentheses = 0
        elif character == "{":
            self.open(offset)
        elif self.stack and self.stack.pop() == "scope":
            self.header_start = offset + 1

    def open(self, offset: int) -> None:
        header = self.code[self.header_start:offset]
        kind = "value" if self.parentheses > 0 or "value" in self.stack else opens(header)
        self.stack.append(kind)
        if kind == "scope":
            self.header_start = offset + 1
        elif kind == "function":
            self.function_start = self.header_start + len(header) - len(header.lstrip())

    def close(self, offset: int) -> None:
        header = self.code[self.function_start:offset]
        name = FUNCTION_NAME.search(without_template_head(header))
        first_line, last_line = line_of(self.code, self.function_start), line_of(self.code, offset)
        self.found.append(Function(name[1] if name else "?", first_line, last_line))
        self.header_start = offset + 1
        self.parentheses = 0


def functions(text: str) -> list[Function]:
    code = without_comments_and_literals(text)
    code = PREPROCESSOR.sub(lambda m: blank(m[0]), code)
    code = re.sub(r"\b(?:public|private|protected)\s*:(?!:)", lambda m: blank(m[0]), code)
    return BraceReader(code).functions()
