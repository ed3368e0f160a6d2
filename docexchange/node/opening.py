"""From a configuration to an access point: directory, trust, key, mailbox and store, opened.

>>> point = open_point(read_config("commune/"), clock, hooks=[log_events()], limits=Limits())
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from docexchange.clock import vietnam_date
from docexchange.delivery import RetrySchedule
from docexchange.directory import Directory, binding_of
from docexchange.errors import ConfigurationError, UsageError
from docexchange.identifiers import OrganId
from docexchange.node.point import AccessPoint, in_charge
from docexchange.node.rule_files import read_policy, read_rules
from docexchange.node.standings import Standings
from docexchange.node.storage import open_storage
from docexchange.node.ways import Ways, password_of
from docexchange.routing import ClosedCodes, ExchangePolicy, Rules
from docexchange.signing import Signer, SigningKey, TrustStore, Verifier
from docexchange.signing.certificates import signatory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docexchange.clock import Clock
    from docexchange.instrumentation import Hook
    from docexchange.limits import Limits
    from docexchange.node.config import NodeConfig
    from docexchange.node.storage import Storage

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
    directory = Directory.from_path(base / config.directory)
    verifier = _verifier(config, clock, directory)
    scheme, _, rest = config.key.uri.partition(":")
    uri = f"{scheme}:{base / rest}" if rest else str(base / config.key.uri)
    secret = (base / config.key.password_file) if config.key.password_file else None
    key = SigningKey.from_uri(uri, password=password_of(secret) if secret else None)
    own, schedule = _known_agency(config, directory, clock), _schedule(config.retry)
    _check_key(key, own, directory, clock)
    ways = Ways(config, own=own, directory=directory, trust=verifier.trust, clock=clock)
    transport = ways.open()
    rules, policy = rules_of(config), _policy(config)
    storage = open_storage(config, limits)  # last, so that nothing stays open if the rest fails
    return AccessPoint(
        own=own,
        directory=directory,
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
    rules, day = rules_of(config), vietnam_date(clock.now())
    path = config.base / config.directory
    means = (
        partial(in_charge, directory=Directory.from_path(path), at=day, rules=rules)
        if path.exists()
        else _itself
    )
    return Standings(storage.store, OrganId(config.agency), means=means)


def _itself(code: OrganId) -> OrganId:
    return code


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
    return _verifier(config, clock, Directory.from_path(config.base / config.directory))


def _verifier(config: NodeConfig, clock: Clock, directory: Directory) -> Verifier:
    trust = TrustStore.from_path(*(config.base / path for path in config.trust.paths))
    return Verifier(trust, clock=clock, binding=binding_of(directory))


def _known_agency(config: NodeConfig, directory: Directory, clock: Clock) -> OrganId:
    """The agency of the node; one that is not in the directory would turn everybody away."""
    own = OrganId(config.agency)
    try:
        directory.lookup(own, vietnam_date(clock.now()))
    except UsageError as error:
        # An agency that was closed may still have letters to deliver and receipts to take.
        if error.code != "directory.closed-agency":
            raise
    return own


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
