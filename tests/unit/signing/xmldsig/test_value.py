"""The signature value: this key, these octets."""

from __future__ import annotations

import hmac
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, utils
from hypothesis import given
from hypothesis import strategies as st
from signing_help import private_key, raw_signature

from docexchange.signing import SubIndication
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import Digest, SignatureAlgorithm
from docexchange.signing.xmldsig.deviations import Deviation
from docexchange.signing.xmldsig.ripemd160 import Ripemd160
from docexchange.signing.xmldsig.value import MethodParameters, verify_value

HASHES = {"SHA256": hashes.SHA256, "SHA384": hashes.SHA384, "SHA512": hashes.SHA512}
P256 = private_key("p256")


def assert_refused(key: Any, algorithm: SignatureAlgorithm, data: bytes, value: bytes) -> Refusal:
    """Why the value does not hold."""
    with pytest.raises(Refusal) as caught:
        verify_value(key, algorithm, data, value)
    assert caught.value.sub_indication is SubIndication.SIG_CRYPTO_FAILURE
    assert caught.value.code == "signature.value"
    return caught.value


@pytest.mark.parametrize("kind", ["rsa2048", "p256", "p384"])
@pytest.mark.parametrize("digest", HASHES)
def test_a_good_value_holds_and_no_other(kind: str, digest: str) -> None:
    """Other octets, another value, another hash: each is refused."""
    key = private_key(kind)
    family = "RSA" if kind.startswith("rsa") else "ECDSA"
    algorithm = SignatureAlgorithm[f"{family}_{digest}"]
    value = raw_signature(key, b"data", HASHES[digest]())
    verify_value(key.public_key(), algorithm, b"data", value)
    assert_refused(key.public_key(), algorithm, b"Data", value)
    assert_refused(key.public_key(), algorithm, b"data", value[:-1] + bytes([value[-1] ^ 1]))
    other = SignatureAlgorithm[f"{family}_{'SHA512' if digest != 'SHA512' else 'SHA256'}"]
    assert_refused(key.public_key(), other, b"data", value)


@given(st.binary(max_size=80))
def test_random_octets_are_no_value(value: bytes) -> None:
    """Whatever their length."""
    assert_refused(P256.public_key(), SignatureAlgorithm.ECDSA_SHA256, b"data", value)


def test_the_length_is_that_of_the_curve() -> None:
    """The message says how many octets were due."""
    found = assert_refused(P256.public_key(), SignatureAlgorithm.ECDSA_SHA256, b"data", bytes(63))
    assert "63 octets where 64 were due" in str(found)


def test_a_key_of_another_kind_is_no_key() -> None:
    """The policy refuses it earlier; here nothing is taken for granted."""
    key = ed25519.Ed25519PrivateKey.generate()
    found = assert_refused(
        key.public_key(), SignatureAlgorithm.ECDSA_SHA256, b"data", key.sign(b"data")
    )
    assert "Ed25519" in str(found)


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [("PSS_SHA256", hashes.SHA256()), ("PSS_SHA3_512", hashes.SHA3_512())],
)
def test_pss_is_not_pkcs1(algorithm: str, digest: hashes.HashAlgorithm) -> None:
    """Each padding holds under its own name alone, with a salt as long as the digest."""
    key = private_key("rsa2048")
    pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
    value = key.sign(b"data", pss, digest)
    verify_value(key.public_key(), SignatureAlgorithm[algorithm], b"data", value)
    assert_refused(key.public_key(), SignatureAlgorithm.RSA_SHA256, b"data", value)
    short = key.sign(b"data", padding.PSS(padding.MGF1(digest), 20), digest)
    assert_refused(key.public_key(), SignatureAlgorithm[algorithm], b"data", short)


def test_pss_parameters_are_used() -> None:
    """Digest, mask digest and salt may differ from the defaults."""
    key = private_key("rsa2048")
    pss = padding.PSS(padding.MGF1(hashes.SHA512()), 11)
    value = key.sign(b"data", pss, hashes.SHA384())
    parameters = MethodParameters(digest=Digest.SHA384, mask_digest=Digest.SHA512, salt_length=11)
    generic = SignatureAlgorithm.PSS
    verify_value(key.public_key(), generic, b"data", value, parameters=parameters)
    assert_refused(key.public_key(), generic, b"data", value)


@pytest.mark.parametrize("kind", [ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey])
def test_edwards_curves(kind: Any) -> None:
    """The digest is part of the algorithm."""
    key = kind.generate()
    algorithm = SignatureAlgorithm.ED25519 if "25519" in kind.__name__ else SignatureAlgorithm.ED448
    verify_value(key.public_key(), algorithm, b"data", key.sign(b"data"))
    assert_refused(key.public_key(), algorithm, b"Data", key.sign(b"data"))


