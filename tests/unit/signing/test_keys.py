"""Keys that sign: read from every kind of file, or refused with the reason."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, utils
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from signing_help import certify, private_key

from docexchange.errors import InputNotFound, UnusableKey
from docexchange.signing import SigningKey
from docexchange.signing.xmldsig.algorithms import Digest, KeyKind, SignatureAlgorithm

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.testing import Credential, DemoPki


def secret() -> bytes:
    """The password of the files here."""
    return b"demo"


def wrong() -> bytes:
    """Another one."""
    return b"wrong"


def must_not_be_asked() -> bytes:
    """Fails the test."""
    pytest.fail("a password was asked for that nobody needs")


def open_key(key: Any) -> bytes:
    """PEM of a private key of any kind, unencrypted."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def commune(pki: DemoPki) -> Credential:
    """The seal of the commune."""
    return pki.agency("commune")


# --- PKCS#12 ---


def test_pkcs12_gives_key_certificate_and_chain(pki_folder: Path, commune: Credential) -> None:
    """The file that a token or a browser exports is all that is needed."""
    key = SigningKey.from_pkcs12(pki_folder / "agencies/commune/agency.p12", password=secret)
    assert key.certificate == commune.certificate
    assert key.chain == commune.chain
    assert key.private_key.private_numbers() == commune.private_key.private_numbers()
    assert key.kind is KeyKind.EC


def test_pkcs12_leaves_the_root_out(tmp_path: Path, pki: DemoPki, commune: Credential) -> None:
    """A root in the chain is ballast: it is trusted from elsewhere or not at all."""
    held = [*commune.chain, pki.root.credential.certificate]
    data = pkcs12.serialize_key_and_certificates(
        b"x", commune.private_key, commune.certificate, held, BestAvailableEncryption(b"demo")
    )
    (tmp_path / "a.p12").write_bytes(data)
    assert SigningKey.from_pkcs12(tmp_path / "a.p12", password=secret).chain == commune.chain


@pytest.mark.parametrize("password", [wrong, None, lambda: b""])
def test_a_wrong_password_of_pkcs12_is_said_to_be_possible(pki_folder: Path, password: Any) -> None:
    """The error names the file and says what to check; it does not repeat the password."""
    with pytest.raises(UnusableKey, match=r"agency\.p12") as caught:
        SigningKey.from_pkcs12(pki_folder / "agencies/commune/agency.p12", password=password)
    assert caught.value.code == "key.not-opened"
    assert "password" in caught.value.advice
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("part", ["key", "certificate"])
def test_pkcs12_without_key_or_certificate_is_incomplete(
    tmp_path: Path, commune: Credential, part: str
) -> None:
    """Which of the two is missing is said."""
    key = None if part == "key" else commune.private_key
    certificate = None if part == "certificate" else commune.certificate
    data = pkcs12.serialize_key_and_certificates(
        b"x", key, certificate, commune.chain, BestAvailableEncryption(b"demo")
    )
    (tmp_path / "a.p12").write_bytes(data)
    with pytest.raises(UnusableKey, match="expected a key and its certificate") as caught:
        SigningKey.from_pkcs12(tmp_path / "a.p12", password=secret)
    assert caught.value.code == "key.incomplete"


# --- PEM ---


def test_pem_in_two_files(pki_folder: Path, commune: Credential) -> None:
    """Key here, certificate and chain there."""
    folder = pki_folder / "agencies/commune"
    key = SigningKey.from_pem(folder / "agency.key.pem", folder / "agency.pem")
    assert (key.certificate, key.chain) == (commune.certificate, commune.chain)


@pytest.mark.parametrize("key_first", [True, False])
def test_pem_in_one_file(tmp_path: Path, commune: Credential, key_first: bool) -> None:  # noqa: FBT001
    """In either order."""
    parts = [commune.key_pem(), commune.certificate_pem]
    (tmp_path / "all.pem").write_bytes(b"".join(parts if key_first else parts[::-1]))
    key = SigningKey.from_pem(tmp_path / "all.pem")
    assert (key.certificate, key.chain) == (commune.certificate, commune.chain)


