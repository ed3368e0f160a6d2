"""``docexchange extract``: attachments come out whole, inside the folder, or not at all."""

from __future__ import annotations

import json
import unicodedata
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from archives import archive
from cli_help import REPORT, TABLE, leftovers, letter, sign
from hypothesis import given
from hypothesis import strategies as st
from network_help import apart

from docexchange.cli._extraction import files_for
from docexchange.cli._unzipping import unzipped
from docexchange.envelope import Attachment, Envelope
from docexchange.envelope.attachments.attachment import name_problem
from docexchange.errors import LimitExceeded
from docexchange.limits import Limits

if TYPE_CHECKING:
    from cli_help import Desk
    from network_help import Cli

NAMES = ["báo cáo.pdf", "phụ lục.xlsx"]


def named(*names: str) -> list[Attachment]:
    """Attachments of these names, whatever they are, each with its own octets."""
    return [
        Attachment.from_bytes(str(number).encode(), name=name) for number, name in enumerate(names)
    ]


def crafted(desk: Desk, path: Path, name: str) -> Path:
    """A letter whose first attachment goes by any name."""
    octets = desk["plain"].read_bytes()
    path.write_bytes(octets.replace("báo cáo.pdf".encode(), name.encode()))
    return path


def test_verified_attachments_come_out_as_they_went_in(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    """With --trust each file is written, named on standard output, and nothing else is said."""
    ran = cli("extract", desk["both"], "-d", tmp_path, "--trust", desk.trust)
    assert ran.out.splitlines() == [str(tmp_path / name) for name in NAMES]
    assert (ran.code, ran.err) == (0, "")
    assert (tmp_path / NAMES[0]).read_bytes() == REPORT
    assert (tmp_path / NAMES[1]).read_bytes() == TABLE


def test_without_trust_it_says_not_verified(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """The files come out, and standard error says that nobody vouches for them."""
    ran = cli("extract", desk["changed"], "-d", tmp_path)
    assert (ran.code, leftovers(tmp_path)) == (0, NAMES)
    assert ran.err.startswith("docexchange: not verified. ")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "code"), [("plain", 1), ("changed", 1), ("revoked", 3), ("stranger", 3)]
)
def test_what_does_not_pass_is_not_extracted(
    cli: Cli, desk: Desk, tmp_path: Path, name: str, code: int
) -> None:
    """With --trust a letter without a good signature gives nothing, and the verdict's exit code."""
    ran = cli("extract", desk[name], "-d", tmp_path, "--trust", desk.trust)
    assert (ran.code, ran.out, leftovers(tmp_path)) == (code, "", [])
    assert ran.err.startswith(f"docexchange: {desk[name]}: ")
    assert ran.err.count("\n") == 1


