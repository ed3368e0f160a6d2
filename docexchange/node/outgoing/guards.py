"""What to do when someone else was faster: nothing, and to know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["unless_stale"]


def unless_stale(act: Callable[[], object]) -> bool:
    """Do something, unless someone else was faster; then nothing is lost.

    Args:
        act: writes to the store.

    Returns:
        Whether it was done.

    Raises:
        DeliveryError: it failed for another reason.
    """
    try:
        act()
    except DeliveryError as error:
        if error.code != "store.stale":
            raise
        return False
    return True
