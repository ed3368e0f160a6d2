"""No code without a vector: whatever a reader can say about a file, some vector makes it say."""

from __future__ import annotations

import ast
import sys
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import pytest
from letters import HUB, octets
from lxml import etree
from vectors import make
from vectors.bases import FULL, RECALL, REPLACE, STATUS, UPDATE, empty_fields
from vectors.vector import PLAIN, unchecked

import docexchange.envelope
from docexchange.envelope import Envelope
from docexchange.envelope.reading.tolerances import Tolerance
from docexchange.envelope.rules.rules import _DOCUMENT_TEXTS, _ORGANIZATION_TEXTS, _STATUS_TEXTS
from docexchange.errors import LimitExceeded, MalformedEnvelope
from docexchange.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from lxml.etree import _Element

PACKAGE: Final = Path(docexchange.envelope.__file__).parent
FINDINGS_PAGE: Final = make.HERE.parents[1] / "docs" / "reference" / "findings.md"
VECTORS: Final = make.all_vectors()
FINDINGS: Final = {code for vector in VECTORS for code, _ in vector.pairs}
ERRORS: Final = {vector.error for vector in VECTORS} | {
    vector.then.error for vector in VECTORS if vector.then
}
NO_FILE: Final = {
    "envelope.attachment-changed": "the file changes between reading and copying",
    "limit.receipt-bytes": "receipts are no envelopes",
}
"""Codes that no envelope file can be the reason of, and why."""


def _name(path: Path) -> str:
    """Where a module is in the room."""
    return path.relative_to(PACKAGE).as_posix()


UNREACHED: Final = {
    "model.py": {"'_faultless', True": "builders remember what they checked, readers do not"},
    "rules/rules.py": {
        "found {issued:%Y/%m/%d}": "only a sender passes the date of today",
        "attached twice under one name": "a reader refuses such a file already",
    },
    "rules/checks.py": {
        "expected text, found {problem}": "XML cannot carry such characters, so no file has them",
        "found the moment": "what is read is a date",
        "Pass a timezone-aware datetime.": "what is read has its zone",
    },
    "formats.py": {"expected a moment with its time zone": "what is read has its zone"},
    "reading/parts.py": {"self._keep(octets)": "attachments longer than a vector may be"},
    "xml.py": {
        "expected XML, found {error}": "in case the parser refuses without a syntax error",
        "text fit for XML expected": "writers ask, not readers",
    },
}
"""Statements that no file can reach, by a text in them, and why."""
NOT_READING: Final = {
    "__init__.py": "names only",
    "attachments/__init__.py": "says what the room is for",
    "comparing/__init__.py": "says what the room is for",
    "reading/__init__.py": "says what the room is for",
    "rules/__init__.py": "says what the room is for",
    "writing/__init__.py": "says what the room is for",
    "attachments/attachment.py": "octets that are used after reading",
    "attachments/base64_stream.py": "what it refuses hangs on where pieces end; has vectors",
    "comparing/attachment_changes.py": "compares letters that were read",
    "builder.py": "for senders",
    "comparing/changes.py": "compares letters that were read",
    "comparing/difference.py": "compares letters that were read",
    "comparing/elements.py": "compares letters that were read",
    "envelope.py": "for senders and access points; reading is in other modules",
    "files.py": "writes",
    "comparing/message_changes.py": "compares letters that were read",
    "notation.py": "for senders",
    "plain.py": "letters as JSON",
    "plain_values.py": "letters as JSON",
    "receipt.py": "receipts are no envelopes",
    "shipment.py": "lists of shipments are no envelopes",
    "schemas/__init__.py": "hands out files",
    "reading/strict.py": "says yes or leaves it to the reader",
    "reading/strict_signature.py": "says yes or leaves it to the reader",
    "reading/strict_values.py": "says yes or leaves it to the reader",
    "reading/strict_form.py": "says yes or leaves it to the reader",
    "writing/splice.py": "for access points; its refusal has a vector",
    "attachments/streams.py": "carries bytes",
    "writing/writer.py": "writes",
    "attachments/zipping.py": "for senders",
    "attachments/zipped.py": "archives are opened after reading; its refusals have vectors",
}
"""Modules that do not look at what is in a file, and why."""
TELLING: Final = sorted(set(map(_name, PACKAGE.rglob("*.py"))) - NOT_READING.keys())
"""Modules that may tell or refuse; new ones are among them."""
SPOILT: Final = ("", "null", "x" * 700, "-1", "9999999999", "?", "a\u200bb", "28.22.H17")
"""What is put into every field in turn."""
BASES: Final = {
    "passed-on": octets(Envelope.of(PLAIN).with_trace(HUB)),
    "full": unchecked(FULL),
    "recall": unchecked(RECALL),
    "update": unchecked(UPDATE),
    "replace": unchecked(REPLACE),
    "status": unchecked(STATUS),
}


