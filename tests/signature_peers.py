"""What others say of a signed file: python-xmlsec, the program xmlsec1, and signxml."""

from __future__ import annotations

import base64
import ssl
import subprocess
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import signxml
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from docexchange.envelope.names import DS
from docexchange.signing.certificates import load_der

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from docexchange.testing import Credential

_SIGNATURE: Final = f"{{{DS}}}Signature"
LIFTED: Final = signxml.SignatureConfiguration(
    location=".//",
    signature_methods=frozenset(signxml.SignatureMethod),
    digest_algorithms=frozenset(signxml.DigestAlgorithm),
)


def _public_pem(root: Any, signer: Credential) -> bytes:
    """The key of the certificate in the file; of the signer, where that cannot be read."""
    found = next(root.iter(f"{{{DS}}}X509Certificate"), None)
    try:
        public = load_der(base64.b64decode("" if found is None else found.text or "")).public_key()
    except ValueError:
        public = signer.certificate.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def xmlsec_accepts(data: bytes, signer: Credential) -> bool | None:
    """Whether python-xmlsec accepts the first signature, by this key; None: it cannot be read."""
    try:
        root = etree.fromstring(data)
    except (etree.XMLSyntaxError, ValueError):
        return None
    element = next(root.iter(_SIGNATURE), None)
    if element is None:
        return False
    return xmlsec_verifies(element, _public_pem(root, signer))


def xmlsec_verifies(element: Any, pem: bytes, *, secret: bool = False) -> bool:
    """Whether python-xmlsec accepts a signature in its document.

    Args:
        element: the signature.
        pem: the public key; octets of a secret.
        secret: whether it is one.
    """
    context = xmlsec.SignatureContext()
    try:
        xmlsec.tree.add_ids(element.getroottree().getroot(), ["Id"])
        if secret:
            context.key = xmlsec.Key.from_binary_data(xmlsec.constants.KeyDataHmac, pem)
        else:
            context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatPem)
        context.verify(element)
    except (xmlsec.Error, ValueError):
        return False
    return True


@cache
def lax_key_search() -> tuple[str, ...]:
    """What has xmlsec1 take a key that the signature does not name; from 1.3 on it must be told."""
    run = subprocess.run(["xmlsec1", "--version"], capture_output=True, check=True, text=True)
    is_old = run.stdout.startswith(("xmlsec1 1.2.", "xmlsec1 1.1."))
    return () if is_old else ("--lax-key-search",)


def xmlsec1_accepts(data: bytes, signer: Credential, folder: Path) -> bool:
    """Whether the program xmlsec1 accepts it."""
    root = etree.fromstring(data)
    names = {etree.QName(item) for item in root.iter("*") if "Id" in item.attrib}
    ids = [f"{name.namespace}:{name.localname}".removeprefix("None:") for name in names]
    file, key = folder / "signed.xml", folder / "key.pem"
    file.write_bytes(data)
    key.write_bytes(_public_pem(root, signer))
    argv = ["xmlsec1", "--verify", "--enabled-key-data", "key-name", "--pubkey-pem", str(key)]
    argv += lax_key_search()
    argv += [word for name in sorted(ids) for word in ("--id-attr:Id", name)]
    run = subprocess.run([*argv, str(file)], capture_output=True, check=False, timeout=30)
    return run.returncode == 0


def signxml_accepts(data: bytes, signer: Credential) -> bool:
    """Whether signxml accepts the first signature of a file, by this certificate."""
    return signxml_verifies(data, signer.der, signxml.SignatureConfiguration(location=".//"))


def signxml_verifies(
    data: bytes,
    certificate: bytes,
    config: signxml.SignatureConfiguration = LIFTED,
    *,
    beside: Mapping[str, bytes] | None = None,
) -> bool:
    """Whether signxml accepts it; by default with whatever algorithm it knows.

    Args:
        data: the file.
        certificate: DER of the signer's.
        config: what it insists on.
        beside: what references outside mean.
    """
    pem = ssl.DER_cert_to_PEM_cert(certificate)
    begin = load_der(certificate).not_valid_before_utc  # it looks at the period, we do not here
    config = replace(config, expect_references=True, verification_time=begin)
    try:
        signxml.XMLVerifier().verify(
            data, x509_cert=pem, expect_config=config, uri_resolver=(beside or {}).get
        )
    except Exception:  # noqa: BLE001  it lets errors of its libraries through
        return False
    return True
