"""What was expected and what was found about XML signatures: see ``_vietnamese_halves``.

Names of elements, algorithms and other programs' own words stay as they are.
"""

from __future__ import annotations

from typing import Final

__all__ = ["EXPECTED", "FOUND"]

EXPECTED: Final = {
    r"one signature policy at most": "tối đa một chính sách ký",
    r"a signature beside what (\S+) says": "chữ ký kèm theo nội dung",
    # Dạng XML lạ
    r"one short DTD with all of it inside": "một DTD ngắn, nằm trọn trong tệp",
    r"declarations and nothing else in the DTD": "DTD chỉ có các khai báo",
    r"a DTD that refers to nothing": "DTD không dẫn tới nơi nào khác",
    r"entities of plain text in the DTD": "thực thể trong DTD chỉ là chữ thường",
    r"a DTD that fills in at most (\d+) octets": r"DTD chỉ điền thêm tối đa \1 byte",
    r"an XPointer to nodes": "XPointer chỉ tới các nút",
    r"xmlns\(…\) and one xpointer\(…\)": "xmlns(…) và một xpointer(…)",
    r"each relationship under an Id of its own": "mỗi quan hệ (Relationship) một Id riêng",
    r"ids or types in the relationships transform": "phép biến đổi quan hệ nêu Id hoặc kiểu",
    r"Relationships before their transform": "Relationships ở trước phép biến đổi của nó",
    r"digest (\S+) of the whole document": r"giá trị băm \1 của toàn bộ tệp",
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
    r"the signing certificate first in KeyInfo": "chứng thư số của người ký đứng đầu KeyInfo",
    r"a certificate in KeyInfo": "một chứng thư số trong KeyInfo",
    r"a certificate of (\S+)": r"chứng thư số của \1",
    r"what (\S+) refers to in this file": r"phần mà \1 dẫn tới có trong tệp",
    r"references inside this file": "chữ ký chỉ dẫn tới phần trong tệp",
    r"each id once in the document": "mỗi mã định danh (Id) một lần trong tệp",
    r"SHA-256 or better as digest": "thuật toán băm SHA-256 hoặc mạnh hơn",
    r"(\S+(?: or \S+)*) as digest": r"thuật toán băm \1",
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
    # Chữ ký XML
    r"SignedSignatureProperties once": "SignedSignatureProperties một lần",
    r"an algorithm that is good enough for the signature": "thuật toán đủ mạnh cho chữ ký",
    r"an algorithm that is good enough for the signing certificate": (
        "thuật toán đủ mạnh cho chứng thư số của người ký"
    ),
    r"an algorithm that is good enough for (.+)": r"thuật toán đủ mạnh cho \1",
    r"SignedProperties at most once": "SignedProperties tối đa một lần",
    r"SignedProperties for this signature": "SignedProperties của chính chữ ký này",
    r"SignedProperties in the Object of their signature": (
        "SignedProperties nằm trong Object của chính chữ ký này"
    ),
    r"SignedProperties under the signature": "SignedProperties nằm trong phạm vi ký",
    r"a certificate valid at (.+) UTC": r"chứng thư số có hiệu lực lúc \1 UTC",
    r"a certificate with key usage digitalSignature or nonRepudiation": (
        "chứng thư số có mục đích khóa digitalSignature hoặc nonRepudiation"
    ),
    r"a certificate whose extended key usage allows this": (
        "chứng thư số có mục đích mở rộng cho phép việc này"
    ),
    r"an RSA, ECDSA or EdDSA key as signing key": "khóa ký RSA, ECDSA hoặc EdDSA",
    r"(.+) as signing key": r"khóa ký \1",
    r"a signature algorithm for (\S+) keys": r"thuật toán ký dùng cho khóa \1",
    r"signxml to say the same as we do \((.+)\)": (r"signxml trả lời như phần mềm này (\1)"),
    r"certificates of at most (\d+) octets": r"chứng thư số tối đa \1 byte",
    r"exclusive canonical XML for SignedInfo": "dạng chuẩn exclusive C14N cho SignedInfo",
    r"canonical XML that the policy allows for SignedInfo": (
        "dạng chuẩn XML được chính sách cho phép ở SignedInfo"
    ),
    r"exclusive canonical XML for (.+)": r"dạng chuẩn exclusive C14N cho \1",
    r"no transform for (.+)": r"không có phép biến đổi cho \1",
    r"canonical XML": "dạng chuẩn XML (C14N)",
    r"transforms that the policy allows": "phép biến đổi được chính sách cho phép",
    r"a SignatureMethod without parameters": "SignatureMethod không có tham số",
    r"a DigestMethod without parameters": "DigestMethod không có tham số",
    r"the signing certificate with digest (\S+)": r"chứng thư số của người ký có giá trị băm \1",
    r"the signing certificate with number (\S+)": r"chứng thư số của người ký có số \1",
    r"the signing certificate issued by (.+)": r"chứng thư số của người ký do \1 cấp",
    r"SigningCertificate once, with a certificate": "SigningCertificate một lần, có chứng thư số",
    r"SigningCertificateV2": "SigningCertificateV2",
    r"SignaturePolicyId or SignaturePolicyImplied": "SignaturePolicyId hoặc SignaturePolicyImplied",
    r"(\S+) of a policy once": r"\1 của chính sách ký một lần",
    r"the text of policy (\S+) that is known here": r"nội dung chính sách \1 như đã biết ở đây",
    r"an OID and (\d+) octets of (\S+)": r"một OID và \1 byte \2",
    r"a signature policy by OID and digest": "chính sách ký theo OID và giá trị băm",
    r"xades:QualifyingProperties alone in ds:Object": "ds:Object chỉ có xades:QualifyingProperties",
    r"QualifyingProperties for (\S+)": r"QualifyingProperties cho \1",
    r"SignedProperties and UnsignedProperties in QualifyingProperties": (
        "SignedProperties và UnsignedProperties trong QualifyingProperties"
    ),
    r"UnsignedSignatureProperties alone in UnsignedProperties": (
        "UnsignedProperties chỉ có UnsignedSignatureProperties"
    ),
    r"SigningTime with a zone": "SigningTime có múi giờ",
    r"a date and time in SigningTime": "ngày giờ trong SigningTime",
    r"a moment in SigningTime": "SigningTime là một thời điểm có thật",
    r"at most (\d+) unsigned properties": r"tối đa \1 thuộc tính không ký",
    r"unsigned properties of XAdES": "thuộc tính không ký của XAdES",
    r"a digest that (\S+) can sign with, of 256 bits or more": (
        r"giá trị băm mà \1 ký được, từ 256 bit"
    ),
    r"RSA, DSA or EC in KeyValue": "RSA, DSA hoặc EC trong KeyValue",
    r"(\w+) in KeyValue": r"\1 trong KeyValue",
    r"a (\w+) of at most (\d+) octets": r"\1 tối đa \2 byte",
    r"NamedCurve and PublicKey in ECKeyValue": "NamedCurve và PublicKey trong ECKeyValue",
    r"a signature that is checked within (\d+) (.+) \((\w+)\)": (
        r"chữ ký kiểm tra được trong giới hạn \1 (\3)"
    ),
    r"XML that has a canonical form": "XML có dạng chuẩn",
    r"references with a URI": "tham chiếu có URI",
    r"#xpointer\(/\) or #xpointer\(id\('…'\)\)": "#xpointer(/) hoặc #xpointer(id('…'))",
    r"SignedInfo, SignatureValue, KeyInfo and then Object": (
        "SignedInfo, SignatureValue, KeyInfo rồi đến Object"
    ),
    r"CanonicalizationMethod, SignatureMethod and then Reference in SignedInfo": (
        "CanonicalizationMethod, SignatureMethod rồi đến Reference trong SignedInfo"
    ),
    r"at most (\d+) references": r"tối đa \1 tham chiếu",
    r"only elements in (\S+)": r"chỉ có phần tử trong \1",
    r"only Transform elements in Transforms": "Transforms chỉ có Transform",
    r"only X509Data in KeyInfo": "KeyInfo chỉ có X509Data",
    r"no comments or instructions in (\S+)": r"không có chú thích hay chỉ thị trong \1",
    r"base64 in (\S+)": r"base64 trong \1",
    r"base64 to decode": "base64 để giải mã",
    r"certificates in X509Data": "chứng thư số trong X509Data",
    r"fewer references in manifests": "ít tham chiếu hơn trong Manifest",
    r"a Manifest behind a reference of that type": "tham chiếu loại Manifest dẫn tới Manifest",
    r"a number in X509SerialNumber": "số trong X509SerialNumber",
    r"a KeyInfo of a few elements": "KeyInfo chỉ có ít phần tử",
    r"KeyInfo to refer to a key": "KeyInfo dẫn tới một khóa",
    r"one certificate that can be the signer's": "đúng một chứng thư số có thể là của người ký",
    r"KeyValue to be the key of the certificate beside it": (
        "KeyValue là khóa của chứng thư số đi kèm"
    ),
    r"at most (\d+) nodes to select from \((\w+)\)": r"tối đa \1 nút để chọn (\2)",
    r"XML without entity references": "XML không có tham chiếu thực thể",
    r"digest, mask, salt and trailer in RSAPSSParams": (
        "RSAPSSParams có hàm băm, mặt nạ, salt và trailer"
    ),
    r"1 as TrailerField": "TrailerField là 1",
    r"MGF1 as mask generation": "hàm tạo mặt nạ MGF1",
    r"a digest in MaskGenerationFunction": "hàm băm trong MaskGenerationFunction",
    r"a number": "số",
    r"intersect, subtract or union as Filter": "Filter là intersect, subtract hoặc union",
    r"at most (\d+) transforms": r"tối đa \1 phép biến đổi",
    r"no parameters in enveloped-signature": "enveloped-signature không có tham số",
    r"enveloped-signature over the document of the signature": (
        "enveloped-signature trên chính tệp có chữ ký"
    ),
    r"XPath elements in the XPath Filter 2": "phần tử XPath trong XPath Filter 2",
    r"nodes from an XPath Filter 2": "XPath Filter 2 cho ra các nút",
    r"only text in XPath": "XPath chỉ có chữ",
    r"XPath of at most (\d+) characters": r"XPath tối đa \1 ký tự",
    r"at most (\d+) octets to transform": r"tối đa \1 byte để biến đổi",
    r"a signature value by the key of the certificate": (
        "giá trị chữ ký tạo bằng khóa của chứng thư số"
    ),
    r"an HMACOutputLength of (\d+) to (\d+) bits in whole octets": (
        r"HMACOutputLength từ \1 đến \2 bit, tròn byte"
    ),
    r"XPath that does not look into attachments": "XPath không đọc vào tệp đính kèm",
    r"nodes as argument in the XPath of a signature": "đối số là các nút, trong XPath của chữ ký",
    r"here\(\) in the document of the signature in the XPath of a signature": (
        "here() trong chính tệp có chữ ký"
    ),
    r"XPath 1.0 in the XPath of a signature": "XPath 1.0 trong chữ ký",
    r"at most (\d+) nested expressions in the XPath of a signature": (
        r"tối đa \1 biểu thức lồng nhau trong XPath của chữ ký"
    ),
    r"at most (\d+) operators and predicates in the XPath of a signature": (
        r"tối đa \1 phép toán và điều kiện trong XPath của chữ ký"
    ),
    r"a function of XPath 1.0 in the XPath of a signature": "hàm của XPath 1.0 trong chữ ký",
    r"the arguments of (\S+) in the XPath of a signature": (
        r"đủ đối số của \1 trong XPath của chữ ký"
    ),
    r"an axis of XPath 1.0 in the XPath of a signature": "trục của XPath 1.0 trong chữ ký",
    r"prefixes that are bound in the XPath of a signature": (
        "tiền tố đã khai báo, trong XPath của chữ ký"
    ),
    r"a path to begin with nodes in the XPath of a signature": (
        "đường dẫn bắt đầu từ các nút, trong XPath của chữ ký"
    ),
    r"a predicate after nodes in the XPath of a signature": (
        "điều kiện đứng sau các nút, trong XPath của chữ ký"
    ),
    r"nodes on both sides of '\|' in the XPath of a signature": (
        "các nút ở hai bên dấu |, trong XPath của chữ ký"
    ),
    r"(.+) in the XPath of a signature": r"\1 trong XPath của chữ ký",
    r"a time with its zone": "thời điểm có múi giờ",
    r"one signature": "đúng một chữ ký",
}
"""First halves."""

