"""``docexchange send``: accepted means stored, and refused means nothing was."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from network_help import CENTRAL, COMMUNE, DISTRICT, PROGRAM, apart

from docexchange.delivery import OutboundState
from docexchange.envelope import Envelope
from docexchange.identifiers import MessageId, OrganId
from docexchange.node import Node

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from network_help import Cli, Network

LETTER = MessageId("m-letter")


def nothing_kept(network: Network) -> bool:
    """Whether the commune's node remembers nothing, and nothing lies about half-written."""
    with network.storage("commune") as storage:
        return storage.store.messages() == [] and network.drafts("commune") == []


def test_a_signed_letter_is_accepted_durably(cli: Cli, network: Network) -> None:
    """The answer names id and recipients; the letter stands in the queue, its bytes on the disk."""
    answer = cli("send", network.letter(), "--node", network["commune"], "--json").answer("send")
    assert answer == {
        "message_id": "m-letter",
        "recipients": [str(CENTRAL)],
        "repeated": False,
        "signed_here": False,
    }
    with network.storage("commune") as storage:
        (record,) = storage.store.outbound_of(LETTER)
        assert record.state is OutboundState.QUEUED
        assert storage.payloads.verify(record.payload).size == record.size


def test_the_answer_is_for_people_in_their_language(cli: Cli, network: Network) -> None:
    """Without --json it is a line with the id, and one for each recipient."""
    letter = network.letter()
    english = cli("send", letter, "--node", network["commune"])
    assert english.out == f"m-letter · accepted\n    Recipient: {CENTRAL}\n"
    vietnamese = cli("--lang", "vi", "send", letter, "--node", network["commune"])
    assert vietnamese.out == f"m-letter · đã nhận để gửi từ trước\n    Nơi nhận: {CENTRAL}\n"
    assert (english.code, english.err, vietnamese.code, vietnamese.err) == (0, "", 0, "")


def test_sending_again_changes_nothing(cli: Cli, network: Network) -> None:
    """The second time it says so, and the letter is queued once."""
    arguments = ("send", network.letter(), "--node", network["commune"], "--json")
    cli(*arguments)
    assert cli(*arguments).answer("send")["repeated"] is True
    with network.storage("commune") as storage:
        assert len(storage.store.outbound_of(LETTER)) == 1
        assert len(storage.store.timeline(LETTER)) == 1


def test_a_key_stands_for_one_message(cli: Cli, network: Network) -> None:
    """Another letter under a key that was used is refused by name."""
    node = network["commune"]
    cli("send", network.letter(), "--node", node, "--key", "case-7")
    again = cli("send", network.letter(), "--node", node, "--key-of-submission", "case-7")
    assert again.code == 2  # signed anew: another signature
    other = network.letter(message_id="m-other")
    cli("send", other, "--node", node, "--key", "case-7").refused(2, "delivery.conflict")


@pytest.mark.parametrize("key", ["\udcff", "a\nb", "k" * 256])
def test_a_key_is_short_printable_text(cli: Cli, network: Network, key: str) -> None:
    """Anything else could not be found again, or shown; nothing is kept."""
    ran = cli("send", network.letter(), "--node", network["commune"], "--key", key)
    ran.refused(2, "submit.key")
    assert nothing_kept(network)


def test_an_unsigned_letter_is_signed_with_the_key_of_the_node(cli: Cli, network: Network) -> None:
    """It says so, the letter carries the seal from then on, and sending it again is recognised."""
    arguments = ("send", network.unsigned(), "--node", network["commune"], "--json")
    first = cli(*arguments)
    assert first.answer("send")["signed_here"] is True
    assert "signed with the key of the node" in first.err
    again = cli(*arguments)
    assert (again.answer("send")["repeated"], again.answer("send")["signed_here"]) == (True, False)
    assert again.err == ""
    with Node.from_config(network["commune"]) as node:
        (record,) = node.store.outbound_of(LETTER)
        envelope = Envelope.read(node.point.payloads.path(record.payload))
        report = node.point.verifier.verify(envelope).report
    assert report.signatures[0].roles == ("agency",)
    assert report.signatures[0].signatory.organ_id == COMMUNE


def test_an_unsigned_letter_with_the_id_of_another_is_refused(cli: Cli, network: Network) -> None:
    """Without a signature it is the content that must be the same."""
    node = network["commune"]
    cli("send", network.unsigned(), "--node", node)
    other = network.unsigned(subject="V/v khác")
    cli("send", other, "--node", node).refused(2, "delivery.conflict")


def test_a_letter_comes_by_standard_input(network: Network) -> None:
    """With - the letter is read from there, and nothing of it stays behind but what was stored."""
    letter = network.letter().read_bytes()
    ran = apart(["send", "-", "--node", network["commune"], "--json"], stdin=letter)
    assert ran.answer("send")["message_id"] == "m-letter"


