"""A second opinion: signxml judges the same signatures; where it disagrees, nothing passes.

It is asked about the mathematics only (signature value and digests, with the signer's certificate
given), about each signature on its own, and only where it is able to judge: our own form, or an
enveloped signature under exclusive canonical XML, in a file of moderate size. Elsewhere the step
says that it was not asked. That it says yes where we say no mends nothing.

>>> report = with_second_opinion(verifier.examine(envelope), SignedFile.of(envelope))
"""

from __future__ import annotations

import base64
import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import DS
from docexchange.envelope.xml import parse
from docexchange.errors import DocExchangeError
from docexchange.signing.certificates import fingerprint, load_der
from docexchange.signing.report import Step
from docexchange.signing.verdicts import Indication, SubIndication
from docexchange.signing.xmldsig.algorithms import (
    ENVELOPED,
    EXCLUSIVE_C14N,
    Digest,
    SignatureAlgorithm,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from lxml.etree import _Element

    from docexchange.envelope import Attachment, Envelope
    from docexchange.signing.report import Report, SignatureReport

__all__ = ["MOST_OCTETS", "SignedFile", "with_second_opinion"]

MOST_OCTETS: Final = 6 * 1024 * 1024
"""Larger files are not handed over: signxml holds them in memory several times, and its parser
refuses long texts."""
_SIGNATURE: Final = f"{{{DS}}}Signature"
_KNOWN: Final = {
    f"{kind}_SHA{size}" for kind in ("RSA", "ECDSA", "PSS") for size in (256, 384, 512)
}
_DIGESTS: Final = {Digest.SHA256.value, Digest.SHA384.value, Digest.SHA512.value}
_COMPARABLE: Final = {SubIndication.HASH_FAILURE, SubIndication.SIG_CRYPTO_FAILURE}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedFile:
    """A file as signxml is given it."""

    octets: bytes
    """All of it."""
    attachments: Mapping[str, Attachment]
    """What references outside the tree mean, by URI."""

    @classmethod
    def of(cls, envelope: Envelope) -> SignedFile | None:
        """A letter; None where it is too large to be handed over."""
        attachments = {item.content_id.uri: item for item in envelope.message.attachments}
        if sum(item.size for item in attachments.values()) > MOST_OCTETS:
            return None
        return cls(octets=b"".join(envelope.chunks()), attachments=attachments)


def with_second_opinion(report: Report, file: SignedFile | None) -> Report:
    """The report, after signxml was asked about each of its signatures.

    Args:
        report: what we say.
        file: what it is about; None for one that is too large.
    """
    elements = _signatures(file, len(report.signatures))
    asked = tuple(
        _asked(signature, element, file, report.checked_at)
        for signature, element in zip(report.signatures, elements, strict=True)
    )
    worst = max(asked, key=lambda item: item.indication.severity)
    if worst.indication.severity <= report.indication.severity:
        return replace(report, signatures=asked)
    return replace(
        report,
        indication=worst.indication,
        sub_indication=worst.sub_indication,
        reason=worst.reason,
        code=worst.code,
        advice=worst.advice,
        signatures=asked,
    )


def _signatures(file: SignedFile | None, count: int) -> list[_Element | None]:
    """The signatures that the report is about, in order; None for each where that is not sure."""
    unknown: list[_Element | None] = [None] * count
    if file is None or len(file.octets) > MOST_OCTETS:
        return unknown
    try:
        root = parse(file.octets)
    except DocExchangeError:
        return unknown
    found = [item for item in root.iter(_SIGNATURE) if not _inside_another(item)]
    return [*found] if len(found) == count else unknown


def _inside_another(element: _Element) -> bool:
    return any(above.tag == _SIGNATURE for above in element.iterancestors())


def _asked(
    signature: SignatureReport, element: _Element | None, file: SignedFile | None, at: datetime
) -> SignatureReport:
    holds = any(step.name == "digests" and step.passed for step in signature.steps)
    if file is None or element is None or not _able(element):
        return _noted(signature, "signxml was not asked: it cannot judge such a file")
    if not holds and signature.sub_indication not in _COMPARABLE:
        return _noted(signature, "signxml was not asked: it knows no rules of this kind")
    problem = _problem(element, signature, file, at)
    if holds == (not problem):
        return _noted(signature, "signxml says the same", passed=True)
    ours, theirs = ("it holds", problem) if holds else (signature.reason, "it holds")
    told = f"expected signxml to say the same as we do ({ours}), found: {theirs}"
    noted = _noted(signature, told, passed=False)
    return _undecided(noted, told) if signature.indication is Indication.TOTAL_PASSED else noted


def _undecided(signature: SignatureReport, told: str) -> SignatureReport:
    return replace(
        signature,
        indication=Indication.INDETERMINATE,
        sub_indication=None,
        reason=told,
        code="signature.second-opinion",
        advice="Two programs disagree, so nobody should rely on it. Report it as a fault of one "
        "of them, with the file.",
    )


def _noted(
    signature: SignatureReport, detail: str, *, passed: bool | None = None
) -> SignatureReport:
    number = len(signature.steps) + 1
    step = Step(number=number, name="second opinion", passed=passed, detail=detail)
    return replace(signature, steps=(*signature.steps, step))


def _able(element: _Element) -> bool:
    """Whether signxml (5.2) does all that this signature asks for, and in that order."""
    methods = [item.get("Algorithm", "") for item in element.iter(f"{{{DS}}}SignatureMethod")]
    digests = {item.get("Algorithm", "") for item in element.iter(f"{{{DS}}}DigestMethod")}
    forms = {item.get("Algorithm") for item in element.iter(f"{{{DS}}}CanonicalizationMethod")}
    steps = {item.get("Algorithm") for item in element.iter(f"{{{DS}}}Transform")}
    references = element.findall(f"{{{DS}}}SignedInfo/{{{DS}}}Reference")
    return (
        all(uri in set(SignatureAlgorithm) for uri in methods)
        and all(SignatureAlgorithm(uri).name in _KNOWN for uri in methods)
        and digests <= _DIGESTS
        and forms == {EXCLUSIVE_C14N}
        and steps <= {EXCLUSIVE_C14N, ENVELOPED}
        and all(map(_spelt_out, references))
    )


def _spelt_out(reference: _Element) -> bool:
    """Whether it says its canonical form, where it needs one; defaults are read in two ways."""
    uri = reference.get("URI")
    steps = [item.get("Algorithm") for item in reference.iter(f"{{{DS}}}Transform")]
    inside = uri == "" or (uri is not None and uri.startswith("#"))
    return uri is not None and (steps[-1:] == [EXCLUSIVE_C14N] if inside else not steps)


def _problem(element: _Element, signature: SignatureReport, file: SignedFile, at: datetime) -> str:
    """What signxml finds wrong; empty where it finds nothing."""
    from signxml.xades import XAdESSignatureConfiguration, XAdESVerifier

    certificate = _certificate(element, signature)
    if not certificate:
        return "no certificate of the signer"
    root, alone = _alone(element)
    count = len(alone.findall(f"{{{DS}}}SignedInfo/{{{DS}}}Reference"))
    config = XAdESSignatureConfiguration(
        location=_place(alone), expect_references=count, verification_time=at
    )
    given = {uri: b"".join(item.chunks()) for uri, item in file.attachments.items()}
    kind = XAdESVerifier if _has_properties(alone) else _plain_verifier()
    try:
        kind().verify(
            root,
            x509_cert=load_der(certificate),
            expect_config=config,
            uri_resolver=given.get,
            id_attribute="Id",
        )
    except Exception as error:  # noqa: BLE001  whatever it stumbles over, it did not say yes
        return f"{type(error).__name__}: {error}"[:300]
    return ""


def _plain_verifier() -> type:
    from signxml.verifier import XMLVerifier

    found: type = XMLVerifier
    return found


def _has_properties(element: _Element) -> bool:
    return element.find(f"{{{DS}}}Object/{{*}}QualifyingProperties") is not None


def _certificate(element: _Element, signature: SignatureReport) -> bytes:
    wanted = signature.signatory.sha256 if signature.signatory else ""
    for item in element.iterfind(f"{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate"):
        der = base64.b64decode("".join((item.text or "").split()))
        if fingerprint(der) == wanted:
            return der
    return b""


def _alone(element: _Element) -> tuple[_Element, _Element]:
    """A copy of the file in which this signature stands alone: signxml looks at one."""
    number = list(element.getroottree().getroot().iter(_SIGNATURE)).index(element)
    root = copy.deepcopy(element.getroottree().getroot())
    every = list(root.iter(_SIGNATURE))
    parent = every[number].getparent()
    for other in every:
        if parent is not None and other is not every[number] and other.getparent() is parent:
            parent.remove(other)
    return root, every[number]


def _place(element: _Element) -> str:
    above = [str(item.tag) for item in element.iterancestors()]
    return "./" + "".join(f"{tag}/" for tag in reversed(above[:-1]))
