"""What nodes, stores, routes and lines expected and found, in Vietnamese.

See ``_vietnamese_halves``.
"""

from __future__ import annotations

from typing import Final

from docexchange.cli._exchange_words import STATES

__all__ = ["EXPECTED", "FOUND"]

EXPECTED: Final = {
    # Văn bản, thông điệp
    r"the id of a message or document that (.+) knows": r"mã thông điệp hoặc mã văn bản có tại \1",
    r"the id of a message that (.+) knows": r"mã thông điệp có tại \1",
    r"one message that (.+) was sent with from here": r"đúng một thông điệp gửi \1 từ đây",
    r"one message that brought (.+) here": r"đúng một thông điệp đưa \1 tới đây",
    r"a delivery that can be resent": "lượt gửi có thể gửi lại",
    r"a delivery that can be cancelled": "lượt gửi có thể dừng",
    r"a delivery that can be (\S+)": r"lượt gửi có thể đổi (\1)",
    r"a document that was accepted here": "văn bản đã được tiếp nhận tại đây",
    r"one that only the agency merged into this one was sent": (
        "văn bản chỉ gửi cho cơ quan đã sáp nhập vào cơ quan này"
    ),
    r"an agency that ended no more than (\d+) days ago": (
        r"cơ quan ngừng hoạt động chưa quá \1 ngày"
    ),
    r"a document that was sent from here": "văn bản đã gửi từ đây",
    r"a document": "văn bản",
    r"a status that a receiver reports": "trạng thái do nơi nhận báo",
    r"a status code of the list": "mã trạng thái có trong danh mục",
    r"the reason for the sender": "lý do báo cho nơi gửi",
    r"the reason of a refusal": "lý do từ chối",
    r"the reason for the receivers": "lý do báo cho các nơi nhận",
    r"another agreement": "tiếp tục đồng ý như trước",
    r"it to take (\S+)": r"phần mềm nhận được \1",
    r"the letter handed over before": "đúng văn bản đã giao trước đây",
    r"to put a letter there": "ghi được văn bản vào đó",
    r"a message from (\S+), the agency of this node": r"thông điệp của \1, cơ quan của nút này",
    r"a message with an Id on its MessageHeader": "MessageHeader có Id",
    r"a sender that is in force": "nơi gửi đang hoạt động",
    r"message (\S+) again": r"đúng thông điệp \1 như trước",
    r"the message received before \(SHA-256 (\S+)\)": (
        r"đúng thông điệp đã nhận trước (SHA-256 \1)"
    ),
    r"the message that was passed on before \(SHA-256 (\S+)\)": (
        r"đúng thông điệp đã chuyển tiếp trước (SHA-256 \1)"
    ),
    r"one that is new to (\S+)": r"thông điệp chưa có tại \1",
    r"one that is still kept": "thông điệp còn được lưu",
    r"a time with a timezone": "thời điểm có múi giờ",
    r"signatures of the strict form": "chữ ký đúng quy cách chặt chẽ",
    r"a delivery receipt": "biên nhận",
    # Nút
    r"the configuration of a node": "cấu hình của nút",
    r"a file of rules": "tệp quy tắc",
    r"names that are text in UTF-8": "tên ghi được bằng UTF-8",
    r"to write node\.toml there": "ghi được node.toml vào đó",
    r"a certificate that is good now": "chứng thư số đang có hiệu lực",
    r"no other node at work here": "không có nút nào khác đang chạy ở đây",
    r"to lock this file": "khóa được tệp này",
    r"a key of (.+)": r"khóa của \1",
    r"fields of (\w+)": r"các trường của \1",
    r"a folder": "một thư mục",
    r"the password of the key": "mật khẩu của khóa",
    r"the endpoint of an agency in the directory": "địa chỉ của một cơ quan trong danh bạ",
    r"an endpoint of (\S+) in the directory": r"địa chỉ của \1 trong danh bạ",
    r"a shipment for (\S+)": r"chuyến hàng gửi cho \1",
    r"the list of a shipment": "danh sách của chuyến hàng",
    r"an id and at most (\d+) parcels": r"một mã và tối đa \1 gói",
    r"pull: as the endpoint of (\S+) in the directory, so that what is for it waits in a box": (
        r"địa chỉ của \1 trong danh bạ là pull:, để văn bản gửi cho nơi đó chờ sẵn trong ngăn"
    ),
    r"one for bytes that we sent to (\S+)": r"biên nhận cho nội dung đã gửi tới \1",
    r"one that (\S+) made out": r"biên nhận do \1 lập",
    r"the packages of the extra server": "các gói của phần mở rộng server",
    r"the package (\S+)": r"gói \1",
    r"to listen on (\S+):(\S+)": r"mở được cổng \2 tại \1",
    r"to read a parcel": "đọc được gói",
    r"--once or --until-idle": "chỉ một trong --once và --until-idle",
    # Kho lưu
    r"the store of a node": "kho lưu của nút",
    r"it to be open": "kho đang mở",
    r"the database to answer": "cơ sở dữ liệu trả lời",
    r"the process that opened it": "chính tiến trình đã mở kho",
    r"a thread to write with": "luồng để ghi",
    r"to read and write": "đọc và ghi được",
    r"to read and write it": "đọc và ghi được",
    r"schema version (\S+)(?: or older)?": r"phiên bản lược đồ không quá \1",
    r"the noted head (\S+)": r"mục cuối đã ghi lại \1",
    r"64 hexadecimal digits": "64 chữ số thập lục phân",
    r"64 lower-case hexadecimal digits": "64 chữ số thập lục phân viết thường",
    r"nothing there, or an empty folder": "chưa có gì ở đó, hoặc thư mục trống",
    r"the manifest of a backup": "bản kê của bản sao lưu",
    r"a file of the backup": "tệp của bản sao lưu",
    r"the payload of the list": "đúng nội dung như bản kê",
    r"format (\S+)": r"định dạng \1",
    r"SHA-256 (\S+)": r"SHA-256 \1",
    r"a payload that was stored": "tệp nội dung đã lưu",
    r"legal records in table (\w+)": r"bản ghi đúng dạng trong bảng \1",
    r"application id (\S+)": r"mã ứng dụng \1",
    r"a database": "cơ sở dữ liệu",
    r"a record": "bản ghi đúng dạng",
    r"number (\d+)": r"số thứ tự \1",
    r"the hash of what it says, (\w+)": r"giá trị băm của nội dung mục này, \1",
    r"the hash of the entry before, (\w+)": r"giá trị băm của mục trước, \1",
    r"a readable receipt": "biên nhận đọc được",
    r"an entry in the audit log": "có mục trong nhật ký",
    r"receipt (\S+) in the store": r"biên nhận \1 có trong kho",
    r"its record in table (\w+)": r"có bản ghi của mục này trong bảng \1",
    r"one of (\S+)": r"một trong các giá trị \1",
    r"what its row says": "đúng như bản ghi",
    r"sound pages": "cơ sở dữ liệu nguyên vẹn",
    r"nobody at work on the whole folder": "không ai đang làm việc với cả thư mục",
    # Biên nhận trên đường đi
    r"hop (\S+)": r"chặng \1",
    r"the bytes that (\S+) sent \(SHA-256 (\S+)\)": r"đúng nội dung \1 đã gửi (SHA-256 \2)",
    r"what the receipt of (\S+) says": r"đúng như biên nhận của \1",
    r"one that has run": "nút đã từng chạy",
    r"one that (\S+) was given the letter": r"biên nhận cho biết \1 đã nhận văn bản",
    # Định tuyến
    r"a code such as H53\.31\.21, or a pattern such as H53\.\*": (
        "mã như H53.31.21, hoặc mẫu như H53.*"
    ),
    r"codes, and tiers of (\S+) to (\S+)": r"mã cơ quan, và cấp từ \1 đến \2",
    r"two codes such as H53\.31:H53": "hai mã như H53.31:H53",
    r"(\S+) at most once": r"\1 không quá một lần",
    r"at most (\S+) hops": r"tối đa \1 chặng",
    r"at most (\d+)": r"tối đa \1",
    r"agencies that the letter has not passed": "cơ quan mà văn bản chưa đi qua",
    r"no state secret \(Decision 28/2018/QĐ-TTg, article 1\)": (
        "văn bản không thuộc bí mật nhà nước (Quyết định 28/2018/QĐ-TTg, Điều 1)"
    ),
    r"a name, and a largest size of 1 byte or more": "có tên, và dung lượng tối đa từ 1 byte",
    r"every agency once": "mỗi cơ quan một lần",
    r"a way that the rules allow": "đường đi mà quy tắc cho phép",
    r"an agency that is in force": "cơ quan đang hoạt động",
    r"a common superior": "có cơ quan cấp trên chung",
    r"a name, and `via` exactly where the way is \"via\"": (
        'có tên, và chỉ ghi `via` khi cách đi là "via"'
    ),
    r"one successor of (\S+) \((.+?), until (\S+)\)": (r"đúng một cơ quan kế thừa \1 (\2, đến \3)"),
    # Đường truyền
    r"an OID and 32 octets of SHA-256": "một OID và 32 byte SHA-256",
    r"TLS with certificates that both sides trust": "TLS bằng chứng thư số mà hai bên tin cậy",
    r"an answer": "có trả lời",
    r"an answer in (\S+) s": r"có trả lời trong \1 giây",
    r"a listing of parcels": "danh sách gói",
    r"to read it to its end": "đọc được đến hết",
    r"receipts": "biên nhận",
    r"to copy it to a temporary file": "chép được vào tệp tạm",
    r"the upload of (\S+) as it was begun": r"đúng lượt tải lên \1 đã bắt đầu",
    r"to note an upload there": "ghi được lượt tải lên vào đó",
    r"a network such as 10\.1\.0\.0/16": "mạng như 10.1.0.0/16",
    r"a number above 0": "số lớn hơn 0",
    r"a node that opens it": "do một nút mở",
    r"a digest": "giá trị băm",
    r"memory:name": "memory:tên",
    r"it to wait": "gói đang chờ",
    r"a network to open it on": "do một mạng mô phỏng mở",
    r"a colon or slash at its end": "kết thúc bằng dấu : hoặc /",
    r"pull:": "pull:",
    r"(\S+) with from_url": r"\1 có from_url",
    r"a URL such as folder:/srv/mailbox": "địa chỉ như folder:/srv/mailbox",
    r"https://host:port/": "https://máy:cổng/",
    r"https:// for another machine": "https:// khi gửi sang máy khác",
    r"an address without user, query and fragment": (
        "địa chỉ không kèm tên người dùng, phần ? và phần #"
    ),
    r"a URL that begins with http: or https:": "địa chỉ bắt đầu bằng http: hoặc https:",
    r"status 200": "mã trả lời 200",
    r"an http or https address": "địa chỉ http hoặc https",
    r"a recall, an update or a replacement by the sender of the document, taken here, or such a "
    r"document": "văn bản thu hồi, cập nhật hoặc thay thế của nơi gửi đã nhận tại đây",
    r"one that begins with (.+)": r"địa chỉ bắt đầu bằng \1",
    # Máy chủ
    r"a call of version 1": "lời gọi phiên bản 1",
    r"(\d+) bytes within (\S+) seconds": r"\1 byte trong \2 giây",
    r"an agency of the certificate": "cơ quan của chứng thư số",
    r"Docexchange-From with one of (.+)": r"Docexchange-From với một trong: \1",
    r"a certificate of an agency in the directory": ("chứng thư số của một cơ quan trong danh bạ"),
    r"a client certificate": "chứng thư số của bên gọi",
    r"current revocation lists": "danh sách thu hồi hiện hành",
    r"one that cannot": "chứng thư số không thể",
    r"SHA-256 (\S+) as Content-Digest says": r"SHA-256 \1 như Content-Digest",
    r"SHA-256 (\S+) as its metadata say": r"SHA-256 \1 như đã khai",
    r"at most (\S+) requests a second and (\S+) at once of one agency": (
        r"mỗi cơ quan tối đa \1 yêu cầu mỗi giây và \2 cùng lúc"
    ),
    r"sha-256=:…: with 32 octets in base64": "sha-256=:…: với 32 byte dạng base64",
    r"sha256 or sha1 and its value in base64": "sha256 hoặc sha1 kèm giá trị dạng base64",
    r"pairs of a key and its text in base64": "các cặp tên và giá trị dạng base64",
    r"more than 0": "lớn hơn 0",
    r"a part of (\S+) bytes": r"một phần của \1 byte",
    r"a parcel that nobody else has a lease on": "gói không ai khác đang giữ",
    r"a parcel that waits for (\S+)": r"gói đang chờ \1",
    r"one for (\S+) to (\S+)": r"biên nhận cho \1 tới \2",
    r"application/xml": "application/xml",
    r"at most (\S+) of them": r"tối đa \1",
    r"each once": "mỗi thứ một lần",
    r"to answer": "trả lời được",
    r"to decide now": "quyết định được ngay",
    r"to store what you brought": "lưu được nội dung gửi tới",
    r"it to start": "khởi động được",
    r"at most (\S+) requests in hand": r"tối đa \1 yêu cầu cùng lúc",
    r"a certificate and its key in (\S+) and (\S+)": r"chứng thư số và khóa trong \1 và \2",
    r"sha256 in 64 hexadecimal digits": "sha256 gồm 64 chữ số thập lục phân",
    r"(\S+) bytes before there is a receipt": r"đủ \1 byte rồi mới có biên nhận",
    r"an upload that (\S+) began": r"lượt tải lên do \1 bắt đầu",
    r"at most (\S+) unfinished uploads of (\S+) bytes in all": (
        r"tối đa \1 lượt tải lên dở dang, tổng cộng \2 byte"
    ),
    r"nothing behind the (\d+) bytes of this upload": (
        r"không có gì sau \1 byte của lượt tải lên này"
    ),
    r"a host that has an address": "máy chủ có địa chỉ",
    r"one name or address of this node": "đúng một tên hoặc địa chỉ của nút này",
    r"nobody else at this upload": "không ai khác đang tải lên lượt này",
    r"its bytes in one piece": "nội dung liền một khối",
}
"""First halves."""

