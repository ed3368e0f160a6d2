"""What ails a node: each ailment is seen, named, and told with advice; a healthy node has none."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from exchange_help import letter

from docexchange.clock import VirtualClock
from docexchange.node import Node, State, examine, read_config
from docexchange.node.opening.config import ServerConfig


def seen(folder, clock, **options):
    """All symptoms, by name; whatever is not good comes with advice."""
    found = {}
    for symptom in examine(read_config(folder), clock, **options):
        assert (symptom.advice == "") == (symptom.state is State.GOOD), symptom
        found.setdefault(symptom.name, []).append(symptom)
    return found


def worst(symptoms):
    """The states of some symptoms, each once."""
    return {symptom.state for symptom in symptoms}


def test_a_healthy_node_has_nothing_wrong(folders, clock):
    """Every name is looked at, with what was found in words."""
    found = seen(folders["district"], clock)
    assert set(found) == {"key", "trust", "directory", "store", "queue", "disk", "mailbox", "peer"}
    assert {state for item in found.values() for state in worst(item)} == {State.GOOD}
    assert len(found["peer"]) == 2


def test_looking_changes_nothing(folders, clock):
    """Not a file appears or disappears but the store's own log."""
    with Node.from_config(folders["commune"], clock=clock) as node:
        node.send(letter())

    def files():
        return {
            (path, path.stat().st_mtime_ns)
            for path in folders["commune"].parent.rglob("*")
            if path.is_file() and "store.db" not in path.name
        }

    before = files()
    seen(folders["commune"], clock)
    assert files() == before


@pytest.mark.parametrize(
    ("days_left", "state"), [(29, State.WARNING), (6, State.BAD), (-1, State.BAD)]
)
def test_a_key_that_runs_out_is_told_in_time(folders, clock, days_left, state):
    """A month before, loudly a week before, and afterwards."""
    with Node.from_config(folders["commune"], clock=clock) as node:
        ends = node.point.signer.key.certificate.not_valid_after_utc
    clock.advance(ends - clock.now() - timedelta(days=days_left))
    found = seen(folders["commune"], clock)
    # A key that has run out is not bound to the agency any more: the node does not even open.
    symptoms = found.get("key") or found["configuration"]
    assert worst(symptoms) == {state}
    assert symptoms[0].advice


@pytest.mark.parametrize(
    ("days_left", "state"), [(40, State.GOOD), (20, State.WARNING), (-1, State.BAD)]
)
def test_a_server_certificate_that_runs_out_is_told_in_time(folders, clock, pki, days_left, state):
    """Nobody could bring anything, and the node itself would see nothing wrong."""
    folder, agency = folders["commune"], pki.agency("commune")
    (folder / "tls.pem").write_bytes(agency.certificate.public_bytes(Encoding.PEM))
    config = read_config(folder)
    server = ServerConfig(certificate="tls.pem", key="tls.key.pem")
    config = config.model_copy(update={"server": server})
    clock.advance(agency.certificate.not_valid_after_utc - clock.now() - timedelta(days=days_left))
    (symptom,) = [one for one in examine(config, clock) if one.name == "server"]
    assert symptom.state is state


@pytest.mark.parametrize("data", [None, b"no certificate"])
def test_a_server_certificate_that_cannot_be_read_is_told(folders, clock, data):
    """Missing, or something else: the file is named."""
    if data is not None:
        (folders["commune"] / "tls.pem").write_bytes(data)
    server = ServerConfig(certificate="tls.pem", key="tls.key.pem")
    config = read_config(folders["commune"]).model_copy(update={"server": server})
    (symptom,) = [one for one in examine(config, clock) if one.name == "server"]
    assert (symptom.state, "tls.pem" in symptom.found) == (State.BAD, True)


def test_lists_out_of_date_are_bad(folders, clock):
    """With them letters are postponed: nothing moves."""
    clock.advance(timedelta(days=60))
    assert State.BAD in worst(seen(folders["commune"], clock)["trust"])


def test_letters_that_wait_too_long_are_told_by_peer(folders, clock):
    """How many, and for whom."""
    with Node.from_config(folders["commune"], clock=clock) as node:
        node.send(letter())
    assert worst(seen(folders["commune"], clock)["queue"]) == {State.GOOD}
    clock.advance(timedelta(hours=2))
    (symptom,) = seen(folders["commune"], clock)["queue"]
    assert symptom.state is State.WARNING
    assert "1 letters for 000.00.31.H53" in symptom.found


def test_a_peer_that_is_gone_is_told(folders, clock):
    """The others are still tried."""
    mailbox = folders["province"] / "mailbox"
    mailbox.rename(mailbox.with_name("away"))
    found = seen(folders["district"], clock)["peer"]
    assert worst(found) == {State.GOOD, State.WARNING}
    assert "peer" not in seen(folders["district"], clock, with_peers=False)


