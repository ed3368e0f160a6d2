"""Values of a letter of the strict form: nothing is tolerated, nothing noted.

>>> element.text("Subject")
'V/v báo cáo'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

from docexchange.envelope.reading.dialects import PLACEHOLDERS
from docexchange.envelope.reading.strict_form import Form, is_canonical, repeated_form
from docexchange.envelope.reading.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docexchange.envelope.reading.strict_form import Taken
    from docexchange.envelope.reading.tolerances import Tolerance

__all__ = ["OtherwiseError", "StrictValues"]


class OtherwiseError(Exception):
    """The letter has another form: for whoever asks for the strict one, and for nobody else."""


class StrictValues(Values):
    """One element of a strict letter: the groups of a pattern, and which of them tell of it.

    Whatever would need a finding or an error says that the letter has another form.
    """

    __slots__ = ("_form", "_told")

    def __init__(self, form: Form, told: Sequence[str | None]) -> None:
        self._form, self._told = form, told

    @classmethod
    def of(cls, taken: Taken, text: str) -> StrictValues:
        """What a pattern finds in a stretch of a letter.

        Raises:
            OtherwiseError: it is not of the strict form.
        """
        pattern, form = taken
        found = pattern.fullmatch(text)
        if found is None or not is_canonical(text):
            raise OtherwiseError
        return cls(form, found.groups())

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
        form = self._form
        return any(map(self.one, (*form.ones, *form.texts, *form.many)))

    def all(self, name: str) -> Iterator[StrictValues]:
        """Every child called ``name``."""
        held = self._form.many.get(name)
        if held is None:
            found = self.one(name)
            return iter((found,) if found else ())
        at, tag, shape = held
        pattern, form = repeated_form(tag, shape)
        several = pattern.finditer(self._told[at] or "")
        return (StrictValues(form, found.groups()) for found in several)

    def one(self, name: str) -> StrictValues:
        """The only child called ``name``, or an absent one."""
        form = self._form.ones.get(name)
        if form is not None:
            return _ABSENT if self._told[form.there] is None else StrictValues(form, self._told)
        at = self._form.texts.get(name)
        if at is not None:
            return _ABSENT if self._told[at] is None else _LEAF
        if name not in self._form.many:
            return _ABSENT
        several = [*self.all(name)]
        if len(several) > 1:
            raise OtherwiseError
        return several[0] if several else _ABSENT

    def attribute(self, name: str) -> str:
        """An attribute of the element; empty when absent."""
        at = self._form.identity
        return (self._told[at] or "") if name == "Id" and at >= 0 else ""

    def hold_single(self, *names: str) -> None:
        """Refuse several of any of these."""
        if not self._form.many.keys().isdisjoint(names):
            raise OtherwiseError

    def text(self, name: str) -> str:
        """The text of a child; empty when absent."""
        at = self._form.texts.get(name)
        if at is not None:
            told = self._told[at]
            return "" if told is None else _meant(told)
        if self.one(name):
            raise OtherwiseError
        return ""

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of all children called ``name``."""
        held = self._form.many.get(name)
        if held is None:
            text = self.text(name)
            return (text,) if text else ()
        at, tag, shape = held
        if shape.names:
            raise OtherwiseError
        return tuple(map(_meant, repeated_form(tag, shape)[0].findall(self._told[at] or "")))

    def tell(self, problem: str) -> NoReturn:
        """Say that the letter has another form."""
        raise OtherwiseError(problem)

    def tolerate(self, tolerance: Tolerance, *, expected: str, found: str) -> NoReturn:
        """Say that the letter has another form."""
        raise OtherwiseError(tolerance, expected, found)

    tolerate_once = tolerate


def _meant(told: str) -> str:
    if "&" in told:
        told = told.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    text = told.strip()
    if text in PLACEHOLDERS:
        raise OtherwiseError
    return text


_ABSENT: Final = StrictValues(Form(), ())
_LEAF: Final = StrictValues(Form(), ())
