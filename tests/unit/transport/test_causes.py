"""What lies behind an error of an HTTP library is told in the words of the system."""

from __future__ import annotations

import pytest

from docexchange.transport._causes import cause_of, within


class Wrapped(Exception):
    """As libraries wrap: the other error is the reason."""

    def __init__(self, reason: BaseException) -> None:
        super().__init__("HTTPConnectionPool(host='127.0.0.1', port=1): Max retries exceeded")
        self.reason = reason


def test_the_system_is_quoted_however_deep_it_lies() -> None:
    """In the reason, in the arguments, or in the cause."""
    refused = ConnectionRefusedError(111, "Connection refused")
    assert cause_of(Wrapped(Wrapped(refused))) == "Connection refused"
    assert cause_of(Exception("pool", refused)) == "Connection refused"
    with pytest.raises(RuntimeError) as caught:
        raise RuntimeError("no") from refused
    assert cause_of(caught.value) == "Connection refused"
    assert within(refused) is None


def test_where_the_system_said_nothing_the_library_is_quoted() -> None:
    """And errors that name each other come to an end."""
    assert cause_of(ValueError("no such thing")) == "no such thing"
    one, other = Wrapped(ValueError("a")), Wrapped(ValueError("b"))
    one.reason, other.reason = other, one
    assert "Max retries" in cause_of(one)
