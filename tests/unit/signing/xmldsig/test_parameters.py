"""What stands inside ``SignatureMethod``."""

from __future__ import annotations

import base64

import pytest
from lxml import etree

from docexchange.envelope.names import DS
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import STRONG_DIGESTS, Digest, SignatureAlgorithm
from docexchange.signing.xmldsig.element import Transform
from docexchange.signing.xmldsig.parameters import read_parameters
from docexchange.signing.xmldsig.value import MethodParameters

PSS = "http://www.w3.org/2007/05/xmldsig-more#"
SHA384 = f'<ds:DigestMethod Algorithm="{Digest.SHA384}"/>'
SHA1 = f'<ds:DigestMethod Algorithm="{Digest.SHA1}"/>'


def read(inside: str, algorithm: SignatureAlgorithm = SignatureAlgorithm.PSS) -> MethodParameters:
    """The parameters of a method."""
    element = etree.fromstring(f'<m xmlns:ds="{DS}" xmlns:p="{PSS}">{inside}</m>')
    method = Transform(algorithm.value, bool(inside), element)
    return read_parameters(method, algorithm, STRONG_DIGESTS)


def pss(inside: str) -> str:
    """``RSAPSSParams``."""
    return f"<p:RSAPSSParams>{inside}</p:RSAPSSParams>"


def test_pss_in_full_and_in_part() -> None:
    """RFC 9231, clause 2.3.9: what is left out has its default."""
    mask = f'<p:MaskGenerationFunction Algorithm="{PSS}MGF1">{SHA384}</p:MaskGenerationFunction>'
    full = pss(f"{SHA384}{mask}<p:SaltLength>20</p:SaltLength><p:TrailerField>1</p:TrailerField>")
    assert read(full) == MethodParameters(
        digest=Digest.SHA384, mask_digest=Digest.SHA384, salt_length=20
    )
    assert read("") == read(pss("")) == MethodParameters()


def test_hmac_length() -> None:
    """In bits."""
    inside = "<ds:HMACOutputLength>128</ds:HMACOutputLength>"
    assert read(inside, SignatureAlgorithm.HMAC_SHA256).hmac_bits == 128


def context(text: str) -> str:
    """What ML-DSA is given beside the octets."""
    uri = SignatureAlgorithm.MLDSA44.value.partition("#")[0] + "#"
    return f'<c:MLDSAContextString xmlns:c="{uri}">{text}</c:MLDSAContextString>'


def test_a_context_is_for_ml_dsa_alone() -> None:
    """In base64, of 255 octets at most; once."""
    algorithm = SignatureAlgorithm.MLDSA65
    assert read(context("QSBjb250ZXh0"), algorithm).context == b"A context"
    assert read(context(""), algorithm).context == b""
    longest = base64.b64encode(bytes(255)).decode()
    assert read(context(longest), algorithm).context == bytes(255)
    for inside, wrong in (
        (context(base64.b64encode(bytes(256)).decode()), algorithm),
        (context("QQ==") * 2, algorithm),
        (context("?"), algorithm),
        (context("QQ=="), SignatureAlgorithm.ED25519),
        (context("QQ=="), SignatureAlgorithm.RSA_SHA256),
    ):
        with pytest.raises(Refusal) as caught:
            read(inside, wrong)
        assert caught.value.code == "signature.format"


@pytest.mark.parametrize(
    "inside",
    [
        pss(SHA1),
        pss(SHA384 + SHA384),
        pss("<p:Other/>"),
        pss("<p:SaltLength>x</p:SaltLength>"),
        pss("<p:SaltLength>-1</p:SaltLength>"),
        pss("<p:SaltLength>99999999</p:SaltLength>"),
        pss("<p:SaltLength>1<!--0-->0</p:SaltLength>"),
        pss("<p:TrailerField>2</p:TrailerField>"),
        pss('<p:MaskGenerationFunction Algorithm="none"/>'),
        pss(f'<p:MaskGenerationFunction Algorithm="{PSS}MGF1"><x/></p:MaskGenerationFunction>'),
        pss("") * 2,
        "<ds:HMACOutputLength>8</ds:HMACOutputLength>",
        "text",
    ],
)
def test_anything_else_is_refused(inside: str) -> None:
    """Digests that are not allowed, doubles, strange masks and lengths."""
    with pytest.raises(Refusal):
        read(inside)


def test_algorithms_without_parameters_have_none() -> None:
    """Whatever stands there could shorten what is compared."""
    inside = "<ds:HMACOutputLength>8</ds:HMACOutputLength>"
    with pytest.raises(Refusal, match="without parameters"):
        read(inside, SignatureAlgorithm.RSA_SHA256)
