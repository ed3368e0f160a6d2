"""The note on a parcel: written one way, read strictly."""

from __future__ import annotations

import json

import pytest
from contract.parcel_samples import parcel_for
from hypothesis import given
from hypothesis import strategies as st

from docexchange.errors import TransportError, UsageError
from docexchange.identifiers import MessageId, OrganId
from docexchange.transport import Parcel, ParcelKind
from docexchange.transport.parcel import NOTE_BYTES

NOTE = parcel_for(b"letter")
VALUES = json.loads(NOTE.to_json())
organs = st.from_regex(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,34}", fullmatch=True).map(OrganId)
messages = st.tuples(
    st.just(ParcelKind.MESSAGE),
    st.lists(organs, min_size=1, max_size=20, unique_by=lambda code: code.as_decision_20),
)
receipts = st.tuples(st.just(ParcelKind.RECEIPT), st.lists(organs, min_size=1, max_size=1))
parcels = st.builds(
    lambda said, **values: Parcel(kind=said[0], recipients=tuple(said[1]), **values),
    messages | receipts,
    message_id=st.from_regex(r"[A-Za-z_][A-Za-z0-9._-]{0,127}", fullmatch=True).map(MessageId),
    origin=organs,
    from_node=organs,
    to_node=organs,
    sha256=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    size=st.integers(0, 2**63 - 1),
    message_kind=st.from_regex(r"[a-z][a-z0-9-]{0,31}", fullmatch=True),
)


def refused(note: bytes) -> str:
    """Why a note is not taken."""
    with pytest.raises(TransportError) as caught:
        Parcel.from_json(note)
    assert caught.value.code == "transport.parcel-malformed"
    assert not caught.value.retryable
    assert caught.value.advice
    return str(caught.value)


@given(parcels)
def test_a_note_says_all_of_its_parcel(parcel):
    """Every legal parcel comes back from its note, which is far below the largest size."""
    note = parcel.to_json()
    assert Parcel.from_json(note) == parcel
    assert len(note) < NOTE_BYTES / 4


@given(st.binary(max_size=200))
def test_any_bytes_are_a_note_or_refused(junk):
    """No bytes lead to another error than the one for malformed notes."""
    assert "parcel note: expected" in refused(junk)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.sampled_from(sorted(VALUES)), json_values)
def test_any_value_in_any_key_is_legal_or_refused(name, value):
    """A note with one value replaced is refused, unless the value is a legal one of its type."""
    note = json.dumps({**VALUES, name: value}).encode()
    try:
        parcel = Parcel.from_json(note)
    except TransportError:
        refused(note)
    else:
        assert Parcel.from_json(parcel.to_json()) == parcel
        assert type(value) is type(VALUES[name])


@pytest.mark.parametrize("name", sorted(VALUES))
def test_every_key_is_needed(name):
    """A note without one of its keys is refused by name."""
    values = {key: value for key, value in VALUES.items() if key != name}
    assert name in refused(json.dumps(values).encode())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"extra": 1}, "extra"),
        ({"version": 3}, "version 3"),
        ({"version": True}, "version True"),
        ({"version": 1.0}, "version 1.0"),
        ({"size": True}, "size as int"),
        ({"size": 6.0}, "size as int"),
        ({"size": "6"}, "size as int"),
        ({"size": -1}, "size: expected 0"),
        ({"size": 2**63}, "size: expected 0"),
        ({"kind": "letter"}, "letter"),
        ({"kind": None}, "kind as str"),
        ({"sha256": "AB" * 32}, "64 lower-case"),
        ({"message_id": "../../etc/passwd"}, "message id"),
        ({"message_id": "m-\ud83d"}, "message id"),
        ({"recipient": "/etc"}, "agency code"),
        ({"message_kind": "Document"}, "lower case"),
        ({"message_kind": ""}, "lower case"),
    ],
)
def test_a_forged_value_is_named(changes, reason):
    """Each refusal names what was wrong with the note."""
    assert reason in refused(json.dumps({**VALUES, **changes}).encode())


