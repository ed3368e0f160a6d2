"""Examine a signature as others make them: is it made by the key it names, over what it names?

1. Form: ``Signature`` by the letter of the schema.
2. Key: the signer's certificate, or a key that the caller knows.
3. Algorithms: allowed by the policy, and fit for the key.
4. Signature value: made by that key over ``SignedInfo``.
5. References: each digest, one by one; then those of manifests, which do not decide.

Nothing is said about trust, nor about whether what is covered is what matters: a caller asks
``covers`` for each thing that does.

>>> result = examine_signature(element, SignedDocument(root), policy=VerificationPolicy.general())
>>> result.intact, result.covers(root)
(True, True)
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from docexchange.envelope.attachments.attachment import Attachment
from docexchange.envelope.names import DS
from docexchange.errors import UnreadableInput
from docexchange.signing.certificates import load_der
from docexchange.signing.errors import Refusal, malformed
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xmldsig.algorithms import ENVELOPED, Canonicalization, Digest, name_of
from docexchange.signing.xmldsig.diagnosis import Diagnosis
from docexchange.signing.xmldsig.element import read_reference, read_signature
from docexchange.signing.xmldsig.keyinfo import read_key_info
from docexchange.signing.xmldsig.keys import KnownKeys, choose_key
from docexchange.signing.xmldsig.parameters import read_parameters
from docexchange.signing.xmldsig.references import changed
from docexchange.signing.xmldsig.selection import Selection
from docexchange.signing.xmldsig.transforms import Pipeline, method_of
from docexchange.signing.xmldsig.value import verify_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

    from docexchange.signing.policy import VerificationPolicy
    from docexchange.signing.xmldsig.documents import SignedDocument
    from docexchange.signing.xmldsig.element import Reference, SignatureElement
    from docexchange.signing.xmldsig.keyinfo import KeyInfo
    from docexchange.signing.xmldsig.keys import Chosen
    from docexchange.signing.xmldsig.transforms import Resource

    _Digested = tuple[bytes, int, Selection | Attachment | None]

__all__ = ["CheckedReference", "CryptographicResult", "examine_signature"]

_MANIFEST: Final = DS + "Manifest"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedReference:
    """One reference, and what came of it."""

    reference: Reference
    """As written."""
    refusal: Refusal | None = None
    """Why it does not hold; None when it does."""
    size: int = 0
    """Octets that were digested."""
    target: Selection | Attachment | None = field(default=None, repr=False)
    """What is covered: nodes of the document, all of them; or octets; None when that cannot be
    said, because a transform chose among them."""

    @property
    def intact(self) -> bool:
        """Whether the digest holds."""
        return self.refusal is None

    def covers(self, item: _Element | Attachment | bytes) -> bool:
        """Whether it holds over the whole of an element or an attachment."""
        if not self.intact or self.target is None:
            return False
        if not isinstance(self.target, Selection):
            return item is self.target
        return not isinstance(item, (Attachment, bytes)) and _contains(self.target, item)


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptographicResult:
    """What the mathematics says about one signature."""

    refusal: Refusal | None = None
    """The first step that did not hold; None when all did."""
    signature: SignatureElement | None = None
    """The signature, where its form holds."""
    info: KeyInfo | None = None
    """What it says about its key."""
    chosen: Chosen | None = None
    """The key that it was checked with."""
    algorithm: str = ""
    """Signature algorithm, by the name people know."""
    value_holds: bool = False
    """Whether the signature value was made by that key over ``SignedInfo``."""
    references: tuple[CheckedReference, ...] = ()
    """Its references, in order."""
    manifests: tuple[CheckedReference, ...] = ()
    """The references of its manifests; they do not decide (XMLDSig 1.1, clause 5.1)."""

    @property
    def intact(self) -> bool:
        """Whether the value holds, and every digest."""
        return self.refusal is None

    def covers(self, item: _Element | Attachment | bytes) -> bool:
        """Whether an element or attachment is wholly under the signature, and unchanged."""
        return self.value_holds and any(part.covers(item) for part in self.references)


def examine_signature(
    element: _Element,
    document: SignedDocument,
    *,
    policy: VerificationPolicy,
    keys: KnownKeys | None = None,
    named: Sequence[tuple[Digest, bytes]] = (),
) -> CryptographicResult:
    """Examine one signature; never raises for a bad one.

    Args:
        element: the ``ds:Signature``, in the tree of the document.
        document: the document, and what lies beside it.
        policy: which algorithms, transforms and keys are accepted, and how much may be spent.
        keys: keys that the caller knows.
        named: digests of the signing certificate, out of signed properties.
    """
    return _Examination(document, policy, keys or KnownKeys(), named).run(element)


class _Examination:
    """One run; keeps what became known up to where it stopped."""

    def __init__(
        self,
        document: SignedDocument,
        policy: VerificationPolicy,
        keys: KnownKeys,
        named: Sequence[tuple[Digest, bytes]],
    ) -> None:
        self._document, self._policy = document, policy
        self._keys, self._named = keys, named
        self._signature: SignatureElement | None = None
        self._info: KeyInfo | None = None
        self._chosen: Chosen | None = None
        self._value_holds = False
        self._references: tuple[CheckedReference, ...] = ()
        self._manifests: list[CheckedReference] = []
        self._diagnosis = Diagnosis()
        self._digests: dict[object, _Digested] = {}

    def run(self, element: _Element) -> CryptographicResult:
        refusal: Refusal | None = None
        try:
            self._examine(element)
        except Refusal as caught:
            refusal = caught
        broken = next((item.refusal for item in self._references if item.refusal), None)
        method = self._signature.signature_method.algorithm if self._signature else ""
        return CryptographicResult(
            refusal=refusal or broken,
            signature=self._signature,
            info=self._info,
            chosen=self._chosen,
            algorithm=name_of(method) if method else "",
            value_holds=self._value_holds,
            references=self._references,
            manifests=tuple(self._manifests),
        )

    def _examine(self, element: _Element) -> None:
        limits, policy = self._document.limits, self._policy
        signature = read_signature(element, max_references=limits.references, profile=False)
        self._signature = signature
        pipeline = Pipeline.of(
            self._document, element, policy.transforms, deviations=policy.deviations
        )
        self._info = read_key_info(signature.key_info, pipeline)
        self._chosen = choose_key(self._info, self._keys, named=self._named, bare=policy.key_values)
        self._check_value(signature, pipeline)
        self._references = tuple(self._check(item, pipeline) for item in signature.references)
        self._check_manifests(pipeline)

    def _check_value(self, signature: SignatureElement, pipeline: Pipeline) -> None:
        assert self._chosen is not None  # noqa: S101 - found in the step before
        policy, method = self._policy, signature.signature_method
        algorithm = policy.signature_algorithm(method.algorithm)
        parameters = read_parameters(method, algorithm, policy.digests)
        if self._chosen.certificate:
            policy.check_certificate(load_der(self._chosen.certificate), algorithm, parameters)
        else:
            policy.check_key(self._chosen.key, algorithm)
        if signature.canonicalization.algorithm not in policy.transforms:
            raise Refusal(
                SubIndication.SIG_CONSTRAINTS_FAILURE,
                "expected canonical XML that the policy allows for SignedInfo, found "
                f"{name_of(signature.canonicalization.algorithm)}",
                code="signature.canonicalization",
            )
        # A comment inside is no part of what was read; it may be part of what was signed.
        info = Selection(source=self._document.source, apex=signature.signed_info, comments=True)
        written = info.canonical(method_of(signature.canonicalization))
        data = b"".join(written)
        pipeline.octets.spend(len(data))
        verify_value(
            self._chosen.key,
            algorithm,
            data,
            signature.value,
            parameters=parameters,
            deviations=policy.deviations,
        )
        self._value_holds = True

    def _check(self, reference: Reference, pipeline: Pipeline) -> CheckedReference:
        try:
            digest = self._policy.digest(reference.digest_method)
            value, size, target = self._digest(reference, digest, pipeline)
            if not hmac.compare_digest(value, reference.digest_value):
                raise changed(reference, value, self._diagnosis.of(reference, target))
        except Refusal as refusal:
            return CheckedReference(reference=reference, refusal=refusal)
        except UnreadableInput as error:
            missing = Refusal(
                SubIndication.SIGNED_DATA_NOT_FOUND, str(error), code="signature.missing-part"
            )
            return CheckedReference(reference=reference, refusal=missing)
        return CheckedReference(reference=reference, size=size, target=target)

    def _digest(self, reference: Reference, digest: Digest, pipeline: Pipeline) -> _Digested:
        """Digest, octets, and what is covered; the same thing is never digested twice."""
        plain = not any(item.has_parameters for item in reference.transforms)
        key = (reference.uri, reference.transforms, digest)
        if plain and key in self._digests:
            return self._digests[key]
        start = self._document.find(reference.uri)
        result = pipeline.run(start, reference.transforms)
        value, size = _hashed(result, digest, pipeline)
        if isinstance(result, Attachment):
            found: _Digested = value, size, result
        else:
            found = value, size, _covered(start, reference, pipeline)
        if plain:
            self._digests[key] = found
        return found

    def _check_manifests(self, pipeline: Pipeline) -> None:
        left = self._document.limits.references
        for checked in self._references:
            if checked.reference.type != _MANIFEST or not isinstance(checked.target, Selection):
                continue
            apex = checked.target.apex
            if apex is None or apex.tag != f"{{{DS}}}Manifest":
                raise malformed("expected a Manifest behind a reference of that type")
            found = list(apex.iterchildren(f"{{{DS}}}Reference"))
            left -= len(found)
            if left < 0:
                raise malformed("expected fewer references in manifests, found very many")
            self._manifests += (self._check(read_reference(item), pipeline) for item in found)


def _hashed(resource: Resource, digest: Digest, pipeline: Pipeline) -> tuple[bytes, int]:
    if isinstance(resource, Attachment) and digest is Digest.SHA256:
        return resource.sha256, resource.size
    made, size = digest.new(), 0
    for piece in pipeline.chunks(resource):
        made.update(piece)
        size += len(piece)
    return made.digest(), size


def _covered(
    start: Selection | Attachment, reference: Reference, pipeline: Pipeline
) -> Selection | None:
    """The nodes that are covered, where it is sure that no transform dropped any of them.

    Canonical forms write every node, and ``enveloped-signature`` leaves out the signature alone;
    whatever else a transform does, it may have left out what matters.
    """
    sure = {ENVELOPED, *Canonicalization}
    if not isinstance(start, Selection):
        return None
    if not sure.issuperset(item.algorithm for item in reference.transforms):
        return None
    if any(item.algorithm == ENVELOPED for item in reference.transforms):
        # Of an object of the signature nothing is left then: the digest is over no octets.
        apex = _apex(start)
        inside = pipeline.signature in (apex, *apex.iterancestors())
        return None if inside else start.less(pipeline.signature)
    return start


def _contains(selection: Selection, item: _Element) -> bool:
    """By identity of nodes: below the apex, not left out, and nothing left out below it."""
    above = {id(element) for element in (item, *item.iterancestors())}
    if id(_apex(selection)) not in above or any(id(left) in above for left in selection.without):
        return False
    return not any(item in left.iterancestors() for left in selection.without)


def _apex(selection: Selection) -> _Element:
    return selection.source.root if selection.apex is None else selection.apex
