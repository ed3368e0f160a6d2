"""How certificates and revocation lists are made: one small certification authority.

What is made depends only on the arguments and on the fresh keys. Below a root there may be one
level of other authorities; `_profile` says what stands in what they issue.

    from datetime import UTC, datetime, timedelta
    from docexchange.testing import Authority, Validity, subject_name

    begin = datetime(2026, 1, 1, tzinfo=UTC)
    years = Validity(begin=begin, end=begin + timedelta(days=3650))
    uri = "http://crl.demo.invalid/root.crl"
    root = Authority.root(subject_name("Root"), key="p256", validity=years, crl_uri=uri)
    seal = root.issue(subject_name("UBND xã An Thạnh"), key="p256", validity=years)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self

from cryptography import x509

from docexchange.errors import UsageError
from docexchange.testing._profile import (
    authority_builder,
    base_builder,
    digest,
    distribution_point,
    key_identifier,
    key_usage,
    revocation,
    sign,
)
from docexchange.testing.credentials import Credential, KeyKind, PrivateKey, new_key
from docexchange.testing.validity import Validity, check_aware

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["Authority"]

_CRL_LIFETIME: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A certification authority: issues certificates, revokes them, publishes lists."""

    credential: Credential
    """Its own certificate and key."""
    crl_uri: str
    """Where its list is published; stands in what it issues. Nobody needs to answer there."""

    @classmethod
    def root(cls, name: x509.Name, *, key: KeyKind, validity: Validity, crl_uri: str) -> Self:
        """Make an authority that vouches for itself and may have one level of others below.

        Args:
            name: its subject and issuer.
            key: kind of its key.
            validity: of its certificate.
            crl_uri: where its list is published.
        """
        private_key = new_key(key)
        builder = authority_builder(name, private_key, validity, path_length=1)
        certificate = sign(builder.issuer_name(name), private_key)
        credential = Credential(certificate=certificate, private_key=private_key)
        return cls(credential=credential, crl_uri=crl_uri)

    def subordinate(
        self, name: x509.Name, *, key: KeyKind, validity: Validity, crl_uri: str
    ) -> Authority:
        """Make an authority below this one, which issues to signers only.

        Args:
            name: its subject.
            key: kind of its key.
            validity: of its certificate.
            crl_uri: where its own list is published.
        """
        private_key = new_key(key)
        builder = authority_builder(name, private_key, validity, path_length=0)
        return Authority(credential=self._vouch(builder, private_key), crl_uri=crl_uri)

    def issue(
        self,
        subject: x509.Name,
        *,
        key: KeyKind,
        validity: Validity,
        purpose: x509.ObjectIdentifier | None = None,
    ) -> Credential:
        """Issue a certificate that may sign documents and nothing else.

        Args:
            subject: whom it names.
            key: kind of its key.
            validity: of the certificate.
            purpose: the one extended purpose, critical; none for documents.
        """
        private_key = new_key(key)
        builder = base_builder(subject, private_key, validity)
        end_entity = x509.BasicConstraints(ca=False, path_length=None)
        builder = builder.add_extension(end_entity, critical=True)
        builder = builder.add_extension(key_usage(signer=True), critical=True)
        if purpose is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
        return self._vouch(builder, private_key)

    def crl(
        self,
        revoked: Mapping[x509.Certificate, datetime],
        *,
        at: datetime,
        lifetime: timedelta = _CRL_LIFETIME,
    ) -> x509.CertificateRevocationList:
        """Publish the list of what is revoked, as it stands at a time.

        Args:
            revoked: certificates of this authority, each with the time of its revocation; those
                revoked later than ``at`` are left out.
            at: when the list is issued, timezone-aware; its number is the Unix time.
            lifetime: from then until the next list is due.

        Raises:
            UsageError: a certificate that this authority did not issue, or a time without zone.
        """
        own = self.credential.certificate
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(own.subject)
            .last_update(check_aware(at, "at"))
            .next_update(at + lifetime)
            .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
            .add_extension(key_identifier(own), critical=False)
        )
        for certificate, when in revoked.items():
            self._check_issued(certificate)
            if when <= at:
                builder = builder.add_revoked_certificate(revocation(certificate, when))
        key = self.credential.private_key
        return builder.sign(key, digest(key))

    def _vouch(self, builder: x509.CertificateBuilder, private_key: PrivateKey) -> Credential:
        own = self.credential.certificate
        builder = builder.issuer_name(own.subject)
        builder = builder.add_extension(key_identifier(own), critical=False)
        builder = builder.add_extension(distribution_point(self.crl_uri), critical=False)
        certificate = sign(builder, self.credential.private_key)
        return Credential(certificate=certificate, private_key=private_key, chain=self._chain())

    def _chain(self) -> tuple[x509.Certificate, ...]:
        own = self.credential.certificate
        return () if own.issuer == own.subject else (own, *self.credential.chain)

    def _check_issued(self, certificate: x509.Certificate) -> None:
        own = self.credential.certificate
        if certificate.issuer != own.subject:
            raise UsageError(
                f"revocation: expected a certificate issued by {own.subject.rfc4514_string()}, "
                f"found one by {certificate.issuer.rfc4514_string()}",
                code="testing.revocation",
                advice="Ask the authority that issued it.",
            )
