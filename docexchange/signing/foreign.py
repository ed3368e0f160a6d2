"""Validate a signature of another form than ours: the same steps, by the general engine.

What must be covered is decided as always, from the structure of the letter, and proved by identity
of nodes: a part counts when a reference holds whose transforms leave nothing out but the signature.
Of an attachment, its octets count, or the element with the text that carries them and the content
id that ties them to the manifest.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from docexchange.envelope.attachments.attachment import Attachment
from docexchange.envelope.names import DS, local_name
from docexchange.errors import InputNotFound, MalformedEnvelope
from docexchange.signing.certificates import signatory_of
from docexchange.signing.errors import Refusal, malformed
from docexchange.signing.report import Covered
from docexchange.signing.validation import Validation
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xades.earlier import EARLIER_TYPES, find_earlier, read_earlier
from docexchange.signing.xades.first_version import check_first_version
from docexchange.signing.xades.properties import SIGNED_PROPERTIES, XADES, read_properties
from docexchange.signing.xades.unsigned import read_unsigned
from docexchange.signing.xmldsig.algorithms import name_of
from docexchange.signing.xmldsig.deviations import Deviation
from docexchange.signing.xmldsig.documents import SignedDocument
from docexchange.signing.xmldsig.examine import examine_signature
from docexchange.signing.xmldsig.selection import Selection

if TYPE_CHECKING:
    from lxml.etree import _Element

    from docexchange.signing.coverage import Part
    from docexchange.signing.xades.properties import SignedProperties
    from docexchange.signing.xmldsig.element import SignatureElement
    from docexchange.signing.xmldsig.examine import CheckedReference, CryptographicResult
    from docexchange.signing.xmldsig.keys import Chosen

__all__ = ["ForeignValidation"]

_SIGNED: Final = f"{{{XADES}}}SignedProperties"
_PROPERTIES: Final = f"{{{DS}}}Object/{{{XADES}}}QualifyingProperties/{_SIGNED}"
_UNJUDGED: Final = [
    f"{{{XADES}}}{name}"
    for name in (
        "AllDataObjectsTimeStamp",
        "IndividualDataObjectsTimeStamp",
        "CertifiedRoles",
        "CertifiedRolesV2",
        "SignedAssertions",
    )
]
_NEXT_STEPS: Final = ("certificate", "algorithms", "signature value")
_OF_THE_VALUE: Final = {"signature.value", Deviation.DER_VALUE, Deviation.VALUE_LENGTH}
_STAMPED: Final = {"XAdES-B-B": "XAdES-B-T", "XAdES-BES": "XAdES-T"}
"""Levels with a good timestamp."""


class ForeignValidation(Validation):
    """One run through the steps for a signature of any form."""

    def _validate(self, element: _Element) -> None:
        properties, result = self._course.take("form", self._read, element)
        for step in _NEXT_STEPS:
            self._course.take(step, _held, result, step, properties)
        self._course.take("coverage", self._check_parts, result, properties)
        self._course.take("digests", _raise, result.refusal or _changed_file(result))
        # Or the first two steps had not held.
        assert result.signature is not None and result.chosen is not None  # noqa: S101, PT018
        self._judge_earlier(element, result)
        self._tell_unjudged(properties)
        later = self._judge_unsigned(result.signature, properties)
        self._vouched(result.chosen.certificate, result.chosen.chain, result.signature)
        if later:
            material = f"not judged yet: {', '.join(later)}"
            self._course.note("long-term material", passed=None, detail=material)

    def _read(self, element: _Element) -> tuple[SignedProperties | None, CryptographicResult]:
        properties = _properties(element)
        result = self._examined(element, properties)
        self._note(result)
        _held(result, "form")
        return properties, result

    def _judge_earlier(self, element: _Element, result: CryptographicResult) -> None:
        """Wherever they stand; whoever moves them aside must not make the signature a plain one."""
        for found in dict.fromkeys([*find_earlier(element), *map(_apex, result.references)]):
            earlier = None if found is None else read_earlier(found)
            if earlier is not None:
                told = f"not judged yet: {earlier}"
                self._course.note("SignedProperties", passed=None, detail=told)
                if earlier.has_policy:
                    self._course.take("policy", earlier.refuse_policy)

    def _tell_unjudged(self, properties: SignedProperties | None) -> None:
        """What the signer had others say under the signature: timestamps over files, and roles."""
        target = properties.target if properties else None
        found = [] if target is None or isinstance(target, bytes) else target.iter(*_UNJUDGED)
        names = dict.fromkeys(local_name(str(item.tag)) for item in found)
        if names:
            told = f"not judged yet: {', '.join(names)}"
            self._course.note("SignedProperties", passed=None, detail=told)

    def _judge_unsigned(
        self, signature: SignatureElement, properties: SignedProperties | None
    ) -> tuple[str, ...]:
        """Everything but what is for long-term validation, of which the names come back."""
        beside = properties.unsigned if properties else None
        empty = beside is not None and not len(beside)  # which the schema allows, and nobody needs
        unsigned = read_unsigned(None if empty else beside, others=True)
        self._countersigned(signature, unsigned)
        if unsigned.others:
            told = f"not judged, as no standard knows them: {', '.join(unsigned.others)}"
            self._course.note("UnsignedProperties", passed=None, detail=told)
        if properties is not None:
            self._check_policy(properties)
        if unsigned.timestamps or self._policy.require_timestamp:
            level = self._course.facts["level"]
            self._check_timestamps(signature, unsigned)
            if self._course.facts["level"] != level:
                self._course.facts["level"] = _STAMPED.get(level, level)
        return unsigned.later

    def _examined(
        self, element: _Element, properties: SignedProperties | None
    ) -> CryptographicResult:
        subject = self._subject
        document = SignedDocument(
            element,
            detached=subject.attachments,
            streams=subject.streams,
            limits=self._policy.limits,
            ids=subject.ids,
        )
        named = properties.named if properties else ()
        try:
            return examine_signature(element, document, policy=self._policy, named=named)
        except (InputNotFound, MalformedEnvelope) as error:
            raise Refusal(
                SubIndication.SIGNED_DATA_NOT_FOUND, str(error), code="signature.missing-part"
            ) from error

    def _note(self, result: CryptographicResult) -> None:
        """What the report tells, whatever comes of it."""
        if result.signature is not None:
            method = result.signature.signature_method.algorithm
            self._course.facts["algorithm"], self._course.facts["algorithm_name"] = (
                method,
                name_of(method),
            )
        if result.chosen is not None and result.chosen.certificate:
            self._course.facts["signatory"] = signatory_of(result.chosen.certificate)
        self._course.facts["level"] = "XMLDSig"
        self._course.facts["foreign"] = True
        # What manifests name is no part: they may leave the digests to the reader.
        beside = (replace(self._covered(item), parts=()) for item in result.manifests)
        self._course.facts["coverage"] = (*map(self._covered, result.references), *beside)

    def _covered(self, item: CheckedReference) -> Covered:
        reference = item.reference
        return Covered(
            label=reference.uri or "the whole document",
            uri=reference.uri or "",
            intact=item.intact,
            octets=item.size,
            digest=name_of(reference.digest_method),
            parts=tuple(part.label for part in self._subject.parts if self._holds(item, part)),
            whole=item.target is not None,
        )

    def _check_parts(
        self, result: CryptographicResult, properties: SignedProperties | None
    ) -> None:
        if any(not item.intact for item in result.references):
            return  # the next step tells which
        held = {part for item in self._course.facts["coverage"] for part in item.parts}
        missing = [part.label for part in self._subject.parts if part.label not in held]
        if missing:
            raise Refusal(
                SubIndication.FORMAT_FAILURE,
                "expected every part of the letter under the signature, found not covered: "
                f"{', '.join(missing)}",
                code="signature.coverage",
                advice="Parts of this letter are not vouched for. Do not use it.",
            )
        if properties is not None:
            self._note_properties(result, properties)
        elif any(map(_is_to_properties, result.references)):
            raise malformed(
                "expected SignedProperties in the Object of their signature, found them elsewhere"
            )

    def _holds(self, item: CheckedReference, part: Part) -> bool:
        target = part.target
        if not isinstance(target, Attachment):
            return item.covers(target)
        box = self._subject.boxes.get(part.uri)
        return item.covers(target) or (box is not None and item.covers(box))

    def _note_properties(self, result: CryptographicResult, properties: SignedProperties) -> None:
        if not result.covers(properties.target):
            raise malformed("expected SignedProperties under the signature, found them outside")
        self._course.facts["signing_time"] = properties.signing_time
        self._course.facts["roles"] = properties.roles
        if properties.named and properties.signing_time:
            # The baseline of EN 319 132-1 has the second version; what came before it is no level.
            second = bool(properties.certificate_digests)
            self._course.facts["level"] = "XAdES-B-B" if second else "XAdES-BES"


def _changed_file(result: CryptographicResult) -> Refusal | None:
    """Why what a manifest names is not what was signed, where it is at hand.

    XMLDSig 1.1, clause 5.1, leaves it to the application; ours is asked whether files are genuine.
    What is not at hand is told and decides nothing.
    """
    refusals = (item.refusal for item in result.manifests)
    failed = SubIndication.HASH_FAILURE
    return next((item for item in refusals if item and item.sub_indication is failed), None)


def _is_to_properties(item: CheckedReference) -> bool:
    """Whether the signer signed properties: whoever hides them takes role and policy away."""
    apex = _apex(item)
    if apex is not None and read_earlier(apex) is not None:
        return False  # told for what they are
    named = item.reference.type in {SIGNED_PROPERTIES, *EARLIER_TYPES}
    return named or (apex is not None and apex.tag == _SIGNED)


def _apex(item: CheckedReference) -> _Element | None:
    return item.target.apex if isinstance(item.target, Selection) else None


def _properties(element: _Element) -> SignedProperties | None:
    found = element.findall(_PROPERTIES)
    if not found:
        return None
    if len(found) > 1:
        raise malformed(f"expected SignedProperties at most once, found {len(found)}")
    qualifying = found[0].getparent()
    target = qualifying.get("Target", "") if qualifying is not None else ""
    if target.removeprefix("#") != element.get("Id", ""):
        raise malformed(f"expected SignedProperties for this signature, found them for {target!r}")
    return read_properties(found[0])


def _held(
    result: CryptographicResult, step: str, properties: SignedProperties | None = None
) -> None:
    """Raise what stopped the engine, if it stopped in this step."""
    refusal = result.refusal
    if refusal is None or result.value_holds:
        if step == "certificate" and result.chosen:
            _check_chosen(result.chosen, properties)
        return
    if result.signature is None or result.info is None:
        stopped = "form"
    elif result.chosen is None:
        stopped = "certificate"
    else:
        stopped = "signature value" if refusal.code in _OF_THE_VALUE else "algorithms"
    if step == stopped:
        raise refusal


def _check_chosen(chosen: Chosen, properties: SignedProperties | None) -> None:
    if not chosen.certificate:
        raise Refusal(
            SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
            "expected the signing certificate in KeyInfo, found a key without one",
            code="signature.no-certificate",
        )
    if properties is not None:
        check_first_version(properties.first_version, chosen.certificate)


def _raise(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise refusal
