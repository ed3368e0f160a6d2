"""Cases about resumable upload in tus 1.0."""

from __future__ import annotations

from base64 import b64encode
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from docexchange.testing.conformance.bench import hold, status_is, told
from docexchange.testing.conformance.case import Case, Level, NotApplicable, Violation

if TYPE_CHECKING:
    from collections.abc import Callable

    from docexchange.testing.conformance.bench import Bench
    from docexchange.testing.conformance.line import Answer

__all__ = ["CASES"]

_TUS: Final = {"Tus-Resumable": "1.0.0"}
_BYTES: Final = "application/offset+octet-stream"
_CLAUSE: Final = "Resumable upload: tus 1.0"
_DATA: Final = bytes(range(256)) * 8
_HALF: Final = len(_DATA) // 2
_EXTENSIONS: Final = ("creation", "creation-with-upload", "expiration", "checksum", "termination")


def _begin(bench: Bench, length: int, metadata: str = "") -> Answer:
    fields = {**_TUS, "Upload-Length": str(length)}
    told_too = {"Upload-Metadata": metadata} if metadata else {}
    answer = bench.ask("POST", "/v1/uploads", body=b"", fields=fields | told_too)
    if path := bench.line.path_of(answer.field("Location")):
        bench.uploads.append(path)
    return answer


def _begun(bench: Bench, length: int = len(_DATA), metadata: str = "") -> str:
    """The path of a new upload."""
    answer = _begin(bench, length, metadata)
    path = bench.line.path_of(answer.field("Location"))
    if answer.status != 201 or not path:  # noqa: PLR2004
        raise NotApplicable("tus.creation has to pass first")
    return path


def _patch(bench: Bench, path: str, data: bytes, offset: int, **fields: str) -> Answer:
    header = {**_TUS, "Upload-Offset": str(offset), "Content-Type": _BYTES}
    more = {name.replace("_", "-"): value for name, value in fields.items()}
    return bench.ask("PATCH", path, body=data, fields=header | more)


def _offset(bench: Bench, path: str) -> str:
    answer = bench.ask("HEAD", path, fields=_TUS)
    status_is(answer, 200)
    return answer.field("Upload-Offset")


def _options(bench: Bench) -> None:
    answer = bench.ask("OPTIONS", "/v1/uploads")
    status_is(answer, 200, 204)
    versions = answer.field("Tus-Version").replace(" ", "").split(",")
    hold("1.0.0" in versions, "Tus-Version 1.0.0", answer.field("Tus-Version") or "none")
    offered = answer.field("Tus-Extension").replace(" ", "").split(",")
    missing = sorted(set(_EXTENSIONS) - set(offered))
    hold(not missing, f"Tus-Extension with {', '.join(_EXTENSIONS)}", f"no {', '.join(missing)}")
    sums = answer.field("Tus-Checksum-Algorithm")
    hold("sha256" in sums.split(","), "Tus-Checksum-Algorithm with sha256", sums or "none")


def _creation(bench: Bench) -> None:
    answer = _begin(bench, len(_DATA))
    status_is(answer, 201)
    found = answer.field("Location")
    hold(bench.line.path_of(found), "a Location at this endpoint", found[:200] or "none")


def _whole(bench: Bench) -> None:
    data = bench.letter()
    half = len(data) // 2
    path = _begun(bench, len(data))
    status_is(_patch(bench, path, data[:half], 0), 204)
    status_is(_patch(bench, path, data[half:], half), 204)
    answer = bench.ask("GET", f"{path}/receipt")
    status_is(answer, 200)
    found, digest = bench.receipt(answer), sha256(data).hexdigest()
    hold((found.accepted, found.sha256) == (True, digest), f"Sha256 {digest}", found.sha256)


def _keeps(bench: Bench) -> None:
    path = _begun(bench)
    _patch(bench, path, _DATA[:_HALF], 0)
    found = _offset(bench, path)
    hold(found == str(_HALF), f"Upload-Offset {_HALF}", found or "none")


def _broken(bench: Bench) -> None:
    """Half of a body, and then the line breaks: what the node says next has to be true."""
    path = _begun(bench)
    fields = {**_TUS, "Upload-Offset": "0", "Content-Type": _BYTES, "Content-Length": "2048"}
    with bench.line.connected(bench.profile.key) as connection:
        connection.write(bench.line.head("PATCH", path, fields) + _DATA[:_HALF])
    found = _offset(bench, path)
    known = found.isdecimal() and len(found) < 10 and int(found) <= _HALF  # noqa: PLR2004
    hold(known, f"Upload-Offset of {_HALF} at most", found or "none")


def _at_offset(bench: Bench) -> None:
    path = _begun(bench)
    status_is(_patch(bench, path, _DATA[:10], 5), 409)


def _checksum(bench: Bench) -> None:
    path = _begun(bench)
    wrong = f"sha256 {b64encode(sha256(b'other').digest()).decode()}"
    status_is(_patch(bench, path, _DATA[:_HALF], 0, Upload_Checksum=wrong), 460)


