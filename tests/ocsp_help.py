"""A desk that asks about a seal, and the answers that it must not believe.

>>> desk = Desk.of(present)
>>> desk.answer()                    # good, by a delegate of the authority
>>> CHANGES["status flipped"](desk)  # one that nobody may believe
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from asn1crypto import core, ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from evidence_help import UNKNOWN, ForgedAnswer, flipped
from signing_help import CERTIFIES, certify

from docexchange.testing import OcspResponder, access, ocsp_responder, purposes

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from docexchange.testing import Credential

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
URL: Final = "http://ocsp.example/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who is who, and when."""

    root: Credential
    """The authority."""
    stranger: Credential
    """Another of the same name, with a key of its own."""
    delegate: Credential
    """Whom the authority lets answer."""
    seal: Credential
    """The certificate in question."""
    neighbour: Credential
    """Another of the same authority."""
    at: datetime
    """The present."""

    @classmethod
    def of(cls, at: datetime, key: Any = None) -> Desk:
        """A desk of this moment; ``key`` makes all but the seals."""
        made = partial(certify, begin=at - DAY, end=at + 9 * DAY)
        root = made("Root", ca=True, key=key)
        seals = partial(made, issuer=root, extensions=[access(ocsp=URL)])
        return cls(
            root=root,
            stranger=made("Root", ca=True),
            delegate=made("OCSP", issuer=root, key=key, extensions=ocsp_responder()),
            seal=seals("Seal"),
            neighbour=seals("Neighbour"),
            at=at,
        )

    def made(self, name: str, issuer: Credential | None = None, **options: Any) -> Credential:
        """A certificate valid at the present; of the authority where nobody else is named."""
        options = {"begin": self.at - DAY, "end": self.at + DAY} | options
        return certify(name, issuer=issuer or self.root, **options)

    def answer(
        self,
        about: Credential | None = None,
        *,
        ago: timedelta = timedelta(0),
        revoked: bool = False,
        ids: hashes.HashAlgorithm | None = None,
        **options: Any,
    ) -> bytes:
        """What the authority's delegate says about the seal now, if nothing else is told."""
        given: dict[str, Any] = {"issuer": self.root, "signer": self.delegate} | options
        responder, asked = OcspResponder(**given), (about or self.seal).certificate
        if revoked:
            responder.revoke(asked, at=self.at - HOUR)
        return responder.statement(asked, at=self.at - ago, ids=ids)

    def forged(self, **options: Any) -> ForgedAnswer:
        """An answer to be tampered with."""
        return ForgedAnswer(self.answer(**options), options.get("signer", self.delegate))


def _good() -> Any:
    return ocsp.CertStatus("good", core.Null())


def _later(desk: Desk, field: str, by: timedelta) -> ForgedAnswer:
    return desk.forged().set(**{field: core_time(desk.at + by)})


def core_time(moment: datetime) -> Any:
    """As OCSP writes it."""
    return core.GeneralizedTime(moment.replace(microsecond=0))


def _cert_id(desk: Desk, **fields: Any) -> ForgedAnswer:
    forged = desk.forged()
    for name, value in fields.items():
        forged.single["cert_id"][name] = value
    return forged


def _by(desk: Desk, signer: Credential) -> bytes:
    return desk.answer(signer=signer)


def _named(desk: Desk, who: Credential) -> ForgedAnswer:
    """One whose responder is said to be somebody else."""
    subject = asn1_x509.Name.load(who.certificate.subject.public_bytes())
    return desk.forged().change(
        lambda head: head.__setitem__("responder_id", ocsp.ResponderId("by_name", subject))
    )


def _by_key(desk: Desk, digest: bytes) -> ForgedAnswer:
    held = ocsp.ResponderId("by_key", core.OctetString(digest))
    return desk.forged().change(lambda head: head.__setitem__("responder_id", held))


def _bringing(desk: Desk, *brought: Credential) -> bytes:
    forged = desk.forged()
    forged.tree["certs"] = [asn1_x509.Certificate.load(item.der) for item in brought]
    return forged.der()


def _failing(status: int) -> bytes:
    return bytes([0x30, 3, 0x0A, 1, status])


