"""What the exchange is measured in: a PKI of today, two agencies, a node that is served, letters.

Letters are made beforehand, by several processes, and lie one behind the other in one file.
"""

from __future__ import annotations

import os
import re
import socket
import struct
import tempfile
from concurrent.futures import ProcessPoolExecutor
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509

from docexchange import (
    Attachment,
    DocumentBuilder,
    OrganId,
    Organization,
    Signer,
    SigningKey,
    SystemClock,
)
from docexchange.clock import vietnam_date
from docexchange.testing import DemoPki, Validity, purposes, subject_name, write_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange import Document

SENDER, RECEIVER = "commune", "district"
LETTER_BYTES = 10 * 1024
_HEADER_BYTES = 3_400
_SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
_LENGTH = struct.Struct(">I")
_SERVER = """
[server]
host = "127.0.0.1"
port = {port}
certificate = "server.pem"
key = "server.key.pem"

[server.limits]
rate_per_second = 100000           # one caller stands for many agencies here
burst = 100000
"""


class Premises:
    """A folder with keys, nodes and letters, of one kind of key."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder, self.kind = folder / f"exchange-{kind}", kind
        self.node = self.folder / "nodes" / RECEIVER
        self.pki = self.folder / "pki"
        if not self.folder.exists():
            self._found()
        config = (self.node / "node.toml").read_text(encoding="utf-8")
        self.port = int(re.search(r"^port = (\d+)$", config, re.MULTILINE)[1])

    @property
    def caller(self) -> tuple[Path, Path]:
        """Certificate and key of the agency that brings the letters."""
        base = self.pki / "agencies" / SENDER
        return base / "agency.pem", base / "agency.key.pem"

    def _found(self) -> None:
        pki = DemoPki.create(at=SystemClock().now(), key=self.kind)
        write_nodes(self.folder, pki)
        first = pki.agency(RECEIVER).certificate
        hosts = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
        server = pki.sub_ca.issue(
            subject_name("localhost"),
            key=pki.key,
            validity=Validity(begin=first.not_valid_before_utc, end=first.not_valid_after_utc),
            extensions=((x509.SubjectAlternativeName(hosts), False), purposes(_SERVER_AUTH)),
        )
        (self.node / "server.pem").write_bytes(server.certificate_pem)
        (self.node / "server.key.pem").write_bytes(server.key_pem())
        with (self.node / "node.toml").open("a", encoding="utf-8") as config:
            config.write(_SERVER.format(port=_free_port()))

    def clear(self) -> None:
        """Have an empty store; the old one is put aside.

        It is not removed: ext4 gives out inodes slowly for a while where many were given back.
        """
        past = Path(tempfile.mkdtemp(prefix="past-", dir=self.folder))
        for name in ("store", "inbox", "plain"):
            if (self.node / name).exists():
                (self.node / name).rename(past / name)
        (self.node / "plain").mkdir()

    def letters(self, count: int) -> Path:
        """A file with so many signed letters of 10 KB, each different."""
        path = self.folder / f"letters-{count}.bin"
        if path.exists():
            return path
        workers = os.cpu_count() or 1
        shares = [count // workers + (number < count % workers) for number in range(workers)]
        parts = [path.with_suffix(f".{number}") for number in range(workers)]
        with ProcessPoolExecutor(workers) as pool:
            list(pool.map(_write_letters, parts, [self.pki] * workers, shares))
        with path.open("wb") as whole:
            for part in parts:
                whole.write(part.read_bytes())
                part.unlink()
        return path


def read_letters(path: Path) -> Iterator[bytes]:
    """The letters in a file, one after another."""
    with path.open("rb") as stream:
        while head := stream.read(_LENGTH.size):
            yield stream.read(*_LENGTH.unpack(head))


def letter(number: int, folder: Path) -> Document:
    """A letter of 10 KB that is not signed yet, with an attachment of its own in a folder."""
    raw = folder / "attachment.pdf"
    raw.write_bytes(os.urandom((LETTER_BYTES - _HEADER_BYTES) // 4 * 3))
    return (
        DocumentBuilder()
        .sender(Organization(OrganId("000.21.31.H53"), "UBND xã An Thạnh"))
        .to(Organization(OrganId("000.00.31.H53"), "UBND huyện Bến Cầu"))
        .code(str(number + 1), "UBND-VX")
        .promulgated(vietnam_date(SystemClock().now()), place="An Thạnh")
        .type("Báo cáo")
        .subject("V/v báo cáo tình hình thực hiện nhiệm vụ quý I năm 2026")
        .signer("Nguyễn Thị Hoa", competence="TM. UBND", position="Chủ tịch")
        .attach(Attachment.from_path(raw))
        .build()
    )


def _write_letters(path: Path, pki: Path, count: int) -> None:
    key = SigningKey.from_pkcs12(pki / "agencies" / SENDER / "agency.p12", password=lambda: b"demo")
    signer = Signer(key, clock=SystemClock(), role="agency")
    with tempfile.TemporaryDirectory() as folder, path.open("wb") as stream:
        for number in range(count):
            data = b"".join(signer.sign(letter(number, Path(folder))).envelope.chunks())
            stream.write(_LENGTH.pack(len(data)) + data)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
