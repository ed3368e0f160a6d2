"""Drafts: the same parts, terms and moment give the same signature, in any process."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from golden_letters import SMALL
from signing_help import NOW

from docexchange.envelope.writing.writer import write_skeleton
from docexchange.signing.coverage import written_parts
from docexchange.signing.draft import Template, Terms
from docexchange.signing.xmldsig.algorithms import Digest, SignatureAlgorithm

if TYPE_CHECKING:
    from docexchange.testing import DemoPki

PARTS = written_parts(write_skeleton(SMALL).fragments, SMALL.attachments)


def terms_of(*certificates: bytes) -> Terms:
    """Of a signer with these certificates."""
    algorithm = SignatureAlgorithm.RSA_SHA256
    return Terms(certificates=certificates, algorithm=algorithm, digest=Digest.SHA256)


def test_the_id_is_made_of_certificate_moment_and_parts(pki: DemoPki) -> None:
    """SHA-256 over the certificate, the moment and the URIs, however often it is asked for."""
    der = pki.agency("commune").der
    for at in (NOW, NOW + timedelta(seconds=1), NOW):
        seed = "|".join([at.isoformat(), *(part.uri for part in PARTS)]).encode()
        wanted = f"s-{hashlib.sha256(der + seed).hexdigest()[:16]}"
        assert Template(terms_of(der)).identity(PARTS, at) == wanted


def test_signers_moments_and_parts_have_ids_of_their_own(pki: DemoPki) -> None:
    """Nothing of one signer is left over for the next."""
    first, second = (terms_of(pki.agency(name).der) for name in ("commune", "province"))
    told = [
        Template(first).identity(PARTS, NOW),
        Template(second).identity(PARTS, NOW),
        Template(first).identity(PARTS, NOW + timedelta(seconds=1)),
        Template(first).identity(PARTS[:-1], NOW),
    ]
    assert len(set(told)) == len(told)


def test_the_same_gives_the_same_draft(pki: DemoPki) -> None:
    """And the chain behind the certificate changes nothing of what is signed."""
    terms = terms_of(pki.agency("commune").der)
    draft = Template(terms).draft(PARTS, at=NOW)
    assert Template(terms).draft(PARTS, at=NOW) == draft
    longer = replace(terms, certificates=(*terms.certificates, pki.root.credential.der))
    assert Template(longer).draft(PARTS, at=NOW).octets == draft.octets
