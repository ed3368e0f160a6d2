"""``docexchange node init`` and ``doctor``: a node is made, and told when it cannot work."""

from __future__ import annotations

import shutil
import tomllib
from typing import TYPE_CHECKING

import pytest
from network_help import COMMUNE

from docexchange.node import Node

if TYPE_CHECKING:
    from pathlib import Path

    from network_help import Cli, Network, Ran


def init(cli: Cli, network: Network, folder: Path, *more: object, **changes: object) -> Ran:
    """Make a node for the commune."""
    pki = network.folder / "pki"
    options = {
        "agency": COMMUNE,
        "directory": pki / "directory.toml",
        "key": pki / "agencies" / "commune" / "agency.p12",
        "password-file": pki / "password.txt",
        "trust": pki / "trust",
        **changes,
    }
    given = [part for name, value in options.items() for part in (f"--{name}", value)]
    return cli("node", "init", folder, *given, *more)


def test_a_new_node_can_work_at_once(cli: Cli, network: Network, tmp_path: Path) -> None:
    """It sends a letter without another line of configuration."""
    folder = tmp_path / "new node"
    (tmp_path / "mailbox").mkdir()
    ran = init(cli, network, folder, "--json", mailbox=f"folder:{tmp_path}/mailbox")
    assert (ran.code, ran.err) == (0, "")
    answer = ran.answer("node-init")
    (told,) = [item for item in answer["symptoms"] if item["state"] != "good"]
    assert told["found"].startswith("the directory says folder:commune/mailbox, and this node")
    with Node.from_config(folder) as node:
        assert str(node.send(network.letter()).message_id) == "m-letter"


def test_a_node_may_be_moved_together_with_its_keys(
    cli: Cli, network: Network, tmp_path: Path
) -> None:
    """All its paths are relative to it."""
    pki = shutil.copytree(network.folder / "pki", tmp_path / "a" / "pki")
    folder = tmp_path / "a" / "node"
    paths = {
        "directory": pki / "directory.toml",
        "key": f"pkcs12:{pki}/agencies/commune/agency.p12",
        "password-file": pki / "password.txt",
        "trust": pki / "trust",
    }
    assert init(cli, network, folder, **paths).code == 0
    (tmp_path / "a").rename(tmp_path / "b")
    assert cli("node", "doctor", "--node", tmp_path / "b" / "node", "--offline").code == 0
    text = (tmp_path / "b" / "node" / "node.toml").read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    assert tomllib.loads(text)["key"]["uri"] == "pkcs12:../pki/agencies/commune/agency.p12"


def test_names_that_are_no_text_cannot_stand_in_a_configuration(
    cli: Cli, network: Network, tmp_path: Path
) -> None:
    """A folder named in another encoding, as old systems have them; nothing is made."""
    trust = tmp_path / "tin c\udce2y"
    shutil.copytree(network.folder / "pki" / "trust", trust)
    init(cli, network, tmp_path / "node", trust=trust).refused(2, "output.not-text")
    assert not (tmp_path / "node").exists()


def test_nothing_is_written_over(cli: Cli, network: Network, tmp_path: Path) -> None:
    """A node that is there stays as it is."""
    (tmp_path / "node.toml").write_text("mine")
    init(cli, network, tmp_path).refused(2, "output.node-exists")
    assert (tmp_path / "node.toml").read_text() == "mine"


def test_a_node_that_cannot_work_is_told(cli: Cli, network: Network, tmp_path: Path) -> None:
    """Somebody else's key: the file is written, the fault named, exit code 1."""
    other = network.folder / "pki" / "agencies" / "district" / "agency.p12"
    ran = init(cli, network, tmp_path / "node", "--json", key=other)
    assert ran.code == 1
    first = ran.answer("node-init")["symptoms"][0]
    assert (first["name"], first["state"]) == ("configuration", "bad")
    assert (tmp_path / "node" / "node.toml").is_file()


def test_the_doctor_tells_people(cli: Cli, network: Network) -> None:
    """A mark, a name, what was found; advice below where there is any."""
    ran = cli("--lang", "vi", "node", "doctor", "--node", network["district"])
    assert ran.code == 0
    assert "✔ khóa ký: còn " in ran.out
    assert ran.out.count("✔ nút lân cận: ") == 2


def test_the_doctor_answers_machines(cli: Cli, network: Network) -> None:
    """Bad: exit code 1, and all others are told as well."""
    shutil.rmtree(network.folder / "pki" / "trust")
    ran = cli("node", "doctor", "--node", network["district"], "--json")
    assert ran.code == 1
    states = {item["name"]: item["state"] for item in ran.answer("node-doctor")["symptoms"]}
    assert states["configuration"] == states["trust"] == "bad"
    assert states["disk"] == "good"


@pytest.mark.parametrize("name", ["agency", "mailbox"])
def test_odd_values_are_refused_or_told(
    cli: Cli, network: Network, tmp_path: Path, name: str
) -> None:
    """No traceback, whatever is in them."""
    ran = init(cli, network, tmp_path / "n", **{name: 'a"b\\c\n'})
    assert ran.code in {1, 2, 4}
    assert "Traceback" not in ran.err
