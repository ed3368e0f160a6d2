"""What a reference points to, and whether its digest holds."""

from __future__ import annotations

import hashlib
import socket
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree
from signing_help import ONE, SHA2, attachments, exclusive

from docexchange.signing import SubIndication
from docexchange.signing.errors import Refusal
from docexchange.signing.xmldsig.algorithms import EXCLUSIVE_C14N, Digest
from docexchange.signing.xmldsig.element import Reference, Transform
from docexchange.signing.xmldsig.references import (
    Resolved,
    digest_of,
    element_ids,
    resolve,
    verify_digest,
)

if TYPE_CHECKING:
    from pathlib import Path

XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
SPELLINGS = ["Id", "ID", "id", XML_ID]
ROOT = etree.fromstring('<r><x Id="a">text</x></r>')
FILES = {item.content_id.uri: item for item in attachments()}


def reference(uri: str | None, **changes: Any) -> Reference:
    """A reference with plain values where the test does not care."""
    fields: dict[str, Any] = {
        "identity": "",
        "type": "",
        "transforms": (Transform(EXCLUSIVE_C14N, has_parameters=False),),
        "digest_method": Digest.SHA256.value,
        "digest_value": hashlib.sha256(exclusive(ROOT[0])).digest(),
    }
    return Reference(uri=uri, **{**fields, **changes})


# --- ids ---


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_id_is_found_in_every_spelling(spelling: str) -> None:
    """Attributes of other names are no ids."""
    root = etree.fromstring("<r><x/><y Name='b'/></r>")
    root[0].set(spelling, "a")
    assert element_ids(root) == {"a": root[0]}


@pytest.mark.parametrize("first", SPELLINGS)
@pytest.mark.parametrize("second", SPELLINGS)
def test_an_id_twice_is_refused_across_all_spellings(first: str, second: str) -> None:
    """Two readers would take two elements for the signed one."""
    root = etree.fromstring("<r><x/><y/></r>")
    root[0].set(first, "a")
    root[1].set(second, "a")
    with pytest.raises(Refusal, match="'a' twice") as caught:
        element_ids(root)
    assert caught.value.sub_indication is SubIndication.FORMAT_FAILURE
    assert caught.value.code == "signature.duplicate-id"


def test_one_element_may_have_the_same_id_in_several_spellings() -> None:
    """It is one element, whoever reads."""
    root = etree.fromstring('<r Id="a" ID="a" id="b" xml:id="a"/>')
    assert element_ids(root) == {"a": root, "b": root}


def test_ids_differ_by_case() -> None:
    """They are compared as they stand, but for the white space that is none of them."""
    root = etree.fromstring('<r><x Id="a"/><x Id="A"/><x Id=" b&#9;c "/><x Id="b\xa0c"/></r>')
    assert list(element_ids(root)) == ["a", "A", "b c", "b\xa0c"]


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("twin", [" a", "a&#9;", "&#10;a&#13;"])
def test_white_space_makes_no_other_id(name: str, twin: str) -> None:
    """``xml:id`` and whatever a schema calls an id is read without (xml:id, clause 4)."""
    spelled = name.replace("{http://www.w3.org/XML/1998/namespace}", "xml:")
    with pytest.raises(Refusal, match="'a' twice"):
        element_ids(etree.fromstring(f'<r><x Id="a"/><x {spelled}="{twin}"/></r>'))


# --- where they point ---


def test_a_fragment_names_an_element_and_a_cid_an_attachment() -> None:
    """The two kinds there are."""
    ids = element_ids(ROOT)
    assert resolve(reference("#a"), ids, FILES).target is ROOT[0]
    assert resolve(reference("cid:one"), ids, FILES).target is FILES["cid:one"]


@pytest.mark.parametrize("uri", [None, ""])
def test_the_whole_document_is_refused(uri: str | None) -> None:
    """The axis adds trace headers, which would break it."""
    with pytest.raises(Refusal) as caught:
        resolve(reference(uri), element_ids(ROOT), FILES)
    assert caught.value.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE
    assert caught.value.code == "signature.whole-document"


