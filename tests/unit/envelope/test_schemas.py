"""The XSD and the reader say the same about every letter, but for exceptions that have names."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import HUB, changed, letter, octets, plain, status, written
from lxml import etree
from mutated_letters import BUSINESSES, OPERATIONS, full_letters, leaves, mutated, mutations
from rewriting import prefixed
from vectors.make import contents

from docexchange.envelope import Attachment, Envelope
from docexchange.envelope.formats import format_date
from docexchange.envelope.names import local_name
from docexchange.envelope.reading.dialects import PLACEHOLDERS
from docexchange.envelope.schemas import SCHEMAS, schema_path, schema_text
from docexchange.errors import DocExchangeError, UsageError
from docexchange.testing.strategies.letters import messages, traces

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.envelope import Message, TraceHeader

FULL: Final = full_letters()
VECTORS: Final = {name: data for name, data in contents().items() if "attacks/" not in name}
SUBJECT: Final = "V/v báo cáo &amp; &lt;thử&gt;".encode()


@dataclass(frozen=True, slots=True)
class Alone:
    """What one of the two refuses and the other does not see."""

    where: str
    """Pattern of the reader's codes; of ``path operation`` where the XSD refuses."""
    specimen: bytes
    """A letter of that kind."""
    rare: bool = False
    """Whether no other letter of these tests may be excused with it."""


def _status_with_attachments() -> bytes:
    data = plain()
    body = data[data.index(b"<edXML:edXMLBody") : data.index(b"</edXML:edXMLEnvelope>")]
    octets_of_it = data[data.index(b"<AttachmentEncoded>") : data.index(b"</edXML>")]
    closed = b"</edXML:edXMLHeader>\n"
    bare = changed(closed, closed + body, written(status()))
    return changed(b"</edXML>", octets_of_it + b"</edXML>", bare)


READER_ALONE: Final = {
    # XSD 1.0 cannot say it.
    "prefix": Alone(r"D\.prefix", prefixed(b"x:")),
    "encoding": Alone(r"D\.encoding", VECTORS["tolerances/utf-16"]),
    "moment before the calendar": Alone(
        r"T\.MessageHeader\.Timestamp",
        VECTORS["rules/T.MessageHeader.Timestamp-before-year-1"],
    ),
    "one empty tag": Alone(r"D\.self-closed", VECTORS["tolerances/self-closed-prefixed"]),
    "attribute of xsi": Alone(
        r"D\.unknown-attribute",
        changed(
            b"<edXML:Subject>",
            b'<edXML:Subject xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
            b' xsi:type="edXML:Text500">',
        ),
        rare=True,
    ),
    "document type declaration": Alone(
        r"xml\.dtd", changed(b"<edXML xmlns", b"<!DOCTYPE edXML><edXML xmlns"), rare=True
    ),
    "comment in a value": Alone(
        r"xml\.mixed-content", changed(SUBJECT, SUBJECT + b"<!-- -->"), rare=True
    ),
    "octets of another type": Alone(r"D\.content-type", VECTORS["tolerances/type-wrong"]),
    "octets of an archive": Alone(r"D\.zipped", VECTORS["tolerances/zipped"]),
    "rules of each kind": Alone(
        r"[NM]\.TraceHeaderList\.Bussiness\..*", changed(b"DocType>0<", b"DocType>3<")
    ),
    "agency by its two codes": Alone(
        r"M\.TraceHeaderList\.Bussiness\.BussinessDocumentInfo\.ReceiverList\.Receiver",
        changed(b"000.00.12.H53", b"000.00.01.G22", FULL["update"]),
        rare=True,
    ),
    "status about nothing": Alone(
        r"N\.MessageHeader\.ResponseFor\.(OrganId|Code|DocumentId)",
        re.sub(rb"<edXML:Code>.*</edXML:Code>\n", b"", written(status())),
    ),
    "status with attachments": Alone(
        r"M\.AttachmentEncoded", _status_with_attachments(), rare=True
    ),
    "runs of white space": Alone(
        r"R\.MessageHeader\.Subject", changed(SUBJECT, b"a" + b" " * 500 + b"b"), rare=True
    ),
    "unassigned character": Alone(
        r"T\.MessageHeader\.Code\.CodeNumber",
        changed(b"Number>12<", "Number>\u0378<".encode()),
        rare=True,
    ),
    "bytes of a file name": Alone(
        r"M\.AttachmentName", plain().replace("quyết định".encode(), "ế".encode() * 100), rare=True
    ),
    "first hours of the calendar": Alone(
        r"T\.MessageHeader\.Timestamp",
        changed(b"2026/03/02 09:00:00", b"0001/01/01 06:59:59", written(status())),
        rare=True,
    ),
}
"""Refused by the reader, with these codes; accepted by the XSD."""

