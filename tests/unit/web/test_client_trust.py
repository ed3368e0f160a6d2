"""Whom the client talks to: the node of the agency that the directory names, and to nobody else."""

from __future__ import annotations

import io

import pytest
from contract.parcel_samples import parcel_for
from exchange_help import COMMUNE, DISTRICT, signing_key, trust_in
from line_help import Line

from docexchange.delivery import OutboundState
from docexchange.directory import Directory, DirectoryEntry, InForce
from docexchange.errors import TransportError
from docexchange.node.opening.identity import Peers, client_identity

LETTER = b"<letter/>"


def refused(line, transport, **note):
    """The error that ends an attempt to send."""
    parcel = parcel_for(LETTER, **{"from_node": COMMUNE, "to_node": DISTRICT, **note})
    with pytest.raises(TransportError) as caught:
        transport.send(parcel, io.BytesIO(LETTER), to=line.url)
    return caught.value


def test_a_server_of_another_agency_gets_nothing(site):
    """Its certificate is good and its name right, but it is not the district's: never again."""
    with Line(site, claims=[site.pki.agency(DISTRICT).sha256]) as line:
        line.bring()
        assert line.state is OutboundState.DEAD_LETTER
        assert "node of 000.00.31.H53" in line.sent.problem
        assert site.world.told("district") == ["http.serving"]
        error = refused(line, line.transport())
        assert (error.code, error.retryable) == ("transport.wrong-peer", False)
        assert error.advice


def test_the_agency_asked_for_is_the_one_on_the_note(site):
    """The same server passes as the district's node and not as the province's."""
    with Line(site) as line:
        transport = line.transport()
        province = site.world.pki.find("province").organ_id
        assert refused(line, transport, to_node=province).code == "transport.wrong-peer"


def test_other_authorities_are_not_trusted(site):
    """Neither those of the machine nor those of requests: ours alone."""
    stranger = site.pki.stranger
    with Line(site) as line:
        identity = client_identity(None, trusted=[stranger.chain[0].public_bytes(_der())])
        error = refused(line, line.transport(tls=identity))
        assert (error.code, error.retryable) == ("transport.tls", True)
        context = identity()
        before = context.cert_store_stats()
        refused(line, line.transport(tls=lambda: context))
        assert context.cert_store_stats() == before


def test_the_name_of_the_host_is_checked(site):
    """A certificate for localhost and 127.0.0.1 does not do for another name of this machine."""
    with Line(site) as line:
        parcel = parcel_for(LETTER, to_node=DISTRICT)
        with pytest.raises(TransportError) as caught:
            line.transport().send(
                parcel, io.BytesIO(LETTER), to=line.url.replace("localhost", "127.1")
            )
        assert caught.value.code == "transport.tls"


def test_without_a_certificate_nobody_is_let_in(site):
    """The server says why, and the error says what to do about it."""
    with Line(site) as line:
        identity = client_identity(None, trusted=trust_in(site.pki).anchors)
        error = refused(line, line.transport(tls=identity))
        assert (error.code, error.retryable) == ("transport.not-admitted", True)
        assert "401" in str(error)
        assert "certificate" in error.advice


def test_a_certificate_of_nobody_is_not_let_in(site):
    """One that the server does not know is turned away, by TLS or by name."""
    with Line(site) as line:
        key = signing_key(site.pki.revoked)
        identity = client_identity(key, trusted=trust_in(site.pki).anchors)
        error = refused(line, line.transport(tls=identity))
        assert (error.code, error.retryable) == ("transport.not-admitted", True)


def test_a_revoked_server_gets_nothing(site):
    """What TLS itself does not look at: whether the certificate was revoked since."""
    pki = site.pki
    revoked = pki.revoked
    peers = Peers(
        directory=InForce(Directory([_entry(revoked.sha256)])),
        trust=trust_in(pki),
        clock=site.world.clock,
    )
    others = [item.public_bytes(_der()) for item in revoked.chain]
    with pytest.raises(TransportError) as caught:
        peers([revoked.der, *others], DISTRICT)
    assert caught.value.code == "transport.untrusted-peer"
    assert caught.value.retryable


def _der():
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.DER


def _entry(sha256):
    return DirectoryEntry(organ_id=DISTRICT, name="Huyện", tier=3, certificates=(sha256,))
