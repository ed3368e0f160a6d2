"""An answer of a timestamp authority, and the answers that nobody must believe.

>>> asked = Asked(pki)
>>> asked.answer()                     # what the authority says
>>> CHANGES["another imprint"](asked)  # what it must not have said
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from asn1crypto import algos, cms, core, parser, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509 import ExtendedKeyUsage, ExtendedKeyUsageOID
from evidence_help import UNKNOWN, flipped
from signing_help import NOW, certify
from timestamp_help import DATA, STAMPS, Forged, authority, stamper

from docexchange.signing.timestamps import request_der
from docexchange.signing.xmldsig.algorithms import Digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.testing import Credential, DemoPki

NONCE: Final = 2**63 + 1
POLICY: Final = "1.3.6.1.4.1.32473.1"
_GRANTED: Final = {"status": "granted"}
_NULL: Final = core.OctetString(b"\x05\x00")
_DAY: Final = timedelta(days=1)


class Asked:
    """One request, and what comes back."""

    def __init__(self, pki: DemoPki) -> None:
        self.pki = pki
        self.request = request_der(DATA, digest=Digest.SHA256, nonce=NONCE, policy=POLICY)

    def token(self, maker: Credential | None = None) -> bytes:
        """The token that an authority with this certificate makes; the PKI's own by default."""
        made = authority(maker or self.pki.tsa, policy=POLICY).answer(self.request)
        return bytes(core.SequenceOf.load(made, spec=core.Any)[1].dump())

    def forged(self, *, by: Credential | None = None) -> Forged:
        """The token of the PKI's authority, to be changed; ``by`` is who signs it again."""
        return Forged(self.token(), by or self.pki.tsa)

    def answer(self, *tokens: bytes, status: dict[str, Any] | None = None) -> bytes:
        """The tokens as an answer; the authority's own where none is given."""
        content = tsp.PKIStatusInfo(status or _GRANTED).dump()
        content += b"".join(tokens or (self.token(),))
        return bytes(parser.emit(0, 1, core.Sequence.tag, content))


def _imprint(octets: bytes, name: str = "sha256") -> dict[str, Any]:
    return {"hash_algorithm": {"algorithm": name}, "hashed_message": octets}


def _said(**fields: Any) -> Callable[[Asked], bytes]:
    """The authority itself says something else, under its signature."""
    return lambda asked: asked.answer(asked.forged().info(**fields).der())


def _falsified(**fields: Any) -> Callable[[Asked], bytes]:
    """Somebody else says it, under the certificate of the authority."""

    def change(asked: Asked) -> bytes:
        forged = asked.forged(by=asked.pki.agency("commune"))
        return asked.answer(forged.info(**fields).der())

    return change


def _attributes(**fields: Any) -> Callable[[Asked], bytes]:
    """The authority signs other attributes."""
    return lambda asked: asked.answer(asked.forged().attributes(**fields).der())


def _changed(what: Callable[[Any], object]) -> Callable[[Asked], bytes]:
    """Somebody changes what is not under the signature."""
    return lambda asked: asked.answer(asked.forged().change(what).der())


def _signer(field: str, value: Any) -> Callable[[Asked], bytes]:
    return _changed(lambda signed: signed["signer_infos"][0].__setitem__(field, value))


def _certified(**options: Any) -> Callable[[Asked], bytes]:
    """An authority whose certificate is another; it does everything right."""
    return lambda asked: asked.answer(asked.token(stamper(asked.pki, **options)))


def _purposes(*oids: Any, critical: bool = True) -> Callable[[Asked], bytes]:
    return _certified(extensions=[(ExtendedKeyUsage(oids), critical)])


def _of_stranger(asked: Asked) -> bytes:
    return asked.answer(asked.token(certify("TSA", extensions=[STAMPS])))


def _below_the_agency(asked: Asked) -> bytes:
    agency = asked.pki.agency("commune")
    return asked.answer(asked.token(certify("TSA", issuer=agency, extensions=[STAMPS])))


def _revoked(asked: Asked) -> bytes:
    """The certificate has the number of the one that is on the list."""
    number = asked.pki.revoked.certificate.serial_number
    plain = stamper(asked.pki)
    return asked.answer(asked.token(_renumbered(plain, number, asked.pki)))


