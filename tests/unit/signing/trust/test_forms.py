"""Certificates and lists that are asked often say what the library's own say."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from asn1crypto import crl, x509
from hypothesis import given
from hypothesis import strategies as st
from signing_help import NOW, certify, der

from docexchange.signing.trust.forms import Certificate, CertificateList, ListWithoutEntries
from docexchange.testing import RevocationList

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = certify("Root", ca=True)
LEAF = certify("Leaf", issuer=ROOT)
TEXTS = st.sampled_from(["Bo", "bo", "BO ", "Bộ Tư pháp", "BỘ  TƯ PHÁP", "B\u00ado", "B o"])
ATTRIBUTES = st.tuples(st.sampled_from(["common_name", "organization_name"]), TEXTS)
NAMES = st.lists(st.lists(ATTRIBUTES, min_size=1, max_size=2), max_size=2)
"""The parts of a name, each of one attribute or several, of one kind or not."""


def _name(parts: Sequence[Sequence[tuple[str, str]]]) -> Any:
    attributes = [
        [
            {"type": kind, "value": x509.DirectoryString("utf8_string", x509.UTF8String(text))}
            for kind, text in part
        ]
        for part in parts
    ]
    sequence = x509.RDNSequence(list(map(x509.RelativeDistinguishedName, attributes)))
    return x509.Name(name="", value=sequence)


def _with_subject(name: Any) -> tuple[Any, Any]:
    """A certificate of that name as the library has it, and as we have it."""
    plain = x509.Certificate.load(LEAF.der)
    plain["tbs_certificate"]["subject"] = name
    octets = plain.dump(force=True)
    return x509.Certificate.load(octets), Certificate.load(octets)


@given(NAMES, NAMES)
def test_names_are_alike_where_the_library_says_so(one: Any, other: Any) -> None:
    """Whichever of the two is ours, and whatever stands in them."""
    (plain, ours), (plain_other, ours_other) = map(_with_subject, map(_name, (one, other)))
    alike = plain.subject == plain_other.subject
    pairs = product((plain.subject, ours.subject), (plain_other.subject, ours_other.subject))
    assert [left == right for left, right in pairs] == [alike] * 4
    assert (ours.subject != ours_other.subject) is not alike
    assert ours.subject.hashable == plain.subject.hashable


@given(st.text(st.sampled_from([*map(chr, range(0x1FFF)), *"  \u200b\u3000Ⅷﬁ"])))
def test_any_text_in_a_name_is_prepared_as_the_library_does_it(text: str) -> None:
    """Or neither prepares it, for what must not stand in a name."""
    plain, ours = _with_subject(_name([[("common_name", text)]]))
    assert _prepared(ours.subject) == _prepared(plain.subject)


def test_each_letter_in_a_name_is_prepared_as_the_library_does_it() -> None:
    """Alone, in both cases of it, and between spaces."""
    letters = [chr(code) for code in range(0x20, 0x1F00) if code < 0x250 or code > 0x1DFF]
    for letter in letters:
        plain, ours = _with_subject(_name([[("common_name", f" {letter}  {letter.swapcase()} ")]]))
        assert _prepared(ours.subject) == _prepared(plain.subject), letter


def _prepared(name: Any) -> str | None:
    try:
        prepared: str = name.hashable
    except ValueError:
        return None
    return prepared


def test_a_name_is_like_no_other_thing() -> None:
    """A name that is asked about something else says no."""
    assert Certificate.load(LEAF.der).subject != "Leaf"


def test_a_certificate_says_what_it_said() -> None:
    """Who, by whom, with which key; and its octets, when they are asked for again too."""
    plain, ours = x509.Certificate.load(LEAF.der), Certificate.load(LEAF.der)
    for _ in range(2):
        assert ours.dump() == LEAF.der
        assert ours["tbs_certificate"].dump() == plain["tbs_certificate"].dump()
        assert ours.subject.native == plain.subject.native
        assert ours.issuer.native == plain.issuer.native
        assert ours.public_key.native == plain.public_key.native
    assert ours.native == plain.native


def test_a_name_that_is_changed_is_another() -> None:
    """The library puts names together from copies."""
    name = Certificate.load(LEAF.der).subject
    longer = name.copy()
    longer.chosen.append(x509.RelativeDistinguishedName.load(name.chosen[0].dump()))
    assert longer.hashable != name.hashable
    assert longer != name


def test_a_list_without_entries_is_the_same_but_names_nobody() -> None:
    """Its octets, and so its signature and its digest, are those of the list."""
    octets = der(RevocationList(revoked={LEAF.certificate: NOW}).sign(ROOT, at=NOW))
    whole, silent = CertificateList.load(octets), ListWithoutEntries.load(octets)
    plain = crl.CertificateList.load(octets)
    (entry,) = whole["tbs_cert_list"]["revoked_certificates"]
    assert entry["user_certificate"].native == LEAF.certificate.serial_number
    assert len(silent["tbs_cert_list"]["revoked_certificates"]) == 0
    for found in (whole, silent):
        assert found.dump() == octets
        assert found["tbs_cert_list"].dump() == plain["tbs_cert_list"].dump()
        assert found.issuer == plain.issuer
        assert found.signature == plain.signature
