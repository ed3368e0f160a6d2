"""Attachments: a name, a type, a size, a digest and an ``open()``; the bytes stay where they are.

>>> from docexchange.envelope import Attachment
>>> Attachment.from_bytes(b"%PDF-1.4 ...", name="quyết định.pdf").size
12
"""

from __future__ import annotations

import errno
import hashlib
import io
import mimetypes
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol, Self

from docexchange.envelope.attachments.base64_stream import CHUNK, Base64Reader
from docexchange.envelope.attachments.zipped import ZipSource
from docexchange.envelope.attachments.zipping import LARGEST, ZippingSource, entry_name, suffix_of
from docexchange.errors import InputNotFound, InvalidField, MalformedEnvelope
from docexchange.identifiers import ContentId
from docexchange.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Attachment",
    "BytesSource",
    "FileSource",
    "Source",
    "SpanSource",
    "name_problem",
    "readable",
]

_RESERVED: Final = re.compile(r'[\\/:*?"<>|]')
_MAX_NAME_BYTES: Final = 255


class Source(Protocol):
    """Where the octets of an attachment are."""

    def open(self) -> BinaryIO:
        """Open them for reading, from the first; the caller closes."""


@dataclass(frozen=True, slots=True)
class FileSource:
    """Octets in a file of their own."""

    path: Path
    """The file."""

    def open(self) -> io.FileIO:
        """Open the file, without a buffer: what reads a source takes large pieces."""
        try:
            return io.FileIO(self.path)
        except ValueError as error:  # a NUL byte, which no name of a file has
            raise FileNotFoundError(errno.ENOENT, str(error), str(self.path)) from error


@dataclass(frozen=True, slots=True)
class BytesSource:
    """Octets in memory, for small things."""

    data: bytes = field(repr=False)
    """The octets."""

    def open(self) -> BinaryIO:
        """Read from memory."""
        return io.BytesIO(self.data)


