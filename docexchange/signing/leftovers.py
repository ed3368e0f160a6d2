"""What of an XML file no signature covers, whatever kind of file it is.

Nobody here can know what such a file must have under its signatures, so all that is not there is
told: the topmost elements with nothing signed inside, and what an element that is signed in part
says of its own.

>>> leftovers(root, covered=[body])
(Uncovered(label='/Letter/Note', octets=27),)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.envelope.names import DS, local_name
from docexchange.signing.report import Uncovered
from docexchange.signing.xmldsig.references import octets_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lxml.etree import _Element

    from docexchange.envelope.attachments.attachment import Attachment
    from docexchange.signing.report import SignatureReport

__all__ = ["leftovers", "signed_elements", "unsigned_files"]

_SIGNATURE: Final = f"{{{DS}}}Signature"


def signed_elements(
    root: _Element, signatures: Sequence[SignatureReport], ids: Mapping[str, _Element]
) -> list[_Element]:
    """The elements of a file that are wholly under a signature, and unchanged.

    Args:
        root: of the file.
        signatures: the reports on its signatures.
        ids: its elements by id.
    """
    from docexchange.signing.xmldsig.documents import SignedDocument
    from docexchange.signing.xmldsig.selection import Selection

    document = SignedDocument(root, ids=ids)
    uris = {
        item.uri
        for signature in signatures
        for item in signature.coverage
        if item.intact and item.whole
    }
    found = [document.find(uri) for uri in uris if uri.startswith("#") or not uri]
    top = root.getroottree().getroot()
    return [
        top if item.apex is None else item.apex for item in found if isinstance(item, Selection)
    ]


def leftovers(root: _Element, covered: Sequence[_Element]) -> tuple[Uncovered, ...]:
    """Everything outside signatures that none of them covers, in the order of the file.

    Args:
        root: of the file.
        covered: elements that are wholly signed and unchanged.
    """
    signed = [*covered, *root.iter(_SIGNATURE)]
    partly = {above for element in signed for above in element.iterancestors()}
    return tuple(_left(root, set(covered), partly))


def unsigned_files(
    files: Mapping[str, Attachment], signatures: Sequence[SignatureReport]
) -> tuple[Uncovered, ...]:
    """Files beside an XML file that no signature in it names, or not wholly.

    Args:
        files: by URI.
        signatures: the reports on its signatures.
    """
    covered = (item for signature in signatures for item in signature.coverage)
    signed = {item.uri for item in covered if item.intact and item.whole}
    return tuple(
        Uncovered(label=uri, octets=octets_of(file))
        for uri, file in files.items()
        if uri not in signed
    )


def _left(root: _Element, known: set[_Element], partly: set[_Element]) -> Iterator[Uncovered]:
    waiting = [(root, "")]
    while waiting:
        element, above = waiting.pop()
        if element in known or element.tag == _SIGNATURE:
            continue
        path = f"{above}/{local_name(str(element.tag))}"
        if element not in partly:
            yield Uncovered(label=path, octets=octets_of(element))
            continue
        own = _own_octets(element)
        if own:
            yield Uncovered(label=f"{path}/text()|@*", octets=own)
        waiting += [(child, path) for child in element.iterchildren("*", reversed=True)]


def _own_octets(element: _Element) -> int:
    """Octets of the text and the attributes that an element has itself."""
    texts = [element.text or "", *(child.tail or "" for child in element)]
    visible = [text for text in texts if text.strip()]
    pairs = [f"{name}{value}" for name, value in element.items()]
    return len("".join([*visible, *map(str, pairs)]).encode())
