"""A timestamp token (RFC 3161) as a value: read by the letter, or refused.

Reading decides form alone; whether the token can be believed is decided in ``token_checks``.

>>> token = read_token(der)
>>> token.time, token.imprint
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xmldsig.algorithms import Digest, SignatureAlgorithm
from docexchange.signing.xmldsig.value import NO_PARAMETERS, MethodParameters

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "MAX_TOKEN",
    "CertificateMark",
    "Token",
    "TokenSignature",
    "pss_parameters",
    "read_token",
    "signature_algorithm",
]

MAX_TOKEN: Final = 128 * 1024
"""Octets of a token; real ones have 2 to 8 KiB."""
MAX_CERTIFICATES: Final = 16
_REMEMBERED: Final = 64
_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, OverflowError)
_DIGESTS: Final = {digest.hashlib_name: digest for digest in Digest if not digest.legacy}
_NAMED: Final = {digest.hashlib_name: digest for digest in Digest}
_FAMILIES: Final = {
    "rsassa_pkcs1v15": "RSA",
    "rsassa_pss": "PSS",
    "ecdsa": "ECDSA",
    "ed25519": "ED25519",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateMark:
    """How a token names the certificate of its maker: ``ESSCertID`` or ``ESSCertIDv2``."""

    hash_name: str
    """As ``hashlib`` knows it; ``sha1`` in the first version, which has no other."""
    value: bytes
    """Digest of the certificate's DER."""
    issuer_serial: tuple[bytes, int] | None
    """DER of the issuer's name, and the serial number, where they are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSignature:
    """The one ``SignerInfo`` of a token."""

    issuer_serial: tuple[bytes, int] | None
    """DER of the issuer's name and serial number of the signing certificate..."""
    key_identifier: bytes | None
    """...or its subject key identifier; one of the two is there."""
    attributes: bytes = field(repr=False)
    """The signed attributes as they are signed: DER of a ``SET OF``."""
    content_digest: bytes
    """The ``message-digest`` attribute."""
    marks: tuple[CertificateMark, ...]
    """Certificates named under the signature; the maker's is the first."""
    digest: Digest
    """What the content is digested with."""
    algorithm: SignatureAlgorithm
    """What the value was made with."""
    parameters: MethodParameters
    """What RSA-PSS was used with; nothing in particular for others."""
    value: bytes
    """The signature value; for ECDSA in DER."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a timestamp authority says: these octets were there at this time."""

    der: bytes = field(repr=False)
    """The token as it came."""
    digest: Digest
    """What the stamped octets were digested with."""
    imprint: bytes
    """Their digest."""
    time: datetime
    """When, UTC."""
    accuracy: timedelta | None
    """How far that may be off."""
    serial: int
    """The token's number at its maker."""
    policy: str
    """OID of the policy it was made under."""
    nonce: int | None
    """What the request brought, given back."""
    content: bytes = field(repr=False)
    """``TSTInfo`` in DER: what the token's signature is over."""
    certificates: tuple[bytes, ...] = field(repr=False)
    """DER of the certificates it carries."""
    signature: TokenSignature
    """Its signature."""


def read_token(der: bytes) -> Token:
    """Read a token.

    Args:
        der: a CMS ``ContentInfo``.

    Raises:
        Refusal: it is too long, or not a token of the prescribed form.
    """
    if len(der) > MAX_TOKEN:
        raise refused(f"at most {MAX_TOKEN} octets", f"{len(der)}", "size")
    try:
        return _token(der)
    except _UNREADABLE as error:
        raise refused("an RFC 3161 timestamp token", f"octets that are none ({error})") from error


def refused(
    expected: str,
    found: str,
    code: str = "format",
    sub_indication: SubIndication = SubIndication.FORMAT_FAILURE,
    *,
    advice: str = "The timestamp proves nothing; have the letter stamped again.",
) -> Refusal:
    """The refusal of a token."""
    return Refusal(
        sub_indication,
        f"timestamp: expected {expected}, found {found}",
        code=f"timestamp.{code}",
        advice=advice,
    )


