"""``node.toml``: what an access point is told about itself.

    agency = "000.21.31.H53"
    store = "store"                    # folder, made when absent
    endpoint_base = ".."               # where relative endpoints begin, ours and the directory's
    mailbox = "folder:commune/mailbox" # our end of the transport; several as a list
    inbox = "inbox"                    # accepted letters are copied here
    directory = "../directory.toml"    # who is where; or [snapshot] below, where it is signed

    [key]
    uri = "pkcs12:../pki/agencies/commune/agency.p12"
    password_file = "../pki/password.txt"

    [trust]
    paths = ["../pki/trust"]

    [tls]                              # optional: who we are to nodes reached over https
    certificate = "tls.pem"            # ours, and those in between
    key = "tls.key.pem"                # or alone: pkcs12:tls.p12
    password_file = "password.txt"
    ca = ["servers-ca/"]               # whom servers are trusted by; [trust] if left out

    [snapshot]                         # instead of directory: signed, taken in by the node itself
    root = "root-1.json"               # whose signatures count, from a hand you trust
    from = "https://directory.example/" # or a folder; empty for what is brought in by command
    every_seconds = 3600

    [retry]                            # optional; see RetrySchedule
    first_seconds = 30

    [routing]                          # optional; see docs/how-to/explain-a-route.md
    rules = "routing.toml"             # exceptions from the way through the superiors
    policy = "policy.toml"             # who may send what to whom
    closed = "redirect"                # letters to merged agencies go to the heir; or "refuse"

    [http]                             # optional; see HttpSettings
    read_seconds = 20

    [server]                           # optional: HTTP for other nodes
    port = 8443
    certificate = "tls.pem"            # its own, and those in between
    key = "tls.key.pem"

    [metrics]                          # optional: numbers for Prometheus on 127.0.0.1
    port = 9464

    [server.limits]                    # optional; see WebLimits
    requests = 64

Paths are relative to the file. Unknown keys are refused by name: a misspelt option that is silently
ignored is worse than none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from docexchange._settings import faults, table
from docexchange.errors import ConfigurationError, InputNotFound

__all__ = [
    "KeyConfig",
    "MetricsConfig",
    "NodeConfig",
    "RoutingConfig",
    "ServerConfig",
    "SnapshotConfig",
    "Text",
    "TlsConfig",
    "TrustConfig",
    "read_config",
]


Text = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$")]
"""Text on one line: no path and no address can hold anything else."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class KeyConfig(_Strict):
    """The agency's signing key."""

    uri: Text
    """``pkcs12:`` or ``file:`` and a path."""
    password_file: Text = ""
    """File with the password; empty for a key without one."""


class TrustConfig(_Strict):
    """Whom the node trusts."""

    paths: list[Text]
    """Anchors and revocation lists: files or folders."""


class TlsConfig(_Strict):
    """Who the node is to the servers of others."""

    key: Text
    """Private key in PEM, or ``pkcs12:`` and the path of a file with key and certificates."""
    certificate: Text = ""
    """Its certificate and those in between, in PEM; where they are not in the file of the key."""
    password_file: Text = ""
    """File with the password of the key; empty for a key without one."""
    ca: list[Text] = Field(default_factory=list)
    """Authorities and revocation lists for servers; those of ``[trust]`` if left out."""


class SnapshotConfig(_Strict):
    """The directory as somebody else signs and publishes it."""

    root: Text
    """File of the first root: whose signatures count."""
    source: Text = Field(default="", alias="from")
    """Address or folder that it is fetched from; empty where it is brought in by command."""
    folder: Text = "snapshot"
    """Folder for what is trusted; made when absent."""
    every_seconds: float = Field(default=3600.0, ge=1, le=7 * 86400)
    """How often the newest is asked for."""
    allowed: list[Text] = Field(default_factory=list)
    """Networks that may be asked although they are not of the Internet (``10.1.0.0/16``)."""


class RoutingConfig(_Strict):
    """Which way letters take, and which may pass."""

    rules: Text = ""
    """File with rules of the way; empty for the way through the superiors."""
    policy: Text = ""
    """File with rules of who may send what to whom; empty for everything but state secrets."""
    closed: Literal["redirect", "refuse"] = "redirect"
    """What becomes of a letter to a merged or abolished agency."""


