"""A signed PDF file, and what may become of it.

>>> desk = PdfDesk(pki)
>>> desk.signed()                      # by the leader, then by the agency
>>> CHANGES["page changed"](desk)      # nobody may believe this one any more
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from evidence_help import flipped
from pdf_help import (
    annotation,
    cms_of,
    covered_by,
    other_text,
    page_of,
    ranges,
    signed,
    typed,
    updated,
    value_in,
    with_field,
    with_spans,
    with_value,
    without_form,
)
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)
from signing_help import SIGNS, certify

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    from docexchange.testing import Credential, DemoPki

_DAY: Final = timedelta(days=1)


class PdfDesk:
    """Who signs, and the file with both signatures.

    Args:
        pki: whose present is that of the machine.
    """

    def __init__(self, pki: DemoPki) -> None:
        self.pki = pki

    @cached_property
    def once(self) -> bytes:
        """Signed by the leader alone."""
        return signed(typed(), self.pki.leader("commune"))

    @cached_property
    def twice(self) -> bytes:
        """Then by the agency, too."""
        return signed(self.once, self.pki.agency("commune"), field="Seal")

    @property
    def leader(self) -> Credential:
        """The first to sign."""
        return self.pki.leader("commune")

    def made(self, name: str, issuer: Credential | None = None, **options: Any) -> Credential:
        """Another signer below the same authority, valid at the present."""
        times = {"begin": self.pki.at - _DAY, "end": self.pki.at + 9 * _DAY} | options
        return certify(name, issuer=issuer or self.pki.sub_ca.credential, **times)

    def by(self, credential: Credential) -> bytes:
        """The leader's file, signed by somebody else."""
        value = cms_of(covered_by(self.once), credential).dump()
        return with_value(self.once, ranges(self.once)[0], value)

    def valued(self, change: Callable[[bytes], bytes]) -> bytes:
        """The signature value is changed."""
        value = change(value_in(self.once))
        return with_value(self.once, ranges(self.once)[0], value)

    def within(self, change: Callable[[Any], object]) -> bytes:
        """A part of the signature is changed."""
        tree = cms_of(covered_by(self.once), self.leader)
        change(tree["content"])
        return with_value(self.once, ranges(self.once)[0], tree.dump(force=True))

    def spanning(self, spans: Callable[[int, int, int], tuple[int, ...]]) -> bytes:
        """The signer itself signs other spans; digest and value are right."""
        _, first, second, last = ranges(self.once)[0]
        told = spans(first, second, last)
        pdf = with_spans(self.once, told)
        covered = b"".join(
            pdf[at : at + size] for at, size in zip(told[::2], told[1::2], strict=True)
        )
        return with_value(pdf, ranges(self.once)[0], cms_of(covered, self.leader).dump())


def _later(change: Callable[[IncrementalPdfFileWriter], None]) -> Callable[[PdfDesk], bytes]:
    """Appended after signing, as an editor would."""
    return lambda desk: updated(desk.twice, change)


def _octets(old: bytes, new: bytes) -> Callable[[PdfDesk], bytes]:
    """Some octets, of which a signature covers the first occurrence."""

    def change(desk: PdfDesk) -> bytes:
        assert len(old) == len(new)
        assert old in desk.once
        return desk.once.replace(old, new, 1)

    return change


