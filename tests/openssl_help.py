"""The program openssl, and what it says."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from docexchange.testing import Credential


def openssl(folder: Path, *words: object) -> subprocess.CompletedProcess[bytes]:
    """Run it in a folder; whether it went well is for the caller to see."""
    return subprocess.run(
        ["openssl", *map(str, words)], cwd=folder, capture_output=True, check=False, timeout=60
    )


def keep(folder: Path, **files: bytes) -> None:
    """Write files whose names have ``_`` for the dot: ``root_pem=...`` is ``root.pem``."""
    for name, octets in files.items():
        (folder / name.replace("_", ".")).write_bytes(octets)


def index_row(item: Credential, revoked: datetime | None = None, reason: str = "") -> str:
    """The line about a certificate in the data base of ``openssl ca`` and ``openssl ocsp``."""
    ends = f"{item.certificate.not_valid_after_utc:%y%m%d%H%M%SZ}"
    since = "" if revoked is None else f"{revoked:%y%m%d%H%M%SZ}{reason and ','}{reason}"
    serial = f"{item.certificate.serial_number:X}"
    serial = serial.zfill(len(serial) + len(serial) % 2)
    return f"{'V' if revoked is None else 'R'}\t{ends}\t{since}\t{serial}\tunknown\t/CN=x\n"