def test_an_attachment_nobody_signed_is_not_extracted(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """One more attachment slipped into a signed letter spoils it all."""
    octets = desk["signed"].read_bytes()
    start, end = octets.index(b"<Attachment>"), octets.index(b"</Attachment>\n")
    extra = octets[start : end + 14].replace(b"cid:a", b"cid:b")
    path, out = tmp_path / "more.edxml", tmp_path / "out"
    path.write_bytes(octets.replace(b"</AttachmentEncoded>", extra + b"</AttachmentEncoded>"))
    out.mkdir()
    ran = cli("extract", path, "-d", out, "--trust", desk.trust)
    assert (ran.code, leftovers(out)) == (1, [])


def test_the_folder_is_made_and_not_left_empty(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """A new folder appears with the files in it; where nothing can be written, it does not stay."""
    out = tmp_path / "out"
    assert cli("extract", desk["both"], "-d", out, "--trust", desk.trust).code == 0
    assert leftovers(out) == NAMES
    assert cli("extract", desk["changed"], "-d", tmp_path / "x", "--trust", desk.trust).code == 1
    full = apart(["extract", desk["both"], "-d", tmp_path / "x"], before="ulimit -f 1")
    assert (full.code, leftovers(tmp_path)) == (2, ["out"])


def test_only_the_one_asked_for(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """--only picks by name; a name that the letter does not have is refused."""
    only = ("--only", NAMES[1], "--trust", desk.trust, "-d", tmp_path)
    assert cli("extract", desk["both"], *only).code == 0
    assert leftovers(tmp_path) == NAMES[1:]
    ran = cli("extract", desk["both"], "--only", "../x", "--trust", desk.trust, "-d", tmp_path)
    ran.refused(2, "extract.unknown-name")
    assert NAMES[0] in ran.err


@pytest.mark.parametrize(
    "name",
    [
        "../x.pdf",
        "/etc/x.pdf",
        "a/b.pdf",
        "a\\b.pdf",
        "..",
        "C:x.pdf",
        "\\\\host\\x.pdf",
        "a\x85.pdf",
        "a\u200b.pdf",
        "\u202efdp.exe",
        "a\u2066b.pdf",
        "a" * 5000,
    ],
)
def test_a_name_that_leads_out_or_deceives_is_refused(
    cli: Cli, desk: Desk, tmp_path: Path, name: str
) -> None:
    """Folders, drives, control and direction characters: nothing is written, here or elsewhere."""
    out = tmp_path / "out"
    out.mkdir()
    path = crafted(desk, tmp_path / "crafted.edxml", name)
    ran = cli("extract", path, "-d", out)
    assert (ran.code, ran.out) == (4, "")
    assert "[extract.unsafe-name]" in ran.err
    assert "\u202e" not in ran.err
    assert (leftovers(out), leftovers(tmp_path)) == ([], ["crafted.edxml", "out"])
    others = cli("extract", path, "-d", out, "--only", NAMES[1])
    assert (others.code, leftovers(out)) == (0, NAMES[1:])


def test_two_of_one_name_get_numbers(cli: Cli, tmp_path: Path) -> None:
    """The second is numbered, past names that are taken; every octet comes out under some name."""
    path, out = tmp_path / "twins.edxml", tmp_path / "out"
    out.mkdir()
    names = ("a.pdf", "a (2).pdf", "A.PDF", "a.pdf")
    Envelope.of(letter(*named(*names))).write_to(path)
    assert cli("extract", path, "-d", out).code == 0
    found = {name: (out / name).read_text() for name in leftovers(out)}
    assert found == {"a.pdf": "0", "a (2).pdf": "1", "A (3).PDF": "2", "a (4).pdf": "3"}


def test_files_that_are_there_stay(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Without --force one file in the way stops everything; a link is replaced, not followed."""
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "out"
    out.mkdir()
    elsewhere.write_bytes(b"mine")
    (out / NAMES[1]).symlink_to(elsewhere)
    ran = cli("extract", desk["both"], "-d", out, "--trust", desk.trust)
    ran.refused(2, "output.exists")
    assert leftovers(out) == NAMES[1:]
    assert cli("extract", desk["both"], "-d", out, "--trust", desk.trust, "--force").code == 0
    assert elsewhere.read_bytes() == b"mine"
    assert (out / NAMES[1]).read_bytes() == TABLE


def test_a_link_to_nowhere_is_in_the_way_too(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """A dangling link must not make us write where it points."""
    (tmp_path / NAMES[0]).symlink_to(tmp_path / "nowhere")
    cli("extract", desk["both"], "-d", tmp_path, "--trust", desk.trust).refused(2, "output.exists")
    assert leftovers(tmp_path) == NAMES[:1]


def test_a_nameless_attachment_gets_its_content_id(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Some systems leave the name out; the file still has one that is safe."""
    path, out = crafted(desk, tmp_path / "nameless.edxml", ""), tmp_path / "out"
    out.mkdir()
    assert cli("extract", path, "-d", out).code == 0
    content_id = str(Envelope.read(path).message.attachments[0].content_id)
    assert leftovers(out) == sorted([content_id, NAMES[1]])


def test_a_pipe_is_read(desk: Desk, tmp_path: Path) -> None:
    """``-`` is standard input; attachments come out of what came through it."""
    ran = apart(
        ["extract", "-", "--trust", desk.trust],
        stdin=desk["both"].read_bytes(),
        cwd=tmp_path,
    )
    assert (ran.code, ran.out.splitlines()) == (0, NAMES)
    assert (tmp_path / NAMES[0]).read_bytes() == REPORT


def test_the_answer_in_json_fits_its_schema(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """It says where each attachment went, and whether anybody vouches for it."""
    ran = cli("extract", desk["both"], "-d", tmp_path, "--trust", desk.trust, "--json")
    answer = ran.answer("extract")
    assert answer["verified"] is True
    assert [Path(item["path"]).name for item in answer["attachments"]] == NAMES
    loose = cli("extract", desk["both"], "-d", tmp_path, "--force", "--json")
    assert json.loads(loose.out)["verified"] is False


def test_judging_without_trust_is_refused(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """Options about how to judge mean nothing without an anchor, and are not silently dropped."""
    for option in (("--at", "2026-01-01"), ("--no-revocation",), ("--directory", desk.directory)):
        cli("extract", desk["both"], "-d", tmp_path, *option).refused(2, "trust.empty")
    assert leftovers(tmp_path) == []


def zipped(path: Path, *files: tuple[str, bytes], name: str = "báo cáo.pdf") -> Path:
    """A letter with an archive of these files under the name of one, and a table."""
    packed = Attachment.from_bytes(archive(*files), name=name)
    Envelope.of(letter(packed, Attachment.from_bytes(TABLE, name=NAMES[1]))).write_to(path)
    return path


def test_a_zipped_file_comes_out_as_itself(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    """As the Java SDK sends it: under the name in the manifest; the archive is there on request."""
    unsigned = Envelope.of(letter(Attachment.from_bytes(REPORT, name=NAMES[0]).zipped()))
    path, out = tmp_path / "zipped.edxml", tmp_path / "out"
    sign(unsigned, desk.pki.agency("commune"), role="agency", at=desk.pki.at).write_to(path)
    trusted = ("-d", out, "--trust", desk.trust)
    (item,) = cli("extract", path, *trusted, "--json").answer("extract")["attachments"]
    assert (leftovers(out), (out / NAMES[0]).read_bytes()) == (NAMES[:1], REPORT)
    assert item["size"] == len(REPORT)
    assert item["sha256"] != item["carried_sha256"]
    ran = cli("extract", path, *trusted, "--keep-zipped", "--force", "--json")
    (kept,) = ran.answer("extract")["attachments"]
    assert kept["sha256"] == kept["carried_sha256"] == item["carried_sha256"]
    with zipfile.ZipFile(out / NAMES[0]) as opened:
        assert [opened.read(entry) for entry in opened.infolist()] == [REPORT]


def test_archives_that_are_meant_as_such_stay(cli: Cli, tmp_path: Path) -> None:
    """A file called an archive is written as one, and so is an office file."""
    octets = archive(("a.pdf", REPORT))
    files = [Attachment.from_bytes(octets, name=name) for name in ("a.zip", "a.docx")]
    path, out = tmp_path / "letter.edxml", tmp_path / "out"
    Envelope.of(letter(*files)).write_to(path)
    assert cli("extract", path, "-d", out).code == 0
    assert [(out / name).read_bytes() == octets for name in ("a.zip", "a.docx")] == [True, True]


def test_an_archive_of_several_files_stays_and_is_told(cli: Cli, tmp_path: Path) -> None:
    """Which of the files would be the right one nobody can tell; all of them come out, packed."""
    path, out = tmp_path / "letter.edxml", tmp_path / "out"
    zipped(path, ("a.pdf", REPORT), ("b.pdf", REPORT))
    ran = cli("extract", path, "-d", out)
    assert (ran.code, leftovers(out)) == (0, NAMES)
    assert (out / NAMES[0]).read_bytes()[:4] == b"PK\x03\x04"
    assert ran.err.count("[extract.not-unzipped]") == 1


def test_a_bomb_is_refused_before_anything_is_written(cli: Cli, tmp_path: Path) -> None:
    """One line, exit code 4, nothing in the folder; the archive itself can still be had."""
    path, out = tmp_path / "letter.edxml", tmp_path / "out"
    zipped(path, ("a.pdf", b"\0" * 5_000_000))
    ran = cli("extract", path, "-d", out)
    assert (ran.code, ran.out, leftovers(tmp_path)) == (4, "", ["letter.edxml"])
    assert ran.err.splitlines()[-1].endswith("[limit.inflation-ratio]")
    assert "--keep-zipped" in ran.err
    assert NAMES[0] in ran.err
    assert cli("extract", path, "-d", out, "--only", NAMES[1]).code == 0
    assert cli("extract", path, "-d", out, "--keep-zipped", "--force").code == 0
    assert leftovers(out) == NAMES


@pytest.mark.parametrize(
    "inside", ["../../evil.pdf", "/etc/evil.pdf", "C:\\evil.pdf", "a\u202ex.pdf"]
)
def test_names_in_archives_lead_nowhere(cli: Cli, tmp_path: Path, inside: str) -> None:
    """The file goes where the name in the manifest says, whatever the archive calls it."""
    path, out = tmp_path / "letter.edxml", tmp_path / "out"
    zipped(path, (inside, REPORT))
    assert cli("extract", path, "-d", out).code == 0
    assert (leftovers(out), leftovers(tmp_path)) == (NAMES, ["letter.edxml", "out"])
    assert (out / NAMES[0]).read_bytes() == REPORT


def test_many_archives_together_are_bounded_too() -> None:
    """All that comes out of archives is no more than an envelope may have."""
    files = {
        name: Attachment.from_bytes(name.encode() * 100, name=f"{name}.pdf").zipped()
        for name in ("a", "b", "c")
    }
    limits = replace(Limits(), envelope_bytes=300)
    assert [item.size for item in unzipped(files, limits).values()] == [100, 100, 100]
    with pytest.raises(LimitExceeded, match=r"^c: ") as refused:
        unzipped(files, replace(limits, envelope_bytes=299))
    assert refused.value.code == "limit.inflated-bytes"


def test_another_kind_of_file_inside_is_not_taken_out(cli: Cli, tmp_path: Path) -> None:
    """A program in the archive of a report does not come out under the report's name."""
    path, out = tmp_path / "letter.edxml", tmp_path / "out"
    zipped(path, ("evil.exe", REPORT))
    assert cli("extract", path, "-d", out).code == 0
    assert (out / NAMES[0]).read_bytes()[:4] == b"PK\x03\x04"


@given(
    st.lists(
        st.text(st.sampled_from("aAáÁ ()2.đ"), min_size=1, max_size=6).filter(
            lambda name: not name_problem(name)
        ),
        max_size=12,
    )
)
def test_no_two_attachments_get_one_file(names: list[str]) -> None:
    """Every attachment gets a plain name of its own, even on a disk that ignores case."""
    files = files_for(named(*names), only=())
    assert len({name.casefold() for name in files}) == len(names)
    assert [name for name in files if name_problem(name)] == []
    assert sorted(item.name for item in files.values()) == sorted(names)


@given(
    st.lists(
        st.text(
            st.sampled_from("aAeE\u0301\u00e9\u00c9ıİi\u0307\u0323ßẞſsSΣσςᾳΑι\u0345"), min_size=1
        )
        .filter(lambda name: not name_problem(name))
        .filter(lambda name: len(name) < 9),
        max_size=12,
    )
)
def test_names_that_differ_in_case_or_composition_alone_get_files_of_their_own(
    names: list[str],
) -> None:
    """No two are alike to a disk that compares as Unicode defines it (chapter 3.13, D145)."""
    folded = [
        unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())
        for name in files_for(named(*names), only=())
    ]
    assert len(set(folded)) == len(names)


def test_ten_thousand_of_one_name_are_numbered_quickly() -> None:
    """The numbering does not start over for each; the longest name still fits a disk."""
    twin = Attachment.from_bytes(b"x", name="ệ" * 83 + ".pdf")
    files = files_for([twin] * 10_000, only=())
    assert len(files) == 10_000
    assert max(len(name.encode()) for name in files) <= 255
