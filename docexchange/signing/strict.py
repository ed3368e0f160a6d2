"""Validate the signatures of a file that was read without a parser: the same steps, no tree.

What is digested are the very octets that the letter, or receipt, was read from. It only ever says
yes: what does not pass is validated again in its tree, which finds the reason and decides.

>>> strict_reports(signatures, parts, attachments, trust=trust, policy=policy, at=moment)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.envelope.attachments.base64_stream import decode
from docexchange.envelope.reading.strict_values import OtherwiseError
from docexchange.signing.errors import Refusal
from docexchange.signing.profile import check_certificates
from docexchange.signing.validation import Subject, Validation
from docexchange.signing.xades.properties import SignedProperties, read_octets
from docexchange.signing.xmldsig.element import certificate_octets
from docexchange.signing.xmldsig.model import SignatureForm
from docexchange.signing.xmldsig.plain import read_plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from lxml.etree import _Element

    from docexchange.envelope.attachments.attachment import Attachment
    from docexchange.envelope.reading.strict_signature import StrictSignature
    from docexchange.limits import Limits
    from docexchange.signing.coverage import Part
    from docexchange.signing.policy import VerificationPolicy
    from docexchange.signing.report import SignatureReport
    from docexchange.signing.trust import TrustStore
    from docexchange.signing.validation import SignerCheck

__all__ = ["strict_reports"]

_Form = tuple[SignatureForm, SignedProperties]


def strict_reports(
    signatures: Sequence[StrictSignature],
    parts: Sequence[Part],
    attachments: Sequence[Attachment] = (),
    *,
    trust: TrustStore,
    policy: VerificationPolicy,
    at: datetime,
    signer_check: SignerCheck | None = None,
) -> tuple[SignatureReport, ...]:
    """The reports on signatures that all passed; empty when one did not, or there are none.

    Args:
        signatures: all that stand in the file.
        parts: what must be signed; elements by their octets.
        attachments: those among them.
        trust: anchors and revocation lists.
        policy: what to insist on.
        at: the moment to judge for, timezone-aware.
        signer_check: decides whether the signer may sign for the sender.
    """
    # Nothing unsigned has the strict form, and so no timestamp.
    if policy.require_timestamp or len(signatures) > policy.limits.signatures:
        return ()
    try:
        forms = [_read(signature, policy.limits) for signature in signatures]
        ids = _ids_of(signatures, forms, parts)
    except (OtherwiseError, Refusal, ValueError):
        return ()  # what it is, the tree says
    subject = Subject(
        ids={}, attachments={item.content_id.uri: item for item in attachments}, parts=parts
    )
    reports = []
    for form in forms:
        run = _StrictValidation(subject, trust, policy, at, signer_check, form=form, ids=ids)
        reports.append(run.report())
        if not reports[-1].passed:
            return ()
    return tuple(reports)


def _read(signature: StrictSignature, limits: Limits) -> _Form:
    info, properties = read_plain(signature.signed_info), read_octets(signature.properties)
    if info is None or properties is None or properties.signing_time is None:
        raise OtherwiseError
    if len(info.references) > limits.references:
        raise OtherwiseError
    form = SignatureForm(
        identity=signature.identity,
        octets=info.octets,
        canonicalization=info.canonicalization,
        signature_method=info.signature_method,
        references=info.references,
        value=decode(signature.value),
        certificates=tuple(map(certificate_octets, signature.certificates)),
    )
    check_certificates(form, limits)
    return form, properties


def _ids_of(
    signatures: Sequence[StrictSignature], forms: Sequence[_Form], parts: Sequence[Part]
) -> dict[str, bytes]:
    """What references may point to, once it is sure that no id in the file occurs twice."""
    elements = [
        (part.uri.removeprefix("#"), part.target)
        for part in parts
        if isinstance(part.target, bytes)
    ]
    found, identities = dict(elements), [identity for identity, _ in elements]
    for signature, (form, properties) in zip(signatures, forms, strict=True):
        found[signature.properties_identity] = properties.octets
        identities += signature.identity, signature.value_identity, signature.properties_identity
        identities += [item.identity for item in form.references if item.identity]
    if "" in found or len(set(identities)) != len(identities):
        raise OtherwiseError
    return found


class _StrictValidation(Validation):
    """One run through the steps for a signature of the strict form."""

    def __init__(
        self,
        subject: Subject,
        trust: TrustStore,
        policy: VerificationPolicy,
        at: datetime,
        signer_check: SignerCheck | None,
        *,
        form: _Form,
        ids: Mapping[str, bytes],
    ) -> None:
        super().__init__(subject, trust, policy, at, signer_check)
        self._read, self._octets = form, ids

    @property
    def _ids(self) -> Mapping[str, _Element | bytes]:
        return self._octets

    def report(self) -> SignatureReport:
        """What the signature is worth."""
        return self._reported(self._validate_read)

    def _validate_read(self) -> None:
        self._judge(*self._course.take("form", self._noted))

    def _noted(self) -> _Form:
        signature, properties = self._read
        self._note_method(signature)
        self._note_claims(properties)
        return self._read
