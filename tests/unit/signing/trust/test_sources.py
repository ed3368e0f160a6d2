"""What is fetched because a certificate points to it, how often, and what is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import SubjectKeyIdentifier
from cryptography.x509.ocsp import load_der_ocsp_request
from signing_help import NOW, der

from docexchange.clock import VirtualClock
from docexchange.errors import TransportError
from docexchange.limits import MIB, FetchLimits
from docexchange.signing import SubIndication, TrustStore
from docexchange.signing.errors import Refusal
from docexchange.signing.trust import Sources
from docexchange.signing.trust.sources import Question
from docexchange.testing import (
    Authority,
    Loopback,
    OcspResponder,
    Page,
    RevocationList,
    Validity,
    access,
    freshest,
    ocsp_responder,
    points,
    purposes,
    subject_name,
)
from docexchange.transport import WebFetcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.signing import TrustedPath
    from docexchange.testing import Credential
    from docexchange.testing.extensions import Extra

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
YEARS = Validity(begin=NOW - 900 * DAY, end=NOW + 900 * DAY)
CRL, OCSP, CA = "http://pki.example/root.crl", "http://pki.example/ocsp", "http://pki.example/ca"


@dataclass(slots=True)
class Web:
    """A web of a few pages, all in memory: what is fetched without a network."""

    pages: dict[str, bytes | Callable[[bytes], bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def fetch(self, url: str, *, body: bytes | None, accept: str, limits: FetchLimits) -> bytes:
        """A page, or the error of one that is not there."""
        assert accept.startswith("application/")
        assert limits.octets
        self.asked.append(url)
        if url not in self.pages:
            raise TransportError(f"{url}: nobody there")
        page = self.pages[url]
        return page if isinstance(page, bytes) else page(body or b"")


@cache
def root() -> Authority:
    """A root that publishes nothing of its own accord."""
    return Authority.root(subject_name("Root"), key="p256", validity=YEARS, crl_uri="")


@cache
def below() -> Authority:
    """An authority under it, which says where its certificate and its list are."""
    return root().subordinate(
        subject_name("Below"), key="p256", validity=YEARS, crl_uri="", extensions=[points(CRL)]
    )


def seal(*extensions: Extra, issuer: Authority | None = None) -> Credential:
    """A seal of the root, or of another authority."""
    by = issuer or root()
    return by.issue(subject_name("Seal"), key="p256", validity=YEARS, extensions=extensions)


def crl(*revoked: Credential, by: Authority | None = None, **rest: Any) -> bytes:
    """A list of the root, or of another authority."""
    entries = {item.certificate: NOW - DAY for item in revoked}
    return der(
        RevocationList(revoked=entries, **rest).sign((by or root()).credential, at=NOW - HOUR)
    )


def store(web: Web, clock: VirtualClock | None = None, **limits: Any) -> TrustStore:
    """Trusts the root and may fetch."""
    sources = Sources(web, clock=clock or VirtualClock(NOW), limits=FetchLimits(**limits))
    return TrustStore([root().credential.der], sources=sources)


def judged(trust: TrustStore, leaf: Credential, **options: Any) -> TrustedPath:
    """The path of a seal without the certificates that belong to it."""
    return trust.find_path(leaf.der, [], **{"at": NOW, "check_revocation": True} | options)


def refused(reason: SubIndication, trust: TrustStore, leaf: Credential, **options: Any) -> None:
    """Insist on a refusal for that reason."""
    with pytest.raises(Refusal) as caught:
        judged(trust, leaf, **options)
    assert caught.value.sub_indication is reason, str(caught.value)


def responding(responder: OcspResponder) -> Callable[[bytes], bytes]:
    """A page that answers as of now."""
    return lambda question: responder.answer(question, at=NOW)


def test_the_list_that_a_certificate_points_to_is_fetched() -> None:
    """Once; the same question is then answered from memory."""
    web, leaf = Web({CRL: crl()}), seal(points(CRL))
    trust = store(web)
    assert judged(trust, leaf).evidence[0].kind == "CRL"
    assert judged(trust, seal(points(CRL))).subjects
    assert web.asked == [CRL]
    refused(SubIndication.REVOKED_NO_POE, store(Web({CRL: crl(leaf)})), leaf)


def test_nothing_is_fetched_that_is_at_hand() -> None:
    """Nor where revocation is not asked, nor where nothing may be fetched."""
    web, leaf = Web(), seal(points(CRL))
    assert judged(store(web), leaf, crls=[crl()])
    assert judged(store(web), leaf, check_revocation=False)
    refused(SubIndication.TRY_LATER, TrustStore([root().credential.der]), leaf)
    assert web.asked == []


def test_a_responder_is_asked_before_a_list_is_fetched() -> None:
    """And a list is fetched where it has no answer."""
    responder = OcspResponder(issuer=root().credential)
    leaf = seal(access(ocsp=OCSP), points(CRL))
    web = Web({OCSP: responding(responder), CRL: crl()})
    assert [item.kind for item in judged(store(web), leaf).evidence] == ["OCSP"]
    assert web.asked == [OCSP]
    web = Web({CRL: crl()})
    assert [item.kind for item in judged(store(web), leaf).evidence] == ["CRL"]
    web = Web({OCSP: lambda _question: b"junk", CRL: crl()})
    assert [item.kind for item in judged(store(web), leaf).evidence] == ["CRL"]
    responder.revoke(leaf.certificate, at=NOW - HOUR)
    web = Web({OCSP: responding(responder), CRL: crl()})
    refused(SubIndication.REVOKED_NO_POE, store(web), leaf)


def test_the_list_of_a_responder_that_must_be_checked_is_fetched() -> None:
    """Its own certificate says where; one whose authority waives it costs no request."""
    leaf = seal(access(ocsp=OCSP))
    for extensions, asked in (
        ((purposes("1.3.6.1.5.5.7.3.9"), points(CRL)), [OCSP, CRL]),
        ((*ocsp_responder(), points(CRL)), [OCSP]),
    ):
        delegate = seal(*extensions)
        answers = responding(OcspResponder(issuer=root().credential, signer=delegate))
        web = Web({OCSP: answers, CRL: crl()})
        assert "OCSP" in {item.kind for item in judged(store(web), leaf).evidence}
        assert web.asked == asked
    web = Web({OCSP: answers, CRL: crl(delegate)})
    assert judged(store(web), leaf)


def test_of_two_authorities_of_one_name_the_issuer_is_asked_about() -> None:
    """One that has a new key knows nothing of what the old one issued."""
    young = Authority.root(subject_name("Root"), key="p256", validity=YEARS, crl_uri="")
    responder, leaf = OcspResponder(issuer=root().credential), seal(access(ocsp=OCSP))
    asked: list[bytes] = []

    def answering(question: bytes) -> bytes:
        asked.append(load_der_ocsp_request(question).issuer_key_hash)
        return responder.answer(question, at=NOW)

    anchors = [root().credential.der, young.credential.der]
    for order in (anchors, anchors[::-1]):
        sources = Sources(Web({OCSP: answering}), clock=VirtualClock(NOW))
        assert judged(TrustStore(order, sources=sources), leaf).evidence[0].kind == "OCSP"
    key = root().credential.certificate.public_key()
    assert set(asked) == {SubjectKeyIdentifier.from_public_key(key).digest}


def test_deltas_are_fetched_with_their_list() -> None:
    """The certificate names where they are."""
    place = "http://pki.example/delta.crl"
    leaf = seal(points(CRL), freshest(place))
    pages = {CRL: crl(number=7, delta_uri=place), place: crl(number=8, base=7)}
    assert len(judged(store(Web(pages)), leaf).evidence) == 2
    pages[place] = crl(leaf, number=8, base=7)
    refused(SubIndication.REVOKED_NO_POE, store(Web(pages)), leaf)


def test_every_certificate_on_the_path_is_asked_about() -> None:
    """The authority's, too."""
    place = "http://pki.example/below.crl"
    leaf = seal(points(place), access(issuers=CA), issuer=below())
    pages = {CA: below().credential.der, CRL: crl(), place: crl(by=below())}
    web = Web(dict(pages))
    assert len(judged(store(web), leaf).subjects) == 3
    assert sorted(web.asked) == [place, CA, CRL]
    pages[CRL] = crl(below().credential)
    refused(SubIndication.REVOKED_CA_NO_POE, store(Web(dict(pages))), leaf)


