"""The network over real sockets: letters, bad lines, certificates and services that fail."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from docexchange.clock import SystemClock
from docexchange.envelope.receipt import read_receipt
from docexchange.errors import TransportError, UsageError
from docexchange.node import Node, read_config
from docexchange.node.serving import served
from docexchange.signing import TsaClient
from docexchange.testing import free_ports
from docexchange.testing.standin import (
    FIVE_AGENCIES,
    LinkFault,
    LinkState,
    Role,
    SampleOrder,
    Service,
    StandIn,
)
from docexchange.testing.standin.layout import write_node
from docexchange.transport import HttpPoster

if TYPE_CHECKING:
    from stand_in_help import Player


def order(network: StandIn, sender: str, *to: str) -> SampleOrder:
    """A letter from one agency to others."""
    return SampleOrder(sender=network.agency(sender), to=tuple(map(network.agency, to)))


def times_handed_over(tester: Player, name: str, message_id: str) -> int:
    """How often an agency was given a letter."""
    events = tester.arrived(name, message_id)["timeline"]
    return [item["event"] for item in events].count("handed-over")


def test_a_letter_that_is_brought_arrives_and_is_answered(tester: Player) -> None:
    """The neighbour signs for the very bytes; at the end they come out, verified."""
    message_id, letter = tester.sample()
    answer = tester.bring(letter)
    assert answer.status_code == 200
    receipt, _ = read_receipt(answer.content)
    assert receipt.accepted
    assert receipt.sha256 == sha256(letter).hexdigest()
    found = tester.arrived("central", message_id)
    [arrived] = found["arrived"]
    assert (arrived["state"], arrived["verdict"]) == ("handed_over", "TOTAL-PASSED")
    assert found["from"] == tester.you["organ_id"]
    assert tester.digest_of("central", message_id) == arrived["sha256"]
    assert [item["accepted"] for item in found["receipts"]] == [True]
    assert tester.digest_of("district", message_id) == sha256(letter).hexdigest()


def test_a_letter_for_the_tested_system_waits_in_the_mailbox_of_its_superior(
    tester: Player,
) -> None:
    """It is listed there and can be fetched: what was signed at the centre is in it."""
    sent = tester.ask("POST", "/v1/letters", {"from": "central", "to": ["commune-2"]}, 201)
    tester.arrived("province", sent["id"])
    tester.until("district", sent["id"], lambda it: it["sent"][0]["state"] == "awaiting_receipt")
    with tester.neighbour() as line:
        listed = line.get("v1/mailbox").raise_for_status().json()
        [parcel] = listed["parcels"]
        lease = line.post(f"v1/mailbox/{parcel['id']}/lease", json={"seconds": 60})
        assert lease.status_code == 200
        content = line.get(f"v1/mailbox/{parcel['id']}/content").raise_for_status().content
    assert sent["id"].encode() in content


def test_letters_are_pushed_to_a_tested_system_that_listens() -> None:
    """With the certificates handed out, and over a link that can fail: once, signed for."""
    with free_ports(1) as [port], StandIn(at=f"https://127.0.0.1:{port}/") as network:
        write_node(network.folder, network.own, port=port)
        config = read_config(network.folder / "nodes" / network.own.folder)
        with Node.from_config(config) as tested, served(tested, config):
            network.set_link("district", "commune-2", LinkFault(state=LinkState.DOWN))
            sent = network.send(order(network, "central", "commune-2"))
            assert network.letter("district", str(sent.message_id), wait_seconds=2)
            assert tested.store.inbound_of(sent.message_id) == []
            network.set_link("district", "commune-2", LinkFault())
            found = network.letter("district", str(sent.message_id), wait_seconds=30)
            assert found is not None
            assert [item["state"] for item in found["sent"]] == ["acknowledged"]
            [arrived] = tested.store.inbound_of(sent.message_id)
            assert arrived.verdict == "TOTAL-PASSED"


def test_a_link_that_failed_and_healed_brings_the_letter_once(tester: Player) -> None:
    """While it is down the letter waits at the district; afterwards it arrives, and only once."""
    tester.ask("PUT", "/v1/links/district/province", {"state": "down"})
    message_id, letter = tester.sample()
    assert tester.bring(letter).status_code == 200
    path = f"/v1/agencies/district/letters/{message_id}?wait_seconds=1"
    waiting = tester.ask("GET", path)
    assert not waiting["settled"]
    assert tester.ask("GET", "/v1/agencies/central/letters") == []
    tester.ask("PUT", "/v1/links/district/province", {"state": "up"})
    assert times_handed_over(tester, "central", message_id) == 1
    assert tester.arrived("district", message_id)["sent"][0]["state"] == "acknowledged"


@pytest.mark.parametrize(
    "fault",
    [
        {"state": "slow", "bits_per_second": 4_000_000, "latency_seconds": 0.01},
        {"state": "cut", "after_bytes": 100_000_000},
    ],
    ids=["slow", "cut later"],
)
def test_a_line_that_is_bad_and_not_too_bad_carries_letters(
    tester: Player, fault: dict[str, object]
) -> None:
    """Slowly, or up to a place that is not reached; the list of links tells how it is."""
    assert tester.ask("PUT", "/v1/links/commune-2/district", fault) == fault
    states = {(item["from"], item["to"]): item for item in tester.ask("GET", "/v1/links")}
    assert fault.items() <= states["commune-2", "district"].items()
    message_id, letter = tester.sample(to="district")
    assert tester.bring(letter).status_code == 200
    tester.arrived("district", message_id)


def test_a_line_that_is_cut_early_carries_nothing(tester: Player) -> None:
    """The caller sees the connection break, and the node has no letter."""
    tester.ask("PUT", "/v1/links/commune-2/district", {"state": "cut", "after_bytes": 6000})
    _, letter = tester.sample(to="district", attachment_bytes=20_000)
    with pytest.raises(httpx.TransportError):
        tester.bring(letter)
    assert tester.ask("GET", "/v1/agencies/district/letters") == []


def test_a_receipt_that_is_lost_is_given_again(tester: Player) -> None:
    """The letter is there though the caller got 502; brought again it gets the stored receipt."""
    tester.ask("PUT", "/v1/links/commune-2/district", {"state": "no-receipts"})
    message_id, letter = tester.sample(to="district")
    lost = tester.bring(letter)
    assert (lost.status_code, lost.json()["code"]) == (502, "stand-in.no-receipt")
    [receipt] = tester.arrived("district", message_id)["receipts"]
    tester.ask("PUT", "/v1/links/commune-2/district", {"state": "up"})
    again = tester.bring(letter)
    assert (again.status_code, again.text) == (200, receipt["xml"])
    assert times_handed_over(tester, "district", message_id) == 1


def test_between_nodes_a_lost_receipt_leads_to_another_attempt(tester: Player) -> None:
    """The province has the letter, the district keeps asking until it has the receipt."""
    tester.ask("PUT", "/v1/links/district/province", {"state": "no-receipts"})
    sent = tester.ask("POST", "/v1/letters", {"from": "district", "to": ["province"]}, 201)
    tester.arrived("province", sent["id"])
    path = f"/v1/agencies/district/letters/{sent['id']}"
    assert tester.ask("GET", path)["sent"][0]["state"] != "acknowledged"
    tester.ask("PUT", "/v1/links/district/province", {"state": "up"})
    done = tester.arrived("district", sent["id"])["sent"][0]
    assert done["state"] == "acknowledged"
    assert done["attempts"] > 1
    assert times_handed_over(tester, "province", sent["id"]) == 1


def test_a_node_that_is_down_gets_its_letters_when_it_is_up(tester: Player) -> None:
    """Its books can be read meanwhile; nobody can send from it."""
    tester.ask("PUT", "/v1/agencies/province/state", {"state": "down"})
    assert tester.ask("GET", "/v1/agencies/province")["state"] == "down"
    refused = tester.ask("POST", "/v1/letters", {"from": "province", "to": ["central"]}, 409)
    assert refused["code"] == "stand-in.down"
    message_id, letter = tester.sample()
    assert tester.bring(letter).status_code == 200
    assert tester.ask("GET", "/v1/agencies/province/letters") == []
    tester.ask("PUT", "/v1/agencies/province/state", {"state": "up"})
    assert times_handed_over(tester, "central", message_id) == 1


def test_an_expired_certificate_is_not_let_in_until_it_is_rolled(tester: Player) -> None:
    """TLS ends the handshake; with the new certificate from the same file the letter passes."""
    _, letter = tester.sample(to="district")
    path = "/v1/agencies/commune-2/certificates/agency"
    tester.ask("POST", path, {"action": "expire"})
    with pytest.raises(httpx.TransportError):
        tester.bring(letter)
    tester.ask("POST", path, {"action": "roll"})
    assert tester.bring(letter).status_code == 200


def test_a_revoked_certificate_is_not_let_in_because_the_responder_says_so(
    tester: Player,
) -> None:
    """With the lists down only OCSP can tell: before it is good, afterwards 403."""
    tester.ask("PUT", "/v1/services/crl", {"state": "down"})
    _, letter = tester.sample(to="district")
    assert tester.bring(letter).status_code == 200
    path = "/v1/agencies/commune-2/certificates/agency"
    tester.ask("POST", path, {"action": "revoke"})
    _, other = tester.sample(to="district")
    assert tester.bring(other).status_code == 403


def test_with_responder_and_lists_down_nobody_can_be_judged(tester: Player) -> None:
    """503, try again later; with the lists alone it works."""
    _, letter = tester.sample(to="district")
    tester.ask("PUT", "/v1/services/ocsp", {"state": "down"})
    tester.ask("PUT", "/v1/services/crl", {"state": "down"})
    refused = tester.bring(letter)
    assert refused.status_code == 503
    assert refused.headers["retry-after"]
    tester.ask("PUT", "/v1/services/crl", {"state": "up"})
    assert tester.bring(letter).status_code == 200


@pytest.mark.parametrize("flaw", ["tampered", "expired", "revoked", "stranger"])
def test_a_flawed_letter_is_refused_with_a_signed_receipt(tester: Player, flaw: str) -> None:
    """Each for its own reason; the sample of a letter that must be refused is refused."""
    reasons = {
        "tampered": "HASH_FAILURE",
        "expired": "OUT_OF_BOUNDS",
        "revoked": "REVOKED",
        "stranger": "CHAIN",
    }
    message_id, letter = tester.sample(to="district", flaw=flaw)
    answer = tester.bring(letter)
    assert answer.status_code == 422
    assert not read_receipt(answer.content)[0].accepted
    [arrived] = tester.arrived("district", message_id)["arrived"]
    assert arrived["state"] == "refused"
    assert reasons[flaw] in arrived["problem"]


def test_a_relay_whose_certificate_was_revoked_is_not_believed(network: StandIn) -> None:
    """The province lets the district in no more; after a new certificate the letter arrives."""
    network.revoke("district")
    sent = network.send(order(network, "commune", "central"))
    assert network.letter("central", str(sent.message_id), wait_seconds=0.5) is None
    network.roll("district")
    found = network.letter("central", str(sent.message_id), wait_seconds=30)
    assert found is not None
    assert [item["state"] for item in found["arrived"]] == ["handed_over"]


def test_the_timestamp_authority_stamps_until_it_is_down(network: StandIn) -> None:
    """A client of the library gets a token it accepts, then an error that trying again may mend."""
    url = network.summary()["services"]["tsa"]
    clock = SystemClock()
    client = TsaClient((url,), poster=HttpPoster())
    assert client.stamp(b"octets", at=clock.now())
    network.set_service(Service.TSA, up=False)
    with pytest.raises(TransportError):
        client.stamp(b"octets", at=clock.now())


def test_the_lists_say_what_was_revoked(network: StandIn) -> None:
    """Each list can be fetched in DER, and holds the certificate from then on."""
    from cryptography import x509

    serial = network.nodes.papers.held("central", Role.AGENCY).certificate.serial_number
    url = network.summary()["services"]["crl"]

    def revoked() -> set[int]:
        found = x509.load_der_x509_crl(httpx.get(url).raise_for_status().content)
        return {item.serial_number for item in found}

    assert serial not in revoked()
    network.revoke("central")
    assert serial in revoked()
    network.reset()
    assert serial not in revoked()


def test_status_01_comes_back_to_the_sender(network: StandIn) -> None:
    """``until`` waits for it."""
    sent = network.send(order(network, "commune", "district"))
    found = network.letter("commune", str(sent.message_id), wait_seconds=30, until="01")
    assert found is not None
    assert [item["code"] for item in found["statuses"]] == ["01"]


def test_reset_forgets_letters_and_keeps_addresses(tester: Player) -> None:
    """Lines are good, nodes are up, certificates are those of the beginning."""
    before = tester.look()
    sent = tester.ask("POST", "/v1/letters", {"from": "commune", "to": ["district"]}, 201)
    tester.arrived("district", sent["id"])
    tester.ask("PUT", "/v1/links/commune/district", {"state": "frozen"})
    tester.ask("PUT", "/v1/agencies/central/state", {"state": "down"})
    tester.ask("PUT", "/v1/services/tsa", {"state": "down"})
    tester.ask("POST", "/v1/agencies/commune/certificates/leader", {"action": "roll"})
    assert tester.ask("POST", "/v1/reset") == before
    assert tester.ask("GET", "/v1/agencies/district/letters") == []
    assert tester.ask("GET", "/v1/agencies/commune/letters") == []


def test_two_networks_do_not_know_each_other(tester: Player) -> None:
    """Each has its own ports and root; a letter of one is refused by the other."""
    with StandIn() as other:
        assert other.control != tester.look()["control"]
        stranger = other.sample(order(other, "commune-2", "district"))
        answer = tester.bring(b"".join(stranger.chunks()))
        assert answer.status_code == 422
        sent = other.send(order(other, "commune", "district"))
        assert other.letter("district", str(sent.message_id), wait_seconds=30)
        assert str(sent.message_id) not in {
            item["id"] for item in tester.ask("GET", "/v1/agencies/district/letters")
        }


def test_any_agency_can_be_the_tested_systems(tmp_path: Path) -> None:
    """A hub in the middle: its neighbours' links lead to the address that was given."""
    with StandIn(tmp_path, play="province", at="http://127.0.0.1:9/edoc/") as network:
        assert network.nodes.names == ["commune", "district", "central", "commune-2"]
        links = {(item["from"], item["to"]): item["url"] for item in network.summary()["links"]}
        assert links["district", "province"].endswith("/edoc/")
        assert network.summary()["you"]["send_to"].keys() == {"district", "central"}
        directory = (tmp_path / "nodes" / "district" / "directory.toml").read_text()
        assert links["district", "province"] in directory


