"""What was expected and what was found, in Vietnamese; loaded when somebody asks for it.

Every message has the form ``expected …, found …``, but for what the system says about a file. Each
half is looked up here by a pattern; a half that is only a value (a number, a text in quotes, a
name) stays as it is, and so do words of other programs. A message with a half that nobody
translated is told in English, whole.

>>> in_vietnamese("expected at most 500 characters, found 512")
'cần tối đa 500 ký tự, nhưng gặp 512'
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from docexchange.cli import _vietnamese_book_halves as book_halves
from docexchange.cli import _vietnamese_command_halves as command_halves
from docexchange.cli import _vietnamese_directory_halves as directory_halves
from docexchange.cli import _vietnamese_exchange_halves as exchange_halves
from docexchange.cli import _vietnamese_making_halves as making_halves
from docexchange.cli import _vietnamese_proof_halves as proof_halves
from docexchange.cli import _vietnamese_signing_halves as signing_halves
from docexchange.cli import _vietnamese_trial_halves as trial_halves
from docexchange.cli._vietnamese_about import about_in_vietnamese
from docexchange.cli._vietnamese_foreign import filled, foreign_in_vietnamese
from docexchange.cli._vietnamese_settings import SETTINGS, settings_in_vietnamese
from docexchange.errors import halves

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["in_vietnamese"]

_EXPECTED: Final = {
    r"a value": "có giá trị",
    r"a value or no element": "có giá trị, hoặc bỏ phần tử",
    r"at most (\d+) characters": r"tối đa \1 ký tự",
    r"(-?\d+) to (\d+)": r"từ \1 đến \2",
    r"0 or 1": "0 hoặc 1",
    r"1 where receivers change": "1 khi nơi nhận thay đổi",
    r"true or false": "true hoặc false",
    r"a whole number": "số nguyên",
    r"one of (.+)": r"một trong các giá trị \1",
    r"text": "văn bản thường",
    r"one line of visible characters": "một dòng gồm các ký tự nhìn thấy được",
    r"a date": "ngày",
    r"a date yyyy/MM/dd": "ngày dạng yyyy/MM/dd",
    r"a date up to today \((.+)\)": r"ngày không sau hôm nay (\1)",
    r"a day and time that exist": "ngày giờ có thật",
    r"yyyy/MM/dd": "dạng yyyy/MM/dd",
    r"yyyy/MM/dd HH:mm:ss": "dạng yyyy/MM/dd HH:mm:ss",
    r"a moment with its time zone": "thời điểm có múi giờ",
    r"a moment in the years 1 to 9999": "thời điểm trong các năm 1 đến 9999",
    r"two digits": "hai chữ số",
    r"a code like (.+)": r"mã dạng \1",
    r"(000\.00\.00\.A00 or A00\.00\.00)": r"mã dạng \1",
    r"1 to (\d+) printable characters": r"1 đến \1 ký tự in được",
    r"an agency code": "mã định danh cơ quan",
    r"an agency code in (\S+)": r"mã định danh cơ quan trong \1",
    r"each receiver once": "mỗi nơi nhận một lần",
    r"each document once": "mỗi văn bản một lần",
    r"each content id once": "mỗi mã tệp (ContentId) một lần",
    r"each content id once in the manifest": "mỗi mã tệp (ContentId) một lần trong danh mục",
    r"each attachment under a content id of its own": "mỗi tệp có mã riêng (ContentId)",
    r"the document that ResponseFor names": "đúng văn bản nêu trong ResponseFor",
    r"a change of the document or of its receivers": "thay đổi nội dung hoặc nơi nhận",
    r"it in updates only": "phần này chỉ có khi cập nhật",
    r"it in replacements only": "phần này chỉ có khi thay thế",
    r"a plain file name": "tên tệp thường",
    r"a status without attachments": "thông báo trạng thái không kèm tệp",
    r"an entry in the manifest for (\S+)": r"tệp \1 có trong danh mục",
    r"the octets of (\S+) in AttachmentEncoded": r"nội dung tệp \1 trong AttachmentEncoded",
    r"the end of attachment (\d+)": r"phần cuối của tệp đính kèm \1",
    r"base64": "base64",
    r"base64 on one line": "base64 trên một dòng",
    r"octets": "nội dung tệp",
    r"a ContentType that fits the octets": "ContentType đúng với nội dung tệp",
    r"a ZIP archive of one file": "tệp ZIP chứa đúng một tệp",
    r"cid: in front": "có cid: ở đầu",
    r"letters, digits and (.+)": r"chữ cái, chữ số và \1",
    r"a letter and then letters, digits, (.+)": r"chữ cái rồi đến chữ cái, chữ số, \1",
    r"xlink:href to name (\S+) as ContentId does": r"xlink:href nêu \1 như ContentId",
    r"ContentId alone": "chỉ có ContentId",
    r"OrganId, Code or DocumentId": "có OrganId, Code hoặc DocumentId",
    r"the order (.+)": r"thứ tự \1",
    r"elements of the standard": "các phần tử của quy chuẩn",
    r"no attributes": "không có thuộc tính",
    r"(\w+( or \w+)*) as attributes?": r"thuộc tính \1",
    r"nothing but elements": "chỉ có phần tử, không có chữ xen giữa",
    r"no element where there is nothing to say": "bỏ phần tử không có nội dung",
    r"the prefix edXML": "tiền tố edXML",
    r"(\w+) without a prefix": r"\1 không có tiền tố",
    r"namespace (\S+)": r"không gian tên \1",
    r"UTF-8": "UTF-8",
    r"encoding UTF-8": "bảng mã UTF-8",
    r"text in (UTF-16\S*), as the file begins": r"văn bản \1 như phần đầu tệp",
    r"<\?xml as the first bytes of the file": "<?xml ở ngay đầu tệp",
    r"edXML as the root of the file": "edXML là phần tử gốc của tệp",
    r"AttachmentEncoded behind edXMLEnvelope": "AttachmentEncoded đứng sau edXMLEnvelope",
    r"root element edXML in namespace (\S+)": r"phần tử gốc edXML trong không gian tên \1",
    r"one (\w+) in a file that is not of the strict dialect": (
        r"một \1 trong tệp không theo đúng quy chuẩn"
    ),
    r"(\w+) once in (\S+)": r"\1 một lần trong \2",
    r"an edXML letter or other XML with a signature": "văn bản edXML, hoặc XML có chữ ký",
    r"one (.+)": r"một \1",
    r"(edXML\S*)": r"\1",
    r"every ContentTransferEncoded in (\S+) and in namespace (\S+)": (
        r"mọi ContentTransferEncoded nằm trong \1 và trong không gian tên \2"
    ),
    r"every ContentTransferEncoded to hold base64 text and nothing else": (
        "mọi ContentTransferEncoded chỉ chứa base64"
    ),
    r"only text in '(.+)'": r"chỉ có chữ trong \1",
    r"well-formed XML": "XML đúng cú pháp",
    r"XML": "XML",
    r"no document type declaration": "không có khai báo DTD",
    r"at most (\d+) bytes \((\w+)\)": r"tối đa \1 byte (\2)",
    r"at most (\d+) bytes outside attachments \((\w+)\)": r"tối đa \1 byte ngoài tệp kèm (\2)",
    r"at most (\d+) bytes in a tag \((\w+)\)": r"tối đa \1 byte trong một thẻ (\2)",
    r"at most (\d+) nested elements \((\w+)\)": r"tối đa \1 phần tử lồng nhau (\2)",
    r"at most (\d+) elements \((\w+)\)": r"tối đa \1 phần tử (\2)",
    r"at most (\d+) attachments \((\w+)\)": r"tối đa \1 tệp đính kèm (\2)",
    r"at most (\d+) octets in an attachment \((\w+)\)": r"tối đa \1 byte trong một tệp (\2)",
    r"at most (\d+) octets in an archive \((\w+)\)": r"tối đa \1 byte trong tệp nén (\2)",
    r"at most (\d+) times as many octets as the archive has \((\w+)\)": (
        r"giải nén tối đa \1 lần (\2)"
    ),
    r"(\d+) more bytes of its text": r"thêm \1 byte nội dung",
    r"no such file": "chưa có tệp này",
    r"to write this file": "ghi được tệp này",
}

_FOUND: Final = {
    r"none": "không có",
    r"nothing": "không có gì",
    r"nothing: the input is empty": "tệp rỗng",
    r"more": "nhiều hơn",
    r"more at (byte|line) (\d+)": r"nhiều hơn, tại vị trí \2",
    r"otherwise": "nội dung khác",
    r"otherwise: (.+)": r"lỗi: \1",
    r"neither": "không có thay đổi nào",
    r"XML with neither": "XML không thuộc loại nào",
    r"elements": "phần tử con",
    r"(\S+) again": r"\1 lặp lại",
    r"one": "đã có",
    r"one used twice": "có mã dùng hai lần",
    r"it (\d+) times": r"\1 lần",
    r"it inside": "ở bên trong",
    r"it inside a SOAP envelope": "nằm trong phong bì SOAP",
    r"white space in it": "có khoảng trắng xen giữa",
    r"files in it": "đã có tệp trong đó",
    r"an empty tag": "thẻ rỗng",
    r"a PDF called (.+)": r"tệp PDF ghi là \1",
    r"a ZIP archive called (.+)": r"tệp ZIP ghi là \1",
    r"(\d+) bytes before it": r"\1 byte đứng trước",
    r"(\w+) too late": r"\1 đứng quá muộn",
    r"(\w+) with nothing": r"\1 không có nội dung",
    r"(\S+) in (\w+)": r"\1 trong \2",
    r"UTF-8 that is declared as UTF-16": "UTF-8 nhưng khai báo là UTF-16",
    r"UTF-16 or UTF-32": "UTF-16 hoặc UTF-32",
    r"0 and (\d+) of them": r"0 dù có \1 nơi nhận",
    r"a message of kind (\d) \((\w+)\)": r"nghiệp vụ loại \1",
    r"the moment (\S+)": r"thời điểm \1",
    r"character (U\+\w+) at position (\d+)": r"ký tự \1 ở vị trí \2",
    r"(.+) \((\d+) characters\)": r"\1 (\2 ký tự)",
    r"(.+) \(empty, or dots and spaces at its ends\)": r"\1 (rỗng, hoặc thừa dấu chấm, dấu cách)",
    r"(.+) \(a character that file names cannot have, such as / or :\)": (
        r"\1 (có ký tự không được dùng trong tên tệp, như / hoặc :)"
    ),
    r"(.+) \(an invisible or control character\)": r"\1 (có ký tự ẩn hoặc ký tự điều khiển)",
    r"(.+) \(longer than (\d+) bytes\)": r"\1 (dài hơn \2 byte)",
    r"a child, comment or instruction": "phần tử con, chú thích hoặc chỉ thị",
    r"the end of the (file|archive)": "hết tệp",
    r"text cut in the middle of a group of four characters": "chuỗi bị cắt giữa nhóm bốn ký tự",
    r"text after the padding": "còn chữ sau dấu kết thúc",
    r"a character outside the base64 alphabet, or misplaced padding": (
        "ký tự không thuộc base64, hoặc dấu = đặt sai chỗ"
    ),
    r"(\d+) of them with text, (\d+) in the bytes and (\d+) in the parsed XML": (
        r"\1 có nội dung, \2 trong tệp và \3 khi phân tích XML"
    ),
    r"(\d+) of (\d+) elsewhere": r"\1 trên \2 nằm ở chỗ khác",
    r"(\d+) tags": r"\1 thẻ",
    r"(\d+): (.+)": r"\1: \2",
    r"(-?\d+|'.*'|\".*\"|<!\w+|\{\S+|\S+)": r"\1",
}

_ABOUT: Final = re.compile(r"(?!expected )[^\n]{1,2000}?: (?=expected )")
"""What a message is about, where that stands in front."""
_FOREIGN: Final = ", found: "
"""What stands behind this are words of another program; see ``_vietnamese_foreign``."""
_OURS: Final = re.compile(
    r"(?:otherwise: )?((?:[^\n]{1,2000}?: )?expected .+, found:? .+)", re.DOTALL
)
"""A message of our own that stands in another one, as what was found."""
_NONE_OF: Final = "none: "
"""What stands behind this are the reasons of several, one after the other."""
_NOT_COUNTED: Final = "not counted: "
_PLACE: Final = re.compile(r" \(line (\d+)(?:, column (\d+))?\)$")


def in_vietnamese(message: str) -> str:
    """The message in Vietnamese; empty when there is no translation of all of it.

    Args:
        message: ``expected …, found …``.
    """
    if message.startswith(_NOT_COUNTED):
        return _not_counted(message)
    about = _ABOUT.match(message)
    if about:
        rest = in_vietnamese(message[about.end() :])
        return rest and about_in_vietnamese(about[0]) + rest
    place = _PLACE.search(message)
    text = message[: place.start()] if place else message
    expected, found = halves(text.replace(_FOREIGN, ", found ", 1))
    if not expected:
        return _note(message)
    told = _translated(expected, "expected"), _translated(found, "found")
    if found.startswith(_NONE_OF):
        told = told[0], f"không có: {_each(found.removeprefix(_NONE_OF))}"
    elif ours := _OURS.fullmatch(found):
        told = told[0], f"lỗi: {within}" if (within := in_vietnamese(ours[1])) else ""
    elif expected in SETTINGS and found not in command_halves.SYSTEM:
        told = told[0], settings_in_vietnamese(found, messages=in_vietnamese)
    elif not told[1] and (_FOREIGN in text or expected.startswith(proof_halves.QUOTING)):
        told = told[0], foreign_in_vietnamese(found)
    if not all(told):
        return ""
    return f"cần {told[0]}, nhưng gặp {told[1]}{_place(place) if place else ''}"


def _each(reasons: str) -> str:
    return "; ".join(in_vietnamese(reason) or reason for reason in reasons.split("; "))


def _not_counted(message: str) -> str:
    reasons = message.removeprefix(_NOT_COUNTED).split(f"; {_NOT_COUNTED}")
    told = list(map(in_vietnamese, reasons))
    return "; ".join(f"không tính: {words}" for words in told) if all(told) else ""


def _note(message: str) -> str:
    """What is no message about something expected: a note on a step, or words of the system."""
    where, colon, words = message.rpartition(": ")
    if words in command_halves.SYSTEM:
        return f"{where}{colon}{command_halves.SYSTEM[words]}"
    return _translated(message, "note")


def _place(place: re.Match[str]) -> str:
    column = f", cột {place[2]}" if place[2] else ""
    return f" (dòng {place[1]}{column})"


def _translated(half: str, which: str) -> str:
    for pattern, words in _patterns(which):
        if found := pattern.fullmatch(half):
            return filled(found, words)
    return ""


@cache
def _patterns(which: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    tables = {
        "expected": making_halves.EXPECTED
        | exchange_halves.EXPECTED
        | trial_halves.EXPECTED
        | signing_halves.EXPECTED
        | proof_halves.EXPECTED
        | directory_halves.EXPECTED
        | command_halves.EXPECTED
        | book_halves.EXPECTED
        | _EXPECTED,
        "found": making_halves.FOUND
        | exchange_halves.FOUND
        | trial_halves.FOUND
        | signing_halves.FOUND
        | proof_halves.FOUND
        | directory_halves.FOUND
        | command_halves.FOUND
        | book_halves.FOUND
        | _FOUND,
        "note": command_halves.NOTES,
    }
    return tuple(_compiled(tables[which]))


def _compiled(table: dict[str, str]) -> Iterator[tuple[re.Pattern[str], str]]:
    for pattern, words in table.items():
        yield re.compile(pattern, re.DOTALL), words
