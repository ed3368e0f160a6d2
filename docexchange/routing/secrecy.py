"""Does a letter say that it is a state secret? Such letters must not travel on this exchange.

Decision 28/2018/QĐ-TTg (article 1) and QCVN 102 leave state secrets out, so the format has no field
for a degree of secrecy. What people write all the same is looked for: a degree (``Mật``, ``Tối
mật``, ``Tuyệt mật``) that is a whole field, stands in brackets, stands before a colon or dash at
the beginning, or follows ``độ mật:``. The word alone within a sentence is none: ``V/v bảo mật thông
tin`` is an ordinary subject. A letter that hides what it is passes; this is no substitute for the
clerk who must not put it in.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from docexchange.envelope import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.envelope import Message

__all__ = ["Secrecy", "secrecy_of"]


class Secrecy(StrEnum):
    """The three degrees of the law on state secrets, highest first."""

    HIGHEST = "Tuyệt mật"
    HIGH = "Tối mật"
    PLAIN = "Mật"


_WORD: Final = unicodedata.normalize("NFC", Secrecy.PLAIN.casefold())
"""It is in each of the degrees."""
_DEGREES: Final = {unicodedata.normalize("NFC", degree.casefold()): degree for degree in Secrecy}
_DEGREE: Final = f"({'|'.join(_DEGREES)})"
_MARKS: Final = re.compile(
    rf"^{_DEGREE}$|[(\[]\s*{_DEGREE}\s*[)\]]|^{_DEGREE}\s*[:–—-]|\bđộ mật\s*:\s*{_DEGREE}\b"
)


def secrecy_of(message: Message) -> tuple[Secrecy, str] | None:
    """The degree of secrecy that a message says it has, and the field where it says so.

    Args:
        message: a letter; statuses have no degree.
    """
    fields = list(_fields(message))
    if _WORD not in _plain("\n".join([text for _, text in fields])):
        return None  # as most letters: nothing has to be looked at field by field
    for field, text in fields:
        found = _MARKS.search(_plain(text))
        if found:
            return _DEGREES[next(filter(None, found.groups()))], field
    return None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()


def _fields(message: Message) -> Iterator[tuple[str, str]]:
    if not isinstance(message, Document):
        return
    yield "Subject", message.subject
    yield "Content", message.content
    yield "DocumentType.TypeName", message.document_type.name
    yield "OtherInfo.SphereOfPromulgation", message.other_info.sphere
    yield "OtherInfo.TyperNotation", message.other_info.typer_notation
    yield "ApplicationType", message.application_type
    yield from (("ToPlaces.Place", place) for place in message.to_places)
    for attachment in message.attachments:
        yield "AttachmentName", attachment.name
        yield "Attachment.Description", attachment.description
