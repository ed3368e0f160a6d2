"""The certificates of a stand-in network, which may end, be revoked and be replaced mid-way.

    papers = Papers(pki, clock=clock)
    papers.revoke("district", Role.AGENCY)
    papers.roll("district", Role.AGENCY)
    papers.write(folder / "pki")

What is revoked stands in the list and in the answers of the responder from then on; a certificate
that ends is replaced by one that has ended. ``restore`` brings back those of the beginning.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from docexchange.testing._pki_folder import replace_files
from docexchange.testing.extensions import access
from docexchange.testing.nodes import PASSWORD
from docexchange.testing.responder import OcspResponder
from docexchange.testing.served import server_credential
from docexchange.testing.validity import Validity

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from docexchange.clock import Clock
    from docexchange.testing.credentials import Credential
    from docexchange.testing.extensions import Extra
    from docexchange.testing.pki import DemoPki

__all__ = ["Papers", "Role"]

_BEFORE: Final = timedelta(hours=1)
_ENDED: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
_ANSWERS_LAST: Final = timedelta(seconds=10)
"""Short, so that whoever keeps answers soon hears of what was revoked since."""
_COPIED: Final = (
    x509.SubjectAlternativeName,
    x509.ExtendedKeyUsage,
    x509.AuthorityInformationAccess,
)


class Role(StrEnum):
    """What a certificate is for."""

    AGENCY = "agency"
    """The seal: signs letters and receipts, and shows who calls."""
    LEADER = "leader"
    """The person who signs."""
    SERVER = "server"
    """What the agency's server shows."""


class Papers:
    """The certificates of all agencies, as they are now.

    Args:
        pki: who takes part, and who issues.
        clock: tells the time.
    """

    def __init__(self, pki: DemoPki, *, clock: Clock) -> None:
        self._pki, self._clock = pki, clock
        self._first = {
            (agency.folder, role): made
            for agency in pki.agencies
            for role, made in (
                (Role.AGENCY, pki.agency(agency.organ_id)),
                (Role.LEADER, pki.leader(agency.organ_id)),
                (Role.SERVER, _server(pki)),
            )
        }
        self.expired = {agency.folder: self._ended(agency.folder) for agency in pki.agencies}
        """A seal of each agency that ended yesterday, for letters that must be refused."""
        self.revoked = {agency.folder: self._renewed(agency.folder) for agency in pki.agencies}
        """A seal of each agency that was revoked, for letters that must be refused."""
        self._encrypted: dict[str, bytes] = {}
        self.restore()

    def restore(self) -> None:
        """As at the beginning."""
        self._held = dict(self._first)
        self._issued = [*self._first.items()]
        for folder in self.expired:
            self._issued += [
                ((folder, Role.AGENCY), self.expired[folder]),
                ((folder, Role.AGENCY), self.revoked[folder]),
            ]
        self._since = {each.certificate: self._now for each in self.revoked.values()}
        self._since[self._pki.revoked.certificate] = self._pki.at - _DAY

    def held(self, folder: str, role: Role) -> Credential:
        """What an agency uses now.

        Args:
            folder: of the agency.
            role: for what.
        """
        return self._held[folder, role]

    def fingerprints(self, folder: str) -> tuple[str, ...]:
        """SHA-256 of every certificate that was ever an agency's, for the directory.

        Args:
            folder: of the agency.
        """
        return tuple(made.sha256 for (owner, _), made in self._issued if owner == folder)

    def expire(self, folder: str, role: Role) -> None:
        """From now on the agency has a certificate that ended a minute ago."""
        begin, end = self._now - _DAY, self._now - _ENDED
        self._take(folder, role, self._reissued(folder, role, Validity(begin=begin, end=end)))

    def revoke(self, folder: str, role: Role) -> None:
        """The certificate that the agency has is revoked as of now; it goes on using it."""
        self._since[self._held[folder, role].certificate] = self._now

    def roll(self, folder: str, role: Role) -> None:
        """The agency gets a new key and certificate; the old one stays what it was."""
        self._take(folder, role, self._renewed(folder, role))

    def root_list(self) -> bytes:
        """DER of the list of the root, which is empty, as of now."""
        return self._pki.root.crl({}, at=self._now).public_bytes(Encoding.DER)

    def list(self) -> bytes:
        """DER of the list of the authority below the root, as of now."""
        return self._pki.sub_ca.crl(self._since, at=self._now).public_bytes(Encoding.DER)

    def answer(self, question: bytes) -> bytes:
        """What the OCSP responder says now.

        Args:
            question: DER of an OCSP request.
        """
        serials = {item.serial_number: when for item, when in self._since.items()}
        responder = OcspResponder(
            issuer=self._pki.sub_ca.credential, lifetime=_ANSWERS_LAST, revoked=serials
        )
        return responder.answer(question, at=self._now)

    def write(self, pki: Path) -> None:
        """Put keys, certificates and lists where they lie, each whole or not at all.

        Args:
            pki: the folder that ``DemoPki.write`` made.
        """
        files = {"trust/root.crl.pem": _pem(self.root_list()), "trust/sub-ca.crl.pem": b""}
        files["trust/sub-ca.crl.pem"] = _pem(self.list())
        for (folder, role), held in self._held.items():
            name = f"agencies/{folder}/{role}"
            files[f"{name}.pem"] = held.certificate_pem
            files[f"{name}.key.pem"] = held.key_pem()
            if role is not Role.SERVER:
                files[f"{name}.p12"] = self._pkcs12(held)
        replace_files(pki, files)

    def _pkcs12(self, held: Credential) -> bytes:
        """The file of a credential; encrypting one takes longer than all the rest."""
        if held.sha256 not in self._encrypted:
            self._encrypted[held.sha256] = held.pkcs12(PASSWORD)
        return self._encrypted[held.sha256]

    @property
    def _now(self) -> datetime:
        return self._clock.now().replace(microsecond=0)

    def _take(self, folder: str, role: Role, credential: Credential) -> None:
        self._held[folder, role] = credential
        self._issued.append(((folder, role), credential))

    def _renewed(self, folder: str, role: Role = Role.AGENCY) -> Credential:
        end = self._first[folder, role].certificate.not_valid_after_utc
        return self._reissued(folder, role, Validity(begin=self._now - _BEFORE, end=end))

    def _ended(self, folder: str) -> Credential:
        validity = Validity(begin=self._now - 3 * _DAY, end=self._now - _DAY)
        return self._reissued(folder, Role.AGENCY, validity)

    def _reissued(self, folder: str, role: Role, validity: Validity) -> Credential:
        model = self._first[folder, role].certificate
        copied = [item for item in model.extensions if isinstance(item.value, _COPIED)]
        return self._pki.sub_ca.issue(
            model.subject,
            key=self._pki.key,
            validity=validity,
            extensions=[(item.value, item.critical) for item in copied],
        )


def _server(pki: DemoPki) -> Credential:
    asked_at: list[Extra] = [access(ocsp=pki.ocsp_uri)] if pki.ocsp_uri else []
    return server_credential(pki, extensions=asked_at)


def _pem(der: bytes) -> bytes:
    return x509.load_der_x509_crl(der).public_bytes(Encoding.PEM)
