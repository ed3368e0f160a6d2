"""What signing, composing and the tools around them expected and found, in Vietnamese.

See ``_vietnamese_halves``.
"""

from __future__ import annotations

from typing import Final

__all__ = ["EXPECTED", "FOUND"]

EXPECTED: Final = {
    # Dòng lệnh
    r"a value": "một giá trị",
    r"one of (--.+) and (--\S+)": r"chỉ một trong \1 và \2",
    r"--online with it": "kèm --online",
    r"--report with it": "kèm --report",
    r"--report, --agree, --refuse or --ask-back with it": (
        "kèm --report, --agree, --refuse hoặc --ask-back"
    ),
    r"a moment such as (\S+) or (\S+)": r"thời điểm như \1 hoặc \2",
    r"a year, quarter or month such as (\S+), (\S+) or (\S+)": (
        r"năm, quý hoặc tháng như \1, \2 hoặc \3"
    ),
    r"a letter and then letters, digits, '\.', '_' or '-'": (
        "chữ cái rồi đến chữ cái, chữ số, '.', '_' hoặc '-'"
    ),
    r"a code like (\S+) or (\S+)": r"mã dạng \1 hoặc \2",
    r"a file name ending in (\S+) or (\S+)": r"tên tệp có đuôi \1 hoặc \2",
    r"the columns (\S+) and (\S+)": r"các cột \1 và \2",
    r"one of recall, update and replace": "chỉ một trong recall, update và replace",
    r"a name of an attachment \((.*)\)": r"tên một tệp đính kèm (\1)",
    r"a key of a letter": "khóa của tệp soạn văn bản",
    r"tables, each under \[\[(\S+)\]\]": r"các bảng, mỗi bảng dưới [[\1]]",
    r"a prepared signature(?: \((.+)\))?": "chữ ký đã chuẩn bị",
    r"a file": "một tệp",
    r"TOML": "TOML đúng cú pháp",
    r"to write the demonstration": "ghi được bản trình diễn",
    r"to write a folder": "ghi được thư mục",
    r"to write the picture": "ghi được hình vẽ",
    r"to write the network there": "ghi được mạng thử vào đó",
    r"a file in a folder": "tệp trong một thư mục",
    r"at most one of the two letters on standard input": (
        "tối đa một trong hai văn bản lấy từ đầu vào chuẩn"
    ),
    r"no such files": "chưa có các tệp này",
    r"a password in UTF-8": "mật khẩu bằng UTF-8",
    r"one or more printable characters": "ít nhất một ký tự in được",
    r"a certificate in PEM or DER": "chứng thư số dạng PEM hoặc DER",
    r"a certificate revocation list in PEM or DER": "danh sách thu hồi dạng PEM hoặc DER",
    r"a folder for the signed letters": "một thư mục cho các văn bản đã ký",
    r"letters \(\*\.edxml\) in the folder": "văn bản (*.edxml) trong thư mục",
    r"letters of different names": "các văn bản có tên khác nhau",
    r"a schema \((.+)\)": r"một lược đồ (\1)",
    r"a new folder": "thư mục mới",
    r"an empty folder": "thư mục trống",
    # Ký
    r"a letter that (.+) has not signed yet": r"văn bản mà \1 chưa ký",
    r"a letter that this key has not signed": "văn bản mà khóa này chưa ký",
    r"a letter that is signed": "văn bản đã ký",
    r"an Id on (\S+) for the signature to refer to, of letters, digits, '.', '_' and '-'": (
        r"\1 có Id để chữ ký dẫn tới, gồm chữ cái, chữ số, '.', '_' và '-'"
    ),
    r"an Id on the signature": "chữ ký có Id",
    r"the signer's certificate": "chứng thư số của người ký",
    r"a SignatureValue": "có SignatureValue",
    r"a signature numbered 1 to (\d+)": r"chữ ký mang số từ 1 đến \1",
    r"a signature that this key has not countersigned": "chữ ký mà khóa này chưa xác nhận",
    r"a value by the key of (.+) with (\S+)": r"giá trị ký bằng khóa của \1 theo \2",
    r"the letter that was prepared for signing": "đúng văn bản đã chuẩn bị để ký",
    r"a key and its certificate": "khóa kèm chứng thư số",
    r"a key file": "tệp khóa",
    r"a PKCS#12 file and its password": "tệp PKCS#12 và mật khẩu của tệp",
    r"a PEM private key and its password": "khóa bí mật dạng PEM và mật khẩu",
    r"RSA of (\d+) bits or more, ECDSA on P-256, P-384 or P-521, or Ed25519": (
        r"RSA từ \1 bit, ECDSA trên P-256, P-384 hoặc P-521, hoặc Ed25519"
    ),
    r"pkcs11:, pkcs12: or file: as kind of key": "loại khóa là pkcs11:, pkcs12: hoặc file:",
    r"the certificate of this key": "chứng thư số của chính khóa này",
    r"a manifest entry for every attachment": "mỗi tệp đính kèm có trong danh mục",
    r"an RSA key and SHA-256 or better for RSA-PSS": (
        "khóa RSA và SHA-256 hoặc mạnh hơn khi dùng RSA-PSS"
    ),
    r"a timestamp": "dấu thời gian",
    r"at least one timestamp authority": "ít nhất một tổ chức cấp dấu thời gian",
    r"a time within (.+) of this machine's, (.+) UTC": (
        r"thời điểm lệch không quá \1 so với máy này (\2 UTC)"
    ),
    r"a timestamp granted": "dấu thời gian được cấp",
    r"an answer of a timestamp authority": "trả lời của tổ chức cấp dấu thời gian",
    r"an answer of at most (\d+) octets": r"trả lời dài tối đa \1 byte",
    r"an imprint in (.+)": r"giá trị băm theo \1",
    r"the nonce (\S+)": r"số nonce \1",
    r"one token in the answer": "đúng một dấu thời gian trong trả lời",
    r"one reference to SignedProperties": "đúng một tham chiếu tới SignedProperties",
    r"one signature in CounterSignature": "đúng một chữ ký trong CounterSignature",
    r"one (XPath|XPointer) element in (?:the XPath|its) transform": (
        r"đúng một phần tử \1 trong phép biến đổi"
    ),
    r"one stylesheet in the XSLT transform": "đúng một stylesheet trong phép biến đổi XSLT",
    # Văn bản
    r"(\d+) octets with SHA-256 (\S+)": r"\1 byte với SHA-256 \2",
    r"(\S+) once": r"\1 một lần",
    r"(\S+) in front \((.+)\)": r"\1 đứng đầu (\2)",
    r"a number from 01 upwards": "số từ 01 trở lên",
    r"an administrative type of Decree 30": "loại văn bản hành chính theo Nghị định 30",
    r"an agency after (\S+)": r"cơ quan sau \1",
    r"an agency": "một cơ quan",
    r"letters and digits, with - between groups": "chữ cái và chữ số, giữa các nhóm có dấu -",
    r"the agency in front \((.+)\)": r"cơ quan đứng đầu (\1)",
    r"the number (\S+) \((.+)\)": r"số \1 (\2)",
    r"text in (\S+), as the file begins": r"văn bản \1 như phần đầu tệp",
    r"every (\w+) in (\S+) and in namespace (\S+)": (
        r"mọi \1 nằm trong \2 và trong không gian tên \3"
    ),
    r"every (\w+) to hold base64 text and nothing else": r"mọi \1 chỉ chứa base64",
    r"the end of SignedProperties of #(\S+)": r"phần cuối SignedProperties của #\1",
    r"only text in (\S+)": r"chỉ có chữ trong \1",
    r"at most (\S+) (\S+) \((\w+)\)": r"tối đa \1 \2 (\3)",
    r"one entry a day for (\S+)": r"mỗi ngày một mục cho \1",
    r"a signature value": "giá trị chữ ký",
    r"the text of a signature policy": "nội dung chính sách ký",
    # Thiết bị PKCS#11
    r"the module of the token": "thư viện (module) của thiết bị",
    r"a URI without the PIN": "URI không chứa mã PIN",
    r"(.+), each once, in a pkcs11: URI": r"\1, mỗi mục một lần, trong URI pkcs11:",
    r"a number as slot-id": "slot-id là số",
    r"the certificate of (.+) on the token": r"chứng thư số của \1 trong thiết bị",
    r"a PKCS#11 module at (.+)": r"thư viện PKCS#11 tại \1",
    r"one token that is there": "đúng một thiết bị đang cắm",
    r"one token that is (.+)": r"đúng một thiết bị \1",
    r"a PIN in UTF-8": "mã PIN theo UTF-8",
    r"the PIN of the token": "mã PIN của thiết bị",
    r"the PIN of (.+)": r"mã PIN của \1",
    r"a session with (.+)": r"mở được phiên làm việc với \1",
    r"one private key that the URI names": "đúng một khóa bí mật theo URI",
    r"a signature by the token with (.+)": r"thiết bị ký bằng \1",
    r"an edXML letter": "văn bản edXML",
}
"""First halves."""

