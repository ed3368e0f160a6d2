"""The scanner cuts attachments out by position; parser and scanner must agree on where they are."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import (
    CLOSE,
    NAMESPACE,
    OPEN,
    PDF,
    Trickle,
    letter,
    plain,
    plain_base64,
    with_content,
    written,
)

from docexchange.envelope import Attachment
from docexchange.envelope.attachments.base64_stream import CHUNK
from docexchange.envelope.reading.skeleton import held_tree, scan
from docexchange.errors import DocExchangeError, LimitExceeded, MalformedEnvelope
from docexchange.limits import Limits

if TYPE_CHECKING:
    from docexchange.envelope.reading.skeleton import Skeleton

TWO = letter(PDF, Attachment.from_bytes(bytes(range(256)) * 4, name="b.bin"))


def scanned(data: bytes, limits: Limits | None = None) -> Skeleton:
    """The skeleton of ``data``."""
    return scan(io.BytesIO(data), limits)


@given(st.lists(st.integers(1, 40), max_size=300))
def test_pieces_of_any_size_give_the_same_skeleton(sizes: list[int]):
    """Where the stream is cut into pieces decides nothing."""
    data = written(TWO)
    assert scan(Trickle(data, sizes)) == scanned(data)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 63])
def test_every_boundary_gives_the_same_skeleton(size: int):
    """Pieces of one fixed small size put a boundary at every place once."""
    data = written(TWO)
    assert scan(Trickle(data, [size] * len(data))) == scanned(data)


class Asked(io.BytesIO):
    """Remembers how much was asked for at a time."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.sizes: list[int | None] = []

    def read(self, size: int | None = -1, /) -> bytes:
        """Read on."""
        self.sizes.append(size)
        return super().read(size)


@pytest.mark.parametrize("lead", range(4))
def test_large_text_is_read_in_whole_groups_of_four(lead: int):
    """Wherever it begins: one read takes more than usual, and no later piece is put together."""
    octets = bytes(range(256)) * 1000
    data = b" " * lead + written(letter(Attachment.from_bytes(octets, name="b.bin")))
    source = Asked(data)
    (part,) = scan(source).parts
    assert (part.size, part.sha256) == (len(octets), hashlib.sha256(octets).digest())
    begun = (CHUNK - part.start) % 4
    whole = part.length // CHUNK - 1
    assert source.sizes[1 : 1 + whole] == [CHUNK + -begun % 4, *[CHUNK] * (whole - 1)]


@pytest.mark.parametrize("sizes", [[1] * 4000, [CHUNK]])
def test_what_follows_an_empty_tag_at_the_end_of_a_piece_is_read(sizes: list[int]):
    """An attachment of one empty tag that ends where a piece ends does not end the file."""
    empty = b"<ContentTransferEncoded/>"
    data = with_content(empty)
    padding = b" " * (CHUNK - data.index(empty) - len(empty))
    shifted = data.replace(b"<edXML:edXMLHeader>", padding + b"<edXML:edXMLHeader>")
    whole = scan(Trickle(shifted, sizes))
    assert (whole.size, whole.data, len(whole.parts)) == (len(shifted), shifted, 1)


@pytest.mark.parametrize("around", [-1, 0, 1])
@pytest.mark.parametrize("mark", [OPEN, CLOSE])
def test_a_tag_across_the_chunk_boundary_is_seen(mark: bytes, around: int):
    """A content tag that the scanner's own chunk boundary cuts is found all the same."""
    data = plain()
    padding = b" " * (CHUNK - data.index(mark) - len(mark) // 2 + around)
    shifted = data.replace(b"<edXML:edXMLHeader>", padding + b"<edXML:edXMLHeader>")
    part = scanned(shifted).parts[0]
    assert (part.size, part.sha256) == (10, hashlib.sha256(b"%PDF hello").digest())


def test_a_part_says_where_its_text_is():
    """Start and length of a part are those of its base64 text in the file."""
    data = plain()
    part = scanned(data).parts[0]
    text = data[part.start : part.start + part.length]
    assert base64.b64decode(text) == b"%PDF hello"
    assert scanned(data).data[part.at : part.at + 1] == b"0"


def test_the_skeleton_is_the_file_without_the_text():
    """Everything but the text of attachments is in the skeleton, unchanged and in order."""
    data = plain()
    skeleton = scanned(data)
    assert skeleton.data.replace(OPEN + b"0", OPEN + plain_base64()) == data
    assert skeleton.size == len(data)


def test_white_space_in_the_text_is_left_out():
    """Base64 in lines, as other systems write it, decodes to the same octets."""
    lines = base64.encodebytes(b"x" * 500)
    part = scanned(with_content(OPEN + lines + CLOSE)).parts[0]
    assert (part.size, part.length) == (500, len(lines))


def test_an_empty_attachment_is_a_part():
    """An element without text is an attachment of no octets."""
    assert scanned(with_content(OPEN + CLOSE)).parts[0].size == 0


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(envelope_bytes=500), "limit.envelope-bytes"),
        (Limits(skeleton_bytes=500), "limit.skeleton-bytes"),
        (Limits(attachments=1), "limit.attachments"),
        (Limits(attachment_bytes=1023), "limit.attachment-bytes"),
        (Limits(tag_bytes=30), "limit.tag-bytes"),
    ],
)
def test_each_limit_has_its_code(limits: Limits, code: str):
    """Every limit of the scanner refuses under its own code and names itself."""
    with pytest.raises(LimitExceeded) as refused:
        scanned(written(TWO), limits)
    assert refused.value.code == code
    assert code.removeprefix("limit.").replace("-", "_") in str(refused.value)