def _tree(name: str) -> ast.Module:
    return ast.parse((PACKAGE / name).read_text(encoding="utf-8"))


def _raised() -> dict[str, str]:
    """Each code of a refusal in the package, and a module that has it."""
    held = {
        f"limit.{call.args[0].value.replace('_', '-')}": _name(path)
        for path in PACKAGE.rglob("*.py")
        for call in ast.walk(_tree(_name(path)))
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "hold"
        if call.args and isinstance(call.args[0], ast.Constant)
    }
    return held | {
        str(keyword.value.value): _name(path)
        for path in PACKAGE.rglob("*.py")
        for call in ast.walk(_tree(_name(path)))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        and call.func.id in {"MalformedEnvelope", "LimitExceeded"}
        for keyword in call.keywords
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant)
    }  # fmt: skip


@pytest.mark.parametrize("tolerance", Tolerance)
def test_each_tolerance_has_a_vector_and_a_place_in_the_documents(tolerance: Tolerance):
    """No tolerance without a file that uses it, nor without words about it."""
    assert str(tolerance) in FINDINGS
    assert f"`{tolerance}`" in FINDINGS_PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", sorted(_raised().keys() - NO_FILE.keys()))
def test_each_refusal_has_a_vector(code: str):
    """Every code that the room refuses a file with is shown by a file."""
    assert code in ERRORS


def test_what_no_file_can_show_is_in_the_source():
    """The exceptions above are codes that exist, and are shown by no file after all."""
    assert NO_FILE.keys() <= _raised().keys()
    assert NO_FILE.keys() & ERRORS == set()


def test_every_refusal_has_a_code_of_its_own():
    """No refusal hides from these tests behind the code of its class or a computed one."""
    silent = [
        f"{_name(path)}:{call.lineno}"
        for path in PACKAGE.rglob("*.py")
        for call in ast.walk(_tree(_name(path)))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        and call.func.id in {"MalformedEnvelope", "LimitExceeded"}
        and not any(word.arg == "code" and isinstance(word.value, ast.Constant)
                    for word in call.keywords)
    ]  # fmt: skip
    assert silent == []


def _text_rules() -> Iterator[tuple[str, bool]]:
    for rule in (*_DOCUMENT_TEXTS, *_STATUS_TEXTS):
        yield rule.path, rule.required
    for party in ("From", "To"):
        for rule in _ORGANIZATION_TEXTS:
            yield f"MessageHeader.{party}.{rule.path}", rule.required


@pytest.mark.parametrize(("path", "required"), sorted(set(_text_rules())))
def test_each_text_rule_has_its_vectors(path: str, required: bool):  # noqa: FBT001  a case
    """A file that is too long for each bounded text, and one without each required text."""
    assert f"R.{path}" in FINDINGS
    assert not required or {f"N.{path}", f"M.{path}"} <= FINDINGS