def test_a_der_certificate_beside_a_pem_key(tmp_path: Path, commune: Credential) -> None:
    """What Windows calls ``.cer``."""
    (tmp_path / "key.pem").write_bytes(commune.key_pem())
    (tmp_path / "agency.cer").write_bytes(commune.der)
    key = SigningKey.from_pem(tmp_path / "key.pem", tmp_path / "agency.cer")
    assert key.certificate == commune.certificate
    assert key.chain == ()


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_an_encrypted_pem_key_asks_for_its_password(
    tmp_path: Path, commune: Credential, form: PrivateFormat
) -> None:
    """Both ways of encrypting a PEM key are met in practice."""
    encryption = BestAvailableEncryption(b"demo")
    data = commune.private_key.private_bytes(Encoding.PEM, form, encryption)
    (tmp_path / "key.pem").write_bytes(data + commune.certificate_pem)
    assert SigningKey.from_pem(tmp_path / "key.pem", password=secret).chain == commune.chain
    for password in (wrong, None):
        with pytest.raises(UnusableKey, match=r"key\.pem") as caught:
            SigningKey.from_pem(tmp_path / "key.pem", password=password)
        assert caught.value.code == "key.not-opened"


def test_an_open_pem_key_asks_for_nothing(tmp_path: Path, commune: Credential) -> None:
    """Nobody is bothered for a password that is not needed."""
    (tmp_path / "key.pem").write_bytes(commune.key_pem() + commune.certificate_pem)
    key = SigningKey.from_pem(tmp_path / "key.pem", password=must_not_be_asked)
    assert key.certificate == commune.certificate


def test_a_key_with_the_certificate_of_another_is_refused(pki_folder: Path, pki: DemoPki) -> None:
    """A signature made with it would never verify."""
    folder = pki_folder / "agencies"
    with pytest.raises(UnusableKey, match="UBND huyện") as caught:
        SigningKey.from_pem(folder / "commune/agency.key.pem", folder / "district/agency.pem")
    assert caught.value.code == "key.mismatch"
    with pytest.raises(UnusableKey):
        SigningKey(
            private_key=pki.agency("commune").private_key,
            certificate=pki.leader("commune").certificate,
        )


def test_a_pem_file_without_a_certificate_is_not_opened(
    tmp_path: Path, commune: Credential
) -> None:
    """A bare key cannot sign a letter."""
    (tmp_path / "key.pem").write_bytes(commune.key_pem())
    with pytest.raises(UnusableKey, match="found no certificate") as caught:
        SigningKey.from_pem(tmp_path / "key.pem")
    assert caught.value.code == "key.incomplete"


def test_key_and_certificate_that_were_mixed_up_are_told(
    tmp_path: Path, commune: Credential
) -> None:
    """A certificate in the place of the key, and the key in that of the certificate."""
    key, certificate = tmp_path / "key.pem", tmp_path / "agency.pem"
    key.write_bytes(commune.key_pem())
    certificate.write_bytes(commune.certificate.public_bytes(Encoding.PEM))
    with pytest.raises(UnusableKey, match="found no key") as caught:
        SigningKey.from_pem(certificate, key)
    assert caught.value.code == "key.incomplete"
    with pytest.raises(UnusableKey, match="found a private key") as caught:
        SigningKey.from_pem(key, key)
    assert caught.value.code == "key.unreadable"


# --- kinds ---


@pytest.mark.parametrize(
    ("kind", "family", "digest", "size"),
    [
        ("rsa2048", KeyKind.RSA, Digest.SHA256, 256),
        ("p256", KeyKind.EC, Digest.SHA256, 64),
        ("p384", KeyKind.EC, Digest.SHA384, 96),
    ],
)
def test_each_kind_signs_in_the_form_of_xml_signatures(
    kind: str, family: KeyKind, digest: Digest, size: int
) -> None:
    """ECDSA values are r and s side by side, of fixed length (RFC 4051, clause 2.3.6)."""
    credential = certify("x", key=private_key(kind))
    key = SigningKey(private_key=credential.private_key, certificate=credential.certificate)
    assert (key.kind, key.digest) == (family, digest)
    value = key.sign(b"data", SignatureAlgorithm.of(family, digest))
    assert len(value) == size
    public: Any = credential.certificate.public_key()
    if family is KeyKind.EC:
        half = size // 2
        r, s = int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big")
        algorithm = ec.ECDSA(SHA256() if digest is Digest.SHA256 else SHA384())
        public.verify(utils.encode_dss_signature(r, s), b"data", algorithm)


def test_small_numbers_are_padded(commune: Credential) -> None:
    """One r in 256 begins with a zero octet; it must be written all the same."""
    key = SigningKey(private_key=commune.private_key, certificate=commune.certificate)
    sizes = {len(key.sign(b"%d" % n, SignatureAlgorithm.ECDSA_SHA256)) for n in range(600)}
    assert sizes == {64}


