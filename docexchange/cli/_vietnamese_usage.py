"""What click says of a command line that it cannot read, in Vietnamese.

>>> usage_in_vietnamese("Missing argument 'FILE'.")
"thiếu tham số 'FILE'"
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["usage_in_vietnamese"]

_ABOUT: Final = re.compile(r"Invalid value(?: for (.+?)(?: \(env var: '(\w+)'\))?)?: (?=\S)")
_KINDS: Final = {
    "argument": "tham số",
    "command": "lệnh",
    "option": "tùy chọn",
    "parameter": "tùy chọn",
}
_PATTERNS: Final = {
    r"Missing (argument|option|parameter):? ?(.+?)\. Choose from: (.+)": (
        r"thiếu {kind} \2; chọn một trong: \3"
    ),
    r"Missing (argument|option|parameter):? ?(.*?)\.?": r"thiếu {kind} \2",
    r"Missing command\.": "thiếu tên lệnh",
    r"No such (command|option):? (.+?)\.? Did you mean (.+)\?": (
        r"không có {kind} \2; có phải là \3?"
    ),
    r"No such (command|option):? (.+?)\.? \((?:Possible|Did you)[^:]+: (.+?)\??\)": (
        r"không có {kind} \2; có phải là một trong: \3?"
    ),
    r"No such (command|option):? (.+?)\.?": r"không có {kind} \2",
    r"Got unexpected extra arguments? \((.+)\)": r"thừa tham số \1",
    r"Option (.+) requires an argument\.": r"\1 cần một giá trị",
    r"Option (.+) does not take a value\.": r"\1 không nhận giá trị",
    r"(.+) is not in the range (.+?)\.": r"\1 không nằm trong khoảng \2",
    r"(.+) is not (?:one of )?('.+?')\.": r"\1 không phải là \2",
    r"(.+) is not a valid integer(?: range)?\.": r"\1 không phải số nguyên",
    r"(.+) is not a valid float(?: range)?\.": r"\1 không phải số",
    r"(?:File|Path|Directory) (.+) does not exist\.": r"không có \1",
    r"(?:File|Path) (.+) is a directory\.": r"\1 là thư mục, không phải tệp",
    r"Directory (.+) is a file\.": r"\1 là tệp, không phải thư mục",
    r"(?:File|Path|Directory) (.+) is not readable\.": r"không có quyền đọc \1",
    r"(?:File|Path|Directory) (.+) is not writable\.": r"không có quyền ghi \1",
    r"See (.+) --help\.": r"Xem \1 --help.",
    r"Put it before the command: (.+)": r"Đặt trước tên lệnh: \1",
}


def usage_in_vietnamese(english: str) -> str:
    """The same in Vietnamese; in English where it has no words.

    Args:
        english: as click says it.
    """
    text = " ".join(english.split())
    if about := _ABOUT.match(text):
        variable = f" (biến {about[2]})" if about[2] else ""
        where = f"giá trị của {about[1]}{variable}: " if about[1] else "giá trị: "
        return where + usage_in_vietnamese(text[about.end() :])
    for pattern, words in _PATTERNS.items():
        if found := re.fullmatch(pattern, text):
            kind = _KINDS[found[1]] if "{kind}" in words else ""
            return found.expand(words.replace("{kind}", kind))
    return english
