"""What of an XML file no signature covers, whatever kind of file it is.

Nobody here can know what such a file must have under its signatures, so all that is not there is
told: the topmost elements with nothing signed inside, and what an element that is signed in part
says of its own. Of a signature only its objects are content; what XAdES says there of the signature
is judged with it.

>>> leftovers(root, [Signed(body, by=signature)])
(Uncovered(label='/Letter/Note', octets=27),)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from docexchange.envelope.names import DS, local_name
from docexchange.signing.report import Uncovered
from docexchange.signing.xades.names import XADES, XADES_EARLIER
from docexchange.signing.xmldsig.references import octets_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lxml.etree import _Element

    from docexchange.envelope.attachments.attachment import Attachment
    from docexchange.signing.report import SignatureReport

__all__ = ["Signed", "leftovers", "signed_elements", "unsigned_files"]

_SIGNATURE, _OBJECT = f"{{{DS}}}Signature", f"{{{DS}}}Object"
_XADES: Final = [f"{{{name}}}" for name in (*XADES_EARLIER, XADES)]
_QUALIFYING: Final = {f"{name}QualifyingProperties" for name in _XADES}
_QUALIFIED: Final = {
    name + which for name in _XADES for which in ("SignedProperties", "UnsignedProperties")
}


class Signed(NamedTuple):
    """An element that is wholly under a signature, and unchanged; but for that signature."""

    element: _Element
    """The element."""
    by: _Element
    """The signature, which may stand inside."""


def signed_elements(
    root: _Element,
    signatures: Iterable[tuple[_Element, SignatureReport]],
    ids: Mapping[str, _Element],
) -> list[Signed]:
    """What is signed in a file.

    Args:
        root: of the file.
        signatures: its signatures, and the reports on them.
        ids: its elements by id.
    """
    from docexchange.signing.xmldsig.documents import SignedDocument
    from docexchange.signing.xmldsig.selection import Selection

    document = SignedDocument(root, ids=ids)
    top = root.getroottree().getroot()
    signed = []
    for element, report in signatures:
        uris = (item.uri for item in report.coverage if item.intact and item.whole)
        for uri in dict.fromkeys(uris):
            found = document.find(uri) if uri.startswith("#") or not uri else None
            if isinstance(found, Selection):
                signed.append(Signed(top if found.apex is None else found.apex, element))
    return signed


def leftovers(root: _Element, signed: Sequence[Signed]) -> tuple[Uncovered, ...]:
    """Everything that no signature covers, in the order of the file; objects of signatures last.

    Args:
        root: of the file.
        signed: what is signed.
    """
    known = {item.element for item in signed}
    partly = {above for element in known for above in element.iterancestors()}
    partly.update(above for item in root.iter(_SIGNATURE) for above in item.iterancestors())
    return (
        *_left(root, "", known, partly),
        *(
            found
            for item in _objects(root, signed)
            for found in _left(item, _path_to(item), known, partly)
        ),
    )


def _objects(root: _Element, signed: Sequence[Signed]) -> Iterator[_Element]:
    """Objects of signatures in which something may not be signed."""
    for signature in root.iter(_SIGNATURE):
        above = {signature, *signature.iterancestors()}
        others = any(item.element in above and item.by is not signature for item in signed)
        if not others:
            held = signature.iterchildren(_OBJECT)
            yield from (item for item in held if not _is_of_signature(item))


def _path_to(element: _Element) -> str:
    names = [local_name(str(above.tag)) for above in element.iterancestors()]
    return "".join(f"/{name}" for name in reversed(names))


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


def _left(
    top: _Element, above: str, known: set[_Element], partly: set[_Element]
) -> Iterator[Uncovered]:
    waiting = [(top, above)]
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


def _is_of_signature(element: _Element) -> bool:
    """Whether an object holds nothing but what XAdES says of the signature, or nothing at all."""
    held = list(element.iterchildren("*"))
    inside = {str(child.tag) for item in held for child in item.iterchildren("*")}
    return (
        {str(item.tag) for item in held} <= _QUALIFYING
        and inside <= _QUALIFIED
        and not any(map(_own_texts, (element, *held)))
    )


def _own_octets(element: _Element) -> int:
    """Octets of the text and the attributes that an element has itself."""
    pairs = [f"{name}{value}" for name, value in element.items()]
    return len("".join([*_own_texts(element), *map(str, pairs)]).encode())


def _own_texts(element: _Element) -> list[str]:
    texts = [element.text or "", *(child.tail or "" for child in element)]
    return [text for text in texts if text.strip()]
