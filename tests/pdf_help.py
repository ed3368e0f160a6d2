"""PDF files, signatures in them by pyHanko, and what attackers do to them.

>>> pdf = signed(typed(), pki.leader("commune"))
>>> both = signed(pdf, pki.agency("commune"), field="Seal")
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
from typing import TYPE_CHECKING, Any

from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore
from signing_help import NOW, trust_in

from docexchange.envelope.attachments.attachment import BytesSource
from docexchange.signing import VerificationPolicy
from docexchange.signing.pdf import PdfReport, examine_pdf
from docexchange.signing.pdf.judging import judge_signature
from docexchange.signing.pdf.reading import facts_of
from docexchange.testing import text_pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docexchange.signing import TrustStore
    from docexchange.signing.pdf import PdfSignature
    from docexchange.testing import Credential, DemoPki, TimestampAuthority

_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
LINE = "Chuyen 10 trieu dong"


def typed() -> bytes:
    """One page with one line on it."""
    return text_pdf("Quyết định 12", [LINE])


class Stamper(TimeStamper):
    """pyHanko's door to timestamps, to an authority of ours."""

    def __init__(self, authority: TimestampAuthority) -> None:
        super().__init__()
        self._authority = authority

    async def async_request_tsa_response(self, req: Any) -> Any:
        """Ask it."""
        return tsp.TimeStampResp.load(self._authority.answer(req.dump()))


def _signer(credential: Credential) -> SimpleSigner:
    def load(certificate: Any) -> Any:
        return x509.Certificate.load(certificate.public_bytes(Encoding.DER))

    store = SimpleCertificateStore.from_certs(list(map(load, credential.chain)))
    key = credential.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(
        signing_cert=load(credential.certificate),
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=store,
    )


def signed(
    pdf: bytes,
    credential: Credential,
    *,
    field: str = "Leader",
    authority: TimestampAuthority | None = None,
    form: SigSeedSubFilter = SigSeedSubFilter.PADES,
    digest: str = "sha256",
    password: str | None = None,
    room: int | None = None,
    **options: Any,
) -> bytes:
    """Add a signature as an incremental update; ``options`` are those of the metadata.

    It gets as many octets as it takes, or as much room as is given.
    """
    metadata = PdfSignatureMetadata(
        field_name=field, md_algorithm=digest, subfilter=form, **options
    )
    signer = PdfSigner(
        metadata,
        _signer(credential),
        timestamper=Stamper(authority) if authority else None,
    )
    writer = editor(pdf, password=password)
    out: Any = asyncio.run(signer.async_sign_pdf(writer, bytes_reserved=room))
    return bytes(out.getvalue())


def with_range(
    pdf: bytes, credential: Credential, spans: Sequence[int], *, number: int = 0
) -> bytes:
    """A signature that its signer made over other spans: digest and value are right.

    Args:
        pdf: with a signature by ``signed``.
        credential: who signs.
        spans: the new ``ByteRange``; it must not take more room than there is.
        number: which signature, in the order of the file.
    """
    hole = ranges(pdf)[number]
    pdf = with_spans(pdf, spans, number=number)
    covered = b"".join(pdf[at : at + size] for at, size in pairwise(spans))
    return with_value(pdf, hole, cms_of(covered, credential).dump())


def with_spans(pdf: bytes, spans: Sequence[int], *, number: int = 0) -> bytes:
    """Other numbers in a ``ByteRange``, which takes the same room; nobody signs again."""
    place = list(_RANGE.finditer(pdf))[number]
    room = len(place[0])
    told = b"/ByteRange [" + b" ".join(str(span).encode() for span in spans)
    assert len(told) < room
    return pdf[: place.start()] + told.ljust(room - 1) + b"]" + pdf[place.end() :]


def cms_of(covered: bytes, credential: Credential) -> Any:
    """A signature over octets, as it stands in a PDF file, to be changed or dumped."""
    digest = hashlib.sha256(covered).digest()
    return asyncio.run(_signer(credential).async_sign(digest, "sha256", use_pades=True))


def with_value(pdf: bytes, hole: Sequence[int], value: bytes) -> bytes:
    """Another signature value in the hole that a ``ByteRange`` leaves."""
    _, first, second, _ = hole
    digits = value.hex().encode().ljust(second - first - 2, b"0")
    assert len(digits) == second - first - 2, "the hole is too small"
    return pdf[: first + 1] + digits + pdf[second - 1 :]


def value_in(pdf: bytes, *, number: int = 0) -> bytes:
    """What stands in that hole, with the zeroes behind."""
    _, first, second, _ = ranges(pdf)[number]
    return bytes.fromhex(pdf[first + 1 : second - 1].decode())


def covered_by(pdf: bytes, *, number: int = 0) -> bytes:
    """The octets that a signature is over."""
    return b"".join(pdf[at : at + size] for at, size in pairwise(ranges(pdf)[number]))


