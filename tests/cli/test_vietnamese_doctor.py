"""Whatever ``docexchange node doctor`` can find is told in Vietnamese: read in its source."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from source_help import calls_in, name_of, samples

import docexchange
from docexchange.cli._vietnamese_doctor import advice_in_vietnamese, found_in_vietnamese
from docexchange.cli._words import message_on, say, speak
from docexchange.node import Symptom
from docexchange.node.doctor import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from network_help import Cli, Network

SOURCE: Final = Path(docexchange.__file__).parent / "node" / "doctor.py"
INVENTORY: Final = Path(docexchange.__file__).parent / "signing" / "trust" / "inventory.py"
UNKNOWN: Final = "7 days old, 7"
KNOWN: Final = "7 days old, good until 2026-03-02 16:00 +07:00"
"""A part of a text that another function makes."""


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    """The language of these tests."""
    speak("vi")
    yield
    speak("en")


def told(field: str) -> set[str]:
    """Every text that a symptom may have in this field, with a sample where a run fills it in."""
    return {
        found.replace(UNKNOWN, KNOWN)
        for call in calls_in(ast.parse(SOURCE.read_text(encoding="utf-8")))
        if name_of(call) == "Symptom"
        for key in call.keywords
        if key.arg == field
        for found in samples(key.value)
        if re.search("[a-z]{3}", found)
    }


def names() -> set[str]:
    """Every name that a symptom may have: written out, or given to the function that makes it."""
    calls = calls_in(ast.parse(SOURCE.read_text(encoding="utf-8")))
    made = {text for call in calls if name_of(call) == "_life" for text in samples(call.args[0])}
    return made | told("name")


def symptom(**fields: str) -> Symptom:
    """A symptom with this in it."""
    return Symptom(**{"name": "key", "state": State.GOOD, "found": "", **fields})  # type: ignore[arg-type]


def test_the_symptoms_are_found() -> None:
    """Written out, put together, and chosen between."""
    assert {"readable, 7 dead letters", "7 parcels set aside, first: 7"} <= told("found")
    assert "Ask the authority for the next certificate now." in told("advice")
    assert {"key", "server", "queue", "link", "clock"} <= names()


def test_every_symptom_has_its_words() -> None:
    """Its name, what was found, and what to do."""
    assert [name for name in names() if say(name) == name] == []
    same = [one for one in told("found") if found_in_vietnamese(symptom(found=one)) == one]
    assert same == []
    left = [one for one in told("advice") if advice_in_vietnamese(symptom(advice=one)) == one]
    assert left == []


def test_a_fault_of_a_trust_store_has_its_words() -> None:
    """A list out of date, a certificate that has expired: all that the inventory can name."""
    texts = [
        found.replace("2026-03-02-%m-%d", "2026-03-02")
        for call in calls_in(ast.parse(INVENTORY.read_text(encoding="utf-8")))
        if name_of(call) == "_fault"
        for found in samples(call.args[2])
    ]
    told_in = {text: message_on(f"trust/root.pem: expected {text}") for text in texts}
    assert len(texts) > 5
    assert [text for text, words in told_in.items() if "expected" in words] == []


def test_an_error_is_told_as_everywhere_else(cli: Cli, network: Network) -> None:
    """What was expected and found, and the advice of its code; no English word is left."""
    network.set("commune", "directory", '"nowhere.toml"')
    ran = cli("--lang", "vi", "node", "doctor", "--node", network["commune"], "--offline")
    assert ran.code == 1
    first, advice = ran.out.splitlines()[:2]
    assert first.startswith("✘ cấu hình: ")
    assert first.endswith("cần danh bạ cơ quan, nhưng gặp không có tệp hoặc thư mục này")
    assert advice == "    Kiểm tra đường dẫn và quyền đọc tệp."


def test_a_person_is_called_by_name(cli: Cli, network: Network) -> None:
    """Not by a distinguished name."""
    ran = cli("--lang", "vi", "node", "doctor", "--node", network["commune"], "--offline")
    assert re.search(r"khóa ký: còn \d+ ngày: UBND xã An Thạnh", ran.out)
    assert "CN=" not in ran.out
