"""Letters made to cost the reader memory or time: refused early, or read within bounds."""

from __future__ import annotations

import io
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from letters import CLOSE, NAMESPACE, OPEN, changed, code_of, plain, refusal, with_content

from docexchange.envelope import Envelope
from docexchange.envelope.reading.skeleton import scan
from docexchange.errors import LimitExceeded
from docexchange.limits import MIB, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator


class Endless(io.RawIOBase):
    """A stream of a head, then one pattern again and again up to a size, then a tail.

    Args:
        head: the first bytes.
        pattern: what is repeated.
        size: of all repetitions together, in bytes.
        tail: the last bytes.
    """

    def __init__(self, head: bytes, pattern: bytes, size: int, tail: bytes = b"") -> None:
        super().__init__()
        self._pieces = self._generate(head, pattern, size, tail)
        self.given = 0

    @staticmethod
    def _generate(head: bytes, pattern: bytes, size: int, tail: bytes) -> Iterator[bytes]:
        if head:
            yield head
        block = pattern * (32 * 1024 // len(pattern))
        for _ in range(size // len(block)):
            yield block
        yield tail

    def read(self, size: int = -1, /) -> bytes:
        """The next piece, whatever was asked for."""
        piece = next(self._pieces, b"")
        assert size < 0 or len(piece) <= size
        self.given += len(piece)
        return piece


def peak_of(stream: Endless) -> tuple[str, int]:
    """Scan a stream; the code of its refusal, and the most bytes of memory held meanwhile."""
    code = ""
    tracemalloc.start()
    try:
        scan(stream)
    except LimitExceeded as error:
        code = error.code
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return code, peak


@pytest.mark.parametrize(
    ("head", "pattern"),
    [
        (b'<edXML a="', b"x"),
        (b"<edXML ", b"a='' "),
        (b"<!--", b"x"),
        (b"<?x ", b"?"),
        (b"<", b"a"),
        (b"<ContentTransferEncoded ", b" "),
        (b"<" + b"p" * 100 + b":ContentTransferEncoded\n", b"\n"),
    ],
)
def test_a_hundred_megabytes_of_one_tag_are_not_read(head: bytes, pattern: bytes):
    """An endless attribute, comment or tag is refused after some 64 KiB of it."""
    stream = Endless(head, pattern, 100 * MIB)
    code, peak = peak_of(stream)
    assert code == "limit.tag-bytes"
    assert stream.given < MIB
    assert peak < MIB


@pytest.mark.parametrize(
    ("head", "pattern"),
    [
        (b"", b" "),
        (b"<a>", b"text "),
        (b"<!--", b"> "),
        (b"<a>", b"<b>"),
        (b"", b"\0"),
        (
            b"<edXML:edXMLBody><edXML:edXMLManifest>",
            b"<edXML:Reference><edXML:ContentId>cid:1</edXML:ContentId></edXML:Reference>",
        ),
    ],
)
def test_a_hundred_megabytes_of_anything_else_stop_at_the_limit(head: bytes, pattern: bytes):
    """What is no attachment is read up to the limit of the skeleton and no further."""
    stream = Endless(head, pattern, 100 * MIB)
    code, peak = peak_of(stream)
    assert code == "limit.skeleton-bytes"
    assert stream.given < 17 * MIB
    assert peak < 36 * MIB  # the skeleton while it grows, and its last copy


def test_a_hundred_megabytes_of_white_space_are_no_octets():
    """White space instead of base64 costs time in proportion and no memory."""
    code, peak = peak_of(Endless(OPEN, b"\n", 100 * MIB, CLOSE))
    assert (code, peak < 2 * MIB) == ("", True)


def test_an_attachment_over_its_limit_stops_there():
    """An endless attachment is refused when it has passed the limit, not when it has ended."""
    stream = Endless(OPEN, b"AAAA", 100 * MIB, CLOSE)
    with pytest.raises(LimitExceeded) as refused:
        scan(stream, Limits(attachment_bytes=MIB))
    assert refused.value.code == "limit.attachment-bytes"
    assert stream.given < 2 * MIB


def inside_header(xml: bytes) -> bytes:
    """A letter with something more in its message header."""
    return changed(b"<edXML:Subject>", xml + b"<edXML:Subject>")


@pytest.mark.parametrize("child", [b"<a/>", b"<edXML:b/>", b"<a></a>"])
def test_a_million_elements_are_too_many(child: bytes):
    """More elements than allowed are refused by the limit's name, however short they are."""
    assert code_of(inside_header(child * 1_000_000)) == "limit.elements"


def test_tags_beyond_number_are_counted_before_they_are_parsed():
    """Far too many tags never reach the parser."""
    error = refusal(inside_header(b"<" * 3_000_000))
    assert error is not None
    assert error.code == "limit.elements"


@pytest.mark.parametrize("depth", [65, 250, 260, 100_000])
def test_deep_nesting_is_refused(depth: int):
    """Elements nested beyond the limit are refused, by us or already by the parser."""
    data = inside_header(b"<a>" * depth + b"</a>" * depth)
    assert code_of(data) in {"limit.depth", "xml.syntax"}


def test_depth_that_nobody_closes_is_refused():
    """A hundred thousand open elements without an end are a syntax error."""
    assert code_of(b"<a>" * 100_000) == "xml.syntax"


def test_a_hundred_thousand_attributes_on_one_tag_are_too_many():
    """One tag with all of them is longer than a tag may be."""
    tag = b"<a " + b" ".join(b'a%d=""' % number for number in range(100_000)) + b"/>"
    assert code_of(inside_header(tag)) == "limit.tag-bytes"


def test_a_flood_of_attributes_is_read_in_proportion():
    """Hundreds of tags with thousands of attributes each cost no more than their bytes."""
    tag = b"<a " + b" ".join(b'a%d=""' % number for number in range(6000)) + b"/>"
    assert not code_of(inside_header(tag * 100))


def test_a_flood_of_namespaces_is_read_in_proportion():
    """Thousands of namespaces in scope of nested elements do not blow up."""
    tag = b"<a " + b" ".join(b'xmlns:a%d="u%d"' % (n, n) for n in range(3000)) + b">"
    assert not code_of(inside_header(tag * 40 + b"<a1:b/>" * 1000 + b"</a>" * 40))


@pytest.mark.parametrize("filler", [b"x", b"> ", b"- "])
def test_a_huge_comment_is_refused(filler: bytes):
    """A comment of fifteen megabytes is refused, with or without tag ends inside."""
    assert code_of(inside_header(b"<!--" + filler * (15 * MIB // len(filler)) + b"-->"))


def test_a_huge_text_is_told_in_few_words():
    """Nine megabytes in one field are a finding that does not repeat them."""
    envelope = Envelope.from_bytes(
        inside_header(b"<edXML:Content>" + b"a>" * 4_500_000 + b"</edXML:Content>")
    )
    codes = {finding.code for finding in envelope.findings}
    assert codes == {"D.order", "R.MessageHeader.Content"}
    assert len(repr(envelope.findings)) < 1000


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<edXML:OrganId>000.21.31.H53<", b"<edXML:OrganId>%s<"),
        (b"<edXML:ContentId>cid:209<", b"<edXML:ContentId>%s<"),
        (b"Date>2026/03/02<", b"Date>%s<"),
        (b"<edXML:Priority>0<", b"<edXML:Priority>%s<"),
        (b"<edXML:Paper>0<", b"<edXML:Paper>%s<"),
        (b'Id="m-1"', b'Id="%s"'),
    ],
)
def test_errors_do_not_repeat_megabytes(old: bytes, new: bytes):
    """What is told about a field of 50,000 characters stays readable."""
    data = changed(old, new % (b"9" * 50_000))
    error = refusal(data)
    told = [str(error)] if error else [f.message for f in Envelope.from_bytes(data).findings]
    assert told
    assert all(len(text) < 60_000 for text in told)


def test_ten_thousand_attachments_are_read_and_one_more_is_not():
    """As many small attachments as allowed are read; the next one is refused by the limit."""
    item = b"<Attachment><ContentId>a%d</ContentId>" + OPEN + b"QUJD" + CLOSE + b"</Attachment>"
    items = [item % number for number in range(10_000)]
    data = plain().replace(b"</AttachmentEncoded>", b"%s</AttachmentEncoded>")
    envelope = Envelope.from_bytes(data % b"".join(items[:-1]))
    assert envelope.unlisted == 9_999
    assert len(envelope.findings) <= 1000
    assert code_of(data % b"".join(items)) == "limit.attachments"


def test_base64_in_lines_of_one_character_is_read():
    """The most white space that base64 can have does not break it."""
    assert not code_of(with_content(OPEN + b"A\n" * 400_000 + CLOSE))


def test_the_namespace_of_these_letters_is_the_standard_one():
    """These attacks are made on letters of the real namespace."""
    assert NAMESPACE in plain()