@dataclass(frozen=True, slots=True)
class SpanSource:
    """Octets in base64 inside an envelope."""

    envelope: Source
    """The bytes of the envelope."""
    start: int
    """Where the base64 text begins, in bytes."""
    length: int
    """How many bytes of text there are."""

    def open(self) -> BinaryIO:
        """Open the span, decoding."""
        reader = Base64Reader(self.envelope.open(), self.start, self.length)
        return io.BufferedReader(reader, buffer_size=CHUNK)

    def text_chunks(self) -> Iterator[bytes]:
        """The base64 text itself, as it stands in the envelope.

        Raises:
            InputNotFound: the envelope has gone.
            MalformedEnvelope: it has become shorter since it was read.
        """
        with readable("envelope"), self.envelope.open() as stream:
            stream.seek(self.start)
            left = self.length
            while left:
                piece = stream.read(min(CHUNK, left))
                if not piece:
                    raise _cut(left)
                left -= len(piece)
                yield piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file that travels with a letter."""

    content_id: ContentId
    """Ties manifest entry, octets and signature reference together."""
    name: str
    """File name, without any folder."""
    media_type: str
    """MIME type (``application/pdf``)."""
    description: str = ""
    """Shown to people."""
    format: str = ""
    """``Format``, an extension of the Java SDK."""
    field_name: str = ""
    """``FieldName``, an extension of the Java SDK."""
    mime_type: str = ""
    """``MimeType``, an extension of the Java SDK; ``media_type`` is what counts."""
    size: int
    """Octets."""
    sha256: bytes
    """SHA-256 of the octets."""
    source: Source
    """Where the octets are."""

    @classmethod
    def from_path(
        cls,
        path: Path | str,
        *,
        name: str = "",
        media_type: str = "",
        description: str = "",
        content_id: ContentId | None = None,
    ) -> Self:
        """Read size and digest of a file; the file must stay unchanged until it is sent.

        Args:
            path: the file.
            name: another name to send it under.
            media_type: MIME type; guessed from the name when empty.
            description: shown to people.
            content_id: derived from the digest when left out.

        Raises:
            InputNotFound: the file cannot be read.
            InvalidField: the name must not travel.
        """
        path = Path(path)
        return cls._of(FileSource(path), name or path.name, media_type, description, content_id)

    @classmethod
    def from_bytes(
        cls,
        data: bytes,
        *,
        name: str,
        media_type: str = "",
        description: str = "",
        content_id: ContentId | None = None,
    ) -> Self:
        """Make an attachment of octets in memory; arguments as for ``from_path``."""
        return cls._of(BytesSource(data), name, media_type, description, content_id)

    @classmethod
    def _of(
        cls,
        source: Source,
        name: str,
        media_type: str,
        description: str,
        content_id: ContentId | None,
    ) -> Self:
        problem = name_problem(name)
        if problem:
            raise InvalidField(
                f"attachment name: expected a plain file name, found {name!r} ({problem})",
                path="AttachmentEncoded.Attachment.AttachmentName",
                code="M.AttachmentName",
                advice="Give it another name.",
            )
        size, digest = _measure(source, name)
        return cls(
            content_id=content_id or _content_id(digest.digest(), name),
            name=name,
            media_type=media_type or mimetypes.guess_type(name)[0] or "application/octet-stream",
            description=description,
            size=size,
            sha256=digest.digest(),
            source=source,
        )

    def open(self) -> BinaryIO:
        """Open the octets for reading; the caller closes.

        Raises:
            InputNotFound: the file behind it has gone.
        """
        with readable(f"attachment {self.name}"):
            stream = self.source.open()
        return io.BufferedReader(stream) if isinstance(stream, io.FileIO) else stream

    @property
    def is_zipped(self) -> bool:
        """Whether it seems to be a ZIP archive of itself, as the Java SDK sends files.

        Only the beginning is read: an archive whose first file has the extension of the name.
        Archives that are meant as such (``tệp.zip``) and office files are not.

        Raises:
            InputNotFound: the file behind it has gone.
        """
        with readable(f"attachment {self.name}"):
            inside = ZipSource(self.source, Limits()).first_name()
        return bool(inside) and suffix_of(inside) == suffix_of(self.name)

    def zipped(self) -> Attachment:
        """The same file in a ZIP archive of its own, as the Java SDK sends; made as it is read.

        The name stays, the type becomes ``application/zip``: signatures cover the archive. Files
        that would shrink so much that readers took them for bombs are packed uncompressed. The
        octets depend on the release of zlib; they stay the same for one process.

        Raises:
            InvalidField: too large for an archive.
            InputNotFound: the file behind it has gone.
        """
        if self.size > LARGEST:
            raise InvalidField(
                f"attachment {self.name}: expected at most {LARGEST} octets in a ZIP archive, "
                f"found {self.size}",
                path="AttachmentEncoded.Attachment",
                code="R.AttachmentEncoded.Attachment",
                advice="Send it as it is.",
            )
        packed = self._packed(level=6)
        suspect = 2 * self.size > Limits().inflation_ratio * packed.size  # half, to be sure
        return self._packed(level=0) if suspect else packed

    def _packed(self, *, level: int) -> Attachment:
        source = ZippingSource(self.source, entry_name(self.name, self.sha256), level)
        kind = "application/zip"
        return Attachment._of(source, self.name, kind, self.description, self.content_id)

    def inflated(self, limits: Limits | None = None) -> Attachment:
        """The file inside an attachment that is a ZIP archive of one file, as the Java SDK sends.

        Signatures cover the archive, not the file in it.

        Args:
            limits: bounds on size and ratio of what comes out.

        Returns:
            The file, inflated as it is read: under the attachment's own name where the name in the
            archive has the same extension (the SDK writes a UUID there), or else under that name,
            without folders.

        Raises:
            MalformedEnvelope: not an archive of one file, or one that can be read in two ways, or
                its name is not fit for a file.
            LimitExceeded: what is inside is too large.
            InputNotFound: the file behind it has gone.
        """
        source = ZipSource(self.source, limits or Limits())
        with readable(f"attachment {self.name}"):
            inside = source.entry.name
        own = not name_problem(self.name) and suffix_of(self.name) == suffix_of(inside)
        name = self.name if own and inside else inside
        try:
            return Attachment._of(source, name, "", self.description, self.content_id)
        except InvalidField as error:
            raise MalformedEnvelope(str(error), code="envelope.attachment-archive") from error

    def chunks(self) -> Iterator[bytes]:
        """The octets in pieces, checked against size and digest at the end.

        Raises:
            InputNotFound: the file behind it has gone.
            MalformedEnvelope: they are not the octets that were read before.
        """
        digest, size = hashlib.sha256(), 0
        with readable(f"attachment {self.name}"), self.source.open() as stream:
            while piece := stream.read(CHUNK):
                digest.update(piece)
                size += len(piece)
                yield piece
        self.check(size, digest.digest())

    def check(self, size: int, sha256: bytes) -> None:
        """Hold what was read to what was promised.

        Raises:
            MalformedEnvelope: size or digest differ.
        """
        if (size, sha256) != (self.size, self.sha256):
            raise MalformedEnvelope(
                f"attachment {self.name}: expected {self.size} octets with SHA-256 "
                f"{self.sha256.hex()}, found {size} with {sha256.hex()}",
                code="envelope.attachment-changed",
                advice="The file changed while it was in use; start again from the original.",
            )

    def digest(self, algorithm: str) -> bytes:
        """Digest of the octets; SHA-256 is known, others are computed.

        Args:
            algorithm: a name of ``hashlib``.
        """
        if algorithm == "sha256":
            return self.sha256
        digest = hashlib.new(algorithm)
        for piece in self.chunks():
            digest.update(piece)
        return digest.digest()


class readable:  # noqa: N801  reads like a word; a generator would cost more than what it guards
    """Turn what the system says about a file into an error of ours.

    Args:
        what: what is being read, for people.

    Raises:
        InputNotFound: the system would not open it, or not read on.
    """

    __slots__ = ("_what",)

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        """Nothing to be done yet."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Tell it in our words."""
        if isinstance(error, OSError):
            where = f" ({error.filename})" if error.filename else ""
            raise InputNotFound(f"{self._what}: {error.strerror or error}{where}") from error


