"""Many deliveries at a glance, by letter or by next hop, and what to do about each."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from docexchange.cli._delivery_lines import delivery_json
from docexchange.cli._exchange_words import moment, phrase, state_words
from docexchange.cli._output import answer
from docexchange.cli._problem_words import problem_words
from docexchange.cli._timeline import print_table
from docexchange.cli._words import language
from docexchange.delivery.table import WAITING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docexchange.delivery import OutboundRecord
    from docexchange.identifiers import OrganId

__all__ = [
    "ADVICE",
    "advice_for",
    "listed_json",
    "peers_json",
    "print_deliveries",
    "print_peers",
]

_UNDER_WAY: Final = (
    "It is under way; nothing need be done.",
    "Đang trên đường; không cần làm gì.",
)
_TRY_AGAIN: Final = (
    "Mend what the problem names, then send it again with `docexchange delivery resend`.",
    "Khắc phục nguyên nhân đã nêu rồi gửi lại bằng `docexchange delivery resend`.",
)

ADVICE: Final[Mapping[str, tuple[str, str]]] = {
    "queued": _UNDER_WAY,
    "sending": _UNDER_WAY,
    "awaiting_receipt": _UNDER_WAY,
    "retry_wait": (
        "It is tried again by itself; if that lasts, ask the operator of the next hop.",
        "Hệ thống sẽ tự gửi lại; nếu kéo dài, liên hệ nơi vận hành chặng sau.",
    ),
    "acknowledged": ("The next hop has it.", "Chặng sau đã nhận."),
    "rejected": (
        "Correct what the refusal names; a letter with other content needs a new id.",
        "Sửa theo lý do từ chối; văn bản có nội dung khác phải có mã mới.",
    ),
    "expired": _TRY_AGAIN,
    "dead_letter": _TRY_AGAIN,
    "returned": (
        "Ask the hub that gave up, then send it again with `docexchange delivery resend`.",
        "Liên hệ trục đã ngừng chuyển, rồi gửi lại bằng `docexchange delivery resend`.",
    ),
    "cancelled": (
        "It was stopped on request; `docexchange delivery resend` takes it up again.",
        "Đã dừng theo yêu cầu; `docexchange delivery resend` để gửi tiếp.",
    ),
}
"""What to do about a delivery in each state, in English and Vietnamese."""


def advice_for(record: OutboundRecord) -> str:
    """What to do about a delivery."""
    return ADVICE[record.state][language() == "vi"]


def listed_json(record: OutboundRecord) -> dict[str, Any]:
    """A delivery with what lists are sorted and filtered by."""
    return {
        **delivery_json(record),
        "origin": str(record.origin),
        "kind": record.kind,
        "lane": record.lane,
        "size": record.size,
        "created_at": record.created_at.isoformat(),
    }


def print_deliveries(records: Sequence[OutboundRecord]) -> None:
    """Print a table, one line for each delivery."""
    if not records:
        answer(phrase("no deliveries"))
        return
    head = [
        "accepted (Vietnam)",
        "message",
        "recipient",
        "next hop",
        "state",
        "attempts",
        "problem",
    ]
    rows = [
        [
            moment(record.created_at),
            str(record.message_id),
            str(record.recipient),
            str(record.next_hop),
            state_words(record.state),
            str(record.attempts),
            problem_words(record.problem),
        ]
        for record in records
    ]
    print_table([list(map(phrase, head)), *rows])


def peers_json(records: Sequence[OutboundRecord]) -> list[dict[str, Any]]:
    """One value for each next hop, by code.

    Args:
        records: deliveries, the oldest first.
    """
    return [_peer(peer, found) for peer, found in sorted(_by_peer(records).items())]


def print_peers(records: Sequence[OutboundRecord]) -> None:
    """Print a table, one line for each next hop.

    Args:
        records: deliveries, the oldest first.
    """
    if not records:
        answer(phrase("no deliveries"))
        return
    head = ["next hop", "waiting", "failed", "oldest (Vietnam)", "next try (Vietnam)", "problem"]
    rows = []
    for peer, found in sorted(_by_peer(records).items()):
        due = _next_due(found)
        counts = [str(_waiting(found)), str(_failed(found)), moment(found[0].created_at)]
        problem = problem_words(_problem(found))
        rows.append([str(peer), *counts, moment(due.due_at) if due else "", problem])
    print_table([list(map(phrase, head)), *rows])


def _by_peer(records: Sequence[OutboundRecord]) -> dict[OrganId, list[OutboundRecord]]:
    peers: defaultdict[OrganId, list[OutboundRecord]] = defaultdict(list)
    for record in records:
        peers[record.next_hop].append(record)
    return peers


def _peer(peer: OrganId, records: Sequence[OutboundRecord]) -> dict[str, Any]:
    due = _next_due(records)
    return {
        "next_hop": str(peer),
        "waiting": _waiting(records),
        "failed": _failed(records),
        "oldest_at": records[0].created_at.isoformat(),
        "due_at": due.due_at.isoformat() if due else None,
        "problem": _problem(records),
    }


def _waiting(records: Sequence[OutboundRecord]) -> int:
    return sum(not record.state.is_terminal for record in records)


def _failed(records: Sequence[OutboundRecord]) -> int:
    return sum(record.state.is_failure for record in records)


def _next_due(records: Sequence[OutboundRecord]) -> OutboundRecord | None:
    waiting = [record for record in records if record.state in WAITING]
    return min(waiting, key=lambda record: record.due_at, default=None)


def _problem(records: Sequence[OutboundRecord]) -> str:
    """What went wrong with what waits, or else with the latest that failed."""
    told = [record for record in records if record.problem]
    waiting = [record for record in told if not record.state.is_terminal]
    return (waiting or told)[-1].problem if told else ""
