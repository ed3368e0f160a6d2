"""The relationships transform: what it keeps, in which order, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from dsig_help import Ref, certificate_info, examined, sign_into
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from signing_help import certify, private_key

from docexchange.envelope import Attachment
from docexchange.signing import VerificationPolicy
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import RELATIONSHIP, Canonicalization
from docexchange.signing.xmldsig.element import Transform
from docexchange.signing.xmldsig.relationships import chosen_relationships

PART = "http://schemas.openxmlformats.org/package/2006/relationships"
OWN = "http://schemas.openxmlformats.org/package/2006/digital-signature"
LIFTED = VerificationPolicy.unsafe_legacy()
A = '<Relationship Id="a" Type="urn:t" Target="x.xml"/>'
B = '<Relationship Id="b" Type="urn:u" Target="http://x/?a&amp;b" TargetMode="External"/>'
C = '<Relationship Id="c" Type="urn:u" Target="z.xml"/>'


def naming(*, ids: tuple[str, ...] = (), types: tuple[str, ...] = ()) -> str:
    """The transform."""
    inside = "".join(f'<o:RelationshipReference SourceId="{one}"/>' for one in ids)
    inside += "".join(f'<o:RelationshipsGroupReference SourceType="{one}"/>' for one in types)
    return f'<ds:Transform Algorithm="{RELATIONSHIP}" xmlns:o="{OWN}">{inside}</ds:Transform>'


def written(inside: str, transform: str, *, attributes: str = "") -> str:
    """What is digested of a part."""
    part = etree.fromstring(f'<Relationships xmlns="{PART}" {attributes}>{inside}</Relationships>')
    made = chosen_relationships(part, parsed(transform))
    return etree.tostring(made, method="c14n").decode()


def parsed(transform: str) -> Transform:
    """The transform as it is read."""
    bound = transform.replace("<ds:Transform", '<ds:Transform xmlns:ds="urn:ds"', 1)
    return Transform(RELATIONSHIP, has_parameters=True, element=etree.fromstring(bound))


KEPT_A = '<Relationship Id="a" Target="x.xml" TargetMode="Internal" Type="urn:t"></Relationship>'
KEPT_B = (
    '<Relationship Id="b" Target="http://x/?a&amp;b" TargetMode="External" Type="urn:u">'
    "</Relationship>"
)
KEPT_C = '<Relationship Id="c" Target="z.xml" TargetMode="Internal" Type="urn:u"></Relationship>'


def whole(*kept: str) -> str:
    """A part of these."""
    return f'<Relationships xmlns="{PART}">{"".join(kept)}</Relationships>'


@pytest.mark.parametrize("order", list(permutations([A, B, C])))
def test_it_keeps_what_is_named_by_id_or_type_in_the_order_of_ids(order: tuple[str, ...]) -> None:
    """And writes the mode where it is left out."""
    inside = "".join(order)
    assert written(inside, naming(ids=("a", "b"))) == whole(KEPT_A, KEPT_B)
    assert written(inside, naming(types=("urn:u",))) == whole(KEPT_B, KEPT_C)
    assert written(inside, naming(ids=("a",), types=("urn:t",))) == whole(KEPT_A)
    assert written(inside, naming(ids=("A", "d"))) == whole()


@given(st.sampled_from([" ", "text", "<!--c-->", "<?p i?>", '<o xmlns="urn:o" Id="a"/>']))
def test_what_readers_of_relationships_do_not_know_is_left_out(noise: str) -> None:
    """White space, text, comments, elements and attributes of others, and their prefixes."""
    body = A.replace("/>", f' o:x="1" xmlns:o="urn:o">{noise}</Relationship>')
    assert written(noise + body + noise, naming(ids=("a",)), attributes='xmlns:p="urn:p"') == whole(
        KEPT_A
    )


def test_a_prefix_for_relationships_makes_no_difference() -> None:
    """Step 2.2: it is taken away."""
    part = etree.fromstring(
        f'<r:Relationships xmlns:r="{PART}"><r:Relationship Id="a" Type="urn:t" Target="x.xml"/>'
        "</r:Relationships>"
    )
    made = chosen_relationships(part, parsed(naming(ids=("a",))))
    assert etree.tostring(made, method="c14n").decode() == whole(KEPT_A)


@pytest.mark.parametrize(
    ("inside", "transform"),
    [
        (A + A, naming(ids=("a",))),
        (A, naming()),
        (A, naming(ids=("a",)).replace("SourceId", "Source")),
        (A, naming(ids=("a",)).replace("</ds:", "<other/></ds:")),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(inside: str, transform: str) -> None:
    """One id twice, nothing named, or named in words that nobody knows."""
    with pytest.raises(Refusal) as caught:
        written(inside, transform)
    assert caught.value.code == "signature.format"


def test_it_is_for_relationships_only() -> None:
    """Another document has none."""
    with pytest.raises(Refusal, match="Relationships"):
        chosen_relationships(etree.fromstring("<m/>"), parsed(naming(ids=("a",))))


def test_only_a_policy_that_names_it_does_it() -> None:
    """And what it leaves out is not covered: the part as a whole never is."""
    key = private_key("p256")
    info = certificate_info(certify("signer", key=key).der)
    data = f'<Relationships xmlns="{PART}">{A}{B}</Relationships>'.encode()
    part = {"part": Attachment.from_bytes(data, name="part")}
    steps = (naming(ids=("a",)), Canonicalization.EXCLUSIVE.value)
    root = etree.fromstring("<m/>")
    element = sign_into(root, [Ref("part", steps)], key=key, info=info, detached=part)
    for policy in (VerificationPolicy(), VerificationPolicy.general()):
        refusal = examined(element, policy, detached=part).refusal
        assert refusal.code == "signature.transform"
        assert "relationships transform" in str(refusal)
    named = replace(VerificationPolicy.general(), transforms=LIFTED.transforms)
    result = examined(element, named, detached=part)
    assert result.intact, result.refusal
    assert not result.covers(part["part"])
    other = {"part": Attachment.from_bytes(data.replace(b"x.xml", b"y.xml"), name="part")}
    assert examined(element, named, detached=other).refusal.code == "signature.digest"
