"""Anchors and revocation lists from files and folders: what lies there, as DER."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange._special import is_special
from docexchange.errors import ConfigurationError, InputNotFound
from docexchange.signing.trust.parsing import certificate_of, list_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["is_list", "read_certificates", "read_crls", "trust_files"]

_CERTIFICATE_SUFFIXES: Final = {".pem", ".crt", ".cer", ".der"}
_CRL_SUFFIXES: Final = {".crl"}
_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
"""DER of id-signedData (RFC 5652, clause 5.1)."""
_MAX_FILE: Final = 64 * 1024 * 1024


def is_list(path: Path) -> bool:
    """Whether a file holds revocation lists: it has ``crl`` in its name."""
    return ".crl" in path.name.lower()


def trust_files(path: Path) -> list[Path]:
    """The file itself, or the certificates and lists in a folder, by name; no pipes and devices.

    Raises:
        InputNotFound: the folder cannot be read.
    """
    if not path.is_dir():
        return [path]
    known = _CERTIFICATE_SUFFIXES | _CRL_SUFFIXES
    try:
        files = [file for file in path.iterdir() if file.suffix.lower() in known]
    except OSError as error:
        raise InputNotFound(f"{path}: {error.strerror or error}") from error
    return sorted(file for file in files if not is_special(file))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(_MAX_FILE + 1)
    except OSError as error:
        raise InputNotFound(f"{path}: {error.strerror or error}") from error
    if len(data) > _MAX_FILE:
        raise ConfigurationError(
            f"{path}: expected at most 64 MiB, found more",
            code="trust.size",
            advice="Check that this is the right file.",
        )
    return data


def read_certificates(path: Path) -> list[bytes]:
    """DER of the certificates in a file, PEM or DER.

    Raises:
        InputNotFound: it cannot be read.
        ConfigurationError: it holds something else, or is too large.
    """
    return _items(
        path,
        label="CERTIFICATE",
        read=certificate_of,
        what="certificates",
        advice="Give the root certificate file you got from the authority.",
    )


def read_crls(path: Path) -> list[bytes]:
    """DER of the revocation lists in a file, PEM or DER.

    Raises:
        InputNotFound: it cannot be read.
        ConfigurationError: it holds something else, or is too large.
    """
    return _items(
        path,
        label="X509 CRL",
        read=list_of,
        what="a certificate revocation list",
        advice="Download the list again from the authority.",
    )


def _items(
    path: Path, *, label: str, read: Callable[[bytes], object], what: str, advice: str
) -> list[bytes]:
    data = _read(path)
    try:
        found = _unarmoured(data, label) if b"-----BEGIN" in data else [data]
    except ValueError:
        found = []
    if not found or None in map(read, found):
        other, code, instead = _told(data)
        raise ConfigurationError(
            f"{path}: expected {what} in PEM or DER, found {other}",
            code=code,
            advice=instead or advice,
        )
    return found


def _told(data: bytes) -> tuple[str, str, str]:
    """What a file is instead, the code for it, and what to do where it is a known thing."""
    if b"PRIVATE KEY-----" in data:
        return "a private key", "trust.key", "Keep it secret; trust needs the certificate alone."
    if b"-----BEGIN PKCS7" in data or _SIGNED_DATA in data[:32]:
        return (
            "a PKCS#7 bundle (.p7b)",
            "trust.bundle",
            "Take the certificates out: openssl pkcs7 -print_certs, with -inform DER if need be.",
        )
    return "something else" if data.strip() else "an empty file", "trust.unreadable", ""


def _unarmoured(data: bytes, wanted: str) -> list[bytes]:
    from asn1crypto import pem

    return [der for label, _headers, der in pem.unarmor(data, multiple=True) if label == wanted]
