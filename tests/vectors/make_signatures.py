#!/usr/bin/env python3
"""Write the vectors of signatures and their index; with ``--check``, fail when a file differs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

FOLDER: Final = Path(__file__).parent / "signatures"
INDEX: Final = FOLDER / "index.json"
VERSION: Final = 1
"""Of the form of the index."""

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vectors.signed_vector import SignedVector


def all_vectors() -> tuple[SignedVector, ...]:
    """Every vector, in the order of the index."""
    from vectors.signed_genuine import GENUINE, MOVED
    from vectors.signed_keys import KEYS
    from vectors.signed_markup import MARKUP
    from vectors.signed_paths import PATHS
    from vectors.signed_references import REFERENCES
    from vectors.signed_values import VALUES
    from vectors.signed_wrapping import WRAPPING

    found = (*GENUINE, *WRAPPING, *REFERENCES, *MARKUP, *VALUES, *KEYS, *MOVED, *PATHS)
    names = [vector.name for vector in found]
    assert len(set(names)) == len(names), [name for name in names if names.count(name) > 1]
    return found


def kept() -> dict[Path, bytes]:
    """What stands in the folder, but for the keys: each file and its bytes."""
    from signing_help import NOW
    from vectors import signed_bases as base

    root_list, issuing_list = base.revocations()
    vectors = all_vectors()
    rows = ",\n".join(json.dumps(vector.row(), ensure_ascii=False) for vector in vectors)
    index = f'{{"version": {VERSION}, "at": "{NOW:%Y-%m-%dT%H:%M:%SZ}", "vectors": [\n{rows}\n]}}\n'
    return {
        **{FOLDER / f"{vector.name}.edxml": vector.content for vector in vectors},
        FOLDER / "trust/root.der": base.root().der,
        FOLDER / "trust/root.crl": root_list,
        FOLDER / "trust/issuing.crl": issuing_list,
        INDEX: index.encode(),
    }


def faults(files: dict[Path, bytes]) -> Iterator[str]:
    """What in the folder is not as it is made here."""
    for path, data in files.items():
        if not path.is_file() or path.read_bytes() != data:
            yield f"{path.relative_to(FOLDER)}: not what make_signatures.py makes"
    for path in sorted(FOLDER.rglob("*.edxml")):
        if path not in files:
            yield f"{path.relative_to(FOLDER)}: make_signatures.py does not make it"


def main() -> int:
    """Write or check; the exit code."""
    files = kept()
    if "--check" in sys.argv[1:]:
        found = list(faults(files))
        sys.stderr.writelines(f"{fault}\n" for fault in found)
        return 1 if found else 0
    for path in FOLDER.rglob("*.edxml"):
        if path not in files:
            path.unlink()
    for path, data in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.path[:1] = [str(FOLDER.parents[1]), str(FOLDER.parents[2])]  # helpers; the package
    sys.exit(main())
