"""The same work done by others: python-xmlsec and signxml, as their users would do it.

Both get a tree from lxml (``huge_tree``, or they could not read a letter of 10 MB at all), decode
the attachments themselves, and check the same references and the path to the same root. Neither
checks revocation, XAdES properties' use, coverage or the edXML rules: they do less than we do.
"""

from __future__ import annotations

import base64
import hashlib
import io
from typing import TYPE_CHECKING, Any

import signxml
import xmlsec
from lxml import etree

if TYPE_CHECKING:
    from pathlib import Path

    from letters import Bench

from letters import NOW

EDXML = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
DS = "http://www.w3.org/2000/09/xmldsig#"
_PARSER = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True)
_OPEN: dict[bytes, bytes] = {}


def _tree(path: Path) -> Any:
    return etree.parse(str(path), _PARSER).getroot()


def _attachments(root: Any) -> dict[str, bytes]:
    found = {}
    for attachment in root.iter(f"{{{EDXML}}}Attachment"):
        uri = attachment.findtext(f"{{{EDXML}}}ContentId")
        text = attachment.findtext(f"{{{EDXML}}}ContentTransferEncoded")
        found[uri] = base64.b64decode(text)
    return found


def _register() -> None:
    xmlsec.cleanup_callbacks()  # the default ones would try to open cid: as a file
    xmlsec.register_callbacks(
        lambda name: name in _OPEN,
        lambda name: io.BytesIO(_OPEN[name]),
        lambda stream, buffer: stream.readinto(buffer),
        lambda stream: stream.close(),
    )


def _with_ids(root: Any) -> None:
    for element in root.iter(
        "{*}MessageHeader", "{*}Bussiness", "{*}edXMLBody", "{*}SignedProperties"
    ):
        xmlsec.tree.add_ids(element, ["Id"])


class Xmlsec:
    """python-xmlsec."""

    name = "python-xmlsec"

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        _register()
        self.trust = xmlsec.KeysManager()
        self.trust.load_cert(str(bench.root_pem), xmlsec.KeyFormat.PEM, xmlsec.KeyDataType.TRUSTED)
        self.signing = xmlsec.Key.from_file(str(bench.key_pem), xmlsec.KeyFormat.PEM)
        self.signing.load_cert_from_file(str(bench.certificate_pem), xmlsec.KeyFormat.PEM)

    def verify(self, path: Path) -> None:
        root = _tree(path)
        _with_ids(root)
        _OPEN.clear()
        _OPEN.update({uri.encode(): data for uri, data in _attachments(root).items()})
        context = xmlsec.SignatureContext(self.trust)
        context.verify(root.find(f".//{{{DS}}}Signature"))

    def sign(self, path: Path, target: Path | None) -> None:
        """Fill in digests and value of the same signature in the letter at ``path``."""
        root = _tree(path)
        _with_ids(root)
        _OPEN.clear()
        _OPEN.update({uri.encode(): data for uri, data in _attachments(root).items()})
        context = xmlsec.SignatureContext()
        context.key = self.signing
        context.sign(root.find(f".//{{{DS}}}Signature"))
        _write(root, target)


class Signxml:
    """signxml."""

    name = "signxml"

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.key = bench.key().private_key
        self.certificates = [bench.key().certificate, *bench.key().chain]
        self.root = str(bench.root_pem)

    def verify(self, path: Path) -> None:
        root = _tree(path)
        attachments = _attachments(root)
        references = root.findall(f".//{{{DS}}}Reference")
        config = signxml.SignatureConfiguration(
            expect_references=len(references), location=".//", verification_time=NOW
        )
        signxml.XMLVerifier().verify(
            root,
            ca_pem_file=self.root,
            uri_resolver=attachments.get,
            id_attribute="Id",
            parser=_PARSER,  # its own could not read a letter of 10 MB
            expect_config=config,
        )

    def sign(self, path: Path, target: Path | None) -> None:
        """Make an enveloped signature over the same letter: signxml's own way."""
        root = _tree(path)
        header = root.find(f".//{{{DS}}}Signature").getparent()
        header.remove(header.find(f"{{{DS}}}Signature"))
        algorithm = "rsa-sha256" if self.bench.kind.startswith("rsa") else "ecdsa-sha256"
        signer = signxml.XMLSigner(
            signature_algorithm=algorithm, c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"
        )
        signer._parser = _PARSER
        signed = signer.sign(root, key=self.key, cert=self.certificates)
        _write(signed, target)


def _write(root: Any, target: Path | None) -> None:
    data = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    if target is not None:
        target.write_bytes(data)


def sha256_of(path: Path) -> None:
    """The floor under every verification: SHA-256 of the file alone."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(128 * 1024):
            digest.update(piece)
