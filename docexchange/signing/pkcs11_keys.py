"""Keys that stay on a token, card or security module: PKCS#11, named by URI (RFC 7512).

>>> key_on_token("pkcs11:token=UBND;object=seal?module-path=/usr/lib/opensc.so", pin=ask)

The session stays open as long as the key lives, so that a batch asks for the PIN once. A PIN is
tried once: tokens lock themselves after a few wrong ones.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

from docexchange.errors import InputNotFound, MissingExtra, UnusableKey
from docexchange.signing.certificates import load_der
from docexchange.signing.keys import SigningKey
from docexchange.signing.trust.vouched import vouched
from docexchange.signing.xmldsig.algorithms import KeyKind, Padding

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cryptography.x509 import Certificate

    from docexchange.signing.keys import PublicKey
    from docexchange.signing.xmldsig.algorithms import SignatureAlgorithm

__all__ = ["TokenUri", "key_on_token"]

_MODULE_VARIABLE: Final = "PKCS11_MODULE"
_PATH: Final = {"token", "manufacturer", "serial", "model", "object", "id", "type", "slot-id"}
_QUERY: Final = {"module-path", "pin-source"}
_ATTRIBUTE: Final = re.compile(r"([a-z-]+)=([^;&?]*)")
_MAX_PIN: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUri:
    """Where a key is: which module, which token, which object."""

    module: str
    """Shared library of the token's maker."""
    token: dict[str, str]
    """What the token must be: ``token`` (its label), ``serial``, ``manufacturer``, ``model``."""
    slot: int | None
    """Number of the slot; None for any."""
    label: str | None
    """Label of the key; None for any."""
    identity: bytes | None
    """``CKA_ID`` of the key; None for any."""
    pin_file: Path | None
    """File with the PIN; None where it is asked for."""

    @classmethod
    def parse(cls, text: str) -> TokenUri:
        """Read a ``pkcs11:`` URI.

        Raises:
            UnusableKey: it is none, or names no module.
        """
        path, _, query = text.removeprefix("pkcs11:").partition("?")
        held = _attributes(path, ";", _PATH) | _attributes(query, "&", _QUERY)
        module = held.get("module-path", b"").decode() or os.environ.get(_MODULE_VARIABLE, "")
        if not module:
            raise _no_key(
                "the module of the token",
                "none",
                f"Add ?module-path=/path/to/module.so, or set {_MODULE_VARIABLE}.",
                code="key.no-module",
            )
        source, label = held.get("pin-source"), held.get("object")
        names = ("token", "serial", "manufacturer", "model")
        return cls(
            module=module,
            token={name: held[name].decode(errors="replace") for name in names if name in held},
            slot=int(held["slot-id"]) if "slot-id" in held else None,
            label=None if label is None else label.decode(errors="replace"),
            identity=held.get("id"),
            pin_file=Path(source.decode().removeprefix("file:")) if source else None,
        )


