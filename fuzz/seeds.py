"""Inputs to begin from: what the tests have, written out anew each time.

>>> seeds = seeds_for("envelope")
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from agency_trees import four_tiers
from archives import archive, streamed
from cli_help import TOML
from hypothesis import HealthCheck, given, settings
from letter_mutations import SNIPPETS, VALUES
from letters import plain, status, written
from reader_properties import signed_letters
from vectors.make import contents

from docexchange.cli._sample import sample_letter
from docexchange.directory.toml_file import write_toml
from docexchange.envelope import Receipt
from docexchange.envelope.receipt import receipt_xml
from docexchange.identifiers import DocumentId, MessageId, OrganId
from docexchange.testing.strategies.letters import messages
from docexchange.transport.parcel import Parcel, ParcelKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.envelope import Message

__all__ = ["dictionary", "seeds_for"]

_AT: Final = datetime(2026, 3, 2, 2, tzinfo=UTC)
_ID: Final = MessageId("m-1")
_CODES: Final = (OrganId("000.21.31.H53"), OrganId("000.00.00.G22"), OrganId("H53.31.21"))
_MOST_MESSAGES: Final = 60


def seeds_for(name: str) -> tuple[bytes, ...]:
    """Inputs that the reader takes, most of them.

    Args:
        name: of a property in ``reader_properties``.
    """
    return tuple(_SEEDS[name]())


def dictionary() -> str:
    """The words that mutations are made of, as libFuzzer reads them."""
    words = sorted({*SNIPPETS, *VALUES} - {b""})
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in words)


def _letters() -> Iterator[bytes]:
    yield from contents().values()
    yield written(status())
    yield from _any_messages()
    yield from signed_letters()


def _any_messages() -> list[bytes]:
    """Messages with every field there is, the same ones each time."""
    found: list[bytes] = []

    @settings(
        max_examples=_MOST_MESSAGES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(messages)
    def collect(message: Message) -> None:
        found.append(written(message))

    collect()
    return found


def _archives() -> Iterator[bytes]:
    yield archive(("a.pdf", b"%PDF " * 40))
    yield archive(("a.pdf", b"%PDF"), method=0)
    yield archive(("folder/\u1ea3.pdf", b""))
    yield streamed("a.pdf", b"%PDF " * 40)
    yield archive(("a", b"1"), ("b", b"2"))


def _receipts() -> Iterator[bytes]:
    for reason in ("", "kh\u00f4ng \u0111\u00fang"):
        receipt = Receipt(
            message_id=_ID,
            recipient=_CODES[0],
            from_node=_CODES[1],
            issuer=_CODES[2],
            sha256="0" * 64,
            size=3,
            at=_AT,
            hop=1,
            accepted=not reason,
            reason=reason,
        )
        yield receipt_xml(receipt)


def _parcels() -> Iterator[bytes]:
    for kind in ParcelKind:
        parcel = Parcel(
            kind=kind,
            message_id=_ID,
            recipients=_CODES[:1],
            origin=_CODES[1],
            from_node=_CODES[2],
            to_node=_CODES[0],
            sha256="0" * 64,
            size=3,
        )
        yield parcel.to_json()


def _identifiers() -> Iterator[bytes]:
    document_id = DocumentId.of(_CODES[0], date(2026, 3, 2), "12", "UBND-VX")
    yield from (str(item).encode() for item in (*_CODES, _ID, document_id))
    yield from (value for value in VALUES if value)


_SEEDS: Final = {
    "envelope": _letters,
    "signature": signed_letters,
    "archive": _archives,
    "receipt": _receipts,
    "base64": lambda: (b"\x03QUJDREVG", b"\0QQ==", b"\x07QU JD\r\nRE VG\n", plain()),
    "identifiers": _identifiers,
    "parcel": _parcels,
    "directory": lambda: (
        write_toml(four_tiers()).encode(),
        b"code,name,tier,parent,aliases\nH53,A,2,,\nH53.31,B,3,H53,000.00.31.H53\n",
    ),
    "letter-file": lambda: (sample_letter(date(2026, 3, 2)).encode(), TOML.encode()),
}
