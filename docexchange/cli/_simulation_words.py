"""Simulations in words: English, with the Vietnamese of each."""

from __future__ import annotations

from typing import Final

from docexchange.cli._words import language

__all__ = ["simulation_words"]

_WORDS: Final = {
    "seed": "hạt giống",
    "letters": "văn bản",
    "copies arrived": "bản gửi đã đến",
    "attempts": "lần gửi",
    "lost on the way": "mất dọc đường",
    "broken promises": "cam kết bị vi phạm",
    "longest": "lâu nhất",
    "tier": "Cấp",
    "messages": "thông điệp",
    "octets": "byte",
    "queue": "chờ",
    "longest queue": "hàng chờ dài nhất",
    "Links: mean time": "Đường truyền: thời gian trung bình",
    "bar: 50 % to 90 %, thin: to 99 %, dot: the last": (
        "thanh dày: 50 % đến 90 %, mảnh: đến 99 %, chấm: cuối cùng"
    ),
    "s": "giây",
    "min": "phút",
    "h": "giờ",
    "d": "ngày",
    "under 10 s": "dưới 10 giây",
    "under 1 min": "dưới 1 phút",
    "under 10 min": "dưới 10 phút",
    "under 1 h": "dưới 1 giờ",
    "1 h and more": "từ 1 giờ trở lên",
    "few messages": "ít thông điệp",
    "most messages": "nhiều nhất",
    "loses some": "có mất mát",
    "so many agencies": "nhóm cơ quan",
    "How long letters took": "Thời gian đến nơi",
    "all": "tất cả",
    "from → to": "từ → đến",
    "copies": "bản gửi",
    "Tiers": "Các cấp",
    "Letters": "Văn bản",
    "Failed": "Không gửi được",
    "Finished after": "Xong sau",
    "hours": "giờ",
    "Carried": "Đã truyền",
    "sent again": "gửi lại",
    "Longest queues": "Hàng chờ dài nhất",
    "Promises": "Cam kết",
    "all kept": "đều được giữ",
    "broken": "bị vi phạm",
    "Expected": "Điều cần đạt",
    "at most": "không quá",
    "at least": "ít nhất",
    "found": "thực tế",
    "ok": "đạt",
    "NO": "KHÔNG",
    "all_arrive": "mọi bản gửi đều đến",
    "p50_minutes": "50 % trong số phút",
    "p90_minutes": "90 % trong số phút",
    "p99_minutes": "99 % trong số phút",
    "longest_minutes": "lâu nhất, số phút",
    "something is still under way": "vẫn còn việc chưa xong",
    "Digest": "Giá trị băm",
}


def simulation_words(english: str) -> str:
    """Words of simulations in the language asked for; names of limits without underscores."""
    vietnamese = _WORDS[english]
    return vietnamese if language() == "vi" else english.replace("_", " ")
