"""What the signer says about the signature."""

from __future__ import annotations

import copy
import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from signing_help import NOW, SHA2, Forgery, element, signed_letter

from docexchange.envelope.names import DS
from docexchange.signing import SubIndication
from docexchange.signing.errors import Refusal
from docexchange.signing.xades.properties import (
    XADES,
    SignedProperties,
    check_certificate,
    find_signed_properties,
    format_xml,
    properties_octets,
    read_properties,
    signer_xml,
)
from docexchange.signing.xmldsig.algorithms import Digest
from docexchange.signing.xmldsig.element import read_signature

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

moments = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001
    datetime(9000, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-840, 840).map(lambda m: timezone(timedelta(minutes=m))),
)


def written(
    *,
    signing_time: datetime = NOW,
    certificate: bytes = b"certificate",
    digest: Digest = Digest.SHA256,
    role: str = "agency",
) -> Any:
    """Signed properties as an element."""
    signer = signer_xml(certificate, digest, role=role)
    formats = [format_xml("r-0", "text/xml")]
    octets = properties_octets("p-1", signing_time=signing_time, signer=signer, formats=formats)
    return etree.fromstring(octets)


def read(found: Any) -> SignedProperties:
    """As a value."""
    return read_properties(found)


def part(root: Any, name: str, namespace: str = XADES) -> Any:
    """The first element of this name."""
    found = root.find(f".//{{{namespace}}}{name}")
    assert found is not None
    return found


def refusal(found: Any) -> Refusal:
    """Why they cannot be read."""
    with pytest.raises(Refusal) as caught:
        read(found)
    return caught.value


@given(moment=moments, digest=st.sampled_from(SHA2))
def test_what_is_written_is_read(moment: datetime, digest: Digest) -> None:
    """Time to the second in UTC, the certificate's digest, the role."""
    found = read(written(signing_time=moment, digest=digest))
    assert found.signing_time == moment.replace(microsecond=0)
    expected = hashlib.new(digest.hashlib_name, b"certificate").digest()
    assert found.certificate_digests == ((digest, expected),)
    assert found.roles == ("agency",)
    check_certificate(found, b"certificate")


def test_no_role_is_no_role() -> None:
    """The element is left out."""
    made = written(role="")
    assert made.find(f".//{{{XADES}}}SignerRoleV2") is None
    assert read(made).roles == ()


def test_several_roles_are_read() -> None:
    """Others write more than one."""
    made = written()
    roles = part(made, "ClaimedRoles")
    roles.append(copy.deepcopy(roles[0]))
    assert read(made).roles == ("agency", "agency")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02T02:00:00Z", NOW),
        ("2026-03-02T09:00:00+07:00", NOW),
        (" 2026-03-02T09:00:00.123456789+07:00\n", NOW),
        ("2026-03-01T16:00:00-10:00", NOW),
    ],
)
def test_every_way_to_write_a_moment_is_read(text: str, moment: datetime) -> None:
    """With any zone and any fraction of a second."""
    made = written()
    part(made, "SigningTime").text = text
    found = read(made).signing_time
    assert found == moment
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2026-03-02",
        "2026-03-02 02:00:00Z",
        "2026-03-02T25:00:00",
        "2026-02-30T02:00:00Z",
        "2026-03-02T25:00:00Z",
        "2026-03-02T02:00:00+99:00",
        "0001-01-01T00:00:00+10:00",
        "9999-12-31T23:59:59-10:00",
        "2026-03-02T02:00:00Z2026-03-02T02:00:00Z",
        "٢٠٢٦-03-02T02:00:00Z",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    """Without a time, outside the calendar, or something else."""
    made = written()
    part(made, "SigningTime").text = text
    assert refusal(made).sub_indication is SubIndication.FORMAT_FAILURE


def test_a_missing_time_is_none() -> None:
    """That it is required is for the validation to say; without a zone it is none either."""
    made = written()
    time = part(made, "SigningTime")
    time.text = "2026-03-02T02:00:00"
    assert read(made).signing_time is None
    time.getparent().remove(time)
    assert read(made).signing_time is None


def test_another_certificate_is_not_the_one_named() -> None:
    """Both digests are told."""
    with pytest.raises(Refusal) as caught:
        check_certificate(read(written()), b"another")
    assert caught.value.sub_indication is SubIndication.NO_SIGNING_CERTIFICATE_FOUND
    assert hashlib.sha256(b"another").hexdigest() in str(caught.value)