@pytest.mark.parametrize(
    "note",
    [
        b"[" * 8000,
        b'{"a":' * 1600,
        b"9" * 8000,
        b"\xef\xbb\xbf" + NOTE.to_json(),
        NOTE.to_json().decode().encode("utf-16"),
        NOTE.to_json() + b"{}",
        NOTE.to_json()[:-3],
        b"[]",
        b"null",
        b"NaN",
    ],
    ids=["deep", "deeper", "long", "bom", "utf-16", "two", "cut", "list", "null", "nan"],
)
def test_odd_json_is_refused(note):
    """Depth, huge numbers, other encodings and trailing text are malformed, not errors of ours."""
    assert "parcel note: expected" in refused(note)


def test_doubled_keys_are_refused():
    """A note that says a thing twice could be read in two ways."""
    note = NOTE.to_json().replace(b'"size": 6', b'"size": 6, "size": 7')
    assert "twice" in refused(note)


def test_a_huge_note_is_not_parsed():
    """Beyond the largest size nothing is looked at."""
    padded = NOTE.to_json().rstrip() + b" " * NOTE_BYTES
    assert f"at most {NOTE_BYTES} bytes" in refused(padded)


@pytest.mark.parametrize(
    ("name", "value"),
    [("sha256", "x"), ("size", -1), ("size", 2**63), ("message_kind", "a b"), ("message_kind", "")],
)
def test_an_illegal_parcel_cannot_be_made(name, value):
    """The calling program is told which field was wrong."""
    with pytest.raises(UsageError, match=f"parcel, {name}: expected"):
        parcel_for(b"letter", **{name: value})


# --- several recipients ------------------------------------------------------------------------

SEVERAL = parcel_for(b"letter", recipients=(OrganId("000.11.31.H53"), OrganId("000.21.31.H53")))


def test_a_note_for_one_is_that_of_the_first_version():
    """Nodes of older versions read it."""
    told = json.loads(NOTE.to_json())
    assert (told["version"], told["recipient"]) == (1, str(NOTE.recipient))
    assert "recipients" not in told


def test_a_note_for_several_says_so_by_its_version():
    """Nodes of older versions refuse it by that, and take nothing for something else."""
    told = json.loads(SEVERAL.to_json())
    assert (told["version"], told["recipients"]) == (2, ["000.11.31.H53", "000.21.31.H53"])
    assert "recipient" not in told
    assert SEVERAL.only(NOTE.recipient) == NOTE
    assert SEVERAL.only(*SEVERAL.recipients) is SEVERAL


@pytest.mark.parametrize(
    ("recipients", "reason"),
    [
        (["000.11.31.H53", "000.11.31.H53"], "each once"),
        (["000.11.31.H53", "H53.31.11"], "each once"),
        (["000.11.31.H53"], "2 recipients or more"),
        ([], "2 recipients or more"),
        ([f"000.{n // 100:02}.{n % 100:02}.H53" for n in range(501)], "1 to 500"),
        (["000.11.31.H53", None], "recipients as str"),
        (["000.11.31.H53", ["x"]], "recipients as str"),
        (["000.11.31.H53", "/etc"], "agency code"),
        ("000.11.31.H53", "recipients as list"),
        ({"000.11.31.H53": 1}, "recipients as list"),
    ],
)
def test_recipients_that_cannot_be_are_refused(recipients, reason):
    """None, too many, the same one in two spellings, and what is no code."""
    values = json.loads(SEVERAL.to_json())
    assert reason in refused(json.dumps({**values, "recipients": recipients}).encode())


def test_a_receipt_is_about_one_recipient():
    """Each has a receipt of his own."""
    with pytest.raises(UsageError, match="1 to 1"):
        SEVERAL.answered_by(b"<receipt/>", own=SEVERAL.to_node)
    back = SEVERAL.only(SEVERAL.recipient).answered_by(b"<receipt/>", own=SEVERAL.to_node)
    assert (back.kind, back.recipients) == (ParcelKind.RECEIPT, (SEVERAL.recipient,))


def test_the_longest_note_is_short_enough():
    """Five hundred recipients with the longest codes there are."""
    longest = tuple(OrganId(f"{number:035}") for number in range(500))
    note = parcel_for(b"letter", recipients=longest).to_json()
    assert len(note) < NOTE_BYTES
    assert Parcel.from_json(note).recipients == longest
