"""Whatever ``docexchange verify`` can print, it can print in Vietnamese: read in the source.

Every message that is written out is taken from the source, with a sample in each place that is
filled in when the program runs. A new one without words fails here.
"""

from __future__ import annotations

import ast
import itertools
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from source_help import ENGLISH, SAMPLE, calls_in, name_of, samples

import docexchange
from docexchange.cli._vietnamese_halves import in_vietnamese
from docexchange.cli._words import advice_on, say, speak
from docexchange.signing.pdf.facts import Changes, Coverage
from docexchange.signing.pdf.report import PdfState

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(docexchange.__file__).parent
FOR_PROGRAMMERS: Final = {
    "clock.py",
    "delivery/table.py",
    "pytest_plugin.py",
    "simulator/agreement.py",
    "simulator/border.py",
    "simulator/history.py",
    "simulator/invariants.py",
    "simulator/playing.py",
    "testing/_pdf.py",
    "testing/bad_line.py",
    "testing/samples.py",
    "testing/standin/guard.py",
    "transport/_upload.py",
}
"""What nobody meets but who writes programs: broken promises of a simulation, marks of tests."""
CALLERS_ONLY: Final = {
    "signing/constraints.py",
    "signing/trust/rules.py",
    "testing/agencies.py",
    "testing/_pdf.py",
    "testing/samples.py",
}
"""Their only errors of usage are for programmers."""
MODULES: Final = sorted(
    path
    for path in ROOT.rglob("*.py")
    if str(path.relative_to(ROOT)) not in FOR_PROGRAMMERS
    and "testing/contracts/" not in str(path.relative_to(ROOT))
    and "_vietnamese" not in path.name
)
"""Everything that may say what it expected and what it found."""
HELPERS: Final = {
    "refused": "timestamp: expected {0}, found {1}",
    "unreadable": "expected {0}, found {1}",
    "_another": "expected the signing certificate {0}, found {1}",
    "_damaged": "backup, {0}: expected {1}, found: {2}",
    "damaged": "store {0}: expected {1}, found {2}",
    "_expect": "timestamp: expected {0}, found 7",
    "_failed": "expected a signature value by the key of the certificate, found {0}",
    "_no_key": "pkcs11: expected {0}, found {1}",
    "_order": "expected the leader's signature first and then the agency's, found {1}",
    "_refused": "expected {1}, found 7",
    "_too_weak": "expected {1} as signing key, found {0}",
    "refuse": "expected {0} in the XPath of a signature, found {1}",
    "too_much": (
        "expected a path that can be judged in a bounded number of steps, found too many {0}"
    ),
}
"""Functions that put a message together, and how."""
NOTING: Final = {"_noted": 1, "_skipped": 1}
"""Functions that put down a step, and which argument says what was found."""


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    """The language of these tests."""
    speak("vi")
    yield
    speak("en")


def messages(source: str) -> Iterator[str]:
    """Every message of the form ``expected …, found …`` that a module can make."""
    tree = ast.parse(source)
    made = {id(inner) for node in helpers_in(tree) for inner in ast.walk(node)}
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and id(node) not in made | said:
            found = samples(node) if isinstance(node, (ast.JoinedStr, ast.BinOp)) else []
            found += [node.value] if isinstance(node, ast.Constant) else []
            made |= (
                {id(inner) for inner in ast.walk(node)} if any(map(is_message, found)) else set()
            )
            yield from filter(is_message, found)
    for call in calls_in(tree):
        if (template := HELPERS.get(name_of(call))) and call.args:
            made_of = itertools.product(*map(samples, call.args))
            yield from filter(is_message, (template.format(*parts, SAMPLE) for parts in made_of))


