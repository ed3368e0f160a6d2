"""What other programs say, in Vietnamese: libxml2, OpenSSL, the validator of certificate paths.

Only what people meet most stands here. Anything else stays as that program says it, in quotes of
its own language: it is the exact reason, and whoever helps can search for it.

>>> foreign_in_vietnamese("certificate has expired")
'chứng thư đã hết hạn'
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from docexchange.cli._vietnamese_command_halves import SYSTEM

__all__ = ["filled", "foreign_in_vietnamese"]

_PATH: Final = "The path could not be validated because "
_TLS: Final = re.compile(
    r"\[SSL[^\]]*\] (?:certificate verify failed: )?(.+?)(?: \(_ssl\.c:\d+\))?"
)
_CERTIFICATE: Final = r"(?:the |an? )?((?:end-entity|intermediate|\S+) certificate(?: \d+)?)"

_WORDS: Final = {
    # libxml2
    r"Start tag expected, '<' not found": "không bắt đầu bằng thẻ XML (dấu <)",
    r"Premature end of data in tag (\S+) line (\d+)": (
        r"tệp bị cắt: thẻ \1 mở ở dòng \2 chưa được đóng"
    ),
    r"Opening and ending tag mismatch: (\S+) line (\d+) and (\S+)": (
        r"thẻ \1 mở ở dòng \2 lại đóng bằng \3"
    ),
    r"(?:Couldn't find end of Start Tag (\S+).*|expected '>')": "thẻ chưa được đóng bằng dấu >",
    r"EndTag: '</' not found": "tệp bị cắt: thiếu thẻ đóng",
    r"Extra content at the end of the document": "còn nội dung sau phần tử gốc",
    r"Document is empty(?:, .*)?": "tệp không có nội dung",
    r"XML declaration allowed only at the start of the document": (
        "khai báo <?xml …?> không ở ngay đầu tệp"
    ),
    r"StartTag: invalid element name": "tên thẻ không hợp lệ; dấu < trong chữ phải viết là &lt;",
    r"xmlParseEntityRef: no name": "dấu & trong chữ phải viết là &amp;",
    r"EntityRef: expecting ';'": "dấu & trong chữ phải viết là &amp;",
    r"Entity '(.+)' not defined": r"ký hiệu &\1; chưa được khai báo",
    r"AttValue: (?:\"|'|\" or ') expected": "giá trị thuộc tính chưa đặt trọn trong dấu ngoặc kép",
    r"attributes construct error": "thuộc tính của thẻ viết sai",
    r"Specification mandates value for attribute (\S+)": r"thuộc tính \1 không có giá trị",
    r"Attribute (\S+) redefined": r"thuộc tính \1 viết hai lần",
    r"Namespace prefix (\S+) (?:for \S+ )?on (\S+) is not defined": (
        r"tiền tố \1 của \2 chưa được khai báo"
    ),
    r"PCDATA invalid Char value (\d+)": r"có ký tự điều khiển (mã \1)",
    r"(?:Invalid bytes in character encoding|Input is not proper UTF-8.*)": (
        "có byte không thuộc bảng mã của tệp"
    ),
    r"Double hyphen within comment.*": "chú thích có hai dấu gạch nối liền nhau",
    r"Comment not terminated.*": "chú thích chưa được đóng",
    # OpenSSL và mạng
    r"self[- ]signed certificate in certificate chain": (
        "chứng thư của máy chủ không do tổ chức được tin cậy cấp"
    ),
    r"self[- ]signed certificate": "chứng thư của máy chủ tự ký",
    r"unable to get (?:local )?issuer certificate": (
        "thiếu chứng thư của tổ chức đã cấp chứng thư cho máy chủ"
    ),
    r"certificate has expired": "chứng thư đã hết hạn",
    r"certificate is not yet valid": "chứng thư chưa có hiệu lực",
    r"(?:Hostname|IP address) mismatch, certificate is not valid for '(.+?)'\.?": (
        r"chứng thư của máy chủ không cấp cho \1"
    ),
    r"(?:wrong version number|record layer failure|unknown protocol)": (
        "máy chủ không dùng TLS tại cổng này"
    ),
    r"\S* ?alert (?:handshake failure|certificate required)": "máy chủ từ chối kết nối TLS",
    r"Name or service not known|nodename nor servname provided.*|No address associated.*": (
        "không tìm thấy tên máy chủ"
    ),
    r"Temporary failure in name resolution": "chưa tra được tên máy chủ",
    r"Remote end closed connection without response": "máy chủ ngắt kết nối mà không trả lời",
    r"(?:Connection |Read )?timed out\.?|The read operation timed out": "quá thời gian chờ",
    # SQLite
    r"database or disk is full": "hết dung lượng đĩa",
    r"database is locked": "cơ sở dữ liệu đang có tiến trình khác giữ",
    r"disk I/O error": "lỗi đọc ghi đĩa",
    r"unable to open database file": "không mở được cơ sở dữ liệu",
    r"attempt to write a readonly database": "cơ sở dữ liệu chỉ cho đọc",
    r"database disk image is malformed": "cơ sở dữ liệu bị hỏng",
    r"file is not a database": "tệp này không phải cơ sở dữ liệu",
    # Đường dẫn chứng thư
    rf"no revocation information could be found for {_CERTIFICATE} (.+)": (
        r"không có dữ liệu thu hồi cho \1 (\2)"
    ),
    rf"{_CERTIFICATE} expired (\S+ \S+)": r"\1 hết hạn từ \2",
    rf"{_CERTIFICATE} is not valid until (\S+ \S+)": r"\1 có hiệu lực từ \2",
    rf"the signature of {_CERTIFICATE} could not be verified": r"chữ ký trên \1 không đúng",
    rf"{_CERTIFICATE} issuer name could not be matched": r"tên nơi cấp \1 không khớp",
    rf"{_CERTIFICATE} is not a CA": r"\1 không phải của tổ chức chứng thực",
    rf"{_CERTIFICATE} is not allowed to sign certificates": (
        r"\1 không được dùng để cấp chứng thư khác"
    ),
    r"it exceeds the maximum path length": "đường dẫn dài hơn mức cho phép",
    r"end-entity certificate": "chứng thư của người ký",
    r"intermediate certificate (\d+)": r"chứng thư trung gian số \1",
    # Lý do thu hồi
    r"an unspecified reason": "không nêu lý do",
    r"a compromised key": "khóa bị lộ",
    r"the CA being compromised": "khóa của tổ chức chứng thực bị lộ",
    r"an affiliation change": "thay đổi thông tin cơ quan",
    r"certificate supersession": "đã thay bằng chứng thư khác",
    r"a cessation of operation": "ngừng sử dụng",
    r"a certificate hold": "tạm dừng",
    r"privilege withdrawl": "rút quyền",
}


def foreign_in_vietnamese(words: str) -> str:
    """The same in Vietnamese; as it is where nobody translated it.

    Args:
        words: of another program, or a value.
    """
    if words in SYSTEM:
        return SYSTEM[words]
    tls = _TLS.fullmatch(words)
    said = tls[1] if tls else words.removeprefix(_PATH)
    for pattern, vietnamese in _patterns():
        if found := pattern.fullmatch(said):
            return filled(found, vietnamese)
    return words


def filled(found: re.Match[str], words: str) -> str:
    r"""Words with what was found in their places, which may be words of another program.

    Args:
        found: by a pattern.
        words: with ``\1`` and so on for its groups.
    """
    return re.sub(r"\\(\d)", lambda at: foreign_in_vietnamese(found[int(at[1])] or ""), words)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in _WORDS.items())
