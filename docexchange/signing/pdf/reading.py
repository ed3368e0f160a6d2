"""The only door to pyHanko: read a PDF file and tell facts.

A hostile file can keep any reader busy or fill its memory. So this runs in a process for each file
(``_standby``), with limits that the system holds it to, and can end in no worse way than without an
answer. What it trusts is nothing: no certificate is judged here.
"""

from __future__ import annotations

import logging
import os
import resource
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final

# The first two would be loaded with each file, for a third of the time that a small one takes.
import cryptography.hazmat.backends.openssl.backend  # noqa: F401
import lxml.etree  # noqa: F401
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.generic_cms import (
    extract_certs_for_validation,
    extract_tst_data_iter,
    get_signing_cert_attr,
    validate_sig_integrity,
)
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from docexchange.signing.certificates import MAX_CERTIFICATE
from docexchange.signing.pdf.alone import reads_beyond
from docexchange.signing.pdf.encryption import check_encrypted_as_signed, opens_to_anybody
from docexchange.signing.pdf.facts import Changes, Coverage, PdfFacts, SignatureFacts
from docexchange.signing.pdf.forms import is_drawn_otherwise, shown_unsigned
from docexchange.signing.pdf.generations import check_signed, check_unreferred, opened
from docexchange.signing.pdf.repaired import shown_by_repair
from docexchange.signing.pdf.unseen import changed_unseen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyhanko.pdf_utils.reader import PdfFileReader

    from docexchange.signing.pdf.generations import Orphan

__all__ = ["facts_of", "work"]

_MAX_CONTENTS: Final = 4 * 1024 * 1024
"""Octets of one signature with all it carries; large ones with revocation lists have 1 MiB."""
_MAX_CERTIFICATES: Final = 32
_MAX_EVIDENCE: Final = 64
"""Revocation lists, and OCSP answers, of one document."""
_MAX_TOKENS: Final = 8
"""Timestamps of one signature; what is beyond them is left out, as nobody needs it to believe."""
_MAX_ORPHANS: Final = 20
"""Told by name; nobody reads more."""
_WORDS: Final = 300
_TIMESTAMP: Final = "/DocTimeStamp"
_WHITE: Final = b"\0\t\n\f\r "
"""What PDF takes for white space (ISO 32000-1, 7.2.2)."""
_TOO_HARD: Final = (MemoryError, RecursionError)
_CHANGES: Final = {
    ModificationLevel.NONE: Changes.NONE,
    ModificationLevel.LTA_UPDATES: Changes.TIMESTAMPS,
    ModificationLevel.FORM_FILLING: Changes.FORM,
    ModificationLevel.ANNOTATIONS: Changes.ANNOTATIONS,
    ModificationLevel.OTHER: Changes.OTHER,
}


