"""The signatures that a letter carries, as they name themselves. Nothing here is verified."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from docexchange.cli._output import plain
from docexchange.cli._words import moment_words, say
from docexchange.envelope.names import DS, SIGNATURES, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docexchange.envelope import Envelope

__all__ = ["FoundSignature", "signature_words", "signatures_in"]

_XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSignature:
    """One signature, by its own words."""

    real: bool
    """False for an element that only looks like one: in a wrong namespace, or empty."""
    name: str = ""
    """Whom the certificate in it names."""
    organization: str = ""
    """The organisation in that name."""
    sha256: str = ""
    """SHA-256 of that certificate; empty where there is none to read."""
    role: str = ""
    """The role it claims."""
    time: str = ""
    """The time it claims."""


def signatures_in(envelope: Envelope) -> list[FoundSignature]:
    """The signatures in the header of a letter, in their order."""
    return [
        _read(child) if child.tag == f"{{{DS}}}Signature" else FoundSignature(real=False)
        for child in envelope.header
        if isinstance(child.tag, str) and local_name(child.tag) in SIGNATURES
    ]


def signature_words(found: FoundSignature) -> str:
    """What a signature says of itself, on one line."""
    if not found.real:
        return say("a placeholder that proves nothing")
    names = ", ".join(dict.fromkeys(filter(None, (found.name, found.organization))))
    claim = f"{say('claims to be by')} {names or say('unknown')}"
    return plain(", ".join(filter(None, (claim, say(found.role), _time_words(found.time)))))


def _time_words(time: str) -> str:
    """The time as clocks in Vietnam show it; as it stands there where it is none, or of no zone."""
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        return time
    return moment_words(moment) if moment.tzinfo else time


def _read(element: _Element) -> FoundSignature:
    from docexchange.signing.certificates import fingerprint, load_der, signatory

    der = _certificate(element)
    # Its own properties: those of counter-signatures in it stand further below.
    own = next(element.iter(f"{{{_XADES}}}SignedProperties"), element)
    claims = {
        "role": _text(own, f"{{{_XADES}}}ClaimedRole"),
        "time": _text(own, f"{{{_XADES}}}SigningTime"),
    }
    try:
        who = signatory(load_der(der))
    except ValueError:
        return FoundSignature(real=True, sha256=fingerprint(der) if der else "", **claims)
    return FoundSignature(
        real=True, name=who.name, organization=who.organization, sha256=who.sha256, **claims
    )


def _certificate(element: _Element) -> bytes:
    try:
        return base64.b64decode(_text(element, f"{{{DS}}}X509Certificate", most=100_000))
    except (binascii.Error, ValueError):
        return b""


def _text(element: _Element, tag: str, *, most: int = _LONGEST) -> str:
    found = next(element.iter(tag), None)
    return "" if found is None else (found.text or "").strip()[:most]
