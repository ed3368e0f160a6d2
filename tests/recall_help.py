"""Letters that ask something about earlier ones, for the tests of exchanges."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from docexchange.envelope import DocumentBuilder, Organization
from docexchange.identifiers import MessageId
from docexchange.lifecycle import Asked

if TYPE_CHECKING:
    from docexchange.envelope import Document
    from docexchange.identifiers import OrganId

__all__ = ["asking"]


def asking(
    kind: Asked,
    earlier: Document,
    *,
    number: str,
    to: tuple[OrganId, ...] = (),
    sender: OrganId | None = None,
    reason: str = "Sai số liệu",
) -> Document:
    """A letter that recalls, updates or replaces an earlier one, to everybody who was sent that."""
    builder = (
        DocumentBuilder()
        .message_id(MessageId(f"m-{number}"))
        .sender(Organization(sender or earlier.sender.organ_id, "Cơ quan gửi"))
        .to(*(Organization(code, "Cơ quan nhận") for code in to or earlier.destinations))
        .code(number, "UBND-VX")
        .promulgated(date(2026, 3, 2))
        .type("Công văn")
        .subject(f"V/v {kind}")
        .signer("Nguyễn Thị Hoa")
    )
    if kind is Asked.RECALL:
        return builder.recall(earlier, reason=reason).build()
    if kind is Asked.REPLACEMENT:
        return builder.replace(earlier, reason=reason).build()
    return builder.update(earlier, document=kind is Asked.UPDATE, reason=reason).build()
