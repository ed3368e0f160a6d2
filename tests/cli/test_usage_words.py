"""A command line that cannot be read: what is wrong with it, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docexchange.cli._vietnamese_about import about_in_vietnamese
from docexchange.cli._vietnamese_halves import in_vietnamese
from docexchange.cli._vietnamese_settings import settings_in_vietnamese
from docexchange.cli._vietnamese_usage import usage_in_vietnamese

if TYPE_CHECKING:
    from network_help import Cli


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["verfy"], "không có lệnh 'verfy'"),
        (["delivery", "lst"], "không có lệnh 'lst'; có phải là 'list'? Xem"),
        (
            ["delivery", "list", "--sate", "x"],
            "không có tùy chọn '--sate'; có phải là '--state'? Xem",
        ),
        (["delivery", "list", "--state", "x"], "giá trị của '--state': 'x' không phải là 'queued'"),
        (["delivery", "list", "--older-than", "nan"], "'--older-than': 'nan' không phải số. Xem"),
        (["delivery", "list", "--older-than", "-1"], "không nằm trong khoảng 0<=x<=876000. Xem"),
        (["delivery", "list", "--older-than"], "'--older-than' cần một giá trị. Xem"),
        (["receive", "--limit", "many"], "giá trị của '--limit': 'many' không phải số nguyên. Xem"),
        (["verify"], "thiếu tham số 'FILES...'. Xem docexchange verify --help."),
        (["sign", "x"], "thiếu tùy chọn '--key'. Xem docexchange sign --help."),
        (["inspect", "a", "b"], "thừa tham số b. Xem docexchange inspect --help."),
        (["sign", "x", "--key", "y", "--json=3"], "'--json' không nhận giá trị. Xem"),
        (["inspect", "--lang", "vi", "x"], "Đặt trước tên lệnh: docexchange --lang ... inspect"),
    ],
)
def test_what_is_wrong_with_a_line_is_told_in_vietnamese(
    cli: Cli, line: list[str], words: str
) -> None:
    """What it is about, and where help is to be had."""
    ran = cli("--lang", "vi", *line)
    ran.refused(2, "usage")
    assert words in ran.err


def test_an_option_that_a_variable_gives_is_named_with_it() -> None:
    """Also where the value came from the variable, and nothing of it stands on the line."""
    told = usage_in_vietnamese(
        "Invalid value for '--store' (env var: 'DOCEXCHANGE_TRUST'): Path 'x' is not readable."
    )
    assert told == "giá trị của '--store' (biến DOCEXCHANGE_TRUST): không có quyền đọc 'x'"


def test_a_command_that_was_meant_is_named(cli: Cli) -> None:
    """Where one is near; otherwise only that there is none."""
    assert "No such command 'verfy'. Did you mean 'verify'?" in cli("verfy").err
    assert "No such command 'zzz'. See" in cli("zzz").err


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (["delivery", "cancel", "m-1", "--reason", "r", "--to", ""], "--to"),
        (["delivery", "cancel", "m-1", "--reason", "r", "--to="], "--to"),
        (["audit", "verify", "--head", ""], "--head"),
        (["report", "indicators", "--period="], "--period"),
        (["directory", "tree", ""], "argument"),
        (["verify", "a.edxml", ""], "argument"),
    ],
)
def test_a_value_that_is_empty_is_not_taken_for_none(cli: Cli, line: list[str], name: str) -> None:
    """A variable that is not set must not make a command do it to all."""
    ran = cli(*line)
    ran.refused(2, "usage.empty")
    assert ran.err.startswith(f"docexchange: {name}: expected a value, found an empty one. ")


@pytest.mark.parametrize("head", ["5f1c", "5f1c…", "g" * 64, "0" * 65, "٠" * 64])
def test_half_a_hash_is_no_verdict_on_the_log(cli: Cli, head: str) -> None:
    """A head that was cut short is a usage error: nobody tampered with anything."""
    cli("audit", "verify", "--head", head).refused(2, "usage.head")
    cli("store", "check", "--head", head).refused(2, "usage.head")


def test_networks_are_for_what_is_fetched(cli: Cli) -> None:
    """Allowed and not used, they would be a promise that nobody keeps."""
    cli("verify", "a.edxml", "--trust", "b.pem", "--allow-network", "10.0.0.0/8").refused(
        2, "usage.allow-network"
    )


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("agency: missing; colour: unknown key", "agency: thiếu; colour: khóa không có"),
        ("Invalid value (at line 3, column 7)", "giá trị không hợp lệ (dòng 3, cột 7)"),
        ("Invalid value (at end of document)", "giá trị không hợp lệ (cuối tệp)"),
        (
            "bytes that are no text in UTF-8, from byte 12 on",
            "byte không phải UTF-8, từ byte 12",
        ),
        ("hours: Input should be greater than 0", "hours: phải lớn hơn 0"),
        (
            "lines: expected one of the profiles fibre, found 'radio'",
            "lines: cần một trong các loại đường truyền fibre, nhưng gặp 'radio'",
        ),
        ("hours: something of another library", "hours: something of another library"),
    ],
)
def test_faults_of_settings_are_told_one_by_one(english: str, vietnamese: str) -> None:
    """Names of keys and the words nobody translated stay."""
    assert settings_in_vietnamese(english, messages=in_vietnamese) == vietnamese


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("message m-1 to H53.31: ", "thông điệp m-1 tới H53.31: "),
        ("sender: agency H53: ", "nơi gửi: cơ quan H53: "),
        ("a/b c.csv, line 7: ", "a/b c.csv, dòng 7: "),
        ("https://host:8443/: ", "https://host:8443/: "),
    ],
)
def test_what_a_message_is_about_keeps_its_names(english: str, vietnamese: str) -> None:
    """Only the words around them are translated."""
    assert about_in_vietnamese(english) == vietnamese
