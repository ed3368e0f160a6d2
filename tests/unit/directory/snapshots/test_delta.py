"""What differs between two published directories leads from one to the other, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from snapshot_help import agencies

from docexchange.directory import parse_toml
from docexchange.directory.snapshots import apply, difference, published_form
from docexchange.errors import SnapshotRefused

SOME = st.lists(st.sampled_from(agencies(6) + agencies(6, name="Phường")[1:]), unique=True)


@given(before=SOME, after=SOME)
def test_a_delta_leads_from_one_directory_to_the_other(before, after):
    """Whatever agencies come, go or change."""
    old, new = published_form(before), published_form(after)
    assert apply(old, difference(old, new)) == new


@given(entries=SOME.filter(bool), seed=st.randoms())
def test_the_same_agencies_are_the_same_bytes(entries, seed):
    """In whichever order somebody wrote them down; and nothing is lost."""
    text = published_form(entries)
    mixed = list(entries)
    seed.shuffle(mixed)
    assert published_form(mixed) == text
    assert set(parse_toml(text)) == set(entries)


def test_a_delta_can_be_read_by_people():
    """As what ``diff`` shows."""
    old, new = published_form(agencies(1)), published_form(agencies(1, name="Phường"))
    assert difference(old, new) == (
        '+ [[agency]]\n+ code = "000.00.01.H53"\n+ name = "Phường 1"\n+ tier = 4\n'
        '+ parent = "000.00.00.H53"\n\n'
        '- [[agency]]\n- code = "000.00.01.H53"\n- name = "Xã 1"\n- tier = 4\n'
        '- parent = "000.00.00.H53"\n'
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("- ", "+ "),
        lambda text: text.replace("+ ", "- "),
        lambda text: text.replace("+ ", "* "),
        lambda text: text.replace("\n+ tier", "\n- tier"),
        lambda text: text + "\n" + text,
        lambda text: text.replace("Xã 1", "Xã 2"),
    ],
)
def test_a_delta_for_another_directory_is_refused(change):
    """What goes must be there, and what comes must not."""
    old, new = published_form(agencies(1)), published_form(agencies(1, name="Phường"))
    with pytest.raises(SnapshotRefused) as refusal:
        apply(old, change(difference(old, new)))
    assert refusal.value.code == "snapshot.delta"
