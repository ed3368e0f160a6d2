"""The nodes of a stand-in network, its files and its lines: what changes, and what must start anew.

    with Nodes(folder, pki, play=own, at="pull:", clock=clock) as nodes:
        nodes.of("central").node.send(letter)
        nodes.change(lambda papers: papers.revoke("central", Role.AGENCY))

Nodes read certificates, directories and lists when they start. After a change of these every node
that is up is stopped and started anew, as an operator would, and forgets what it had fetched.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, Self

from docexchange.signing import TrustStore
from docexchange.signing.certificates import fingerprint
from docexchange.signing.trust import Sources
from docexchange.testing.nodes import PASSWORD
from docexchange.testing.served import free_ports
from docexchange.testing.standin.bell import Bell
from docexchange.testing.standin.cast import neighbours_of
from docexchange.testing.standin.layout import (
    clear_node,
    node_folder,
    write_directory,
    write_node,
)
from docexchange.testing.standin.links import Links, LinkState
from docexchange.testing.standin.papers import Papers
from docexchange.testing.standin.running import RunningNode
from docexchange.transport import WebFetcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from docexchange.clock import Clock
    from docexchange.testing.agencies import DemoAgency
    from docexchange.testing.pki import DemoPki
    from docexchange.web.callers import Chain

__all__ = ["Nodes"]

_LOOPBACK: Final = "127.0.0.0/8"


class Nodes:
    """All of them; a context manager, in which they run.

    Args:
        folder: for everything; empty.
        pki: who takes part.
        play: whose node the tested system is; it does not run here.
        at: where that system is reached, or ``pull:``.
        clock: tells the time.
    """

    def __init__(
        self, folder: Path, pki: DemoPki, *, play: DemoAgency, at: str, clock: Clock
    ) -> None:
        self._folder, self._pki, self._play, self._at = folder, pki, play, at
        self._clock = clock
        self.papers = Papers(pki, clock=clock)
        """The certificates as they are now."""
        self.links = Links()
        """The lines."""
        self.bell = Bell()
        """Rings at each event of a node."""
        self.urls: dict[str, str] = {}
        """Where the server of each node is reached without a line between, by folder."""
        self._changing = threading.RLock()
        self._running: dict[str, RunningNode] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.links)
            ours = [each for each in self._pki.agencies if each != self._play]
            ports = stack.enter_context(free_ports(len(ours)))
            self.urls = {
                each.folder: f"https://localhost:{port}/"
                for each, port in zip(ours, ports, strict=True)
            }
            self._pki.write(self._folder / "pki", PASSWORD)
            self._lay_links()
            self._write()
            for agency, port in zip(ours, ports, strict=True):
                write_node(self._folder, agency, port=port)
                self._running[agency.folder] = self._new(agency)
            stack.callback(lambda: self._stop(self.names))
            self._start(self._running)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self.bell.silence()
        self._open.close()

    @property
    def names(self) -> list[str]:
        """The folders of the agencies whose nodes run here."""
        return list(self._running)

    def of(self, name: str) -> RunningNode:
        """The node of an agency.

        Args:
            name: the folder of one of ``names``.
        """
        return self._running[name]

    def set_up(self, name: str, *, up: bool) -> None:
        """Start a node, or stop it and cut off who talks to it.

        Args:
            name: the folder of its agency.
            up: whether it is to run.
        """
        with self._changing:
            if up:
                self._running[name].start()
            else:
                self._stop([name])

    def change(self, alter: Callable[[Papers], object] = lambda _: None) -> None:
        """Change the certificates, and start the nodes that are up anew with what is new.

        Args:
            alter: changes them.
        """
        with self._changing:
            up = [name for name in self._running if self._running[name].is_up]
            self._stop(self.names)
            try:
                alter(self.papers)
                self._write()
            finally:
                self._start(up)

    def reset(self) -> None:
        """Everything as at the beginning: no letters, good lines, first certificates, all up."""
        with self._changing:
            self._stop(self.names)
            self.links.heal()
            self.papers.restore()
            self._write()
            for agency in self._pki.agencies:
                clear_node(self._folder, agency)
            self._start(self._running)

    def _new(self, agency: DemoAgency) -> RunningNode:
        return RunningNode(
            node_folder(self._folder, agency),
            clock=self._clock,
            trust=self._trust,
            hook=self.bell,
            withheld=lambda chain: self._loses_receipts(chain, agency.folder),
        )

    def _trust(self) -> TrustStore:
        """The root and its list; whether an agency's certificate is good must be asked."""
        sources = Sources(WebFetcher(clock=self._clock, allowed=[_LOOPBACK]), clock=self._clock)
        return TrustStore(
            [self._pki.root.credential.der],
            intermediates=[self._pki.sub_ca.credential.der],
            crls=[self.papers.root_list()],
            sources=sources,
        )

    def _loses_receipts(self, chain: Chain, called: str) -> bool:
        lossy = [
            caller
            for caller, other in self.links
            if other == called and self.links.fault(caller, other).state is LinkState.NO_RECEIPTS
        ]
        shown = {_digest(pem) for pem in chain[:1]} if lossy else set()
        return any(shown & {*self.papers.fingerprints(caller)} for caller in lossy)

    def _lay_links(self) -> None:
        for agency in self._pki.agencies:
            for other in neighbours_of(agency, self._pki.agencies):
                url = self._at if other == self._play else self.urls[other.folder]
                if url != "pull:":
                    self.links.lay(agency.folder, other.folder, url)

    def _write(self) -> None:
        self.papers.write(self._folder / "pki")
        for agency in self._pki.agencies:
            endpoints = {**self.urls, self._play.folder: self._at}
            for caller, called in self.links:
                if caller == agency.folder:
                    endpoints[called] = self.links.url(caller, called)
            write_directory(
                self._folder, agency, self._pki.agencies, papers=self.papers, endpoints=endpoints
            )

    def _start(self, names: Iterable[str]) -> None:
        with ThreadPoolExecutor(len(self._running)) as together:
            list(together.map(lambda name: self._running[name].start(), names))

    def _stop(self, names: Sequence[str]) -> None:
        """Those who call first, and then the servers: nobody is left in the middle of a call."""
        nodes = [self._running[name] for name in names]
        with self.links.shut(names), ThreadPoolExecutor(len(nodes)) as together:
            list(together.map(RunningNode.rest, nodes))
            list(together.map(RunningNode.stop, nodes))


def _digest(pem: str) -> str:

    import ssl

    return fingerprint(ssl.PEM_cert_to_DER_cert(pem))
