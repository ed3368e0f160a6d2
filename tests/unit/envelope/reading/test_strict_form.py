"""Patterns of the strict form: what they find, and what they leave to the parser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from letters import HUB, letter, octets, plain
from mutated_letters import full_letters
from strict_help import check_reading

from docexchange.envelope import Envelope
from docexchange.envelope.reading.shape import LETTER, SIGNATURE
from docexchange.envelope.reading.strict_form import (
    Form,
    header_form,
    is_canonical,
    repeated_form,
    rest_form,
)
from docexchange.envelope.reading.strict_values import OtherwiseError, StrictValues

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.envelope.reading.shape import Shape

FROM: Final = "<edXML:From>\n<edXML:OrganId>A00</edXML:OrganId>\n</edXML:From>\n"
TO: Final = FROM.replace("From", "To")
TRACE: Final = "<edXML:TraceHeader>\n</edXML:TraceHeader>\n"
BUSINESS: Final = "<edXML:Bussiness>\n<edXML:Paper>0</edXML:Paper>\n</edXML:Bussiness>\n"
HALF_POSSESSIVE: Final = re.compile(r"\)([*+?]|\{[0-9,]+\})\+")


def header(inside: str) -> StrictValues:
    """What is told of a ``MessageHeader``."""
    text = f'<edXML:MessageHeader Id="m-1">\n{inside}</edXML:MessageHeader>\n'
    return StrictValues.of(header_form(), text).one("MessageHeader")


def shapes(shape: Shape) -> Iterator[Shape]:
    """A shape and all below it."""
    yield shape
    for inside in shape.within.values():
        yield from shapes(inside)


def forms(form: Form) -> Iterator[tuple[re.Pattern[str], Form]]:
    """What takes apart all that may be repeated below a form."""
    for inside in form.ones.values():
        yield from forms(inside)
    for _, tag, shape in form.many.values():
        pattern, below = repeated_form(tag, shape)
        yield pattern, below
        yield from forms(below)


def test_texts_are_found_by_name() -> None:
    """Told as they are meant, without the spaces behind; what is not there is empty."""
    found = header(FROM + "<edXML:Subject>A &amp;amp; &lt;b&gt; \n</edXML:Subject>\n")
    assert found.attribute("Id") == "m-1"
    assert found.attribute("version") == found.text("Content") == found.text("To") == ""
    assert found.text("Subject") == "A &amp; <b>"
    assert found.one("From").text("OrganId") == "A00"
    assert found.one("From")
    assert found.one("Subject")
    assert not found.one("Content")
    assert found.has_children
    assert not found.one("Subject").has_children
    assert found.texts("Subject") == ("A &amp; <b>",)
    assert found.texts("Content") == ()


def test_what_is_repeated_is_told_one_by_one() -> None:
    """Elements and texts, in order; where one alone is meant, several are none of it."""
    places = "".join(f"<edXML:Place>{name}</edXML:Place>\n" for name in "abc")
    found = header(f"{FROM}{TO}{TO}<edXML:ToPlaces>\n{places}</edXML:ToPlaces>\n")
    assert [item.text("OrganId") for item in found.all("To")] == ["A00", "A00"]
    assert found.one("ToPlaces").texts("Place") == ("a", "b", "c")
    assert [item.text("OrganId") for item in found.all("From")] == ["A00"]
    assert not [*found.all("ResponseFor")]
    assert not found.one("ResponseFor")
    for ask in (found.one, found.text, found.texts):
        with pytest.raises(OtherwiseError):
            ask("To")
    with pytest.raises(OtherwiseError):
        found.hold_single("From", "To")


@pytest.mark.parametrize(
    "inside",
    [
        "",
        FROM * 2,
        TO + FROM,
        FROM.replace("A00", ""),
        FROM.replace("A00", " A00"),
        FROM.replace("A00", "A\x0100"),
        FROM.replace("A00", "A\uffff00"),
        FROM.replace("A00", "A\ufffe00"),
        FROM.replace("A00", "A]]>00"),
        FROM.replace("A00", "A&#48;0"),
        FROM.replace("A00", "A&quot;0"),
        FROM.replace("A00", "A&00"),
        FROM + "<edXML:ToPlaces>\n</edXML:ToPlaces>\n",
        FROM.replace("<edXML:From>", '<edXML:From Id="f">'),
        FROM + "<edXML:New>1</edXML:New>\n",
        FROM + "\n",
    ],
)
def test_what_is_not_written_so_is_left_to_the_parser(inside: str) -> None:
    """Nothing in it, one of a kind twice, another order, characters that are none or escaped."""
    with pytest.raises(OtherwiseError):
        header(inside)


def test_traces_come_in_behind_the_business() -> None:
    """As access points put them there; the parser reads them in any order."""
    told = {
        order: f'<edXML:TraceHeaderList version="1.0">\n{order}</edXML:TraceHeaderList>\n'
        for order in (BUSINESS + TRACE * 2, TRACE + BUSINESS)
    }
    first, last = told.values()
    found = StrictValues.of(header_form(), first).one("TraceHeaderList")
    assert len([*found.all("TraceHeader")]) == 2
    assert found.one("Bussiness").text("Paper") == "0"
    with pytest.raises(OtherwiseError):
        StrictValues.of(header_form(), last)


def test_a_list_that_an_access_point_began_has_the_strict_form() -> None:
    """It binds its own prefix, for it may stand in a letter without one."""
    data = octets(Envelope.of(letter(business=None)).with_trace(HUB))
    assert b"<edXML:TraceHeaderList xmlns:edXML=" in data
    assert check_reading(data)


def test_no_group_of_a_pattern_is_possessive() -> None:
    """Python before 3.11.5 takes half of such a group for a match."""
    whole = [header_form(), rest_form()]
    patterns = [*whole, *(item for _, form in whole for item in forms(form))]
    assert len(patterns) > 10
    assert not [p.pattern for p, _ in patterns if HALF_POSSESSIVE.search(p.pattern)]


def test_what_may_be_repeated_is_in_the_table() -> None:
    """Only children that there are, and nothing that the letters with everything have twice."""
    for shape in shapes(LETTER):
        assert shape.many <= {*shape.names}
        assert shape is not SIGNATURE or not shape.many
    assert all(check_reading(full_letters()[kind]) for kind in ("new", "update", "status"))


def test_escapes_and_characters_are_looked_at_everywhere() -> None:
    """Also in texts that nobody asks for."""
    assert is_canonical(plain().decode())
    for odd in ("&", "&am", "&#x41;", "&apos;", "\ufffe", "\uffff"):
        assert not is_canonical(f"<a>{odd}</a>")
