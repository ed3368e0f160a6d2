"""What a message is about, where that stands in front of it, in Vietnamese.

>>> about_in_vietnamese("attachment a.pdf: ")
'tệp đính kèm a.pdf: '
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["about_in_vietnamese"]

_WAYS: Final = {
    r"message (\S+) (?:to|for) (\S+): ": r"thông điệp \1 tới \2: ",
    r"(?:way|route) from (\S+) to (\S+): ": r"đường đi từ \1 tới \2: ",
    r"letter (?:from|at) (\S+) to (\S+): ": r"văn bản từ \1 tới \2: ",
    r"mailbox at (\S+): ": r"hộp thư tại \1: ",
    r"status (\S+) of (\S+): ": r"trạng thái \1 của \2: ",
    r"parent of (\S+): ": r"cấp trên của \1: ",
    r"tier of (\S+): ": r"cấp của \1: ",
    r"(.*), line (\d+): ": r"\1, dòng \2: ",
    r"receipt of (\S+) for (\S+): ": r"biên nhận của \1 cho \2: ",
    r"receipt (\w{64}) for (\S+): ": r"biên nhận \1 cho \2: ",
    r"audit entry (\d+)(, .+)?: ": r"mục nhật ký số \1\2: ",
    r"timeline of (\S+), (\S+): ": r"diễn biến của \1, \2: ",
    r"table (\w+), (.*): ": r"bảng \1, \2: ",
    r"payload (\w{64}): ": r"tệp nội dung \1: ",
}
"""Where the words stand on both sides of names."""
_BEGINNINGS: Final = {
    "attachment ": "tệp đính kèm ",
    "certificate ": "chứng thư số ",
    "timestamp: ": "dấu thời gian: ",
    "standard input": "đầu vào chuẩn",
    "standard output": "đầu ra chuẩn",
    "the letter cannot be composed: ": "không soạn được văn bản: ",
    "the message cannot be sent: ": "không gửi được thông điệp này: ",
    "the document cannot be sent: ": "không gửi được văn bản này: ",
    "address: ": "địa chỉ: ",
    "a role: ": "một vai trò: ",
    "agencies of a rule: ": "cơ quan của quy tắc: ",
    "agency code: ": "mã cơ quan: ",
    "agency ": "cơ quan ",
    "agency: ": "cơ quan: ",
    "argument: ": "tham số: ",
    "audit log: ": "nhật ký: ",
    "backup, ": "bản sao lưu, ",
    "at: ": "thời điểm: ",
    "cases: ": "mục kiểm tra: ",
    "change of an agency: ": "thay đổi của cơ quan: ",
    "countersigned signature: ": "chữ ký được xác nhận: ",
    "disk of ": "ổ đĩa của ",
    "document id: ": "mã văn bản: ",
    "endpoint: ": "địa chỉ: ",
    "letter: ": "văn bản: ",
    "mailbox ": "hộp thư ",
    "mailbox: ": "hộp thư: ",
    "medium ": "đĩa ",
    "message id: ": "mã thông điệp: ",
    "message ": "thông điệp ",
    "node of ": "nút của ",
    "node ": "nút ",
    "password: ": "mật khẩu: ",
    "payload of message ": "nội dung của thông điệp ",
    "payload: ": "nội dung: ",
    "payloads ": "nội dung ",
    "period: ": "kỳ báo cáo: ",
    "policy rule ": "quy tắc chính sách ",
    "receipt of ": "biên nhận của ",
    "receipt for ": "biên nhận cho ",
    "receipt kept by ": "biên nhận lưu tại ",
    "receipt: ": "biên nhận: ",
    "recipient: ": "nơi nhận: ",
    "routing rule ": "quy tắc định tuyến ",
    "sender: ": "nơi gửi: ",
    "server: ": "máy chủ: ",
    "signature policy: ": "chính sách ký: ",
    "store of ": "kho lưu của ",
    "store ": "kho lưu ",
    "submission key: ": "khóa gửi: ",
    "submission ": "lần gửi ",
    "tiers: ": "các cấp: ",
    "trace headers: ": "thông tin đường đi: ",
    "transport ": "cách truyền ",
    "transport: ": "cách truyền: ",
    "upload: ": "lượt tải lên: ",
    "url: ": "địa chỉ: ",
}
"""How it begins, where it is no name."""


def about_in_vietnamese(words: str) -> str:
    """The same in Vietnamese; names stay as they are."""
    return "".join(_part(f"{part}: ") for part in words.removesuffix(": ").split(": "))


def _part(words: str) -> str:
    for pattern, vietnamese in _WAYS.items():
        if found := re.fullmatch(pattern, words, re.DOTALL):
            return found.expand(vietnamese)
    for english, vietnamese in _BEGINNINGS.items():
        if words.startswith(english):
            return vietnamese + words.removeprefix(english)
    return words
