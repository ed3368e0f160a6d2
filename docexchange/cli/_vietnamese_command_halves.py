"""What commands expected of options, files and the directory, in Vietnamese.

See ``_vietnamese_halves``. What the operating system says stands here as well.
"""

from __future__ import annotations

from typing import Final

__all__ = ["EXPECTED", "FOUND", "NOTES", "SYSTEM"]

NOTES: Final = {
    r"not checked: no directory given": "chưa kiểm tra: chưa cung cấp danh bạ (--directory)",
    r"revocation not checked: by policy": "không kiểm tra thu hồi, theo yêu cầu",
    r"not judged yet: (.+)": r"chưa được xét: \1",
    r"not judged, as no standard knows them: (.+)": r"không xét, vì không tiêu chuẩn nào có: \1",
    r"signxml says the same": "signxml trả lời như vậy",
    r"signxml was not asked: it cannot judge such a file": (
        "không hỏi signxml: phần mềm này không xét được loại tệp đó"
    ),
    r"signxml was not asked: it knows no rules of this kind": (
        "không hỏi signxml: phần mềm này không có quy tắc loại đó"
    ),
    r"message (\S+): cannot be judged now": r"thông điệp \1: lúc này chưa xét được",
    r"receipt (\S+): cannot be judged now": r"biên nhận \1: lúc này chưa xét được",
    r"no receipt of a hop beyond (\S+) is kept here": r"ở đây không lưu biên nhận nào sau chặng \1",
    r"no receipt that (\S+) was given the letter is kept here": (
        r"ở đây không lưu biên nhận cho biết \1 đã nhận văn bản"
    ),
}
"""What is said of steps that refuse nothing, and of the end of what receipts prove."""
SYSTEM: Final = {
    "Address already in use": "cổng đang được dùng",
    "Connection refused": "kết nối bị từ chối",
    "Connection reset by peer": "kết nối bị ngắt",
    "Network is unreachable": "không có đường mạng tới đó",
    "No route to host": "không có đường mạng tới đó",
    "No such file or directory": "không có tệp hoặc thư mục này",
    "Permission denied": "không có quyền",
    "Operation not permitted": "không có quyền",
    "Is a directory": "đây là thư mục",
    "Not a directory": "đây không phải thư mục",
    "File exists": "đã có tệp này",
    "No space left on device": "hết dung lượng đĩa",
    "Disk quota exceeded": "vượt hạn mức đĩa",
    "File too large": "tệp quá lớn",
    "File name too long": "tên tệp quá dài",
    "Input/output error": "lỗi đọc ghi đĩa",
    "Read-only file system": "đĩa chỉ cho đọc",
    "Too many open files": "mở quá nhiều tệp",
    "Too many levels of symbolic links": "liên kết vòng tròn",
}
"""Words of the system, as it says them in English."""

