"""What authorities offer over plain HTTP: timestamps, OCSP answers, revocation lists, certificates.

with Services() as services:
    pki = DemoPki.create(at=clock.now(), key="p256", revocation_url=services.url)
    services.offer(Papers(pki, clock=clock), pki, clock=clock)
    services.set_up(Service.OCSP, up=False)    # answers 503 from now on
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self

from cryptography.hazmat.primitives.serialization import Encoding

from docexchange.testing.loopback import Loopback, Page
from docexchange.testing.timestamps import TimestampAuthority

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.clock import Clock
    from docexchange.testing.pki import DemoPki
    from docexchange.testing.standin.papers import Papers

__all__ = ["Service", "Services"]


class Service(StrEnum):
    """One of them."""

    TSA = "tsa"
    """Timestamps (RFC 3161)."""
    OCSP = "ocsp"
    """Answers about revocation (RFC 6960), by POST."""
    CRL = "crl"
    """Revocation lists."""


_PATHS: Final = {
    Service.TSA: {"/tsa"},
    Service.OCSP: {"/ocsp"},
    Service.CRL: {"/sub-ca.crl", "/root.crl"},
}


class Services:
    """All of them behind one server on this machine; a context manager."""

    def __init__(self) -> None:
        self._server = Loopback()

    @property
    def url(self) -> str:
        """Where it is reached, without a slash at the end."""
        return self._server.url("")

    def addresses(self) -> dict[str, str]:
        """Where each is reached, by its name."""
        return {
            "tsa": f"{self.url}/tsa",
            "ocsp": f"{self.url}/ocsp",
            "crl": f"{self.url}/sub-ca.crl",
            "root_crl": f"{self.url}/root.crl",
        }

    def offer(self, papers: Papers, pki: DemoPki, *, clock: Clock) -> None:
        """Begin to answer.

        Args:
            papers: what is revoked.
            pki: whose authorities they are.
            clock: tells the time that timestamps carry.
        """
        stamps = TimestampAuthority(pki.tsa, clock=clock)
        issuer = pki.sub_ca.credential.certificate.public_bytes(Encoding.DER)
        self._server.pages = {
            "/tsa": _page(stamps.answer, "application/timestamp-reply"),
            "/ocsp": _page(papers.answer, "application/ocsp-response"),
            "/root.crl": _page(lambda _body: papers.root_list(), "application/pkix-crl"),
            "/sub-ca.crl": _page(lambda _body: papers.list(), "application/pkix-crl"),
            "/sub-ca.cer": Page(issuer),
        }

    def is_up(self, service: Service) -> bool:
        """Whether it answers.

        Args:
            service: which.
        """
        return self._server.down.isdisjoint(_PATHS[service])

    def set_up(self, service: Service, *, up: bool) -> None:
        """Let it answer, or say 503 to everybody.

        Args:
            service: which.
            up: whether it answers.
        """
        down = self._server.down
        (down.difference_update if up else down.update)(_PATHS[service])

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.__exit__(*error)


def _page(body: Callable[[bytes], bytes], media: str) -> Page:
    return Page(body, headers={"Content-Type": media})
