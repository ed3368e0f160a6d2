"""What a reference points to, and whether the digest holds.

Two kinds are known: ``#id`` of an element in the same document, under exclusive canonicalisation,
and ``cid:`` of an attachment, over its octets. Nothing is ever fetched.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from docexchange.envelope.attachments.attachment import Attachment
from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xmldsig.algorithms import STRONG_DIGESTS, Digest, name_of
from docexchange.signing.xmldsig.c14n import exclusive
from docexchange.signing.xmldsig.model import CANONICAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.etree import _Element

    from docexchange.signing.xmldsig.diagnosis import Diagnosis
    from docexchange.signing.xmldsig.model import Reference, Transform

__all__ = [
    "Resolved",
    "changed",
    "digest_of",
    "element_ids",
    "external",
    "missing_part",
    "octets_of",
    "resolve",
    "supported_digest",
    "verify_digest",
]

_SPACE: Final = re.compile("[ \t\r\n]+")
_DIGESTS: Final[dict[str, Digest]] = {item.value: item for item in Digest}
_ID_ATTRIBUTES: Final = {"Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id"}


class Resolved(NamedTuple):
    """A reference and what it points to."""

    reference: Reference
    """The reference."""
    target: _Element | Attachment | bytes
    """An element of the document, its canonical octets where there is no tree, or an attachment."""
    octets: bytes = b""
    """Canonical octets of the element, where they are at hand; else empty."""


def element_ids(root: _Element) -> dict[str, _Element]:
    """Every element of the document around ``root`` that has an id, by that id.

    All spellings of the attribute share one space: readers differ on which of them are ids, and a
    second element under a signed id is how signatures are wrapped. White space around an id is none
    of it, for readers with a schema, and for all where it is ``xml:id``.

    Raises:
        Refusal: an id occurs twice.
    """
    ids: dict[str, _Element] = {}
    # The whole document, also what stands around an envelope that is wrapped in SOAP.
    for element in root.getroottree().iter("*"):
        for name in element.keys():  # noqa: SIM118 - elements are no dictionaries
            if name in _ID_ATTRIBUTES:
                value = _SPACE.sub(" ", element.get(name, "")).strip(" ")
                if ids.setdefault(value, element) is not element:
                    raise _doubled(value)
    return ids


def _doubled(identity: str) -> Refusal:
    return Refusal(
        SubIndication.FORMAT_FAILURE,
        f"expected each id once in the document, found {identity[:120]!r} twice",
        code="signature.duplicate-id",
        advice="A signature can be wrapped around other content this way. Do not use the file.",
    )


def resolve(
    reference: Reference,
    ids: Mapping[str, _Element | bytes],
    attachments: Mapping[str, Attachment],
) -> Resolved:
    """Find what a reference points to.

    Args:
        reference: the reference.
        ids: elements of the document by id, or their canonical octets.
        attachments: attachments by ``cid:`` URI.

    Raises:
        Refusal: nothing is there, or it lies outside.
    """
    uri = reference.uri
    if uri is None or uri == "":
        raise Refusal(
            SubIndication.SIG_CONSTRAINTS_FAILURE,
            'expected references to parts by id, found one to the whole document (URI="")',
            code="signature.whole-document",
            advice="A signature over the whole document breaks when the axis adds a trace header; "
            "ask the sender to sign by parts.",
        )
    target = ids.get(uri[1:]) if uri.startswith("#") else attachments.get(uri)
    if target is not None:
        return Resolved(reference, target)
    raise missing_part(uri) if uri.startswith(("#", "cid:")) else external(uri)


def missing_part(uri: str) -> Refusal:
    """What is referred to is not there."""
    return Refusal(
        SubIndication.SIGNED_DATA_NOT_FOUND,
        f"expected what {uri} refers to in this file, found nothing",
        code="signature.missing-part",
        advice="The file is not complete; ask for it again.",
    )


def external(uri: str) -> Refusal:
    """What is referred to lies outside, and was not given."""
    return Refusal(
        SubIndication.SIG_CONSTRAINTS_FAILURE,
        f"expected references inside this file, found an external reference: {uri[:120]}",
        code="signature.external-reference",
        advice="Nothing was fetched. Treat the file as hostile.",
    )


def supported_digest(uri: str, allowed: frozenset[Digest] = STRONG_DIGESTS) -> Digest:
    """The digest algorithm behind a URI.

    Args:
        uri: the URI.
        allowed: the digests that are accepted.

    Raises:
        Refusal: it is not allowed.
    """
    digest = _DIGESTS.get(uri)
    if digest in allowed:
        return digest
    names = " or ".join(sorted(map(name_of, allowed)))
    expected = "SHA-256 or better" if allowed == STRONG_DIGESTS else names
    raise Refusal(
        SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
        f"expected {expected} as digest, found {name_of(uri)}",
        code="signature.digest-algorithm",
        advice="Ask the sender to sign again with such a digest.",
    )


def digest_of(target: _Element | Attachment | bytes, digest: Digest) -> bytes:
    """Digest of an element's canonical octets, which may be at hand, or of an attachment's own."""
    if isinstance(target, Attachment):
        return target.digest(digest.hashlib_name)
    return hashlib.new(digest.hashlib_name, _canonical(target)).digest()


def octets_of(target: _Element | Attachment | bytes) -> int:
    """How many octets a digest of it is over; 0 for an element without a canonical form."""
    if isinstance(target, Attachment):
        return target.size
    try:
        return len(_canonical(target))
    except Refusal:
        return 0


def _canonical(target: _Element | bytes) -> bytes:
    return target if isinstance(target, bytes) else exclusive(target)


def _measured(target: _Element | Attachment | bytes, digest: Digest) -> tuple[bytes, int]:
    """Its digest, and how many octets that is over."""
    if isinstance(target, Attachment):
        return target.digest(digest.hashlib_name), target.size
    octets = _canonical(target)
    return hashlib.new(digest.hashlib_name, octets).digest(), len(octets)


def verify_digest(resolved: Resolved, diagnosis: Diagnosis | None = None) -> int:
    """Hold what a reference points to against its digest.

    Args:
        resolved: the reference and what it points to.
        diagnosis: looks for the reason where it does not hold.

    Returns:
        How many octets it is over.

    Raises:
        Refusal: the digest differs, or algorithm or transforms are not allowed.
    """
    reference, target = resolved.reference, resolved.target
    digest = supported_digest(reference.digest_method)
    _check_transforms(reference, () if isinstance(target, Attachment) else CANONICAL)
    actual, octets = _measured(resolved.octets or target, digest)
    if not hmac.compare_digest(actual, reference.digest_value):
        known = None if isinstance(target, bytes) else target
        raise changed(reference, actual, diagnosis.of(reference, known) if diagnosis else "")
    return octets


def changed(reference: Reference, actual: bytes, why: str = "") -> Refusal:
    """What is there has another digest than the one that was signed.

    Args:
        reference: the reference.
        actual: the digest of what is there.
        why: what is known about the one that was signed.
    """
    what = reference.uri or "the whole document"
    return Refusal(
        SubIndication.HASH_FAILURE,
        f"expected digest {reference.digest_value.hex()} of {what}, found {actual.hex()}"
        + (f"; {why}" if why else ""),
        code="signature.digest",
        advice="The signature proves nothing. Tell the sender: the program that signs is at fault."
        if why
        else "It was changed after signing. Do not use it; ask the sender for it again.",
    )


def _check_transforms(reference: Reference, expected: tuple[Transform, ...]) -> None:
    if reference.transforms == expected:
        return
    found = [transform.algorithm for transform in reference.transforms]
    names = [name_of(uri) for uri in found] or ["none"]
    wanted = "exclusive canonical XML" if expected else "no transform"
    parameters = found == [transform.algorithm for transform in expected]
    raise Refusal(
        SubIndication.SIG_CONSTRAINTS_FAILURE,
        f"expected {wanted} for {reference.uri}, found {', '.join(names)}"
        + (" with parameters" if parameters else ""),
        code="signature.transform",
        advice="The signature is of a kind that this profile does not accept.",
    )
