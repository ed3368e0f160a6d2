"""Certificates that are made to keep us busy, and what they get: a refusal, soon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from signing_help import NOW, certify

from docexchange.signing import TrustStore
from docexchange.signing.errors import Refusal
from docexchange.signing.trust.judging import NAMES
from docexchange.signing.trust.parsing import answer_of, certificate_of, certificates_in, list_of
from docexchange.testing import OcspResponder, access, names, new_key

if TYPE_CHECKING:
    from docexchange.testing import Credential


def judged(trust: TrustStore, leaf: Credential, chain: list[bytes], **options: Any) -> Any:
    """The path, without revocation."""
    return trust.find_path(leaf.der, chain, at=NOW, **{"check_revocation": False} | options)


def test_authorities_that_all_vouch_for_each_other_are_given_up_on() -> None:
    """Nine of them have a million paths to one another, and none that is valid."""
    root = certify("Root", ca=True)
    keys = [new_key("p256") for _ in range(9)]
    members = [certify(f"CA {n}", ca=True, key=key) for n, key in enumerate(keys)]
    mesh = [
        certify(f"CA {n}", ca=True, key=key, issuer=above).der
        for n, key in enumerate(keys)
        for above in (*(item for item in members if item.private_key is not key), root)
    ]
    leaf = certify("Leaf", issuer=members[0], extensions=[(_critical(), True)])
    with pytest.raises(Refusal) as caught:
        judged(TrustStore([root.der]), leaf, mesh)
    assert caught.value.code == "certificate.budget"


def test_authorities_that_vouch_for_each_other_and_lead_nowhere_are_given_up_on() -> None:
    """Ten have millions of ways round and not one path: what leads out names another key."""
    root = certify("Root", ca=True)
    nowhere = x509.AuthorityKeyIdentifier(b"another key", None, None)
    keys = [new_key("p256") for _ in range(10)]
    members = [certify(f"CA {n}", ca=True, key=key) for n, key in enumerate(keys)]
    mesh = [
        certify(f"CA {n}", ca=True, key=key, issuer=above).der
        for n, key in enumerate(keys)
        for above in members
        if above.private_key is not key
    ]
    mesh += [
        certify(f"CA {n}", ca=True, key=key, issuer=root, extensions=[(nowhere, False)]).der
        for n, key in enumerate(keys)
    ]
    with pytest.raises(Refusal, match="too many ways") as caught:
        judged(TrustStore([root.der]), certify("Leaf", issuer=members[0]), mesh)
    assert caught.value.code == "certificate.budget"


def _critical() -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")


def test_names_times_constraints_are_counted() -> None:
    """Two hundred names under two hundred constraints would be judged name by name."""
    many = [x509.DNSName(f"{n}.vn") for n in range(200)]
    root = certify("Root", ca=True, extensions=[names(excluded=[x509.DNSName("evil"), *many])])
    safe = x509.SubjectAlternativeName([x509.DNSName("a.good")])
    held = x509.SubjectAlternativeName([x509.DNSName(f"{n}.good") for n in range(200)])
    trust = TrustStore([root.der])
    assert judged(trust, certify("Leaf", issuer=root, extensions=[(safe, False)]), [])
    with pytest.raises(Refusal, match="too many names") as caught:
        judged(trust, certify("Leaf", issuer=root, extensions=[(held, False)]), [])
    assert caught.value.code == "certificate.budget"
    assert NAMES < 200 * 201


def test_certificates_in_an_answer_do_not_enter_the_search_unvouched() -> None:
    """A dozen that look alike would be tried in every order; the answer is passed over whole."""
    root = certify("Root", ca=True)
    leaf = certify("Leaf", issuer=root, extensions=[access(ocsp="http://ocsp.example/")])
    stranger = certify("Root", ca=True)
    answer = OcspResponder(issuer=root, signer=stranger).statement(leaf.certificate, at=NOW)
    with pytest.raises(Refusal, match="no revocation information"):
        judged(TrustStore([root.der]), leaf, [], check_revocation=True, ocsps=[answer])


def test_an_extension_that_stands_there_twice_makes_no_certificate() -> None:
    """Two readers would take one each (RFC 5280, 4.2)."""
    root = certify("Root", ca=True)
    once = certify("Leaf", issuer=root, extensions=[(_critical(), False)]).der
    oid = x509.ObjectIdentifier("1.2.3.5")
    two = certify(
        "Leaf",
        issuer=root,
        extensions=[(_critical(), False), (x509.UnrecognizedExtension(oid, b"\x05\x00"), False)],
    ).der
    assert certificate_of(once) is not None
    assert certificate_of(two) is not None
    assert certificate_of(two.replace(b"\x06\x03\x2a\x03\x05", b"\x06\x03\x2a\x03\x04")) is None


def test_a_curve_with_parameters_of_its_own_is_refused() -> None:
    """Whoever chooses the generator knows a second key to the same public key (CVE-2020-0601)."""
    from asn1crypto import keys

    from docexchange.signing.constraints import Constraints
    from docexchange.signing.trust.algorithms import weakness_of_key

    named = certificate_of(certify("Leaf").der).public_key
    assert weakness_of_key(named, Constraints(), at=NOW) is None
    own = named.copy()
    own["algorithm"]["parameters"] = keys.ECDomainParameters(
        name="specified",
        value=keys.SpecifiedECDomain(
            {
                "version": "ecdpVer1",
                "field_id": {"field_type": "prime_field", "parameters": 23},
                "curve": {"a": b"\x01", "b": b"\x01"},
                "base": b"\x04\x01\x01",
                "order": 29,
            }
        ),
    )
    weakness = weakness_of_key(own, Constraints(), at=NOW)
    assert weakness is not None
    assert weakness.good_until is None


@pytest.mark.parametrize("octets", [b"", b"\x30", b"\x30\x00", b"\x30\x80\x00\x00", b"\x00" * 99])
def test_junk_is_nothing(octets: bytes) -> None:
    """Neither a certificate, nor a list, nor an answer, nor a bundle."""
    found = [certificate_of(octets), list_of(octets), answer_of(octets), *certificates_in(octets)]
    assert found == [None, None, None]


def test_truncated_evidence_is_nothing() -> None:
    """At every length."""
    root = certify("Root", ca=True)
    leaf = certify("Leaf", issuer=root)
    answer = OcspResponder(issuer=root).statement(leaf.certificate, at=NOW)
    assert answer_of(answer) is not None
    assert not any(answer_of(answer[:end]) for end in range(len(answer)))
    assert not any(certificate_of(leaf.der[:end]) for end in range(len(leaf.der)))


def test_a_certificate_with_more_parts_than_there_are_is_none() -> None:
    """What follows the extensions, or is not recognised as them, would be seen by nobody."""
    from asn1crypto import core
    from asn1crypto import x509 as asn1_x509

    octets = certify("Leaf").der
    head = core.Sequence.load(asn1_x509.Certificate.load(octets)["tbs_certificate"].dump())
    certificate = core.Sequence.load(octets)
    longer = core.Sequence.load(_grown(head.contents))
    parts = [longer.dump(), certificate[1].dump(), certificate[2].dump()]
    whole = core.Sequence.load(_grown(b"".join(parts), more=b""))
    assert certificate_of(_grown(certificate.contents, more=b"")) is not None
    assert certificate_of(whole.dump()) is None
    assert certificate_of(_grown(certificate.contents)) is None


def _grown(contents: bytes, more: bytes = b"\x05\x00") -> bytes:
    """A sequence of this, and something more."""
    inside = contents + more
    return b"\x30\x82" + len(inside).to_bytes(2, "big") + inside


def test_what_cannot_be_read_in_an_extension_makes_no_certificate() -> None:
    """Also where others with the same extension could be read, and the other way round."""
    root = certify("Root", ca=True)
    kinds = {
        "2.5.29.17": b"\x30\x03\x82\x05a",  # alternative names that end too early
        "2.5.29.31": b"\x04\x00",
        "2.5.29.32": b"\x04\x00",
        "2.5.29.46": b"\x02\x01\x01",
        "1.3.6.1.5.5.7.1.1": b"\x30\x02\x30\x00",
    }
    for oid, octets in kinds.items():
        bad = x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), octets)
        for name in ("One", "Two"):
            made = certify(name, issuer=root, extensions=[(bad, False)]).der
            assert certificate_of(made) is None, oid
    assert certificate_of(certify("Good", issuer=root).der) is not None
