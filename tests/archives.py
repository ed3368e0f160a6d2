"""ZIP archives to test with."""

from __future__ import annotations

import io
import zipfile


class _OneWay(io.RawIOBase):
    """An output that cannot go back, so that sizes follow the octets, as Java writes them."""

    def __init__(self) -> None:
        super().__init__()
        self.data = b""

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        """Keep it."""
        self.data += bytes(data)
        return len(data)


def archive(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive as Python writes it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as writer:
        for name, octets in files:
            writer.writestr(name, octets)
    return target.getvalue()


def streamed(name: str, octets: bytes) -> bytes:
    """A ZIP archive with the sizes behind the octets."""
    target = _OneWay()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr(name, octets)
    return target.data
