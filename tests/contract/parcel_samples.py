"""Parcels for tests: those of the contract of transports."""

from __future__ import annotations

from docexchange.testing.contracts.parcels import parcel_for

__all__ = ["parcel_for"]