def test_a_clock_that_was_set_back_is_told_by_the_log(folders, clock):
    """No peer need tell its time: what the node wrote down is later than what its clock shows."""
    with Node.from_config(folders["commune"], clock=clock) as node:
        node.send(letter())
    assert "clock" not in seen(folders["commune"], clock)
    (symptom,) = seen(folders["commune"], VirtualClock(clock.now() - timedelta(hours=2)))["clock"]
    assert (symptom.state, symptom.found) == (
        State.BAD,
        "7200 seconds behind the last entry of the audit log",
    )


def test_a_node_that_cannot_be_opened_is_told_first(folders, clock):
    """With what can be seen without opening it."""
    (folders["commune"] / "store").mkdir(exist_ok=True)
    (folders["commune"] / "store" / "store.db").write_bytes(b"no database" * 99)
    symptoms = examine(read_config(folders["commune"]), clock)
    assert (symptoms[0].name, symptoms[0].state) == ("configuration", State.BAD)
    assert {item.name for item in symptoms} == {"configuration", "trust", "disk"}


def test_trust_that_is_missing_is_told(folders, clock):
    """Not a crash."""
    config = read_config(folders["commune"])
    nowhere = config.trust.model_copy(update={"paths": ["nowhere"]})
    symptoms = examine(config.model_copy(update={"trust": nowhere}), clock)
    assert {item.state for item in symptoms if item.name in {"trust", "configuration"}} == {
        State.BAD
    }


def test_parcels_set_aside_are_told(folders, clock):
    """With the first reason."""
    odd = folders["commune"] / "mailbox" / "new" / "odd"
    odd.mkdir()
    (odd / "parcel.json").write_bytes(b"{}")
    with Node.from_config(folders["commune"], clock=clock) as node:
        node.run_once()
    (symptom,) = seen(folders["commune"], clock)["mailbox"]
    assert symptom.state is State.WARNING
    assert symptom.found.startswith("1 parcels set aside, first: ")


@pytest.mark.parametrize("place", ["store", "mailbox"])
def test_what_a_new_node_could_not_make_is_told_before_it_runs(folders, clock, place):
    """A file in the place of a folder: the node would not open."""
    folder = folders["commune"]
    for name in ("store", "mailbox"):
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / place).touch()
    symptoms = examine(read_config(folder), clock)
    assert (symptoms[0].name, symptoms[0].state) == ("configuration", State.BAD)
    assert sorted(path.name for path in folder.iterdir()) == sorted(["node.toml", place])


def test_a_mailbox_that_is_there_is_looked_into_before_the_node_runs(folders, clock):
    """A node whose store was moved away: what could not be read still lies beside it."""
    odd = folders["commune"] / "mailbox" / "new" / "odd"
    odd.mkdir()
    (odd / "parcel.json").write_bytes(b"{}")
    with Node.from_config(folders["commune"], clock=clock) as node:
        node.run_once()
    shutil.rmtree(folders["commune"] / "store")
    (symptom,) = seen(folders["commune"], clock)["mailbox"]
    assert symptom.found.startswith("1 parcels set aside")
    assert not (folders["commune"] / "store").exists()


def test_a_mailbox_that_a_new_node_has_not_made_is_told(folders, clock):
    """Until it runs, letters wait at its neighbours; looking does not make it."""
    folder = folders["commune"]
    for name in ("store", "mailbox"):
        shutil.rmtree(folder / name, ignore_errors=True)
    (_, symptom) = seen(folder, clock)["mailbox"]
    assert symptom.state is State.WARNING
    assert symptom.found.startswith("folder:commune/mailbox is not there yet")
    assert not (folder / "mailbox").exists()
    with Node.from_config(folder, clock=clock) as node:
        node.run_once()
    assert worst(seen(folder, clock)["mailbox"]) == {State.GOOD}


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('endpoint = "folder:commune/mailbox"', "", "the directory names no endpoint"),
        (
            "folder:commune/mailbox",
            "folder:elsewhere/mailbox",
            (
                "the directory says folder:elsewhere/mailbox, and this node looks into "
                "folder:commune/mailbox"
            ),
        ),
    ],
)
def test_a_directory_that_does_not_lead_to_the_node_is_told(folders, clock, old, new, found):
    """A node that nobody finds, or that looks into another mailbox than letters are put into."""
    config = read_config(folders["commune"])
    directory = config.base / config.directory
    text = directory.read_text(encoding="utf-8")
    assert old in text
    directory.write_text(text.replace(old, new), encoding="utf-8")
    (_, symptom) = seen(folders["commune"], clock)["mailbox"]
    assert symptom.state is State.WARNING
    assert found in symptom.found
