"""The words of the answers, in English and Vietnamese."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from docexchange.clock import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = [
    "advice_on",
    "language",
    "message_on",
    "moment_words",
    "reason_of",
    "say",
    "speak",
    "usage_words",
    "verdict_words",
]

_LANGUAGE: Final = ContextVar("language", default="en")

_VERDICTS: Final = {
    "TOTAL-PASSED": {"en": "genuine", "vi": "chữ ký hợp lệ"},
    "INDETERMINATE": {"en": "cannot be decided", "vi": "chưa xác định được"},
    "TOTAL-FAILED": {"en": "not genuine", "vi": "chữ ký không hợp lệ"},
}

_WORDS: Final = {
    "Published at:": "Nơi công bố:",
    # node doctor
    "configuration": "cấu hình",
    "key": "khóa ký",
    "server": "chứng thư máy chủ",
    "link": "đường truyền",
    "directory": "danh bạ cơ quan",
    "snapshot": "danh bạ đã ký",
    "store": "kho lưu",
    "queue": "hàng đợi",
    "disk": "ổ đĩa",
    "mailbox": "hộp thư",
    "peer": "nút lân cận",
    "clock": "đồng hồ",
    # verify
    "Signer": "Người ký",
    "Agency": "Cơ quan",
    "Signed at (claimed)": "Thời điểm ký (theo người ký)",
    "Certificate": "Chứng thư số",
    "Covers": "Phạm vi ký",
    "Not covered": "Không được ký",
    "Advice": "Hướng dẫn",
    "Findings": "Lưu ý về định dạng",
    "Note": "Lưu ý",
    "changed": "đã bị sửa",
    "from": "nơi gửi",
    "as of": "xét tại",
    "revocation not checked": "không kiểm tra thu hồi chứng thư",
    "the signer is not shown to belong to the sender": "chưa rõ người ký thuộc nơi gửi",
    "Signature": "Chữ ký",
    "Issuer": "Cơ quan cấp chứng thư",
    "MessageHeader": "thông tin văn bản (MessageHeader)",
    "Bussiness": "nghiệp vụ (Bussiness)",
    "edXMLBody": "danh mục tệp (edXMLBody)",
    "SignedProperties": "thuộc tính chữ ký (SignedProperties)",
    "UnsignedProperties": "thuộc tính không ký (UnsignedProperties)",
    "attachment": "tệp đính kèm",
    "ok": "đạt",
    "NO": "KHÔNG",
    "form": "dạng chữ ký",
    "certificate": "chứng thư số",
    "algorithms": "thuật toán",
    "signature value": "giá trị chữ ký",
    "coverage": "phạm vi ký",
    "digests": "giá trị băm",
    "policy": "chính sách ký",
    "timestamps": "dấu thời gian",
    "trust": "đường dẫn tin cậy",
    "long-term material": "dữ liệu kiểm tra dài hạn",
    "countersigned signature": "chữ ký được xác nhận",
    "Counter-signature": "Chữ ký xác nhận",
    "Signature policy": "Chính sách ký",
    "Timestamp": "Dấu thời gian",
    "not counted": "không được tính",
    "Checked at": "Kiểm tra lúc",
    "Level": "Mức chữ ký",
    "Algorithm": "Thuật toán ký",
    "with": "với",
    "Existed at": "Có từ trước",
    "proved by timestamp": "chứng minh bằng dấu thời gian",
    "proved by timestamp over the document": "chứng minh bằng dấu thời gian trên tệp",
    "nothing proves that it is older than this check": "chưa chứng minh được sớm hơn",
    "Certificate path": "Đường dẫn chứng thư",
    "Not revoked by": "Chưa bị thu hồi theo",
    "delta revocation list": "danh sách thu hồi bổ sung",
    "OCSP answer": "trả lời OCSP",
    "bytes": "byte",
    "a choice out of it": "chỉ một phần được chọn",
    "the whole document": "toàn bộ tệp",
    "trace headers, which nobody signs": "thông tin đường đi, không ai ký",
    "no edXML letter; -v shows what is signed": "không phải edXML; dùng -v xem phần được ký",
    "no edXML letter; not all of it is signed, -v shows what is": (
        "không phải edXML; có phần không được ký, dùng -v xem phần được ký"
    ),
    "signature of another form": "chữ ký theo dạng khác",
    "by the roots in": "theo chứng thư gốc trong",
    "second opinion": "ý kiến thứ hai (signxml)",
    "files": "tệp",
    "interrupted": "đã dừng theo yêu cầu",
    "internal error": "lỗi bên trong",
    "This is a fault of docexchange; run again with --debug and report it.": (
        "Đây là lỗi của docexchange; chạy lại với --debug rồi báo lỗi."
    ),
    "the letter cannot be composed": "không soạn được văn bản",
    "the message cannot be sent": "không gửi được thông điệp này",
    "the document cannot be sent": "không gửi được văn bản này",
    "faults": "lỗi",
    "unreadable": "không đọc được",
    "left out, no .edxml, .xml or .pdf files": "bỏ qua, không phải tệp .edxml, .xml hay .pdf",
    # PDF
    "of": "trên",
    "Over the document": "Trên toàn bộ tệp",
    "changes after signing": "sửa đổi sau khi ký",
    "signed": "đã ký",
    "not signed": "không có chữ ký số",
    "not checked": "chưa kiểm tra",
    "Changed after signing": "Sửa đổi sau khi ký",
    "whole file": "toàn bộ tệp",
    "whole revision": "toàn bộ phiên bản tại lúc ký",
    "less": "một phần",
    "timestamps only": "chỉ dấu thời gian",
    "form filling": "ký thêm hoặc điền biểu mẫu",
    "annotations": "chú thích",
    "other": "sửa đổi khác",
    "Permits": "Cho phép sửa",
    "no changes": "không được sửa",
    # sign
    "left out: signed already": "bỏ qua: đã ký rồi",
    "sender": "nơi gửi",
    "leader": "lãnh đạo",
    "agency": "cơ quan",
    # inspect
    "From": "Nơi gửi",
    "To": "Nơi nhận",
    "Number": "Số, ký hiệu",
    "Type": "Loại văn bản",
    "Subject": "Trích yếu",
    "Content": "Nội dung",
    "Date": "Ngày ban hành",
    "Signed by": "Người ký",
    "Due": "Hạn trả lời",
    "Priority": "Độ khẩn",
    "Copies": "Số bản",
    "Pages": "Số trang",
    "Appendixes": "Phụ lục",
    "Sphere": "Lĩnh vực",
    "Places": "Nơi nhận (trên văn bản)",
    "Purpose": "Nghiệp vụ",
    "Paper": "Bản giấy",
    "yes": "có",
    "no": "không",
    "Attachments": "Tệp đính kèm",
    "Answers": "Trả lời văn bản",
    "About": "Về văn bản",
    "Message": "Mã thông điệp",
    "Document": "Mã văn bản",
    "Earlier document": "Văn bản trước",
    "Takes back": "Thu hồi văn bản",
    "Changes": "Cập nhật văn bản",
    "held by": "nơi giữ:",
    "or": "hoặc",
    "Answer with": "Trả lời bằng trạng thái",
    "Superior": "Cơ quan chủ quản",
    "Typed by": "Người soạn",
    "Task codes": "Mã nhiệm vụ",
    "on behalf of": "thay mặt",
    "in place of the superior": "ký thay cấp trưởng",
    "by order": "thừa lệnh",
    "by delegation": "thừa ủy quyền",
    "acting": "quyền cấp trưởng",
    "zip: inside is": "zip: bên trong là",
    "zip: not opened, it holds too much": "zip: không mở, dung lượng bên trong quá lớn",
    "Document changed": "Sửa nội dung văn bản",
    "Receiver removed": "Bỏ nơi nhận",
    "Receiver added": "Thêm nơi nhận",
    "Receiver changed": "Đổi nơi nhận",
    "Replaces": "Thay thế văn bản",
    "Passed": "Đã qua",
    "Status": "Trạng thái",
    "Reported at": "Thời điểm báo",
    "Handled by": "Người xử lý",
    "Description": "Nội dung",
    "Signatures": "Chữ ký số",
    "none": "không có",
    "unknown": "không rõ",
    "claims to be by": "tự ghi là của",
    "not verified; use `docexchange verify`": "chưa kiểm tra; dùng `docexchange verify`",
    "not signed, anybody may have added them": "không được ký, ai cũng có thể ghi thêm",
    "a placeholder that proves nothing": "phần giữ chỗ, không có giá trị",
    "new document": "văn bản mới",
    "recall": "thu hồi",
    "update": "cập nhật",
    "replacement": "thay thế",
    # validate
    "error": "lỗi",
    "warning": "cảnh báo",
    "line": "dòng",
    "no findings": "không có lỗi",
    "see `docexchange validate`": "xem `docexchange validate`",
    "without a name": "không có tên",
    "not in the manifest, do not use": "không có trong danh mục, không sử dụng",
    # diff
    "no difference": "không có khác biệt",
    "added": "thêm",
    "removed": "bỏ",
    "renamed": "đổi tên",
    "other octets": "nội dung tệp khác",
    "other order": "thứ tự khác",
    "characters": "ký tự",
    "Kind of message": "Loại thông điệp",
    "Receivers changed": "Sửa danh sách nơi nhận",
    "Steering": "Loại chỉ đạo",
    "code": "mã",
    "name": "tên",
    "superior": "cơ quan chủ quản",
    "address": "địa chỉ",
    "telephone": "điện thoại",
    "date": "ngày",
    "number": "số",
    "number in the list": "số trong danh mục",
    "what is done": "cách xử lý",
    "department": "đơn vị",
    "kind of file": "loại tệp",
    "description": "mô tả",
    "Number alone": "Số",
    "Notation": "Ký hiệu",
    "Place of issue": "Nơi ban hành",
    "Position": "Chức vụ",
    "Competence": "Quyền hạn",
    "Reason": "Lý do",
    "Attachment": "Tệp đính kèm",
    "Digital signature": "Chữ ký số",
    "Namespace": "Không gian tên (namespace)",
    "Prefix": "Tiền tố (prefix)",
    "Wrapping": "Lớp bọc ngoài",
    "Finding": "Lỗi định dạng",
    "Unknown element": "Phần tử lạ",
    "XML attribute": "Thuộc tính XML",
    "document": "văn bản",
    "status": "thông báo trạng thái",
    # sign
    "findings about the form of the letter; `docexchange validate` lists them": (
        "lưu ý về định dạng; xem `docexchange validate`"
    ),
    # extract
    "not verified": "chưa kiểm tra chữ ký",
    # trust
    "revocation list": "danh sách thu hồi",
    "issued": "lập",
    "next due": "danh sách kế tiếp",
    "days left": "ngày còn lại",
    "nothing is trusted yet": "chưa tin cậy tổ chức nào",
    # schema
    "letters and status messages, as XSD 1.0": "văn bản và trạng thái, dạng XSD 1.0",
    "a message in JSON, as JSON Schema": "thông điệp ở dạng JSON, theo JSON Schema",
    "what the command answers with --json": "kết quả --json của lệnh",
    "left as the archive it is": "để nguyên dạng tệp nén",
    # testserver
    "control API": "API điều khiển",
    "your system": "hệ thống của bạn",
    "sends to": "gửi tới",
    "takes letters at": "nhận văn bản tại",
    "root": "chứng thư gốc",
    "agencies": "các cơ quan",
    "authorities": "dịch vụ chứng thực",
    "stop with Ctrl-C": "dừng bằng Ctrl-C",
    # pki
    "a throw-away PKI; never sign a real document with it": (
        "PKI dùng để thử; không ký văn bản thật bằng các khóa này"
    ),
    "root certificate and revocation lists, for --trust": (
        "chứng thư gốc và danh sách thu hồi, cho --trust"
    ),
    "certificates that must be refused: expired, revoked, a stranger's": (
        "chứng thư phải bị từ chối: hết hạn, bị thu hồi, của người lạ"
    ),
    "the authorities' own keys": "khóa của các tổ chức chứng thực",
    "the agencies and their certificates, for --directory": (
        "các cơ quan và chứng thư của họ, cho --directory"
    ),
    "the password of the .p12 files, for --password-file": (
        "mật khẩu của các tệp .p12, cho --password-file"
    ),
}


def speak(chosen: str) -> None:
    """Choose the language of everything printed from now on: ``en`` or ``vi``."""
    _LANGUAGE.set(chosen)


def language() -> str:
    """The language asked for: ``en`` or ``vi``."""
    return _LANGUAGE.get()


def say(word: str) -> str:
    """A word in the language asked for; in English where there is no other."""
    return _WORDS.get(word, word) if language() == "vi" else word


def verdict_words(indication: str) -> str:
    """A verdict in words."""
    return _VERDICTS[indication][language()]


def moment_words(at: datetime) -> str:
    """A moment as clocks in Vietnam show it."""
    try:
        return f"{at.astimezone(VIETNAM):%Y-%m-%d %H:%M:%S} +07:00"
    except OverflowError:  # somebody claims a time at the end of the calendar
        return at.isoformat()


def advice_on(code: str, english: str) -> str:
    """Advice in the language asked for.

    Args:
        code: what it is about.
        english: the advice as the error gives it; kept where there is no other.
    """
    if language() == "en":
        return english
    from docexchange.cli._vietnamese import ADVICE

    told, (_, mark, addresses) = _longest(ADVICE, code), english.partition("Published at:")
    return f"{told} {say(mark)}{addresses}" if told and mark else told or english


def message_on(english: str) -> str:
    """A message in the language asked for; in English where not all of it has words.

    Args:
        english: ``expected …, found …``.
    """
    if language() == "en":
        return english
    from docexchange.cli._vietnamese_halves import in_vietnamese

    return in_vietnamese(english) or english


def usage_words(english: str) -> str:
    """What click says of a command line, in the language asked for."""
    if language() == "en":
        return english
    from docexchange.cli._vietnamese_usage import usage_in_vietnamese

    return usage_in_vietnamese(english)


def reason_of(code: str, english: str) -> str:
    """A reason in the language asked for, with the exact one behind it.

    Args:
        code: what it is about.
        english: what was expected and found; never left out.
    """
    if language() == "en":
        return english
    from docexchange.cli._vietnamese import REASONS

    words, exact = _longest(REASONS, code), message_on(english)
    return f"{words} ({exact})" if words else exact


def _longest(table: Mapping[str, str], code: str) -> str:
    """The entry for a code, or for the part of it before the last dots."""
    while code and code not in table:
        code = code.rpartition(".")[0]
    return table.get(code, "")