@pytest.mark.parametrize("bundle", [True, False])
def test_a_missing_issuer_is_fetched(bundle: bool) -> None:  # noqa: FBT001
    """As one certificate or as a bundle; junk in its place leaves no path."""
    leaf = seal(access(issuers=CA), issuer=below())
    held = [below().credential.certificate]
    page = pkcs7.serialize_certificates(held, Encoding.DER) if bundle else der(held[0])
    options = {"check_revocation": False}
    assert judged(store(Web({CA: page})), leaf, **options)
    refused(SubIndication.NO_CERTIFICATE_CHAIN_FOUND, store(Web({CA: b"junk"})), leaf, **options)


def test_a_stranger_has_few_requests() -> None:
    """Whoever nobody vouches for can send us round no further than the budget."""
    other = Authority.root(subject_name("Other"), key="p256", validity=YEARS, crl_uri="")
    leaf = seal(access(issuers=CA), issuer=other)
    loop = seal(access(issuers=CA), issuer=other)
    web = Web({CA: loop.der})
    refused(SubIndication.NO_CERTIFICATE_CHAIN_FOUND, store(web, requests=2), leaf)
    assert len(web.asked) <= 2
    web = Web({CA: loop.der})
    refused(SubIndication.NO_CERTIFICATE_CHAIN_FOUND, store(web, requests=0), leaf)
    assert web.asked == []


