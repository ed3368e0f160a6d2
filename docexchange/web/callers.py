"""Who calls: the agency that a client certificate proves, by our trust and our directory.

    agencies = callers.remembered(chain) or callers.judge(chain)
    caller = chosen(agencies, request.headers.get("docexchange-from"))

A certificate counts when it leads to an anchor now, is not revoked, may log in, and stands in the
directory today: whose it is says the directory and nobody else, least of all a name in it. An
agency that was closed a few days ago still calls, for what it has in hand has to come to an end.
"""

from __future__ import annotations

import ssl
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

from docexchange.clock import vietnam_date
from docexchange.directory import holders_in_flight
from docexchange.errors import InvalidIdentifier
from docexchange.identifiers import OrganId
from docexchange.signing.certificates import MAX_CERTIFICATE, fingerprint, load_der
from docexchange.signing.errors import Refusal
from docexchange.signing.trust import PathRules
from docexchange.signing.verdicts import SubIndication
from docexchange.web.refusals import Refused

if TYPE_CHECKING:
    from datetime import datetime

    from docexchange.clock import Clock
    from docexchange.directory import InForce
    from docexchange.signing import TrustStore

__all__ = ["Callers", "Chain", "chosen"]

Chain = tuple[str, ...]
"""A certificate and those that came with it, each in PEM."""

_REMEMBERED: Final = 1024
_LOGIN: Final = PathRules(purposes=frozenset({"1.3.6.1.5.5.7.3.2", "2.5.29.37.0"}))
"""Certificates that name purposes must name that of a client (RFC 5280, 4.2.1.12), or any."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    agencies: tuple[OrganId, ...]
    minute: datetime
    until: datetime


class Callers:
    """Ties certificates to agencies.

    Threads may share it.

    Args:
        trust: anchors and revocation lists.
        directory: which certificate belongs to whom; asked anew each time.
        clock: tells the time; a verdict is kept until the minute is over.
    """

    def __init__(self, *, trust: TrustStore, directory: InForce, clock: Clock) -> None:
        self._trust = trust
        self._directory = directory
        self._clock = clock
        self._verdicts: OrderedDict[Chain, _Verdict] = OrderedDict()
        self._lock = Lock()

    def remembered(self, chain: Chain) -> tuple[OrganId, ...]:
        """The agencies of a certificate that was judged in this minute; empty if it was not."""
        now = self._clock.now()
        with self._lock:
            verdict = self._verdicts.get(chain)
        fresh = verdict and verdict.minute == _minute(now) and now <= verdict.until
        return verdict.agencies if verdict and fresh else ()

    def judge(self, chain: Chain) -> tuple[OrganId, ...]:
        """The agencies that a certificate belongs to today; may fetch revocation lists.

        Args:
            chain: the certificate, and what came with it.

        Raises:
            Refused: 401 without a certificate; 403 for one that proves nothing here; 503 when it
                cannot be told for want of a revocation list.
        """
        now = self._clock.now()
        ders = _ders(chain)
        until = self._check(ders, now)
        sha256 = fingerprint(ders[0])
        today = vietnam_date(now)
        agencies = holders_in_flight(self._directory(), sha256, at=today)
        if not agencies:
            raise Refused(
                403,
                "http.unknown-caller",
                f"expected a certificate of an agency in the directory, found {sha256}, which it "
                "lists for nobody today",
                advice="Have the certificate entered in the directory.",
            )
        self._remember(chain, _Verdict(agencies, _minute(now), until))
        return agencies

    def _check(self, ders: list[bytes], now: datetime) -> datetime:
        try:
            certificate = load_der(ders[0])
            until = certificate.not_valid_after_utc
            if not certificate.not_valid_before_utc <= now <= until:
                raise _refused("a certificate that is valid now", f"one valid until {until}")
            self._trust.find_path(ders[0], ders[1:], at=now, check_revocation=True, rules=_LOGIN)
        except ValueError as error:
            raise _refused("a certificate that can be read", "one that cannot") from error
        except Refusal as error:
            raise _of_path(error) from error
        return until

    def _remember(self, chain: Chain, verdict: _Verdict) -> None:
        with self._lock:
            self._verdicts[chain] = verdict
            if len(self._verdicts) > _REMEMBERED:
                self._verdicts.popitem(last=False)


def chosen(agencies: tuple[OrganId, ...], wanted: str | None) -> OrganId:
    """Which of the agencies of a certificate calls.

    Args:
        agencies: at least one.
        wanted: the header ``Docexchange-From``; may be left out where there is one.

    Raises:
        Refused: 400 when it must be said, or is no code; 403 when it is none of them.
    """
    if wanted is None:
        if len(agencies) == 1:
            return agencies[0]
        raise Refused(
            400,
            "http.which-caller",
            f"expected Docexchange-From with one of {', '.join(map(str, agencies))}, found none",
            advice="The certificate belongs to several agencies: say which of them calls.",
        )
    try:
        code = OrganId(wanted).as_decision_20
    except InvalidIdentifier as error:
        raise Refused(400, error.code, f"Docexchange-From: {error}") from error
    for agency in agencies:
        if agency.as_decision_20 == code:
            return agency
    raise Refused(
        403,
        "http.other-caller",
        f"Docexchange-From: expected an agency of the certificate, found {wanted}",
        advice="Call with the certificate of that agency.",
    )


def _ders(chain: Chain) -> list[bytes]:
    if not chain:
        raise Refused(
            401,
            "http.no-certificate",
            "expected a client certificate, found none",
            advice="Call with the certificate of your agency (mutual TLS).",
        )
    ders = [ssl.PEM_cert_to_DER_cert(pem) for pem in chain]
    if len(ders[0]) > MAX_CERTIFICATE:
        raise _refused(f"a certificate of at most {MAX_CERTIFICATE} octets", str(len(ders[0])))
    return ders


def _of_path(error: Refusal) -> Refused:
    if error.sub_indication is SubIndication.TRY_LATER:
        later = {"Retry-After": "60"}
        detail = "expected current revocation lists, found none on this side"
        return Refused(503, error.code, detail, advice="Come again later.", headers=later)
    return Refused(403, error.code, str(error), advice=error.advice)


def _refused(expected: str, found: str) -> Refused:
    return Refused(403, "http.certificate", f"expected {expected}, found {found}")


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