class ServerConfig(_Strict):
    """Where the node is reached over HTTP."""

    host: Text = "0.0.0.0"  # noqa: S104  a node is there for others
    """Address to listen on."""
    port: int = Field(default=8443, ge=0, le=65535)
    """Port to listen on; 0 for one that the system chooses."""
    certificate: Text
    """The server's certificate and those in between, in PEM."""
    key: Text
    """Its private key, in PEM."""
    password_file: Text = ""
    """File with the password of the key; empty for a key without one."""
    limits: dict[str, float | int] = Field(default_factory=dict)
    """Fields of ``WebLimits``."""


class MetricsConfig(_Strict):
    """Where Prometheus finds the node's numbers (extra ``metrics``)."""

    host: Text = "127.0.0.1"
    """Address to listen on, over plain HTTP: an inner one."""
    port: int = Field(default=9464, ge=0, le=65535)
    """Port to listen on."""


class NodeConfig(_Strict):
    """One node."""

    agency: Text
    """Code of the agency it serves."""
    store: Text = "store"
    """Folder of the store."""
    mailbox: Text | list[Text] = "folder:mailbox"
    """Our end of the transport, or several; none in a list for a node that is only pushed to."""
    endpoint_base: Text = "."
    """Where relative endpoints begin: ours, and those in the directory."""
    inbox: Text = "inbox"
    """Folder that accepted letters are copied to."""
    snapshot: SnapshotConfig | None = None
    """The directory as it is published and signed, in place of a file of one's own."""
    directory: Text = Field(default="", validate_default=True)
    """Directory of agencies; empty where it comes as a snapshot."""
    key: KeyConfig
    """Signing key."""
    trust: TrustConfig
    """Trust anchors."""
    retry: dict[str, float | int] = Field(default_factory=dict)
    """Fields of ``RetrySchedule``."""
    routing: RoutingConfig = RoutingConfig()
    """Ways and policies."""
    tls: TlsConfig | None = None
    """Who the node is to the servers of others; without it none lets it in."""
    http: dict[str, float | int | bool] = Field(default_factory=dict)
    """Fields of ``HttpSettings``."""
    server: ServerConfig | None = None
    """HTTP for other nodes; none without it."""
    metrics: MetricsConfig | None = None
    """Numbers for Prometheus; none without it."""
    poll_seconds: float = Field(default=2.0, gt=0, le=3600)
    """How long to rest when there is nothing to do."""
    workers: int = Field(default=4, ge=1, le=64)
    """How many letters may be on their way to different neighbours at the same time."""
    one_processor: bool = True
    """Whether ``docexchange node run`` keeps all its threads on one processor."""
    base: Path = Path()
    """The folder that relative paths begin at; set by ``read_config``."""

    @property
    def mailboxes(self) -> list[str]:
        """Our ends of the transport, one or several."""
        return [self.mailbox] if isinstance(self.mailbox, str) else self.mailbox

    @field_validator("directory")
    @classmethod
    def _one_directory(cls, value: str, info: ValidationInfo) -> str:
        """Which of two directories is meant is not for a program to guess."""
        if value and info.data.get("snapshot") is not None:
            raise PydanticCustomError("both", "found beside [snapshot], where only one may stand")
        if not value and info.data.get("snapshot") is None:
            raise PydanticCustomError("missing", "missing")
        return value


def read_config(path: Path | str) -> NodeConfig:
    """Read ``node.toml``, or that file in a folder.

    Raises:
        InputNotFound: there is no such file.
        ConfigurationError: it is not a configuration; all faults are named.
    """
    path = Path(path)
    path = path / "node.toml" if path.is_dir() else path
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputNotFound(
            f"{path}: expected the configuration of a node, found: {error.strerror or error}",
            code="configuration.not-found",
            advice="Name the folder of the node with --node.",
        ) from error
    try:
        config = NodeConfig.model_validate(table(data))
        return config.model_copy(update={"base": path.parent.resolve()})
    except ValidationError as error:
        raise _unusable(path, faults(error)) from error
    except ValueError as error:
        raise _unusable(path, str(error)) from error


def _unusable(path: Path, found: str) -> ConfigurationError:
    return ConfigurationError(
        f"{path}: expected the configuration of a node, found {found}",
        code="configuration.node",
        advice="Compare it with the sample in the documentation.",
    )
