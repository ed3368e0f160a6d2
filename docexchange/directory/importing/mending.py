"""From a row as it stands to an agency, with a repair for everything that was mended."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from docexchange.directory.entry import parse_fingerprint
from docexchange.directory.importing.agencies import Agency
from docexchange.directory.importing.cleaning import GUESSED, clean_code, clean_name, is_code
from docexchange.directory.importing.repairs import Repair
from docexchange.errors import UsageError
from docexchange.identifiers import OrganId

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.directory.importing.rows import Row

__all__ = ["mended"]

_SHOWN: Final = 200
_DIGITS: Final = "123456789"


def mended(row: Row) -> tuple[Agency | None, tuple[Repair, ...]]:
    """Make an agency of a row.

    Returns:
        The agency, or none where the row has no code that could be one; and what it took.
    """
    bench = _Bench(row)
    code = bench.text("code", clean_code)
    if not is_code(code):
        bench.tell("import.no-code", "code", " ".join(row.cells.values()), "")
        return None, tuple(bench.repairs)
    name = bench.text("name", clean_name)
    if not name:
        bench.tell("import.no-name", "name", row.cells.get("name", ""), code)
    agency = Agency(
        line=row.line,
        organ_id=OrganId(code),
        name=name or code,
        guessed=any(repair.code in GUESSED for repair in bench.repairs),
        tier=bench.tier(),
        parent=bench.code("parent"),
        others=bench.others(OrganId(code)),
    )
    return agency, tuple(bench.repairs)


class _Bench:
    """One row in work."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self.repairs: list[Repair] = []

    def tell(self, code: str, column: str, found: str, made: str) -> None:
        # Only what nobody can see is written out: the name is to be found again.
        shown = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in found)
        self.repairs.append(
            Repair(code=code, line=self._row.line, column=column, found=shown[:_SHOWN], made=made)
        )

    def text(self, column: str, clean: Callable[[str], tuple[str, list[str]]]) -> str:
        found = self._row.cells.get(column, "")
        made, steps = clean(found)
        for step in steps:
            self.tell(step, column, found, made)
        return made

    def tier(self) -> int | None:
        text = self._row.cells.get("tier", "").strip()
        if not text or text in _DIGITS:
            return int(text) if text else None
        self.tell("import.tier", "tier", text, "")
        return None

    def code(self, column: str) -> OrganId | None:
        if not self._row.cells.get(column, "").strip():
            return None
        text = self.text(column, clean_code)
        if is_code(text):
            return OrganId(text)
        self.tell("import.no-code", column, self._row.cells[column], "")
        return None

    def others(self, own: OrganId) -> dict[str, object]:
        """The fields that a list rarely has; what is none is told and left out."""
        endpoint = self.text("endpoint", clean_name)
        representative = None if endpoint else self.code("representative")
        fields: dict[str, object] = {
            "endpoint": endpoint,
            "representative": representative,
            "certificates": self._several("certificates", parse_fingerprint),
            "aliases": tuple(
                alias for alias in self._several("aliases", _organ_id) if alias != own
            ),
            "successors": self._several("successors", _organ_id),
            "valid_from": self._day("valid_from"),
            "valid_to": self._day("valid_to"),
        }
        return {key: value for key, value in fields.items() if value not in ("", (), None)}

    def _several(self, column: str, read: Callable[[str], object]) -> tuple[object, ...]:
        found: dict[object, None] = {}
        for text in self._row.cells.get(column, "").split():
            try:
                found[read(text)] = None
            except UsageError:
                self.tell("import.no-code", column, text, "")
        return tuple(found)

    def _day(self, column: str) -> date | None:
        text = self._row.cells.get(column, "").strip()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.tell("import.date", column, text, "")
            return None


def _organ_id(text: str) -> OrganId:
    code, _ = clean_code(text)
    return OrganId(code)
