"""The limit: uvicorn and one INSERT for each body, durable before it is answered; nothing else.

No certificate is looked up, no digest held to, no XML read, no signature checked or made: the same
TLS, the same octets, a write-ahead log with a full flush for each request, by worker threads as
ours has them. What a node adds to this is its work.
"""

from __future__ import annotations

import asyncio
import sqlite3
import ssl
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import uvicorn

WORKERS = 8


class Plain:
    """An ASGI application that keeps what is posted."""

    def __init__(self, path: Path) -> None:
        self.path, self.held = path, threading.local()
        self.pool = ThreadPoolExecutor(WORKERS)
        connection = self.connection()
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE letter (sha256 TEXT PRIMARY KEY, data BLOB NOT NULL)")

    def connection(self) -> sqlite3.Connection:
        if not hasattr(self.held, "connection"):
            self.held.connection = sqlite3.connect(self.path, isolation_level=None, timeout=60)
            self.held.connection.execute("PRAGMA synchronous = FULL")
        return self.held.connection

    def keep(self, data: bytes) -> bytes:
        digest = sha256(data).hexdigest()
        self.connection().execute("REPLACE INTO letter VALUES (?, ?)", (digest, data))
        return digest.encode()

    async def __call__(self, scope, receive, send) -> None:
        del scope
        body, more = bytearray(), True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self.pool, self.keep, bytes(body))
        headers = [(b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


def main() -> None:
    port, folder, ca = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    certificate, key, database = sys.argv[4], sys.argv[5], folder / "plain.db"
    uvicorn.run(
        Plain(database),
        host="127.0.0.1",
        port=port,
        lifespan="off",
        log_config=None,
        access_log=False,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        ssl_ca_certs=ca,
        ssl_cert_reqs=ssl.CERT_REQUIRED,
    )


if __name__ == "__main__":
    main()
