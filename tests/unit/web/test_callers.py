"""Who is let in: by certificate, by trust, by directory; and that refusals are told."""

from __future__ import annotations

import re
import ssl
from datetime import timedelta

import httpx
import pytest
from exchange_help import CENTRAL, COMMUNE, DISTRICT, World, entries, trust_in
from web_help import CLIENT_AUTH, SERVER_AUTH, Site, chain_of

from docexchange.clock import VirtualClock
from docexchange.directory import IN_FLIGHT_DAYS, Directory, InForce
from docexchange.errors import ConfigurationError
from docexchange.identifiers import OrganId
from docexchange.node.serving.serving import served
from docexchange.testing import Validity, purposes, subject_name
from docexchange.web import Callers
from docexchange.web.callers import chosen
from docexchange.web.refusals import Refused

TUS = {"Tus-Resumable": "1.0.0"}


def listed(client):
    """Something that only callers with a name may ask."""
    return client.get("/v1/mailbox")


def test_without_a_certificate_nobody_is_let_in(shared_site):
    """401 for everything but what tells about the node; it is told why."""
    with shared_site.client(None) as client:
        answer = listed(client)
        assert (answer.status_code, answer.json()["code"]) == (401, "http.no-certificate")
        document = client.get("/v1/openapi.json").json()["paths"]
        free = {
            path for path in document if any(it["security"] == [] for it in document[path].values())
        }
        assert free == {"/v1/health", "/v1/ready", "/v1/openapi.json"}
        for path in ("/v1/health", "/v1/ready", "/v1/openapi.json"):
            assert client.get(path).status_code == 200
    assert (401, "http.no-certificate") in shared_site.reasons()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("expired", "certificate has expired"),
        ("stranger", "self-signed certificate in certificate chain"),
    ],
)
def test_a_certificate_that_proves_nothing_ends_the_handshake(shared_site, name, reason):
    """Before a word of HTTP; it is told why."""
    with (
        shared_site.client(getattr(shared_site.pki, name)) as client,
        pytest.raises(
            (httpx.ReadError, httpx.RemoteProtocolError, httpx.ConnectError, httpx.WriteError)
        ),
    ):
        listed(client)
    told = [item.fields for item in shared_site.world.events if item.name == "http.refused"]
    assert reason in [item["reason"] for item in told if item.get("code") == "http.handshake"]


def calls_of(site):
    """Every call of the document that asks for a certificate, with a place that might be."""
    with site.client(None) as client:
        document = client.get("/v1/openapi.json").json()
    return [
        (method.upper(), re.sub(r"\{[a-z_]+\}", "0" * 32, path))
        for path, methods in document["paths"].items()
        for method, call in methods.items()
        if call["security"] != []
    ]


def test_no_call_can_be_made_without_the_right_certificate(shared_site):
    """Walking the document: without, revoked, of nobody in the directory, for another agency."""
    pki, calls = shared_site.pki, calls_of(shared_site)
    assert len(calls) >= 10
    other = {"Docexchange-From": str(CENTRAL)}
    for credential, fields, status in (
        (None, {}, 401),
        (pki.revoked, {}, 403),
        (fresh(pki), {}, 403),
        (pki.agency(COMMUNE), other, 403),
    ):
        with shared_site.client(credential) as client:
            found = {
                (method, path): client.request(method, path, headers={**TUS, **fields}).status_code
                for method, path in calls
            }
        assert found == dict.fromkeys(calls, status)


def test_a_revoked_certificate_is_refused_at_the_request(shared_site):
    """TLS knows no revocation lists; we do."""
    with shared_site.client(shared_site.pki.revoked) as client:
        answer = listed(client)
    assert (answer.status_code, answer.json()["code"]) == (403, "certificate.revoked")
    assert (403, "certificate.revoked") in shared_site.reasons()


def test_a_certificate_that_the_directory_does_not_list_is_refused(shared_site):
    """Though it names an agency, and is in order otherwise."""
    with shared_site.client(fresh(shared_site.pki)) as client:
        answer = listed(client)
    assert (answer.status_code, answer.json()["code"]) == (403, "http.unknown-caller")


