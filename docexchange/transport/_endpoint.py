"""Where a node is reached over HTTP: its endpoint as the directory names it, read strictly.

>>> endpoint_of("https://van-thu.example:8443")
'https://van-thu.example:8443/'
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

from docexchange.errors import TransportError

__all__ = ["bad_url", "endpoint_of", "inside"]


def endpoint_of(url: str, *, allow_plain: bool = False) -> str:
    """Check an endpoint; all paths of its node begin with what is given back.

    Args:
        url: ``https://host:port/``; ``http://`` for this machine itself.
        allow_plain: whether other machines may be reached by ``http://``, too.

    Raises:
        TransportError: it makes no sense; trying again does not help.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise bad_url(url, f"an address ({error})") from error
    if parts.scheme not in {"https", "http"} or not host or port == 0 or not url.isprintable():
        raise bad_url(url, "https://host:port/")
    if parts.username is not None or parts.query or parts.fragment or " " in url:
        raise bad_url(url, "an address without user, query and fragment")
    if parts.scheme == "http" and not allow_plain and not _is_here(host):
        raise bad_url(url, "https:// for another machine")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/"


def inside(endpoint: str, location: str) -> str:
    """The address that an answer of a node points to, on that node whatever it says.

    A server behind another one may not know under which name it is reached.

    Args:
        endpoint: of the node.
        location: what it said, relative to the endpoint, to its host, or whole.
    """
    parts = urlsplit(urljoin(endpoint, location))
    root = urlsplit(endpoint)
    return root._replace(path=parts.path, query=parts.query).geturl()


def bad_url(url: str, expected: str) -> TransportError:
    """What is said of an endpoint that makes no sense."""
    return TransportError(
        f"endpoint: expected {expected}, found {url[:200]!r}",
        retryable=False,
        code="transport.bad-url",
        advice="Correct the endpoint in the directory or in the configuration.",
    )


def _is_here(host: str) -> bool:
    """Whether a host is this machine by its name alone, without asking anyone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