def work(file: int, answer: int, memory: int, seconds: int, signatures: int) -> None:
    """Read a file within bounds, in a process that is there for it alone.

    Args:
        file: descriptor to read from.
        answer: descriptor to write the facts to.
        memory: octets the process may have.
        seconds: of work it may do.
        signatures: at most.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    logging.disable()
    with open(file, "rb") as stream, open(answer, "wb") as out:
        out.write(facts_of(stream, signatures).as_json())


def facts_of(stream: BinaryIO, most: int) -> PdfFacts:
    """What a file holds.

    Args:
        stream: the file, which can be sought in.
        most: signatures at most.
    """
    try:
        reader, orphans = opened(stream)
        if reader.encrypted and not opens_to_anybody(reader):
            return PdfFacts(refusal="pdf.encrypted", reason="a PDF file under a password")
        check_unreferred(reader, orphans)
        found = list(islice(enumerate_sig_fields(reader, filled_status=True), most + 1))
        if len(found) > most:
            return PdfFacts(refusal="pdf.too-many", reason=f"more than {most} signatures")
        signatures = [_read(reader, field, str(name), orphans) for name, _value, field in found]
        signatures = _in_order(signatures)
        check_signed(orphans, last=signatures[-1].revision if signatures else -1)
        if signed := [item.revision for item in signatures if not item.problem]:
            check_encrypted_as_signed(reader, since=min(signed))
        crls, ocsps = _store(reader)
        return PdfFacts(
            octets=stream.seek(0, os.SEEK_END),
            signatures=tuple(signatures),
            crls=crls,
            ocsps=ocsps,
            orphans=tuple(map(str, orphans[:_MAX_ORPHANS])),
            has_store="/DSS" in reader.root,
        )
    # The outermost loop of a program for hostile files: whatever its library trips over is told.
    except Exception as error:  # noqa: BLE001
        hard = isinstance(error, _TOO_HARD)
        code = "pdf.too-hard" if hard else "pdf.malformed"
        return PdfFacts(refusal=code, reason=_told(error))


def _in_order(signatures: list[SignatureFacts]) -> list[SignatureFacts]:
    """As they were made; of those that people made, the last is told."""
    made = sorted(signatures, key=lambda item: item.revision)
    last = max((at for at, item in enumerate(made) if item.kind != _TIMESTAMP), default=None)
    return [replace(item, last=at == last) for at, item in enumerate(made)]


def _store(reader: PdfFileReader) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """What the document brings along to be judged by later (EN 319 142-1, 5.4.2).

    What is none of it is for the judge to leave out: anybody can add some.
    """
    return (
        _streams(reader, "/CRLs", DecodePurpose.CRL),
        _streams(reader, "/OCSPs", DecodePurpose.OCSP_RESPONSE),
    )


def _streams(reader: PdfFileReader, name: str, purpose: DecodePurpose) -> tuple[bytes, ...]:
    try:
        held = reader.root["/DSS"][name]
    except KeyError:
        return ()
    return tuple(item.get_object().read_data(purpose) for item in islice(held, _MAX_EVIDENCE))


def _read(
    reader: PdfFileReader, field: Any, name: str, orphans: Sequence[Orphan]
) -> SignatureFacts:
    try:
        return _signature(EmbeddedPdfSignature(reader, field, name), name, orphans)
    except _TOO_HARD:
        raise
    # As above; the others are still to be read.
    except Exception as error:  # noqa: BLE001
        return SignatureFacts(name=name, problem=_told(error))


def _told(error: Exception) -> str:
    words = " ".join(str(error).split())[:_WORDS]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _signature(
    embedded: EmbeddedPdfSignature, name: str, orphans: Sequence[Orphan]
) -> SignatureFacts:
    if len(embedded.pkcs7_content) > _MAX_CONTENTS:
        return SignatureFacts(name=name, problem=f"a signature of over {_MAX_CONTENTS} octets")
    kind = str(embedded.sig_object_type)
    told = _of_token(embedded) if kind == _TIMESTAMP else _of_signer(embedded)
    return SignatureFacts(
        name=name,
        kind=kind,
        form=str(embedded.sig_object.get("/SubFilter", "")),
        revision=embedded.signed_revision,
        gap=_gap(embedded),
        octets=sum(_numbers(embedded)[1::2]),
        digest_name=embedded.external_md_algorithm,
        digest=embedded.compute_digest(),
        **told,
        **_later(embedded, orphans),
    )


def _of_token(embedded: EmbeddedPdfSignature) -> dict[str, Any]:
    return {"tokens": (_token(embedded.signed_data),)}


def _token(signed: Any) -> bytes:
    from asn1crypto import cms

    token = cms.ContentInfo({"content_type": "signed_data", "content": signed})
    octets: bytes = token.dump()
    return octets


def _of_signer(embedded: EmbeddedPdfSignature) -> dict[str, Any]:
    info, held = embedded.signer_info, extract_certs_for_validation(embedded.signed_data)
    intact, valid = validate_sig_integrity(
        info, held.signer_cert, "data", embedded.compute_digest()
    )
    crls, ocsps = _revocation(info)
    tokens = tuple(map(_token, islice(extract_tst_data_iter(info, signed=False), _MAX_TOKENS)))
    certificates = [held.signer_cert.dump(), *(item.dump() for item in held.other_certs)]
    if len(certificates) > _MAX_CERTIFICATES or max(map(len, certificates)) > MAX_CERTIFICATE:
        raise ValueError(
            f"expected {_MAX_CERTIFICATES} certificates of {MAX_CERTIFICATE} octets, found more"
        )
    claimed = embedded.self_reported_timestamp
    attributes = info["signed_attrs"]
    return {
        "intact": intact,
        "valid": valid,
        "identified": bool(attributes) and get_signing_cert_attr(attributes) is not None,
        "signing_time": claimed.isoformat() if claimed is not None and claimed.tzinfo else "",
        "algorithm": info["signature_algorithm"].dump(),
        "value": info["signature"].native,
        "certificates": tuple(certificates),
        "tokens": tokens,
        "crls": tuple(crls),
        "ocsps": tuple(ocsps),
    }


def _revocation(info: Any) -> tuple[Iterator[bytes], Iterator[bytes]]:
    """What Acrobat and others put under the signature (ISO 32000-2, 12.8.3.3.2)."""
    named = "adobe_revocation_info_archival"
    values = [
        value
        for attribute in info["signed_attrs"] or ()
        if attribute["type"].native == named
        for value in attribute["values"]
    ]
    return (
        (item.dump() for value in values for item in value["crl"] or ()),
        (item.dump() for value in values for item in value["ocsp"] or ()),
    )


def _numbers(embedded: EmbeddedPdfSignature) -> list[int]:
    """``ByteRange``: where each span begins, and its length."""
    return [int(number) for number in embedded.byte_range]


def _gap(embedded: EmbeddedPdfSignature) -> str:
    """``ByteRange`` must leave out the signature's own octets, and not one more (EN 319 142-1)."""
    numbers = _numbers(embedded)
    if len(numbers) != 4 or numbers[0] != 0 or min(numbers) < 0:  # noqa: PLR2004  two spans
        return f"the spans {numbers[:8]}"
    _start, first, second, last = numbers
    stream = embedded.reader.stream
    if second + last > stream.seek(0, os.SEEK_END):
        return "spans beyond the end of the file"
    written = b"<" + embedded.pkcs7_content.hex().encode() + b">"
    stream.seek(first)
    if second - first != len(written) or stream.read(len(written)).lower() != written:
        return "something else left out"
    return ""