@pytest.mark.parametrize(
    ("kind", "code", "found"),
    [
        ("rsa1024", "key.too-small", "RSA of 1024 bits"),
        ("p192", "key.unsupported", "ECDSA on secp192r1"),
        ("ed448", "key.unsupported", "Ed448PublicKey"),
    ],
)
def test_a_key_that_no_verifier_would_accept_is_refused(
    tmp_path: Path, kind: str, code: str, found: str
) -> None:
    """Better now than after the letter has been sent; from every kind of file."""
    odd = {
        "rsa1024": lambda: private_key("rsa1024"),
        "p192": lambda: ec.generate_private_key(ec.SECP192R1()),
        "ed448": ed448.Ed448PrivateKey.generate,
    }
    key = odd[kind]()
    made = certify("x", key=key, issuer=certify("CA", ca=True))
    files = {
        "a.pem": open_key(key) + made.certificate.public_bytes(Encoding.PEM),
        "a.p12": pkcs12.serialize_key_and_certificates(
            b"x", key, made.certificate, None, BestAvailableEncryption(b"demo")
        ),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(UnusableKey, match=found) as caught:
            SigningKey.from_uri(str(tmp_path / name), password=secret)
        assert caught.value.code == code


def test_the_private_key_is_not_shown(commune: Credential) -> None:
    """Not in a log, not in a traceback."""
    key = SigningKey(private_key=commune.private_key, certificate=commune.certificate)
    assert "private_key" not in repr(key)


# --- files that are none ---


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"not a key at all",
        b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
        b"0\x82\x01\x00" + bytes(range(256)),
        bytes(range(256)) * 16,
    ],
)
@pytest.mark.parametrize("name", ["key.p12", "key.pfx", "key.pem", "key"])
def test_a_file_that_holds_no_key_is_not_opened(tmp_path: Path, name: str, data: bytes) -> None:
    """Empty, random, truncated: one error, which names the file."""
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UnusableKey, match=name) as caught:
        SigningKey.from_uri(str(tmp_path / name), password=secret)
    assert caught.value.code == ("key.not-opened" if data else "key.empty")


def test_a_key_on_an_unknown_curve_is_not_opened(tmp_path: Path, commune: Credential) -> None:
    """The parser raises what is no ``ValueError``; it comes out as ours."""
    der = commune.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    odd = der.replace(bytes.fromhex("06082a8648ce3d030107"), bytes.fromhex("06082a8648ce3d030177"))
    import base64

    pem = b"-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
    (tmp_path / "key.pem").write_bytes(pem % base64.encodebytes(odd).strip())
    with pytest.raises(UnusableKey, match=r"key\.pem"):
        SigningKey.from_pem(tmp_path / "key.pem")


@pytest.mark.parametrize("name", ["missing.p12", "missing.pem", "folder"])
def test_a_file_that_cannot_be_read_is_not_found(tmp_path: Path, name: str) -> None:
    """Missing, or a folder."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputNotFound, match=name):
        SigningKey.from_uri(str(tmp_path / name))


def test_a_missing_certificate_file_is_not_found(tmp_path: Path, commune: Credential) -> None:
    """The error names the file that is missing, not the one that is there."""
    (tmp_path / "key.pem").write_bytes(commune.key_pem())
    with pytest.raises(InputNotFound, match=r"none\.pem"):
        SigningKey.from_pem(tmp_path / "key.pem", tmp_path / "none.pem")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    """The wrong file picked by accident may have gigabytes."""
    with (tmp_path / "disk.img.p12").open("wb") as stream:
        os.truncate(stream.fileno(), 5 * 1024 * 1024 * 1024)
    with pytest.raises(UnusableKey, match="over 1 MiB") as caught:
        SigningKey.from_pkcs12(tmp_path / "disk.img.p12")
    assert caught.value.code == "key.size"


# --- by URI ---


@pytest.mark.parametrize("uri", ["pkcs12:{}/agency.p12", "file:{}/one.pem", "{}/agency.p12"])
def test_a_key_by_uri(tmp_path: Path, pki_folder: Path, commune: Credential, uri: str) -> None:
    """The kind is in the scheme, or in the end of the name."""
    (tmp_path / "one.pem").write_bytes(commune.key_pem() + commune.certificate_pem)
    data = (pki_folder / "agencies/commune/agency.p12").read_bytes()
    (tmp_path / "agency.p12").write_bytes(data)
    key = SigningKey.from_uri(uri.format(tmp_path), password=secret)
    assert key.certificate == commune.certificate


@pytest.mark.parametrize("uri", ["hsm:1", "https://example.vn/key.pem"])
def test_a_kind_of_key_that_is_not_known_is_refused_by_name(uri: str) -> None:
    """It is not taken for the name of a file."""
    with pytest.raises(UnusableKey, match=uri.partition(":")[0]) as caught:
        SigningKey.from_uri(uri)
    assert caught.value.code == "key.scheme"
