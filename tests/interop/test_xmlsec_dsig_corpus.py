"""Agreement with XML signatures of the W3C's and vendors' interop events, as xmlsec judges them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key
from dsig_help import CORPORA, document_of

from docexchange.envelope import Attachment
from docexchange.envelope.names import DS
from docexchange.signing import VerificationPolicy
from docexchange.signing.certificates import load_der
from docexchange.signing.xmldsig.examine import examine_signature
from docexchange.signing.xmldsig.keys import KnownKeys

if TYPE_CHECKING:
    from docexchange.signing.xmldsig.examine import CryptographicResult

pytestmark = pytest.mark.corpora

FOLDER: Final = CORPORA / "xmlsec-dsig"
STYLESHEET: Final = "http://www.w3.org/TR/xml-stylesheet"
RFC3161: Final = "http://www.ietf.org/rfc/rfc3161.txt"
LIFTED: Final = VerificationPolicy.unsafe_legacy()


@dataclass(frozen=True)
class Case:
    """One run of xmlsec over one file."""

    path: str
    options: tuple[str, ...]
    good: bool

    @property
    def file(self) -> Path:
        """The signature."""
        return FOLDER / self.path

    def given(self, option: str) -> list[tuple[str, Path]]:
        """Files of an option, each with the name that is written behind a colon."""
        found = []
        for word, value in zip(self.options, self.options[1:], strict=False):
            start, _, name = word.partition(":")
            if start == option:
                found.append((name, self._file(value)))
        return found

    def _file(self, value: str) -> Path:
        value = re.sub(r"\$topfolder/", "", value)
        value = re.sub(r"\$\w*suffix", "", value)
        value = re.sub(r"\$(cert|pub_key)_format", "der", value)
        places = (self.file.parent / value, FOLDER / value)
        return next((place for place in places if place.exists()), Path())

    def certificates(self) -> tuple[bytes, ...]:
        """All that the run may use."""
        options = ("--trusted-$cert_format", "--untrusted-$cert_format", "--pubkey-cert-der")
        found = [file for option in options for _, file in self.given(option)]
        return tuple(file.read_bytes() for file in found)

    def keys(self) -> KnownKeys:
        """The keys that the run was given."""
        named: dict[str, object] = {
            name: load_der_public_key(file.read_bytes())
            for name, file in self.given("$pub_key_option")
            if file.is_file() and "-dsa-sha" not in name and "ml-" not in name
        }
        for option in ("--pubkey-cert-$cert_format", "--pubkey-cert-der"):
            for name, file in self.given(option):
                named[name] = load_der(file.read_bytes()).public_key()
        secrets = [file.read_bytes() for _, file in self.given("--hmackey")]
        otherwise = secrets[0] if secrets else next(iter(named.values()), None)
        return KnownKeys(certificates=self.certificates(), by_name=named, otherwise=otherwise)

    def detached(self, root: Any) -> dict[str, Attachment]:
        """The files that references outside mean; nothing is fetched."""
        words = " ".join(self.options)
        year = "2018" if "2018" in words else "2005"
        mapped = {
            STYLESHEET: FOLDER / f"external-data/xml-stylesheet-{year}",
            "http://www.w3.org/Signature/2002/04/xml-stylesheet.b64": FOLDER
            / "external-data/xml-stylesheet-2005.b64",
            RFC3161: FOLDER / "external-data/rfc3161.txt",
        }
        found = {}
        for uri in {item.get("URI") or "" for item in root.iter(f"{{{DS}}}*")}:
            local = uri.removeprefix(f"tests/{self.file.parent.name}/")
            file = mapped.get(uri, self.file.parent / local if local else Path())
            if file.is_file():
                found[uri] = Attachment.from_bytes(file.read_bytes(), name="detached")
        return found

    def examined(self, policy: VerificationPolicy) -> CryptographicResult:
        """What the engine makes of it: the first signature of the file."""
        root, document = document_of(self.file, detached=self.detached)
        element = next(root.iter(f"{{{DS}}}Signature"))
        return examine_signature(element, document, policy=policy, keys=self.keys())


@cache
def cases() -> tuple[Case, ...]:
    """Those whose file is there."""
    index = FOLDER / "cases.json"
    if not index.exists():
        return ()
    found = {}
    for item in json.loads(index.read_text()):
        quoted = re.findall(r'"([^"]*)"', item["rest"])
        options = tuple(quoted[2].split()) if len(quoted) > 2 else ()
        case = Case(path=item["path"], options=options, good=item["exp"] == "success")
        if item["there"]:
            found[case.path, options] = case
    return tuple(found.values())