# A token is read when it is made, when its letter comes, and when that is handed over.
@lru_cache(maxsize=_REMEMBERED)
def _token(der: bytes) -> Token:
    from asn1crypto import cms, tsp

    outer = cms.ContentInfo.load(der, strict=True)
    _expect("signed data", outer["content_type"].native, "signed_data")
    signed = outer["content"]
    _expect("CMS version 3", signed["version"].native, "v3")
    inner = signed["encap_content_info"]
    _expect("timestamp content", inner["content_type"].native, "tst_info")
    content = bytes(inner["content"])  # in one piece: BER may write it in several
    info = tsp.TSTInfo.load(content, strict=True)
    _expect("TSTInfo version 1", info["version"].native, "v1")
    if info["extensions"].native and any(item["critical"].native for item in info["extensions"]):
        raise refused("no critical extensions", "some", "extension")
    imprint = info["message_imprint"]
    return Token(
        der=der,
        digest=_digest(imprint["hash_algorithm"]),
        imprint=imprint["hashed_message"].native,
        time=_moment(info["gen_time"].native),
        accuracy=_accuracy(info["accuracy"].native),
        serial=info["serial_number"].native,
        policy=info["policy"].dotted,
        nonce=info["nonce"].native,
        content=content,
        certificates=_certificates(signed["certificates"]),
        signature=_signature(signed["signer_infos"]),
    )


