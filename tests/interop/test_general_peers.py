"""Signatures of every kind by other programs: python-xmlsec (libxmlsec1), xmlsec1 and signxml."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import xmlsec
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from dsig_help import Ref, certificate_info, examined, filter2, sign_into, xpath
from lxml import etree
from signing_help import certify, private_key
from signxml import CanonicalizationMethod, XMLSigner, methods

from docexchange.envelope.names import DS
from docexchange.signing import VerificationPolicy
from docexchange.signing.xmldsig.algorithms import (
    BASE64,
    ENVELOPED,
    Canonicalization,
    SignatureAlgorithm,
)
from docexchange.signing.xmldsig.keys import KnownKeys

if TYPE_CHECKING:
    from pathlib import Path

LETTER = (
    b'<l:letter xmlns:l="urn:l" xmlns:u="urn:unused" xml:lang="vi" xml:base="http://a/b/">'
    b'<!--c--><head Id="head">H\xc3\xa0 N\xe1\xbb\x99i &amp; &#13;</head><?p i?>'
    b'<body Id="body" xml:base="../c/"><p x="&quot;&#9;">QUJD</p></body></l:letter>'
)
LEGACY = VerificationPolicy.unsafe_legacy()
GENERAL = VerificationPolicy.general()
METHODS = {
    "rsa2048": ["RSA_SHA256", "RSA_SHA384", "RSA_SHA512", "RSA_SHA1", "RSA_SHA224"],
    "p256": ["ECDSA_SHA256", "ECDSA_SHA384", "ECDSA_SHA1"],
    "p384": ["ECDSA_SHA384"],
    "p521": ["ECDSA_SHA512"],
}
KINDS = [(kind, name) for kind, names in METHODS.items() for name in names]
# Its inclusive forms forget what SignedInfo inherits; xmlsec1 refuses them as we do.
EXCLUSIVE = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
C14N = {
    Canonicalization.INCLUSIVE: xmlsec.Transform.C14N,
    Canonicalization.INCLUSIVE_COMMENTS: xmlsec.Transform.C14N_COMMENTS,
    Canonicalization.INCLUSIVE_11: xmlsec.Transform.C14N11,
    Canonicalization.INCLUSIVE_11_COMMENTS: xmlsec.Transform.C14N11_COMMENTS,
    Canonicalization.EXCLUSIVE: xmlsec.Transform.EXCL_C14N,
    Canonicalization.EXCLUSIVE_COMMENTS: xmlsec.Transform.EXCL_C14N_COMMENTS,
}


def pem(key: Any) -> bytes:
    """A private key as other programs read it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def by_xmlsec(
    key: Any,
    *,
    form: Canonicalization = Canonicalization.EXCLUSIVE,
    method: str = "ECDSA_SHA256",
    uri: str = "",
    transforms: tuple[Any, ...] = (xmlsec.Transform.ENVELOPED,),
    digest: Any = xmlsec.Transform.SHA256,
) -> Any:
    """A signature by python-xmlsec at the end of the letter."""
    root = etree.fromstring(LETTER)
    element = xmlsec.template.create(root, C14N[form], getattr(xmlsec.Transform, method), ns="ds")
    root.append(element)
    reference = xmlsec.template.add_reference(element, digest, uri=uri)
    for transform in transforms:
        xmlsec.template.add_transform(reference, transform)
    info = xmlsec.template.ensure_key_info(element)
    xmlsec.template.x509_data_add_certificate(xmlsec.template.add_x509_data(info))
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(pem(key), xmlsec.constants.KeyDataFormatPem)
    certificate = certify("peer", key=key).certificate.public_bytes(Encoding.PEM)
    context.key.load_cert_from_memory(certificate, xmlsec.constants.KeyDataFormatPem)
    context.sign(element)
    return next(etree.fromstring(etree.tostring(root)).iter(f"{{{DS}}}Signature"))


@pytest.mark.parametrize(("kind", "method"), KINDS)
def test_every_method_of_libxmlsec(kind: str, method: str) -> None:
    """It holds; under the policy for auditors only when it is not legacy."""
    element = by_xmlsec(private_key(kind), method=method)
    assert examined(element, LEGACY).intact
    result = examined(element, GENERAL)
    legacy = SignatureAlgorithm[method].legacy
    assert result.intact is not legacy
    if legacy:
        assert SignatureAlgorithm[method].label in str(result.refusal)
    element.getparent()[1].text = "Huế"
    assert examined(element, LEGACY).refusal.code == "signature.digest"


@pytest.mark.parametrize("form", C14N)
@pytest.mark.parametrize("uri", ["", "#head", "#body", "#xpointer(/)", "#xpointer(id('body'))"])
def test_every_form_over_every_pointer_of_libxmlsec(form: Canonicalization, uri: str) -> None:
    """Comments, inherited attributes and bases as libxmlsec1 has them."""
    key = private_key("p256")
    element = by_xmlsec(
        key, form=form, uri=uri, transforms=(xmlsec.Transform.ENVELOPED, C14N[form])
    )
    result = examined(element)
    assert result.intact, result.refusal


