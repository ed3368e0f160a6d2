"""The chain of the audit log: whatever is done to it is found, and where."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import accumulate

import pytest
from contract.delivery_samples import BYTES, NOON, at, note
from hypothesis import assume, given
from hypothesis import strategies as st

from docexchange.delivery.audit import BEGINNING, follow, head_of, judge_chain
from docexchange.errors import UsageError

notes = st.builds(
    note,
    at=st.integers(0, 10**9).map(at),
    who=st.text(max_size=5),
    what=st.text(max_size=5),
    about=st.text(max_size=5),
    sha256=st.sampled_from(["", BYTES]),
)


def chain(said):
    """The entries of a log with these notes."""
    heads = accumulate(said, lambda head, one: head_of(follow(head, one)), initial=BEGINNING)
    return [follow(head, one) for head, one in zip(heads, said, strict=False)]


chains = st.lists(notes, min_size=1, max_size=8).map(chain)


@given(chains)
def test_what_was_written_holds(entries):
    """An untouched chain has no fault, and each of its heads is met."""
    for entry in entries:
        verdict = judge_chain(iter(entries), noted=entry.hash)
        assert (verdict.entries, verdict.head, verdict.fault) == (
            len(entries),
            head_of(entries[-1]),
            None,
        )


@given(chains, st.data())
def test_a_changed_value_is_found_at_its_entry(entries, data):
    """Another time, name, text, digest or number anywhere: the first fault is that entry."""
    place = data.draw(st.integers(0, len(entries) - 1))
    name = data.draw(st.sampled_from([field.name for field in fields(entries[0])]))
    other = {
        "number": st.integers(0, 20),
        "at": st.integers(0, 10**9).map(at),
    }.get(name, st.text(max_size=64))
    changed = replace(entries[place], **{name: data.draw(other)})
    assume(changed != entries[place])
    verdict = judge_chain([*entries[:place], changed, *entries[place + 1 :]])
    assert verdict.entries == place
    assert verdict.fault.number == place + 1


@given(chains, st.data())
def test_what_is_missing_inserted_or_exchanged_is_found(entries, data):
    """Any other order or choice of the same entries, but for a cut end, is found."""
    others = data.draw(st.lists(st.sampled_from(entries), max_size=10))
    assume(others != entries[: len(others)])
    same = sum(1 for _ in takewhile_same(others, entries))
    assert judge_chain(others).fault.number == same + 1


def takewhile_same(one, other):
    """What two lists begin with alike."""
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            return
        yield mine


@given(chains)
def test_a_cut_end_is_found_by_a_noted_head(entries):
    """Without its last entry a chain still holds, but no longer meets the head noted before."""
    cut = entries[:-1]
    assert judge_chain(cut).fault is None
    fault = judge_chain(cut, noted=entries[-1].hash).fault
    assert (fault.code, fault.number) == ("audit.head", len(entries))


@given(chains, notes)
def test_a_log_written_anew_is_found_by_a_noted_head(entries, other):
    """Whoever computes all hashes again after a change cannot meet the head noted before."""
    anew = chain([other])
    assume(anew[0] != entries[0])
    for entry in entries[1:]:
        said = note(
            at=entry.at, who=entry.who, what=entry.what, about=entry.about, sha256=entry.sha256
        )
        anew.append(follow(head_of(anew[-1]), said))
    assert judge_chain(anew).fault is None
    assert judge_chain(anew, noted=entries[-1].hash).fault.code == "audit.head"


def test_values_cannot_move_into_each_other():
    """The same characters spread otherwise over who and what make another hash."""
    one, other = (follow(BEGINNING, note(who=w, what=x)) for w, x in (("a", "bc"), ("ab", "c")))
    assert one.hash != other.hash


def test_the_hash_is_what_the_reference_says():
    """SHA-256 of the JSON list, so that anyone can compute it without us."""
    entry = follow(BEGINNING, note(at=NOON, who="hoa", what="x", about="tệp", sha256=""))
    assert entry.hash == "3157b53ed4ce8cb677759b51f7263c630c8931c5a1a872b6e4b42ba9ca272fde"


@pytest.mark.parametrize("digest", ["ab", "A" * 64])
def test_a_note_names_whole_digests(digest):
    """What is no SHA-256 is refused as such."""
    with pytest.raises(UsageError, match="sha256: expected 64"):
        note(sha256=digest)
