"""``xml:base`` of an element whose parents were left out (Canonical XML 1.1, clause 2.4).

>>> joined(["http://example.org/a/", "../b/", "c"])
'http://example.org/b/c'
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["joined", "without_dots"]

_PARTS: Final = re.compile(
    r"(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL
)
"""RFC 3986, appendix B."""


def joined(values: Sequence[str]) -> str:
    """One value for several, the outermost first: ``join-URI-References``.

    Raises:
        ValueError: there is none to join.
    """
    if not values:
        raise ValueError("one value or more expected, found none")
    *outer, result = values
    for base in reversed(outer):
        result = _join(base, result)
    return result


def _parts(uri: str) -> tuple[str | None, str | None, str, str | None]:
    found = _PARTS.fullmatch(uri)
    if found is None:
        raise ValueError(f"URI expected, found {uri[:60]!r}")
    return found[1], found[2], found[3], found[4]


def _join(base: str, reference: str) -> str:
    """RFC 3986, clause 5.2.2, with a base that need not have a scheme, and no fragment."""
    scheme, authority, path, query = _parts(reference)
    base_scheme, base_authority, base_path, base_query = _parts(base)
    if scheme is not None:
        return _compose(scheme, authority, without_dots(path), query)
    if authority is not None:
        return _compose(base_scheme, authority, without_dots(path), query)
    if not path:
        query = base_query if query is None else query
        return _compose(base_scheme, base_authority, without_dots(base_path), query)
    if not path.startswith("/"):
        path = _merged(base_path, path, rooted=base_authority is not None)
    return _compose(base_scheme, base_authority, without_dots(path), query)


def _merged(base: str, path: str, *, rooted: bool) -> str:
    if rooted and not base:
        return f"/{path}"
    folder, slash, last = base.rpartition("/")
    # A trailing ".." names a folder: the standard has a "/" appended to it.
    kept = base + "/" if last == ".." else folder + slash
    return kept + path


def without_dots(path: str) -> str:
    """RFC 3986, clause 5.2.4, as Canonical XML 1.1 changes it.

    Leading ``..`` are kept, several slashes become one, and a trailing ``..`` gets a slash.
    """
    rooted = path.startswith("/")
    segments = [segment for segment in path.split("/") if segment]
    folder = path.endswith("/") or segments[-1:] in (["."], [".."])
    kept: list[str] = []
    for segment in segments:
        if segment == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif segment != "." and not (segment == ".." and rooted):
            kept.append(segment)
    text = "/".join(kept)
    return ("/" if rooted else "") + text + ("/" if folder and kept else "")


def _compose(scheme: str | None, authority: str | None, path: str, query: str | None) -> str:
    """RFC 3986, clause 5.3, without fragment."""
    return "".join(
        (
            "" if scheme is None else f"{scheme}:",
            "" if authority is None else f"//{authority}",
            path,
            "" if query is None else f"?{query}",
        )
    )
