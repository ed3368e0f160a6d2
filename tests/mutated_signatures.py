"""Signatures of many forms and what may become of them: each made from one number, always alike."""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from dsig_help import Ref, certificate_info, filter2, sign_into, xpath
from lxml import etree
from signing_help import certify
from vectors import signed_bases

from docexchange.envelope.names import DS
from docexchange.signing.xmldsig.algorithms import (
    BASE64,
    ENVELOPED,
    Canonicalization,
    Digest,
    SignatureAlgorithm,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.testing import Credential

LETTER: Final = (
    '<l:letter xmlns:l="urn:l" xmlns:u="urn:unused" xml:lang="vi" xml:base="http://a/b/">'
    '<!--c--><head Id="head" u:n="1">Hà Nội &amp; &#13;</head><?p i?>'
    '<body Id="body" xml:base="../c/"><p Id="p" x="&quot;&#9;">QUJD</p> <l:q/></body></l:letter>'
)
FORMS: Final = tuple(Canonicalization)
_METHODS: Final = {
    "rsa": SignatureAlgorithm.RSA_SHA256,
    "p256": SignatureAlgorithm.ECDSA_SHA256,
    "p384": SignatureAlgorithm.ECDSA_SHA256,
}
_CURVES: Final = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1()}
_XPATHS: Final = (
    xpath("not(ancestor-or-self::ds:Signature)", ds=DS),
    xpath("not(self::p) and not(ancestor-or-self::ds:Signature)", ds=DS),
    filter2(intersect="//body | //head", subtract="//p"),
)
_WORDS: Final = ("", "#head", "#body", "#", "head", "1", "cid:x", "#xpointer(/)", *FORMS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One signed document, changed or not."""

    data: bytes
    """The file."""
    signer: Credential
    """Who signed it."""
    profile: bool = False
    """Whether it is an edXML message under our own profile."""
    simple: bool = False
    """Whether its transforms are those that signxml does rightly."""
    seed: int = 0
    """Which genuine document it comes from."""
    change: str = ""
    """What was done to it; empty for nothing."""


@cache
def signer(kind: str) -> Credential:
    """One with a key that is always the same."""
    if kind == "rsa":
        return certify("peer", key=signed_bases.key("commune"))
    return certify("peer", key=ec.derive_private_key(0xD1FF, _CURVES[kind]))


@cache
def genuine(seed: int) -> Made:
    """A good signature: one in four is a message of our profile.

    Args:
        seed: which one.
    """
    if seed % 4 == 0:
        made = (signed_bases.small, signed_bases.short)[seed // 4 % 2]
        data = made(identity=f"m-{seed // 8 % 5}")
        return Made(data=data, signer=signed_bases.commune(), profile=True, seed=seed)
    return replace(_foreign(random.Random(seed)), seed=seed)


def _foreign(chance: random.Random) -> Made:
    kind = chance.choice(list(_METHODS))
    who, form = signer(kind), chance.choice((*FORMS, *[Canonicalization.EXCLUSIVE] * 5))
    references = tuple(_reference(chance) for _ in range(chance.choice((1, 1, 2, 3))))
    root = etree.fromstring(LETTER)
    place = root if chance.random() < 0.8 else root[-1]
    sign_into(
        place,
        references,
        key=who.private_key,
        info=certificate_info(who.der),
        method=_METHODS[kind].value,
        form=form.value,
        digest=chance.choice((Digest.SHA256, Digest.SHA384, Digest.SHA512)),
    )
    plain = {Canonicalization.EXCLUSIVE.value, ENVELOPED}
    simple = form is Canonicalization.EXCLUSIVE and all(
        item.transforms and item.transforms[-1] == form.value and plain.issuperset(item.transforms)
        for item in references
    )
    return Made(data=etree.tostring(root.getroottree()), signer=who, simple=simple)


def _reference(chance: random.Random) -> Ref:
    form = chance.choice((*FORMS, Canonicalization.EXCLUSIVE, Canonicalization.EXCLUSIVE)).value
    draw = chance.random()
    if draw < 0.5:
        return Ref("", (ENVELOPED, form))
    if draw < 0.75:
        # The signature may stand in the body: it is left out wherever it is.
        return Ref(chance.choice(("#head", "#body")), (ENVELOPED, form))
    if draw < 0.85:
        return Ref("#xpointer(/)", (ENVELOPED, form))
    if draw < 0.95:
        return Ref("", (chance.choice(_XPATHS), form))
    return Ref("#head", (ENVELOPED,)) if draw < 0.98 else Ref("#p", (BASE64,))


def mutated(seed: int) -> Made:
    """A signed document, in five of six cases changed once or more.

    Args:
        seed: which one; the same number makes the same file.
    """
    chance = random.Random(f"mutation {seed}")
    made = genuine(seed % 96)
    if chance.random() < 1 / 6:
        return made
    data, told = made.data, []
    for _ in range(chance.choice((1, 1, 1, 2))):
        change = chance.choice(_CHANGES)
        data = change(data, chance)
        told.append(change.__name__.removeprefix("_"))
    if data == made.data:
        return made
    return replace(made, data=data, change=" and ".join(told))


# --- changes of octets ---


def _byte(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([chance.choice(b'Aa0+/= <>&"\n#')]) + data[at + 1 :]


def _case(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at : at + 1].swapcase() + data[at + 1 :]


def _gap(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.choice((b" ", b"\n", b"<!--x-->", b"<?x?>", b"&#32;")) + data[at:]


# --- changes of the tree ---


def _tree(data: bytes) -> Any:
    try:
        return etree.fromstring(data)
    except etree.XMLSyntaxError:
        return None


def _on_tree(
    change: Callable[[Any, list[Any], random.Random], None],
) -> Callable[[bytes, random.Random], bytes]:
    def run(data: bytes, chance: random.Random) -> bytes:
        root = _tree(data)
        if root is None:
            return data
        change(root, [item for item in root.iter("*") if item is not root], chance)
        return etree.tostring(root.getroottree())

    run.__name__ = change.__name__
    return run


@_on_tree
def _attribute(_root: Any, elements: list[Any], chance: random.Random) -> None:
    item = chance.choice([element for element in elements if element.attrib])
    item.set(chance.choice(list(item.attrib)), chance.choice(_WORDS))


@_on_tree
def _new_attribute(_root: Any, elements: list[Any], chance: random.Random) -> None:
    chance.choice(elements).set(chance.choice(("Id", "ID", "x", "URI")), chance.choice(_WORDS))


@_on_tree
def _text(_root: Any, elements: list[Any], chance: random.Random) -> None:
    item = chance.choice(elements)
    item.text = chance.choice(("", "x", "AAAA", (item.text or "") + " ", (item.text or "")[1:]))


@_on_tree
def _removed(_root: Any, elements: list[Any], chance: random.Random) -> None:
    item = chance.choice(elements)
    if not any(child.tag == f"{{{DS}}}Signature" for child in item.iter()):
        item.getparent().remove(item)


@_on_tree
def _doubled(_root: Any, elements: list[Any], chance: random.Random) -> None:
    item = chance.choice(elements)
    item.addnext(copy.deepcopy(item))


@_on_tree
def _moved(root: Any, elements: list[Any], chance: random.Random) -> None:
    item, place = chance.choice(elements), chance.choice([root, *elements])
    if item not in (place, *place.iterancestors()):
        place.insert(chance.randrange(len(place) + 1), item)


@_on_tree
def _swapped(_root: Any, elements: list[Any], chance: random.Random) -> None:
    item = chance.choice(elements)
    behind = item.getnext()
    if behind is not None:
        behind.addnext(item)


@_on_tree
def _wrapped(_root: Any, elements: list[Any], chance: random.Random) -> None:
    item = chance.choice(elements)
    wrapper = etree.Element("wrapper")
    item.getparent().replace(item, wrapper)
    wrapper.append(item)


@_on_tree
def _from_another(_root: Any, elements: list[Any], chance: random.Random) -> None:
    """The same element of another signed document."""
    other = etree.fromstring(genuine(chance.randrange(96)).data)
    item = chance.choice([one for one in elements if one.tag.startswith(f"{{{DS}}}")])
    theirs = list(other.iter(item.tag))
    if theirs:
        item.getparent().replace(item, chance.choice(theirs))


@_on_tree
def _declaration(root: Any, _elements: list[Any], chance: random.Random) -> None:
    """Another namespace in force: nothing for exclusive forms, everything for inclusive ones."""
    root.set(f"{{urn:new{chance.randrange(3)}}}x", "1")


_CHANGES: Final[tuple[Callable[[bytes, random.Random], bytes], ...]] = (
    _byte,
    _byte,
    _case,
    _gap,
    _attribute,
    _attribute,
    _new_attribute,
    _text,
    _text,
    _removed,
    _doubled,
    _moved,
    _swapped,
    _wrapped,
    _from_another,
    _declaration,
)