SCHEMA_ALONE: Final = {
    # XSD 1.0 cannot allow it, or the reader strips what a pattern cannot.
    "white space around a number": Alone(r"-", changed(b"Number>12<", b"Number>%12s<" % b"12")),
    "other white space": Alone(
        r"-", changed(b"Date>2026/03/02<", "Date>\u00a02026/03/02<".encode())
    ),
}
"""Refused by the XSD; accepted by the reader."""


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(schema_path("edxml")))


def fits(data: bytes) -> bool:
    """Whether the XSD accepts a letter."""
    try:
        return _schema().validate(etree.fromstring(data))
    except etree.XMLSyntaxError:
        return False


def codes(data: bytes) -> list[str]:
    """What the reader says about a letter; nothing when it is of the strict dialect."""
    try:
        return [finding.code for finding in Envelope.from_bytes(data).findings]
    except DocExchangeError as error:
        return [error.code]


def _excused(what: str, exceptions: dict[str, Alone]) -> bool:
    return any(re.fullmatch(e.where, what) for e in exceptions.values() if not e.rare)


def disagreement(data: bytes, change: str = "-") -> str:
    """What they do not agree on, when no exception is named for it."""
    fit, told = fits(data), codes(data)
    if fit and all(_excused(code, READER_ALONE) for code in told):
        return ""
    if not fit and (told or _excused(change, SCHEMA_ALONE)):
        return ""
    error = "" if fit else _schema().error_log.last_error
    return f"{change}: reader {told}, XSD {error or 'accepts'}"


@pytest.mark.parametrize("name", VECTORS)
def test_they_agree_on_letters_of_other_systems(name: str) -> None:
    """What a tolerance puts up with is no letter of the XSD, where XSD can say so."""
    assert disagreement(VECTORS[name]) == ""


@pytest.mark.parametrize("kind", FULL)
def test_letters_with_everything_in_them_fit(kind: str) -> None:
    """Documents of all four kinds and a status, with every element that there is and a hub's."""
    assert (fits(FULL[kind]), codes(FULL[kind])) == (True, [])


@pytest.mark.parametrize("kind", FULL)
def test_they_agree_on_letters_with_one_element_spoilt(kind: str) -> None:
    """Each element dropped, doubled, moved, emptied, overlong, of a wrong code, date, namespace."""
    changes = ((f"{path} {what}", data) for path, what, data in mutations(FULL[kind]))
    assert [told for change, data in changes if (told := disagreement(data, change))] == []


@given(messages, traces)
def test_whatever_is_written_fits(message: Message, trace: TraceHeader) -> None:
    """Every message that may be sent makes a letter of the XSD, before and after a hub."""
    envelope = Envelope.of(message)
    assert fits(octets(envelope)), _schema().error_log.last_error
    at = replace(trace, organ_id=trace.organ_id or HUB.organ_id)
    assert fits(octets(envelope.with_trace(at))), _schema().error_log.last_error


@given(messages, st.integers(0, 10_000), st.sampled_from(sorted(OPERATIONS)))
def test_they_agree_on_any_letter_with_one_element_spoilt(
    message: Message, number: int, operation: str
) -> None:
    """The same for letters that nobody thought of."""
    root = etree.fromstring(written(message))
    path, _, data = mutated(root, number % len(list(root.iterdescendants())), operation)
    assert disagreement(data, f"{path} {operation}") == ""


VALUES: Final = st.one_of(
    st.from_regex(r"[0-9]{4}/[01][0-9]/[0-3][0-9]", fullmatch=True),
    st.dates().map(format_date),
    st.from_regex(
        r"(2024/02/29|1900/02/29|0001/01/02) [0-2][0-9](:[0-6][0-9]){1,2}", fullmatch=True
    ),
    st.from_regex(r"-?[0-9]{1,11}", fullmatch=True),
    st.from_regex(r"[0-9]{2,4}(\.[0-9]{2}){1,2}\.[A-Z][0-9]{2}", fullmatch=True),
    st.from_regex(r"[A-Z][0-9]{2}(\.[0-9A-Za-z]{1,11}){0,9}", fullmatch=True),
    st.from_regex(r"(cid:)?[A-Za-z0-9._@+~-]{0,130}", fullmatch=True),
    st.from_regex(r" ?[nN][uU/][lLaA]?[lL]?[ x]?", fullmatch=True),
    st.text(st.sampled_from('ab .:/\\*?"<>|\n\u00a0\u0085\u200b\u202e'), max_size=9),
    st.text(st.characters(exclude_categories=["Cs", "Cn", "Cc", "Cf", "Zs"]), max_size=12),
    st.sampled_from(["true", "false", "0", "1", "TRUE", "yes", "01", "1.0", "+1", "13", "07"]),
    st.sampled_from([10, 11, 20, 30, 42, 50, 100, 150, 250, 255, 500]).flatmap(
        lambda most: st.sampled_from(["x" * most, "x" * (most + 1)])
    ),
)


