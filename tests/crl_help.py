"""An office with the revocation list of its authority, and the lists that it must not believe.

>>> office = Office.of(NOW)
>>> office.list()                       # nobody it knows is revoked
>>> CHANGES["entry removed"](office)    # one that nobody may believe
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from asn1crypto import core, crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from evidence_help import UNKNOWN, ForgedList, flipped
from signing_help import certify, der

from docexchange.testing import RevocationList

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from docexchange.testing import Credential

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
_NULL: Final = b"\x05\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Who is who, and when."""

    root: Credential
    """The authority."""
    stranger: Credential
    """Another of the same name, with a key of its own."""
    other: Credential
    """One of another name."""
    seal: Credential
    """The certificate in question."""
    neighbour: Credential
    """Another of the same authority."""
    at: datetime
    """The moment in question."""

    @classmethod
    def of(cls, at: datetime, key: Any = None) -> Office:
        """An office at a moment; ``key`` is the authority's."""
        years = {"begin": at - 900 * DAY, "end": at + 900 * DAY}
        root = certify("Root", ca=True, key=key, **years)
        return cls(
            root=root,
            stranger=certify("Root", ca=True, **years),
            other=certify("Other", ca=True, **years),
            seal=certify("Seal", issuer=root, **years),
            neighbour=certify("Neighbour", issuer=root, **years),
            at=at,
        )

    def list(
        self, *revoked: Credential, by: Credential | None = None, ago: timedelta = HOUR, **rest: Any
    ) -> bytes:
        """The authority's list of an hour ago; the neighbour is on it, and whoever is named."""
        entries = {item.certificate: self.at - DAY for item in (self.neighbour, *revoked)}
        made = RevocationList(revoked=entries, **rest)
        return der(made.sign(by or self.root, at=self.at - ago))

    def forged(self, *revoked: Credential, **options: Any) -> ForgedList:
        """A list to be tampered with."""
        return ForgedList(self.list(*revoked, **options), self.root)


def _without_entry(office: Office) -> ForgedList:
    forged = office.forged(office.seal)
    held = list(forged.head["revoked_certificates"])
    forged.head["revoked_certificates"] = crl.RevokedCertificates(held[:-1])
    return forged


def _without_any(head: Any) -> None:
    del head["revoked_certificates"]


def _entry(office: Office, **fields: Any) -> ForgedList:
    """The seal's entry says something else."""
    forged = office.forged(office.seal)
    for name, value in fields.items():
        forged.head["revoked_certificates"][1][name] = value
    return forged


def _when(office: Office, name: str, by: timedelta, **options: Any) -> ForgedList:
    forged = office.forged(**options)
    return forged.change(lambda head: head.__setitem__(name, _time(office.at + by)))


def _time(moment: datetime) -> Any:
    return asn1_x509.Time("utc_time", core.UTCTime(moment))


def _issuer(office: Office, who: Credential) -> ForgedList:
    name = asn1_x509.Name.load(who.certificate.subject.public_bytes())
    return office.forged().change(lambda head: head.__setitem__("issuer", name))


def _algorithms(forged: ForgedList, *, inner: str = "", outer: str = "") -> ForgedList:
    if inner:
        forged.head["signature"] = {"algorithm": inner}
    if outer:
        forged.tree["signature_algorithm"] = {"algorithm": outer}
    return forged


def _valued(office: Office, change: Callable[[bytes], bytes]) -> bytes:
    forged = office.forged()
    return forged.with_value(change(forged.value)).der()


def _pointing(office: Office, **parts: Any) -> bytes:
    """One that says what it speaks for (RFC 5280, 5.2.5)."""
    fields: dict[str, Any] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    point = x509.IssuingDistributionPoint(**(fields | parts)).public_bytes()
    name = "issuing_distribution_point"
    return office.forged().extension(name, point, critical=True).signed().der()


def _extended(office: Office, name: str, octets: bytes, *, critical: bool) -> ForgedList:
    return office.forged().extension(name, octets, critical=critical)


def _whole(forged: ForgedList) -> bytes:
    return forged.signed().der()


