"""What is measured: one PKI, and letters of given sizes."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from docexchange import (
    Attachment,
    DocumentBuilder,
    OrganId,
    Organization,
    Signer,
    SigningKey,
    TrustStore,
    Verifier,
    VirtualClock,
)
from docexchange.testing import DemoPki

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange import Document

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
KIB, MIB = 1024, 1024 * 1024
SIZES = {"4 KB": 4 * KIB, "1 MB": MIB, "100 MB": 100 * MIB}
HEADER_BYTES = 2_700
PEM = {"rsa2048": "RSA-2048", "p256": "ECDSA P-256"}


class Bench:
    """A folder with keys and letters; made once, used by every measurement."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder, self.kind = folder, kind
        self.pki = folder / kind
        if not self.pki.exists():
            DemoPki.create(at=NOW, key=kind).write(self.pki, "demo")
        base = self.pki / "agencies" / "commune"
        self.key_pem, self.certificate_pem = base / "agency.key.pem", base / "agency.pem"
        self.root_pem = self.pki / "trust" / "root.pem"
        self.sub_ca_pem = self.pki / "ca" / "sub-ca.pem"

    def key(self) -> SigningKey:
        path = self.pki / "agencies" / "commune" / "agency.p12"
        return SigningKey.from_pkcs12(path, password=lambda: b"demo")

    def signer(self) -> Signer:
        return Signer(self.key(), clock=VirtualClock(NOW), role="agency")

    def verifier(self) -> Verifier:
        return Verifier(TrustStore.from_path(self.pki / "trust"), clock=VirtualClock(NOW))

    def raw(self, size: int) -> Path:
        """A file whose base64 makes a letter of about ``size`` bytes."""
        octets = max(size - HEADER_BYTES, KIB) // 4 * 3
        path = self.folder / f"raw-{octets}.pdf"
        if not path.exists():
            path.write_bytes(os.urandom(octets))
        return path

    def document(self, size: int, *, loaded: bool = False) -> Document:
        """A letter of about ``size`` bytes, its attachment in a file or ``loaded`` into memory."""
        path = self.raw(size)
        return (
            DocumentBuilder()
            .sender(Organization(OrganId("000.21.31.H53"), "UBND xã An Thạnh"))
            .to(Organization(OrganId("000.00.00.G22"), "Văn phòng Chính phủ"))
            .code("12", "UBND-VX")
            .promulgated(NOW.date(), place="An Thạnh")
            .type("Công văn")
            .subject("V/v báo cáo tình hình thực hiện nhiệm vụ quý I năm 2026")
            .signer("Nguyễn Văn An", competence="TM. UBND", position="Chủ tịch")
            .attach(
                Attachment.from_bytes(path.read_bytes(), name=path.name)
                if loaded
                else Attachment.from_path(path)
            )
            .build()
        )

    def letter(self, size: int) -> Path:
        """A signed letter of about ``size`` bytes."""
        path = self.folder / f"letter-{self.kind}-{size}.edxml"
        if not path.exists():
            self.signer().sign(self.document(size)).write_to(path)
        return path
