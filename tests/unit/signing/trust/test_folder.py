"""A folder that one trusts: what goes in, and what is said of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from signing_help import NOW, certify, private_key, revocation_list

from docexchange.errors import ConfigurationError
from docexchange.signing import TrustStore
from docexchange.signing.trust.folder import TrustFolder
from docexchange.signing.trust.inventory import faults

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.testing import Credential

DAY = timedelta(days=1)


def put(folder: Path, name: str, data: bytes) -> Path:
    """A file."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return folder / name


def codes(folder: Path, *authorities: Credential) -> list[str]:
    """What is wrong with a store of these."""
    for number, item in enumerate(authorities):
        put(folder, f"{number}.pem", item.certificate_pem)
    return [fault.code for fault in faults(TrustFolder(folder).inventory(), at=NOW)]


def test_a_bundle_becomes_one_file_for_each(tmp_path: Path) -> None:
    """And a store that can be read: both certificates, and the list."""
    one, two = certify("One", ca=True), certify("Two", ca=True)
    bundle = put(tmp_path, "both.pem", one.certificate_pem + two.certificate_pem)
    held = put(tmp_path, "one.crl", revocation_list(one))
    folder = TrustFolder(tmp_path / "store")
    added = folder.add(bundle, held)
    assert [item.file.exists() for item in added] == [True] * 3
    trust = TrustStore.from_path(folder.path)
    assert set(trust.anchors) == {one.der, two.der}
    assert trust.crls == (held.read_bytes(),)


def test_one_that_must_not_go_in_keeps_everything_out(tmp_path: Path) -> None:
    """A signer's certificate behind a root's: nothing is written."""
    files = [
        put(tmp_path, "root.pem", certify("Root", ca=True).certificate_pem),
        put(tmp_path, "leaf.pem", certify("Leaf").certificate_pem),
    ]
    with pytest.raises(ConfigurationError, match=r"leaf\.pem") as caught:
        TrustFolder(tmp_path / "store").add(*files)
    assert caught.value.code == "trust.no-authority"
    assert not (tmp_path / "store").exists()


def test_what_is_sound_has_no_fault(tmp_path: Path) -> None:
    """A root of today."""
    assert codes(tmp_path / "store", certify("Root", ca=True)) == []


def test_each_fault_has_its_code(tmp_path: Path) -> None:
    """Expired, not yet valid, a short key, no authority."""
    for number, (bad, code) in enumerate(
        [
            (certify("Old", ca=True, end=NOW - DAY), "trust.expired"),
            (certify("New", ca=True, begin=NOW + DAY), "trust.not-yet"),
            (certify("Weak", ca=True, key=private_key("rsa1024")), "trust.weak"),
            (certify("Leaf"), "trust.no-authority"),
        ]
    ):
        assert codes(tmp_path / str(number), bad) == [code]


def test_a_list_out_of_date_is_named(tmp_path: Path) -> None:
    """When the next was due before the moment; and two copies of one."""
    root = certify("Root", ca=True)
    put(tmp_path, "now.crl", revocation_list(root))
    assert codes(tmp_path) == []
    old = revocation_list(root, at=NOW - 40 * DAY)
    put(tmp_path, "old.crl", old)
    assert codes(tmp_path) == ["trust.list-out-of-date"]
    put(tmp_path, "old-too.crl", old)
    assert sorted(codes(tmp_path)) == ["trust.doubled"] * 2 + ["trust.list-out-of-date"] * 2
