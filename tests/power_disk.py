"""A disk that forgets what nobody flushed: what a power cut leaves of the files of a program.

The program runs under strace; ``Disk`` follows what it asked of the operating system. POSIX
promises little: the bytes of a file are those of its last fsync, and a name is there, or gone, once
the folder that it stands in was flushed. What was not flushed may be lost or not.

>>> disk = Disk(folder)                       # as it is before the program runs
>>> for moment in disk.follow(trace, marks="/tmp/moments"):   # what the program wrote there
...     disk.lay_out(folder, lost=lambda path: True)
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["CALLS", "Disk", "File", "Folder"]

CALLS: Final = (
    "openat,open,creat,close,dup,dup2,dup3,fcntl,lseek,write,writev,pwrite64,pwritev,pwritev2,"
    "ftruncate,truncate,fallocate,sendfile,copy_file_range,fsync,fdatasync,sync,syncfs,"
    "rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,"
    "clone,clone3,fork,vfork,chdir"
)
"""What strace has to tell of."""
_CALL: Final = re.compile(r"(\w+)\((.*)\)\s+= (-?\d+)", re.DOTALL)
_BEGUN: Final = re.compile(r"(.*) <unfinished \.\.\.>$", re.DOTALL)
_RESUMED: Final = re.compile(r"<\.\.\. \w+ resumed>(.*)$", re.DOTALL)
_TEXT: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_LEFT_ALONE: Final = "-shm"
"""SQLite makes its index of the log anew; it writes to it without asking anybody."""


@dataclass(eq=False)
class File:
    """The bytes of a file, as programs see them and as they are on the disk."""

    now: bytearray = field(default_factory=bytearray)
    kept: bytes = b""
    link: str = ""
    """Where it leads, if it is a symbolic link."""

    def flush(self) -> None:
        """What is there stays."""
        self.kept = bytes(self.now)

    def write(self, data: bytes, at: int) -> None:
        """Write bytes at a place."""
        self.now.extend(bytes(max(at - len(self.now), 0)))
        self.now[at : at + len(data)] = data

    def resize(self, size: int) -> None:
        """Cut, or fill with zeros."""
        del self.now[size:]
        self.now.extend(bytes(size - len(self.now)))


@dataclass(eq=False)
class Folder:
    """The names in a folder, as programs see them and as they are on the disk."""

    now: dict[str, Node] = field(default_factory=dict)
    kept: dict[str, Node] = field(default_factory=dict)

    def flush(self) -> None:
        """Who is there stays, and who is gone is gone."""
        self.kept = dict(self.now)


Node = File | Folder


@dataclass
class _Open:
    node: Node
    at: int = 0
    appends: bool = False
    marks: bool = False


class Disk:
    """What is below one folder.

    Args:
        folder: as it is now; all of it is on the disk.
    """

    def __init__(self, folder: Path) -> None:
        self._place: Final = PurePosixPath(folder)
        self.root: Final = _read(folder)
        self._tables: Final[dict[int, dict[int, _Open]]] = {}
        self._begun: Final[dict[int, str]] = {}

    def follow(self, trace: Iterable[str], *, marks: str) -> Iterator[str]:
        """Do what a program did; stop wherever it wrote to a certain file, and tell what.

        Args:
            trace: lines of ``strace -f -xx``, no text cut short.
            marks: path of that file.
        """
        for line in trace:
            number, _, told = line.rstrip("\n").partition(" ")
            pid, told = int(number), told.strip()
            if begun := _BEGUN.match(told):
                self._begun[pid] = begun[1]
                continue
            if resumed := _RESUMED.match(told):
                told = self._begun.pop(pid) + resumed[1]
            call = _CALL.match(told)
            if call and int(call[3]) >= 0:
                name, result = call[1], int(call[3])
                words, values = _arguments(call[2])
                mark = self._do(pid, name, words, values, result, marks)
                if mark:
                    yield mark

    def lay_out(self, folder: Path, *, lost: Callable[[str], bool]) -> None:
        """Write out what is left after a power cut.

        Args:
            folder: where; whatever is there is removed.
            lost: whether of a file or folder only what was flushed is left, by its path below
                this one.
        """
        shutil.rmtree(folder, ignore_errors=True)
        _write(folder, self.root, lost, "")

    def differs_from(self, folder: Path) -> list[str]:
        """Where this is not what a folder really has: a call was not understood."""
        return [path for path in _differences(self.root, _read(folder), "") if path]

    # --- calls ---

    def _do(
        self, pid: int, name: str, words: list[str], values: list[bytes], result: int, marks: str
    ) -> str:
        """Do what one call did; returns what it wrote to the file of moments."""
        table = self._tables.setdefault(pid, {})
        if name in {"clone", "clone3", "fork", "vfork"}:
            shares = "CLONE_FILES" in " ".join(words)
            self._tables[result] = table if shares else dict(table)
        elif name in {"openat", "open", "creat"}:
            at, flags = (words[0], words[2]) if name == "openat" else ("AT_FDCWD", words[1])
            self._open(table, at, values[0].decode(), flags, result, marks)
        elif name in {"write", "writev", "pwrite64", "pwritev", "pwritev2"}:
            return self._wrote(table, name, words, b"".join(values)[:result])
        elif values:
            self._of_names(table, name, words, [item.decode() for item in values])
        else:
            self._of_handle(table, name, words, result)
        return ""

    def _open(
        self, table: dict[int, _Open], at: str, path: str, flags: str, result: int, marks: str
    ) -> None:
        table.pop(result, None)
        if path == marks:
            table[result] = _Open(File(), marks=True)
            return
        folder, name = self._parent(table, at, path)
        if folder is None:
            return
        node = folder.now.get(name) if name else folder
        if node is None and "O_CREAT" in flags:
            node = folder.now[name] = File()
        if node is None:
            return  # below a link, or another file system
        if "O_TRUNC" in flags and isinstance(node, File):
            node.resize(0)
        table[result] = _Open(node, appends="O_APPEND" in flags)

    def _wrote(self, table: dict[int, _Open], name: str, words: list[str], data: bytes) -> str:
        opened = table.get(int(words[0]))
        if opened is None or not isinstance(opened.node, File):
            return ""
        if opened.marks:
            return data.decode()
        if name.startswith("pwrite"):
            offset = int(words[-2] if name == "pwritev2" else words[-1])
            opened.node.write(data, offset)
            return ""
        at = len(opened.node.now) if opened.appends else opened.at
        opened.node.write(data, at)
        opened.at = at + len(data)
        return ""

    def _of_handle(self, table: dict[int, _Open], name: str, words: list[str], result: int) -> None:
        number = int(words[0]) if words[0] else -1
        opened = table.get(number)
        match name:
            case "close":
                table.pop(number, None)
            case "sync" | "syncfs":
                for node in _all(self.root):
                    node.flush()
            case "fcntl" if "F_DUPFD" not in words[1]:
                pass
            case _ if opened is None:
                pass
            case "dup" | "dup2" | "dup3" | "fcntl":
                table[result] = opened
            case "lseek":
                opened.at = result
            case "fsync" | "fdatasync":
                opened.node.flush()
            case "ftruncate" if isinstance(opened.node, File):
                opened.node.resize(int(words[1]))
            case _:
                raise AssertionError(f"expected calls that are known, found {name}")

    def _of_names(
        self, table: dict[int, _Open], name: str, words: list[str], paths: list[str]
    ) -> None:
        at = words[0] if name in {"unlinkat", "mkdirat"} else "AT_FDCWD"
        match name:
            case "rename" | "renameat" | "renameat2":
                self._rename(table, words, paths, name)
            case "link" | "linkat":
                self._link(table, *_ends(words, paths, at=name == "linkat"))
            case "unlink" | "rmdir" | "unlinkat":
                folder, gone = self._parent(table, at, paths[0])
                if folder is not None:
                    folder.now.pop(gone, None)
            case "mkdir" | "mkdirat":
                folder, new = self._parent(table, at, paths[0])
                if folder is not None:
                    folder.now[new] = Folder()
            case _:
                raise AssertionError(f"expected calls that are known, found {name}")

    def _link(self, table: dict[int, _Open], one: tuple[str, str], other: tuple[str, str]) -> None:
        node = self._node(table, *one)
        folder, new = self._parent(table, *other)
        if node is not None and folder is not None:
            folder.now[new] = node

    def _rename(
        self, table: dict[int, _Open], words: list[str], paths: list[str], name: str
    ) -> None:
        one, other = _ends(words, paths, at=name != "rename")
        old, gone = self._parent(table, *one)
        folder, new = self._parent(table, *other)
        assert (old is None) == (folder is None), f"expected both ends here, found {paths}"
        if old is not None and folder is not None:
            folder.now[new] = old.now.pop(gone)

    # --- places ---

    def _parent(self, table: dict[int, _Open], at: str, path: str) -> tuple[Folder | None, str]:
        """The folder in which a name stands, and the name; none where it is not ours."""
        here: Node | None = self.root
        if path.startswith("/"):
            place = PurePosixPath(os.path.normpath(path))
            if not place.is_relative_to(self._place):
                return None, ""
            parts = place.relative_to(self._place).parts
        else:
            opened = table.get(int(at)) if at.isdigit() else None
            here, parts = (opened.node if opened else None), PurePosixPath(path).parts
        for part in parts[:-1]:
            here = here.now.get(part) if isinstance(here, Folder) else None
        return (here, parts[-1] if parts else "") if isinstance(here, Folder) else (None, "")

    def _node(self, table: dict[int, _Open], at: str, path: str) -> Node | None:
        folder, name = self._parent(table, at, path)
        return folder.now.get(name) if folder else None


def _arguments(text: str) -> tuple[list[str], list[bytes]]:
    """The arguments as words, without what stands in quotes; and that, in its order."""
    values = []
    for found in _TEXT.finditer(text):
        assert not found[2], "expected texts that are not cut short"
        values.append(bytes.fromhex(found[1].replace("\\x", "")))
    return [word.strip() for word in _TEXT.sub("''", text).split(",")], values


def _ends(words: list[str], paths: list[str], *, at: bool) -> list[tuple[str, str]]:
    if not at:
        return [("AT_FDCWD", path) for path in paths]
    return [(words[0], paths[0]), (words[2], paths[1])]


def _all(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Folder):
        for below in node.now.values():
            yield from _all(below)


def _read(place: Path) -> Folder:
    folder = Folder()
    for entry in sorted(place.iterdir()):
        if entry.name.endswith(_LEFT_ALONE):
            continue
        if entry.is_symlink():
            folder.now[entry.name] = File(link=str(entry.readlink()))
        elif entry.is_dir():
            folder.now[entry.name] = _read(entry)
        else:
            data = entry.read_bytes()
            folder.now[entry.name] = File(bytearray(data), data)
    folder.flush()
    return folder


def _write(place: Path, node: Node, lost: Callable[[str], bool], path: str) -> None:
    is_lost = lost(path)
    if isinstance(node, File):
        if node.link:
            place.symlink_to(node.link)
        else:
            place.write_bytes(node.kept if is_lost else node.now)
        return
    place.mkdir()
    for name, below in (node.kept if is_lost else node.now).items():
        if not name.endswith(_LEFT_ALONE):
            _write(place / name, below, lost, f"{path}/{name}")


def _differences(one: Node | None, other: Node | None, path: str) -> Iterator[str]:
    if isinstance(one, Folder) and isinstance(other, Folder):
        for name in sorted({*one.now, *other.now}):
            if not name.endswith(_LEFT_ALONE):
                yield from _differences(one.now.get(name), other.now.get(name), f"{path}/{name}")
    elif not (
        isinstance(one, File)
        and isinstance(other, File)
        and (one.now, one.link) == (other.now, other.link)
    ):
        yield path
