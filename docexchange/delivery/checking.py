"""Is everything still there, and as it was written? A store is read from end to end.

    report = check_store(path, payloads)
    report.problems                        # empty when all is well

1. SQLite finds its own pages, indexes and constraints in order.
2. Every row is a legal record; every receipt can be read and speaks of what its row says.
3. Every payload that a message needs is there, with its digest and size.
4. The audit log is an unbroken chain, every receipt is in it, and every receipt in it is kept or
   was purged.
5. What else the log tells of is there as well, with the bytes that it names: deliveries, letters
   that came, statuses, the timeline and the books (`_proved`).

Nothing is changed, and a node may be at work meanwhile: all is read as of one moment.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from docexchange.delivery._failures import advice_for
from docexchange.delivery._keeping import kept_size
from docexchange.delivery._opening import connect
from docexchange.delivery._proved import absent_entries, absent_records
from docexchange.delivery._rows import Rows, translated
from docexchange.delivery._tables import (
    AUDIT_TABLE,
    BOOK_TABLE,
    INBOUND_PAST,
    INBOUND_TABLE,
    OUTAGE_TABLE,
    OUTBOUND_PAST,
    OUTBOUND_TABLE,
    RECEIPT_TABLE,
    STATUS_TABLE,
    TIMELINE_TABLE,
)
from docexchange.delivery.audit import BEGINNING, judge_chain
from docexchange.envelope.receipt import read_receipt
from docexchange.errors import DocExchangeError, StoreFailure

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from docexchange.delivery._tables import Table
    from docexchange.delivery.audit import AuditHead
    from docexchange.delivery.payloads import PayloadStore
    from docexchange.delivery.records import AuditEntry, ReceiptRecord

__all__ = ["CheckReport", "Problem", "check_audit", "check_store", "payloads_needed", "work_in"]

_TABLES: Final = (
    OUTBOUND_TABLE,
    OUTBOUND_PAST,
    INBOUND_TABLE,
    INBOUND_PAST,
    STATUS_TABLE,
    TIMELINE_TABLE,
    BOOK_TABLE,
    OUTAGE_TABLE,
)
_NEEDED: Final = """
    SELECT payload, size FROM outbound UNION SELECT payload, size FROM inbound ORDER BY payload"""
_RECEIPT_NAMES: Final = "('receipt.given', 'receipt.obtained', 'refusal.given', 'refusal.obtained')"
_NOT_IN_LOG: Final = f"""
    SELECT message_id, digest FROM receipt WHERE digest NOT IN
        (SELECT sha256 FROM audit WHERE what IN {_RECEIPT_NAMES})"""  # noqa: S608
_NOT_KEPT: Final = f"""
    SELECT number, about, sha256 FROM audit WHERE what IN {_RECEIPT_NAMES}
    AND sha256 NOT IN (SELECT digest FROM receipt)
    AND sha256 NOT IN (SELECT sha256 FROM audit WHERE what = 'receipt.purged')
    ORDER BY number"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is not as it was written."""

    code: str
    """A stable dotted code."""
    message: str
    """What was expected, what was found, where."""

    @property
    def advice(self) -> str:
        """What to do."""
        return advice_for(self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What a check found."""

    problems: tuple[Problem, ...]
    """Everything that is wrong; empty when all is well."""
    records: int = 0
    """Rows that were read."""
    payloads: int = 0
    """Payloads that were read."""
    entries: int = 0
    """Entries of the audit log that hold."""
    head: AuditHead = field(default=BEGINNING)
    """The last of these."""


class _Check:
    """A check at work."""

    def __init__(self, rows: Rows, tick: Callable[[int], object]) -> None:
        self.rows, self.tick = rows, tick
        self.problems: list[Problem] = []
        self.records = self.payloads = self.entries = 0
        self.head = BEGINNING

    def note(self, code: str, message: str) -> None:
        """One thing more is wrong."""
        self.problems.append(Problem(code=code, message=message))

    def report(self) -> CheckReport:
        """What was found so far."""
        return CheckReport(
            problems=tuple(self.problems),
            records=self.records,
            payloads=self.payloads,
            entries=self.entries,
            head=self.head,
        )

    def database(self) -> None:
        """Pages, indexes and constraints."""
        for (said,) in self.rows.connection.execute("PRAGMA integrity_check"):
            if said != "ok":
                self.note("store.damaged", f"database: expected sound pages, found: {said}")

    def records_in(self, table: Table[Any]) -> None:
        """Every row, as a record."""
        for row in _rows_of(self.rows.connection, table):
            self._read(table, row)

    def receipts(self) -> None:
        """Every receipt, as a record and as what it is."""
        for digest, *row in _rows_of(self.rows.connection, RECEIPT_TABLE, "digest, "):
            record = self._read(RECEIPT_TABLE, tuple(row))
            if record is not None:
                self._receipt(record, digest)

    def _read(self, table: Table[Any], row: tuple[Any, ...]) -> Any:
        self.records += 1
        self.tick(1)
        try:
            return table.record(row)
        except (DocExchangeError, AttributeError, TypeError, ValueError) as error:
            named = " ".join(str(value)[:60] for value in row[:2])
            self.note(
                "store.record", f"table {table.name}, {named}: expected a record, found: {error}"
            )
        return None

    def _receipt(self, record: ReceiptRecord, digest: str) -> None:
        where = f"receipt of {record.issuer} for {record.message_id}"
        if (held := _sha256(record.xml)) != digest:
            self.note("store.receipt", f"{where}: expected SHA-256 {digest}, found other bytes")
        if not held:
            return
        try:
            receipt = read_receipt(record.xml)[0]
        except DocExchangeError as error:
            self.note("store.receipt", f"{where}: expected a readable receipt, found: {error}")
            return
        said = (receipt.message_id, receipt.issuer, receipt.sha256, receipt.accepted)
        if said != (record.message_id, record.issuer, record.payload, record.accepted):
            self.note("store.receipt", f"{where}: expected what its row says, found otherwise")

    def payloads_in(self, payloads: PayloadStore) -> None:
        """Every payload that a message needs."""
        for name, size in payloads_needed(self.rows.connection):
            self.payloads += 1
            self.tick(1)
            try:
                found = payloads.verify(name).size
            except DocExchangeError as error:
                if (kept := kept_size(self.rows, name)) is None:
                    self.note(error.code, str(error))
                    continue
                found = kept  # its file is written again when the node next runs
            if found != size:
                message = f"payload {name}: expected {size} bytes, found {found}"
                self.note("store.payload-damaged", message)

    def log(self, noted: str) -> None:
        """The chain of the audit log."""
        verdict = judge_chain(self._entries(), noted=noted)
        self.entries, self.head = verdict.entries, verdict.head
        if verdict.fault:
            self.note(verdict.fault.code, verdict.fault.message)

    def _entries(self) -> Iterator[AuditEntry]:
        for row in _rows_of(self.rows.connection, AUDIT_TABLE, tail="ORDER BY number"):
            entry = self._read(AUDIT_TABLE, row)
            if entry is not None:
                yield entry

    def log_against_records(self) -> None:
        """What was said about messages and books, and their records."""
        connection = self.rows.connection
        for absent in absent_records(connection):
            where = f"audit entry {absent.number}, {absent.about}"
            message = f"{where}: expected its record in table {absent.table}, found none"
            self.note("store.missing", message)
        for message_id, event in absent_entries(connection):
            where = f"timeline of {message_id}, {event}"
            self.note("audit.missing", f"{where}: expected an entry in the audit log, found none")

    def log_against_receipts(self) -> None:
        """What was said about receipts, and the receipts."""
        connection = self.rows.connection
        for message_id, digest in connection.execute(_NOT_IN_LOG):
            where = f"receipt {digest} for {message_id}"
            self.note("audit.missing", f"{where}: expected an entry in the audit log, found none")
        for number, about, digest in connection.execute(_NOT_KEPT):
            where = f"audit entry {number}, {about}"
            self.note(
                "store.receipt", f"{where}: expected receipt {digest} in the store, found none"
            )


def _sha256(value: object) -> str:
    """Of octets; empty for text and numbers, which SQLite keeps in any column."""
    return sha256(value).hexdigest() if isinstance(value, bytes) else ""


def check_store(
    path: Path,
    payloads: PayloadStore,
    *,
    noted: str = "",
    tick: Callable[[int], object] = lambda _: None,
) -> CheckReport:
    """Read everything and compare.

    Args:
        path: the database.
        payloads: the bytes of its messages.
        noted: the hash of a head of the audit log noted earlier, elsewhere; empty for none.
        tick: told of each row and payload that is done.

    Raises:
        StoreFailure: it cannot be opened, or another process holds it for too long.
    """

    def run(check: _Check) -> None:
        check.database()
        for table in _TABLES:
            check.records_in(table)
        check.receipts()
        check.payloads_in(payloads)
        check.log(noted)
        check.log_against_receipts()
        check.log_against_records()

    return _checked(path, run, tick)


def check_audit(path: Path, *, noted: str = "") -> CheckReport:
    """Read the audit log alone, and hold it to the receipts.

    Args:
        path: the database.
        noted: the hash of a head noted earlier; empty for none.

    Raises:
        StoreFailure: it cannot be opened, or another process holds it for too long.
    """

    def run(check: _Check) -> None:
        check.log(noted)
        check.log_against_receipts()

    return _checked(path, run, lambda _: None)


def work_in(path: Path) -> tuple[int, int]:
    """How many rows and how many payloads a store has, about; zeros when it cannot say."""
    names = [table.name for table in (*_TABLES, RECEIPT_TABLE, AUDIT_TABLE)]
    rows = " + ".join(f"(SELECT count(*) FROM {name})" for name in names)  # noqa: S608
    sql = f"SELECT {rows}, (SELECT count(*) FROM ({_NEEDED}))"  # noqa: S608
    try:
        with translated(path), closing(connect(path, 10.0)) as connection:
            found: tuple[int, int] = connection.execute(sql).fetchone()
            return found
    except StoreFailure:
        return 0, 0


def payloads_needed(connection: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """The payloads that the messages of a store need, each with its size, by digest."""
    yield from connection.execute(_NEEDED)


def _checked(
    path: Path, run: Callable[[_Check], None], tick: Callable[[int], object]
) -> CheckReport:
    check: _Check | None = None
    try:
        with translated(path), closing(connect(path, 10.0)) as connection:
            check = _Check(Rows(connection, path), tick)
            connection.execute("BEGIN")
            run(check)
    except StoreFailure as error:
        if error.code != "store.damaged":
            raise
        problem = Problem(code=error.code, message=str(error))
        return CheckReport(problems=(*(check.problems if check else ()), problem))
    return check.report()


def _rows_of(
    connection: sqlite3.Connection, table: Table[Any], more: str = "", tail: str = ""
) -> Iterator[tuple[Any, ...]]:
    """All rows, a few at a time."""
    yield from connection.execute(f"SELECT {more}{table.columns} FROM {table.name} {tail}")  # noqa: S608
