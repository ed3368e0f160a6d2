#!/usr/bin/env python3
"""Write the vectors and their index; with ``--check``, fail when a file is not what is made here.

``--expand FOLDER`` writes all of them there, also those that are too large to be kept.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

HERE: Final = Path(__file__).parent
ENVELOPES: Final = HERE / "envelope"
INDEX: Final = HERE / "index.json"
VERSION: Final = 1
"""Of the form of the index."""

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vectors.vector import Vector


def all_vectors() -> tuple[Vector, ...]:
    """Every vector, in the order of the index."""
    from vectors.attacks import ATTACKS
    from vectors.field_rules import FIELDS
    from vectors.message_rules import RULES
    from vectors.sizes import ARCHIVES, LARGE
    from vectors.tolerances import TOLERANCES
    from vectors.valid import VALID

    found = (*VALID, *TOLERANCES, *FIELDS, *RULES, *ATTACKS, *ARCHIVES, *LARGE)
    names = [vector.name for vector in found]
    assert len(set(names)) == len(names), [name for name in names if names.count(name) > 1]
    return found


def contents() -> dict[str, bytes]:
    """The bytes of every vector that is not too large to be kept, by name."""
    return {v.name: v.content for v in all_vectors() if isinstance(v.content, bytes)}


def chunks_of(vector: Vector, bases: dict[str, Vector]) -> Iterator[bytes]:
    """The bytes of a vector, in pieces.

    Args:
        vector: the one.
        bases: all others by name, for recipes.
    """
    if isinstance(vector.content, bytes):
        yield vector.content
        return
    base = bases[vector.content.base].content
    assert isinstance(base, bytes), vector.name
    yield from vector.content.chunks(base)


def index_of(vectors: tuple[Vector, ...]) -> str:
    """The text of the index."""
    from vectors.vector import sha256_of

    bases = {vector.name: vector for vector in vectors}
    rows = [vector.row(*sha256_of(chunks_of(vector, bases))) for vector in vectors]
    lines = ",\n".join(
        json.dumps(row, ensure_ascii=False) for row in rows
    )  # a row a line: for diff
    return f'{{"version": {VERSION}, "vectors": [\n{lines}\n]}}\n'


def kept(vectors: tuple[Vector, ...]) -> dict[Path, bytes]:
    """What stands in the repository: each file and its bytes."""
    files = {
        ENVELOPES / f"{vector.name}.edxml": vector.content
        for vector in vectors
        if isinstance(vector.content, bytes)
    }
    return {**files, INDEX: index_of(vectors).encode()}


def faults(files: dict[Path, bytes]) -> Iterator[str]:
    """What in the repository is not as it is made here."""
    for path, data in files.items():
        if not path.is_file() or path.read_bytes() != data:
            yield f"{path.relative_to(HERE)}: not what make.py makes"
    for path in sorted(ENVELOPES.rglob("*.edxml")):
        if path not in files:
            yield f"{path.relative_to(HERE)}: make.py does not make it"


def expand(vector: Vector, bases: dict[str, Vector], folder: Path) -> Path:
    """Write one vector into a folder, however large it is; where it stands now."""
    path = folder / f"{vector.name}.edxml"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.writelines(chunks_of(vector, bases))
    return path


def write(files: dict[Path, bytes]) -> None:
    """Write what is to be kept, and remove what is not made any more."""
    for path in ENVELOPES.rglob("*.edxml"):
        if path not in files:
            path.unlink()
    for path, data in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def main(arguments: list[str] | None = None) -> int:
    """Write, check or expand; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--expand", metavar="FOLDER", type=Path, help="write all files there")
    options = parser.parse_args(arguments)
    vectors = all_vectors()
    if options.expand:
        bases = {vector.name: vector for vector in vectors}
        for vector in vectors:
            expand(vector, bases, options.expand)
        return 0
    files = kept(vectors)
    if not options.check:
        write(files)
        return 0
    found = list(faults(files))
    sys.stderr.writelines(f"{fault}\n" for fault in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.path[:1] = [str(HERE.parent), str(HERE.parents[1])]  # the helpers of the tests; the package
    sys.exit(main())
