"""What can be added to signatures that are there: a proof of time, or a signature over them.

Neither changes what is signed; both go beside it, into the signature that is meant.

>>> timestamped(envelope, client, at=clock.now())
>>> countersigned(envelope, Signer(key, role="agency"), number=1)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import DS
from docexchange.envelope.writing.splice import place_in_signature
from docexchange.envelope.xml import parse
from docexchange.errors import UsageError
from docexchange.signing.coverage import countersigned_part
from docexchange.signing.draft import unsignable
from docexchange.signing.errors import Refusal
from docexchange.signing.signer import SignedEnvelope
from docexchange.signing.xades.names import xades
from docexchange.signing.xades.unsigned import counter_signature_xml, timestamp_xml
from docexchange.signing.xmldsig.c14n import exclusive
from docexchange.signing.xmldsig.references import element_ids

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.etree import _Element

    from docexchange.envelope.envelope import Envelope
    from docexchange.signing.signer import Signer
    from docexchange.signing.timestamps import TsaClient

__all__ = ["countersigned", "timestamped"]

_VALUE: Final = f"{{{DS}}}SignatureValue"
_STAMP: Final = "/".join(  # its own: signatures over it, inside, may have others
    (
        f"{{{DS}}}Object",
        xades("QualifyingProperties"),
        xades("UnsignedProperties"),
        xades("UnsignedSignatureProperties"),
        xades("SignatureTimeStamp"),
    )
)


def timestamped(envelope: Envelope, client: TsaClient, *, at: datetime) -> SignedEnvelope:
    """The envelope with a timestamp over each of its signatures that has none.

    Args:
        envelope: one that is signed already.
        client: gets timestamps.
        at: the present, timezone-aware.

    Raises:
        UsageError: it has no signature, or none that XAdES knows.
        MalformedEnvelope: where a timestamp goes cannot be told.
        TransportError: no authority gave one.
    """
    for signature in _signatures(envelope):
        if signature.find(_STAMP) is None:
            token = client.stamp(exclusive(_value(signature)), at=at)
            envelope = _added(envelope, signature, timestamp_xml(token.der).encode())
    return SignedEnvelope(envelope)


def countersigned(envelope: Envelope, signer: Signer, *, number: int = 1) -> SignedEnvelope:
    """The envelope with a signature over the value of one of its signatures.

    Args:
        envelope: one that is signed already.
        signer: who countersigns.
        number: of the signature to countersign, from 1.

    Raises:
        UsageError: there is no such signature, or its value has no ``Id`` to refer to.
        UnusableKey: the certificate is not valid now.
        MalformedEnvelope: where the counter-signature goes cannot be told.
        TransportError: no authority gave the timestamp that was wanted.
    """
    found = _signatures(envelope)
    if not 1 <= number <= len(found):
        raise UsageError(
            f"expected a signature numbered 1 to {len(found)}, found {number}",
            code="sign.no-such-signature",
        )
    signature = found[number - 1]
    try:
        element_ids(envelope.root)
    except Refusal as refusal:
        raise unsignable(refusal) from refusal
    made = signer.signature([countersigned_part(_value(signature))])
    if parse(made).get("Id") in element_ids(envelope.root):
        raise UsageError(
            "expected a signature that this key has not countersigned, found its signature of "
            "this very moment",
            code="sign.twice",
        )
    return SignedEnvelope(_added(envelope, signature, counter_signature_xml(made)))


def _signatures(envelope: Envelope) -> list[_Element]:
    found = envelope.header.findall(f"{{{DS}}}Signature")
    if not found:
        raise UsageError(
            "expected a letter that is signed, found one that is not",
            code="sign.none",
            advice="Sign it first.",
        )
    return found


def _value(signature: _Element) -> _Element:
    found = signature.find(_VALUE)
    if found is None:
        raise UsageError("expected a SignatureValue, found none", code="sign.unsignable")
    return found


def _added(envelope: Envelope, signature: _Element, properties: bytes) -> Envelope:
    identity = signature.get("Id", "")
    if not identity:
        raise UsageError(
            "expected an Id on the signature, found none",
            code="sign.no-id",
            advice="Only a XAdES signature can hold more than itself.",
        )
    return envelope.spliced(place_in_signature(envelope.skeleton, identity, properties))
