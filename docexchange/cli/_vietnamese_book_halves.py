"""What the commands on books and reports expected, in Vietnamese; see ``_vietnamese_halves``."""

from __future__ import annotations

from typing import Final

__all__ = ["EXPECTED", "FOUND"]

EXPECTED: Final = {
    r"a name that ends with \.csv or \.xlsx": "tên tệp kết thúc bằng .csv hoặc .xlsx",
    r"the name of a file that ends with \.svg": "tên tệp kết thúc bằng .svg",
    r"a year, quarter or month such as (.+)": r"năm, quý hoặc tháng như \1",
    r"an end on or after (\S+)": r"ngày cuối từ \1 trở đi",
    r"a date such as (.+)": r"ngày như \1",
    r"it alone": "chỉ dùng một mình",
    r"a document that is in the books of (.+)": r"văn bản có trong sổ của \1",
    r"the store of a node": "kho lưu của nút",
}
"""First halves."""

FOUND: Final = {
    r"--from or --to with it": "thêm --from hoặc --to",
    r"none under (.+)": r"không có văn bản nào tên \1",
}
"""Second halves."""
