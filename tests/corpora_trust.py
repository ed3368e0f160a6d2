"""The corpora about certificate paths, run through the public API: what came out, and the answer.

``benchmarks/agreement.py`` prints it, the tests insist on it.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from corpora_outcome import Outcome

from docexchange.signing import PathRules, TrustStore
from docexchange.signing.constraints import CIRCULAR_15_2025, Constraints, GoodUntil
from docexchange.signing.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_PEM: Final = re.compile(rb"-----BEGIN [A-Z0-9 ]+-----(.+?)-----END", re.DOTALL)
_PKITS_AT: Final = datetime(2024, 1, 1, tzinfo=UTC)
_PKITS_PARAMETERS: Final = {
    "initial_explicit_policy": "require_policy",
    "initial_policy_mapping_inhibit": "inhibit_mapping",
    "initial_any_policy_inhibit": "inhibit_any_policy",
}
# The suite is of 2011: its DSA certificates have 1024 bits and SHA-1, which it does not test.
_PKITS_ALGORITHMS: Final = Constraints(
    rows=(
        *CIRCULAR_15_2025,
        GoodUntil(algorithm="DSA", bits=1024),
        GoodUntil(algorithm="SHA-1"),
    )
)


def pkits(corpora: Path) -> list[Outcome]:
    """NIST PKITS."""
    folder = corpora / "pkits"
    cases = json.loads((folder / "pkits.json").read_text(encoding="utf-8"))
    return [_pkits_case(folder, case) for case in cases]


_PKITS_CODES: Final = {
    "RevokedError": "certificate.revoked",
    "InsufficientRevinfoError": "certificate.no-revocation-information",
    "StaleRevinfoError": "certificate.no-revocation-information",
}


def _pkits_case(folder: Path, case: dict[str, Any]) -> Outcome:
    parameters = case.get("params", {})
    rules = PathRules(
        constraints=_PKITS_ALGORITHMS,
        policies=frozenset(parameters.get("user_initial_policy_set", ["any_policy"])),
        **{ours: parameters.get(theirs, False) for theirs, ours in _PKITS_PARAMETERS.items()},
    )
    crls = ["TrustAnchorRootCRL.crl", *case.get("crls", [])]
    trust = TrustStore(
        [_der(folder / "certs" / "TrustAnchorRootCertificate.crt")],
        crls=[_der(folder / "crls" / name) for name in crls],
    )
    leaf = _der(folder / "certs" / case["cert"])
    chain = [_der(folder / "certs" / name) for name in case.get("other_certs", [])]
    found, detail = _judged(trust, leaf, chain, rules=rules, at=_PKITS_AT, check_revocation=True)
    error = case.get("error", {}).get("class")
    expected = _PKITS_CODES.get(error, "fail") if error else "pass"
    return Outcome(name=case["name"], expected=expected, found=found, detail=detail)


_HOSTS: Final = (
    "names of hosts: a letter's signer is an agency, which the directory ties to its certificate"
)
_ISSUERS: Final = "a duty of authorities; RFC 5280, 6.1, has verifiers check nothing of it"
_ANCHORS: Final = "an anchor is a name and a key (RFC 5280, 6.1.1 d), judged by who put it there"
_SERIALS: Final = 'RFC 5280, 4.1.2.2, has verifiers be "prepared to gracefully handle such"'
_WEB: Final = "a rule of the web's authorities (CA/Browser Forum), stricter than RFC 5280"
_PURPOSES: Final = (
    "for documents, a certificate that names no purpose or any purpose will do (RFC 5280, 4.2.1.12)"
)
_UNKNOWN_NAMES: Final = "constraints of this kind cannot be judged, and are refused, not guessed at"
_KEY_USAGE: Final = "what a signer may do is held against its key usage by the signature's policy"

LIMBO_REASONS: Final = {
    "crl::crlnumber-missing": _ISSUERS,
    "crl::crlnumber-critical": _ISSUERS,
    "cve::cve-2025-61727": _HOSTS,
    "rfc5280::aki": _ISSUERS,
    "rfc5280::nc::permitted-dns-match-noncritical": f"{_ISSUERS}; the constraint itself is obeyed",
    "rfc5280::nc::permitted-ipv4-match": _UNKNOWN_NAMES,
    "rfc5280::nc::permitted-ipv6-match": _UNKNOWN_NAMES,
    "rfc5280::nc::nc-forbids-othername-noop": _UNKNOWN_NAMES,
    "rfc5280::nc::not-allowed-in-ee-noncritical": f"{_ISSUERS}; it constrains nobody",
    "rfc5280::nc::not-allowed-in-ee-critical": f"{_ISSUERS}; it constrains nobody",
    "rfc5280::nc::nc-permits-invalid-dns-san": _HOSTS,
    "rfc5280::nc::nc-permits-invalid-email-san": _HOSTS,
    "rfc5280::nc::nc-forbids-dnsname-wildcard-san": _HOSTS,
    "rfc5280::pc::ica-noncritical-pc": f"{_ISSUERS}; the constraint itself is obeyed",
    "rfc5280::san": _HOSTS,
    "rfc5280::serial": _SERIALS,
    "rfc5280::ski": _ISSUERS,
    "rfc5280::ca-empty-subject": _ANCHORS,
    "rfc5280::unknown-critical-extension-root": _ANCHORS,
    "rfc5280::root-non-critical-basic-constraints": _ANCHORS,
    "rfc5280::root-inconsistent-ca-extensions": _ANCHORS,
    "rfc5280::leaf-ku-keycertsign": f"{_ISSUERS}; without cA it can vouch for nobody",
    "rfc5280::ee-critical-aia-invalid": _ISSUERS,
    "rfc5280::ca-as-leaf-wrong-san": _HOSTS,
    "webpki::aki": _ANCHORS,
    "webpki::cn": _HOSTS,
    "webpki::eku::ee-anyeku": _PURPOSES,
    "webpki::eku::ee-without-eku": _PURPOSES,
    "webpki::eku::ee-critical-eku": _WEB,
    "webpki::eku::root-has-eku": _WEB,
    "webpki::nc": _WEB,
    "webpki::san": _HOSTS,
    "webpki::forbidden-rsa-not-divisible-by-8-in-root": _WEB,
    "webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf": _WEB,
    "webpki::v1-cert": _WEB,
    "webpki::ee-basicconstraints-ca": _KEY_USAGE,
    "webpki::ca-as-leaf": _KEY_USAGE,
}
"""Why we differ from x509-limbo on purpose, by case or by group of cases."""


def limbo(corpora: Path) -> list[Outcome]:
    """x509-limbo, with the reason for which we differ."""
    text = (corpora / "limbo" / "limbo.json").read_text(encoding="utf-8")
    return [_limbo_case(case) for case in json.loads(text)["testcases"]]


def _limbo_case(case: dict[str, Any]) -> Outcome:
    moment = case["validation_time"]
    at = datetime.fromisoformat(moment) if moment else datetime(2024, 6, 1, tzinfo=UTC)
    purpose = {"CLIENT": "1.3.6.1.5.5.7.3.2", "SERVER": "1.3.6.1.5.5.7.3.1"}
    rules = PathRules(
        purposes=frozenset({purpose[case["validation_kind"]]}),
        path_length=case["max_chain_depth"],
    )
    expected = "pass" if case["expected_result"] == "SUCCESS" else "fail"
    try:
        trust = TrustStore(_all_pem(case["trusted_certs"]), crls=_all_pem(case["crls"]))
    except Exception as error:  # noqa: BLE001  whatever it is, the outcome tells it
        found, detail = getattr(error, "code", type(error).__name__), str(error)
    else:
        leaf, *_ = _all_pem([case["peer_certificate"]])
        chain = _all_pem(case["untrusted_intermediates"])
        found, detail = _judged(
            trust, leaf, chain, rules=rules, at=at, check_revocation=bool(case["crls"])
        )
    outcome = Outcome(name=case["id"], expected=expected, found=found, detail=detail)
    return outcome if outcome.agrees else replace(outcome, reason=_reason(case["id"]))


def _reason(name: str) -> str:
    """Why we differ: that of the whole name, or of the longest part before ``::``."""
    while name and name not in LIMBO_REASONS:
        name = name.rpartition("::")[0]
    return LIMBO_REASONS.get(name, "")


def _judged(
    trust: TrustStore, leaf: bytes, chain: Sequence[bytes], **options: Any
) -> tuple[str, str]:
    try:
        return "pass", " < ".join(trust.find_path(leaf, chain, **options).subjects)
    except Refusal as refusal:
        return refusal.code, str(refusal)


def _der(path: Path) -> bytes:
    data = path.read_bytes()
    return next(_octets(data), data)


def _all_pem(texts: Sequence[str]) -> list[bytes]:
    return [next(_octets(text.encode())) for text in texts]


def _octets(data: bytes) -> Iterator[bytes]:
    return (base64.b64decode(found) for found in _PEM.findall(data))
