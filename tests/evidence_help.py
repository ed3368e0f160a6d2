"""What becomes of revocation lists and OCSP answers in wrong hands, or of careless authorities.

>>> forged = ForgedAnswer(answer, responder)
>>> forged.change(lambda head: ...).der()            # the signature does not hold any more
>>> forged.change(lambda head: ...).signed().der()   # it does: the responder itself went wrong
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from asn1crypto import core, crl, ocsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.testing import Credential

UNKNOWN = "1.3.6.1.4.1.32473.99"
"""An extension that nobody knows."""


class _Forged:
    """Something of three parts: what is signed, the algorithm, the signature value.

    Args:
        tree: as asn1crypto has it.
        maker: who signed it, with a key on P-256.
    """

    def __init__(self, tree: Any, maker: Credential) -> None:
        self.tree, self.maker = tree, maker

    @property
    def head(self) -> Any:
        """What is signed."""
        return self.tree[0]

    def change(self, what: Callable[[Any], object]) -> Self:
        """Change what is signed."""
        what(self.head)
        return self

    def signed(
        self, by: Credential | None = None, digest: hashes.HashAlgorithm | None = None
    ) -> Self:
        """Sign it again: by its maker, where nobody else is named."""
        key: Any = (by or self.maker).private_key
        value = key.sign(self.head.dump(force=True), ec.ECDSA(digest or hashes.SHA256()))
        return self.with_value(value)

    def with_value(self, value: bytes) -> Self:
        """Put another signature value in."""
        self.tree["signature"] = core.OctetBitString(value)
        return self

    @property
    def value(self) -> bytes:
        """The signature value."""
        return bytes(self.tree["signature"].native)


class ForgedList(_Forged):
    """A revocation list."""

    def __init__(self, der: bytes, maker: Credential) -> None:
        super().__init__(crl.CertificateList.load(der), maker)

    def extension(self, name: str, octets: bytes, *, critical: bool) -> Self:
        """Put one more in; octets of DER."""
        held = [item.copy() for item in self.head["crl_extensions"]]
        self.head["crl_extensions"] = crl.TBSCertListExtensions(
            [*held, _extension(crl.TBSCertListExtension, name, octets, critical=critical)]
        )
        return self

    def der(self) -> bytes:
        """The list."""
        return bytes(self.tree.dump(force=True))


class ForgedAnswer(_Forged):
    """An OCSP answer about one certificate."""

    def __init__(self, der: bytes, maker: Credential) -> None:
        super().__init__(ocsp.OCSPResponse.load(der).basic_ocsp_response.copy(), maker)

    @property
    def single(self) -> Any:
        """What it says about the certificate."""
        return self.head["responses"][0]

    def set(self, **fields: Any) -> Self:
        """Change what it says about the certificate."""
        for name, value in fields.items():
            self.single[name] = value
        return self

    def der(self, status: str = "successful", kind: str = "basic_ocsp_response") -> bytes:
        """The answer."""
        held = {"response_type": kind, "response": core.ParsableOctetString(self.octets())}
        answer = {"response_status": status, "response_bytes": held}
        return bytes(ocsp.OCSPResponse(answer).dump())

    def octets(self) -> bytes:
        """Its inner part, which is signed."""
        return bytes(self.tree.dump(force=True))


def _extension(kind: Any, name: str, octets: bytes, *, critical: bool) -> Any:
    value = core.ParsableOctetString(octets)
    return kind({"extn_id": name, "critical": critical, "extn_value": value})


def flipped(value: bytes, at: int = -1) -> bytes:
    """The same octets but for one bit."""
    changed = bytearray(value)
    changed[at] ^= 1
    return bytes(changed)
