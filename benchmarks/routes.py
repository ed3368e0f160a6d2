"""How many routes a second does the router find in a country of 11,000 agencies?

    python benchmarks/routes.py

The centre, 34 provinces with 20 districts each, and their communes: four tiers. Pairs are drawn by
a seed; the first pass pays for the table of the day, and is shown apart. Time is that of the
processor: the work is pure, and other programs on the machine are none of its business.
"""

from __future__ import annotations

import random
import time
from datetime import date

from docexchange.directory import Directory, DirectoryEntry
from docexchange.identifiers import OrganId
from docexchange.routing import Agencies, Rule, Rules, Way, fan_out, route

AGENCIES = 11_000
PROVINCES, DISTRICTS, COMMUNES = 34, 20, 15
TODAY = date(2026, 3, 2)
PAIRS = 100_000
TARGET = 20_000
WARM_UP = 1.0
RULES = Rules(
    rules=(
        Rule(
            name="neighbours",
            way=Way.DIRECT,
            senders=Agencies(codes=("H01",)),
            recipients=Agencies(codes=("H02.*",)),
        ),
        Rule(name="axis", way=Way.AXIS, senders=Agencies(codes=("H05.*",), tiers=(4,))),
        Rule(name="no", way=Way.FORBID, recipients=Agencies(codes=("Z99.*",))),
    ),
    axis=OrganId("G22"),
)


def country(size: int = AGENCIES) -> Directory:
    """A country of four tiers, in the order in which lists come."""
    listed = [_agency("G22", None, 1)]
    for province in range(1, PROVINCES + 1):
        listed.append(_agency(f"H{province:02}", "G22", 2))
        for district in range(1, DISTRICTS + 1):
            upper = f"H{province:02}.{district:02}"
            listed.append(_agency(upper, f"H{province:02}", 3))
            listed += [
                _agency(f"{upper}.{commune:02}", upper, 4) for commune in range(1, COMMUNES + 2)
            ]
    return Directory(listed[:size])


def _agency(code: str, parent: str | None, tier: int) -> DirectoryEntry:
    return DirectoryEntry(
        organ_id=OrganId(code),
        name=f"Cơ quan {code}",
        tier=tier,
        parent=OrganId(parent) if parent else None,
        endpoint=f"https://{code.lower()}.example/",
    )


def rate(directory: Directory, rules: Rules, pairs: list[tuple[OrganId, OrganId]]) -> float:
    begin = time.process_time()
    for sender, recipient in pairs:
        route(sender, recipient, directory=directory, at=TODAY, rules=rules)
    return len(pairs) / (time.process_time() - begin)


def measure(pairs: int = PAIRS) -> None:
    directory, draw = country(), random.Random(20)
    codes = [entry.organ_id for entry in directory]
    begin = time.process_time()
    for code in codes:
        route(codes[0], code, directory=directory, at=TODAY)
    warm_up = time.process_time() - begin
    drawn = [(draw.choice(codes), draw.choice(codes)) for _ in range(pairs)]
    print(f"\nroutes among {len(codes):,} agencies, {pairs:,} pairs")
    _told("the table of the day", f"{warm_up:.2f} s", f"{WARM_UP:g} s", met=warm_up <= WARM_UP)
    for label, rules in (("without rules", Rules()), ("with three rules", RULES)):
        found = rate(directory, rules, drawn)
        _told(label, f"{found:,.0f} routes/s", f"{TARGET:,}", met=found >= TARGET)
    begin = time.process_time()
    tree = fan_out(codes[-1], codes[:-1], directory=directory, at=TODAY)
    taken = time.process_time() - begin
    print(f"  one letter to all others: {len(tree.links):,} links, {taken:.2f} s")


def _told(label: str, found: str, wanted: str, *, met: bool) -> None:
    print(f"  {label:22} {found:>16} (target {wanted}: {'met' if met else 'missed'})")


if __name__ == "__main__":
    measure()
