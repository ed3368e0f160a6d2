"""When was it signed, at the latest? The best signature time, and what proves it.

A timestamp over the signature value proves that the signature was there at its time; the earliest
good one counts (EN 319 102-1, clause 5.5.4). A bad one proves nothing: it is told, and not counted.
It cannot fail the signature either, as anybody could have put it there.

>>> best, reports = best_time(signature, stamps, trust=trust, policy=policy, at=at)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docexchange.signing.certificates import fingerprint, signatory
from docexchange.signing.chains import chain_of
from docexchange.signing.errors import Refusal
from docexchange.signing.report import TimestampReport
from docexchange.signing.verdicts import Indication, SubIndication
from docexchange.signing.xades.unsigned import read_stamp
from docexchange.signing.xmldsig.algorithms import EXCLUSIVE_C14N, name_of
from docexchange.signing.xmldsig.c14n import exclusive

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from lxml.etree import _Element

    from docexchange.signing.policy import VerificationPolicy
    from docexchange.signing.token_checks import Maker
    from docexchange.signing.tokens import Token
    from docexchange.signing.trust import TrustStore
    from docexchange.signing.xmldsig.model import Transform

__all__ = [
    "best_time",
    "counted",
    "not_counted",
    "proving",
    "refuse_unproved",
    "stamped_octets",
]


def best_time(
    value: _Element,
    stamps: Sequence[_Element],
    *,
    trust: TrustStore,
    policy: VerificationPolicy,
    at: datetime,
) -> tuple[datetime, tuple[TimestampReport, ...]]:
    """The best signature time, and what each timestamp is worth.

    Args:
        value: the ``SignatureValue`` that timestamps should be over.
        stamps: each ``SignatureTimeStamp``.
        trust: anchors and revocation lists.
        policy: what to insist on.
        at: the moment to judge for, timezone-aware; the best time where nothing proves another.
    """
    reports = tuple(_judge(stamp, value, trust, policy, at) for stamp in stamps)
    proved = [report.time for report in reports if report.passed and report.time]
    return min([at, *proved]), reports


def proving(reports: Sequence[TimestampReport], best: datetime) -> int | None:
    """Which timestamp proves the best signature time, from 1; None where none does.

    Args:
        reports: what each timestamp is worth.
        best: the best signature time.
    """
    numbered = enumerate(reports, start=1)
    return next((number for number, item in numbered if item.passed and item.time == best), None)


def _judge(
    stamp: _Element, value: _Element, trust: TrustStore, policy: VerificationPolicy, at: datetime
) -> TimestampReport:
    from docexchange.signing.token_checks import check_token
    from docexchange.signing.tokens import read_token

    token, digest = None, ""
    try:
        der, method = read_stamp(stamp)
        digest = fingerprint(der)
        token = read_token(der)
        octets = stamped_octets(value, method, most=policy.limits.elements)
        maker = check_token(token, octets, trust=trust, policy=policy, at=at)
    except Refusal as refusal:
        return not_counted(refusal, token, sha256=digest)
    return counted(token, maker, sha256=digest)


def counted(token: Token, maker: Maker, *, sha256: str) -> TimestampReport:
    """What is told of a timestamp that holds.

    Args:
        token: as read.
        maker: who made it.
        sha256: of the token's DER, in hexadecimal.
    """
    return TimestampReport(
        indication=Indication.TOTAL_PASSED,
        time=token.time,
        accuracy_seconds=token.accuracy.total_seconds() if token.accuracy is not None else None,
        authority=signatory(maker.certificate),
        policy=token.policy,
        algorithm_name=name_of(token.signature.algorithm),
        digest=name_of(token.digest),
        chain=chain_of(maker.path),
        evidence=maker.evidence,
        sha256=sha256,
    )


def not_counted(refusal: Refusal, token: Token | None, *, sha256: str) -> TimestampReport:
    """What is told of a timestamp that does not hold.

    Args:
        refusal: why.
        token: as read; None where it could not be.
        sha256: of the token's DER, in hexadecimal; empty where there is none to be read.
    """
    time = token.time if token else None
    return TimestampReport.refused(refusal, time=time, sha256=sha256)


def stamped_octets(value: _Element, method: Transform, *, most: int) -> bytes:
    """What a signature timestamp is over: ``SignatureValue`` with its tags (clause 5.3).

    Args:
        value: the element.
        method: how it becomes octets, as it is named.
        most: nodes of the document at most.

    Raises:
        Refusal: it has no canonical form, or the method has parameters that are none.
    """
    if method.algorithm == EXCLUSIVE_C14N and not method.has_parameters:
        return exclusive(value)
    from docexchange.signing.xmldsig.selection import Selection, Source
    from docexchange.signing.xmldsig.transforms import method_of

    whole = Selection(source=Source(value, most=most), apex=value, comments=True)
    return b"".join(whole.canonical(method_of(method)))


def refuse_unproved(bad: Sequence[str]) -> None:
    """Refuse a signature whose time nothing proves, where somebody insists on that.

    Args:
        bad: why each of its timestamps does not count.

    Raises:
        Refusal: always.
    """
    raise Refusal(
        SubIndication.SIG_CONSTRAINTS_FAILURE,
        f"expected a timestamp that proves when it was signed, found {'; '.join(bad) or 'none'}",
        code="signature.no-timestamp",
        advice="Ask the sender for the letter with a timestamp.",
    )