def _two_authorities_down(desk: Desk) -> bytes:
    below = desk.made("Below", ca=True)
    return _by(desk, desk.made("OCSP", below, extensions=ocsp_responder()))


def _without_responses(desk: Desk) -> bytes:
    forged = desk.forged()
    forged.head["responses"] = ocsp.Responses([])
    return forged.signed().der()


def _algorithm(desk: Desk, name: str) -> bytes:
    forged = desk.forged()
    forged.tree["signature_algorithm"] = {"algorithm": name}
    return forged.der()


def _extended(desk: Desk) -> bytes:
    """An extension that nobody signed."""
    forged = desk.forged()
    value = core.ParsableOctetString(b"\x05\x00")
    forged.single["single_extensions"] = [
        {"extn_id": UNKNOWN, "critical": False, "extn_value": value}
    ]
    return forged.der()


def _signed_over_inner(desk: Desk) -> bytes:
    """What a delegate of the stranger says, under the certificate of the true delegate."""
    forged = desk.forged()
    return forged.signed(desk.stranger).der()


CHANGES: Final[dict[str, Callable[[Desk], bytes]]] = {
    # said and signed by whoever may
    "revoked": lambda desk: desk.answer(revoked=True),
    "revoked, by the authority itself": lambda desk: desk.answer(revoked=True, signer=None),
    "status unknown": lambda desk: (
        desk.forged().set(cert_status=ocsp.CertStatus("unknown", core.Null())).signed().der()
    ),
    "next update is past": lambda desk: desk.answer(ago=3 * HOUR),
    "next update before this": lambda desk: _later(desk, "next_update", -HOUR).signed().der(),
    "about another certificate": lambda desk: desk.answer(desk.neighbour),
    "serial number of another": lambda desk: _cert_id(desk, serial_number=7).signed().der(),
    "name of another issuer": lambda desk: (
        _cert_id(desk, issuer_name_hash=bytes(20)).signed().der()
    ),
    "key of another issuer": lambda desk: _cert_id(desk, issuer_key_hash=bytes(20)).signed().der(),
    "about nothing": _without_responses,
    # said by somebody who may not
    "of the stranger": lambda desk: desk.answer(issuer=desk.stranger, signer=None),
    "in the name of the authority": lambda desk: desk.answer(signer=desk.stranger),
    "delegate without a purpose": lambda desk: _by(desk, desk.made("OCSP")),
    "delegate for time stamps": lambda desk: _by(
        desk, desk.made("OCSP", extensions=[purposes("1.3.6.1.5.5.7.3.8")])
    ),
    "delegate for any purpose": lambda desk: _by(
        desk, desk.made("OCSP", extensions=[purposes("2.5.29.37.0")])
    ),
    "delegate expired": lambda desk: _by(
        desk,
        desk.made("OCSP", begin=desk.at - DAY, end=desk.at - HOUR, extensions=ocsp_responder()),
    ),
    "delegate to come": lambda desk: _by(
        desk, desk.made("OCSP", begin=desk.at + HOUR, extensions=ocsp_responder())
    ),
    "delegate of the stranger": lambda desk: _by(
        desk, desk.made("OCSP", desk.stranger, extensions=ocsp_responder())
    ),
    "delegate of an authority below": _two_authorities_down,
    "delegate by its own hand": lambda desk: _by(
        desk, certify("OCSP", begin=desk.at - DAY, end=desk.at + DAY, extensions=ocsp_responder())
    ),
    "delegate with a critical extension": lambda desk: _by(
        desk, desk.made("OCSP", extensions=[*ocsp_responder(), _critical()])
    ),
    "by the neighbour": lambda desk: _by(desk, desk.neighbour),
    "by the seal about itself": lambda desk: _by(desk, desk.seal),
    "by an authority below": lambda desk: _by(desk, desk.made("Below", ca=True, usage=CERTIFIES)),
    # changed after signing
    "status flipped": lambda desk: desk.forged(revoked=True).set(cert_status=_good()).der(),
    "status of a revoked one dropped": lambda desk: (
        desk.forged(revoked=True).set(cert_status=ocsp.CertStatus("unknown", core.Null())).der()
    ),
    "next update put off": lambda desk: _later(desk, "next_update", 9 * DAY).der(),
    "this update moved": lambda desk: _later(desk, "this_update", timedelta(minutes=-5)).der(),
    "produced at moved": lambda desk: (
        desk.forged()
        .change(lambda head: head.__setitem__("produced_at", core_time(desk.at - HOUR)))
        .der()
    ),
    "serial number changed": lambda desk: (
        ForgedAnswer(desk.answer(desk.neighbour), desk.delegate)
        .change(
            lambda head: head["responses"][0]["cert_id"].__setitem__(
                "serial_number", desk.seal.certificate.serial_number
            )
        )
        .der()
    ),
    "extension added": _extended,
    "responder renamed": lambda desk: _named(desk, desk.root).der(),
    "responder renamed and signed": lambda desk: _named(desk, desk.neighbour).signed().der(),
    "responder by another key": lambda desk: _by_key(desk, bytes(20)).signed().der(),
    "delegate left out": _bringing,
    "delegate replaced by the neighbour": lambda desk: _bringing(desk, desk.neighbour),
    "delegate replaced by its like": lambda desk: _bringing(
        desk, desk.made("OCSP", extensions=ocsp_responder())
    ),
    # the signature
    "signature value changed": lambda desk: _valued(desk, flipped),
    "signature value empty": lambda desk: _valued(desk, lambda _: b""),
    "signature value cut": lambda desk: _valued(desk, lambda value: value[:-1]),
    "signature by the stranger": _signed_over_inner,
    "signature by the neighbour": lambda desk: desk.forged().signed(desk.neighbour).der(),
    "signature of another answer": lambda desk: (
        desk.forged().with_value(desk.forged(revoked=True).value).der()
    ),
    "signature algorithm of another digest": lambda desk: _algorithm(desk, "sha512_ecdsa"),
    "signature algorithm of another key": lambda desk: _algorithm(desk, "sha256_rsa"),
    # no answer at all
    "malformed request": lambda _: _failing(1),
    "try later": lambda _: _failing(3),
    "unauthorized": lambda _: _failing(6),
    "try later, with a good answer": lambda desk: desk.forged().der("try_later"),
    "another kind of answer": lambda desk: desk.forged().der(kind=UNKNOWN),
    "inner answer alone": lambda desk: desk.forged().octets(),
    "truncated": lambda desk: desk.answer()[:-1],
    "empty": lambda _: b"",
    "a web page": lambda _: b"<html>404</html>",
}
"""What the authority's own people, strangers and the network may do to an answer."""