def _renumbered(credential: Credential, number: int, pki: DemoPki) -> Credential:
    from dataclasses import replace

    held = credential.certificate
    builder = (
        x509.CertificateBuilder()
        .subject_name(held.subject)
        .issuer_name(held.issuer)
        .public_key(held.public_key())
        .serial_number(number)
        .not_valid_before(held.not_valid_before_utc)
        .not_valid_after(held.not_valid_after_utc)
    )
    for extension in held.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    signed = builder.sign(pki.sub_ca.credential.private_key, held.signature_hash_algorithm)
    return replace(credential, certificate=signed)


def _ess(der: bytes, *, issuer_serial: Any = None, name: str = "sha256") -> Any:
    mark = {
        "hash_algorithm": algos.DigestAlgorithm({"algorithm": name}),
        "cert_hash": hashlib.new(name, der).digest(),
    }
    if issuer_serial is not None:
        mark["issuer_serial"] = issuer_serial
    return [tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2(mark)]})]


def _naming(who: Callable[[DemoPki], Credential]) -> Callable[[Asked], bytes]:
    """The certificate named under the signature is somebody else's."""
    return lambda asked: _attributes(signing_certificate_v2=_ess(who(asked.pki).der))(asked)


def _another_serial(asked: Asked) -> bytes:
    certificate = asn1_x509.Certificate.load(asked.pki.tsa.der)
    name = asn1_x509.GeneralName("directory_name", certificate.issuer)
    serial = {"issuer": [name], "serial_number": 7}
    marked = _ess(asked.pki.tsa.der, issuer_serial=serial)
    return _attributes(signing_certificate_v2=marked)(asked)


def _sid(asked: Asked, **fields: Any) -> bytes:
    certificate = asn1_x509.Certificate.load(asked.pki.tsa.der)
    held = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    sid = cms.SignerIdentifier("issuer_and_serial_number", held | fields)
    return _signer("sid", sid)(asked)


def _bringing(*who: Callable[[DemoPki], Credential]) -> Callable[[Asked], bytes]:
    """Other certificates travel along."""

    def change(asked: Asked) -> bytes:
        held = [asn1_x509.Certificate.load(one(asked.pki).der) for one in who]
        return _changed(lambda signed: signed.__setitem__("certificates", held))(asked)

    return change


def _doubled(signed: Any) -> None:
    held = signed["signer_infos"][0].copy()
    signed["signer_infos"] = cms.SignerInfos([held, held])


def _content(asked: Asked, octets: bytes) -> bytes:
    """Content that is not what was digested."""
    inner = core.ParsableOctetString(octets)
    return _changed(lambda signed: signed["encap_content_info"].__setitem__("content", inner))(
        asked
    )


def _retold(asked: Asked) -> bytes:
    """Another time, with the attributes of before."""
    forged = asked.forged()
    info = tsp.TSTInfo.load(forged.signed["encap_content_info"]["content"].contents)
    info["gen_time"] = NOW - _DAY
    return _content(asked, info.dump(force=True))


def _value(change: Callable[[bytes], bytes]) -> Callable[[Asked], bytes]:
    def run(asked: Asked) -> bytes:
        held = asked.forged().signer["signature"].native
        return _signer("signature", change(held))(asked)

    return run


def _outer(asked: Asked) -> bytes:
    """What is inside, without the wrapping that says what it is."""
    return asked.answer(bytes(asked.forged().signed.dump()))


def _critical() -> tuple[x509.ExtensionType, bool]:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(UNKNOWN), b"\x05\x00"), True


_OTHER: Final = hashlib.sha256(b"something else").digest()
_OURS: Final = hashlib.sha256(DATA).digest()

