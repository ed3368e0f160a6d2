"""What a certificate tells us to fetch: issuers, revocation lists, answers about revocation.

This module decides what to ask for and remembers what came; how it is fetched is given to it, since
nothing in this room talks to the network:

>>> sources = Sources(WebFetcher(clock=clock), clock=clock)
>>> trust = TrustStore.from_path("trust/", sources=sources)

What was fetched is kept by address until the next is due, as far as there is room. A fetch that
fails is not an error here: without the evidence the verdict is "try later". Nobody is asked twice
within a minute.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol

from docexchange.errors import TransportError
from docexchange.limits import MIB, FetchLimits
from docexchange.signing.trust.parsing import answer_of, certificates_in, in_turn, list_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from docexchange.clock import Clock

__all__ = ["Errand", "Fetcher", "Question", "Sources", "addresses_of"]

_REMEMBERED: Final = 256
_OCTETS: Final = 64 * MIB
"""Most octets that are remembered, unless the last answer alone has more: lists of authorities have
kilobytes, some have ten megabytes, and a stranger's certificate may point to any."""
_ASK_AGAIN: Final = timedelta(minutes=1)
_ISSUER_GOOD_FOR: Final = timedelta(days=1)
_OCSP_ANSWER: Final = "application/ocsp-response"
_LIST: Final = "application/pkix-crl"
_CERTIFICATE: Final = "application/pkix-cert"


class Fetcher(Protocol):
    """Gets octets from an address."""

    def fetch(self, url: str, *, body: bytes | None, accept: str, limits: FetchLimits) -> bytes:
        """Ask an address.

        Args:
            url: the address, as a certificate has it; it may be anything.
            body: what to post; None to get.
            accept: the media type wanted.
            limits: how much, how long, how far.

        Raises:
            TransportError: nothing came, or something that must not be taken.
        """


@dataclass(frozen=True, slots=True)
class _Kept:
    octets: bytes | None
    until: datetime

    @property
    def size(self) -> int:
        """Octets that are held on to."""
        return len(self.octets or b"")


