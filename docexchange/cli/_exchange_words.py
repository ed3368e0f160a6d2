"""What happens to letters on their way, in words: events, states, statuses and moments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from docexchange.cli._words import language
from docexchange.clock import VIETNAM
from docexchange.envelope.codes import StatusCode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["EVENTS", "STATES", "event_words", "moment", "phrase", "state_words", "status_words"]

EVENTS: Final[Mapping[str, tuple[str, str]]] = {
    "submitted": ("accepted for delivery", "nhận để gửi đi"),
    "received": ("received, verified, receipt given", "đã nhận, xác thực, cấp biên nhận"),
    "refused": ("refused, refusal given", "từ chối nhận, đã báo lại"),
    "relayed": ("queued for the next hop", "xếp hàng chuyển chặng sau"),
    "handed-over": ("handed over to the agency", "đã giao cho cơ quan nhận"),
    "handover.refused": ("refused by the agency", "cơ quan từ chối tiếp nhận"),
    "conflict": ("other bytes under this id: refused", "trùng mã, khác nội dung: từ chối"),
    "unreadable": ("not a readable letter: refused", "không đọc được: từ chối"),
    "status": ("status came in", "nhận trạng thái"),
    "status.sent": ("status sent to the sender", "gửi trạng thái cho nơi gửi"),
    "book.duplicate": ("number and notation are in the book already", "trùng số, ký hiệu trong sổ"),
    "outbound.started": ("attempt begins", "bắt đầu gửi"),
    "outbound.carried": ("bytes carried to the next hop", "đã chuyển tới chặng sau"),
    "outbound.failed": ("attempt failed, will be repeated", "gửi chưa được, sẽ gửi lại"),
    "outbound.in-doubt": (
        "all bytes were sent, the answer is missing",
        "đã gửi hết, chưa rõ nơi nhận đã nhận chưa",
    ),
    "outbound.given_up": ("given up", "ngừng gửi"),
    "outbound.receipt": ("receipt obtained", "đã có biên nhận"),
    "outbound.refusal": ("refused by the next hop", "chặng sau từ chối"),
    "outbound.receipt_overdue": ("receipt overdue, will be repeated", "quá hạn biên nhận"),
    "outbound.lifetime_over": ("too old to be sent", "quá thời hạn gửi"),
    "outbound.recovered": ("attempt recovered after a stop", "khôi phục sau khi bị dừng"),
    "outbound.resent": ("sent again on request", "gửi lại theo yêu cầu"),
    "outbound.cancelled": ("stopped on request", "dừng gửi theo yêu cầu"),
    "outbound.rerouted": ("takes another way", "chuyển sang đường khác"),
    "outbound.put_off": ("the peer is out of reach, it waits", "chưa liên lạc được, tạm hoãn"),
    "given-up": ("failed further on, refusal owed", "chặng sau không chuyển được, phải báo lại"),
    "inherited": (
        "its recipient was merged into this agency",
        "nơi nhận đã sáp nhập vào cơ quan này",
    ),
    "returned": ("whoever brought it was told", "đã báo lại cho nơi chuyển đến"),
    "taken-up": ("arrived after all, receipt given", "cuối cùng đã đến nơi, cấp lại biên nhận"),
}
"""Every event of a timeline, in English and Vietnamese."""

STATES: Final[Mapping[str, tuple[str, str]]] = {
    "queued": ("waits to be sent", "chờ gửi"),
    "sending": ("is being sent", "đang gửi"),
    "awaiting_receipt": ("carried, waits for the receipt", "đã chuyển, chờ biên nhận"),
    "retry_wait": ("failed, waits to be repeated", "gửi chưa được, chờ gửi lại"),
    "acknowledged": ("the next hop has it", "chặng sau đã nhận"),
    "rejected": ("refused by the next hop", "chặng sau từ chối"),
    "expired": ("too old, no longer sent", "quá thời hạn, ngừng gửi"),
    "dead_letter": ("given up", "ngừng gửi"),
    "returned": ("acknowledged, then given up further on", "chặng sau đã nhận nhưng trả lại"),
    "cancelled": ("stopped on request", "đã dừng theo yêu cầu"),
    "received": ("waits to be judged", "chờ xác thực"),
    "verified": ("waits to be handed over", "chờ giao"),
    "refused": ("refused", "từ chối nhận"),
    "relayed": ("passed on", "đã chuyển tiếp"),
    "returning": ("given up, whoever brought it is being told", "không chuyển được, đang báo lại"),
    "handed_over": ("handed over", "đã giao"),
}
"""Every state of a message, going out or come in, in English and Vietnamese."""

_PHRASES: Final = {
    "accepted": "đã nhận để gửi",
    "accepted before": "đã nhận để gửi từ trước",
    "Recipient": "Nơi nhận",
    "Next hop": "Chặng sau",
    "Attempts": "Số lần gửi",
    "Next step due": "Việc tiếp theo lúc",
    "Sent": "Gửi đi",
    "Came in": "Nhận về",
    "Statuses": "Trạng thái xử lý",
    "no statuses yet": "chưa có trạng thái nào",
    "reported": "đã báo",
    "reported before": "đã báo từ trước",
    "receipt": "biên nhận",
    "refusal": "từ chối",
    "signed by": "ký bởi",
    "kept by": "lưu tại",
    "time (Vietnam)": "thời gian (Việt Nam)",
    "hop": "chặng",
    "to": "tới",
    "letter": "văn bản",
    "nothing waits for that neighbour": "không có gì chờ gửi cho nơi đó",
    "parcels packed": "gói đã đóng",
    "nothing on it is for us": "không có gì gửi cho cơ quan này",
    "parcels taken": "gói đã nhận",
    "the receipts prove the whole way": "các biên nhận chứng minh trọn đường đi",
    "the receipts prove a part of the way": "các biên nhận chứng minh một phần đường đi",
    "refused on the way": "bị từ chối trên đường đi",
    "the receipts contradict": "các biên nhận mâu thuẫn",
    "Name the other nodes on the way, or copies of their folders, with --node": (
        "Dùng --node nêu thêm các nút khác trên đường đi, hoặc bản sao thư mục của các nút đó"
    ),
    "no receipts are kept": "chưa lưu biên nhận nào",
    "event": "sự kiện",
    "verdict, peer or reason": "kết quả, đối tác, lý do",
    "accepted (Vietnam)": "nhận gửi lúc (Việt Nam)",
    "message": "mã thông điệp",
    "recipient": "nơi nhận",
    "next hop": "chặng sau",
    "state": "trạng thái",
    "attempts": "số lần gửi",
    "problem": "vướng mắc",
    "waiting": "đang chờ",
    "failed": "không gửi được",
    "oldest (Vietnam)": "lâu nhất từ (Việt Nam)",
    "next try (Vietnam)": "lần gửi tới (Việt Nam)",
    "no deliveries": "không có lượt gửi nào",
    "no letters came in": "chưa có văn bản nào đến",
    "this letter carried no signature; it is signed with the key of the node": (
        "văn bản chưa được ký; ký bằng khóa của nút"
    ),
}


def phrase(english: str) -> str:
    """A phrase of these commands in the language asked for."""
    vietnamese = _PHRASES[english]
    return vietnamese if language() == "vi" else english


def event_words(event: str) -> str:
    """An event in words; its own name where it is a new one."""
    return _choose(EVENTS.get(event, (event, event)))


def state_words(state: str) -> str:
    """A state in words."""
    return _choose(STATES[state])


def status_words(code: str) -> str:
    """A business status: its number and its words."""
    known = next((item for item in StatusCode if item == code), None)
    words = _choose((known.english, known.vietnamese)) if known else ""
    return f"{code} {words}".strip()


def moment(at: datetime) -> str:
    """A moment as clocks in Vietnam show it, to the millisecond."""
    return at.astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def _choose(words: tuple[str, str]) -> str:
    return words[language() == "vi"]
