"""How a check says no: with the standard's sub-indication and a reason for people."""

from __future__ import annotations

from docexchange.signing.verdicts import SubIndication

__all__ = ["Refusal"]


class Refusal(Exception):
    """A step of the validation did not hold; the verifier turns it into a report.

    Args:
        sub_indication: the standard's reason.
        message: what was expected and what was found.
        code: stable dotted code.
        advice: what the reader can do.
    """

    def __init__(
        self, sub_indication: SubIndication, message: str, *, code: str, advice: str = ""
    ) -> None:
        super().__init__(message)
        self.sub_indication = sub_indication
        self.code = code
        self.advice = advice

    def about(self, sub_indication: SubIndication) -> Refusal:
        """A copy with another of the standard's reasons."""
        return Refusal(sub_indication, str(self), code=self.code, advice=self.advice)

    def again(self) -> Refusal:
        """A fresh copy to raise, free of the traceback of the first time."""
        return self.about(self.sub_indication)


def malformed(message: str) -> Refusal:
    """The signature does not have the form the standard prescribes."""
    return Refusal(SubIndication.FORMAT_FAILURE, message, code="signature.format")