FOUND: Final = {
    r"no file": "không có tệp",
    r"(\w{64}) \((\d+) bytes\)": r"\1 (\2 byte)",
    r"no such agency": "không có cơ quan này",
    r"one for (\S+)": r"của \1",
    r"one by (\S+)": r"của \1",
    r"one from (\S+)": r"của \1",
    r"a status": "thông báo trạng thái",
    r"a refusal of what was agreed to before": "từ chối điều trước đây đã đồng ý",
    r"another; the letter was kept": "mã khác; văn bản vẫn được giữ",
    r"another file": "tệp khác",
    r"none under (.+)": r"không có văn bản nào mang mã \1",
    r"another \((\S+)\); both are kept": r"thông điệp khác (\1); cả hai đều được giữ",
    r"another message \((\S+)\) or another signature": r"thông điệp khác (\1) hoặc chữ ký khác",
    r"one that was sent from here": "thông điệp đã gửi từ đây",
    r"one that was purged and cannot become (\S+)": r"thông điệp đã dọn, không thể chuyển sang \1",
    r"none such": "không có",
    r"it here as well": "có cả ở đây",
    r"it not installed": "chưa được cài đặt",
    r"it closed": "kho đã đóng",
    r"a fork of it": "tiến trình con của nó",
    r"(\S+) in a file that cannot be written": r"\1, trong tệp không ghi được",
    r"(\d+) entries without it": r"\1 mục không có mục đó",
    r"something": "đã có gì đó",
    r"other bytes": "nội dung khác",
    r"a backup": "đang sao lưu",
    r"both": "cả hai",
    r"one": "đã có",
    r"(\S+); an access point passed the letter on and is not in this chain": (
        r"\1; một điểm truy cập đã chuyển văn bản đi mà không có trong chuỗi này"
    ),
    r"another message, recipient, issuer, digest or decision beside it": (
        "mã, nơi nhận, nơi cấp, giá trị băm hoặc quyết định khác bên cạnh"
    ),
    r"none; the chain from the origin ends at (\S+)": r"không có; chuỗi từ nơi gửi dừng ở \1",
    r"codes (.+) and tiers (.+)": r"mã \1 và cấp \2",
    r"it (\d+) times: (.+)": r"\1 lần: \2",
    r"(\S+) in its trace headers: (.+)": r"\1 trong thông tin đường đi: \2",
    r"the mark \"(.+)\" in (\S+)": r"dấu mật \"\1\" ở \2",
    r"(\S+) bytes": r"\1 byte",
    r"(\S+) and no end": r"\1 mà chưa tới nơi",
    r"the way (.+) \(rule: (.+)\)": r"đường đi \1 (quy tắc: \2)",
    r"the way \"(.+)\" and via (.+)": r"cách đi \"\1\" và via \2",
    r"the way (.+)": r"đường đi \1",
    r"the rule: (.+)": r"quy tắc: \1",
    r"the separate roots (\S+) and (\S+)": r"hai gốc riêng \1 và \2",
    r"a broken line: (.+)": r"đường truyền đứt: \1",
    r"only (\S+)": r"chỉ có \1",
    r"it settled": "gói đã xong",
    r"none \((.+)\)": r"không có (\1)",
    r"(\d{3} [A-Z].*)": r"\1",
    r"fewer": "ít hơn",
    r"(\S+), which it lists for nobody today": r"\1, không thuộc cơ quan nào hôm nay",
    r"none on this side": "phía này không có",
    r"no store in (.+)": r"không có kho lưu trong \1",
    r"none under this id": "không có gì mang mã này",
    r"one for (\S+) to (\S+)": r"biên nhận cho \1 tới \2",
    r"an error on this side": "lỗi ở phía này",
    r"trouble on this side": "trục trặc ở phía này",
    r"that it cannot be": "chưa thể quyết định",
    r"that it did not": "không khởi động được",
    r"as many": "đã đủ số đó",
    r"another request": "một yêu cầu khác",
    **{
        rf"([A-Z0-9][\w.]+) {state}": rf"\1 ({vietnamese})"
        for state, (_, vietnamese) in STATES.items()
    },
    r"((?:[\w.]+ [a-z_]+, )*[A-Z0-9][\w.]+ (?!transform)[a-z_]+)": r"\1",
    r"(\d\d) \((.+)\)": r"\1 (\2)",
    r"(\d+) and (\d+)": r"\1 và \2",
}
"""Second halves."""
