"""Who may send what to whom: rules as data, and a reason in every refusal.

The first rule that speaks of sender and recipient decides; where none does, the letter may pass.
State secrets are refused whatever the rules say, for they must not travel on this exchange at all::

    policy = ExchangePolicy(rules=(PolicyRule(name="size", most_bytes=50 * MIB),))
    refusal = policy.judge(letter)
    if refusal is not None:
        print(refusal.reason, refusal.advice)
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docexchange.envelope import Document
from docexchange.errors import ConfigurationError, problem_text
from docexchange.routing.agencies import EVERYBODY, Agencies
from docexchange.routing.secrecy import secrecy_of

if TYPE_CHECKING:
    from docexchange.envelope import Message
    from docexchange.identifiers import OrganId

__all__ = ["DEFAULT_POLICY", "ExchangePolicy", "PolicyRule", "Posted", "Refusal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One letter to one recipient, as a policy looks at it."""

    message: Message
    """What is sent."""
    sender: OrganId
    """From whom, as the directory spells it."""
    sender_tier: int
    """Its tier, as the directory has it; 0 where the directory does not know it."""
    recipient: OrganId
    """To whom, as the directory spells it."""
    recipient_tier: int
    """Its tier; 0 likewise."""
    size: int
    """Bytes of the whole envelope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a letter may not pass."""

    code: str
    """Stable: ``policy.secret``, ``policy.sender``, ``policy.size`` or ``policy.type``."""
    reason: str
    """What was expected and what was found, and by which rule."""
    advice: str
    """What to do."""

    @property
    def problem(self) -> str:
        """All three in one text; see `problem_text`."""
        return problem_text(self.reason, code=self.code, advice=self.advice)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRule:
    """What some agencies may send to some others.

    Raises:
        ConfigurationError: no name, or a size that nothing has.
    """

    name: str
    """What it is called in refusals."""
    senders: Agencies = EVERYBODY
    """Who sends."""
    recipients: Agencies = EVERYBODY
    """To whom."""
    allowed: bool = True
    """Whether anything may be sent at all."""
    most_bytes: int | None = None
    """The largest envelope, in bytes."""
    types: tuple[str, ...] = ()
    """Names of the document types that may be sent; empty for all."""
    because: str = ""
    """Why there is this rule."""

    def __post_init__(self) -> None:
        if not self.name.strip() or (self.most_bytes is not None and self.most_bytes < 1):
            raise ConfigurationError(
                f"policy rule {self.name!r}: expected a name, and a largest size of 1 byte or "
                f"more, found {self.most_bytes} bytes",
                code="configuration.policy",
            )

    def speaks_of(self, posted: Posted) -> bool:
        """Whether it is about this sender and this recipient."""
        return self.senders.cover(posted.sender, posted.sender_tier) and self.recipients.cover(
            posted.recipient, posted.recipient_tier
        )

    def judge(self, posted: Posted) -> Refusal | None:
        """What it says of a letter that it speaks of; None where the letter may pass."""
        if not self.allowed:
            return self._refusal(
                "sender",
                posted,
                f"a sender who may write to {posted.recipient}",
                str(posted.sender),
                "Send it to an agency that the policy names, or ask whoever keeps the policy.",
            )
        if self.most_bytes is not None and posted.size > self.most_bytes:
            return self._refusal(
                "size",
                posted,
                f"at most {self.most_bytes} bytes",
                f"{posted.size}",
                "Make the attachments smaller, or send them in several letters.",
            )
        return self._judge_type(posted)

    def _judge_type(self, posted: Posted) -> Refusal | None:
        if not self.types or not isinstance(posted.message, Document):
            return None
        name = posted.message.document_type.name
        if _same(name) in map(_same, self.types):
            return None
        return self._refusal(
            "type",
            posted,
            f"a document of type {', '.join(self.types)}",
            name or "none",
            "Check the type of the document, or ask whoever keeps the policy.",
        )

    def _refusal(
        self, kind: str, posted: Posted, expected: str, found: str, advice: str
    ) -> Refusal:
        because = f": {self.because}" if self.because else ""
        return Refusal(
            code=f"policy.{kind}",
            reason=f"letter from {posted.sender} to {posted.recipient}: expected {expected}, "
            f"found {found} (policy rule {self.name!r}{because})",
            advice=advice,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangePolicy:
    """All rules of a node about who may send what to whom."""

    rules: tuple[PolicyRule, ...] = ()
    """In the order in which they are asked; the first that speaks of a letter decides."""

    def judge(self, posted: Posted) -> Refusal | None:
        """Why a letter may not pass; None where it may.

        Args:
            posted: the letter, with sender and recipient.
        """
        return _judge_secrecy(posted) or self._judge_by_rules(posted)

    def _judge_by_rules(self, posted: Posted) -> Refusal | None:
        speaking = (rule for rule in self.rules if rule.speaks_of(posted))
        first = next(speaking, None)
        return None if first is None else first.judge(posted)


def _judge_secrecy(posted: Posted) -> Refusal | None:
    found = secrecy_of(posted.message)
    if found is None:
        return None
    degree, field = found
    return Refusal(
        code="policy.secret",
        reason=f"letter from {posted.sender} to {posted.recipient}: expected no state secret "
        f'(Decision 28/2018/QĐ-TTg, article 1), found the mark "{degree}" in {field}',
        advice="Send it as the law on state secrets prescribes, never by this exchange.",
    )


def _same(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.split())).casefold()


DEFAULT_POLICY: Final = ExchangePolicy()
"""Everything but state secrets."""