CHANGES: Final[dict[str, Callable[[Office], bytes]]] = {
    # said and signed by whoever may
    "revoked": lambda office: office.list(office.seal),
    "on hold": lambda office: office.list(
        office.seal, reasons={office.seal.certificate: x509.ReasonFlags.certificate_hold}
    ),
    "next update is past": lambda office: office.list(ago=40 * DAY),
    "next update before this": lambda office: _whole(_when(office, "next_update", -9 * DAY)),
    "speaks for authorities alone": lambda office: _pointing(office, only_contains_ca_certs=True),
    "speaks for attributes alone": lambda office: _pointing(
        office, only_contains_attribute_certs=True
    ),
    "speaks for some reasons alone": lambda office: _pointing(
        office, only_some_reasons=frozenset({x509.ReasonFlags.key_compromise})
    ),
    "speaks for another place": lambda office: office.list(uri="http://crl.example/other.crl"),
    "critical extension": lambda office: _whole(_extended(office, UNKNOWN, _NULL, critical=True)),
    "critical extension, seal revoked": lambda office: (
        office.forged(office.seal).extension(UNKNOWN, _NULL, critical=True).signed().der()
    ),
    # said by somebody who may not
    "of another authority": lambda office: office.list(by=office.other),
    "of the stranger of the same name": lambda office: office.list(by=office.stranger),
    "of the seal itself": lambda office: office.list(by=office.seal),
    "of the neighbour": lambda office: office.list(by=office.neighbour),
    "indirect, of another authority": lambda office: office.list(by=office.other, indirect=True),
    "issuer is another, signed": lambda office: _whole(_issuer(office, office.other)),
    "issuer is the seal, signed": lambda office: _whole(_issuer(office, office.seal)),
    "signed by the stranger": lambda office: office.forged().signed(office.stranger).der(),
    "signed by the seal": lambda office: office.forged().signed(office.seal).der(),
    # changed after signing
    "entry removed": lambda office: _without_entry(office).der(),
    "every entry removed": lambda office: office.forged(office.seal).change(_without_any).der(),
    "entry of another number": lambda office: _entry(office, user_certificate=7).der(),
    "entry of later": lambda office: _entry(
        office, revocation_date=_time(office.at + 9 * DAY)
    ).der(),
    "entry taken back": lambda office: _entry(
        office,
        crl_entry_extensions=[{"extn_id": "crl_reason", "extn_value": "remove_from_crl"}],
    ).der(),
    "next update put off": lambda office: _when(
        office, "next_update", 90 * DAY, ago=40 * DAY
    ).der(),
    "this update moved": lambda office: _when(office, "this_update", -2 * HOUR).der(),
    "issuer changed": lambda office: _issuer(office, office.other).der(),
    "list of another under this name": lambda office: (
        ForgedList(office.list(by=office.other), office.other)
        .change(
            lambda head: head.__setitem__(
                "issuer", asn1_x509.Name.load(office.root.certificate.subject.public_bytes())
            )
        )
        .der()
    ),
    "extension added": lambda office: _extended(office, UNKNOWN, _NULL, critical=False).der(),
    "number changed": lambda office: (
        office.forged()
        .change(
            lambda head: head["crl_extensions"][0].__setitem__(
                "extn_value", core.ParsableOctetString(b"\x02\x01\x63")
            )
        )
        .der()
    ),
    "delta made complete": lambda office: (
        ForgedList(office.list(number=8, base=7), office.root)
        .change(
            lambda head: head.__setitem__(
                "crl_extensions",
                [item for item in head["crl_extensions"] if not item["critical"].native],
            )
        )
        .der()
    ),
    # the signature
    "signature value changed": lambda office: _valued(office, flipped),
    "signature value empty": lambda office: _valued(office, lambda _: b""),
    "signature value cut": lambda office: _valued(office, lambda value: value[:-1]),
    "signature of another list": lambda office: (
        office.forged().with_value(office.forged(office.seal).value).der()
    ),
    "another algorithm inside": lambda office: _algorithms(
        office.forged(), inner="sha512_ecdsa"
    ).der(),
    "another algorithm outside": lambda office: _algorithms(
        office.forged(), outer="sha512_ecdsa"
    ).der(),
    "another digest in both places": lambda office: _whole(
        _algorithms(office.forged(), inner="sha512_ecdsa", outer="sha512_ecdsa")
    ),
    "another kind of key in both places": lambda office: _whole(
        _algorithms(office.forged(), inner="sha256_rsa", outer="sha256_rsa")
    ),
    # no list at all
    "truncated": lambda office: office.list()[:-1],
    "empty": lambda _: b"",
    "a web page": lambda _: b"<html>404</html>",
    "a certificate": lambda office: office.root.der,
}
"""What the authority's own people, strangers and the network may do to a list."""


STRICTER: Final[dict[str, tuple[Callable[[Office], bytes], str]]] = {
    "octets behind": (
        lambda office: office.list() + b"\x00",
        "openssl reads one value and does not look behind it; we want one value and nothing else",
    ),
    "signed with SHA-1": (
        lambda office: (
            _algorithms(office.forged(), inner="sha1_ecdsa", outer="sha1_ecdsa")
            .signed(digest=hashes.SHA1())
            .der()
        ),
        "our table of algorithms holds for lists too; openssl's level holds for chains only",
    ),
    "delta alone": (
        lambda office: office.list(number=8, base=7),
        "RFC 5280, 5.2.4: it tells what is new since another; openssl minds with -extended_crl",
    ),
}
"""What openssl takes and we refuse, each with the reason."""

LOOSER: Final[dict[str, tuple[Callable[[Office], bytes], str]]] = {
    "this update to come": (
        lambda office: office.list(ago=-3 * HOUR),
        "we judge for a moment, often one long past: what an authority lists later tells of it too",
    ),
    "revoked later": (
        lambda office: _whole(_entry(office, revocation_date=_time(office.at + 9 * DAY))),
        "at the moment in question it was not revoked yet; openssl does not look at the date",
    ),
}
"""What we take and openssl refuses, each with the reason."""
