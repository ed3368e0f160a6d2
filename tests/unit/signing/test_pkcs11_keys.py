"""Keys on a token: SoftHSM2 stands for USB tokens and security modules, which speak the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pkcs11
import pytest
from signing_help import NOW, assert_passed, certify, letter, private_key, signing_key, verifier_for
from softhsm_help import PIN, softhsm_in

from docexchange.clock import VirtualClock
from docexchange.errors import InputNotFound, UnusableKey
from docexchange.signing import Signer, SigningKey
from docexchange.signing.pkcs11_keys import TokenUri
from docexchange.signing.xmldsig.algorithms import Digest, Padding

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docexchange.testing import Credential, DemoPki

KINDS = ("p256", "p384", "rsa2048")


@pytest.fixture(scope="session")
def softhsm(pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> Token:
    """Tokens in a folder of the tests: with keys, with none, with two that look alike."""
    issuer = pki.sub_ca.credential
    held = {kind: certify(kind, issuer=issuer, key=private_key(kind)) for kind in KINDS}
    made = softhsm_in(tmp_path_factory.mktemp("softhsm"))
    for label in ("UBND", "other", "twice", "locked"):
        made.add_token(label)
    for number, kind in enumerate(KINDS, start=1):
        made.add_key("UBND", kind, number, held[kind])
    made.add_key("twice", "same", 1, held["p256"])
    made.add_key("twice", "same", 2, held["p384"])
    certificates = [held[kind].certificate for kind in KINDS]
    made.add_certificates(
        "UBND", [*certificates, issuer.certificate, pki.root.credential.certificate]
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in made.environment.items():
            patch.setenv(name, value)
        pkcs11.lib(made.module)  # reads its settings now, and keeps them
    return Token(made.module, held)


@dataclass(frozen=True)
class Token:
    """A token with a key of each kind, and their credentials."""

    module: str
    held: dict[str, Credential]

    def uri(self, kind: str = "", token: str = "UBND", **query: str) -> str:
        """Where a key is."""
        named = f";object={kind}" if kind else ""
        more = "".join(f"&{name}={value}" for name, value in query.items())
        return f"pkcs11:token={token}{named}?module-path={self.module}{more}"


def pin(text: str = PIN) -> Callable[[], bytes]:
    """Tells the PIN, and fails the test when it is asked for a second time."""
    left = [text.encode()]
    return left.pop


pytestmark = [pytest.mark.peer("softhsm2-util"), pytest.mark.peer("pkcs11-tool")]


def signed_with(key: SigningKey, **options: Any) -> bytes:
    signer = Signer(key, clock=VirtualClock(NOW), role="agency", **options)
    return b"".join(signer.sign(letter()).envelope.chunks())


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("p256", {}),
        ("p384", {}),
        ("rsa2048", {}),
        ("rsa2048", {"digest": Digest.SHA512}),
        ("rsa2048", {"padding": Padding.PSS}),
        ("rsa2048", {"padding": Padding.PSS, "digest": Digest.SHA384}),
    ],
)
def test_what_a_token_signs_verifies(
    pki: DemoPki, softhsm: Token, kind: str, options: dict[str, Any]
) -> None:
    """Certificate and chain come from the token, the root stays away, the PIN is asked once."""
    key = SigningKey.from_uri(softhsm.uri(kind), password=pin())
    assert key.certificate == softhsm.held[kind].certificate
    assert key.chain == (pki.sub_ca.credential.certificate,)
    for _ in range(3):
        assert_passed(verifier_for(pki), signed_with(key, **options))


def test_the_same_rsa_key_in_memory_signs_the_same(softhsm: Token) -> None:
    """RSA has no chance in it: to the byte."""
    on_token = SigningKey.from_uri(softhsm.uri("rsa2048"), password=pin())
    in_memory = signing_key(softhsm.held["rsa2048"])
    assert signed_with(on_token) == signed_with(in_memory)


def test_a_key_is_named_by_its_id_too(softhsm: Token) -> None:
    """Percent-encoded, as RFC 7512 wants it."""
    uri = f"pkcs11:token=UBND;id=%02;type=private?module-path={softhsm.module}"
    key = SigningKey.from_uri(uri, password=pin())
    assert key.certificate == softhsm.held["p384"].certificate


def refusal(uri: str, password: Callable[[], bytes] | None = None) -> UnusableKey:
    with pytest.raises(UnusableKey) as caught:
        SigningKey.from_uri(uri, password=password)
    assert "expected" in str(caught.value)
    return caught.value


def test_no_module_no_key(tmp_path: Path) -> None:
    """Neither a file that is not there, nor one that is no library, nor none at all."""
    (tmp_path / "text.so").write_text("text")
    for name in ("missing.so", "text.so"):
        error = refusal(f"pkcs11:token=UBND?module-path={tmp_path / name}", pin())
        assert error.code == "key.no-module"
        assert name in str(error)
    assert refusal("pkcs11:token=UBND", pin()).code == "key.no-module"


def test_no_such_token(softhsm: Token) -> None:
    """Those that are there are told."""
    error = refusal(softhsm.uri(token="nobody"), pin())
    assert error.code == "key.no-token"
    assert "one token that is token=nobody, found 0 of" in str(error)
    assert "'UBND'" in str(error)


def test_two_tokens_match(softhsm: Token) -> None:
    """Neither is taken by chance."""
    assert refusal(f"pkcs11:?module-path={softhsm.module}", pin()).code == "key.ambiguous"


def test_a_wrong_pin_is_tried_once_and_the_rest_is_told(softhsm: Token) -> None:
    """The token counts; a second try would bring it nearer to locking itself."""
    uri = softhsm.uri(token="locked")
    error = refusal(uri, pin("9999"))
    assert error.code == "key.pin"
    assert "few tries are left" in str(error)
    assert "1234" not in str(error)


def test_without_a_pin_nothing_is_tried(softhsm: Token) -> None:
    """An empty answer is no PIN."""
    for password in (None, pin("")):
        assert refusal(softhsm.uri("p256"), password).code == "key.pin"


def test_no_key_on_the_token(softhsm: Token) -> None:
    """An empty token, or another label."""
    assert refusal(softhsm.uri(token="other"), pin()).code == "key.no-key"
    assert refusal(softhsm.uri("nothing"), pin()).code == "key.no-key"


def test_two_keys_match(softhsm: Token) -> None:
    """They are told with their ids, so that the next try names one."""
    error = refusal(softhsm.uri("same", token="twice"), pin())
    assert error.code == "key.ambiguous"
    assert "id 01" in str(error)
    assert "id 02" in str(error)


def test_a_key_without_its_certificate(softhsm: Token) -> None:
    """Nothing could name the signer."""
    uri = f"pkcs11:token=twice;id=%01?module-path={softhsm.module}"
    assert refusal(uri, pin()).code == "key.incomplete"


def test_the_pin_can_stand_in_a_file(softhsm: Token, tmp_path: Path) -> None:
    """By ``pin-source``; nobody is asked then."""
    (tmp_path / "pin").write_text(f"{PIN}\n")
    uri = softhsm.uri("p256", **{"pin-source": f"file:{tmp_path / 'pin'}"})
    assert SigningKey.from_uri(uri).certificate == softhsm.held["p256"].certificate
    with pytest.raises(InputNotFound):
        SigningKey.from_uri(softhsm.uri("p256", **{"pin-source": f"file:{tmp_path / 'no'}"}))


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("pkcs11:token=a?module-path=m&pin-value=1234", "key.pin"),
        ("pkcs11:token=a;token=b?module-path=m", "key.uri"),
        ("pkcs11:colour=red?module-path=m", "key.uri"),
        ("pkcs11:token?module-path=m", "key.uri"),
        ("pkcs11:slot-id=x?module-path=m", "key.uri"),
    ],
)
def test_a_uri_that_says_too_little_or_too_much(uri: str, code: str) -> None:
    """A PIN in it would stand in every list of processes."""
    error = refusal(uri, pin())
    assert error.code == code
    assert "1234" not in str(error)


def test_the_parts_of_a_uri_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels in Vietnamese, ids in octets; the module from the environment where none is named."""
    monkeypatch.setenv("PKCS11_MODULE", "/m.so")
    found = TokenUri.parse("pkcs11:token=X%C3%A3;id=%00%ff;object=con%20d%E1%BA%A5u;slot-id=7")
    assert (found.module, found.token, found.slot) == ("/m.so", {"token": "Xã"}, 7)
    assert (found.identity, found.label) == (b"\x00\xff", "con dấu")
