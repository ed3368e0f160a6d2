"""The picture of a run in SVG: the network in rows, what its links carried, how long that took.

>>> Path("day.svg").write_text(picture(outcome), encoding="utf-8")

The wider a link, the more messages it carried; its colour tells how long they took on it, dashes
that it lost some. It needs nothing from elsewhere and runs nothing.
"""

from __future__ import annotations

from math import log10, sqrt
from typing import TYPE_CHECKING, Final

from docexchange.report._markup import shortened, xml_text
from docexchange.simulator.drawing import edges_of, spots_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from docexchange.simulator.cast import Place
    from docexchange.simulator.drawing import Edge, Spot
    from docexchange.simulator.outcome import Delays, Outcome

__all__ = ["picture", "span_text"]

_WIDTH: Final = 1280
_LEFT: Final = 150
_RIGHT: Final = 30
_TOP: Final = 150
_ROW: Final = 150
_STRIP: Final = 26
_INK: Final = "#1a2733"
_SOFT: Final = "#5b6b7a"
_PALE: Final = "#e6ebf0"
_COLOURS: Final = (
    (10.0, "#2a9d8f", "under 10 s"),
    (60.0, "#8ab17d", "under 1 min"),
    (600.0, "#e9b949", "under 10 min"),
    (3600.0, "#ee8a3c", "under 1 h"),
    (float("inf"), "#c9302c", "1 h and more"),
)
_THINNEST: Final = 1.2
_WIDEST: Final = 11.0
_SHORTEST: Final = 0.01
_LONGEST: Final = 30 * 86400.0
_UNITS: Final = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))
_MARKS: Final = ((0.1, 1.0), (10, 1.0), (10, 60.0), (6, 3600.0), (7, 86400.0))
"""What the scale of spans is marked with: a number, and the seconds of its unit."""
_LABELLED: Final = 10
"""So many nodes of a row have their names beside them."""
_LOSSY: Final = 0.005


def span_text(seconds: float, say: Callable[[str], str] = str) -> str:
    """A span as people say it: ``22 ms``, ``1.4 s``, ``2.1 h``."""
    for unit, word in _UNITS:
        if seconds >= unit:
            return f"{seconds / unit:.1f} {say(word)}"
    return f"{seconds * 1000:.0f} ms"


def picture(outcome: Outcome, *, say: Callable[[str], str] = str) -> str:
    """Draw a run.

    Args:
        outcome: what came of it.
        say: gives the words of the picture in the reader's language.

    Returns:
        An SVG document.
    """
    rows, strips = len(outcome.tiers), len(outcome.delays)
    foot = _TOP + _ROW * (rows - 1) + 90
    height = foot + max(6, strips) * _STRIP + 70
    seed = f" · {say('seed')} {outcome.seed}"
    title = outcome.name + seed
    shown = shortened(outcome.name, width=_WIDTH - 300, size=24) + seed
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}"',
        f'    viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="13"',
        f'    fill="{_INK}" role="img" aria-labelledby="title story">',
        f'<title id="title">{xml_text(title)}</title>',
        f'<desc id="story">{xml_text(_story(outcome, say))}</desc>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        _text(30, 46, shown, size=24, weight="bold"),
        *(
            _text(30, 74 + 20 * number, line, fill=_SOFT, size=14)
            for number, line in enumerate(_story(outcome, say).split("\n"))
        ),
        *_network(outcome, say),
        *_legend(30, foot, say),
        *_delays(470, foot, outcome.delays, say),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _story(outcome: Outcome, say: Callable[[str], str]) -> str:
    first = (
        f"{outcome.letters:,} {say('letters')} · {outcome.arrived:,} / {outcome.copies:,} "
        f"{say('copies arrived')} · {outcome.attempts:,} {say('attempts')} · "
        f"{outcome.lost:,} {say('lost on the way')} · "
        f"{len(outcome.problems)} {say('broken promises')}"
    )
    if not outcome.delays:
        return first
    every = outcome.delays[0]
    second = (
        f"50 %: {span_text(every.p50_seconds, say)} · 90 %: {span_text(every.p90_seconds, say)} · "
        f"99 %: {span_text(every.p99_seconds, say)} · "
        f"{say('longest')}: {span_text(every.longest_seconds, say)}"
    )
    return f"{first}\n{second}"


# --- the network ---


