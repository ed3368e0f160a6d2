"""Who holds which certificate in a demonstration: one throw-away PKI for all its agencies.

A root, an issuing authority below it, and for every agency a seal and a leader's certificate;
beside them three that must be refused: expired, revoked, and a stranger's. Keys are made when they
are first asked for. Nothing but the keys is random, and the time is yours to choose.

    from datetime import UTC, datetime
    from docexchange.testing import DemoPki

    pki = DemoPki.create(at=datetime(2026, 3, 2, 2, tzinfo=UTC), key="p256")
    seal = pki.agency("commune")
    pki.write("demo-pki", password="demo")
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Self

from docexchange.errors import UsageError
from docexchange.testing._pki_folder import write_pki
from docexchange.testing._profile import subject_name
from docexchange.testing.agencies import FOUR_TIERS, DemoAgency, check_agencies
from docexchange.testing.authority import Authority
from docexchange.testing.extensions import access
from docexchange.testing.validity import Validity, check_aware

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from cryptography import x509

    from docexchange.identifiers import OrganId
    from docexchange.testing.credentials import Credential, KeyKind

__all__ = ["DemoPki"]

_ISSUED_BEFORE: Final = timedelta(days=30)
_REVOKED_BEFORE: Final = timedelta(days=1)
_CRL_ISSUED_BEFORE: Final = timedelta(hours=1)
_AUTHORITY_YEARS: Final = timedelta(days=5 * 365)
_YEAR: Final = timedelta(days=365)
_FIVE_YEARS: Final = 5 * 365
_CRLS: Final = "http://crl.demo.invalid"
_STRANGER_CRL: Final = f"{_CRLS}/stranger.crl"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DemoPki:
    """A throw-away PKI; make one with `DemoPki.create`. Safe to share between threads."""

    agencies: tuple[DemoAgency, ...]
    """Who takes part; the bad certificates are made in the name of the first."""
    at: datetime
    """The present of the demonstration, UTC, whole seconds."""
    key: KeyKind
    """The kind of all its keys."""
    lifetime: timedelta
    """How long the signers' certificates stay valid after ``at``."""
    root: Authority
    """The trust anchor."""
    sub_ca: Authority
    """The authority below it, which issues to the agencies."""
    ocsp_uri: str = ""
    """Where its OCSP responder answers, for the certificates to name; empty for nowhere."""
    _made: dict[str, Credential] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @classmethod
    def create(
        cls,
        agencies: Sequence[DemoAgency] = FOUR_TIERS,
        *,
        at: datetime,
        key: KeyKind = "rsa2048",
        lifetime_days: int = _FIVE_YEARS,
        revocation_url: str = "",
    ) -> Self:
        """Set up the two authorities; everything else is made on demand.

        Args:
            agencies: who takes part.
            at: the present of the demonstration, timezone-aware. Signers' certificates begin
                30 days before it.
            key: the kind of all keys; ``p256`` is fast, ``rsa2048`` is what practice uses.
            lifetime_days: days after ``at`` during which the signers' certificates are valid.
            revocation_url: of a server where ``/root.crl``, ``/sub-ca.crl`` and a responder at
                ``/ocsp`` can be asked; certificates then name these, and nobody's place otherwise.

        Raises:
            UsageError: agencies that do not fit together, a time without zone, an unknown kind of
                key, or no lifetime.
        """
        check_agencies(agencies)
        moment = _whole_seconds(at)
        lifetime = _positive_days(lifetime_days)
        years = _around(moment, _AUTHORITY_YEARS, lifetime + _AUTHORITY_YEARS)
        decades = _around(moment, 2 * _AUTHORITY_YEARS, lifetime + 2 * _AUTHORITY_YEARS)
        lists = revocation_url or _CRLS
        root = Authority.root(
            _demo_name("Demo Root CA"), key=key, validity=decades, crl_uri=f"{lists}/root.crl"
        )
        sub_ca = root.subordinate(
            _demo_name("Demo Sub-CA"), key=key, validity=years, crl_uri=f"{lists}/sub-ca.crl"
        )
        return cls(
            agencies=tuple(agencies),
            at=moment,
            key=key,
            lifetime=lifetime,
            root=root,
            sub_ca=sub_ca,
            ocsp_uri=f"{revocation_url}/ocsp" if revocation_url else "",
        )

    def find(self, agency: str | OrganId) -> DemoAgency:
        """Look an agency up.

        Args:
            agency: its folder (``commune``) or its code (``000.21.31.H53``).

        Raises:
            UsageError: there is none of that name.
        """
        for known in self.agencies:
            if str(agency) in (known.folder, str(known.organ_id)):
                return known
        raise UsageError(
            f"agency: expected one of {', '.join(each.folder for each in self.agencies)} "
            f"or their codes, found {str(agency)!r}",
            code="testing.agency",
            advice="Name the agency by its folder or by its code.",
        )

    def agency(self, agency: str | OrganId) -> Credential:
        """The seal of an agency: the second of the two signatures.

        Args:
            agency: its folder or its code.

        Raises:
            UsageError: there is none of that name.
        """
        found = self.find(agency)
        return self._once(f"agency {found.organ_id}", lambda: self._issue(_seal_name(found)))

    def leader(self, agency: str | OrganId) -> Credential:
        """The certificate of the person who signs for an agency: the first of the two signatures.

        Args:
            agency: its folder or its code.

        Raises:
            UsageError: there is none of that name.
        """
        found = self.find(agency)
        return self._once(f"leader {found.organ_id}", lambda: self._issue(_leader_name(found)))

    @property
    def expired(self) -> Credential:
        """The first agency's seal of a year ago, which ended 30 days before ``at``."""
        validity = _around(self.at - _ISSUED_BEFORE, _YEAR, timedelta(0))
        name = _seal_name(self.agencies[0])
        return self._once(
            "expired", lambda: self.sub_ca.issue(name, key=self.key, validity=validity)
        )

    @property
    def revoked(self) -> Credential:
        """A seal of the first agency whose key was reported stolen a day before ``at``."""
        return self._once("revoked", lambda: self._issue(_seal_name(self.agencies[0])))

    @property
    def stranger(self) -> Credential:
        """A seal in the first agency's name from a root nobody trusts, which it brings along."""
        return self._once("stranger", self._forge)

    @property
    def tsa(self) -> Credential:
        """The certificate of a timestamp authority below the same root."""
        return self._once("tsa", self._stamper)

    def crls(
        self, at: datetime | None = None
    ) -> tuple[x509.CertificateRevocationList, x509.CertificateRevocationList]:
        """The revocation lists of the root and of the sub-CA, each good for 30 days.

        Args:
            at: when they are issued, timezone-aware; an hour before the present of the
                demonstration where it is left out.

        Raises:
            UsageError: a time without its zone.
        """
        moment = _whole_seconds(at or self.at - _CRL_ISSUED_BEFORE)
        revoked = {self.revoked.certificate: self.at - _REVOKED_BEFORE}
        return self.root.crl({}, at=moment), self.sub_ca.crl(revoked, at=moment)

    def write(
        self,
        folder: str | Path,
        password: str,
        *,
        endpoints: Mapping[str, str] | None = None,
        certificates: Mapping[str, Sequence[str]] | None = None,
    ) -> Path:
        """Write everything to a new folder: all of it, or nothing.

        Args:
            folder: where; it must not exist, or be empty. Keys in it are readable by you alone.
            password: of the PKCS#12 files; stands in ``password.txt``.
            endpoints: for the directory, by folder or code of the agency
                (``{"commune": "folder:../commune/mailbox"}``).
            certificates: SHA-256 of more certificates for the directory, such as those of servers,
                by folder or code of the agency.

        Returns:
            The folder.

        Raises:
            UsageError: the folder is not empty, or the password is.
            OSError: the system would not let us write; nothing is left behind.
        """
        return write_pki(
            self,
            folder,
            password=password,
            endpoints=endpoints or {},
            certificates=certificates or {},
        )

    def _issue(self, subject: x509.Name) -> Credential:
        validity = _around(self.at, _ISSUED_BEFORE, self.lifetime)
        asked_at = [access(ocsp=self.ocsp_uri)] if self.ocsp_uri else []
        return self.sub_ca.issue(subject, key=self.key, validity=validity, extensions=asked_at)

    def _stamper(self) -> Credential:
        from cryptography import x509
        from cryptography.x509.oid import ExtendedKeyUsageOID

        # RFC 3161, clause 2.3: this purpose alone, and critical.
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        return self.sub_ca.issue(
            _demo_name("Demo TSA"),
            key=self.key,
            validity=_around(self.at, _ISSUED_BEFORE, self.lifetime),
            extensions=((purpose, True),),
        )

    def _forge(self) -> Credential:
        validity = _around(self.at, _ISSUED_BEFORE, self.lifetime)
        root = Authority.root(
            _demo_name("Stranger Root CA"), key=self.key, validity=validity, crl_uri=_STRANGER_CRL
        )
        seal = root.issue(_seal_name(self.agencies[0]), key=self.key, validity=validity)
        return replace(seal, chain=(root.credential.certificate,))

    def _once(self, label: str, make: Callable[[], Credential]) -> Credential:
        with self._lock:
            if label not in self._made:
                self._made[label] = make()
            return self._made[label]


def _seal_name(agency: DemoAgency) -> x509.Name:
    return subject_name(agency.name, code=str(agency.organ_id))


def _leader_name(agency: DemoAgency) -> x509.Name:
    return subject_name(agency.leader, organisation=agency.name, code=str(agency.organ_id))


def _demo_name(common_name: str) -> x509.Name:
    return subject_name(common_name, organisation="docexchange: chỉ dùng để thử nghiệm")


def _around(moment: datetime, before: timedelta, after: timedelta) -> Validity:
    return Validity(begin=moment - before, end=moment + after)


def _whole_seconds(moment: datetime) -> datetime:
    return check_aware(moment, "at").replace(microsecond=0)


def _positive_days(days: int) -> timedelta:
    if days < 1:
        raise UsageError(f"lifetime_days: expected 1 or more, found {days}", code="testing.time")
    return timedelta(days=days)
