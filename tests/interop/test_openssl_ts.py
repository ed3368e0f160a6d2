"""openssl ts, in both directions: it believes our authority's tokens, and we believe its own."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from signing_help import NOW, private_key, trust_in
from timestamp_help import DATA, Forged, authority, stamper

from docexchange.clock import SystemClock
from docexchange.signing import VerificationPolicy
from docexchange.signing.errors import Refusal
from docexchange.signing.timestamps import read_response, request_der
from docexchange.signing.token_checks import check_token
from docexchange.signing.tokens import Token, read_token
from docexchange.signing.xmldsig.algorithms import Digest
from docexchange.testing import DemoPki

if TYPE_CHECKING:
    from pathlib import Path

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

    def run(self, *words: object) -> subprocess.CompletedProcess[bytes]:
        argv = ["openssl", "ts", *map(str, words)]
        return subprocess.run(argv, capture_output=True, check=False, timeout=60)

    def verifies(self, token: bytes, pki: DemoPki, data: bytes = DATA, *, at: int = 0) -> bool:
        """Whether it believes a token."""
        (self.folder / "token.der").write_bytes(token)
        (self.folder / "data").write_bytes(data)
        (self.folder / "root.pem").write_bytes(pki.root.credential.certificate_pem)
        (self.folder / "ca.pem").write_bytes(pki.sub_ca.credential.certificate_pem)
        files = ("-CAfile", self.folder / "root.pem", "-untrusted", self.folder / "ca.pem")
        moment = ("-attime", at or int(NOW.timestamp()))
        words = ("-in", self.folder / "token.der", "-token_in", "-data", self.folder / "data")
        return self.run("-verify", *words, *files, *moment).returncode == 0

    def answers(self, request: bytes, maker: Credential, **options: str) -> bytes:
        """Its answer to a request, with our certificate."""
        settings = {"tsa_name": "no", "chain": "no", "ess": "sha256"} | options
        config = CONFIG.format(folder=self.folder, **settings)
        files = {
            "openssl.cnf": config.encode(),
            "serial": b"01\n",
            "tsa.pem": maker.certificate_pem,
            "chain.pem": maker.certificate_pem,
            "tsa.key": maker.key_pem(),
            "request.tsq": request,
        }
        for name, content in files.items():
            (self.folder / name).write_bytes(content)
        words = ("-queryfile", self.folder / "request.tsq", "-out", self.folder / "answer.tsr")
        done = self.run("-reply", "-config", self.folder / "openssl.cnf", *words)
        assert done.returncode == 0, done.stderr.decode()
        return (self.folder / "answer.tsr").read_bytes()


@pytest.fixture
def openssl(tmp_path: Path) -> Openssl:
    return Openssl(tmp_path)


@pytest.fixture(scope="module")
def present() -> DemoPki:
    """A PKI of the present: openssl stamps with the machine's own time."""
    return DemoPki.create(at=SystemClock().now(), key="p256")


@pytest.mark.parametrize("kind", ["p256", "p384", "rsa2048", "rsa3072"])
def test_our_tokens_are_believed(pki: DemoPki, openssl: Openssl, kind: str) -> None:
    """And only for the octets that they are over."""
    token = authority(stamper(pki, f"TSA {kind}", key=private_key(kind))).stamp(DATA)
    assert openssl.verifies(token, pki)
    assert not openssl.verifies(token, pki, DATA + b" ")


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
    present: DemoPki, openssl: Openssl, digest: Digest, options: dict[str, str]
) -> None:
    """With either ESSCertID, with the chain named, with its own name in it."""
    request = request_der(DATA, digest=digest, nonce=2**63 + 1, policy="1.3.6.1.4.1.32473.2")
    token = read_response(openssl.answers(request, present.tsa, **options))
    believed(present, token)
    assert (token.nonce, token.policy) == (2**63 + 1, "1.3.6.1.4.1.32473.2")
    assert token.accuracy == timedelta(seconds=1, milliseconds=500, microseconds=100)
    assert token.digest is digest


@pytest.mark.parametrize("kind", ["p384", "rsa2048"])
def test_its_tokens_of_other_keys_are_believed(
    present: DemoPki, openssl: Openssl, kind: str
) -> None:
    """RSA and the larger curve."""
    maker = stamper(present, "TSA", key=private_key(kind), end=SystemClock().now() + timedelta(9))
    request = request_der(DATA, digest=Digest.SHA256)
    believed(present, read_response(openssl.answers(request, maker)))


def test_its_refusal_is_told(present: DemoPki, openssl: Openssl) -> None:
    """A policy that it does not have."""
    request = request_der(DATA, digest=Digest.SHA256, policy="1.2.3")
    with pytest.raises(Refusal, match=r"rejection.*unaccepted_policy") as caught:
        read_response(openssl.answers(request, present.tsa))
    assert caught.value.code == "timestamp.refused"


CHANGES = {
    "time": {"gen_time": NOW - timedelta(days=1)},
    "serial": {"serial_number": 99},
    "policy": {"policy": "1.2.3"},
    "nonce": {"nonce": 5},
    "accuracy": {"accuracy": {"seconds": 9}},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_refused_by_both(pki: DemoPki, openssl: Openssl, change: str) -> None:
    """One that the authority did not sign."""
    forged = Forged(authority(pki.tsa).stamp(DATA), pki.agency("commune"))
    token = forged.info(**CHANGES[change]).der()
    assert not openssl.verifies(token, pki)
    with pytest.raises(Refusal) as caught:
        check_token(
            read_token(token), DATA, trust=trust_in(pki), policy=VerificationPolicy(), at=NOW
        )
    assert caught.value.code == "timestamp.signature"


def test_a_certificate_for_something_else_is_refused_by_both(
    pki: DemoPki, openssl: Openssl
) -> None:
    """An agency's seal makes no timestamps."""
    token = authority(pki.agency("commune")).stamp(DATA)
    assert not openssl.verifies(token, pki)
    with pytest.raises(Refusal) as caught:
        check_token(
            read_token(token), DATA, trust=trust_in(pki), policy=VerificationPolicy(), at=NOW
        )
    assert caught.value.code == "timestamp.purpose"
