"""``docexchange delivery``: what is under way or has failed, and mending it."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from network_help import CENTRAL, COMMUNE, DISTRICT, PROVINCE

from docexchange.cli._delivery_overview import ADVICE
from docexchange.delivery import OutboundState
from docexchange.node import Node

if TYPE_CHECKING:
    from network_help import Cli, Network

WHY = ("--reason", "nhầm nơi nhận")


@pytest.fixture
def refused(network: Network) -> Network:
    """The commune's letter came back: the centre does not know the commune's certificate."""
    directory = network.folder / "pki" / "directory.toml"
    strict = directory.read_text(encoding="utf-8")
    own = network.pki.agency("commune").sha256, network.pki.leader("commune").sha256
    for certificate in own:
        strict = strict.replace(certificate, "0" * 64)
    (network["central"] / "strict.toml").write_text(strict, encoding="utf-8")
    network.set("central", "directory", '"strict.toml"')
    with Node.from_config(network["commune"]) as node:
        node.send(network.letter())
    network.settle()
    return network


def listed(cli: Cli, network: Network, *options: str, name: str = "commune") -> list[str]:
    """The ids of what is listed."""
    ran = cli("delivery", "list", "--node", network[name], *options, "--json")
    return [item["message_id"] for item in ran.answer("delivery-list")["deliveries"]]


def test_every_state_has_advice() -> None:
    """Nobody is left alone with a letter."""
    assert set(ADVICE) == set(OutboundState)


def test_what_is_under_way_is_listed_with_its_peer(cli: Cli, network: Network) -> None:
    """One delivery, one peer, nothing failed."""
    cli("send", network.letter(), "--node", network["commune"])
    ran = cli("delivery", "list", "--node", network["commune"], "--json")
    answer = ran.answer("delivery-list")
    (delivery,) = answer["deliveries"]
    assert (delivery["state"], delivery["origin"], delivery["lane"]) == ("queued", str(COMMUNE), 1)
    (peer,) = answer["peers"]
    assert (peer["next_hop"], peer["waiting"], peer["failed"]) == (str(DISTRICT), 1, 0)
    assert peer["due_at"] == delivery["due_at"]


def test_what_arrived_is_listed_only_on_request(cli: Cli, delivered: Network) -> None:
    """The list is of what somebody may have to look after."""
    assert listed(cli, delivered) == []
    assert set(listed(cli, delivered, "--state", "acknowledged")) >= {"m-letter", "m-second"}
    ran = cli("delivery", "list", "--node", delivered["commune"])
    assert (ran.code, ran.out) == (0, "no deliveries\n")


def test_lists_are_filtered_by_state_peer_and_age(cli: Cli, refused: Network) -> None:
    """Each filter alone lets the letter through or holds it back."""
    assert listed(cli, refused, "--state", "returned") == ["m-letter"]
    assert listed(cli, refused, "--state", "queued", "--state", "returned") == ["m-letter"]
    assert listed(cli, refused, "--state", "dead_letter") == []
    assert listed(cli, refused, "--peer", str(DISTRICT)) == ["m-letter"]
    assert listed(cli, refused, "--peer", str(PROVINCE)) == []
    assert listed(cli, refused, "--older-than", "0") == ["m-letter"]
    assert listed(cli, refused, "--older-than", "1") == []


def test_the_table_tells_who_refused_it(cli: Cli, refused: Network) -> None:
    """On one line: message, recipient, next hop, state and the reason of whoever gave up."""
    ran = cli("delivery", "list", "--node", refused["commune"])
    head, line = ran.out.splitlines()
    assert re.split(r"  +", head)[:4] == ["accepted (Vietnam)", "message", "recipient", "next hop"]
    for word in ("m-letter", str(CENTRAL), str(DISTRICT), "given up further on", "refused it"):
        assert word in line


def test_the_table_of_peers_counts(cli: Cli, refused: Network) -> None:
    """One line for the district: nothing waits, one failed, and why."""
    ran = cli("--lang", "vi", "delivery", "list", "--peers", "--node", refused["commune"])
    head, line = ran.out.splitlines()
    assert head.startswith("chặng sau")
    assert re.match(rf"{re.escape(str(DISTRICT))} +0 +1 ", line)
    assert f"{CENTRAL} từ chối: TOTAL-FAILED · " in line


@pytest.mark.parametrize(
    ("name", "state"), [("commune", "returned"), ("district", "returned"), ("province", "rejected")]
)
def test_one_letter_is_shown_with_all_that_is_known(
    cli: Cli, refused: Network, name: str, state: str
) -> None:
    """Records, both words of the next hop, the timeline, the problem and the advice."""
    ran = cli("delivery", "show", "m-letter", "--node", refused[name], "--json")
    answer = ran.answer("delivery-show")
    (delivery,) = answer["deliveries"]
    assert delivery["state"] == state
    assert delivery["advice"] == ADVICE[state][0]
    obtained = [item["accepted"] for item in answer["receipts"] if not item["given"]]
    assert obtained == ([False] if state == "rejected" else [True, False])
    assert [item["state"] for item in answer["arrivals"]] == ["refused"] * (name != "commune")
    events = [row["event"] for row in answer["timeline"]]
    assert "outbound.refusal" in events
    assert ("given-up" in events) == ("returned" in events) == (name != "commune")


def test_one_letter_is_shown_in_words(cli: Cli, refused: Network) -> None:
    """In Vietnamese too: state, advice and timeline."""
    ran = cli("--lang", "vi", "delivery", "show", "m-letter", "--node", refused["district"])
    assert ran.code == 0
    for words in ("chặng sau đã nhận nhưng trả lại", "Liên hệ trục", "đã báo lại cho nơi chuyển"):
        assert words in ran.out


def test_status_tells_it_too(cli: Cli, refused: Network) -> None:
    """The sender who asks what became of his document learns who gave up, and why."""
    answer = cli("status", "m-letter", "--node", refused["commune"], "--json").answer("status")
    (delivery,) = answer["deliveries"]
    assert delivery["state"] == "returned"
    assert delivery["problem"].startswith(f"{CENTRAL} refused it: ")


def test_a_returned_letter_is_sent_again_and_arrives(cli: Cli, refused: Network) -> None:
    """The directory is mended, the same bytes go again, and the reason stands in the timeline."""
    refused.set("central", "directory", '"../../pki/directory.toml"')
    ran = cli("delivery", "resend", "m-letter", "--node", refused["commune"], *WHY, "--json")
    (delivery,) = ran.answer("delivery-resend")["deliveries"]
    assert (delivery["state"], delivery["attempts"], delivery["problem"]) == ("queued", 0, "")
    refused.settle()
    assert listed(cli, refused, "--state", "acknowledged")[0] == "m-letter"
    assert (refused["central"] / "inbox" / "m-letter.edxml").exists()
    ran = cli("delivery", "show", "m-letter", "--node", refused["commune"], "--json")
    timeline = ran.answer("delivery-show")["timeline"]
    resent = next(row for row in timeline if row["event"] == "outbound.resent")
    assert resent["detail"]["reason"] == WHY[1]


def test_a_delivery_is_stopped(cli: Cli, network: Network) -> None:
    """Nothing leaves the house any more, and the reason is shown."""
    cli("send", network.letter(), "--node", network["commune"])
    ran = cli(
        *("delivery", "cancel", "m-letter", "--node", network["commune"], "--to", CENTRAL), *WHY
    )
    assert (ran.code, ran.err) == (0, "")
    assert "stopped on request" in ran.out
    assert WHY[1] in ran.out
    network.settle()
    assert listed(cli, network, "--state", "cancelled") == ["m-letter"]
    ran = cli("delivery", "cancel", "m-letter", "--node", network["commune"], *WHY)
    ran.refused(2, "delivery.not-cancelled")


def test_it_works_while_the_node_is_at_work(cli: Cli, network: Network) -> None:
    """Another process has the store open and the node locked; the command does not wait for it."""
    with Node.from_config(network["commune"]) as node, node.at_work():
        node.send(network.letter())
        ran = cli("delivery", "cancel", "m-letter", "--node", network["commune"], *WHY, "--json")
        assert ran.answer("delivery-cancel")["deliveries"][0]["state"] == "cancelled"
        assert node.run_until_idle() == 0
        ran = cli("delivery", "resend", "m-letter", "--node", network["commune"], *WHY)
        assert ran.code == 0
        assert node.run_until_idle() > 0
    network.settle()
    assert listed(cli, network, "--state", "acknowledged") == ["m-letter"]


@pytest.mark.parametrize("verb", ["resend", "cancel"])
def test_what_arrived_can_no_longer_be_mended(cli: Cli, delivered: Network, verb: str) -> None:
    """One line with the state that was found, in the language asked for."""
    code = {"resend": "delivery.not-resent", "cancel": "delivery.not-cancelled"}[verb]
    arguments = ("delivery", verb, "m-letter", "--node", delivered["commune"], *WHY)
    ran = cli(*arguments)
    ran.refused(2, code)
    assert "found 000.00.00.G22 acknowledged" in ran.err
    ran = cli("--lang", "vi", *arguments)
    ran.refused(2, code)
    assert re.search(r"Chỉ (gửi lại|dừng) được", ran.err)


@pytest.mark.parametrize("verb", ["resend", "cancel"])
def test_a_reason_must_be_given(cli: Cli, delivered: Network, verb: str) -> None:
    """Whoever looks at the timeline later wants to know why."""
    ran = cli("delivery", verb, "m-letter", "--node", delivered["commune"])
    assert ran.code == 2
    assert "--reason" in ran.err


def test_an_unknown_message_is_not_shown(cli: Cli, delivered: Network) -> None:
    """With the way to find out what there is."""
    ran = cli("delivery", "show", "m-nobody", "--node", delivered["commune"])
    ran.refused(2, "delivery.unknown-message")
    cli("delivery", "show", "0?", "--node", delivered["commune"]).refused(
        2, "identifier.message-id"
    )


def test_a_folder_without_a_node_is_said_so(cli: Cli, delivered: Network) -> None:
    """As with every other command."""
    shutil.rmtree(delivered["commune"])
    ran = cli("delivery", "list", "--node", delivered["commune"])
    assert ran.code == 4
    assert ran.out == ""
