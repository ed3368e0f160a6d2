"""Where each file of a throw-away PKI lies, and how the folder comes into being at one stroke.

Everything is written to a hidden folder beside the target and then renamed: a reader sees the whole
PKI or none of it, and a failure leaves nothing.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import Encoding

from docexchange.errors import UsageError
from docexchange.testing._pki_texts import README, directory_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docexchange.testing.credentials import Credential
    from docexchange.testing.pki import DemoPki

__all__ = ["replace_files", "write_pki"]

_SECRET: Final = 0o600
_PUBLIC: Final = 0o666  # narrowed by the user's umask, as for any file
_SECRET_NAMES: Final = (".p12", ".key.pem", "password.txt")


def write_pki(
    pki: DemoPki,
    folder: str | Path,
    *,
    password: str,
    endpoints: Mapping[str, str],
    certificates: Mapping[str, Sequence[str]],
) -> Path:
    """Write the PKI to a folder that is new or empty; see `DemoPki.write`."""
    target = Path(folder)
    _check_free(target)
    directory = directory_toml(pki, endpoints, certificates)
    files = _files(pki, password) | {"directory.toml": directory.encode()}
    with _appearing(target) as staging:
        for name, content in files.items():
            _write(staging / name, content, mode=_mode(name))
    return target


def replace_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put files in the place of others of the same names, each whole or not at all.

    Args:
        folder: where they lie.
        files: content by name; secret names are readable by us alone.
    """
    for name, content in files.items():
        draft = folder / f"{name}.new"
        draft.unlink(missing_ok=True)
        _write(draft, content, mode=_mode(name))
        draft.replace(folder / name)


def _files(pki: DemoPki, password: str) -> dict[str, bytes]:
    root_crl, sub_ca_crl = pki.crls()
    return _signer_files(pki, password) | {
        "trust/root.pem": pki.root.credential.certificate_pem,
        "trust/root.crl.pem": root_crl.public_bytes(Encoding.PEM),
        "trust/sub-ca.crl.pem": sub_ca_crl.public_bytes(Encoding.PEM),
        "ca/sub-ca.pem": pki.sub_ca.credential.certificate_pem,
        "ca/sub-ca.key.pem": pki.sub_ca.credential.key_pem(),
        "ca/root.key.pem": pki.root.credential.key_pem(),
        "password.txt": f"{password}\n".encode(),
        "README.txt": README.encode(),
    }


def _signer_files(pki: DemoPki, password: str) -> dict[str, bytes]:
    files = {}
    for name, credential in _credentials(pki).items():
        files[f"{name}.p12"] = credential.pkcs12(password)
        files[f"{name}.pem"] = credential.certificate_pem
        files[f"{name}.key.pem"] = credential.key_pem()
    return files


def _credentials(pki: DemoPki) -> dict[str, Credential]:
    found = {
        "bad/expired": pki.expired,
        "bad/revoked": pki.revoked,
        "bad/stranger": pki.stranger,
    }
    for agency in pki.agencies:
        found[f"agencies/{agency.folder}/agency"] = pki.agency(agency.organ_id)
        found[f"agencies/{agency.folder}/leader"] = pki.leader(agency.organ_id)
    return found


def _check_free(target: Path) -> None:
    if target.resolve() == Path.cwd():
        raise _refused(target, "a new folder", "the working directory itself")
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise _refused(target, "a new folder", "something else of that name")
    if target.is_dir() and any(target.iterdir()):
        raise _refused(target, "an empty folder", "files in it")


def _refused(target: Path, expected: str, found: str) -> UsageError:
    return UsageError(
        f"{target}: expected {expected}, found {found}",
        code="testing.folder",
        advice="Name a folder that does not exist yet, or remove the old one first.",
    )


@contextmanager
def _appearing(target: Path) -> Iterator[Path]:
    """Yield a hidden folder that takes the place of ``target`` if the block succeeds."""
    target.parent.mkdir(parents=True, exist_ok=True)
    hidden = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        staging = hidden / target.name
        staging.mkdir()  # apart from the hidden folder, whose mode is fixed at 0700
        yield staging
        staging.rename(target)  # fails, and changes nothing, if the target has filled meanwhile
    finally:
        shutil.rmtree(hidden)


def _mode(name: str) -> int:
    return _SECRET if name.endswith(_SECRET_NAMES) else _PUBLIC


def _write(path: Path, content: bytes, *, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
