"""What a reference points to, of all that others refer to; nothing is ever fetched.

In the same document: ``""`` all of it, ``#id`` an element (both without comments), ``#xpointer(/)``
and ``#xpointer(id('x'))`` the same with comments (XMLDSig 1.1, clause 4.4.3.3). Outside: only what
was given beside the document, by its URI.

>>> document = SignedDocument(root, detached={"letter.pdf": Attachment.from_path("letter.pdf")})
>>> document.find("#body")
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from docexchange.limits import Limits
from docexchange.signing.errors import Refusal
from docexchange.signing.verdicts import SubIndication
from docexchange.signing.xmldsig.references import element_ids, external, missing_part
from docexchange.signing.xmldsig.selection import Selection, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lxml.etree import _Element

    from docexchange.envelope.attachments.attachment import Attachment
    from docexchange.signing.xmldsig.nodes import Node

__all__ = ["SignedDocument"]

_XPOINTER_ID: Final = re.compile(r"#xpointer\(id\((?:'([^']*)'|\"([^\"]*)\")\)\)")


class SignedDocument:
    """A document with signatures in it, and what lies beside it.

    Args:
        root: any element of it.
        detached: what references outside may mean, by URI.
        streams: text that is not in the tree, by the element whose text it is.
        limits: bounds on what is selected.
        ids: its elements by id, where somebody has gathered them already.

    Raises:
        Refusal: an id occurs twice.
    """

    def __init__(
        self,
        root: _Element,
        *,
        detached: Mapping[str, Attachment] | None = None,
        streams: Mapping[_Element, Callable[[], Iterable[bytes]]] | None = None,
        limits: Limits | None = None,
        ids: Mapping[str, _Element] | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.source = Source(
            root.getroottree().getroot(), most=self.limits.signature_nodes, streams=streams
        )
        self.ids = element_ids(root) if ids is None else ids
        self.detached = detached or {}
        self.stream_bytes = sum(item.size for item in self.detached.values()) if streams else 0

    def find(self, uri: str | None) -> Selection | Attachment:
        """What a URI refers to.

        Raises:
            Refusal: nothing is there, or it lies outside.
        """
        if uri is None:
            raise Refusal(
                SubIndication.SIG_CONSTRAINTS_FAILURE,
                "expected references with a URI, found one without",
                code="signature.no-uri",
                advice="What it covers is known to whoever made it, and to nobody else.",
            )
        if uri in {"", "#xpointer(/)"}:
            return Selection(source=self.source, comments=bool(uri))
        if uri.startswith("#"):
            return self._same_document(uri)
        if uri in self.detached:
            return self.detached[uri]
        raise missing_part(uri) if uri.startswith("cid:") else external(uri)

    def _same_document(self, uri: str) -> Selection:
        pointer = _XPOINTER_ID.fullmatch(uri)
        if pointer is None and "(" in uri:
            raise Refusal(
                SubIndication.SIG_CONSTRAINTS_FAILURE,
                f"expected #xpointer(/) or #xpointer(id('…')), found {uri[:120]}",
                code="signature.xpointer",
            )
        identity = (pointer[1] or pointer[2] or "") if pointer else uri[1:]
        element = self.ids.get(identity)
        if element is None:
            raise missing_part(uri)
        return Selection(source=self.source, apex=element, comments=pointer is not None)

    @cached_property
    def nodes_by_id(self) -> dict[str, Node]:
        """The nodes of elements with an id, for XPath."""
        tree = self.source.tree
        return {identity: tree.node_of(element) for identity, element in self.ids.items()}
