"""Starts one program, waits for it, and writes down what it took; run as a script by `processes`.

It imports next to nothing, because its own size is the smallest peak that can be measured.
"""

from __future__ import annotations

import os
import sys

__all__ = ["main"]

_KIB = 1 if sys.platform == "darwin" else 1024  # Linux counts kibibytes, Darwin bytes


def main(report: str, argv: list[str]) -> None:
    """Run ``argv`` and write its measurements to the file ``report`` as JSON."""
    try:
        pid = os.posix_spawnp(argv[0], argv, os.environ)
    except OSError as error:
        sys.exit(str(error))
    _, status, usage = os.wait4(pid, 0)
    with open(report, "w", encoding="ascii") as stream:  # noqa: PTH123 - pathlib costs 2 MB here
        stream.write(
            f'{{"returncode": {os.waitstatus_to_exitcode(status)}, '
            f'"peak_bytes": {usage.ru_maxrss * _KIB}, '
            f'"cpu_seconds": {usage.ru_utime + usage.ru_stime}}}'
        )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
