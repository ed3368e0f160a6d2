"""What went wrong, written down in one text and taken apart again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from docexchange.errors import TransportError, problem_parts, problem_text

CODES = st.from_regex(r"[a-z]{1,9}(\.[A-Za-z][\w-]{0,9}){0,2}", fullmatch=True).filter(str.isascii)


def test_an_error_tells_message_code_and_advice() -> None:
    """In one text that people can read as it is."""
    error = TransportError("expected a, found b", code="transport.peer", advice="Try again.")
    assert error.problem == "expected a, found b [code transport.peer] Try again."
    assert problem_parts(error.problem) == ("expected a, found b", "transport.peer", "Try again.")


@given(st.text(), CODES, st.text())
def test_what_was_put_together_is_taken_apart(message: str, code: str, advice: str) -> None:
    """Whatever message and advice say, as long as they do not name a code in the same way."""
    message, advice = message.replace("[code", ""), advice.replace("[code", "").strip()
    text = problem_text(message, code=code, advice=advice)
    assert problem_parts(text) == (message, code, advice)


def test_other_texts_stay_whole() -> None:
    """Words of people, of other systems, and of what an earlier version wrote down."""
    for text in ("", "đầy", "expected a, found b Try again.", "[code]", "[SSL] bad [code x y]"):
        assert problem_parts(text) == (text, "", "")
