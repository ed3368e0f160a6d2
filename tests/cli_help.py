"""A desk with keys and letters on it, for the tests of the commands that work on files.

The command line asks the machine for the time, so keys and letters are of the present.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docexchange.clock import SystemClock, VirtualClock, vietnam_date
from docexchange.envelope import (
    Attachment,
    Business,
    Document,
    DocumentBuilder,
    Envelope,
    Organization,
    TraceHeader,
)
from docexchange.identifiers import MessageId, OrganId
from docexchange.signing import Signer, SigningKey

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.testing import Credential, DemoPki

COMMUNE: Final = Organization(OrganId("000.21.31.H53"), "UBND xã An Thạnh")
PROVINCE: Final = Organization(OrganId("000.00.00.H53"), "UBND tỉnh Tây Ninh")
HUB: Final = OrganId("000.00.31.H53")
REPORT: Final = b"%PDF-1.4 report" * 1000
TABLE: Final = b"PK\x03\x04 table" * 10
TOML: Final = """\
number = "15"
notation = "UBND-VX"
date = 2026-03-02
type = "Công văn"
subject = "V/v báo cáo"

[sender]
code = "000.21.31.H53"
name = "UBND xã An Thạnh"

[[to]]
code = "000.00.00.H53"
name = "UBND tỉnh Tây Ninh"

[signer]
name = "Nguyễn Thị Hoa"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Files to work on. Nothing may be written into its folder."""

    folder: Path
    """Where everything lies."""
    pki: DemoPki
    """The keys, in ``pki/``; their password is ``demo``."""

    @property
    def trust(self) -> Path:
        """Root and revocation lists."""
        return self.folder / "pki" / "trust"

    @property
    def directory(self) -> Path:
        """Who holds which certificate."""
        return self.folder / "pki" / "directory.toml"

    @property
    def password(self) -> Path:
        """The file with the password."""
        return self.folder / "pki" / "password.txt"

    def key(self, name: str = "agencies/commune/agency") -> Path:
        """A PKCS#12 file."""
        return self.folder / "pki" / f"{name}.p12"

    def pem(self, name: str = "agencies/commune/agency") -> tuple[str, Path, str, Path]:
        """Options for a PEM key and its certificate."""
        path = self.folder / "pki" / name
        return "--key", path.with_suffix(".key.pem"), "--cert", path.with_suffix(".pem")

    def __getitem__(self, name: str) -> Path:
        """A letter: ``plain``, ``signed``, ``both``, ``changed``, ``revoked``, ``stranger``."""
        return self.folder / f"{name}.edxml"


def set_up(folder: Path, pki: DemoPki) -> Desk:
    """Lay keys and letters out."""
    pki.write(folder / "pki", "demo")
    desk = Desk(folder=folder, pki=pki)
    plain = Envelope.of(letter())
    seal, leader = pki.agency("commune"), pki.leader("commune")
    signed = sign(plain, seal, role="agency", at=pki.at)
    plain.write_to(desk["plain"])
    signed.write_to(desk["signed"])
    both = sign(sign(plain, leader, role="leader", at=pki.at), seal, role="agency", at=pki.at)
    both.with_trace(TraceHeader(HUB, pki.at)).write_to(desk["both"])
    sign(plain, pki.revoked, role="agency", at=pki.at).write_to(desk["revoked"])
    sign(plain, pki.stranger, role="agency", at=pki.at).write_to(desk["stranger"])
    desk["changed"].write_bytes(desk["signed"].read_bytes().replace(b"V/v b", b"V/v c"))
    return desk


def letter(*attachments: Attachment, **changes: Any) -> Document:
    """A letter with two attachments, dated today; ``changes`` are fields of ``Document``."""
    files = attachments or (
        Attachment.from_bytes(REPORT, name="báo cáo.pdf", description="Báo cáo quý"),
        Attachment.from_bytes(TABLE, name="phụ lục.xlsx"),
    )
    built = (
        DocumentBuilder()
        .message_id(MessageId("m-desk"))
        .sender(COMMUNE)
        .to(PROVINCE)
        .code("15", "UBND-VX")
        .promulgated(vietnam_date(SystemClock().now()), place="An Thạnh")
        .type("Công văn")
        .subject("V/v báo cáo & <thử>")
        .signer("Nguyễn Thị Hoa", position="Chủ tịch")
        .business(Business(reason="Văn bản điện tử mới"))
        .attach(*files)
        .build()
    )
    return replace(built, **changes)


def sign(envelope: Envelope, credential: Credential, *, at: datetime, role: str = "") -> Envelope:
    """Sign with a credential of the PKI."""
    key = SigningKey(
        private_key=credential.private_key,
        certificate=credential.certificate,
        chain=credential.chain,
    )
    return Signer(key, clock=VirtualClock(at), role=role).sign(envelope).envelope


def leftovers(folder: Path) -> list[str]:
    """Everything in a folder, hidden and half-written files too."""
    return sorted(path.name for path in folder.iterdir())


def seen_on(terminal: int) -> bytes:
    """All that is shown on a terminal until nobody writes to it any more; then it is closed."""
    try:
        return b"".join(iter(lambda: _read(terminal), b""))
    finally:
        os.close(terminal)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux says that the other end has been closed
        return b""


def permissions_bind() -> bool:
    """Whether the system holds us to the permissions of files; it does not hold root to them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "secret"
        path.touch(mode=0)
        return not os.access(path, os.R_OK)
