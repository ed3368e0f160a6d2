"""The form of a letter: what departs from the strict dialect without changing any field.

>>> findings = list(form_of(root))
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from docexchange.envelope.dialects import ORDER, STRICT, Dialect, dialect_of
from docexchange.envelope.names import EDXML, local_name
from docexchange.envelope.tolerances import Tolerance, tolerated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

    from docexchange.envelope.findings import Finding

__all__ = ["form_of"]


def form_of(root: _Element, header: _Element, *, lead: int = 0) -> Iterator[Finding]:
    """What is unusual about the form of a letter, each kind once.

    Args:
        root: the ``edXML`` element.
        header: the ``MessageHeader``.
        lead: how many bytes stand before the XML declaration.
    """
    dialect = dialect_of(root)
    if lead or dialect is not STRICT or root.getparent() is not None:
        yield from _frame(root, dialect, lead)
    if dialect.namespace:
        above = header.getparent()
        outer = () if above is None else (next(above.iterancestors()), above)
        yield from _prefix((*outer, header, *header), dialect.brace)
    yield from _order(header, dialect)
    for kind in header.iterchildren(dialect.tag("DocumentType")):
        yield from _order(kind, dialect)
    yield from _empty_response(header, dialect.tag("ResponseFor"))


def _frame(root: _Element, dialect: Dialect, lead: int) -> Iterator[Finding]:
    if lead:
        yield tolerated(
            Tolerance.LEADING_BYTES,
            "edXML",
            expected="<?xml as the first bytes of the file",
            found=f"{lead} bytes before it",
            line=1,
        )
    if root.getparent() is not None:
        yield tolerated(
            Tolerance.SOAP,
            "edXML",
            expected="edXML as the root of the file",
            found="it inside a SOAP envelope",
            line=root.sourceline,
        )
    if dialect is not STRICT:
        yield tolerated(
            Tolerance.NAMESPACE,
            "edXML",
            expected=f"namespace {EDXML}",
            found=dialect.namespace or "none",
            line=root.sourceline,
        )


@cache
def _ranks(parent: str, brace: str) -> dict[str, int]:
    return {brace + name: rank for rank, name in enumerate(ORDER[parent])}


def _prefix(elements: Iterable[_Element], brace: str) -> Iterator[Finding]:
    """Central systems look at the prefix itself."""
    for element in elements:
        if element.prefix != "edXML" and str(element.tag).startswith(brace):
            yield tolerated(
                Tolerance.PREFIX,
                local_name(str(element.tag)),
                expected="the prefix edXML",
                found=element.prefix or "none",
                line=element.sourceline,
            )
            return


def _order(parent: _Element, dialect: Dialect) -> Iterator[Finding]:
    path = local_name(str(parent.tag))
    ranks, last = _ranks(path, dialect.brace), -1
    for child in parent:
        rank = ranks.get(child.tag, last)  # type: ignore[arg-type]
        if rank < last:
            yield tolerated(
                Tolerance.ORDER,
                path if path == "MessageHeader" else f"MessageHeader.{path}",
                expected=f"the order {', '.join(ORDER[path])}",
                found=f"{local_name(str(child.tag))} too late",
                line=child.sourceline,
            )
            return
        last = rank


def _empty_response(header: _Element, tag: str) -> Iterator[Finding]:
    for field in header.iterchildren(tag):
        if not len(field):
            yield tolerated(
                Tolerance.EMPTY_RESPONSE,
                "MessageHeader.ResponseFor",
                expected="OrganId, Code or DocumentId",
                found="nothing",
                line=field.sourceline,
            )
            return