def helpers_in(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """The functions of which the calls are looked at instead."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in HELPERS:
            yield node


def is_message(text: object) -> bool:
    """Whether it says what was expected; not where all of that is filled in."""
    found = re.search(r"expected (.+?), found", str(text), re.DOTALL)
    return found is not None and bool(re.search(r"(?!for\b)[A-Za-z]{3}", found[1]))


@cache
def written_in(path: Path) -> list[str]:
    """The messages of a module."""
    return sorted(set(messages(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_message_has_words(path: Path) -> None:
    """No half of any message of a module that ``verify`` uses falls back to English."""
    assert [text for text in written_in(path) if not in_vietnamese(text)] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_message_is_half_english(path: Path) -> None:
    """A pattern that is too wide would let English words through as if they were a value."""
    told = {text: in_vietnamese(text).partition("cần ")[2] for text in written_in(path)}
    assert {text: words for text, words in told.items() if ENGLISH.search(words)} == {}


def test_the_messages_are_found() -> None:
    """Written out, put together from parts, and made by helpers; a new one without words is."""
    found = {text for path in MODULES for text in written_in(path)}
    assert len(found) > 200
    assert (
        "timestamp: expected an RFC 3161 timestamp token, found octets that are none (7)" in found
    )
    assert "expected the octets that were signed, found others" in found
    new = 'raise Refusal(X, f"expected a {colour} moon, found {it or \'none\'}", code="x")'
    assert list(messages(new)) == ["expected a 7 moon, found 7", "expected a 7 moon, found none"]
    assert not any(map(in_vietnamese, messages(new)))
    assert list(messages('refused("a moon", "two")')) == ["timestamp: expected a moon, found two"]


def step_names() -> set[str]:
    """The name of every step that is taken."""
    found: set[str] = set()
    for path in (ROOT / "signing").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in calls_in(tree):
            if name_of(call) in {"take", "_step", "_skipped", "note"} and call.args:
                found |= set(samples(call.args[0]))
            elif name_of(call) == "Step":
                found |= {
                    text
                    for key in call.keywords
                    if key.arg == "name"
                    for text in samples(key.value)
                }
    return found - {SAMPLE}


def test_every_step_has_its_name() -> None:
    """Steps are numbered, and say in Vietnamese what was checked."""
    assert {"form", "trust", "second opinion", "changes after signing"} <= step_names()
    assert [name for name in sorted(step_names()) if say(name) == name] == []


def details() -> set[str]:
    """What is said of a step that refuses nothing."""
    found: set[str] = set()
    for path in (ROOT / "signing").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assigned = {
            node.targets[0].id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for call in calls_in(tree):
            said = [key.value for key in call.keywords if key.arg == "detail"]
            place = NOTING.get(name_of(call))
            said += call.args[place : place + 1] if place is not None else []
            for value in said:
                known = assigned.get(value.id, value) if isinstance(value, ast.Name) else value
                found |= set(samples(known))
    return {text for text in found if re.search("[a-z]{3}", text)}


def test_what_is_said_of_a_step_that_refuses_nothing_has_words() -> None:
    """Left out by policy, not judged yet, not asked, the same."""
    assert {"not checked: no directory given", "signxml says the same"} <= details()
    assert [text for text in sorted(details()) if not in_vietnamese(text)] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_message_keeps_english_words(path: Path) -> None:
    """Neither in what it is about nor behind a pattern that takes in more than a value."""
    told = [re.sub(r"'[^']*'", "", in_vietnamese(text)) for text in written_in(path)]
    left = r"(?<![-\w])(the|that|which|of|for|most|begins|a|an)(?![-\w])"
    assert [text for text in told if re.search(left, text)] == []


@pytest.mark.parametrize(
    ("outer", "vietnamese"),
    [
        ("[key]: expected a key of A, found otherwise: ", "[key]: cần khóa của A, nhưng gặp lỗi: "),
        ("expected a delivery receipt, found: ", "cần biên nhận, nhưng gặp lỗi: "),
    ],
)
def test_a_message_inside_another_one_is_told_in_the_same_language(
    outer: str, vietnamese: str
) -> None:
    """What was found may be a message of ours; one without words leaves all of it English."""
    inner = "certificate 7: expected a certificate of A, found one of B"
    assert in_vietnamese(outer + inner) == (
        f"{vietnamese}chứng thư số 7: cần chứng thư số của A, nhưng gặp chứng thư số của B"
    )
    assert in_vietnamese(f"{outer}expected the moon, found cheese") == ""


def test_timestamps_that_do_not_count_are_told_one_by_one() -> None:
    """Each with its reason; none of it where one has no words."""
    one = "timestamp: expected one signature, found 2"
    assert in_vietnamese(f"not counted: {one}; not counted: {one}") == (
        "không tính: dấu thời gian: cần đúng một chữ ký, nhưng gặp 2; "
        "không tính: dấu thời gian: cần đúng một chữ ký, nhưng gặp 2"
    )
    assert in_vietnamese(f"not counted: {one}; not counted: the moon") == ""


@pytest.mark.parametrize("word", [*Coverage, *Changes, *PdfState])
def test_every_word_about_a_pdf_file_has_its_translation(word: str) -> None:
    """What a signature covers, what came after it, and what a file is."""
    assert say(word) != word


def codes_with_advice() -> dict[str, str]:
    """Every code that goes with advice, and where."""
    found = {}
    for path in MODULES:
        name = str(path.relative_to(ROOT))
        for call in calls_in(ast.parse(path.read_text(encoding="utf-8"))):
            given = {key.arg: key.value for key in call.keywords}
            if {"code", "advice"} <= given.keys() and name not in CALLERS_ONLY:
                found |= {code: name for code in samples(given["code"]) if "." in code}
    # Faults of fields: N, R, M or T in front of a path that is put together.
    found.pop("7.7", None)
    return found


def test_every_advice_has_words() -> None:
    """Of its code, or of the part before the dot."""
    assert {"usage.etsi", "pdf.changed", "signature.value"} <= codes_with_advice().keys()
    assert advice_on("pdf.order-reversed", "") == advice_on("pdf.order-unknown", "") != ""
    assert {code: at for code, at in codes_with_advice().items() if not advice_on(code, "")} == {}


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("a.xml: No such file or directory", "a.xml: không có tệp hoặc thư mục này"),
        (
            "attachment a.pdf: expected the octets that were signed, found others",
            "tệp đính kèm a.pdf: cần đúng nội dung đã ký, nhưng gặp thứ khác",
        ),
        ("a: b: Permission denied", "a: b: không có quyền"),
        (
            "expected a valid certificate path, found: The path could not be built",
            "cần đường dẫn chứng thư số hợp lệ, nhưng gặp The path could not be built",
        ),
    ],
)
def test_words_of_the_system_and_of_other_programs(english: str, vietnamese: str) -> None:
    """Those of the system are translated, those of other programs are quoted in what is."""
    assert in_vietnamese(english) == vietnamese
