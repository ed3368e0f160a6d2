"""Where everything of a stand-in network is: what ``docexchange testserver`` prints.

summary = summary_of(network)
summary["control"], summary["you"]["certificate"], summary["agencies"][0]["url"]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docexchange.testing.standin.papers import Role
from docexchange.testing.standin.services import Service

if TYPE_CHECKING:
    from pathlib import Path

    from docexchange.testing.agencies import DemoAgency
    from docexchange.testing.standin.network import StandIn

__all__ = ["agency_as_json", "links_as_json", "summary_of"]


def summary_of(network: StandIn) -> dict[str, Any]:
    """Everything, as plain JSON.

    Args:
        network: it runs.
    """
    pki = network.folder / "pki"
    return {
        "control": network.control,
        "folder": str(network.folder),
        "you": _yours(network),
        "agencies": [agency_as_json(network, each) for each in network.pki.agencies],
        "links": links_as_json(network),
        "services": {
            **network.services.addresses(),
            "states": {
                str(each): "up" if network.services.is_up(each) else "down" for each in Service
            },
        },
        "trust": {
            "root": str(pki / "trust" / "root.pem"),
            "issuer": str(pki / "ca" / "sub-ca.pem"),
            "folder": str(pki / "trust"),
        },
    }


def agency_as_json(network: StandIn, agency: DemoAgency) -> dict[str, Any]:
    """One agency.

    Args:
        network: it runs.
        agency: one of its agencies.
    """
    own = agency == network.own
    state = "yours"
    if not own:
        state = "up" if network.nodes.of(agency.folder).is_up else "down"
    return {
        "name": agency.folder,
        "organ_id": str(agency.organ_id),
        "title": agency.name,
        "tier": agency.tier,
        "parent": str(agency.parent) if agency.parent else None,
        "state": state,
        "url": network.at if own else network.nodes.urls[agency.folder],
        "certificates": {str(role): _certificate(network, agency, role) for role in Role},
    }


def links_as_json(network: StandIn) -> list[dict[str, Any]]:
    """All lines with their states.

    Args:
        network: it runs.
    """
    links = network.nodes.links
    return [
        {
            "from": caller,
            "to": called,
            "url": links.url(caller, called),
            **links.fault(caller, called).as_json(),
        }
        for caller, called in links
    ]


def _certificate(network: StandIn, agency: DemoAgency, role: Role) -> dict[str, str]:
    held = network.nodes.papers.held(agency.folder, role)
    return {
        "sha256": held.sha256,
        "not_after": held.certificate.not_valid_after_utc.isoformat(),
        "file": str(_keys(network, agency) / f"{role}.pem"),
    }


def _yours(network: StandIn) -> dict[str, Any]:
    own, keys = network.own, _keys(network, network.own)
    return {
        "name": own.folder,
        "organ_id": str(own.organ_id),
        "takes_letters_at": network.at,
        "send_to": {
            called: network.nodes.links.url(caller, called)
            for caller, called in network.nodes.links
            if caller == own.folder
        },
        "certificate": str(keys / "agency.pem"),
        "key": str(keys / "agency.key.pem"),
        "pkcs12": str(keys / "agency.p12"),
        "leader_certificate": str(keys / "leader.pem"),
        "leader_key": str(keys / "leader.key.pem"),
        "server_certificate": str(keys / "server.pem"),
        "server_key": str(keys / "server.key.pem"),
        "password_file": str(network.folder / "pki" / "password.txt"),
        "directory": str(network.folder / "nodes" / own.folder / "directory.toml"),
    }


def _keys(network: StandIn, agency: DemoAgency) -> Path:
    return network.folder / "pki" / "agencies" / agency.folder
