"""The words of published directories, in English and Vietnamese; and what is told of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docexchange.cli._output import answer
from docexchange.cli._words import language, moment_words

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.directory.snapshots import Release

__all__ = ["TERMS", "days_old", "phrase", "print_times", "release_json"]

TERMS: Final = {
    "release": "bản phát hành",
    "root": "bản gốc khóa",
    "under root": "theo bản gốc khóa",
    "agencies": "cơ quan",
    "published": "phát hành",
    "days old": "ngày trước",
    "in force until": "hiệu lực đến",
    "expired": "đã hết hiệu lực từ",
    "deltas from": "phần thay đổi từ bản",
    "taken in": "đã nhận",
    "taken in by delta": "đã nhận, chỉ lấy phần thay đổi",
    "nothing newer": "không có bản mới hơn",
    "keys for the next root": "khóa ký bản gốc kế tiếp",
    "keys for releases": "khóa ký bản phát hành",
    "have to sign": "chữ ký cần có",
    "signed": "đã ký",
    "has not signed": "chưa ký",
    "other signatures": "chữ ký khác",
}


def phrase(english: str) -> str:
    """A term in the language asked for."""
    return TERMS[english] if language() == "vi" else english


def print_times(release: Release, now: datetime) -> None:
    """Print how old a release is, and until when it may be relied on."""
    ended = "expired" if release.expires <= now else "in force until"
    answer(
        f"    {phrase('published')}: {moment_words(release.published)} "
        f"({days_old(release, now)} {phrase('days old')})"
    )
    answer(f"    {phrase(ended)}: {moment_words(release.expires)}")


def days_old(release: Release, now: datetime) -> int:
    """Whole days since a release was made."""
    return max((now - release.published).days, 0)


def release_json(release: Release, now: datetime) -> dict[str, Any]:
    """A release as plain values."""
    return {
        "version": release.version,
        "root": release.root,
        "published": release.published.isoformat(),
        "expires": release.expires.isoformat(),
        "days_old": days_old(release, now),
        "expired": release.expires <= now,
        "sha256": release.directory.sha256,
    }
