"""Our verdict on thousands of changed signatures is that of xmlsec and signxml; or we know why not.

Every file comes from one number, which a failure prints: ``mutated(number)`` makes it again.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import pytest
from dsig_help import examined
from lxml import etree
from mutated_signatures import Made, genuine, mutated
from signature_peers import signxml_accepts, xmlsec1_accepts, xmlsec_accepts
from signing_help import NOW, exclusive
from vectors import signed_bases

from docexchange.clock import VirtualClock
from docexchange.envelope import Envelope
from docexchange.envelope.names import DS
from docexchange.envelope.xml import parse
from docexchange.errors import DocExchangeError
from docexchange.limits import Limits
from docexchange.signing import TrustStore, Verifier
from docexchange.signing.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

SHARE: Final = range(600)
"""What every run of the tests compares."""
ALL: Final = range(600, 20_600)
"""What ``make differential`` adds."""
SIGNXML: Final = range(1000)
GENUINE: Final = 96
"""Signatures that all the others come from."""


@cache
def verifier() -> Verifier:
    """Judges messages of our profile as an agency does."""
    store = TrustStore([signed_bases.root().der], crls=signed_bases.revocations())
    return Verifier(store, clock=VirtualClock(NOW))


def ours(made: Made) -> str:
    """Our code for the refusal; empty when the signature holds."""
    try:
        if made.profile:
            return verifier().examine(Envelope.from_bytes(made.data)).code
        root = parse(made.data, Limits())
        element = next(root.iter(f"{{{DS}}}Signature"), None)
        if element is None:
            return "signature.none"
        result = examined(element)
    except (DocExchangeError, Refusal) as error:
        return error.code
    return result.refusal.code if result.refusal else ""


# --- reasons to differ ---


def key_info_changed(made: Made, _code: str) -> bool:
    """Something in KeyInfo is other than it was."""
    return _key_infos(made.data) != _key_infos(genuine(made.seed).data)


def _key_infos(data: bytes) -> list[bytes]:
    root = etree.fromstring(data)
    return [exclusive(item) for item in root.iterfind(f".//{{{DS}}}Signature/{{{DS}}}KeyInfo")]


def form(_made: Made, code: str) -> bool:
    """We refuse the form."""
    return code == "signature.format"


def twice(_made: Made, code: str) -> bool:
    """We refuse an id that stands there twice."""
    return code == "signature.duplicate-id"


def profile(made: Made, code: str) -> bool:
    """We refuse a message that is none, or has its parts and signatures at other places."""
    places = {"signature.coverage", "signature.none", "signature.wrong-sender"}
    return made.profile and (code in places or code.startswith(("envelope.", "xml.")))


REASONS: Final[dict[str, Callable[[Made, str], bool]]] = {
    "the peer is given the key, and we take none but a certificate in KeyInfo": key_info_changed,
    "the peer passes over comments, text and elements that the schema does not have": form,
    "the peer takes the first of two elements with one id": twice,
    "the peer does not know what a message must have under its signature": profile,
}
"""Why we refuse what xmlsec accepts. There is no reason for the other direction."""


def compared(seeds: Iterable[int]) -> tuple[int, list[str]]:
    """How many files both accept, and every difference without a reason."""
    accepted, told = 0, []
    for seed in seeds:
        made = mutated(seed)
        code, theirs = ours(made), xmlsec_accepts(made.data, made.signer)
        accepted += not code and bool(theirs)
        if (not code) == bool(theirs):
            continue
        reasons = [name for name, fits in REASONS.items() if code and fits(made, code)]
        if not reasons:
            told.append(f"mutated({seed}), {made.change}: we say {code or 'good'}, xmlsec {theirs}")
    return accepted, told


def test_every_signature_before_its_change_is_good_to_both() -> None:
    """Or the comparison would be one of refusals."""
    for seed in range(GENUINE):
        made = genuine(seed)
        assert (ours(made), xmlsec_accepts(made.data, made.signer)) == ("", True), seed


def test_xmlsec_and_we_say_the_same() -> None:
    """A share of it; some files are good, and most are not."""
    accepted, told = compared(SHARE)
    assert told == []
    assert len(SHARE) / 10 < accepted < len(SHARE) / 2


@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_xmlsec_and_we_say_the_same_of_very_many(part: int) -> None:
    """Twenty thousand more."""
    _accepted, told = compared(ALL[part::10])
    assert told == []


EXAMPLES: Final = (1, 801, 1252, 41)
"""Files that show each of the reasons."""


def test_every_reason_is_needed() -> None:
    """A reason that explains no file goes."""
    needed = set()
    for made in map(mutated, EXAMPLES):
        code = ours(made)
        assert code
        assert xmlsec_accepts(made.data, made.signer)
        needed |= {name for name, fits in REASONS.items() if fits(made, code)}
    assert needed == set(REASONS)


@pytest.mark.peer("xmlsec1")
def test_the_program_says_what_the_library_says(tmp_path: Path) -> None:
    """xmlsec1 as a process, over 50 files that are XML."""
    files = [made for made in map(mutated, range(80)) if _readable(made.data)][:50]
    assert len(files) == 50
    for made in files:
        library = xmlsec_accepts(made.data, made.signer)
        assert xmlsec1_accepts(made.data, made.signer, tmp_path) == library, made


def _readable(data: bytes) -> bool:
    try:
        parse(data, Limits())
    except DocExchangeError:
        return False
    return True


def test_signxml_accepts_nothing_that_we_refuse_without_a_reason() -> None:
    """Enveloped and by id, in the exclusive form: the other forms it does not do rightly."""
    told, both = [], 0
    for seed in SIGNXML:
        made = mutated(seed)
        if not made.simple:
            continue
        code, theirs = ours(made), signxml_accepts(made.data, made.signer)
        both += not code and theirs
        if (not code) != theirs and not any(fits(made, code) for fits in REASONS.values()):
            told.append(f"mutated({seed}), {made.change}: {code or 'good'}, signxml {theirs}")
    assert told == []
    assert both > 15
