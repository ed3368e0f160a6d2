"""Proof of time from an authority (RFC 3161): ask several in turn, believe none unchecked.

Nothing here touches the network: a ``Poster`` carries the bytes.

>>> client = TsaClient(("http://tsa.example.vn",), poster=HttpPoster())
>>> token = client.stamp(data, at=clock.now())
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from docexchange.errors import ConfigurationError, TransportError
from docexchange.signing.errors import Refusal
from docexchange.signing.policy import VerificationPolicy
from docexchange.signing.token_checks import check_made
from docexchange.signing.tokens import MAX_TOKEN, Token, read_token, refused
from docexchange.signing.xmldsig.algorithms import Digest

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

__all__ = ["Poster", "TsaClient", "read_response", "request_der"]

QUERY_TYPE: Final = "application/timestamp-query"
_GRANTED: Final = {"granted", "granted_with_mods"}
_UNREADABLE: Final = (ValueError, TypeError, KeyError, AttributeError, OverflowError)
_NONCE_BITS: Final = 64


class Poster(Protocol):
    """Carries a request to a URL and brings the answer back."""

    def post(self, url: str, body: bytes, content_type: str) -> bytes:
        """The body of the answer.

        Raises:
            TransportError: there was none, or it says that something went wrong.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    url: str
    reason: str

    def __str__(self) -> str:
        about = "" if self.reason.startswith(self.url) else f"{self.url}: "
        return about + self.reason


def _nonce() -> int:
    return secrets.randbits(_NONCE_BITS)


@dataclass(frozen=True, slots=True)
class TsaClient:
    """Gets timestamps from the first of several authorities that gives a good one.

    Raises:
        ConfigurationError: no authority is named.
    """

    urls: tuple[str, ...]
    """Where the authorities answer, the preferred one first."""
    poster: Poster
    """Carries the requests."""
    digest: Digest = Digest.SHA256
    """What octets are digested with."""
    policy: str = ""
    """OID of the policy to ask for; empty for the authority's own."""
    rules: VerificationPolicy = field(default_factory=VerificationPolicy)
    """What tokens must be like; trust is for verifiers to decide."""
    nonce: Callable[[], int] = _nonce
    """Fresh numbers that tie answers to requests."""

    def __post_init__(self) -> None:
        if not self.urls:
            raise ConfigurationError(
                "expected at least one timestamp authority, found none",
                code="timestamp.no-authority",
                advice="Give the URL of an authority.",
            )

    def stamp(self, data: bytes, *, at: datetime) -> Token:
        """A token over some octets.

        Args:
            data: what is to be proved to exist.
            at: the present, timezone-aware; a token of a time far from it is not taken.

        Raises:
            TransportError: none of the authorities gave a good one; the message has every reason.
        """
        failures = []
        for url in self.urls:
            try:
                return self._ask(url, data, at)
            except (TransportError, Refusal) as error:
                failures.append(_Failure(url=url, reason=str(error)))
        raise TransportError(
            "expected a timestamp, found none: " + "; ".join(map(str, failures)),
            code="timestamp.unavailable",
            advice="Try again later, or name another authority with --timestamp.",
        )

    def _ask(self, url: str, data: bytes, at: datetime) -> Token:
        nonce = self.nonce()
        body = request_der(data, digest=self.digest, nonce=nonce, policy=self.policy)
        token = read_response(self.poster.post(url, body, QUERY_TYPE))
        check_made(token, data, policy=self.rules)
        self._check_answer(token, nonce, at)
        return token

    def _check_answer(self, token: Token, nonce: int, at: datetime) -> None:
        if token.nonce != nonce:
            raise refused(f"the nonce {nonce}", str(token.nonce), "nonce")
        if token.digest is not self.digest:  # RFC 3161, clause 2.2, wants this compared too
            wanted, found = self.digest.hashlib_name, token.digest.hashlib_name
            raise refused(f"an imprint in {wanted}", found, "imprint")
        if self.policy and token.policy != self.policy:
            raise refused(f"the policy {self.policy}", token.policy, "policy")
        skew = timedelta(seconds=self.rules.limits.clock_skew_seconds)
        if abs(token.time - at) > skew:
            raise refused(
                f"a time within {skew} of this machine's, {at:%Y-%m-%d %H:%M:%S} UTC",
                f"{token.time:%Y-%m-%d %H:%M:%S}",
                "clock",
                advice="Set the clock of this machine.",
            )


def request_der(
    data: bytes, *, digest: Digest, nonce: int | None = None, policy: str = ""
) -> bytes:
    """A request for a timestamp, with the wish to have the certificate in it.

    Args:
        data: what is to be stamped.
        digest: what it is digested with.
        nonce: a fresh number.
        policy: OID of the policy wanted; empty for the authority's own.
    """
    from asn1crypto import tsp

    imprint = {
        "hash_algorithm": {"algorithm": digest.hashlib_name},
        "hashed_message": hashlib.new(digest.hashlib_name, data).digest(),
    }
    fields: dict[str, Any] = {"version": "v1", "message_imprint": imprint, "cert_req": True}
    if nonce is not None:
        fields["nonce"] = nonce
    if policy:
        fields["req_policy"] = policy
    request: bytes = tsp.TimeStampReq(fields).dump()
    return request


def read_response(der: bytes) -> Token:
    """The token in an authority's answer.

    Args:
        der: a ``TimeStampResp``.

    Raises:
        Refusal: the authority refused, or the answer is none.
    """
    from asn1crypto import core, tsp

    if len(der) > MAX_TOKEN:
        raise refused(f"an answer of at most {MAX_TOKEN} octets", str(len(der)), "size")
    try:
        # tsp.TimeStampResp (1.5) holds the token to be there, which it is not in a refusal.
        parts = core.SequenceOf.load(der, strict=True, spec=core.Any)
        given, *tokens = [part.dump() for part in parts]
        status = tsp.PKIStatusInfo.load(given, strict=True)
        state = status["status"].native
        told = [str(status[name].native) for name in ("status_string", "fail_info")]
    except _UNREADABLE as error:
        raise refused("an answer of a timestamp authority", f"something else ({error})") from error
    if state not in _GRANTED:
        words = ", ".join(word for word in told if word != "None")
        raise refused("a timestamp granted", f"{state} ({words})"[:300], "refused")
    if len(tokens) != 1:
        raise refused("one token in the answer", str(len(tokens)))
    return read_token(tokens[0])