def test_the_letters_to_spoil_have_every_field():
    """They leave nothing empty but what belongs to other kinds of message."""
    assert set(empty_fields(FULL)) == {
        "attachments",
        "business.document_info",
        "business.replacements",
    }
    assert empty_fields(STATUS) == []


def _filled(text: str, element: _Element) -> None:
    element[:] = []
    element.text = text


def _changes() -> Iterator[Callable[[_Element], object]]:
    """What is done to each element in turn."""
    yield lambda element: element.getparent().remove(element)
    yield lambda element: element.addnext(deepcopy(element))
    yield lambda element: element.append(etree.Element("a"))
    for text in SPOILT:
        yield partial(_filled, text)


def _spoilt(data: bytes) -> Iterator[bytes]:
    """The file with each of its elements left out, doubled, or filled with nonsense."""
    places = len(list(etree.fromstring(data).iter()))
    for at in range(1, places):
        for change in _changes():
            root = etree.fromstring(data)
            change(list(root.iter())[at])
            yield etree.tostring(root)


def _answer(data: bytes) -> Iterator[str]:
    """All codes that the reader has about a file."""
    try:
        yield from (finding.code for finding in Envelope.from_bytes(data).findings)
    except (MalformedEnvelope, LimitExceeded) as error:
        yield error.code


@pytest.mark.parametrize("name", BASES)
def test_no_single_fault_has_a_code_without_a_vector(name: str):
    """Whatever one field of a full letter is spoilt with, the codes told about it have vectors."""
    told = {code for data in _spoilt(BASES[name]) for code in _answer(data)}
    assert len(told) > 20  # the letters are spoilt indeed
    assert sorted(told - FINDINGS - ERRORS) == []


def _statements(name: str) -> Iterator[tuple[int, int, str]]:
    """First and last line, and source, of each statement of a module that tells or refuses."""
    source = (PACKAGE / name).read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        telling = isinstance(node, ast.Raise) or (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Yield | ast.Call)
            and not isinstance(getattr(node.value, "func", None), ast.Name)
        )
        if telling:
            yield node.lineno, node.end_lineno or node.lineno, ast.unparse(node)


class _Lines:
    """Which lines of the room are run while this is in force."""

    def __init__(self) -> None:
        self.run: dict[str, set[int]] = {str(PACKAGE / name): set() for name in TELLING}

    def __enter__(self) -> Self:
        self._before = sys.gettrace()
        sys.settrace(self._called)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _called(self, frame: FrameType, _event: str, _argument: object) -> Any:
        return self._line if frame.f_code.co_filename in self.run else None

    def _line(self, frame: FrameType, _event: str, _argument: object) -> Any:
        self.run[frame.f_code.co_filename].add(frame.f_lineno)
        return self._line


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[int]]:
    """The lines of the room that reading all vectors runs."""
    folder, by_name = tmp_path_factory.mktemp("vectors"), {one.name: one for one in VECTORS}
    paths = [make.expand(vector, by_name, folder) for vector in VECTORS]
    with _Lines() as lines:
        for vector, path in zip(VECTORS, paths, strict=True):
            with suppress(MalformedEnvelope, LimitExceeded):
                Envelope.read(path, replace(Limits(), **vector.limits))
    return lines.run


def _missed(name: str, lines: dict[str, set[int]]) -> list[str]:
    run = lines[str(PACKAGE / name)]
    return [
        f"{name}:{first} {source}"
        for first, last, source in _statements(name)
        if run.isdisjoint(range(first, last + 1))
    ]


@pytest.mark.parametrize("name", TELLING)
def test_every_statement_that_tells_or_refuses_is_reached_by_a_vector(
    name: str, lines: dict[str, set[int]]
):
    """Reading the vectors runs each of them, but for those that no file can reach."""
    excused = UNREACHED.get(name, {})
    missed = _missed(name, lines)
    assert [one for one in missed if not any(mark in one for mark in excused)] == []
    assert [mark for mark in excused if not any(mark in one for one in missed)] == []
