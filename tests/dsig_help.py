"""Signatures as others make them: corpora, and documents around them."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

import pytest
from lxml import etree
from signing_help import b64, raw_signature

from docexchange.envelope import Attachment
from docexchange.envelope.names import DS
from docexchange.signing import VerificationPolicy
from docexchange.signing.xmldsig.algorithms import (
    FILTER2,
    TRANSFORMS,
    XPATH,
    Canonicalization,
    Digest,
    SignatureAlgorithm,
)
from docexchange.signing.xmldsig.deviations import Deviation
from docexchange.signing.xmldsig.documents import SignedDocument
from docexchange.signing.xmldsig.element import read_signature
from docexchange.signing.xmldsig.examine import examine_signature
from docexchange.signing.xmldsig.selection import Selection
from docexchange.signing.xmldsig.transforms import Pipeline, method_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CORPORA: Final = Path(__file__).parents[2] / "shared" / "corpora"
"""The shared corpora beside the checkout."""


def lenient(file: Path) -> Any:
    """The top element of a file of a corpus; some of them have a DTD, which ``parse`` refuses."""
    parser = etree.XMLParser(
        load_dtd=True, attribute_defaults=True, resolve_entities=True, no_network=True
    )
    return etree.parse(str(file), parser).getroot()


def beside(folder: Path) -> Callable[[Any], Mapping[str, Attachment]]:
    """The files of a folder that the references of a document name."""

    def found(root: Any) -> dict[str, Attachment]:
        uris = {item.get("URI") or "" for item in root.iter(f"{{{DS}}}*")}
        files = {uri: folder / uri for uri in uris if uri and not uri.startswith("#")}
        return {
            uri: Attachment.from_bytes(file.read_bytes(), name="detached")
            for uri, file in files.items()
            if file.is_file()
        }

    return found


def document_of(
    file: Path, *, detached: Callable[[Any], Mapping[str, Attachment]]
) -> tuple[Any, SignedDocument]:
    """A file of a corpus as a signed document."""
    if not file.exists():
        pytest.skip(f"the corpora are not beside the checkout: {file}")
    root = lenient(file)
    return root, SignedDocument(root, detached=detached(root))


@dataclass(frozen=True)
class Ref:
    """A reference to make."""

    uri: str | None
    transforms: tuple[str, ...] = ()
    """URIs, or whole ``Transform`` elements as text."""
    type: str = ""

    def xml(self, digest: str) -> str:
        """It, with a digest yet to come."""
        steps = "".join(
            item if item.startswith("<") else f'<ds:Transform Algorithm="{item}"/>'
            for item in self.transforms
        )
        uri = "" if self.uri is None else f' URI="{escape(self.uri, {chr(34): "&quot;"})}"'
        kind = f' Type="{self.type}"' if self.type else ""
        listed = f"<ds:Transforms>{steps}</ds:Transforms>" if steps else ""
        return (
            f"<ds:Reference{uri}{kind}>{listed}"
            f'<ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue/></ds:Reference>'
        )


def xpath(text: str, **namespaces: str) -> str:
    """An XPath transform."""
    bound = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in namespaces.items())
    inside = f"<ds:XPath{bound}>{escape(text)}</ds:XPath>"
    return f'<ds:Transform Algorithm="{XPATH}">{inside}</ds:Transform>'


def filter2(**filters: str) -> str:
    """An XPath Filter 2 transform: ``subtract="//b"``."""
    inside = "".join(
        f'<f:XPath xmlns:f="{FILTER2}" Filter="{name}">{escape(text)}</f:XPath>'
        for name, text in filters.items()
    )
    return f'<ds:Transform Algorithm="{FILTER2}">{inside}</ds:Transform>'


def certificate_info(*certificates: bytes) -> str:
    """A ``KeyInfo`` with certificates."""
    inside = "".join(f"<ds:X509Certificate>{b64(der)}</ds:X509Certificate>" for der in certificates)
    return f"<ds:KeyInfo><ds:X509Data>{inside}</ds:X509Data></ds:KeyInfo>"


def sign_into(
    place: Any,
    references: Sequence[Ref],
    *,
    key: Any,
    info: str = "",
    method: str = SignatureAlgorithm.ECDSA_SHA256.value,
    form: str = Canonicalization.EXCLUSIVE.value,
    digest: Digest = Digest.SHA256,
    objects: str = "",
    detached: Mapping[str, Attachment] | None = None,
) -> Any:
    """Sign parts of a document as others do, and put the signature at the end of an element.

    Args:
        place: the element that the signature is put into; None for a document of its own.
        references: what to sign.
        key: a private key, or a secret.
        info: ``KeyInfo``.
        method: signature method.
        form: canonical form of SignedInfo.
        digest: digest of the references.
        objects: ``Object`` elements.
        detached: what references outside mean.
    """
    listed = "".join(item.xml(digest.value) for item in references)
    element = etree.fromstring(
        f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo>'
        f'<ds:CanonicalizationMethod Algorithm="{form}"/><ds:SignatureMethod Algorithm="{method}"/>'
        f"{listed}</ds:SignedInfo><ds:SignatureValue/>{info}{objects}</ds:Signature>"
    )
    if place is not None:
        place.append(element)
    return redo(element, key=key, detached=detached)


def redo(element: Any, *, key: Any, detached: Mapping[str, Attachment] | None = None) -> Any:
    """Make digests and value of a signature right again, whatever was done to it."""
    document = SignedDocument(element, detached=detached)
    for item in element.iter(f"{{{DS}}}DigestValue", f"{{{DS}}}SignatureValue"):
        item.text = item.text or "AA=="
    targets = element.iterfind(f"{{{DS}}}SignedInfo/{{{DS}}}Reference")
    for number, reference in enumerate(list(targets)):
        digest = Digest(reference.find(f"{{{DS}}}DigestMethod").get("Algorithm"))
        octets = digested(document, element, only=number)[0]
        value = reference.find(f"{{{DS}}}DigestValue")
        value.text = b64(digest.new(octets).digest())
    # Anew: a document remembers its nodes, and the digests among them have changed.
    document = SignedDocument(element, detached=detached)
    octets = digested(document, element, only=-1)[-1]
    value = element.find(f"{{{DS}}}SignatureValue")
    secret = isinstance(key, bytes)
    value.text = b64(hmac.digest(key, octets, "sha256") if secret else raw_signature(key, octets))
    return element


def examined(element: Any, policy: VerificationPolicy | None = None, **options: Any) -> Any:
    """What the engine says of a signature, for auditors unless another policy is given."""
    detached = options.pop("detached", None)
    policy = policy or VerificationPolicy.general()
    document = SignedDocument(element, detached=detached, limits=policy.limits)
    return examine_signature(element, document, policy=policy, **options)


def digested(document: SignedDocument, element: Any, *, only: int | None = None) -> list[bytes]:
    """The octets that each reference of a signature digests, and last those of its SignedInfo.

    Args:
        document: the document.
        element: the signature.
        only: leave out all references but this one.
    """
    signature = read_signature(element, max_references=100, profile=False)
    pipeline = Pipeline.of(document, element, TRANSFORMS, deviations=frozenset(Deviation))
    found = []
    for number, reference in enumerate(signature.references):
        if only not in {None, number}:
            continue
        resource = pipeline.run(document.find(reference.uri), reference.transforms)
        found.append(b"".join(pipeline.chunks(resource)))
    info = Selection(source=document.source, apex=signature.signed_info)
    return [*found, b"".join(info.canonical(method_of(signature.canonicalization)))]
