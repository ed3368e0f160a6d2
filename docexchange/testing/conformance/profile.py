"""What the cases need to know: who we are, who the endpoint is, and by what it is judged.

    url = "https://van-thu.example:8443/"
    agency = "000.21.31.H53"               # who we are to the endpoint
    recipient = "000.00.31.H53"            # whose endpoint it is
    key = "pkcs12:agency.p12"              # signs the letters, and is shown in TLS
    password_file = "password.txt"
    trust = ["trust/"]                     # judges receipts, and the server's certificate
    directory = "directory.toml"           # optional: ties receipts to the recipient
    use_mailbox = true                     # optional: take one parcel out of our mailbox for good

    [certificates]                         # optional: each makes more cases possible
    expired = "pkcs12:bad/expired.p12"
    revoked = "pkcs12:bad/revoked.p12"
    other = "pkcs12:other/agency.p12"      # of another agency that the endpoint knows

Paths are relative to the file. Unknown keys are refused by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from docexchange._settings import table
from docexchange.errors import ConfigurationError, InputNotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from docexchange.clock import Clock
    from docexchange.identifiers import OrganId
    from docexchange.signing import SigningKey, Verifier

__all__ = ["CERTIFICATES", "Profile", "profile_values"]

CERTIFICATES: Final = ("expired", "revoked", "other")
"""Certificates that only some runs have."""
_TEXTS: Final = frozenset({"url", "agency", "recipient", "key", "password_file", "directory"})
_OTHERS: Final = {
    "trust": list,
    "use_mailbox": bool,
    "certificates": dict,
    "seconds": (int, float),
    "patience": (int, float),
}
_NUMBERS: Final = frozenset({"seconds", "patience"})
_PATHS: Final = ("password_file", "directory")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Everything that a run is told."""

    url: str
    """The endpoint."""
    agency: OrganId
    """Who we are to the endpoint: its directory lists our certificate for this agency."""
    recipient: OrganId
    """Whose endpoint it is."""
    key: SigningKey
    """Signs our letters, and is shown in TLS."""
    verifier: Verifier
    """Judges receipts; its trust judges the server's certificate too."""
    clock: Clock
    """Tells the time."""
    certificates: Mapping[str, SigningKey] = field(default_factory=lambda: MappingProxyType({}))
    """Those of ``CERTIFICATES`` that there are."""
    use_mailbox: bool = False
    """Whether one parcel may be taken out of our mailbox for good."""
    seconds: float = 20
    """For one request and its answer."""
    patience: float = 60
    """Seconds in which a caller who has gone silent has to be cut off."""


def profile_values(path: Path) -> dict[str, Any]:
    """Read a profile as plain values, its paths made whole.

    Args:
        path: of the TOML file.

    Raises:
        InputNotFound: there is no such file.
        ConfigurationError: it says something that no profile says.
    """
    try:
        values = table(path.read_bytes())
    except OSError as error:
        raise InputNotFound(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise _odd(path, "TOML", str(error)) from error
    for name, value in values.items():
        _check(path, name, value)
    return _whole(values, path.parent)


def _check(path: Path, name: str, value: object) -> None:
    kind: Any = str if name in _TEXTS else _OTHERS.get(name)
    if kind is None:
        raise _odd(path, f"one of {', '.join(sorted({*_TEXTS, *_OTHERS}))}", name)
    if not isinstance(value, kind) or (name in _NUMBERS and isinstance(value, bool)):
        raise _odd(path, f"another kind of value as {name}", repr(value)[:80])
    inner = value.items() if isinstance(value, dict) else ()
    for key, text in inner:
        if key not in CERTIFICATES or not isinstance(text, str):
            raise _odd(path, f"one of {', '.join(CERTIFICATES)} under certificates", str(key))


def _whole(values: dict[str, Any], base: Path) -> dict[str, Any]:
    paths: dict[str, Any] = {name: str(base / values[name]) for name in _PATHS if name in values}
    if "key" in values:
        paths["key"] = _uri(values["key"], base)
    if "trust" in values:
        paths["trust"] = [str(base / str(item)) for item in values["trust"]]
    held = values.get("certificates", {})
    paths["certificates"] = {name: _uri(text, base) for name, text in held.items()}
    return values | paths


def _uri(text: str, base: Path) -> str:
    scheme, colon, rest = text.partition(":")
    return f"{scheme}:{base / rest}" if colon else str(base / text)


def _odd(path: Path, expected: str, found: str) -> ConfigurationError:
    return ConfigurationError(
        f"{path}: expected {expected}, found {found}",
        code="conformance.profile",
        advice="See docs/how-to/check-an-endpoint.md for what a profile says.",
    )
