"""Signatures as others make them: corpora, and documents around them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from lxml import etree

from docexchange.envelope import Attachment
from docexchange.envelope.names import DS
from docexchange.signing.xmldsig.algorithms import TRANSFORMS
from docexchange.signing.xmldsig.documents import SignedDocument
from docexchange.signing.xmldsig.element import read_signature
from docexchange.signing.xmldsig.selection import Selection
from docexchange.signing.xmldsig.transforms import Pipeline, method_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


def digested(document: SignedDocument, element: Any) -> list[bytes]:
    """The octets that each reference of a signature digests, and last those of its SignedInfo."""
    signature = read_signature(element, max_references=100, profile=False)
    pipeline = Pipeline.of(document, element, TRANSFORMS)
    found = []
    for reference in signature.references:
        resource = pipeline.run(document.find(reference.uri), reference.transforms)
        found.append(b"".join(pipeline.chunks(resource)))
    info = Selection(source=document.source, apex=signature.signed_info)
    return [*found, b"".join(info.canonical(method_of(signature.canonicalization)))]
