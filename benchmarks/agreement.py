#!/usr/bin/env python3
"""How far do we agree with the public corpora? One line each, then every deviation with its reason.

    make agreement                     # or: python benchmarks/agreement.py pkits c14n

Needs the folder shared/corpora beside the checkout (or CORPORA=...). Exits with 1 where we differ
without a reason.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from corpora_c14n import c14n  # noqa: E402  the tests' own runners
from corpora_dsig import peers_of_dsig, xmlsec_dsig  # noqa: E402
from corpora_trust import limbo, pkits  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from corpora_outcome import Outcome

RUNNERS: dict[str, Callable[[Path], Sequence[Outcome]]] = {
    "pkits": pkits,
    "limbo": limbo,
    "c14n": c14n,
    "xmlsec-dsig": xmlsec_dsig,
}
"""Every corpus and what runs it, in ``tests/corpora_*.py``."""

PEERS: dict[str, Callable[[], dict[str, Sequence[Outcome]]]] = {"xmlsec-dsig": peers_of_dsig}
"""What other programs say of the cases of a corpus that they can be asked about."""


def main(names: Sequence[str]) -> int:
    """Run the corpora named, or all of them."""
    folder = Path(os.environ.get("CORPORA", ROOT.parent / "shared" / "corpora"))
    if not folder.is_dir():
        sys.stderr.write(f"{folder}: expected the corpora, found no folder\n")
        return 2
    logging.disable(logging.CRITICAL)  # the library tells of every refusal with a traceback
    return max([tell(name, RUNNERS[name](folder)) for name in names or RUNNERS])


def tell(name: str, outcomes: Sequence[Outcome]) -> int:
    """Print one corpus; return 1 where a deviation has no reason."""
    differing = [item for item in outcomes if not item.agrees]
    unexplained = [item for item in differing if not item.reason]
    print(
        f"{name}: {len(outcomes) - len(differing)} of {len(outcomes)} agree, "
        f"{len(differing) - len(unexplained)} differ on purpose, {len(unexplained)} unexplained"
    )
    for item in differing:
        print(f"  {item.name}: expected {item.expected}, found {item.found}")
        print(f"      {item.reason or 'UNEXPLAINED'}")
    for peer, said in PEERS.get(name, dict)().items():
        print(f"  {peer}: {sum(item.agrees for item in said)} of {len(said)} asked alike agree")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