@dataclass(slots=True)
class Sources:
    """Fetches what certificates point to, within limits, and remembers it. Threads may share it."""

    fetcher: Fetcher
    """How."""
    clock: Clock = field(kw_only=True)
    """Tells how long what came is good for."""
    limits: FetchLimits = field(default_factory=FetchLimits, kw_only=True)
    """How much."""
    _kept: OrderedDict[tuple[str, bytes | None], _Kept] = field(
        default_factory=OrderedDict, init=False, repr=False
    )
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    def errand(self) -> Errand:
        """The requests for one judgement, as many as the limits allow."""
        return Errand(self, self.limits.requests)

    def kept(self, question: Question) -> _Kept | None:
        """What came of a question before, and is still good; its octets are None if nothing did."""
        with self._lock:
            kept = self._kept.get(question.key)
            if kept is not None:
                self._kept.move_to_end(question.key)
        return kept if kept is not None and self.clock.now() < kept.until else None

    def ask(self, question: Question) -> bytes | None:
        """Fetch, and remember for as long as the answer is good."""
        soon = self.clock.now() + _ASK_AGAIN
        try:
            octets = self.fetcher.fetch(
                question.url, body=question.body, accept=question.accept, limits=self.limits
            )
        except TransportError:
            self._keep(question.key, _Kept(None, soon))
            return None
        self._keep(question.key, _Kept(octets, max(question.good_until(octets) or soon, soon)))
        return octets

    def _keep(self, key: tuple[str, bytes | None], kept: _Kept) -> None:
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and self._holds_too_much():
                self._kept.popitem(last=False)

    def _holds_too_much(self) -> bool:
        held = sum(kept.size for kept in self._kept.values())
        return held > _OCTETS or len(self._kept) > _REMEMBERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request."""

    url: str
    """The address."""
    body: bytes | None = None
    """What to post; None to get."""
    accept: str
    """The media type wanted."""
    good_until: Callable[[bytes], datetime | None]
    """When what came is to be asked for again."""

    @property
    def key(self) -> tuple[str, bytes | None]:
        """The same for the same request."""
        return self.url, self.body


@dataclass(slots=True)
class Errand:
    """Fetches for one judgement, until its requests are used up."""

    sources: Sources
    """Where to."""
    left: int
    """Requests that may still be made; what is remembered costs none."""

    def issuers_of(self, certificate: Any) -> list[bytes]:
        """DER of certificates that may have issued this one (``caIssuers``).

        Args:
            certificate: as asn1crypto has it.
        """
        tomorrow = self.sources.clock.now() + _ISSUER_GOOD_FOR
        found = self._all(
            Question(url=url, accept=_CERTIFICATE, good_until=lambda _octets: tomorrow)
            for url in _access(certificate, "ca_issuers")
        )
        return [der for octets in found for der in certificates_in(octets)]

    def lists_for(self, certificate: Any) -> list[bytes]:
        """DER of the revocation lists that a certificate points to, and of their deltas.

        Args:
            certificate: as asn1crypto has it.
        """
        return self._all(
            Question(url=url, accept=_LIST, good_until=_next_list)
            for url in _places_of_lists(certificate)
        )

    def answers_for(self, certificate: Any, issuer: Any) -> list[bytes]:
        """DER of what the responders say that a certificate names.

        Args:
            certificate: as asn1crypto has it.
            issuer: the certificate of its issuer, as asn1crypto has it.
        """
        urls = _access(certificate, "ocsp")
        body = _request(certificate, issuer) if urls else None
        return self._all(
            Question(url=url, body=body, accept=_OCSP_ANSWER, good_until=_next_answer)
            for url in urls
        )

    def _all(self, questions: Iterable[Question]) -> list[bytes]:
        return [octets for item in questions if (octets := self._one(item)) is not None]

    def _one(self, question: Question) -> bytes | None:
        kept = self.sources.kept(question)
        if kept is not None:
            return kept.octets
        self.left -= 1
        return self.sources.ask(question) if self.left >= 0 else None


@in_turn
def addresses_of(certificate: Any) -> list[str]:
    """Where its issuer says that it publishes what was revoked: lists first, then responders.

    Args:
        certificate: as asn1crypto has it.
    """
    lists = _urls_of_points(certificate.crl_distribution_points_value)
    return list(dict.fromkeys((*lists, *_access(certificate, "ocsp"))))


@in_turn
def _places_of_lists(certificate: Any) -> list[str]:
    points = (certificate.crl_distribution_points_value, certificate.freshest_crl_value)
    return list(dict.fromkeys(url for value in points for url in _urls_of_points(value)))


@in_turn
def _access(certificate: Any, method: str) -> list[str]:
    descriptions = certificate.authority_information_access_value or ()
    places = (item for item in descriptions if item["access_method"].native == method)
    return [url for place in places for url in _urls([place["access_location"]])]


def _urls_of_points(points: Any) -> Iterator[str]:
    for point in points or ():
        name = point["distribution_point"]
        if name.native is not None and name.name == "full_name":
            yield from _urls(name.chosen)


def _urls(names: Iterable[Any]) -> Iterator[str]:
    for name in names:
        if name.name == "uniform_resource_identifier":
            yield str(name.native)


@in_turn
def _next_list(octets: bytes) -> datetime | None:
    found = list_of(octets)
    due: datetime | None = found["tbs_cert_list"]["next_update"].native if found else None
    return due


@in_turn
def _next_answer(octets: bytes) -> datetime | None:
    found = answer_of(octets)
    if found is None:
        return None
    responses = found.basic_ocsp_response["tbs_response_data"]["responses"]
    due: datetime | None = responses[0]["next_update"].native if responses else None
    return due


@in_turn
def _request(certificate: Any, issuer: Any) -> bytes:
    """A question about one certificate (RFC 6960, 4.1.1), the same each time.

    Without a nonce, so that the answer can be kept; it is as fresh as it says. In SHA-1, which
    every responder knows (RFC 5019, 2.1.1): nothing rests on it, the answer is signed.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import ocsp

    subject, above = (x509.load_der_x509_certificate(item.dump()) for item in (certificate, issuer))
    builder = ocsp.OCSPRequestBuilder().add_certificate(subject, above, hashes.SHA1())  # noqa: S303
    return builder.build().public_bytes(Encoding.DER)
