"""``docexchange compose`` of recalls, updates and replacements."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from cli_help import COMMUNE, PROVINCE, TOML, leftovers

from docexchange.envelope import (
    Business,
    BusinessDocumentInfo,
    BusinessKind,
    Document,
    Envelope,
    Receiver,
    ReceiverType,
    ReplacementInfo,
    ResponseFor,
)
from docexchange.identifiers import DocumentId, OrganId

if TYPE_CHECKING:
    from pathlib import Path

    from network_help import Cli

OLD = DocumentId("000.21.31.H53,2026/02/01,9/UBND-VX")
ID = f'document_id = "{OLD}"\n'


def written(folder: Path, tables: str, *, reason: str = "Sai số liệu") -> Path:
    """A letter file with these tables in it."""
    path = folder / "letter.toml"
    path.write_text(f'reason = "{reason}"\n{TOML}\n{tables}', encoding="utf-8")
    return path


def composed(cli: Cli, path: Path) -> Document:
    """The letter that comes out, without findings."""
    ran = cli("compose", path)
    assert (ran.code, ran.err) == (0, "")
    envelope = Envelope.read(path.with_suffix(".edxml"))
    assert envelope.findings == ()
    assert isinstance(envelope.message, Document)
    return envelope.message


def test_a_recall_names_the_letter_where_all_systems_look(cli: Cli, tmp_path: Path) -> None:
    """``Bussiness`` and, for each receiver, ``ResponseFor`` say what is taken back."""
    path = written(tmp_path, f'[recall]\n{ID}code = "9/UBND-VX"\ndate = 2026-02-01\n')
    letter = composed(cli, path)
    assert letter.business == Business(
        kind=BusinessKind.RECALL, reason="Sai số liệu", document_id=OLD
    )
    assert letter.response_for == (
        ResponseFor(
            organ_id=PROVINCE.organ_id,
            code="9/UBND-VX",
            document_id=OLD,
            promulgated=date(2026, 2, 1),
        ),
    )


def test_what_a_recall_answers_may_be_written_out(cli: Cli, tmp_path: Path) -> None:
    """``[[in_response_to]]`` is taken as it stands, and held to the letter that is recalled."""
    answered = '[[in_response_to]]\nagency = "000.00.00.H53"\n'
    letter = composed(cli, written(tmp_path, f"[recall]\n{ID}{answered}{ID}"))
    assert letter.response_for == (ResponseFor(organ_id=PROVINCE.organ_id, document_id=OLD),)
    other = written(tmp_path, f'[recall]\n{ID}{answered}document_id = "other"\n')
    ran = cli("compose", other, "-o", tmp_path / "other.edxml")
    assert "recall.document_id: expected the document" in ran.err


def test_an_update_says_what_changes(cli: Cli, tmp_path: Path) -> None:
    """The document, receivers removed and receivers added."""
    keys = f'document = true\nadd = ["{COMMUNE.organ_id}"]\nremove = ["{PROVINCE.organ_id}"]\n'
    letter = composed(cli, written(tmp_path, f"[update]\n{ID}{keys}"))
    assert letter.business is not None
    assert letter.acted_on == (OLD,)
    assert letter.business.document_info == BusinessDocumentInfo(
        document_info=True,
        document_receiver=True,
        receivers=(
            Receiver(PROVINCE.organ_id, ReceiverType.REMOVED),
            Receiver(COMMUNE.organ_id, ReceiverType.ADDED),
        ),
    )


def test_a_replacement_lists_what_it_replaces(cli: Cli, tmp_path: Path) -> None:
    """Each ``[[replace]]`` is a document, with the agencies that hold it."""
    tables = f'[[replace]]\n{ID}agencies = ["H53"]\n[[replace]]\ndocument_id = "older"\n'
    letter = composed(cli, written(tmp_path, tables))
    assert letter.business is not None
    assert letter.business.replacements == (
        ReplacementInfo(OLD, (OrganId("H53"),)),
        ReplacementInfo(DocumentId("older")),
    )


@pytest.mark.parametrize(
    ("tables", "keys"),
    [
        ("[recall]\n", ["recall.document_id"]),
        ("[update]\ndocument = true\n", ["update.document_id"]),
        ("[[replace]]\n", ["replace[1].document_id"]),
        (f"[update]\n{ID}", ["update"]),
        (f'[update]\n{ID}document = true\nadd = ["?"]\n', ["update.add[1]"]),
        (f'[[replace]]\n{ID}agencies = ["H53", "28.22.H17"]\n', ["replace[1].agencies[2]"]),
        (f"[recall]\n{ID}docment = 1\n", ["recall.docment"]),
        (f"[recall]\n{ID}[update]\n{ID}document = true\n", ["update"]),
        (f"[update]\n{ID}document = true\n[[replace]]\n{ID}", ["replace"]),
        (f"[[replace]]\n{ID}[[replace]]\n{ID}", ["replace[2]"]),
        (f'[update]\n{ID}add = ["H53"]\nremove = ["H53"]\n', ["update"]),
    ],
)
def test_faults_stand_under_the_keys_of_the_file(
    cli: Cli, tmp_path: Path, tables: str, keys: list[str]
) -> None:
    """What is missing, odd or contradictory is told once, by the key that a person wrote."""
    ran = cli("compose", written(tmp_path, tables), "--json")
    faults = ran.err.replace("the letter cannot be composed: ", "")
    assert ran.code == 2
    assert leftovers(tmp_path) == ["letter.toml"]
    assert [key for key in keys if f"{key}: " not in faults] == []
    assert faults.count(": expected") == len(keys), ran.err


def test_a_recall_needs_a_reason(cli: Cli, tmp_path: Path) -> None:
    """Its receivers must be told why; the key is the one at the top of the file."""
    ran = cli("compose", written(tmp_path, f"[recall]\n{ID}", reason=""))
    assert "reason: expected a value, found none" in ran.err
