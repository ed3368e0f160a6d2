"""Names of things: agencies, documents, messages, attachments. Parse, format, compare.

An identifier is a frozen value that cannot exist outside its grammar. Strict on what we make
(``OrganId.parse("000.00.00.G22")``), lenient on what we receive (``OrganId("28.22.H17")``), because
real traffic carries codes that no decree knows.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Self

from docexchange.errors import InvalidIdentifier

__all__ = ["ContentId", "DocumentId", "DocumentIdParts", "MessageId", "OrganId"]

_QCVN_102: Final = re.compile(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}")
_QCVN_102_LENGTH: Final = 13
_DECISION_20: Final = re.compile(r"[A-Z][0-9]{2}(\.[0-9A-Z]{2,10}){0,8}")
_CONVERTIBLE: Final = re.compile(
    r"[A-Z][0-9]{2}(\.[0-9]{2}){0,2}|[A-Z][0-9]{2}(\.[0-9]{2}){2}\.[0-9]{3}"
)
_LENIENT: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,34}")
_SHORT: Final = re.compile(r"[0-9]{2}(\.[0-9]{2})?\.[A-Z][0-9]{2}")
_DECISION_20_LENGTH: Final = 35
_NO_LEVELS: Final = ("000", "00", "00")
_WRITTEN: Final = re.compile(
    r"(?P<organ>[^,]+),(?P<day>(?P<year>[0-9]{4})(?P<month>/[0-9]{2}/[0-9]{2})?),"
    r"(?P<number>[^/,]+)/(?P<notation>.+)"
)
_MESSAGE_ID: Final = re.compile(r"[A-Za-z_][A-Za-z0-9._-]{0,127}")
_CONTENT_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+~-]{0,127}")
_DOCUMENT_ID_LENGTH: Final = 255


@dataclass(frozen=True, slots=True, order=True)
class OrganId:
    """The code of an agency: 13 characters (QCVN 102) or Decision 20/2020/QĐ-TTg.

    Args:
        value: ``000.21.31.H53`` or ``H53.31.21``; also the short and odd forms of real traffic
            (``28.22.H17``, ``vxp.saas.03``), which ``is_strict`` tells apart.

    Raises:
        InvalidIdentifier: not even remotely a code.
    """

    value: str

    def __post_init__(self) -> None:
        if not _LENIENT.fullmatch(self.value):  # every strict code is one of these too
            raise InvalidIdentifier(
                f"agency code: expected 000.00.00.A00 or A00.00.00, found {self.value[:60]!r}",
                code="identifier.organ-id",
                advice="Look the code up in the directory.",
            )

    @staticmethod
    def _is_strict(value: str) -> bool:
        return bool(_QCVN_102.fullmatch(value)) or (
            len(value) <= _DECISION_20_LENGTH and bool(_DECISION_20.fullmatch(value))
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code that must be in one of the two grammars.

        Raises:
            InvalidIdentifier: it is in neither.
        """
        organ_id = cls(text)
        if not organ_id.is_strict:
            raise InvalidIdentifier(
                f"agency code: expected 000.00.00.A00 or A00.00.00, found {text[:60]!r}",
                code="identifier.organ-id",
                advice="Look the code up in the directory.",
            )
        return organ_id

    @property
    def is_strict(self) -> bool:
        """Whether the code is in one of the two official grammars."""
        return self._is_strict(self.value)

    @property
    def as_decision_20(self) -> str:
        """The code in the left-to-right form of Decision 20 (``H53.31.21``), where it converts.

        This is arithmetic: an agency may have been given another code since. The directory knows
        which codes are of one agency.
        """
        return _as_decision_20(self.value)

    @property
    def as_qcvn_102(self) -> str:
        """The code in the 13 characters of QCVN 102 (``000.21.31.H53``), where it converts.

        It does when it has at most four levels of two digits, the fourth of three, and does not
        end in zeros.
        """
        groups = self.value.split(".")
        if not _CONVERTIBLE.fullmatch(self.value) or (
            len(groups) > 1 and not groups[-1].strip("0")
        ):
            return self.value
        return ".".join([*_NO_LEVELS[: 4 - len(groups)], *reversed(groups)])

    @classmethod
    def tolerant(cls, text: str) -> Self:
        """Read a code as people write it: with invisible characters, small letters, zeros left out.

        ``28.22.H17`` is ``000.28.22.H17`` by its place in the grammar; whoever wrote it may have
        meant another agency, so look the result up before anything is sent there.

        Raises:
            InvalidIdentifier: not even remotely a code.
        """
        plain = "".join(character for character in text if not _is_blank(character)).upper()
        if _SHORT.fullmatch(plain):
            groups = plain.split(".")
            plain = ".".join([*_NO_LEVELS[: 4 - len(groups)], *groups])
        return cls(plain if cls._is_strict(plain) else text.strip())

    @property
    def aliases(self) -> frozenset[str]:
        """Every way to write this code: in one grammar, in the other, with zeros left out."""
        old, new = self.as_qcvn_102, self.as_decision_20
        groups = old.split(".") if _QCVN_102.fullmatch(old) else []
        short = {
            ".".join(groups[left:])
            for left in (1, 2)
            if groups and groups[left - 1 :: -1] == list(_NO_LEVELS[left - 1 :: -1])
        }
        return frozenset({self.value, old, new, *short})

    @property
    def level(self) -> int | None:
        """How deep the agency stands, from 1; None for a code outside the two grammars.

        It is not the tier: a department of a province and a district are both on level 2.
        """
        return self.as_decision_20.count(".") + 1 if self.is_strict else None

    # What a dataclass does makes tuples each time.

    def __eq__(self, other: object) -> bool:
        return self.value == other.value if isinstance(other, OrganId) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.value)

    def __str__(self) -> str:
        return self.value


