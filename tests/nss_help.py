"""A data base of NSS, which pdfsig asks for trust and keys; made without the tools of NSS.

>>> made = nss_folder(tmp_path, trusted=[root], keys={"commune": credential})
"""

from __future__ import annotations

import ctypes
import ctypes.util
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from docexchange.testing import Credential

_TRUSTED: Final = 0x08 | 0x10  # CERTDB_VALID_CA | CERTDB_TRUSTED_CA
_ALL_USAGES: Final = 0xFFFFFFFF
_NO_HANDLE: Final = 0  # CK_INVALID_HANDLE


class _Item(ctypes.Structure):
    """``SECItem``."""

    _fields_ = (
        ("type", ctypes.c_uint),
        ("data", ctypes.c_char_p),
        ("len", ctypes.c_uint),
    )


class _Trust(ctypes.Structure):
    """``CERTCertTrust``."""

    _fields_ = (("ssl", ctypes.c_uint), ("mail", ctypes.c_uint), ("code", ctypes.c_uint))


def nss_folder(
    folder: Path, *, trusted: Sequence[Credential], keys: Mapping[str, Credential]
) -> Path:
    """Make one, in a process of its own: the library keeps one for each process.

    Args:
        folder: a new one.
        trusted: authorities.
        keys: signers, each with the name it goes by.
    """
    folder.mkdir()
    files = [f"root:{number}" for number, _ in enumerate(trusted)]
    for name, item in zip(files, trusted, strict=True):
        (folder / f"{name}.crt").write_bytes(item.der)
    for name, item in keys.items():
        form = (Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        (folder / f"{name}.key").write_bytes(item.private_key.private_bytes(*form))
        (folder / f"{name}.crt").write_bytes(item.der)
        for number, above in enumerate(item.chain):
            octets = above.public_bytes(Encoding.DER)
            (folder / f"{name}-{number}.crt").write_bytes(octets)
    subprocess.run([sys.executable, __file__, folder], check=True, capture_output=True, timeout=60)
    return folder


class _Nss:
    """As much of the library as is needed."""

    def __init__(self, folder: Path) -> None:
        found = ctypes.util.find_library("nss3")
        assert found, "libnss3 is not here, on which pdfsig rests"
        self.library = ctypes.CDLL(found)
        names = ("PK11_GetInternalKeySlot", "CERT_GetDefaultCertDB", "CERT_NewTempCertificate")
        for name in names:
            getattr(self.library, name).restype = ctypes.c_void_p
        self._good("NSS_InitReadWrite", f"sql:{folder}".encode())
        self.slot = ctypes.c_void_p(self.library.PK11_GetInternalKeySlot())
        self._good("PK11_InitPin", self.slot, None, b"")

    def _good(self, name: str, *arguments: object) -> None:
        assert getattr(self.library, name)(*arguments) == 0, name

    def add(self, octets: bytes, name: str, *, trusted: bool) -> None:
        """A certificate."""
        base = ctypes.c_void_p(self.library.CERT_GetDefaultCertDB())
        item = ctypes.byref(_Item(0, octets, len(octets)))
        read = self.library.CERT_NewTempCertificate(base, item, None, 0, 1)
        certificate = ctypes.c_void_p(read)
        handle = ctypes.c_ulong(_NO_HANDLE)
        self._good("PK11_ImportCert", self.slot, certificate, handle, name.encode(), 0)
        if trusted:
            trust = ctypes.byref(_Trust(_TRUSTED, _TRUSTED, _TRUSTED))
            self._good("CERT_ChangeCertTrust", base, certificate, trust)

    def add_key(self, octets: bytes, point: bytes, name: str) -> None:
        """A private key; ``point`` is what ties it to its certificate."""
        info, public = _Item(0, octets, len(octets)), _Item(0, point, len(point))
        nickname = _Item(0, name.encode(), len(name))
        arguments = (ctypes.byref(nickname), ctypes.byref(public), 1, 1, _ALL_USAGES)
        door = "PK11_ImportDERPrivateKeyInfoAndReturnKey"
        self._good(door, self.slot, ctypes.byref(info), *arguments, None, None)


def _fill(folder: Path) -> None:
    from cryptography.hazmat.primitives.serialization import PublicFormat, load_der_private_key

    nss = _Nss(folder)
    for file in sorted(folder.glob("*.key")):
        public = load_der_private_key(file.read_bytes(), None).public_key()
        numbers = public.public_numbers()
        if hasattr(numbers, "n"):
            point = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
        else:
            point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        nss.add_key(file.read_bytes(), point, file.stem)
    for file in sorted(folder.glob("*.crt")):
        nss.add(file.read_bytes(), file.stem, trusted=file.stem.startswith("root:"))
    nss.library.NSS_Shutdown()


if __name__ == "__main__":
    from pathlib import Path

    _fill(Path(sys.argv[1]))
