"""Keys and certificates that are the same in every run: all is derived from what it is for.

>>> pki = SimulatedPki(at=start)
>>> pki.key(Seal(organ_id))     # what a ``Signer`` takes
>>> pki.trust()                 # what a ``Verifier`` takes

One root issues to all. An agency may have several certificates, counted by generation, each with a
period of its own. ECDSA values are made by RFC 6979, without chance. For a PKI to show to people,
see ``docexchange.testing``; the keys of this one are known to everybody who knows how it is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property, lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from docexchange.signing import SigningKey, TrustStore
from docexchange.signing.keys import side_by_side
from docexchange.simulator.steady import SteadyTrust

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import (
        ECDSA,
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )

    from docexchange.identifiers import OrganId
    from docexchange.signing.xmldsig.algorithms import SignatureAlgorithm

__all__ = ["RepeatableKey", "Seal", "SimulatedPki"]

_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256: private keys are below."""
_BEFORE: Final = timedelta(days=30)
_YEARS: Final = timedelta(days=3650)
_KEPT: Final = 50_000
"""Certificates in memory: more than a country has agencies."""
_KEPT_KEYS: Final = 8192
"""Keys in memory, of agencies at work. One takes two kilobytes, and 30 µs to be made again."""
_KEPT_TRUSTS: Final = 16
_ISSUER: Final = "Simulated Root CA"


class RepeatableKey:
    """A P-256 key that signs the same octets always the same way.

    Args:
        about: what the key is derived from.
    """

    def __init__(self, about: str) -> None:
        self._about: Final = about

    @property
    def private(self) -> EllipticCurvePrivateKey:
        """The key itself; not to be held on to."""
        return _private(self._about)

    def public_key(self) -> EllipticCurvePublicKey:
        """The public half."""
        return self.private.public_key()

    def sign_octets(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """The value, by RFC 6979."""
        private = self.private
        value = private.sign(data, _repeatable(algorithm.digest.name))
        return side_by_side(value, private.curve)


@cache
def _repeatable(digest: str) -> ECDSA:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.ECDSA(getattr(hashes, digest)(), deterministic_signing=True)


@dataclass(frozen=True, slots=True, order=True)
class Seal:
    """Which certificate of an agency."""

    organ_id: OrganId
    """The agency."""
    generation: int = 0
    """Counts its certificates; each has a key of its own."""
    until: datetime | None = None
    """When it ends; after years where there is none."""


class SimulatedPki:
    """One root, and certificates for agencies; may be shared by networks of the same start.

    Args:
        at: the start of the simulation, timezone-aware, whole seconds.
    """

    def __init__(self, *, at: datetime) -> None:
        self.at: Final = at
        self._root: Final = RepeatableKey(_ISSUER)
        self._issued: Final = lru_cache(_KEPT)(self._issue)
        self.trust: Final = lru_cache(_KEPT_TRUSTS)(self._trust)
        """The root, and a list of these revoked certificates and when they were; other anchors and
        their lists. With None for the list there is no evidence at all."""

    def key(self, seal: Seal) -> SigningKey:
        """The key of a seal with its certificate."""
        from cryptography import x509

        # As it is made it takes three times the room of one that was read.
        certificate = x509.load_der_x509_certificate(self._issued(seal))
        return SigningKey(private_key=_key_of(seal), certificate=certificate)

    def fingerprint(self, seal: Seal) -> str:
        """SHA-256 of a certificate in lower-case hexadecimal, as directories name it."""
        return sha256(self._issued(seal)).hexdigest()

    def _issue(self, seal: Seal) -> bytes:
        from cryptography.hazmat.primitives.serialization import Encoding

        certificate = self._certificate(str(seal.organ_id), _key_of(seal), until=seal.until)
        return certificate.public_bytes(Encoding.DER)

    def _trust(
        self,
        revoked: frozenset[tuple[Seal, datetime]] | None = frozenset(),
        anchors: tuple[bytes, ...] = (),
        crls: tuple[bytes, ...] = (),
    ) -> TrustStore:
        lists = () if revoked is None else (self._crl(sorted(revoked)), *crls)
        return SteadyTrust([self._anchor, *anchors], crls=lists)

    def _moment_of(self, revoked: Iterable[tuple[Seal, datetime]]) -> datetime:
        return max([self.at - timedelta(hours=1), *(when for _, when in revoked)])

    @cached_property
    def _anchor(self) -> bytes:
        from cryptography.hazmat.primitives.serialization import Encoding

        return self._authority.public_bytes(Encoding.DER)

    @cached_property
    def _authority(self) -> x509.Certificate:
        return self._certificate(_ISSUER, self._root, until=None)

    def _certificate(
        self, subject: str, key: RepeatableKey, *, until: datetime | None
    ) -> x509.Certificate:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes

        is_root, own = key is self._root, x509.SubjectKeyIdentifier.from_public_key
        serial = int.from_bytes(sha256(own(key.public_key()).digest).digest()[:16], "big")
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .issuer_name(_name(_ISSUER))
            .public_key(key.public_key())
            .serial_number(serial)
            .not_valid_before(self.at - _BEFORE)
            .not_valid_after(until or self.at + _YEARS)
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
            .add_extension(_usage(is_root=is_root), critical=True)
            .add_extension(own(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._root.public_key()),
                critical=False,
            )
        )
        return builder.sign(self._root.private, hashes.SHA256(), ecdsa_deterministic=True)

    def _crl(self, revoked: list[tuple[Seal, datetime]]) -> bytes:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.serialization import Encoding

        issued = self._moment_of(revoked)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(_name(_ISSUER))
            .last_update(issued)
            .next_update(self.at + _YEARS)
            .add_extension(x509.CRLNumber(int(issued.timestamp())), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._root.public_key()),
                critical=False,
            )
        )
        for seal, when in revoked:
            serial = self.key(seal).certificate.serial_number
            entry = x509.RevokedCertificateBuilder(serial, when)
            builder = builder.add_revoked_certificate(entry.build())
        signed = builder.sign(self._root.private, hashes.SHA256(), ecdsa_deterministic=True)
        return signed.public_bytes(Encoding.DER)


def _key_of(seal: Seal) -> RepeatableKey:
    return RepeatableKey(f"{seal.organ_id} {seal.generation} {seal.until or ''}")


@lru_cache(_KEPT_KEYS)
def _private(about: str) -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    number = int.from_bytes(sha256(about.encode()).digest(), "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def _name(common_name: str) -> x509.Name:
    from cryptography import x509

    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])


def _usage(*, is_root: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=not is_root,
        key_cert_sign=is_root,
        crl_sign=is_root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