def _attributes(text: str, separator: str, known: set[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for part in filter(None, text.split(separator)):
        match = _ATTRIBUTE.fullmatch(part)
        name = match[1] if match else part.partition("=")[0]
        if name == "pin-value":
            raise _no_key(
                "a URI without the PIN",
                "pin-value",
                "Give it in a file: --pin-file.",
                code="key.pin",
            )
        if match is None or name not in known or name in found:
            raise _no_key(
                f"{', '.join(sorted(known))}, each once, in a pkcs11: URI",
                repr(part[:40]),
                "Write pkcs11:token=LABEL;object=KEY?module-path=MODULE.",
                code="key.uri",
            )
        found[name] = unquote_to_bytes(match[2])
    if not found.get("slot-id", b"0").isdigit():
        raise _no_key("a number as slot-id", repr(found["slot-id"][:20]), "", code="key.uri")
    return found


def key_on_token(uri: str, *, pin: Callable[[], bytes] | None = None) -> SigningKey:
    """Open a token and find a key and its certificate on it.

    Args:
        uri: names module, token and key.
        pin: asked for once.

    Raises:
        UnusableKey: no module, no token, a wrong PIN, no key or more than one, no certificate.
        InputNotFound: the file with the PIN cannot be read.
        MissingExtra: ``python-pkcs11`` is not installed.
    """
    where = TokenUri.parse(uri)
    token = _token(where)
    session = _session(token, _pin(where, pin))
    key = _key(session, where)
    held = _certificates(session)
    own = [certificate for identity, certificate in held if identity == _identity(key)]
    if not own:
        raise _no_key(
            f"the certificate of {_name(key)} on the token",
            f"{len(held)} of other keys",
            "Put the certificate on the token, with the CKA_ID of the key.",
            code="key.incomplete",
        )
    certificate = own[0]
    return SigningKey(
        private_key=_OnToken(key, certificate),
        certificate=certificate,
        chain=_chain(certificate, [item for _, item in held]),
    )


def _token(where: TokenUri) -> Any:
    try:
        import pkcs11
    except ImportError as error:
        raise MissingExtra(
            "pkcs11: expected the package python-pkcs11, found none",
            code="key.extra",
            advice="Install it: pip install 'docexchange[pkcs11]'.",
        ) from error
    from pkcs11.exceptions import PKCS11Error

    try:
        slots = pkcs11.lib(where.module).get_slots(token_present=True)
        tokens = [(slot, slot.get_token()) for slot in slots]
    except (PKCS11Error, RuntimeError, OSError) as error:
        raise _no_key(
            f"a PKCS#11 module at {where.module}",
            f"one that does not load ({_words(error)})",
            "Install the software of the token's maker, and name its module.",
            code="key.no-module",
        ) from error
    found = [token for slot, token in tokens if _is_meant(slot, token, where)]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(repr(_text(token.label)) for _, token in tokens) or "no token"
    named = " ".join(f"{name}={value}" for name, value in where.token.items())
    raise _no_key(
        f"one token that is {named or 'there'}",
        f"{len(found)} of {len(tokens)} ({listed})",
        "Plug the token in, and name it with token= or serial= in the URI.",
        code="key.no-token" if not found else "key.ambiguous",
    )


def _is_meant(slot: Any, token: Any, where: TokenUri) -> bool:
    actual = {
        "token": token.label,
        "serial": token.serial,
        "manufacturer": token.manufacturer_id,
        "model": token.model,
    }
    same = all(_text(actual[name]) == wanted for name, wanted in where.token.items())
    # Modules show an empty slot for the token that is still to be made.
    return same and where.slot in (None, slot.slot_id) and _ready(token)


def _ready(token: Any) -> bool:
    from pkcs11 import TokenFlag

    return bool(token.flags & TokenFlag.TOKEN_INITIALIZED)


def _pin(where: TokenUri, pin: Callable[[], bytes] | None) -> str | None:
    if where.pin_file is None:
        given = pin() if pin else b""
    else:
        try:
            with where.pin_file.open("rb") as stream:
                given = stream.read(_MAX_PIN).strip(b"\r\n")
        except OSError as error:
            raise InputNotFound(f"{where.pin_file}: {error.strerror or error}") from error
    try:
        return given.decode() or None
    except UnicodeDecodeError as error:
        raise _no_key("a PIN in UTF-8", "other bytes", "", code="key.pin") from error


def _session(token: Any, pin: str | None) -> Any:
    from pkcs11 import TokenFlag
    from pkcs11.exceptions import (
        PinIncorrect,
        PinLenRange,
        PinLocked,
        PKCS11Error,
        UserAlreadyLoggedIn,
    )

    if pin is None and token.flags & TokenFlag.LOGIN_REQUIRED:
        raise _no_key("the PIN of the token", "none", "Give it with --pin-file.", code="key.pin")
    try:
        return token.open(user_pin=pin)
    except UserAlreadyLoggedIn:
        # A process logs in to a token once, for all its sessions (PKCS#11 v2.40, clause 5.6).
        return token.open()
    except (PinIncorrect, PinLenRange, PinLocked) as error:
        # Not tried again: a token locks itself after a few.
        raise _no_key(
            f"the PIN of {_text(token.label)!r}",
            f"another ({_words(error)}; {_tries_left(token)})",
            "Ask the holder of the token. Do not try PINs: the token would lock itself.",
            code="key.pin",
        ) from error
    except PKCS11Error as error:
        raise _no_key(
            f"a session with {_text(token.label)!r}",
            f"none ({_words(error)})",
            "Plug the token in again.",
            code="key.token-failed",
        ) from error


def _tries_left(token: Any) -> str:
    from pkcs11 import TokenFlag

    # The flags are those of before this try: tokens tell no numbers (PKCS#11 v2.40, clause 3.2).
    flags = token.slot.get_token().flags
    if flags & TokenFlag.USER_PIN_LOCKED:
        return "it is locked now"
    if flags & TokenFlag.USER_PIN_FINAL_TRY:
        return "one try is left"
    if flags & TokenFlag.USER_PIN_COUNT_LOW:
        return "few tries are left"
    return "it does not say how many tries are left"


def _key(session: Any, where: TokenUri) -> Any:
    from pkcs11 import Attribute, ObjectClass

    wanted: dict[Any, Any] = {Attribute.CLASS: ObjectClass.PRIVATE_KEY}
    if where.label is not None:
        wanted[Attribute.LABEL] = where.label
    if where.identity is not None:
        wanted[Attribute.ID] = where.identity
    found = list(session.get_objects(wanted))
    if len(found) == 1:
        return found[0]
    raise _no_key(
        "one private key that the URI names",
        f"{len(found)} ({', '.join(map(_name, found))})" if found else "none",
        "Name it with object= or id= in the URI.",
        code="key.ambiguous" if found else "key.no-key",
    )


def _certificates(session: Any) -> list[tuple[bytes, Certificate]]:
    """Certificates on the token, each with its ``CKA_ID``; those that cannot be read are left."""
    from pkcs11 import Attribute, ObjectClass

    held = []
    # A list: while a search is open, the session can do nothing else.
    for item in list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})):
        try:
            held.append((item[Attribute.ID], load_der(item[Attribute.VALUE])))
        except ValueError:
            continue
    return held


