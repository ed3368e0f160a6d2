"""Make, sign, verify and carry official documents between government agencies."""

from __future__ import annotations

__version__ = "0.1.0"
