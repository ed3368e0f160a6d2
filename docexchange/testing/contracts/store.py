"""The promises of `docexchange.delivery.Store`, one test each: say how your store is opened.

::

    class TestMyStore(StoreContract):
        def open(self, folder: Path) -> Store:
            return MyStore(folder / "store.db")
"""

from __future__ import annotations

from docexchange.testing.contracts._store_audit import AuditPromises
from docexchange.testing.contracts._store_books import BookPromises
from docexchange.testing.contracts._store_outages import OutagePromises
from docexchange.testing.contracts._store_purging import PurgingPromises
from docexchange.testing.contracts._store_queries import QueryPromises
from docexchange.testing.contracts._store_writing import WritingPromises

__all__ = ["StoreContract"]


class StoreContract(
    WritingPromises,
    QueryPromises,
    AuditPromises,
    PurgingPromises,
    BookPromises,
    OutagePromises,
):
    """Subclass it, begin the name with Test, and write ``open``: pytest does the rest.

    The docstring of each test is the promise that it holds a store to.
    """
