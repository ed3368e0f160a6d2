"""openssl ts, in both directions: it believes our authority's tokens, and we believe its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from openssl_help import keep, openssl
from signing_help import NOW, private_key, trust_in
from timestamp_changes_help import CHANGES, LOOSER, NONCE, POLICY, STRICTER, Asked
from timestamp_help import DATA, authority, in_pieces, stamper

from docexchange.clock import SystemClock
from docexchange.errors import TransportError
from docexchange.signing import TsaClient, VerificationPolicy
from docexchange.signing.errors import Refusal
from docexchange.signing.timestamps import read_response, request_der
from docexchange.signing.token_checks import check_token
from docexchange.signing.tokens import read_token
from docexchange.signing.xmldsig.algorithms import Digest
from docexchange.testing import DemoPki

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

    from docexchange.signing.tokens import Token
    from docexchange.testing import Credential

pytestmark = pytest.mark.peer("openssl")

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/chain.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.32473.1
other_policies = 1.3.6.1.4.1.32473.2
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:100
ordering = yes
tsa_name = {tsa_name}
ess_cert_id_chain = {chain}
ess_cert_id_alg = {ess}
"""


@dataclass(frozen=True)
class Openssl:
    """The program, in a folder of its own."""

    folder: Path

    def run(self, *words: object) -> CompletedProcess[bytes]:
        return openssl(self.folder, "ts", *words)

    def verifies(self, token: bytes, pki: DemoPki, data: bytes = DATA, *, at: int = 0) -> bool:
        """Whether it believes a token."""
        keep(
            self.folder,
            token_der=token,
            data=data,
            root_pem=pki.root.credential.certificate_pem,
            ca_pem=pki.sub_ca.credential.certificate_pem,
        )
        files = ("-CAfile", self.folder / "root.pem", "-untrusted", self.folder / "ca.pem")
        moment = ("-attime", at or int(NOW.timestamp()))
        words = ("-in", self.folder / "token.der", "-token_in", "-data", self.folder / "data")
        return self.run("-verify", *words, *files, *moment).returncode == 0

    def takes(self, answer: bytes) -> bool:
        """Whether it believes an answer to the request in its folder."""
        keep(self.folder, answer_tsr=answer)
        words = ("-in", self.folder / "answer.tsr", "-queryfile", self.folder / "query.tsq")
        files = ("-CAfile", self.folder / "root.pem", "-untrusted", self.folder / "ca.pem")
        options = ("-crl_check_all", "-attime", int(NOW.timestamp()))
        return self.run("-verify", *words, *files, *options).returncode == 0

    def answers(self, request: bytes, maker: Credential, **options: str) -> bytes:
        """Its answer to a request, with our certificate."""
        settings = {"tsa_name": "no", "chain": "no", "ess": "sha256"} | options
        config = CONFIG.format(folder=self.folder, **settings)
        keep(
            self.folder,
            openssl_cnf=config.encode(),
            serial=b"01\n",
            tsa_pem=maker.certificate_pem,
            chain_pem=maker.certificate_pem,
            tsa_key=maker.key_pem(),
            request_tsq=request,
        )
        words = ("-queryfile", self.folder / "request.tsq", "-out", self.folder / "answer.tsr")
        done = self.run("-reply", "-config", self.folder / "openssl.cnf", *words)
        assert done.returncode == 0, done.stderr.decode()
        return (self.folder / "answer.tsr").read_bytes()


@pytest.fixture
def peer(tmp_path: Path) -> Openssl:
    return Openssl(tmp_path)


@pytest.fixture(scope="module")
def present() -> DemoPki:
    """A PKI of the present: openssl stamps with the machine's own time."""
    return DemoPki.create(at=SystemClock().now(), key="p256")


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa2048", "rsa3072"])
def test_our_tokens_are_believed(pki: DemoPki, peer: Openssl, kind: str) -> None:
    """And only for the octets that they are over."""
    token = authority(stamper(pki, f"TSA {kind}", key=private_key(kind))).stamp(DATA)
    assert peer.verifies(token, pki)
    assert not peer.verifies(token, pki, DATA + b" ")


@pytest.mark.parametrize("size", [1, 40, 1000])
def test_tokens_in_ber_are_believed_by_both(pki: DemoPki, peer: Openssl, size: int) -> None:
    """As programs write them that make them while they read."""
    token = in_pieces(authority(pki.tsa).stamp(DATA), size)
    assert peer.verifies(token, pki)
    at = NOW + timedelta(seconds=1)
    policy = VerificationPolicy()
    assert check_token(read_token(token), DATA, trust=trust_in(pki), policy=policy, at=at)


def believed(pki: DemoPki, token: Token) -> None:
    now = SystemClock().now() + timedelta(seconds=1)
    check_token(token, DATA, trust=trust_in(pki), policy=VerificationPolicy(), at=now)


