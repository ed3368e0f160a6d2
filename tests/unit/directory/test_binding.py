from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from agency_trees import TODAY, agency, fingerprints
from hypothesis import given

from docexchange.directory import BindingOutcome, Directory, binding_of, signer_matches
from docexchange.errors import UsageError
from docexchange.identifiers import OrganId

OURS, THEIRS, OLD, STRAY = ("1" * 64, "2" * 64, "3" * 64, "4" * 64)
COMMUNE, PROVINCE = OrganId("H53.31.21"), OrganId("H53")


def directory() -> Directory:
    return Directory(
        [
            agency("H53", name="Tây Ninh", certificates=(THEIRS,)),
            agency(
                "H53.31.21",
                "H53",
                aliases=(OrganId("28.22.H17"),),
                certificates=(OLD,),
                valid_to=date(2024, 12, 31),
            ),
            agency("H53.31.21", "H53", certificates=(OURS,), valid_from=date(2025, 1, 1)),
        ]
    )


@pytest.mark.parametrize("spelling", [OURS, f"sha256:{OURS}", OURS.upper()])
def test_a_listed_certificate_is_bound(spelling):
    """The agency's own certificate belongs to it, however the fingerprint is spelled."""
    binding = signer_matches(directory(), COMMUNE, spelling, at=TODAY)
    assert binding.outcome is BindingOutcome.BOUND
    assert binding.bound
    assert binding.holders == (COMMUNE,)


def test_either_code_system_names_the_agency():
    """The binding holds for the 13-character code as well."""
    assert signer_matches(directory(), OrganId("000.21.31.H53"), OURS, at=TODAY).bound


def test_another_agencys_certificate_is_named_as_such():
    """A province's certificate under a commune's name says whose it is, and is not bound."""
    binding = signer_matches(directory(), COMMUNE, THEIRS, at=TODAY)
    assert binding.outcome is BindingOutcome.BOUND_TO_ANOTHER
    assert not binding.bound
    assert binding.holders == (PROVINCE,)
    assert "H53 (Tây Ninh)" in binding.reason


@given(stray=fingerprints.filter(lambda digits: digits not in {OURS, THEIRS, OLD}))
def test_an_unlisted_certificate_is_unknown(stray):
    """No certificate outside the directory belongs to anybody."""
    binding = signer_matches(directory(), COMMUNE, stray, at=TODAY)
    assert binding.outcome is BindingOutcome.UNKNOWN
    assert binding.holders == ()
    assert "does not list" in binding.reason


def test_the_date_of_the_signature_decides():
    """Last year's certificate is bound for last year, and unknown today with a pointer to then."""
    assert signer_matches(directory(), COMMUNE, OLD, at=date(2024, 12, 31)).bound
    binding = signer_matches(directory(), COMMUNE, OLD, at=TODAY)
    assert binding.outcome is BindingOutcome.UNKNOWN
    assert "until 2024-12-31" in binding.reason


def test_an_unknown_agency_is_never_bound():
    """A code outside the directory holds nothing, whoever's certificate is shown."""
    stranger = OrganId("H99")
    known = signer_matches(directory(), stranger, OURS, at=TODAY)
    unknown = signer_matches(directory(), stranger, STRAY, at=TODAY)
    assert known.outcome is BindingOutcome.BOUND_TO_ANOTHER
    assert unknown.outcome is BindingOutcome.UNKNOWN


def test_a_certificate_of_two_agencies_is_bound_to_both():
    """A superior may sign for an agency whose entry lists the superior's certificate."""
    shared = Directory(
        [agency("H53", certificates=(OURS,)), agency("H53.01", "H53", certificates=(OURS, OURS))]
    )
    binding = signer_matches(shared, OrganId("H53.01"), OURS, at=TODAY)
    assert binding.bound
    assert binding.holders == (PROVINCE, OrganId("H53.01"))


def test_a_malformed_fingerprint_is_an_error_not_an_answer():
    """A SHA-1 cannot be judged, so it is not called unknown."""
    with pytest.raises(UsageError) as caught:
        signer_matches(directory(), COMMUNE, "a" * 40, at=TODAY)
    assert caught.value.code == "directory.fingerprint"


# --- letters in flight when an agency was closed ---

CLOSED_ON = datetime(2025, 6, 30, 9, tzinfo=UTC)


def why_not(entries, days, fingerprint=OURS, code="H47"):
    """Why a signature for an agency does not count, so many days after the reform."""
    binding = binding_of(Directory([agency("H53"), *entries]))
    signer = SimpleNamespace(sha256=fingerprint)
    return binding(OrganId(code), signer, CLOSED_ON + timedelta(days=days))


@pytest.mark.parametrize(("days", "counts"), [(0, True), (1, True), (7, True), (8, False)])
def test_a_letter_of_a_closed_agency_may_arrive_as_long_as_letters_live(days, counts):
    """Judged by the agency's last day; a week later only a timestamp can prove its age."""
    closed = agency("H47", "H53", certificates=(OURS,), valid_to=CLOSED_ON.date())
    assert (why_not([closed], days) == "") is counts


def test_a_letter_in_flight_is_judged_by_the_certificates_of_the_last_day():
    """Nobody else's certificate signs for a closed agency, nor one that it had before."""
    before = agency("H47", "H53", certificates=(OLD,), valid_to=CLOSED_ON.date() - timedelta(1))
    last = agency(
        "H47", "H53", certificates=(OURS,), valid_from=CLOSED_ON.date(), valid_to=CLOSED_ON.date()
    )
    assert why_not([before, last], 1) == ""
    assert why_not([before, last], 1, fingerprint=OLD)
    assert why_not([before, last], 1, fingerprint=STRAY)


def test_an_agency_that_lives_on_is_not_judged_by_its_past():
    """A certificate that was replaced stops at once, whenever it was replaced."""
    before = agency("H47", "H53", certificates=(OLD,), valid_to=CLOSED_ON.date())
    now = agency("H47", "H53", certificates=(OURS,), valid_from=CLOSED_ON.date() + timedelta(1))
    assert why_not([before, now], 1, fingerprint=OLD)