def _cut(left: int) -> MalformedEnvelope:
    return MalformedEnvelope(
        f"attachment: expected {left} more bytes of its text, found the end of the file",
        code="envelope.truncated",
        advice="The file changed while it was in use; start again from the original.",
    )


def _content_id(sha256: bytes, name: str) -> ContentId:
    # From content and name: equal letters give equal bytes, and one file under two names is two.
    return ContentId(f"a{hashlib.sha256(sha256 + name.encode()).hexdigest()[:24]}")


def _measure(source: Source, name: str) -> tuple[int, hashlib._Hash]:
    digest, size = hashlib.sha256(), 0
    buffer = bytearray(CHUNK)
    view = memoryview(buffer)
    with readable(f"attachment {name}"), source.open() as stream:
        while count := stream.readinto(buffer):  # type: ignore[attr-defined]
            digest.update(view[:count])
            size += count
    return size, digest


def name_problem(name: str) -> str:
    """Why a name must not be used for a file, or an empty string.

    Refused are folders and drives, control and invisible characters, and the marks that turn the
    direction of writing (``fdp.exe`` shown as ``exe.pdf``).
    """
    if not name or name.strip(" .") != name.strip(" ") or name != name.strip():
        return "empty, or dots and spaces at its ends"
    if _RESERVED.search(name):
        return "a character that file names cannot have, such as / or :"
    if not name.isprintable() and any(map(_is_invisible, name)):
        return "an invisible or control character"
    if len(name.encode()) > _MAX_NAME_BYTES:
        return f"longer than {_MAX_NAME_BYTES} bytes"
    return ""


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
