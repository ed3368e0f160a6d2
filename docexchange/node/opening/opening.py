"""From a configuration to an access point: directory, trust, key, mailbox and store, opened.

>>> point = open_point(read_config("commune/"), clock, hooks=[log_events()], limits=Limits())
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from docexchange.clock import vietnam_date
from docexchange.delivery import RetrySchedule
from docexchange.directory import InForce, binding_of
from docexchange.errors import ConfigurationError, InputNotFound
from docexchange.identifiers import OrganId
from docexchange.node.business.standings import Standings
from docexchange.node.opening.rule_files import read_policy, read_rules
from docexchange.node.opening.snapshots import Following, directory_of, known_agency
from docexchange.node.opening.storage import open_storage
from docexchange.node.opening.ways import Ways, password_of
from docexchange.node.point import AccessPoint, speaks_for
from docexchange.report import is_same
from docexchange.routing import ClosedCodes, ExchangePolicy, Rules
from docexchange.signing import Signer, SigningKey, TrustStore, Verifier
from docexchange.signing.certificates import Signatory, signatory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from docexchange.clock import Clock
    from docexchange.directory import Directory
    from docexchange.instrumentation import Hook
    from docexchange.limits import Limits
    from docexchange.node.opening.config import NodeConfig
    from docexchange.node.opening.storage import Storage

__all__ = ["open_point", "open_standings", "open_verifier", "rules_of"]


def open_point(
    config: NodeConfig, clock: Clock, hooks: Sequence[Hook], limits: Limits
) -> AccessPoint:
    """Open all that a configuration names.

    Args:
        config: the node.
        clock: tells the time.
        hooks: are told about events.
        limits: bounds on what is read.

    Raises:
        InputNotFound: a file it names is missing.
        ConfigurationError: it cannot work as described.
        StoreFailure: the store cannot be opened.
    """
    base = config.base
    in_force = InForce(directory_of(config))
    directory = in_force()
    verifier = _verifier(config, clock, in_force)
    scheme, _, rest = config.key.uri.partition(":")
    uri = f"{scheme}:{base / rest}" if rest else str(base / config.key.uri)
    secret = (base / config.key.password_file) if config.key.password_file else None
    key = SigningKey.from_uri(uri, password=password_of(secret) if secret else None)
    own, schedule = known_agency(config, directory, clock.now()), _schedule(config.retry)
    _check_key(key, own, directory, clock)
    ways = Ways(config, own=own, directory=in_force, trust=verifier.trust, clock=clock)
    transport = ways.open()
    rules, policy = rules_of(config), _policy(config)
    storage = open_storage(config, limits)  # last, so that nothing stays open if the rest fails
    return AccessPoint(
        own=own,
        in_force=in_force,
        store=storage.store,
        payloads=storage.payloads,
        transport=transport,
        signer=Signer(key, clock=clock, role="agency"),
        verifier=verifier,
        clock=clock,
        schedule=schedule,
        limits=limits,
        rules=rules,
        policy=policy,
        hooks=tuple(hooks),
        following=Following(config, in_force, clock),
    )


def rules_of(config: NodeConfig) -> Rules:
    """The rules of the way that a configuration names.

    Args:
        config: the node.

    Raises:
        InputNotFound: the file is missing.
        ConfigurationError: it holds no rules.
    """
    routing = config.routing
    closed = ClosedCodes(routing.closed)
    if not routing.rules:
        return Rules(closed=closed)
    return read_rules(config.base / routing.rules, closed=closed)


def open_standings(config: NodeConfig, storage: Storage, clock: Clock) -> Standings:
    """Where documents stand, out of a node's storage; its key is not needed.

    Args:
        config: the node; without its directory every code stands for itself.
        storage: what it remembers.
        clock: tells the day.
    """
    rules, own = rules_of(config), OrganId(config.agency)
    try:
        directory = directory_of(config)
    except InputNotFound:
        return Standings(storage.store, own, speaks=is_same)

    def speaks(who: OrganId, whom: OrganId, at: datetime | None) -> bool:
        return speaks_for(who, whom, directory, vietnam_date(at or clock.now()), rules)

    return Standings(storage.store, own, speaks=speaks)


def _policy(config: NodeConfig) -> ExchangePolicy:
    routing = config.routing
    return read_policy(config.base / routing.policy) if routing.policy else ExchangePolicy()


def open_verifier(config: NodeConfig, clock: Clock) -> Verifier:
    """Open what a node judges by, its trust and its directory, without its key or its mailbox.

    Args:
        config: the node.
        clock: tells the time.

    Raises:
        InputNotFound: a file it names is missing.
        ConfigurationError: a file is not what it should be.
    """
    return _verifier(config, clock, InForce(directory_of(config)))


def _verifier(config: NodeConfig, clock: Clock, in_force: InForce) -> Verifier:
    trust = TrustStore.from_path(*(config.base / path for path in config.trust.paths))

    def binding(organ_id: OrganId, signer: Signatory, at: datetime) -> str:
        return binding_of(in_force())(organ_id, signer, at)

    return Verifier(trust, clock=clock, binding=binding)


def _check_key(key: SigningKey, own: OrganId, directory: Directory, clock: Clock) -> None:
    """Refuse a key whose receipts every peer would refuse."""
    now = clock.now()
    problem = binding_of(directory)(own, signatory(key.certificate), now)
    if problem and directory.find(own, vietnam_date(now)) is not None:
        raise ConfigurationError(
            f"[key]: expected a key of {own}, found otherwise: {problem}",
            code="configuration.key",
            advice="Give the agency's key, or enter its certificate in the directory.",
        )


def _schedule(values: dict[str, float | int]) -> RetrySchedule:
    try:
        return replace(RetrySchedule(), **values)  # type: ignore[arg-type]
    except TypeError as error:
        raise ConfigurationError(
            f"[retry]: expected fields of RetrySchedule, found {', '.join(values)}",
            code="configuration.retry-schedule",
        ) from error
