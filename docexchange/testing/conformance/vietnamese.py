"""What an endpoint should have done and what it did, in Vietnamese.

>>> finding_in_vietnamese("HTTP 200 or HTTP 409")
'HTTP 200 hoặc HTTP 409'

Names of headers, values and what the endpoint itself said stay as they are.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["finding_in_vietnamese"]

_WORDS: Final = {
    # cần
    r"HTTP (\d+)(?: or HTTP (\d+))? again": r"lại HTTP \1",
    r"HTTP (\w+) to (\S.*) by another": r"HTTP \1 khi cơ quan khác gọi \2",
    r"HTTP (\w+) to another": r"HTTP \1 cho cơ quan khác",
    r"HTTP (\w+) to (\S.*)": r"HTTP \1 cho \2",
    r"HTTP (\w+) before the body": r"HTTP \1 trước khi nhận nội dung",
    r"(HTTP \d+(?: or HTTP \d+)+)": r"\1",
    r"(\S+) as text": r"\1 là chuỗi",
    r"(\S+) as a list": r"\1 là danh sách",
    r"(\S+) as a number": r"\1 là số",
    r"\"ready\" and \"reasons\"": '"ready" và "reasons"',
    r"(\S+) (\S+) in it": r"có \1 \2",
    r"From another agency": "From của cơ quan khác",
    r"Tus-Checksum-Algorithm with sha256": "Tus-Checksum-Algorithm có sha256",
    r"Tus-Extension with (.+)": r"Tus-Extension có \1",
    r"Upload-Expires in the future": "Upload-Expires chưa tới",
    r"Upload-Offset of (\d+) at most": r"Upload-Offset không quá \1",
    r"a JSON object": "một đối tượng JSON",
    r"a Location at this endpoint": "Location tại chính điểm kết nối này",
    r"a parcel that still waits": "kiện vẫn đang chờ",
    r"a receipt as the body": "nội dung là biên nhận",
    r"a receipt signed by its issuer": "biên nhận do chính nơi cấp ký",
    r"a refusal: Accepted false": "từ chối: Accepted false",
    r"an answer": "có trả lời",
    r"an end within (\d+) s": r"kết thúc trong \1 giây",
    r"an id and a code of edXML": "mã kiện và mã định danh theo edXML",
    r"an id in ASCII": "mã viết bằng ASCII",
    r"bytes (\d+) to (\d+)": r"byte \1 đến \2",
    r"bytes of SHA-256 (\S+)": r"nội dung có SHA-256 \1",
    r"it gone": "kiện không còn",
    r"its status": "đúng mã HTTP",
    r"no answer without TLS": "không trả lời khi không có TLS",
    r"no inner workings told": "không lộ chi tiết bên trong",
    r"the id of the letter": "mã của văn bản",
    r"the receipt that was given": "đúng biên nhận đã cấp",
    r"the same lease": "cùng mã giữ",
    r"the same receipt, byte for byte": "cùng biên nhận, giống từng byte",
    # gặp
    r"none": "không có",
    r"another": "thứ khác",
    r"it listed": "kiện vẫn trong danh sách",
    r"a traceback": "lỗi lập trình (traceback)",
    r"(\d+) other bytes": r"\1 byte khác",
    r"(\d+) others": r"\1 biên nhận khác",
    r"no ((?!answer)\w[\w-]*(?:, [\w-]+)*)": r"thiếu \1",
    r"TLS ended: (.+)": r"TLS bị ngắt: \1",
    r"a certificate that proves nothing: (.+)": r"chứng thư số không chứng minh được gì: \1",
    r"an answer of more than (\d+) bytes": r"trả lời dài hơn \1 byte",
    r"an answer that breaks off (\d+) bytes too early": r"trả lời bị đứt, thiếu \1 byte",
    r"no answer in time": "không trả lời kịp",
    r"no answer that can be read: (.+)": r"không có trả lời đọc được: \1",
    r"(\S+) has to pass first": r"cần đạt \1 trước",
    r"needs a letter that waits in our mailbox": "cần có văn bản đang chờ trong hộp thư",
    r"needs the certificate (\S+)": r"cần chứng thư số \1",
    r"takes a letter out for good: needs --use-mailbox": (
        "lấy hẳn một văn bản ra khỏi hộp thư: cần --use-mailbox"
    ),
}


def finding_in_vietnamese(english: str) -> str:
    """The same in Vietnamese; values, and what nobody translated, as they are.

    Args:
        english: ``expected`` or ``found`` of a result.
    """
    for pattern, words in _WORDS.items():
        if found := re.fullmatch(pattern, english, re.DOTALL):
            return found.expand(words).replace(" or HTTP ", " hoặc HTTP ")
    return english