CHANGES: Final[dict[str, Callable[[Asked], bytes]]] = {
    # said and signed by the authority: an answer to another question
    "another imprint": _said(message_imprint=_imprint(_OTHER)),
    "imprint cut": _said(message_imprint=_imprint(_OURS[:-1])),
    "imprint said to be of another digest": _said(message_imprint=_imprint(_OURS, "sha512")),
    "imprint of another digest": _said(
        message_imprint=_imprint(hashlib.sha512(DATA).digest(), "sha512")
    ),
    "imprint of SHA-1": _said(message_imprint=_imprint(hashlib.sha1(DATA).digest(), "sha1")),
    "another nonce": _said(nonce=NONCE - 1),
    "no nonce": _said(nonce=None),
    "another policy": _said(policy="1.2.3"),
    "version 2": _said(version="v2"),
    # said by somebody else under its certificate
    "another time": _falsified(gen_time=NOW - _DAY),
    "another serial number": _falsified(serial_number=99),
    "another accuracy": _falsified(accuracy={"seconds": 9}),
    "an order claimed": _falsified(ordering=True),
    "nothing but the signature": _falsified(),
    "another time, attributes kept": _retold,
    # its certificate
    "certificate of an agency": lambda asked: asked.answer(
        asked.token(asked.pki.agency("commune"))
    ),
    "certificate for no purpose": _certified(extensions=[]),
    "purpose not critical": _purposes(ExtendedKeyUsageOID.TIME_STAMPING, critical=False),
    "purpose of servers": _purposes(ExtendedKeyUsageOID.SERVER_AUTH),
    "purpose of anything": _purposes(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE),
    "purpose and another": _purposes(
        ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING
    ),
    "certificate expired": _certified(end=NOW - _DAY),
    "certificate to come": _certified(begin=NOW + _DAY),
    "certificate that may not sign": _certified(usage=frozenset({"key_encipherment"})),
    "certificate of an authority": _certified(ca=True),
    "certificate with a critical extension": _certified(extensions=[STAMPS, _critical()]),
    "certificate revoked": _revoked,
    "certificate of a stranger": _of_stranger,
    "certificate issued by an agency": _below_the_agency,
    "certificate left out": _bringing(),
    "certificate of another in its place": _bringing(lambda pki: pki.agency("commune")),
    "certificate of its like in its place": _bringing(lambda pki: stamper(pki, "Demo TSA")),
    "another number of its certificate": lambda asked: _sid(asked, serial_number=7),
    "another issuer of its certificate": lambda asked: _sid(
        asked, issuer=asn1_x509.Name.build({"common_name": "x"})
    ),
    # what stands under the signature
    "another is named": _naming(lambda pki: pki.agency("commune")),
    "its authority is named": _naming(lambda pki: pki.sub_ca.credential),
    "another number is named": _another_serial,
    "nobody is named": _attributes(signing_certificate_v2=None),
    "another digest of the content": _attributes(message_digest=[_OTHER]),
    "no digest of the content": _attributes(message_digest=None),
    "no attributes": lambda asked: asked.answer(asked.forged().signed_attributes([]).der()),
    # the signature and its wrapping
    "signature value changed": _value(flipped),
    "signature value empty": _value(lambda _: b""),
    "signature value cut": _value(lambda value: value[:-1]),
    "digest of the signature": _signer("digest_algorithm", {"algorithm": "sha512"}),
    "two signatures": _changed(_doubled),
    "no signature": _changed(lambda signed: signed.__setitem__("signer_infos", [])),
    "content of another type": _changed(
        lambda signed: signed["encap_content_info"].__setitem__("content_type", "data")
    ),
    "unwrapped": _outer,
    # the answer
    "rejected, with a token": lambda asked: asked.answer(status={"status": "rejection"}),
    "waiting, with a token": lambda asked: asked.answer(status={"status": "waiting"}),
    "granted, without a token": lambda asked: asked.answer(b""),
    "two tokens": lambda asked: asked.answer(asked.token(), asked.token()),
    "token alone": lambda asked: asked.token(),
    "truncated": lambda asked: asked.answer()[:-1],
    "empty": lambda _: b"",
    "a web page": lambda _: b"<html>404</html>",
}
"""What the authority itself, strangers and the network may do to an answer."""


STRICTER: Final[dict[str, tuple[Callable[[Asked], bytes], str]]] = {
    "octets behind": (
        lambda asked: asked.answer() + b"\x00",
        "openssl reads one value and does not look behind it; we want one value and nothing else",
    ),
    "algorithm of another key": (
        _signer("signature_algorithm", {"algorithm": "sha256_rsa"}),
        "openssl goes by the key in the certificate; we want both to say the same",
    ),
    "critical extension in what it says": (
        _said(extensions=[{"extn_id": UNKNOWN, "critical": True, "extn_value": _NULL}]),
        "RFC 3161, 2.4.2, has the rules of RFC 5280: what is critical and unknown is refused",
    ),
}
"""What openssl takes and we refuse, each with the reason."""

LOOSER: Final[dict[str, tuple[Callable[[Asked], bytes], str]]] = {
    "key that signs and enciphers": (
        _certified(usage=frozenset({"digital_signature", "key_encipherment"})),
        "RFC 3161 binds the purpose; of the key usage RFC 5280 wants only that signing is in it",
    ),
    "digests told beside the signature": (
        _changed(lambda signed: signed.__setitem__("digest_algorithms", [{"algorithm": "sha512"}])),
        "a help for reading (RFC 5652, 5.1), under no signature; the one that counts is inside",
    ),
}
"""What we take and openssl refuses, each with the reason."""
