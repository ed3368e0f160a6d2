"""Everything said about a letter is said in Vietnamese to those who ask for it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from vectors.make import contents

import docexchange.signing
from docexchange.cli._vietnamese import REASONS
from docexchange.cli._vietnamese_halves import in_vietnamese
from docexchange.cli._words import advice_on, reason_of, speak
from docexchange.envelope import Envelope
from docexchange.errors import UnreadableInput
from docexchange.signing.xmldsig.algorithms import (
    REFUSED,
    TRANSFORMS,
    XSLT,
    Canonicalization,
    Digest,
    SignatureAlgorithm,
    name_of,
)
from docexchange.signing.xmldsig.deviations import Deviation

VECTORS = contents()
KNOWN = [*REFUSED, *SignatureAlgorithm, *Digest, *Canonicalization, *TRANSFORMS, XSLT]


@pytest.mark.parametrize("name", VECTORS)
def test_whatever_is_said_about_a_letter_is_said_in_vietnamese(name: str):
    """No finding and no refusal of any vector falls back to English."""
    try:
        messages = [finding.message for finding in Envelope.from_bytes(VECTORS[name]).findings]
    except UnreadableInput as error:
        messages = [str(error)]
    assert [message for message in messages if not in_vietnamese(message)] == []


def refusal_codes() -> set[str]:
    """Every code that ``docexchange.signing`` refuses a signature with, read in its source."""
    found: set[str] = set()
    for path in sorted(Path(docexchange.signing.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "code":
                found |= {text(node.value)}
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "refused":
                found |= {f"timestamp.{text(item)}" for item in node.args[2:3]}
            elif path.name == "refusals.py" and isinstance(node, ast.Assign):
                found |= {f"certificate.{code}" for code in assigned_codes(node)}
    return {code for code in found if code.startswith(("signature.", "certificate.", "timestamp."))}


def text(node: ast.expr) -> str:
    """A text that is written out; nothing where it is put together."""
    return str(node.value) if isinstance(node, ast.Constant) else ""


def assigned_codes(node: ast.Assign) -> list[str]:
    """What a statement such as ``code, advice = "revoked", ...`` gives ``code``."""
    target, value = node.targets[0], node.value
    if not (isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)):
        return []
    names = [getattr(item, "id", "") for item in target.elts]
    return [text(value.elts[names.index("code")])] if "code" in names else []


def test_the_codes_of_refusals_are_found():
    """Written out, put together for timestamps, and put together for certificates."""
    known = {"signature.value", "timestamp.imprint", "certificate.revoked", "certificate.path"}
    assert known <= refusal_codes()
    assert len(refusal_codes()) > 50


@pytest.mark.parametrize("code", sorted(refusal_codes() | {item.value for item in Deviation}))
def test_whatever_refuses_a_signature_says_so_in_vietnamese(code: str):
    """Each reason has words of its own, and some advice."""
    assert code in REASONS
    speak("vi")
    try:
        assert reason_of(code, "x") == f"{REASONS[code]} (x)"
        assert advice_on(code, "")
    finally:
        speak("en")


@pytest.mark.parametrize("name", sorted({name_of(uri) for uri in KNOWN}))
def test_every_algorithm_that_is_refused_has_a_vietnamese_name(name: str):
    """Nothing of it stays English but what is its own name."""
    for expected in (
        "transforms that the policy allows",
        "RSA, ECDSA or EdDSA with SHA-256 or better",
        "SHA-256 or better as digest",
    ):
        told = in_vietnamese(f"expected {expected}, found {name}")
        assert told
        assert not {"with", "transform", "canonical", "of", "over"} & set(told.split())


def test_a_digest_of_the_whole_file_is_told_in_vietnamese():
    """``URI=""`` has no name to be quoted."""
    told = in_vietnamese("expected digest aa of the whole document, found bb")
    assert told == "cần giá trị băm aa của toàn bộ tệp, nhưng gặp bb"


def test_a_counter_signature_over_something_else_is_told_in_vietnamese():
    """The part that it does not cover is named in one language."""
    expected = "every part of the letter under the signature"
    told = in_vietnamese(f"expected {expected}, found not covered: countersigned signature")
    assert told.endswith("chưa được ký: chữ ký được xác nhận")
    moved = in_vietnamese("countersigned signature: expected digest aa of #V, found bb")
    assert moved == "chữ ký được xác nhận: cần giá trị băm aa của #V, nhưng gặp bb"


@pytest.mark.parametrize(
    "found",
    [
        "octets behind the end of the file that was signed",
        "changed after signing, in a file with two tables of contents",
        "SuspiciousModification: x",
    ],
)
def test_what_came_after_a_signature_in_a_pdf_is_told_in_vietnamese(found: str):
    """Only the words of the program that compares revisions stay, behind words of ours."""
    expected = "no change after signing but further signatures and what the signature permits"
    told = in_vietnamese(f"expected {expected}, found {found}").partition("nhưng gặp ")[2]
    assert "sửa đổi" in told or "dữ liệu" in told
    assert "octets" not in told


def test_places_and_values_stay():
    """Numbers, quoted values and the place in the file are those of the English message."""
    english = "expected one of 0, 1, 2, found '9' (line 12, column 3)"
    assert in_vietnamese(english) == (
        "cần một trong các giá trị 0, 1, 2, nhưng gặp '9' (dòng 12, cột 3)"
    )


@pytest.mark.parametrize(
    "english",
    [
        "MessageHeader, attachment a.pdf: expected digest 00… of #m-1, found 11…",
        "expected a path from the signing certificate to a trust anchor, found none (UBND xã)",
        "expected every part of the letter under the signature exactly once, found not covered: x",
        "expected a certificate of 000.00.00.H53, found one of 000.00.31.H53",
        "expected RSA, ECDSA or EdDSA with SHA-256 or better, found RSA with SHA-1",
        "expected signatures in the roles leader, agency, found none as leader",
        "expected a timestamp that proves when it was signed, found none",
    ],
)
def test_the_reasons_that_clerks_meet_are_told_in_full(english: str):
    """What it is about stays in front; values stay; no English word is left."""
    told = in_vietnamese(english)
    assert told.partition("cần ")[0] == english.partition("expected ")[0]
    assert "nhưng gặp" in told
    assert "expected" not in told
    assert "found" not in told


def test_what_has_no_words_stays_english():
    """A message with a half that has no translation is left alone, never told in part."""
    assert in_vietnamese("expected the moon, found the sun and the stars") == ""
    assert in_vietnamese("something else") == ""
