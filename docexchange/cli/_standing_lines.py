"""Where a document stands at each receiver, as plain values and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from docexchange.cli._exchange_words import moment
from docexchange.cli._output import plain
from docexchange.cli._words import language
from docexchange.lifecycle import Asked, Odd, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docexchange.lifecycle import Answered, Standing

__all__ = ["ODDITIES", "SUMMARIES", "standing_json", "standing_lines"]

SUMMARIES: Final[Mapping[str, tuple[str, str]]] = {
    State.VALID: ("in force as it was sent", "còn hiệu lực như khi gửi"),
    State.REFUSED: ("not taken", "bị từ chối tiếp nhận"),
    State.UPDATED: ("updated", "đã cập nhật"),
    State.REPLACED: ("replaced", "đã được thay thế"),
    State.RECALLED: ("recalled", "đã thu hồi"),
    f"{Asked.RECALL}-asked": ("recall asked, not answered", "đề nghị thu hồi, chưa trả lời"),
    f"{Asked.UPDATE}-asked": ("update asked, not answered", "đề nghị cập nhật, chưa trả lời"),
    f"{Asked.RECEIVERS}-asked": (
        "other receivers asked, not answered",
        "đề nghị đổi nơi nhận, chưa trả lời",
    ),
    f"{Asked.REPLACEMENT}-asked": (
        "replacement asked, not answered",
        "đề nghị thay thế, chưa trả lời",
    ),
    f"{Asked.RECALL}-refused": ("recall refused", "từ chối thu hồi"),
    f"{Asked.UPDATE}-refused": ("update refused", "từ chối cập nhật"),
    f"{Asked.RECEIVERS}-refused": ("other receivers refused", "từ chối đổi nơi nhận"),
    f"{Asked.REPLACEMENT}-refused": ("replacement refused", "từ chối thay thế"),
    f"{Asked.ADDITION}-refused": ("refused as a new receiver", "nơi nhận mới từ chối"),
}
"""Every summary of a standing, in English and Vietnamese."""

ODDITIES: Final[Mapping[Odd, tuple[str, str]]] = {
    Odd.FOREIGN: (
        "asked by an agency that did not send the document; counts nothing",
        "cơ quan không gửi văn bản này đề nghị; không có giá trị",
    ),
    Odd.NOT_HELD: (
        "the receiver was not sent the document, or it has not arrived yet",
        "nơi nhận không được gửi văn bản này, hoặc văn bản chưa đến",
    ),
    Odd.NO_QUESTION: ("an answer to what nobody asked", "trả lời khi không có đề nghị"),
    Odd.CONTRADICTED: (
        "agreed to and refused; the agreement counts",
        "vừa đồng ý vừa từ chối; tính là đồng ý",
    ),
    Odd.AFTER_RECALL: ("asked after the recall; changes nothing", "đề nghị sau khi đã thu hồi"),
    Odd.AFTER_REFUSAL: (
        "asked after the receiver had refused the document",
        "đề nghị sau khi nơi nhận đã từ chối văn bản",
    ),
    Odd.AFTER_REPLACEMENT: (
        "asked after the replacement, which stays in force",
        "đề nghị sau khi đã thay thế; văn bản thay thế vẫn có hiệu lực",
    ),
    Odd.WITHDRAWN: (
        "the letter that asked was recalled itself",
        "văn bản đề nghị đã được thu hồi",
    ),
}
"""Everything odd, in English and Vietnamese."""

_PHRASES: Final[Mapping[str, tuple[str, str]]] = {
    "Standing": ("Standing", "Hiệu lực"),
    "in force": ("in force", "đang dùng"),
    "Note": ("Note", "Lưu ý"),
}


def standing_json(standing: Standing) -> dict[str, Any]:
    """A standing as plain values."""
    in_force = standing.in_force
    return {
        "document_id": standing.document_id,
        "sender": str(standing.sender),
        "receiver": str(standing.receiver),
        "state": str(standing.state),
        "summary": standing.summary,
        "in_force": {
            "message_id": str(in_force.message_id),
            "document_id": in_force.document_id,
        }
        if in_force
        else None,
        "asked": [_answered(item) for item in standing.asked],
        "outstanding": [str(item.message_id) for item in standing.outstanding],
        "warnings": [
            {
                "code": str(item.what),
                "words": _choose(ODDITIES[item.what]),
                "message_id": str(item.message_id),
            }
            for item in standing.warnings
        ],
    }


def _answered(item: Answered) -> dict[str, Any]:
    question = item.question
    return {
        "message_id": str(question.message_id),
        "kind": str(question.kind),
        "document_id": question.document_id,
        "at": question.at.isoformat(),
        "reason": question.reason,
        "agreed": item.agreed,
        "answered_at": item.at.isoformat() if item.at else None,
        "answer": item.reason,
    }


def standing_lines(standing: Standing) -> Iterator[str]:
    """A standing in words, what is odd below it; nothing where nothing was asked or refused."""
    if not standing.asked and not standing.warnings:
        return
    words = [plain(standing.document_id), str(standing.receiver)]
    words.append(_choose(SUMMARIES[standing.summary]))
    if standing.in_force and standing.in_force.document_id != standing.document_id:
        words.append(f"{_say('in force')} {plain(standing.in_force.document_id)}")
    words += [plain(item.question.reason) for item in standing.asked[-1:] if item.question.reason]
    words += [plain(item.reason) for item in standing.asked[-1:] if item.reason]
    words += [moment(item.at) for item in standing.asked[-1:] if item.at]
    yield f"{_say('Standing')}: {' · '.join(words)}"
    for odd in standing.warnings:
        yield f"{_say('Note')}: {odd.message_id} · {_choose(ODDITIES[odd.what])}"


def _say(phrase: str) -> str:
    return _choose(_PHRASES[phrase])


def _choose(words: tuple[str, str]) -> str:
    return words[language() == "vi"]
