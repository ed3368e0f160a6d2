"""Advice in Vietnamese, by code, about the command line, nodes, keys and trials.

See ``_vietnamese``, which has the rest.
"""

from __future__ import annotations

from typing import Final

__all__ = ["ADVICE"]

_MISTAKE: Final = "Đây là lỗi của chương trình gọi."
_AGAIN: Final = "Chuẩn bị lại để ký."

ADVICE: Final = {
    # Dòng lệnh
    "process.ended": "Hệ thống dừng tiến trình khi hết bộ nhớ: thử lại với --jobs 1. "
    "Những tệp chưa in kết quả là chưa được xem.",
    "usage.empty": "Ghi giá trị, hoặc bỏ tùy chọn; có phải một biến của script chưa đặt?",
    "usage.head": "Ghi đủ, như `docexchange audit head` hoặc bản sao lưu đã in ra.",
    "usage.allow-network": "Không có --online thì không tải gì về.",
    "usage.out-folder": "Nêu thư mục bằng -o; chưa có thì sẽ được tạo.",
    "usage.same-name": "Ký từng văn bản một.",
    "identifier.organ-id": "Tra mã trong danh bạ cơ quan.",
    "letter.empty": "`docexchange compose --example` in ra một tệp mẫu.",
    "extract.unknown-name": "`docexchange inspect` liệt kê các tệp đính kèm.",
    "json": "`docexchange schema message` in ra dạng JSON của thông điệp.",
    "builder.set-twice": "Dùng một builder mới.",
    # Nút, giao nhận
    "shipment.not-for-us": "Đưa đĩa cho cơ quan nhận ghi trên đó.",
    "shipment.malformed": "Đề nghị nơi đóng gói làm lại.",
    "delivery.conflicting-duplicate": "Mỗi văn bản mới phải có mã riêng.",
    "delivery.record": _MISTAKE,
    "delivery.payload-name": _MISTAKE,
    "delivery": "`docexchange delivery list` liệt kê các lượt gửi.",
    "handover.application": "Sửa phần mềm nhận văn bản; văn bản sẽ được giao lại.",
    "handover.no-reason": "Nêu điều chưa đúng của văn bản để nơi gửi sửa.",
    "status.by-sender": "Trạng thái này chỉ nơi gửi văn bản mới báo.",
    "status.closed-agency": (
        "Cơ quan kế thừa báo thay: docexchange status MESSAGE --node HEIR --report CODE "
        "--inherited-from thư mục này."
    ),
    "status.own-copy": ("Báo việc xử lý bản của cơ quan này: bỏ tùy chọn --inherited-from."),
    "output.not-text": "Đổi tên tệp hoặc thư mục đó.",
    "transport.unknown-host": (
        "Đối chiếu địa chỉ (endpoint) trong danh bạ và xem máy này có tra được tên miền (DNS) "
        "không."
    ),
    "http.which-recipient": "Văn bản có nhiều nơi nhận: nêu nơi nhận của bản này.",
    "lifecycle.naive-time": "Thời điểm không ghi múi giờ là giờ Việt Nam, +07:00.",
    "tracing.extra": "Cài đặt: pip install 'docexchange[tracing]'.",
    "metrics.extra": "Cài đặt: pip install 'docexchange[metrics]'.",
    # Khóa, ký
    "key.extra": "Cài đặt: pip install 'docexchange[pkcs11]'.",
    "key.incomplete": (
        "Cung cấp cả khóa bí mật và chứng thư số của khóa: một tệp .p12, hoặc --key và --cert; "
        "trong thiết bị cũng phải có chứng thư số."
    ),
    "key.size": "Kiểm tra đã chọn đúng tệp chưa.",
    "key.no-module": (
        "Cài phần mềm của nhà cung cấp thiết bị; nêu thư viện bằng ?module-path=... hoặc "
        "PKCS11_MODULE."
    ),
    "key.no-token": "Cắm thiết bị; nêu thiết bị bằng token= hoặc serial= trong URI.",
    "key.no-key": "Nêu khóa bằng object= hoặc id= trong URI.",
    "key.ambiguous": "Nêu rõ bằng token=, serial=, object= hoặc id= trong URI.",
    "key.pin": (
        "Hỏi người giữ thiết bị và nêu tệp chứa mã PIN bằng --pin-file; không thử đoán, thiết bị "
        "sẽ tự khóa."
    ),
    "key.token-failed": "Rút ra, cắm lại thiết bị; xem thiết bị có dùng được thuật toán đó không.",
    "key.uri": "Viết pkcs11:token=NHÃN;object=KHÓA?module-path=THƯ-VIỆN.",
    "envelope.pdf": (
        "`docexchange verify` kiểm tra chữ ký trong tệp PDF; `docexchange compose` lập văn bản "
        "có tệp kèm theo."
    ),
    "output.node-exists": ("Nêu thư mục khác; ở đó đã có nút, xem bằng `docexchange node doctor`."),
    "configuration.not-found": "Nêu thư mục của nút, nơi có tệp node.toml, bằng --node.",
    "limit.small-file": "Kiểm tra đã chọn đúng tệp chưa.",
    "key.unreadable": "Cung cấp đúng tệp: chứng thư số, không phải khóa bí mật.",
    "prepared.value": "Dùng đúng khóa đó ký nội dung (hoặc giá trị băm) theo thuật toán đã nêu.",
    "prepared.other-letter": _AGAIN,
    "prepared.malformed": _AGAIN,
    # Mô phỏng, PKI để thử
    "simulator.tiers": "Ví dụ: tiers=(1, 3, 9, 27).",
    "simulator.parts": "Chạy trong một tiến trình.",
    "simulator.place": "Cấp đếm từ 1, cơ quan trong một cấp đếm từ 0.",
    "simulator.agency": "Lấy từ mạng: network.agency(tier=4, n=0).",
    "simulator.closed": "Đọc văn bản và tệp đính kèm trước khi đóng mạng.",
    "simulator.fault-kind": "Ví dụ: Fault(FaultKind.LOSS, chance=0.3).",
    "simulator.fault": "Khai tổ chức cấp dấu thời gian: Setting(new_tsa=…).",
    "testing.agency": "Nêu cơ quan bằng tên thư mục hoặc bằng mã.",
    "testing.revocation": "Đề nghị tổ chức đã cấp.",
    "testing.time": "Ghi datetime(..., tzinfo=UTC).",
    "testing.folder": "Nêu thư mục chưa có, hoặc bỏ thư mục cũ trước.",
    "testing.key": "p256 nhanh hơn; rsa2048 giống thực tế hơn.",
    "stand-in.link": "Các trạng thái và giá trị được mô tả tại /v1/openapi.json.",
    "stand-in.unknown-link": "Đường truyền nối một cơ quan với cấp trên, theo cả hai chiều.",
    "stand-in.down": "Đặt lại trạng thái là up trước.",
    "stand-in.neighbour": "Nút lân cận là cấp trên và các cơ quan trực thuộc.",
    "stand-in.yours": "Hỏi hệ thống đang thử; ở đây chỉ thay được chứng thư số của hệ thống đó.",
    "stand-in.unknown-agency": "Kiểm tra mã hoặc tên cơ quan.",
}
"""What to do about it."""