@pytest.mark.parametrize("digest", [Digest.SHA256, Digest.SHA384, Digest.SHA512])
@pytest.mark.parametrize(
    "options",
    [{}, {"tsa_name": "yes"}, {"chain": "yes"}, {"ess": "sha1"}, {"ess": "sha512"}],
    ids=str,
)
def test_its_tokens_are_believed(
    present: DemoPki, peer: Openssl, digest: Digest, options: dict[str, str]
) -> None:
    """With either ESSCertID, with the chain named, with its own name in it."""
    request = request_der(DATA, digest=digest, nonce=2**63 + 1, policy="1.3.6.1.4.1.32473.2")
    token = read_response(peer.answers(request, present.tsa, **options))
    believed(present, token)
    assert (token.nonce, token.policy) == (2**63 + 1, "1.3.6.1.4.1.32473.2")
    assert token.accuracy == timedelta(seconds=1, milliseconds=500, microseconds=100)
    assert token.digest is digest


@pytest.mark.parametrize("kind", ["p384", "rsa2048"])
def test_its_tokens_of_other_keys_are_believed(present: DemoPki, peer: Openssl, kind: str) -> None:
    """RSA and the larger curve."""
    maker = stamper(present, "TSA", key=private_key(kind), end=SystemClock().now() + timedelta(9))
    request = request_der(DATA, digest=Digest.SHA256)
    believed(present, read_response(peer.answers(request, maker)))


def test_its_refusal_is_told(present: DemoPki, peer: Openssl) -> None:
    """A policy that it does not have."""
    request = request_der(DATA, digest=Digest.SHA256, policy="1.2.3")
    with pytest.raises(Refusal, match=r"rejection.*unaccepted_policy") as caught:
        read_response(peer.answers(request, present.tsa))
    assert caught.value.code == "timestamp.refused"


@dataclass(frozen=True)
class Canned:
    """An authority that has this one answer."""

    answer: bytes

    def post(self, _url: str, _body: bytes, _content_type: str) -> bytes:
        """Give it."""
        return self.answer


def we_believe(asked: Asked, answer: bytes) -> bool:
    """Whether our client takes an answer, and our verifier the token in it."""
    client = TsaClient(("tsa:one",), poster=Canned(answer), policy=POLICY, nonce=lambda: NONCE)
    try:
        token = client.stamp(DATA, at=NOW)
        check_token(token, DATA, trust=trust_in(asked.pki), policy=VerificationPolicy(), at=NOW)
    except (Refusal, TransportError):
        return False
    return True


@pytest.fixture(scope="module")
def asked(pki: DemoPki) -> Asked:
    """One request for all."""
    return Asked(pki)


@pytest.fixture(scope="module")
def program(asked: Asked, tmp_path_factory: pytest.TempPathFactory) -> Openssl:
    """With the request, and what it is to believe in: roots and lists in one file."""
    folder = tmp_path_factory.mktemp("ts")
    pki = asked.pki
    lists = b"".join(item.public_bytes(Encoding.PEM) for item in pki.crls())
    keep(
        folder,
        root_pem=pki.root.credential.certificate_pem + lists,
        ca_pem=pki.sub_ca.credential.certificate_pem,
        query_tsq=asked.request,
    )
    return Openssl(folder)


def test_the_answer_before_any_change_is_believed_by_both(asked: Asked, program: Openssl) -> None:
    """Or there would be nothing in what follows; so are the parts put together again."""
    whole = asked.forged()
    for answer in (asked.answer(), asked.answer(whole.der()), asked.answer(whole.info().der())):
        assert program.takes(answer)
        assert we_believe(asked, answer)


def test_there_are_enough_changes() -> None:
    """Thirty that both refuse, at least."""
    assert len(CHANGES) >= 30


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_refused_by_both(asked: Asked, program: Openssl, change: str) -> None:
    """Whoever made it: a thief of letters, another authority, or this one by mistake."""
    answer = CHANGES[change](asked)
    assert not program.takes(answer)
    assert not we_believe(asked, answer)


@pytest.mark.parametrize("change", STRICTER)
def test_where_we_are_stricter(asked: Asked, program: Openssl, change: str) -> None:
    """Openssl believes it, we do not; the table says why."""
    make, reason = STRICTER[change]
    answer = make(asked)
    assert program.takes(answer)
    assert not we_believe(asked, answer), reason


@pytest.mark.parametrize("change", LOOSER)
def test_where_openssl_is_stricter(asked: Asked, program: Openssl, change: str) -> None:
    """We believe it, openssl does not; the table says why."""
    make, reason = LOOSER[change]
    answer = make(asked)
    assert not program.takes(answer)
    assert we_believe(asked, answer), reason
