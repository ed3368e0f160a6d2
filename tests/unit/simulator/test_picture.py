"""The picture of a run: sound SVG that says in words what it shows, also of a country."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from docexchange.simulator.drawing import edges_of, spots_of
from docexchange.simulator.outcome import Flow, Outcome, Queue, delays_of
from docexchange.simulator.picture import picture, span_text

SVG = "{http://www.w3.org/2000/svg}"


def outcome(tiers: tuple[int, ...], *flows: Flow, name: str = "small") -> Outcome:
    """What could have come of a run."""
    return Outcome(
        name=name,
        seed=1,
        tiers=tiers,
        letters=3,
        copies=3,
        arrived=3,
        failed=0,
        hours=1.0,
        is_quiet=True,
        delays=(delays_of([0.02, 90, 7200], tiers=None), delays_of([90], tiers=(1, 2))),
        flows=flows,
        attempts=3,
        octets=1000,
        resent_octets=0,
        lost=1,
        queues=(Queue(place=(1, 0), name="Bộ số 0", messages=4),),
        problems=(),
        digest="0" * 64,
    )


def flow(sender: tuple[int, int], receiver: tuple[int, int], **values: float) -> Flow:
    """What a link could have carried."""
    given = {"messages": 10, "octets": 100, "lost": 0, "refused": 0, "mean_seconds": 1.0, **values}
    return Flow(sender=sender, receiver=receiver, profile="fibre", **given)  # type: ignore[arg-type]


def test_it_is_sound_and_says_what_it_shows() -> None:
    """One document with a title and a story; every node and link has words of its own."""
    run = outcome((1, 3, 9), flow((1, 0), (2, 1)), flow((2, 1), (3, 4), lost=5))
    root = ET.fromstring(picture(run))
    assert root.findtext(f"{SVG}title") == "small · seed 1"
    assert "3 / 3 copies arrived" in (root.findtext(f"{SVG}desc") or "")
    links = root.findall(f"{SVG}path")
    assert len(links) == 2
    assert all(link.findtext(f"{SVG}title") for link in links)
    assert sum(link.get("stroke-dasharray") is not None for link in links) == 1
    nodes = [node for node in root.findall(f"{SVG}circle") if node.find(f"{SVG}title") is not None]
    assert len(nodes) == 13


def test_a_name_cannot_add_elements() -> None:
    """What a scenario is called is text, whatever is in it."""
    drawn = picture(outcome((1, 2), name='<script>alert("1")</script>\x00'))
    assert "<script" not in drawn
    assert ET.fromstring(drawn).find(f"{SVG}script") is None


def test_no_words_run_into_others() -> None:
    """A long name is shortened and keeps its seed; names stand beside nodes that have room."""
    root = ET.fromstring(picture(outcome((1, 11), name="rất dài " * 12)))
    texts = [text.text or "" for text in root.findall(f"{SVG}text")]
    assert texts[0].endswith("… · seed 1")
    assert len(texts[0]) < 90
    assert root.findtext(f"{SVG}title") == "rất dài " * 12 + " · seed 1"
    assert [text for text in texts if text.startswith("UBND tỉnh")] == []
    assert "10" in texts
    roomy = picture(outcome((1, 10)))
    assert "UBND tỉnh số 9</text>" in roomy


def test_a_country_fits() -> None:
    """11,764 agencies are drawn as 190 nodes, each saying for how many it stands."""
    run = outcome((1, 63, 700, 11_000), flow((3, 699), (4, 10_999)), flow((4, 10_900), (3, 690)))
    spots = spots_of(run)
    assert len(spots) == 1 + 3 * 63
    by_row = [sum(spot.agencies for key, spot in spots.items() if key[0] == row) for row in (3, 4)]
    assert by_row == [700, 11_000]
    (edge,) = edges_of(run)
    assert (edge.upper, edge.lower, edge.messages) == ((3, 62), (4, 62), 20)
    assert len(picture(run)) < 200_000


def test_superiors_stand_over_the_middle_of_theirs() -> None:
    """All nodes are inside, in order, and a superior is in the middle of those below it."""
    spots = spots_of(outcome((1, 3, 9)))
    assert spots[1, 0].share == pytest.approx(0.5)
    below = [spots[3, number].share for number in (3, 4, 5)]
    assert spots[2, 1].share == pytest.approx(sum(below) / 3)
    assert all(0 < spot.share < 1 for spot in spots.values())


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0224, "22 ms"), (1.44, "1.4 s"), (90, "1.5 min"), (7200, "2.0 h"), (172_800, "2.0 d")],
)
def test_spans_are_told_as_people_say_them(seconds: float, words: str) -> None:
    """Each in the unit that fits it."""
    assert span_text(seconds) == words
