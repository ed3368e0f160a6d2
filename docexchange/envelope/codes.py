"""The code lists of the wire format: closed sets as enums, each value spelled as on the wire.

Sources: QCVN 102:2016/BTTTT with Amendment 1:2022, and the official samples.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum

__all__ = ["BusinessKind", "Priority", "ReceiverType", "StatusCode", "SteeringType"]


class Priority(IntEnum):
    """How urgent a document is (``OtherInfo/Priority``)."""

    NORMAL = 0
    URGENT = 1
    VERY_URGENT = 2
    EXPRESS = 3
    EXPRESS_TIMED = 4

    @property
    def vietnamese(self) -> str:
        """The word on the document."""
        return ("thường", "khẩn", "thượng khẩn", "hỏa tốc", "hỏa tốc hẹn giờ")[self]

    @property
    def english(self) -> str:
        """The same in English."""
        return ("normal", "urgent", "very urgent", "express", "express at a set time")[self]


class SteeringType(IntEnum):
    """Whether a document steers others. Sources disagree on the meaning of 1 to 3; all are read."""

    NONE = 0
    STEERING = 1
    REPORT = 2
    OTHER = 3


class BusinessKind(IntEnum):
    """What a document message does (``BussinessDocType``)."""

    NEW = 0
    RECALL = 1
    UPDATE = 2
    REPLACE = 3


class ReceiverType(IntEnum):
    """What an update does to a receiver (``Receiver/ReceiverType``)."""

    REMOVED = 0
    ADDED = 1


_STATUS_WORDS = {
    "01": ("đã đến", "arrived"),
    "02": ("từ chối tiếp nhận", "refused"),
    "03": ("đã tiếp nhận", "entered in the incoming book"),
    "04": ("phân công", "assigned"),
    "05": ("đang xử lý", "in processing"),
    "06": ("hoàn thành", "finished"),
    "13": ("lấy lại", "asked back by the sender"),
    "15": ("đồng ý cập nhật/lấy lại", "change or recall accepted"),
    "16": ("từ chối cập nhật/lấy lại", "change or recall refused"),
}


class StatusCode(StrEnum):
    """Business status of a document (``StatusCode``): two digits, as text."""

    ARRIVED = "01"
    REFUSED = "02"
    RECEIVED = "03"
    ASSIGNED = "04"
    IN_PROCESSING = "05"
    FINISHED = "06"
    ASKED_BACK = "13"
    CHANGE_ACCEPTED = "15"
    CHANGE_REFUSED = "16"

    @property
    def vietnamese(self) -> str:
        """The words a clerk knows it by."""
        return _STATUS_WORDS[self][0]

    @property
    def english(self) -> str:
        """The same in English."""
        return _STATUS_WORDS[self][1]

    @property
    def by_sender(self) -> bool:
        """Whether the document's sender reports it; all others come from the receiver."""
        return self is StatusCode.ASKED_BACK
