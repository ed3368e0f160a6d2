"""The corpora of XML signatures, run through the general engine: what came out, and the answer.

``benchmarks/agreement.py`` prints it, the tests insist on it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from corpora_outcome import Outcome
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)
from dsig_help import CORPORA, document_of, lenient
from signature_peers import signxml_verifies, xmlsec_verifies

from docexchange.envelope import Attachment
from docexchange.envelope.names import DS
from docexchange.signing import VerificationPolicy
from docexchange.signing.certificates import load_der
from docexchange.signing.xmldsig.examine import examine_signature
from docexchange.signing.xmldsig.keys import KnownKeys

if TYPE_CHECKING:
    from docexchange.signing.xmldsig.examine import CryptographicResult

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


NOT_COMPUTED: Final = {
    "RelationshipTransform": "a transform of office documents, that no signature here can need",
    "xptr": "a transform that never got beyond a draft",
    "RIPEMD-160": "left out: no peer signs with it, and cryptography cannot verify RSA with it",
    "over a digest": "Ed25519ph and Ed448ph: cryptography has pure EdDSA only",
    "Ed25519 with context": "Ed25519ctx: cryptography has pure EdDSA only",
    "Unknown key type: 1.2.643.": "GOST keys: cryptography has none",
    "ml-dsa": "post-quantum, under a URI of one program; no standard has it for XML yet",
    "slh-dsa": "the same",
    "ml-kem": "the same; and an encrypted key is not a key to verify with",
    "iso-8859-1": "the one parser reads UTF-8 and nothing else",
    "HMACOutputLength": "cut below half of the digest or 80 bits: XMLDSig 1.1, clause 6.3.1",
    "octets where": "r and s in another form than RFC 9231, clause 2.3.6, prescribes",
    "nssdb": "the key is in the data base of another program",
}
"""Good in the corpus, refused by us, each for a reason that can be found in the refusal or case."""

TRUST: Final = {
    "--trusted-$cert_format": "no path to the given anchor, or not at the time, or revoked",
    "--verify-keys": "the given key is to be verified itself",
    "--enabled-key-data": "the run forbids a kind of key data that our policy allows",
}
"""Bad in the corpus for reasons of trust: the mathematics holds, and that is what we look at. A run
without any option allows no kind of key data at all."""


def why_refused(case: Case, result: CryptographicResult) -> str:
    """Why a good case is refused; empty where nobody can say."""
    words = f"{result.refusal} {' '.join(case.options)}"
    own = " ".join(re.findall(r'SignatureMethod Algorithm="[^"]*"', case.file.read_text("latin-1")))
    keyed = case.path.endswith("enveloped-sha1-rsa-sha1.xml") and "--pubkey" not in words
    found = f"{words} {own} {'nssdb' if keyed else ''} {case.path}"
    return next((why for mark, why in NOT_COMPUTED.items() if mark in found), "")


def xmlsec_dsig(_corpora: Path) -> list[Outcome]:
    """Xmlsec's own tests of XML signatures, under the lifted policy."""
    return [_outcome(case) for case in cases()]


def _outcome(case: Case) -> Outcome:
    result = case.examined(LIFTED)
    return Outcome(
        name=" ".join((case.path, *case.options)),
        expected="pass" if case.good else "fail",
        found="pass" if result.intact else str(result.refusal and result.refusal.code),
        detail=str(result.refusal or ""),
        reason=why_refused(case, result) if case.good else why_intact(case),
    )


def why_intact(case: Case) -> str:
    """Why a bad case is intact to us; empty where nobody can say."""
    if not case.options:
        return "the run allows no kind of key data at all"
    return next((why for mark, why in TRUST.items() if mark in case.options), "")


def peers_of_dsig() -> dict[str, list[Outcome]]:
    """What python-xmlsec and signxml say of signatures within one file, by the key we chose.

    Neither can be given what lies beside a file without letting it fetch, so those are not asked.
    signxml writes inclusive forms of a part with lxml, which forgets what the part inherits: nearly
    all of the corpus is signed in such a form.
    """
    said: dict[str, list[Outcome]] = {"docexchange": [], "python-xmlsec": [], "signxml": []}
    for case in cases():
        result = case.examined(LIFTED)
        key, found = _pem_of(result), _elsewhere(case)
        if key is None or found or (why_intact(case) and not case.good):
            continue
        answers = {
            "docexchange": result.intact,
            "python-xmlsec": xmlsec_verifies(_signature(case), key),
        }
        if result.chosen and result.chosen.certificate:
            answers["signxml"] = signxml_verifies(case.file.read_bytes(), result.chosen.certificate)
        for peer, answer in answers.items():
            expected, told = ("pass" if good else "fail" for good in (case.good, answer))
            said[peer].append(Outcome(name=case.path, expected=expected, found=told))
    return said


def _signature(case: Case) -> Any:
    return next(lenient(case.file).iter(f"{{{DS}}}Signature"))


def _elsewhere(case: Case) -> bool:
    """Whether it refers to anything outside the file."""
    uris = [item.get("URI") or "" for item in lenient(case.file).iter(f"{{{DS}}}*")]
    return any(uri and not uri.startswith("#") for uri in uris)


def _pem_of(result: CryptographicResult) -> bytes | None:
    if result.chosen is None or isinstance(result.chosen.key, bytes):
        return None
    key: Any = result.chosen.key
    pem: bytes = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem
