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
    key_identifier,
    key_usage,
    sign,
    with_extras,
)
from docexchange.testing.credentials import Credential, KeyKind, PrivateKey, new_key
from docexchange.testing.extensions import points
from docexchange.testing.revocation_lists import RevocationList
from docexchange.testing.validity import Validity, check_aware

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from docexchange.testing.extensions import Extra

__all__ = ["Authority"]

_CRL_LIFETIME: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A certification authority: issues certificates, revokes them, publishes lists."""

    credential: Credential
    """Its own certificate and key."""
    crl_uri: str
    """Where its list is published; stands in what it issues, unless empty or another place is given
    there. Nobody needs to answer."""

    @classmethod
    def root(
        cls,
        name: x509.Name,
        *,
        key: KeyKind,
        validity: Validity,
        crl_uri: str,
        path_length: int | None = 1,
        extensions: Sequence[Extra] = (),
    ) -> Self:
        """Make an authority that vouches for itself and may have others below.

        Args:
            name: its subject and issuer.
            key: kind of its key.
            validity: of its certificate.
            crl_uri: where its list is published; empty for nowhere.
            path_length: how many levels of others; None for any number.
            extensions: what else stands in its certificate; see ``extensions``.
        """
        private_key = new_key(key)
        builder = authority_builder(name, private_key, validity, path_length=path_length)
        builder = with_extras(builder, extensions)
        certificate = sign(builder.issuer_name(name), private_key)
        credential = Credential(certificate=certificate, private_key=private_key)
        return cls(credential=credential, crl_uri=crl_uri)

    def subordinate(
        self,
        name: x509.Name,
        *,
        key: KeyKind,
        validity: Validity,
        crl_uri: str,
        path_length: int | None = 0,
        extensions: Sequence[Extra] = (),
    ) -> Authority:
        """Make an authority below this one, which issues to signers only if not told otherwise.

        Args:
            name: its subject.
            key: kind of its key.
            validity: of its certificate.
            crl_uri: where its own list is published; empty for nowhere.
            path_length: how many levels of others there may be below; None for any number.
            extensions: what else stands in its certificate; see ``extensions``.
        """
        private_key = new_key(key)
        builder = authority_builder(name, private_key, validity, path_length=path_length)
        credential = self._vouch(builder, private_key, extensions)
        return Authority(credential=credential, crl_uri=crl_uri)

    def cross_certify(self, other: Authority, *, validity: Validity) -> x509.Certificate:
        """Vouch for another authority: its name and its key, under this one.

        Args:
            other: the authority; what it has issued can now be traced to this one, too.
            validity: of the certificate.
        """
        held = other.credential
        builder = authority_builder(
            held.certificate.subject, held.private_key, validity, path_length=None
        )
        return self._vouch(builder, held.private_key).certificate

    def issue(
        self,
        subject: x509.Name,
        *,
        key: KeyKind,
        validity: Validity,
        extensions: Sequence[Extra] = (),
    ) -> Credential:
        """Issue a certificate that may sign documents and nothing else.

        Args:
            subject: whom it names.
            key: kind of its key.
            validity: of the certificate.
            extensions: what else stands in it; see ``extensions``.
        """
        private_key = new_key(key)
        builder = base_builder(subject, private_key, validity)
        end_entity = x509.BasicConstraints(ca=False, path_length=None)
        builder = builder.add_extension(end_entity, critical=True)
        builder = builder.add_extension(key_usage(signer=True), critical=True)
        return self._vouch(builder, private_key, extensions)

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
        moment = check_aware(at, "at")
        for certificate in revoked:
            self._check_issued(certificate)
        found = RevocationList(
            number=int(moment.timestamp()),
            revoked={item: when for item, when in revoked.items() if when <= moment},
            lifetime=lifetime,
        )
        return found.sign(self.credential, at=moment)

    def _vouch(
        self,
        builder: x509.CertificateBuilder,
        private_key: PrivateKey,
        extensions: Sequence[Extra] = (),
    ) -> Credential:
        own = self.credential.certificate
        builder = builder.issuer_name(own.subject)
        builder = builder.add_extension(key_identifier(own), critical=False)
        elsewhere = any(isinstance(item, x509.CRLDistributionPoints) for item, _ in extensions)
        if self.crl_uri and not elsewhere:
            extensions = [points(self.crl_uri), *extensions]
        builder = with_extras(builder, extensions)
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
