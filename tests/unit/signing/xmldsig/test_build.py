"""What is written is its own canonical form, so that it can be signed as text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from signing_help import (
    SHA2,
    Forgery,
    attachments,
    between,
    certify,
    exclusive,
    letter,
    private_key,
    sign,
    status,
)

from docexchange.envelope.names import DS
from docexchange.signing.xades.properties import properties_xml
from docexchange.signing.xmldsig.algorithms import Digest, SignatureAlgorithm
from docexchange.signing.xmldsig.build import SignedPart, signature_xml, signed_info_xml

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

xml_text = st.text(
    st.characters(
        exclude_categories=("Cs",),
        exclude_characters=[*map(chr, [*range(9), 11, 12, *range(14, 32)]), "\ufffe", "\uffff"],
    ),
    max_size=40,
)
names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,20}", fullmatch=True)
moments = st.datetimes(datetime(1900, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize("kind", ["rsa2048", "p256", "p384"])
@pytest.mark.parametrize("message", [letter(), letter(*attachments()), status()])
def test_what_a_letter_carries_is_what_was_signed(pki: DemoPki, kind: str, message: Any) -> None:
    """``SignedInfo`` and ``SignedProperties`` in the file, octet by octet, by lxml."""
    credential = certify("x", issuer=pki.sub_ca.credential, key=private_key(kind))
    data = sign(message, credential)
    forgery = Forgery(data)
    for path in ("ds:SignedInfo", "xades:SignedProperties"):
        start, end = f"<{path}".encode(), f"</{path}>".encode()
        written = start + between(data, start, end) + end
        assert exclusive(forgery.one(f"//{path}")) == written


parts = st.builds(
    SignedPart,
    uri=st.one_of(names.map("#{}".format), names.map("cid:{}".format)),
    digest_value=st.binary(max_size=64),
    identity=st.one_of(st.just(""), names),
    type=st.sampled_from(["", "http://uri.etsi.org/01903#SignedProperties"]),
)


@given(
    st.lists(parts, min_size=1, max_size=4),
    st.sampled_from(SignatureAlgorithm),
    st.sampled_from(SHA2),
)
def test_signed_info_is_its_own_canonical_form(
    signed: list[SignedPart], algorithm: SignatureAlgorithm, digest: Digest
) -> None:
    """Whatever the references."""
    text = signed_info_xml(signed, algorithm=algorithm, digest=digest)
    assert exclusive(etree.fromstring(text)) == text.encode()


@given(
    identity=names,
    moment=moments,
    role=xml_text,
    types=st.lists(xml_text, max_size=3),
    digest=st.sampled_from(SHA2),
)
def test_signed_properties_are_their_own_canonical_form(
    identity: str, moment: datetime, role: str, types: list[str], digest: Digest
) -> None:
    """Whatever the role and the media types."""
    signed = [SignedPart("", b"", f"r-{number}", "", text) for number, text in enumerate(types)]
    text = properties_xml(
        identity,
        signing_time=moment,
        certificate=b"x",
        digest=digest,
        role=role,
        parts=signed,
    )
    assert exclusive(etree.fromstring(text)) == text.encode()


def test_a_signature_stays_canonical_inside_another_document() -> None:
    """The default namespace of edXML around it changes nothing."""
    part = SignedPart(uri="#x", digest_value=b"1")
    info = signed_info_xml([part], algorithm=SignatureAlgorithm.RSA_SHA256, digest=Digest.SHA256)
    xml = signature_xml("s-1", info, value=b"v", certificates=[b"c"], qualifying_properties="<q/>")
    root = etree.fromstring(f'<r xmlns="urn:other" xmlns:e="urn:e">{xml}</r>')
    assert exclusive(root[0][0]) == info.encode()
    assert root[0].get("Id") == "s-1"
    assert [child.tag for child in root[0]] == [
        f"{{{DS}}}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo", "Object")
    ]


def test_attachments_have_no_transforms() -> None:
    """Their digest is over their octets; that of an element is over its canonical form."""
    assert "Transforms" not in SignedPart(uri="cid:1", digest_value=b"").xml(Digest.SHA256)
    assert "Transforms" in SignedPart(uri="#1", digest_value=b"").xml(Digest.SHA256)