@lru_cache(maxsize=32_768)
def _as_decision_20(value: str) -> str:
    """Asked several times for each letter, of the agencies that there are."""
    if len(value) != _QCVN_102_LENGTH or not _QCVN_102.fullmatch(value):
        return value
    groups = value.split(".")[::-1]
    while len(groups) > 1 and not groups[-1].strip("0"):
        groups.pop()
    return ".".join(groups)


@dataclass(frozen=True, slots=True)
class DocumentIdParts:
    """What a document id in one of the written forms is made of."""

    organ_id: OrganId
    """The agency that issued the document."""
    year: int
    """The year of its number."""
    promulgated: date | None
    """The date of issue; None in the form with the year alone (guidance of 395/QĐ-BTTTT)."""
    number: str
    """Its number."""
    notation: str
    """Its notation."""


@dataclass(frozen=True, slots=True, order=True)
class DocumentId:
    """The id of a document: ``code,yyyy/MM/dd,number/notation``, a UUID, or any short text.

    Args:
        value: 1 to 255 printable characters.

    Raises:
        InvalidIdentifier: empty, too long or not printable.
    """

    value: str

    def __post_init__(self) -> None:
        value = self.value
        if not (value.strip() and len(value) <= _DOCUMENT_ID_LENGTH and value.isprintable()):
            raise InvalidIdentifier(
                f"document id: expected 1 to {_DOCUMENT_ID_LENGTH} printable characters, "
                f"found {self.value[:60]!r} ({len(self.value)} characters)",
                code="identifier.document-id",
            )

    @property
    def parts(self) -> DocumentIdParts | None:
        """What an id in one of the written forms says; None for a UUID or other text."""
        found = _WRITTEN.fullmatch(self.value)
        if not found:
            return None
        try:
            organ_id = OrganId(found["organ"])
            day = date.fromisoformat(found["day"].replace("/", "-")) if found["month"] else None
        except (InvalidIdentifier, ValueError):
            return None
        return DocumentIdParts(
            organ_id, int(found["year"]), day, found["number"], found["notation"]
        )

    @classmethod
    def of(cls, organ_id: OrganId, promulgated: date, number: str, notation: str) -> Self:
        """Build ``code,yyyy/MM/dd,number/notation`` (Decision 28/2018/QĐ-TTg, article 10)."""
        return cls(f"{organ_id},{promulgated:%Y/%m/%d},{number}/{notation}")

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, order=True)
class MessageId:
    """The id of one message on its way; the ``Id`` of its signed ``MessageHeader``.

    It is an XML name, so that the signature can refer to it, and it is covered by that signature.

    Args:
        value: a letter or ``_``, then up to 127 letters, digits, ``.``, ``_`` and ``-``.

    Raises:
        InvalidIdentifier: anything else.
    """

    value: str

    def __post_init__(self) -> None:
        if not _MESSAGE_ID.fullmatch(self.value):
            raise InvalidIdentifier(
                "message id: expected a letter and then letters, digits, '.', '_' or '-', "
                f"found {self.value[:60]!r}",
                code="identifier.message-id",
            )

    @classmethod
    def new(cls) -> Self:
        """A fresh random id."""
        return cls(f"m-{uuid.uuid4()}")

    @classmethod
    def derived(cls, *parts: str) -> Self:
        """The same id for the same parts: for messages that follow from another."""
        return cls(f"m-{uuid.uuid5(uuid.NAMESPACE_URL, 'urn:docexchange:' + chr(31).join(parts))}")

    # What a dataclass does makes tuples each time.

    def __eq__(self, other: object) -> bool:
        return self.value == other.value if isinstance(other, MessageId) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.value)

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, order=True)
class ContentId:
    """The id that ties a manifest entry, an attachment and a signature reference together.

    Args:
        value: without the ``cid:`` in front.

    Raises:
        InvalidIdentifier: characters that would need escaping in a URI.
    """

    value: str

    def __post_init__(self) -> None:
        if not _CONTENT_ID.fullmatch(self.value):
            raise InvalidIdentifier(
                f"content id: expected letters, digits and . _ @ + ~ - , found {self.value[:60]!r}",
                code="identifier.content-id",
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read it with or without ``cid:`` in front; both occur."""
        return cls(text.removeprefix("cid:"))

    @property
    def uri(self) -> str:
        """The id as a reference: ``cid:209``."""
        return f"cid:{self.value}"

    def __str__(self) -> str:
        return self.value


def _is_blank(character: str) -> bool:
    """Spaces, and what nobody sees: zero-width spaces stand in real lists of agencies."""
    return character.isspace() or unicodedata.category(character) in {"Cf", "Cc"}
