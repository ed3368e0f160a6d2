"""Four nodes in four folders, ready to run: what demonstrations, samples and tests start from.

The short way to something that works::

    folders = write_nodes("demo", DemoPki.create(at=clock.now(), key="p256"))
    with Node.from_config(folders["commune"]) as node: ...
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from docexchange.transport import FolderTransport

if TYPE_CHECKING:
    from docexchange.testing.agencies import DemoAgency
    from docexchange.testing.pki import DemoPki

__all__ = ["PASSWORD", "node_text", "write_nodes"]

PASSWORD: Final = "demo"  # noqa: S105
"""Of the throw-away keys."""
_CONFIG: Final = """\
# {name} (tier {tier})
agency = "{code}"
store = "store"
endpoint_base = ".."
mailbox = {mailbox}
inbox = "inbox"
directory = "{directory}"

[key]
uri = "pkcs12:../../pki/agencies/{folder}/agency.p12"
password_file = "../../pki/password.txt"

[trust]
paths = ["../../pki/trust"]
"""


def write_nodes(folder: Path | str, pki: DemoPki) -> dict[str, Path]:
    """Write a PKI and a node for each of its agencies, connected by folders.

    Args:
        folder: where; gets ``pki/`` and ``nodes/``.
        pki: its agencies get the nodes.

    Returns:
        The folder of each node, by the short name of its agency.

    Raises:
        UsageError: there is a PKI already.
    """
    folder = Path(folder)
    nodes = folder / "nodes"
    nodes.mkdir(parents=True, exist_ok=True)
    endpoints = {agency.folder: f"folder:{agency.folder}/mailbox" for agency in pki.agencies}
    pki.write(folder / "pki", PASSWORD, endpoints=endpoints)
    return {agency.folder: _write_node(nodes / agency.folder, agency) for agency in pki.agencies}


def _write_node(folder: Path, agency: DemoAgency) -> Path:
    folder.mkdir(exist_ok=True)
    FolderTransport(folder / "mailbox").close()  # peers can send before the node first runs
    text = node_text(agency, mailbox=f'"folder:{agency.folder}/mailbox"')
    (folder / "node.toml").write_text(text, encoding="utf-8")
    return folder


def node_text(
    agency: DemoAgency, *, mailbox: str, directory: str = "../../pki/directory.toml"
) -> str:
    """What every node of a demonstration has in its ``node.toml``.

    Args:
        agency: whose node.
        mailbox: its own end of the transport, in TOML.
        directory: where its directory is.
    """
    return _CONFIG.format(
        name=agency.name,
        tier=agency.tier,
        code=agency.organ_id,
        folder=agency.folder,
        mailbox=mailbox,
        directory=directory,
    )