def fresh(pki, *extensions):
    """Another certificate in the commune's name."""
    first = pki.agency(COMMUNE).certificate
    return pki.sub_ca.issue(
        subject_name("UBND xã An Thạnh", code=str(COMMUNE)),
        key=pki.key,
        validity=Validity(begin=first.not_valid_before_utc, end=first.not_valid_after_utc),
        extensions=extensions,
    )


def test_somebody_who_asks_for_another_agency_is_refused(shared_site):
    """403, and it is told."""
    with shared_site.client(shared_site.pki.agency(COMMUNE)) as client:
        answer = client.get("/v1/mailbox", headers={"Docexchange-From": str(CENTRAL)})
    assert (answer.status_code, answer.json()["code"]) == (403, "http.other-caller")
    assert (403, "http.other-caller") in shared_site.reasons()


def test_what_is_told_names_the_certificate_and_nobody(shared_site):
    """Its digest is enough to find it; names and content are nobody's business."""
    shared_site.world.events.clear()
    with shared_site.client(shared_site.pki.revoked) as client:
        listed(client)
    (event,) = [item for item in shared_site.world.events if item.name == "http.refused"]
    assert event.fields["certificate"] == shared_site.pki.revoked.sha256
    assert "UBND" not in str(event.fields)


# --- without a network ---------------------------------------------------------------------------


def callers(pki, *, clock=None, trust=None, **changes):
    """Callers by the PKI of the tests."""
    return Callers(
        trust=trust or trust_in(pki),
        directory=InForce(Directory(entries(pki, **changes))),
        clock=clock or VirtualClock(pki.at),
    )


def test_the_directory_says_whose_a_certificate_is(pki):
    """Seal or leader's; a fresh one once it is entered."""
    assert callers(pki).judge(chain_of(pki.agency(COMMUNE))) == (COMMUNE,)
    assert callers(pki).judge(chain_of(pki.leader(DISTRICT))) == (DISTRICT,)
    other = fresh(pki)
    entered = callers(pki, commune={"certificates": (other.sha256,)})
    assert entered.judge(chain_of(other)) == (COMMUNE,)


def test_an_entry_whose_days_are_over_gives_nobody_a_name(pki):
    """The directory answers for today; for some days more where letters may be on their way."""
    chain = chain_of(pki.agency("commune"))
    yesterday = pki.at.date() - timedelta(days=1)
    assert callers(pki, commune={"valid_to": yesterday}).judge(chain) == (COMMUNE,)
    long_ago = pki.at.date() - timedelta(days=IN_FLIGHT_DAYS + 2)
    closed = callers(pki, commune={"valid_to": long_ago})
    with pytest.raises(Refused) as caught:
        closed.judge(chain_of(pki.agency(COMMUNE)))
    assert (caught.value.status, caught.value.code) == (403, "http.unknown-caller")


@pytest.mark.parametrize(("purpose", "fits"), [(CLIENT_AUTH, True), (SERVER_AUTH, False)])
def test_a_certificate_must_be_one_to_log_in_with(pki, purpose, fits):
    """One that names purposes must name that of a client."""
    other = fresh(pki, purposes(purpose))
    entered = callers(pki, commune={"certificates": (other.sha256,)})
    if fits:
        assert entered.judge(chain_of(other)) == (COMMUNE,)
    else:
        with pytest.raises(Refused) as caught:
            entered.judge(chain_of(other))
        assert caught.value.code == "certificate.extended-key-usage"


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("expired", 403, "http.certificate"),
        ("stranger", 403, "certificate.no-chain"),
        ("revoked", 403, "certificate.revoked"),
    ],
)
def test_we_judge_a_certificate_ourselves_whatever_tls_said(pki, name, status, code):
    """Also behind a server that asks for any certificate."""
    credential = getattr(pki, name)
    entered = callers(pki, commune={"certificates": (credential.sha256,)})
    with pytest.raises(Refused) as caught:
        entered.judge(chain_of(credential))
    assert (caught.value.status, caught.value.code) == (status, code)


