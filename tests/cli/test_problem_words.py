"""Problems that nodes wrote down, as a clerk reads them in Vietnamese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from source_help import ENGLISH

from docexchange.cli._problem_words import problem_words
from docexchange.cli._words import speak
from docexchange.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Iterator

ERROR: Final = TransportError(
    "expected the endpoint of an agency in the directory, found none",
    code="route.no-endpoint",
    advice="Add the endpoint to the directory.",
)
SAID: Final = (
    "cần địa chỉ của một cơ quan trong danh bạ, nhưng gặp không có. Ghi địa chỉ (endpoint) của cơ "
    "quan đó vào danh bạ. [route.no-endpoint]"
)
STEPS: Final = {
    "its lifetime is over": "đã hết thời hạn gửi",
    "its lifetime is over; no receipt came in time": (
        "đã hết thời hạn gửi: quá thời hạn chờ biên nhận"
    ),
    f"H53 refused it: {ERROR.problem}": f"H53 từ chối: {SAID}",
    f"H53 gave up sending it to G22 (expired): its lifetime is over; {ERROR.problem}": (
        f"H53 đã ngừng gửi tới G22 (quá thời hạn, ngừng gửi): đã hết thời hạn gửi: {SAID}"
    ),
    f"H53 is out of reach, next tried 2026-03-02T09:00:00+00:00: {ERROR}": (
        "chưa liên lạc được H53, thử lại lúc 2026-03-02 16:00:00 +07:00: "
        "cần địa chỉ của một cơ quan trong danh bạ, nhưng gặp không có"
    ),
    f"H53 is out of reach since 2026-03-02T09:00:00+00:00: {ERROR}; rule: a": (
        "mất liên lạc với H53 từ 2026-03-02 16:00:00 +07:00, đi đường khác theo quy tắc a: "
        "cần địa chỉ của một cơ quan trong danh bạ, nhưng gặp không có"
    ),
    "TOTAL-FAILED · HASH_FAILURE · attachment a.pdf [code signature.digest]": (
        "TOTAL-FAILED · HASH_FAILURE · nội dung đã bị sửa sau khi ký (attachment a.pdf) "
        "[signature.digest]"
    ),
}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """What a test begins and ends with."""
    speak("en")
    yield
    speak("en")


@pytest.fixture
def vietnamese(english: None) -> None:
    """The language asked for."""
    del english
    speak("vi")


@pytest.mark.usefixtures("vietnamese")
def test_message_and_advice_are_both_told() -> None:
    """Not the one in Vietnamese and the other in English."""
    assert problem_words(ERROR.problem) == SAID
    assert not ENGLISH.search(SAID.replace("endpoint", "").partition(" [")[0])


@pytest.mark.usefixtures("vietnamese")
@pytest.mark.parametrize("text", STEPS)
def test_what_nodes_put_in_front_is_told_too(text: str) -> None:
    """Who gave up, who refused, since when a neighbour is out of reach."""
    assert problem_words(text) == STEPS[text]


@pytest.mark.usefixtures("vietnamese")
def test_words_of_people_and_of_newer_versions_stay() -> None:
    """They are the reason; what is not understood is not left out."""
    for text in ("", "đầy", "nhầm nơi nhận", "stopped by hand"):
        assert problem_words(text) == text
    assert (
        problem_words("A gave up sending it to B (lost): đầy") == "A đã ngừng gửi tới B (lost): đầy"
    )


def test_in_english_code_stands_last() -> None:
    """As in every other complaint of the command line; anything else stays as it is."""
    told = f"{ERROR}. Add the endpoint to the directory. [route.no-endpoint]"
    assert problem_words(ERROR.problem) == told
    for text in (*list(STEPS)[:2], "đầy", ""):
        assert problem_words(text) == text
