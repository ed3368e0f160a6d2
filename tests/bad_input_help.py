"""Every command of the tree with a line that would do well, and what is bad for each parameter.

A new command or parameter that stands in none of these tables fails ``test_bad_input``.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click
from cli_help import TOML as LETTER

from docexchange.cli import cli

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cli_help import Desk
    from network_help import Network

__all__ = ["BAD", "KINDS", "LINES", "Bench", "commands", "kind_of", "lay_out", "line"]

NODE: Final = {"node_folder": "{node}"}
KEY: Final = {"key": "pkcs12:{p12}", "password_file": "{password}"}
PEM: Final = {"key_file": "{key}", "cert": "{cert}"}
SNAPSHOT: Final = {"root": "{root}", "folder": "{out}/snapshot"}

LINES: Final[Mapping[str, Mapping[str, str]]] = {
    "audit head": NODE,
    "audit list": NODE,
    "audit verify": NODE,
    "carry pack": {**NODE, "medium": "{out}", "to": "000.00.31.H53"},
    "carry unpack": {**NODE, "medium": "{out}"},
    "complete": {"file": "{plain}", "prepared_file": "{prepared}", "value_file": "{key}"},
    "compose": {"letter": "{toml}", "out": "{out}/letter.edxml"},
    "conformance": {
        **KEY,
        "url": "https://127.0.0.1:1/",
        "agency": "000.21.31.H53",
        "recipient": "000.00.31.H53",
        "trust": "{trust}",
    },
    "delivery cancel": {**NODE, "message_id": "m-letter", "reason": "why"},
    "delivery list": NODE,
    "delivery resend": {**NODE, "message_id": "m-letter", "reason": "why"},
    "delivery show": {**NODE, "message_id": "m-letter"},
    "demo": {"folder": "{plain}"},
    "diff": {"before": "{plain}", "after": "{signed}"},
    "directory age": {"folder": "{out}/snapshot"},
    "directory check": {"file": "{directory}"},
    "directory diff": {"before": "{directory}", "after": "{directory}"},
    "directory export": {"file": "{directory}", "out": "{out}/directory.csv"},
    "directory import": {"list_file": "{directory}", "file": "{out}/directory.toml"},
    "directory keys init": {"roots": "{cert}", "releases": "{cert}", "out": "{out}/root.json"},
    "directory keys rotate": {"root": "{root}", "out": "{out}/root-2.json"},
    "directory keys show": {"root": "{root}"},
    "directory keys sign": {**KEY, "root": "{root}"},
    "directory publish": {
        "folder": "{out}/public",
        "file": "{directory}",
        "keys": "pkcs12:{p12}",
        "password_file": "{password}",
        "roots": "{root}",
    },
    "directory show": {"file": "{directory}", "code": "000.21.31.H53"},
    "directory tree": {"file": "{directory}"},
    "directory update": {**SNAPSHOT, "place": "{bad}/folder"},
    "extract": {"file": "{signed}", "folder": "{out}", "trust": "{trust}"},
    "inspect": {"file": "{signed}"},
    "node doctor": NODE,
    "node init": {
        **KEY,
        "folder": "{out}/node",
        "agency": "000.21.31.H53",
        "directory": "{directory}",
        "trust": "{trust}",
    },
    "node run": {**NODE, "until_idle": ""},
    "overdue": {"node_folders": "{node}"},
    "pki demo": {"folder": "{out}/pki"},
    "prepare": {"file": "{plain}", "cert": "{cert}", "out": "{out}/prepared.json"},
    "receive": NODE,
    "register enter": {**NODE, "notation": "UBND", "day": "2026-03-02", "subject": "V/v"},
    "register export": {**NODE, "file": "{out}/book.csv"},
    "register list": NODE,
    "register next": NODE,
    "register thread": {**NODE, "name": "m-letter"},
    "report indicators": {"node_folders": "{node}"},
    "route explain": {**NODE, "sender": "000.21.31.H53", "recipients": "000.00.00.G22"},
    "schema": {},
    "send": {**NODE, "file": "{signed}"},
    "sign": {**PEM, "files": "{plain}", "out": "{out}/signed.edxml"},
    "simulate": {"scenario": "none"},
    "status": {**NODE, "name": "m-letter"},
    "store backup": {**NODE, "target": "{out}/backup"},
    "store check": NODE,
    "store purge": {**NODE, "keep_days": "365"},
    "store restore": {**NODE, "source": "{bad}/folder"},
    "testserver": {"folder": "{plain}"},
    "trace": {"node_folders": "{node}", "message_id": "m-letter"},
    "trust add": {"files": "{trust}/root.pem", "store": "{out}/trust"},
    "trust check": {"store": "{trust}"},
    "trust list": {"store": "{trust}"},
    "validate": {"files": "{signed}"},
    "verify": {"files": "{signed}", "trust": "{trust}"},
}
"""Every command, and what it needs; a value that is empty stands for a flag."""

FILES: Final = ("missing", "folder", "empty", "random", "cut", "dtd", "utf-16", "latin-1")
TABLES: Final = ("broken.toml", "unknown.toml", "deep.toml")
BAD: Final[Mapping[str, tuple[str, ...]]] = {
    "free": (),
    "file": tuple(f"{{bad}}/{name}" for name in FILES),
    "toml": tuple(f"{{bad}}/{name}" for name in (*FILES, *TABLES)),
    "node": tuple(f"{{bad}}/{name}" for name in ("missing", "empty", "node-broken", "node-odd")),
    "written": ("{bad}/none/x", "{bad}/folder", "{bad}/empty/x", "/dev/full"),
    "made": ("{bad}/empty", "{bad}/empty/x"),
    "date": ("soon", "2026-13-45", "٢٠٢٦-٠٣-٠٢", "2026-03-02T25:00"),
    "code": ("٠٠٠.٢١.٣١.H٥٣", "999.99.99.Z99", "000.21.31.H53" * 40),
    "id": ("nope", "x" * 5000, "\u202e"),
    "url": ("x", "http://127.0.0.1:1/", "ftp://a/b", "https://[::", "https://u:p@127.0.0.1:1/"),
    "number": ("1" * 31, "-1", "x", "nan", "inf"),
    "choice": ("nope",),
    "network": ("x", "10.0.0.0/99"),
    "named": ("x", "x={bad}/random"),
    "hash": ("x", "0" * 63),
    "name": ("nope",),
}
"""What is tried, by kind of parameter."""
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "free": (
        *("reason", "remark", "subject", "notation", "series", "signer", "type_name"),
        *("about", "what", "who", "detached", "revoked_key"),
    ),
    "file": (
        *("after", "before", "cert", "crls", "expired", "files", "key", "key_file", "keys"),
        *("list_file", "more_releases", "more_roots", "other", "password_file", "prepared_file"),
        *("releases", "revoked", "root", "roots", "source", "trust", "value_file"),
    ),
    "toml": ("directory", "file", "letter", "profile", "rule_file", "scenario"),
    "node": ("node_folder", "node_folders", "old_folder"),
    "written": ("chart", "csv_file", "etsi_file", "html", "junit", "octets", "out", "picture"),
    "made": ("folder", "medium", "store", "target"),
    "date": ("at", "day", "first", "holidays", "last", "on", "period", "since"),
    "code": ("agency", "code", "down", "peer", "play", "recipient", "recipients", "sender", "to"),
    "id": ("message_id", "name"),
    "url": ("mailbox", "place", "timestamp_urls", "url"),
    "network": ("networks",),
    "named": ("policies", "policy"),
    "hash": ("head",),
    "name": ("host", "only", "skip"),
}
"""The kind of a parameter, by its name."""
ODD_KINDS: Final[Mapping[str, str]] = {
    "compose files": "free",
    "directory import file": "written",
    "directory import root": "code",
    "directory keys rotate revoked": "hash",
    "register enter recipients": "free",
    "register export file": "written",
    "send key": "free",
    "testserver at": "url",
}
"""Where a name means something else: any file may be attached, anybody be written to."""
GOOD_AFTER_ALL: Final = frozenset(
    {
        "delivery list peer 999.99.99.Z99",
        "delivery list peer " + "000.21.31.H53" * 40,
        "directory import root 999.99.99.Z99",
        "directory import file {bad}/none/x",
        "directory tree depth " + "1" * 31,
        "overdue holidays {bad}/empty",
        "receive limit " + "1" * 31,
        "report indicators holidays {bad}/empty",
        "route explain rule_file {bad}/empty",
        "trust check store {bad}/empty/x",
        "trust list store {bad}/empty/x",
        "verify etsi_file {bad}/folder",
        "verify jobs " + "1" * 31,
        *(f"receive out {bad}" for bad in BAD["written"]),
        *(f"sign password_file {bad}" for bad in BAD["file"]),
    }
)
"""What looks bad and is not: an empty list of holidays, the password of a key that has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Good and bad things to name on a command line; nothing of it may be written to."""

    places: Mapping[str, str]
    """What the names in braces stand for."""

    def filled(self, value: str, out: Path) -> str:
        """A value with its names replaced.

        Args:
            value: as it stands in the tables.
            out: a folder that a command may write into.
        """
        return value.format(**self.places, out=out)


def lay_out(folder: Path, desk: Desk, network: Network) -> Bench:
    """Lay out a desk, a node that a letter went through, and files that are none."""
    bad = folder / "bad"
    (bad / "folder").mkdir(parents=True)
    good = desk["signed"].read_bytes()
    files = {
        "empty": b"",
        "random": random.Random(1).randbytes(10_000),
        "cut": good[:900],
        "dtd": b'<!DOCTYPE edXML SYSTEM "file:///etc/passwd">\n<edXML/>',
        "utf-16": 'name = "xã"\n'.encode("utf-16"),
        "latin-1": 'name = "caf\xe9"\n'.encode("latin-1"),
        "broken.toml": b"a = [1,\n",
        "unknown.toml": b"frobnicate = 1\n",
        "deep.toml": b"a = " + b"[" * 100_000,
    }
    for name, data in files.items():
        (bad / name).write_bytes(data)
    config = (network["commune"] / "node.toml").read_bytes()
    for name, data in {
        "node-broken": config + b"\n[x\n",
        "node-odd": b"odd = 1\n" + config,
    }.items():
        (bad / name).mkdir()
        (bad / name / "node.toml").write_bytes(data)
    (folder / "letter.toml").write_text(LETTER, encoding="utf-8")
    _, key, _, cert = desk.pem()
    places = {
        "bad": bad,
        "cert": cert,
        "directory": desk.directory,
        "key": key,
        "node": network["commune"],
        "p12": desk.key(),
        "password": desk.password,
        "plain": desk["plain"],
        "prepared": folder / "prepared.json",
        "root": folder / "root.json",
        "signed": desk["signed"],
        "toml": folder / "letter.toml",
        "trust": desk.trust,
    }
    return Bench(places={name: str(path) for name, path in places.items()})


def commands() -> dict[str, click.Command]:
    """Every command that does something, by its whole name."""
    return dict(_below(cli, (), click.Context(cli)))


def _below(
    command: click.Command, path: tuple[str, ...], context: click.Context
) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield " ".join(path), command
        return
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from _below(found, (*path, name), click.Context(found, parent=context))


def kind_of(command: str, parameter: click.Parameter) -> str:
    """The kind of a parameter.

    Raises:
        LookupError: nobody has said what is bad for it.
    """
    if isinstance(parameter.type, click.Choice):
        return "choice"
    if getattr(parameter, "is_flag", False):
        return "free"
    if isinstance(parameter.type, (click.types.IntParamType, click.types.FloatParamType)):
        return "number"
    told = ODD_KINDS.get(f"{command} {parameter.name}")
    for kind, names in KINDS.items():
        if told is None and parameter.name in names:
            return kind
    if told is None:
        raise LookupError(f"{command}: what is bad for {parameter.name}?")
    return told


def line(name: str, command: click.Command, values: Mapping[str, str]) -> list[str]:
    """A whole command line: options first, arguments behind ``--``."""
    options: list[str] = []
    arguments: list[str] = []
    for parameter in command.params:
        if parameter.name not in values:
            continue
        value = values[parameter.name]
        if isinstance(parameter, click.Argument):
            arguments.append(value)
        else:
            long = next(option for option in parameter.opts if option.startswith("--"))
            options += [long] if getattr(parameter, "is_flag", False) else [long, value]
    return [*name.split(), *options, *(["--", *arguments] if arguments else [])]
