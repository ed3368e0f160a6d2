"""Reasons and advice in Vietnamese, by code; loaded when somebody asks for that language.

A code that is not here falls back to the part before its last dot, and then to English: nothing is
ever left unsaid because nobody translated it.
"""

from __future__ import annotations

from typing import Final

from docexchange.cli._vietnamese_working_advice import ADVICE as WORKING

__all__ = ["ADVICE", "REASONS"]

_COPIED: Final = "Kiểm tra đã chọn đúng tệp chưa, và tệp đã được chép đủ chưa."

REASONS: Final = {
    "signature": "chữ ký không đúng quy cách",
    "signature.none": "văn bản không có chữ ký số",
    "signature.placeholder": "chỉ có phần giữ chỗ, không phải chữ ký số",
    "signature.format": "chữ ký không đúng quy cách XAdES",
    "signature.value": "giá trị chữ ký không khớp với khóa của người ký",
    "signature.digest": "nội dung đã bị sửa sau khi ký",
    "signature.coverage": "có phần của văn bản không được ký",
    "signature.missing-part": "thiếu một phần đã được ký",
    "signature.wrong-sender": "người ký không thuộc cơ quan gửi",
    "signature.algorithm": "thuật toán ký không được chấp nhận",
    "signature.digest-algorithm": "thuật toán băm không được chấp nhận",
    "signature.key-size": "khóa ký quá yếu",
    "signature.no-certificate": "chữ ký không kèm đúng chứng thư số của người ký",
    "signature.bad-certificate": "chứng thư số kèm theo không đọc được",
    "signature.certificate-substituted": "chứng thư số đã bị thay",
    "signature.no-timestamp": "không có dấu thời gian hợp lệ chứng minh thời điểm ký",
    "signature.role-missing": "thiếu chữ ký của một vai trò bắt buộc",
    "signature.policy-unknown": "ký theo một chính sách ký không được biết",
    "signature.policy-changed": "nội dung chính sách ký khác với bản được biết",
    "signature.budget": "kiểm tra chữ ký tốn quá nhiều công sức",
    "signature.canonicalization": "dạng chuẩn của chữ ký không được chấp nhận",
    "signature.duplicate-id": "một mã định danh (Id) dùng hai lần trong tệp",
    "signature.external-reference": "chữ ký dẫn ra ngoài tệp",
    "signature.key-kind": "thuật toán ký không hợp với loại khóa",
    "signature.key-parameters": "chữ ký RSA-PSS không theo tham số mà khóa quy định",
    "signature.key-value": "khóa ghi trong chữ ký không dùng được",
    "signature.no-uri": "chữ ký không cho biết nó ký phần nào",
    "signature.second-opinion": "hai phần mềm kiểm tra trả lời khác nhau",
    "signature.too-many": "quá nhiều chữ ký",
    "signature.transform": "phép biến đổi trong chữ ký không được chấp nhận",
    "signature.whole-document": "chữ ký trên toàn bộ tệp, không theo từng phần",
    "signature.der-value": "giá trị chữ ký viết theo DER, không theo chuẩn chữ ký XML",
    "signature.value-length": "hai số của giá trị chữ ký không đúng độ dài",
    "signature.hmac-length": "giá trị HMAC bị cắt quá ngắn",
    "signature.encoding": "phần được ký không viết bằng UTF-8",
    "signature.dtd": "phần được ký có khai báo kiểu tài liệu (DTD)",
    "signature.xpath": "biểu thức XPath trong chữ ký không dùng được",
    "signature.xpointer": "cách chỉ phần được ký (XPointer) không được hỗ trợ",
    "timestamp": "dấu thời gian không dùng được",
    "timestamp.imprint": "dấu thời gian của một chữ ký khác",
    "timestamp.signature": "chữ ký trên dấu thời gian không đúng",
    "timestamp.content": "nội dung dấu thời gian đã bị sửa",
    "timestamp.no-chain": "dấu thời gian không do tổ chức được tin cậy cấp",
    "timestamp.revoked": "chứng thư số của tổ chức cấp dấu thời gian đã bị thu hồi",
    "timestamp.accuracy": "dấu thời gian không đủ chính xác",
    "timestamp.algorithm": "thuật toán của dấu thời gian không được chấp nhận",
    "timestamp.certificate": "dấu thời gian không kèm đúng chứng thư số của nơi cấp",
    "timestamp.clock": "dấu thời gian lệch quá xa đồng hồ của máy này",
    "timestamp.extension": "dấu thời gian có phần mở rộng không hiểu được",
    "timestamp.format": "dấu thời gian không đúng quy cách RFC 3161",
    "timestamp.future": "dấu thời gian ghi một thời điểm chưa tới",
    "timestamp.no-authority": "chưa nêu tổ chức cấp dấu thời gian nào",
    "timestamp.nonce": "dấu thời gian trả lời cho một yêu cầu khác",
    "timestamp.out-of-bounds": "dấu thời gian nằm ngoài thời hạn chứng thư số của nơi cấp",
    "timestamp.policy": "dấu thời gian theo một chính sách khác",
    "timestamp.refused": "tổ chức cấp dấu thời gian từ chối yêu cầu",
    "timestamp.size": "dấu thời gian quá lớn",
    "timestamp.unavailable": "không lấy được dấu thời gian",
    "timestamp.purpose": "chứng thư số không được cấp để đóng dấu thời gian",
    "certificate": "chứng thư số không dùng được",
    "certificate.path": "đường dẫn chứng thư số không hợp lệ",
    "certificate.unreadable": "chứng thư số không đọc được",
    "certificate.not-yet-valid": "chữ ký có trước khi chứng thư số có hiệu lực",
    "certificate.no-chain": "chứng thư số không do tổ chức được tin cậy cấp",
    "certificate.revoked": "chứng thư số đã bị thu hồi",
    "certificate.out-of-bounds": "chứng thư số hết hạn hoặc chưa có hiệu lực vào thời điểm xét",
    "certificate.no-revocation-information": "không có danh sách thu hồi để kiểm tra chứng thư số",
    "certificate.key-usage": "chứng thư số không được cấp để ký văn bản",
    "certificate.extended-key-usage": "chứng thư số được cấp cho mục đích khác",
    "certificate.algorithm": "thuật toán hoặc khóa của chứng thư số quá yếu vào thời điểm xét",
    "certificate.budget": "quá nhiều chứng thư số kèm theo",
    # PDF
    "pdf": "chữ ký trong tệp PDF không dùng được",
    "pdf.unsigned": "tệp PDF không có chữ ký số",
    "pdf.extra": "chưa kiểm tra chữ ký trong tệp PDF: chưa cài phần mở rộng pdf",
    "pdf.no-header": "không phải tệp PDF",
    "pdf.malformed": "tệp PDF không đọc được",
    "pdf.encrypted": "tệp PDF có mật khẩu",
    "pdf.too-hard": "tệp PDF đòi hỏi quá nhiều thời gian hoặc bộ nhớ",
    "pdf.too-many": "tệp PDF có quá nhiều chữ ký",
    "pdf.form": "dạng chữ ký PDF không được chấp nhận",
    "pdf.signature-format": "chữ ký trong tệp PDF không đọc được",
    "pdf.byte-range": "chữ ký PDF chừa ra phần khác ngoài chính nó",
    "pdf.digest": "nội dung tệp PDF đã bị sửa sau khi ký",
    "pdf.value": "giá trị chữ ký PDF không khớp với khóa của người ký",
    "pdf.changed": "tệp PDF đã bị sửa sau khi ký",
    "pdf.changes-unknown": "không rõ tệp PDF đã bị sửa những gì sau khi ký",
    "pdf.signature-hidden": "có chữ ký đã bị gỡ khỏi tệp PDF",
    "pdf.generation": "tệp PDF có đối tượng đánh số sai, không được dùng đến",
    "pdf.not-by-sender": "tệp PDF không do nơi gửi văn bản ký",
    "pdf.order-reversed": "cơ quan ký trước lãnh đạo",
    "pdf.order-unknown": "không rõ thứ tự ký của lãnh đạo và cơ quan",
    # Kho tin cậy
    "trust.no-root": "chưa có chứng thư gốc nào",
    "trust.expired": "chứng thư đã hết hạn",
    "trust.not-yet": "chứng thư chưa có hiệu lực",
    "trust.weak": "khóa hoặc thuật toán băm quá yếu",
    "trust.no-authority": "không phải chứng thư của tổ chức chứng thực",
    "trust.doubled": "có nhiều bản giống nhau",
    "trust.list-out-of-date": "danh sách thu hồi đã quá hạn",
}
"""Why a signature did not pass."""

