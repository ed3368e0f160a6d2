"""Certificates, revocation lists and OCSP answers as asn1crypto reads them, or None.

What comes from strangers is read to its last part here, so that nothing in it can fail later. This
reader is more patient than ``certificates.load_der``: RFC 5280 (4.1.2.2) asks for patience with odd
serial numbers, and inherited DSA parameters are a matter of the path.
"""

from __future__ import annotations

from functools import lru_cache, wraps
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "UNREADABLE",
    "answer_of",
    "certificate_of",
    "certificates_brought",
    "certificates_in",
    "certificates_of_answer",
    "in_turn",
    "list_of",
    "list_without_entries_of",
    "may_name",
]

_Given = ParamSpec("_Given")
_Read = TypeVar("_Read")
_READING: Final = RLock()

UNREADABLE: Final = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    NotImplementedError,
    RecursionError,
)
"""What asn1crypto raises at octets that are not what they should be."""

# A stranger decides how large each of them is; a list of an authority may have ten megabytes.
_CERTIFICATES: Final = 256
_LISTS: Final = 16
_ANSWERS: Final = 64
_PARTS: Final = 512
_SMALL: Final = 4096
"""Octets of what is kept as it was read, which takes fifty times the space; or it is read anew."""

_UNDERSTOOD: Final = {"nonce", "archive_cutoff", "crl", "crl_reason", "invalidity_date"}
"""Extensions of OCSP answers that take nothing back of what these say, or are looked at."""

_KINDS_OF_TIME: Final = (b"\x17", b"\x18")
"""What follows a serial number in an entry: the tag of a date, UTCTime or GeneralizedTime."""

_PARTS_OF_ITS_OWN: Final = (
    "version",
    "serial_number",
    "validity",
    "subject_public_key_info",
    "issuer_unique_id",
    "subject_unique_id",
)


def in_turn(work: Callable[_Given, _Read]) -> Callable[_Given, _Read]:
    """Let one thread at a time do what reads certificates, lists or answers that are kept here.

    asn1crypto (1.5) reads a part when it is asked for it, and another thread that asks meanwhile
    finds it half read: a list without the entry that revokes the signer, or an error. Nothing that
    waits for a network belongs in here.
    """

    @wraps(work)
    def taken(*args: _Given.args, **kwargs: _Given.kwargs) -> _Read:
        with _READING:
            return work(*args, **kwargs)

    return taken


@lru_cache(maxsize=_CERTIFICATES)
def certificate_of(der: bytes) -> Any | None:
    """The certificate, as asn1crypto has it; None where it cannot be read."""
    from docexchange.signing.trust.forms import Certificate

    return _read(der, Certificate, _touch_certificate)


def certificates_in(octets: bytes) -> list[bytes]:
    """DER of the certificates that an authority serves: one, or a bundle (RFC 5280, 4.2.2.1).

    What cannot be read is left out.
    """
    from asn1crypto import cms

    if certificate_of(octets) is not None:
        return [octets]
    try:
        bundle = cms.ContentInfo.load(octets, strict=True)["content"]["certificates"]
        found = [item.chosen.dump() for item in bundle]
    except UNREADABLE:
        return []
    return [der for der in found if certificate_of(der) is not None]


@lru_cache(maxsize=_LISTS)
def list_of(der: bytes) -> Any | None:
    """The certificate revocation list; None where it cannot be read.

    The entries are left to be read when they are needed: a list may have a million.
    """
    from docexchange.signing.trust.forms import CertificateList

    return _read_list(der, CertificateList)


@lru_cache(maxsize=_LISTS)
def list_without_entries_of(der: bytes) -> Any | None:
    """The same list, as one that names nobody; None where not each of its entries can be read.

    For whoever knows that those in question are not among a million.
    """
    from cryptography import x509

    from docexchange.signing.trust.forms import ListWithoutEntries

    try:
        x509.load_der_x509_crl(der)  # reads all entries, and quickly
    except (ValueError, x509.InvalidVersion):
        return None
    return _read_list(der, ListWithoutEntries)


