"""Signing: whatever is signed here verifies, or is not signed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count, islice
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import octets
from signing_help import (
    NOW,
    SHA2,
    Forgery,
    assert_passed,
    attachments,
    certify,
    content,
    edit,
    element,
    letter,
    private_key,
    sign,
    signed_letter,
    signing_key,
    status,
    verifier_for,
)

from docexchange.clock import VirtualClock
from docexchange.envelope import Attachment, Envelope
from docexchange.envelope.names import edxml
from docexchange.errors import InvalidEnvelope, UnusableKey, UsageError
from docexchange.identifiers import MessageId
from docexchange.limits import MIB
from docexchange.signing import Signer, SigningKey
from docexchange.signing.xmldsig.algorithms import Digest, Padding, SignatureAlgorithm
from docexchange.testing.strategies.letters import messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from docexchange.envelope import Message
    from docexchange.signing import SignedEnvelope
    from docexchange.signing.keys import PublicKey
    from docexchange.testing import DemoPki


@pytest.fixture
def signer(pki: DemoPki) -> Signer:
    """The commune signs at nine o'clock."""
    return Signer(signing_key(pki.agency("commune")), clock=VirtualClock(NOW))


def unsigned(data: bytes = b"") -> bytes:
    """The bytes of a letter without a signature."""
    return data or b"".join(Envelope.of(letter(*attachments())).chunks())


@given(messages)
def test_a_message_is_signed_as_its_parsed_envelope_is(pki: DemoPki, message: Message) -> None:
    """The short way, over what was just written, gives the signature of the way over the tree."""
    message = replace(message, message_id=MessageId("m-1"))
    credential = certify("x", issuer=pki.sub_ca.credential, key=private_key("rsa2048"))
    assert sign(message, credential) == sign(Envelope.of(message), credential)


@pytest.mark.parametrize("kind", ["rsa2048", "p256", "p384"])
@pytest.mark.parametrize("digest", [None, *SHA2])
def test_every_kind_of_key_and_digest_verifies(
    pki: DemoPki, kind: str, digest: Digest | None
) -> None:
    """The algorithm follows from both."""
    credential = certify("x", issuer=pki.sub_ca.credential, key=private_key(kind))
    report = assert_passed(
        verifier_for(pki), sign(letter(*attachments()), credential, digest=digest)
    )
    expected = (digest or signing_key(credential).digest).hashlib_name
    family = "rsa" if kind.startswith("rsa") else "ecdsa"
    assert report.signatures[0].algorithm.endswith(f"#{family}-{expected}")


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        ("p521", {}, SignatureAlgorithm.ECDSA_SHA512),
        ("ed25519", {}, SignatureAlgorithm.ED25519),
        ("ed25519", {"digest": Digest.SHA256}, SignatureAlgorithm.ED25519),
        ("rsa2048", {"padding": Padding.PSS}, SignatureAlgorithm.PSS_SHA256),
        ("rsa2048", {"padding": Padding.PSS, "digest": Digest.SHA512}, "PSS_SHA512"),
    ],
)
def test_newer_ways_to_sign_verify_as_well(
    pki: DemoPki, kind: str, options: dict[str, Any], expected: str
) -> None:
    """The algorithm is the one that RFC 9231 has an identifier for."""
    credential = certify("x", issuer=pki.sub_ca.credential, key=private_key(kind))
    data = sign(letter(*attachments()), credential, **options)
    found = SignatureAlgorithm(assert_passed(verifier_for(pki), data).signatures[0].algorithm)
    assert expected in (found, found.name)


@pytest.mark.parametrize("kind", ["p256", "ed25519"])
def test_only_rsa_has_a_padding_to_choose(pki: DemoPki, kind: str) -> None:
    """Better refused than signed with something else than was asked for."""
    credential = certify("x", issuer=pki.sub_ca.credential, key=private_key(kind))
    with pytest.raises(UsageError) as caught:
        Signer(signing_key(credential), padding=Padding.PSS)
    assert caught.value.code == "sign.padding"


visible = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=40).filter(
    str.isprintable
)


