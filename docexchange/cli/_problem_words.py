"""What a node wrote down of something that went wrong, in the language asked for.

The text is made by `problem_text`, and may stand behind words of the nodes that passed it on, each
of which says who they are and what they did::

    problem_words("its lifetime is over; no receipt came in time")

What another system wrote, or a person, or an earlier version of ours, stays as it is where it has
no words.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from docexchange.cli._exchange_words import state_words
from docexchange.cli._words import advice_on, language, message_on, moment_words, reason_of
from docexchange.errors import problem_parts

__all__ = ["problem_words"]

_STEPS: Final = {
    r"its lifetime is over(?:; (?P<why>.+))?": "đã hết thời hạn gửi",
    r"no receipt came in time": "quá thời hạn chờ biên nhận",
    r"(\S+) is out of reach, next tried (\S+ \S+ \S+): (?P<why>.+)": (
        r"chưa liên lạc được \1, thử lại lúc \2"
    ),
    r"(\S+) is out of reach since (\S+ \S+ \S+): (?P<why>.+); rule: (.+)": (
        r"mất liên lạc với \1 từ \2, đi đường khác theo quy tắc \4"
    ),
    r"(\S+) is out of reach since (\S+ \S+ \S+): (?P<why>.+)": r"mất liên lạc với \1 từ \2",
    r"(\S+) refused it: (?P<why>.+)": r"\1 từ chối",
    r"(\S+) gave up sending it to (\S+) \((?P<state>\w+)\): (?P<why>.+)": (
        r"\1 đã ngừng gửi tới \2 ({state})"
    ),
}
"""What a node puts in front of a reason."""


_WHEN: Final = re.compile(r"(?<=(?:tried|since) )\d{4}-\d\d-\d\dT[\d:.]+\+00:00")


def problem_words(text: str) -> str:
    """A problem as a node wrote it down, in the language asked for, by clocks in Vietnam.

    Args:
        text: made by `problem_text`, or anything else.
    """
    text = _WHEN.sub(lambda when: moment_words(datetime.fromisoformat(when[0])), text)
    if language() == "vi":
        for pattern, words in _STEPS.items():
            if found := re.fullmatch(pattern, text, re.DOTALL):
                return _step(found, words)
    message, code, advice = problem_parts(text)
    if not code:
        return message_on(text)
    message = _verdict(message, code)
    told = f"{message.rstrip('.')}. {advice_on(code, advice)}" if advice else message
    return f"{told} [{code}]"


def _step(found: re.Match[str], words: str) -> str:
    parts = found.groupdict()
    if "state" in parts:
        words = words.replace("{state}", _state(parts["state"]))
    said = found.expand(words)
    return f"{said}: {problem_words(parts['why'])}" if parts.get("why") else said


def _state(name: str) -> str:
    try:
        return state_words(name)
    except KeyError:  # of a newer version than ours
        return name


def _verdict(message: str, code: str) -> str:
    """The message; of a verdict its reason behind the words that are the same in all tongues."""
    *verdict, reason = message.split(" · ", 2)
    told = reason_of(code, reason) if verdict else message_on(reason)
    return " · ".join([*verdict, told])
