"""A node that only takes in: served as ``docexchange node run`` does, its own work left undone.

What arrives is judged, stored and answered; it is not handed over, and no status is signed.
"""

from __future__ import annotations

import signal
import sys
import threading

from docexchange.node import Node, read_config
from docexchange.node.serving import served


def main() -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    config = read_config(sys.argv[1])
    with Node.from_config(config) as node, served(node, config):
        stop.wait()


if __name__ == "__main__":
    main()
