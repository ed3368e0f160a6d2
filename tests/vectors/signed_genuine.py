"""Vectors that pass, so that a reader cannot refuse everything; and parts moved between letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from letters import HUB
from signing_help import Forgery
from vectors import signed_bases as base
from vectors.signed_vector import MISSING, fails, passes

from docexchange.envelope import Envelope
from docexchange.signing import SubIndication

if TYPE_CHECKING:
    from vectors.signed_vector import SignedVector

_PROFILE: Final = "profile of this library; EN 319 132-1"
_UNSIGNED: Final = "//xades:UnsignedSignatureProperties"


def _over_a_hub() -> bytes:
    return b"".join(Envelope.from_bytes(base.small()).with_trace(HUB).chunks())


def _moved(source: bytes, target: bytes) -> bytes:
    """A letter with the unsigned properties of another."""
    other, forgery = Forgery(source), Forgery(target)
    theirs, ours = other.one(_UNSIGNED), forgery.one(_UNSIGNED)
    ours.getparent().replace(ours, theirs)
    return forgery.bytes()


_NO_TIME: Final = (SubIndication.SIG_CONSTRAINTS_FAILURE, "signature.no-timestamp")
_ROLE: Final = (SubIndication.SIG_CONSTRAINTS_FAILURE, "signature.role-missing")
GENUINE: Final[tuple[SignedVector, ...]] = (
    passes(
        "genuine/letter",
        base.plain(),
        "A letter with two attachments.",
        "Văn bản có hai tệp đính kèm.",
        _PROFILE,
    ),
    passes("genuine/status", base.small(), "A status message.", "Thông điệp trạng thái.", _PROFILE),
    passes(
        "genuine/over-a-hub",
        _over_a_hub(),
        "A hub has put a trace header in.",
        "Trục đã thêm phần theo dõi.",
        _PROFILE,
    ),
    passes(
        "genuine/timestamp",
        base.stamped(),
        "With a timestamp, which is asked for.",
        "Có dấu thời gian theo yêu cầu.",
        "EN 319 132-1, clause 5.3",
        policy="timestamp",
    ),
    passes(
        "genuine/counter-signature",
        base.confirmed(),
        "The leader has countersigned the agency's signature.",
        "Lãnh đạo ký xác nhận lên chữ ký của cơ quan.",
        "EN 319 132-1, clause 5.2.7",
    ),
    passes(
        "genuine/exponent-three",
        base.under(base.issued(by="three")),
        "A public exponent of 3; the value is made with the private key.",
        "Số mũ công khai bằng 3; giá trị được tạo bằng khóa bí mật.",
        "RFC 8017, clause 3.1",
    ),
    passes(
        "genuine/enveloped",
        base.foreign(),
        "The whole letter in an enveloped signature, for auditors.",
        "Toàn văn bản trong chữ ký dạng enveloped, cho kiểm tra viên.",
        "XMLDSig 1.1, clause 6.6.4",
        policy="general",
    ),
)
MOVED: Final[tuple[SignedVector, ...]] = (
    fails(
        "moved/timestamp",
        _moved(base.stamped(), base.stamped("m-2")),
        _NO_TIME,
        "The timestamp is that of another signature.",
        "Dấu thời gian của chữ ký khác.",
        "EN 319 102-1, clause 5.4",
        policy="timestamp",
    ),
    fails(
        "moved/no-timestamp",
        base.small(),
        _NO_TIME,
        "There is no timestamp where one is asked for.",
        "Không có dấu thời gian dù được yêu cầu.",
        "EN 319 132-1, clause 5.3",
        policy="timestamp",
    ),
    fails(
        "moved/counter-signature",
        _moved(base.confirmed("m-2"), base.confirmed()),
        MISSING,
        "The counter-signature is over the signature of another letter.",
        "Chữ ký xác nhận thuộc về chữ ký của văn bản khác.",
        "EN 319 132-1, clause 5.2.7",
    ),
    fails(
        "moved/role-missing",
        base.small(),
        _ROLE,
        "The signature of the leader was taken off.",
        "Chữ ký của lãnh đạo đã bị gỡ.",
        "Decree 30/2020/NĐ-CP, article 13",
        policy="roles",
    ),
)
