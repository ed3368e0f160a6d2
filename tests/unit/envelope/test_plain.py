"""Messages as plain values: the schema and ``message_from_json`` refuse the same."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import UTC
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import PDF, letter, status
from mutated_letters import BUSINESSES, full_document, full_status

from docexchange.envelope import Status, message_as_json, message_from_json, schema_text
from docexchange.errors import InputNotFound, InvalidField
from docexchange.identifiers import ContentId
from docexchange.testing.strategies.letters import messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docexchange.envelope import Message
    from docexchange.envelope.attachments.attachment import Source

FULL: Final = {name: full_document(item) for name, item in BUSINESSES.items()}
ALL: Final[dict[str, Message]] = {**FULL, "status": full_status(), "small": letter()}
DERIVED: Final = ("acted_on", "words")
OTHER_TYPES: Final = (None, True, 7, 2.0, 1.5, "", "x", [], {}, [None], {"x": 1})


@cache
def _rules() -> jsonschema.Draft202012Validator:
    schema = json.loads(schema_text("message"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def fits(value: object) -> bool:
    """Whether the JSON Schema accepts it."""
    return bool(_rules().is_valid(value))


def fault(value: object) -> InvalidField | None:
    """How ``message_from_json`` refuses it."""
    try:
        message_from_json(value)
    except InvalidField as error:
        return error
    return None


def _sources(message: Message) -> Callable[[ContentId], Source]:
    return {item.content_id: item.source for item in message.attachments}.__getitem__


def _spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in plain values: what holds it, and its key or number there."""
    listed = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in listed:
        yield value, key
        if isinstance(item, dict | list):
            yield from _spots(item)


def _spoilt(value: Any) -> Iterator[tuple[str, Any]]:
    """Every message that has one key too few or too many, or one value of another kind."""
    for number, (_, key) in enumerate(_spots(value)):
        for other in (*OTHER_TYPES, "dropped", "added"):
            tree = copy.deepcopy(value)
            owner, _ = list(_spots(tree))[number]
            if other == "dropped":
                del owner[key]
            elif other == "added" and isinstance(owner, dict):
                owner[f"{key} "] = owner[key]
            else:
                owner[key] = other
            yield f"{key} {other!r}", tree


@given(messages)
def test_nothing_is_lost_on_the_way_through_json(message: Message) -> None:
    """Every message fits the schema, and comes back equal from a JSON text."""
    value = json.loads(json.dumps(message_as_json(message)))
    _rules().validate(value)
    assert message_from_json(value, source=_sources(message)) == message


@pytest.mark.parametrize("name", ALL)
def test_schema_and_reader_refuse_the_same(name: str) -> None:
    """A value of another type, a key too many, a key too few: both refuse it, or both take it."""
    differ = [
        (what, fits(tree), str(fault(tree)))
        for what, tree in _spoilt(message_as_json(ALL[name]))
        if fits(tree) is (fault(tree) is not None) and not _contradicts(tree)
    ]
    assert differ == []


def _contradicts(tree: object) -> bool:
    """Whether what follows from other values does not follow: a schema cannot tell."""
    error = fault(tree)
    return error is not None and error.path.endswith(DERIVED) and "after the other" in str(error)


@given(messages, st.data())
def test_they_refuse_the_same_of_any_message(message: Message, data: st.DataObject) -> None:
    """The same for messages that nobody thought of, with any value in any place."""
    tree = message_as_json(message)
    owner, key = data.draw(st.sampled_from(list(_spots(tree))))
    owner[key] = data.draw(st.sampled_from(OTHER_TYPES))
    assert fits(tree) is (fault(tree) is None) or _contradicts(tree)


ANYTHING: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from(["0000-01-01", "2026-02-30", "9999-12-31T23:59:59-23:59", "cid:1", "zz"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@given(st.sampled_from(sorted(ALL)), st.integers(0, 1000), ANYTHING)
def test_whatever_stands_anywhere_is_a_message_or_a_fault(
    name: str, number: int, value: object
) -> None:
    """Nothing makes it fail in another way; what it takes the schema takes too."""
    tree = message_as_json(ALL[name])
    spots = list(_spots(tree))
    owner, key = spots[number % len(spots)]
    owner[key] = value
    if fault(tree) is None:
        assert fits(tree)
        assert message_from_json(message_as_json(message_from_json(tree)))


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("from", "organ_id"), "a b", "from.organ_id: expected an agency code, found 'a b'"),
        (("document", "date"), "02/03/2026", "document.date: expected a date such as 2026-03-02"),
        (("document", "date"), "20260302", "document.date: expected a date"),
        (("document", "due"), 7, "document.due: expected a date"),
        (("document", "priority"), 5, "document.priority: expected one of 0, 1, 2, 3, 4, found 5"),
        (
            ("document", "to", 1, "name"),
            None,
            r"to\[1\]\.name: expected text, found None",
        ),
        (("document", "business", "kind"), "NEW", "expected one of new, recall, update, replace"),
        (("document", "copies"), True, "document.copies: expected a whole number, found True"),
        (("attachments", 0, "sha256"), "AB" * 32, "expected hexadecimal digits in small letters"),
        (("attachments", 0, "sha256"), "ab", "a digest of 32 octets"),
        (("attachments", 0, "size"), -1, "a size from 0"),
        (("message_id",), "1", "message_id: expected a message id, found '1'"),
    ],
)
def test_a_refusal_says_where_and_what(path: tuple[Any, ...], value: Any, told: str) -> None:
    """Place in the JSON, what was expected and what was found; the schema refuses it too."""
    tree = message_as_json(FULL["new"])
    owner: Any = tree
    for key in path[:-1]:
        owner = owner[key]
    owner[path[-1]] = value
    with pytest.raises(InvalidField, match=told) as refused:
        message_from_json(tree)
    assert (refused.value.code, bool(refused.value.advice)) == ("json.value", True)
    assert not fits(tree)


