"""Changes after signing that pyHanko's comparison of revisions lets by.

It goes through what was signed without following the keys ``/Parent`` and ``/P``, to save itself
the way back up; but whatever draws something may have such a name. It approves of the object that
a new signature names as its ``/TransformParams``, whichever it is. And it holds the annotations of
a page for a set, while they are drawn one over the other. So a file that somebody prepared for it
could show another text after signing.

>>> changed_unseen(reader, revision=0)
'another object 4 0 than when it was signed'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DecryptedObjectProxy,
    DictionaryObject,
    EncryptedObjAccess,
    IndirectObject,
)
from pyhanko.sign.fields import enumerate_sig_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyhanko.pdf_utils.generic import Reference
    from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

__all__ = ["changed_unseen", "parts_of", "walked"]

_SKIPPED: Final = {"/Parent", "/P"}


def changed_unseen(reader: PdfFileReader, revision: int) -> str:
    """What was changed after a revision in a way that the comparison does not notice.

    Args:
        reader: of the file.
        revision: what was signed.

    Returns:
        Words for it; empty where there is nothing.
    """
    then = reader.get_historical_resolver(revision)
    later = [
        reader.get_historical_resolver(number)
        for number in range(revision + 1, reader.xrefs.total_revisions)
    ]
    changed = {ref for item in later for ref in item.explicit_refs_in_revision()}
    named = {ref for ref in _named_by_signatures(later) if _is_there(then, ref)}
    for ref in changed & (named | (_above(then) - _may_change(then))):
        return f"another object {ref.idnum} {ref.generation} than when it was signed"
    if any(_is_reordered(then, item) for item in later):
        return "annotations in another order"
    return ""


def parts_of(item: Any) -> Iterator[tuple[Any, Any]]:
    """What a dictionary or an array holds, with keys, and references as such.

    Args:
        item: anything; what holds nothing has no parts.
    """
    if isinstance(item, DictionaryObject):
        yield from ((key, _opened(item, key)) for key in item)
    elif isinstance(item, ArrayObject):
        yield from ((at, _opened(item, at)) for at in range(len(item)))


def _opened(item: Any, key: Any) -> Any:
    """A part; in an encrypted file it is a closed box, of which strings need no opening."""
    part = item.raw_get(key, decrypt=EncryptedObjAccess.PROXY)
    if not isinstance(part, DecryptedObjectProxy):
        return part
    holds = isinstance(part.raw_object, DictionaryObject | ArrayObject)
    return part.decrypted if holds else part.raw_object


def _above(then: HistoricalResolver) -> set[Reference]:
    """What is referred to under the skipped keys, and by what is to be reached by them alone."""
    skipped: list[Any] = []
    seen = walked(then, [then.trailer_view], skipped)
    found = {item.reference for item in skipped if isinstance(item, IndirectObject)}
    return found | (walked(then, skipped) - seen)


def walked(
    then: HistoricalResolver, waiting: list[Any], skipped: list[Any] | None = None
) -> set[Reference]:
    """All references on the way through what can be reached.

    Args:
        then: the revision.
        waiting: where to begin.
        skipped: for what stands under the skipped keys; None to follow these as well.

    Raises:
        PdfReadError: an object on the way cannot be read.
    """
    waiting, seen = [*waiting], set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            ref, item = item.reference, None
            if ref not in seen and _is_there(then, ref):
                item = then.get_object(ref)
            seen.add(ref)
        for key, part in parts_of(item):
            follow = skipped is None or key not in _SKIPPED
            (waiting if follow or skipped is None else skipped).append(part)
    return seen


def _is_there(then: HistoricalResolver, ref: Reference) -> bool:
    try:
        return then.reader.xrefs.get_historical_ref(ref, then.revision) is not None
    except KeyError:
        return False


def _may_change(then: HistoricalResolver) -> set[Reference]:
    """Pages and fields: their kids name them as parents, and of them the rest is compared."""
    fields = _list(then.root.get("/AcroForm"), "/Fields")
    return _tree([then.root.raw_get("/Pages"), *fields])


def _tree(waiting: Iterable[Any]) -> set[Reference]:
    waiting, seen = [*waiting], set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject) and item.reference not in seen:
            seen.add(item.reference)
            waiting.extend(_list(item.get_object(), "/Kids"))
    return seen


def _list(held: Any, name: str) -> list[Any]:
    """The items of an array in a dictionary, references as such; none where there is no array."""
    found = held[name] if isinstance(held, DictionaryObject) and name in held else None
    return [part for _, part in parts_of(found)] if isinstance(found, ArrayObject) else []


def _named_by_signatures(later: Iterable[HistoricalResolver]) -> set[Reference]:
    """Parameters that signatures have as objects of their own, as Acrobat writes them."""
    return {
        part.reference
        for item in later
        for _, value, _ in enumerate_sig_fields(item, filled_status=True)
        for named in _list(value.get_object(), "/Reference")
        for key, part in parts_of(named.get_object())
        if key == "/TransformParams" and isinstance(part, IndirectObject)
    }


def _is_reordered(then: HistoricalResolver, now: HistoricalResolver) -> bool:
    """Whether annotations that were there do not come first, and as they were."""
    pages = (ref for ref in _tree([then.root.raw_get("/Pages")]) if _is_there(then, ref))
    for ref in pages:
        before = _list(then.get_object(ref), "/Annots")
        if _list(now.get_object(ref), "/Annots")[: len(before)] != before:
            return True
    return False
