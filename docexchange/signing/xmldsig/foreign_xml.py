"""XML that the one parser refuses, made into XML that it takes, where a policy lifts that by name.

ISO-8859-1 is written anew as UTF-8. A document type declaration is done away with: what it says of
entities and attributes is filled in, and the whole is written in its canonical form, which has no
such declaration. It may declare things inside itself and nothing else: nothing outside is named or
read, nothing is made of other entities, and the one parser and its limits see all of it in the end.

>>> parse_foreign(b"<m/>", Limits())
>>> parse_foreign(octets, Limits(), deviations=frozenset({Deviation.ENCODING, Deviation.DTD}))
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml import etree

from docexchange.envelope.xml import check_size, parse
from docexchange.errors import MalformedEnvelope
from docexchange.signing.errors import malformed
from docexchange.signing.xmldsig.deviations import Deviation

if TYPE_CHECKING:
    from collections.abc import Collection

    from lxml.etree import _Element

    from docexchange.limits import Limits

__all__ = ["parse_foreign"]

_LATIN: Final = re.compile(rb"""(<\?xml[^>]*?)\sencoding\s*=\s*["']iso-8859-1["']""", re.IGNORECASE)
_DECLARED: Final = re.compile(r"<!DOCTYPE\s+[^\s\[>]+\s*\[(.*?)\]\s*>", re.DOTALL)
_OUTSIDE: Final = re.compile(r"\b(SYSTEM|PUBLIC|NOTATION|NDATA)\b")
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_ENTITY: Final = re.compile(r"<!ENTITY\s+[^\s%]+\s+(?:'([^']*)'|\"([^\"]*)\")\s*>")
_MOST_DECLARED: Final = 16 * 1024


def parse_foreign(data: bytes, limits: Limits, deviations: Collection[Deviation] = ()) -> _Element:
    """Parse XML that a signature covers.

    Args:
        data: the XML.
        limits: bounds on size, depth and elements, before and after what is filled in.
        deviations: what the policy accepts of ``ENCODING`` and ``DTD``.

    Returns:
        The root element.

    Raises:
        Refusal: it is in another encoding or has a DTD, and the policy does not accept that; or the
            DTD is none that can be filled in safely.
        MalformedEnvelope: it is not well-formed.
        LimitExceeded: it is larger or deeper than allowed.
    """
    check_size(data, limits)
    latin = _LATIN.match(data)
    if latin:
        Deviation.ENCODING.check(deviations, "ISO-8859-1")
        data = (latin[1] + data[latin.end() :]).decode("iso-8859-1").encode()
    if b"<!DOCTYPE" in data:
        Deviation.DTD.check(deviations, "<!DOCTYPE")
        data = _filled_in(data, limits.skeleton_bytes)
    return parse(data, limits)


def _filled_in(data: bytes, most: int) -> bytes:
    """The canonical form, with all that the declaration says put in its place."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise malformed(f"expected UTF-8, found otherwise: {error}") from error
    _check_declared(text, most)
    parser = etree.XMLParser(
        encoding="UTF-8",
        resolve_entities="internal",
        no_network=True,
        load_dtd=False,
        attribute_defaults=True,
    )
    try:
        root = etree.fromstring(data, parser)
        return etree.tostring(root.getroottree(), method="c14n", with_comments=True)
    except (etree.XMLSyntaxError, etree.C14NError) as error:
        raise MalformedEnvelope(
            f"expected well-formed XML, found otherwise: {error}", code="xml.syntax"
        ) from error


def _check_declared(text: str, most: int) -> None:
    """Hold it to what can be filled in without growing.

    It ends with the first ``]>`` outside a string: one inside leaves a quote open, and comments,
    in which quotes mean nothing, are refused.
    """
    found = _DECLARED.search(text)
    if found is None or text.count("<!DOCTYPE") != 1 or len(found[1]) > _MOST_DECLARED:
        raise malformed("expected one short DTD with all of it inside, found otherwise")
    declared = found[1]
    bare = _QUOTED.sub("", declared)
    if any(mark in bare for mark in ("'", '"', "<!--", "<?")):
        raise malformed("expected declarations and nothing else in the DTD, found otherwise")
    if _OUTSIDE.search(bare) or "%" in declared or "&" in declared:
        raise malformed("expected a DTD that refers to nothing, found one that does")
    entities = _ENTITY.findall(declared)
    longest = max((len(one or other) for one, other in entities), default=0)
    if text.count("<!ENTITY") != len(entities) or "<" in _inside(entities):
        raise malformed("expected entities of plain text in the DTD, found others")
    tags = text.count("<") if "<!ATTLIST" in declared else 0
    if longest * text.count("&") + len(declared) * tags > most:
        raise malformed(f"expected a DTD that fills in at most {most} octets, found more")


def _inside(entities: list[tuple[str, str]]) -> str:
    return "".join(one or other for one, other in entities)
