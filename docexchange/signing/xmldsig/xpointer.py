"""XPointer in a transform: bindings of prefixes, then one ``xpointer(...)`` with an XPath in it.

Other schemes and fallbacks from one pointer to the next are refused: which of several is meant
would depend on what the document happens to hold.

>>> read_xpointer("xmlns(a=urn:a) xpointer(//a:b)", {})
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from docexchange.signing.errors import malformed
from docexchange.signing.xmldsig.xpath import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docexchange.signing.xmldsig.xpath.expressions import Expression

__all__ = ["read_xpointer"]

_BINDING: Final = re.compile(r"\s*xmlns\(\s*([\w.-]+)\s*=\s*([^\s()^]+)\s*\)")
_POINTER: Final = re.compile(r"\s*xpointer\(([^^]*)\)\s*", re.DOTALL)


def read_xpointer(text: str, namespaces: Mapping[str | None, str]) -> Expression:
    """The XPath inside an XPointer.

    Args:
        text: the XPointer.
        namespaces: what is bound where it stands, by prefix.

    Raises:
        Refusal: it is of another form.
    """
    bound = {prefix: uri for prefix, uri in namespaces.items() if prefix}
    at = 0
    while found := _BINDING.match(text, at):
        bound[found[1]] = found[2]
        at = found.end()
    pointer = _POINTER.fullmatch(text, at)
    if pointer is None:
        raise malformed(f"expected xmlns(…) and one xpointer(…), found {text.strip()[:80]!r}")
    return parse(pointer[1], bound)
