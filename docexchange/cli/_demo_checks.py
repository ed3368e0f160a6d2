"""What the demonstration must show: each expectation as a line that holds or not."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from docexchange.envelope import Envelope
from docexchange.errors import DocExchangeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docexchange.cli._demo_story import Story
    from docexchange.signing import Report

__all__ = ["Expectation", "expectations"]

_HOPS = 4
_LARGE = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One thing that must be so."""

    english: str
    """What, in English."""
    vietnamese: str
    """The same in Vietnamese."""
    holds: bool
    """Whether it is."""
    found: str = ""
    """What was found instead."""


def expectations(story: Story) -> tuple[Expectation, ...]:
    """Hold a demonstration to everything that it is meant to show."""
    return (
        *_on_the_way(story),
        *_on_the_way_back(story),
        *_at_the_centre(story),
        *_after_tampering(story),
    )


def _on_the_way(story: Story) -> Iterator[Expectation]:
    hops = [copy.agency.name for copy in story.copies]
    yield Expectation(
        english="the letter reached all four agencies",
        vietnamese="văn bản đã qua đủ bốn cơ quan",
        holds=len(hops) == _HOPS,
        found=", ".join(hops),
    )
    for copy in story.copies:
        where, roles = copy.agency.name, _roles(copy.report)
        yield Expectation(
            english=f"{where}: the letter verifies, signed by leader and agency",
            vietnamese=f"{where}: chữ ký của lãnh đạo và cơ quan đều hợp lệ",
            holds=copy.report.passed and roles == ["leader", "agency"],
            found=f"{copy.report.summary}, {roles}",
        )
    for one, following in pairwise(story.copies):
        yield Expectation(
            english=f"{following.agency.name}: received the bytes that {one.agency.name} sent",
            vietnamese=f"{following.agency.name}: nhận đúng nội dung {one.agency.name} đã gửi",
            holds=one.handed_on == following.sha256,
            found=f"{one.handed_on[:12]}, {following.sha256[:12]}",
        )


def _on_the_way_back(story: Story) -> Iterator[Expectation]:
    for one, following in pairwise(story.copies):
        issued = [
            item
            for item in one.receipts
            if item.accepted
            and item.issuer == following.agency.organ_id
            and item.payload == following.sha256
        ]
        yield Expectation(
            english=f"{one.agency.name}: has the receipt of {following.agency.name}",
            vietnamese=f"{one.agency.name}: có biên nhận của {following.agency.name}",
            holds=len(issued) == 1,
            found=f"{len(issued)}",
        )
    codes = [status.code for status in story.statuses]
    yield Expectation(
        english=f"{story.document.sender.name}: was told 01 (arrived) and 03 (entered)",
        vietnamese=f"{story.document.sender.name}: nhận trạng thái 01 và 03",
        holds=codes == ["01", "03"],
        found=", ".join(codes),
    )


def _at_the_centre(story: Story) -> Iterator[Expectation]:
    originals = [_digest(path) for path in story.originals]
    found = _attachment_digests(story.inbox)
    yield Expectation(
        english="the letter handed over holds the attachments byte for byte",
        vietnamese="văn bản bàn giao có tệp đính kèm đúng từng byte",
        holds=found == originals,
        found=", ".join(item[:12] for item in found),
    )
    largest = max(path.stat().st_size for path in story.originals)
    yield Expectation(
        english="one of them is larger than 10 MB",
        vietnamese="có tệp đính kèm lớn hơn 10 MB",
        holds=largest > _LARGE,
        found=f"{largest} bytes",
    )


def _after_tampering(story: Story) -> Iterator[Expectation]:
    report, name = story.tampering.report, story.tampering.attachment
    uncovered = [part.label for part in report.uncovered]
    yield Expectation(
        english="one changed byte: the signature fails and the attachment is named",
        vietnamese="đổi một byte: chữ ký không hợp lệ và chỉ rõ tệp bị sửa",
        holds=report.indication == "TOTAL-FAILED" and uncovered == [f"attachment {name}"],
        found=f"{report.summary} {uncovered}",
    )


def _roles(report: Report) -> list[str]:
    return [role for signature in report.signatures for role in signature.roles]


def _attachment_digests(path: Path) -> list[str]:
    try:
        attachments = Envelope.read(path).message.attachments
        return [_hash(attachment.chunks()) for attachment in attachments]
    except DocExchangeError:
        return []


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _hash(pieces: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()
