"""A purge that would forget too much is not asked for."""

from __future__ import annotations

import pytest
from contract.delivery_samples import at

from docexchange.delivery import Purge, PurgeReport
from docexchange.errors import UsageError


@pytest.mark.parametrize(
    "values",
    [
        {"before": at(3)},
        {"evidence_before": at(2)},
        {"at": at(0)},
        {"limit": 0},
        {"before": at(1).replace(tzinfo=None)},
        {"evidence_before": at(0).replace(tzinfo=None)},
    ],
)
def test_retention_is_in_order(values):
    """Evidence stays at least as long as messages, the future is not purged, a batch is some."""
    legal = {"before": at(1), "at": at(2), "who": "hoa", "evidence_before": at(0)}
    assert Purge(**legal).limit == 500
    with pytest.raises(UsageError, match="purge: expected") as caught:
        Purge(**(legal | values))
    assert caught.value.code == "store.purge"


def test_a_batch_says_whether_there_may_be_more():
    """Only a batch that took nothing out is the last."""
    assert PurgeReport(messages=0, receipts=1)
    assert PurgeReport(messages=1, receipts=0)
    assert not PurgeReport(messages=0, receipts=0)
