"""The network in which storms are played: links of every kind, and agencies with timestamps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from docexchange.simulator import START, USUAL, Link, Setting
from docexchange.testing import Credential, TimestampAuthority

if TYPE_CHECKING:
    from docexchange.simulator import Place

__all__ = ["STAMPED", "stormy"]

STAMPED: Final = ((3, 0), (4, 0))
"""A district and a commune below it."""
_BEFORE, _YEARS = timedelta(days=30), timedelta(days=3650)
_FETCHES: Final = Link(latency_seconds=240.0, keeps=True)
"""To an agency that fetches every few minutes what a box has for it."""
_FOLDER: Final = Link(latency_seconds=1.0, keeps=True)
"""A folder that two agencies share."""


@cache
def stormy() -> Setting:
    """As usual, and some agencies have timestamps, folders between them, or fetch their letters."""
    root = _certificate("Simulated TSA Root", "Simulated TSA Root")
    stamper = Credential(
        certificate=_certificate("Simulated TSA", "Simulated TSA Root"),
        private_key=_key("Simulated TSA"),
    )
    return replace(
        USUAL,
        link_of=_link,
        new_tsa=lambda clock: TimestampAuthority(stamper, clock=clock),
        stamps=lambda place: place in STAMPED,
        anchors=(root.public_bytes(Encoding.DER),),
        crls=(_crl(),),
    )


def _link(sender: Place, receiver: Place) -> Link:
    """Of three communes one fetches; every fourth district has folders with all its neighbours."""
    if receiver[0] == 4 and receiver[1] % 3 == 2:
        return _FETCHES
    ends = (sender, receiver)
    is_folder = any(tier == 3 and number % 4 == 3 for tier, number in ends)
    return _FOLDER if is_folder else Link()


def _key(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(subject: str, issuer: str) -> x509.Certificate:
    """The same in every run: Ed25519 needs no chance."""
    is_root, public = subject == issuer, _key(subject).public_key()
    usage = {"digital_signature": not is_root, "key_cert_sign": is_root, "crl_sign": is_root}
    other = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    never = dict.fromkeys((*other, "encipher_only", "decipher_only"), False)
    builder = (
        x509.CertificateBuilder(_name(issuer), _name(subject), public, 1 if is_root else 2)
        .not_valid_before(START - _BEFORE)
        .not_valid_after(START + _YEARS)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage, **never), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    if not is_root:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(purpose, critical=True)
    return builder.sign(_key(issuer), None)


def _crl() -> bytes:
    root = "Simulated TSA Root"
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(_name(root))
        .last_update(START - timedelta(hours=1))
        .next_update(START + _YEARS)
        .add_extension(x509.CRLNumber(1), critical=False)
    )
    return builder.sign(_key(root), None).public_bytes(Encoding.DER)