def pairwise(spans: Sequence[int]) -> list[tuple[int, int]]:
    """Where each span begins, and its length."""
    return list(zip(spans[::2], spans[1::2], strict=True))


def stamped(pdf: bytes, authority: TimestampAuthority) -> bytes:
    """Add a timestamp over the document."""
    stamper = PdfTimeStamper(Stamper(authority), field_name="Stamp")
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    out: Any = asyncio.run(stamper.async_timestamp_pdf(writer, "sha256", None))
    return bytes(out.getvalue())


def updated(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """Append a revision."""
    writer = editor(pdf)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def revised(
    pdf: bytes, *objects: tuple[int, int, bytes], freed: bytes = b"", size: int = 22
) -> bytes:
    """Append a revision by hand: number, generation and body of each object, rows of the freed."""
    prev = re.findall(rb"startxref\s+(\d+)", pdf)[-1]
    out, rows = pdf, freed
    for number, generation, body in objects:
        rows += b"%d 1\n%010d %05d n \n" % (number, len(out), generation)
        out += b"%d %d obj\n%b\nendobj\n" % (number, generation, body)
    told = b"trailer\n<< /Size %d /Root 5 0 R /Info 6 0 R /Prev %b >>\n" % (size, prev)
    return out + b"xref\n%b%bstartxref\n%d\n%%%%EOF\n" % (rows, told, len(out))


def editor(pdf: bytes, *, password: str | None = None) -> IncrementalPdfFileWriter:
    """Appends to a file; like other editors, it does not mind what a strict reader refuses."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    if password is not None and "/Encrypt" in writer.prev.trailer:
        writer.encrypt(password)
    return writer


def page_of(writer: IncrementalPdfFileWriter) -> Any:
    """The first page, to be changed."""
    page = writer.root["/Pages"]["/Kids"][0]
    writer.update_container(page)
    return page


def other_text(writer: IncrementalPdfFileWriter) -> None:
    """The page says something else."""
    content = page_of(writer)["/Contents"]
    content._data = content.data.replace(b"10 trieu", b"99 trieu")
    content._encoded_data = None
    writer.update_container(content)


def annotation(writer: IncrementalPdfFileWriter) -> None:
    """Somebody sticks a note on the page."""
    page = page_of(writer)
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/FreeText"),
            NameObject("/Rect"): ArrayObject(map(NumberObject, (50, 700, 300, 800))),
            NameObject("/Contents"): TextStringObject("99 trieu"),
        }
    )
    held = page["/Annots"] if "/Annots" in page else ArrayObject()
    page[NameObject("/Annots")] = ArrayObject([*held, writer.add_object(note)])


def with_field(writer: IncrementalPdfFileWriter) -> None:
    """A form with one text field."""
    field = DictionaryObject(
        {
            NameObject("/FT"): NameObject("/Tx"),
            NameObject("/T"): TextStringObject("note"),
            NameObject("/V"): TextStringObject("before"),
        }
    )
    form = DictionaryObject({NameObject("/Fields"): ArrayObject([writer.add_object(field)])})
    writer.root[NameObject("/AcroForm")] = writer.add_object(form)
    writer.update_root()


def filled(writer: IncrementalPdfFileWriter) -> None:
    """Somebody writes into it."""
    field = next(
        item for item in writer.root["/AcroForm"]["/Fields"] if item.get_object()["/T"] == "note"
    ).get_object()
    field[NameObject("/V")] = TextStringObject("after")
    writer.update_container(field)


def without_form(writer: IncrementalPdfFileWriter) -> None:
    """The form with the signatures in it goes."""
    del writer.root["/AcroForm"]
    writer.update_root()


def examined(pdf: bytes, trust: TrustStore, *, at: Any = NOW, **options: Any) -> PdfReport:
    """The report on a file; ``options`` are those of the policy."""
    policy = VerificationPolicy(**options)
    return examine_pdf(BytesSource(pdf), name="a.pdf", trust=trust, policy=policy, at=at)


def judged(pki: DemoPki, pdf: bytes) -> list[PdfSignature]:
    """What is said of each signature, without a process for each file."""
    rules: Any = {"trust": trust_in(pki), "policy": VerificationPolicy(), "at": pki.at}
    facts = facts_of(io.BytesIO(pdf), 9)
    assert facts.refusal == ""
    made = [item for item in facts.signatures if item.kind == "/Sig"]
    return [judge_signature(item, **rules) for item in made]


def codes(pki: DemoPki, pdf: bytes) -> list[str]:
    """Of each signature; empty for one that passes."""
    return [item.code for item in judged(pki, pdf)]


def ranges(pdf: bytes) -> list[tuple[int, ...]]:
    """``ByteRange`` of each signature, in the order of the file."""
    return [tuple(map(int, item.groups())) for item in _RANGE.finditer(pdf)]