@pytest.mark.parametrize("first", [True, False])
def test_the_signers_certificate_may_be_named_anywhere_in_the_list(*, first: bool) -> None:
    """The others are of its path (EN 319 132-1, clause 5.2.2); one that is not named is not it."""
    made = written()
    parent, other = part(made, "SigningCertificateV2"), part(written(certificate=b"issuer"), "Cert")
    parent.insert(len(parent) if first else 0, other)
    check_certificate(read(made), b"certificate")
    with pytest.raises(Refusal) as caught:
        check_certificate(read(made), b"another")
    assert caught.value.code == "signature.certificate-substituted"


def test_a_certificate_must_be_named() -> None:
    """Neither an empty list nor the form of older XAdES will do."""
    made = written()
    part(made, "SigningCertificateV2").tag = f"{{{XADES}}}SigningCertificate"
    part(made, "Cert").append(
        etree.fromstring(
            f'<x:IssuerSerial xmlns:x="{XADES}" xmlns:ds="{DS}"><ds:X509IssuerName>CN=a'
            "</ds:X509IssuerName><ds:X509SerialNumber>1</ds:X509SerialNumber></x:IssuerSerial>"
        )
    )
    with pytest.raises(Refusal, match="expected SigningCertificateV2, found none"):
        check_certificate(read(made), b"certificate")


@pytest.mark.parametrize("text", ["", "x", "AAA", "AA==AA=="])
def test_a_digest_of_a_certificate_that_is_none_does_not_hold(text: str) -> None:
    """Empty, or no base64."""
    made = written()
    part(made, "DigestValue", "http://www.w3.org/2000/09/xmldsig#").text = text
    with pytest.raises(Refusal):
        check_certificate(read(made), b"certificate")


@pytest.mark.parametrize("count", [1, 2])
def test_a_policy_that_names_none_is_refused(count: int) -> None:
    """Neither an empty identifier nor two of them says under which rules was signed."""
    made = written()
    for _ in range(count):
        part(made, "SignedSignatureProperties").append(element("SignaturePolicyIdentifier", XADES))
    assert refusal(made).code == "signature.format"


@pytest.mark.parametrize("count", [0, 2])
def test_signature_properties_are_there_once(count: int) -> None:
    """Of two, which would count?"""
    made = written()
    found = part(made, "SignedSignatureProperties")
    made.remove(found)
    for _ in range(count):
        made.append(copy.deepcopy(found))
    assert f"once, found {count}" in str(refusal(made))


# --- where they stand ---


def found_in(forgery: Forgery) -> Any:
    """The signed properties of a signature."""
    return find_signed_properties(read_signature(forgery.signature, max_references=99))


def test_they_are_found_at_their_place(pki: DemoPki) -> None:
    """``Object/QualifyingProperties/SignedProperties``."""
    forgery = Forgery(signed_letter(pki))
    assert found_in(forgery) is forgery.one("//xades:SignedProperties")


def another_object(forgery: Forgery) -> None:
    forgery.signature.append(element("Object", "http://www.w3.org/2000/09/xmldsig#"))


def no_object(forgery: Forgery) -> None:
    forgery.signature.remove(forgery.one("//ds:Object"))


def something_beside(forgery: Forgery) -> None:
    forgery.one("//ds:Object").append(element("x", "urn:x"))


def comment_beside(forgery: Forgery) -> None:
    forgery.one("//ds:Object").append(etree.Comment("x"))


def wrapped(forgery: Forgery) -> None:
    inner = forgery.one("//xades:QualifyingProperties")
    outer = element("Wrapper", XADES)
    forgery.one("//ds:Object").append(outer)
    outer.append(inner)


def target(forgery: Forgery) -> None:
    forgery.one("//xades:QualifyingProperties").set("Target", "#other")


def no_identity(forgery: Forgery) -> None:
    del forgery.signature.attrib["Id"]


def unsigned_twice(forgery: Forgery) -> None:
    for _ in range(2):
        forgery.one("//xades:QualifyingProperties").append(element("UnsignedProperties", XADES))


def unsigned_in_front(forgery: Forgery) -> None:
    forgery.one("//xades:QualifyingProperties").insert(0, element("UnsignedProperties", XADES))


@pytest.mark.parametrize(
    "damage",
    [
        another_object,
        no_object,
        something_beside,
        comment_beside,
        wrapped,
        target,
        no_identity,
        unsigned_twice,
        unsigned_in_front,
    ],
)
def test_anywhere_else_they_are_not_found(pki: DemoPki, damage: Any) -> None:
    """One place, nothing beside them, meant for this signature."""
    forgery = Forgery(signed_letter(pki))
    damage(forgery)
    with pytest.raises(Refusal) as caught:
        found_in(forgery)
    assert caught.value.code == "signature.format"
