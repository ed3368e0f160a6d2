"""Mergers, splits and new names: a directory as of a day agrees with a model that forgets nothing.

The model keeps a plain picture of every day: who is there, under whom, and who asked for a closed
code is sent to. It knows neither aliases nor dated entries.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta

import pytest
from agency_trees import agency
from hypothesis import given
from hypothesis import strategies as st

from docexchange.directory import Directory, close, merge, revise, split
from docexchange.errors import UsageError
from docexchange.identifiers import OrganId

FIRST = date(2025, 1, 1)
ROOT = "A00"


class Model:
    """The picture of each day, drawn again for every event."""

    def __init__(self, children: int) -> None:
        self.names = {ROOT: ROOT}
        self.parents = {}
        self.heirs = {}
        for number in range(1, children + 1):
            code = f"A{number:02}"
            self.names[code] = code
            self.parents[code] = ROOT if number < 4 else f"A{number % 3 + 1:02}"

    def merge(self, into, absorbed):
        """All below the absorbed ones come under the heir."""
        for code in absorbed:
            self._end(code, [into])
            self._move(code, dict.fromkeys(self.below(code), into))

    def split(self, code, heirs, moves):
        """New agencies under the old superior share what it had."""
        parent = self.parents[code]
        self._end(code, heirs)
        for heir in heirs:
            self.names[heir], self.parents[heir] = heir, parent
        self._move(code, moves)

    def below(self, code):
        """Its direct subordinates."""
        return [child for child, parent in self.parents.items() if parent == code]

    def heirs_of(self, code):
        """Who is there in its place, however many steps away."""
        if code in self.names:
            return {code}
        return {end for heir in self.heirs.get(code, []) for end in self.heirs_of(heir)}

    def _end(self, code, heirs):
        del self.names[code], self.parents[code]
        self.heirs[code] = heirs

    def _move(self, code, moves):
        for child, parent in moves.items():
            assert self.parents[child] == code
            self.parents[child] = parent


@st.composite
def histories(draw):
    """Entries after up to eight events, and the model's picture of every day."""
    children = draw(st.integers(3, 9))
    model = Model(children)
    entries = [agency(ROOT, tier=1, name=ROOT)]
    entries += [agency(code, parent, name=code) for code, parent in model.parents.items()]
    pictures = {FIRST: deepcopy(model)}
    for number in range(draw(st.integers(0, 8))):
        on = FIRST + timedelta(days=1 + number)
        entries = draw_event(draw, model, entries, on, number)
        pictures[on] = deepcopy(model)
    return entries, pictures


def draw_event(draw, model, entries, on, number):
    """One merger, split or new name."""
    agencies = sorted(model.parents)
    kind = draw(st.sampled_from(["merge", "split", "rename", "move"]))
    chosen = draw(st.permutations(agencies))
    if kind == "merge" and len(agencies) > 1:
        into, *absorbed = chosen[: draw(st.integers(2, 3))]
        # An agency cannot come under itself: what it stood under goes on.
        absorbed = [code for code in absorbed if code not in above(model, into)]
        model.merge(into, absorbed)
        return merge(entries, on=on, into=OrganId(into), absorbed=list(map(OrganId, absorbed)))
    code = chosen[0]
    if kind == "split":
        heirs = [f"B{number}1", f"B{number}2"]
        moves = {child: draw(st.sampled_from(heirs)) for child in model.below(code)}
        parent = model.parents[code]
        model.split(code, heirs, moves)
        return split(
            entries,
            on=on,
            organ_id=OrganId(code),
            heirs=[agency(heir, parent, name=heir) for heir in heirs],
            moves={OrganId(child): OrganId(heir) for child, heir in moves.items()},
        )
    if kind == "move":
        free = [other for other in (ROOT, *agencies) if code not in (other, *above(model, other))]
        model.parents[code] = draw(st.sampled_from(free))
        return revise(entries, on=on, organ_id=OrganId(code), parent=OrganId(model.parents[code]))
    model.names[code] += "'"
    return revise(entries, on=on, organ_id=OrganId(code), name=model.names[code])


def above(model, code):
    """All superiors."""
    while code in model.parents:
        code = model.parents[code]
        yield code


