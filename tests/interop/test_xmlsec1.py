"""xmlsec1 of the XML Security Library: in both directions, and of one mind on every forgery."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from profile_changes_help import CHANGES, TAKEN_BY_LIBXMLSEC, template_of
from signature_peers import lax_key_search
from signing_help import (
    CENTRAL,
    DISTRICT,
    NOW,
    PLAIN_RECEIPT,
    SHA2,
    assert_passed,
    attachments,
    b64,
    between,
    certify,
    edit,
    letter,
    private_key,
    sign,
    signed_letter,
    signing_key,
    status,
    verifier_for,
)
from timestamp_help import client

from docexchange.clock import VirtualClock
from docexchange.envelope import Envelope, TraceHeader
from docexchange.envelope.names import DS, EDXML, RECEIPT
from docexchange.signing import (
    SignaturePolicy,
    Signer,
    VerificationPolicy,
    countersigned,
    sign_receipt,
)
from docexchange.signing.xades.properties import XADES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docexchange.signing.xmldsig.algorithms import Digest
    from docexchange.testing import Credential, DemoPki

pytestmark = pytest.mark.peer("xmlsec1")

IDS = [
    f"{EDXML}:MessageHeader",
    f"{EDXML}:Bussiness",
    f"{EDXML}:edXMLBody",
    f"{XADES}:SignedProperties",
    f"{RECEIPT}:Content",
    f"{DS}:SignatureValue",
]
INNER = ("--node-xpath", "//*[local-name()='CounterSignature']/*[local-name()='Signature']")
POLICY = SignaturePolicy(oid="1.3.6.1.4.1.32473.9", value=bytes(32))


@dataclass(frozen=True)
class Peer:
    """The program, with trust and attachments on disk."""

    folder: Path

    def run(self, command: str, data: bytes, *options: str) -> subprocess.CompletedProcess[bytes]:
        """Run it over a letter, attachments taken out and given as files."""
        (self.folder / "letter.edxml").write_bytes(data)
        ids = [word for name in IDS for word in ("--id-attr:Id", name)]
        maps = [f"--url-map:cid:{name}={self.folder / name}" for name in self._extract(data)]
        maps = [word for item in maps for word in item.split("=", 1)]
        argv = ["xmlsec1", command, *options, *ids, *maps, str(self.folder / "letter.edxml")]
        return subprocess.run(argv, capture_output=True, check=False, timeout=30)

    def _extract(self, data: bytes) -> list[str]:
        """Write the octets of each attachment to a file, by an eye other than ours."""
        import base64

        found = re.findall(
            rb"<ContentId>cid:(\w+)</ContentId>.*?ContentTransferEncoded[^>]*>([^<]*)<",
            data,
            re.DOTALL,
        )
        for name, text in found:
            (self.folder / name.decode()).write_bytes(base64.b64decode(text))
        return [name.decode() for name, _ in found]

    def verify(self, data: bytes, *options: str) -> bool:
        """Whether it accepts the letter."""
        done = self.run(
            "--verify",
            data,
            *options,
            "--trusted-pem",
            str(self.folder / "root.pem"),
            "--untrusted-pem",
            str(self.folder / "sub-ca.pem"),
            "--verification-time",
            f"{NOW:%Y-%m-%d %H:%M:%S}",
        )
        return done.returncode == 0

    def sign(self, template: bytes, credential: Credential) -> bytes:
        """Have it fill in digests, value and certificates."""
        key, certificates = self.folder / "key.pem", self.folder / "certificate.pem"
        key.write_bytes(credential.key_pem())
        certificates.write_bytes(credential.certificate.public_bytes(Encoding.PEM))
        out = self.folder / "signed.edxml"
        files = f"{key},{certificates},{self.folder / 'sub-ca.pem'}"
        options = ("--privkey-pem", files, "--output", str(out), *lax_key_search())
        done = self.run("--sign", template, *options)
        assert done.returncode == 0, done.stderr.decode()
        return out.read_bytes()


@pytest.fixture(scope="session")
def peer(pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> Peer:
    """Trusts the PKI."""
    folder = tmp_path_factory.mktemp("xmlsec1")
    (folder / "root.pem").write_bytes(pki.root.credential.certificate_pem)
    (folder / "sub-ca.pem").write_bytes(pki.sub_ca.credential.certificate_pem)
    return Peer(folder)


@cache
def signer_with(pki: DemoPki, kind: str) -> Credential:
    """A certificate of the commune with a key of this kind."""
    name = f"UBND xã An Thạnh {kind}"
    return certify(name, issuer=pki.sub_ca.credential, key=private_key(kind))


# --- ours, judged by the peer ---


@pytest.mark.parametrize("kind", ["rsa2048", "rsa3072", "rsa4096", "p256", "p384", "p521"])
@pytest.mark.parametrize("digest", SHA2)
@pytest.mark.parametrize("attached", [True, False])
def test_our_letters_are_accepted(
    pki: DemoPki,
    peer: Peer,
    kind: str,
    digest: Digest,
    attached: bool,  # noqa: FBT001
) -> None:
    """Every kind of key, every digest, with and without attachments."""
    document = letter(*(attachments() if attached else ()))
    data = sign(document, signer_with(pki, kind), digest=digest)
    assert peer.verify(data)
    assert_passed(verifier_for(pki), data)


@pytest.mark.parametrize("kind", ["rsa2048", "p256", "p521"])
def test_our_letters_with_a_timestamp_and_a_counter_signature_are_accepted(
    pki: DemoPki, peer: Peer, kind: str
) -> None:
    """What is unsigned beside the signature changes nothing of it."""
    data = stamped(pki, signer_with(pki, kind))
    assert peer.verify(data)
    known = VerificationPolicy(signature_policies=(POLICY,))
    found = assert_passed(verifier_for(pki, policy=known), data).signatures[0]
    assert (found.level, len(found.counter_signatures)) == ("XAdES-B-T", 1)


def stamped(pki: DemoPki, credential: Credential) -> bytes:
    """A letter at B-T, countersigned by the leader."""
    options = {"timestamps": client(pki.tsa), "policy": POLICY}
    envelope = Envelope.from_bytes(sign(letter(*attachments()), credential, **options))
    leader = Signer(signing_key(pki.leader("commune")), clock=VirtualClock(NOW), role="leader")
    return b"".join(countersigned(envelope, leader).envelope.chunks())


def value_in(signature: bytes) -> bytes:
    """The text of the first ``SignatureValue``."""
    return between(signature, b"<ds:SignatureValue ", b"</").rpartition(b">")[2]


@pytest.mark.parametrize("change", ["value", "role", "reference"])
def test_a_changed_counter_signature_is_refused_by_both(
    pki: DemoPki, peer: Peer, change: str
) -> None:
    """The peer is pointed at the inner signature; ours finds it by itself."""
    data = stamped(pki, pki.agency("commune"))
    assert peer.verify(data, *INNER)
    start = data.index(b"<xades:CounterSignature")
    before, inner = data[:start], data[start:]
    forged = (
        before
        + {
            "value": lambda: edit(inner, value_in(inner), b64(bytes(64))),
            "role": lambda: edit(inner, "ClaimedRole>leader", "ClaimedRole>agency"),
            "reference": lambda: edit(inner, "-value", "-properties"),
        }[change]()
    )
    assert not peer.verify(forged, *INNER)
    assert not verifier_for(pki).examine(Envelope.from_bytes(forged)).passed


@pytest.mark.parametrize("kind", ["rsa2048", "p256"])
def test_our_status_messages_are_accepted(pki: DemoPki, peer: Peer, kind: str) -> None:
    """A header and nothing else."""
    assert peer.verify(sign(status(), signer_with(pki, kind)))


def test_our_receipts_are_accepted(pki: DemoPki, peer: Peer) -> None:
    """Evidence that only we could check would be poor evidence."""
    receipt = replace(PLAIN_RECEIPT, accepted=False, reason="sai địa chỉ & <thử>")
    signer = Signer(signing_key(pki.agency("district")), clock=VirtualClock(NOW))
    data = sign_receipt(receipt, signer)
    assert peer.verify(data)
    assert not peer.verify(edit(data, "<Hop>1", "<Hop>2"))


@pytest.mark.parametrize("message", [letter(*attachments()), status()])
def test_a_trace_header_of_a_hub_breaks_nothing(pki: DemoPki, peer: Peer, message: Any) -> None:
    """Neither in a list that is there nor in one that the hub had to make."""
    envelope = Envelope.from_bytes(sign(message, pki.agency("commune")))
    relayed = envelope.with_trace(TraceHeader(DISTRICT, NOW)).with_trace(TraceHeader(CENTRAL, NOW))
    data = b"".join(relayed.chunks())
    assert data.count(b"TraceHeader>") == 4
    assert peer.verify(data)


def test_odd_text_is_canonicalised_alike(pki: DemoPki, peer: Peer) -> None:
    """Vietnamese, markup characters, quotes, white space of every kind."""
    document = letter(*attachments(), subject="Đề nghị “gấp” & <khẩn> 'x' \"y\"\tz\u00a0\u200b 𠀀")
    data = sign(document, pki.agency("commune"), role='<"lãnh đạo" & \r\n\t>')
    assert peer.verify(data)
    assert_passed(verifier_for(pki), data)


# --- both refuse the same ---


@pytest.mark.parametrize("change", TAKEN_BY_LIBXMLSEC)
def test_where_we_are_stricter(pki: DemoPki, peer: Peer, change: str) -> None:
    """Xmlsec1 believes it, we do not; the table says why."""
    forged = CHANGES[change](signed_letter(pki))
    assert peer.verify(forged)
    report = verifier_for(pki).examine(Envelope.from_bytes(forged))
    assert not report.passed, TAKEN_BY_LIBXMLSEC[change]


def test_there_are_enough_changes() -> None:
    """Thirty that both refuse, at least."""
    assert len(CHANGES.keys() - TAKEN_BY_LIBXMLSEC) >= 30


@pytest.mark.parametrize("change", sorted(CHANGES.keys() - TAKEN_BY_LIBXMLSEC))
def test_a_change_is_refused_by_both(pki: DemoPki, peer: Peer, change: str) -> None:
    """One change anywhere, and neither believes the letter, timestamp or no timestamp."""
    data = sign(letter(*attachments()), pki.agency("commune"), timestamps=client(pki.tsa))
    assert peer.verify(data)
    forged = CHANGES[change](data)
    assert not peer.verify(forged)
    assert not verifier_for(pki).examine(Envelope.from_bytes(forged)).passed


STATUS_CHANGES = {
    "code": lambda data: edit(data, "<edXML:StatusCode>01", "<edXML:StatusCode>02"),
    "time": lambda data: edit(data, "09:00:00</edXML:Timestamp>", "10:00:00</edXML:Timestamp>"),
    "document": lambda data: edit(data, "12/UBND-VX</edXML:Code>", "13/UBND-VX</edXML:Code>"),
    "reporter": lambda data: edit(data, "UBND xã An Thạnh", "UBND xã An Thanh"),
}


@pytest.mark.parametrize("change", STATUS_CHANGES)
def test_a_changed_status_is_refused_by_both(pki: DemoPki, peer: Peer, change: str) -> None:
    """The same for status messages."""
    data = sign(status(), pki.agency("commune"))
    forged = STATUS_CHANGES[change](data)
    assert not peer.verify(forged)
    assert not verifier_for(pki).examine(Envelope.from_bytes(forged)).passed


@pytest.mark.parametrize("who", ["stranger", "expired"])
def test_a_certificate_that_is_not_trusted_is_refused_by_both(
    pki: DemoPki, peer: Peer, who: str
) -> None:
    """Another root, or a certificate whose time is over."""
    credential = pki.stranger if who == "stranger" else pki.expired
    earlier = credential.certificate.not_valid_after_utc if who == "expired" else NOW
    signer = Signer(signing_key(credential), clock=VirtualClock(min(earlier, NOW)))
    data = b"".join(signer.sign(letter()).envelope.chunks())
    assert not peer.verify(data)
    assert not verifier_for(pki).examine(Envelope.from_bytes(data)).passed


# --- theirs, judged by us ---


def template(pki: DemoPki, kind: str, message: Any, digest: Digest | None = None) -> bytes:
    """A letter with all of our profile but digests, value and certificates."""
    return template_of(sign(message, signer_with(pki, kind), digest=digest))


def theirs(
    pki: DemoPki, peer: Peer, kind: str, message: Any, digest: Digest | None = None
) -> bytes:
    """A letter signed by the peer."""
    return peer.sign(template(pki, kind, message, digest), signer_with(pki, kind))


@pytest.mark.parametrize("kind", ["rsa2048", "rsa3072", "p256", "p384"])
@pytest.mark.parametrize("digest", SHA2)
def test_letters_signed_by_the_peer_pass(
    pki: DemoPki, peer: Peer, kind: str, digest: Digest
) -> None:
    """Everything in them that is a sum was made by the other library."""
    data = theirs(pki, peer, kind, letter(*attachments()), digest)
    assert (
        assert_passed(verifier_for(pki), data).signatures[0].algorithm.endswith(digest.hashlib_name)
    )
    assert peer.verify(data)


def test_a_status_signed_by_the_peer_passes(pki: DemoPki, peer: Peer) -> None:
    """And so do status messages."""
    assert_passed(verifier_for(pki), theirs(pki, peer, "p256", status()))


def test_a_change_in_a_letter_signed_by_the_peer_is_refused(pki: DemoPki, peer: Peer) -> None:
    """The same changes as in ours, by us and by them."""
    data = theirs(pki, peer, "p256", letter(*attachments()))
    assert_passed(verifier_for(pki), data)
    for name in CHANGES.keys() - TAKEN_BY_LIBXMLSEC:
        forged = _applied(CHANGES[name], data)
        assert not verifier_for(pki).examine(Envelope.from_bytes(forged)).passed, name
        assert not peer.verify(forged), name


def _applied(change: Callable[[bytes], bytes], data: bytes) -> bytes:
    forged = change(data)
    assert forged != data
    return forged