@given(subject=visible, names=st.lists(visible, max_size=3), role=st.text(max_size=20))
def test_whatever_is_signed_verifies(
    pki: DemoPki, subject: str, names: list[str], role: str
) -> None:
    """Any text, any names, any role; or one of our errors says why not."""
    commune = pki.agency("commune")
    try:
        attached = [
            Attachment.from_bytes(name.encode(), name=f"{number}{name}", media_type=name)
            for number, name in enumerate(names)
        ]
        data = sign(letter(*attached, subject=subject), commune, role=role)
    except UsageError:
        return
    report = assert_passed(verifier_for(pki), data)
    assert report.signatures[0].roles == ((role.strip(),) if role else ())


def test_a_status_is_signed_like_a_letter(pki: DemoPki) -> None:
    """It has a header alone."""
    report = assert_passed(verifier_for(pki), sign(status(), pki.agency("commune")))
    labels = [item.label for item in report.signatures[0].coverage]
    assert labels == ["MessageHeader", "SignedProperties"]


def test_what_is_signed_is_what_was_given(pki: DemoPki) -> None:
    """Fields, names and octets."""
    document = letter(*attachments())
    assert content(signed_letter(pki)) == content(Envelope.of(document))


def test_a_received_envelope_keeps_its_bytes(signer: Signer) -> None:
    """The signature goes in at its place and nothing else moves."""
    data = edit(unsigned(), "<edXML:From>", "<edXML:From ><!-- odd   spacing -->")
    signed = b"".join(signer.sign(Envelope.from_bytes(data)).envelope.chunks())
    at = signed.index(b"<ds:Signature")
    end = signed.index(b"</ds:Signature>") + len(b"</ds:Signature>\n")
    assert signed[:at] + signed[end:] == data


def test_the_message_and_the_file_are_at_hand(signer: Signer, tmp_path: Path) -> None:
    """Signed is not verified: the type says which it is."""
    signed = signer.sign(letter())
    assert signed.message == letter()
    signed.write_to(tmp_path / "letter.edxml")
    assert (tmp_path / "letter.edxml").read_bytes() == b"".join(signed.envelope.chunks())
    with pytest.raises(UsageError, match="found one"):
        signed.write_to(tmp_path / "letter.edxml", replace=False)


def test_a_file_that_changed_before_it_was_written_is_noticed(
    signer: Signer, tmp_path: Path
) -> None:
    """What was signed was the digest of the file as it was."""
    (tmp_path / "a.pdf").write_bytes(b"before")
    signed = signer.sign(letter(Attachment.from_path(tmp_path / "a.pdf")))
    (tmp_path / "a.pdf").write_bytes(b"after!")
    from docexchange.errors import MalformedEnvelope

    with pytest.raises(MalformedEnvelope, match=r"a\.pdf"):
        signed.write_to(tmp_path / "letter.edxml")
    assert not (tmp_path / "letter.edxml").exists()


def test_a_letter_with_faults_is_not_signed(signer: Signer) -> None:
    """A signature does not make it better."""
    with pytest.raises(InvalidEnvelope):
        signer.sign(replace(letter(), subject=""))


@pytest.mark.parametrize("shift", [timedelta(days=-31), timedelta(days=2000)])
def test_a_certificate_outside_its_dates_does_not_sign(pki: DemoPki, shift: timedelta) -> None:
    """Nobody would accept it; it is the signer who can do something about it."""
    signer = Signer(signing_key(pki.agency("commune")), clock=VirtualClock(NOW + shift))
    with pytest.raises(UnusableKey, match="expected a certificate valid at") as caught:
        signer.sign(letter())
    assert caught.value.code == "key.out-of-bounds"


def test_the_first_and_last_second_are_within_the_dates(pki: DemoPki) -> None:
    """RFC 5280, clause 4.1.2.5: inclusive."""
    end = NOW + timedelta(seconds=2)
    key = signing_key(certify("x", issuer=pki.sub_ca.credential, begin=NOW, end=end))
    for moment in (NOW, end):
        assert Signer(key, clock=VirtualClock(moment)).sign(letter())
    for moment in (NOW - timedelta(seconds=1), end + timedelta(seconds=1)):
        with pytest.raises(UnusableKey):
            Signer(key, clock=VirtualClock(moment)).sign(letter())


