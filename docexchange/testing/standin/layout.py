"""Where each file of a stand-in network lies: keys, directories, the folders of the nodes.

    pki/                        as ``docexchange pki demo`` writes it, and server.pem of each agency
    nodes/<agency>/node.toml    of each node that runs here
    nodes/<agency>/directory.toml   the directory as that agency has it: neighbours behind the links

Every agency has a directory of its own, also the one that the tested system plays.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from docexchange.directory import DirectoryEntry, write_toml
from docexchange.testing._pki_folder import replace_files
from docexchange.testing.nodes import node_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from docexchange.testing.agencies import DemoAgency
    from docexchange.testing.standin.papers import Papers

__all__ = ["clear_node", "node_folder", "write_directory", "write_node"]

_FIRST: Final = "poll_seconds = 0.2\nworkers = 2\n"
_SERVED: Final = """
[tls]
certificate = "../../pki/agencies/{folder}/agency.pem"
key = "../../pki/agencies/{folder}/agency.key.pem"
ca = ["../../pki/trust"]

[http]
connect_seconds = 2
read_seconds = 10                    # a frozen line is given up after this
pause_seconds = 0.1
rest_seconds = 0.5

[retry]                              # in days nobody would wait for a test
first_seconds = 0.2
longest_seconds = 1.0
attempts = 100000

[server]
host = "127.0.0.1"
port = {port}
certificate = "../../pki/agencies/{folder}/server.pem"
key = "../../pki/agencies/{folder}/server.key.pem"

[server.limits]
stop_seconds = 2
free_bytes = 1                       # it forgets everything anyway
"""


def node_folder(base: Path, agency: DemoAgency) -> Path:
    """The folder of an agency's node.

    Args:
        base: of the network.
        agency: whose.
    """
    return base / "nodes" / agency.folder


def write_node(base: Path, agency: DemoAgency, *, port: int) -> None:
    """Write the configuration of a node.

    Args:
        base: of the network.
        agency: whose.
        port: where it listens.
    """
    text = _FIRST + node_text(
        agency, mailbox="[]  # what is for us is brought to us", directory="directory.toml"
    )
    text += _SERVED.format(folder=agency.folder, port=port)
    (node_folder(base, agency) / "node.toml").write_text(text, encoding="utf-8")


def write_directory(
    base: Path,
    agency: DemoAgency,
    agencies: Sequence[DemoAgency],
    *,
    papers: Papers,
    endpoints: Mapping[str, str],
) -> None:
    """Write the directory that an agency goes by.

    Args:
        base: of the network.
        agency: who goes by it.
        agencies: who stands in it.
        papers: the certificates of each.
        endpoints: where it reaches each, by folder.
    """
    folder = node_folder(base, agency)
    folder.mkdir(parents=True, exist_ok=True)
    entries = [
        DirectoryEntry(
            organ_id=each.organ_id,
            name=each.name,
            tier=each.tier,
            parent=each.parent,
            endpoint=endpoints.get(each.folder, ""),
            certificates=papers.fingerprints(each.folder),
        )
        for each in agencies
    ]
    replace_files(folder, {"directory.toml": write_toml(entries).encode()})


def clear_node(base: Path, agency: DemoAgency) -> None:
    """Let a node forget everything; it must not run.

    Args:
        base: of the network.
        agency: whose.
    """
    for name in ("store", "inbox"):
        shutil.rmtree(node_folder(base, agency) / name, ignore_errors=True)
