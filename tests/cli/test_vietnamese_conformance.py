"""Whatever ``docexchange conformance`` can find is told in Vietnamese: read in its source."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest
from source_help import calls_in, name_of, samples

import docexchange
from docexchange.testing.conformance.vietnamese import finding_in_vietnamese

FOLDER: Final = Path(docexchange.__file__).parent / "testing" / "conformance"
PLACES: Final = {
    "hold": (1, 2),
    "Violation": (0, 1),
    "NotApplicable": (0,),
    "NoAnswer": (0,),
    "TooLate": (0,),
}
"""Which arguments say what was expected or found."""
NAMES: Final = re.compile(
    r"Accepted (true|false)|OpenAPI 3\.1|openapi 7|HTTP [47]\S*|(Repr-Digest|Sha256|Size) 7|"
    r"Tus-Max-Size|Tus-Version \S+|Upload-Offset 7|application/xml|\"ready\" and \"reasons\""
)
"""What is the same in every language."""


def findings() -> set[str]:
    """Every text of a finding."""
    return {
        text
        for path in FOLDER.glob("*.py")
        for call in calls_in(ast.parse(path.read_text(encoding="utf-8")))
        for place in PLACES.get(name_of(call), ())
        for text in samples(call.args[place])
        if re.search("[a-z]{2}", text)
    }


def test_every_finding_has_words() -> None:
    """But for names and values of the protocol."""
    assert {"an end within 7 s", "push.accepts has to pass first"} <= findings()
    same = [text for text in findings() if finding_in_vietnamese(text) == text]
    assert [text for text in sorted(same) if not NAMES.fullmatch(text)] == []


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("HTTP 200 or HTTP 409", "HTTP 200 hoặc HTTP 409"),
        ("HTTP 500 'expected a letter, found none'", "HTTP 500 'expected a letter, found none'"),
        ("no tus, sha256", "thiếu tus, sha256"),
        ("an answer that breaks off 12 bytes too early", "trả lời bị đứt, thiếu 12 byte"),
    ],
)
def test_values_stay_and_what_the_endpoint_said_is_quoted(english: str, vietnamese: str) -> None:
    """Only our own words are translated."""
    assert finding_in_vietnamese(english) == vietnamese
