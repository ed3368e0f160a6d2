"""The network over real sockets: letters, bad lines, certificates and services that fail."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from docexchange.clock import SystemClock
from docexchange.envelope.receipt import read_receipt
from docexchange.errors import TransportError, UsageError
from docexchange.node import Node, read_config
from docexchange.node.serving.serving import served
from docexchange.signing import TsaClient
from docexchange.testing import free_ports
from docexchange.testing.standin import (
    FIVE_AGENCIES,
    Flaw,
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
    from collections.abc import Iterator

    from stand_in_help import Player


XML = {"Content-Type": "application/xml"}


def order(network: StandIn, sender: str, *to: str) -> SampleOrder:
    """A letter from one agency to others."""
    return SampleOrder(sender=network.agency(sender), to=tuple(map(network.agency, to)))


def times_handed_over(player: Player, name: str, message_id: str) -> int:
    """How often an agency was given a letter."""
    events = player.arrived(name, message_id)["timeline"]
    return [item["event"] for item in events].count("handed-over")


def test_a_letter_that_is_brought_arrives_and_is_answered(player: Player) -> None:
    """The neighbour signs for the very bytes; at the end they come out, verified."""
    message_id, letter = player.sample()
    answer = player.bring(letter)
    assert answer.status_code == 200
    receipt, _ = read_receipt(answer.content)
    assert receipt.accepted
    assert receipt.sha256 == sha256(letter).hexdigest()
    found = player.arrived("central", message_id)
    [arrived] = found["arrived"]
    assert (arrived["state"], arrived["verdict"]) == ("handed_over", "TOTAL-PASSED")
    assert found["from"] == player.you["organ_id"]
    assert player.digest_of("central", message_id) == arrived["sha256"]
    assert [item["accepted"] for item in found["receipts"]] == [True]
    assert player.digest_of("district", message_id) == sha256(letter).hexdigest()


def test_a_letter_for_the_tested_system_waits_in_the_mailbox_of_its_superior(
    player: Player,
) -> None:
    """It is listed there and can be fetched: what was signed at the centre is in it."""
    sent = player.ask("POST", "/v1/letters", {"from": "central", "to": ["commune-2"]}, 201)
    player.arrived("province", sent["id"])
    player.until("district", sent["id"], lambda it: it["sent"][0]["state"] == "awaiting_receipt")
    with player.neighbour() as line:
        listed = line.get("v1/mailbox").raise_for_status().json()
        [parcel] = listed["parcels"]
        lease = line.post(f"v1/mailbox/{parcel['id']}/lease", json={"seconds": 60})
        assert lease.status_code == 200
        content = line.get(f"v1/mailbox/{parcel['id']}/content").raise_for_status().content
    assert sent["id"].encode() in content


@pytest.fixture(scope="module")
def listening() -> Iterator[tuple[StandIn, Node]]:
    """A network, and a tested system that listens with the certificates handed out."""
    with free_ports(1) as [port], StandIn(at=f"https://127.0.0.1:{port}/") as network:
        write_node(network.folder, network.own, port=port)
        config = read_config(network.folder / "nodes" / network.own.folder)
        with Node.from_config(config) as tested, served(tested, config):
            yield network, tested


def test_letters_are_pushed_to_a_tested_system_that_listens(
    listening: tuple[StandIn, Node],
) -> None:
    """Over a link that can fail: bringing is 502 meanwhile, a letter waits and comes once."""
    network, tested = listening
    network.set_link("district", "commune-2", LinkFault(state=LinkState.DOWN))
    url = f"{network.control}/v1/agencies/district/pushes"
    answer = httpx.post(url, content=b"junk", headers=XML, timeout=30)
    assert (answer.status_code, answer.json()["code"][:10]) == (502, "transport.")
    sent = network.send(order(network, "central", "commune-2"))
    assert was_put_off(network, "district", sent.message_id)
    assert tested.store.inbound_of(sent.message_id) == []
    network.set_link("district", "commune-2", LinkFault())
    found = network.letter("district", sent.message_id, wait_seconds=30)
    assert found is not None
    assert [item["state"] for item in found["sent"]] == ["acknowledged"]
    [arrived] = tested.store.inbound_of(sent.message_id)
    assert arrived.verdict == "TOTAL-PASSED"


def was_put_off(network: StandIn, name: str, message_id: str) -> bool:
    """Whether an attempt of a node to bring a letter fails; looked at whenever it has news."""
    for _ in range(150):
        found = network.letter(name, message_id, wait_seconds=0.2, until="99")
        if found and [item["state"] for item in found["sent"]] == ["retry_wait"]:
            return True
    return False


@pytest.mark.parametrize("flaw", ["", "tampered", "stranger"])
def test_anything_can_be_brought_to_the_tested_system(
    listening: tuple[StandIn, Node], flaw: str
) -> None:
    """Its signed answer comes back: a receipt for the genuine letter, a refusal of the others."""
    network, _ = listening
    wanted = replace(order(network, "central", "commune-2"), flaw=Flaw(flaw))
    octets = b"".join(network.sample(wanted).chunks())
    receipt = network.push("district", octets)
    assert receipt is not None
    assert read_receipt(receipt)[0].accepted == (not flaw)
    assert read_receipt(receipt)[0].sha256 == sha256(octets).hexdigest()


def test_what_is_brought_to_one_who_fetches_lies_in_his_mailbox(player: Player) -> None:
    """Also when it is no letter at all; only a neighbour can bring it."""
    brought = player.api.post("/v1/agencies/district/pushes", content=b"junk", headers=XML)
    assert (brought.status_code, brought.json()) == (200, {"receipt": None})
    with player.neighbour() as line:
        [parcel] = line.get("v1/mailbox").raise_for_status().json()["parcels"]
        content = line.get(f"v1/mailbox/{parcel['id']}/content").raise_for_status().content
    assert content == b"junk"
    far = player.api.post("/v1/agencies/central/pushes", content=b"junk", headers=XML)
    assert (far.status_code, far.json()["code"]) == (400, "stand-in.neighbour")


def test_a_link_that_failed_and_healed_brings_the_letter_once(player: Player) -> None:
    """While it is down the letter waits at the district; afterwards it arrives, and only once."""
    player.ask("PUT", "/v1/links/district/province", {"state": "down"})
    message_id, letter = player.sample()
    assert player.bring(letter).status_code == 200
    path = f"/v1/agencies/district/letters/{message_id}?wait_seconds=1"
    waiting = player.ask("GET", path)
    assert not waiting["settled"]
    assert player.ask("GET", "/v1/agencies/central/letters") == []
    player.ask("PUT", "/v1/links/district/province", {"state": "up"})
    assert times_handed_over(player, "central", message_id) == 1
    assert player.arrived("district", message_id)["sent"][0]["state"] == "acknowledged"


@pytest.mark.parametrize(
    "fault",
    [
        {"state": "slow", "bits_per_second": 4_000_000, "latency_seconds": 0.01},
        {"state": "cut", "after_bytes": 100_000_000},
    ],
    ids=["slow", "cut later"],
)
def test_a_line_that_is_bad_and_not_too_bad_carries_letters(
    player: Player, fault: dict[str, object]
) -> None:
    """Slowly, or up to a place that is not reached; the list of links tells how it is."""
    assert player.ask("PUT", "/v1/links/commune-2/district", fault) == fault
    states = {(item["from"], item["to"]): item for item in player.ask("GET", "/v1/links")}
    assert fault.items() <= states["commune-2", "district"].items()
    message_id, letter = player.sample(to="district")
    assert player.bring(letter).status_code == 200
    player.arrived("district", message_id)


def test_a_line_that_is_cut_early_carries_nothing(player: Player) -> None:
    """The caller sees the connection break, and the node has no letter."""
    player.ask("PUT", "/v1/links/commune-2/district", {"state": "cut", "after_bytes": 6000})
    _, letter = player.sample(to="district", attachment_bytes=20_000)
    with pytest.raises(httpx.TransportError):
        player.bring(letter)
    assert player.ask("GET", "/v1/agencies/district/letters") == []


def test_a_receipt_that_is_lost_is_given_again(player: Player) -> None:
    """The letter is there though the caller got 502; brought again it gets the stored receipt."""
    player.ask("PUT", "/v1/links/commune-2/district", {"state": "no-receipts"})
    message_id, letter = player.sample(to="district")
    lost = player.bring(letter)
    assert (lost.status_code, lost.json()["code"]) == (502, "stand-in.no-receipt")
    [receipt] = player.arrived("district", message_id)["receipts"]
    player.ask("PUT", "/v1/links/commune-2/district", {"state": "up"})
    again = player.bring(letter)
    assert (again.status_code, again.text) == (200, receipt["xml"])
    assert times_handed_over(player, "district", message_id) == 1


def test_between_nodes_a_lost_receipt_leads_to_another_attempt(player: Player) -> None:
    """The province has the letter, the district keeps asking until it has the receipt."""
    player.ask("PUT", "/v1/links/district/province", {"state": "no-receipts"})
    sent = player.ask("POST", "/v1/letters", {"from": "district", "to": ["province"]}, 201)
    player.arrived("province", sent["id"])
    path = f"/v1/agencies/district/letters/{sent['id']}"
    assert player.ask("GET", path)["sent"][0]["state"] != "acknowledged"
    player.ask("PUT", "/v1/links/district/province", {"state": "up"})
    done = player.arrived("district", sent["id"])["sent"][0]
    assert done["state"] == "acknowledged"
    assert done["attempts"] > 1
    assert times_handed_over(player, "province", sent["id"]) == 1


def test_a_node_that_is_down_gets_its_letters_when_it_is_up(player: Player) -> None:
    """Its books can be read meanwhile; nobody can send from it."""
    player.ask("PUT", "/v1/agencies/province/state", {"state": "down"})
    assert player.ask("GET", "/v1/agencies/province")["state"] == "down"
    refused = player.ask("POST", "/v1/letters", {"from": "province", "to": ["central"]}, 409)
    assert refused["code"] == "stand-in.down"
    message_id, letter = player.sample()
    assert player.bring(letter).status_code == 200
    assert player.ask("GET", "/v1/agencies/province/letters") == []
    player.ask("PUT", "/v1/agencies/province/state", {"state": "up"})
    assert times_handed_over(player, "central", message_id) == 1


def test_an_expired_certificate_is_not_let_in_until_it_is_rolled(player: Player) -> None:
    """TLS ends the handshake; with the new certificate from the same file the letter passes."""
    _, letter = player.sample(to="district")
    path = "/v1/agencies/commune-2/certificates/agency"
    player.ask("POST", path, {"action": "expire"})
    with pytest.raises(httpx.TransportError):
        player.bring(letter)
    player.ask("POST", path, {"action": "roll"})
    assert player.bring(letter).status_code == 200


def test_a_revoked_certificate_is_not_let_in_because_the_responder_says_so(
    player: Player,
) -> None:
    """With the lists down only OCSP can tell: before it is good, afterwards 403."""
    player.ask("PUT", "/v1/services/crl", {"state": "down"})
    _, letter = player.sample(to="district")
    assert player.bring(letter).status_code == 200
    path = "/v1/agencies/commune-2/certificates/agency"
    player.ask("POST", path, {"action": "revoke"})
    _, other = player.sample(to="district")
    assert player.bring(other).status_code == 403


def test_with_responder_and_lists_down_nobody_can_be_judged(player: Player) -> None:
    """503, try again later; with the lists alone it works."""
    _, letter = player.sample(to="district")
    player.ask("PUT", "/v1/services/ocsp", {"state": "down"})
    player.ask("PUT", "/v1/services/crl", {"state": "down"})
    refused = player.bring(letter)
    assert refused.status_code == 503
    assert refused.headers["retry-after"]
    player.ask("PUT", "/v1/services/crl", {"state": "up"})
    assert player.bring(letter).status_code == 200


@pytest.mark.parametrize("flaw", ["tampered", "expired", "revoked", "stranger"])
def test_a_flawed_letter_is_refused_with_a_signed_receipt(player: Player, flaw: str) -> None:
    """Each for its own reason; the sample of a letter that must be refused is refused."""
    reasons = {
        "tampered": "HASH_FAILURE",
        "expired": "OUT_OF_BOUNDS",
        "revoked": "REVOKED",
        "stranger": "CHAIN",
    }
    message_id, letter = player.sample(to="district", flaw=flaw)
    answer = player.bring(letter)
    assert answer.status_code == 422
    assert not read_receipt(answer.content)[0].accepted
    [arrived] = player.arrived("district", message_id)["arrived"]
    assert arrived["state"] == "refused"
    assert reasons[flaw] in arrived["problem"]


def test_a_relay_whose_certificate_was_revoked_is_not_believed(network: StandIn) -> None:
    """The province lets the district in no more; after a new certificate the letter arrives."""
    network.revoke("district")
    sent = network.send(order(network, "commune", "central"))
    assert network.letter("central", sent.message_id, wait_seconds=0.5) is None
    network.roll("district")
    found = network.letter("central", sent.message_id, wait_seconds=30)
    assert found is not None
    assert [item["state"] for item in found["arrived"]] == ["handed_over"]


@pytest.mark.parametrize("role", [Role.AGENCY, Role.SERVER])
def test_a_node_whose_certificate_ended_is_cut_off_until_it_is_rolled(
    network: StandIn, role: Role
) -> None:
    """As one who calls, or as one who is called: the letter waits, and then arrives once."""
    network.expire("province", role)
    assert network.nodes.of("province").is_up
    sent = network.send(order(network, "commune", "central"))
    district = network.letter("district", sent.message_id, wait_seconds=1)
    assert district is None or not district["settled"]
    assert network.letter("central", sent.message_id) is None
    network.roll("province", role)
    found = network.letter("central", sent.message_id, wait_seconds=30)
    assert found is not None
    assert [item["event"] for item in found["timeline"]].count("handed-over") == 1


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
    found = network.letter("commune", sent.message_id, wait_seconds=30, until="01")
    assert found is not None
    assert [item["code"] for item in found["statuses"]] == ["01"]


def test_reset_forgets_letters_and_keeps_addresses(player: Player) -> None:
    """Lines are good, nodes are up, certificates are those of the beginning."""
    before = player.look()
    sent = player.ask("POST", "/v1/letters", {"from": "commune", "to": ["district"]}, 201)
    player.arrived("district", sent["id"])
    player.ask("PUT", "/v1/links/commune/district", {"state": "frozen"})
    player.ask("PUT", "/v1/agencies/central/state", {"state": "down"})
    player.ask("PUT", "/v1/services/tsa", {"state": "down"})
    player.ask("POST", "/v1/agencies/commune/certificates/leader", {"action": "roll"})
    assert player.ask("POST", "/v1/reset") == before
    assert player.ask("GET", "/v1/agencies/district/letters") == []
    assert player.ask("GET", "/v1/agencies/commune/letters") == []


def test_two_networks_do_not_know_each_other(player: Player) -> None:
    """Each has its own ports and root; a letter of one is refused by the other."""
    with StandIn() as other:
        assert other.control != player.look()["control"]
        stranger = other.sample(order(other, "commune-2", "district"))
        answer = player.bring(b"".join(stranger.chunks()))
        assert answer.status_code == 422
        sent = other.send(order(other, "commune", "district"))
        assert other.letter("district", sent.message_id, wait_seconds=30)
        assert str(sent.message_id) not in {
            item["id"] for item in player.ask("GET", "/v1/agencies/district/letters")
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
