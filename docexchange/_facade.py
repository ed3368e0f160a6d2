"""Facades that load a public name when somebody asks for it, not when they are imported.

>>> __getattr__ = lazily(__name__, {"envelope": ("Envelope",), "receipt": ("Receipt",)})
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["lazily"]


def lazily(facade: str, names: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a facade; each name is loaded on its first use.

    Args:
        facade: the package.
        names: its public names, by the module below it that has them.
    """
    homes = {name: module for module, held in names.items() for name in held}

    def load(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {facade!r} has no attribute {name!r}")
        value = getattr(import_module(f"{facade}.{homes[name]}"), name)
        setattr(sys.modules[facade], name, value)
        return value

    return load
