"""What applications say in a simulation, where the code under test does not decide.

>>> reply_to(letter, Send(1, (4, 0), ((1, 0),), reply=Reply.REFUSED), now=now)
Refuse(reason='không thuộc thẩm quyền')
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from docexchange.node import Agree, Later, Refuse
from docexchange.simulator.history import Reply

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.node import Decision, Letter
    from docexchange.simulator.history import Send

__all__ = ["reply_to"]

_PUT_OFF: Final = timedelta(minutes=30)


def reply_to(letter: Letter, send: Send | None, *, now: datetime) -> Decision:
    """What the application of a recipient says to a letter.

    Args:
        letter: what is handed over.
        send: as it stands in the history; None for what does not.
        now: the present.
    """
    match send.reply if send else Reply.TAKEN:
        case Reply.AGREED:
            return Agree()
        case Reply.REFUSED:
            return Refuse("không thuộc thẩm quyền")
        case Reply.LATER if now < letter.received_at + _PUT_OFF:
            return Later(after=_PUT_OFF)
    return None
