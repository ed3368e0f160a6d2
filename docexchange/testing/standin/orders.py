"""What the control API is told: bodies of requests, checked before anything is done.

    LinkOrder.model_validate({"state": "slow", "bits_per_second": 64000}).fault

Unknown members are refused by name: a misspelt one that is ignored makes a test that tests nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from docexchange.testing.standin.links import LinkFault, LinkState
from docexchange.testing.standin.samples import Flaw

__all__ = ["Action", "CertificateOrder", "LetterOrder", "LinkOrder", "SampleRequest", "StateOrder"]

Name = Annotated[str, Field(min_length=1, max_length=64)]


class Action(StrEnum):
    """What happens to a certificate."""

    EXPIRE = "expire"
    """It is replaced by one that has ended."""
    REVOKE = "revoke"
    """It is revoked, and stays in use."""
    ROLL = "roll"
    """It is replaced by a new one with a new key."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StateOrder(_Strict):
    """A node or a service."""

    state: Literal["up", "down"]
    """How it is from now on."""


class LinkOrder(_Strict):
    """A line from an agency to a neighbour."""

    state: LinkState
    """How it is from now on."""
    after_bytes: int = 0
    """Of ``cut``: octets toward the one who is called, TLS included."""
    bits_per_second: int = 0
    """Of ``slow``; 0 for any speed."""
    latency_seconds: float = 0
    """Of ``slow``; before each piece."""

    @property
    def fault(self) -> LinkFault:
        """The same for the line.

        Raises:
            UsageError: numbers that do not go with the state.
        """
        return LinkFault(
            state=self.state,
            after_bytes=self.after_bytes,
            bits_per_second=self.bits_per_second,
            latency_seconds=self.latency_seconds,
        )


class CertificateOrder(_Strict):
    """A certificate."""

    action: Action
    """What happens to it."""


class LetterOrder(_Strict):
    """A letter that an agency is to write and send."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    sender: Name = Field(alias="from")
    """Folder or code of the agency."""
    to: Annotated[list[Name], Field(min_length=1, max_length=100)]
    """Folders or codes of its recipients."""
    subject: str = Field(default="V/v thử nghiệm liên thông văn bản", max_length=500)
    """What it is about."""
    attachment_bytes: int = 1000
    """Size of its one attachment."""


class SampleRequest(LetterOrder):
    """A signed letter to be given out and not sent."""

    flaw: Flaw = Flaw.NONE
    """Why it must be refused; empty for a genuine one."""