def _network(outcome: Outcome, say: Callable[[str], str]) -> Iterator[str]:
    spots, edges = spots_of(outcome), edges_of(outcome)
    most = max((edge.messages for edge in edges), default=1)
    for number, size in enumerate(outcome.tiers):
        y = _TOP + _ROW * number
        yield f'<line x1="{_LEFT}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}" stroke="{_PALE}"/>'
        yield _text(30, y - 2, f"{say('tier')} {number + 1}", weight="bold", size=15)
        yield _text(30, y + 16, f"{size:,}", fill=_SOFT)
    for edge in sorted(edges, key=lambda edge: edge.messages):
        yield _link(edge, spots, most, say)
    carried = _carried(edges)
    queues = {queue.place: queue.messages for queue in outcome.queues}
    for spot in spots.values():
        yield from _node(spot, spots, carried, queues.get(spot.key, 0), say)


def _carried(edges: Sequence[Edge]) -> dict[Place, int]:
    found: dict[Place, int] = {}
    for edge in edges:
        for end in (edge.upper, edge.lower):
            found[end] = found.get(end, 0) + edge.messages
    return found


def _point(spot: Spot) -> tuple[float, float]:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * spot.share, _TOP + _ROW * (spot.key[0] - 1)


def _link(edge: Edge, spots: dict[Place, Spot], most: int, say: Callable[[str], str]) -> str:
    """A curve from above to below; within a row, an arc over it."""
    (x1, y1), (x2, y2) = _point(spots[edge.upper]), _point(spots[edge.lower])
    bend = (y2 - y1) / 2 or -_ROW / 2
    width = _THINNEST + (_WIDEST - _THINNEST) * sqrt(edge.messages / max(most, 1))
    dashes = ' stroke-dasharray="7 5"' if edge.loss > _LOSSY else ""
    words = (
        f"{spots[edge.upper].label} – {spots[edge.lower].label}: {edge.messages:,} "
        f"{say('messages')}, {edge.octets:,} {say('octets')}, {span_text(edge.mean_seconds, say)}, "
        f"{edge.lost:,} {say('lost on the way')}"
    )
    end = y2 - bend if y1 != y2 else y2 + bend
    return (
        f'<path d="M{x1:.1f},{y1:.1f} C{x1:.1f},{y1 + bend:.1f} {x2:.1f},{end:.1f} '
        f'{x2:.1f},{y2:.1f}" fill="none" stroke="{_colour(edge.mean_seconds)}" '
        f'stroke-width="{width:.1f}" stroke-opacity="0.8"{dashes}>'
        f"<title>{xml_text(words)}</title></path>"
    )


def _colour(seconds: float) -> str:
    return next(colour for limit, colour, _ in _COLOURS if seconds < limit)


def _node(
    spot: Spot,
    spots: dict[Place, Spot],
    carried: dict[Place, int],
    queue: int,
    say: Callable[[str], str],
) -> Iterator[str]:
    x, y = _point(spot)
    in_row = sum(other.key[0] == spot.key[0] for other in spots.values())
    most = max(carried.values(), default=1)
    room = (_WIDTH - _LEFT - _RIGHT) / in_row / 2 - 1
    radius = min(4 + 10 * sqrt(carried.get(spot.key, 0) / max(most, 1)), max(room, 3))
    waiting = f", {say('longest queue')}: {queue:,}" if queue else ""
    words = f"{spot.label}: {carried.get(spot.key, 0):,} {say('messages')}{waiting}"
    fill = _INK if spot.agencies == 1 else "#ffffff"
    yield (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" stroke="{_INK}" '
        f'stroke-width="2"><title>{xml_text(words)}</title></circle>'
    )
    is_last = all(other.key[0] <= spot.key[0] for other in spots.values())
    if in_row <= _LABELLED:
        is_roomy = queue and in_row <= _LABELLED // 2
        shown = f"{spot.label} ({say('queue')} {queue:,})" if is_roomy else spot.label
        side = y + radius + 16 if is_last else y - radius - 7
        yield _text(x, side, shown, anchor="middle", size=12, halo=True)
    elif is_last:
        shown = spot.label if spot.agencies > 1 else str(spot.key[1])
        yield _text(x, y + radius + 14, shown.removeprefix("x "), anchor="middle", size=9)


# --- below it ---