def _chain(certificate: Certificate, held: Sequence[Certificate]) -> tuple[Certificate, ...]:
    chain: list[Certificate] = []
    while certificate.issuer != certificate.subject:
        der = _der(certificate)
        above = [item for item in held if vouched([der], anchors=[_der(item)])]
        if not above or above[0] in chain or above[0].issuer == above[0].subject:
            break
        certificate = above[0]
        chain.append(certificate)
    return tuple(chain)


def _der(certificate: Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)


class _OnToken:
    """A private key on a token, with the public half out of its certificate."""

    def __init__(self, key: Any, certificate: Certificate) -> None:
        self._key = key
        self._public_key: Any = certificate.public_key()
        self._lock = Lock()

    def public_key(self) -> PublicKey:
        """The public half."""
        found: PublicKey = self._public_key
        return found

    def sign_octets(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """A signature value as XML signatures want it; PKCS#11 has ECDSA values so already."""
        from pkcs11.exceptions import PKCS11Error

        octets, how = _mechanism(data, algorithm)
        try:
            with self._lock:  # a session does one thing at a time
                value: bytes = self._key.sign(octets, **how)
        except PKCS11Error as error:
            raise _no_key(
                f"a signature by the token with {algorithm.label}",
                f"that it will not ({_words(error)})",
                "Is it still plugged in? Does it know this algorithm?",
                code="key.token-failed",
            ) from error
        return value


def _mechanism(data: bytes, algorithm: SignatureAlgorithm) -> tuple[bytes, dict[str, Any]]:
    """What to sign, and how; digests for ECDSA are made here, as few tokens can make them."""
    from pkcs11 import MGF, Mechanism

    digest = algorithm.digest
    if algorithm.kind is KeyKind.EC:
        hashed = hashlib.new(digest.hashlib_name, data).digest()
        return hashed, {"mechanism": Mechanism.ECDSA}
    if algorithm.kind is KeyKind.ED25519:
        return data, {"mechanism": Mechanism.EDDSA}
    if algorithm.padding is Padding.PSS:
        size = hashlib.new(digest.hashlib_name).digest_size
        parameters = (Mechanism[digest.name], MGF[digest.name], size)
        mechanism = Mechanism[f"{digest.name}_RSA_PKCS_PSS"]
        return data, {"mechanism": mechanism, "mechanism_param": parameters}
    return data, {"mechanism": Mechanism[f"{digest.name}_RSA_PKCS"]}


def _identity(key: Any) -> bytes:
    from pkcs11 import Attribute

    found: bytes = key[Attribute.ID]
    return found


def _name(key: Any) -> str:
    return f"{key.label!r} (id {_identity(key).hex()})"


def _text(value: object) -> str:
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return text.rstrip(" \0")


def _words(error: Exception) -> str:
    return " ".join(filter(None, [type(error).__name__, str(error)]))


def _no_key(expected: str, found: str, advice: str, *, code: str) -> UnusableKey:
    return UnusableKey(f"pkcs11: expected {expected}, found {found}", code=code, advice=advice)