@pytest.mark.parametrize("curve", [ec.SECP521R1(), ec.BrainpoolP256R1(), ec.BrainpoolP512R1()])
def test_other_curves(curve: ec.EllipticCurve) -> None:
    """P-521 has values of 2 x 66 octets."""
    key = ec.generate_private_key(curve)
    value = raw_signature(key, b"data", hashes.SHA512())
    verify_value(key.public_key(), SignatureAlgorithm.ECDSA_SHA512, b"data", value)
    assert_refused(key.public_key(), SignatureAlgorithm.ECDSA_SHA512, b"data", value[:-1])


def test_dsa_values_are_as_long_as_its_order() -> None:
    """Legacy: only a lifted policy gets here."""
    key = dsa.generate_private_key(1024)
    r, s = utils.decode_dss_signature(key.sign(b"data", hashes.SHA1()))
    value = r.to_bytes(20, "big") + s.to_bytes(20, "big")
    verify_value(key.public_key(), SignatureAlgorithm.DSA_SHA1, b"data", value)
    assert_refused(key.public_key(), SignatureAlgorithm.DSA_SHA1, b"data", value[1:])


def test_a_key_too_short_for_its_digest_is_a_failure_and_no_crash() -> None:
    """RSA of 1024 bits has no room for SHA-512 with a salt as long."""
    key = private_key("rsa1024")
    assert_refused(key.public_key(), SignatureAlgorithm.PSS_SHA512, b"data", bytes(128))


