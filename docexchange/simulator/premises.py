"""What all machines of a simulation share, and how the access point of one is put together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import count
from typing import TYPE_CHECKING, Final

from docexchange.delivery import RetrySchedule
from docexchange.directory import Directory, InForce
from docexchange.errors import TransportError
from docexchange.limits import Limits
from docexchange.node.point import AccessPoint
from docexchange.routing import DEFAULT_POLICY, DEFAULT_RULES, ExchangePolicy, Rules
from docexchange.signing import Signer, TsaClient
from docexchange.simulator.payloads import Spool
from docexchange.simulator.pki import Seal, SimulatedPki
from docexchange.simulator.remembering import Recent, RememberingVerifier
from docexchange.simulator.store import SimulatedStore
from docexchange.simulator.weather import Link

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.clock import Clock
    from docexchange.directory import DirectoryEntry
    from docexchange.identifiers import OrganId
    from docexchange.instrumentation import Hook
    from docexchange.signing import Poster
    from docexchange.simulator.agenda import Agenda
    from docexchange.simulator.cast import Cast, Member, Place
    from docexchange.simulator.host import Host
    from docexchange.simulator.log import EventLog
    from docexchange.simulator.wire import Wire

__all__ = ["START", "USUAL", "Premises", "Setting"]

START: Final = datetime(2026, 3, 2, 2, tzinfo=UTC)
"""When a simulation begins if not told: nine in the morning of a Monday in Vietnam."""

_SCHEME: Final = "sim:"


def _all(_place: Place) -> bool:
    return True


def _usual_link(_sender: Place, _receiver: Place) -> Link:
    return Link()


def _everybody(_place: Place) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a network is, apart from its shape, its seed and what happens in it."""

    start: datetime
    """When time begins, timezone-aware, whole seconds."""
    directory: Directory | None = None
    """Who takes part, and what changes on which day; made up where there is none."""
    is_played: Callable[[Place], bool] = _all
    """Which nodes run here; another process has the others."""
    link_of: Callable[[Place, Place], Link] = _usual_link
    """How fast the link between two nodes is in fine weather."""
    schedule: RetrySchedule = field(default_factory=RetrySchedule)
    """When nodes try again."""
    rules: Rules = DEFAULT_RULES
    """Which way letters take."""
    policy: ExchangePolicy = DEFAULT_POLICY
    """Which letters may pass."""
    new_store: Callable[[str, Callable[[], None]], SimulatedStore] = SimulatedStore
    """Makes the store of a node; a defect is planted here."""
    new_point: Callable[..., AccessPoint] = AccessPoint
    """Makes what a node works with, as ``AccessPoint`` does; a defect is planted here."""
    new_tsa: Callable[[Clock], Poster] | None = None
    """Makes a timestamp authority, whose tokens are then in signatures; its root and list go into
    ``anchors`` and ``crls``."""
    stamps: Callable[[Place], bool] = _everybody
    """Whose signatures have timestamps, where there is an authority."""
    anchors: tuple[bytes, ...] = ()
    """DER of further certificates that all nodes trust."""
    crls: tuple[bytes, ...] = ()
    """DER of their revocation lists."""
    keeps_log: bool = True
    """Whether the lines of the log can be read afterwards; without them, less memory is used."""
    hooks: tuple[Hook, ...] = ()
    """Are told about the events of all nodes."""


USUAL: Final = Setting(start=START)
"""A network as it is if not told otherwise."""


@lru_cache(maxsize=4)
def _pki_at(start: datetime) -> SimulatedPki:
    """Networks that begin at one time share their certificates: making them takes longest."""
    return SimulatedPki(at=start)


class Premises:
    """What all machines share.

    Args:
        cast: the agencies.
        setting: how the network is.
        agenda: when things happen.
        log: is told what happens.
        wire: carries.
    """

    def __init__(
        self, cast: Cast, setting: Setting, *, agenda: Agenda, log: EventLog, wire: Wire
    ) -> None:
        self.cast: Final = cast
        self.setting: Final = setting
        self.agenda: Final = agenda
        self.log: Final = log
        self.wire: Final = wire
        self.spool: Final = Spool()
        self.pki: Final = _pki_at(agenda.start)
        self.new_store: Final = setting.new_store
        self.seals: Final[dict[OrganId, list[Seal]]] = {
            member.organ_id: [Seal(member.organ_id)] for member in cast.members
        }
        """All certificates that each agency ever had."""
        self.revoked: frozenset[tuple[Seal, datetime]] = frozenset()
        """What stands on the revocation list."""
        self._tsa: Final = setting.new_tsa(agenda.clock) if setting.new_tsa else None
        self._nonces: Final = count(1)
        self._limits: Final = Limits()
        self.recent: Final = Recent()
        """The last answers of all verifiers."""
        self.directory = self.published()
        """The newest."""

    @staticmethod
    def endpoint(member: Member | DirectoryEntry) -> str:
        """Where a node is reached."""
        return f"{_SCHEME}{member.organ_id}"

    def published(self) -> Directory:
        """The directory as it is given to all, with every date in it."""
        given = self.setting.directory is not None
        return Directory(map(self._entry, self.cast.entries), several_roots=given)

    def _entry(self, entry: DirectoryEntry) -> DirectoryEntry:
        seals = self.seals.get(entry.organ_id)
        if seals is None or entry.representative:
            return entry
        return replace(
            entry,
            endpoint=self.endpoint(entry),
            certificates=tuple(map(self.pki.fingerprint, seals)),
        )

    def point(self, host: Host) -> AccessPoint:
        """What the node of a machine works with now."""
        revoked = None if host.blind else self.revoked
        trust = self.pki.trust(revoked, self.setting.anchors, self.setting.crls)
        return self.setting.new_point(
            own=host.member.organ_id,
            in_force=InForce(host.directory),
            store=host.store,
            payloads=host.payloads,
            transport=self.wire.transport(self.endpoint(host.member)),
            signer=Signer(
                self.pki.key(host.seal),
                clock=host.clock,
                role="agency",
                timestamps=self._timestamps(host),
            ),
            verifier=RememberingVerifier(
                trust, clock=host.clock, directory=host.directory, recent=self.recent
            ),
            clock=host.clock,
            schedule=self.setting.schedule,
            limits=self._limits,
            rules=self.setting.rules,
            policy=self.setting.policy,
            hooks=(host.heard, *self.setting.hooks),
        )

    def _timestamps(self, host: Host) -> TsaClient | None:
        if self._tsa is None or not self.setting.stamps(host.member.place):
            return None
        nonce = partial(next, self._nonces)
        return TsaClient(("sim:tsa",), poster=_Line(host, self._tsa), nonce=nonce)


@dataclass(frozen=True, slots=True)
class _Line:
    """The way from one machine to the timestamp authority."""

    host: Host
    tsa: Poster

    def post(self, url: str, body: bytes, content_type: str) -> bytes:
        """Ask, if the line is not broken."""
        if self.host.unstamped:
            raise TransportError(
                f"{url}: expected a timestamp authority, found no connection",
                code="transport.unreachable",
            )
        return self.tsa.post(url, body, content_type)
