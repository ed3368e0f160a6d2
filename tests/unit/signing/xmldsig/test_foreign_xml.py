"""XML in another encoding or with a DTD: refused by name, and where it is lifted, bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from docexchange.errors import LimitExceeded, MalformedEnvelope
from docexchange.limits import Limits
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.deviations import Deviation
from docexchange.signing.xmldsig.foreign_xml import parse_foreign

if TYPE_CHECKING:
    from pathlib import Path

EVERY = frozenset(Deviation)
LATIN = '<?xml version="1.0" encoding="ISO-8859-1"?><m>é</m>'.encode("latin-1")


def with_dtd(declared: str, body: str = "<m/>") -> bytes:
    """A document with an internal subset."""
    return f"<!DOCTYPE m [{declared}]>{body}".encode()


def filled_in(data: bytes) -> bytes:
    """What comes of a document where everything is lifted."""
    return etree.tostring(parse_foreign(data, Limits(), EVERY), method="c14n")


@pytest.mark.parametrize(
    ("data", "code"),
    [(LATIN, "signature.encoding"), (with_dtd(""), "signature.dtd")],
)
def test_each_is_refused_by_its_name_until_it_is_lifted(data: bytes, code: str) -> None:
    """Lifting the other does not help."""
    deviation = Deviation(code)
    for allowed in (frozenset(), EVERY - {deviation}):
        with pytest.raises(Refusal) as caught:
            parse_foreign(data, Limits(), allowed)
        assert caught.value.code == code
    assert parse_foreign(data, Limits(), {deviation}).tag == "m"


def test_plain_xml_goes_to_the_one_parser_as_it_is() -> None:
    """Nothing is lifted for it, and what that refuses stays refused."""
    assert parse_foreign(b"<m>1</m>", Limits()).text == "1"
    for data in (b"<m>", b"", b'<?xml version="1.0" encoding="EBCDIC"?><m/>'):
        with pytest.raises(MalformedEnvelope):
            parse_foreign(data, Limits(), EVERY)


def test_latin_is_written_anew() -> None:
    """Character by character; octets that are UTF-8 under that name are read as they are told."""
    assert filled_in(LATIN) == "<m>é</m>".encode()
    assert filled_in(LATIN.replace(b"\xe9", "é".encode())) == "<m>Ã©</m>".encode()
    quoted = LATIN.replace(b'"ISO-8859-1"', b"'iso-8859-1'")
    assert filled_in(quoted) == "<m>é</m>".encode()


def test_what_a_dtd_declares_is_filled_in() -> None:
    """Entities and defaults of attributes; comments outside the root stay."""
    data = with_dtd("<!ENTITY a 'one'><!ATTLIST m k CDATA 'v'>", "<m>&a;&a;</m>")
    assert filled_in(data) == b'<m k="v">oneone</m>'
    root = parse_foreign(with_dtd("", "<!--c--><m/>"), Limits(), EVERY)
    assert etree.tostring(root.getroottree(), method="c14n") == b"<!--c-->\n<m></m>"
    assert root.getroottree().docinfo.doctype == ""


BOMBS = {
    "laughs": with_dtd(
        "<!ENTITY a 'ha'>" + "".join(f"<!ENTITY a{n} '&a;&a;'>" for n in range(9)), "<m>&a8;</m>"
    ),
    "quadratic": with_dtd(f"<!ENTITY a '{'x' * 12_000}'>", f"<m>{'&a;' * 20_000}</m>"),
    "attributes": with_dtd(f"<!ATTLIST b k CDATA '{'x' * 15_000}'>", f"<m>{'<b/>' * 9000}</m>"),
    "attributes of entities": with_dtd("<!ENTITY a 'x'><!ATTLIST m k CDATA '&a;&a;'>"),
    "long": with_dtd("<!ENTITY a 'x'>" + " " * 20_000),
    "parameter": with_dtd("<!ENTITY % a '<!ENTITY b \"x\">'>%a;", "<m>&b;</m>"),
    "markup": with_dtd("<!ENTITY a '<b/>'>", "<m>&a;</m>"),
    "behind a string": with_dtd("<!ATTLIST m k CDATA ']>'><!ENTITY a SYSTEM 'x'>", "<m>&a;</m>"),
    "defaults behind a string": with_dtd(
        f"<!ATTLIST m k CDATA ']>'><!ATTLIST b k CDATA '{'x' * 50_000}'>", f"<m>{'<b/>' * 9000}</m>"
    ),
    "defaults behind a comment": with_dtd(
        f"<!-- ]> --><!ATTLIST b k CDATA '{'x' * 50_000}'>", f"<m>{'<b/>' * 9000}</m>"
    ),
    "defaults behind an instruction": with_dtd(
        f"<?p ]>?><!ATTLIST b k CDATA '{'x' * 50_000}'>", f"<m>{'<b/>' * 9000}</m>"
    ),
    "a string in a string": with_dtd(
        f"<!ATTLIST m k CDATA '\"x\"]>'><!ATTLIST b k CDATA '{'x' * 50_000}'>", "<m><b/></m>"
    ),
    "in a comment": b"<!-- <!DOCTYPE m []> --><!DOCTYPE m SYSTEM 'x'><m/>",
    "notation": with_dtd("<!NOTATION n SYSTEM 'x'>"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_grows_or_reaches_out_is_refused_even_so(name: str) -> None:
    """Before any parser that knows DTDs has seen it."""
    with pytest.raises(Refusal) as caught:
        parse_foreign(BOMBS[name], Limits(), EVERY)
    assert caught.value.code == "signature.format"


@pytest.mark.parametrize(
    "form",
    [
        "<!DOCTYPE m SYSTEM '{uri}'><m/>",
        "<!DOCTYPE m PUBLIC 'p' '{uri}'><m/>",
        "<!DOCTYPE m SYSTEM '{uri}' []><m/>",
        "<!DOCTYPE m [<!ENTITY a SYSTEM '{uri}'>]><m>&a;</m>",
        "<!DOCTYPE m [<!ENTITY a PUBLIC 'p' '{uri}'>]><m>&a;</m>",
        "<!DOCTYPE m [<!ENTITY % a SYSTEM '{uri}'>%a;]><m/>",
    ],
)
def test_nothing_outside_is_read(form: str, tmp_path: Path) -> None:
    """Neither a file nor anything else, whatever names it."""
    file = tmp_path / "secret.dtd"
    file.write_text("<!ENTITY b 'secret'>")
    with pytest.raises(Refusal) as caught:
        parse_foreign(form.format(uri=file.as_uri()).encode(), Limits(), EVERY)
    assert caught.value.code == "signature.format"


def test_limits_hold_for_what_is_filled_in() -> None:
    """Size before, depth and size after."""
    limits = Limits(skeleton_bytes=2000, depth=3)
    with pytest.raises(LimitExceeded):
        parse_foreign(with_dtd("", f"<m>{'x' * 2000}</m>"), limits, EVERY)
    with pytest.raises(LimitExceeded):
        parse_foreign(with_dtd("", "<m><a><b><c/></b></a></m>"), limits, EVERY)


def test_octets_that_are_no_utf_8_are_no_document_with_a_dtd() -> None:
    """Nothing is guessed."""
    with pytest.raises(Refusal, match="UTF-8"):
        parse_foreign(with_dtd("") + b"<!--\xe9-->", Limits(), EVERY)
    with pytest.raises(MalformedEnvelope):
        parse_foreign(with_dtd("", "<m>"), Limits(), EVERY)
