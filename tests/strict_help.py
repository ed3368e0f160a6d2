"""A letter or receipt read from its octets and read by the parser: both must say the same.

>>> check_reading(data)
True
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from letters import content_of

from docexchange.envelope import Envelope
from docexchange.envelope.attachments.attachment import BytesSource
from docexchange.envelope.envelope import _read, _scanned
from docexchange.envelope.names import DS
from docexchange.envelope.reading.strict_receipt import read_strict_receipt
from docexchange.envelope.receipt import read_receipt
from docexchange.errors import DocExchangeError
from docexchange.limits import Limits
from docexchange.signing.coverage import parts_of
from docexchange.signing.xmldsig.c14n import exclusive

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from docexchange.envelope.reading.strict import Strict
    from docexchange.envelope.reading.strict_signature import StrictSignature

__all__ = ["check_reading", "check_receipt", "lines_changed", "without_strict"]

_TEXT: Final = re.compile(rb">([^<>\n]+)<")
_ID: Final = re.compile(rb'(?<= Id=")[^"]*')
_PIECES: Final = (
    b"\n", b" ", b"\t", b"\r", b"&amp;", b"&#10;", b"<!---->", b"<?x?>", b"]]>", b"\x0b",
    b"\xef\xbf\xbe", b"\xed\xa0\x80", b"\xc2\x85", b"\xe2\x80\xa8", b"\xc3", b"null", b">",
    b' Id="m-1"', b' version="1.0"', b' xmlns:edXML="urn:x"', b' xmlns:ds="urn:x"', b"0", b"x",
)  # fmt: skip


def without_strict(envelope: Envelope) -> Envelope:
    """The envelope as if the parser had read it."""
    return replace(envelope)


def check_reading(data: bytes) -> bool:
    """Hold one reader to the other; whether the letter has the strict form."""
    try:
        envelope = Envelope.from_bytes(data)
    except DocExchangeError:
        return False
    if envelope.strict is None:
        return False
    source, scanned, encoding = _scanned(BytesSource(data), Limits())
    root, reading = _read(scanned, source, encoding)
    assert not encoding
    assert reading.findings == envelope.findings == ()
    assert None not in reading.contents
    assert content_of(reading.message) == content_of(envelope.message)
    assert reading.traces == envelope.traces
    _check_parts(without_strict(envelope), envelope.strict)
    _check_signatures(root, envelope.strict.signatures)
    _check_ids(
        root, envelope.strict.signatures, *[item.identity for item in envelope.strict.fragments]
    )
    return True


def check_receipt(data: bytes) -> bool:
    """The same of a receipt."""
    strict = read_strict_receipt(data)
    if strict is None:
        return False
    receipt, root = read_receipt(data)
    assert receipt == strict.receipt
    assert exclusive(root[0]) == strict.content == receipt.content
    _check_signatures(root, strict.signatures)
    _check_ids(root, strict.signatures, receipt.content_id)
    return True


def _check_parts(envelope: Envelope, strict: Strict) -> None:
    """All that must be signed, under its id, in canonical form."""
    parts = [part for part in parts_of(envelope) if part.label in _ELEMENTS]
    told = [(item.name, f"#{item.identity}" * bool(item.identity)) for item in strict.fragments]
    assert [(part.label, part.uri) for part in parts] == told
    targets: list[Any] = [part.target for part in parts]
    assert [exclusive(target) for target in targets] == [item.octets for item in strict.fragments]


_ELEMENTS: Final = {"MessageHeader", "Bussiness", "edXMLBody"}


def _check_signatures(root: Any, signatures: Sequence[StrictSignature]) -> None:
    """As many as there are anywhere, each of them in canonical form."""
    elements = list(root.getroottree().iter(f"{{{DS}}}Signature"))
    assert len(elements) == len(signatures)
    for element, told in zip(elements, signatures, strict=True):
        assert exclusive(element[0], comments=True) == told.signed_info
        _info, value, key_info, (qualifying,) = element
        (properties,) = qualifying
        assert exclusive(properties, comments=True) == told.properties
        assert properties.get("Id") == told.properties_identity
        assert (element.get("Id"), qualifying.get("Target")) == (told.identity, f"#{told.identity}")
        assert (value.get("Id"), value.text) == (told.value_identity, told.value)
        assert tuple(item.text for item in key_info[0]) == told.certificates
        assert [child.tag for child in element] == _CHILDREN


_CHILDREN: Final = [
    f"{{{DS}}}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo", "Object")
]


def _check_ids(root: Any, signatures: Sequence[StrictSignature], *parts: str) -> None:
    """No element has an id that is not known."""
    known = set(parts)
    for told in signatures:
        known |= {told.identity, told.value_identity, told.properties_identity}
        known |= {found.decode() for found in _ID.findall(told.signed_info)}
    found = {value for element in root.iter("*") for value in [element.get("Id")] if value}
    assert found == known - {""}
    assert not root.xpath("//@ID | //@id | //@xml:id")


def lines_changed(data: bytes, random: Random) -> bytes:
    """The letter after one to three changes of lines, texts and ids: most of it stays strict.

    Args:
        data: a letter.
        random: decides everything.
    """
    for _ in range(random.choice((1, 1, 2, 3))):
        data = random.choice((_line, _text, _identity, _piece))(data, random)
    return data


def _line(data: bytes, random: Random) -> bytes:
    lines = data.split(b"\n")
    at, to = random.randrange(len(lines)), random.randrange(len(lines))
    kept = lines[:at] + lines[at + 1 :]
    changes = (kept, [*lines[:to], lines[at], *lines[to:]], [*kept[:to], lines[at], *kept[to:]])
    return b"\n".join(random.choice(changes))


def _text(data: bytes, random: Random) -> bytes:
    found = list(_TEXT.finditer(data))
    return _put(data, random.choice(found).span(1), random.choice(found)[1]) if found else data


def _identity(data: bytes, random: Random) -> bytes:
    found = list(_ID.finditer(data))
    return _put(data, random.choice(found).span(), random.choice(found)[0]) if found else data


def _piece(data: bytes, random: Random) -> bytes:
    edges = [found.end() - random.choice((0, 0, 1)) for found in re.finditer(rb"<[^<>]*>", data)]
    at = random.choice([*edges, random.randint(0, len(data))])
    return data[:at] + random.choice(_PIECES) + data[at:]


def _put(data: bytes, span: tuple[int, int], new: bytes) -> bytes:
    return data[: span[0]] + new + data[span[1] :]
