"""Made-up agencies for tests: one entry by its code, and four tiers of them."""

from __future__ import annotations

from datetime import date

from docexchange.directory import Directory
from docexchange.testing.strategies.directories import agency, entries, fingerprints, trees

__all__ = ["TODAY", "agency", "entries", "fingerprints", "four_tiers", "trees"]

TODAY = date(2025, 7, 1)


def four_tiers() -> Directory:
    """The axis, two provinces, a district in each, two communes in the first district."""
    return Directory(
        [
            agency("000.00.00.G22", tier=1, name="Văn phòng Chính phủ"),
            agency("000.00.00.H53", "000.00.00.G22", tier=2, name="UBND tỉnh Tây Ninh"),
            agency("000.00.31.H53", "000.00.00.H53", tier=3, name="UBND huyện Bến Cầu"),
            agency("000.21.31.H53", "000.00.31.H53", tier=4, name="UBND xã An Thạnh"),
            agency("000.22.31.H53", "000.00.31.H53", tier=4, name="UBND xã Long Chữ"),
            agency("000.00.00.H17", "000.00.00.G22", tier=2, name="UBND TP Đà Nẵng"),
            agency("000.00.28.H17", "000.00.00.H17", tier=3, name="UBND quận Hải Châu"),
        ]
    )
