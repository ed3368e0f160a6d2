from __future__ import annotations

from dataclasses import replace

from letters import builder

from docexchange.envelope import Business, BusinessKind, Organization, ReplacementInfo, ResponseFor
from docexchange.identifiers import OrganId
from docexchange.lifecycle import Asked, asked_by

DISTRICT, PROVINCE, CENTRAL = (
    OrganId(code) for code in ("000.00.31.H53", "000.00.00.H53", "000.00.00.G22")
)
EARLIER = builder().to(Organization(DISTRICT, "Huyện")).build()


def asked(**values):
    """What a letter to three agencies asks, by agency."""
    document = (
        builder(message_id=False)
        .to(Organization(DISTRICT, "Huyện"), Organization(PROVINCE, "Tỉnh"))
        .business(Business(**values))
        .build()
    )
    found = asked_by(document)
    assert {about for about, _, _ in found} <= {str(EARLIER.document_id)}
    return {receiver: kind for _, kind, receiver in found}


def test_an_ordinary_letter_asks_nothing():
    """Nor does one that does not say what it does."""
    assert asked_by(EARLIER) == ()
    assert asked_by(replace(EARLIER, business=Business(kind=None))) == ()
    assert asked_by(replace(EARLIER, business=None)) == ()


def test_a_recall_asks_everybody_it_goes_to():
    """Also in the form of the official sample, which names its document in ``ResponseFor``."""
    found = asked_by(builder(message_id=False).recall(EARLIER, reason="Sai số liệu").build())
    assert found == ((str(EARLIER.document_id), Asked.RECALL, CENTRAL),)
    sample = builder().in_response_to(ResponseFor(document_id=EARLIER.document_id))
    recall = sample.business(Business(kind=BusinessKind.RECALL, reason="Sai")).build()
    assert asked_by(recall) == found


def test_an_update_asks_each_receiver_something_else():
    """Who is taken out gives the letter back, who is added takes it, the others change it."""
    letter = builder(message_id=False).to(Organization(DISTRICT, "H"), Organization(PROVINCE, "T"))
    changed = {"add": [OrganId("H53")], "remove": [DISTRICT]}
    both = asked_by(letter.update(EARLIER, document=True, **changed).build())
    assert [kind for _, kind, _ in both] == [Asked.UPDATE, Asked.RECALL, Asked.ADDITION]
    receivers = asked_by(letter.update(EARLIER, **changed).build())
    assert [kind for _, kind, _ in receivers] == [Asked.RECEIVERS, Asked.RECALL, Asked.ADDITION]
    document = asked_by(letter.update(EARLIER, document=True).build())
    assert {kind for _, kind, _ in document} == {Asked.UPDATE}


def test_a_replacement_asks_those_who_hold_the_document():
    """For others it is a new letter; where nobody is named, everybody is asked."""
    about = EARLIER.document_id
    held = (ReplacementInfo(about, (DISTRICT, OrganId("G22"))),)
    kind = BusinessKind.REPLACE
    assert asked(kind=kind, replacements=held) == {
        DISTRICT: Asked.REPLACEMENT,
        CENTRAL: Asked.REPLACEMENT,
    }
    assert len(asked(kind=kind, replacements=(ReplacementInfo(about, ()),))) == 3
