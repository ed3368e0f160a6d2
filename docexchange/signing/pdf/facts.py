"""What the reading process tells about a PDF file: facts, no judgement, as JSON on the way.

>>> PdfFacts.from_json(facts.as_json()) == facts
True
"""

from __future__ import annotations

import base64
import dataclasses
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

__all__ = ["Changes", "Coverage", "PdfFacts", "SignatureFacts"]


class Coverage(StrEnum):
    """How much of a PDF file a signature covers."""

    FILE = "whole file"
    REVISION = "whole revision"
    LESS = "less"


class Changes(StrEnum):
    """What was changed after signing, at most."""

    NONE = "none"
    TIMESTAMPS = "timestamps only"
    FORM = "form filling"
    ANNOTATIONS = "annotations"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFacts:
    """One signature, or one timestamp over the document."""

    name: str
    """Name of its form field."""
    kind: str = "/Sig"
    """``/Sig`` or ``/DocTimeStamp``."""
    form: str = ""
    """``SubFilter``: how the signature is written."""
    revision: int = 0
    """Revision it was made in, from 0."""
    problem: str = ""
    """Why it could not be read; the rest is empty then."""
    gap: str = ""
    """What is wrong with ``ByteRange``: it must leave out the signature and nothing else."""
    coverage: Coverage = Coverage.LESS
    """How much it covers."""
    octets: int = 0
    """How many octets of the file that are."""
    changes: Changes = Changes.UNKNOWN
    """What was changed after it."""
    change: str = ""
    """The same in words of the reader, where it is not harmless."""
    permitted: bool = True
    """Whether that is what it permits itself (DocMDP, FieldMDP)."""
    last: bool = False
    """Whether no other signature came after it; timestamps do not count."""
    permissions: str = ""
    """What it permits: ``NO_CHANGES``, ``FILL_FORMS``, ``ANNOTATE``; empty for not told."""
    intact: bool = False
    """Whether the digest of the covered octets holds."""
    valid: bool = False
    """Whether the signature value holds."""
    identified: bool = False
    """Whether the signing certificate is named under the signature, as PAdES wants it."""
    signing_time: str = ""
    """When the signer claims to have signed, ISO 8601."""
    digest_name: str = ""
    """What the covered octets were digested with..."""
    digest: bytes = field(default=b"", repr=False)
    """...and what came out."""
    algorithm: bytes = field(default=b"", repr=False)
    """DER of the signature algorithm."""
    value: bytes = field(default=b"", repr=False)
    """The signature value."""
    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    """DER of the signer's certificate, then of the others that came with it."""
    tokens: tuple[bytes, ...] = field(default=(), repr=False)
    """Timestamps over the value; of ``/DocTimeStamp`` the one over the document."""
    crls: tuple[bytes, ...] = field(default=(), repr=False)
    """Revocation lists under the signature."""
    ocsps: tuple[bytes, ...] = field(default=(), repr=False)
    """OCSP answers under the signature."""

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Self:
        """Out of what JSON makes of it.

        Raises:
            ValueError: it has other fields or values.
        """
        for name in _OCTETS:
            plain[name] = base64.b64decode(plain[name])
        for name in _LISTS:
            plain[name] = tuple(map(base64.b64decode, plain[name]))
        for name, kind in _WORDS.items():
            plain[name] = kind(plain[name])
        return cls(**plain)


_OCTETS = ("digest", "algorithm", "value")
_LISTS = ("certificates", "tokens", "crls", "ocsps")
_WORDS = {"coverage": Coverage, "changes": Changes}


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfFacts:
    """One file."""

    refusal: str = ""
    """Code of why it could not be read; empty where it could."""
    reason: str = ""
    """The same in words."""
    octets: int = 0
    """How large it is."""
    signatures: tuple[SignatureFacts, ...] = ()
    """In the order they were made."""
    crls: tuple[bytes, ...] = field(default=(), repr=False)
    """Revocation lists in the document's store (DSS)."""
    ocsps: tuple[bytes, ...] = field(default=(), repr=False)
    """OCSP answers there."""
    has_store: bool = False
    """Whether there is such a store, as levels for long-term validation have it."""
    orphans: tuple[str, ...] = ()
    """Objects of a generation without predecessors that were left out (``13 1``)."""

    def as_json(self) -> bytes:
        """For the way between processes."""
        return json.dumps(dataclasses.asdict(self), default=_text).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read what ``as_json`` wrote.

        Raises:
            ValueError: it is something else.
        """
        try:
            plain = json.loads(data)
            signatures = tuple(map(SignatureFacts.from_plain, plain.pop("signatures")))
            for name in ("crls", "ocsps"):
                plain[name] = tuple(map(base64.b64decode, plain[name]))
            plain["orphans"] = tuple(plain["orphans"])
            return cls(**plain, signatures=signatures)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"expected facts about a PDF, found other JSON ({error})") from error


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