def _page_added(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    held = pages["/Kids"][0]
    copy = DictionaryObject({key: held.raw_get(key) for key in held})
    pages["/Kids"].append(writer.add_object(copy))
    pages[NameObject("/Count")] = NumberObject(2)
    writer.update_container(pages)


def _page_removed(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    pages[NameObject("/Kids")] = ArrayObject([])
    pages[NameObject("/Count")] = NumberObject(0)
    writer.update_container(pages)


def _page_turned(writer: IncrementalPdfFileWriter) -> None:
    page_of(writer)[NameObject("/Rotate")] = NumberObject(180)


def _page_cropped(writer: IncrementalPdfFileWriter) -> None:
    page_of(writer)[NameObject("/CropBox")] = ArrayObject(map(NumberObject, (0, 0, 50, 50)))


def _script(writer: IncrementalPdfFileWriter) -> None:
    action = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert(1)")}
    made = DictionaryObject({NameObject(key): value for key, value in action.items()})
    writer.root[NameObject("/OpenAction")] = writer.add_object(made)
    writer.update_root()


def _layers(writer: IncrementalPdfFileWriter) -> None:
    writer.root[NameObject("/OCProperties")] = DictionaryObject(
        {NameObject("/OCGs"): ArrayObject([]), NameObject("/D"): DictionaryObject({})}
    )
    writer.update_root()


def _signature_changed(writer: IncrementalPdfFileWriter) -> None:
    """The dictionary of the first signature is written anew, with another name."""
    field = writer.root["/AcroForm"]["/Fields"][0]
    value = field.get_object()["/V"]
    value[NameObject("/Name")] = TextStringObject("x")
    writer.update_container(value)


def _moved(desk: PdfDesk) -> bytes:
    """The leader's signature of another file."""
    other = signed(updated(typed(), other_text), desk.leader)
    return desk.valued(lambda _: value_in(other).rstrip(b"\0"))


def _swapped(desk: PdfDesk) -> bytes:
    pdf = desk.twice
    first, second = (value_in(pdf, number=number).rstrip(b"\0") for number in (0, 1))
    spans = ranges(pdf)
    return with_value(with_value(pdf, spans[0], second), spans[1], first)


def _without_certificates(tree: Any) -> None:
    tree["certificates"] = cms.CertificateSet([])


def _certificates_of(desk: PdfDesk, who: Credential) -> bytes:
    def change(tree: Any) -> None:
        held = asn1_x509.Certificate.load(who.der)
        tree["certificates"] = [cms.CertificateChoices("certificate", held)]

    return desk.within(change)


def _attribute(desk: PdfDesk, name: str, value: Any) -> bytes:
    """An attribute under the signature says something else."""

    def change(tree: Any) -> None:
        for item in tree["signer_infos"][0]["signed_attrs"]:
            if item["type"].native == name:
                item["values"] = [value]

    return desk.within(change)


def _signer(desk: PdfDesk, field: str, value: Any) -> bytes:
    return desk.within(lambda tree: tree["signer_infos"][0].__setitem__(field, value))


def _second_broken(desk: PdfDesk) -> bytes:
    tail = desk.twice[len(desk.once) :]
    at = len(desk.once) + tail.index(b"obj")
    return desk.twice[:at] + b"obj " + desk.twice[at + 4 :]


CHANGES: Final[dict[str, Callable[[PdfDesk], bytes]]] = {
    # appended after signing
    "page changed": _later(other_text),
    "page added": _later(_page_added),
    "page removed": _later(_page_removed),
    "page turned": _later(_page_turned),
    "page cropped": _later(_page_cropped),
    "note on the page": _later(annotation),
    "field added": _later(with_field),
    "form taken away": _later(without_form),
    "script that runs": _later(_script),
    "layers": _later(_layers),
    "dictionary of the signature": _later(_signature_changed),
    "page changed after one signature": lambda desk: updated(desk.once, other_text),
    "octets appended": lambda desk: desk.twice + b"%% and more\n",
    "an older end appended": lambda desk: desk.twice + desk.once[desk.once.rindex(b"startxref") :],
    # octets under the signature
    "text": _octets(b"10 trieu", b"20 trieu"),
    "header": _octets(b"%PDF-1.", b"%PDF-2."),
    "kind of the page": _octets(b"/MediaBox", b"/MediaBux"),
    "kind of the signature": _octets(b"/ETSI.CAdES.detached", b"/adbe.pkcs7.detached"),
    "filter of the signature": _octets(b"/Adobe.PPKLite", b"/Adobe.PPKLitf"),
    "field of the signature": _octets(b"(Leader)", b"(Kaiser)"),
    "an offset in the table": _octets(b"00000 n", b"00001 n"),
    "second signature": _second_broken,
    # cut
    "last octet cut": lambda desk: desk.once[:-1],
    "half of it": lambda desk: desk.once[: len(desk.once) // 2],
    "cut before the signature": lambda desk: desk.once[: len(typed())],
    "end cut": lambda desk: desk.once[: desk.once.rindex(b"startxref")],
    # the signature
    "value changed": lambda desk: desk.valued(lambda value: flipped(value.rstrip(b"\0"))),
    "value of zeroes": lambda desk: desk.valued(lambda _: b""),
    "value cut": lambda desk: desk.valued(lambda value: value[:400]),
    "value of another file": _moved,
    "values swapped": _swapped,
    "of a stranger": lambda desk: desk.by(desk.pki.stranger),
    "of nobody in particular": lambda desk: desk.by(
        certify("x", begin=desk.pki.at - _DAY, end=desk.pki.at + _DAY)
    ),
    "of an agency's own authority": lambda desk: desk.by(
        desk.made("x", desk.pki.agency("commune"))
    ),
    "certificate expired": lambda desk: desk.by(
        desk.made("x", begin=desk.pki.at - 9 * _DAY, end=desk.pki.at - _DAY)
    ),
    "certificate to come": lambda desk: desk.by(desk.made("x", begin=desk.pki.at + 3 * _DAY)),
    "key that may not sign": lambda desk: desk.by(
        desk.made("x", usage=frozenset({"key_encipherment"}))
    ),
    "certificates left out": lambda desk: desk.within(_without_certificates),
    "certificate of another": lambda desk: _certificates_of(desk, desk.pki.agency("commune")),
    "certificate of its like": lambda desk: _certificates_of(desk, desk.made("x", usage=SIGNS)),
    "digest of something else": lambda desk: _attribute(
        desk, "message_digest", core.OctetString(bytes(32))
    ),
    "content type of something else": lambda desk: _attribute(
        desk, "content_type", cms.ContentType("signed_data")
    ),
    "digest algorithm": lambda desk: _signer(desk, "digest_algorithm", {"algorithm": "sha512"}),
    "signer's value": lambda desk: _signer(desk, "signature", core.OctetString(bytes(64))),
    "no signer": lambda desk: desk.within(lambda tree: tree.__setitem__("signer_infos", [])),
    # what the signature covers
    "spans changed": lambda desk: with_spans(desk.once, (0, 9, *ranges(desk.once)[0][2:])),
    "spans that leave out the page": lambda desk: desk.spanning(
        lambda _first, second, last: (0, 9, second, last)
    ),
    "spans that end early": lambda desk: desk.spanning(
        lambda first, second, last: (0, first, second, last - 9)
    ),
    "spans that begin again late": lambda desk: desk.spanning(
        lambda first, second, last: (0, first, second + 9, last - 9)
    ),
    "spans beyond the end": lambda desk: with_spans(
        desk.once, (*ranges(desk.once)[0][:3], ranges(desk.once)[0][3] + 9)
    ),
    "no second span": lambda desk: desk.spanning(lambda first, second, _: (0, first, second, 0)),
}
"""What people, editors and attackers do to a signed file."""


STRICTER: Final[dict[str, tuple[Callable[[PdfDesk], bytes], str]]] = {
    "spans that begin later": (
        lambda desk: desk.spanning(lambda first, second, last: (9, first - 9, second, last)),
        "PAdES wants every octet but the signature's own covered; pdfsig looks at the end alone",
    ),
    "certificate revoked": (
        lambda desk: desk.by(desk.pki.revoked),
        "pdfsig asks no revocation list that it is not given in its data base",
    ),
}
"""What pdfsig takes and we refuse, each with the reason."""
