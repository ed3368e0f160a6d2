"""Letters to try another system with: genuine ones, and such as must be refused.

order = SampleOrder(sender=commune, to=(district,), subject="V/v báo cáo")
octets = signed_sample(order, papers=papers, pki=pki, clock=clock)
forged = signed_sample(replace(order, flaw=Flaw.TAMPERED), papers=papers, pki=pki, clock=clock)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from docexchange.clock import VirtualClock, vietnam_date
from docexchange.envelope import Attachment, Document, DocumentBuilder, Envelope, Organization
from docexchange.errors import UsageError
from docexchange.limits import MIB
from docexchange.signing import Signer, SigningKey
from docexchange.testing.standin.papers import Role

if TYPE_CHECKING:
    from docexchange.clock import Clock
    from docexchange.testing.agencies import DemoAgency
    from docexchange.testing.credentials import Credential
    from docexchange.testing.pki import DemoPki
    from docexchange.testing.standin.papers import Papers

__all__ = ["Flaw", "SampleOrder", "sample", "signed_sample"]

_PLACE: Final = "Tây Ninh"
_OTHER_PLACE: Final = "Hà Nội"
_MOST_BYTES: Final = 64 * MIB
_PATTERN: Final = b"%PDF-1.4 nothing to see. "
_DAY_AND_HALF: Final = timedelta(hours=36)


class Flaw(StrEnum):
    """Why a letter must be refused."""

    NONE = ""
    """It is genuine."""
    TAMPERED = "tampered"
    """A word was changed after it was signed."""
    EXPIRED = "expired"
    """The certificate ended yesterday; the signature claims to be from before."""
    REVOKED = "revoked"
    """The certificate was revoked."""
    STRANGER = "stranger"
    """The certificate leads to a root that nobody trusts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleOrder:
    """What letter is wanted.

    Raises:
        UsageError: nobody to send it to, or an attachment of no size.
    """

    sender: DemoAgency
    """Who signs."""
    to: tuple[DemoAgency, ...]
    """Whom it is for."""
    subject: str = "V/v thử nghiệm liên thông văn bản"
    """What it is about."""
    attachment_bytes: int = 1000
    """Size of its one attachment, in bytes."""
    flaw: Flaw = Flaw.NONE
    """What is wrong with it."""

    def __post_init__(self) -> None:
        if not self.to:
            raise _unusable("to: expected at least one agency, found none")
        if not 1 <= self.attachment_bytes <= _MOST_BYTES:
            raise _unusable(
                f"attachment_bytes: expected 1 to {_MOST_BYTES}, found {self.attachment_bytes}"
            )


def sample(order: SampleOrder, *, clock: Clock) -> Document:
    """A letter without a signature.

    Args:
        order: what is wanted.
        clock: tells its date.

    Raises:
        InvalidEnvelope: its fields are not what the rules allow.
    """
    today = vietnam_date(clock.now())
    times = order.attachment_bytes // len(_PATTERN) + 1
    octets = (_PATTERN * times)[: order.attachment_bytes]
    return (
        DocumentBuilder()
        .sender(Organization(order.sender.organ_id, order.sender.name))
        .to(*(Organization(each.organ_id, each.name) for each in order.to))
        .code("1", "UBND-VP")
        .promulgated(today, place=_PLACE)
        .type("Công văn")
        .subject(order.subject)
        .signer(order.sender.leader)
        .attach(Attachment.from_bytes(octets, name="phụ lục.pdf"))
        .build(today=today)
    )


def signed_sample(order: SampleOrder, *, papers: Papers, pki: DemoPki, clock: Clock) -> Envelope:
    """A letter signed by the leader and then sealed by the agency; flawed, if so ordered.

    Args:
        order: what is wanted.
        papers: the certificates.
        pki: has the stranger's.
        clock: tells the time.

    Raises:
        InvalidEnvelope: its fields are not what the rules allow.
        UnusableKey: the agency's own certificate is not valid now.
    """
    envelope = Envelope.of(sample(order, clock=clock))
    if order.flaw in {Flaw.NONE, Flaw.TAMPERED}:
        leader = papers.held(order.sender.folder, Role.LEADER)
        envelope = _signed(envelope, leader, "leader", clock)
        seal = papers.held(order.sender.folder, Role.AGENCY)
        envelope = _signed(envelope, seal, "agency", clock)
        return _tampered(envelope) if order.flaw is Flaw.TAMPERED else envelope
    if order.flaw is Flaw.EXPIRED:
        past = VirtualClock(clock.now() - _DAY_AND_HALF)
        return _signed(envelope, papers.expired[order.sender.folder], "agency", past)
    held = pki.stranger
    if order.flaw is Flaw.REVOKED:
        held = papers.revoked[order.sender.folder]
    return _signed(envelope, held, "agency", clock)


def _signed(envelope: Envelope, credential: Credential, role: str, clock: Clock) -> Envelope:
    key = SigningKey(
        private_key=credential.private_key,
        certificate=credential.certificate,
        chain=credential.chain,
    )
    return Signer(key, clock=clock, role=role).sign(envelope).envelope


def _tampered(envelope: Envelope) -> Envelope:
    octets = b"".join(envelope.chunks())
    return Envelope.from_bytes(octets.replace(_PLACE.encode(), _OTHER_PLACE.encode(), 1))


def _unusable(message: str) -> UsageError:
    return UsageError(f"sample: {message}", code="stand-in.sample")
