"""A program that has a module loaded and forks a process for each file to be worked on.

    standby = Standby("docexchange.signing.pdf.reading")
    told = standby.ask(file.fileno(), (memory, seconds, signatures), seconds=60)

The module has a function ``work(file, answer, *numbers)``, which reads the first descriptor and
writes to the second. Loading may take long, and is paid for once: the program is started with the
first file, and ends with whoever started it, as all its processes do, or when nobody has asked for
a minute. It reads nothing of any file itself, so that each process begins as clean as a new one;
and the system ends those that take too long.

The ``forkserver`` of ``multiprocessing`` would run the main program of its user again.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Final, NoReturn

from docexchange._processors import on_any_processor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import ModuleType

__all__ = ["Standby"]

_IDLE_SECONDS: Final = 60
_START_SECONDS: Final = 60
_GRACE_SECONDS: Final = 1
"""A process that takes too long is ended before anybody stops waiting for it."""
_AT_ONCE: Final = 0.001
"""Seconds; an alarm in no time at all would be none."""
_FORKED: Final = b"."
"""The word that a process works on the file."""
_MOST: Final = 4096
"""Octets of a question."""
_CHUNK: Final = 256 * 1024


class Standby:
    """The program of this process; threads share it, and processes do not.

    Args:
        module: its name.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = Lock()
        self._line: socket.socket | None = None
        atexit.register(self.leave)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.leave)

    def ask(self, file: int, numbers: Sequence[int], *, seconds: float) -> bytes:
        """Have a file worked on by a process of its own.

        Args:
            file: descriptor of it, at its beginning.
            numbers: what the module is told besides.
            seconds: after which the process is ended.

        Returns:
            What it wrote; cut short, or nothing, where it did not end by itself.

        Raises:
            OSError: no process can be started, or there was no answer in time.
            subprocess.SubprocessError: the program does not start.
        """
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                question = json.dumps([seconds, *numbers]).encode()
                self._fork(question, (file, theirs.fileno()))
            ours.settimeout(seconds + _GRACE_SECONDS)
            return b"".join(iter(lambda: ours.recv(_CHUNK), b""))

    def leave(self) -> None:
        """Leave the program to whoever else has it, or to itself."""
        if self._line is not None:
            self._line.close()
        self._line, self._lock = None, Lock()

    def _fork(self, question: bytes, descriptors: Sequence[int]) -> None:
        with self._lock:
            line, self._line = self._line, None  # whatever happens, the next begins with order
            if line is not None:
                with suppress(BrokenPipeError, ConnectionResetError):  # it had ended
                    _tell(line, question, descriptors)
                    self._line = line
                    return
            line = self._started()
            _tell(line, question, descriptors)
            self._line = line

    def _started(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with _closed_if_in_vain(ours), theirs, on_any_processor():
            ours.settimeout(_START_SECONDS)
            subprocess.run(  # noqa: S603  our own program
                # -P: nothing is imported from the folder that the user happens to stand in
                [sys.executable, "-P", "-m", __name__, self._module],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                start_new_session=True,  # Ctrl-C is for us, who may want to end in order
                timeout=_START_SECONDS,
                check=True,
            )
        return ours


def _tell(line: socket.socket, question: bytes, descriptors: Sequence[int]) -> None:
    """Have a process forked for a file.

    Raises:
        BrokenPipeError, ConnectionResetError: nobody has read what we said.
        OSError: nobody answers; somebody may have begun to read the file.
    """
    with _closed_if_in_vain(line):
        socket.send_fds(line, [question], descriptors)
        if line.recv(len(_FORKED)) != _FORKED:
            raise ConnectionAbortedError("the program that stood by has ended")


@contextmanager
def _closed_if_in_vain(line: socket.socket) -> Iterator[None]:
    try:
        yield
    except BaseException:
        line.close()
        raise


def _main(name: str) -> None:
    """Load the module, go to the background, and fork until nobody is left to ask."""
    module = import_module(name)
    asked = socket.socket(fileno=0)
    asked.settimeout(_IDLE_SECONDS)
    gc.freeze()  # what is loaded stays shared
    if os.fork():
        os._exit(0)  # whoever started this knows by that that all is loaded
    os.chdir("/")  # or no disk could be taken out whose user stood on it
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        try:
            question, descriptors, *_ = socket.recv_fds(asked, _MOST, 2)
        except OSError:  # nobody has asked for long
            return
        if not question:
            os.killpg(0, signal.SIGKILL)  # nobody waits for those who still work
        if not os.fork():
            asked.close()
            _work(module, question, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        asked.sendall(_FORKED)


def _work(module: ModuleType, question: bytes, descriptors: Sequence[int]) -> NoReturn:
    try:
        seconds, *numbers = json.loads(question)
        signal.setitimer(signal.ITIMER_REAL, max(seconds, _AT_ONCE))
        module.work(*descriptors, *numbers)
    finally:
        os._exit(0)


if __name__ == "__main__":
    _main(*sys.argv[1:])
