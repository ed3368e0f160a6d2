"""What our profile wants of certificates in ``KeyInfo``."""

from __future__ import annotations

import pytest
from signing_help import certify

from docexchange.signing.errors import Refusal
from docexchange.signing.profile import check_order

ROOT = certify("Root", ca=True)
LEAF = certify("Leaf", issuer=ROOT)
OTHER = certify("Other", issuer=certify("Elsewhere", ca=True))


def test_the_signers_certificate_stands_before_its_authoritys() -> None:
    """Whatever else there is, and whether it can be read."""
    for good in ([LEAF], [LEAF, ROOT], [LEAF, OTHER], [ROOT], [ROOT, ROOT, OTHER]):
        check_order([item.der for item in good])
    check_order([LEAF.der, b"junk"])
    for others in ([LEAF.der], [b"junk", LEAF.der], [OTHER.der, LEAF.der]):
        with pytest.raises(Refusal) as caught:
            check_order([ROOT.der, *others])
        assert caught.value.code == "signature.format"
