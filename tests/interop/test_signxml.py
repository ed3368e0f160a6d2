"""signxml as a second opinion: it accepts what we sign, and refuses what we refuse.

It is given the signer's certificate: the opinion asked for is on the signature, not on trust.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cryptography.exceptions import InvalidSignature
from lxml import etree
from profile_changes_help import CHANGES, extracted
from signing_help import (
    DISTRICT,
    NOW,
    ONE,
    SHA2,
    TWO,
    Forgery,
    assert_passed,
    attachments,
    certify,
    letter,
    private_key,
    sign,
    status,
    verifier_for,
)
from signxml.exceptions import SignXMLException
from signxml.xades import XAdESSignatureConfiguration, XAdESVerifier
from timestamp_help import client

from docexchange.envelope import Envelope, TraceHeader
from docexchange.envelope.names import edxml
from docexchange.signing.xmldsig.algorithms import Digest, Padding

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from docexchange.testing import DemoPki

PLACE = f"./{edxml('edXMLEnvelope')}/{edxml('edXMLHeader')}/"
REFUSES = (SignXMLException, InvalidSignature, ValueError, etree.DocumentInvalid)


def second_opinion(data: bytes, certificate: Certificate, references: int) -> list[Any]:
    """What signxml finds signed."""
    config = XAdESSignatureConfiguration(
        location=PLACE, expect_references=references, verification_time=NOW
    )
    return XAdESVerifier().verify(
        data,
        x509_cert=certificate,
        expect_config=config,
        uri_resolver=extracted(data).get,
        id_attribute="Id",
    )


@pytest.mark.parametrize("kind", ["rsa2048", "rsa3072", "p256", "p384"])
@pytest.mark.parametrize("digest", SHA2)
def test_our_letters_are_accepted(pki: DemoPki, kind: str, digest: Digest) -> None:
    """With the very number of references, and the very octets signed."""
    credential = certify("x", issuer=pki.sub_ca.credential, key=private_key(kind))
    data = sign(letter(*attachments()), credential, digest=digest)
    results = second_opinion(data, credential.certificate, references=6)
    assert [item.signed_data for item in results[3:5]] == [ONE, TWO]
    assert results[0].signed_xml.get("Id") == "m-1"
    assert_passed(verifier_for(pki), data)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("p521", {}),
        ("p256", {"role": "leader"}),
        ("rsa2048", {"padding": Padding.PSS}),
        ("rsa3072", {"padding": Padding.PSS, "digest": Digest.SHA384}),
        ("rsa2048", {"padding": Padding.PSS, "digest": Digest.SHA512}),
    ],
)
def test_every_other_way_to_sign_is_accepted_with_a_timestamp(
    pki: DemoPki, kind: str, options: dict[str, Any]
) -> None:
    """RSA-PSS, the largest curve; what is unsigned beside the signature changes nothing."""
    credential = certify("x", issuer=pki.sub_ca.credential, key=private_key(kind))
    data = sign(letter(*attachments()), credential, timestamps=client(pki.tsa), **options)
    assert len(second_opinion(data, credential.certificate, references=6)) == 6
    assert assert_passed(verifier_for(pki), data).signatures[0].level == "XAdES-B-T"


@pytest.mark.parametrize(
    ("message", "references"), [(letter(), 4), (letter(*attachments()), 6), (status(), 2)]
)
def test_letters_and_status_messages_that_passed_a_hub_are_accepted(
    pki: DemoPki, message: Any, references: int
) -> None:
    """The trace header is outside of what was signed for them too."""
    commune = pki.agency("commune")
    envelope = Envelope.from_bytes(sign(message, commune)).with_trace(TraceHeader(DISTRICT, NOW))
    data = b"".join(envelope.chunks())
    assert len(second_opinion(data, commune.certificate, references)) == references
    assert_passed(verifier_for(pki), data)


@pytest.mark.parametrize("references", [1, 5, 7])
def test_another_number_of_references_is_refused(pki: DemoPki, references: int) -> None:
    """So the number above is no formality."""
    commune = pki.agency("commune")
    data = sign(letter(*attachments()), commune)
    with pytest.raises(REFUSES):
        second_opinion(data, commune.certificate, references)


def test_there_are_enough_changes() -> None:
    """Thirty that both refuse, at least."""
    assert len(CHANGES) >= 30


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_refused_by_both(pki: DemoPki, change: str) -> None:
    """A disagreement would never be a pass."""
    commune = pki.agency("commune")
    data = sign(letter(*attachments()), commune, timestamps=client(pki.tsa))
    second_opinion(data, commune.certificate, references=6)
    forged = CHANGES[change](data)
    with pytest.raises(REFUSES):
        second_opinion(forged, commune.certificate, references=6)
    assert not verifier_for(pki).examine(Envelope.from_bytes(forged)).passed


def test_another_key_is_refused_by_both(pki: DemoPki) -> None:
    """The certificate of the district does not check what the commune signed."""
    data = sign(letter(), pki.agency("commune"))
    with pytest.raises(REFUSES):
        second_opinion(data, pki.agency("district").certificate, references=4)
    forgery = Forgery(data).resign(pki.agency("district").private_key)
    assert not verifier_for(pki).examine(Envelope.from_bytes(forgery.bytes())).passed
