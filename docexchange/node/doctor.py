"""What ails a node: everything that would keep letters from moving, looked at before it does.

>>> for symptom in examine(read_config("commune/"), SystemClock()):
...     print(symptom.state, symptom.name, symptom.found, symptom.advice)

Nothing is sent and nothing is changed, nor made where the node has not run yet. Each look is taken
by itself: what one of them cannot see is its finding, and the others go on.
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from docexchange.clock import VIETNAM, vietnam_date
from docexchange.delivery import OutboundState
from docexchange.delivery.table import WAITING
from docexchange.errors import DocExchangeError, InputNotFound
from docexchange.limits import MIB, Limits
from docexchange.node.links import links_out_of_order
from docexchange.node.opening.opening import open_point
from docexchange.node.opening.snapshots import held_snapshot
from docexchange.node.opening.unrun import as_if_run, has_run, unmade_mailboxes
from docexchange.signing.certificates import load_pem_bundle
from docexchange.signing.keys import no_certificate
from docexchange.signing.trust.inventory import faults, inventory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from cryptography.x509 import Certificate

    from docexchange.clock import Clock
    from docexchange.node.opening.config import NodeConfig
    from docexchange.node.point import AccessPoint

__all__ = ["State", "Symptom", "examine"]

_CERTIFICATE_WARNING: Final = timedelta(days=30)
_CERTIFICATE_ALARM: Final = timedelta(days=7)
_DISK_WARNING: Final = 2048 * MIB
_DISK_ALARM: Final = 256 * MIB
_QUEUE_WARNING: Final = timedelta(hours=1)
_SKEW_WARNING: Final = timedelta(seconds=60)
_SKEW_ALARM: Final = timedelta(minutes=5)
_SNAPSHOT_WARNING: Final = 4
"""From the last quarter of its time on, a directory should have been renewed."""
_REACH: Final = "See whether that peer can be reached."
_MOST_PEERS: Final = 50
"""Tried at most: a hub of a province has hundreds of neighbours."""


class State(StrEnum):
    """How bad it is."""

    GOOD = "good"
    WARNING = "warning"
    """It works, and soon will not."""
    BAD = "bad"
    """Letters do not move because of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """One thing that was looked at."""

    name: str
    """Which: ``key``, ``server``, ``trust``, ``directory``, ``snapshot``, ``store``, ``queue``,
    ``link``, ``disk``, ``mailbox``, ``peer``, ``clock``."""
    state: State
    """How bad it is."""
    found: str
    """What was found."""
    advice: str = ""
    """What to do about it."""
    code: str = ""
    """The code of the error that was met; empty where none was."""


def examine(config: NodeConfig, clock: Clock, *, with_peers: bool = True) -> tuple[Symptom, ...]:
    """Look at a node, running or not.

    Args:
        config: the node.
        clock: tells the time.
        with_peers: whether to try the neighbours' endpoints, which may take their timeouts.

    Returns:
        What was found, in the order of the class above; the first one is bad when the node cannot
        be opened at all, and then there are few others.
    """
    now = clock.now()
    found = [*_server(config, now), *_trust(config, now), *_snapshot(config, now), *_disk(config)]
    with as_if_run(config) as looked_at:
        try:
            point = open_point(looked_at, clock, (), Limits())
        except DocExchangeError as error:
            return (_bad("configuration", error), *found)
        try:
            store = _store if has_run(config) else _no_store
            looks = [_key, _directory, store, _queue, _links, _mailbox]
            looked = [symptom for look in looks for symptom in _guarded(look, point, now)]
            found = [*looked, *_no_mailbox(config), *_reached(config, point, now), *found]
            return (*found, *(_peers(point, now) if with_peers else ()))
        finally:
            point.transport.close()
            point.store.close()


def _guarded(
    look: Callable[[AccessPoint, datetime], Iterator[Symptom]], point: AccessPoint, now: datetime
) -> Iterator[Symptom]:
    try:
        yield from look(point, now)
    except DocExchangeError as error:
        yield _bad(look.__name__.strip("_"), error)


def _key(point: AccessPoint, now: datetime) -> Iterator[Symptom]:
    yield _life("key", point.signer.key.certificate, now)


def _server(config: NodeConfig, now: datetime) -> Iterator[Symptom]:
    """With its certificate run out nobody brings us anything, and only others see why."""
    if config.server is None:
        return
    path = config.base / config.server.certificate
    try:
        data = path.read_bytes()
        certificate, *_ = load_pem_bundle(data)
    except OSError as error:
        yield _bad("server", InputNotFound(f"{path}: {error.strerror or error}"))
    except ValueError:
        yield _bad("server", no_certificate(path, data))
    else:
        yield _life("server", certificate, now)


