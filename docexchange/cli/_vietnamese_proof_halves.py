"""What was expected and what was found about timestamps, certificate paths and PDF files.

In Vietnamese; see ``_vietnamese_halves``.
"""

from __future__ import annotations

from typing import Final

__all__ = ["EXPECTED", "FOUND", "QUOTING"]

EXPECTED: Final = {
    # Chứng thư và danh sách thu hồi đang giữ
    r"a certificate valid today": "chứng thư còn hiệu lực hôm nay",
    r"a strong key and digest": "khóa và hàm băm đủ mạnh",
    r"a certificate that may issue others": "chứng thư được cấp chứng thư khác",
    r"each certificate once": "mỗi chứng thư một lần",
    r"each list once": "mỗi danh sách một lần",
    r"a list for today": "danh sách thu hồi còn hiệu lực hôm nay",
    # Dấu thời gian
    r"a time up to (.+) UTC": r"thời điểm không sau \1 UTC",
    r"the digest (\S+)": r"giá trị băm \1",
    r"the digest of TSTInfo under the signature": "giá trị băm của TSTInfo trong chữ ký",
    r"ESSCertID or ESSCertIDv2 under the signature": "ESSCertID hoặc ESSCertIDv2 được ký",
    r"the certificate of its maker in the token": "chứng thư số của nơi cấp trong dấu thời gian",
    r"the certificate named under the signature": "chứng thư số nêu trong chữ ký",
    r"a signature by the key of its certificate": "chữ ký tạo bằng khóa của chứng thư số kèm theo",
    r"a certificate for timestamps and nothing else": (
        "chứng thư số chỉ dùng để đóng dấu thời gian"
    ),
    r"the policy (.+)": r"chính sách \1",
    r"an accuracy of (.+) or better": r"độ chính xác từ \1",
    r"a time between (\S+) and (\S+), when its certificate is valid": (
        r"thời điểm từ \1 đến \2, khi chứng thư số có hiệu lực"
    ),
    r"an RFC 3161 timestamp token": "dấu thời gian RFC 3161",
    r"no critical extensions": "không có phần mở rộng bắt buộc",
    r"SHA-256, SHA-384 or SHA-512": "SHA-256, SHA-384 hoặc SHA-512",
    r"a time in UTC": "thời điểm theo UTC",
    r"RSA, ECDSA or Ed25519 with SHA-256 or better": (
        "RSA, ECDSA hoặc Ed25519 với SHA-256 hoặc mạnh hơn"
    ),
    r"the attribute (\S+) once": r"thuộc tính \1 một lần",
    r"a message-digest under the signature": "message-digest được ký",
    r"SHA-256 or more in ESSCertIDv2": "SHA-256 hoặc mạnh hơn trong ESSCertIDv2",
    r"signed data": "dữ liệu được ký (SignedData)",
    r"CMS version 3": "CMS phiên bản 3",
    r"timestamp content": "nội dung dấu thời gian",
    r"TSTInfo version 1": "TSTInfo phiên bản 1",
    r"content-type tst_info under the signature": "content-type tst_info được ký",
    r"CanonicalizationMethod and one EncapsulatedTimeStamp": (
        "CanonicalizationMethod và một EncapsulatedTimeStamp"
    ),
    r"a token in base64 over canonical XML": "dấu thời gian dạng base64 trên dạng chuẩn XML",
    # Đường dẫn chứng thư số
    r"a valid certificate path": "đường dẫn chứng thư số hợp lệ",
    r"certificates that can be judged": "chứng thư số xét được",
    r"a path that can be judged in a bounded number of steps": (
        "đường dẫn chứng thư số xét được trong giới hạn"
    ),
    r"a certificate that can be trusted": "chứng thư tin cậy được",
    r"at least one trust anchor": "ít nhất một chứng thư gốc được tin cậy",
    r"at most 64 MiB": "tối đa 64 MiB",
    r"certificates? in PEM or DER": "chứng thư dạng PEM hoặc DER",
    r"revocation lists? in PEM or DER": "danh sách thu hồi dạng PEM hoặc DER",
    r"(.+) in PEM or DER": r"\1 dạng PEM hoặc DER",
    # Tệp PDF
    r"the package pyhanko": "gói pyhanko",
    r"a PDF file": "tệp PDF",
    r"a PDF file that can be read": "tệp PDF đọc được",
    r"a PDF file that is read in (\S+) s and (\S+) octets of memory \((.+)\)": (
        r"tệp PDF đọc được trong \1 giây và \2 byte bộ nhớ (\3)"
    ),
    r"a signature that can be read": "chữ ký đọc được",
    r"no change after signing but further signatures and what the signature permits": (
        "không có sửa đổi sau khi ký, trừ chữ ký tiếp theo và điều chữ ký cho phép"
    ),
    r"a signature of the form (.+)": r"chữ ký theo dạng \1",
    r"ByteRange to leave out the signature alone": "ByteRange chỉ chừa ra chính chữ ký",
    r"the octets that were signed": "đúng nội dung đã ký",
    r"changes after signing that can be understood": "sửa đổi sau khi ký có thể hiểu được",
    r"certificates in the signature": "chứng thư số trong chữ ký",
    r"a signature in the PDF file": "chữ ký trong tệp PDF",
    r"the leader's signature first and then the agency's": (
        "chữ ký của lãnh đạo trước, rồi đến chữ ký của cơ quan"
    ),
    r"every signature in a form field of the document as it is now": (
        "mọi chữ ký đều nằm trong biểu mẫu của tệp hiện tại"
    ),
    r"new objects of generation 0 in the file": "đối tượng mới trong tệp mang thế hệ 0",
    r"facts about a PDF": "dữ kiện về tệp PDF",
    r"(\d+) certificates of (\d+) octets": r"\1 chứng thư số cỡ \2 byte",
}
"""First halves."""

