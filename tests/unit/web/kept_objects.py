"""What a node keeps of letters, counted in its whole process; `test_objects` runs each apart."""

from __future__ import annotations

import gc
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from exchange_help import COMMUNE, letter
from line_help import Line
from web_help import letter_from, push_headers

from docexchange.identifiers import MessageId

if TYPE_CHECKING:
    from collections.abc import Callable

    from web_help import Site

_WARM, _MORE = 20, 30
_KINDS: Final = {dict, list, set, frozenset, tuple}


def grown(site: Site, deal_with: Callable[[int], None]) -> Counter[type]:
    """How many more objects of each kind there are after some more letters than after the first."""
    counts = []
    for numbers in (range(_WARM), range(_WARM, _WARM + _MORE)):
        for number in numbers:
            deal_with(number)
        site.world.events.clear()
        gc.collect()
        kinds = Counter(map(type, gc.get_objects()))
        ours = [kind for kind in kinds if kind in _KINDS or "docexchange." in str(kind)]
        counts.append(Counter({kind: kinds[kind] for kind in ours}))
    return counts[1] - counts[0]


def test_letters_that_are_taken_in_leave_nothing(site: Site) -> None:
    """Brought over HTTP, stored, judged, answered; their files are made durable later."""
    clock = site.world.clock
    # All in one minute: what is known of certificates in each is kept, up to a bound.
    clock.advance(timedelta(seconds=60 - clock.now().second))
    with site.client(site.pki.agency(COMMUNE)) as client:

        def bring(number: int) -> None:
            data = letter_from(site.pki, MessageId(f"m-{number}"))
            answer = client.post("/v1/messages", content=data, headers=push_headers(data))
            assert answer.status_code == 200
            clock.advance(timedelta(seconds=1))
            site.node.point.store.let_go(site.node.point.store.kept(limit=9))

        assert max(grown(site, bring).values(), default=0) < _MORE // 3


def test_letters_that_are_sent_leave_nothing(site: Site) -> None:
    """Submitted, carried over HTTP, acknowledged by a receipt: at both ends."""
    with Line(site) as line:
        line.open()

        def send(number: int) -> None:
            commune = site.world["commune"]
            commune.send(letter(message_id=MessageId(f"m-{number}")))
            assert commune.run_once() == 1

        assert max(grown(site, send).values(), default=0) < _MORE // 3
