"""The corpus of XML signatures: each run of xmlsec, as the library judges it under a policy.

First the mathematics (``examine_signature``, with the keys that the run was given), then trust (a
``TrustStore`` of the run's own certificates and lists, at the run's own time), where the run asks
for it. ``benchmarks/agreement.py`` prints what comes out, the tests insist on it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from corpora_outcome import Outcome
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key
from dsig_help import CORPORA

from docexchange.envelope import Attachment
from docexchange.envelope.names import DS
from docexchange.errors import UnreadableInput
from docexchange.signing import SubIndication, TrustStore, VerificationPolicy
from docexchange.signing.certificates import load_der
from docexchange.signing.errors import Refusal
from docexchange.signing.leaf import check_usage
from docexchange.signing.trust.inventory import Inventory, faults, held_list
from docexchange.signing.xmldsig.algorithms import NOT_COMPUTED
from docexchange.signing.xmldsig.documents import SignedDocument
from docexchange.signing.xmldsig.examine import examine_signature
from docexchange.signing.xmldsig.foreign_xml import parse_foreign
from docexchange.signing.xmldsig.keys import KnownKeys

if TYPE_CHECKING:
    from docexchange.signing.xmldsig.examine import CryptographicResult

FOLDER: Final = CORPORA / "xmlsec-dsig"
ADDED: Final = Path(__file__).parent / "corpora" / "xmlsec-keys"
"""Keys that it names and does not hold."""
STYLESHEET: Final = "http://www.w3.org/TR/xml-stylesheet"
RFC3161: Final = "http://www.ietf.org/rfc/rfc3161.txt"
DEFAULT: Final = VerificationPolicy()
GENERAL: Final = VerificationPolicy.general()
LIFTED: Final = VerificationPolicy.unsafe_legacy()
PRESENT: Final = datetime(2026, 6, 1, tzinfo=UTC)
"""When the runs take place that name no time; the keys of the corpus are of March 2026."""
TRUSTED: Final = "--trusted-$cert_format"
UNTRUSTED: Final = "--untrusted-$cert_format"
_LIST: Final = "--crl-$cert_format"
_BARE: Final = {"key-value", "der-encoded-key-value", "rsa", "dsa", "ec"}


@dataclass(frozen=True)
class Judged:
    """What we say of a case."""

    code: str = ""
    """Empty where it is accepted."""
    detail: str = ""
    """The words."""
    result: CryptographicResult | None = None
    """What the engine made of it, where it could be read."""


@dataclass(frozen=True)
class Case:
    """One run of xmlsec over one file."""

    path: str
    options: tuple[str, ...]
    good: bool

    @property
    def name(self) -> str:
        """File and options."""
        return " ".join((self.path, *self.options))

    @property
    def file(self) -> Path:
        """The signature."""
        return FOLDER / self.path

    def given(self, *options: str) -> list[tuple[str, Path]]:
        """Files of some options, each with the name that is written behind a colon."""
        found = []
        for word, value in zip(self.options, self.options[1:], strict=False):
            start, _, name = word.partition(":")
            if start in options:
                found.append((name, self._file(value)))
        return found

    def value(self, option: str) -> str:
        """What stands behind an option."""
        pairs = zip(self.options, self.options[1:], strict=False)
        return next((value for word, value in pairs if word == option), "")

    def _file(self, value: str) -> Path:
        value = re.sub(r"\$topfolder/", "", value)
        value = re.sub(r"\$\w*suffix", "", value)
        value = re.sub(r"\$(cert|pub_key)_format", "der", value)
        added = (ADDED / value).with_suffix(".pem").name
        places = (self.file.parent / value, FOLDER / value, ADDED / added)
        return next((place for place in places if place.is_file()), FOLDER / value)

    def octets(self, *options: str) -> tuple[bytes, ...]:
        """What the files of some options hold."""
        return tuple(file.read_bytes() for _, file in self.given(*options))

    # --- what the run allows ---

    @property
    def key_data(self) -> set[str]:
        """The kinds of key data that it takes out of the signature; certificates, if none."""
        return set(self.value("--enabled-key-data").split(",")) - {""} or {"x509"}

    @property
    def at(self) -> datetime:
        """The moment that it judges for."""
        told = self.value("--verification-gmt-time")
        return datetime.strptime(f"{told[:10]}+0000", "%Y-%m-%d%z") if told else PRESENT

    @property
    def certified(self) -> bool:
        """Whether there is a certificate in the file or the run."""
        told = any("cert" in option.replace("$cert_format", "") for option in self.options)
        return told or bool(self.given(TRUSTED)) or b"X509Certificate" in self.file.read_bytes()

    def under(self, policy: VerificationPolicy) -> VerificationPolicy:
        """The policy, without the kinds of keys that the run forbids."""
        return replace(policy, key_values=policy.key_values and bool(self.key_data & _BARE))

    def keys(self) -> KnownKeys:
        """The keys that it was given."""
        named: dict[str, object] = {
            name: key
            for name, file in self.given("$pub_key_option")
            if (key := _public_key(file)) is not None
        }
        for name, file in self.given("--pubkey-cert-$cert_format", "--pubkey-cert-der"):
            named[name] = load_der(file.read_bytes()).public_key()
        if self.path.endswith("-sha1-rsa-sha1.xml") and not self.options:
            # The key lies in the data base of another program there.
            named = {_NSS_KEY: _public_key(FOLDER / "keys/rsa/rsa-4096-pubkey.der")}
        secrets = self.octets("--hmackey")
        otherwise = secrets[0] if secrets else next(iter(named.values()), None)
        certificates = self.octets(TRUSTED, UNTRUSTED, "--pubkey-cert-der")
        return KnownKeys(certificates=certificates, by_name=named, otherwise=otherwise)

    def detached(self, root: Any) -> dict[str, Attachment]:
        """The files that references outside mean; nothing is fetched."""
        return {
            uri: Attachment.from_bytes(file.read_bytes(), name="detached")
            for uri, file in self.files(root).items()
        }

    def files(self, root: Any) -> dict[str, Path]:
        """The same, where they lie."""
        words = " ".join(self.options)
        data = FOLDER / "external-data"
        mapped = {
            STYLESHEET: data / f"xml-stylesheet-{'2018' if '2018' in words else '2005'}",
            "http://www.w3.org/Signature/2002/04/xml-stylesheet.b64": data
            / "xml-stylesheet-2005.b64",
            RFC3161: data / "rfc3161.txt",
        }
        found = {}
        for uri in {item.get("URI") or "" for item in root.iter(f"{{{DS}}}*")}:
            local = uri.removeprefix(f"tests/{self.file.parent.name}/")
            file = mapped.get(uri, self.file.parent / local)
            if local and file.is_file():
                found[uri] = file
        return found

    # --- what we say ---

    def examined(self, policy: VerificationPolicy) -> CryptographicResult:
        """What the engine makes of it: the first signature of the file."""
        root = parse_foreign(self.file.read_bytes(), policy.limits, policy.deviations)
        document = SignedDocument(root, detached=self.detached(root), limits=policy.limits)
        element = next(root.iter(f"{{{DS}}}Signature"))
        return examine_signature(element, document, policy=self.under(policy), keys=self.keys())

    def judged(self, policy: VerificationPolicy) -> Judged:
        """Mathematics, then trust."""
        try:
            result = self.examined(policy)
        except Refusal as refusal:
            return Judged(code=refusal.code, detail=str(refusal))
        except UnreadableInput as error:
            return Judged(code=error.code, detail=str(error))
        try:
            if result.refusal is not None:
                raise result.refusal
            self.check_trust(result, policy)
        except Refusal as refusal:
            return Judged(code=refusal.code, detail=str(refusal), result=result)
        return Judged(result=result)

    def check_trust(self, result: CryptographicResult, policy: VerificationPolicy) -> None:
        """Judge the certificate that was used, as far as the run asks for that.

        A list that is there counts and one that is missing does not, as xmlsec has it.

        Raises:
            Refusal: it is not trusted.
        """
        leaf, chain = self._to_judge(result)
        if not leaf:
            return
        anchors, helpers, crls = map(self.octets, (TRUSTED, UNTRUSTED, _LIST))
        if not anchors:
            raise _without_anchor()
        if policy is not LIFTED:
            check_usage(leaf)
        timeless = "--X509-skip-time-checks" in self.options
        find = partial(
            TrustStore.find_path,
            leaf=leaf,
            chain=chain,
            at=load_der(leaf).not_valid_before_utc if timeless else self.at,
            rules=policy.path,
            crls=result.info.crls if result.info else (),
        )
        trust = TrustStore(anchors, intermediates=helpers, crls=crls)
        find(trust, check_revocation=False)
        if "--verify-crls" in self.options:
            self._check_lists()
        try:
            find(trust, check_revocation=True)
        except Refusal as refusal:
            if refusal.code == "certificate.revoked":
                raise

    def _check_lists(self) -> None:
        lists = [held_list(file, file.read_bytes()) for _, file in self.given(_LIST)]
        held = Inventory(certificates=(), lists=tuple(lists))
        for fault in faults(held, at=self.at):
            raise Refusal(SubIndication.TRY_LATER, fault.message, code=fault.code)

    def _to_judge(self, result: CryptographicResult) -> tuple[bytes, tuple[bytes, ...]]:
        """The certificate that must be trusted, and what came with it; nothing where none must."""
        own = self.octets("--pubkey-cert-$cert_format", "--pubkey-cert-der")
        if "--verify-keys" in self.options:
            return own[0], ()
        if result.chosen is None or own or "--insecure" in self.options:
            return b"", ()
        if "x509" not in self.key_data:
            return b"", ()
        return result.chosen.certificate, result.chosen.chain


_NSS_KEY: Final = "TestKeyName-rsa-4096"


def _public_key(file: Path) -> object:
    """The key in a file; None where the corpus lacks it, or the library knows no such key."""
    load = load_pem_public_key if file.suffix == ".pem" else load_der_public_key
    try:
        return load(file.read_bytes())
    except (OSError, UnsupportedAlgorithm):
        return None


def _without_anchor() -> Refusal:
    return Refusal(
        SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
        "expected a trust anchor in the run, found none",
        code="certificate.no-chain",
    )


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


NOT_HERE: Final = {
    "xmlsec/2025/12/xmldsig-more#ml-kem": "ML-KEM keys: the corpus does not have the private ones",
    "relationship-foreign": "signed with a fault of xmlsec, mended since: elements of another "
    "namespace are renamed into that of relationships",
    "--relationship-legacy": "signed with a fault of xmlsec, which this option brings back: text "
    "becomes elements, and the first namespace that is declared that of all",
}
"""Good in the corpus and not accepted by us whatever the policy, by what stands in file or run."""


def why_not_computed(case: Case) -> str:
    """Why nobody here can compute a case; empty where somebody could."""
    text = f"{case.name} {case.file.read_text('latin-1')}"
    for uri, name in NOT_COMPUTED.items():
        if f'"{uri}"' in text:
            return f"{name}: no library that we rest on can compute it"
    return next((why for mark, why in NOT_HERE.items() if mark in text), "")


def xmlsec_dsig(_corpora: Path) -> list[Outcome]:
    """Xmlsec's own tests of XML signatures, under the lifted policy."""
    return [_outcome(case) for case in cases()]


