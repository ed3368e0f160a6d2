"""Every vector is read as its row in the index says, by the library and by the command."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import pytest
from letters import HUB, content_of
from network_help import Cli
from vectors import make
from vectors.vector import facts_of

from docexchange.envelope import Envelope
from docexchange.errors import LimitExceeded, MalformedEnvelope
from docexchange.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

INDEX: Final = json.loads(make.INDEX.read_text(encoding="utf-8"))
ROWS: Final[dict[str, dict[str, Any]]] = {row["file"]: row for row in INDEX["vectors"]}
VECTORS: Final = {vector.name: vector for vector in make.all_vectors()}
ACCEPTED: Final = [name for name, row in ROWS.items() if row["outcome"] == "accepted"]
STEPS: Final = [name for name in ACCEPTED if "then" in ROWS[name]]
README: Final = make.HERE / "README.md"
NOT_WELL_FORMED: Final = {"D.leading-bytes"}
"""Tolerances of what no XML parser reads."""
ENCODING_THAT_IS_ANOTHER: Final = "tolerances/utf-16-declared-only.edxml"
"""Accepted, and refused by parsers that believe the declaration."""
IN_ANOTHER_ENCODING: Final = "attacks/encoding-ebcdic.edxml"
"""Well-formed to those who guess encodings."""
NEVER_PARSED: Final = ("xml.", "limit.", "envelope.truncated", "envelope.attachment-base64")
"""Refusals of files that need not be well-formed."""


def file_of(name: str, folder: Path) -> Path:
    """Where a vector stands; one that is not kept is made in ``folder``."""
    if ROWS[name]["committed"]:
        return make.ENVELOPES / name
    return make.expand(VECTORS[name.removesuffix(".edxml")], VECTORS, folder)


def limits_of(told: Mapping[str, Any]) -> Limits:
    """The limits that a row or a step asks for."""
    return replace(Limits(), **told.get("limits", {}))


def read(name: str) -> Envelope:
    """An accepted vector."""
    return Envelope.read(make.ENVELOPES / name, limits_of(ROWS[name]))


def pairs(told: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Code and path of findings as JSON."""
    return [(finding["code"], finding["path"]) for finding in told]


def test_the_files_are_what_the_script_makes():
    """Nothing was changed by hand, forgotten or left behind."""
    assert list(make.faults(make.kept(make.all_vectors()))) == []


def test_a_changed_and_a_forgotten_file_are_told():
    """The comparison sees other bytes, a file that is missing, and one that is too many."""
    plain, gone = make.ENVELOPES / "valid/plain.edxml", make.ENVELOPES / "valid/gone.edxml"
    told = list(make.faults({plain: b"other", gone: b""}))
    assert told[:2] == [
        "envelope/valid/plain.edxml: not what make.py makes",
        "envelope/valid/gone.edxml: not what make.py makes",
    ]
    assert "envelope/valid/full.edxml: make.py does not make it" in told


def test_the_index_fits_its_schema():
    """Others can rely on the form of the index."""
    schema = json.loads((make.HERE / "index.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(INDEX, schema)
    assert len(ROWS) == len(INDEX["vectors"])


def test_the_index_is_enough_for_others():
    """The sample in the README, which knows nothing of this library, makes every file from it."""
    sample = re.search(
        r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert sample
    command = [sys.executable, "-I", "-c", sample[1]]
    done = subprocess.run(command, cwd=make.HERE.parents[1], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_what_is_kept_is_small():
    """The files together stay below 600 KB."""
    assert sum(path.stat().st_size for path in make.ENVELOPES.rglob("*.edxml")) < 600_000


@pytest.mark.parametrize("name", ROWS)
def test_each_file_is_read_as_the_index_says(name: str, tmp_path: Path):
    """Digest, outcome, error code, findings with their paths, and facts are those of the row."""
    row, path = ROWS[name], file_of(name, tmp_path)
    with path.open("rb") as stream:
        assert hashlib.file_digest(stream, "sha256").hexdigest() == row["sha256"]
    assert path.stat().st_size == row["size"]
    if row["outcome"] == "refused":
        with pytest.raises((MalformedEnvelope, LimitExceeded)) as refused:
            Envelope.read(path, limits_of(row))
        assert refused.value.code == row["error"]
        assert str(refused.value)
        assert refused.value.advice
        return
    envelope = Envelope.read(path, limits_of(row))
    assert [(found.code, found.path) for found in envelope.findings] == pairs(row["findings"])
    assert facts_of(envelope.message) == row["facts"]
    assert all(finding.message and finding.advice for finding in envelope.findings)
    assert all(finding.line for finding in envelope.findings if finding.code.startswith("D."))


@pytest.mark.parametrize("name", ACCEPTED)
def test_each_field_is_the_one_that_was_written(name: str):
    """The whole message is the one the vector was made from, to the last field and octet."""
    message = VECTORS[name.removesuffix(".edxml")].message
    assert message is not None
    assert content_of(read(name).message) == content_of(message)


@pytest.mark.parametrize("name", STEPS)
def test_what_is_done_afterwards_ends_as_the_index_says(name: str):
    """Putting a trace header in, or taking a file out of its archive, is done or refused."""
    step, envelope = ROWS[name]["then"], read(name)
    code = ""
    try:
        if step["do"] == "add-trace":
            envelope.with_trace(HUB)
        else:
            envelope.message.attachments[0].inflated(limits_of(step))
    except (MalformedEnvelope, LimitExceeded) as error:
        code = error.code
    assert code == step.get("error", "")


@pytest.mark.parametrize("strict", [False, True])
def test_the_command_says_the_same(
    strict: bool,  # noqa: FBT001  a case of the test
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
):
    """One run over all files gives the verdict, findings and error code of each row."""
    names = [name for name in ROWS if "limits" not in ROWS[name]]  # it reads under the usual ones
    paths = [file_of(name, tmp_path) for name in names]
    ran = Cli(capsys)("validate", "--json", *(["--strict"] if strict else []), *paths)
    told = dict(zip(names, ran.answer("validate"), strict=True))
    assert ran.code == 1  # some have errors; a file that cannot be read weighs less
    for name, answer in told.items():
        row = ROWS[name]
        assert answer.get("error", {}).get("code") == row.get("error"), name
        assert answer.get("valid", False) == row["strict" if strict else "valid"], name
        assert pairs(answer.get("findings", [])) == pairs(row["findings"]), name


@pytest.mark.peer("xmllint")
def test_xmllint_agrees_on_what_is_well_formed():
    """What is accepted another parser reads too, but for the tolerances named above."""
    names = [name for name in ROWS if ROWS[name]["committed"]]
    program = str(shutil.which("xmllint"))
    command = [program, "--noout", "--nonet", *names]
    done = subprocess.run(command, cwd=make.ENVELOPES, capture_output=True, check=False)
    told = done.stderr.decode(errors="replace")
    errors = re.findall(r"^([^:\n]+\.edxml):\d+: [^\n]*error : ", told, re.MULTILINE)
    ill_formed = set(errors)
    for name in names:
        row = ROWS[name]
        explained = NOT_WELL_FORMED.intersection(code for code, _ in pairs(row["findings"]))
        if row["outcome"] == "accepted":
            misled = name == ENCODING_THAT_IS_ANOTHER
            assert (name in ill_formed) == (bool(explained) or misled), name
        elif row["error"] == "xml.syntax":
            assert (name in ill_formed) == (name != IN_ANOTHER_ENCODING), name
        elif not row["error"].startswith(NEVER_PARSED):
            assert name not in ill_formed, name
