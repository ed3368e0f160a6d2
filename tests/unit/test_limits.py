"""Limits refuse what is beyond them, and say which of them it was."""

from __future__ import annotations

import pytest
from letters import PDF, letter

from docexchange.envelope import Envelope
from docexchange.errors import LimitExceeded
from docexchange.limits import Limits


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
