"""Several threads judge by one list at the same time, as the threads of a node do."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from signing_help import NOW, der

from docexchange.signing import TrustStore
from docexchange.signing.errors import Refusal
from docexchange.testing import Authority, RevocationList, Validity, subject_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docexchange.testing import Credential

DAY = timedelta(days=1)
YEARS = Validity(begin=NOW - 900 * DAY, end=NOW + 900 * DAY)
THREADS, ROUNDS = 4, 12


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads that interrupt each other all the time."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def _verdict(trust: TrustStore, seal: Credential, start: Barrier) -> str:
    start.wait(timeout=60)
    try:
        path = trust.find_path(seal.der, [], at=NOW, check_revocation=True)
    except Refusal as refusal:
        return refusal.code
    return path.evidence[0].issuer


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("others", [3, 150])
def test_threads_that_read_one_list_at_once_read_the_whole_of_it(others: int) -> None:
    """Who is revoked at its end is refused in each, who is not passes in each."""
    root = Authority.root(subject_name("Root"), key="p256", validity=YEARS, crl_uri="")
    seals = [
        root.issue(subject_name(f"Seal {n}"), key="p256", validity=YEARS) for n in range(THREADS)
    ]
    other = root.issue(subject_name("Other"), key="p256", validity=YEARS)
    several = [root.issue(subject_name("X"), key="p256", validity=YEARS) for _ in range(others)]
    named = [*several, *seals[::2]]
    start = Barrier(THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        for number in range(ROUNDS):
            entries = {item.certificate: NOW - DAY for item in [*named, other]}
            found = RevocationList(revoked=entries, number=number + 1)
            made = der(found.sign(root.credential, at=NOW - timedelta(hours=1)))
            trust = TrustStore([root.credential.der], crls=[made])
            verdicts = list(pool.map(partial(_verdict, trust, start=start), seals))
            assert verdicts[::2] == ["certificate.revoked"] * len(verdicts[::2])
            assert all("Root" in issuer for issuer in verdicts[1::2]), verdicts


@pytest.mark.usefixtures("hasty")
def test_threads_that_read_one_large_certificate_at_once_find_their_path() -> None:
    """An authority's certificate of more than 4 KB is not read before it is shared."""
    root = Authority.root(subject_name("Root"), key="p256", validity=YEARS, crl_uri="")
    names = x509.SubjectAlternativeName([x509.DNSName(f"a{n}.example.vn") for n in range(300)])
    start = Barrier(THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        for number in range(ROUNDS):
            issuer = root.subordinate(
                subject_name(f"Sub {number}"),
                key="p256",
                validity=YEARS,
                crl_uri="",
                extensions=[(names, False)],
            )
            above = issuer.credential.der
            assert len(above) > 4096
            seals = [
                issuer.issue(subject_name(f"Seal {n}"), key="p256", validity=YEARS).der
                for n in range(THREADS)
            ]

            def found(seal: bytes, above: bytes = above) -> int:
                start.wait(timeout=60)
                trust = TrustStore([root.credential.der])
                return len(
                    trust.find_path(seal, [above], at=NOW, check_revocation=False).certificates
                )

            assert list(pool.map(found, seals)) == [3] * THREADS
