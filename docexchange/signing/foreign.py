"""Validate a signature of another form than ours: the same steps, by the general engine.

What must be covered is decided as always, from the structure of the letter, and proved by identity
of nodes: a part counts when a reference holds whose transforms leave nothing out but the signature.
Of an attachment, its octets count, or the text that carries them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from docexchange.envelope.attachments import Attachment, SpanSource
from docexchange.envelope.base64_stream import encoded_chunks
from docexchange.envelope.names import CONTENT_ELEMENT, DS
from docexchange.errors import InputNotFound, MalformedEnvelope
from docexchange.signing.certificates import load_der, signatory
from docexchange.signing.errors import Refusal, malformed
from docexchange.signing.report import Covered
from docexchange.signing.validation import Validation
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xades.properties import XADES, read_properties
from docexchange.signing.xmldsig.documents import SignedDocument
from docexchange.signing.xmldsig.examine import examine_signature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml.etree import _Element

    from docexchange.envelope.envelope import Envelope
    from docexchange.signing.coverage import Part
    from docexchange.signing.xades.properties import SignedProperties
    from docexchange.signing.xmldsig.canonical import Streams
    from docexchange.signing.xmldsig.examine import CryptographicResult

__all__ = ["ForeignValidation", "texts_of"]

_PROPERTIES: Final = f"{{{DS}}}Object/{{{XADES}}}QualifyingProperties/{{{XADES}}}SignedProperties"
_NEXT_STEPS: Final = ("certificate", "algorithms", "signature value")


class ForeignValidation(Validation):
    """One run through the steps for a signature of any form."""

    def _validate(self, element: _Element) -> None:
        properties, result = self._step("form", lambda: self._read(element))
        for step in _NEXT_STEPS:
            self._step(step, partial(_held, result, step))
        self._step("coverage", lambda: self._check_parts(result, properties))
        self._step("digests", lambda: _raise(result.refusal))
        # Or the first two steps had not held.
        assert result.signature is not None and result.chosen is not None  # noqa: S101, PT018
        self._vouched(result.chosen.certificate, result.chosen.chain, result.signature)

    def _read(self, element: _Element) -> tuple[SignedProperties | None, CryptographicResult]:
        properties = _properties(element)
        result = self._examined(element, properties)
        self._note(result)
        _held(result, "form")
        return properties, result

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
        named = properties.certificate_digests if properties else ()
        try:
            return examine_signature(element, document, policy=self._policy, named=named)
        except (InputNotFound, MalformedEnvelope) as error:
            raise Refusal(
                SubIndication.SIGNED_DATA_NOT_FOUND, str(error), code="signature.missing-part"
            ) from error

    def _note(self, result: CryptographicResult) -> None:
        """What the report tells, whatever comes of it."""
        if result.signature is not None:
            self._facts["algorithm"] = result.signature.signature_method.algorithm
        if result.chosen is not None and result.chosen.certificate:
            self._facts["signatory"] = signatory(load_der(result.chosen.certificate))
        self._facts["level"] = "XMLDSig"
        self._facts["coverage"] = tuple(
            Covered(
                label=item.reference.uri or "the whole document",
                uri=item.reference.uri or "",
                intact=item.intact,
            )
            for item in (*result.references, *result.manifests)
        )

    def _check_parts(
        self, result: CryptographicResult, properties: SignedProperties | None
    ) -> None:
        if any(not item.intact for item in result.references):
            return  # the next step tells which
        missing = [part.label for part in self._subject.parts if not self._covers(result, part)]
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

    def _covers(self, result: CryptographicResult, part: Part) -> bool:
        target = part.target
        if not isinstance(target, Attachment):
            return result.covers(target)
        content = self._subject.contents.get(part.uri)
        return result.covers(target) or (content is not None and result.covers(content))

    def _note_properties(self, result: CryptographicResult, properties: SignedProperties) -> None:
        if not result.covers(properties.element):
            raise malformed("expected SignedProperties under the signature, found them outside")
        self._facts["signing_time"] = properties.signing_time
        self._facts["roles"] = properties.roles
        if properties.certificate_digests and properties.signing_time:
            self._facts["level"] = "XAdES-B-B"


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


def _held(result: CryptographicResult, step: str) -> None:
    """Raise what stopped the engine, if it stopped in this step."""
    refusal = result.refusal
    if refusal is None or result.value_holds:
        if step == "certificate" and result.chosen and not result.chosen.certificate:
            raise Refusal(
                SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
                "expected the signing certificate in KeyInfo, found a key without one",
                code="signature.no-certificate",
            )
        return
    if result.signature is None or result.info is None:
        stopped = "form"
    elif result.chosen is None:
        stopped = "certificate"
    else:
        stopped = "signature value" if refusal.code == "signature.value" else "algorithms"
    if step == stopped:
        raise refusal


def _raise(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise refusal


def texts_of(envelope: Envelope) -> tuple[Streams, dict[str, _Element]]:
    """The text of attachments, by element; and those elements, by the attachment's URI.

    The tree of an envelope holds a number in place of each; see ``envelope.skeleton``.
    """
    elements = list(envelope.root.getroottree().getroot().iter("{*}" + CONTENT_ELEMENT))
    places = {
        _place(slot.source): (element, slot.source)
        for element, slot in zip(elements, envelope.slots, strict=True)
    }
    streams = {element: _text_of(source) for element, source in places.values()}
    contents = {}
    for item in envelope.message.attachments:
        found = places.get(_place(item)) or places.get(_place(item.source))
        if found:
            contents[item.content_id.uri] = found[0]
    return streams, contents


def _place(source: object) -> tuple[int, int]:
    """What tells one text of an envelope from another."""
    if isinstance(source, SpanSource):
        return source.start, source.length
    return -1, id(source)


def _text_of(source: Attachment | SpanSource) -> Callable[[], Iterable[bytes]]:
    return source.text_chunks if isinstance(source, SpanSource) else lambda: _encoded(source)


def _encoded(attachment: Attachment) -> Iterator[bytes]:
    with attachment.open() as stream:
        for _, text in encoded_chunks(stream):
            yield text