@pytest.mark.parametrize("role", ["\0", "x\x0b", "\ud800"])
def test_a_role_that_xml_cannot_carry_is_refused(pki: DemoPki, role: str) -> None:
    """When the signer is made, not when it signs."""
    with pytest.raises(UsageError, match="role") as caught:
        Signer(signing_key(pki.agency("commune")), role=role)
    assert caught.value.code == "sign.role"


# --- letters of others ---


@pytest.mark.parametrize(
    "identity",
    [
        "",
        "a b",
        'a"b',
        "a&b",
        "a<b",
        "a>b",
        "x'",
        '"><ds:Reference URI="#evil',
        "a\nb",
        "a\tb",
    ],
)
@pytest.mark.parametrize("path", ["e:Bussiness", "e:edXMLBody"])
def test_an_id_that_would_speak_in_the_signature_is_refused(
    signer: Signer, path: str, identity: str
) -> None:
    """It goes into the very text that is signed: its writer could add references of their own."""
    forgery = Forgery(unsigned())
    forgery.one(f"//{path}").set("Id", identity)
    with pytest.raises(UsageError) as caught:
        signer.sign(Envelope.from_bytes(forgery.bytes()))
    assert caught.value.code == "sign.no-id"


def test_a_part_without_an_id_cannot_be_signed(signer: Signer) -> None:
    """There is nothing for a reference to name."""
    data = unsigned().replace(b' Id="m-1.body"', b"")
    with pytest.raises(UsageError, match="Id on edXMLBody") as caught:
        signer.sign(Envelope.from_bytes(data))
    assert caught.value.code == "sign.no-id"


def test_an_attachment_that_the_manifest_does_not_name_is_not_signed(signer: Signer) -> None:
    """No signature could cover it."""
    forgery = Forgery(unsigned())
    entry = forgery.root.find(f".//{edxml('Reference')}")
    entry.getparent().remove(entry)
    with pytest.raises(UsageError) as caught:
        signer.sign(Envelope.from_bytes(forgery.bytes()))
    assert caught.value.code == "sign.unlisted-attachment"


def relative_namespace(forgery: Forgery) -> Any:
    forgery.message_header.append(element("x", "relative"))


def doubled_id(forgery: Forgery) -> Any:
    forgery.root.append(element("Decoy", ID="m-1"))


@pytest.mark.parametrize("damage", [relative_namespace, doubled_id])
def test_what_could_never_be_verified_is_not_signed(signer: Signer, damage: Any) -> None:
    """No canonical form, or no unique ids: the error is for whoever signs."""
    forgery = Forgery(unsigned())
    damage(forgery)
    with pytest.raises(UsageError) as caught:
        signer.sign(Envelope.from_bytes(forgery.bytes()))
    assert caught.value.code == "sign.unsignable"


def test_one_key_does_not_sign_twice_in_a_moment(pki: DemoPki) -> None:
    """Both signatures would bear one id, and the letter would be refused."""
    clock = VirtualClock(NOW)
    signer = Signer(signing_key(pki.agency("commune")), clock=clock)
    once = Envelope.from_bytes(sign(letter(), pki.agency("commune")))
    with pytest.raises(UsageError) as caught:
        signer.sign(once)
    assert caught.value.code == "sign.twice"
    clock.advance(timedelta(seconds=1))
    twice = b"".join(signer.sign(once).envelope.chunks())
    assert len(assert_passed(verifier_for(pki), twice).signatures) == 2


def test_leader_and_agency_may_sign_at_the_same_moment(pki: DemoPki) -> None:
    """Two certificates, two ids."""
    first = sign(letter(), pki.leader("commune"), role="leader")
    second = sign(Envelope.from_bytes(first), pki.agency("commune"))
    assert len(assert_passed(verifier_for(pki), second).signatures) == 2


def test_the_chain_goes_with_the_signature(pki: DemoPki) -> None:
    """Whoever verifies needs only the root."""
    forgery = Forgery(signed_letter(pki))
    carried = forgery.root.findall(".//{http://www.w3.org/2000/09/xmldsig#}X509Certificate")
    assert len(carried) == 2


