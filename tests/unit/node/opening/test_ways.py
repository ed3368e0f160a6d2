"""From ``node.toml`` to the ways in and out."""

from __future__ import annotations

import io

import pytest
from exchange_help import COMMUNE, DISTRICT, NOW, entries, parcel_of, trust_in

from docexchange.clock import VirtualClock
from docexchange.directory import Directory, InForce
from docexchange.errors import ConfigurationError, InputNotFound, TransportError
from docexchange.node.opening.config import KeyConfig, NodeConfig, TlsConfig, TrustConfig
from docexchange.node.opening.ways import Ways
from docexchange.transport import PullBoxes

HUB = "https://hub.example:8443/"


@pytest.fixture
def open_ways(pki, tmp_path):
    """Open the ways of a commune with some changes to its configuration."""

    def opened(**changes):
        values = {
            "agency": str(COMMUNE),
            "directory": "directory.toml",
            "key": KeyConfig(uri="key.p12"),
            "trust": TrustConfig(paths=[]),
            "base": tmp_path,
        }
        ways = Ways(
            NodeConfig(**(values | changes)),
            own=COMMUNE,
            directory=InForce(Directory(entries(pki, district={"endpoint": HUB.rstrip("/")}))),
            trust=trust_in(pki),
            clock=VirtualClock(NOW),
        )
        return ways.open()

    return opened


def test_one_folder_is_a_text(open_ways, tmp_path):
    """As before there were several: a folder, relative to the endpoint base."""
    with open_ways(mailbox="folder:box") as transport:
        assert list(transport.receive(1)) == []
    assert (tmp_path / "box" / "new").is_dir()


def test_several_ends_are_a_list(open_ways, tmp_path):
    """A folder and a mailbox at the neighbour whose endpoint it is; nobody is asked yet."""
    with open_ways(mailbox=["folder:box", HUB], store=str(tmp_path / "store")) as transport:
        assert transport.capabilities.answers_at_once
    assert (tmp_path / "box" / "new").is_dir()
    assert list((tmp_path / "store" / "lines").glob("mailbox-*/new"))


def test_no_end_of_ones_own_is_a_list_too(open_ways, tmp_path):
    """A node that others push to needs none, and makes nothing."""
    with open_ways(mailbox=[]) as transport:
        assert list(transport.receive(1)) == []
        with pytest.raises(TransportError) as caught:
            transport.send(parcel_of(b""), io.BytesIO(), to=f"folder:{tmp_path}/peer")
        assert caught.value.code == "transport.bad-url"
    assert list(tmp_path.iterdir()) == []


def test_every_node_can_keep_mailboxes_for_others(open_ways, tmp_path):
    """The endpoint ``pull:`` leads into its boxes, to be fetched from or carried away."""
    (tmp_path / "store").mkdir(exist_ok=True)
    with open_ways(mailbox=[]) as transport:
        transport.send(parcel_of(b""), io.BytesIO(), to="pull:")
    assert PullBoxes(tmp_path / "store" / "boxes").waiting(DISTRICT)


def test_servers_may_be_trusted_by_other_authorities(open_ways, pki, tmp_path):
    """A folder that is missing is noticed as soon as there is somebody to trust."""
    (tmp_path / "c.p12").write_bytes(pki.agency(COMMUNE).pkcs12("secret"))
    (tmp_path / "password").write_text("secret")
    (tmp_path / "ca.pem").write_bytes(pki.root.credential.certificate_pem)
    tls = TlsConfig(key="pkcs12:c.p12", password_file="password", ca=["ca.pem"])
    open_ways(tls=tls).close()
    with pytest.raises(InputNotFound, match="nowhere"):
        open_ways(tls=tls.model_copy(update={"ca": ["nowhere"]}))


def test_a_mailbox_at_nobodys_is_refused(open_ways):
    """The neighbour's certificate could not be held to anything."""
    with pytest.raises(ConfigurationError) as caught:
        open_ways(mailbox="https://other.example/")
    assert caught.value.code == "configuration.mailbox"
    assert caught.value.advice


def test_an_unknown_setting_is_named(open_ways):
    """A misspelt setting that is silently ignored is worse than none."""
    with pytest.raises(ConfigurationError, match="read_second") as caught:
        open_ways(http={"read_second": 3})
    assert caught.value.code == "configuration.http"


@pytest.mark.parametrize("form", ["pkcs12", "pem", "one file"])
def test_the_certificate_can_be_given_in_three_ways(open_ways, pki, tmp_path, form):
    """PKCS#12, two PEM files, or one with both; the password stands in a file."""
    agency = pki.agency(COMMUNE)
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "c.p12").write_bytes(agency.pkcs12("secret"))
    (tmp_path / "c.pem").write_bytes(agency.certificate_pem)
    (tmp_path / "c.key").write_bytes(agency.key_pem("secret"))
    (tmp_path / "c.all").write_bytes(agency.key_pem("secret") + agency.certificate_pem)
    tls = {
        "pkcs12": TlsConfig(key="pkcs12:c.p12", password_file="password"),
        "pem": TlsConfig(key="c.key", certificate="c.pem", password_file="password"),
        "one file": TlsConfig(key="c.all", password_file="password"),
    }
    open_ways(tls=tls[form]).close()


def test_a_missing_certificate_is_noticed_at_the_start(open_ways):
    """Not when the first letter goes out."""
    with pytest.raises(InputNotFound):
        open_ways(tls=TlsConfig(key="nowhere.pem"))
