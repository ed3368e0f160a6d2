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
from docexchange.signing.xades.properties import format_xml, properties_octets, signer_xml
from docexchange.signing.xmldsig.algorithms import Digest, SignatureAlgorithm
from docexchange.signing.xmldsig.build import (
    element_methods,
    key_info_octets,
    octets_methods,
    reference_xml,
    signature_octets,
    signature_value_xml,
    signed_info_octets,
    signed_info_start,
)

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


references = st.builds(
    reference_xml,
    st.one_of(names.map("#{}".format), names.map("cid:{}".format)),
    st.builds(element_methods, st.sampled_from(SHA2))
    | st.builds(octets_methods, st.sampled_from(SHA2)),
    st.binary(max_size=64),
    identity=st.one_of(st.just(""), names),
    kind=st.sampled_from(["", "http://uri.etsi.org/01903#SignedProperties"]),
)


@given(st.lists(references, min_size=1, max_size=4), st.sampled_from(SignatureAlgorithm))
def test_signed_info_is_its_own_canonical_form(
    written: list[str], algorithm: SignatureAlgorithm
) -> None:
    """Whatever the references."""
    octets = signed_info_octets(signed_info_start(algorithm), written)
    assert exclusive(etree.fromstring(octets)) == octets


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
    octets = properties_octets(
        identity,
        signing_time=moment,
        signer=signer_xml(b"x", digest, role=role),
        formats=[format_xml(f"r-{number}", text) for number, text in enumerate(types)],
    )
    assert exclusive(etree.fromstring(octets)) == octets


def test_a_signature_stays_canonical_inside_another_document() -> None:
    """The default namespace of edXML around it changes nothing."""
    reference = reference_xml("#x", element_methods(Digest.SHA256), b"1")
    info = signed_info_octets(signed_info_start(SignatureAlgorithm.RSA_SHA256), [reference])
    key_info = key_info_octets([b"c"])
    xml = signature_octets("s-1", info, value=b"v", key_info=key_info, properties=[b"<q/>"])
    root = etree.fromstring(b'<r xmlns="urn:other" xmlns:e="urn:e">' + xml + b"</r>")
    assert exclusive(root[0][0]) == info
    assert root[0].get("Id") == "s-1"
    assert [child.tag for child in root[0]] == [
        f"{{{DS}}}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo", "Object")
    ]


def test_a_signature_value_is_the_same_inside_and_alone() -> None:
    """What a timestamp is over: it binds its prefix where it stands alone."""
    alone = signature_value_xml("s-1", b"v")
    inside = signature_octets("s-1", b"", value=b"v", key_info=b"", properties=[])
    assert exclusive(etree.fromstring(inside)[0]) == alone.encode()


def test_attachments_have_no_transforms() -> None:
    """Their digest is over their octets; that of an element is over its canonical form."""
    assert "Transforms" not in octets_methods(Digest.SHA256)
    assert element_methods(Digest.SHA256).endswith(octets_methods(Digest.SHA256))
    assert "Transforms" in element_methods(Digest.SHA256)