@lru_cache(maxsize=_ANSWERS)
def answer_of(der: bytes) -> Any | None:
    """The OCSP answer, if it is a successful one; None where it is not, or cannot be read.

    So are answers whose certificate ids are not in SHA-1 or SHA-256: the library (0.33) knows no
    other, and fails at them instead of passing on. And those with a critical extension that nobody
    here understands (RFC 6960, 4.4), which it does not look for.
    """
    from asn1crypto import ocsp

    return _read(der, ocsp.OCSPResponse, _touch_answer)


def certificates_brought(answers: Iterable[bytes]) -> list[Any]:
    """The certificates that come with OCSP answers, those that can be read.

    Args:
        answers: DER.
    """
    readable = filter(None, map(answer_of, answers))
    return [item for answer in readable for item in certificates_of_answer(answer)]


def certificates_of_answer(answer: Any) -> list[Any]:
    """The certificates that an OCSP answer brings, as asn1crypto has them."""
    brought = answer.basic_ocsp_response["certs"]
    return [] if brought.native is None else list(brought)


def may_name(der: bytes, certificate: Any) -> bool:
    """Whether a list may name a certificate: its number is there, and a date behind it.

    Args:
        der: the list.
        certificate: as asn1crypto has it.
    """
    number: bytes = certificate["tbs_certificate"]["serial_number"].dump()
    # Most are nowhere in it: one pass through a long list tells, not one for each kind of date.
    return number in der and any(number + kind in der for kind in _KINDS_OF_TIME)


def _read_list(der: bytes, kind: Any) -> Any | None:
    found = _read(der, kind, _touch_list)
    if found is not None:
        _touch_head(found)
    return found


def _read(der: bytes, kind: Any, touch: Callable[[Any], object]) -> Any | None:
    try:
        found = kind.load(der, strict=True)
        touch(found)
    except UNREADABLE:
        return None
    return found if len(der) <= _SMALL else kind.load(der)


def _touch_certificate(certificate: Any) -> None:
    head = certificate["tbs_certificate"]
    if any(len(part) > len(part._fields) for part in (certificate, head)):
        raise ValueError("more than a certificate has (RFC 5280, clause 4.1)")
    parts = (head["signature"], certificate["signature_algorithm"], *head["extensions"])
    kinds = [extension["extn_id"].dotted for extension in head["extensions"]]
    if len(set(kinds)) < len(kinds):
        raise ValueError("an extension that stands there twice (RFC 5280, clause 4.2)")
    for part in parts:
        kind: Any = type(part)
        _check_readable(kind, part.dump())
    for name in _PARTS_OF_ITS_OWN:
        _ = head[name].native
    _ = certificate.subject.hashable, certificate.issuer.hashable, certificate.signature
    _ = certificate.critical_extensions, certificate.public_key.algorithm
    _ = certificate.signature_algo, certificate.subject.human_friendly


# All certificates of an authority have most of these in common.
@lru_cache(maxsize=_PARTS)
def _check_readable(kind: Any, octets: bytes) -> None:
    _ = kind.load(octets).native


def _touch_list(found: Any) -> None:
    _touch_head(found)
    _ = found["tbs_cert_list"]["crl_extensions"].native, found["signature_algorithm"].native


def _touch_head(found: Any) -> None:
    """Read what is read of a list outside judgements, which several threads may do at once.

    The library (1.5) reads when it is asked, and whoever asks meanwhile finds half of it.
    """
    head = found["tbs_cert_list"]
    _ = head["issuer"].hashable, head["this_update"].native, head["next_update"].native
    _ = head["issuer"].human_friendly


def _touch_answer(found: Any) -> None:
    basic = found.basic_ocsp_response
    _ = basic.native
    for single in basic["tbs_response_data"]["responses"]:
        algorithm = single["cert_id"]["hash_algorithm"]["algorithm"].native
        if algorithm not in {"sha1", "sha256"}:
            raise ValueError(f"certificate ids in {algorithm}")
    if _critical_in(basic) - _UNDERSTOOD:
        raise ValueError("critical extensions that nobody understands")


def _critical_in(basic: Any) -> set[str]:
    """The critical extensions of an OCSP answer, and of what it says of each certificate."""
    data = basic["tbs_response_data"]
    held = [data["response_extensions"], *(item["single_extensions"] for item in data["responses"])]
    return {
        extension["extn_id"].native
        for extensions in held
        for extension in extensions
        if extension["critical"].native
    }
