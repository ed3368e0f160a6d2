"""Four node folders and the command line, for the tests of the commands that carry letters.

The command line asks the machine for the time, so the PKI of ``Network`` is of the present.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import pytest

import docexchange.cli
from docexchange.cli._schemas import answer_schema
from docexchange.clock import SystemClock, vietnam_date
from docexchange.envelope import Attachment, Document, DocumentBuilder, Envelope, Organization
from docexchange.identifiers import MessageId, OrganId
from docexchange.node import Node, Storage, open_storage, read_config
from docexchange.signing import Signer, SigningKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from docexchange.testing import Credential, DemoPki

NAMES: Final = ("commune", "district", "province", "central")
COMMUNE: Final = OrganId("000.21.31.H53")
DISTRICT: Final = OrganId("000.00.31.H53")
PROVINCE: Final = OrganId("000.00.00.H53")
CENTRAL: Final = OrganId("000.00.00.G22")
ODD_SUBJECT: Final = "a\u202eb\x85\nc"
"""A subject that tries to turn the line round and to begin another."""
OCTETS: Final = b"%PDF-1.4 nothing to see" * 500
PROGRAM: Final = (sys.executable, "-c", "from docexchange.cli import main; main()")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command that has ended."""

    code: int
    out: str
    err: str

    def answer(self, schema: str) -> Any:
        """The answer in JSON, checked against the schema of the command."""
        answer = json.loads(self.out)
        rules = answer_schema(schema)
        jsonschema.Draft202012Validator.check_schema(rules)
        jsonschema.validate(answer, rules)
        return answer

    def refused(self, exit_code: int, code: str) -> None:
        """Insist on one clear line on standard error, nothing else, and this exit code."""
        assert (self.code, self.out) == (exit_code, ""), self.err
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("docexchange: ")
        assert re.search(rf"\[{re.escape(code)}\]$", self.err.strip()), self.err
        assert "Traceback" not in self.err


class Cli:
    """Runs the command line in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Ran:
        """Run one command."""
        with pytest.raises(SystemExit) as ended:
            docexchange.cli.main([str(argument) for argument in arguments])
        printed = self._capsys.readouterr()
        return Ran(code=int(ended.value.code or 0), out=printed.out, err=printed.err)


def apart(
    arguments: Sequence[object], *, stdin: bytes = b"", before: str = "", **options: Any
) -> Ran:
    """Run one command in a process of its own, for as long as the test may take.

    Args:
        arguments: of the command line.
        stdin: what it reads.
        before: shell commands that come first (``ulimit -f 8``).
        options: of ``subprocess.run``.
    """
    command = [*PROGRAM, *map(str, arguments)]
    if before:
        command = ["sh", "-c", f'{before}; exec "$@"', "sh", *command]
    ended = subprocess.run(command, input=stdin, capture_output=True, check=False, **options)
    return Ran(code=ended.returncode, out=ended.stdout.decode(), err=ended.stderr.decode())


@contextmanager
def begun(*arguments: object, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Begin a command in a process of its own, which is killed in the end if it still runs.

    Otherwise a test that fails would wait for it, and leave it to those that come after.

    Args:
        arguments: of the command line.
        options: of ``subprocess.Popen``.
    """
    command = [*PROGRAM, *map(str, arguments)]
    with subprocess.Popen(command, text=True, **options) as process:
        try:
            yield process
        finally:
            process.kill()


class Network:
    """Four nodes in four folders, and the keys of everyone in them.

    Args:
        folder: as ``write_nodes`` wrote it.
        pki: the keys.
    """

    def __init__(self, folder: Path, pki: DemoPki) -> None:
        self.folder = folder
        self.pki = pki

    def __getitem__(self, name: str) -> Path:
        """The folder of a node."""
        return self.folder / "nodes" / name

    def settle(self) -> None:
        """Let all nodes work until none has anything left to do now."""
        while sum([self.work(name) for name in NAMES]):
            pass

    def work(self, name: str) -> int:
        """Let one node work until it is idle; returns how much it did."""
        with Node.from_config(self[name]) as node:
            node.recover()
            return node.run_until_idle()

    def storage(self, name: str) -> Storage:
        """The memory of a node."""
        return open_storage(read_config(self[name]))

    def drafts(self, name: str) -> list[Path]:
        """Half-written payloads of a node."""
        return list((self[name] / "store" / "payloads" / "tmp").iterdir())

    def set(self, name: str, key: str, value: str) -> None:
        """Set a value of a node's ``node.toml``, or add it at the top."""
        path = self[name] / "node.toml"
        text = path.read_text(encoding="utf-8")
        line = re.compile(rf"^{key} = .*$", re.MULTILINE)
        new = f"{key} = {value}"
        found = line.search(text)
        text = line.sub(lambda _: new, text) if found else f"{new}\n{text}"
        path.write_text(text, encoding="utf-8")

    def letter(
        self,
        *signers: Credential,
        sender: OrganId = COMMUNE,
        to: OrganId = CENTRAL,
        message_id: str = "m-letter",
        subject: str = "V/v báo cáo",
        number: str = "12",
        octets: bytes = OCTETS,
    ) -> Path:
        """Write a letter from the commune to the centre, signed with its seal if not told.

        Args:
            signers: who signs; the commune's seal when there is none.
            sender: the agency it is from.
            to: the agency it is for.
            message_id: its id, and the name of its file.
            subject: what it is about.
            number: of the document.
            octets: of its attachment.
        """
        message = document(
            sender, to, message_id=message_id, subject=subject, number=number, octets=octets
        )
        envelope = Envelope.of(message)
        for signer in signers or (self.pki.agency("commune"),):
            envelope = Signer(key_of(signer), role="agency").sign(envelope).envelope
        return self._write(message_id, envelope)

    def unsigned(self, **values: Any) -> Path:
        """Write a letter that nobody has signed."""
        message_id = values.setdefault("message_id", "m-letter")
        return self._write(message_id, Envelope.of(document(COMMUNE, CENTRAL, **values)))

    def _write(self, name: str, envelope: Envelope) -> Path:
        path = self.folder / f"{name}.edxml"
        envelope.write_to(path)
        return path


def document(
    sender: OrganId,
    to: OrganId,
    *,
    message_id: str,
    subject: str = "V/v báo cáo",
    number: str = "12",
    octets: bytes = OCTETS,
) -> Document:
    """A letter of yesterday with one attachment."""
    return (
        DocumentBuilder()
        .message_id(MessageId(message_id))
        .sender(Organization(sender, "UBND xã An Thạnh"))
        .to(Organization(to, "Văn phòng Chính phủ"))
        .code(number, "UBND-VX")
        .promulgated(yesterday())
        .type("Công văn")
        .subject(subject)
        .signer("Nguyễn Thị Hoa")
        .attach(Attachment.from_bytes(octets, name="Báo cáo.pdf"))
        .build()
    )


def yesterday() -> date:
    """The date of the letters: on New Year's Day not one of this year."""
    return vietnam_date(SystemClock().now() - timedelta(days=1))


def key_of(credential: Credential) -> SigningKey:
    """The key of a credential, to sign with."""
    return SigningKey(
        private_key=credential.private_key,
        certificate=credential.certificate,
        chain=credential.chain,
    )
