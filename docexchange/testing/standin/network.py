"""A four-tier network on this machine for testing another system against, over real sockets.

    with StandIn() as network:
        network.letters("district")        # what arrived there
        network.control                    # the same over HTTP, for other languages

Four real nodes with mutual TLS, a TSA, an OCSP responder and revocation lists, all on loopback and
in one process: when it dies, nothing goes on listening. The fifth agency is the tested system's.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from docexchange.clock import SystemClock
from docexchange.errors import UsageError
from docexchange.identifiers import MessageId
from docexchange.node import open_storage, read_config
from docexchange.testing.pki import DemoPki
from docexchange.testing.standin.arrivals import content_in, letter_in, letters_in
from docexchange.testing.standin.cast import FIVE_AGENCIES, neighbours_of
from docexchange.testing.standin.nodes import Nodes
from docexchange.testing.standin.opening import check_host, check_installed, made_folder
from docexchange.testing.standin.papers import Role
from docexchange.testing.standin.pushing import push
from docexchange.testing.standin.samples import SampleOrder, signed_sample
from docexchange.testing.standin.services import Service, Services
from docexchange.testing.standin.summary import summary_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.envelope import Envelope
    from docexchange.node import Storage, Submission
    from docexchange.testing.agencies import DemoAgency
    from docexchange.testing.credentials import KeyKind
    from docexchange.testing.standin.links import LinkFault

__all__ = ["StandIn"]

_MOST_SECONDS: Final = 60


class StandIn:
    """The network; a context manager, in which it runs. Threads may share it.

    Args:
        folder: for keys, stores and directories, new or empty; a temporary one when left out, which
            is removed in the end.
        agencies: who takes part.
        play: the folder or code of the agency that the tested system is; the last when left out.
        at: where that system takes letters, ``https://127.0.0.1:PORT/``; when left out it fetches
            them from its superior.
        port: of the control API; 0 for one that the system chooses.
        host: where the control API listens.
        unsafe_any_host: whether that may be an address that others reach: they can then read and
            change everything here.
        key: the kind of all keys.

    Raises:
        UsageError: agencies, folder, address or host cannot be used.
    """

    def __init__(
        self,
        folder: Path | str | None = None,
        *,
        agencies: Sequence[DemoAgency] = FIVE_AGENCIES,
        play: str = "",
        at: str = "pull:",
        port: int = 0,
        host: str = "127.0.0.1",
        unsafe_any_host: bool = False,
        key: KeyKind = "p256",
    ) -> None:
        check_host(host, unsafe_any_host=unsafe_any_host)
        self._wanted = Path(folder) if folder is not None else None
        self._agencies, self._play = tuple(agencies), play
        self.at = at
        """Where the tested system takes letters, or ``pull:``."""
        self._place, self._any_host = (host, port), unsafe_any_host
        self._key, self._clock = key, SystemClock()  # TLS asks the machine, too
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Start everything.

        Raises:
            MissingExtra: the extra ``server`` is not installed.
            UsageError: as for the class.
        """
        check_installed()
        from docexchange.testing.standin.serving import serving_control

        with ExitStack() as stack:
            self.folder = made_folder(self._wanted, stack)
            self._services = stack.enter_context(Services())
            self.pki = DemoPki.create(
                self._agencies,
                at=self._clock.now(),
                key=self._key,
                revocation_url=self._services.url,
            )
            self.own = self.pki.find(self._play or self._agencies[-1].organ_id)
            nodes = Nodes(self.folder, self.pki, play=self.own, at=self.at, clock=self._clock)
            self._services.offer(nodes.papers, self.pki, clock=self._clock)
            self.nodes = stack.enter_context(nodes)
            host, port = self._place
            self.control = stack.enter_context(
                serving_control(self, host=host, port=port, any_host=self._any_host)
            )
            stack.callback(nodes.bell.silence)
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop everything."""
        self._open.close()

    # --- what there is ---

    def summary(self) -> dict[str, Any]:
        """Where everything is: addresses, files of the tested system, states."""
        return summary_of(self)

    @property
    def services(self) -> Services:
        """TSA, OCSP responder and lists."""
        return self._services

    def agency(self, name: str) -> DemoAgency:
        """An agency by folder or code.

        Raises:
            UsageError: there is none.
        """
        try:
            return self.pki.find(name)
        except UsageError as error:
            raise UsageError(
                str(error), code="stand-in.unknown-agency", advice=error.advice
            ) from error

    # --- letters ---

    def letters(self, name: str) -> list[dict[str, Any]]:
        """What an agency's node has received and sent, the oldest first.

        Args:
            name: folder or code of the agency.

        Raises:
            UsageError: there is no such agency, or it is the tested system's.
        """
        with self._storage(name) as storage:
            return letters_in(storage)

    def letter(
        self,
        name: str,
        message_id: MessageId | str,
        *,
        wait_seconds: float = 0,
        until: str = "settled",
    ) -> dict[str, Any] | None:
        """One message at an agency's node, with receipts, statuses and timeline.

        Args:
            name: folder or code of the agency.
            message_id: its id.
            wait_seconds: how long to wait, 60 at most; what is there then is given back.
            until: what to wait for: ``settled``, nothing more happens by itself; or a status of
                two digits.

        Returns:
            The message; None when the node does not know it.

        Raises:
            UsageError: there is no such agency, it is the tested system's, or the wait is none.
        """
        if not 0 <= wait_seconds <= _MOST_SECONDS:
            raise UsageError(
                f"wait_seconds: expected 0 to {_MOST_SECONDS}, found {wait_seconds}",
                code="stand-in.wait",
            )
        wanted = MessageId(str(message_id))
        with self._storage(name) as storage:
            return self.nodes.bell.await_letter(
                lambda: letter_in(storage, wanted),
                until=until,
                seconds=wait_seconds,
                clock=self._clock,
            )

    def content(self, name: str, message_id: MessageId | str) -> Path | None:
        """The file of a message as it arrived at an agency's node, or as it was sent.

        Args:
            name: folder or code of the agency.
            message_id: its id.
        """
        with self._storage(name) as storage:
            return content_in(storage, MessageId(str(message_id)))

    def send(self, order: SampleOrder) -> Submission:
        """Let an agency write and send a letter.

        Args:
            order: what letter; a flawed one is refused by its own node.

        Raises:
            UsageError: the sender is the tested system's agency.
            DocExchangeError: its node does not take the letter, or is down.
        """
        return self.submit(order.sender.folder, self.sample(order))

    def submit(self, name: str, envelope: Envelope) -> Submission:
        """Give an envelope to an agency's node for delivery.

        Args:
            name: folder or code of the agency.
            envelope: signed or not.

        Raises:
            UsageError: there is no such agency, or it is the tested system's.
            DocExchangeError: its node does not take it, or is down.
        """
        return self.nodes.of(self._ours(name)).node.send(envelope)

    def push(self, name: str, octets: bytes) -> bytes | None:
        """Let a neighbour bring octets to the tested system as they are: forged, doubled, torn.

        Args:
            name: folder or code of the neighbour.
            octets: what is brought.

        Returns:
            The receipt or refusal that came back; None when there was none yet.

        Raises:
            UsageError: it is no neighbour of the tested system.
            TransportError: they were not taken.
        """
        folder = self._ours(name)
        if self.agency(folder) not in neighbours_of(self.own, self._agencies):
            raise UsageError(
                f"agency: expected a neighbour of {self.own.folder}, found {folder}",
                code="stand-in.neighbour",
                advice="Neighbours are its superior and the agencies below it.",
            )
        return push(self.nodes.of(folder).node, octets, to=self.own.organ_id)

    def sample(self, order: SampleOrder) -> Envelope:
        """A signed letter for the tested system to bring or to read; flawed, if so ordered.

        Args:
            order: what letter.
        """
        return signed_sample(order, papers=self.nodes.papers, pki=self.pki, clock=self._clock)

    # --- what goes wrong ---

    def set_link(self, caller: str, called: str, fault: LinkFault) -> None:
        """Make the line from one agency to a neighbour bad, or good again.

        Args:
            caller: folder or code of who calls.
            called: folder or code of who is called.
            fault: how it is from now on.

        Raises:
            UsageError: there is no such line.
        """
        self.nodes.links.set(self.agency(caller).folder, self.agency(called).folder, fault)

    def set_node(self, name: str, *, up: bool) -> None:
        """Stop an agency's node, or start it again.

        Args:
            name: folder or code of the agency.
            up: whether it runs.

        Raises:
            UsageError: there is no such agency, or it is the tested system's.
        """
        self.nodes.set_up(self._ours(name), up=up)

    def set_service(self, service: Service, *, up: bool) -> None:
        """Let TSA, responder or lists answer, or not; the nodes forget what they fetched.

        Args:
            service: which.
            up: whether it answers.
        """
        self._services.set_up(service, up=up)
        if service is not Service.TSA:
            self.nodes.change()

    def expire(self, name: str, role: Role = Role.AGENCY) -> None:
        """Give an agency a certificate that has ended, the tested system's own included.

        Args:
            name: folder or code of the agency.
            role: which of its certificates.
        """
        folder = self.agency(name).folder
        self.nodes.change(lambda papers: papers.expire(folder, role))

    def revoke(self, name: str, role: Role = Role.AGENCY) -> None:
        """Revoke the certificate that an agency has; lists and responder say so from now on.

        Args:
            name: folder or code of the agency.
            role: which of its certificates.
        """
        folder = self.agency(name).folder
        self.nodes.change(lambda papers: papers.revoke(folder, role))

    def roll(self, name: str, role: Role = Role.AGENCY) -> None:
        """Give an agency a new key and certificate; that mends what ended or was revoked.

        Args:
            name: folder or code of the agency.
            role: which of its certificates.
        """
        folder = self.agency(name).folder
        self.nodes.change(lambda papers: papers.roll(folder, role))

    def reset(self) -> None:
        """Everything as at the beginning; letters are forgotten, addresses stay."""
        for service in Service:
            self._services.set_up(service, up=True)
        self.nodes.reset()

    # --- inside ---

    def _ours(self, name: str) -> str:
        folder = self.agency(name).folder
        if folder == self.own.folder:
            raise UsageError(
                f"agency: expected one whose node runs here, found {folder}, which is yours",
                code="stand-in.yours",
                advice="Ask the system that you test; here only its certificates can be changed.",
            )
        return folder

    def _storage(self, name: str) -> Storage:
        return open_storage(read_config(self.folder / "nodes" / self._ours(name)))
