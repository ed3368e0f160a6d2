"""A real node at work, served over HTTPS within this process, which can be stopped and started.

    node = RunningNode(folder, clock=clock, trust=trust, hook=bell, withheld=lambda _: False)
    node.start()
    node.node.send(letter)
    node.stop()

Each start reads all files anew and begins with fresh trust: nothing that was fetched before counts.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from docexchange.directory import binding_of
from docexchange.errors import DeliveryError
from docexchange.limits import Limits
from docexchange.node import InboxFolder, Node, read_config
from docexchange.node.opening.opening import open_point
from docexchange.node.serving.serving import served
from docexchange.signing import Verifier
from docexchange.web.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docexchange.clock import Clock
    from docexchange.instrumentation import Hook
    from docexchange.signing import TrustStore
    from docexchange.web.callers import Chain
    from docexchange.web.shell import App, Message, Receive, Send

__all__ = ["RunningNode"]

_END_SECONDS: Final = 10


class RunningNode:
    """One node; threads may ask it anything, one at a time may start or stop it.

    Args:
        folder: with its ``node.toml``.
        clock: tells the time.
        trust: makes what it judges by, at each start.
        hook: is told about its events.
        withheld: whether who shows these certificates gets 502 instead of receipts.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock,
        trust: Callable[[], TrustStore],
        hook: Hook,
        withheld: Callable[[Chain], bool],
    ) -> None:
        self._folder, self._clock, self._trust = folder, clock, trust
        self._hook, self._withheld = hook, withheld
        self._open: ExitStack | None = None
        self._work: ExitStack | None = None
        self._node: Node | None = None

    @property
    def is_up(self) -> bool:
        """Whether it is at work."""
        return self._node is not None

    @property
    def node(self) -> Node:
        """The node.

        Raises:
            DeliveryError: it is down.
        """
        if self._node is None:
            raise DeliveryError(
                f"node {self._folder.name}: expected it to run, found it down",
                code="stand-in.down",
                advice="Set its state to up first.",
            )
        return self._node

    def start(self) -> None:
        """Start it; nothing happens if it runs.

        Raises:
            DocExchangeError: it cannot start.
        """
        if self.is_up:
            return
        with ExitStack() as stack:
            config = read_config(self._folder)
            point = open_point(config, self._clock, [self._hook], Limits())
            binding = binding_of(point.directory)
            verifier = Verifier(self._trust(), clock=self._clock, binding=binding)
            node = Node(
                replace(point, verifier=verifier),
                application=InboxFolder(config.base / config.inbox),
                folder=config.base / config.store,
                poll_seconds=config.poll_seconds,
            )
            stack.enter_context(node)
            stack.enter_context(served(node, config, around=self._around))
            self._work = stack.enter_context(_at_work(node, workers=config.workers))
            self._open, self._node = stack.pop_all(), node

    def rest(self) -> None:
        """Let it send no more, while it still answers; what is in hand is finished."""
        if self._work is not None:
            self._work.close()

    def stop(self) -> None:
        """Stop it; what is in hand is finished. Nothing happens if it is down."""
        if self._open is not None:
            held, self._open, self._node, self._work = self._open, None, None, None
            held.close()

    def _around(self, app: App) -> App:
        from docexchange.web.answers import problem_answer
        from docexchange.web.desk import chain_of

        async def answer(scope: Message, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not self._withheld(chain_of(scope)):
                await app(scope, receive, send)
                return
            await app(scope, receive, _swallow)
            await problem_answer(_withheld_receipt())(scope, receive, send)

        return answer


def _at_work(node: Node, *, workers: int) -> ExitStack:
    """Let a node work in a thread of its own until what is given back is closed."""
    stop = threading.Event()
    thread = threading.Thread(
        target=node.run, args=(stop,), kwargs={"workers": workers}, daemon=True
    )
    thread.start()
    ended = ExitStack()
    ended.callback(thread.join, _END_SECONDS)
    ended.callback(stop.set)
    return ended


async def _swallow(_message: Any) -> None:
    """Whatever the node says is lost on its way."""


def _withheld_receipt() -> Refused:
    return Refused(
        502,
        "stand-in.no-receipt",
        "expected the answer of the node, found that this line loses it",
        advice="Bring it again; the link's state is no-receipts.",
    )
