"""Routes in words and in JSON: every hop, why it is taken, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from docexchange.cli._output import answer, plain
from docexchange.cli._words import advice_on, language, message_on, moment_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docexchange.delivery import Outage
    from docexchange.errors import NoRoute
    from docexchange.identifiers import OrganId
    from docexchange.routing import FanOut, Hop, Route

__all__ = ["Down", "Explained", "print_down", "print_explained", "print_links", "routes_json"]

_WORDS: Final[Mapping[str, str]] = {
    "the sender writes to itself": "nơi gửi tự gửi cho mình",
    "node that serves the sender": "nút phục vụ nơi gửi",
    "superior on the way up": "cơ quan cấp trên, trên đường lên",
    "nearest common superior": "cơ quan cấp trên chung gần nhất",
    "national axis": "trục liên thông quốc gia",
    "agency that a rule names": "cơ quan do quy tắc chỉ định",
    "superior of the recipient on the way down": "cấp trên của nơi nhận, trên đường xuống",
    "recipient, straight by a rule": "nơi nhận, gửi thẳng theo quy tắc",
    "recipient": "nơi nhận",
    "node that serves the recipient": "nút phục vụ nơi nhận",
    "another recipient": "nơi nhận khác",
    "an endpoint of the sender, or another representative or superior": (
        "nơi gửi có địa chỉ riêng, hoặc đổi cơ quan đại diện hay cấp trên"
    ),
    "a rule for this agency and recipient, or another superior": (
        "quy tắc cho cơ quan này và nơi nhận, hoặc đổi cấp trên"
    ),
    "a rule for this agency and recipient, or another superior of one of them": (
        "quy tắc cho cơ quan này và nơi nhận, hoặc đổi cấp trên của một trong hai"
    ),
    "another axis or default in the rules": "đổi trục hoặc cách đi mặc định trong quy tắc",
    "that rule, or a rule before it": "quy tắc đó, hoặc một quy tắc đứng trước",
    "a rule for this agency and recipient, or another superior of the recipient": (
        "quy tắc cho cơ quan này và nơi nhận, hoặc đổi cấp trên của nơi nhận"
    ),
    "nothing: the letter is for it": "không gì: văn bản gửi cho cơ quan này",
    "an endpoint of the recipient, or another representative or superior": (
        "nơi nhận có địa chỉ riêng, hoặc đổi cơ quan đại diện hay cấp trên"
    ),
    "the link in order again, to": "khi khôi phục được đường tới",
    "rule": "quy tắc",
    "would change with": "sẽ đổi nếu có",
    "avoided, out of order: the link to": "tránh vì đang hỏng: đường tới",
    "this link is out of order, and there is no other": "đường này đang hỏng, không có đường khác",
    "closed, last day": "đã chấm dứt, ngày cuối",
    "goes to its successor": "chuyển cho cơ quan kế thừa",
    "no route": "không có đường",
    "links, each carries the letter once": "đường chuyển, mỗi đường chuyển văn bản một lần",
    "for": "cho",
    "links out of order, as this node saw them last": "đường đang hỏng, theo ghi nhận của nút này",
    "since": "từ",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The way to one recipient, or why there is none."""

    asked: OrganId
    """The recipient as it was asked for."""
    route: Route | None = None
    """Its way."""
    problem: NoRoute | None = None
    """Why there is none."""


def _say(english: str) -> str:
    return _WORDS[english] if language() == "vi" else english


def print_explained(explained: Explained) -> None:
    """Print one way, hop by hop."""
    way = explained.route
    if way is None:
        error = explained.problem
        code, words = (error.code, str(error)) if error else ("", "")
        advice = advice_on(code, error.advice) if error else ""
        answer(f"→ {explained.asked}: {_say('no route')} [{code}]")
        answer(f"  {plain(message_on(words))}. {plain(advice)}")
        return
    answer(f"{way.sender} → {way.recipient} ({way.at})")
    if way.closed:
        closed = f"{way.closed.organ_id} {plain(way.closed.name)}: {_say('closed, last day')}"
        answer(f"  {closed} {way.closed.last_day}; {_say('goes to its successor')} {way.recipient}")
    for number, hop in enumerate(way.hops, start=1):
        _print_hop(number, hop)


