"""Contract tests for stores, transports and directories of others: subclass one, get them all.

::

    from docexchange.testing.contracts import TransportContract

    class TestMyTransport(TransportContract):
        def connect(self, folder): return first, second, "mine:second"
        def restart(self, transport): return MyTransport(...)

These classes are tests, so they need pytest; nothing else of ``docexchange.testing`` does.
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(  # before they are loaded: a failure shows the values it compared
    *(
        f"{__name__}.{module}"
        for module in (
            "_store_audit",
            "_store_books",
            "_store_purging",
            "_store_queries",
            "_store_writing",
            "directory",
            "transport",
        )
    )
)

from docexchange.testing.contracts.directory import DirectoryContract  # noqa: E402
from docexchange.testing.contracts.parcels import parcel_for  # noqa: E402
from docexchange.testing.contracts.store import StoreContract  # noqa: E402
from docexchange.testing.contracts.transport import TransportContract  # noqa: E402

__all__ = ["DirectoryContract", "StoreContract", "TransportContract", "parcel_for"]
