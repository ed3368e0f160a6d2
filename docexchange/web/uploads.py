"""Resumable upload in tus 1.0, with the extensions that ``EXTENSIONS`` names; then the receipt.

    POST /v1/uploads   HEAD, PATCH, DELETE /v1/uploads/{id}   GET /v1/uploads/{id}/receipt

An upload belongs to the agency that began it; to all others it does not exist.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from docexchange.transport._receipts import packed, unpacked
from docexchange.web.answers import nothing
from docexchange.web.bodies import Received, check_length, pieces
from docexchange.web.fields import checksum, metadata, whole_number
from docexchange.web.messages import answer_of, recipients_of, take_letter
from docexchange.web.refusals import CHECKSUM_MISMATCH, Refused, Vanished
from docexchange.web.upload_store import Upload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.requests import Request

    from docexchange.identifiers import OrganId
    from docexchange.web.desk import Desk
    from docexchange.web.upload_store import Part, UploadStore

__all__ = ["EXTENSIONS", "SPOKEN", "Uploads"]

EXTENSIONS: Final = "creation,creation-with-upload,expiration,checksum,termination"
"""The extensions of tus that are spoken here."""
_VERSION: Final = "1.0.0"
_BYTES: Final = "application/offset+octet-stream"
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_PIECE: Final = 1024 * 1024
SPOKEN: Final = {"Tus-Resumable": _VERSION}
"""What stands in every answer."""


class Uploads:
    """The routes.

    Args:
        desk: where callers are received.
        store: of the uploads.
    """

    def __init__(self, desk: Desk, store: UploadStore) -> None:
        self._desk = desk
        self._store = store
        self._busy: set[str] = set()

    async def offered(self, request: Request) -> Response:
        """Tell what is spoken here."""
        async with self._desk.visit(request):
            return nothing(
                {
                    **SPOKEN,
                    "Tus-Version": _VERSION,
                    "Tus-Extension": EXTENSIONS,
                    "Tus-Max-Size": str(self._desk.limits.letter_bytes),
                    "Tus-Checksum-Algorithm": "sha256,sha1",
                }
            )

    async def begin(self, request: Request) -> Response:
        """Begin an upload, with its first bytes if they come along."""
        async with self._desk.visit(request) as caller:
            _check_version(request)
            upload = await self._begun(request, caller)
            headers = {**self._told(upload), "Location": f"/v1/uploads/{upload.id}"}
            offset = 0
            if request.headers.get("content-type", "") == _BYTES:
                offset = await self._first_bytes(request, upload, caller)
            return Response(status_code=201, headers={**headers, "Upload-Offset": str(offset)})

    async def state(self, request: Request) -> Response:
        """Tell how much is here durably."""
        async with self._desk.visit(request) as caller:
            _check_version(request)
            upload = self._find(request, caller)
            offset = await self._desk.run(self._store.offset, upload)
            headers = {
                **self._told(upload),
                "Upload-Offset": str(offset),
                "Upload-Length": str(upload.length),
                "Cache-Control": "no-store",
            }
            told = {"Upload-Metadata": upload.metadata} if upload.metadata else {}
            return Response(status_code=200, headers=headers | told)

    async def append(self, request: Request) -> Response:
        """Take in more."""
        async with self._desk.visit(request) as caller:
            _check_version(request)
            if request.headers.get("content-type", "") != _BYTES:
                raise Refused(415, "http.media-type", f"Content-Type: expected {_BYTES}")
            at = whole_number("Upload-Offset", request.headers.get("upload-offset"))
            upload = self._find(request, caller)
            offset = await self._append(request, upload, caller, at)
            return nothing({**self._told(upload), "Upload-Offset": str(offset)})

    async def end(self, request: Request) -> Response:
        """Forget an upload."""
        async with self._desk.visit(request) as caller:
            _check_version(request)
            upload = self._find(request, caller)
            with self._alone(upload):
                await self._desk.run(self._store.forget, upload)
            return nothing(SPOKEN)

    async def receipt(self, request: Request) -> Response:
        """Give the receipt for the letter that was uploaded."""
        async with self._desk.visit(request) as caller:
            upload = self._find(request, caller)
            offset = await self._desk.run(self._store.offset, upload)
            if offset < upload.length:
                raise Refused(
                    409,
                    "upload.not-whole",
                    f"expected {upload.length} bytes before there is a receipt, found {offset}",
                )
            kept = await self._desk.run(self._store.receipt, upload)
            if kept is None:
                with self._alone(upload):
                    kept = await self._judged(upload, caller)
            return answer_of(_given(kept), several="," in upload.recipient)

    async def _begun(self, request: Request, caller: OrganId) -> Upload:
        wanted = _wanted(request, caller)
        limits, now = self._desk.limits, self._desk.clock.now()
        check_length(str(wanted.length), limits.letter_bytes)
        await self._desk.run(self._store.sweep, now)
        open_now = await self._desk.run(self._store.of, wanted.owner)
        if not self._fits(wanted, open_now):
            open_now = await self._without_idle(wanted, open_now, now)
        if not self._fits(wanted, open_now):
            raise Refused(
                507,
                "upload.quota",
                f"expected at most {limits.uploads_per_agency} unfinished uploads of "
                f"{limits.upload_bytes_per_agency} bytes in all, found more",
                advice="Finish or delete others first.",
                headers={"Retry-After": "60"},
            )
        lasting = timedelta(seconds=limits.upload_seconds)
        return await self._desk.run(lambda: self._store.begin(wanted, now=now, lasting=lasting))

    async def _first_bytes(self, request: Request, upload: Upload, caller: OrganId) -> int:
        try:
            return await self._append(request, upload, caller, 0)
        except Exception:
            # The caller is not told where it is, so nobody could go on with it.
            await self._desk.run(self._store.forget, upload)
            raise

    def _fits(self, wanted: Upload, others: Sequence[Upload]) -> bool:
        limits, octets = self._desk.limits, sum(item.length for item in (wanted, *others))
        return len(others) < limits.uploads_per_agency and octets <= limits.upload_bytes_per_agency

    async def _without_idle(
        self, wanted: Upload, others: Sequence[Upload], now: datetime
    ) -> list[Upload]:
        """Give up what its agency has left lying, the oldest first, until there is room."""
        left, since = list(others), now - timedelta(seconds=self._desk.limits.upload_idle_seconds)
        for upload in await self._desk.run(lambda: self._store.idle(others, before=since)):
            if upload.id in self._busy:
                continue
            with self._alone(upload):
                await self._desk.run(self._store.forget, upload)
            left.remove(upload)
            if self._fits(wanted, left):
                break
        return left

    async def _append(self, request: Request, upload: Upload, caller: OrganId, at: int) -> int:
        """Add the body of a request, and judge the letter when it is whole."""
        expected = _expected(request)
        with self._alone(upload):
            offset = await self._desk.run(self._store.offset, upload)
            if at != offset:
                raise Refused(
                    409,
                    "upload.offset",
                    f"Upload-Offset: expected {offset}, found {at}",
                    advice="Ask with HEAD how much is here.",
                )
            if await self._desk.run(self._store.receipt, upload) is not None:
                await self._nothing_more(request, upload)
                return offset
            check_length(request.headers.get("content-length"), upload.length - offset)
            with self._store.writing(upload) as part:
                await self._fill(request, part, upload.length - offset, expected)
            if part.start + part.written == upload.length:
                await self._judged(upload, caller)
            return part.start + part.written

    async def _nothing_more(self, request: Request, upload: Upload) -> None:
        async for _ in pieces(request.receive, most=1, limits=self._desk.limits):
            raise Refused(
                409,
                "upload.whole",
                f"expected nothing behind the {upload.length} bytes of this upload, found more",
                advice="It is whole: ask for its receipt, or begin another one.",
            )

    async def _fill(
        self, request: Request, part: Part, most: int, expected: _Expected | None
    ) -> None:
        """Write a body; without a checksum, what came before it broke off stays."""
        run, limits = self._desk.run, self._desk.limits
        kept = 0
        try:
            async for piece in pieces(request.receive, most=most, limits=limits):
                if expected:
                    expected.update(piece)
                await run(part.write, piece)
                if not expected and part.written - kept >= limits.upload_flush_bytes:
                    await run(part.keep)
                    kept = part.written
        except (Vanished, Refused):
            if not expected:
                await run(part.keep)
            raise
        if expected:
            expected.check()
        await run(part.keep)

    async def _judged(self, upload: Upload, caller: OrganId) -> bytes:
        """Give the whole letter to the node; gives back what is kept of its answer.

        That is nothing when it cannot be judged now.
        """
        return await self._desk.judged(lambda: self._judge(upload, caller))

    def _judge(self, upload: Upload, caller: OrganId) -> bytes:
        body = _whole(self._store, upload)
        recipients = recipients_of(upload.recipient.split(",") if upload.recipient else ())
        kept, _ = packed(take_letter(self._desk, body, caller, recipients))
        if kept:
            self._store.finish(upload, kept)
        return kept

    def _find(self, request: Request, caller: OrganId) -> Upload:
        found = self._store.find(
            request.path_params["id"], owner=caller.as_decision_20, now=self._desk.clock.now()
        )
        if found is None:
            raise Refused(
                404,
                "upload.unknown",
                f"expected an upload that {caller} began, found none under this id",
                advice="Begin again; its time may be over.",
            )
        return found

    @contextmanager
    def _alone(self, upload: Upload) -> Iterator[None]:
        """One request at a time works on an upload."""
        if upload.id in self._busy:
            raise Refused(
                423,
                "upload.busy",
                "expected nobody else at this upload, found another request",
                advice="Wait until that one has ended.",
                headers={"Retry-After": "1"},
            )
        self._busy.add(upload.id)
        try:
            yield
        finally:
            self._busy.discard(upload.id)

    def _told(self, upload: Upload) -> dict[str, str]:
        expires = datetime.fromisoformat(upload.expires)
        return {**SPOKEN, "Upload-Expires": format_datetime(expires, usegmt=True)}


@dataclass(slots=True)
class _Expected:
    """The checksum that a body must have."""

    name: str
    value: bytes
    digest: hashlib._Hash

    def update(self, piece: bytes) -> None:
        self.digest.update(piece)

    def check(self) -> None:
        if self.digest.digest() != self.value:
            raise Refused(
                CHECKSUM_MISMATCH,
                "upload.checksum-mismatch",
                f"body: expected {self.name} {self.value.hex()}, found {self.digest.hexdigest()}",
                advice="Send it again; it was changed on its way.",
            )


def _expected(request: Request) -> _Expected | None:
    text = request.headers.get("upload-checksum")
    if text is None:
        return None
    name, value = checksum(text)
    return _Expected(name, value, hashlib.new(name, usedforsecurity=False))


def _wanted(request: Request, caller: OrganId) -> Upload:
    """What is to be uploaded, as the head of the request says."""
    told = metadata(request.headers.get("upload-metadata", ""))
    # A caller who names several in ``recipients`` names the first of them in ``recipient``, too,
    # for nodes that know no more than that.
    recipients, sha256 = told.get("recipients", told.get("recipient")), told.get("sha256", "")
    recipients_of(() if recipients is None else recipients.split(","))
    if sha256 and not _SHA256.fullmatch(sha256):
        raise Refused(
            400,
            "upload.metadata",
            f"Upload-Metadata: expected sha256 in 64 hexadecimal digits, found {sha256[:80]!r}",
        )
    return Upload(
        id="",
        owner=caller.as_decision_20,
        length=whole_number("Upload-Length", request.headers.get("upload-length")),
        recipient=recipients or "",
        sha256=sha256,
        metadata=request.headers.get("upload-metadata", ""),
        expires="",
    )


def _check_version(request: Request) -> None:
    found = request.headers.get("tus-resumable")
    if found != _VERSION:
        raise Refused(
            412,
            "upload.version",
            f"Tus-Resumable: expected {_VERSION}, found {found or 'none'!r}",
            headers={"Tus-Version": _VERSION},
        )


def _given(kept: bytes) -> list[bytes]:
    """The receipts in what was kept of an answer."""
    if kept.startswith(b"{"):
        return unpacked(json.loads(kept))
    return [kept] if kept else []


def _whole(store: UploadStore, upload: Upload) -> Received:
    """The letter that was uploaded; blocks.

    Raises:
        Refused: 400, it is not what its metadata say.
    """
    path, digest = store.data(upload), hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    found = digest.hexdigest()
    if upload.sha256 and upload.sha256 != found:
        raise Refused(
            400,
            "upload.digest",
            f"upload: expected SHA-256 {upload.sha256} as its metadata say, found {found}",
            advice="Delete it and begin again.",
        )
    return Received(sha256=found, size=upload.length, path=path)
