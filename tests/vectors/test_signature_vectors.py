"""Every vector of signatures gets the verdict of its row in the index, and no attack verifies."""

from __future__ import annotations

import ast
import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import pytest
from signing_help import named_agency
from vectors import make_signatures as make
from vectors.signed_vector import POLICIES

from docexchange.clock import VirtualClock
from docexchange.envelope import Envelope
from docexchange.errors import MalformedEnvelope, VerificationFailed
from docexchange.signing import TrustStore, Verifier

if TYPE_CHECKING:
    from collections.abc import Iterator

INDEX: Final = json.loads(make.INDEX.read_text(encoding="utf-8"))
ROWS: Final[dict[str, dict[str, Any]]] = {row["file"]: row for row in INDEX["vectors"]}
RULES: Final = {f"{vector.name}.edxml": vector.rules for vector in make.all_vectors()}
READABLE: Final = [name for name, row in ROWS.items() if row["indication"] != "UNREADABLE"]
UNREADABLE: Final = [name for name in ROWS if name not in READABLE]
ROOT: Final = Path(__file__).parents[2]


def verifier(name: str) -> Verifier:
    """One that judges as the row says, and insists that senders sign for themselves."""
    row = ROWS[name]
    trust = TrustStore(
        [(make.FOLDER / row["trust"]).read_bytes()],
        crls=[(make.FOLDER / item).read_bytes() for item in row["crls"]],
    )
    clock = VirtualClock(datetime.fromisoformat(INDEX["at"]))
    return Verifier(trust, clock=clock, policy=RULES[name], binding=named_agency)


def test_the_files_are_what_the_script_makes() -> None:
    """Nothing was changed by hand, forgotten or left behind; made twice, it is the same."""
    assert list(make.faults(make.kept())) == []


def test_the_index_fits_its_schema_and_its_files() -> None:
    """Others can rely on the form of the index, and on its digests."""
    schema = json.loads((make.FOLDER / "index.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(INDEX, schema)
    for name, row in ROWS.items():
        data = (make.FOLDER / name).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (row["size"], row["sha256"])
        assert row["policy"] in POLICIES


def test_what_is_kept_is_small() -> None:
    """The files together stay below 600 KB."""
    assert sum(path.stat().st_size for path in make.FOLDER.rglob("*.edxml")) < 600_000


@pytest.mark.parametrize("name", READABLE)
def test_each_verdict_is_that_of_the_index(name: str) -> None:
    """Indication, sub-indication, code and words of the reason; ``verify`` agrees."""
    row, envelope = ROWS[name], Envelope.from_bytes((make.FOLDER / name).read_bytes())
    report = verifier(name).examine(envelope)
    found = (report.indication, report.sub_indication, report.code)
    expected = (row["indication"], row.get("sub_indication"), row.get("code", ""))
    assert found == expected, report.summary
    assert row.get("says", "") in report.reason
    if report.passed:
        assert verifier(name).verify(envelope).report == report
        return
    with pytest.raises(VerificationFailed) as caught:
        verifier(name).verify(envelope)
    assert caught.value.code == row["code"]


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_no_reader_should_read_is_not_read(name: str) -> None:
    """Refused before anybody asks about signatures, with the code of the index."""
    with pytest.raises(MalformedEnvelope) as caught:
        Envelope.from_bytes((make.FOLDER / name).read_bytes())
    assert caught.value.code == ROWS[name]["code"]


def test_only_what_is_genuine_may_pass() -> None:
    """The index itself lets no attack verify."""
    for name in READABLE:
        passed = ROWS[name]["indication"] == "TOTAL-PASSED"
        assert passed == name.startswith("genuine/"), name


ELSEWHERE: Final = {
    "signature.key-parameters": "attacks/test_signature_pss.py::"
    "test_a_signature_is_held_to_what_the_key_is_for",
    "certificate.budget": "unit/signing/trust/test_hostile.py::"
    "test_authorities_that_all_vouch_for_each_other_are_given_up_on",
    "certificate.not-yet-valid": "unit/signing/test_moments.py::"
    "test_a_signature_older_than_its_certificate_failed",
    "certificate.unreadable": "unit/signing/trust/test_store.py::"
    "test_a_constraint_that_nobody_can_judge_is_refused",
    "pdf.byte-range": "unit/signing/pdf/test_examining.py::test_a_hole_in_the_range_fails",
    "pdf.changed": "unit/signing/pdf/test_examining.py::"
    "test_a_later_revision_that_changes_what_is_seen_fails",
    "pdf.changes-unknown": "unit/signing/pdf/test_judging.py::test_one_bad_fact_decides",
    "pdf.digest": "unit/signing/pdf/test_examining.py::"
    "test_a_changed_octet_breaks_every_signature_over_it",
    "pdf.form": "unit/signing/pdf/test_examining.py::test_an_unknown_form_is_not_judged",
    "pdf.signature-format": "unit/signing/pdf/test_judging.py::test_one_bad_fact_decides",
    "pdf.value": "unit/signing/pdf/test_judging.py::test_one_bad_fact_decides",
    "signature.policy-unknown": "unit/signing/xades/test_policies.py::test_known_policies_are_data",
    "signature.policy-changed": "unit/signing/xades/test_policies.py::test_known_policies_are_data",
    "signature.too-many": "attacks/test_signature_resources.py::"
    "test_too_many_signatures_are_refused_unseen",
}
"""Codes that no vector shows, each with the test that does."""


def _codes() -> Iterator[str]:
    """Every code that a refusal in the room of signatures is given as text."""
    for path in sorted((ROOT / "docexchange/signing").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal":
                values = [word.value for word in node.keywords if word.arg == "code"]
                for value in values:
                    parts = ast.walk(value)
                    texts = [getattr(part, "value", None) for part in parts]
                    yield from (text for text in texts if isinstance(text, str) and "." in text)


def test_every_code_of_a_refusal_has_a_vector_or_a_test_named_here() -> None:
    """So that a new refusal does not stay without an attack that shows it."""
    shown = {row.get("code") for row in ROWS.values()}
    codes = {code for code in _codes() if not code.endswith(".")}
    assert len(codes) > 30
    assert sorted(codes - shown - set(ELSEWHERE)) == []
    assert sorted(set(ELSEWHERE) & shown) == []


@pytest.mark.parametrize("code", ELSEWHERE)
def test_the_tests_named_instead_are_there(code: str) -> None:
    """Each exists, and its file speaks of the code."""
    file, _, name = ELSEWHERE[code].partition("::")
    text = (ROOT / "tests" / file).read_text(encoding="utf-8")
    assert f"def {name}(" in text
    assert code in text
