"""Anchors and revocation lists from files and folders: what lies there, as DER."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from docexchange.errors import ConfigurationError, InputNotFound
from docexchange.signing.certificates import load_pem_bundle

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["is_list", "read_certificates", "read_crls", "trust_files"]

_CERTIFICATE_SUFFIXES: Final = {".pem", ".crt", ".cer", ".der"}
_CRL_SUFFIXES: Final = {".crl"}
_PEM_CRL: Final = re.compile(rb"-----BEGIN X509 CRL-----.+?-----END X509 CRL-----", re.DOTALL)
_MAX_FILE: Final = 64 * 1024 * 1024


def is_list(path: Path) -> bool:
    """Whether a file holds revocation lists: it has ``crl`` in its name."""
    return ".crl" in path.name.lower()


def trust_files(path: Path) -> list[Path]:
    """The file itself, or the certificates and lists in a folder, by name.

    Raises:
        InputNotFound: the folder cannot be read.
    """
    if not path.is_dir():
        return [path]
    known = _CERTIFICATE_SUFFIXES | _CRL_SUFFIXES
    try:
        return sorted(file for file in path.iterdir() if file.suffix.lower() in known)
    except OSError as error:
        raise InputNotFound(f"{path}: {error.strerror or error}") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(_MAX_FILE + 1)
    except OSError as error:
        raise InputNotFound(f"{path}: {error.strerror or error}") from error
    if len(data) > _MAX_FILE:
        raise ConfigurationError(f"{path}: expected at most 64 MiB, found more", code="trust.size")
    return data


def read_certificates(path: Path) -> list[bytes]:
    """DER of the certificates in a file, PEM or DER.

    Raises:
        InputNotFound: it cannot be read.
        ConfigurationError: it holds something else, or is too large.
    """
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        return [item.public_bytes(Encoding.DER) for item in load_pem_bundle(_read(path))]
    except ValueError as error:
        raise ConfigurationError(
            f"{path}: expected certificates in PEM or DER, found otherwise ({error})",
            code="trust.unreadable",
            advice="Give the root certificate file you got from the authority.",
        ) from error


def read_crls(path: Path) -> list[bytes]:
    """DER of the revocation lists in a file, PEM or DER.

    Raises:
        InputNotFound: it cannot be read.
        ConfigurationError: it holds something else, or is too large.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    data = _read(path)
    try:
        if b"-----BEGIN" not in data:
            return [x509.load_der_x509_crl(data).public_bytes(Encoding.DER)]
        lists = map(x509.load_pem_x509_crl, _PEM_CRL.findall(data) or [data])
        return [item.public_bytes(Encoding.DER) for item in lists]
    except ValueError as error:
        raise ConfigurationError(
            f"{path}: expected a certificate revocation list in PEM or DER, found otherwise "
            f"({error})",
            code="trust.unreadable",
            advice="Download the list again from the authority.",
        ) from error
