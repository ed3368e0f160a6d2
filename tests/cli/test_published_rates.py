"""The rates that provinces publish, out of the stores of several nodes, by one command."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from network_help import CENTRAL, COMMUNE, DISTRICT, PROVINCE

from docexchange.delivery import Book, BookRow, EnterInBook
from docexchange.identifiers import MessageId
from docexchange.node import open_storage, read_config

if TYPE_CHECKING:
    from network_help import Cli, Network

    from docexchange.identifiers import OrganId

NODES = {"commune": COMMUNE, "district": DISTRICT, "province": PROVINCE}
AT = datetime(2026, 3, 2, 3, tzinfo=UTC)


def sent(number: int, agency: OrganId) -> BookRow:
    """Of 1,000 documents 927 go over the exchange; 899 of those are signed, 813 by both."""
    electronic = number <= 927
    roles = ("agency", "leader") if number <= 813 else ("agency",) if number <= 899 else ()
    return BookRow(
        book=Book.OUTGOING,
        agency=agency,
        series="general",
        year=2026,
        number=number,
        entered_at=AT,
        message_id=MessageId(f"m-{number}") if electronic else None,
        document_id=f"d-{number}" if electronic else "",
        code=f"{number}/UBND",
        issued=date(2026, 3, 2),
        recipients=((str(CENTRAL), "Văn phòng Chính phủ"),),
        electronic=electronic,
        paper=not electronic,
        roles=roles,
    )


@pytest.fixture
def filled(network: Network) -> Network:
    """A commune, a district and a province that sent 1,000 documents in a quarter."""
    for place, (name, agency) in enumerate(NODES.items()):
        rows = [sent(number, agency) for number in range(1 + place, 1001, len(NODES))]
        with open_storage(read_config(network[name])) as storage:
            storage.store.apply([EnterInBook(row) for row in rows])
    return network


def test_one_command_gives_the_published_rates(cli: Cli, filled: Network) -> None:
    """92.7 % electronic; of those 97 % signed, 87.7 % by leader and agency."""
    nodes = [part for name in NODES for part in ("--node", filled[name])]
    ran = cli("report", "indicators", *nodes, "--period", "2026-Q1", "--json")
    (line,) = ran.answer("report-indicators")["lines"]
    assert (line["documents"], line["groups"]) == (1000, {})
    percent = {name: rate["percent"] for name, rate in line["rates"].items()}
    assert (percent["electronic"], percent["paperless"]) == (92.7, 92.7)
    assert (percent["signed"], percent["signed_by_agency"]) == (97.0, 97.0)
    assert (percent["signed_by_both"], percent["signed_by_leader"]) == (87.7, 87.7)


@pytest.mark.parametrize("by", ["agency", "tier", "superior", "province", "quarter"])
def test_however_it_is_cut_the_parts_are_the_whole(cli: Cli, filled: Network, by: str) -> None:
    """Each document stands in one line; the three agencies are of one province."""
    nodes = [part for name in NODES for part in ("--node", filled[name])]
    lines = cli("report", "indicators", *nodes, "--by", by, "--json").answer("report-indicators")
    lines = lines["lines"]
    assert sum(line["documents"] for line in lines) == 1000
    assert sum(line["rates"]["electronic"]["part"] for line in lines) == 927
    found = [line["groups"][by] for line in lines]
    assert (
        found
        == {
            "agency": sorted(map(str, NODES.values())),
            "tier": ["2", "3", "4"],
            "superior": sorted(map(str, (CENTRAL, PROVINCE, DISTRICT))),
            "province": [str(PROVINCE)],
            "quarter": ["2026-Q1"],
        }[by]
    )


def test_the_lines_are_told_in_both_languages(cli: Cli, filled: Network) -> None:
    """With the name of what they are kept apart by."""
    arguments = ("report", "indicators", "--node", filled["commune"], "--by", "province")
    assert f"province {PROVINCE}" in cli(*arguments).out
    assert f"tỉnh {PROVINCE}" in cli("--lang", "vi", *arguments).out