def _life(name: str, certificate: Certificate, now: datetime) -> Symptom:
    left = certificate.not_valid_after_utc - now
    if certificate.not_valid_before_utc > now:
        left = timedelta(days=-1)
    state = _by_length(left, _CERTIFICATE_WARNING, _CERTIFICATE_ALARM)
    return Symptom(
        name=name,
        state=state,
        found=f"{max(left.days, 0)} days left: {certificate.subject.rfc4514_string()}",
        advice="" if state is State.GOOD else "Ask the authority for the next certificate now.",
    )


def _trust(config: NodeConfig, now: datetime) -> Iterator[Symptom]:
    try:
        held = inventory(*(config.base / path for path in config.trust.paths))
    except DocExchangeError as error:
        yield _bad("trust", error)
        return
    wrong = faults(held, at=now)
    for fault in wrong:
        yield Symptom(
            name="trust",
            state=State.BAD if fault.code == "trust.list-out-of-date" else State.WARNING,
            found=f"{fault.file}: {fault.message}",
            advice="`docexchange trust check` tells more.",
        )
    if not wrong:
        counts = f"{len(held.certificates)} certificates, {len(held.lists)} revocation lists"
        yield Symptom(name="trust", state=State.GOOD, found=counts)


def _directory(point: AccessPoint, now: datetime) -> Iterator[Symptom]:
    entry = point.directory.find(point.own, vietnam_date(now))
    if entry is None:
        yield Symptom(
            name="directory",
            state=State.WARNING,
            found=f"{point.own} is closed: it delivers what is under way, and takes nothing new",
            advice="Let it run until its queue is empty; new letters go out from its successor.",
        )
    else:
        yield Symptom(
            name="directory",
            state=State.GOOD,
            found=f"{len(point.directory)} entries, {entry.name}",
        )


def _snapshot(config: NodeConfig, now: datetime) -> Iterator[Symptom]:
    if config.snapshot is None:
        return
    try:
        release = held_snapshot(config.snapshot, config.base).release
    except DocExchangeError as error:
        yield _bad("snapshot", error)
        return
    left, whole = release.expires - now, release.expires - release.published
    late = left < whole / _SNAPSHOT_WARNING
    days = max((now - release.published).days, 0)
    yield Symptom(
        name="snapshot",
        state=State.WARNING if late else State.GOOD,
        found=f"release {release.version}, {days} days old, {_until(release.expires, now)}",
        advice="Take in a newer one: docexchange directory update." if late else "",
    )


def _until(expires: datetime, now: datetime) -> str:
    return f"{'expired' if expires <= now else 'good until'} {_on_screen(expires)}"


def _on_screen(at: datetime) -> str:
    """As clocks in Vietnam show it."""
    return f"{at.astimezone(VIETNAM):%Y-%m-%d %H:%M %Z}"


def _store(point: AccessPoint, now: datetime) -> Iterator[Symptom]:
    dead = point.store.in_state(OutboundState.DEAD_LETTER)
    yield Symptom(
        name="store",
        state=State.WARNING if dead else State.GOOD,
        found=f"readable, {len(dead)} dead letters",
        advice="`docexchange delivery list` shows them." if dead else "",
    )
    yield from _behind_its_log(point, now)


def _behind_its_log(point: AccessPoint, now: datetime) -> Iterator[Symptom]:
    """A clock that was set back; peers reached over a folder or a disk do not tell theirs."""
    for last in point.store.audit(after=point.store.audit_head().number - 1, limit=1):
        behind = last.at - now
        if behind >= _SKEW_WARNING:
            seconds = f"{behind.total_seconds():.0f}"
            yield Symptom(
                name="clock",
                state=State.BAD if behind > _SKEW_ALARM else State.WARNING,
                found=f"{seconds} seconds behind the last entry of the audit log",
                advice="Set the clock of this machine by a time server.",
            )


def _no_store(point: AccessPoint, now: datetime) -> Iterator[Symptom]:
    del point, now
    found = "none yet: the node has not run, and makes it when it does"
    yield Symptom(name="store", state=State.GOOD, found=found)


def _queue(point: AccessPoint, now: datetime) -> Iterator[Symptom]:
    waiting = [record for state in WAITING for record in point.store.in_state(state)]
    late = [record for record in waiting if now - record.created_at > _QUEUE_WARNING]
    if not late:
        yield Symptom(name="queue", state=State.GOOD, found=f"{len(waiting)} letters under way")
    for hop, number in sorted(Counter(record.next_hop for record in late).items()):
        yield Symptom(
            name="queue",
            state=State.WARNING,
            found=f"{number} letters for {hop} wait for more than an hour",
            advice=_REACH,
        )


