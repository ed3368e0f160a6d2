"""Is this the message that we have? By what is signed, for the rest of the bytes may differ.

>>> is_same(envelope, stored)

Hubs add trace headers, so one letter has other bytes on every stretch of its way, and again when a
hub that lost its memory passes it on a second time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.envelope.names import DS
from docexchange.signing.coverage import parts_of
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import Digest
from docexchange.signing.xmldsig.references import digest_of

if TYPE_CHECKING:
    from docexchange.envelope import Envelope

__all__ = ["is_same", "signature_values"]


def is_same(envelope: Envelope, stored: Envelope) -> bool:
    """Whether a message is the one that was stored, with its signatures if it has any."""
    values = signature_values(envelope)
    return values in ((), signature_values(stored)) and _content(envelope) == _content(stored)


def signature_values(envelope: Envelope) -> tuple[str, ...]:
    """The signatures of an envelope, not verified, without what writers put between digits."""
    found = envelope.header.findall(f"{{{DS}}}Signature/{{{DS}}}SignatureValue")
    return tuple("".join((value.text or "").split()) for value in found)


def _content(envelope: Envelope) -> dict[str, bytes]:
    """What a signature covers, by reference; empty for what no signature could cover."""
    try:
        return {part.uri: digest_of(part.target, Digest.SHA256) for part in parts_of(envelope)}
    except Refusal:
        return {}
