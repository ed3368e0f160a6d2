"""An OCSP responder: a question in DER goes in, a signed answer comes out.

    from docexchange.testing import OcspResponder

    responder = OcspResponder(issuer=sub_ca.credential)
    responder.revoke(seal.certificate, at=noon)
    octets = responder.answer(question, at=noon)

Behind `Loopback` it answers over HTTP.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from docexchange.testing._profile import digest
from docexchange.testing.validity import check_aware

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.testing.credentials import Credential
    from docexchange.testing.extensions import Extra

__all__ = ["OcspResponder"]


@dataclass(slots=True, kw_only=True)
class OcspResponder:
    """Answers for one authority. It knows what was revoked and takes everything else for good."""

    issuer: Credential
    """The authority it answers for."""
    signer: Credential | None = None
    """Who signs the answers; the authority itself where nothing is said."""
    lifetime: timedelta = timedelta(hours=1)
    """How long an answer is good."""
    digest: hashes.HashAlgorithm | None = None
    """What answers are signed with; as strong as the key where nothing is said."""
    extensions: list[Extra] = field(default_factory=list)
    """More of them in every answer, each with whether it is critical."""
    revoked: dict[int, datetime] = field(default_factory=dict)
    """Serial numbers of what was revoked, each with the time."""

    def revoke(self, certificate: x509.Certificate, *, at: datetime) -> None:
        """From now on, say that a certificate was revoked.

        Args:
            certificate: of the authority.
            at: since when, timezone-aware.
        """
        self.revoked[certificate.serial_number] = check_aware(at, "revocation")

    def answer(self, question: bytes, *, at: datetime) -> bytes:
        """Answer a question about one certificate.

        Args:
            question: DER of an OCSP request.
            at: as of when, timezone-aware.

        Returns:
            DER of the answer; one that says "malformed" or "unauthorized" where there is nothing
            to say.
        """
        try:
            asked = ocsp.load_der_ocsp_request(question)
        except ValueError:
            return _failed(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        if asked.issuer_key_hash != self._key_hash(asked.hash_algorithm):
            return _failed(ocsp.OCSPResponseStatus.UNAUTHORIZED)
        return self._signed(asked.serial_number, asked.hash_algorithm, at)

    def statement(
        self,
        certificate: x509.Certificate,
        *,
        at: datetime,
        ids: hashes.HashAlgorithm | None = None,
    ) -> bytes:
        """Answer about a certificate without being asked, for use as supplied evidence.

        Args:
            certificate: of the authority.
            at: as of when, timezone-aware.
            ids: the digest of the certificate id; SHA-1, as is usual, where nothing is said.
        """
        ids = ids or hashes.SHA1()  # noqa: S303  names the issuer; nothing rests on it
        return self._signed(certificate.serial_number, ids, at)

    def _signed(self, serial: int, ids: hashes.HashAlgorithm, at: datetime) -> bytes:
        since, moment = self.revoked.get(serial), check_aware(at, "at")
        status = ocsp.OCSPCertStatus.GOOD if since is None else ocsp.OCSPCertStatus.REVOKED
        signer = self.signer or self.issuer
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                issuer_name_hash=_hashed(self.issuer.certificate.subject.public_bytes(), ids),
                issuer_key_hash=self._key_hash(ids),
                serial_number=serial,
                algorithm=ids,
                cert_status=status,
                this_update=moment,
                next_update=moment + self.lifetime,
                revocation_time=since,
                revocation_reason=None if since is None else x509.ReasonFlags.key_compromise,
            )
            .responder_id(ocsp.OCSPResponderEncoding.NAME, signer.certificate)
            .certificates([signer.certificate])
        )
        for extension, critical in self.extensions:
            builder = builder.add_extension(extension, critical)
        key = signer.private_key
        return builder.sign(key, self.digest or digest(key)).public_bytes(Encoding.DER)

    def _key_hash(self, ids: hashes.HashAlgorithm) -> bytes:
        """RFC 6960, 4.1.1: of the key's bit string, without its tag."""
        from asn1crypto.keys import PublicKeyInfo

        key = self.issuer.certificate.public_key()
        info = PublicKeyInfo.load(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
        return _hashed(bytes(info["public_key"]), ids)


def _hashed(octets: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
    return hashlib.new(algorithm.name, octets).digest()


def _failed(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)