@given(histories())
def test_a_directory_agrees_with_the_picture_of_every_day(history):
    """Names, superiors, subordinates and paths, on every day of a history."""
    entries, pictures = history
    directory = Directory(entries)
    for at, model in pictures.items():
        in_force = {str(entry.organ_id): entry.name for entry in directory if entry.valid_on(at)}
        assert in_force == model.names
        for code in model.names:
            organ_id = OrganId(code)
            assert directory.find(organ_id, at).name == model.names[code]
            path = [str(entry.organ_id) for entry in directory.path_to_root(organ_id, at)]
            assert path == [code, *above(model, code)]
            below = {str(entry.organ_id) for entry in directory.children(organ_id, at)}
            assert below == set(model.below(code))


@given(histories())
def test_successors_and_predecessors_agree_with_the_picture_of_every_day(history):
    """Closed codes lead to those who are there now, and these know whose heirs they are."""
    entries, pictures = history
    directory = Directory(entries)
    for at, model in pictures.items():
        inherited = {}
        for code in model.heirs:
            found = {str(entry.organ_id) for entry in directory.successors(OrganId(code), at)}
            assert found == model.heirs_of(code)
            for heir in found:
                inherited.setdefault(heir, set()).add(code)
        for code in model.names:
            assert directory.successors(OrganId(code), at) == ()
            before = {str(entry.organ_id) for entry in directory.predecessors(OrganId(code), at)}
            assert before == inherited.get(code, set())


@given(histories())
def test_changes_lead_from_the_first_picture_to_the_last(history):
    """Whoever applies the changes day by day has the picture of each day."""
    entries, pictures = history
    directory = Directory(entries)
    now = {str(entry.organ_id): entry.name for entry in directory if entry.valid_on(FIRST)}
    for at, model in list(pictures.items())[1:]:
        for change in directory.changes(after=at - timedelta(days=1), until=at):
            assert change.on == at
            if change.after is None:
                del now[str(change.organ_id)]
            else:
                now[str(change.organ_id)] = change.after.name
        assert now == model.names


@given(histories())
def test_no_history_contradicts_itself(history):
    """Entries after any number of events make a directory without findings that hinder."""
    entries, _ = history
    assert [finding for finding in Directory(entries).findings if finding.blocking] == []


def test_two_changes_on_one_day_make_one_entry():
    """The second changes what the first has begun."""
    entries = revise([agency("A00")], on=FIRST, organ_id=OrganId("A00"), name="B")
    entries = revise(entries, on=FIRST, organ_id=OrganId("A00"), tier=5)
    assert [(entry.name, entry.tier, entry.validity) for entry in entries] == [
        ("Agency A00", 2, "until 2024-12-31"),
        ("B", 5, "since 2025-01-01"),
    ]


def test_a_merger_hands_on_codes_that_were_inherited_before():
    """Who took over H22 and is taken over itself leaves both codes to its heir."""
    entries = [agency("A00"), *(agency(f"H0{number}", "A00") for number in range(1, 4))]
    entries = merge(entries, on=FIRST, into=OrganId("H02"), absorbed=[OrganId("H01")])
    later = FIRST + timedelta(days=9)
    entries = merge(entries, on=later, into=OrganId("H03"), absorbed=[OrganId("H02")])
    assert Directory(entries).find(OrganId("H01"), later).organ_id == OrganId("H03")


@pytest.mark.parametrize("code", ["H99", "H02"])
def test_what_is_not_in_force_cannot_be_reformed(code):
    """Neither an unknown code nor one that has ended, and nothing is changed half-way."""
    entries = [agency("A00"), agency("H01", "A00"), agency("H02", "A00", valid_to=date(2024, 1, 1))]
    for change in (
        lambda: close(entries, on=FIRST, organ_id=OrganId(code)),
        lambda: revise(entries, on=FIRST, organ_id=OrganId(code), name="x"),
        lambda: merge(entries, on=FIRST, into=OrganId("H01"), absorbed=[OrganId(code)]),
    ):
        with pytest.raises(UsageError) as caught:
            change()
        assert caught.value.code == "directory.reform"


def test_an_agency_cannot_end_on_the_day_it_begins():
    """It would have been there for no day at all."""
    with pytest.raises(UsageError, match="the day it begins"):
        close([agency("A00", valid_from=FIRST)], on=FIRST, organ_id=OrganId("A00"))
