"""The exchange in a test: pytest fixtures, loaded by pytest itself once docexchange is installed.

    @pytest.mark.docexchange(tiers=(1, 3, 9, 27), seed=7)
    def test_dead_province(network, letters):
        commune, ministry = network.agency(tier=4, n=0), network.agency(tier=1, n=0)
        with network.faults.down(network.hub_of(commune), minutes=90):
            commune.send(letters.plain(to=ministry))
            network.run(minutes=30)
            assert len(ministry.inbox) == 0
        network.run_until_quiet(limit_hours=6)
        assert len(ministry.inbox) == 1
        network.check_invariants()

``--docexchange-seeds 20`` runs each test that has a network with twenty seeds. When a test fails, a
section of the report tells the seed and the timeline of every letter that did not arrive.

Nothing of docexchange is imported before a fixture of it is used.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from docexchange.clock import Clock
    from docexchange.simulator import Agency, Fault, Letters, SimulatedNetwork
    from docexchange.testing import DemoPki, ServedOcsp, ServedTsa
    from docexchange.testing.standin import StandIn

__all__ = [
    "agency",
    "clock",
    "docexchange_seed",
    "docexchange_server",
    "letters",
    "network",
    "ocsp",
    "pki",
    "stand_in",
    "tsa",
]

_MARK: Final = "docexchange"
_KNOWN: Final = {
    "faults": "faults=(Fault(...), ...)",
    "seed": "seed=7",
    "setting": "setting=Setting(...)",
    "tiers": "tiers=(1, 3, 9, 27)",
}
"""What a mark may say, and how."""
_SEVERAL: Final = (tuple, list)
_SHOWN: Final = 5
"""Letters in the report of a failed test."""
_LAST_LINES: Final = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--docexchange-seeds``."""
    group = parser.getgroup("docexchange", "official documents between agencies")
    group.addoption(
        "--docexchange-seeds",
        type=_positive,
        metavar="N",
        help="run each test that has a network with N seeds, from that of its mark on",
    )


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"expected 1 or more, found {text!r}")
    return int(text)


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line(
        "markers",
        "docexchange(tiers=(1, 3, 9, 27), seed=0, faults=()): the network of this test, and what "
        "goes wrong in it",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with a network once for each seed."""
    count = metafunc.config.getoption("docexchange_seeds", None)
    if count and "docexchange_seed" in metafunc.fixturenames:
        first = int(_marked(metafunc.definition).get("seed", 0))
        seeds = range(first, first + count)
        ids = [f"seed={seed}" for seed in seeds]
        metafunc.parametrize("docexchange_seed", seeds, indirect=True, ids=ids)


def _marked(node: pytest.Item | pytest.Function) -> dict[str, Any]:
    """What the marks of a test say; that which is nearest to the test counts."""
    said: dict[str, Any] = {}
    for mark in reversed(list(node.iter_markers(_MARK))):
        if mark.args or not mark.kwargs.keys() <= _KNOWN.keys():
            found = ", ".join([*map(repr, mark.args), *sorted(mark.kwargs.keys() - _KNOWN.keys())])
            raise pytest.UsageError(
                f"{node.nodeid}: mark docexchange: expected {', '.join(sorted(_KNOWN))} by name, "
                f"found {found}"
            )
        said |= mark.kwargs
    _check(node, said, seed=int)
    return said


def _check(node: pytest.Item | pytest.Function, said: dict[str, Any], **kinds: Any) -> None:
    """Refuse what the mark of a test says if it is of another kind."""
    for name, kind in kinds.items():
        if name in said and not isinstance(said[name], kind):
            raise pytest.UsageError(
                f"{node.nodeid}: mark docexchange: expected {_KNOWN[name]}, "
                f"found {name}={said[name]!r}"
            )


@pytest.fixture
def docexchange_seed(request: pytest.FixtureRequest) -> int:
    """The seed of this test: of its mark, or of ``--docexchange-seeds``."""
    return int(getattr(request, "param", _marked(request.node).get("seed", 0)))


@pytest.fixture
def network(request: pytest.FixtureRequest, docexchange_seed: int) -> Iterator[SimulatedNetwork]:
    """Real nodes of all tiers in this process, on a clock that moves only when told to."""
    from docexchange.simulator import Fault, Setting, SimulatedNetwork

    said = {name: value for name, value in _marked(request.node).items() if name != "seed"}
    _check(request.node, said, tiers=_SEVERAL, setting=Setting, faults=_SEVERAL)
    faults = said.pop("faults", ())
    for fault in faults:
        _check(request.node, {"faults": fault}, faults=Fault)
    with SimulatedNetwork.create(seed=docexchange_seed, **said) as network:
        for fault in faults:
            network.faults.bring(fault)
        yield network


@pytest.fixture
def agency(network: SimulatedNetwork) -> Callable[..., Agency]:
    """An agency of the network: ``agency(tier=4, n=0)``."""
    return network.agency


@pytest.fixture
def letters(network: SimulatedNetwork) -> Letters:
    """Letters for the agencies of the network: ``letters.plain(to=ministry)``."""
    return network.letters


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> Clock:
    """The clock of the network; one that only you move, in a test that has none."""
    if "network" in request.fixturenames:
        network: SimulatedNetwork = request.getfixturevalue("network")
        return network.clock
    from docexchange.clock import VirtualClock
    from docexchange.simulator import START

    return VirtualClock(START)


@pytest.fixture(scope="session")
def pki() -> DemoPki:
    """Keys and certificates of four agencies, for letters of your own outside a network."""
    from docexchange.simulator import START
    from docexchange.testing import DemoPki

    return DemoPki.create(at=START, key="p256")


@pytest.fixture
def tsa(pki: DemoPki, clock: Clock) -> Iterator[ServedTsa]:
    """A timestamp authority of ``pki`` at ``tsa.url``, on the clock of the test."""
    from docexchange.testing import ServedTsa

    with ServedTsa(pki, clock=clock) as served:
        yield served


@pytest.fixture
def ocsp(pki: DemoPki, clock: Clock) -> Iterator[ServedOcsp]:
    """An OCSP responder of ``pki`` at ``ocsp.url``: ``ocsp.revoke(certificate)``."""
    from docexchange.testing import ServedOcsp

    with ServedOcsp(pki, clock=clock) as served:
        yield served


@pytest.fixture(scope="session")
def docexchange_server() -> Iterator[StandIn]:
    """Four tiers over real sockets, for a system in another process or language; one a session."""
    from docexchange.testing.standin import StandIn

    with StandIn() as network:
        yield network


@pytest.fixture
def stand_in(docexchange_server: StandIn) -> Iterator[StandIn]:
    """The same, as new for each test: letters forgotten, faults mended."""
    yield docexchange_server
    docexchange_server.reset()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell of the network of a test that failed."""
    report = yield
    network: Any = getattr(item, "funcargs", {}).get("network")
    is_ours = network is not None and hasattr(network, "deliveries")
    if report.failed and report.when == "call" and is_ours:
        report.sections.append(("docexchange", _told(network)))
    return report


def _told(network: SimulatedNetwork) -> str:
    """Seed, time, letters, and what happened last."""
    late = [item for item in network.deliveries.values() if not item.has_arrived]
    lines = [
        f"seed={network.seed} tiers={network.cast.tiers}, {network.elapsed} after the start",
        f"{len(network.deliveries)} letters, {len(late)} of them not with all their recipients",
    ]
    for delivery in (late or list(network.deliveries.values()))[:_SHOWN]:
        lines += ["", repr(delivery), delivery.timeline]
    if len(late) > _SHOWN:
        lines.append(f"... and {len(late) - _SHOWN} letters more")
    faults = [_blame(network, fault) for fault in network.history.faults]
    lines += ["", "What went wrong:", *faults] if faults else []
    return "\n".join([*lines, "", "What happened last:", *network.log.lines[-_LAST_LINES:]])


def _blame(network: SimulatedNetwork, fault: Fault) -> str:
    """One fault in words: which, where, from when, for how long."""
    codes = [str(network.agency(tier=tier, n=n).organ_id) for tier, n in fault.where]
    lasts = "without an end" if fault.minutes is None else f"for {fault.minutes:g} minutes"
    at = f" at step {fault.step}" if fault.step else ""
    where = ", ".join(codes) or "everywhere"
    return f"{fault.kind} of {where}{at}, from minute {fault.begin_minutes:g} on, {lasts}"
