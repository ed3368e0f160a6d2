"""Kills an update before each of its steps on the disk, and tells what is there afterwards.

Run as a program: ``snapshot_crashing.py FOLDER``. Each item of the answer is one kill: the version
and the number of agencies that can be read afterwards, and both after one more update.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from snapshot_help import Scene, root_of

if TYPE_CHECKING:
    from collections.abc import Iterator

STEPS: Final = {"open", "os.rename", "os.remove"}
"""What is counted: each file that is opened to be written, put in its place, or removed."""


def arm(folder: Path, step: int) -> None:
    """End this process, as a power cut would, when so many steps have been taken in a folder."""
    left = [step]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event not in STEPS or not str(arguments[0]).startswith(str(folder)):
            return
        if event == "open" and "w" not in str(arguments[1]):
            return
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def is_killed(scene: Scene, step: int) -> bool:
    """Have a child take in, and be killed at a step; false when it ended before."""
    child = os.fork()
    if not child:
        arm(scene.folder.path, step)
        scene.take_in()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def held(scene: Scene) -> tuple[int, int]:
    """The version that can be read, and how many agencies."""
    found = scene.folder.read()
    return found.release.version, len(found.directory())


def runs(path: Path) -> Iterator[tuple[int, ...]]:
    """Kill at each step of taking in a second release, under another root."""
    scene = Scene(path)
    scene.publish(3)
    scene.take_in()
    saved = path / "saved"
    shutil.copytree(scene.folder.path, saved)
    scene.publish(7, roots=(root_of(after=scene.root.statement),))
    step, going = 0, True
    while going:
        shutil.rmtree(scene.folder.path)
        shutil.copytree(saved, scene.folder.path)
        going = is_killed(scene, step)
        found = held(scene)
        scene.take_in()
        yield (*found, *held(scene))
        step += 1


if __name__ == "__main__":
    sys.stdout.write(json.dumps(list(runs(Path(sys.argv[1])))))