FOUND: Final = {
    # Dấu thời gian
    r"another: it was changed": "cái khác: nội dung đã bị sửa",
    r"another with the same number": "chứng thư số khác cùng số",
    r"(\d+) others": r"\1 chứng thư số khác",
    r"one for no purpose in particular": "chứng thư số không nêu mục đích",
    r"one for others": "chứng thư số cho mục đích khác",
    r"one where that is not critical": "mục đích không được đánh dấu bắt buộc",
    r"none given": "không nêu",
    r"octets that are none(?: \((.+)\))?": "dữ liệu không đúng dạng",
    r"more of it": "nhiều hơn một",
    r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S*)": r"\1",
    # Đường dẫn chứng thư số
    r"a delta list says that (.+) was revoked": r"danh sách bổ sung ghi \1 đã bị thu hồi",
    r"too many signatures of certificates and lists": "quá nhiều chữ ký trên chứng thư, danh sách",
    r"too many ways from one authority to another": "quá nhiều đường giữa các tổ chức chứng thực",
    r"CRL indicates the (.+) was revoked at (\S+) on (\S+), due to (.+)\.": (
        r"danh sách thu hồi ghi chứng thư số đã bị thu hồi lúc \2 ngày \3 (\4)"
    ),
    r"too many paths": "quá nhiều đường dẫn",
    r"too many names under constraints": "quá nhiều tên phải đối chiếu",
    r"too many (.+)": r"quá nhiều \1",
    r"(\d+) octets that are none": r"\1 byte không phải chứng thư",
    r"one that the directory does not list": "chứng thư số không có trong danh bạ",
    r"one that nobody holds on (\S+); at other times: (.+)": (
        r"chứng thư số không ai giữ vào ngày \1; lúc khác: \2"
    ),
    r"one of (\S+ \(.+\))": r"chứng thư số của \1",
    # Tệp PDF
    r"one that cannot(?: \((.+)\))?": r"chữ ký không đọc được (\1)",
    r"none named": "không nêu dạng nào",
    r"one that takes more": "tệp đòi hỏi nhiều hơn",
    r"one that does not begin as such": "tệp không bắt đầu như tệp PDF",
    r"a PDF file under a password": "tệp PDF có mật khẩu",
    r"more than (\d+) signatures": r"hơn \1 chữ ký",
    r"the spans (.+)": r"các khoảng \1",
    r"spans beyond the end of the file": "khoảng vượt quá cuối tệp",
    r"something else left out": "phần khác bị chừa ra",
    r"signatures of which not all tell whose they are": "chữ ký không rõ là của ai",
    r"the agency's before the leader's": "chữ ký của cơ quan đứng trước chữ ký của lãnh đạo",
    r"(\d+) more in the file": r"thêm \1 trong tệp",
    r"some of a later one that nothing refers to(?: \((.+)\))?; they were left out": (
        r"đối tượng mang thế hệ khác mà không nơi nào dùng đến (\1); đã bỏ qua"
    ),
    r"one until (\d\S*)": r"chứng thư hết hiệu lực từ \1",
    r"one from (\d\S*)": r"chứng thư có hiệu lực từ \1",
    r"one that may not": "chứng thư không được cấp",
    r"(\d+) copies": r"\1 bản",
    r"one replaced (\d\S*)": r"danh sách đã được thay thế từ \1",
    r"other JSON(?: \((.+)\))?": r"JSON khác (\1)",
    r"annotations": "chú thích",
    r"other": "sửa đổi khác",
    r"form filling": "điền biểu mẫu",
    r"the field (.+), which shows or does something and is not signed": (
        r"trường \1 hiển thị nội dung hoặc gây tác động mà không ai ký"
    ),
    r"another object (\d+ \d+) than when it was signed": r"đối tượng \1 không còn như lúc ký",
    r"something behind the end of what was signed that belongs to it": (
        "một phần của nội dung đã ký nằm sau chỗ kết thúc phần đã ký"
    ),
    r"annotations in another order": "chú thích xếp theo thứ tự khác",
    r"a trailer that names no catalog": "phần cuối tệp không chỉ ra gốc tài liệu",
    r"an object (\d+ \d+) that no table of contents names": (
        r"đối tượng \1 không có trong bảng mục lục nào"
    ),
    r"timestamps only": "chỉ thêm dấu thời gian",
    r"changed after signing, in a file with two tables of contents": (
        "sửa đổi sau khi ký, trong tệp có hai bảng mục lục"
    ),
    r"octets behind the end of the file that was signed": "dữ liệu nằm sau chỗ kết thúc phần đã ký",
    r"SuspiciousModification: (.+)": r"sửa đổi không giải thích được: \1",
}
"""Second halves."""

QUOTING: Final = (
    "a valid certificate path",
    "certificates that can be judged",
    "changes after signing that can be understood",
    "no change after signing but further signatures and what the signature permits",
    "a PDF file that can be read",
    "signxml to say the same as we do",
)
"""How first halves begin after which other programs' words are told as they are."""
