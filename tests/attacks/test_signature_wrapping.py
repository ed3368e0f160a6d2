"""Signature wrapping: the signed part is moved away and another takes its place."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from forgeries import (
    body_moved,
    business_left,
    business_moved,
    header_without_id,
    signature_on_the_original,
    swap_header,
    xsw1,
    xsw2,
    xsw3,
    xsw4,
    xsw5,
    xsw6,
    xsw7,
    xsw8,
)
from signing_help import (
    Forgery,
    assert_passed,
    assert_refused,
    content,
    edit,
    element,
    letter,
    sign,
    signed_letter,
    verifier_for,
)

from docexchange.envelope import Envelope
from docexchange.errors import MalformedEnvelope
from docexchange.signing import SubIndication

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.signing import Verifier
    from docexchange.testing import DemoPki

OUTSIDE = ("e:edXMLEnvelope", ".", "//e:TraceHeaderList")


@pytest.fixture
def verifier(pki: DemoPki) -> Verifier:
    """Trusts the PKI."""
    return verifier_for(pki)


DOUBLE = (SubIndication.FORMAT_FAILURE, "signature.duplicate-id")
FORMAT = (SubIndication.FORMAT_FAILURE, "signature.format")
COVERAGE = (SubIndication.FORMAT_FAILURE, "signature.coverage")
NONE = (SubIndication.FORMAT_FAILURE, "signature.none")


@pytest.mark.parametrize(
    ("attack", "verdict"),
    [
        (xsw1, FORMAT),
        (xsw2, COVERAGE),
        (xsw4, COVERAGE),
        (xsw5, DOUBLE),
        (xsw6, DOUBLE),
        (xsw7, DOUBLE),
        (xsw8, FORMAT),
        (header_without_id, COVERAGE),
        (business_moved, COVERAGE),
        (business_left, COVERAGE),
        (body_moved, COVERAGE),
        (signature_on_the_original, NONE),
    ],
)
def test_a_moved_original_proves_nothing(
    pki: DemoPki, verifier: Verifier, attack: Callable[[Forgery], None], verdict: Any
) -> None:
    """What is signed must be what is read, at its place; anywhere else it counts for nothing."""
    forgery = Forgery(signed_letter(pki))
    attack(forgery)
    assert_refused(verifier, forgery.bytes(), *verdict)


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize(
    "path", ["//e:MessageHeader", "//e:edXMLHeader", "//e:edXMLBody", "//e:edXMLEnvelope"]
)
def test_a_second_one_beside_the_signed_is_no_envelope(pki: DemoPki, path: str, where: str) -> None:
    """Two headers, bodies or envelopes side by side are not read at all (XSW 3)."""
    forgery = Forgery(signed_letter(pki))
    genuine = forgery.one(path)
    evil = copy.deepcopy(genuine)
    for item in evil.xpath("descendant-or-self::*[@Id]"):
        del item.attrib["Id"]
    (genuine.addprevious if where == "before" else genuine.addnext)(evil)
    with pytest.raises(MalformedEnvelope) as caught:
        Envelope.from_bytes(forgery.bytes())
    assert caught.value.code == "envelope.repeated-element"


def test_a_sibling_header_is_no_envelope(pki: DemoPki) -> None:
    """The third published form does not even get as far as the signature."""
    forgery = Forgery(signed_letter(pki))
    xsw3(forgery)
    with pytest.raises(MalformedEnvelope, match="MessageHeader once"):
        Envelope.from_bytes(forgery.bytes())


@pytest.mark.parametrize(
    "place", [*OUTSIDE, "//e:edXMLBody", "//e:Bussiness", "//ds:Object", "//ds:Signature"]
)
def test_a_second_header_at_another_level_changes_nothing_or_is_refused(
    pki: DemoPki, verifier: Verifier, place: str
) -> None:
    """A header where none is read is either outside what counts, or breaks what is signed."""
    forgery = Forgery(signed_letter(pki))
    forgery.one(place).append(forgery.evil_header())
    report = verifier.examine(Envelope.from_bytes(forgery.bytes()))
    assert report.passed == (place in OUTSIDE)
    assert content(forgery.bytes()) == content(signed_letter(pki))


@pytest.mark.parametrize("spelling", ["Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id"])
@pytest.mark.parametrize("target", ["m-1", "m-1.business", "m-1.body"])
def test_a_second_element_under_a_signed_id_is_refused(
    pki: DemoPki, verifier: Verifier, spelling: str, target: str
) -> None:
    """However the id is spelled: no two readers may disagree about which element it names."""
    forgery = Forgery(signed_letter(pki))
    decoy = element("Decoy")
    decoy.set(spelling, target)
    forgery.root.append(decoy)
    report = assert_refused(verifier, forgery.bytes(), *DOUBLE)
    assert target in report.reason


@pytest.mark.parametrize("path", ["//ds:Reference", "//xades:SignedProperties", "//ds:Signature"])
def test_an_id_shared_with_the_signature_itself_is_refused(
    pki: DemoPki, verifier: Verifier, path: str
) -> None:
    """Ids inside the signature are ids like all others."""
    forgery = Forgery(signed_letter(pki))
    decoy = element("Decoy", ID=forgery.one(path).get("Id"))
    forgery.header.append(decoy)
    assert_refused(verifier, forgery.bytes(), *DOUBLE)


@pytest.mark.parametrize("spelling", ["ID", "id", "{http://www.w3.org/XML/1998/namespace}id"])
def test_an_evil_header_with_the_id_in_another_spelling_is_refused(
    pki: DemoPki, verifier: Verifier, spelling: str
) -> None:
    """The original is hidden under ``Id``; the evil header claims the same id by another name."""
    forgery = Forgery(signed_letter(pki))
    genuine = swap_header(forgery, None)
    forgery.header[0].set(spelling, "m-1")
    forgery.root.append(genuine)
    assert_refused(verifier, forgery.bytes(), *DOUBLE)


@pytest.mark.parametrize("spelling", ["ID", "id", "xml:id"])
def test_renaming_the_id_attribute_breaks_the_digest(
    pki: DemoPki, verifier: Verifier, spelling: str
) -> None:
    """The attribute is under the signature like everything else in the header."""
    data = edit(signed_letter(pki), 'MessageHeader Id="m-1"', f'MessageHeader {spelling}="m-1"')
    assert_refused(verifier, data, SubIndication.HASH_FAILURE, "signature.digest")


def test_an_id_moved_to_another_element_names_something_else(
    pki: DemoPki, verifier: Verifier
) -> None:
    """The signed id on an element that nobody reads covers nothing that is read."""
    forgery = Forgery(signed_letter(pki))
    del forgery.message_header.attrib["Id"]
    forgery.root.append(element("Decoy", Id="m-1"))
    report = assert_refused(verifier, forgery.bytes(), *COVERAGE)
    assert "something else: #m-1" in report.reason


def test_ids_swapped_between_parts_break_the_digests(pki: DemoPki, verifier: Verifier) -> None:
    """Each reference is bound to one part by its digest, not only by the set of ids."""
    forgery = Forgery(signed_letter(pki))
    business, body = forgery.one("//e:Bussiness"), forgery.one("//e:edXMLBody")
    business.set("Id", "m-1.body")
    body.set("Id", "m-1.business")
    assert_refused(verifier, forgery.bytes(), SubIndication.HASH_FAILURE, "signature.digest")


def test_a_signature_of_another_letter_covers_nothing_here(
    pki: DemoPki, verifier: Verifier
) -> None:
    """Copied together with its id, the signature meets other digests."""
    other = sign(letter(subject="Khác"), pki.agency("commune"))
    forgery = Forgery(sign(letter(), pki.agency("commune")))
    forgery.header.replace(forgery.signature, Forgery(other).signature)
    assert_refused(verifier, forgery.bytes(), SubIndication.HASH_FAILURE, "signature.digest")


def test_a_signature_of_a_letter_with_another_id_finds_nothing_here(
    pki: DemoPki, verifier: Verifier
) -> None:
    """A reference to a part that is not there is said to be just that."""
    other = sign(letter(identity="m-2"), pki.agency("commune"))
    forgery = Forgery(sign(letter(), pki.agency("commune")))
    forgery.header.replace(forgery.signature, Forgery(other).signature)
    assert_refused(
        verifier, forgery.bytes(), SubIndication.SIGNED_DATA_NOT_FOUND, "signature.missing-part"
    )


def test_a_foreign_header_brought_along_with_its_signature_does_not_help(
    pki: DemoPki, verifier: Verifier
) -> None:
    """All references resolve, all digests hold, and nothing of this letter is covered."""
    other = Forgery(sign(letter(identity="m-2"), pki.agency("commune")))
    forgery = Forgery(sign(letter(), pki.agency("commune")))
    wrapper = element("Wrapper")
    wrapper.extend([other.one("//e:MessageHeader"), other.one("//e:Bussiness")])
    wrapper.append(other.one("//e:edXMLBody"))
    forgery.header.replace(forgery.signature, other.signature)
    forgery.root.append(wrapper)
    report = assert_refused(verifier, forgery.bytes(), *COVERAGE)
    assert "something else" in report.reason


@pytest.mark.parametrize(
    "place", ["e:edXMLEnvelope", ".", "//e:TraceHeaderList", "//e:MessageHeader", "//e:edXMLBody"]
)
def test_a_signature_outside_the_header_is_no_signature(
    pki: DemoPki, verifier: Verifier, place: str
) -> None:
    """There is one place for a signature."""
    forgery = Forgery(signed_letter(pki))
    forgery.one(place).append(forgery.signature)
    assert_refused(verifier, forgery.bytes(), *NONE)


def test_a_signature_in_a_signature_is_no_signature(pki: DemoPki, verifier: Verifier) -> None:
    """A good signature nested in a bad one does not vouch for the letter."""
    forgery = Forgery(signed_letter(pki))
    genuine = forgery.signature
    outer = copy.deepcopy(genuine)
    for item in outer.xpath("descendant-or-self::*[@Id]"):
        item.set("Id", f"outer-{item.get('Id')}")
    forgery.header.replace(genuine, outer)
    outer.append(genuine)
    assert_refused(verifier, forgery.bytes(), *FORMAT)


def test_the_letter_these_attacks_start_from_passes(pki: DemoPki, verifier: Verifier) -> None:
    """Taken apart and written again without a change, the letter still holds."""
    report = assert_passed(verifier, Forgery(signed_letter(pki)).bytes())
    assert [item.label for item in report.signatures[0].coverage] == [
        "MessageHeader",
        "Bussiness",
        "edXMLBody",
        "attachment quyết định.pdf",
        "attachment phụ lục.pdf",
        "SignedProperties",
    ]