@pytest.mark.parametrize("name", ["SHA384", "SHA512"])
def test_other_digests_of_libxmlsec(name: str) -> None:
    """Of references."""
    digest = getattr(xmlsec.Transform, name)
    assert examined(by_xmlsec(private_key("p256"), digest=digest)).intact


@pytest.mark.parametrize(
    "construction",
    [
        methods.enveloped,
        methods.enveloping,
        methods.detached,
    ],
)
@pytest.mark.parametrize("kind", ["rsa2048", "p256"])
def test_every_construction_of_signxml(kind: str, construction: Any) -> None:
    """Enveloped, enveloping, and beside."""
    key = private_key(kind)
    certificate = certify("peer", key=key).certificate
    algorithm = "rsa-sha256" if kind.startswith("rsa") else "ecdsa-sha256"
    signer = XMLSigner(method=construction, signature_algorithm=algorithm, c14n_algorithm=EXCLUSIVE)
    options = {"reference_uri": "#head"} if construction is methods.detached else {}
    root = etree.fromstring(LETTER)
    chain = [certificate.public_bytes(Encoding.PEM).decode()]
    made = signer.sign(root, key=key, cert=chain, **options)
    if construction is methods.detached:
        root.append(made)
        made = root
    tree = etree.fromstring(etree.tostring(made))
    result = examined(next(tree.iter(f"{{{DS}}}Signature")))
    assert result.intact, result.refusal


def test_pss_of_signxml() -> None:
    """RSA-PSS in the form with the digest in its name."""
    key = private_key("rsa2048")
    chain = [certify("peer", key=key).certificate.public_bytes(Encoding.PEM).decode()]
    signer = XMLSigner(signature_algorithm="sha256-rsa-MGF1", c14n_algorithm=EXCLUSIVE)
    made = signer.sign(etree.fromstring(LETTER), key=key, cert=chain)
    element = next(etree.fromstring(etree.tostring(made)).iter(f"{{{DS}}}Signature"))
    result = examined(element)
    assert result.intact, result.refusal
    assert result.algorithm == "RSA-PSS with SHA-256"


OURS = {
    "enveloped, 1.1": (Ref("", (ENVELOPED, Canonicalization.INCLUSIVE_11.value)),),
    "implied form": (Ref("", (ENVELOPED,)),),
    "inherited": (Ref("#body", (Canonicalization.INCLUSIVE.value,)),),
    "base made good": (Ref("#body", (Canonicalization.INCLUSIVE_11.value,)),),
    "with comments": (Ref("#xpointer(/)", (ENVELOPED, Canonicalization.INCLUSIVE_COMMENTS.value)),),
    "xpath": (Ref("", (xpath("not(ancestor-or-self::ds:Signature)", ds=DS),)),),
    "xpath on attributes": (Ref("", (ENVELOPED, xpath("self::node()[not(self::p)]"))),),
    "xpath, 1.1": (Ref("", (xpath("ancestor-or-self::p"), Canonicalization.INCLUSIVE_11.value)),),
    "namespaces dropped": (
        Ref("", (ENVELOPED, xpath("name() != 'u'"), Canonicalization.EXCLUSIVE.value)),
    ),
    "filter": (Ref("", (filter2(intersect="//body | //head", subtract="//p"),)),),
    "base64": (Ref("#body", (BASE64,)),),
    "several": (Ref("#head"), Ref("#body"), Ref("", (ENVELOPED,))),
}


@pytest.mark.peer("xmlsec1")
@pytest.mark.parametrize("what", OURS)
def test_xmlsec1_reads_our_octets_as_we_do(what: str, tmp_path: Path) -> None:
    """What our engine digests, xmlsec1 digests: it accepts what is made with our octets."""
    key = private_key("p256")
    info = certificate_info(certify("signer", key=key).der)
    element = sign_into(etree.fromstring(LETTER), OURS[what], key=key, info=info)
    file = tmp_path / "letter.xml"
    file.write_bytes(etree.tostring(element.getroottree(), encoding="UTF-8"))
    argv = ["xmlsec1", "--verify", "--insecure", "--id-attr:Id", "head", "--id-attr:Id", "body"]
    run = subprocess.run([*argv, str(file)], capture_output=True, check=False, timeout=30)
    assert run.returncode == 0, run.stderr.decode()


def test_edwards_curves_and_brainpool_with_a_known_key() -> None:
    """Made by cryptography over our octets: no peer here signs with them in XML."""
    for key, method in (
        (ed25519.Ed25519PrivateKey.generate(), SignatureAlgorithm.ED25519),
        (ec.generate_private_key(ec.BrainpoolP256R1()), SignatureAlgorithm.ECDSA_SHA256),
    ):
        element = sign_into(etree.fromstring(LETTER), OURS["several"], key=key, method=method.value)
        known = KnownKeys(otherwise=key.public_key())
        assert examined(element, keys=known).intact
