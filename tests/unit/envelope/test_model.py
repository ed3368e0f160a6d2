"""Messages are plain frozen values."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from letters import COMMUNE, GOVERNMENT_OFFICE, letter, status

from docexchange.envelope import Code, ResponseFor, Status


def test_a_code_reads_as_on_paper():
    """Number and notation are joined by a slash; without notation there is none."""
    assert (str(Code("15", "QĐ-BNV")), str(Code("15", ""))) == ("15/QĐ-BNV", "15")


def test_destinations_name_each_agency_once():
    """A letter addressed twice to an agency goes there once, in the order of the header."""
    document = letter(recipients=(GOVERNMENT_OFFICE, COMMUNE, GOVERNMENT_OFFICE))
    assert document.destinations == (GOVERNMENT_OFFICE.organ_id, COMMUNE.organ_id)


def test_a_status_goes_to_whom_it_answers():
    """A status has one destination, or none when it does not say."""
    unknown = Status(
        message_id=None, sender=COMMUNE, response_for=ResponseFor(), code=None, at=None
    )
    assert (status().destinations, unknown.destinations) == ((COMMUNE.organ_id,), ())
    assert unknown.attachments == ()


def test_messages_cannot_be_changed():
    """Nobody changes a message after it was checked or signed."""
    with pytest.raises(FrozenInstanceError):
        letter().subject = "other"
    with pytest.raises(FrozenInstanceError):
        status().description = "other"
