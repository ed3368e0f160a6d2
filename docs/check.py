#!/usr/bin/env python3
"""Do the documents hold together? Relative links lead somewhere, Python samples compile.

Looks at every Markdown file of the project, or of the folder given as the one argument. Prints one
line per fault and exits with 1 if there is any. The tests run the samples of README.md.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

_FENCE = re.compile(r"^( *)(`{3,}|~{3,})(\w*).*?\n(.*?)^ *\2 *$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|^\[[^\]]+\]:\s+(\S+)", re.MULTILINE)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|#|//")
_SKIPPED = {"demo-run", "build", "dist"}


def main(root: Path) -> int:
    """Check every document under ``root``; return the exit code."""
    faults = [fault for path in documents(root) for fault in faults_of(path, root)]
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


def documents(root: Path) -> Iterator[Path]:
    """Yield the Markdown files of the project, but not of its tools."""
    for path in sorted(root.rglob("*.md")):
        parts = path.relative_to(root).parts
        if not any(part.startswith(".") or part in _SKIPPED for part in parts):
            yield path


def faults_of(path: Path, root: Path) -> Iterator[str]:
    """Yield what is wrong in one document, each with its place."""
    text = path.read_text(encoding="utf-8")
    shown = path.relative_to(root)
    for line, target in links(text):
        if not (path.parent / target).exists():
            yield f"{shown}:{line}: link to {target}: expected a file or folder, found none"
    for line, source in python_samples(text):
        try:
            compile(source, f"{shown}:{line}", "exec", dont_inherit=True)
        except SyntaxError as error:
            yield f"{shown}:{line + (error.lineno or 0)}: Python sample: {error.msg}"


def links(text: str) -> Iterator[tuple[int, str]]:
    """Yield the relative links outside code, each with its line, without their fragments."""
    for pattern in (_FENCE, _CODE):
        text = pattern.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), text)
    for found in _LINK.finditer(text):
        target = found[1] or found[2]
        if not _ELSEWHERE.match(target):
            yield _line(text, found.start()), unquote(target.partition("#")[0])


def python_samples(text: str) -> Iterator[tuple[int, str]]:
    """Yield the source of every fenced ``python`` block, with the line of its fence."""
    for found in _FENCE.finditer(text):
        indent, _, language, body = found.groups()
        if language == "python":
            yield _line(text, found.start()), re.sub(rf"^{indent}", "", body, flags=re.MULTILINE)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])))