def _links(point: AccessPoint, now: datetime) -> Iterator[Symptom]:
    for link in links_out_of_order(point.store, point.directory, now=now):
        peers = ", ".join(map(str, link.peers)) or "nobody in the directory"
        outage = link.outage
        yield Symptom(
            name="link",
            state=State.WARNING,
            found=f"{peers}: out of reach since {_on_screen(outage.since)}: {outage.reason}",
            advice="Letters go around it where a rule of the way allows that, and wait otherwise.",
        )


def _mailbox(point: AccessPoint, now: datetime) -> Iterator[Symptom]:
    del now
    aside = point.transport.set_aside()
    yield Symptom(
        name="mailbox",
        state=State.WARNING if aside else State.GOOD,
        found=f"{len(aside)} parcels set aside" + (f", first: {aside[0].reason}" if aside else ""),
        advice="Look at them in the folder set-aside, and tell whoever sent them." if aside else "",
    )


def _no_mailbox(config: NodeConfig) -> Iterator[Symptom]:
    for url in [] if has_run(config) else unmade_mailboxes(config):
        yield Symptom(
            name="mailbox",
            state=State.WARNING,
            found=f"{url} is not there yet: letters for this node wait where they are sent",
            advice="Start the node, which makes it: docexchange node run.",
        )


def _reached(config: NodeConfig, point: AccessPoint, now: datetime) -> Iterator[Symptom]:
    """Whether the directory leads neighbours to this node; of folders only that can be seen."""
    entry = point.directory.find(point.own, vietnam_date(now))
    endpoint = entry.endpoint if entry else "unknown:"
    if not endpoint:
        yield Symptom(
            name="mailbox",
            state=State.WARNING,
            found=f"nobody finds it: the directory names no endpoint of {point.own}",
            advice="Add the endpoint to the directory.",
        )
    elif endpoint.startswith("folder:") and _place(config, endpoint) not in {
        _place(config, url) for url in config.mailboxes
    }:
        yield Symptom(
            name="mailbox",
            state=State.WARNING,
            found=f"the directory says {endpoint}, and this node looks into "
            f"{' and '.join(config.mailboxes)}",
            advice="Correct mailbox or endpoint_base in node.toml, or the directory.",
        )


def _place(config: NodeConfig, url: str) -> Path:
    return (config.base / config.endpoint_base / url.partition(":")[2]).resolve()


def _disk(config: NodeConfig) -> Iterator[Symptom]:
    folder = config.base / config.store
    place = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(place).free
    state = _by_length(free, _DISK_WARNING, _DISK_ALARM)
    yield Symptom(
        name="disk",
        state=state,
        found=f"{free // MIB} MiB free",
        advice="" if state is State.GOOD else "Free some space: a full disk stops the node.",
    )


def _peers(point: AccessPoint, now: datetime) -> Iterator[Symptom]:
    """Superior, subordinates, and whoever letters wait for."""
    today = vietnam_date(now)
    parent = point.directory.parent(point.own, today)
    near = [*([parent] if parent else []), *point.directory.children(point.own, today)]
    hops = [entry.organ_id for entry in near]
    hops += [record.next_hop for state in WAITING for record in point.store.in_state(state)]
    for hop in list(dict.fromkeys(hops))[:_MOST_PEERS]:
        try:
            shown = point.transport.probe(point.endpoint(hop))
        except DocExchangeError as error:
            yield Symptom(
                name="peer",
                state=State.WARNING,
                found=f"{hop}: {error}",
                advice=error.advice or _REACH,
                code=error.code,
            )
            continue
        yield Symptom(name="peer", state=State.GOOD, found=f"{hop}: reachable")
        if shown is not None:
            yield _clock(str(hop), abs(shown - point.clock.now()))


def _clock(peer: str, skew: timedelta) -> Symptom:
    state = _by_length(-skew, -_SKEW_WARNING, -_SKEW_ALARM)
    return Symptom(
        name="clock",
        state=state,
        found=f"{skew.total_seconds():.0f} seconds from that of {peer}",
        advice="" if state is State.GOOD else "Set the clock of this machine by a time server.",
    )


def _by_length(value: float | timedelta, warning: float | timedelta, alarm: object) -> State:
    if value < alarm:  # type: ignore[operator]
        return State.BAD
    return State.WARNING if value < warning else State.GOOD  # type: ignore[operator]


def _bad(name: str, error: DocExchangeError) -> Symptom:
    return Symptom(
        name=name,
        state=State.BAD,
        found=str(error),
        advice=error.advice or "Mend that, and look again.",
        code=error.code,
    )
