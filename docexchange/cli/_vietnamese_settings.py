"""What is wrong with a file of settings, in Vietnamese: every fault with its place.

>>> settings_in_vietnamese("agency: missing; colour: unknown key", messages=in_vietnamese)
'agency: thiếu; colour: khóa không có'
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SETTINGS", "settings_in_vietnamese"]

SETTINGS: Final = (
    "the configuration of a node",
    "a scenario",
    "a file of rules",
    "what /v1/openapi.json describes",
    "TOML",
)
"""What is expected of such a file."""
_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_WORDS: Final = {
    r"missing": "thiếu",
    r"unknown key": "khóa không có",
    r"an empty file": "tệp rỗng",
    r"found beside \[snapshot\], where only one may stand": "không ghi cùng [snapshot]",
    r"either tiers or agency": "chỉ ghi một trong tiers và agency",
    r"an amount in seconds": "thiếu amount, tính bằng giây",
    r"another kind: letters of scenarios have no timestamps": (
        "phải là loại khác: văn bản trong kịch bản không có dấu thời gian"
    ),
    r"down_from and down_minutes together": "phải ghi cả down_from và down_minutes",
    r"bytes that are no (?:text in )?UTF-8.*?(\d+)(?: on)?": r"byte không phải UTF-8, từ byte \1",
    r"brackets in brackets without end": "ngoặc lồng nhau quá nhiều",
    # pydantic
    r"Input should be a valid (?:integer|number).*": "phải là số",
    r"Input should be a valid string.*": "phải là chuỗi trong ngoặc kép",
    r"Input should be a valid boolean.*": "phải là true hoặc false",
    r"Input should be a valid (?:list|tuple).*": "phải là danh sách trong [ ]",
    r"Input should be a valid (?:dictionary|.* or instance of \S+)": "phải là một bảng",
    r"Input should be a valid (?:datetime|date|time).*": "phải là ngày giờ",
    r"Input should be greater than or equal to (.+)": r"phải từ \1 trở lên",
    r"Input should be less than or equal to (.+)": r"không được quá \1",
    r"Input should be greater than (.+)": r"phải lớn hơn \1",
    r"Input should be less than (.+)": r"phải nhỏ hơn \1",
    r"Input should be (.+) or (.+)": r"phải là \1 hoặc \2",
    r"Input should be (.+)": r"phải là \1",
    r"String should have at least (\d+) characters?": r"phải có ít nhất \1 ký tự",
    r"String should have at most (\d+) characters?": r"không được quá \1 ký tự",
    r"String should match pattern (.+)": "có ký tự không được dùng",
    r"(?:List|Tuple) should have at least (\d+) items?.*": r"phải có ít nhất \1 mục",
    # tomllib
    r"Invalid statement": "dòng không hợp lệ",
    r"Invalid value": "giá trị không hợp lệ",
    r"Invalid initial character for a key part": "tên khóa không hợp lệ",
    r"Expected '=' after a key in a key/value pair": "thiếu dấu = sau tên khóa",
    r"Expected '(.+)' at the end of (?:a|an) (?:table|array) declaration": r"thiếu \1",
    r"Expected newline or end of document after a statement": "thừa chữ ở cuối dòng",
    r"Unclosed (?:array|inline table)": "thiếu dấu đóng ngoặc",
    r"Unterminated string": "thiếu dấu ngoặc kép đóng",
    r"Unescaped '(.+)' in a string": r"ký tự \1 trong chuỗi phải viết \1\1",
    r"Illegal character (.+)": r"ký tự không được dùng \1",
    r"Cannot overwrite a value": "khóa ghi hai lần",
    r"Cannot (?:declare|mutate) (.+)": r"bảng ghi hai lần: \1",
}


def settings_in_vietnamese(found: str, *, messages: Callable[[str], str]) -> str:
    """What is wrong, in Vietnamese; the words of a fault nobody translated stay English.

    Args:
        found: each fault as ``place: words``, with ``; `` between them.
        messages: translates words that say what was expected; gives nothing where it cannot.
    """
    return "; ".join(_fault(text, messages) for text in found.split("; "))


def _fault(text: str, messages: Callable[[str], str]) -> str:
    place, colon, words = text.partition(": ")
    if whole := _said(text):
        return whole
    return f"{place}{colon}{_said(words) or messages(words) or words}" if colon else text


def _said(words: str) -> str:
    where = _PLACE.search(words)
    words = words[: where.start()] if where else words
    at = (f" (dòng {where[1]}, cột {where[2]})" if where[1] else " (cuối tệp)") if where else ""
    for pattern, vietnamese in _WORDS.items():
        if found := re.fullmatch(pattern, words, re.DOTALL):
            return found.expand(vietnamese) + at
    return ""
