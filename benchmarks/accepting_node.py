"""A node that only takes in: served as ``docexchange node run`` does, its own work left undone.

What arrives is judged, stored and answered; it is not handed over, and no status is signed.
"""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import nullcontext

from docexchange._processors import on_one_processor
from docexchange.node import Node, read_config
from docexchange.node.keeping import Keeping
from docexchange.node.serving.serving import served

_SECONDS = 2.0


def main() -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    config = read_config(sys.argv[1])
    together = on_one_processor() if config.one_processor else nullcontext()
    with together, Node.from_config(config) as node, served(node, config):
        keeping = Keeping(node.point)
        while not stop.wait(_SECONDS):
            keeping.work()  # as the node does it: files are flushed, and their bytes let go


if __name__ == "__main__":
    main()