def test_nothing_is_left_when_it_ends() -> None:
    """The temporary folder has gone, and nobody listens on its ports any more."""
    with StandIn() as network:
        folder = network.folder
        urls = [network.control, *(item["url"] for item in network.summary()["links"])]
    assert not folder.exists()
    for url in urls:
        with pytest.raises(httpx.ConnectError):
            httpx.get(url)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"at": "https://10.0.0.1:9000/"}, "stand-in.address"),
        ({"at": "https://127.0.0.1/"}, "stand-in.address"),
        ({"at": "https://[::1"}, "stand-in.address"),
        ({"play": "nobody"}, "testing.agency"),
        ({"host": "0.0.0.0"}, "stand-in.host"),
        ({"folder": Path(__file__).parent}, "stand-in.folder"),
    ],
)
def test_what_cannot_be_is_refused_at_the_start(options: dict[str, str], code: str) -> None:
    """Addresses of other machines, unknown agencies, hosts that others reach, folders in use."""
    with pytest.raises(UsageError) as refused, StandIn(**options):  # type: ignore[arg-type]
        pass
    assert refused.value.code == code


def test_a_port_in_use_is_named(network: StandIn) -> None:
    """The control API of one cannot stand where that of another does."""
    port = httpx.URL(network.control).port
    with pytest.raises(UsageError, match=f"port {port}") as refused, StandIn(port=port or 0):
        pass
    assert refused.value.code == "stand-in.control-address"


def test_the_fifth_agency_is_a_commune_of_the_same_district() -> None:
    """Beside the first, so that letters between the two meet at their district."""
    first, *_, fifth = FIVE_AGENCIES
    assert (fifth.tier, fifth.parent) == (first.tier, first.parent)


@pytest.mark.parametrize(
    "numbers",
    [
        {"state": LinkState.UP, "after_bytes": 1},
        {"state": LinkState.SLOW},
        {"state": LinkState.SLOW, "latency_seconds": 61},
        {"state": LinkState.CUT, "after_bytes": -1},
        {"state": LinkState.CUT, "bits_per_second": 5},
    ],
)
def test_numbers_that_do_not_go_with_a_state_are_refused(numbers: dict[str, object]) -> None:
    """A fault that would not be one makes a test that tests nothing."""
    with pytest.raises(UsageError) as refused:
        LinkFault(**numbers)  # type: ignore[arg-type]
    assert refused.value.code == "stand-in.link"
