"""Oddly written signatures of any XML: what means the same passes, and nothing else does.

Each change is made after signing, unless it says otherwise; what must come of it is what the
standard says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from dsig_help import Ref, certificate_info, sign_into
from lxml import etree
from signing_help import b64, certify, der, edit, verifier_for

from docexchange.errors import MalformedEnvelope
from docexchange.signing import VerificationPolicy
from docexchange.signing.xmldsig.algorithms import BASE64, ENVELOPED, Canonicalization

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

XML: Final = (
    '<r xml:lang="vi" xml:base="http://a/b/" xml:id="top"><m xml:base="c/">'
    '<c Id="t">QUJD</c><d xml:id="e">2</d></m><?pi data?></r>'
)
WHOLE: Final = Ref("", (ENVELOPED,))
WITH_COMMENTS: Final = Ref("#xpointer(/)", (ENVELOPED, Canonicalization.EXCLUSIVE_COMMENTS.value))
INCLUSIVE, VERSION_11, EXCLUSIVE = (
    Ref("#t", (form.value,))
    for form in (
        Canonicalization.INCLUSIVE,
        Canonicalization.INCLUSIVE_11,
        Canonicalization.EXCLUSIVE,
    )
)
DECODED: Final = Ref("#t", (BASE64,))


def signed(pki: DemoPki, *references: Ref) -> bytes:
    """The file above with a signature by the commune at its end."""
    agency = pki.agency("commune")
    info = certificate_info(agency.der, *map(der, agency.chain))
    root = etree.fromstring(XML)
    sign_into(root, references, key=agency.private_key, info=info)
    return etree.tostring(root)


def passes(pki: DemoPki, data: bytes) -> bool:
    """Whether auditors let it pass."""
    policy = VerificationPolicy.general()
    try:
        return verifier_for(pki, policy=policy).examine_xml(data).passed
    except MalformedEnvelope:
        return False


SAME: Final[dict[str, tuple[Ref, str, str]]] = {
    "CDATA": (WHOLE, ">QUJD<", "><![CDATA[QUJD]]><"),
    "character reference": (WHOLE, ">2<", ">&#50;<"),
    "character reference in a URI": (INCLUSIVE, 'URI="#t"', 'URI="#&#116;"'),
    "comment where none is digested": (WHOLE, "<m ", "<!-- --><m "),
    "space before the data of an instruction": (WHOLE, "<?pi data?>", "<?pi \t data?>"),
    "quotes": (WHOLE, 'Id="t"', "Id='t'"),
    "space in a tag": (WHOLE, "<c Id", "<c \n Id"),
    "language of a parent, exclusive": (EXCLUSIVE, '"vi"', '"en"'),
    "base of a parent's parent, 1.0": (INCLUSIVE, "http://a/b/", "http://evil/"),
    "id of a parent, 1.1": (VERSION_11, '"top"', '"other"'),
    "prefix of a parent, exclusive": (EXCLUSIVE, "<r ", '<r xmlns:q="urn:q" '),
    "base64 in parts": (DECODED, "QUJD", "QU<!-- --><x>JD</x><?no JD?>"),
    "base64 in lines": (DECODED, "QUJD", "Q U\nJ&#13;D"),
    "byte order mark": (WHOLE, "<r ", "\ufeff<r "),
    "UTF-16 told of what is UTF-8, as .NET does": (
        WHOLE,
        "<r ",
        '<?xml version="1.0" encoding="utf-16"?><r ',
    ),
    "the same encoding by another name": (
        WHOLE,
        "<r ",
        '<?xml version="1.0" encoding="ASCII"?><r ',
    ),
}
"""What was signed, and a way to write it otherwise."""


@pytest.mark.parametrize("name", SAME)
def test_what_means_the_same_passes(pki: DemoPki, name: str) -> None:
    """XML and its canonical forms say that it does."""
    reference, old, new = SAME[name]
    assert passes(pki, edit(signed(pki, reference), old, new))


OTHER: Final[dict[str, tuple[Ref, str, str]]] = {
    "another case in a URI": (INCLUSIVE, 'URI="#t"', 'URI="#T"'),
    "percent in a URI": (INCLUSIVE, 'URI="#t"', 'URI="#%74"'),
    "space in a URI": (INCLUSIVE, 'URI="#t"', 'URI="#t "'),
    "an xpointer for a name": (INCLUSIVE, 'URI="#t"', "URI=\"#xpointer(id('t'))\""),
    "a twin by white space": (EXCLUSIVE, "</m>", '<x xml:id=" t "/></m>'),
    "comment where they are digested": (WITH_COMMENTS, "<m ", "<!-- --><m "),
    "instruction added": (WHOLE, "<m ", "<?x?><m "),
    "instruction before all": (WHOLE, "<r ", "<?x?><r "),
    "data of an instruction": (WHOLE, "<?pi data?>", "<?pi data ?>"),
    "language of a parent, 1.0": (INCLUSIVE, '"vi"', '"en"'),
    "language of a parent, 1.1": (VERSION_11, '"vi"', '"en"'),
    "base of a parent's parent, 1.1": (VERSION_11, "http://a/b/", "http://evil/"),
    "base of a parent, 1.0": (INCLUSIVE, '"c/"', '"d/"'),
    "id of a parent, 1.0": (INCLUSIVE, '"top"', '"other"'),
    "prefix of a parent, 1.0": (INCLUSIVE, "<r ", '<r xmlns:q="urn:q" '),
    "prefix of a parent, 1.1": (VERSION_11, "<r ", '<r xmlns:q="urn:q" '),
    "default namespace of a parent": (EXCLUSIVE, "<r ", '<r xmlns="urn:q" '),
    "noise in base64": (DECODED, "QUJD", "QU!JD"),
    "two base64 texts": (DECODED, "QUJD", "QQ==Qg=="),
    "no-break space in base64": (DECODED, "QUJD", "QU&#160;JD"),
    "an encoding that nobody reads": (WHOLE, "<r ", '<?xml version="1.0" encoding="UTF-7"?><r '),
    "an attribute by default": (WHOLE, "<r ", '<!DOCTYPE r [<!ATTLIST d Id CDATA "t">]><r '),
    "an entity": (WHOLE, ">2<", ">&two;<"),
    "two signed infos": (WHOLE, "</ds:SignedInfo>", "</ds:SignedInfo><ds:SignedInfo/>"),
    "text in the signature": (WHOLE, "</ds:Signature>", "x</ds:Signature>"),
    "something else in the signature": (WHOLE, "</ds:Signature>", "<x/></ds:Signature>"),
    "an attribute on signed info": (WHOLE, "<ds:SignedInfo", '<ds:SignedInfo a="b"'),
    "key information from elsewhere": (
        WHOLE,
        "<ds:KeyInfo>",
        '<ds:KeyInfo><ds:RetrievalMethod URI="file:///etc/passwd"/>',
    ),
}
"""What was signed, and what is something else."""


@pytest.mark.parametrize("name", OTHER)
def test_what_means_something_else_does_not(pki: DemoPki, name: str) -> None:
    """However little it looks it; the file as it was signed passes."""
    reference, old, new = OTHER[name]
    data = signed(pki, reference)
    assert passes(pki, data)
    assert not passes(pki, edit(data, old, new))


@pytest.mark.parametrize("spoiled", ["\u00a0", "\u2028", "<!-- -->", "<?x?>", "<x/>", "-", "="])
@pytest.mark.parametrize("name", ["SignatureValue", "DigestValue", "X509Certificate"])
def test_nothing_but_white_space_stands_in_base64(pki: DemoPki, name: str, spoiled: str) -> None:
    """A space of another kind, a comment, a child: readers differ on what is there then."""
    data = signed(pki, WHOLE).decode()
    found = re.search(f"<ds:{name}>.{{8}}", data)
    assert found is not None
    at = found.end()
    assert passes(pki, f"{data[:at]} \n\t{data[at:]}".encode()) == (name != "DigestValue")
    assert not passes(pki, f"{data[:at]}{spoiled}{data[at:]}".encode())


def test_a_second_certificate_makes_it_nobody_s(pki: DemoPki) -> None:
    """One of the same key, or a stranger's in a list of its own: which is meant is not guessed."""
    data = signed(pki, WHOLE)
    key: Any = pki.agency("commune").private_key
    like = certify("The same key", issuer=pki.sub_ca.credential, key=key)
    first = b"<ds:X509Certificate>"
    twice = data.replace(first, first + f"{b64(like.der)}</ds:X509Certificate>".encode() + first, 1)
    stranger = f"<ds:X509Certificate>{b64(certify('stranger').der)}</ds:X509Certificate>"
    apart = f"</ds:X509Data><ds:X509Data>{stranger}</ds:X509Data>"
    assert [passes(pki, item) for item in (data, twice)] == [True, False]
    assert not passes(pki, edit(data, "</ds:X509Data>", apart))
