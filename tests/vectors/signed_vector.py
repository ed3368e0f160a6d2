"""One vector of signatures: a file, under which rules it is judged, and the only right verdict."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from docexchange.limits import Limits
from docexchange.signing import SubIndication, VerificationPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

POLICIES: Final[Mapping[str, VerificationPolicy]] = {
    "default": VerificationPolicy(),
    "timestamp": VerificationPolicy(require_timestamp=True),
    "roles": VerificationPolicy(required_roles=("leader", "agency")),
    "general": VerificationPolicy.general(),
    "legacy": VerificationPolicy.unsafe_legacy(),
}
"""Rules that vectors are judged under, by the names that the index has for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedVector:
    """One file and the verdict on it."""

    name: str
    """Folder and file without its ending: ``wrapping/xsw-1``."""
    content: bytes = field(repr=False)
    """The file."""
    purpose: tuple[str, str]
    """What it shows, in English and in Vietnamese."""
    source: str
    """Paper, CVE or clause."""
    sub_indication: SubIndication | None = None
    """Of the verdict; None when it passes, or cannot be read."""
    code: str = ""
    """Of the refusal; empty when it passes."""
    policy: str = "default"
    """A name of ``POLICIES``."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """Bounds in force instead of the usual ones."""
    crls: bool = True
    """Whether the revocation lists are at hand."""
    says: str = ""
    """Words of the reason that name what is wrong."""

    @property
    def rules(self) -> VerificationPolicy:
        """What it is judged under."""
        found = POLICIES[self.policy]
        return replace(found, limits=replace(Limits(), **self.limits)) if self.limits else found

    def row(self) -> dict[str, Any]:
        """What the index says about it."""
        optional = {
            "sub_indication": self.sub_indication.value if self.sub_indication else None,
            "code": self.code or None,
            "limits": dict(self.limits) or None,
            "says": self.says or None,
        }
        return {
            "file": f"{self.name}.edxml",
            "purpose": dict(zip(("en", "vi"), self.purpose, strict=True)),
            "source": self.source,
            "size": len(self.content),
            "sha256": hashlib.sha256(self.content).hexdigest(),
            "trust": "trust/root.der",
            "crls": ["trust/root.crl", "trust/issuing.crl"] if self.crls else [],
            "policy": self.policy,
            "indication": self.indication,
        } | {name: value for name, value in optional.items() if value is not None}

    @property
    def indication(self) -> str:
        """``TOTAL-PASSED``, ``TOTAL-FAILED``, ``INDETERMINATE``, or ``UNREADABLE``."""
        if self.sub_indication is not None:
            return self.sub_indication.indication.value
        return "UNREADABLE" if self.code else "TOTAL-PASSED"


def passes(name: str, content: bytes, en: str, vi: str, source: str, **more: Any) -> SignedVector:
    """A genuine file."""
    return SignedVector(name=name, content=content, purpose=(en, vi), source=source, **more)


def fails(
    name: str,
    content: bytes,
    verdict: tuple[SubIndication | None, str],
    en: str,
    vi: str,
    source: str,
    **more: Any,
) -> SignedVector:
    """A file that must not verify, with the verdict on it."""
    sub_indication, code = verdict
    return passes(name, content, en, vi, source, sub_indication=sub_indication, code=code, **more)


_S: Final = SubIndication
FORMAT: Final = (_S.FORMAT_FAILURE, "signature.format")
COVERAGE: Final = (_S.FORMAT_FAILURE, "signature.coverage")
DOUBLE: Final = (_S.FORMAT_FAILURE, "signature.duplicate-id")
NONE: Final = (_S.FORMAT_FAILURE, "signature.none")
PLACEHOLDER: Final = (_S.FORMAT_FAILURE, "signature.placeholder")
WRONG_SENDER: Final = (_S.FORMAT_FAILURE, "signature.wrong-sender")
DIGEST: Final = (_S.HASH_FAILURE, "signature.digest")
MISSING: Final = (_S.SIGNED_DATA_NOT_FOUND, "signature.missing-part")
VALUE: Final = (_S.SIG_CRYPTO_FAILURE, "signature.value")
KEY_KIND: Final = (_S.SIG_CRYPTO_FAILURE, "signature.key-kind")
KEY_VALUE: Final = (_S.SIG_CONSTRAINTS_FAILURE, "signature.key-value")
KEY_SIZE: Final = (_S.CRYPTO_CONSTRAINTS_FAILURE, "signature.key-size")
ALGORITHM: Final = (_S.CRYPTO_CONSTRAINTS_FAILURE, "signature.algorithm")
DIGEST_ALGORITHM: Final = (_S.CRYPTO_CONSTRAINTS_FAILURE, "signature.digest-algorithm")
HMAC: Final = (_S.SIG_CONSTRAINTS_FAILURE, "signature.algorithm")
TRANSFORM: Final = (_S.SIG_CONSTRAINTS_FAILURE, "signature.transform")
FORM: Final = (_S.SIG_CONSTRAINTS_FAILURE, "signature.canonicalization")
EXTERNAL: Final = (_S.SIG_CONSTRAINTS_FAILURE, "signature.external-reference")
WHOLE: Final = (_S.SIG_CONSTRAINTS_FAILURE, "signature.whole-document")
BUDGET: Final = (_S.SIG_CONSTRAINTS_FAILURE, "signature.budget")
XPATH: Final = (_S.SIG_CONSTRAINTS_FAILURE, "signature.xpath")
XPOINTER: Final = (_S.SIG_CONSTRAINTS_FAILURE, "signature.xpointer")
NO_URI: Final = (_S.SIG_CONSTRAINTS_FAILURE, "signature.no-uri")
NO_CERTIFICATE: Final = (_S.NO_SIGNING_CERTIFICATE_FOUND, "signature.no-certificate")
BAD_CERTIFICATE: Final = (_S.NO_SIGNING_CERTIFICATE_FOUND, "signature.bad-certificate")
SUBSTITUTED: Final = (_S.NO_SIGNING_CERTIFICATE_FOUND, "signature.certificate-substituted")
NO_CHAIN: Final = (_S.NO_CERTIFICATE_CHAIN_FOUND, "certificate.no-chain")