def _expect(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise refused(what, str(found)[:80])


def _digest(algorithm: Any) -> Digest:
    name = algorithm["algorithm"].native
    if name not in _DIGESTS:
        raise refused(
            "SHA-256, SHA-384 or SHA-512",
            str(name)[:40],
            "algorithm",
            SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
        )
    return _DIGESTS[name]


def _moment(moment: object) -> datetime:
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise refused("a time in UTC", str(moment)[:40])
    return moment.astimezone(UTC)


def _accuracy(parts: dict[str, int | None] | None) -> timedelta | None:
    if not parts or all(part is None for part in parts.values()):
        return None
    return timedelta(
        seconds=parts["seconds"] or 0,
        milliseconds=parts["millis"] or 0,
        microseconds=parts["micros"] or 0,
    )


def _certificates(choices: Any) -> tuple[bytes, ...]:
    held = list(choices) if choices.native else []
    if len(held) > MAX_CERTIFICATES:
        raise refused(f"at most {MAX_CERTIFICATES} certificates", str(len(held)), "size")
    return tuple(item.chosen.dump() for item in held if item.name == "certificate")


def _signature(infos: Any) -> TokenSignature:
    if len(infos) != 1:
        raise refused("one signature", str(len(infos)))
    info = infos[0]
    attributes = info["signed_attrs"]
    signed_with = info["signature_algorithm"]
    named = info["sid"].chosen
    by_number = info["sid"].name == "issuer_and_serial_number"
    digest = _digest(info["digest_algorithm"])
    return TokenSignature(
        issuer_serial=_issuer_serial(named) if by_number else None,
        key_identifier=None if by_number else named.native,
        # RFC 5652, 5.4: signed as a SET OF, but carried under an implicit tag
        attributes=b"\x31" + attributes.dump()[1:],
        content_digest=_content_digest(attributes),
        marks=_marks(attributes),
        digest=digest,
        algorithm=_algorithm(signed_with, digest),
        parameters=_parameters(signed_with),
        value=info["signature"].native,
    )


def signature_algorithm(signed_with: Any, digest_name: str) -> SignatureAlgorithm | None:
    """What a CMS signature value was made with; None where it is not good enough.

    Args:
        signed_with: ``SignatureAlgorithmIdentifier``, as asn1crypto has it.
        digest_name: the digest named beside it.
    """
    mechanism, named = signed_with.signature_algo, signed_with["algorithm"].native
    if mechanism == "rsassa_pss":
        digest_name = signed_with["parameters"]["hash_algorithm"]["algorithm"].native
    elif named not in {"rsassa_pkcs1v15", "ed25519"}:  # these leave it to that (RFC 3370, 3.2)
        digest_name = signed_with.hash_algo
    digest, family = _DIGESTS.get(digest_name, Digest.SHA1), _FAMILIES.get(mechanism, "")
    found = SignatureAlgorithm.__members__.get(
        family if mechanism == "ed25519" else f"{family}_{digest.name}"
    )
    return None if found is None or found.legacy else found


def pss_parameters(signed_with: Any) -> MethodParameters | None:
    """What RSA-PSS was used with; nothing in particular for others, None where it is unknown here.

    Args:
        signed_with: ``SignatureAlgorithmIdentifier``, as asn1crypto has it.
    """
    if signed_with.signature_algo != "rsassa_pss":
        return NO_PARAMETERS
    try:
        told = signed_with["parameters"]
        mask = _NAMED.get(told["mask_gen_algorithm"]["parameters"]["algorithm"].native)
        digest = _NAMED.get(told["hash_algorithm"]["algorithm"].native)
        salt = told["salt_length"].native
    except _UNREADABLE:  # there are none, or another mask than MGF1 has others
        return None
    if mask is None or digest is None:
        return None
    return MethodParameters(digest=digest, mask_digest=mask, salt_length=salt)


def _algorithm(signed_with: Any, digest: Digest) -> SignatureAlgorithm:
    found = signature_algorithm(signed_with, digest.hashlib_name)
    if found is None:
        raise _weak(signed_with)
    return found


def _parameters(signed_with: Any) -> MethodParameters:
    found = pss_parameters(signed_with)
    if found is None:
        raise _weak(signed_with)
    return found


def _weak(signed_with: Any) -> Refusal:
    return refused(
        "RSA, ECDSA or Ed25519 with SHA-256 or better",
        str(signed_with["algorithm"].native)[:40],
        "algorithm",
        SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
    )


def _values(attributes: Any, name: str) -> Sequence[Any]:
    """The values of an attribute; it may stand there once (RFC 5652, clause 5.3)."""
    found = [item["values"] for item in attributes if item["type"].native == name]
    if len(found) > 1 or any(len(values) != 1 for values in found):
        raise refused(f"the attribute {name} once", "more of it")
    return found[0] if found else ()


def _content_digest(attributes: Any) -> bytes:
    kinds, digests = _values(attributes, "content_type"), _values(attributes, "message_digest")
    _expect("content-type tst_info under the signature", [x.native for x in kinds], ["tst_info"])
    if not digests:
        raise refused("a message-digest under the signature", "none")
    value: bytes = digests[0].native
    return value


def _marks(attributes: Any) -> tuple[CertificateMark, ...]:
    second = [
        _mark(item, item["hash_algorithm"]["algorithm"].native)
        for value in _values(attributes, "signing_certificate_v2")
        for item in value["certs"]
    ]
    first = [
        _mark(item, "sha1")
        for value in _values(attributes, "signing_certificate")
        for item in value["certs"]
    ]
    return tuple(second or first)


def _mark(item: Any, hash_name: str) -> CertificateMark:
    if hash_name != "sha1" and hash_name not in _DIGESTS:
        raise refused("SHA-256 or more in ESSCertIDv2", hash_name[:40], "algorithm")
    given = item["issuer_serial"]
    serial = None
    if given.native:
        # A Name is tagged in here; what is compared is what stands in certificates.
        named = (name.chosen for name in given["issuer"] if name.name == "directory_name")
        names = [name.chosen.dump() for name in named]
        serial = (names[0] if names else b"", given["serial_number"].native)
    return CertificateMark(
        hash_name=hash_name, value=item["cert_hash"].native, issuer_serial=serial
    )


def _issuer_serial(named: Any) -> tuple[bytes, int]:
    return named["issuer"].dump(), named["serial_number"].native