def _legend(x: int, y: int, say: Callable[[str], str]) -> Iterator[str]:
    yield _text(x, y, say("Links: mean time"), weight="bold", size=15)
    for number, (_, colour, words) in enumerate(_COLOURS):
        at = y + 24 + number * 21
        yield f'<rect x="{x}" y="{at - 8}" width="34" height="7" rx="3" fill="{colour}"/>'
        yield _text(x + 44, at, say(words), fill=_SOFT)
    for number, (width, words) in enumerate(((2, "few messages"), (_WIDEST, "most messages"))):
        at = y + 24 + number * 21
        yield _stroke(x + 190, at - 4, width)
        yield _text(x + 234, at, say(words), fill=_SOFT)
    yield _stroke(x + 190, y + 62, 3, dashes="7 5")
    yield _text(x + 234, y + 66, say("loses some"), fill=_SOFT)
    yield (
        f'<circle cx="{x + 207}" cy="{y + 83}" r="6" fill="#ffffff" stroke="{_INK}" '
        'stroke-width="2"/>'
    )
    yield _text(x + 234, y + 87, say("so many agencies"), fill=_SOFT)


def _stroke(x: float, y: float, width: float, *, dashes: str = "none") -> str:
    return (
        f'<line x1="{x}" y1="{y}" x2="{x + 34}" y2="{y}" stroke="{_SOFT}" '
        f'stroke-width="{width}" stroke-dasharray="{dashes}"/>'
    )


def _delays(x: int, y: int, delays: Sequence[Delays], say: Callable[[str], str]) -> Iterator[str]:
    """From the median to the last letter, on a logarithmic scale."""
    yield _text(x, y, say("How long letters took"), weight="bold", size=15)
    left, right = x + 170, _WIDTH - 170
    bottom = y + 14 + _STRIP * len(delays)
    caption = say("bar: 50 % to 90 %, thin: to 99 %, dot: the last")
    yield _text(_WIDTH - _RIGHT, y, caption, anchor="end", fill=_SOFT, size=12)
    for number, unit in _MARKS:
        at = _scaled(number * unit, left, right)
        words = f"{number:g} {say(dict(_UNITS)[unit])}"
        yield f'<line x1="{at:.1f}" y1="{y + 12}" x2="{at:.1f}" y2="{bottom}" stroke="{_PALE}"/>'
        yield _text(at, bottom + 16, words, anchor="middle", size=11, fill=_SOFT)
    for number, item in enumerate(delays):
        yield from _strip(x, y + 26 + _STRIP * number, item, (left, right), say)


def _strip(
    x: int, y: int, item: Delays, sides: tuple[int, int], say: Callable[[str], str]
) -> Iterator[str]:
    name = say("all") if item.tiers is None else f"{item.tiers[0]} → {item.tiers[1]}"
    yield _text(x, y + 4, f"{name}  ·  {item.copies:,}", weight="bold" if not item.tiers else "")
    spans = (item.p50_seconds, item.p90_seconds, item.p99_seconds, item.longest_seconds)
    p50, p90, p99, last = (_scaled(seconds, *sides) for seconds in spans)
    yield f'<line x1="{p50:.1f}" y1="{y}" x2="{last:.1f}" y2="{y}" stroke="#b8c4cf"/>'
    for begin, end, thick in ((p50, p99, 6), (p50, p90, 12)):
        length = max(end - begin, 2)
        yield (
            f'<rect x="{begin:.1f}" y="{y - thick / 2}" width="{length:.1f}" height="{thick}" '
            f'rx="2" fill="{_colour(item.p99_seconds)}" fill-opacity="0.7"/>'
        )
    yield f'<circle cx="{last:.1f}" cy="{y}" r="3.5" fill="{_colour(item.longest_seconds)}"/>'
    told = f"{span_text(item.p50_seconds, say)} … {span_text(item.longest_seconds, say)}"
    yield _text(_WIDTH - 150, y + 4, told, fill=_SOFT, size=12)


def _scaled(seconds: float, left: float, right: float) -> float:
    bounded = min(max(seconds, _SHORTEST), _LONGEST)
    return left + (right - left) * log10(bounded / _SHORTEST) / log10(_LONGEST / _SHORTEST)


def _text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    size: int = 13,
    weight: str = "",
    fill: str = _INK,
    halo: bool = False,
) -> str:
    thick = f' font-weight="{weight}"' if weight else ""
    around = ' stroke="#ffffff" stroke-width="4" paint-order="stroke"' if halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
        f'fill="{fill}"{thick}{around}>{xml_text(words)}</text>'
    )
