"""A timestamp authority and an OCSP responder at addresses of this machine, for code under test.

with ServedTsa(pki, clock=clock) as tsa, ServedOcsp(pki, clock=clock) as ocsp:
    token = TsaClient((tsa.url,)).stamp(b"what was signed", at=clock.now())
    ocsp.revoke(pki.agency("commune").certificate)
    with tsa.down():
        ...                                       # it answers 503
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

from docexchange.testing.loopback import Loopback, Page
from docexchange.testing.responder import OcspResponder
from docexchange.testing.timestamps import TimestampAuthority

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography import x509

    from docexchange.clock import Clock
    from docexchange.testing.pki import DemoPki

__all__ = ["ServedOcsp", "ServedTsa"]


class _Served:
    """One page on loopback that can be taken down."""

    def __init__(self, page: Page) -> None:
        self._server: Final = Loopback()
        self._server.pages["/"] = page

    @property
    def url(self) -> str:
        """Where it answers."""
        return self._server.url("/")

    @property
    def asked(self) -> int:
        """How often it was asked."""
        return len(self._server.asked)

    @contextmanager
    def down(self) -> Iterator[None]:
        """Answer 503 as long as the block runs."""
        self._server.down.add("/")
        try:
            yield
        finally:
            self._server.down.clear()

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._server.__exit__(*exc_info)


class ServedTsa(_Served):
    """The timestamp authority of a PKI, over HTTP.

    Args:
        pki: whose.
        clock: tells the time that tokens carry.
    """

    def __init__(self, pki: DemoPki, *, clock: Clock) -> None:
        self.authority: Final = TimestampAuthority(pki.tsa, clock=clock)
        """Who answers; can be asked without HTTP."""
        headers = {"Content-Type": "application/timestamp-reply"}
        super().__init__(Page(self.authority.answer, headers=headers))


class ServedOcsp(_Served):
    """The OCSP responder of a PKI's authority, over HTTP.

    Args:
        pki: whose.
        clock: tells the time of answers and revocations.
    """

    def __init__(self, pki: DemoPki, *, clock: Clock) -> None:
        self.responder: Final = OcspResponder(issuer=pki.sub_ca.credential)
        """Who answers; can be asked without HTTP."""
        self._clock: Final = clock
        super().__init__(Page(self._answer, headers={"Content-Type": "application/ocsp-response"}))

    def _answer(self, question: bytes) -> bytes:
        return self.responder.answer(question, at=self._clock.now())

    def revoke(self, certificate: x509.Certificate) -> None:
        """From now on, say that a certificate was revoked.

        Args:
            certificate: of the authority of the PKI.
        """
        self.responder.revoke(certificate, at=self._clock.now())
