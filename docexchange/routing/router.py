"""Which way does a letter go? A pure function of sender, recipient, date, directory and rules.

A letter climbs from superior to superior up to the nearest one that both sides have in common, and
descends from there to the recipient; rules make exceptions (``routing.rules``). At every agency on
the way the same question is asked anew, so every node can ask for its own next hop and gets the
continuation of the same route::

    way = route(sender, recipient, directory=directory, at=vietnam_date(clock.now()))
    for line in way.explain():
        log.info(line)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from docexchange.errors import NoRoute
from docexchange.limits import Limits
from docexchange.routing.health import ALL_WELL, LinkHealth
from docexchange.routing.network import Network, Node, network_of
from docexchange.routing.route import Hop, HopReason, Route
from docexchange.routing.rules import DEFAULT_RULES, ClosedCodes, Rule, Rules, Way

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from docexchange.directory import Directory, DirectoryEntry
    from docexchange.identifiers import OrganId
    from docexchange.routing.closed import Meaning

__all__ = ["DEFAULT_LIMITS", "next_hop", "route"]

DEFAULT_LIMITS: Final = Limits()
"""The usual bound on hops."""


class _Step(NamedTuple):
    """A link that may be taken."""

    node: Node
    reason: HopReason
    rule: str = ""


def route(
    sender: OrganId,
    recipient: OrganId,
    *,
    directory: Directory,
    at: date,
    rules: Rules = DEFAULT_RULES,
    health: LinkHealth = ALL_WELL,
    passed: Collection[OrganId] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> Route:
    """Find the way from one agency to another.

    Args:
        sender: where the letter is now; either code system, or an alias.
        recipient: where it should arrive; likewise.
        directory: who stands above whom.
        at: calendar date in Vietnam for which the directory is asked.
        rules: exceptions from the way through the superiors.
        health: links that are avoided where the rules allow another way.
        passed: agencies that the letter has passed already; likewise avoided.
        limits: how many hops a letter may take.

    Raises:
        NoRoute: ``route.unknown-agency``, ``route.closed-agency``, ``route.different-trees``,
            ``route.forbidden``, ``route.loop`` or ``route.too-many-hops``.
    """
    network = network_of(directory, at, rules)
    start = _located("sender", sender, network)
    end = _located("recipient", recipient, network)
    if end.closed is not None and rules.closed is ClosedCodes.REFUSE:
        raise _closed(end)
    walk = _Walk(network, end.entry, rules, health, passed, limits)
    return Route(
        sender=start.closed.organ_id if start.closed else start.entry.organ_id,
        recipient=end.entry.organ_id,
        at=at,
        hops=tuple(walk.hops(start)),
        closed=end.closed,
    )


def next_hop(
    own: OrganId,
    recipient: OrganId,
    *,
    directory: Directory,
    at: date,
    rules: Rules = DEFAULT_RULES,
    limits: Limits = DEFAULT_LIMITS,
) -> Hop:
    """Find the agency to which a node passes a letter on.

    Args:
        own: the agency of the node.
        recipient: where the letter should arrive.
        directory: who stands above whom.
        at: calendar date in Vietnam for which the directory is asked.
        rules: exceptions from the way through the superiors.
        limits: how many hops a letter may take from here.

    Raises:
        NoRoute: as ``route``.
    """
    way = route(own, recipient, directory=directory, at=at, rules=rules, limits=limits)
    return way.hops[0]


def _located(role: str, organ_id: OrganId, network: Network) -> Meaning:
    try:
        return network.meaning(organ_id)
    except NoRoute as error:
        raise NoRoute(f"{role}: {error}", code=error.code, advice=error.advice) from error


def _closed(end: Meaning) -> NoRoute:
    closed, heir = end.closed, end.entry
    return NoRoute(
        f"recipient: expected an agency that is in force, found {closed}",
        code="route.closed-agency",
        advice=f"Write to its successor {heir.organ_id} ({heir.name}).",
    )


class _Walk:
    """One letter on its way through the network."""

    def __init__(
        self,
        network: Network,
        recipient: DirectoryEntry,
        rules: Rules,
        health: LinkHealth,
        passed: Collection[OrganId],
        limits: Limits,
    ) -> None:
        self._network: Final = network
        self._recipient: Final = recipient
        self._goal: Final = network.node_of(recipient)
        self._rules: Final = rules
        self._down: Final = health.down
        self._passed: Final = {organ_id.as_decision_20 for organ_id in passed}
        self._limits: Final = limits
        self._axis: Final = None if rules.axis is None else network.find(rules.axis)

    def hops(self, start: Meaning) -> Iterator[Hop]:
        here = self._network.node_of(start.entry)
        walked = {here.key: here}
        if start.closed is not None or here.organ_id != start.entry.organ_id:
            yield here.hop(HopReason.OUTSET)
        elif here is self._goal:
            yield self._hop(_Step(here, HopReason.SELF))
        while here is not self._goal:
            if len(walked) > self._limits.hops:
                raise self._too_long(walked)
            hop, here = self._onward(here, walked)
            walked[here.key] = here
            yield hop

    def _onward(self, here: Node, walked: dict[str, Node]) -> tuple[Hop, Node]:
        """The best of all candidates: not walked before, not passed before, in order."""
        steps = self._steps(here)
        best = self._best(here, steps, walked) if len(steps) > 1 else 0
        step = steps[best]
        if step.node.key in walked:
            raise self._loop(here, step, walked)
        down = (here.key, step.node.key) in self._down
        first = steps[0].node
        avoided = first if best and (here.key, first.key) in self._down else None
        return self._hop(step, avoided=avoided, down=down), step.node

    def _best(self, here: Node, steps: list[_Step], walked: dict[str, Node]) -> int:
        keys = [step.node.key for step in steps]
        ranks = [
            (key in walked, key in self._passed, (here.key, key) in self._down) for key in keys
        ]
        return ranks.index(min(ranks))

    def _steps(self, here: Node) -> list[_Step]:
        """Every link that the rules allow, the best first."""
        steps: list[_Step] = []
        for rule in self._network.fitting(here, self._recipient) if self._rules.rules else ():
            if rule.way is Way.FORBID:
                if steps:
                    return steps
                raise self._forbidden(here, rule)
            steps += self._by_rule(here, rule)
        if self._rules.strategy is Way.DIRECT:
            steps.append(_Step(self._goal, HopReason.RECIPIENT))
        if not steps or self._is_connected(here):
            steps.append(self._tree(here))
        return steps

    def _by_rule(self, here: Node, rule: Rule) -> list[_Step]:
        if rule.way is Way.DIRECT:
            return [_Step(self._goal, HopReason.DIRECT, str(rule))]
        if rule.way is Way.PARENTS:
            return [self._tree(here, str(rule))]
        if rule.way is Way.AXIS:
            # A superior of the recipient would only get the letter back from the axis.
            stop, reason = None if here.key in self._goal.place else self._axis, HopReason.AXIS
        else:
            stop, reason = self._network.find(rule.via) if rule.via else None, HopReason.VIA
        if stop is None or stop is here:
            return []
        return [_Step(stop, HopReason.DIRECT if stop is self._goal else reason, str(rule))]

    def _is_connected(self, here: Node) -> bool:
        return self._axis is not None or here.line[-1] is self._goal.line[-1]

    def _tree(self, here: Node, rule: str = "") -> _Step:
        """The next one on the way to the nearest common superior and down from it."""
        goal = self._goal
        place = goal.place.get(here.key)
        if place is not None:
            below = goal.line[place - 1]
            return _Step(below, HopReason.RECIPIENT if below is goal else HopReason.DOWN, rule)
        if here.line[-1] is not goal.line[-1]:
            return self._across(here, rule)
        above = here.line[1]
        if above is goal:
            return _Step(above, HopReason.RECIPIENT, rule)
        return _Step(above, HopReason.COMMON if above.key in goal.place else HopReason.UP, rule)

    def _across(self, here: Node, rule: str) -> _Step:
        """From tree to tree: up to the root, to the axis, and to the recipient's root."""
        axis, roots = self._axis, (here.line[-1], self._goal.line[-1])
        if axis is None:
            raise self._apart(here)
        if axis is here:
            root = roots[1]
            return _Step(root, HopReason.RECIPIENT if root is self._goal else HopReason.DOWN, rule)
        if len(here.line) > 1:
            return _Step(here.line[1], HopReason.UP, rule)
        return _Step(axis, HopReason.RECIPIENT if axis is self._goal else HopReason.AXIS, rule)

    def _hop(self, step: _Step, *, avoided: Node | None = None, down: bool = False) -> Hop:
        node, reason, rule = step
        if node is self._goal and node.organ_id != self._recipient.organ_id:
            reason = HopReason.SERVES
        if not (rule or avoided or down):
            return node.hop(reason)
        return Hop(
            organ_id=node.organ_id,
            reason=reason,
            name=node.name,
            rule=rule,
            avoided=avoided.organ_id if avoided else None,
            out_of_order=down,
        )

    # --- why there is none ---

    def _way(self, walked: dict[str, Node]) -> str:
        start = next(iter(walked.values()))
        return f"route from {start.organ_id} to {self._recipient.organ_id}"

    def _too_long(self, walked: dict[str, Node]) -> NoRoute:
        return NoRoute(
            f"{self._way(walked)}: expected at most {self._limits.hops} hops, "
            f"found {len(walked)} and no end",
            code="route.too-many-hops",
            advice="Check the superiors in the directory, or raise `Limits.hops`.",
        )

    def _loop(self, here: Node, step: _Step, walked: dict[str, Node]) -> NoRoute:
        shown = " -> ".join(str(node.organ_id) for node in walked.values())
        return NoRoute(
            f"{self._way(walked)}: expected every agency once, found the way "
            f"{shown} -> {step.node.organ_id}{f' (rule: {step.rule})' if step.rule else ''}",
            code="route.loop",
            advice=f"Correct the routing rules for letters at {here.organ_id}.",
        )

    def _forbidden(self, here: Node, rule: Rule) -> NoRoute:
        return NoRoute(
            f"letter at {here.organ_id} to {self._recipient.organ_id}: expected a way that the "
            f"rules allow, found the rule: {rule}",
            code="route.forbidden",
            advice="Ask whoever keeps the routing rules.",
        )

    def _apart(self, here: Node) -> NoRoute:
        goal = self._goal
        return NoRoute(
            f"route from {here.organ_id} to {goal.organ_id}: expected a common superior, found "
            f"the separate roots {here.line[-1].organ_id} and {goal.line[-1].organ_id}",
            code="route.different-trees",
            advice="Write to an agency of the same network, or ask its operator for a gateway.",
        )
