"""Limits refuse what is beyond them, say which of them it was, and are all documented."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from letters import PDF, letter

from docexchange.envelope import Envelope
from docexchange.errors import LimitExceeded
from docexchange.limits import Limits

ROOT = Path(__file__).parents[2]
PAGE = (
    (ROOT / "docs" / "reference" / "limits.md")
    .read_text(encoding="utf-8")
    .partition("`WebLimits`")[0]
)


def test_the_limit_itself_is_allowed():
    """An amount as large as the limit passes, one more is refused under the limit's name."""
    limits = Limits(attachments=3)
    limits.hold("attachments", 3)
    with pytest.raises(LimitExceeded) as refused:
        limits.hold("attachments", 4)
    assert refused.value.code == "limit.attachments"
    assert str(refused.value) == "expected at most 3 attachments (attachments), found more"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(attachments=0), "limit.attachments"),
        (Limits(attachment_bytes=1), "limit.attachment-bytes"),
        (Limits(skeleton_bytes=100), "limit.skeleton-bytes"),
    ],
)
def test_nobody_sends_what_nobody_would_read(limits: Limits, code: str):
    """A letter beyond the limits of its readers is refused before it is written."""
    message = letter(PDF)
    with pytest.raises(LimitExceeded) as refused:
        Envelope.of(message, limits=limits)
    assert refused.value.code == code
    assert Envelope.of(message).limits == Limits()


def test_the_page_tells_every_limit_with_its_default():
    """Each field of ``Limits`` has its row, with the number that is in force."""
    rows = re.findall(r"^\| `(\w+)` \| ([0-9,]+) \|", PAGE, re.MULTILINE)
    told = {name: int(number.replace(",", "")) for name, number in rows}
    assert told == {field.name: getattr(Limits(), field.name) for field in fields(Limits)}


def test_the_page_tells_the_code_of_each_refusal():
    """The row of a limit that refuses has its code; every other code stands in the package."""
    for name, code in re.findall(r"^\| `(\w+)` .*?`(limit\.[a-z-]+)`", PAGE, re.MULTILINE):
        with pytest.raises(LimitExceeded) as refused:
            Limits().hold(name, getattr(Limits(), name) + 1)
        assert refused.value.code == code
    package = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "docexchange").rglob("*.py")
    )
    others = set(re.findall(r"`((?:route|signature|xml)\.[a-z-]+)`", PAGE))
    assert others
    assert {code for code in others if f'"{code}"' not in package} == set()
