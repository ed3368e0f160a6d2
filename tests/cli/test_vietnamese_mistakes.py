"""Mistakes that clerks make, answered in Vietnamese: no English in the sentence, and what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from cli_help import TOML
from source_help import ENGLISH

from docexchange.cli._vietnamese_foreign import foreign_in_vietnamese
from docexchange.cli._vietnamese_halves import in_vietnamese

if TYPE_CHECKING:
    from pathlib import Path

    from cli_help import Desk
    from network_help import Cli, Network

MISTAKES: Final = {
    "a certificate as key": (
        "sign {plain} --key {cert} -o {out}",
        "không có khóa. Cung cấp cả khóa bí mật và chứng thư số",
    ),
    "a key without certificate": (
        "sign {plain} --key {key} -o {out}",
        "không có chứng thư số. Cung cấp cả khóa bí mật và chứng thư số",
    ),
    "a key as certificate": (
        "sign {plain} --key {key} --cert {key} -o {out}",
        "cần chứng thư số dạng PEM hoặc DER, nhưng gặp khóa bí mật",
    ),
    "a letter as key": ("sign {cert} --key {large}", "Kiểm tra đã chọn đúng tệp chưa."),
    "no password": ("sign {plain} --key {p12} -o {out}", "không mở được khi không có mật khẩu"),
    "a token without its software": (
        "sign {plain} --key pkcs11:token=x -o {out}",
        "cần thư viện (module) của thiết bị",
    ),
    "a PIN in the URI": ("sign {plain} --key pkcs11:pin-value=1 -o {out}", "--pin-file"),
    "a PDF file to send": ("send {pdf} --node {node}", "cần văn bản edXML, nhưng gặp tệp PDF"),
    "a PDF file to validate": ("validate {pdf}", "`docexchange compose` lập văn bản"),
    "no node": ("send {plain}", "Nêu thư mục của nút, nơi có tệp node.toml, bằng --node."),
    "another folder": ("receive --node {folder}", "cần cấu hình của nút, nhưng gặp không có tệp"),
    "a node that is there": (
        "node init {node} --agency H53 --directory {plain} --key {p12} --trust {trust}",
        "ở đó đã có nút",
    ),
    "text that is no XML": ("verify {text} --trust {trust}", "không bắt đầu bằng thẻ XML (dấu <)"),
    "half a letter": ("inspect {half}", "tệp bị cắt: thẻ"),
    "no message": ("trace --node {node}", "thiếu tham số 'MESSAGE_ID'"),
    "no key": ("sign {plain}", "thiếu tùy chọn '--key'"),
    "a command misspelt": ("verifi {plain}", "không có lệnh 'verifi'"),
    "an option misspelt": ("verify {plain} --trsut {trust}", "không có tùy chọn '--trsut'"),
    "one argument too many": ("inspect {plain} {signed}", "thừa tham số"),
    "the wrong file": (
        "complete {plain} --prepared {large} --value {key} -o {out}",
        "Kiểm tra đã chọn đúng tệp chưa.",
    ),
    "a letter as root": ("verify {signed} --trust {plain}", "cần chứng thư dạng PEM hoặc DER"),
    "files that are there": ("extract {plain} --dir {taken}", "thay tệp cũ bằng --force"),
    "a name too long": (
        f"delivery list --node {'x' * 300}",
        "tên tệp quá dài. ",  # from Python 3.14 on the node is missed there, not the file
    ),
    "a folder to attach": (
        "compose {letter} --attach {folder}",
        "không soạn được văn bản: --attach: cần một tệp, nhưng gặp thứ khác",
    ),
    "two folders to attach": (
        "compose {letter} --attach {folder} --attach {taken}",
        "không soạn được văn bản: 2 lỗi. Sửa",
    ),
    "an empty file for a day of traffic": (
        "simulate {empty}",
        "cần một kịch bản, nhưng gặp tệp rỗng",
    ),
    "a folder that is not empty": ("pki demo {taken}", "nhưng gặp đã có tệp trong đó. Nêu"),
    "a directory of no kind": (
        "directory import {text} --directory {agencies}",
        "nhưng gặp không có đuôi tệp",
    ),
    "a delivery that is not under way": (
        "delivery cancel m-letter --reason x --node {node}",
        "nhưng gặp 000.00.00.G22 (chặng sau đã nhận)",
    ),
}
QUOTED: Final = re.compile(r"`[^`]*`|'[^']*'|\[[\w.-]+\]$|\S*[/.]\S+|--[\w-]+")
"""Commands, options, codes and names of files: they are of no language."""


@pytest.fixture
def places(desk: Desk, delivered: Network, tmp_path: Path) -> dict[str, object]:
    """What the commands name."""
    seal = desk.folder / "pki" / "agencies" / "commune" / "agency"
    names = {name: tmp_path / name for name in ("pdf", "text", "half", "large", "taken", "folder")}
    names["letter"], names["empty"] = tmp_path / "letter.toml", tmp_path / "empty"
    names["letter"].write_text(TOML, encoding="utf-8")
    names["empty"].touch()
    names["pdf"].write_bytes(b"%PDF-1.4 \n")
    names["text"].write_text("Kính gửi", encoding="utf-8")
    names["half"].write_bytes(desk["signed"].read_bytes().partition(b"<edXML:edXMLBody")[0])
    names["large"].write_bytes(b"x" * 5_000_000)
    names["taken"].mkdir()
    (names["taken"] / "báo cáo.pdf").touch()
    names["folder"].mkdir()
    return {
        **names,
        "plain": desk["plain"],
        "signed": desk["signed"],
        "trust": desk.trust,
        "agencies": desk.directory,
        "cert": seal.with_suffix(".pem"),
        "key": seal.with_suffix(".key.pem"),
        "p12": seal.with_suffix(".p12"),
        "node": delivered["commune"],
        "out": tmp_path / "out",
    }


@pytest.mark.parametrize(("line", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_vietnamese(
    cli: Cli,
    places: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
    line: str,
    said: str,
) -> None:
    """What is wrong, and what to do; not one word of it in English."""
    monkeypatch.chdir(str(places["folder"]))
    monkeypatch.delenv("PKCS11_MODULE", raising=False)
    ran = cli("--lang", "vi", *(word.format_map(places) for word in line.split()))
    assert ran.code in {2, 4}
    told = ran.err.splitlines()[-1]
    assert said in ran.err
    assert not ENGLISH.search(QUOTED.sub("", told)), told


@pytest.mark.parametrize(
    ("english", "vietnamese_words"),
    [
        (
            "[SSL: X] certificate verify failed: certificate has expired (_ssl.c:1006)",
            "chứng thư đã hết hạn",
        ),
        (
            "[SSL] Hostname mismatch, certificate is not valid for 'tinh.gov.vn'. (_ssl.c:1006)",
            "chứng thư của máy chủ không cấp cho tinh.gov.vn",
        ),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)", "không dùng TLS"),
        ("Name or service not known", "không tìm thấy tên máy chủ"),
        ("No space left on device", "hết dung lượng đĩa"),
        ("database or disk is full", "hết dung lượng đĩa"),
        (
            "The path could not be validated because intermediate certificate 1 is not a CA",
            "chứng thư trung gian số 1 không phải của tổ chức chứng thực",
        ),
    ],
)
def test_words_of_other_programs_are_translated(english: str, vietnamese_words: str) -> None:
    """Those that people meet most, wherever they stand in a sentence of ours."""
    assert vietnamese_words in foreign_in_vietnamese(english)
    told = in_vietnamese(f"payload: expected to read it to its end, found: {english}")
    assert told.endswith(foreign_in_vietnamese(english))


def test_words_that_nobody_translated_stay_as_they_are() -> None:
    """They are the exact reason; nothing is left out, also where others stand inside them."""
    for words in ("Entity loop", "he said: certificate has expired, and left", "báo cáo.pdf", ""):
        assert foreign_in_vietnamese(words) == words
