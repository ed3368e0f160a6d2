"""What scenarios, the network to test against and throw-away keys expected and found.

In Vietnamese; see ``_vietnamese_halves``.
"""

from __future__ import annotations

from typing import Final

__all__ = ["EXPECTED", "FOUND"]

EXPECTED: Final = {
    # Kịch bản và mô phỏng
    r"a scenario": "một kịch bản",
    r"letters to somebody": "văn bản có nơi nhận",
    r"two tiers of which one is right above the other": "hai cấp liền nhau",
    r"two agencies of which one is right above the other": (
        "hai cơ quan mà một cơ quan là cấp trên trực tiếp của cơ quan kia"
    ),
    r"numbers": "các số",
    r"a name that ends in \.svg": "tên kết thúc bằng .svg",
    (
        r"a scenario without faults of nodes, in which it takes some time from the top to tier 2"
    ): "kịch bản không có sự cố ở các nút, truyền từ cấp trên cùng xuống cấp 2 có mất thời gian",
    r"a place in tiers (.+)": r"vị trí trong các cấp \1",
    r"as many agencies as the directory has with nodes, (\S+)": (
        r"đúng số cơ quan có nút trong danh bạ, \1"
    ),
    r"one agency at the top and 1 or more in each of up to (\S+) tiers": (
        r"một cơ quan ở cấp cao nhất và từ 1 ở mỗi cấp, tối đa \1 cấp"
    ),
    r"one of the profiles (.+)": r"một trong các loại đường truyền \1",
    r"(\d+) seconds or more": r"từ \1 giây",
    r"an agency of the network": "một cơ quan của mạng",
    r"a Fault": "một Fault",
    r"a FaultKind": "một FaultKind",
    r"somebody to send it to, and a size from 0 on": "có nơi nhận và kích thước từ 0",
    r"nobody to sleep in a simulation": "không ai ngủ trong mô phỏng",
    r"room to write": "còn chỗ để ghi",
    r"(\S+) in the timeline": r"có \1 trong dòng thời gian",
    r"(\S+) to pass it on": r"\1 chuyển tiếp",
    r"a receipt that (\S+) signed": r"biên nhận do \1 ký",
    r"a signature in the letter": "có chữ ký trong văn bản",
    r"a signature in the receipt of (\S+)": r"có chữ ký trong biên nhận của \1",
    r"it at (\S+), which accepted it": r"văn bản còn ở \1, nơi đã nhận",
    r"it at its recipients": "văn bản ở đúng nơi nhận",
    r"it once for (\S+)": r"một lần cho \1",
    r"an agency below another one": "cơ quan có cấp trên",
    r"it within (\S+) hours": r"xong trong \1 giờ",
    r"the bytes that were stored": "đúng nội dung đã lưu",
    r"an open one": "đang mở",
    r"a timestamp authority": "có tổ chức cấp dấu thời gian",
    r"an agency": "một cơ quan",
    r"a network with a timestamp authority": "mạng có tổ chức cấp dấu thời gian",
    r"to reach it": "liên lạc được",
    r"what its note says": "đúng như phiếu kèm theo",
    r"one of the simulation": "địa chỉ trong mô phỏng",
    r"the mark (\S+) with keywords": r"dấu \1 có tên tham số",
    # Mạng thử, PKI để thử
    r"at least one": "ít nhất một",
    r"every (\S+) once": r"mỗi \1 một lần",
    r"a-z, 0-9 and '-'": "a-z, 0-9 và '-'",
    r"another agency": "một cơ quan khác",
    r"one of the agencies given": "một trong các cơ quan đã nêu",
    r"one of (.+) or their codes": r"một trong \1 hoặc mã của chúng",
    r"1 or more": "từ 1 trở lên",
    r"a certificate issued by (.+)": r"chứng thư số do \1 cấp",
    r"the private key of (.+)": r"khóa bí mật của \1",
    r"the number of an older list than (\S+)": r"số của danh sách cũ hơn \1",
    r"a program that starts": "chương trình chạy được",
    r"text": "văn bản",
    r"one that (\S+) knows": r"văn bản có tại \1",
    r"localhost": "localhost",
    r"a neighbour of (\S+)": r"nút lân cận của \1",
    r"one whose node runs here": "cơ quan có nút chạy ở đây",
    r"what /v1/openapi\.json describes": "yêu cầu đúng như /v1/openapi.json mô tả",
    r"the answer of the node": "trả lời của nút",
    r"it to run": "nút đang chạy",
    r"Hypothesis": "Hypothesis",
    r"an end after (\S+)": r"thời điểm kết thúc sau \1",
    # conformance
    r"url, agency, recipient, key, trust": "đủ url, agency, recipient, key, trust",
    r"a server": "có máy chủ",
    r"an id, a group or a pattern of them": "mã, nhóm hoặc mẫu của mục kiểm tra",
    r"another kind of value as (\w+)": r"loại giá trị khác cho \1",
    r"one of (.+) under certificates": r"một trong \1 dưới certificates",
}
"""First halves."""

FOUND: Final = {
    r"tier (\S+), number (\S+)": r"cấp \1, số \2",
    r"(\d+) recipients and size (.+)": r"\1 nơi nhận và kích thước \2",
    r"(\S+) seconds": r"\1 giây",
    r"no trace of that": "không có dấu vết nào",
    r"nothing for (\S+)": r"không có gì cho \1",
    r"it in the inbox of (\S+)": r"văn bản trong hộp thư của \1",
    r"it handed over by (\S+)": r"văn bản do \1 giao",
    r"no connection": "không có kết nối",
    r"(\S+) of tier (\d+)": r"\1 của cấp \2",
    r"(\[.+\]) and (\[.+\])": r"\1 và \2",
    r"a closed one": "đã đóng",
    r"(\S+) again": r"\1 lặp lại",
    r"itself": "chính nó",
    r"one by (.+)": r"do \1 cấp",
    r"the key of another": "khóa của người khác",
    r"(\d+) lines, the longest of (\d+)": r"\1 dòng, dài nhất \2",
    r"faults none and (\S+) seconds": r"không có sự cố và \1 giây",
    r"faults (.+) and (\S+) seconds": r"sự cố \1 và \2 giây",
    r"half a character: (.+)": r"nửa ký tự: \1",
    r"none with the id (.+)": r"không có văn bản mang mã \1",
    r"that of a web page": "của một trang web",
    r"(\S+), which is yours": r"\1, là cơ quan của bạn",
    r"that this line loses it": "đường truyền này làm mất trả lời",
    r"it down": "nút đang dừng",
    r"that it is not installed": "chưa được cài đặt",
    r"none left": "không còn mục nào",
    r"no ((?!suffix)\w+(?:, \w+)*)": r"thiếu \1",
    r"no answer that can be read: (.+)": r"không có trả lời đọc được: \1",
}
"""Second halves."""
