"""What commands read: letters and small files, from a path or from a pipe.

>>> with opened("letter.edxml") as envelope:
...     envelope.message.subject
"""

from __future__ import annotations

import io
import os
import stat
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from docexchange.cli._output import long_work
from docexchange.errors import (
    DocExchangeError,
    InputNotFound,
    LimitExceeded,
    MalformedEnvelope,
    UnreadableInput,
)
from docexchange.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed import WriteableBuffer

    from docexchange.envelope import Envelope
    from docexchange.envelope.attachments.attachment import FileSource

__all__ = ["about", "opened", "read_small", "received"]

_CHUNK: Final = 120 * 1024  # as the reader takes it
_PDF: Final = b"%PDF-"


@contextmanager
def about(name: str) -> Iterator[None]:
    """Note on every error of ours what it is about; the line that tells it begins with that.

    Args:
        name: of a file.
    """
    try:
        yield
    except DocExchangeError as error:
        error.add_note("standard input" if name == "-" else name)
        raise


@contextmanager
def opened(name: str) -> Iterator[Envelope]:
    """Read an envelope; its attachments can be read while this is open.

    Args:
        name: a file; ``-`` is standard input. A pipe is copied to a temporary file meanwhile.

    Raises:
        InputNotFound: it cannot be opened.
        MalformedEnvelope: it is not an edXML envelope.
        LimitExceeded: it is larger than allowed.
    """
    with _input(name) as given:
        yield given.envelope()


@contextmanager
def received(name: str, *, listed: bool = False) -> Iterator[Envelope | FileSource | bytes]:
    """Read whatever an agency receives: an envelope, a PDF file, or the bytes of any other XML.

    Args:
        name: as above.
        listed: it was found in a folder, as a file, and must still be one.

    Raises:
        InputNotFound: it cannot be opened.
        MalformedEnvelope: it is neither PDF nor XML.
        LimitExceeded: it is larger than allowed.
    """
    with _input(name, listed=listed) as given:
        yield given.file() if given.is_pdf else _other_than_pdf(given)


def _other_than_pdf(given: _Input) -> Envelope | FileSource | bytes:
    try:
        return given.envelope()
    except MalformedEnvelope as error:
        if error.code == "xml.syntax" and given.is_named_pdf:
            return given.file()  # who looks into it says what is wrong with it as a PDF file
        if error.code != "envelope.root":
            raise
        return given.octets(Limits().skeleton_bytes)


class _Input:
    """A file or pipe, which is read once, and what is read of it again."""

    def __init__(self, name: str, stream: BinaryIO, path: Path, copy: Any = None) -> None:
        self._name, self._path, self._copy = name, path, copy
        self._stream = _Begun(stream, name)

    @property
    def is_pdf(self) -> bool:
        """Whether it begins as PDF files do."""
        return self._stream.beginning == _PDF

    @property
    def is_named_pdf(self) -> bool:
        """Whether its name says so, whatever it begins with."""
        return self._name.lower().endswith(".pdf")

    def envelope(self) -> Envelope:
        """Read it as an envelope."""
        from docexchange.envelope import Envelope

        if self.is_pdf:
            raise MalformedEnvelope(
                f"{self._name}: expected an edXML letter, found a PDF file",
                code="envelope.pdf",
                advice="`docexchange verify` judges the signatures inside PDF files; `docexchange "
                "compose` puts files into a letter.",
            )
        if self._copy is not None:
            source = _FirstTime(self._stream, self._path, self._copy.write)
            with about(self._name):
                envelope = Envelope.from_source(source)
            self._copy.flush()
            return envelope
        size = self._path.stat().st_size
        with about(self._name), long_work(size, self._name) as tell:
            return Envelope.from_source(_FirstTime(self._stream, self._path, tell))

    def octets(self, most: int) -> bytes:
        """Read it again, as it is."""
        self._copy_rest(most)
        return read_small(str(self._path), most)

    def file(self) -> FileSource:
        """It as a file that can be read any number of times."""
        from docexchange.envelope.attachments.attachment import FileSource

        limits = Limits()
        with about(self._name):
            limits.hold("pdf_bytes", self._copy_rest(limits.pdf_bytes))
        return FileSource(self._path)

    def _copy_rest(self, most: int) -> int:
        """Copy what is left in a pipe; how large the copy is, a little above the most at most."""
        if self._copy is None:
            return 0
        while self._copy.tell() <= most and (piece := self._stream.read(_CHUNK)):
            self._copy.write(piece)
        self._copy.flush()
        size: int = self._copy.tell()
        return size


