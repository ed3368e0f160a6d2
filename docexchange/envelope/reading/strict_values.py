"""Values of a letter of the strict form: nothing is tolerated, nothing noted.

>>> element.text("Subject")
'V/v báo cáo'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from docexchange.envelope.reading.dialects import PLACEHOLDERS
from docexchange.envelope.reading.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.envelope.reading.tolerances import Tolerance

__all__ = ["OtherwiseError", "StrictValues"]


class OtherwiseError(Exception):
    """The letter has another form: for whoever asks for the strict one, and for nobody else."""


class StrictValues(Values):
    """One element of a strict letter, and its children by name: texts, or elements that hold more.

    Whatever would need a finding or an error says that the letter has another form.
    """

    __slots__ = ("_identity", "children")

    def __init__(self, identity: str = "") -> None:
        self.children: dict[str, list[StrictValues | str]] = {}
        self._identity = identity

    def __bool__(self) -> bool:
        return self is not _ABSENT

    @property
    def element(self) -> NoReturn:
        """There is none: asked for by errors and findings alone."""
        raise OtherwiseError

    @property
    def path(self) -> NoReturn:
        """As for ``element``."""
        raise OtherwiseError

    @property
    def has_children(self) -> bool:
        """Whether there is anything inside."""
        return bool(self.children)

    def all(self, name: str) -> Iterator[StrictValues]:
        """Every child called ``name``."""
        found = self.children.get(name, ())
        return (_LEAF if isinstance(child, str) else child for child in found)

    def one(self, name: str) -> StrictValues:
        """The only child called ``name``, or an absent one."""
        found = self.children.get(name)
        if found is None:
            return _ABSENT
        (child,) = found
        return _LEAF if isinstance(child, str) else child

    def attribute(self, name: str) -> str:
        """An attribute of the element; empty when absent."""
        return self._identity if name == "Id" else ""

    def hold_single(self, *names: str) -> None:
        """Refuse several of any of these."""
        if any(len(self.children.get(name, ())) > 1 for name in names):
            raise OtherwiseError

    def text(self, name: str) -> str:
        """The text of a child; empty when absent."""
        found = self.children.get(name)
        if found is None:
            return ""
        (text,) = found
        if text in PLACEHOLDERS or not isinstance(text, str):
            raise OtherwiseError
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of all children called ``name``."""
        found = self.children.get(name, ())
        told = tuple(text for text in found if isinstance(text, str))
        if len(told) < len(found) or not PLACEHOLDERS.isdisjoint(told):
            raise OtherwiseError
        return told

    def tell(self, problem: str) -> NoReturn:
        """Say that the letter has another form."""
        raise OtherwiseError(problem)

    def tolerate(self, tolerance: Tolerance, *, expected: str, found: str) -> NoReturn:
        """Say that the letter has another form."""
        raise OtherwiseError(tolerance, expected, found)

    tolerate_once = tolerate


_ABSENT: Final = StrictValues()
_LEAF: Final = StrictValues()
