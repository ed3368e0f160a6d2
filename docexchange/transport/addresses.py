"""Which addresses may be asked because a stranger's certificate names them: those of the Internet.

>>> is_public("203.0.113.7"), is_public("10.0.0.7"), is_public("::ffff:127.0.0.1")
(False, False, False)
>>> is_public("8.8.8.8")
True
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final

from docexchange.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Network

__all__ = ["is_public", "networks"]

_NAT64: Final = IPv6Network("64:ff9b::/96")
_LOW: Final = 0xFFFFFFFF


def is_public(text: str) -> bool:
    """Whether an address is one of the Internet: not of this machine, this network, or of many.

    An address inside another (IPv4 in IPv6, 6to4, Teredo, NAT64) counts for what it leads to.

    Args:
        text: the address, as the system resolved it.
    """
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_public(str(inner))
    return address.is_global and not address.is_multicast


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & _LOW)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def networks(texts: Iterable[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    """Read networks: ``10.1.0.0/16``, or a single address.

    Raises:
        ConfigurationError: one of them is none.
    """
    try:
        return tuple(map(ip_network, texts))
    except ValueError as error:
        raise ConfigurationError(
            f"expected a network such as 10.1.0.0/16, found: {error}",
            code="fetch.network",
            advice="Write the address of the network and the length of its prefix.",
        ) from error
