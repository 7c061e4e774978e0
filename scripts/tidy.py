#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""tidy: checks how the repository reads, as a test. Usage: tidy.py [ROOT]. Prints one line per
finding, `file:line: rule: message`, and exits 1 if there is any. A comment
`// tidy: allow NAME — reason` at the end of a line, or alone on the line above it, lifts the
findings of that rule or banned name there; an allowance that lifts nothing is a finding itself."""

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

sys.dont_write_bytecode = True  # a check leaves nothing behind in the tree that it checks

from tidy_checks import SOURCE_CHECKS, TREE_CHECKS, Finding, Source, Tree  # noqa: E402
from tidy_rules import COMMENT_OF_SUFFIX  # noqa: E402

ALLOW = re.compile(
    r"(?:^|\s)(?P<mark>//|#) tidy: allow (?P<name>\S+)(?P<reason> (?:—|-) \S.*)?$")


@dataclass
class Allowance:
    path: str
    line: int  # where it stands
    covers: int  # the line whose findings it lifts
    name: str
    has_reason: bool
    used: bool = False

    def lifts(self, finding: Finding) -> bool:
        return (finding.path == self.path and finding.line == self.covers and self.has_reason
                and self.name in (finding.rule, finding.subject))


def allowances(source: Source) -> Iterator[Allowance]:
    mark = COMMENT_OF_SUFFIX.get(source.suffix)
    for number, line in enumerate(source.lines, 1):
        match = ALLOW.search(line)
        if match and match["mark"] == mark:
            is_alone = line[:match.start()].strip() == ""
            covers = number + 1 if is_alone else number
            yield Allowance(source.path, number, covers, match["name"],
                            match["reason"] is not None)


def findings(tree: Tree) -> list[Finding]:
    raw = [finding for source in tree.sources for check in SOURCE_CHECKS
           for finding in check(source)]
    raw += [finding for check in TREE_CHECKS for finding in check(tree)]
    allowed = [allowance for source in tree.sources for allowance in allowances(source)]
    kept = []
    for finding in raw:
        lifted_by = [allowance for allowance in allowed if allowance.lifts(finding)]
        for allowance in lifted_by:
            allowance.used = True
        if not lifted_by:
            kept.append(finding)
    for allowance in allowed:
        if not allowance.has_reason:
            kept.append(Finding(allowance.path, allowance.line, "allow",
                                f"say why: `tidy: allow {allowance.name} — reason`"))
        elif not allowance.used:
            kept.append(Finding(allowance.path, allowance.line, "allow",
                                f"nothing here is found by {allowance.name}; remove the allowance"))
    return sorted(set(kept), key=lambda finding: (finding.path, finding.line, finding.rule))


def main(arguments: list[str]) -> int:
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    if len(arguments) > 1 or not root.is_dir():
        print("usage: tidy.py [ROOT], the folder of the repository", file=sys.stderr)
        return 2
    tree = Tree(root)
    if not tree.sources:
        print(f"tidy: {root} holds nothing to check", file=sys.stderr)
        return 2
    found = findings(tree)
    for finding in found:
        print(finding)
    if not shutil.which("clang-format-14"):
        print("tidy: clang-format-14 is not installed: formatting was not checked", file=sys.stderr)
    print(f"tidy: {len(tree.sources)} files, {len(found)} findings", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
