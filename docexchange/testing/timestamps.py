"""A timestamp authority of one's own: real RFC 3161 tokens, from a certificate made for tests.

It is a ``Poster`` itself, so a client can be given it in place of the network:

    from docexchange.clock import SystemClock
    from docexchange.signing import TsaClient
    from docexchange.testing import DemoPki, TimestampAuthority

    clock = SystemClock()
    pki = DemoPki.create(at=clock.now(), key="p256")
    authority = TimestampAuthority(pki.tsa, clock=clock)
    token = TsaClient(("http://tsa.demo.invalid",), poster=authority).stamp(b"", at=clock.now())
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from asn1crypto import algos, cms, core, parser, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.clock import Clock
    from docexchange.testing.credentials import Credential

__all__ = ["TimestampAuthority"]

_DIGESTS: Final = {"sha256", "sha384", "sha512"}
_SEQUENCE: Final = core.Sequence.tag
_SET: Final = core.Set.tag
_UNREADABLE: Final = (ValueError, TypeError, KeyError)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refused(Exception):
    failure: str


class TimestampAuthority:
    """Stamps what it is asked to, at the time its clock tells.

    Args:
        credential: its certificate, for timestamps alone, and key.
        clock: tells the time that tokens carry.
        policy: OID of its one policy.
        accuracy_seconds: how far its clock may be off.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        clock: Clock,
        policy: str = "1.3.6.1.4.1.32473.1",
        accuracy_seconds: int = 1,
    ) -> None:
        self._credential, self._clock = credential, clock
        self._policy, self._accuracy = policy, accuracy_seconds
        self._serial = 0
        self._lock = threading.Lock()

    def post(self, _url: str, body: bytes, _content_type: str) -> bytes:
        """Answer a request, as if it had come over the network."""
        return self.answer(body)

    def answer(self, request: bytes) -> bytes:
        """The answer to a request: a token, or a refusal with its reason.

        Args:
            request: DER of a ``TimeStampReq``.
        """
        try:
            info = self._info(request)
        except _Refused as refused:
            return _response({"status": "rejection", "fail_info": {refused.failure}})
        return _response({"status": "granted"}, self._token(info.dump()))

    def stamp(self, data: bytes) -> bytes:
        """DER of a token over SHA-256 of some octets.

        Args:
            data: what is stamped.
        """
        imprint = {
            "hash_algorithm": {"algorithm": "sha256"},
            "hashed_message": hashlib.sha256(data).digest(),
        }
        return self._token(self._fields(imprint).dump())

    def _info(self, request: bytes) -> tsp.TSTInfo:
        try:
            asked = tsp.TimeStampReq.load(request, strict=True)
            imprint, nonce = asked["message_imprint"], asked["nonce"].native
            algorithm = imprint["hash_algorithm"]["algorithm"].native
            policy = asked["req_policy"].native
        except _UNREADABLE:
            raise _Refused(failure="bad_data_format") from None
        if algorithm not in _DIGESTS:
            raise _Refused(failure="bad_alg")
        if policy not in (None, self._policy):
            raise _Refused(failure="unaccepted_policy")
        return self._fields(imprint, nonce)

    def _fields(self, imprint: Any, nonce: int | None = None) -> tsp.TSTInfo:
        with self._lock:
            self._serial += 1
            serial = self._serial
        fields: dict[str, Any] = {
            "version": "v1",
            "policy": self._policy,
            "message_imprint": imprint,
            "serial_number": serial,
            "gen_time": self._now(),
            "accuracy": {"seconds": self._accuracy},
        }
        if nonce is not None:
            fields["nonce"] = nonce
        return tsp.TSTInfo(fields)

    def _now(self) -> datetime:
        return self._clock.now().replace(microsecond=0)

    def _token(self, info: bytes) -> bytes:
        """A ``ContentInfo`` (RFC 5652, clauses 5.1 and 5.3), put together of DER.

        asn1crypto would write every part anew as often as it stands within others.
        """
        attributes = self._attributes(info)
        algorithm, value = self._signed(_der(_SET, *attributes))
        hashed = algos.DigestAlgorithm({"algorithm": self._hash_name}).dump()
        signer = _der(
            _SEQUENCE,
            core.Integer(1).dump(),
            self._own_name,
            hashed,
            _tagged(0, *attributes),
            algos.SignedDigestAlgorithm({"algorithm": algorithm}).dump(),
            core.OctetString(value).dump(),
        )
        content = cms.ContentType("tst_info").dump(), _tagged(0, core.OctetString(info).dump())
        signed = _der(
            _SEQUENCE,
            core.Integer(3).dump(),
            _der(_SET, hashed),
            _der(_SEQUENCE, *content),
            _tagged(0, *self._held),
            _der(_SET, signer),
        )
        return _der(_SEQUENCE, cms.ContentType("signed_data").dump(), _tagged(0, signed))

    @cached_property
    def _held(self) -> list[bytes]:
        """The certificates that go with tokens, in the order of a ``SET OF``."""
        held = (self._credential.certificate, *self._credential.chain)
        return sorted(item.public_bytes(Encoding.DER) for item in held)

    @cached_property
    def _own_name(self) -> bytes:
        own = asn1_x509.Certificate.load(self._credential.der)
        name = {"issuer": own.issuer, "serial_number": own.serial_number}
        return bytes(cms.IssuerAndSerialNumber(name).dump())

    def _attributes(self, content: bytes) -> list[bytes]:
        """What is signed, in the order of a ``SET OF``."""
        digest = hashlib.new(self._hash_name, content).digest()
        told = {"content_type": "tst_info", "message_digest": digest}
        return sorted([*(_attribute(*item) for item in told.items()), self._mark])

    @cached_property
    def _mark(self) -> bytes:
        """Whose certificate signs (RFC 5816)."""
        mark = tsp.ESSCertIDv2(
            {
                "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                "cert_hash": hashlib.sha256(self._credential.der).digest(),
            }
        )
        return _attribute("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [mark]}))

    @property
    def _hash_name(self) -> str:
        # RFC 8419, clause 3.1: Ed25519 goes with SHA-512
        key = self._credential.private_key
        return "sha512" if isinstance(key, ed25519.Ed25519PrivateKey) else "sha256"

    def _signed(self, data: bytes) -> tuple[str, bytes]:
        key = self._credential.private_key
        if isinstance(key, rsa.RSAPrivateKey):
            return "sha256_rsa", key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return "sha256_ecdsa", key.sign(data, ec.ECDSA(hashes.SHA256()))
        return "ed25519", key.sign(data)


def _attribute(kind: str, value: object) -> bytes:
    return bytes(cms.CMSAttribute({"type": kind, "values": [value]}).dump())


def _der(tag: int, *parts: bytes) -> bytes:
    return bytes(parser.emit(0, 1, tag, b"".join(parts)))


def _tagged(tag: int, *parts: bytes) -> bytes:
    """Of the context, explicit around one part or implicit in place of a set."""
    return bytes(parser.emit(2, 1, tag, b"".join(parts)))


def _response(status: dict[str, Any], token: bytes = b"") -> bytes:
    # tsp.TimeStampResp (1.5) cannot be written without a token.
    content = tsp.PKIStatusInfo(status).dump() + token
    return _der(_SEQUENCE, content)
