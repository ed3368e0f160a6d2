"""Kinds of documents as data: abbreviations of Decree 30, code lists of Amendment 1:2022.

The numbers tell a reader little: senders use either list, or 1 and 2 for the lists themselves. The
name is the human truth.

>>> abbreviation_of("quyết định"), abbreviation_of("Công văn"), abbreviation_of("Thông tư")
('QĐ', '', None)
"""

from __future__ import annotations

import unicodedata
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ABBREVIATIONS",
    "ADMINISTRATIVE_TYPES",
    "COPIES",
    "LEGAL_TYPES",
    "abbreviation_of",
]

ABBREVIATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Nghị quyết": "NQ",
        "Quyết định": "QĐ",
        "Chỉ thị": "CT",
        "Quy chế": "QC",
        "Quy định": "QyĐ",
        "Thông cáo": "TC",
        "Thông báo": "TB",
        "Hướng dẫn": "HD",
        "Chương trình": "CTr",
        "Kế hoạch": "KH",
        "Phương án": "PA",
        "Đề án": "ĐA",
        "Dự án": "DA",
        "Báo cáo": "BC",
        "Biên bản": "BB",
        "Tờ trình": "TTr",
        "Hợp đồng": "HĐ",
        "Công văn": "",
        "Công điện": "CĐ",
        "Bản ghi nhớ": "BGN",
        "Bản thỏa thuận": "BTT",
        "Giấy ủy quyền": "GUQ",
        "Giấy mời": "GM",
        "Giấy giới thiệu": "GGT",
        "Giấy nghỉ phép": "GNP",
        "Phiếu gửi": "PG",
        "Phiếu chuyển": "PC",
        "Phiếu báo": "PB",
        "Thư công": "",
    }
)
"""The 29 administrative types (Decree 30/2020/NĐ-CP, article 7), each with its abbreviation
(appendix III); công văn and thư công have none."""

COPIES: Final[Mapping[str, str]] = MappingProxyType(
    {"Sao y": "SY", "Trích sao": "TrS", "Sao lục": "SL"}
)
"""Forms of copies and their abbreviations (Decree 30/2020/NĐ-CP, appendix III)."""

LEGAL_TYPES: Final[Mapping[int, str]] = MappingProxyType(
    {
        1: "Hiến pháp",
        2: "Luật",
        3: "Pháp lệnh",
        4: "Lệnh",
        5: "Nghị quyết",
        6: "Nghị quyết liên tịch",
        7: "Nghị định",
        8: "Quyết định",
        9: "Thông tư",
        10: "Thông tư liên tịch",
        11: "Chỉ thị",
        12: "Bộ luật",
        13: "Văn bản quy phạm pháp luật của đơn vị hành chính - kinh tế đặc biệt",
    }
)
"""List A, legal documents (Amendment 1:2022 of QCVN 102, Circular 01/2022/TT-BTTTT)."""

ADMINISTRATIVE_TYPES: Final[Mapping[int, str]] = MappingProxyType(
    {
        1: "Nghị quyết (cá biệt)",
        2: "Quyết định (cá biệt)",
        3: "Chỉ thị",
        4: "Quy chế",
        5: "Quy định",
        6: "Thông cáo",
        7: "Thông báo",
        8: "Hướng dẫn",
        9: "Chương trình",
        # 10 to 17 and 27 to 32 were filled in from the order of Decree 30, not seen in the list.
        10: "Kế hoạch",
        11: "Phương án",
        12: "Đề án",
        13: "Dự án",
        14: "Báo cáo",
        15: "Biên bản",
        16: "Tờ trình",
        17: "Hợp đồng",
        18: "Công văn",
        19: "Công điện",
        20: "Bản ghi nhớ",
        21: "Bản cam kết",
        22: "Bản thỏa thuận",
        23: "Giấy chứng nhận",
        24: "Giấy ủy quyền",
        25: "Giấy mời",
        26: "Giấy giới thiệu",
        27: "Giấy nghỉ phép",
        28: "Giấy đi đường",
        29: "Giấy biên nhận hồ sơ",
        30: "Phiếu gửi",
        31: "Phiếu chuyển",
        32: "Thư công",
    }
)
"""List B, administrative documents (Amendment 1:2022 of QCVN 102, Circular 01/2022/TT-BTTTT)."""


def abbreviation_of(name: str) -> str | None:
    """The abbreviation of an administrative type, however its name is capitalised.

    Args:
        name: ``Quyết định``, or ``Quyết định (cá biệt)``.

    Returns:
        The abbreviation; empty for a type that has none, None for a name that is no such type.
    """
    return _BY_NAME.get(_folded(name.replace("(cá biệt)", "")))


def _folded(name: str) -> str:
    # Keyboards write Vietnamese composed or decomposed, and put the tone on "ủy" or on "uỷ".
    text = unicodedata.normalize("NFC", " ".join(name.split())).casefold()
    return text.replace("uỷ", "ủy").replace("thoả", "thỏa")


_BY_NAME: Final = {_folded(name): short for name, short in ABBREVIATIONS.items()}
