"""Bringing octets to the tested system as they are, whatever a node would say to them.

receipt = push(network.nodes.of("district").node, octets, to=own.organ_id)
"""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

from docexchange.envelope import Envelope
from docexchange.errors import DocExchangeError
from docexchange.identifiers import MessageId
from docexchange.node.point import message_id_of
from docexchange.transport import Parcel, ParcelKind

if TYPE_CHECKING:
    from docexchange.identifiers import OrganId
    from docexchange.node import Node

__all__ = ["push"]


def push(node: Node, octets: bytes, *, to: OrganId) -> bytes | None:
    """Bring octets to an agency, over the link that the node has to it.

    Args:
        node: of a neighbour; its certificate is shown. It does not remember this.
        octets: a letter, or none.
        to: whom they are brought to, as if for it.

    Returns:
        What came back: a receipt or signed refusal; None when they wait to be fetched, or nothing
        was said yet.

    Raises:
        TransportError: they were not taken.
    """
    sha256 = hashlib.sha256(octets).hexdigest()
    parcel = Parcel(
        kind=ParcelKind.MESSAGE,
        message_id=_id_of(octets, sha256),
        recipients=(to,),
        origin=node.agency,
        from_node=node.agency,
        to_node=to,
        sha256=sha256,
        size=len(octets),
    )
    point = node.point
    answers = point.transport.send(parcel, io.BytesIO(octets), to=point.endpoint(to))
    return answers[0] if answers else None


def _id_of(octets: bytes, sha256: str) -> MessageId:
    try:
        return message_id_of(Envelope.from_bytes(octets), sha256)
    except DocExchangeError:
        return MessageId(f"sha256-{sha256}")
