"""Until when algorithms are good enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from signing_help import NOW, certify, letter, private_key, sign, trust_in

from docexchange.clock import VirtualClock
from docexchange.envelope import Envelope
from docexchange.errors import ConfigurationError
from docexchange.signing import (
    Constraints,
    GoodUntil,
    PathRules,
    SubIndication,
    TrustStore,
    VerificationPolicy,
    Verifier,
)
from docexchange.signing.constraints import CIRCULAR_15_2025, DIGESTS, ETSI_TS_119_312

SECOND = timedelta(seconds=1)
NO_POE = SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE


def day(year: int, month: int = 1) -> datetime:
    """The first of a month, UTC."""
    return datetime(year, month, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("algorithm", "bits", "end"),
    [
        ("MD5", 0, day(2004, 8)),
        ("SHA-1", 0, day(2012, 8)),
        ("RSA", 1000, day(2010, 8)),
        ("RSA", 1024, day(2019, 10)),
        ("RSA", 2047, day(2019, 10)),
    ],
)
def test_an_algorithm_is_good_until_its_end(algorithm: str, bits: int, end: datetime) -> None:
    """To the second; and what is too weak has the end of its own size."""
    table = Constraints()
    assert table.check(algorithm, bits, at=end - SECOND) is None
    weakness = table.check(algorithm, bits, at=end)
    assert weakness is not None
    assert (weakness.good_until, weakness.sub_indication) == (end, NO_POE)


@pytest.mark.parametrize(
    ("algorithm", "bits"),
    [("RSA", 2048), ("RSA", 4096), ("ECDSA", 256), ("ECDSA", 384), ("SHA-256", 0), ("SHA3-512", 0)],
)
def test_what_the_circular_names_is_good(algorithm: str, bits: int) -> None:
    """Circular 15/2025 sets no end."""
    assert Constraints().check(algorithm, bits, at=day(2100)) is None


@pytest.mark.parametrize(
    ("algorithm", "bits"), [("DSA", 3072), ("ECDSA", 224), ("RSA", 512), ("ed25519", 256), ("x", 0)]
)
def test_what_is_not_in_the_table_was_never_good(algorithm: str, bits: int) -> None:
    """That is another failure than one of an algorithm whose time is over."""
    weakness = Constraints().check(algorithm, bits, at=day(1990))
    assert weakness is not None
    assert weakness.good_until is None
    assert weakness.sub_indication is SubIndication.CRYPTO_CONSTRAINTS_FAILURE


def test_etsi_ends_what_the_circular_does_not() -> None:
    """RSA below 3,000 bits in 2029."""
    table = Constraints(rows=ETSI_TS_119_312)
    assert table.check("RSA", 2048, at=day(2028, 12)) is None
    assert table.check("RSA", 2048, at=day(2029)) is not None


@given(st.integers(786, 8192), st.integers(0, 8192), st.datetimes(timezones=st.just(UTC)))
def test_a_longer_key_is_never_worse(bits: int, more: int, at: datetime) -> None:
    """And what is good at a moment was good before it."""
    table = Constraints()
    if table.check("RSA", bits, at=at) is None:
        assert table.check("RSA", bits + more, at=at) is None
    else:
        assert table.check("RSA", bits, at=datetime.max.replace(tzinfo=UTC)) is not None


@pytest.mark.parametrize("wrong", [{"bits": -1}, {"end": datetime(2029, 1, 1)}])  # noqa: DTZ001
def test_a_row_that_cannot_be_judged_by_is_refused(wrong: dict[str, object]) -> None:
    """An end without a zone, a negative size."""
    with pytest.raises(ConfigurationError):
        GoodUntil(algorithm="RSA", **wrong)


def test_every_digest_of_the_tables_has_its_name() -> None:
    """What hashlib calls it leads to what the tables call it."""
    named = {row.algorithm for row in CIRCULAR_15_2025 if not row.bits}
    assert named <= set(DIGESTS.values())


def ended(algorithm: str, bits: int = 0) -> VerificationPolicy:
    """A policy by which an algorithm was good until the day before the present of the tests."""
    rows = tuple(row for row in CIRCULAR_15_2025 if row.algorithm != algorithm)
    over = GoodUntil(algorithm=algorithm, bits=bits, end=NOW - timedelta(days=1))
    return VerificationPolicy(path=PathRules(constraints=Constraints(rows=(*rows, over))))


@pytest.mark.parametrize(
    ("algorithm", "code"), [("SHA-256", "signature.algorithm"), ("ECDSA", "certificate.algorithm")]
)
def test_a_letter_whose_algorithm_has_ended_since_is_undecided(
    pki: object, algorithm: str, code: str
) -> None:
    """Nothing proves that it is older; for a moment before the end it passes."""
    data = sign(letter(), pki.agency("commune"))
    verifier = Verifier(trust_in(pki), policy=ended(algorithm), clock=VirtualClock(NOW))
    report = verifier.examine(Envelope.from_bytes(data))
    assert (report.sub_indication, report.code) == (NO_POE, code)
    assert f"good until {NOW - timedelta(days=1):%Y-%m-%d}" in report.reason
    before = NOW - timedelta(days=2)
    assert verifier.examine(Envelope.from_bytes(data), at=before).passed


def test_old_strength_is_judged_as_of_its_own_time() -> None:
    """An authority with RSA-1024 was good in 2015, and is not today."""
    begin, end = day(2014), day(2030)
    root = certify("Root", ca=True, begin=begin, end=end)
    upper = certify("Upper", ca=True, issuer=root, key=private_key("rsa1024"), begin=begin, end=end)
    leaf = certify("Leaf", issuer=upper, begin=begin, end=end)
    trust = TrustStore([root.der], intermediates=[upper.der])
    assert trust.find_path(leaf.der, [], at=day(2015), check_revocation=False)
    with pytest.raises(Exception, match="good until 2019-10-01"):
        trust.find_path(leaf.der, [], at=NOW, check_revocation=False)
