"""The TLS side of a server: its own certificate, and whom it lets in.

>>> context = server_context(ServerKey(certificate=path, key=path), trust, tell=print)

TLS 1.2 at least. A client certificate is asked for; one that does not lead to our anchors, or is
not valid now, ends the handshake. Whether it was revoked, and whose it is, each request tells.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docexchange.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from docexchange.signing import TrustStore

__all__ = ["ServerKey", "rely_on", "server_context"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerKey:
    """What the server shows to those who call."""

    certificate: Path
    """Its certificate and those in between, in PEM."""
    key: Path
    """Its private key, in PEM."""
    password: Callable[[], bytes] | None = None
    """Gives the password of the key."""


def server_context(
    key: ServerKey, trust: TrustStore, *, tell: Callable[[str], None]
) -> ssl.SSLContext:
    """Set up TLS.

    Args:
        key: of the server.
        trust: anchors that client certificates must lead to.
        tell: is told why a handshake failed.

    Raises:
        ConfigurationError: the certificate or the key cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_OPTIONAL
    context.set_alpn_protocols(["http/1.1"])
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    rely_on(context, (*trust.anchors, *trust.intermediates))
    context.sslobject_class = _told(tell)
    _load(context, key)
    return context


def rely_on(context: ssl.SSLContext, authorities: Iterable[bytes]) -> None:
    """Let a context trust what leads to one of these authorities.

    Args:
        context: of either side.
        authorities: DER of their certificates.
    """
    # An anchor may be an authority without its root, as in TrustStore.
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    # As PEM: after DER the ssl module takes an old error of this thread for one of these.
    context.load_verify_locations(cadata="".join(map(ssl.DER_cert_to_PEM_cert, authorities)))


def _load(context: ssl.SSLContext, key: ServerKey) -> None:
    try:
        # An empty password rather than none: OpenSSL would ask on the terminal.
        context.load_cert_chain(key.certificate, key.key, key.password or (lambda: b""))
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"[server]: expected a certificate and its key in {key.certificate} and {key.key}, "
            f"found: {error}",
            code="configuration.server-key",
            advice="Both must be PEM files; the password stands in a file of its own.",
        ) from error


def _told(tell: Callable[[str], None]) -> type[ssl.SSLObject]:
    class Told(ssl.SSLObject):
        """Nobody else hears of a handshake that failed: no protocol was there yet."""

        def do_handshake(self) -> None:
            try:
                super().do_handshake()
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                raise
            except ssl.SSLError as error:
                tell(_reason(error))
                raise

    return Told


def _reason(error: Any) -> str:
    return str(getattr(error, "verify_message", "") or error.reason or "no TLS")
