"""Write the pages that are drawn from the code; with ``--check``, fail when one is out of date."""

from __future__ import annotations

import sys
from pathlib import Path

from docexchange.delivery import INBOUND, OUTBOUND, diagram

_PAGE = """\
# Delivery states

Drawn from the tables in `docexchange/delivery/table.py` by `docs/generate.py`; do not edit.

## Outbound: one message to one recipient

```mermaid
{outbound}```

## Inbound: one message that came for one recipient

```mermaid
{inbound}```
"""


def main() -> int:
    """Write or check; the number of pages out of date."""
    page = Path(__file__).parent / "reference" / "delivery-states.md"
    text = _PAGE.format(outbound=diagram(OUTBOUND), inbound=diagram(INBOUND))
    if "--check" not in sys.argv:
        page.write_text(text, encoding="utf-8")
        return 0
    if page.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(f"{page}: out of date; run python docs/generate.py\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
