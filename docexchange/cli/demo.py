"""``docexchange demo``: watch a letter go from a commune to the centre and back."""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

import click

from docexchange.cli._exchange_words import moment, status_words
from docexchange.cli._exit import ExitCode, end
from docexchange.cli._options import json_option
from docexchange.cli._output import answer, answer_json, complain, plain, styled
from docexchange.cli._report_lines import octets_words, part_words, who_signed
from docexchange.cli._timeline import print_table, print_timeline, row_as_json
from docexchange.cli._words import language, verdict_words
from docexchange.errors import StoreFailure, UsageError

if TYPE_CHECKING:
    from docexchange.cli._demo_checks import Expectation
    from docexchange.cli._demo_story import Copy, Story, Tampering
    from docexchange.testing import KeyKind

__all__ = ["command", "conclude"]


@click.command("demo")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder for everything, new or empty; a fresh temporary one when left out. It is kept.",
)
@click.option(
    "--key",
    type=click.Choice(["rsa2048", "p256"]),
    default="rsa2048",
    show_default=True,
    help="Kind of the throw-away keys.",
)
@json_option
def command(*, folder: Path | None, key: str, as_json: bool) -> None:
    """Watch a letter go from a commune to the centre and back.

    Four agencies get a node each and throw-away keys. A letter with two attachments, one over
    10 MB, is signed by leader and agency, relayed by district and province, verified at every hop
    and handed over at the centre; receipts and statuses travel back. Then one byte of a copy is
    changed, and verification names what broke. The exit code is 1 when anything is not as it must
    be.

    Example: docexchange demo --dir demo
    """
    conclude(_play(folder, cast("KeyKind", key)), as_json=as_json)


def conclude(story: Story, *, as_json: bool) -> NoReturn:
    """Tell a demonstration, and end the command by whether it showed what it should.

    Args:
        story: what happened.
        as_json: whether to answer in JSON.
    """
    from docexchange.cli._demo_checks import expectations

    checks = expectations(story)
    if as_json:
        answer_json(_as_json(story, checks))
    else:
        _print(story, checks)
    for check in checks:
        if not check.holds:
            complain(f"expected: {_in_language(check)}; found: {check.found}", code="demo.failed")
    end(ExitCode.POSITIVE if all(check.holds for check in checks) else ExitCode.NEGATIVE)


def _play(folder: Path | None, key: KeyKind) -> Story:
    from docexchange.cli._demo_story import play
    from docexchange.clock import SystemClock

    try:
        return play(_empty_folder(folder), key=key, clock=SystemClock())
    except OSError as error:
        raise StoreFailure(
            f"{error.filename or folder or 'demo'}: expected to write the demonstration, found: "
            f"{error.strerror or error}",
            code="demo.not-writable",
            advice="Check the folder and the free space, or choose another with --dir.",
        ) from error


def _empty_folder(folder: Path | None) -> Path:
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="docexchange-demo-"))
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise UsageError(
            f"--dir {folder}: expected a new or an empty folder, found one in use",
            code="demo.folder",
            advice="Choose another folder.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _print(story: Story, checks: tuple[Expectation, ...]) -> None:
    document, tampering = story.document, story.tampering
    answer(_choose("The letter", "Văn bản"))
    answer(f"    {document.code} · {document.subject} · {story.message_id}")
    for item in document.attachments:
        size = octets_words(item.size)
        answer(f"    {item.name} · {size} · SHA-256 {item.sha256.hex()[:12]}")
    answer("\n" + _choose("Its way", "Đường đi"))
    names = {str(copy.agency.organ_id): copy.agency.name for copy in story.copies}
    print_timeline(story.timeline, names)
    answer("\n" + _choose("Verified at every hop", "Xác thực tại mỗi chặng"))
    print_table([_copy_cells(copy) for copy in story.copies])
    answer("\n" + _choose("Told to the commune", "Trạng thái báo về xã"))
    for status in story.statuses:
        answer(f"    {moment(status.at)}  {status_words(status.code)}")
    answer("\n" + _choose("One byte changed in a copy", "Đổi một byte trong một bản sao"))
    answer(
        f"    {tampering.before} → {tampering.after}, byte {tampering.offset:,}: "
        f"{plain(tampering.attachment)}"
    )
    verdict = styled(tampering.report.indication, "red")
    answer(f"    {verdict} · {verdict_words(tampering.report.indication)} · {_broken(story)}")
    _print_checks(checks)
    _print_paths(story)


def _copy_cells(copy: Copy) -> list[str]:
    report = copy.report
    signers = "; ".join(map(who_signed, report.signatures))
    return ["   ", copy.agency.name, copy.sha256[:12], report.indication, signers]


def _broken(story: Story) -> str:
    report = story.tampering.report
    parts = ", ".join(part_words(part.label) for part in report.uncovered)
    return f"{report.sub_indication or ''}: {parts}"


def _print_checks(checks: tuple[Expectation, ...]) -> None:
    answer("\n" + _choose("Expectations", "Điều cần đạt"))
    for check in checks:
        mark = styled("ok", "green") if check.holds else styled("NO", "red")
        answer(f"    {mark}  {_in_language(check)}")


def _print_paths(story: Story) -> None:
    answer("\n" + _choose("Look at", "Xem thêm"))
    for path in (story.folder, story.letter, story.inbox, story.tampering.path):
        answer(f"    {plain(path)}")
    nodes = story.folder / "nodes"
    answer(f"    docexchange trace {story.message_id} --node {_quoted(nodes / 'province')}")
    trust = _quoted(story.folder / "pki" / "trust")
    answer(f"    docexchange verify -v {_quoted(story.tampering.path)} --trust {trust}")


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))


def _as_json(story: Story, checks: tuple[Expectation, ...]) -> dict[str, Any]:
    return {
        "folder": str(story.folder),
        "letter": str(story.letter),
        "message_id": str(story.message_id),
        "document_id": str(story.document.document_id),
        "attachments": [
            {"name": item.name, "size": item.size, "sha256": item.sha256.hex()}
            for item in story.document.attachments
        ],
        "hops": [_hop_json(copy) for copy in story.copies],
        "handed_over": str(story.inbox),
        "timeline": [row_as_json(row) for row in story.timeline],
        "statuses": [
            {"code": item.code, "reporter": str(item.reporter), "at": item.at.isoformat()}
            for item in story.statuses
        ],
        "tampered": _tampering_json(story.tampering),
        "expectations": [
            {"text": _in_language(check), "holds": check.holds, "found": check.found}
            for check in checks
        ],
        "holds": all(check.holds for check in checks),
    }


def _hop_json(copy: Copy) -> dict[str, Any]:
    return {
        "agency": str(copy.agency.organ_id),
        "name": copy.agency.name,
        "file": str(copy.path),
        "sha256": copy.sha256,
        "indication": copy.report.indication,
    }


def _tampering_json(tampering: Tampering) -> dict[str, Any]:
    return {
        "file": str(tampering.path),
        "offset": tampering.offset,
        "attachment": tampering.attachment,
        "indication": tampering.report.indication,
        "sub_indication": tampering.report.sub_indication,
        "broken": [part.label for part in tampering.report.uncovered],
    }


def _in_language(check: Expectation) -> str:
    return _choose(check.english, check.vietnamese)


def _choose(english: str, vietnamese: str) -> str:
    return vietnamese if language() == "vi" else english
