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
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from corpora_c14n import c14n  # noqa: E402  the tests' own runners
from corpora_dsig import by_kind, under_policies, xmlsec_dsig  # noqa: E402
from corpora_trust import limbo, pkits  # noqa: E402
from dsig_peers import peers_of_dsig  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from corpora_outcome import Outcome

RUNNERS: dict[str, Callable[[Path], Sequence[Outcome]]] = {
    "pkits": pkits,
    "limbo": limbo,
    "c14n": c14n,
    "xmlsec-dsig": xmlsec_dsig,
}
"""Every corpus and what runs it, in ``tests/corpora_*.py``."""


def of_dsig() -> Iterator[str]:
    """Good cases under each policy, by the name of what refuses them; then other programs."""
    for kind, (good, accepted, bad, refused) in by_kind().items():
        yield (
            f"  {kind}: {accepted} of {good} good ones accepted once all is lifted, "
            f"{refused} of {bad} bad ones refused"
        )
    for policy, counts in under_policies().items():
        yield f"  under the {policy} policy, of {counts.total()} good cases:"
        yield from (f"    {count:4} {what}" for what, count in counts.most_common())
    for peer, said in peers_of_dsig().items():
        asked = sum(item is not None for item in said)
        agree = sum(item is True for item in said)
        yield f"  {peer}: agrees on {agree} of the same {len(said)} (asked {asked})"


MORE: dict[str, Callable[[], Iterator[str]]] = {"xmlsec-dsig": of_dsig}
"""What there is to say of a corpus beside its outcomes."""


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
    for reason, count in Counter(item.reason for item in differing).most_common():
        print(f"  {count:4} {reason or 'UNEXPLAINED'}")
    for line in MORE.get(name, tuple)():
        print(line)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
