"""Books, indicators and overdue lists in words: English, with the Vietnamese of each."""

from __future__ import annotations

from typing import Final

from docexchange.cli._words import language

__all__ = ["book_words", "series_words"]

_WORDS: Final = {
    # books
    "outgoing": "văn bản đi",
    "incoming": "văn bản đến",
    "Book of outgoing documents": "Sổ đăng ký văn bản đi",
    "Book of incoming documents": "Sổ đăng ký văn bản đến",
    "the book is empty": "sổ chưa có văn bản nào",
    "reserved": "đã cấp số, chưa có văn bản",
    "on paper": "văn bản giấy",
    "refused": "từ chối tiếp nhận",
    "the same number, notation and issuer": "trùng số, ký hiệu, nơi ban hành",
    "the same document id": "trùng mã văn bản",
    "no number": "không cấp số",
    # overdue
    "nothing is overdue": "không có việc nào quá hạn",
    "send": "đã cấp số, chưa gửi văn bản",
    "acknowledge": "chưa báo tiếp nhận cho nơi gửi",
    "answer": "quá hạn trả lời",
    "receipt-awaited": "nơi nhận chưa báo tiếp nhận",
    "answer-awaited": "nơi nhận chưa trả lời, quá hạn",
    "since": "từ",
    # indicators
    "Indicators": "Chỉ tiêu",
    "no documents": "không có văn bản nào",
    "all": "tất cả",
    "agency": "cơ quan",
    "tier": "cấp",
    "superior": "cơ quan cấp trên trực tiếp",
    "province": "tỉnh",
    "month": "tháng",
    "quarter": "quý",
    "year": "năm",
    "direction": "chiều",
    "documents": "số văn bản",
    "reasons of refusal": "lý do từ chối",
    "electronic": "gửi nhận điện tử",
    "paperless": "không kèm bản giấy",
    "signed": "có chữ ký số hợp lệ",
    "signed_by_leader": "chữ ký số của lãnh đạo",
    "signed_by_agency": "chữ ký số của cơ quan",
    "signed_by_both": "đủ hai chữ ký số",
    "on_time": "gửi đúng hạn",
    "acknowledged": "báo tiếp nhận trong ngày",
    "answered": "trả lời đúng hạn",
    "recalled": "thu hồi",
}

_SERIES: Final = {"general": "chung", "legal": "quy phạm pháp luật", "arrival": "đến"}
"""The series that every agency has; others have the names that it gave them."""


def book_words(english: str) -> str:
    """Words of these commands in the language asked for; names of measures without underscores."""
    vietnamese = _WORDS[english]
    return vietnamese if language() == "vi" else english.replace("_", " ")


def series_words(series: str) -> str:
    """The name of a series of numbers in the language asked for."""
    return _SERIES.get(series, series) if language() == "vi" else series
