"""What must be signed, and how a signature is held against it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from signing_help import Forgery, attachments, element, letter, status

from docexchange.envelope import Envelope
from docexchange.signing import SubIndication
from docexchange.signing.coverage import Part, check_coverage, parts_of, uncovered
from docexchange.signing.errors import Refusal
from docexchange.signing.xades.properties import SIGNED_PROPERTIES
from docexchange.signing.xmldsig.element import Reference
from docexchange.signing.xmldsig.references import Resolved

PROPERTIES = element("SignedProperties")
PARTS = [
    Part(label=f"part {number}", target=element("Part"), uri=f"#{number}", media_type="text/xml")
    for number in range(3)
]


def resolved(target: Any, uri: str = "#x", kind: str = "") -> Resolved:
    """A reference that points to a target."""
    reference = Reference(
        identity="", uri=uri, type=kind, transforms=(), digest_method="", digest_value=b""
    )
    return Resolved(reference, target)


OWN = resolved(PROPERTIES, kind=SIGNED_PROPERTIES)
WHOLE = [*(resolved(part.target, part.uri) for part in PARTS), OWN]


def refusal(items: list[Resolved]) -> Refusal:
    """Why these references do not cover the parts."""
    with pytest.raises(Refusal) as caught:
        check_coverage(items, PROPERTIES, PARTS)
    assert caught.value.sub_indication is SubIndication.FORMAT_FAILURE
    return caught.value


def test_the_parts_of_a_letter() -> None:
    """Header, business, body, and each attachment, with the URI a reference must use."""
    parts = parts_of(Envelope.of(letter(*attachments())))
    assert [(part.label, part.uri, part.media_type) for part in parts] == [
        ("MessageHeader", "#m-1", "text/xml"),
        ("Bussiness", "#m-1.business", "text/xml"),
        ("edXMLBody", "#m-1.body", "text/xml"),
        ("attachment quyết định.pdf", "cid:one", "application/pdf"),
        ("attachment phụ lục.pdf", "cid:two", "application/pdf"),
    ]


def test_the_parts_of_a_status() -> None:
    """A header is all it has."""
    assert [part.uri for part in parts_of(Envelope.of(status()))] == ["#st-1"]


def test_a_status_with_business_and_body_must_have_them_signed() -> None:
    """What is there must be covered, whether or not it is usual."""
    forgery = Forgery(b"".join(Envelope.of(status()).chunks()))
    whole = Forgery(b"".join(Envelope.of(letter()).chunks()))
    forgery.header.append(whole.one("//e:TraceHeaderList"))
    forgery.one("//e:edXMLEnvelope").append(whole.one("//e:edXMLBody"))
    parts = parts_of(Envelope.from_bytes(forgery.bytes()))
    assert [part.label for part in parts] == ["MessageHeader", "Bussiness", "edXMLBody"]


def test_a_part_without_an_id_has_no_uri() -> None:
    """Nothing can refer to it, so it can only be uncovered."""
    data = b"".join(Envelope.of(letter()).chunks()).replace(b' Id="m-1.body"', b"")
    assert parts_of(Envelope.from_bytes(data))[-1].uri == ""


@given(st.permutations(WHOLE))
def test_every_part_once_in_any_order_is_coverage(items: list[Resolved]) -> None:
    """The order of references says nothing."""
    check_coverage(items, PROPERTIES, PARTS)
    assert uncovered(items, PARTS) == ()


@given(st.lists(st.sampled_from([*WHOLE, resolved(element("Other"), "#other")]), max_size=6))
def test_anything_but_every_part_once_is_refused(items: list[Resolved]) -> None:
    """Too few, too many, or something else."""
    if sorted(map(id, items)) == sorted(map(id, WHOLE)):
        check_coverage(items, PROPERTIES, PARTS)
    else:
        assert refusal(items).code in {"signature.coverage", "signature.format"}


def test_an_equal_element_is_not_the_same_element() -> None:
    """It is the very element that is read which must be covered, not its twin."""
    twin = etree.fromstring(etree.tostring(PARTS[0].target))
    found = refusal([resolved(twin, "#0"), *WHOLE[1:]])
    assert "something else: #0" in str(found)


@pytest.mark.parametrize("number", range(3))
def test_what_is_missing_is_named(number: int) -> None:
    """By the words people use."""
    items = [item for item in WHOLE if item is not WHOLE[number]]
    assert str(refusal(items)).endswith(f"not covered: part {number}")
    assert uncovered(items, PARTS) == (f"part {number}",)


def test_the_signed_properties_are_referenced_once_and_by_their_type() -> None:
    """Not at all, twice, or under a false name."""
    assert "found 0" in str(refusal(WHOLE[:-1]))
    assert "found 2" in str(refusal([*WHOLE, OWN]))
    assert "Type" in str(refusal([*WHOLE[:-1], resolved(PROPERTIES)]))