def test_two_processes_that_send_the_same_letter_both_succeed(network: Network) -> None:
    """Whoever comes second, even at the same moment, is told that it was accepted before."""
    command = [*PROGRAM, "send", str(network.letter()), "--node", str(network["commune"]), "--json"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    answers = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert sorted(b'"repeated": true' in answer for answer in answers) == [False, True]
    with network.storage("commune") as storage:
        assert len(storage.store.outbound_of(LETTER)) == 1


def test_a_full_disk_is_said_and_leaves_nothing_behind(network: Network) -> None:
    """Code 5, for freeing space helps; then the same command succeeds."""
    letter = network.letter(octets=b"a scan" * 100_000)
    arguments = ["send", letter, "--node", network["commune"]]
    apart(arguments, before="ulimit -f 600").refused(5, "store.full")
    assert nothing_kept(network)
    assert apart(arguments).code == 0


def test_an_interrupted_sender_leaves_no_draft_for_good(cli: Cli, network: Network) -> None:
    """What a crash left half-written is gone after the node has started again."""
    draft = network["commune"] / "store" / "payloads" / "tmp" / "left-over"
    draft.write_bytes(b"half a letter")
    assert cli("node", "run", "--node", network["commune"], "--once").code == 0
    assert network.drafts("commune") == []


def forged(network: Network) -> Path:
    """A letter whose subject was changed after signing."""
    path = network.letter(subject="V/v chi 5 triệu")
    path.write_bytes(path.read_bytes().replace("5 triệu".encode(), "9 triệu".encode()))
    return path


def malformed(network: Network) -> Path:
    """A letter of which the end is missing."""
    path = network.letter()
    path.write_bytes(path.read_bytes()[:-100])
    return path


def incomplete(network: Network) -> Path:
    """An unsigned letter without a subject."""
    path = network.unsigned(subject="V/v báo cáo")
    path.write_bytes(path.read_bytes().replace("V/v báo cáo".encode(), b""))
    return path


BAD_LETTERS: dict[str, tuple[Callable[[Network], Path], int, str]] = {
    "no such file": (lambda network: network.folder / "none.edxml", 4, "input.not-found"),
    "a folder": (lambda network: network.folder, 4, "input.not-found"),
    "cut short": (malformed, 4, "envelope.truncated"),
    "forged": (forged, 1, "signature.digest"),
    "unsigned and incomplete": (incomplete, 2, "envelope.invalid"),
    "signed by another agency": (
        lambda network: network.letter(network.pki.agency("district")),
        1,
        "signature.wrong-sender",
    ),
    "signed by a stranger": (
        lambda network: network.letter(network.pki.stranger),
        3,
        "certificate.no-chain",
    ),
    "signed with a revoked certificate": (
        lambda network: network.letter(network.pki.revoked),
        3,
        "certificate.revoked",
    ),
    "of another agency": (
        lambda network: network.letter(network.pki.agency("district"), sender=DISTRICT),
        2,
        "submit.foreign-sender",
    ),
    "to nobody": (
        lambda network: network.letter(to=OrganId("000.00.00.X99")),
        2,
        "route.unknown-agency",
    ),
}


@pytest.mark.parametrize("case", BAD_LETTERS)
def test_a_bad_letter_is_refused_whole(cli: Cli, network: Network, case: str) -> None:
    """One clear line, the exit code of its kind, and nothing is kept."""
    make, exit_code, code = BAD_LETTERS[case]
    cli("send", make(network), "--node", network["commune"]).refused(exit_code, code)
    assert nothing_kept(network)
    ran = cli("--lang", "vi", "send", make(network), "--node", network["commune"])
    ran.refused(exit_code, code)
    assert not re.search(r"\b(expected|found) ", ran.err), ran.err


def break_store(network: Network) -> None:
    """Random bytes instead of the database."""
    for path in (network["commune"] / "store").glob("store.db*"):
        path.write_bytes(b"\x93\x12random bytes" * 999)


def block_store(network: Network) -> None:
    """A file where the store's folder should be made."""
    (network.folder / "file").touch()
    network.set("commune", "store", '"../../file/store"')


BAD_NODES: dict[str, tuple[Callable[[Network], object], int, str]] = {
    "no such folder": (
        lambda network: network["commune"].rename("gone"),
        4,
        "configuration.not-found",
    ),
    "no TOML": (
        lambda network: (network["commune"] / "node.toml").write_bytes(b"agency = \xff"),
        2,
        "configuration.node",
    ),
    "an unknown key": (lambda n: n.set("commune", "colour", '"red"'), 2, "configuration.node"),
    "a key that is ours": (lambda n: n.set("commune", "base", '"/"'), 2, "configuration.node"),
    "a path with a NUL": (
        lambda n: n.set("commune", "store", r'"\u0000"'),
        2,
        "configuration.node",
    ),
    "an agency of no directory": (
        lambda n: n.set("commune", "agency", '"000.00.00.Z99"'),
        2,
        "directory.unknown-agency",
    ),
    "an address that is none": (
        lambda n: n.set("commune", "mailbox", '"folder:../../x"'),
        2,
        "transport.bad-url",
    ),
    "no agency code": (lambda n: n.set("commune", "agency", '"?"'), 2, "identifier.organ-id"),
    "a damaged store": (break_store, 5, "store.damaged"),
    "a store in a file": (block_store, 5, "store.cannot-open"),
    "a wrong password": (
        lambda network: (network.folder / "pki" / "password.txt").write_bytes(b"wrong\n"),
        2,
        "key.not-opened",
    ),
    "no password file": (
        lambda network: (network.folder / "pki" / "password.txt").unlink(),
        2,
        "configuration.password-file",
    ),
    "no key": (
        lambda n: n.set("commune", "uri", '"pkcs12:none.p12"'),
        4,
        "input.not-found",
    ),
    "no directory": (
        lambda network: (network.folder / "pki" / "directory.toml").unlink(),
        4,
        "input.not-found",
    ),
    "an unknown transport": (
        lambda n: n.set("commune", "mailbox", '"pigeon:loft"'),
        2,
        "transport.unknown-scheme",
    ),
}


@pytest.mark.parametrize("case", BAD_NODES)
def test_a_node_that_cannot_work_says_why(
    cli: Cli, network: Network, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One clear line and the exit code of its kind."""
    monkeypatch.chdir(network.folder)
    make, exit_code, code = BAD_NODES[case]
    make(network)
    cli("send", network.letter(), "--node", network["commune"]).refused(exit_code, code)