def _later(embedded: EmbeddedPdfSignature, orphans: Sequence[Orphan]) -> dict[str, Any]:
    """Coverage, and what came after."""
    permissions = embedded.docmdp_level
    embedded.coverage = embedded.evaluate_signature_coverage()
    told = {"permissions": permissions.name if permissions else "", **_covered(embedded)}
    if told["coverage"] is Coverage.FILE:
        return {**told, "changes": Changes.NONE}
    if _is_followed_by_loose_octets(embedded):
        # No table of contents knows them, but readers that repair files may show what is there.
        change = "octets behind the end of the file that was signed"
        return {**told, "changes": Changes.OTHER, "change": change}
    if embedded.reader.xrefs.hybrid_xrefs_present:
        # With two tables of contents, old and new readers may see different changes.
        return {**told, "change": "changed after signing, in a file with two tables of contents"}
    result = embedded.evaluate_modifications(DEFAULT_DIFF_POLICY)
    if not isinstance(result, DiffResult):
        return {**told, "changes": Changes.OTHER, "change": _told(result)}
    shown = _shown_otherwise(embedded, orphans)
    if shown:
        return {**told, "changes": Changes.OTHER, "change": shown}
    level = result.modification_level
    if is_drawn_otherwise(embedded.reader, embedded.signed_revision):
        level = max(level, ModificationLevel.FORM_FILLING)
    return {
        **told,
        "changes": _CHANGES[level],
        "permitted": permissions is None or level.value <= permissions.value,
    }


def _shown_otherwise(embedded: EmbeddedPdfSignature, orphans: Sequence[Orphan]) -> str:
    """What is shown now and was not signed, which that comparison lets by."""
    reader, revision = embedded.reader, embedded.signed_revision
    if reads_beyond(reader, revision=revision, end=_end(embedded)):
        return "something behind the end of what was signed that belongs to it"
    return (
        changed_unseen(reader, revision)
        or shown_by_repair(reader, revision=revision, end=_end(embedded), orphans=orphans)
        or shown_unsigned(reader, revision)
    )


def _end(embedded: EmbeddedPdfSignature) -> int:
    *_, start, length = _numbers(embedded)
    return start + length


def _is_followed_by_loose_octets(embedded: EmbeddedPdfSignature) -> bool:
    """Whether more than white space stands behind what was signed, and is no later revision."""
    reader = embedded.reader
    if embedded.signed_revision < reader.total_revisions - 1:
        return False
    reader.stream.seek(_end(embedded))
    return bool(reader.stream.read().strip(_WHITE))


def _covered(embedded: EmbeddedPdfSignature) -> dict[str, Any]:
    level = embedded.coverage
    if level == SignatureCoverageLevel.ENTIRE_FILE:
        return {"coverage": Coverage.FILE}
    whole = level == SignatureCoverageLevel.ENTIRE_REVISION
    return {"coverage": Coverage.REVISION if whole else Coverage.LESS}
