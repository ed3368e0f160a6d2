"""``SigningCertificate``: how XAdES named the signer's certificate before EN 319 132-1.

By digest, issuer and serial number (TS 101 903, clause 7.2.2), "identified in the sequence": others
of its path may stand there too, before it or after it. The issuer's name is text, and every writer
has its own spelling; compared is what it means.

>>> named = read_first_version(properties)
>>> check_first_version(named, certificate)
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from docexchange.envelope.attachments.base64_stream import decode_spaced
from docexchange.envelope.names import DS
from docexchange.envelope.xml import leaf_text
from docexchange.errors import MalformedEnvelope
from docexchange.signing.certificates import digest_of_der, load_der
from docexchange.signing.errors import Refusal, malformed
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xades.names import xades
from docexchange.signing.xmldsig.references import supported_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from lxml.etree import _Element

    from docexchange.signing.xmldsig.algorithms import Digest

__all__ = [
    "NamedCertificate",
    "certificate_digest",
    "check_first_version",
    "digest_value",
    "read_first_version",
    "readable",
]

_T = TypeVar("_T")

_METHOD, _VALUE = f"{{{DS}}}DigestMethod", f"{{{DS}}}DigestValue"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCertificate:
    """A certificate, named by digest, issuer and number."""

    digest: Digest
    """What its DER is digested with."""
    value: bytes
    """Its digest."""
    issuer: str
    """The issuer's name, as the signer spells it."""
    serial: int
    """Its number."""

    def has_digest_of(self, certificate: bytes) -> bool:
        """Whether a certificate, in DER, has the digest."""
        return hmac.compare_digest(digest_of_der(certificate, self.digest.hashlib_name), self.value)


def read_first_version(properties: _Element) -> tuple[NamedCertificate, ...]:
    """The certificates that ``SigningCertificate`` names; none where it is not there.

    Args:
        properties: ``SignedSignatureProperties``.

    Raises:
        Refusal: it does not have the prescribed form.
    """
    found = list(properties.iterchildren(xades("SigningCertificate")))
    if not found:
        return ()
    certificates = list(found[0].iterchildren(xades("Cert")))
    if len(found) > 1 or not certificates:
        raise malformed(
            "expected SigningCertificate once, with a certificate, found "
            f"{len(found)} with {len(certificates)}"
        )
    return tuple(readable(certificates, _named))


def _named(certificate: _Element) -> NamedCertificate:
    from docexchange.signing.xmldsig.keyinfo import issuer_serial

    digest, value = certificate_digest(_only(certificate, "CertDigest"))
    issuer, serial = issuer_serial(_only(certificate, "IssuerSerial"))
    return NamedCertificate(digest=digest, value=value, issuer=issuer, serial=serial)


def readable(certificates: Iterable[_Element], read: Callable[[_Element], _T]) -> Iterator[_T]:
    """What is said of the first certificate in a list, and of each other where it can be read.

    How the authorities after it are named is no reason to refuse a signer.

    Raises:
        Refusal: what is said of the first cannot be read.
    """
    for position, certificate in enumerate(certificates):
        try:
            yield read(certificate)
        except Refusal:
            if position == 0:
                raise


def certificate_digest(element: _Element) -> tuple[Digest, bytes]:
    """Algorithm and value of a ``CertDigest``.

    Raises:
        Refusal: it does not have the prescribed form, or names an algorithm that is too weak.
    """
    method = next(element.iterchildren(_METHOD), None)
    digest = supported_digest(method.get("Algorithm", "") if method is not None else "")
    value = next(element.iterchildren(_VALUE), None)
    try:
        return digest, digest_value(leaf_text(value) if value is not None else "")
    except MalformedEnvelope as error:
        raise malformed(f"expected base64 in DigestValue: {error}") from error


def digest_value(text: str) -> bytes:
    """The octets of a ``DigestValue``.

    Raises:
        Refusal: its text is no base64.
    """
    try:
        return decode_spaced(text)
    except ValueError as error:
        raise malformed(f"expected base64 in DigestValue: {error}") from error


def check_first_version(named: Sequence[NamedCertificate], certificate: bytes) -> None:
    """Hold the signing certificate against what ``SigningCertificate`` says.

    Args:
        named: as read; where there is none, it holds.
        certificate: DER of the signing certificate.

    Raises:
        Refusal: it names others only.
    """
    if not named:
        return
    from docexchange.signing.xmldsig.distinguished import same_name

    meant = next((item for item in named if item.has_digest_of(certificate)), None)
    if meant is None:
        first = named[0]
        actual = digest_of_der(certificate, first.digest.hashlib_name)
        raise _another(f"with digest {first.value.hex()}", f"one with {actual.hex()}")
    loaded = load_der(certificate)
    if meant.serial != loaded.serial_number:
        raise _another(f"with number {meant.serial}", f"one with {loaded.serial_number}")
    issuer = loaded.issuer.rfc4514_string()
    if not same_name(meant.issuer, issuer):
        raise _another(f"issued by {meant.issuer[:300]!r}", f"one issued by {issuer[:300]!r}")


def _another(expected: str, found: str) -> Refusal:
    return Refusal(
        SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
        f"expected the signing certificate {expected}, found {found}",
        code="signature.certificate-substituted",
        advice="The certificate in the file is not the one the signer named.",
    )


def _only(parent: _Element, name: str) -> _Element:
    found = list(parent.iterchildren(xades(name)))
    if len(found) != 1:
        raise malformed(f"expected {name} once in Cert, found {len(found)}")
    return found[0]
