"""The ways in and out that a configuration names: our own ends, and how others are reached.

>>> transport = Ways(config, own=own, directory=directory, trust=trust, clock=clock).open()

Folders and the transports of others are opened as they are. HTTP needs to know who we are (`[tls]`)
and who is at the other end: the directory tells that, also of a neighbour who keeps our mailbox.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from docexchange.clock import vietnam_date
from docexchange.errors import ConfigurationError
from docexchange.signing import SigningKey, TrustStore
from docexchange.transport import HttpSettings, HttpTransport, Mounts, PullBoxes, open_transport

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from pathlib import Path

    from docexchange.clock import Clock
    from docexchange.directory import InForce
    from docexchange.identifiers import OrganId
    from docexchange.node.opening.config import NodeConfig
    from docexchange.transport import Transport

__all__ = ["Ways", "boxes_of", "password_of"]

_SCHEMES: Final = ("https", "http")


class Ways:
    """Opens the transports of one node.

    Args:
        config: the node.
        own: its agency.
        directory: who is where, and whose certificates are whose; asked anew each time.
        trust: anchors and revocation lists.
        clock: tells the time.
    """

    def __init__(
        self,
        config: NodeConfig,
        *,
        own: OrganId,
        directory: InForce,
        trust: TrustStore,
        clock: Clock,
    ) -> None:
        self._config: Final = config
        self._own: Final = own
        self._directory: Final = directory
        self._trust: Final = trust
        self._clock: Final = clock

    def open(self) -> Mounts:
        """Open our own ends; what is only sent by is opened when it is first needed.

        Raises:
            InputNotFound: a file of ``[tls]`` is missing.
            ConfigurationError: it cannot work as described.
            TransportError: one of our ends cannot be opened.
        """
        config, settings = self._config, self._settings()
        tls = self._identity()

        def http(url: str, *, base: Path) -> HttpTransport:
            del base  # endpoints over HTTP are never relative
            return self._http(settings, tls, mailbox=(self._neighbour(url), url))

        openers = dict.fromkeys(_SCHEMES, http)
        base = (config.base / config.endpoint_base).resolve()
        ends = {url: open_transport(url, base=base, openers=openers) for url in config.mailboxes}

        @cache
        def sender() -> HttpTransport:
            return self._http(settings, tls)

        ways: dict[str, Callable[[], Transport]] = {f"{scheme}:": sender for scheme in _SCHEMES}
        return Mounts(ends, ways={**ways, "pull:": lambda: boxes_of(config)})

    def _http(
        self,
        settings: HttpSettings,
        tls: Callable[[], ssl.SSLContext],
        *,
        mailbox: tuple[OrganId, str] | None = None,
    ) -> HttpTransport:
        from docexchange.node.opening.identity import Peers

        return HttpTransport(
            self._own,
            state=self._config.base / self._config.store / "lines",
            clock=self._clock,
            tls=tls,
            peers=Peers(directory=self._directory, trust=self._authorities, clock=self._clock),
            settings=settings,
            mailbox=mailbox,
        )

    @cached_property
    def _authorities(self) -> TrustStore:
        """Whom servers are trusted by."""
        config = self._config
        if config.tls is None or not config.tls.ca:
            return self._trust
        return TrustStore.from_path(*(config.base / path for path in config.tls.ca))

    def _identity(self) -> Callable[[], ssl.SSLContext]:
        """What we show; looked at now if there is something to look at."""
        config, base = self._config.tls, self._config.base
        if config is None:
            return self._anonymous
        from docexchange.node.opening.identity import client_identity

        password = password_of(base / config.password_file) if config.password_file else None
        scheme, _, rest = config.key.partition(":")
        if scheme == "pkcs12" and rest:
            key = SigningKey.from_pkcs12(base / rest, password=password)
        else:
            certificate = base / config.certificate if config.certificate else None
            key = SigningKey.from_pem(base / config.key, certificate, password=password)
        return client_identity(key, trusted=self._authorities.anchors)

    def _anonymous(self) -> ssl.SSLContext:
        from docexchange.node.opening.identity import client_identity

        return client_identity(None, trusted=self._trust.anchors)()

    def _neighbour(self, url: str) -> OrganId:
        """Whose node keeps our mailbox: the one whose endpoint it is."""
        today = vietnam_date(self._clock.now())
        wanted = url.rstrip("/")
        for entry in self._directory():
            if entry.endpoint.rstrip("/") == wanted and entry.valid_on(today):
                return entry.organ_id
        raise ConfigurationError(
            f"mailbox {url}: expected the endpoint of an agency in the directory, found none such",
            code="configuration.mailbox",
            advice="Write the address as it stands in the directory at the agency that keeps it.",
        )

    def _settings(self) -> HttpSettings:
        try:
            return replace(HttpSettings(), **self._config.http)  # type: ignore[arg-type]
        except TypeError as error:
            raise ConfigurationError(
                f"[http]: expected fields of HttpSettings, found {', '.join(self._config.http)}",
                code="configuration.http",
            ) from error


def boxes_of(config: NodeConfig) -> PullBoxes:
    """The mailboxes that a node keeps for neighbours: they fetch from them, or have them carried.

    Args:
        config: the node.

    Raises:
        TransportError: their folder cannot be made.
    """
    return PullBoxes(config.base / config.store / "boxes")


def password_of(path: Path) -> Callable[[], bytes]:
    """What reads a password from its file when it is needed.

    Args:
        path: the file; it may end with a line break.
    """

    def read() -> bytes:
        try:
            return path.read_bytes().strip(b"\r\n")
        except OSError as error:
            raise ConfigurationError(
                f"{path}: expected the password of the key, found: {error.strerror or error}",
                code="configuration.password-file",
            ) from error

    return read
