"""Letters to send: all that a simulation needs is said in one line, the rest is made up.

>>> commune.send(network.letters.plain(to=ministry))
>>> commune.send(network.letters.plain(to=[ministry, province], size=2_000_000, urgent=True))

The same network makes the same letters. Any ``Document`` of your own can be sent as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import shake_128
from typing import TYPE_CHECKING, Final

from docexchange.clock import vietnam_date
from docexchange.envelope import Attachment, DocumentBuilder, Organization, OtherInfo, Priority
from docexchange.errors import UsageError
from docexchange.identifiers import MessageId
from docexchange.lifecycle import Asked
from docexchange.simulator.cast import place_of
from docexchange.simulator.history import Send

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from docexchange.envelope import Document
    from docexchange.simulator.agency import Agency
    from docexchange.simulator.agenda import Agenda
    from docexchange.simulator.cast import Cast, Place

__all__ = ["Draft", "Letters"]

_REASON: Final = "Sai số liệu"


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter without its sender: whoever sends it becomes that."""

    name: int
    """Its number; its id follows from it."""
    to: tuple[Place, ...]
    """The agencies it is for."""
    size: int
    """Octets of its attachment."""
    is_urgent: bool
    """Whether it goes before others."""

    def __post_init__(self) -> None:
        size: object = self.size
        if not (self.to and isinstance(size, int) and size >= 0):
            raise UsageError(
                "letter: expected somebody to send it to, and a size from 0 on, found "
                f"{len(self.to)} recipients and size {self.size!r}",
                code="simulator.letter",
            )

    def sent_by(self, sender: Place, *, minute: float) -> Send:
        """The letter with its sender."""
        return Send(self.name, sender, self.to, minute, self.size, self.is_urgent)


class Letters:
    """Makes letters for one network.

    Args:
        agenda: tells the date.
        cast: the agencies.
        seed: of the network.
    """

    def __init__(self, agenda: Agenda, cast: Cast, seed: int) -> None:
        self._agenda: Final = agenda
        self._cast: Final = cast
        self._seed: Final = seed
        self._made = 0

    def plain(
        self, *, to: Agency | Sequence[Agency], size: int = 200, urgent: bool = False
    ) -> Draft:
        """An ordinary letter with one attachment, for ``Agency.send``.

        Args:
            to: whom it is for.
            size: octets of the attachment, 0 or more.
            urgent: whether it goes before others.

        Raises:
            UsageError: it is for nobody, or the size is none.
        """
        agencies = to if isinstance(to, (list, tuple)) else (to,)
        draft = Draft(self._made + 1, tuple(map(place_of, agencies)), size, urgent)
        self._made += 1
        return draft

    def document(
        self,
        *,
        sender: Agency,
        to: Agency | Sequence[Agency],
        size: int = 200,
        urgent: bool = False,
    ) -> Document:
        """The same, written out.

        Args:
            sender: whom it is from.
            to: whom it is for.
            size: octets of the attachment, 0 or more.
            urgent: whether it goes before others.
        """
        draft = self.plain(to=to, size=size, urgent=urgent)
        return self.written(draft.sent_by(sender.place, minute=0))

    def id_of(self, name: int) -> MessageId:
        """The id that a letter of a history has, by its number there."""
        return MessageId(f"m-{self._seed}-{name}")

    def written(self, send: Send, earlier: Document | None = None) -> Document:
        """Write out a letter of a history.

        Args:
            send: who sends what to whom.
            earlier: the letter about which it asks something; without it, it asks nothing.
        """
        self._made = max(self._made, send.name)
        builder = _letter(send, cast=self._cast, seed=self._seed, at=self._agenda.now())
        return (_asking(builder, send.asks, earlier) if earlier else builder).build()


def _letter(send: Send, *, cast: Cast, seed: int, at: datetime) -> DocumentBuilder:
    """Write a letter.

    Args:
        send: who sends what to whom.
        cast: the agencies.
        seed: of the network.
        at: when it is written.
    """
    parties = [cast.member(*place) for place in (send.sender, *send.to)]
    sender, *recipients = [Organization(party.organ_id, party.name) for party in parties]
    octets = shake_128(f"{seed} {send.name}".encode()).digest(send.size)
    builder = (
        DocumentBuilder()
        .message_id(MessageId(f"m-{seed}-{send.name}"))
        .sender(sender)
        .to(*recipients)
        .code(str(send.name), "VP")
        .promulgated(vietnam_date(at))
        .type("Công văn")
        .subject(f"V/v số {send.name}")
        .signer("Nguyễn Thị Hoa")
    )
    if send.asks is not Asked.RECALL:
        builder = builder.attach(Attachment.from_bytes(octets, name="văn bản.bin"))
    if send.is_urgent:
        builder = builder.other_info(OtherInfo(priority=Priority.URGENT))
    return builder


def _asking(builder: DocumentBuilder, asks: Asked | None, earlier: Document) -> DocumentBuilder:
    if asks is Asked.RECALL:
        return builder.recall(earlier, reason=_REASON)
    if asks is Asked.REPLACEMENT:
        return builder.replace(earlier, reason=_REASON)
    return builder.update(earlier, document=True, reason=_REASON)
