r"""A cheap caller: connections kept open over TLS, each bringing one letter after another.

    python benchmarks/load.py --port 8443 --letters letters.bin --ca root.pem \
        --certificate agency.pem --key agency.key.pem --seconds 10

Prints one JSON object. A request is one write, an answer a read or two, no library in between: what
it costs should be the server's. A letter counts when its receipt (200) is here whole.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import socket
import ssl
import sys
import threading
import time
from base64 import b64encode
from collections import Counter
from itertools import islice
from pathlib import Path

from premises import read_letters

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Load:
    """What was asked for, and what came of it."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.letters = islice(read_letters(options.letters), options.skip, None)
        self.turn = threading.Lock()
        self.begin = time.perf_counter()
        self.end = self.begin + options.seconds
        self.times: list[tuple[float, float]] = []
        self.other: Counter[str] = Counter()
        self.context = ssl.create_default_context(cafile=str(options.ca))
        self.context.load_cert_chain(options.certificate, options.key)

    def run(self) -> None:
        threads = [threading.Thread(target=self._bring) for _ in range(self.options.connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _bring(self) -> None:
        plain = socket.create_connection(("127.0.0.1", self.options.port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.context.wrap_socket(plain, server_hostname="localhost") as line:
            while (letter := self._next()) is not None:
                request = _request(letter)
                begin = time.perf_counter()
                line.sendall(request)
                status = _status(line)
                now = time.perf_counter()
                if status == 200:
                    self.times.append((now - self.begin, now - begin))
                else:
                    self.other[str(status)] += 1

    def _next(self) -> bytes | None:
        with self.turn:
            return next(self.letters, None) if time.perf_counter() < self.end else None

    def report(self) -> dict[str, object]:
        took = sorted(took for _, took in self.times)
        whole = max((at for at, _ in self.times), default=0.0)
        return {
            "accepted": len(took),
            "other": dict(self.other),
            "seconds": whole,
            "rate": len(took) / whole if whole else 0,
            "p50": took[len(took) // 2] if took else 0,
            "p99": _p99(took),
            "minutes": [self._minute(number) for number in range(int((whole + 1) // 60))],
            "cpu": time.process_time(),
        }

    def _minute(self, number: int) -> dict[str, float]:
        took = sorted(took for at, took in self.times if at // 60 == number)
        return {"rate": len(took) / 60, "p99": _p99(took)}


def _p99(took: list[float]) -> float:
    return took[len(took) * 99 // 100] if took else 0


def _request(letter: bytes) -> bytes:
    digest = b64encode(hashlib.sha256(letter).digest()).decode()
    head = (
        "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/xml\r\n"
        f"Content-Length: {len(letter)}\r\nContent-Digest: sha-256=:{digest}:\r\n\r\n"
    )
    return head.encode() + letter


def _status(line: ssl.SSLSocket) -> int:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(line)
    head, _, body = data.partition(b"\r\n\r\n")
    found = _LENGTH.search(head)
    left = (int(found[1]) if found else 0) - len(body)
    while left > 0:
        left -= len(_more(line))
    return int(head.split(None, 2)[1])


def _more(line: ssl.SSLSocket) -> bytes:
    data = line.recv(65536)
    if not data:
        raise SystemExit("the server closed the connection")
    return data


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--skip", type=int, default=0, help="so many letters of the file")
    for name in ("letters", "ca", "certificate", "key"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    load = Load(parser.parse_args())
    load.run()
    json.dump(load.report(), sys.stdout)


if __name__ == "__main__":
    main()