@pytest.mark.parametrize("uri", ["#", "#b", "#A", "#xpointer(id('a'))", "cid:", "cid:three"])
def test_what_is_not_there_is_not_found(uri: str) -> None:
    """INDETERMINATE: the file may be cut."""
    with pytest.raises(Refusal) as caught:
        resolve(reference(uri), element_ids(ROOT), FILES)
    assert caught.value.sub_indication is SubIndication.SIGNED_DATA_NOT_FOUND
    assert caught.value.code == "signature.missing-part"


@pytest.mark.parametrize("uri", ["CID:one", "a", "http://{}", "file://{}", "{}", "//{}", "x:#a"])
def test_nothing_outside_is_ever_fetched(uri: str, tmp_path: Path) -> None:
    """Neither a file that is there nor a server that listens."""
    (tmp_path / "secret").write_bytes(ONE)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        host = f"127.0.0.1:{server.getsockname()[1]}"
        place = str(tmp_path / "secret") if uri.startswith(("file", "{")) else host
        with pytest.raises(Refusal) as caught:
            resolve(reference(uri.format(place)), element_ids(ROOT), FILES)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert caught.value.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE
    assert caught.value.code == "signature.external-reference"


def test_a_long_uri_is_cut_in_the_message() -> None:
    """It is the attacker's text."""
    with pytest.raises(Refusal) as caught:
        resolve(reference("http://" + "x" * 60_000), element_ids(ROOT), FILES)
    assert len(str(caught.value)) < 300


# --- digests ---


@pytest.mark.parametrize("digest", SHA2)
def test_the_digest_of_an_element_is_over_its_canonical_form(digest: Digest) -> None:
    """By every allowed algorithm."""
    expected = hashlib.new(digest.hashlib_name, exclusive(ROOT[0])).digest()
    assert digest_of(ROOT[0], digest) == expected
    good = reference("#a", digest_method=digest.value, digest_value=expected)
    verify_digest(Resolved(good, ROOT[0]))


@pytest.mark.parametrize("digest", SHA2)
def test_the_digest_of_an_attachment_is_over_its_octets(digest: Digest) -> None:
    """Without any transform."""
    expected = hashlib.new(digest.hashlib_name, ONE).digest()
    target = FILES["cid:one"]
    assert digest_of(target, digest) == expected
    fields = {"digest_method": digest.value, "digest_value": expected, "transforms": ()}
    verify_digest(Resolved(reference("cid:one", **fields), target))


def broken(**changes: Any) -> Refusal:
    """Why the digest of the element does not hold."""
    with pytest.raises(Refusal) as caught:
        verify_digest(Resolved(reference("#a", **changes), ROOT[0]))
    return caught.value


def test_another_digest_does_not_hold() -> None:
    """Both are told, in hexadecimal."""
    found = broken(digest_value=b"\1" * 32)
    assert found.sub_indication is SubIndication.HASH_FAILURE
    assert found.code == "signature.digest"
    assert "01" * 32 in str(found)
    assert hashlib.sha256(exclusive(ROOT[0])).hexdigest() in str(found)


@pytest.mark.parametrize("length", [0, 1, 31, 33, 64])
def test_a_digest_of_another_length_does_not_hold(length: int) -> None:
    """No prefix will do."""
    digest = hashlib.sha256(exclusive(ROOT[0])).digest()
    assert broken(digest_value=(digest + digest)[:length]).code == "signature.digest"


@pytest.mark.parametrize(
    "steps",
    [
        [],
        ["urn:x"],
        [EXCLUSIVE_C14N, EXCLUSIVE_C14N],
        [EXCLUSIVE_C14N, "urn:x"],
        ["urn:x", EXCLUSIVE_C14N],
    ],
)
def test_the_transforms_are_exactly_those_of_the_profile(steps: list[str]) -> None:
    """None less, none more, none else."""
    transforms = tuple(Transform(uri, has_parameters=False) for uri in steps)
    found = broken(transforms=transforms)
    assert found.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE
    assert found.code == "signature.transform"
    assert "with parameters" not in str(found)


def test_a_transform_with_parameters_is_refused() -> None:
    """And said to have them."""
    found = broken(transforms=(Transform(EXCLUSIVE_C14N, has_parameters=True),))
    assert found.code == "signature.transform"
    assert str(found).endswith("with parameters")
