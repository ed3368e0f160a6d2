"""Letters made to be read two ways, or to make the parser do more than parse: all refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from letters import CLOSE, NAMESPACE, OPEN, changed, plain, with_content
from rewriting import DECLARATION, bare, inside, wrapped
from vectors.tolerances import HREF
from vectors.vector import NAMES, PLAIN, QCVN, XML, Step, Vector, accepted, refused

_SUBJECT: Final = b"<edXML:Subject>"
_FORGED: Final = b"JVBERiBmb3JnZWQ="  # %PDF forged
_LAUGHS: Final = b"".join(
    b'<!ENTITY %c "%s">' % (level + 1, b"&%c;" % level * 10) for level in range(97, 107)
)


def _attack(name: str, data: bytes, code: str, en: str, vi: str, source: str) -> Vector:
    return refused(f"attacks/{name}", data, code, en=en, vi=vi, source=source)


def _headed(extra: bytes, data: bytes | None = None) -> bytes:
    return changed(DECLARATION, DECLARATION + extra, data)


def _in_subject(text: bytes, data: bytes | None = None) -> bytes:
    return changed(_SUBJECT, _SUBJECT + text, data)


def _element(text: bytes, attributes: bytes = b"") -> bytes:
    return b"<ContentTransferEncoded%s>%s</ContentTransferEncoded>" % (attributes, text)


def _encoded(encoding: str, name: str) -> bytes:
    return plain().decode().replace("UTF-8", name).encode(encoding, "xmlcharrefreplace")


def _doubled(name: bytes) -> bytes:
    data = plain()
    start, close = data.index(b"<edXML:" + name), b"</edXML:%s>\n" % name
    end = data.index(close) + len(close)
    return data[:end] + data[start:end] + data[end:]


def _without(start: bytes, end: bytes) -> bytes:
    data = plain()
    return data[: data.index(start)] + data[data.index(end) + len(end) :]


def _both_places() -> bytes:
    data = inside()
    start, end = data.index(b"<AttachmentEncoded>"), data.index(b"</edXML:edXMLEnvelope>")
    return changed(b"</edXML>", data[start:end] + b"</edXML>", data)


MARKUP: Final = (
    _attack("dtd-empty", _headed(b"<!DOCTYPE edXML>"), "xml.dtd",
            "A document type declaration.", "Có khai báo kiểu tài liệu (DTD).", "CWE-776"),
    _attack("dtd-entity", _headed(b'<!DOCTYPE edXML [<!ENTITY x "forged">]>'), "xml.dtd",
            "An entity of its own.", "Tự khai báo thực thể.", "CWE-776"),
    _attack("dtd-external-file",
            _headed(b'<!DOCTYPE edXML [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "xml.dtd",
            "An entity that is a file of the reader.", "Thực thể là một tệp trên máy người nhận.",
            "CWE-611"),
    _attack("dtd-external-parameter", _headed(
                b'<!DOCTYPE edXML [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>'),
            "xml.dtd",
            "A parameter entity from the network.", "Thực thể tham số lấy từ mạng.",
            "CWE-611; CWE-918"),
    _attack("dtd-public", _headed(b'<!DOCTYPE edXML PUBLIC "x" "http://127.0.0.1:9/x.dtd">'),
            "xml.dtd", "A DTD from the network.", "DTD lấy từ mạng.", "CWE-827"),
    _attack("dtd-id-attribute", _headed(b"<!DOCTYPE edXML [<!ATTLIST edXML Id ID #IMPLIED>]>"),
            "xml.dtd", "A declared Id attribute, to move a signature.",
            "Khai báo thuộc tính Id để dời chữ ký.", "CWE-347"),
    _attack("dtd-spread-out", _headed(b"\n\n  <!DOCTYPE\nedXML\n[]\n>"), "xml.dtd",
            "A declaration over several lines.", "Khai báo DTD trải trên nhiều dòng.", "CWE-776"),
    _attack("dtd-behind-comment", _headed(b"<!-- > --><?x > ?><!DOCTYPE edXML>"), "xml.dtd",
            "A declaration behind a comment that looks like its end.",
            "DTD nằm sau chú thích trông như đã kết thúc.", "CWE-776"),
    _attack("billion-laughs",
            _in_subject(b"&k;", _headed(b'<!DOCTYPE edXML [<!ENTITY a "ha">' + _LAUGHS + b"]>")),
            "xml.dtd", "The exponential entity bomb.", "Bom thực thể tăng theo cấp số nhân.",
            "CWE-776"),
    _attack("entity-undeclared", _in_subject(b"&copy;"), "xml.syntax",
            "An entity that nobody declared.", "Thực thể không được khai báo.", f"{XML}, §4.1"),
    _attack("reference-to-nul", _in_subject(b"&#0;"), "xml.syntax",
            "A reference to a character that XML cannot carry.",
            "Tham chiếu tới ký tự XML không cho phép.", f"{XML}, §2.2; CWE-158"),
    _attack("reference-to-surrogate", _in_subject(b"&#xD800;"), "xml.syntax",
            "A reference to half a character.", "Tham chiếu tới nửa ký tự.", f"{XML}, §2.2"),
    _attack("utf-8-broken", _in_subject(b"\xc3\x28"), "xml.syntax",
            "Bytes that are no UTF-8.", "Byte không phải UTF-8.", f"{XML}, §4.3.3; CWE-176"),
    _attack("utf-8-overlong", _in_subject(b"\xc0\xbcx>"), "xml.syntax",
            "A tag hidden in overlong UTF-8.", "Thẻ giấu trong UTF-8 dài quá mức.", "CWE-176"),
    _attack("cut-short", plain()[: plain().index(CLOSE) - 4], "envelope.truncated",
            "The file ends inside an attachment.", "Tệp kết thúc giữa tệp đính kèm.", "CWE-130"),
    _attack("cut-in-header", plain()[:700], "xml.syntax",
            "The file ends inside the header.", "Tệp kết thúc giữa phần đầu.", f"{XML}, §2.1"),
    _attack("nothing", b" \r\n", "xml.empty", "White space and nothing else.",
            "Chỉ có khoảng trắng.", f"{XML}, §2.1"),
    _attack("encoding-latin-1", _encoded("latin-1", "ISO-8859-1"), "xml.encoding",
            "Another encoding than UTF-8.", "Bảng mã khác UTF-8.", f"{XML}, §4.3.3; CWE-838"),
    _attack("encoding-ebcdic", _encoded("cp037", "IBM037"), "xml.syntax",
            "EBCDIC, in which no tag looks like one.",
            "Bảng mã EBCDIC, trong đó thẻ không giống thẻ.",
            f"{XML}, appendix F; CWE-838"),
    _attack("encoding-utf-16-cut", plain().decode().encode("utf-16")[:-1], "xml.encoding",
            "UTF-16 that ends in the middle of a character.",
            "UTF-16 bị cắt giữa một ký tự.", f"{XML}, §4.3.3; CWE-838"),
    _attack("attribute-twice", changed(b'Id="m-1"', b'Id="m-1" Id="m-2"'), "xml.syntax",
            "Two ids on one element.", "Một phần tử có hai Id.", f"{XML}, §3.1; CWE-347"),
    _attack("comment-in-text", _in_subject(b"abc<!-- -->"), "xml.mixed-content",
            "A comment inside a text, which parsers read differently.",
            "Chú thích nằm trong văn bản, mỗi bộ đọc hiểu một cách.",
    "CWE-436 (as in CVE-2017-11427)"),
    _attack("instruction-in-text", _in_subject(b"abc<?x?>"), "xml.mixed-content",
            "An instruction inside a text.", "Chỉ thị xử lý nằm trong văn bản.", "CWE-436"),
    _attack("element-in-text", _in_subject(b"abc<b/>"), "xml.mixed-content",
            "An element inside a text.", "Phần tử nằm trong văn bản.", "CWE-436"),
    _attack("xinclude", _in_subject(b'<x:include xmlns:x="http://www.w3.org/2001/XInclude" '
                                    b'href="file:///etc/passwd" parse="text"/>'),
            "xml.mixed-content", "A file of the reader by XInclude.",
            "Lấy tệp trên máy người nhận bằng XInclude.", "CWE-611"),
    _attack("prefix-unbound", changed(_SUBJECT, b"<y:x/>" + _SUBJECT), "xml.syntax",
            "A prefix that stands for nothing.", "Tiền tố không gắn với không gian tên nào.",
            f"{NAMES}, §5"),
)  # fmt: skip

FRAME: Final = (
    _attack("root-unknown", plain().replace(NAMESPACE, b"urn:x"), "envelope.root",
            "A namespace that is not known.", "Không gian tên không được biết.", QCVN),
    _attack("soap-too-deep", wrapped().replace(b"<s:Body>", b"<s:Body><x>")
            .replace(b"</s:Body>", b"</x></s:Body>"), "envelope.root",
            "A letter deep inside SOAP.", "Văn bản nằm sâu trong SOAP.", "CWE-436"),
    _attack("two-letters", wrapped().replace(b"</s:Body>",
            b'<edXML xmlns="%s"/></s:Body>' % NAMESPACE),
            "envelope.ambiguous-root", "Two letters in one SOAP body.",
            "Hai văn bản trong một Body của SOAP.", "CWE-436; CWE-347"),
    _attack("header-twice", bare().replace(b"<Subject>", b"<MessageHeader/><Subject>"),
            "envelope.ambiguous-root", "A second header inside the first.",
            "MessageHeader thứ hai nằm trong cái thứ nhất.", "CWE-436; CWE-347"),
    _attack("no-header", _without(b"<edXML:MessageHeader", b"</edXML:MessageHeader>\n"),
            "envelope.no-header", "No MessageHeader.", "Không có MessageHeader.", QCVN),
    _attack("sender-without-code", changed(b"<edXML:OrganId>000.21.31.H53<", b"<edXML:OrganId> <"),
            "envelope.no-organ-id", "A sender without a code.", "Nơi gửi không có mã.",
            f"{QCVN}, From"),
    _attack("sender-code-unreadable", changed(b"<edXML:OrganId>000.21.31.H53<",
            b"<edXML:OrganId>../H53<"),
            "envelope.no-organ-id", "A sender whose code is a path.", "Mã nơi gửi là đường dẫn.",
            "CWE-22; Decision 20/2020/QĐ-TTg"),
    _attack("message-id-unreadable", changed(b'Id="m-1"', b'Id="../m-1"'), "envelope.message-id",
            "A message id that is a path.", "Id của thông điệp là đường dẫn.", "CWE-22"),
    *(_attack(f"twice-{name.lower()}", _doubled(name.encode()), "envelope.repeated-element",
              f"{name} stands twice, so that readers may take another one.",
              f"{name} ghi hai lần, mỗi bộ đọc có thể lấy một cái khác nhau.", "CWE-436; CWE-347")
      for name in ("MessageHeader", "TraceHeaderList", "Bussiness", "edXMLBody", "edXMLManifest",
                   "From", "Code", "DocumentId", "Subject")),
)  # fmt: skip

ATTACHMENTS: Final = (
    *(_attack(f"base64-{name}", with_content(OPEN + text + CLOSE), "envelope.attachment-base64",
              f"Base64 {en}.", f"Base64 {vi}.", "RFC 4648, §3; CWE-436")
      for name, text, en, vi in (
          ("cut", b"AAA", "cut in the middle of a group", "bị cắt giữa nhóm bốn ký tự"),
          ("padding-too-much", b"AAAA====", "with padding where none is", "thừa ký tự đệm"),
          ("padding-inside", b"AA==AA==", "with text after the padding", "có ký tự sau phần đệm"),
          ("url-alphabet", b"AA-_", "in the alphabet of URLs", "dùng bảng chữ của URL"),
          ("look-alike", "АААА".encode(), "in Cyrillic look-alikes", "dùng chữ Kirin trông giống"),
          ("vertical-tab", b"AA\x0bAA", "with a vertical tab", "có ký tự tab dọc"),
          ("data-url", b"data:;base64,AAAA", "as a data URL", "dạng data URL"))),
    *(_attack(f"content-{name}", with_content(content), "envelope.attachment-markup", en, vi,
              "CWE-436; CWE-347")
      for name, content, en, vi in (
          ("in-comment", b"<!--" + _element(_FORGED) + b"-->" + _element(_FORGED),
           "A second attachment inside a comment.", "Tệp đính kèm thứ hai nằm trong chú thích."),
          ("in-cdata", b"<![CDATA[" + _element(_FORGED) + b"]]>" + _element(_FORGED),
           "A second attachment inside CDATA.", "Tệp đính kèm thứ hai nằm trong CDATA."),
          ("only-in-comment", b"<!--<ContentTransferEncoded/>-->",
           "The only attachment stands in a comment.",
          "Tệp đính kèm duy nhất nằm trong chú thích."),
          ("tag-end-in-attribute", _element(_FORGED, b' a="/>"'),
           "An attribute that looks like the end of an empty tag.",
           "Thuộc tính trông như hết một thẻ rỗng."),
          ("comment-inside", _element(_FORGED + b"<!-- -->"),
           "A comment behind base64.", "Chú thích sau base64."),
          ("cdata-inside", _element(b"<![CDATA[" + _FORGED + b"]]>"),
           "Base64 inside CDATA.", "Base64 nằm trong CDATA."),
          ("nested", _element(_FORGED + _element(_FORGED)),
           "One attachment inside another.", "Tệp đính kèm lồng trong tệp đính kèm."))),
    _attack("content-reference", with_content(_element(b"&#65;AAA")), "envelope.attachment-base64",
            "Base64 with a character reference.", "Base64 có tham chiếu ký tự.", "CWE-436"),
    _attack("content-in-manifest", changed(b"</edXML:edXMLManifest>",
                                           _element(_FORGED) + b"</edXML:edXMLManifest>"),
            "envelope.attachment-place", "Octets where no attachment belongs.",
            "Nội dung tệp nằm sai chỗ.", QCVN),
    _attack("attachments-in-both-places", _both_places(), "envelope.attachment-place",
            "Attachments both inside and behind the envelope.",
            "Tệp đính kèm vừa trong vừa sau edXMLEnvelope.", "CWE-436; CWE-347"),
    _attack("attachment-missing", _without(b"<AttachmentEncoded>", b"</AttachmentEncoded>\n"),
            "envelope.attachment-missing", "The manifest lists what is not there.",
            "Bản kê ghi tệp không có.", f"{QCVN}, edXMLManifest; CWE-345"),
    _attack("content-id-twice", changed(b"</AttachmentEncoded>",
            b"<Attachment><ContentId>cid:209</ContentId>" + _element(_FORGED)
            + b"</Attachment></AttachmentEncoded>"), "envelope.duplicate-content-id",
            "Two attachments under one content id.", "Hai tệp đính kèm cùng một ContentId.",
            "CWE-347; CWE-436"),
    _attack("content-id-listed-twice", changed(b"</edXML:edXMLManifest>",
            b"<edXML:Reference><edXML:ContentId>209</edXML:ContentId></edXML:Reference>"
            b"</edXML:edXMLManifest>"), "envelope.duplicate-content-id",
            "One content id twice in the manifest.", "Một ContentId ghi hai lần trong bản kê.",
            "CWE-347; CWE-436"),
    _attack("content-id-unreadable", plain().replace(b"cid:209", b"cid:../209"),
            "envelope.content-id", "A content id that is a path.", "ContentId là đường dẫn.",
    "CWE-22"),
    _attack("content-id-and-href-differ", changed(b"<edXML:Reference>", HREF.replace(b"209",
            b"210")),
            "envelope.content-id", "A manifest entry that names two attachments.",
            "Một mục trong bản kê chỉ tới hai tệp.", "CWE-436"),
)  # fmt: skip


def _hostile(name: str, hostile: str, en: str, vi: str) -> Vector:
    data = changed(
        b"<edXML:AttachmentName>" + PLAIN.attachments[0].name.encode(),
        b"<edXML:AttachmentName>" + hostile.encode(),
    )
    attachment = replace(PLAIN.attachments[0], name=hostile)
    return accepted(
        f"attacks/{name}",
        data,
        "M.AttachmentName AttachmentEncoded.Attachment.AttachmentName",
        en=en,
        vi=vi,
        source="CWE-22; CWE-451",
        message=replace(PLAIN, attachments=(attachment,)),
    )


FILE_NAMES: Final = (
    _hostile("name-parent-folder", "../a.pdf", "A file name that leaves its folder.",
             "Tên tệp thoát ra khỏi thư mục."),
    _hostile("name-absolute", "/etc/passwd", "A file name with its own folder.",
             "Tên tệp có sẵn thư mục."),
    _hostile("name-drive", "C:\\a.pdf", "A file name with a drive.", "Tên tệp có ổ đĩa."),
    _hostile("name-turned-round", "a\u202efdp.exe", "A program shown as a PDF.",
             "Chương trình hiện ra như tệp PDF."),
    _hostile("name-invisible", "a\u200b.pdf", "A file name with an invisible character.",
             "Tên tệp có ký tự vô hình."),
    _hostile("name-hidden", ".htaccess", "A file name that begins with a dot.",
             "Tên tệp bắt đầu bằng dấu chấm."),
    _hostile("name-too-long", "a" * 300, "A file name of 300 bytes.", "Tên tệp dài 300 byte."),
)  # fmt: skip

_TRAP: Final = (
    b'<edXML:TraceHeaderList a=">"></edXML:TraceHeaderList><!--</edXML:TraceHeaderList>-->'
)
SPLICING: Final = (
    accepted("attacks/trace-list-in-comment",
             _without(b"<edXML:TraceHeaderList", b"</edXML:TraceHeaderList>\n").replace(
                 b"</edXML:edXMLHeader>", _TRAP + b"</edXML:edXMLHeader>"),
             "D.unknown-attribute TraceHeaderList", "D.empty TraceHeaderList",
             en="The end of the list of trace headers also stands in a comment: no hub may guess.",
             vi="Thẻ đóng TraceHeaderList còn nằm trong chú thích: trục không được đoán.",
             source="CWE-436", message=replace(PLAIN, business=None),
             then=Step(do="add-trace", error="envelope.no-place")),
)  # fmt: skip

ATTACKS: Final[tuple[Vector, ...]] = (*MARKUP, *FRAME, *ATTACHMENTS, *FILE_NAMES, *SPLICING)
"""All that are small enough to be kept. To add one, add a row."""
