"""Who a node is in TLS, and how it knows that others are who the directory says.

>>> tls = client_identity(key, trusted=trust.anchors)
>>> peers = Peers(directory=InForce(directory), trust=trust, clock=clock)

TLS checks the name of the host and the path to our authorities. That the certificate is the one of
the agency that we want to talk to, and was not revoked, only directory and trust can tell.
"""

from __future__ import annotations

import secrets
import ssl
import tempfile
from typing import TYPE_CHECKING, Final

from docexchange.clock import vietnam_date
from docexchange.directory import matches_in_flight
from docexchange.errors import ConfigurationError, TransportError
from docexchange.signing.certificates import fingerprint
from docexchange.signing.errors import Refusal
from docexchange.signing.trust import PathRules
from docexchange.signing.verdicts import SubIndication
from docexchange.web.tls import rely_on

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docexchange.clock import Clock
    from docexchange.directory import InForce
    from docexchange.identifiers import OrganId
    from docexchange.signing import SigningKey, TrustStore

__all__ = ["Peers", "client_identity"]

_SERVES: Final = PathRules(purposes=frozenset({"1.3.6.1.5.5.7.3.1", "2.5.29.37.0"}))
"""Certificates that name purposes must name that of a server (RFC 5280, 4.2.1.12), or any."""


class Peers:
    """Ties the certificates of servers to agencies.

    Args:
        directory: which certificate belongs to whom; asked anew each time.
        trust: anchors and revocation lists.
        clock: tells the time.
    """

    def __init__(self, *, directory: InForce, trust: TrustStore, clock: Clock) -> None:
        self._directory = directory
        self._trust = trust
        self._clock = clock

    def __call__(self, certificates: Sequence[bytes], agency: OrganId) -> None:
        """Let a server pass as the node of an agency.

        Args:
            certificates: DER of its certificate and of those above it.
            agency: whose node it should be.

        Raises:
            TransportError: it is somebody else's, or not to be trusted now.
        """
        leaf, *others = certificates
        now = self._clock.now()
        today = vietnam_date(now)
        found = matches_in_flight(self._directory(), agency, fingerprint(leaf), at=today)
        if not found.bound:
            raise TransportError(
                f"node of {agency}: {found.reason}",
                retryable=False,
                code="transport.wrong-peer",
                advice="Compare endpoint and certificates of that agency in the directory.",
            )
        try:
            self._trust.find_path(leaf, others, at=now, check_revocation=True, rules=_SERVES)
        except Refusal as error:
            raise _untrusted(agency, error) from error


def client_identity(
    key: SigningKey | None, *, trusted: Sequence[bytes]
) -> Callable[[], ssl.SSLContext]:
    """What makes TLS contexts for a node that calls others.

    Args:
        key: what it shows; None for a node without a certificate, which nobody lets in.
        trusted: DER of the authorities that servers' certificates must lead to.

    Raises:
        ConfigurationError: the key cannot be used for TLS.
    """

    def make() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        rely_on(context, trusted)
        if key is not None:
            _load(context, key)
        return context

    make()  # so that a key that cannot be used is noticed at the start
    return make


def _load(context: ssl.SSLContext, key: SigningKey) -> None:
    """Hand a key to OpenSSL, which takes it from a file only: encrypted, and soon gone."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
    )

    private = key.private_key
    if not isinstance(
        private, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey)
    ):
        raise _unusable("a key in a file", "one on a device")
    secret = secrets.token_hex(32).encode()
    with tempfile.NamedTemporaryFile() as file:
        file.write(
            private.private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(secret)
            )
        )
        for der in key.certificates:
            file.write(ssl.DER_cert_to_PEM_cert(der).encode())
        file.flush()
        try:
            context.load_cert_chain(file.name, password=secret)
        except ssl.SSLError as error:
            raise _unusable("a key that TLS can use", str(error)) from error


def _unusable(expected: str, found: str) -> ConfigurationError:
    return ConfigurationError(
        f"[tls]: expected {expected}, found {found}",
        code="configuration.tls",
        advice="Give a certificate and its key as PEM or PKCS#12 files.",
    )


def _untrusted(agency: OrganId, error: Refusal) -> TransportError:
    if error.sub_indication is SubIndication.TRY_LATER:
        code, advice = "transport.peer-unproved", "Bring our revocation lists up to date."
    else:
        code, advice = "transport.untrusted-peer", "Ask that agency for its new certificate."
    return TransportError(
        f"node of {agency}: expected a certificate that is good now, found otherwise: {error}",
        code=code,
        advice=error.advice or advice,
    )
