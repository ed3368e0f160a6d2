"""``KeyInfo``: everything it says about the key, read and not yet believed.

Certificates in any order, names for certificates (subject, issuer and serial, key identifier,
digest), revocation lists, key names, and bare keys. ``RetrievalMethod`` and ``KeyInfoReference``
are followed inside the document. Which key it is, ``keys`` decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import DS
from docexchange.envelope.xml import leaf_text
from docexchange.errors import MalformedEnvelope
from docexchange.signing.certificates import MAX_CERTIFICATE
from docexchange.signing.errors import malformed
from docexchange.signing.xmldsig.bare_keys import read_der_key, read_key_value
from docexchange.signing.xmldsig.element import has_content, octets_of, read_transforms
from docexchange.signing.xmldsig.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.etree import _Element

    from docexchange.limits import Limits
    from docexchange.signing.xmldsig.transforms import Pipeline

__all__ = ["KeyInfo", "issuer_serial", "read_key_info"]

_DS: Final = f"{{{DS}}}"
_DS11: Final = "{http://www.w3.org/2009/xmldsig11#}"
_RAW: Final = DS + "rawX509Certificate"
_DEPTH: Final = 2


@dataclass(slots=True, kw_only=True)
class KeyInfo:
    """What a ``KeyInfo`` says; filled while it is read."""

    certificates: list[bytes] = field(default_factory=list)
    """DER, in the order found."""
    crls: list[bytes] = field(default_factory=list)
    """Revocation lists, DER."""
    subjects: list[str] = field(default_factory=list)
    """``X509SubjectName``."""
    serials: list[tuple[str, int]] = field(default_factory=list)
    """``X509IssuerSerial``: issuer and number."""
    identifiers: list[bytes] = field(default_factory=list)
    """``X509SKI``."""
    digests: list[tuple[str, bytes]] = field(default_factory=list)
    """``X509Digest``: algorithm and value."""
    names: list[str] = field(default_factory=list)
    """``KeyName``."""
    values: list[object] = field(default_factory=list)
    """Public keys of ``KeyValue`` and ``DEREncodedKeyValue``."""

    @property
    def describes_certificate(self) -> bool:
        """Whether it says which certificate is meant."""
        return bool(self.subjects or self.serials or self.identifiers or self.digests)


def read_key_info(element: _Element | None, pipeline: Pipeline) -> KeyInfo:
    """Read a ``KeyInfo``.

    Args:
        element: the element; None when the signature has none.
        pipeline: the document that its references point into, and what transforms may cost.

    Raises:
        Refusal: something in it that we know does not have the prescribed form, or lies outside.
    """
    info = KeyInfo()
    if element is not None:
        _Reader(info, pipeline).read(element, 0)
    _check_sizes(info, pipeline.document.limits)
    return info


def _check_sizes(info: KeyInfo, limits: Limits) -> None:
    if len(info.certificates) > limits.certificates:
        raise malformed(
            f"expected at most {limits.certificates} certificates, found {len(info.certificates)}"
        )
    longest = max(map(len, info.certificates), default=0)
    if longest > MAX_CERTIFICATE:
        raise malformed(
            f"expected certificates of at most {MAX_CERTIFICATE} octets, found {longest}"
        )


class _Reader:
    """One walk; what is not known is passed over, as the standard says (clause 4.5)."""

    def __init__(self, info: KeyInfo, pipeline: Pipeline) -> None:
        self._info, self._pipeline = info, pipeline
        self._left = pipeline.document.limits.certificates * 4
        self._known: dict[str, Callable[[_Element, int], object]] = {
            _DS + "X509Data": self._x509_data,
            _DS + "KeyName": lambda item, _: info.names.append(_text(item)),
            _DS + "KeyValue": self._key_value,
            _DS + "RSAKeyValue": self._bare_value,
            _DS + "DSAKeyValue": self._bare_value,
            _DS11 + "ECKeyValue": self._bare_value,
            _DS11 + "DEREncodedKeyValue": lambda item, _: info.values.append(
                read_der_key(octets_of(item))
            ),
            _DS + "RetrievalMethod": self._retrieval,
            _DS11 + "KeyInfoReference": self._retrieval,
            _DS + "KeyInfo": self.read,
        }
        self._x509: dict[str, Callable[[_Element], object]] = {
            _DS + "X509Certificate": lambda item: info.certificates.append(octets_of(item)),
            _DS + "X509CRL": lambda item: info.crls.append(octets_of(item)),
            _DS + "X509SubjectName": lambda item: info.subjects.append(_text(item)),
            _DS + "X509SKI": lambda item: info.identifiers.append(octets_of(item)),
            _DS + "X509IssuerSerial": lambda item: info.serials.append(issuer_serial(item)),
            _DS11 + "X509Digest": lambda item: info.digests.append(
                (item.get("Algorithm", ""), octets_of(item))
            ),
        }

    def read(self, element: _Element, depth: int) -> None:
        for item in element.iterchildren("*"):
            self._one(item, depth)

    def _one(self, item: _Element, depth: int) -> None:
        self._count()
        known = self._known.get(str(item.tag))
        if known is not None:
            known(item, depth)

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise malformed("expected a KeyInfo of a few elements, found very many")

    def _x509_data(self, element: _Element, _depth: int) -> None:
        for item in element.iterchildren("*"):
            self._count()
            known = self._x509.get(str(item.tag))
            # Templates leave elements empty that nobody filled in: they name nothing.
            if known is not None and has_content(item):
                known(item)

    def _key_value(self, element: _Element, _depth: int) -> None:
        for item in element.iterchildren("*"):
            self._count()
            self._info.values.append(read_key_value(item))

    def _bare_value(self, element: _Element, _depth: int) -> None:
        self._info.values.append(read_key_value(element))

    def _retrieval(self, element: _Element, depth: int) -> None:
        if depth >= _DEPTH:
            raise malformed("expected KeyInfo to refer to a key, found references in a circle")
        transforms = next(element.iterchildren(_DS + "Transforms"), None)
        found = self._pipeline.run(
            self._pipeline.document.find(element.get("URI")),
            () if transforms is None else read_transforms(transforms),
        )
        if isinstance(found, Selection):
            for item in found.tops():
                self._one(item, depth + 1)
        elif element.get("Type") == _RAW:
            self._info.certificates.append(b"".join(self._pipeline.chunks(found)))
        else:
            raise malformed(f"expected a key or certificate behind {element.get('URI')}")


def _text(element: _Element) -> str:
    try:
        return leaf_text(element)
    except MalformedEnvelope as error:
        raise malformed(str(error)) from error


def issuer_serial(element: _Element) -> tuple[str, int]:
    """Issuer and number out of an ``X509IssuerSerial``, or another element of that type.

    Raises:
        Refusal: there is no number.
    """
    found = {str(item.tag): _text(item) for item in element.iterchildren("*")}
    number = found.get(_DS + "X509SerialNumber", "")
    if not (number.isascii() and number.removeprefix("-").isdigit()) or len(number) > 64:  # noqa: PLR2004 - 20 octets need 49 digits
        raise malformed(f"expected a number in X509SerialNumber, found {number[:70]!r}")
    return found.get(_DS + "X509IssuerName", ""), int(number)
