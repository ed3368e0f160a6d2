"""Revocation lists of every kind: complete or delta, direct or indirect.

from docexchange.testing import RevocationList

delta = RevocationList(number=8, base=7, revoked={seal.certificate: noon})
octets = delta.sign(root.credential, at=noon)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509

from docexchange.errors import UsageError
from docexchange.testing._profile import digest, key_identifier
from docexchange.testing.extensions import freshest
from docexchange.testing.validity import check_aware

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from docexchange.testing.credentials import Credential
    from docexchange.testing.extensions import Extra

__all__ = ["RevocationList"]

_EXPIRED_CERTS_ON_CRL: Final = x509.ObjectIdentifier("2.5.29.60")
_GENERALIZED_TIME: Final = b"\x18\x0f"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList:
    """What stands in a list.

    Raises:
        UsageError: a delta to a list that is not older.
    """

    number: int = 1
    """Its number (RFC 5280, 5.2.3)."""
    revoked: Mapping[x509.Certificate, datetime] = field(default_factory=dict)
    """What is revoked, each with the time."""
    reasons: Mapping[x509.Certificate, x509.ReasonFlags] = field(default_factory=dict)
    """Why; a stolen key where nothing is said. ``remove_from_crl`` takes an entry back."""
    lifetime: timedelta = timedelta(days=30)
    """From the issue until the next is due."""
    base: int | None = None
    """The number of the list that this one is a delta to; None for a complete list."""
    indirect: bool = False
    """Whether it speaks for other issuers (5.2.5)."""
    uri: str = ""
    """The distribution point it speaks for; empty for everything its issuer made."""
    delta_uri: str = ""
    """Where deltas to it are published (5.2.6); empty where there are none."""
    expired_kept_since: datetime | None = None
    """From when on expired certificates are kept on the list; None where it does not say."""

    def __post_init__(self) -> None:
        if self.base is not None and self.base >= self.number:
            raise UsageError(
                f"base: expected the number of an older list than {self.number}, found {self.base}",
                code="testing.revocation",
            )

    def sign(self, signer: Credential, *, at: datetime) -> x509.CertificateRevocationList:
        """Issue it.

        Args:
            signer: its issuer.
            at: when, timezone-aware.
        """
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(signer.certificate.subject)
            .last_update(check_aware(at, "at"))
            .next_update(at + self.lifetime)
            .add_extension(x509.CRLNumber(self.number), critical=False)
            .add_extension(key_identifier(signer.certificate), critical=False)
        )
        for extension, critical in self._extensions():
            builder = builder.add_extension(extension, critical)
        for certificate, when in self.revoked.items():
            builder = builder.add_revoked_certificate(self._entry(certificate, when))
        key = signer.private_key
        return builder.sign(key, digest(key))

    def _extensions(self) -> list[Extra]:
        found: list[Extra] = []
        if self.base is not None:
            found.append((x509.DeltaCRLIndicator(self.base), True))
        if self.indirect or self.uri:
            found.append((self._point(), True))
        if self.delta_uri:
            found.append(freshest(self.delta_uri))
        if self.expired_kept_since is not None:
            moment = check_aware(self.expired_kept_since, "expired_kept_since")
            octets = _GENERALIZED_TIME + f"{moment:%Y%m%d%H%M%S}Z".encode()
            found.append((x509.UnrecognizedExtension(_EXPIRED_CERTS_ON_CRL, octets), False))
        return found

    def _point(self) -> x509.IssuingDistributionPoint:
        return x509.IssuingDistributionPoint(
            full_name=[x509.UniformResourceIdentifier(self.uri)] if self.uri else None,
            relative_name=None,
            only_contains_user_certs=False,
            only_contains_ca_certs=False,
            only_some_reasons=None,
            indirect_crl=self.indirect,
            only_contains_attribute_certs=False,
        )

    def _entry(self, certificate: x509.Certificate, when: datetime) -> x509.RevokedCertificate:
        reason = self.reasons.get(certificate, x509.ReasonFlags.key_compromise)
        builder = (
            x509.RevokedCertificateBuilder()
            .serial_number(certificate.serial_number)
            .revocation_date(check_aware(when, "revocation"))
            .add_extension(x509.CRLReason(reason), critical=False)
        )
        if self.indirect:
            issuer = x509.CertificateIssuer([x509.DirectoryName(certificate.issuer)])
            builder = builder.add_extension(issuer, critical=True)
        return builder.build()