@pytest.mark.parametrize(
    ("at", "right"),
    [
        ("2026-03-02T09:00:00+07:00", True),
        ("2026-03-02T02:00:00Z", True),
        ("2026-03-02T02:00:00.250+00:00", True),
        ("2026-03-02T09:00:00", False),
        ("2026-03-02 09:00:00+07:00", False),
        ("2026-03-02", False),
    ],
)
def test_a_moment_has_its_zone(at: str, right: bool) -> None:  # noqa: FBT001  a column
    """ISO 8601 with T and a zone, as the schema says it; nothing is guessed."""
    tree = message_as_json(status())
    tree["status"]["at"] = at
    assert (fits(tree), fault(tree) is None) == (right, right)


def test_a_moment_comes_back_as_the_same_moment() -> None:
    """Whatever its zone."""
    message = message_from_json(message_as_json(status()))
    assert isinstance(message, Status)
    assert message.at is not None
    assert message.at.astimezone(UTC) == status().at


def test_keys_are_exact() -> None:
    """One too many and one too few have codes of their own, and name the key."""
    tree = message_as_json(letter())
    tree["document"]["sujet"] = tree["document"].pop("subject")
    error = fault(tree)
    assert error is not None
    assert (error.code, error.path) == ("json.unknown-key", "document")
    del tree["document"]["sujet"]
    error = fault(tree)
    assert error is not None
    assert (error.code, str(error)) == (
        "json.missing-key",
        "document: expected the key subject, found none",
    )


def test_it_is_one_message() -> None:
    """Both a document and a status, neither, or a status with attachments, is refused."""
    document, report = message_as_json(letter(PDF)), message_as_json(status())
    for tree in (
        document | {"status": report["status"]},
        document | {"document": None},
        report | {"attachments": document["attachments"]},
    ):
        assert (fits(tree), fault(tree) is None) == (False, False)


@pytest.mark.parametrize(
    ("message", "owner", "key", "value"),
    [
        (FULL["update"], "document", "acted_on", []),
        (status(), "status", "words", "refused"),
    ],
)
def test_what_follows_from_the_rest_must_follow(
    message: Message, owner: str, key: str, value: object
) -> None:
    """A list or word that contradicts the values it comes from is refused, not passed over."""
    tree = message_as_json(message)
    tree[owner][key] = value
    with pytest.raises(InvalidField, match=f"{owner}.{key}: expected .* after the other values"):
        message_from_json(tree)


def test_octets_are_told_but_not_carried() -> None:
    """Size and digest come back; opening says that the octets are not here."""
    (item,) = message_from_json(message_as_json(letter(PDF))).attachments
    assert replace(item, source=PDF.source) == PDF
    with pytest.raises(InputNotFound, match=r"quyết định\.pdf: its octets are not here"):
        item.open()


def test_octets_are_fetched_by_content_id() -> None:
    """With a source for each content id the attachment can be read, and is checked."""
    message = letter(PDF)
    (item,) = message_from_json(message_as_json(message), source=_sources(message)).attachments
    assert b"".join(item.chunks()) == b"%PDF hello"
    assert item.content_id == ContentId("209")


def test_every_name_in_the_schema_has_its_words() -> None:
    """Each key of the form has an English title and a Vietnamese description somewhere."""
    schema = json.loads(schema_text("message"))
    assert schema["$id"].startswith("urn:docexchange:")
    for name, thing in schema["$defs"].items():
        for key, rules in thing.get("properties", {}).items():
            named = rules if "title" in rules else schema["$defs"].get(_target(rules), {})
            assert "title" in named, (name, key)
            assert "description" in named, (name, key)


def _target(rules: dict[str, Any]) -> str:
    found = rules.get("$ref") or rules.get("anyOf", [{}])[0].get("$ref", "")
    return str(found).rpartition("/")[2]
