"""Why a digest does not hold, where that can be told: words for the reason, never another verdict.

Some senders' programs name one canonical form and digest another, or write something in place of a
digest. Told so, the sender can mend the program; told "changed", they look for a forger.

>>> Diagnosis().of(reference, Selection(source=source, apex=element))
'it holds under inclusive canonical XML 1.0: the sender names one form and digests another'
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from docexchange.envelope.attachments.attachment import Attachment
from docexchange.envelope.attachments.base64_stream import encoded_chunks
from docexchange.errors import UnreadableInput
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import Canonicalization, Digest
from docexchange.signing.xmldsig.budget import Budget
from docexchange.signing.xmldsig.canonical import Method
from docexchange.signing.xmldsig.placeholders import made_up
from docexchange.signing.xmldsig.selection import Selection, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml.etree import _Element

    from docexchange.signing.xmldsig.element import Reference

__all__ = ["Diagnosis"]

_MOST_OCTETS: Final = 16 * 1024 * 1024
_MOST_NODES: Final = 20_000
"""Elements of a document in which other forms are tried: they cost more than the one named."""


class Diagnosis:
    """Looks for the reason of broken digests, for one signature, within a budget of its own."""

    def __init__(self) -> None:
        self._budget = Budget(_MOST_OCTETS, limit="diagnosis", unit="octets")

    def of(self, reference: Reference, target: _Element | Selection | Attachment | None) -> str:
        """Why the digest of a reference does not hold; empty when nobody can say.

        Args:
            reference: the reference; its digest algorithm is one that we know.
            target: what it points to; None when a transform chose parts of it.
        """
        digest = Digest(reference.digest_method)
        placeholder = made_up(reference.digest_value)
        if placeholder:
            return f"it is {placeholder}"
        if hmac.compare_digest(reference.digest_value, digest.new().digest()):
            return "it is the digest of nothing: a placeholder"
        if target is None:
            return ""
        try:
            return self._otherwise(reference.digest_value, digest, target)
        except (Refusal, UnreadableInput):
            return ""  # another form cannot be had, or costs too much

    def _otherwise(
        self, wanted: bytes, digest: Digest, target: _Element | Selection | Attachment
    ) -> str:
        if isinstance(target, Attachment):
            found = self._digest(digest, _text_of(target))
            told = "it holds over the base64 text: the sender digests that and not the file"
            return told if hmac.compare_digest(found, wanted) else ""
        for label, octets in _forms(target):
            if hmac.compare_digest(self._digest(digest, octets()), wanted):
                return f"it holds under {label}: the sender names one form and digests another"
        return ""

    def _digest(self, digest: Digest, pieces: Iterable[bytes]) -> bytes:
        made = digest.new()
        for piece in pieces:
            self._budget.spend(len(piece))
            made.update(piece)
        return made.digest()


def _text_of(attachment: Attachment) -> Iterator[bytes]:
    with attachment.open() as stream:
        for _, text in encoded_chunks(stream):
            yield text


def _forms(target: _Element | Selection) -> Iterator[tuple[str, Callable[[], Iterable[bytes]]]]:
    """Every canonical form, by the name people know it by, unless the document is too large."""
    if not isinstance(target, Selection):
        root = target.getroottree().getroot()
        target = Selection(source=Source(root, most=10 * _MOST_NODES), apex=target)
    if len(list(islice(target.source.root.iter(), _MOST_NODES))) == _MOST_NODES:
        return
    selection = replace(target, comments=True)
    for form in Canonicalization:
        yield form.label, lambda form=form: selection.canonical(Method(form))  # type: ignore[misc]
