"""Fields are read by name, with a finding instead of a crash."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import NAMESPACE
from lxml import etree

from docexchange.envelope import Priority
from docexchange.envelope.reading.fields import Fields
from docexchange.envelope.reading.findings import MOST_FINDINGS, Notes
from docexchange.envelope.reading.places import Places
from docexchange.errors import MalformedEnvelope


def fields(inside: bytes, notes: Notes | None = None) -> Fields:
    """An element with these children, called ``Top``."""
    root = etree.fromstring(b'<Top xmlns="%s">%s</Top>' % (NAMESPACE, inside))
    return Fields(root, "Top", notes or Notes())


def test_absent_fields_are_empty():
    """What is not there has no text, no value and no children, at any depth."""
    top = fields(b"")
    assert (top.text("A"), top.texts("A"), top.date("A"), top.number("A")) == ("", (), None, None)
    assert not top.one("A")
    assert not top.one("A").one("B").has_children
    assert list(top.all("A")) == []


def test_children_are_found_by_name_and_namespace():
    """Only children of the edXML namespace count."""
    top = fields(b"<A>1</A><x:A xmlns:x='urn:x'>2</x:A><B/>")
    assert (top.text("A"), top.one("B").text("C")) == ("1", "")


def test_paths_tell_where():
    """The path of a field is that of its parents with its name."""
    assert fields(b"<A><B/></A>").one("A").one("B").path == "Top.A.B"
    assert Fields(None, "", Notes()).one("A").path == "A"


def test_two_where_one_is_expected_are_refused():
    """A second element of the name is refused with its line."""
    for read in ("one", "text", "date", "number"):
        with pytest.raises(MalformedEnvelope, match="A once in Top, found it 3 times") as refused:
            getattr(fields(b"<A/>\n<A/><A/>"), read)("A")
        assert refused.value.line == 2


def test_texts_leave_empty_ones_out():
    """A list of texts has only those that say something."""
    assert fields(b"<A> x </A><A/><A> </A><A>y</A>").texts("A") == ("x", "y")


def test_children_inside_a_text_are_refused():
    """An element inside what should be text is refused, never ignored."""
    for inside in (b"a<b/>", b"a<!-- -->b", b"a<?p?>b"):
        with pytest.raises(MalformedEnvelope) as refused:
            fields(b"<A>%s</A>" % inside).text("A")
        assert refused.value.code == "xml.mixed-content"


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("-7", -7), ("007", 7), ("999999999", 999_999_999), ("x", None), ("--5", None),
     ("1_0", None), ("+1", None), ("1.0", None), ("٣", None), ("9" * 10, None), ("-", None)],
)  # fmt: skip
def test_whole_numbers(text: str, value: int | None):
    """Plain decimal numbers of up to nine digits are read, anything else is a finding."""
    notes = Notes()
    assert fields(f"<A>{text}</A>".encode(), notes).number("A") == value
    assert [finding.code for finding in notes.told()] == ([] if value is not None else ["T.Top.A"])


def test_a_choice_names_the_list():
    """A number outside a code list is told together with the list."""
    notes = Notes()
    assert fields(b"<A>3</A>").choice("A", Priority) is Priority.EXPRESS
    assert fields(b"<A>5</A>", notes).choice("A", Priority) is None
    assert notes.told()[0].message == "expected one of 0, 1, 2, 3, 4, found '5'"


def test_a_date_that_is_none_is_a_finding():
    """A date that does not exist is a finding with the line of the field."""
    notes = Notes()
    assert fields(b"\n<A>2026/02/30</A>", notes).date("A") is None
    data = b'<Top xmlns="%s">\n<A>2026/02/30</A></Top>' % NAMESPACE
    (finding,) = notes.told(Places(data))
    assert (finding.code, finding.line, finding.column) == ("T.Top.A", 2, 1)
    assert fields(b"<A>2024/02/29</A>").date("A") == date(2024, 2, 29)


@given(st.text("0123456789/-: T.+x٣", max_size=25))
def test_no_text_stops_the_reader(text: str):
    """Dates, moments, numbers and choices of any text are a value or a finding."""
    notes = Notes()
    top = fields(f"<A>{text}</A>".encode(), notes)
    found = (top.date("A"), top.timestamp("A"), top.number("A"), top.choice("A", Priority))
    assert len([value for value in found if value is None]) == (len(notes.told()) or 4)


def test_long_values_are_not_repeated_whole():
    """A finding about megabytes of nonsense is short."""
    notes = Notes()
    fields(b"<A>%s</A>" % (b"x" * 1_000_000), notes).value("A", _refuse)
    assert len(notes.told()[0].message) == 300


def test_findings_stop_at_a_bound():
    """No more findings are kept than anybody reads."""
    notes = Notes()
    top = fields(b"<A>x</A>", notes)
    for _ in range(MOST_FINDINGS + 5):
        top.number("A")
    assert len(notes.told()) == MOST_FINDINGS


def _refuse(text: str) -> int:
    raise ValueError(f"expected something else, found {text}")
