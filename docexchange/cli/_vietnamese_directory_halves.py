"""What was expected of a directory and of the lists it is made of, in Vietnamese.

See ``_vietnamese_halves``; what is said of files stands in ``_vietnamese_command_halves``.
"""

from __future__ import annotations

from typing import Final

__all__ = ["EXPECTED", "FOUND"]

EXPECTED: Final = {
    r"none beside an endpoint": "không có, vì đã có địa chỉ nhận riêng",
    r"each code once": "mỗi mã một lần",
    r"its representative in force (.+)": r"cơ quan nhận thay có hiệu lực \1",
    r"its representatives to end at an agency that serves itself": (
        "cơ quan nhận thay cuối cùng tự nhận văn bản"
    ),
    r"one agency without a parent at the same time": "cùng lúc chỉ một cơ quan không có cấp trên",
    r"one agency without a parent on (\S+)": r"vào ngày \1 chỉ một cơ quan không có cấp trên",
    r"alias (\S+) to mean one agency at the same time": r"tên khác \1 chỉ một cơ quan",
    r"alias (\S+) to mean one agency on (\S+)": r"vào ngày \2 tên khác \1 chỉ một cơ quan",
    r"its parent (\S+) in force from the beginning": r"cấp trên \1 có hiệu lực từ đầu",
    r"its parent (\S+) in force from (\S+)": r"cấp trên \1 có hiệu lực từ ngày \2",
    r"its representative in force from the beginning": "cơ quan nhận thay có hiệu lực từ đầu",
    r"an entry before or after": "một mục trước hoặc sau",
    r"a day after (\S+) to close it": r"ngày kết thúc sau ngày \1",
    r"a tier that exists on (\S+)": r"cấp đang tồn tại vào ngày \1",
    r"at least one, from the highest down": "ít nhất một cấp, từ cấp cao nhất",
    r"\[\[scheme\]\] tables with tiers": "các bảng [[scheme]] có tiers",
    r"text in UTF-8, UTF-16 or windows-1258": "chữ theo UTF-8, UTF-16 hoặc windows-1258",
    r"a list of agencies": "danh sách cơ quan",
    r"an agency above all others": "một cơ quan đứng trên tất cả",
    r"a list in (.+)": r"danh sách có đuôi \1",
    r"a day such as (.+)": r"ngày như \1",
    r"--directory or --shipped": "--directory hoặc --shipped",
    r"an agency directory there": "có danh bạ cơ quan ở đó",
}
"""First halves."""

FOUND: Final = {
    r"a circle (.+), or one that is not in force": r"vòng tròn \1, hoặc cơ quan không có hiệu lực",
    r"(\S+ \(.+\)) and (\S+ \(.+\))": r"\1 và \2",
    r"it in force: never": "chưa bao giờ có hiệu lực",
    r"a circle from the beginning: (.+)": r"vòng tròn: \1",
    r"a circle from (\S+): (.+)": r"vòng tròn từ ngày \1: \2",
    r"the day it begins": "đúng ngày bắt đầu",
    r"no such entry": "không có mục nào như vậy",
    r"several of level 1 and no (\S+)": r"nhiều cơ quan cấp 1 và không có \1",
    r"an empty list": "danh sách trống",
    r"no list of records": "không có danh sách bản ghi",
    r"no suffix": "không có đuôi tệp",
    r"other text: (.+)": r"nội dung khác: \1",
    r"other bytes": "dữ liệu khác",
    r"status (.+)": r"trạng thái \1",
    r"both": "cả hai",
}
"""Second halves."""
