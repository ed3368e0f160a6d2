"""An endpoint to try the conformance cases on: a real node, served with mutual TLS.

`endpoint` serves the district's node, if wanted behind something that makes it break a promise.
"""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from exchange_help import CENTRAL, COMMUNE, DISTRICT, World, entries, letter, signing_key
from web_help import pem_files, server_credential

from docexchange.clock import SystemClock
from docexchange.directory import Directory, binding_of
from docexchange.identifiers import MessageId
from docexchange.node.serving.serving import desk_of
from docexchange.signing import Verifier
from docexchange.testing.conformance import Bench, Outcome, Profile, chosen, run
from docexchange.transport import PullBoxes
from docexchange.web import ServerKey, WebLimits, server_context
from docexchange.web.application import application
from docexchange.web.serving import Address, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from docexchange.testing import DemoPki
    from docexchange.testing.conformance import Result

HASTY: Final = {"header_seconds": 1, "body_window_seconds": 1, "handshake_seconds": 10}
"""Waits that are long for a machine, also a busy one, and short for a test."""
SLOW: Final = ("robust.slow-*",)
"""Cases that wait until they are cut off."""
_tokens: Final = itertools.count()


@dataclass(frozen=True)
class Endpoint:
    """A node that is served."""

    world: World
    url: str

    def profile(self, **changes: Any) -> Profile:
        """What a run against it is told."""
        pki = self.world.pki
        trust = self.world["district"].point.verifier.trust
        binding = binding_of(Directory(entries(pki)))
        values: dict[str, Any] = {
            "url": self.url,
            "agency": COMMUNE,
            "recipient": DISTRICT,
            "key": signing_key(pki.agency(COMMUNE)),
            "verifier": Verifier(trust, clock=SystemClock(), binding=binding),
            "clock": SystemClock(),
            "certificates": {
                "expired": signing_key(pki.expired),
                "revoked": signing_key(pki.revoked),
                "other": signing_key(pki.agency(CENTRAL)),
            },
            "use_mailbox": True,
            "seconds": 10,
            "patience": 10,
        }
        return Profile(**(values | changes))

    def results(
        self, *, only: Sequence[str] = (), skip: Sequence[str] = (), **changes: Any
    ) -> list[Result]:
        """Try it; where the mailbox is tried, with a letter that waits there."""
        number = next(_tokens)
        if not only or "mailbox" in only:
            self.put(f"m-waits-{number}")
        bench = Bench(self.profile(**changes), token=lambda: f"{number}-{next(_tokens)}")
        return list(run(bench, chosen(only=only, skip=skip)))

    def waiting(self) -> set[str]:
        """What waits in our mailbox, by name."""
        boxes = PullBoxes(self.world["district"].folder / "boxes")
        return {item.name for item in boxes.waiting(COMMUNE)}

    def put(self, message_id: str) -> None:
        """Have the node send us a letter, which waits in our mailbox."""
        node = self.world["district"]
        node.send(letter(COMMUNE, sender=DISTRICT, message_id=MessageId(message_id)))
        node.run_once()


def bad(results: Sequence[Result]) -> dict[str, str]:
    """The cases that did not pass, and what was found."""
    return {
        item.case.id: f"{item.outcome}: expected {item.expected}, found {item.found}"
        for item in results
        if item.outcome in (Outcome.FAILED, Outcome.WARNED)
    }


@contextmanager
def endpoint(
    world: World,
    *,
    behind: Callable[[Any], Any] = lambda app: app,
    limits: dict[str, float] | None = None,
    tls: Callable[[Any], Any] = lambda context: context,
) -> Iterator[Endpoint]:
    """Serve the district's node.

    Args:
        world: it is a node of this.
        behind: makes another application of the node's.
        limits: of the server.
        tls: makes another context of the server's; None for none.
    """
    folder = world.folder
    (folder / "district").mkdir(exist_ok=True)
    boxes = PullBoxes(folder / "district" / "boxes")
    pulled = Directory(entries(world.pki, commune={"endpoint": "pull:"}))
    node = world.open("district", directory=pulled, transport=boxes)
    desk = desk_of(node, limits=WebLimits(**({**HASTY, **(limits or {})})))
    certificate, key = pem_files(server_credential(world.pki), folder, "server")
    trust = node.point.verifier.trust
    context = server_context(ServerKey(certificate=certificate, key=key), trust, tell=_nobody)
    app = behind(application(desk, boxes))
    at = Address(host="127.0.0.1", port=0)
    with serving(app, desk, at=at, tls=tls(context)) as address:
        yield Endpoint(world, f"https://localhost:{address.port}/")


def _nobody(reason: str) -> None:
    del reason


def present_world(pki: DemoPki, folder: Path) -> World:
    """A world of the machine's own time: so are the letters of the cases."""
    return World(pki, folder, clock=SystemClock())  # type: ignore[arg-type]