def _valued(desk: Desk, change: Callable[[bytes], bytes]) -> bytes:
    forged = desk.forged()
    return forged.with_value(change(forged.value)).der()


def _critical() -> tuple[x509.ExtensionType, bool]:
    oid = x509.ObjectIdentifier(UNKNOWN)
    return x509.UnrecognizedExtension(oid, b"\x05\x00"), True


def _both(desk: Desk) -> bytes:
    forged = desk.forged()
    singles = [forged.single.copy(), desk.forged(revoked=True).single.copy()]
    forged.head["responses"] = ocsp.Responses(singles)
    return forged.signed().der()


def _in_sha1(desk: Desk) -> bytes:
    forged = desk.forged()
    forged.tree["signature_algorithm"] = {"algorithm": "sha1_ecdsa"}
    return forged.signed(digest=hashes.SHA1()).der()


STRICTER: Final[dict[str, tuple[Callable[[Desk], bytes], str]]] = {
    "octets behind": (
        lambda desk: desk.answer() + b"\x00",
        "openssl reads one value and does not look behind it; we want one value and nothing else",
    ),
    "good, then revoked": (
        _both,
        "an answer that contradicts itself is not to be relied on; openssl takes what comes first",
    ),
    "signed with SHA-1": (
        _in_sha1,
        "our table of algorithms holds for answers too; openssl's level holds for chains only",
    ),
}
"""What openssl takes and we refuse, each with the reason."""

LOOSER: Final[dict[str, tuple[Callable[[Desk], bytes], str]]] = {
    "this update to come": (
        lambda desk: desk.answer(ago=-3 * HOUR),
        "we judge for a moment, often one long past: what is said later tells of it too",
    ),
}
"""What we take and openssl refuses, each with the reason."""