@pytest.mark.parametrize("amount", [0, 1, 64, 65, 130])
def test_many_are_signed_as_each_of_them_is(pki: DemoPki, amount: int) -> None:
    """Letters and envelopes, in their order, with the octets that they have when signed alone."""
    credential = certify("x", issuer=pki.sub_ca.credential, key=private_key("rsa2048"))
    signer = Signer(signing_key(credential), clock=VirtualClock(NOW))
    given = [replace(letter(*attachments()), message_id=MessageId(f"m-{n}")) for n in range(amount)]
    mixed = [Envelope.of(item) if n % 3 else item for n, item in enumerate(given)]
    signed = [octets(item.envelope) for item in signer.sign_all(iter(mixed))]
    assert signed == [octets(signer.sign(item).envelope) for item in given]


def given_before_an_error(
    signer: Signer, letters: Iterable[Message], error: type[Exception]
) -> list[SignedEnvelope]:
    """What comes out of many before one of them cannot be signed."""
    given: list[SignedEnvelope] = []
    with pytest.raises(error):
        given.extend(signer.sign_all(letters))
    return given


@pytest.mark.parametrize("bad", [0, 5, 63, 64, 70])
def test_what_stands_before_a_bad_letter_is_given_signed(signer: Signer, bad: int) -> None:
    """Whoever counts knows which one it is, and nothing behind it is signed."""
    good = letter(*attachments())
    letters = [replace(good, subject="") if n == bad else good for n in range(72)]
    assert len(given_before_an_error(signer, letters, InvalidEnvelope)) == bad


@pytest.mark.parametrize("last", [0, 5, 63, 64, 70])
def test_what_was_taken_before_the_source_failed_is_given_signed(signer: Signer, last: int) -> None:
    """A disk that goes while letters are read from it takes none that were read."""

    def read() -> Iterator[Message]:
        yield from [letter(*attachments())] * last
        raise OSError("expected the disk, found none")

    assert len(given_before_an_error(signer, read(), OSError)) == last


@dataclass
class Device:
    """A token that somebody pulls out after some signatures."""

    key: SigningKey
    left: int

    def public_key(self) -> PublicKey:
        """That of the key in it."""
        return self.key.private_key.public_key()

    def sign_octets(self, data: bytes, algorithm: SignatureAlgorithm) -> bytes:
        """Sign, or be gone."""
        if not self.left:
            raise UnusableKey("expected the token, found none", code="key.token")
        self.left -= 1
        return self.key.sign(data, algorithm)


@pytest.mark.parametrize("left", [0, 3, 16, 20])
def test_what_a_token_signed_before_it_was_pulled_out_is_given(pki: DemoPki, left: int) -> None:
    """A signature that was made is not thrown away."""
    key = signing_key(pki.agency("commune"))
    device = replace(key, private_key=Device(key, left))
    signer = Signer(device, clock=VirtualClock(NOW))
    given = given_before_an_error(signer, [letter(*attachments())] * 24, UnusableKey)
    assert len(given) == left
    assert all(verifier_for(pki).examine(item.envelope).passed for item in given)


def test_few_letters_are_taken_ahead(signer: Signer) -> None:
    """A stream without end is signed as it comes, in bounded memory."""
    taken = count()
    stream = (letter(*attachments()) for _ in taken)
    assert len(list(islice(signer.sign_all(stream), 40))) == 40
    assert next(taken) <= 64


@pytest.mark.parametrize(("size", "ahead"), [(5 * MIB, 1), (3 * MIB, 2), (MIB, 5)])
def test_letters_with_large_attachments_are_not_gathered(
    signer: Signer, size: int, ahead: int
) -> None:
    """No more than four megabytes of attachments, and the letter that goes beyond, are held."""
    taken = count()
    scan = Attachment.from_bytes(bytes(size), name="scan.pdf")
    stream = (Envelope.of(letter(scan)) for _ in taken)
    assert next(iter(signer.sign_all(stream)))
    assert next(taken) == ahead


def test_what_a_device_signed_is_given_at_once(pki: DemoPki) -> None:
    """A token takes a second for each: nobody waits for letters that are not there yet."""
    key = signing_key(pki.agency("commune"))
    device = Device(key, left=9)
    signer = Signer(replace(key, private_key=device), clock=VirtualClock(NOW))
    left = [device.left for _ in signer.sign_all([letter(*attachments())] * 9)]
    assert left == list(range(8, -1, -1))
