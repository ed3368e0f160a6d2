"""The cases: our own node keeps all promises; whoever breaks one fails the case that names it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conformance_help import HASTY, SLOW, bad, endpoint, present_world
from crooked_endpoints import DEFECTS, Crooked

from docexchange.clock import SystemClock
from docexchange.errors import TransportError, UsageError
from docexchange.testing import DemoPki
from docexchange.testing.conformance import CASES, Outcome, chosen

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "http.md"
ELSEWHERE = {
    "tls.expired",
    "tls.plain-http",
    "tls.unknown-authority",
    "robust.slow-body",
    "robust.slow-head",
    "robust.two-lengths",
}
"""Cases whose crooked endpoints are no middleware."""


@pytest.fixture(scope="module")
def pki():
    """TLS asks the machine for the time, so these certificates are of today."""
    return DemoPki.create(at=SystemClock().now(), key="p256")


@pytest.fixture(scope="module")
def crooked(pki, tmp_path_factory):
    """An endpoint that breaks whatever promise it is told to."""
    world, held = present_world(pki, tmp_path_factory.mktemp("crooked")), []

    def behind(app):
        held.append(Crooked(app, pki))
        return held[0]

    with endpoint(world, behind=behind) as place:
        yield place, held[0]
    world.close()


def test_our_own_node_keeps_every_promise(crooked):
    """All cases pass, over real sockets with mutual TLS, none is skipped."""
    place, straight = crooked
    straight.turn_to(None)
    results = place.results()
    assert bad(results) == {}
    assert {item.outcome for item in results} == {Outcome.PASSED}
    assert len(results) == len(CASES)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name.replace(" ", "-"))
def test_a_broken_promise_fails_the_case_that_names_it(crooked, defect):
    """That one, and no other of its group."""
    place, bent = crooked
    bent.turn_to(defect)
    group = defect.fails.partition(".")[0]
    assert list(bad(place.results(only=[group], skip=SLOW if group == "robust" else ()))) == [
        defect.fails
    ]


@pytest.mark.soak
@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name.replace(" ", "-"))
def test_a_broken_promise_fails_no_other_case_at_all(crooked, defect):
    """Of all groups."""
    place, bent = crooked
    bent.turn_to(defect)
    assert list(bad(place.results(skip=SLOW))) == [defect.fails]


def test_every_case_has_an_endpoint_that_fails_it():
    """No case is an empty word."""
    assert {defect.fails for defect in DEFECTS} | ELSEWHERE == {case.id for case in CASES}


def test_an_endpoint_that_waits_for_ever_is_found(pki, tmp_path):
    """Nobody is cut off: both cases say so, in bounded time."""
    world = present_world(pki, tmp_path)
    patient = dict.fromkeys(HASTY, 60.0)
    with endpoint(world, limits=patient) as place:
        found = bad(place.results(only=SLOW, patience=0.2))
    world.close()
    assert set(found) == {"robust.slow-body", "robust.slow-head"}
    assert "found none" in found["robust.slow-body"]


def test_a_hanging_endpoint_fails_a_case_and_not_the_run(crooked):
    """What never answers is a failed case after the time that one request may take."""
    place, straight = crooked
    straight.turn_to(None)
    results = place.results(only=["robust.slow-body"], seconds=5, patience=0.01)
    assert "an end within" in bad(results)["robust.slow-body"]


def test_an_endpoint_without_tls_is_out_of_reach(pki, tmp_path):
    """Nothing is tried with somebody who does not prove who it is."""
    world = present_world(pki, tmp_path)
    with (
        endpoint(world, tls=lambda _: None) as place,
        pytest.raises(TransportError, match="expected a server, found TLS ended") as caught,
    ):
        place.results(only=["about"])
    world.close()
    assert caught.value.advice


def test_a_server_that_another_vouches_for_is_out_of_reach(crooked):
    """Its certificate must lead to the roots that were given."""
    from docexchange.signing import TrustStore, Verifier

    place, _ = crooked
    other = DemoPki.create(at=SystemClock().now(), key="p256")
    verifier = Verifier(TrustStore([other.root.credential.der]), clock=SystemClock())
    with pytest.raises(TransportError, match="a certificate that proves nothing"):
        place.results(only=["about"], verifier=verifier)


def test_what_is_missing_skips_cases_with_the_reason(crooked):
    """Certificates that were not given, and a mailbox that must not be emptied."""
    place, straight = crooked
    straight.turn_to(None)
    results = place.results(only=["tls", "mailbox"], certificates={}, use_mailbox=False)
    skipped = {item.case.id: item.found for item in results if item.outcome is Outcome.SKIPPED}
    assert set(skipped) == {
        "tls.expired",
        "tls.revoked",
        "tls.brought-by",
        "mailbox.belongs",
        "mailbox.acknowledge",
    }
    assert skipped["tls.expired"] == "needs the certificate 'expired'"


def test_the_mailbox_is_left_as_it_was_unless_it_may_be_used(crooked):
    """The letter that waited still waits."""
    place, straight = crooked
    straight.turn_to(None)
    place.put("m-stays")
    before = place.waiting()
    assert before
    place.results(only=["mailbox"], use_mailbox=False)
    assert before <= place.waiting()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_case_names_a_clause_of_the_protocol(case):
    """Which stands in the reference; and it says what it promises in both languages."""
    page = PAGE.read_text(encoding="utf-8")
    heading = re.search(rf"^#+ {re.escape(case.clause)}$", page, re.MULTILINE)
    assert heading or f"**{case.clause}" in page
    assert case.title.endswith(".")
    assert case.title_vi.endswith(".")
    assert case.title_vi != case.title
    assert re.fullmatch(r"[a-z]+\.[a-z-]+", case.id)


def test_ids_are_unique():
    """Each names one case."""
    assert len({case.id for case in CASES}) == len(CASES)


def test_cases_are_chosen_by_id_group_and_pattern():
    """In their own order; what means nothing is refused."""
    assert [case.id for case in chosen(only=["tus.checksum*", "about.health"])] == [
        "about.health",
        "tus.checksum-wrong",
        "tus.checksum-right",
    ]
    assert {case.group for case in chosen(skip=["push", "tus"])}.isdisjoint({"push", "tus"})
    for wrong in ({"only": ["pish"]}, {"skip": ["x*"]}, {"only": ["push"], "skip": ["push"]}):
        with pytest.raises(UsageError):
            chosen(**wrong)
