"""Certificate paths and their revocation lists beside openssl: both say the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from openssl_help import keep, openssl
from signing_help import NOW, certify, der

from docexchange.signing import TrustStore
from docexchange.signing.errors import Refusal
from docexchange.testing import (
    RevocationList,
    names,
    subject_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docexchange.testing import Credential

pytestmark = pytest.mark.peer("openssl")

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A chain, its lists, and what both must say."""

    leaf: Credential
    root: Credential
    between: list[Credential] = field(default_factory=list)
    lists: list[bytes] = field(default_factory=list)
    at: datetime = NOW
    revocation: bool = False
    good: bool


def chain(**upper: Any) -> tuple[Credential, Credential, Credential]:
    """A root, an authority, a signer."""
    root = certify("Root", ca=True)
    middle = certify("Upper", ca=True, issuer=root, **upper)
    return certify("Leaf", issuer=middle), middle, root


def plain(*, good: bool = True, at: datetime = NOW, **upper: Any) -> Case:
    """A chain without lists."""
    leaf, middle, root = chain(**upper)
    return Case(leaf=leaf, root=root, between=[middle], good=good, at=at)


def listed(
    revoke: str = "", *, missing: str = "", good: bool, at: datetime = NOW, **rest: Any
) -> Case:
    """A chain with the lists of both authorities."""
    leaf, middle, root = chain()
    lists = {
        "middle": _list(middle, leaf if revoke == "leaf" else None, **rest),
        "root": _list(root, middle if revoke == "middle" else None, **rest),
    }
    lists.pop(missing, None)
    return Case(
        leaf=leaf,
        root=root,
        between=[middle],
        lists=[*lists.values()],
        revocation=True,
        good=good,
        at=at,
    )


def _list(issuer: Credential, revoked: Credential | None, *, age: timedelta = HOUR) -> bytes:
    entries = {revoked.certificate: NOW - DAY} if revoked else {}
    return der(RevocationList(revoked=entries).sign(issuer, at=NOW - age))


def too_long() -> Case:
    """An authority under one that may have none."""
    root = certify("Root", ca=True)
    upper = certify("Upper", ca=True, issuer=root, path_length=0)
    lower = certify("Lower", ca=True, issuer=upper)
    return Case(leaf=certify("Leaf", issuer=lower), root=root, between=[upper, lower], good=False)


def stranger() -> Case:
    """The right name, another key."""
    leaf, middle, _ = chain()
    return Case(leaf=leaf, root=certify("Root", ca=True), between=[middle], good=False)


def signer_as_authority() -> Case:
    """A signer that issued a certificate."""
    leaf, middle, root = chain()
    forged = certify("Forged", issuer=leaf)
    return Case(leaf=forged, root=root, between=[middle, leaf], good=False)


VIETNAM = [x509.DirectoryName(x509.Name(subject_name("x").rdns[:1]))]
CASES: dict[str, Callable[[], Case]] = {
    "good": plain,
    "expired authority": lambda: plain(end=NOW - DAY, good=False),
    "expired authority, then": lambda: plain(end=NOW - DAY, at=NOW - 2 * DAY),
    "authority to come": lambda: plain(begin=NOW + DAY, good=False),
    "no keyCertSign": lambda: plain(usage=frozenset({"digital_signature"}), good=False),
    "names permitted": lambda: plain(extensions=[names(permitted=VIETNAM)]),
    "names excluded": lambda: plain(extensions=[names(excluded=VIETNAM)], good=False),
    "too long": too_long,
    "stranger": stranger,
    "signer as authority": signer_as_authority,
    "nobody revoked": lambda: listed(good=True),
    "signer revoked": lambda: listed("leaf", good=False),
    "authority revoked": lambda: listed("middle", good=False),
    "list of the root missing": lambda: listed(missing="root", good=False),
    "list of the authority missing": lambda: listed(missing="middle", good=False),
    "lists too old": lambda: listed(good=False, age=40 * DAY),
}


@pytest.mark.parametrize("name", CASES)
def test_openssl_verify_agrees(name: str, tmp_path: Path) -> None:
    """On each chain, for the moment in question, with and without lists."""
    case = CASES[name]()
    assert (_ours(case), _openssl(case, tmp_path)) == (case.good, case.good)


def _ours(case: Case) -> bool:
    trust = TrustStore([case.root.der], crls=case.lists)
    between = [item.der for item in case.between]
    try:
        trust.find_path(case.leaf.der, between, at=case.at, check_revocation=case.revocation)
    except Refusal:
        return False
    return True


def _openssl(case: Case, folder: Path) -> bool:
    lists = [x509.load_der_x509_crl(octets) for octets in case.lists]
    keep(
        folder,
        leaf_pem=case.leaf.certificate_pem,
        root_pem=case.root.certificate_pem,
        between_pem=b"".join(item.certificate_pem for item in case.between),
        lists_pem=b"".join(item.public_bytes(Encoding.PEM) for item in lists),
    )
    revocation = ["-crl_check_all", "-CRLfile", "lists.pem"] if case.revocation else []
    moment = str(int(case.at.timestamp()))
    files = ["-CAfile", "root.pem", "-untrusted", "between.pem", "leaf.pem"]
    return openssl(folder, "verify", "-attime", moment, *revocation, *files).returncode == 0