def test_without_current_revocation_lists_the_caller_is_asked_to_come_later(pki):
    """503: that is our fault, not his."""
    late = VirtualClock(pki.at + timedelta(days=90))
    with pytest.raises(Refused) as caught:
        callers(pki, clock=late).judge(chain_of(pki.agency(COMMUNE)))
    assert (caught.value.status, caught.value.headers["Retry-After"]) == (503, "60")


def test_what_is_no_certificate_is_refused(pki):
    """403; nothing at all: 401."""
    odd = ssl.DER_cert_to_PEM_cert(b"\x30\x03\x02\x01\x01")
    for chain, status in (((odd,), 403), ((), 401)):
        with pytest.raises(Refused) as caught:
            callers(pki).judge(chain)
        assert caught.value.status == status


def test_a_verdict_is_remembered_for_its_minute_and_no_longer(pki):
    """Nor beyond the end of the certificate; a refusal is not remembered at all."""
    clock = VirtualClock(pki.at)
    ours, chain = callers(pki, clock=clock), chain_of(pki.agency(COMMUNE))
    assert ours.remembered(chain) == ()
    ours.judge(chain)
    assert ours.remembered(chain) == (COMMUNE,)
    clock.advance(timedelta(minutes=1))
    assert ours.remembered(chain) == ()
    with pytest.raises(Refused):
        ours.judge(chain_of(pki.stranger))
    assert ours.remembered(chain_of(pki.stranger)) == ()


def test_a_certificate_that_ends_within_the_minute_counts_to_its_last_second(pki):
    """The verdict of that minute is no longer given out then."""
    end = pki.at + timedelta(seconds=10)
    short = pki.sub_ca.issue(
        subject_name("UBND"),
        key="p256",
        validity=Validity(begin=pki.at - timedelta(days=1), end=end),
    )
    clock = VirtualClock(pki.at)
    ours = callers(pki, clock=clock, commune={"certificates": (short.sha256,)})
    assert ours.judge(chain_of(short)) == (COMMUNE,)
    clock.advance(timedelta(seconds=11))
    assert ours.remembered(chain_of(short)) == ()
    with pytest.raises(Refused):
        ours.judge(chain_of(short))


def test_one_certificate_of_two_agencies_needs_a_name(pki):
    """400 without, either with it, 403 with a third; in both code systems."""
    shared = pki.agency(COMMUNE).sha256
    both = callers(pki, district={"certificates": (shared,)})
    agencies = both.judge(chain_of(pki.agency(COMMUNE)))
    assert set(agencies) == {COMMUNE, DISTRICT}
    assert chosen(agencies, "H53.31") == DISTRICT
    assert chosen(agencies, str(COMMUNE)) == COMMUNE
    for wanted, status in ((None, 400), ("", 400), ("a/b", 400), (str(CENTRAL), 403)):
        with pytest.raises(Refused) as caught:
            chosen(agencies, wanted)
        assert caught.value.status == status


def test_an_agency_that_is_alone_needs_no_name():
    """Its own may be given nevertheless."""
    assert chosen((OrganId("H53"),), None) == OrganId("H53")
    assert chosen((OrganId("H53"),), "000.00.00.H53") == OrganId("H53")


def test_a_server_without_its_key_says_so(world: World):
    """A certificate that is not there, and a key that is another's."""
    site = Site(world)
    config = site._config()
    wrong = config.server.model_copy(update={"key": str(site.files(site.pki.agency(COMMUNE))[1])})
    gone = config.server.model_copy(update={"certificate": "gone.pem"})
    for server in (wrong, gone):
        with (
            pytest.raises(ConfigurationError) as caught,
            served(site.node, config.model_copy(update={"server": server})),
        ):
            pass
        assert caught.value.code == "configuration.server-key"
