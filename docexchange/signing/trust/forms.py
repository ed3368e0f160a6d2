"""Certificates and revocation lists as asn1crypto has them, made to be asked often.

One judgement compares names some thirty times and takes the signed octets a dozen times. The
library (1.5) prepares each name anew for each comparison, letter by letter, and looks for changes
in every part before it hands out octets. Here both are done once, for what is read is never
changed; and names in the letters of this country are prepared as a whole.

>>> certificate = Certificate.load(der, strict=True)
>>> certificate.issuer == authority.subject
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

from asn1crypto import crl, x509

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Certificate", "CertificateList", "ListWithoutEntries"]

_NAMES: Final = 256
"""Names that are remembered; a stranger decides how large each of them is."""
_USUAL: Final = re.compile("[ -~ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ]*")
"""What Vietnamese is written in, each letter with its marks in one character."""


class _Attribute(x509.NameTypeAndValue):  # type: ignore[misc]  # the library has no types
    def _ldap_string_prep(self, string: str) -> str:
        if _USUAL.fullmatch(string) is None:
            prepared: str = super()._ldap_string_prep(string)
            return prepared
        # RFC 4518: of all its tables only those for case and for spaces (2.6.1) say anything here.
        return f" {re.sub(' +', '  ', string.lower()).strip()} "


class _Part(x509.RelativeDistinguishedName):  # type: ignore[misc]  # as above
    _child_spec = _Attribute


class _Parts(x509.RDNSequence):  # type: ignore[misc]  # as above
    _child_spec = _Part


class _Name(x509.Name):  # type: ignore[misc]  # as above
    """A name that is prepared for comparison once (RFC 5280, 7.1), however many bear it."""

    _form: tuple[tuple[int, str], ...] | None = None

    @property
    def form(self) -> tuple[tuple[int, str], ...]:
        """The same for names that count as the same, and for no other."""
        if self._form is None:
            self._form = _form_of(self.chosen.dump())
        return self._form

    @property
    def hashable(self) -> str:
        """The same as the library's."""
        return "\x1e".join(text for _size, text in self.form)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, _Name):
            return self.form == other.form
        return isinstance(other, x509.Name) and self.form == _prepared(other.chosen)

    __hash__ = None  # type: ignore[assignment]  # as the library's


@lru_cache(maxsize=_NAMES)
def _form_of(octets: bytes) -> tuple[tuple[int, str], ...]:
    return _prepared(_Parts.load(octets))


def _prepared(parts: Iterable[Any]) -> tuple[tuple[int, str], ...]:
    # How many attributes a part has counts in comparisons, but is not in its `hashable`.
    return tuple((len(part), part.hashable) for part in parts)


class _Unchanged:
    """Hands out the octets that it was read from, put together once."""

    _octets: bytes | None = None

    def dump(self, force: bool = False) -> bytes:  # noqa: FBT001, FBT002  as the library has it
        """DER, as it came."""
        if self._octets is None or force:
            self._octets = super().dump(force)  # type: ignore[misc]  # a mix-in
        return self._octets


def _with(kind: Any, **others: Any) -> list[tuple[Any, ...]]:
    """The fields of one of the library's kinds, some of them of another kind."""
    return [(name, others.get(name, part), *rest) for name, part, *rest in kind._fields]


class _TbsCertificate(_Unchanged, x509.TbsCertificate):  # type: ignore[misc]
    _fields = _with(x509.TbsCertificate, issuer=_Name, subject=_Name)


class Certificate(_Unchanged, x509.Certificate):  # type: ignore[misc]
    """A certificate."""

    _fields = _with(x509.Certificate, tbs_certificate=_TbsCertificate)

    @cached_property
    def subject(self) -> Any:
        """Whose it is."""
        return self["tbs_certificate"]["subject"]

    @cached_property
    def issuer(self) -> Any:
        """Who issued it."""
        return self["tbs_certificate"]["issuer"]

    @cached_property
    def public_key(self) -> Any:
        """The key."""
        return self["tbs_certificate"]["subject_public_key_info"]


class _TbsCertList(_Unchanged, crl.TbsCertList):  # type: ignore[misc]
    _fields = _with(crl.TbsCertList, issuer=_Name)


class CertificateList(_Unchanged, crl.CertificateList):  # type: ignore[misc]
    """A revocation list."""

    _fields = _with(crl.CertificateList, tbs_cert_list=_TbsCertList)


class _TbsWithoutEntries(_TbsCertList):
    def __getitem__(self, key: str | int) -> Any:
        return (
            crl.RevokedCertificates([])
            if key == "revoked_certificates"
            else super().__getitem__(key)
        )


class ListWithoutEntries(CertificateList):
    """A list that names nobody in question: whose entries nobody need read, a million maybe."""

    _fields = _with(CertificateList, tbs_cert_list=_TbsWithoutEntries)
