"""Facades load a public name when somebody asks for it."""

from __future__ import annotations

from importlib import import_module

import pytest

FACADES = ("docexchange", "docexchange.envelope", "docexchange.signing", "docexchange.signing.pdf")


@pytest.mark.parametrize("facade", FACADES)
def test_every_public_name_is_there(facade: str) -> None:
    """What ``__all__`` lists can be had."""
    module = import_module(facade)
    missing = [name for name in module.__all__ if getattr(module, name, None) is None]
    assert missing == []


@pytest.mark.parametrize("facade", FACADES)
def test_another_name_is_refused_as_by_any_module(facade: str) -> None:
    """The message is Python's own."""
    module = import_module(facade)
    with pytest.raises(AttributeError, match=f"^module '{facade}' has no attribute 'nothing'$"):
        module.nothing  # noqa: B018 - asking is what is tested


def test_a_name_is_loaded_once() -> None:
    """After its first use it stands in the facade itself."""
    facade = import_module("docexchange.envelope")
    assert facade.StatusCode is vars(facade)["StatusCode"]