def test_lists_are_fetched_only_where_an_anchor_vouches_for_the_certificate() -> None:
    """A stranger's certificate cannot have us ask for its lists."""
    other = Authority.root(subject_name("Other"), key="p256", validity=YEARS, crl_uri="")
    web = Web({CRL: crl()})
    leaf = seal(points(CRL), access(ocsp=OCSP), issuer=other)
    refused(SubIndication.NO_CERTIFICATE_CHAIN_FOUND, store(web), leaf)
    assert web.asked == []


def test_what_was_fetched_is_kept_until_the_next_is_due() -> None:
    """Then it is fetched again; what failed, after a minute."""
    clock = VirtualClock(NOW)
    web, leaf = Web(), seal(points(CRL))
    trust = store(web, clock)
    refused(SubIndication.TRY_LATER, trust, leaf)
    refused(SubIndication.TRY_LATER, trust, leaf)
    assert len(web.asked) == 1
    web.pages[CRL] = crl(lifetime=2 * HOUR)
    clock.advance(timedelta(minutes=1))
    assert judged(trust, leaf, at=clock.now())
    clock.advance(timedelta(minutes=58))
    assert judged(trust, leaf, at=clock.now())
    assert len(web.asked) == 2
    clock.advance(timedelta(minutes=2))
    refused(SubIndication.TRY_LATER, trust, leaf, at=clock.now())
    assert len(web.asked) == 3


def test_what_is_kept_has_a_bound_in_octets() -> None:
    """What was not asked for longest makes room; one that is larger than all room stays alone."""
    size = 16 * MIB
    web = Web({f"http://pki.example/{n}": bytes(size) for n in range(6)})
    web.pages["http://pki.example/5"] = bytes(5 * size)
    sources = Sources(web, clock=VirtualClock(NOW))

    def asked(number: int) -> Question:
        return Question(
            url=f"http://pki.example/{number}",
            accept="application/pkix-crl",
            good_until=lambda _octets: NOW + DAY,
        )

    def kept() -> list[int]:
        return [n for n in range(6) if sources.kept(asked(n)) is not None]

    for number in range(4):
        sources.ask(asked(number))
    assert kept() == [0, 1, 2, 3]
    assert sources.kept(asked(0)) is not None
    sources.ask(asked(4))
    assert kept() == [0, 2, 3, 4]
    sources.ask(asked(5))
    assert kept() == [5]


def test_it_works_over_a_real_connection() -> None:
    """Certificate, list and answer from a server on this machine, which is allowed for once."""
    responder = OcspResponder(issuer=below().credential)
    clock = VirtualClock(NOW)
    with Loopback() as server:
        leaf = seal(access(ocsp=server.url("/ocsp"), issuers=server.url("/ca")), issuer=below())
        server.pages["/ocsp"] = Page(responding(responder))
        server.pages["/ca"] = Page(below().credential.der)
        fetcher = WebFetcher(clock=clock, allowed=["127.0.0.0/8"])
        trust = TrustStore(
            [root().credential.der], crls=[crl()], sources=Sources(fetcher, clock=clock)
        )
        assert {item.kind for item in judged(trust, leaf).evidence} == {"CRL", "OCSP"}
        closed = Sources(WebFetcher(clock=clock), clock=clock)
        trust = TrustStore([root().credential.der], crls=[crl()], sources=closed)
        refused(SubIndication.NO_CERTIFICATE_CHAIN_FOUND, trust, leaf)
        assert server.asked == ["GET /ca", "POST /ocsp"]
