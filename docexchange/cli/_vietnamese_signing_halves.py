"""What was expected and what was found about signatures, in Vietnamese; see ``_vietnamese_halves``.

Here stand the reasons that clerks meet. Others, which only somebody who makes signatures wrong can
cause, are told by their code in Vietnamese and in full in English.
"""

from __future__ import annotations

from typing import Final

__all__ = ["EXPECTED", "FOUND"]

EXPECTED: Final = {
    r"digest (\S+) of (.+)": r"giá trị băm \1 của \2",
    r"a signature in edXMLHeader": "chữ ký trong edXMLHeader",
    r"a signature in the file": "chữ ký trong tệp",
    r"an XML signature in namespace (\S+)": r"chữ ký XML trong không gian tên \1",
    r"a path from the signing certificate to a trust anchor": (
        "đường dẫn từ chứng thư số của người ký tới một chứng thư gốc được tin cậy"
    ),
    r"every part of the letter under the signature": "mọi phần của văn bản đều được ký",
    r"every part of the letter under the signature exactly once": (
        "mọi phần của văn bản đều được ký, mỗi phần một lần"
    ),
    r"only attachments that the manifest names": "chỉ có tệp đính kèm nêu trong danh mục",
    r"the signing certificate in KeyInfo": "chứng thư số của người ký trong KeyInfo",
    r"a certificate in KeyInfo": "một chứng thư số trong KeyInfo",
    r"a certificate of (\S+)": r"chứng thư số của \1",
    r"what (\S+) refers to in this file": r"phần mà \1 dẫn tới có trong tệp",
    r"references inside this file": "chữ ký chỉ dẫn tới phần trong tệp",
    r"each id once in the document": "mỗi mã định danh (Id) một lần trong tệp",
    r"SHA-256 or better as digest": "thuật toán băm SHA-256 hoặc mạnh hơn",
    r"RSA, ECDSA or EdDSA with SHA-256 or better": (
        "RSA, ECDSA hoặc EdDSA với SHA-256 hoặc mạnh hơn"
    ),
    r"RSA of (\d+) bits or more as signing key": r"khóa ký RSA từ \1 bit",
    r"a timestamp that proves when it was signed": "dấu thời gian chứng minh thời điểm ký",
    r"signatures in the roles (.+)": r"đủ chữ ký của các vai trò \1",
    r"no signature policy or a known one": "không có chính sách ký, hoặc một chính sách được biết",
    r"SigningTime": "thời điểm ký (SigningTime)",
    r"at most (\d+) signatures": r"tối đa \1 chữ ký",
    r"at most (\d+) certificates": r"tối đa \1 chứng thư số",
    r"references to parts by id": "chữ ký dẫn tới từng phần theo Id",
}
"""First halves."""

FOUND: Final = {
    r"none \((.+)\)": r"không có (\1)",
    r"none as (.+)": r"thiếu \1",
    r"not covered: (.+)": r"chưa được ký: \1",
    r"a placeholder: (.+)": r"phần giữ chỗ: \1",
    r"one of (\S+)": r"chứng thư số của \1",
    r"(\d+) octets that cannot be read as one \((.+)\)": r"\1 byte không đọc được (\2)",
    r"(.+) referenced twice": r"\1 được dẫn tới hai lần",
    r"a reference to something else: (.+)": r"phần khác được dẫn tới: \1",
    r"an external reference: (.+)": r"dẫn ra ngoài: \1",
    r"('.+') twice": r"\1 hai lần",
    r"(\d+) more": r"thêm \1 tệp",
    r"RSA of (\d+) bits": r"RSA \1 bit",
    r"(RSA|ECDSA|HMAC|DSA) with (\S+)": r"\1 với \2",
    r"one to the whole document \(URI=\"\"\)": 'chữ ký trên toàn bộ tệp (URI="")',
}
"""Second halves."""
