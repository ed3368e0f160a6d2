"""What ``docexchange node doctor`` found, and what to do about it, in Vietnamese."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from docexchange.cli._words import advice_on, message_on

if TYPE_CHECKING:
    from docexchange.node import Symptom

__all__ = ["advice_in_vietnamese", "found_in_vietnamese"]

_FOUND: Final = {
    r"(\d+) days left: (.+)": r"còn \1 ngày: \2",
    r"(\d+) certificates, (\d+) revocation lists": r"\1 chứng thư, \2 danh sách thu hồi",
    r"(.+) is closed: it delivers what is under way, and takes nothing new": (
        r"\1 đã ngừng hoạt động: gửi nốt văn bản đang đi, không nhận thêm"
    ),
    r"(\d+) entries, (.+)": r"\1 mục, \2",
    r"release (\d+), (\d+) days old, expired (.+)": (
        r"bản phát hành \1, \2 ngày trước, hết hạn lúc \3"
    ),
    r"release (\d+), (\d+) days old, good until (.+)": (
        r"bản phát hành \1, \2 ngày trước, dùng được đến \3"
    ),
    r"readable, (\d+) dead letters": r"đọc được, \1 văn bản đã ngừng gửi",
    r"none yet: the node has not run, and makes it when it does": (
        "chưa có: nút chưa chạy lần nào, kho sẽ được tạo khi nút chạy"
    ),
    r"(\d+) letters under way": r"\1 văn bản đang gửi",
    r"(\d+) letters for (\S+) wait for more than an hour": (
        r"\1 văn bản gửi \2 đã chờ hơn một giờ"
    ),
    r"nobody in the directory: out of reach since (.+?): (.+)": (
        r"không thuộc cơ quan nào trong danh bạ: mất liên lạc từ \1: \2"
    ),
    r"(.+): out of reach since (.+?): (.+)": r"\1: mất liên lạc từ \2: \3",
    r"(\d+) parcels set aside, first: (.+)": r"\1 gói để riêng, gói đầu: \2",
    r"(\d+) parcels set aside": r"\1 gói để riêng",
    r"(\S+) is not there yet: letters for this node wait where they are sent": (
        r"chưa có \1: văn bản gửi đến nút này còn chờ ở nơi gửi"
    ),
    r"nobody finds it: the directory names no endpoint of (\S+)": (
        r"không ai tìm thấy nút: danh bạ không ghi địa chỉ (endpoint) của \1"
    ),
    r"the directory says (.+), and this node looks into (.+)": (
        r"danh bạ ghi \1, còn nút này đọc \2"
    ),
    r"(\d+) MiB free": r"còn trống \1 MiB",
    r"(\S+): reachable": r"\1: liên lạc được",
    r"(\d+) seconds behind the last entry of the audit log": (
        r"chậm \1 giây so với mục cuối của nhật ký"
    ),
    r"(\d+) seconds from that of (\S+)": r"lệch \1 giây so với \2",
}
"""What was found, where it is no error."""
_ADVICE: Final = {
    "Ask the authority for the next certificate now.": "Xin cấp chứng thư số mới ngay.",
    "`docexchange trust check` tells more.": "Xem thêm bằng `docexchange trust check`.",
    "Take in a newer one: docexchange directory update.": (
        "Lấy bản mới hơn: docexchange directory update."
    ),
    "`docexchange delivery list` shows them.": "Xem bằng `docexchange delivery list`.",
    "Let it run until its queue is empty; new letters go out from its successor.": (
        "Để nút chạy đến khi gửi hết; văn bản mới gửi từ cơ quan kế thừa."
    ),
    "Mend that, and look again.": "Khắc phục rồi kiểm tra lại.",
    "See whether that peer can be reached.": "Kiểm tra có liên lạc được với nút đó không.",
    "Letters go around it where a rule of the way allows that, and wait otherwise.": (
        "Văn bản đi đường khác nếu quy tắc định tuyến cho phép, nếu không thì chờ."
    ),
    "Look at them in the folder set-aside, and tell whoever sent them.": (
        "Xem trong thư mục set-aside và báo cho nơi gửi."
    ),
    "Start the node, which makes it: docexchange node run.": (
        "Khởi động nút để tạo hộp thư: docexchange node run."
    ),
    "Add the endpoint to the directory.": "Ghi địa chỉ (endpoint) của cơ quan đó vào danh bạ.",
    "Correct mailbox or endpoint_base in node.toml, or the directory.": (
        "Sửa mailbox hoặc endpoint_base trong node.toml, hoặc sửa danh bạ."
    ),
    "Free some space: a full disk stops the node.": "Giải phóng dung lượng: đầy đĩa thì nút dừng.",
    "Set the clock of this machine by a time server.": "Chỉnh đồng hồ máy theo máy chủ thời gian.",
}
"""What to do about it, where it is no error."""


def found_in_vietnamese(symptom: Symptom) -> str:
    """What was found."""
    for pattern, words in _FOUND.items():
        if found := re.fullmatch(pattern, symptom.found, re.DOTALL):
            return found.expand(words)
    return message_on(symptom.found)


def advice_in_vietnamese(symptom: Symptom) -> str:
    """What to do about it."""
    words = _ADVICE.get(symptom.advice, symptom.advice)
    return advice_on(symptom.code, words) if symptom.code else words
