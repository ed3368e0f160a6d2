"""Which transport a URL means: its scheme names a class, which is loaded when first asked for.

    open_transport("folder:/srv/mailbox", base=Path("/srv"))

Others add a transport by an entry point in the group ``docexchange.transports``: its name is the
scheme, its value a class with ``from_url(url, *, base)``. The schemes in the box cannot be taken
over that way; a program that wants that says so with ``openers``.
"""

from __future__ import annotations

import difflib
import re
from importlib import metadata
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from docexchange.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from docexchange.transport.base import Transport

__all__ = ["GROUP", "SCHEMES", "Opener", "known_schemes", "open_transport", "scheme_of"]

GROUP: Final = "docexchange.transports"
"""The entry-point group of transports made by others."""

SCHEMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "folder": "docexchange.transport.folder:FolderTransport",
        "http": "docexchange.transport.https:HttpTransport",
        "https": "docexchange.transport.https:HttpTransport",
        "memory": "docexchange.transport.memory:MemoryTransport",
        "pull": "docexchange.transport.pull_boxes:PullBoxes",
    }
)
"""The transports in the box."""

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):.+", re.DOTALL)


class Opener(Protocol):
    """Makes a transport from its URL."""

    def __call__(self, url: str, *, base: Path) -> Transport:
        """Open the transport at ``url``; relative paths begin at ``base``."""


def scheme_of(url: str) -> str:
    """The scheme of an endpoint: ``folder`` for ``folder:/srv/mailbox``.

    Raises:
        ConfigurationError: the text is no URL.
    """
    if found := _SCHEME.fullmatch(url):
        return found[1]
    raise ConfigurationError(
        f"transport: expected a URL such as folder:/srv/mailbox, found {url[:200]!r}",
        code="transport.bad-url",
        advice="Begin with the name of a transport in lower case and a colon.",
    )


def known_schemes(outsiders: Iterable[metadata.EntryPoint] | None = None) -> list[str]:
    """All schemes that `open_transport` knows without help, sorted."""
    return sorted({*SCHEMES, *(point.name for point in _outsiders(outsiders))})


def open_transport(
    url: str,
    *,
    base: Path,
    openers: Mapping[str, Opener] = MappingProxyType({}),
    outsiders: Iterable[metadata.EntryPoint] | None = None,
) -> Transport:
    """Open the transport that ``url`` names.

    Args:
        url: our own end: ``folder:/srv/mailbox``.
        base: where relative paths begin.
        openers: schemes of the calling program; they come first.
        outsiders: entry points to look at instead of those that are installed.

    Raises:
        ConfigurationError: no such scheme, or its package cannot be loaded.
        TransportError: the transport itself cannot start.
    """
    scheme = scheme_of(url)
    if opener := openers.get(scheme):
        return opener(url, base=base)
    for point in (*_built_in(), *_outsiders(outsiders)):
        if point.name == scheme:
            return _load(point)(url, base=base)
    raise _unknown(scheme, {*known_schemes(outsiders), *openers})


def _built_in() -> list[metadata.EntryPoint]:
    return [metadata.EntryPoint(name, value, GROUP) for name, value in SCHEMES.items()]


def _outsiders(given: Iterable[metadata.EntryPoint] | None) -> list[metadata.EntryPoint]:
    return list(metadata.entry_points(group=GROUP) if given is None else given)


def _load(point: metadata.EntryPoint) -> Opener:
    try:
        opener: Opener = point.load().from_url
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"transport {point.name}: expected {point.value} with from_url, found: {error}",
            code="transport.not-loadable",
            advice="Install or mend the package that registers this transport.",
        ) from error
    return opener


def _unknown(scheme: str, known: set[str]) -> ConfigurationError:
    near = difflib.get_close_matches(scheme, known, n=1)
    return ConfigurationError(
        f"transport: expected one of {', '.join(sorted(known))}, found {scheme!r}",
        code="transport.unknown-scheme",
        advice=f"Did you mean {near[0]}?" if near else "Install the package of that transport.",
    )
