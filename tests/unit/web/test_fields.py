"""Header fields: what is read, and what is no such field."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docexchange.web.fields import (
    byte_range,
    checksum,
    content_digest,
    digest_field,
    metadata,
    whole_number,
)
from docexchange.web.refusals import Refused


@given(st.binary())
def test_a_digest_is_read_as_it_is_written(octets):
    """The field of RFC 9530, there and back; also among others and with parameters."""
    sha256 = hashlib.sha256(octets).hexdigest()
    assert content_digest(digest_field(sha256)) == sha256
    assert content_digest(f"sha-512=:AAAA:, {digest_field(sha256)};q=1") == sha256


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sha-256",
        "sha-256=",
        "sha-256=::",
        "sha-256=:AAAA:",
        "sha-256=:###:",
        "sha-256=x:",
        "SHA-256=:" + "A" * 43 + "=:",
        "sha-256=:" + "A" * 44,
        "sha-256=:" + "ä" * 43 + "=:",
        ":" * 99,
    ],
)
def test_what_gives_no_sha256_is_refused(text):
    """400, whatever it is."""
    with pytest.raises(Refused) as caught:
        content_digest(text)
    assert (caught.value.status, caught.value.code) == (400, "http.digest")


@given(st.text(max_size=60), st.integers(0, 1000))
def test_any_range_is_a_part_of_the_whole_or_ignored(text, size):
    """Never an error, never beyond the end."""
    for asked in (text, f"bytes={text}"):
        part = byte_range(asked, size)
        assert part is None or (0 <= part.start <= part.stop <= max(size, 0))


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 30))
def test_a_range_means_what_a_slice_means(first, last, size):
    """Both ends, only a beginning, only an end; compared with Python's own."""
    data = bytes(range(size))
    part = byte_range(f"bytes={first}-{last}", size)
    assert part is None if last < first else data[part.start : part.stop] == data[first : last + 1]
    rest = byte_range(f"bytes={first}-", size)
    assert data[rest.start : rest.stop] == data[first:]
    tail = byte_range(f"bytes=-{last}", size)
    assert data[tail.start : tail.stop] == (data[-last:] if last else b"")


_KEYS = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=","), min_size=1
)


@given(st.dictionaries(_KEYS, st.text(max_size=40), max_size=5))
def test_metadata_are_read_as_clients_write_them(values):
    """Keys and texts, in base64, as tus has it."""
    pairs = [f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in values.items()]
    assert metadata(",".join(pairs)) == values
    assert metadata(" , ".join(pairs)) == values


def test_a_key_may_stand_alone():
    """Its text is empty then."""
    assert metadata("is_confidential") == {"is_confidential": ""}
    assert metadata("  ") == {}


@pytest.mark.parametrize("text", [",", "a #", "a YQ==,a YQ==", "a /w==", " ", "ä YQ==", "a YQ== b"])
def test_other_metadata_are_refused(text):
    """Twice the same key, no base64, no UTF-8, no key; nothing at all is no error."""
    if not text.strip():
        assert metadata(text) == {}
        return
    with pytest.raises(Refused) as caught:
        metadata(text)
    assert caught.value.code == "upload.metadata"


@given(st.binary())
def test_checksums_are_read(octets):
    """Both algorithms; a value of another length is refused."""
    for name in ("sha1", "sha256"):
        value = hashlib.new(name, octets).digest()
        assert checksum(f"{name} {base64.b64encode(value).decode()}") == (name, value)
        with pytest.raises(Refused):
            checksum(f"{name} {base64.b64encode(value[1:]).decode()}")


@pytest.mark.parametrize("text", [None, "", "-1", "1.0", "1e3", " 1", "²", "9" * 19, "0x1", "١"])
def test_what_is_no_number_is_refused(text):
    """400 with the name of the field."""
    with pytest.raises(Refused, match="Upload-Length"):
        whole_number("Upload-Length", text)


def test_a_number_is_a_number():
    """With zeros in front, too."""
    assert [whole_number("x", text) for text in ("0", "007", "9" * 18)] == [0, 7, 10**18 - 1]