def test_hmac_in_full_and_cut_short() -> None:
    """Half of the digest must be left, and 80 bits (CVE-2009-0217)."""
    full = hmac.digest(b"secret", b"data", "sha256")
    algorithm = SignatureAlgorithm.HMAC_SHA256
    verify_value(b"secret", algorithm, b"data", full)
    half = MethodParameters(hmac_bits=128)
    verify_value(b"secret", algorithm, b"data", full[:16], parameters=half)
    assert_refused(b"secret", algorithm, b"data", full[:16])
    assert_refused(b"Secret", algorithm, b"data", full)
    for bits in (-8, 0, 1, 8, 32, 40, 80, 120, 129, 264):
        short: Any = {
            "value": full[: max(bits, 0) // 8],
            "parameters": MethodParameters(hmac_bits=bits),
        }
        with pytest.raises(Refusal) as caught:
            verify_value(b"secret", algorithm, b"data", **short)
        named = bits in {40, 80, 120}
        assert caught.value.code == ("signature.hmac-length" if named else "signature.format")
        if named:
            verify_value(b"secret", algorithm, b"data", **short, deviations={Deviation.HMAC_LENGTH})


def lifted(key: Any, algorithm: SignatureAlgorithm, value: bytes) -> str:
    """What is said to a value over ``data`` where every odd form is accepted."""
    try:
        verify_value(key, algorithm, b"data", value, deviations=frozenset(Deviation))
    except Refusal as refusal:
        return refusal.code
    return ""


def in_der(*numbers: int) -> bytes:
    """A sequence of numbers, whatever their sign."""
    octets = [one.to_bytes(one.bit_length() // 8 + 1, "big", signed=True) for one in numbers]
    inside = b"".join(bytes([2, len(one)]) + one for one in octets)
    return bytes([0x30, len(inside)]) + inside


def test_der_is_taken_where_it_is_lifted_and_only_in_the_one_way_der_has() -> None:
    """Trailing octets, needless zeros, long lengths, negative numbers: none of them passes."""
    algorithm, public = SignatureAlgorithm.ECDSA_SHA256, P256.public_key()
    der = P256.sign(b"data", ec.ECDSA(hashes.SHA256()))
    with pytest.raises(Refusal) as caught:
        verify_value(public, algorithm, b"data", der)
    assert caught.value.code == "signature.der-value"
    assert lifted(public, algorithm, der) == ""
    r, s = utils.decode_dss_signature(der)
    assert in_der(r, s) == der
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    bad = [
        der + b"\0",
        der[:-1],
        b"\x30\x81" + der[1:],
        bytes([der[0], der[1] + 1, 2, der[3] + 1, 0]) + der[4:],
        in_der(r, s - order),
        in_der(r - order, s),
        in_der(r, s, 1),
        in_der(r),
        utils.encode_dss_signature(r + order, s),
        utils.encode_dss_signature(0, s),
        utils.encode_dss_signature(r, 0),
        utils.encode_dss_signature(s, r),
        b"",
        b"\x30\x00",
    ]
    for value in bad:
        assert lifted(public, algorithm, value) == "signature.value", value.hex()


@given(st.binary(max_size=80))
def test_random_octets_are_no_value_in_any_form(value: bytes) -> None:
    """However much is lifted."""
    assert lifted(P256.public_key(), SignatureAlgorithm.ECDSA_SHA256, value) == "signature.value"


def test_halves_of_another_length_are_taken_where_they_are_lifted() -> None:
    """One octet more, or fewer where the numbers are small; not two more, and never odd."""
    algorithm, public = SignatureAlgorithm.ECDSA_SHA256, P256.public_key()
    r, s = utils.decode_dss_signature(P256.sign(b"data", ec.ECDSA(hashes.SHA256())))
    padded = r.to_bytes(33, "big") + s.to_bytes(33, "big")
    with pytest.raises(Refusal) as caught:
        verify_value(public, algorithm, b"data", padded)
    assert caught.value.code == "signature.value-length"
    assert lifted(public, algorithm, padded) == ""
    for value in (
        r.to_bytes(34, "big") + s.to_bytes(34, "big"),
        padded[:-1],
        padded[1:],
        s.to_bytes(33, "big") + r.to_bytes(33, "big"),
    ):
        assert lifted(public, algorithm, value) == "signature.value"


INFO = bytes.fromhex("3021300906052b2403020105000414")


def padded_by_hand(held: bytes, *, filling: bytes = b"\xff") -> bytes:
    """What a private RSA key makes of a block around these octets."""
    numbers = private_key("rsa2048").private_numbers()
    modulus = numbers.public_numbers.n
    size = (modulus.bit_length() + 7) // 8
    block = b"\0\1" + filling * (size - len(held) - 3) + b"\0" + held
    return pow(int.from_bytes(block, "big"), numbers.d, modulus).to_bytes(size, "big")


def test_rsa_with_ripemd_160_holds_all_of_the_block() -> None:
    """Nothing beside the digest, no other digest, no short filling, no value of another length."""
    key, algorithm = private_key("rsa2048").public_key(), SignatureAlgorithm.RSA_RIPEMD160
    digest = Ripemd160(b"data").digest()
    good = padded_by_hand(INFO + digest)
    verify_value(key, algorithm, b"data", good)
    sha1 = bytes.fromhex("3021300906052b0e03021a05000414")
    bad = [
        padded_by_hand(INFO + digest + b"garbage"),
        padded_by_hand(INFO + Ripemd160(b"Data").digest()),
        padded_by_hand(sha1 + digest),
        padded_by_hand(digest),
        padded_by_hand(bytes.fromhex("301f300706052b24030201") + b"\x04\x14" + digest),
        padded_by_hand(INFO + digest, filling=b"\xfe"),
        b"\0" + good,
        good[:-1],
        b"",
        bytes(len(good)),
    ]
    for value in bad:
        assert_refused(key, algorithm, b"data", value)


def test_ecdsa_and_hmac_with_ripemd_160() -> None:
    """ECDSA sees the octets of the digest; HMAC is that of RFC 2286."""
    hashed = utils.Prehashed(hashes.SHA1())
    r, s = utils.decode_dss_signature(P256.sign(Ripemd160(b"data").digest(), ec.ECDSA(hashed)))
    value = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    verify_value(P256.public_key(), SignatureAlgorithm.ECDSA_RIPEMD160, b"data", value)
    assert_refused(P256.public_key(), SignatureAlgorithm.ECDSA_RIPEMD160, b"Data", value)
    assert_refused(P256.public_key(), SignatureAlgorithm.ECDSA_SHA1, b"data", value)
    expected = bytes.fromhex("dda6c0213a485a9e24f4742064a7f033b43c4069")
    text = b"what do ya want for nothing?"
    verify_value(b"Jefe", SignatureAlgorithm.HMAC_RIPEMD160, text, expected)
    assert_refused(b"Jefe", SignatureAlgorithm.HMAC_SHA1, text, expected)


def test_pss_with_ripemd_160_cannot_be_computed_and_is_no_crash() -> None:
    """The library has no such hash."""
    key = private_key("rsa2048").public_key()
    parameters = MethodParameters(digest=Digest.RIPEMD160)
    with pytest.raises(Refusal, match="RIPEMD-160") as caught:
        verify_value(key, SignatureAlgorithm.PSS, b"data", bytes(256), parameters=parameters)
    assert caught.value.code == "signature.value"


def test_ml_dsa_signs_with_its_context() -> None:
    """Another context, other octets or a key of another size do not hold."""
    mldsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.mldsa")
    key, other = mldsa.MLDSA44PrivateKey.generate(), mldsa.MLDSA65PrivateKey.generate()
    public, algorithm = key.public_key(), SignatureAlgorithm.MLDSA44
    verify_value(public, algorithm, b"data", key.sign(b"data"))
    bound, context = key.sign(b"data", b"letters"), MethodParameters(context=b"letters")
    verify_value(public, algorithm, b"data", bound, parameters=context)
    assert_refused(public, algorithm, b"data", bound)
    assert_refused(public, algorithm, b"Data", key.sign(b"data"))
    assert_refused(other.public_key(), algorithm, b"data", other.sign(b"data"))
    assert_refused(public, algorithm, b"data", b"")


def test_a_public_key_is_no_secret() -> None:
    """HMAC under the octets of a public key is the oldest of confusions."""
    assert_refused(P256.public_key(), SignatureAlgorithm.HMAC_SHA256, b"data", bytes(32))