EXPECTED: Final = {
    r"NAME=FILE": "TÊN=TỆP",
    r"OID=FILE": "OID=TỆP",
    r"an absolute path": "đường dẫn tuyệt đối",
    r"a folder for the reports on several files": "một thư mục cho báo cáo về nhiều tệp",
    r"one answer on standard output": "một câu trả lời ở đầu ra chuẩn",
    r"the report on one file": "báo cáo về một tệp",
    r"to write there": "ghi được vào đó",
    r"to write the answer there": "ghi được câu trả lời vào đó",
    r"a root certificate": "chứng thư gốc",
    r"a root certificate to judge by": "chứng thư gốc để xét",
    r"a moment such as (.+)": r"thời điểm như \1",
    r"at most (\d+) bytes on standard input": r"tối đa \1 byte ở đầu vào chuẩn",
    r"at most (\d+) octets": r"tối đa \1 byte",
    r"at most (\d+) bytes": r"tối đa \1 byte",
    r"at most (\d+) bytes in a signed PDF \((\w+)\)": r"tối đa \1 byte trong tệp PDF có ký (\2)",
    r"at most (\d+) signed PDF files in a letter \((\w+)\)": (
        r"tối đa \1 tệp PDF có ký trong một văn bản (\2)"
    ),
    r"at most (\d+) bytes in a receipt \((\w+)\)": r"tối đa \1 byte trong biên nhận (\2)",
    r"at most (\d+) octets in a ZIP archive": r"tối đa \1 byte trong tệp ZIP",
    r"a letter": "văn bản",
    r"\.edxml, \.xml or \.pdf files in the folder": "tệp .edxml, .xml hoặc .pdf trong thư mục",
    r"a file": "một tệp",
    r"a file to write": "một tệp để ghi",
    r"-o with the name of a file": "-o kèm tên tệp",
    r"an address of the Internet": "địa chỉ trên Internet",
    r"certificates of authorities": "chứng thư của tổ chức chứng thực",
    r"one acceptable policy or more and a path length of 0 or more": (
        "ít nhất một chính sách được chấp nhận và độ dài đường dẫn từ 0"
    ),
    r"a size of 0 or more and an end with its time zone": "cỡ từ 0 và thời hạn có múi giờ",
    r"each process to work until all files are looked at": (
        "mọi tiến trình chạy đến khi xem hết các tệp"
    ),
    # testserver
    r"127\.0\.0\.1, localhost or ::1": "127.0.0.1, localhost hoặc ::1",
    r"a new or an empty folder": "thư mục mới hoặc thư mục trống",
    r"to listen on (\S+), port (\d+)": r"mở được cổng \2 tại \1",
    r"https://127\.0\.0\.1:PORT/ or http://127\.0\.0\.1:PORT/": (
        "https://127.0.0.1:PORT/ hoặc http://127.0.0.1:PORT/"
    ),
    # Danh bạ
    r"a file name ending in (.+)": r"tên tệp có đuôi \1",
    r"a directory of at most (\d+) bytes": r"danh bạ tối đa \1 byte",
    r"an agency directory": "danh bạ cơ quan",
    r"text in UTF-8": "chữ theo UTF-8",
    r"TOML": "TOML",
    r"CSV": "CSV",
    r"only \[\[agency\]\] tables": "chỉ có bảng [[agency]]",
    r"agencies with (.+)": r"cơ quan có \1",
    r"at least one agency": "ít nhất một cơ quan",
    r"only known keys": "chỉ có trường được biết",
    r"a list of texts": "danh sách chữ",
    r"a date without a time": "ngày không kèm giờ",
    r"(\S+) or later": r"từ \1 trở đi",
    r"a date \(see clock\.vietnam_date\)": "một ngày",
    r"visible characters only": "chỉ có ký tự nhìn thấy được",
    r"sha256: and 64 hexadecimal digits": "sha256: và 64 chữ số thập lục phân",
    r"64 hexadecimal digits": "64 chữ số thập lục phân",
    r"(\d+) cells, one for each column": r"\1 ô, mỗi cột một ô",
    r"the columns (.+)": r"các cột \1",
    r"entries that agree": "các mục không mâu thuẫn nhau",
    r"to be in force on (\S+)": r"có hiệu lực vào ngày \1",
    r"a code of the directory \((\d+) entries\)": r"mã có trong danh bạ (\1 mục)",
    r"superiors to end at a root": "các cấp trên dẫn tới cấp cao nhất",
    r"fewer than (\d+) superiors": r"ít hơn \1 cấp trên",
    r"one agency without a parent (.+)": r"một cơ quan không có cấp trên \1",
    r"one entry a day for (.+)": r"mỗi ngày một mục cho \1",
    r"alias (\S+) to mean one agency (.+)": r"tên khác \1 chỉ một cơ quan \2",
    r"its parent (.+) in force (.+)": r"cấp trên \1 có hiệu lực \2",
    r"its successor in the directory": "cơ quan kế thừa có trong danh bạ",
    r"tier (\d+) or a larger number, below its parent (.+)": r"cấp \1 hoặc lớn hơn, dưới \2",
}
"""First halves."""

FOUND: Final = {
    r"one that was ended": "một tiến trình bị dừng",
    r"standard output": "đầu ra chuẩn",
    r"a file": "một tệp",
    r"a pipe or a device": "một ống dẫn hoặc thiết bị",
    r"a folder": "một thư mục",
    r"two that belong there: (.+) and (.+)": r"hai tệp cùng chỗ: \1 và \2",
    r"--json too": "cả --json",
    r"both on standard output": "cả hai ở đầu ra chuẩn",
    r"one in use": "thư mục đang được dùng",
    r"it closed": "đầu vào hoặc đầu ra đã đóng",
    r"that of (.+)": r"chứng thư của \1",
    r"(\d+) and (\d+|None)": r"\1 và \2",
    r"a larger file": "tệp lớn hơn",
    r"byte (0x\w+) at offset (\d+)": r"byte \1 ở vị trí \2",
    r"\[agency\] with single brackets": "[agency] với một cặp ngoặc",
    r"(\d+) faulty ones:(.*)": r"\1 cơ quan có lỗi:\2",
    r"(\d+) contradictions:(.*)": r"\1 chỗ mâu thuẫn:\2",
    r"no such key": "không có trường này",
    r"in force: (.+)": r"hiệu lực: \1",
    r"it in force: (.+)": r"hiệu lực: \1",
    r"none like it": "không có mã nào giống",
    r"a circle (.+)": r"vòng tròn \1",
    r"more (.+)": r"nhiều hơn \1",
    r"two (.+)": r"hai mục \1",
    r"no (\S+)": r"không có \1",
    r"tier (\d+)": r"cấp \1",
    r"(\S+) and (\S+)": r"\1 và \2",
    **SYSTEM,
}
"""Second halves."""
