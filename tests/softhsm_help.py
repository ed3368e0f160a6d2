"""SoftHSM2: tokens in a folder, which stand for USB tokens and security modules."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import Encoding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.x509 import Certificate

    from docexchange.testing import Credential

PIN: Final = "1234"
_MODULES: Final = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so")


@dataclass(frozen=True)
class SoftHsm:
    """Its folder and its module."""

    folder: Path
    module: str

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to find the tokens."""
        return {"SOFTHSM2_CONF": str(self.folder / "softhsm2.conf")}

    def add_token(self, label: str) -> None:
        """Make a token."""
        self._run("--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "5678")

    def add_key(self, token: str, label: str, number: int, held: Credential) -> None:
        """Put a private key on a token."""
        path = self.folder / "key.pem"
        path.write_bytes(held.key_pem())
        words = ("--label", label, "--id", f"{number:02}", "--pin", PIN)
        self._run("--import", str(path), "--token", token, *words)

    def add_certificates(self, token: str, certificates: Sequence[Certificate]) -> None:
        """Put certificates on a token, numbered from 1 like the keys."""
        for number, certificate in enumerate(certificates, start=1):
            path = self.folder / "certificate.der"
            path.write_bytes(certificate.public_bytes(Encoding.DER))
            words = ("--type", "cert", "--id", f"{number:02}", "--label", f"certificate {number}")
            argv = ["pkcs11-tool", "--module", self.module, "--token-label", token, "--login"]
            self._call([*argv, "--pin", PIN, "--write-object", str(path), *words])

    def _run(self, *words: str) -> None:
        self._call(["softhsm2-util", *words])

    def _call(self, argv: list[str]) -> None:
        env = os.environ | self.environment
        subprocess.run(argv, check=True, capture_output=True, timeout=60, env=env)


def softhsm_in(folder: Path) -> SoftHsm:
    """Tokens in a folder; only who gets its environment finds them."""
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    return SoftHsm(folder, next(path for path in _MODULES if Path(path).exists()))