@given(st.sampled_from(sorted(FULL)), st.integers(0, 1000), VALUES)
def test_they_agree_on_any_value_in_any_place(kind: str, number: int, value: str) -> None:
    """Dates and moments on every edge, codes, ids, names and texts just too long, everywhere."""
    root = etree.fromstring(FULL[kind])
    places = leaves(root)
    place = places[number % len(places)]
    place.text = value
    said = "null" if value.strip() in PLACEHOLDERS else value
    assert disagreement(etree.tostring(root), f".{local_name(str(place.tag))} {said}") == ""


@pytest.mark.parametrize("name", READER_ALONE)
def test_what_the_reader_alone_refuses_the_schema_accepts(name: str) -> None:
    """Each exception is still needed: when this fails, remove it, and its line in the XSD."""
    case = READER_ALONE[name]
    told = codes(case.specimen)
    assert told
    assert all(re.fullmatch(case.where, code) for code in told), told
    assert fits(case.specimen), _schema().error_log.last_error


@pytest.mark.parametrize("name", SCHEMA_ALONE)
def test_what_the_schema_alone_refuses_the_reader_accepts(name: str) -> None:
    """Each exception is still needed: when this fails because the reader tells it, remove it."""
    case = SCHEMA_ALONE[name]
    assert (fits(case.specimen), codes(case.specimen)) == (False, [])


def test_signatures_and_extensions_of_the_sdk_fit() -> None:
    """XML signatures and what the Java SDK adds to attachments are let through."""
    end = b"</edXML:edXMLHeader>"
    signature = b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><x/></ds:Signature>'
    extension = b"</ContentType><Format>pdf</Format>"
    data = changed(b"</ContentType>", extension, changed(end, signature * 2 + end))
    assert (fits(data), codes(data)) == (True, [])


@pytest.mark.peer("xmllint")
def test_xmllint_says_the_same(tmp_path: Path) -> None:
    """The program that clerks have accepts what it should, and refuses what it should."""
    good = {**FULL, "plain": plain(), "status": written(status())}
    bad = {
        name: VECTORS[f"tolerances/{name}"]
        for name in ("date-iso", "order-net", "placeholder-null", "namespace-go-vn")
    }
    for name, data in (good | bad).items():
        path = tmp_path / f"{name}.edxml"
        path.write_bytes(data)
        command = ["xmllint", "--noout", "--schema", schema_path("edxml"), path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == (0 if name in good else 3), done.stderr


@pytest.mark.peer("xmllint")
def test_xmllint_needs_huge_for_a_large_scan(tmp_path: Path) -> None:
    """As the how-to says: ten million characters of base64 are no XML to it without the option."""
    path = tmp_path / "large.edxml"
    scan = Attachment.from_bytes(b"%PDF-1.4" + bytes(7_500_000), name="scan.pdf")
    path.write_bytes(written(letter(scan)))
    rules = ["--noout", "--schema", str(schema_path("edxml")), str(path)]
    refused = subprocess.run(["xmllint", *rules], capture_output=True, text=True, check=False)
    assert refused.returncode in {1, 4}  # since libxml2 2.14 the latter, in other words
    assert re.search("huge text node|Text node too long", refused.stderr)
    done = subprocess.run(
        ["xmllint", "--huge", *rules], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, f"{path} validates\n")


@pytest.mark.peer("xmllint")
@pytest.mark.parametrize("kind", sorted(BUSINESSES))
def test_an_older_xmllint_agrees_with_lxml(kind: str, tmp_path: Path) -> None:
    """Its libxml2 is another than that of lxml, and decides the same about every spoilt letter."""
    spoilt = {}
    for number, (_, _, data) in enumerate(mutations(FULL[kind])):
        if number % 10 == 0:
            path = tmp_path / f"{number}.edxml"
            path.write_bytes(data)
            spoilt[str(path)] = fits(data)
    command = ["xmllint", "--noout", "--schema", schema_path("edxml"), *spoilt]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert set(spoilt.values()) == {True, False}
    valid = {line.removesuffix(" validates") for line in done.stderr.splitlines()}
    assert {path for path, fit in spoilt.items() if fit} == valid & set(spoilt)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_a_file_in_the_package(name: str) -> None:
    """Path and text are of the same file, which lies beside the code."""
    assert schema_path(name).read_text(encoding="utf-8") == schema_text(name)
    assert schema_path(name).parent.name == "schemas"


def test_an_unknown_schema_is_refused() -> None:
    """Another name is told with those that there are, and leads to no file."""
    with pytest.raises(UsageError, match=r"expected a schema \(edxml, message\), found '../x'"):
        schema_path("../x")