class _Begun:
    """A stream of which the beginning is known already."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        try:
            self.beginning = stream.read(len(_PDF))
        except OSError as error:
            raise InputNotFound(f"{name}: {error.strerror or error}") from error
        self._stream, self._left = stream, self.beginning

    def read(self, most: int) -> bytes:
        """The next octets, at most so many; none at the end."""
        if not self._left:
            return self._stream.read(most)
        piece, self._left = self._left[:most], self._left[most:]
        return piece


@contextmanager
def _input(name: str, *, listed: bool = False) -> Iterator[_Input]:
    with ExitStack() as stack:
        stream = stack.enter_context(_listed(name) if listed else _stream(name))
        if name != "-" and stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            yield _Input(name, stream, Path(name))
        else:
            copy = stack.enter_context(_temporary())
            yield _Input(name, stream, Path(copy.name), copy)


def read_small(name: str, most: int, *, expected: str = "") -> bytes:
    """Read a small file whole.

    Args:
        name: a file; ``-`` is standard input.
        most: bytes it may have.
        expected: what it holds; where nothing is said, it may be empty.

    Raises:
        InputNotFound: it cannot be read.
        LimitExceeded: it is larger.
        UnreadableInput: it is empty.
    """
    with _stream(name) as stream:
        try:
            data = stream.read(most + 1)
        except OSError as error:
            raise InputNotFound(f"{name}: {error.strerror or error}") from error
    if len(data) > most:
        raise LimitExceeded(
            f"{name}: expected at most {most} bytes, found more",
            code="limit.small-file",
            advice="Check that this is the right file.",
        )
    if expected and not data.strip():
        raise UnreadableInput(
            f"{name}: expected {expected}, found an empty file",
            code="input.empty",
            advice="Check that this is the right file, and that it was copied whole.",
        )
    return data


@contextmanager
def _stream(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        if sys.stdin is None:
            raise InputNotFound("standard input: expected a letter, found it closed")
        yield sys.stdin.buffer
        return
    from docexchange.envelope.attachments.attachment import FileSource

    try:
        stream = FileSource(Path(name)).open()
    except OSError as error:
        raise InputNotFound(f"{name}: {error.strerror or error}") from error
    with io.BufferedReader(stream) as buffered:  # a pipe may give a few bytes at first
        yield buffered


@contextmanager
def _listed(name: str) -> Iterator[BinaryIO]:
    """A file of a folder; a pipe in its place holds nobody up."""
    try:
        stream = open(name, "rb", opener=_without_waiting)  # noqa: SIM115 - closed below
    except OSError as error:
        raise InputNotFound(f"{name}: {error.strerror or error}") from error
    with stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise InputNotFound(f"{name}: expected a file, found a pipe or a device")
        yield stream


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _temporary() -> Any:
    import tempfile

    return tempfile.NamedTemporaryFile(prefix="docexchange-", suffix=".edxml")


class _FirstTime:
    """A source that hands on what is read the first time; after that it is read from a file."""

    def __init__(self, stream: _Begun, path: Path, also: Callable[[bytes], object]) -> None:
        self._stream: _Begun | None = stream
        self._path, self._also = path, also

    def open(self) -> BinaryIO:
        if self._stream is None:
            return self._path.open("rb")
        stream, self._stream = self._stream, None
        return io.BufferedReader(_HandingOn(stream, self._also), _CHUNK)


class _HandingOn(io.RawIOBase):
    def __init__(self, stream: _Begun, also: Callable[[bytes], object]) -> None:
        super().__init__()
        self._stream, self._also = stream, also

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        target = memoryview(buffer).cast("B")
        piece = self._stream.read(len(target))
        target[: len(piece)] = piece
        self._also(piece)
        return len(piece)