def _outcome(case: Case) -> Outcome:
    judged = case.judged(LIFTED)
    return Outcome(
        name=case.name,
        expected="pass" if case.good else "fail",
        found=judged.code or "pass",
        detail=judged.detail,
        reason=why_not_computed(case) if case.good else "",
    )


def by_kind() -> dict[str, tuple[int, int, int, int]]:
    """Good ones, how many of them are accepted, bad ones, how many of them are refused."""
    found = {}
    for kind, certified in (("with X.509 certificates", True), ("with keys alone", False)):
        judged = [
            (case.good, not case.judged(LIFTED).code)
            for case in cases()
            if case.certified is certified
        ]
        counts = Counter(judged)
        good, bad = ((counts[sort, True], counts[sort, False]) for sort in (True, False))
        found[kind] = (sum(good), good[0], sum(bad), bad[1])
    return found


def under_policies() -> dict[str, Counter[str]]:
    """What comes of the good cases under each policy: how many are accepted, or refused as what."""
    policies = {"default": DEFAULT, "general": GENERAL, "lifted": LIFTED}
    good = [case for case in cases() if case.good]
    return {
        name: Counter(_named(case, case.judged(policy)) for case in good)
        for name, policy in policies.items()
    }


def _named(case: Case, judged: Judged) -> str:
    """The code, and the name of what was found where it is an algorithm."""
    if not judged.code:
        return "accepted"
    if why_not_computed(case):
        return "cannot be computed here, whatever the policy"
    if judged.code in {"signature.algorithm", "signature.canonicalization", "signature.transform"}:
        return f"{judged.code}: {judged.detail.rpartition('found ')[2]}"
    return judged.code
