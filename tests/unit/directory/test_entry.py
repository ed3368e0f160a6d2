from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime

import pytest
from agency_trees import agency
from hypothesis import given
from hypothesis import strategies as st

from docexchange.directory import parse_fingerprint
from docexchange.errors import UsageError

DIGITS = "0123456789abcdef" * 4


@given(day=st.dates(), first=st.dates(), last=st.dates())
def test_the_last_day_is_inclusive(day, first, last):
    """An entry is in force from its first day to its last day, both included."""
    first, last = sorted((first, last))
    entry = agency("H53", valid_from=first, valid_to=last)
    assert entry.valid_on(first)
    assert entry.valid_on(last)
    assert entry.valid_on(day) == (first <= day <= last)


@given(day=st.dates())
def test_an_entry_without_dates_is_always_in_force(day):
    """Unknown dates do not close an agency."""
    assert agency("H53").valid_on(day)


def test_a_moment_is_no_date():
    """A datetime is refused, because it may be another date in Vietnam."""
    with pytest.raises(TypeError, match="vietnam_date"):
        agency("H53").valid_on(datetime(2025, 7, 1, 20, tzinfo=UTC))


def test_an_entry_cannot_be_changed():
    """Entries are shared between threads, so nothing can be set on them."""
    with pytest.raises(FrozenInstanceError):
        agency("H53").name = "Another"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "name: expected visible"),
        ({"name": "  "}, "name: expected visible"),
        ({"name": "UBND Tỉnh\u200b Tây Ninh"}, "name: expected visible"),
        ({"name": "red \x1b[31m"}, "name: expected visible"),
        ({"name": "\u202egnod"}, "name: expected visible"),
        ({"endpoint": "folder:a\nb"}, "endpoint: expected visible"),
        ({"tier": 0}, "found 0"),
        ({"tier": 10}, "found 10"),
        ({"tier": True}, "found True"),
        ({"tier": 1 << 100_000}, "a huge number"),
        ({"certificates": (DIGITS.upper(),)}, "certificates: expected 64"),
        ({"certificates": (DIGITS[1:],)}, "certificates: expected 64"),
        ({"valid_from": datetime(2020, 1, 1, tzinfo=UTC)}, "valid_from: expected a date without"),
        (
            {"valid_from": date(2020, 1, 2), "valid_to": date(2020, 1, 1)},
            "valid_to: expected 2020-01-02 or later, found 2020-01-01",
        ),
    ],
)
def test_impossible_values_are_refused(fields, said):
    """No entry exists with a value that no agency can have, and the error names value and place."""
    with pytest.raises(UsageError, match="agency H53") as caught:
        agency("H53", **fields)
    assert said in str(caught.value)
    assert caught.value.code == "directory.entry"
    assert caught.value.advice


def test_all_faults_of_an_entry_are_named_at_once():
    """Whoever mends an entry hears everything in one go."""
    with pytest.raises(UsageError, match=r"name: .*; tier: .*; certificates: "):
        agency("H53", name="", tier=99, certificates=("x",))


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (None, None, "always"),
        (date(2020, 1, 1), None, "since 2020-01-01"),
        (None, date(2025, 6, 30), "until 2025-06-30"),
        (date(2020, 1, 1), date(2025, 6, 30), "2020-01-01 to 2025-06-30"),
    ],
)
def test_the_period_reads_as_words(first, last, words):
    """Messages say when an entry is in force."""
    assert agency("H53", valid_from=first, valid_to=last).validity == words


@pytest.mark.parametrize("text", [DIGITS, f"sha256:{DIGITS}", DIGITS.upper()])
def test_fingerprints_are_read_in_the_usual_spellings(text):
    """With or without prefix, in either case, it is the same certificate."""
    assert parse_fingerprint(text) == DIGITS


@pytest.mark.parametrize("text", ["", "sha256:", f"sha1:{DIGITS}", DIGITS + "0", "x" * 10**6])
def test_other_texts_are_no_fingerprints(text):
    """What is no SHA-256 is refused in a message of bounded length."""
    with pytest.raises(UsageError) as caught:
        parse_fingerprint(text)
    assert len(str(caught.value)) < 300