_ASK_AGAIN: Final = "Không sử dụng; đề nghị nơi gửi gửi lại."
_NO_REPAIR: Final = "Đề nghị nơi gửi gửi lại tệp; không tự sửa."
_SIGN_AGAIN: Final = "Đề nghị nơi gửi ký lại bằng thuật toán mạnh hơn (SHA-256)."
_BOMB: Final = "Tệp nén này có thể làm đầy đĩa. Dùng --keep-zipped để lấy nguyên tệp nén."

_ORDER: Final = (
    "Theo Thông tư 41/2017/TT-BTTTT, văn thư ký bằng khóa của cơ quan sau khi lãnh đạo đã ký."
)
ADVICE: Final = {
    "snapshot": "Lấy bản mới nhất từ nơi phát hành.",
    "snapshot.form": "Lấy lại tệp; nếu vẫn vậy, báo cho nơi phát hành.",
    "snapshot.too-large": "Có thể có người gửi dữ liệu vô tận: lấy từ nơi khác.",
    "snapshot.length": "Lấy lại tệp; tệp bị cắt ngắn hoặc là tệp khác.",
    "snapshot.digest": "Lấy lại tệp; nếu vẫn vậy thì tệp đã bị sửa: báo cho nơi phát hành.",
    "snapshot.delta": "Không phải làm gì: toàn bộ danh bạ được lấy thay.",
    "snapshot.signature": "Tệp bị sửa sau khi ký: lấy lại từ nơi phát hành.",
    "snapshot.threshold": "Hỏi nơi phát hành tệp có phải của họ; chưa đủ khóa của họ ký.",
    "snapshot.key-revoked": "Lập hoặc lấy bản do khóa còn hiệu lực ký.",
    "snapshot.rollback": "Nơi này đưa bản cũ: lấy từ nơi khác, hoặc báo cho nơi phát hành.",
    "snapshot.conflict": "Hai bản cùng số: hỏi nơi phát hành bản nào đúng.",
    "snapshot.expired": "Đề nghị nơi phát hành ra bản mới.",
    "snapshot.freeze": "Nơi này không có gì mới: lấy từ nơi khác, hoặc hỏi nơi phát hành.",
    "snapshot.mixed": "Lấy lại tất cả các tệp từ một nơi, trong một lần.",
    "snapshot.clock": "Chỉnh đồng hồ máy theo máy chủ thời gian.",
    "snapshot.root": "Cho biết bản gốc khóa đầu tiên bằng --root, hoặc root trong [snapshot].",
    "snapshot.none": "Nhận một bản bằng docexchange directory update.",
    "snapshot.damaged": "Xóa hết trong thư mục trừ các tệp root, rồi nhận lại bản mới nhất.",
    "snapshot.directory": "Báo cho nơi phát hành: bản này thật nhưng không dùng được.",
    "snapshot.busy": "Chờ lần cập nhật kia xong.",
    "snapshot.key": "Nêu một khóa mà docexchange directory keys show liệt kê.",
    "snapshot.keys": "Cho mỗi vai trò ít nhất đủ số khóa khác nhau phải ký.",
    "snapshot.unreachable": "Thử lại sau, hoặc mang các tệp đến bằng ổ đĩa.",
    "usage.snapshot": "Nêu nơi lấy, hoặc ghi from trong [snapshot] của node.toml.",
    # Kiểm tra điểm kết nối
    "conformance.case": "docexchange conformance --list cho xem mọi mục kiểm tra.",
    "conformance.missing": "Nêu bằng tùy chọn, hoặc trong tệp --profile.",
    "conformance.profile": "Xem docs/how-to/check-an-endpoint.md để biết tệp này ghi những gì.",
    "conformance.url": "Nêu địa chỉ của điểm kết nối như trong danh bạ.",
    "transport.unreachable": "Kiểm tra địa chỉ, và --trust phải có chứng thư gốc của máy chủ.",
    "simulator.scenario": "Sửa kịch bản. `docexchange simulate --example` in ra một bản mẫu.",
    "system": "Kiểm tra đường dẫn, quyền truy cập và dung lượng trống.",
    # Cách dùng lệnh
    "usage.etsi": (
        "Với nhiều tệp, nêu một thư mục (ví dụ reports/); với một tệp, nêu một tệp, hoặc - khi "
        "không dùng --json."
    ),
    "usage.detached": "TÊN là điều tham chiếu ghi, ví dụ letter.pdf=files/letter.pdf.",
    "usage.policy": "Viết --policy 1.3.6.1.4.1.32473.9=policy.pdf.",
    "verify.time": "Viết datetime(..., tzinfo=UTC).",
    # Chữ ký
    "signature": f"Chữ ký không thuộc loại được chấp nhận. {_ASK_AGAIN}",
    "signature.no-timestamp": "Đề nghị nơi gửi gửi văn bản kèm dấu thời gian.",
    "signature.role-missing": (
        "Có thể một chữ ký đã bị bỏ trên đường đi. Đề nghị nơi gửi gửi bản có đủ chữ ký."
    ),
    "signature.policy-unknown": "Nêu chính sách này bằng --known-policy nếu tin cậy nó.",
    "signature.second-opinion": (
        "Không dựa vào tệp này. Báo lỗi cho một trong hai phần mềm, kèm theo tệp."
    ),
    "signature.whole-document": (
        "Đề nghị nơi gửi ký theo từng phần, vì trục liên thông còn ghi thêm vào tệp."
    ),
    "signature.none": (
        "Theo Điều 4 Quyết định 28/2018/QĐ-TTg, văn bản không có chữ ký số hợp lệ chỉ có giá trị "
        "thông tin, tham khảo."
    ),
    "signature.placeholder": "Phần này không chứng minh điều gì; coi như văn bản chưa ký.",
    "signature.value": f"Chữ ký hoặc nội dung được ký đã bị sửa. {_ASK_AGAIN}",
    "signature.digest": f"Nội dung đã bị sửa sau khi ký. {_ASK_AGAIN}",
    "signature.coverage": f"Có phần của văn bản không ai bảo đảm. {_ASK_AGAIN}",
    "signature.missing-part": "Tệp không đầy đủ; đề nghị nơi gửi gửi lại.",
    "signature.wrong-sender": "Người ký không phải cơ quan ghi ở nơi gửi; coi như giả mạo.",
    "signature.algorithm": _SIGN_AGAIN,
    "signature.no-certificate": (
        "Đề nghị nơi gửi ký lại, kèm chứng thư số của người ký trong chữ ký."
    ),
    "signature.digest-algorithm": _SIGN_AGAIN,
    "signature.key-size": "Đề nghị nơi gửi ký lại bằng khóa mạnh hơn.",
    "signature.external-reference": "Không có gì được tải về. Coi tệp này là nguy hiểm.",
    "timestamp": "Dấu thời gian này không chứng minh điều gì; đề nghị đóng dấu lại.",
    "timestamp.clock": "Chỉnh lại đồng hồ của máy này.",
    "timestamp.unavailable": "Thử lại sau, hoặc nêu tổ chức khác bằng --timestamp.",
    # Chứng thư số
    "certificate": "Đề nghị nơi gửi ký lại bằng chứng thư số dùng được cho văn bản.",
    "certificate.no-chain": (
        "Nếu tin cậy tổ chức đã cấp chứng thư số này, hãy thêm chứng thư gốc của tổ chức đó "
        "(--trust)."
    ),
    "certificate.revoked": (
        "Chứng thư số đã bị thu hồi và không có gì chứng minh chữ ký được tạo trước đó. Đề nghị "
        "nơi gửi ký lại."
    ),
    "certificate.out-of-bounds": (
        "Không có gì chứng minh chữ ký được tạo khi chứng thư số còn hiệu lực. Nếu biết thời điểm "
        "ký, hãy xét tại thời điểm đó bằng --at."
    ),
    "certificate.no-revocation-information": (
        "Cung cấp danh sách thu hồi hiện hành của từng tổ chức cấp chứng thư (--crl), hoặc cho "
        "phép tải về (--online)."
    ),
    "certificate.key-usage": "Chứng thư số này không được cấp để ký văn bản.",
    "certificate.extended-key-usage": "Đề nghị nơi gửi ký bằng chứng thư số dùng cho văn bản.",
    "certificate.algorithm": _SIGN_AGAIN,
    "certificate.budget": "Đề nghị nơi gửi chỉ kèm các chứng thư dẫn tới chứng thư gốc.",
    # PDF
    "pdf": f"Không dựa vào chữ ký mà phần mềm xem PDF hiển thị. {_ASK_AGAIN}",
    "pdf.extra": "Cài đặt: pip install 'docexchange[pdf]'.",
    "pdf.generation": "tệp PDF có đối tượng đánh số sai, không được dùng đến",
    "pdf.not-by-sender": (
        "Văn bản gửi chỉ bảo đảm tệp còn nguyên vẹn; người ký tệp, không phải nơi gửi, chịu trách "
        "nhiệm về nội dung tệp."
    ),
    "pdf.order-reversed": _ORDER,
    "pdf.order-unknown": _ORDER,
    "pdf.form": "Đề nghị nơi gửi ký lại theo chuẩn PAdES.",
    # Khóa ký
    "input.empty": _COPIED,
    "key.not-opened": "Kiểm tra mật khẩu (--password-file) và tệp khóa.",
    "key.empty": _COPIED,
    "key.parameters": "Chứng thư chỉ cho phép như vậy. Bỏ lựa chọn hàm băm, hoặc dùng khóa khác.",
    "key.mismatch": "Dùng chứng thư số được cấp cho chính khóa này.",
    "key.out-of-bounds": "Gia hạn chứng thư số; chữ ký tạo lúc này sẽ không được chấp nhận.",
    "key.too-small": "Đề nghị tổ chức chứng thực cấp khóa mới.",
    "key.unsupported": "Đề nghị tổ chức chứng thực cấp khóa mới.",
    "sign": "Soạn lại văn bản bằng docexchange, hoặc để hệ thống đã tạo ra văn bản tự ký.",
    "sign.already": "Không cần ký lại; nếu thật sự muốn, dùng --again.",
    "sign.twice": "Văn bản đã được ký bằng khóa này; không cần ký lại.",
    # Tin cậy
    "trust.no-root": "Kiểm tra tên thư mục, hoặc thêm chứng thư gốc bằng docexchange trust add.",
    "trust.expired": "Văn bản cũ vẫn kiểm tra được bằng --at; lấy chứng thư thay thế.",
    "trust.not-yet": "Kiểm tra đồng hồ của máy này.",
    "trust.weak": "Đề nghị tổ chức chứng thực cấp chứng thư có khóa mạnh hơn.",
    "trust.no-authority": "Bỏ tệp này; thêm chứng thư gốc của tổ chức đã cấp nó.",
    "trust.doubled": "Bỏ bớt bản trùng.",
    "trust.list-out-of-date": "Lấy danh sách hiện hành từ tổ chức chứng thực, rồi bỏ tệp này.",
    "fetch": "Thử lại sau, hoặc cung cấp danh sách thu hồi bằng tệp (--crl).",
    "fetch.network": "Ghi địa chỉ mạng kèm độ dài tiền tố, ví dụ 10.1.0.0/16.",
    "trust.empty": "Cung cấp chứng thư gốc của tổ chức chứng thực được tin cậy (--trust).",
    "trust.no-home": "Đặt biến HOME, hoặc nêu thư mục tin cậy bằng DOCEXCHANGE_TRUST.",
    "trust.key": "Giữ bí mật khóa này; kho tin cậy chỉ cần chứng thư số.",
    "trust.bundle": "Tách chứng thư ra: openssl pkcs7 -print_certs (thêm -inform DER nếu cần).",
    "trust.size": "Kiểm tra xem có đúng tệp không.",
    "trust.unreadable": "Lấy lại chứng thư gốc hoặc danh sách thu hồi từ tổ chức chứng thực.",
    # Tệp vào, tệp ra
    "input.not-found": "Kiểm tra đường dẫn và quyền đọc tệp.",
    "envelope": _NO_REPAIR,
    "envelope.invalid": "Sửa tất cả các trường nêu trên rồi soạn lại.",
    "envelope.root": "Hỏi nơi gửi về định dạng; đây không phải edXML theo QCVN 102.",
    "xml": _NO_REPAIR,
    "xml.dtd": "Văn bản thật không bao giờ có phần này. Coi tệp này là nguy hiểm.",
    "xml.encoding": "Đề nghị nơi gửi ghi tệp bằng UTF-8 theo quy chuẩn.",
    "limit": "Nếu tệp là thật, liên hệ quản trị hệ thống để nâng giới hạn.",
    "limit.inflated-bytes": _BOMB,
    "limit.inflation-ratio": _BOMB,
    "output.exists": "Chọn tên hoặc thư mục khác, hoặc thay tệp cũ bằng --force.",
    "output.not-writable": "Kiểm tra thư mục, quyền ghi và dung lượng trống.",
    "extract.unsafe-name": (
        "Tên này có thể ghi đè tệp ở nơi khác hoặc đánh lừa người đọc. Lấy các tệp khác bằng "
        "--only; đề nghị nơi gửi đặt lại tên."
    ),
    "extract.not-verified": "Dùng --trust để kiểm tra chữ ký trước khi lấy tệp.",
    "extract.not-unzipped": (
        "Mở bằng chương trình giải nén, hoặc đề nghị nơi gửi gửi lại tệp không nén."
    ),
    "letter.syntax": "Sửa dòng được nêu; chữ đặt trong dấu ngoặc kép.",
    "schema.unknown": "`docexchange schema` liệt kê các lược đồ.",
    # Nút và kho lưu trữ
    "configuration": "Đối chiếu tệp cấu hình với mẫu trong tài liệu.",
    "store.in-use": "Dừng tiến trình kia, hoặc đợi tiến trình đó kết thúc.",
    "store.busy": "Một tiến trình khác đang giữ kho lưu trữ; hãy thử lại.",
    "store.full": "Giải phóng dung lượng đĩa rồi thử lại; chưa có gì được ghi.",
    "shipment.by-line": "Ghi pull: làm endpoint của nơi đó, cho nút chạy một lần rồi đóng gói lại.",
    "store.damaged": "Dừng nút, khôi phục kho từ bản sao lưu và giữ nguyên tệp hiện có.",
    "store.foreign": "Chỉ đúng đường dẫn tới kho của docexchange.",
    "store.none": (
        "Kho lưu được tạo khi nút chạy lần đầu: docexchange node run. Nếu nút đã từng chạy, kiểm "
        "tra mục store trong node.toml và ổ đĩa chứa kho đã được gắn chưa."
    ),
    "store.cannot-open": "Kiểm tra đường dẫn của nút và quyền truy cập thư mục.",
    "store.missing": (
        "Bản ghi đã bị xóa hoặc bị thay nội dung từ bên ngoài nút: giữ nguyên kho hiện có, đối "
        "chiếu với bản sao lưu gần nhất."
    ),
    "store.payload-missing": "Khôi phục tệp này từ bản sao lưu, hoặc đề nghị nơi gửi gửi lại.",
    "store.payload-damaged": "Khôi phục tệp này từ bản sao lưu, hoặc đề nghị nơi gửi gửi lại.",
    "store.receipt": "Đối chiếu biên nhận với bản sao lưu.",
    "store.record": "Dừng nút và khôi phục kho từ bản sao lưu.",
    "store.purge": "Nêu thời hạn theo ngày; biên nhận phải được giữ ít nhất lâu bằng văn bản.",
    "store.purged": "Gửi lại với mã mới.",
    "store.schema-older": "Cho phép ghi vào kho và mở một lần, hoặc mở một bản sao.",
    "store.target-exists": "Chọn thư mục khác, hoặc chuyển những gì đang có đi nơi khác.",
    "backup": "Dùng bản sao lưu khác; giữ nguyên bản này.",
    "audit": "Đối chiếu nhật ký với bản sao lưu gần nhất; giữ nguyên kho hiện có.",
    "store": "Kiểm tra đĩa, đường dẫn và quyền truy cập.",
    "inbox": "Kiểm tra thư mục, quyền ghi và dung lượng trống.",
    "transport.folder-missing": (
        "Kiểm tra ổ đĩa đã được gắn vào đó chưa; hộp thư của một nút chỉ có sau khi nút đó đã chạy."
    ),
    "transport": "Kiểm tra hộp thư và đường truyền, rồi thử lại.",
    "transport.bad-url": "Sửa địa chỉ trong danh bạ hoặc trong cấu hình.",
    "directory": "Sửa danh bạ ở chỗ được nêu, rồi đọc lại.",
    "directory.reform": "Kiểm tra mã và ngày.",
    "directory.suffix": "Đặt tên tệp đúng theo nội dung của nó.",
    "directory.tiers": "Ghi number, name và english cho từng cấp, từ cấp cao nhất.",
    "directory.tier-not-in-force": "Kết thúc mục này khi cấp đó không còn, hoặc sửa cấp.",
    "directory.no-root": "Nêu cơ quan đứng trên tất cả bằng --root.",
    "directory.unknown-agency": "Kiểm tra mã định danh, hoặc lấy danh bạ mới hơn.",
    "route": "Kiểm tra mã nơi nhận trong danh bạ.",
    "route.no-endpoint": "Ghi địa chỉ (endpoint) của cơ quan đó vào danh bạ.",
    "route.closed-agency": "Gửi cho cơ quan kế thừa nêu trong thông báo.",
    "route.forbidden": "Hỏi người quản lý quy tắc định tuyến.",
    "route.loop": "Sửa quy tắc định tuyến hoặc danh bạ của các cơ quan được nêu.",
    "policy": "Hỏi người quản lý chính sách trao đổi của nút.",
    "policy.secret": "Gửi theo quy định về bảo vệ bí mật nhà nước, không qua hệ thống này.",
    "policy.size": "Giảm dung lượng tệp đính kèm, hoặc chia thành nhiều văn bản.",
    "delivery.conflict": "Mỗi văn bản mới phải có mã riêng.",
    "delivery.not-resent": "Chỉ gửi lại được lượt gửi đã hỏng; số còn lại đang đi hoặc đã đến.",
    "delivery.not-cancelled": "Chỉ dừng được lượt gửi còn đang trên đường.",
    "delivery.unknown-message": "`docexchange delivery list` liệt kê các lượt gửi.",
    "submit.closed-sender": "Gửi bằng nút của cơ quan kế thừa.",
    "submit.foreign-sender": "Gửi bằng nút của chính cơ quan gửi.",
    "status.unknown-document": "Kiểm tra mã; `docexchange receive` liệt kê văn bản đến.",
    "status.which-message": "Dùng mã thông điệp; `docexchange receive` liệt kê các văn bản.",
    "answer.no-reason": "Nêu lý do cho cơ quan kia.",
    "answer.no-question": "`docexchange receive` liệt kê văn bản đến.",
    "answer.agreed-before": "Đã đồng ý thì không rút lại được; hãy trao đổi với nơi gửi.",
    "trace.unknown-message": "Kiểm tra mã, và nêu các nút mà văn bản đã đi qua.",
    "register.unknown-document": "`docexchange register list` liệt kê văn bản trong sổ.",
    "report.chart-form": "Biểu đồ được vẽ dạng SVG; trình duyệt đổi được sang PNG.",
    "calendar.line": "Mỗi dòng một ngày nghỉ; thêm dấu + trước ngày làm bù.",
    "period.order": "Đổi chỗ hai ngày.",
    "demo.folder": "Chọn thư mục khác.",
    "demo.not-writable": "Kiểm tra thư mục và dung lượng, hoặc chọn nơi khác bằng --dir.",
    # testserver
    "stand-in.host": "Người khác sẽ đọc và sửa được mọi thứ; --unsafe-any-host cho phép điều đó.",
    "stand-in.folder": "Chọn thư mục khác, hoặc xóa những gì lần chạy trước để lại.",
    "stand-in.address": "Hệ thống được thử phải ở trên máy này; container cần mở cổng ra máy.",
    "stand-in.control-address": "Cổng đang được dùng? --port 0 lấy cổng trống bất kỳ.",
    "stand-in.not-writable": "Kiểm tra thư mục và dung lượng, hoặc chọn nơi khác bằng --dir.",
    # Dạng tệp khác với quy chuẩn
    "D": "Báo nơi gửi sửa phần mềm: hệ thống khác có thể từ chối văn bản.",
    "D.placeholder": "Báo nơi gửi bỏ phần tử này; phần mềm coi như không có giá trị.",
    "D.trace-organ-id": "Không phải lỗi của nơi gửi: điểm trung chuyển đã ghi như vậy.",
    "D.zipped": "Tệp được nén; hãy giải nén sau khi lấy ra.",
    # Các trường (N thiếu, R vượt giới hạn, M không được phép, T sai kiểu)
    "N": "Điền trường này.",
    "R": "Sửa cho đúng giới hạn.",
    "M": "Sửa hoặc bỏ giá trị này.",
    "T": "Sửa lại giá trị cho đúng kiểu.",
    **WORKING,
}
"""What to do about it."""
