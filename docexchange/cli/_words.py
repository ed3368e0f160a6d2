"""The words of the answers, in English and Vietnamese."""

from __future__ import annotations

from typing import Final

import click

__all__ = ["language", "say", "verdict_words"]

_VERDICTS: Final = {
    "TOTAL-PASSED": {"en": "genuine", "vi": "chữ ký hợp lệ"},
    "INDETERMINATE": {"en": "cannot be decided", "vi": "chưa xác định được"},
    "TOTAL-FAILED": {"en": "not genuine", "vi": "chữ ký không hợp lệ"},
}

_WORDS: Final = {
    "Signer": "Người ký",
    "Agency": "Cơ quan",
    "Role": "Vai trò",
    "Signed at (claimed)": "Thời điểm ký (theo người ký)",
    "Judged as of": "Xét tại thời điểm",
    "Certificate": "Chứng thư số",
    "Covers": "Phạm vi ký",
    "Not covered": "Không được ký",
    "Steps": "Các bước kiểm tra",
    "Reason": "Lý do",
    "Advice": "Hướng dẫn",
    "Findings": "Lưu ý về định dạng",
    "changed": "đã bị sửa",
    "From": "Nơi gửi",
    "To": "Nơi nhận",
    "Number": "Số, ký hiệu",
    "Type": "Loại văn bản",
    "Subject": "Trích yếu",
    "Date": "Ngày ban hành",
    "Signed by": "Người ký",
    "Due": "Hạn trả lời",
    "Priority": "Độ khẩn",
    "Attachments": "Tệp đính kèm",
    "Answers": "Trả lời văn bản",
    "Message": "Mã thông điệp",
    "Document": "Mã văn bản",
    "Passed": "Đã qua",
    "Status": "Trạng thái",
    "Description": "Nội dung",
    "Signatures": "Chữ ký số",
    "none": "không có",
    "not verified; use `docexchange verify`": "chưa kiểm tra; dùng `docexchange verify`",
}


def language() -> str:
    """The language asked for: ``en`` or ``vi``."""
    context = click.get_current_context(silent=True)
    found = (context.find_root().obj or {}) if context else {}
    return str(found.get("lang", "en"))


def say(word: str) -> str:
    """A word in the language asked for; in English where there is no other."""
    return _WORDS.get(word, word) if language() == "vi" else word


def verdict_words(indication: str) -> str:
    """A verdict in words."""
    return _VERDICTS[indication][language()]
