"""A folder that one trusts: what goes in is looked at first.

>>> TrustFolder("trust/").add("root.crt")
[HeldCertificate(...)]
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docexchange.envelope.files import lasting_folder
from docexchange.errors import ConfigurationError, UsageError
from docexchange.signing.trust.inventory import (
    HeldCertificate,
    HeldList,
    Inventory,
    held_certificate,
    held_list,
    inventory,
)
from docexchange.signing.trust.reading import is_list, read_certificates, read_crls

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TrustFolder"]

_NAME: Final = 16
"""Hexadecimal digits of the fingerprint in a file's name."""


class TrustFolder:
    """A trust store as a folder of one certificate or list a file, named by fingerprint.

    Args:
        path: the folder; made when something is added.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    def inventory(self) -> Inventory:
        """What is in it; nothing where there is no folder yet.

        Raises:
            InputNotFound: a file cannot be read.
            ConfigurationError: a file is not what it should be.
        """
        if not self.path.exists():
            return Inventory(certificates=(), lists=())
        return inventory(self.path)

    def add(self, *files: Path | str) -> list[HeldCertificate | HeldList]:
        """Put certificates of authorities, and revocation lists, into the folder: all, or none.

        Args:
            files: PEM or DER; files with ``crl`` in the name are lists.

        Returns:
            What is there now, each with its file in the folder.

        Raises:
            InputNotFound: a file cannot be read.
            ConfigurationError: a file is not what it should be, or holds a certificate that may
                not issue others.
            UsageError: the folder cannot be written.
        """
        found = {
            item.file: item for file in map(Path, files) for item in self._looked_at(file)
        }  # once each, however often it was given
        for item in found.values():
            self._write(item)
        return [*found.values()]

    def _looked_at(self, file: Path) -> Sequence[HeldCertificate | HeldList]:
        if is_list(file):
            return [held_list(self._place(der, "crl"), der) for der in read_crls(file)]
        held = [held_certificate(self._place(der, "cer"), der) for der in read_certificates(file)]
        for item in held:
            if not item.is_authority:
                raise ConfigurationError(
                    f"{file}: expected certificates of authorities, found that of {item.subject}",
                    code="trust.no-authority",
                    advice="Trust the authority that issued it, not the signer: add the root "
                    "certificate.",
                )
        return held

    def _place(self, der: bytes, suffix: str) -> Path:
        from docexchange.signing.certificates import fingerprint

        return self.path / f"{fingerprint(der)[:_NAME]}.{suffix}"

    def _write(self, item: HeldCertificate | HeldList) -> None:
        try:
            lasting_folder(self.path)
            with tempfile.NamedTemporaryFile(dir=self.path, prefix=".", delete=False) as stream:
                stream.write(item.der)
                stream.flush()
                os.fsync(stream.fileno())  # or a power cut could leave it empty
            os.chmod(stream.name, 0o644)  # noqa: PTH101  what is trusted is no secret
            os.replace(stream.name, item.file)  # noqa: PTH105  at one stroke
        except OSError as error:
            raise UsageError(
                f"{self.path}: expected to write there, found: {error.strerror or error}",
                code="output.not-writable",
                advice="Check the folder, its permissions and the free space, or name another "
                "with --store.",
            ) from error