@pytest.mark.parametrize("spare", [0, -1])
def test_limits_are_exact(spare: int):
    """A letter exactly as large as a limit passes, one byte more does not."""
    whole, skeleton = len(written(TWO)), len(scanned(written(TWO)).data)
    for name, size in (("envelope", whole), ("skeleton", skeleton), ("attachment", 1024)):
        limits = Limits(**{f"{name}_bytes": size + spare})
        if spare == 0:
            assert scanned(written(TWO), limits).size == whole
        else:
            with pytest.raises(LimitExceeded):
                scanned(written(TWO), limits)


@pytest.mark.parametrize("sizes", [[], [1000] * 80])
def test_a_long_tag_is_refused_wherever_the_chunks_are(sizes: list[int]):
    """A tag over the limit is refused whether or not a chunk boundary falls into it."""
    tag = b'<a b="' + b"x" * 70_000 + b'"/>'
    data = plain().replace(b"<edXML:edXMLHeader>", tag + b"<edXML:edXMLHeader>")
    with pytest.raises(LimitExceeded) as refused:
        scan(Trickle(data, sizes))
    assert refused.value.code == "limit.tag-bytes"


def test_a_file_that_ends_inside_an_attachment_says_so():
    """The end of the file inside base64 is told with its place."""
    data = plain()[: plain().index(CLOSE)]
    with pytest.raises(MalformedEnvelope) as refused:
        scanned(data)
    assert (refused.value.code, refused.value.offset) == ("envelope.truncated", len(data))


@pytest.mark.parametrize(
    "skeleton",
    [
        b"<a><ContentTransferEncoded>1</ContentTransferEncoded></a>",
        b"<a><ContentTransferEncoded>0<b/></ContentTransferEncoded></a>",
        b"<a><ContentTransferEncoded>00</ContentTransferEncoded></a>",
        b"<a><ContentTransferEncoded/></a>",
        b"<a/>",
        b"<a><!--<ContentTransferEncoded>--><ContentTransferEncoded>0</ContentTransferEncoded></a>",
        b"<![CDATA[<ContentTransferEncoded>]]><ContentTransferEncoded>0</ContentTransferEncoded>".join(
            (b"<a>", b"</a>")
        ),
    ],
)
def test_parser_and_scanner_must_agree(skeleton: bytes):
    """One cut stands for exactly one element with exactly its number, and nothing looks like it."""
    with pytest.raises(MalformedEnvelope) as refused:
        held_tree(skeleton, ["0"], Limits())
    assert refused.value.code == "envelope.attachment-markup"


@pytest.mark.parametrize("length", [0, 1, 64])
def test_prefixes_of_content_elements_are_free(length: int):
    """Whatever prefix a sender has bound, the element is found."""
    prefix = b"p" * length
    name = (prefix + b":" if prefix else b"") + b"ContentTransferEncoded"
    binding = b" xmlns%s='%s'" % (b":" + prefix if prefix else b"", NAMESPACE)
    data = with_content(b"<" + name + binding + b">QUJD</" + name + b">")
    assert scanned(data).tree() is not None
    assert scanned(data).parts[0].size == 3


@given(
    st.lists(
        st.sampled_from(
            [
                *(b"<", b"</", b"/>", b">", b" ", b":", b"x:", b"QUJD", b"ContentTransferEncoded"),
                *(b"<ContentTransferEncoded", b"<x:ContentTransferEncoded>", b"<e a='b'>"),
            ]
        )
    ).map(b"".join)
)
def test_cuts_are_made_behind_each_start_tag_and_nowhere_else(data: bytes):
    """However the bytes are searched, they are cut where one plain pattern finds a start tag."""
    pattern = rb"<(?:[^\s<>/!?:\"'=]{1,64}:)?ContentTransferEncoded(?:\s[^<>]*|/)?>"
    try:
        found = scan(io.BytesIO(data))
    except MalformedEnvelope:
        return
    assert [part.start for part in found.parts] == [tag.end() for tag in re.finditer(pattern, data)]


def test_the_name_alone_does_no_harm():
    """A letter about the element itself is a letter like any other."""
    document = letter(PDF, subject="Thẻ <ContentTransferEncoded> và edXML:ContentTransferEncoded")
    assert scanned(written(document)).tree() is not None


@given(st.binary(max_size=400), st.lists(st.integers(1, 9), max_size=200))
def test_any_bytes_are_judged_alike_in_any_pieces(text: bytes, sizes: list[int]):
    """Arbitrary bytes as attachment text are taken or refused whatever the pieces are."""
    data = OPEN + text + CLOSE

    def outcome(stream: io.BytesIO | Trickle) -> object:
        try:
            return scan(stream)
        except DocExchangeError as error:
            return type(error)

    assert outcome(Trickle(data, sizes)) == outcome(io.BytesIO(data))


@pytest.mark.parametrize(
    "odd", [b"\n", b"<", b"=", b"-", b"<a>", b"=\n", b" ", b"A", b"\0", b"&lt;"]
)
@pytest.mark.parametrize("at", [0, 1, 2, CHUNK - 5, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 60])
def test_long_texts_are_judged_alike_in_any_pieces(odd: bytes, at: int):
    """What stands in the middle of much base64 is found wherever the pieces end."""
    text = b"QUJD" * (CHUNK // 2)
    data = OPEN + text[:at] + odd + text[at:] + CLOSE

    def outcome(stream: io.BytesIO | Trickle) -> object:
        try:
            return scan(stream)
        except DocExchangeError as error:
            return error.code

    assert outcome(Trickle(data, [CHUNK - 1, *[CHUNK // 3] * 12])) == outcome(io.BytesIO(data))
