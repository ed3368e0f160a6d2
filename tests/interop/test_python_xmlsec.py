"""python-xmlsec in our profile: in both directions, and of one mind on every named change.

It is given the signer's key and the attachments; trust and coverage are not its business.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree
from profile_changes_help import CHANGES, TAKEN_BY_LIBXMLSEC, extracted, template_of
from signature_peers import xmlsec_verifies
from signing_help import (
    SHA2,
    assert_passed,
    attachments,
    certify,
    letter,
    private_key,
    sign,
    signed_letter,
    status,
    verifier_for,
)
from timestamp_help import client

from docexchange.envelope import Envelope
from docexchange.envelope.names import DS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.signing.xmldsig.algorithms import Digest
    from docexchange.testing import Credential, DemoPki

_CARRIED: dict[str, bytes] = {}
"""What stands behind each ``cid:`` now: the library asks functions that know no letter."""


def _open(uri: bytes) -> io.BytesIO | None:
    octets = _CARRIED.get(uri.decode())
    return None if octets is None else io.BytesIO(octets)


def _read(stream: io.BytesIO, room: memoryview) -> int:
    return stream.readinto(room)


@pytest.fixture(scope="module", autouse=True)
def _attachments_are_found() -> Iterator[None]:
    def ours(uri: bytes) -> bool:
        return uri.startswith(b"cid:")

    xmlsec.cleanup_callbacks()
    xmlsec.register_callbacks(ours, _open, _read, io.BytesIO.close)
    yield
    xmlsec.cleanup_callbacks()
    xmlsec.register_default_callbacks()


def _carrying(data: bytes) -> None:
    _CARRIED.clear()
    _CARRIED.update(extracted(data))


def accepts(data: bytes, signer: Credential) -> bool:
    """Whether the library accepts the signature of a letter."""
    _carrying(data)
    form = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    element = next(etree.fromstring(data).iter(f"{{{DS}}}Signature"), None)
    if element is None:
        return False
    return xmlsec_verifies(element, signer.certificate.public_key().public_bytes(*form))


def signed_by_it(template: bytes, signer: Credential) -> bytes:
    """Have it fill in digests, value and certificates."""
    _carrying(template)
    root = etree.fromstring(template)
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    form = xmlsec.constants.KeyDataFormatPem
    context.key = xmlsec.Key.from_memory(signer.key_pem(), form)
    context.key.load_cert_from_memory(signer.certificate.public_bytes(Encoding.PEM), form)
    for above in signer.chain:
        context.key.load_cert_from_memory(above.public_bytes(Encoding.PEM), form)
    context.sign(next(root.iter(f"{{{DS}}}Signature")))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _signer(pki: DemoPki, kind: str) -> Credential:
    return certify(f"UBND {kind}", issuer=pki.sub_ca.credential, key=private_key(kind))


@pytest.mark.parametrize("kind", ["rsa2048", "rsa3072", "p256", "p384", "p521"])
@pytest.mark.parametrize("digest", SHA2)
def test_our_letters_are_accepted(pki: DemoPki, kind: str, digest: Digest) -> None:
    """Every kind of key and digest, with attachments and a timestamp."""
    signer = _signer(pki, kind)
    data = sign(letter(*attachments()), signer, digest=digest, timestamps=client(pki.tsa))
    assert accepts(data, signer)
    assert_passed(verifier_for(pki), data)


@pytest.mark.parametrize("kind", ["rsa2048", "rsa3072", "p256", "p384"])
@pytest.mark.parametrize("digest", SHA2)
def test_its_letters_are_accepted(pki: DemoPki, kind: str, digest: Digest) -> None:
    """In our profile, every sum in them being the other library's."""
    signer = _signer(pki, kind)
    data = signed_by_it(template_of(sign(letter(*attachments()), signer, digest=digest)), signer)
    assert_passed(verifier_for(pki), data)
    assert accepts(data, signer)


def test_its_status_messages_are_accepted(pki: DemoPki) -> None:
    """A header and nothing else."""
    signer = _signer(pki, "p256")
    assert_passed(verifier_for(pki), signed_by_it(template_of(sign(status(), signer)), signer))


def test_there_are_enough_changes() -> None:
    """Thirty that both refuse, at least."""
    assert len(CHANGES.keys() - TAKEN_BY_LIBXMLSEC) >= 30


@pytest.mark.parametrize("change", TAKEN_BY_LIBXMLSEC)
def test_where_we_are_stricter(pki: DemoPki, change: str) -> None:
    """The library believes it, we do not; the table says why."""
    forged = CHANGES[change](signed_letter(pki))
    assert accepts(forged, pki.agency("commune"))
    report = verifier_for(pki).examine(Envelope.from_bytes(forged))
    assert not report.passed, TAKEN_BY_LIBXMLSEC[change]


@pytest.mark.parametrize("change", sorted(CHANGES.keys() - TAKEN_BY_LIBXMLSEC))
def test_a_change_is_refused_by_both(pki: DemoPki, change: str) -> None:
    """In our letters, and in its own."""
    signer = pki.agency("commune")
    ours = signed_letter(pki)
    for data in (ours, signed_by_it(template_of(ours), signer)):
        assert accepts(data, signer)
        assert_passed(verifier_for(pki), data)
        forged = CHANGES[change](data)
        assert not accepts(forged, signer)
        assert not verifier_for(pki).examine(Envelope.from_bytes(forged)).passed
