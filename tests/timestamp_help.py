"""Timestamp authorities and tokens for the tests, and the means to forge them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asn1crypto import cms, core, tsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ExtendedKeyUsage, ExtendedKeyUsageOID
from signing_help import NOW, certify

from docexchange.clock import VirtualClock
from docexchange.errors import TransportError
from docexchange.signing import TsaClient
from docexchange.testing import TimestampAuthority

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from docexchange.testing import Credential, DemoPki

DATA = b"what is stamped"
STAMPS = (ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)


def authority(credential: Credential, *, at: datetime = NOW, **options: Any) -> TimestampAuthority:
    """An authority whose clock stands still."""
    return TimestampAuthority(credential, clock=VirtualClock(at), **options)


def client(credential: Credential, *, at: datetime = NOW, **options: Any) -> TsaClient:
    """A client of that authority alone."""
    return TsaClient(("tsa:one",), poster=authority(credential, at=at), **options)


def stamper(pki: DemoPki, name: str = "TSA", **options: Any) -> Credential:
    """A certificate for timestamps, as one likes it."""
    options.setdefault("extensions", [STAMPS])
    return certify(name, issuer=pki.sub_ca.credential, **options)


def in_pieces(der: bytes, size: int) -> bytes:
    """The same token in BER: lengths left open, its content in pieces of some octets.

    So programs write it that make it while they read (Bouncy Castle's ``BEROctetString``).
    """
    outer = cms.ContentInfo.load(der)
    signed, content = outer["content"], outer["content"]["encap_content_info"]
    octets = content["content"].contents
    pieces = (octets[at : at + size] for at in range(0, len(octets), size))
    inner = _open(0x24, *(core.OctetString(piece).dump() for piece in pieces))
    parts = (
        *(signed[name].dump() for name in ("version", "digest_algorithms")),
        _open(0x30, content["content_type"].dump(), _open(0xA0, inner)),
        _open(0xA0, signed["certificates"].contents),
        signed["signer_infos"].dump(),
    )
    return _open(0x30, outer["content_type"].dump(), _open(0xA0, _open(0x30, *parts)))


def _open(tag: int, *inside: bytes) -> bytes:
    return bytes([tag, 0x80]) + b"".join(inside) + b"\0\0"


class Broken:
    """An authority that does not answer."""

    def post(self, url: str, _body: bytes, _content_type: str) -> bytes:
        raise TransportError(f"{url}: expected an answer, found a closed door")


class Forged:
    """A token that can be changed, and signed again by its maker."""

    def __init__(self, der: bytes, maker: Credential) -> None:
        self.outer = cms.ContentInfo.load(der)
        self.maker = maker

    @property
    def signed(self) -> Any:
        """``SignedData``."""
        return self.outer["content"]

    @property
    def signer(self) -> Any:
        """The one ``SignerInfo``."""
        return self.signed["signer_infos"][0]

    def info(self, **changes: Any) -> Forged:
        """Change fields of ``TSTInfo`` (none to drop one); what is signed is brought in line."""
        content = self.signed["encap_content_info"]
        info = tsp.TSTInfo.load(content["content"].contents)
        fields = {name: info[name] for name in info.native if info[name].native is not None}
        kept = {name: value for name, value in (fields | changes).items() if value is not None}
        der = tsp.TSTInfo(kept).dump()
        content["content"] = core.ParsableOctetString(der)
        digest = hashes.Hash(hashes.SHA256())
        digest.update(der)
        return self.attributes(message_digest=[digest.finalize()])

    def attributes(self, **changes: Any) -> Forged:
        """Change signed attributes (none to drop one), and sign them again."""
        held = {item["type"].native: item["values"] for item in self.signer["signed_attrs"]}
        kept = {name: values for name, values in (held | changes).items() if values is not None}
        return self.signed_attributes(
            [cms.CMSAttribute({"type": name, "values": values}) for name, values in kept.items()]
        )

    def signed_attributes(self, items: list[Any]) -> Forged:
        """Put these attributes under the signature."""
        attributes = cms.CMSAttributes(items)
        self.signer["signed_attrs"] = attributes
        key: Any = self.maker.private_key
        self.signer["signature"] = key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))
        return self

    def change(self, what: Callable[[Any], object]) -> Forged:
        """Change ``SignedData`` in any way."""
        what(self.signed)
        return self

    def der(self) -> bytes:
        """The token."""
        return self.outer.dump(force=True)
