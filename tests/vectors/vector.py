"""One vector: bytes that show one thing, and what a reader must say about them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from letters import PDF, letter

from docexchange.envelope import Business, Document
from docexchange.envelope.writing.writer import write_skeleton

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docexchange.envelope import Attachment, Message

QCVN: Final = "QCVN 102:2016/BTTTT"
AMENDMENT: Final = "Amendment 1:2022 to QCVN 102:2016/BTTTT"
DECISION_28: Final = "Decision 28/2018/QĐ-TTg"
DECISION_20: Final = "Decision 20/2020/QĐ-TTg"
DECREE_30: Final = "Decree 30/2020/NĐ-CP"
XML: Final = "XML 1.0 (fifth edition)"
NAMES: Final = "Namespaces in XML 1.0 (third edition)"
SDK: Final = "Java SDK of the national axis"
NET: Final = ".NET senders on the national axis"
TRAFFIC: Final = "letters met on the national axis"

PLAIN: Final = letter(PDF, business=Business(reason="Văn bản điện tử mới"))
"""The letter of ``letters.plain()``, which most vectors carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A file too large to be kept: a vector with texts put in before the only ``at`` in it."""

    base: str
    """Name of the vector."""
    at: str
    """The text before which the pieces go; it occurs once."""
    pieces: tuple[tuple[str, int], ...]
    """Texts and how often each; ``%d`` stands for the number of the repetition, from 0."""

    def chunks(self, base: bytes) -> Iterator[bytes]:
        """The bytes of the file."""
        mark = self.at.encode()
        assert base.count(mark) == 1, (self, base.count(mark))
        before, _, behind = base.partition(mark)
        yield before
        for text, times in self.pieces:
            yield from _repeated(text.encode(), times)
        yield mark + behind

    def as_json(self) -> dict[str, Any]:
        """What the index says about it."""
        pieces = [{"text": text, "times": times} for text, times in self.pieces]
        return {"base": f"{self.base}.edxml", "before": self.at, "pieces": pieces}


def _repeated(text: bytes, times: int) -> Iterator[bytes]:
    if b"%d" in text:
        yield from (text.replace(b"%d", b"%d" % number) for number in range(times))
        return
    block = max(1, 65536 // len(text))
    for done in range(0, times, block):
        yield text * min(block, times - done)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is done with a letter that was accepted, and how it ends."""

    do: str
    """``add-trace``: put a trace header in; ``inflate``: take the file out of the attachment."""
    error: str = ""
    """Code of the refusal; empty when it succeeds."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """Bounds in force instead of the usual ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """One file and what is to be said about it."""

    name: str
    """Folder and file without its ending: ``tolerances/date-dmy``."""
    content: bytes | Recipe = field(repr=False)
    """The file, or how to make it."""
    purpose: tuple[str, str]
    """What it shows, in English and in Vietnamese."""
    source: str
    """The clause or system it comes from."""
    error: str = ""
    """Code of the refusal; empty when the file is accepted."""
    findings: tuple[str, ...] = ()
    """``code path`` of each finding in order; the code alone where the path is what follows it."""
    message: Message | None = None
    """What an accepted file says."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """Bounds in force instead of the usual ones."""
    then: Step | None = None
    """What is done with it afterwards."""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Code and path of each finding."""
        halves = (finding.partition(" ") for finding in self.findings)
        return [(code, path or code[2:]) for code, _, path in halves]

    def row(self, size: int, sha256: str) -> dict[str, Any]:
        """What the index says about it.

        Args:
            size: of the file, in bytes.
            sha256: of the file.
        """
        refused, recipe = bool(self.error), isinstance(self.content, Recipe)
        findings = [{"code": code, "path": path} for code, path in self.pairs]
        optional = {
            "recipe": self.content.as_json() if isinstance(self.content, Recipe) else None,
            "limits": dict(self.limits) or None,
            "error": self.error or None,
            "facts": facts_of(self.message) if self.message is not None else None,
            "then": _step(self.then),
        }
        assert refused == (self.message is None), self.name
        return {
            "file": f"{self.name}.edxml",
            "group": self.name.partition("/")[0],
            "purpose": dict(zip(("en", "vi"), self.purpose, strict=True)),
            "source": self.source,
            "committed": not recipe,
            "size": size,
            "sha256": sha256,
            "outcome": "refused" if refused else "accepted",
            "findings": findings,
            "valid": not refused and all(map(_tolerable, self.pairs)),
            "strict": not refused and not findings,
        } | {name: value for name, value in optional.items() if value is not None}


def accepted(
    name: str,
    content: bytes | Recipe,
    *findings: str,
    en: str,
    vi: str,
    source: str,
    message: Message = PLAIN,
    **more: Any,
) -> Vector:
    """A file that is read, with exactly these findings."""
    return Vector(
        name=name,
        content=content,
        purpose=(en, vi),
        source=source,
        findings=findings,
        message=message,
        **more,
    )


def refused(
    name: str, content: bytes | Recipe, error: str, *, en: str, vi: str, source: str, **more: Any
) -> Vector:
    """A file that nobody should read."""
    return Vector(name=name, content=content, purpose=(en, vi), source=source, error=error, **more)


def unchecked(message: Message) -> bytes:
    """The file of a message without attachments, whatever is wrong with it."""
    written = write_skeleton(message)
    assert not written.slots
    return written.head + written.rest


def facts_of(message: Message) -> dict[str, Any]:
    """What every reader must find in a message."""
    is_document = isinstance(message, Document)
    document_id = message.document_id if is_document else message.response_for.document_id
    return {
        "kind": "document" if is_document else "status",
        "message_id": _text(message.message_id),
        "document_id": _text(document_id),
        "subject": message.subject if is_document else None,
        "status_code": None if is_document else _text(message.code),
        "sender": str(message.sender.organ_id),
        "recipients": [str(organ_id) for organ_id in message.destinations],
        "attachments": [_file(attachment) for attachment in message.attachments],
    }


def _file(attachment: Attachment) -> dict[str, Any]:
    return {
        "content_id": str(attachment.content_id),
        "name": attachment.name,
        "size": attachment.size,
        "sha256": attachment.sha256.hex(),
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _step(step: Step | None) -> dict[str, Any] | None:
    if step is None:
        return None
    told = {"do": step.do, "outcome": "refused" if step.error else "accepted"}
    return (
        told
        | ({"error": step.error} if step.error else {})
        | ({"limits": dict(step.limits)} if step.limits else {})
    )


def _tolerable(pair: tuple[str, str]) -> bool:
    """Whether a finding is what real traffic is full of: a warning unless one is strict."""
    code, path = pair
    return code[:2] in {"D.", "R."} or (code[:2] == "T." and path.endswith("OrganId"))


def sha256_of(chunks: Iterator[bytes]) -> tuple[int, str]:
    """Size and SHA-256 of a file made piece by piece."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()
