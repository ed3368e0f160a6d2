"""A registry of letters in FastAPI, with the agency's node inside.

Run it for the folder of a node whose ``node.toml`` has a [server]: python app.py NODE_FOLDER
"""

import sqlite3
import ssl
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from docexchange import DocumentBuilder, Node, OrganId, Organization, SystemClock
from docexchange.clock import vietnam_date
from docexchange.node import Letter, NodeConfig, read_config
from docexchange.web import WebLimits, guarded


class Registry:
    """The incoming book: a table in a database of the application's own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as database:
            database.execute("CREATE TABLE IF NOT EXISTS book (id TEXT PRIMARY KEY, subject TEXT)")

    def add(self, letter: Letter) -> None:
        """Enter a letter; the primary key makes taking it twice harmless."""
        row = (str(letter.message_id), letter.verified.message.subject)
        with self._open() as database:
            database.execute("INSERT OR IGNORE INTO book VALUES (?, ?)", row)

    def all(self) -> list[dict[str, str]]:
        """Everything that was entered."""
        with self._open() as database:
            rows = database.execute("SELECT id, subject FROM book ORDER BY rowid").fetchall()
        return [{"id": row[0], "subject": row[1]} for row in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path)) as database, database:
            yield database


class Draft(BaseModel):
    """A letter as a clerk writes it."""

    to: str
    to_name: str
    number: str
    subject: str


def create_app(node: Node, registry: Registry) -> FastAPI:
    """The application, with the HTTP side of the node beside its own pages."""
    http = node.asgi()

    @node.on_document
    def enter(letter: Letter) -> None:
        registry.add(letter)  # returned: the letter is ours, and its sender is told so

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with http.lifespan():
            with working(node):
                yield
        node.close()

    app = FastAPI(lifespan=lifespan)

    # Put your own login before these two; the node asks its callers for certificates itself.
    @app.get("/letters")
    def letters() -> list[dict[str, str]]:
        return registry.all()

    @app.post("/letters")
    def send(draft: Draft) -> dict[str, str]:
        return {"id": str(node.send(built(draft, node.agency)).message_id)}

    app.mount("/", http)  # last: it answers what is not ours, all of it under /v1/
    return app


@contextmanager
def working(node: Node) -> Iterator[None]:
    """Let the node work in a thread; in the end it finishes what is in hand."""
    stop = threading.Event()
    thread = threading.Thread(target=node.run, args=(stop,), kwargs={"workers": 2})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def built(draft: Draft, sender: OrganId):  # noqa: ANN201  a Document
    """The letter that a draft means."""
    return (
        DocumentBuilder()
        .sender(Organization(sender, "UBND huyện Bến Cầu"))
        .to(Organization(OrganId(draft.to), draft.to_name))
        .code(draft.number, "UBND")
        .promulgated(vietnam_date(SystemClock().now()))
        .type("Công văn")
        .subject(draft.subject)
        .signer("Trần Văn Đức")
        .build()
    )


def serve(app: FastAPI, config: NodeConfig) -> None:
    """Serve with mutual TLS: ``guarded`` shows the node the certificates of its callers."""
    uvicorn.run(
        app,
        host=config.server.host,
        port=config.server.port,
        http=guarded(WebLimits(), lambda status, reason: print("cut off:", status, reason)),
        ssl_certfile=config.base / config.server.certificate,
        ssl_keyfile=config.base / config.server.key,
        ssl_ca_certs=config.base / config.trust.paths[0] / "root.pem",
        ssl_cert_reqs=ssl.CERT_OPTIONAL,
        timeout_graceful_shutdown=5,  # for requests in hand, and for peers who do not say goodbye
    )


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("expected the folder of a node with a [server]: python app.py NODE_FOLDER")
    settings = read_config(sys.argv[1])
    book = Registry(settings.base / "registry.db")
    serve(create_app(Node.from_config(settings), book), settings)
