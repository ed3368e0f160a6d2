"""Payloads compared with their notes, while they are read in pieces: shared by all transports."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Final

from docexchange.errors import TransportError
from docexchange.limits import MIB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.transport.parcel import Parcel

__all__ = ["check_payload", "checked"]

_CHUNK: Final = MIB


def checked(parcel: Parcel, payload: BinaryIO) -> Iterator[bytes]:
    """Give out ``payload`` in pieces; the end is reached only if it is what the note says.

    Raises:
        TransportError: code ``transport.payload-mismatch``, not retryable: another length or
            digest; or ``transport.payload-unreadable``: the stream failed.
    """
    digest, size = sha256(), 0
    while chunk := _read(payload):
        size += len(chunk)
        if size > parcel.size:
            break
        digest.update(chunk)
        yield chunk
    if size != parcel.size:
        raise _mismatch(parcel, f"{parcel.size} bytes", f"{'more' if chunk else size}")
    if digest.hexdigest() != parcel.sha256:
        raise _mismatch(parcel, f"SHA-256 {parcel.sha256}", digest.hexdigest())


def check_payload(parcel: Parcel, payload: BinaryIO) -> None:
    """Read ``payload`` to its end and compare it with its note.

    Raises:
        TransportError: as ``checked``.
    """
    for _ in checked(parcel, payload):
        pass


def _read(payload: BinaryIO) -> bytes:
    try:
        return payload.read(_CHUNK)
    except OSError as error:
        raise TransportError(
            f"payload: expected to read it to its end, found: {error}",
            code="transport.payload-unreadable",
            advice="Look at the disk that the payload is read from.",
        ) from error


def _mismatch(parcel: Parcel, expected: str, found: str) -> TransportError:
    return TransportError(
        f"payload of {parcel.kind} {parcel.message_id}: expected {expected}, found {found}",
        retryable=False,
        code="transport.payload-mismatch",
        advice="The bytes are not those that the note describes: make the parcel again.",
    )