FOUND: Final = {
    r"a file": "một tệp",
    r"one without": "cái không có",
    r"it without one: the namespace (.+) is a relative URI": (
        r"không có dạng chuẩn: không gian tên \1 là URI tương đối"
    ),
    r"(.+) \((\d+) characters\)": r"\1 (\2 ký tự)",
    r"(.+) and (\d+) octets": r"\1 và \2 byte",
    r"an empty one": "giá trị rỗng",
    r"an empty file": "tệp rỗng",
    r"it beside (\S+)": r"đi cùng \1",
    r"another": "khóa khác",
    r"no text": "nội dung không phải văn bản",
    r"something else: (.+)": r"thứ khác: \1",
    r"several": "nhiều hơn một",
    r"this one twice or unnamed": "tên này hai lần, hoặc không có tên",
    r"that signature": "chữ ký đó đã có",
    r"no such folder": "không có thư mục này",
    r"none or others": "không có, hoặc có ký tự khác",
    r"something else of that name": "đã có thứ khác mang tên đó",
    r"bytes that are no UTF-8 at offset (\d+)": r"byte không phải UTF-8 ở vị trí \1",
    r"bytes that are no text in UTF-8, from byte (\d+) on": (
        r"byte không phải văn bản UTF-8, từ byte \1"
    ),
    r"that it does not open": "không mở được",
    r"that it does not open without a password": "không mở được khi không có mật khẩu",
    r"two (\S+): (.+) and (.+)": r"hai mục \1: \2 và \3",
    r"one twice": "có cái hai lần",
    r"one that is not": "văn bản chưa ký",
    r"its signature of this very moment": "chữ ký của khóa đó tại đúng thời điểm này",
    r"(\d+) octets that are none": r"\1 byte không phải giá trị ký",
    r"another, or a changed one": "văn bản khác, hoặc đã bị sửa",
    r"no certificate": "không có chứng thư số",
    r"no key": "không có khóa",
    r"over 1 MiB": "lớn hơn 1 MiB",
    r"one of another key \((.+)\)": r"chứng thư số của khóa khác (\1)",
    r"(\d+) without": r"\1 tệp không có",
    r"none: (.+)": r"không có: \1",
    r"octets that are none": "nội dung không phải chữ ký",
    r"something else \((.+)\)": r"nội dung khác (\1)",
    r"(\S+) UTC": r"\1 UTC",
    r"(\d+) with (\S+)": r"\1 byte với \2",
    r"it set again": "đặt lần thứ hai",
    r"(\d+) of them with text, (\d+) in the bytes and (\d+) in the parsed XML": (
        r"\1 có nội dung, \2 trong tệp và \3 khi phân tích XML"
    ),
    r"a ([A-Z]\S+|\d+)": r"\1",
    r"RSA of (\d+) bits": r"RSA \1 bit",
    r"ECDSA on (\S+)": r"ECDSA trên \1",
    r"(\S+) and (\S+)": r"\1 và \2",
    r"(\d+) of other keys": r"\1 chứng thư của khóa khác",
    r"one that does not load \((.+)\)": r"thư viện không nạp được (\1)",
    r"(\d+) of (\d+) \((.+)\)": r"\1 trên \2 (\3)",
    r"another \((.+); (.+)\)": r"mã khác (\1; \2)",
    r"(\d+) \((.+)\)": r"\1 (\2)",
    r"that it will not \((.+)\)": r"thiết bị từ chối (\1)",
    r"a PDF file": "tệp PDF",
    r"a private key": "khóa bí mật",
    r"a PKCS#7 bundle \(\.p7b\)": "một gói chứng thư PKCS#7 (.p7b)",
}
"""Second halves."""