def _right_checksum(bench: Bench) -> None:
    path = _begun(bench)
    right = f"sha256 {b64encode(sha256(_DATA[:_HALF]).digest()).decode()}"
    status_is(_patch(bench, path, _DATA[:_HALF], 0, Upload_Checksum=right), 204)


def _metadata(bench: Bench) -> None:
    digest = b64encode(sha256(b"other").hexdigest().encode()).decode()
    path = _begun(bench, metadata=f"sha256 {digest}")
    status_is(_patch(bench, path, _DATA, 0), 400)


def _ends(bench: Bench) -> None:
    path = _begun(bench)
    status_is(bench.ask("DELETE", path, fields=_TUS), 204)
    status_is(bench.ask("HEAD", path, fields=_TUS), 404, 410)


def _expires(bench: Bench) -> None:
    text = _begin(bench, len(_DATA)).field("Upload-Expires")
    try:
        moment = parsedate_to_datetime(text)
        later = moment.tzinfo is not None and moment > bench.profile.clock.now()
    except (ValueError, OverflowError):
        later = False
    hold(later, "Upload-Expires in the future", text[:80] or "none")


def _version(bench: Bench) -> None:
    fields = {"Tus-Resumable": "0.2.2", "Upload-Length": "10"}
    status_is(bench.ask("POST", "/v1/uploads", body=b"", fields=fields), 412)


def _not_whole(bench: Bench) -> None:
    path = _begun(bench)
    status_is(bench.ask("GET", f"{path}/receipt"), 409)


def _too_large(bench: Bench) -> None:
    most = bench.ask("OPTIONS", "/v1/uploads").field("Tus-Max-Size")
    if not most.isdecimal() or len(most) > 17:  # noqa: PLR2004
        raise Violation("Tus-Max-Size", most[:80] or "none")
    status_is(_begin(bench, int(most) + 1), 413)


def _belongs(bench: Bench) -> None:
    other = bench.certificate("other")
    path = _begun(bench)
    for method in ("HEAD", "DELETE"):
        answer = bench.ask(method, path, fields=_TUS, who=other)
        hold(answer.status == 404, f"HTTP 404 to {method} by another", told(answer))  # noqa: PLR2004


def _case(
    name: str, title: str, vi: str, check: Callable[[Bench], None], level: Level = Level.MUST
) -> Case:
    return Case(
        id=f"tus.{name}",
        title=title,
        title_vi=vi,
        clause=_CLAUSE,
        check=check,
        level=level,
    )


CASES: Final = (
    _case(
        "options",
        "OPTIONS tells version, extensions and checksums.",
        "OPTIONS cho biết phiên bản, phần mở rộng và các cách kiểm tra.",
        _options,
    ),
    _case(
        "creation",
        "POST begins an upload: 201 and its Location.",
        "POST mở một lần tải lên: 201 và Location.",
        _creation,
    ),
    _case(
        "whole",
        "A letter in two parts is put together, judged and receipted.",
        "Văn bản gửi làm hai phần được ghép lại, kiểm tra và cấp biên nhận.",
        _whole,
    ),
    _case(
        "offset",
        "HEAD tells how much is here durably.",
        "HEAD cho biết đã lưu được bao nhiêu.",
        _keeps,
    ),
    _case(
        "broken-line",
        "After a line broke HEAD claims no more than was sent.",
        "Sau khi đứt đường truyền, HEAD không báo nhiều hơn phần đã gửi.",
        _broken,
    ),
    _case(
        "offset-conflict",
        "Bytes at another offset are 409.",
        "Gửi tiếp sai vị trí được trả lời 409.",
        _at_offset,
    ),
    _case(
        "checksum-wrong",
        "Bytes that do not match their Upload-Checksum are 460.",
        "Phần không khớp Upload-Checksum được trả lời 460.",
        _checksum,
    ),
    _case(
        "checksum-right",
        "Bytes that match their Upload-Checksum are taken.",
        "Phần khớp Upload-Checksum được nhận.",
        _right_checksum,
    ),
    _case(
        "metadata-digest",
        "A whole that is not the sha256 of its metadata is 400.",
        "Toàn bộ không khớp sha256 đã khai được trả lời 400.",
        _metadata,
    ),
    _case(
        "termination",
        "DELETE forgets an upload.",
        "DELETE xóa lần tải lên.",
        _ends,
    ),
    _case(
        "expiration",
        "Upload-Expires tells until when an upload is kept.",
        "Upload-Expires cho biết giữ đến khi nào.",
        _expires,
    ),
    _case(
        "version",
        "Another version of tus is 412.",
        "Phiên bản tus khác được trả lời 412.",
        _version,
    ),
    _case(
        "not-whole",
        "The receipt of an upload that is not whole is 409.",
        "Hỏi biên nhận khi chưa đủ được trả lời 409.",
        _not_whole,
    ),
    _case(
        "too-large",
        "An upload beyond Tus-Max-Size is 413.",
        "Lần tải lên vượt Tus-Max-Size được trả lời 413.",
        _too_large,
        Level.SHOULD,
    ),
    _case(
        "belongs",
        "An upload belongs to the agency that began it; others get 404.",
        "Lần tải lên thuộc về cơ quan đã mở; nơi khác nhận 404.",
        _belongs,
    ),
)
"""In the order in which they run."""