def _print_hop(number: int, hop: Hop) -> None:
    rule = f" · {_say('rule')}: {plain(hop.rule)}" if hop.rule else ""
    answer(f"  {number}. {hop.organ_id} {plain(hop.name)} · {_say(hop.reason)}{rule}")
    if hop.avoided is not None:
        answer(f"     {_say('avoided, out of order: the link to')} {hop.avoided}")
    if hop.out_of_order:
        answer(f"     {_say('this link is out of order, and there is no other')}")
    answer(f"     {_say('would change with')}: {_change(hop)}")


def _change(hop: Hop) -> str:
    if hop.avoided is not None:
        return f"{_say('the link in order again, to')} {hop.avoided}"
    return _say(hop.reason.would_change)


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    """A link of the node that is out of order."""

    sender: OrganId
    """The agency of the node."""
    peer: OrganId
    """Whom it does not reach."""
    outage: Outage
    """Since when, and why."""


def print_down(down: Sequence[Down]) -> None:
    """Print the links that are out of order; nothing where there is none."""
    if not down:
        return
    answer()
    answer(f"{_say('links out of order, as this node saw them last')}:")
    for link in down:
        since = f"{_say('since')} {moment_words(link.outage.since)}"
        answer(f"  {link.sender} → {link.peer} · {since} · {plain(link.outage.reason)}")


def print_links(tree: FanOut) -> None:
    """Print every link of a letter to many."""
    links = tree.links
    answer()
    answer(f"{len(links)} {_say('links, each carries the letter once')}:")
    for link in links:
        behind = ", ".join(map(str, link.behind))
        answer(f"  {link.sender} → {link.hop.organ_id} · {_say('for')} {behind}")


def routes_json(
    sender: OrganId, explained: Sequence[Explained], tree: FanOut, down: Sequence[Down]
) -> dict[str, Any]:
    """All ways as plain values, and what is out of order."""
    return {
        "from": str(sender),
        "at": tree.at.isoformat(),
        "routes": [_explained_json(item) for item in explained],
        "links": [
            {
                "from": str(link.sender),
                "to": str(link.hop.organ_id),
                "recipients": [str(code) for code in link.behind],
            }
            for link in tree.links
        ],
        "out_of_order": [
            {
                "from": str(link.sender),
                "to": str(link.peer),
                "since": link.outage.since.isoformat(),
                "reason": link.outage.reason,
            }
            for link in down
        ],
    }


def _explained_json(explained: Explained) -> dict[str, Any]:
    way, error = explained.route, explained.problem
    return {
        "to": str(explained.asked),
        "recipient": str(way.recipient) if way else None,
        "closed": _closed_json(way),
        "hops": [_hop_json(hop) for hop in way.hops] if way else [],
        "problem": _problem_json(error),
    }


def _problem_json(error: NoRoute | None) -> dict[str, str] | None:
    if error is None:
        return None
    return {
        "code": error.code,
        "message": str(error),
        "advice": advice_on(error.code, error.advice),
    }


def _closed_json(way: Route | None) -> dict[str, Any] | None:
    if way is None or way.closed is None:
        return None
    return {
        "code": str(way.closed.organ_id),
        "name": way.closed.name,
        "last_day": way.closed.last_day.isoformat(),
        "successors": [str(code) for code in way.closed.successors],
    }


def _hop_json(hop: Hop) -> dict[str, Any]:
    return {
        "code": str(hop.organ_id),
        "name": hop.name,
        "reason": hop.reason.name.lower(),
        "words": _say(hop.reason),
        "rule": hop.rule,
        "would_change": _change(hop),
        "avoided": str(hop.avoided) if hop.avoided else None,
        "out_of_order": hop.out_of_order,
    }
