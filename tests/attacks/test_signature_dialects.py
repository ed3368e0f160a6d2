"""Signed letters in other dialects: the signature counts for what is read, and for nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from letters import NAMESPACE, octets
from rewriting import GO_VN, bare, wrapped
from signing_help import assert_passed, attachments, letter, sign, signed_letter, verifier_for

from docexchange.envelope import Envelope
from docexchange.errors import DocExchangeError, VerificationFailed

if TYPE_CHECKING:
    from docexchange.testing import DemoPki


def unsigned() -> bytes:
    """The letter without signature."""
    return octets(Envelope.of(letter(*attachments())))


@pytest.mark.parametrize("namespace", [GO_VN, b""])
def test_a_letter_signed_in_another_dialect_passes(pki: DemoPki, namespace: bytes):
    """Parts are looked up in the dialect of the letter, and all are covered."""
    data = unsigned().replace(NAMESPACE, namespace) if namespace else bare(unsigned())
    signed = sign(Envelope.from_bytes(data), pki.agency("commune"))
    assert_passed(verifier_for(pki), signed)
    assert_passed(verifier_for(pki), wrapped(signed))


def test_a_signed_letter_passes_inside_soap(pki: DemoPki):
    """Wrapping changes no digest."""
    assert_passed(verifier_for(pki), wrapped(signed_letter(pki)))


def test_a_letter_moved_to_another_namespace_fails(pki: DemoPki):
    """The namespace of what is signed is signed too."""
    moved = Envelope.from_bytes(signed_letter(pki).replace(NAMESPACE, GO_VN))
    with pytest.raises(VerificationFailed) as refused:
        verifier_for(pki).verify(moved)
    assert refused.value.code == "signature.digest"


@pytest.mark.parametrize("forged_namespace", [NAMESPACE, GO_VN, b""])
def test_a_signed_letter_beside_a_forged_one_never_vouches_for_it(
    pki: DemoPki, forged_namespace: bytes
):
    """Of two letters in one file neither is taken, wherever the signed one is put."""
    signed = signed_letter(pki).partition(b"?>")[2]
    forged = unsigned().partition(b"?>")[2].replace(NAMESPACE, forged_namespace or NAMESPACE)
    forged = forged if forged_namespace else bare(forged)
    forged = forged.replace(b'Id="m-1', b'Id="m-2')
    for first, second in ((signed, forged), (forged, signed)):
        for data in (
            wrapped(first, beside=b"<s:Header>" + second + b"</s:Header>"),
            wrapped(first + second),
            first.replace(b"</edXML>", second + b"</edXML>"),
        ):
            with pytest.raises(DocExchangeError):
                verifier_for(pki).verify(Envelope.from_bytes(data))


def test_an_id_outside_the_envelope_counts_as_doubled(pki: DemoPki):
    """The SOAP header cannot bring a second element under a signed id."""
    header = b'<s:Header><x Id="m-1"/></s:Header>'
    envelope = Envelope.from_bytes(wrapped(signed_letter(pki), beside=header))
    assert verifier_for(pki).examine(envelope).code == "signature.duplicate-id"