FOUND: Final = {
    r"one that does": "có dẫn tới",
    r"one to something else": "trỏ tới phần khác",
    r"none \((.+)\)": r"không có (\1)",
    r"none as (.+)": r"thiếu \1",
    r"one signer in several of them": "một người ký cho nhiều vai trò",
    r"not covered: countersigned signature": "chưa được ký: chữ ký được xác nhận",
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
    r"(RSA|RSA-PSS|ECDSA|HMAC|DSA) with (\S+)": r"\1 với \2",
    r"(Ed\d+) over a digest": r"\1 trên giá trị băm",
    r"(Ed\d+) with context": r"\1 có ngữ cảnh (context)",
    r"(GOST R \S+) of (\d+) bits": r"\1 \2 bit",
    r"(GOST R \S+)": r"\1",
    r"(XSLT|XPath|XPath Filter 2|XPointer|base64|enveloped-signature) transform": (
        r"phép biến đổi \1"
    ),
    r"relationships transform of office documents": "phép biến đổi quan hệ của tệp văn phòng",
    r"(exclusive|inclusive) canonical XML( 1\.\d)?": r"dạng chuẩn \1 C14N\2",
    r"(exclusive|inclusive) canonical XML( 1\.\d)? with comments": (
        r"dạng chuẩn \1 C14N\2 có chú thích"
    ),
    r"an exclusive canonical XML URI that no standard has": (
        "URI của dạng chuẩn exclusive C14N không có trong chuẩn nào"
    ),
    r"only what names it": "chỉ có thông tin nêu tên chứng thư số",
    r"one to the whole document \(URI=\"\"\)": 'chữ ký trên toàn bộ tệp (URI="")',
    # Chữ ký XML
    r"(.+), which is not allowed": r"\1, không được chấp nhận",
    r"(.+), which was good until (\S+)": r"\1, chỉ đủ mạnh đến \2",
    r"them for (.+)": r"cho \1",
    r"them outside": "nằm ngoài phạm vi ký",
    r"them elsewhere": "nằm ở chỗ khác",
    r"a key without one": "khóa không có chứng thư số",
    r"its authority there": "chứng thư số của tổ chức cấp nó đứng ở đó",
    r"one valid (\S+) to (\S+)": r"chứng thư số có hiệu lực từ \1 đến \2",
    r"one without": "không có mục đích đó",
    r"one for (.+) only": r"chứng thư số chỉ dùng cho \1",
    r"the curve (\S+)": r"đường cong \1",
    r"some": "có",
    r"some that does": "có đọc vào",
    r"one with (\S+)": r"cái có \1",
    r"one issued by (.+)": r"chứng thư số do \1 cấp",
    r"(\d+) with (\d+)": r"\1, có \2",
    r"(\S+) twice": r"\1 hai lần",
    r"one that is implied, or not named by an OID": (
        "một chính sách ngầm định, hoặc không được nêu bằng OID"
    ),
    r"one in properties of XAdES (\S+), which are not read": (
        r"một chính sách trong thuộc tính theo XAdES \1, phiên bản không được đọc"
    ),
    r"the digest of another": "giá trị băm của nội dung khác",
    r"(\d+) and (\d+) octets": r"\1 và \2 byte",
    r"one that is not": "vượt giới hạn",
    r"(\S+) without one: (?:the namespace (\S+)|a namespace in force there) is a relative URI": (
        r"\1 không có: không gian tên \2 là URI tương đối"
    ),
    r"one without one": "tham chiếu không có URI",
    r"(one|it|that) without": "không có",
    r"text (.+)": r"chữ \1",
    r"others": "thứ khác",
    r"(\S+): the key comes from a certificate or not at all": (
        r"\1; khóa phải lấy từ chứng thư số"
    ),
    r"('.*'|\S+), a placeholder of (\d+) characters": r"\1, phần giữ chỗ \2 ký tự",
    r"a placeholder of (\d+) octets": r"phần giữ chỗ \1 byte",
    r"a placeholder: (\d+) octets that are all alike": r"phần giữ chỗ: \1 byte giống hệt nhau",
    r"very many": "rất nhiều",
    r"references in a circle": "tham chiếu vòng tròn",
    r"(\d+) among (\d+)": r"\1 trong số \2",
    r"another key": "khóa khác",
    r"a bare key \(KeyValue\)": "chỉ có khóa (KeyValue)",
    r"different ones": "nhiều khóa khác nhau",
    r"another": "cái khác",
    r"something else": "thứ khác",
    r"it over something else": "trên tệp khác",
    r"it over another one": "trên tệp khác",
    r"elements or comments": "phần tử hoặc chú thích",
    r"one after (\S+)": r"điều kiện sau \1",
    r"the end": "hết biểu thức",
    r"(\d+) octets where (\d+) were due": r"\1 byte thay vì \2",
    r"(\d+) octets where (\d+) were due \(a placeholder.*\)": r"phần giữ chỗ \1 byte thay vì \2",
    r"(\d+) \((\d+)\)": r"\1 (\2)",
    r"a key of type (\w+)": r"khóa loại \1",
    r"a key that cannot have made it \((.+)\)": r"khóa không thể tạo ra nó (\1)",
    r"a value that this key did not make, or SignedInfo was changed": (
        "giá trị không do khóa này tạo, hoặc SignedInfo đã bị sửa"
    ),
    r"one that does not hold": "chữ ký không khớp",
    r"(.+) with parameters": r"\1 có tham số",
    r"(\S+); it is the digest of nothing: a placeholder": r"\1; đó là giá trị băm của rỗng",
    r"(\S+); it is a placeholder of (\d+) octets": r"\1; đó là phần giữ chỗ \2 byte",
    r"(\S+); it is a placeholder: (\d+) octets that are all alike": (
        r"\1; đó là phần giữ chỗ: \2 byte giống hệt nhau"
    ),
    r"(\S+); it holds over the base64 text: the sender digests that and not the file": (
        r"\1; khớp với chữ base64: bên gửi băm chữ đó thay vì băm tệp"
    ),
    r"(\S+); it holds under (.+): the sender names one form and digests another": (
        r"\1; khớp theo \2: bên gửi nêu một dạng chuẩn mà băm theo dạng khác"
    ),
    r"(\S+); (.+)": r"\1; \2",
    r"it holds": "chữ ký khớp",
}
"""Second halves."""
